package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"

	"peyk/bot"
	"peyk/social"
)

// The dialog step in which a picture is described for those who do not see it.
const altStep = "alt"

// describes tells whether somewhere the post goes people can hear what is to be seen
// on one of its files.
func (h *Handlers) describes(p social.Post) bool { return len(h.describable(p)) > 0 }

// describable are the places of the files that can be described, from 0.
func (h *Handlers) describable(p social.Post) []int {
	var places []int
	for i, m := range p.Content.Media {
		if len(h.altRooms(p, m)) > 0 {
			places = append(places, i)
		}
	}
	return places
}

// altRooms are the accounts of the post whose networks take a description of the
// file, the strictest first.
func (h *Handlers) altRooms(p social.Post, m social.Media) []altRoom {
	var rooms []altRoom
	for _, t := range p.Content.Targets {
		a, ok := accountOf(p, t.Account)
		if !ok {
			continue
		}
		if n, limit := h.Alt(a, m); limit > 0 {
			rooms = append(rooms, altRoom{a, n, limit})
		}
	}
	slices.SortStableFunc(rooms, func(a, b altRoom) int { return b.over() - a.over() })
	return rooms
}

// An altRoom is what one account takes of a description.
type altRoom struct {
	account  social.Account
	n, limit int
}

// over is by how much the description is too long; negative where it is not.
func (a altRoom) over() int { return a.n - a.limit }

// openAlt is the first of the files from a place on whose description is missing or
// too long; -1: none.
func (h *Handlers) openAlt(p social.Post, from int) int {
	for _, i := range h.describable(p) {
		if rooms := h.altRooms(p, p.Content.Media[i]); i >= from && (rooms[0].n == 0 || rooms[0].over() > 0) {
			return i
		}
	}
	return -1
}

// askAlt asks what is to be seen on a picture: on the one in the button, or on the
// first of which nobody has said it.
func (h *Handlers) askAlt(ctx context.Context, r *bot.Request, me Reader) error {
	p, err := h.editable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	places := h.describable(p)
	n := max(h.openAlt(p, 0), 0)
	if r.Arg(0) != "" {
		n = int(idArg(r.Arg(0)))
	} else if len(places) > 0 {
		n = max(n, places[0])
	}
	if !slices.Contains(places, n) || !meant(p, n, r.Arg(1)) {
		return social.ErrOutdated
	}
	was, err := h.altShown(ctx, r)
	if err != nil {
		return err
	}
	if err := h.showAlt(ctx, below(r), me, p, n); err != nil {
		return err
	}
	h.removeAlt(ctx, r, was)
	return nil
}

// meant tells whether a button is about the n-th file of the post, by the beginning of
// its hash.
func meant(p social.Post, n int, mark string) bool {
	return n >= 0 && n < len(p.Content.Media) && strings.HasPrefix(p.Content.Media[n].Hash, mark)
}

// altMark is the beginning of a file's hash, for a button.
func altMark(m social.Media) string { return m.Hash[:min(8, len(m.Hash))] }

// showAlt shows a picture of the post and asks what is to be seen on it. It comes below
// the card, which stays what it is: no card can be made of a picture again.
func (h *Handlers) showAlt(ctx context.Context, r *bot.Request, me Reader, p social.Post, n int) error {
	m := p.Content.Media[n]
	return h.ask(ctx, r, me, question{
		step: altStep,
		data: map[string]string{"post": itoa(p.ID), "n": itoa(int64(n)), "hash": m.Hash},
		view: altCard(h.sayIn(me.Person, p.Brand), p, altAsked{n, h.describable(p), h.altRooms(p, m)}),
	})
}

// takeAlt hears the description, and goes on to the next picture that has none.
func (h *Handlers) takeAlt(ctx context.Context, r *bot.Request, me Reader) error {
	alt := strings.TrimSpace(r.Text().Plain)
	switch {
	case len(r.Media()) > 0:
		return errAltWords
	case alt == "":
		return social.ErrEmpty
	}
	p, err := h.editable(ctx, me, number(r.Dialog.Data["post"]))
	if err != nil {
		return h.endWith(ctx, r, err)
	}
	n := int(number(r.Dialog.Data["n"]))
	if !p.Content.HasFile(n, r.Dialog.Data["hash"]) {
		return h.endWith(ctx, r, social.ErrOutdated)
	}
	m := p.Content.Media[n]
	m.Alt = alt
	if rooms := h.altRooms(p, m); len(rooms) > 0 && rooms[0].over() > 0 {
		say := h.sayIn(me.Person, p.Brand)
		_, err := r.Reply(ctx, bot.Message{HTML: say.Say("alt.too_long", "account", accountName(say, rooms[0].account),
			"over", rooms[0].over(), "limit", rooms[0].limit)})
		return err
	}
	return h.keepAlt(ctx, r, me, described{p.ID, n, m})
}

