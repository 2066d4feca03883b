package handlers

import (
	"context"
	"slices"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// proof shows the picture of a network's own screen that was kept beside a typed week.
func (h *Handlers) proof(ctx context.Context, r *bot.Request, me Reader) error {
	b, _, err := h.Store.Brand(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	proofs, err := h.Store.Proofs(ctx, me.Person.ID, b.ID, r.Arg(0))
	if err != nil {
		return err
	}
	at := slices.IndexFunc(proofs, func(p social.Proof) bool { return itoa(p.Account.ID) == r.Arg(1) })
	if at < 0 {
		return social.ErrOutdated // typed once more without one, or the account is gone
	}
	week, err := b.WeekOf(r.Arg(0))
	if err != nil {
		return err
	}
	p, say := proofs[at], h.sayIn(me.Person, b)
	_, err = r.Reply(ctx, bot.Message{
		HTML:  say.Say("numbers.proof", "account", accountName(say, p.Account), "from", week.From, "to", week.Last(), "who", p.Who, "at", p.At),
		Media: []social.Media{p.Photo},
	})
	return err
}

// proofKeys lead to the pictures beside what was typed of a week.
func proofKeys(say locales.Printer, d social.Digest, proofs []social.Proof) [][]bot.Button {
	var doors []bot.Button
	for _, p := range proofs {
		doors = append(doors, bot.Button{
			Text: say.Label("button.proof", "platform", say.Label("platform."+string(p.Account.Platform))),
			Data: bot.Data("proof", d.Brand.ID, 0, d.Week.Day(), itoa(p.Account.ID)),
		})
	}
	return rows(say, doors, 2)
}
