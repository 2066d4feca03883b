package handlers

import (
	"context"
	"slices"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// myDigests shows of which brands the weekly message comes.
func (h *Handlers) myDigests(ctx context.Context, r *bot.Request, me Reader) error {
	if r.ID() != 0 {
		if err := h.Store.HushDigest(ctx, me.Person.ID, r.ID(), r.Arg(0) == "1"); err != nil {
			return err
		}
	}
	brands, err := h.Store.Brands(ctx, me.Person.ID)
	if err != nil {
		return err
	}
	hushed, err := h.Store.Hushed(ctx, me.Person.ID)
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, myDigestsCard(me.Say, brands, hushed))
	return err
}

func myDigestsCard(say locales.Printer, brands []social.Brand, hushed []int64) bot.Message {
	var doors []bot.Button
	for _, b := range brands {
		arg, comes := "1", !slices.Contains(hushed, b.ID)
		if !comes {
			arg = "0"
		}
		door := bot.Button{Text: brief(b.Name), Data: bot.Data("my_digests", b.ID, 0, arg)}
		doors = append(doors, ticked(door, comes))
	}
	text := say.Say("settings.digests")
	if len(doors) == 0 {
		text = say.Say("settings.no_digests")
	}
	return bot.Message{HTML: text, Keyboard: append(fitted(say, doors), back(say, bot.Data("settings", 0, 0)))}
}