// errAltWords is the refusal of a picture in place of words about one.
const errAltWords = social.Rule("alt_words")

// described is a file of a post with what was said of it.
type described struct {
	post int64
	n    int
	file social.Media
}

// keepAlt keeps a description, and asks for the next that is missing; after the last
// the card comes below.
func (h *Handlers) keepAlt(ctx context.Context, r *bot.Request, me Reader, d described) error {
	var place social.Member
	p, err := h.Store.UpdatePost(ctx, me.Person.ID, d.post, func(p *social.Post, by social.Member) (social.Event, error) {
		place = by
		return p.Describe(by, d.n, d.file.Hash, d.file.Alt)
	})
	if err != nil {
		return h.endWith(ctx, r, err)
	}
	was := r.Dialog.Message
	if next := h.openAlt(p, d.n+1); next < 0 {
		return h.endAlt(ctx, r, me, ended{p, place, was})
	} else if err := h.showAlt(ctx, r, me, p, next); err != nil {
		return err
	}
	h.removeAlt(ctx, r, was)
	return nil
}

// ended is a post of which nothing more is asked, and the message that asked.
type ended struct {
	post  social.Post
	place social.Member
	was   int64
}

// endAlt ends the question; the card comes below.
func (h *Handlers) endAlt(ctx context.Context, r *bot.Request, me Reader, e ended) error {
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	if err := h.showTo(ctx, below(r), me, e.post, e.place); err != nil {
		return err
	}
	h.removeAlt(ctx, r, e.was)
	return nil
}

// clearAlt takes the description of a picture away.
func (h *Handlers) clearAlt(ctx context.Context, r *bot.Request, me Reader) error {
	n := int(idArg(r.Arg(0)))
	was, err := h.altShown(ctx, r)
	if err != nil {
		return err
	}
	var place social.Member
	p, err := h.Store.UpdatePost(ctx, me.Person.ID, r.ID(), func(p *social.Post, by social.Member) (social.Event, error) {
		place = by
		if !meant(*p, n, r.Arg(1)) {
			return p.Describe(by, -1, "", "")
		}
		return p.Describe(by, n, p.Content.Media[n].Hash, "")
	})
	if err != nil {
		return err
	}
	return h.endAlt(ctx, r, me, ended{p, place, was})
}

// leaveAlt goes back to the card, which comes below; what was kept stays kept.
func (h *Handlers) leaveAlt(ctx context.Context, r *bot.Request, me Reader) error {
	p, place, err := h.Store.Post(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	if err := place.Can(social.Draft); err != nil {
		return err
	}
	was, err := h.altShown(ctx, r)
	if err != nil {
		return err
	}
	return h.endAlt(ctx, r, me, ended{p, place, was})
}

// altShown is the message that asks for a description now; 0: none does.
func (h *Handlers) altShown(ctx context.Context, r *bot.Request) (int64, error) {
	d, err := h.Store.Dialog(ctx, r.Chat.ID)
	switch {
	case errors.Is(err, social.ErrNotFound):
		return 0, nil
	case err != nil || d.Step != altStep:
		return 0, err
	}
	return d.Message, nil
}

// removeAlt takes pictures out of the chat that were shown for a description: the last
// one, and the one whose button was pressed. One that stays does no harm.
func (h *Handlers) removeAlt(ctx context.Context, r *bot.Request, shown int64) {
	messages := []int64{shown}
	if id := pressed(r); id != shown && id != 0 && r.Message.Media != nil {
		messages = append(messages, id)
	}
	for _, id := range messages {
		if id == 0 {
			continue
		}
		if err := h.Sender.Delete(ctx, bot.Interactive, r.Chat.ID, id); err != nil {
			h.Log.InfoContext(ctx, "a picture that was described stays", "err", err)
		}
	}
}
