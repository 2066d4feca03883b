package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// show draws the post's card for whoever pressed or wrote: on the pressed
// message, or as a new one. It is that reader's card from then on.
func (h *Handlers) show(ctx context.Context, r *bot.Request, me Reader, p social.Post) error {
	place, err := h.Store.Member(ctx, me.Person.ID, p.Brand.ID)
	if err != nil {
		return err
	}
	return h.showTo(ctx, r, me, p, place)
}

func (h *Handlers) showTo(ctx context.Context, r *bot.Request, me Reader, p social.Post, place social.Member) error {
	view := h.cardFor(h.sayIn(me.Person, p.Brand), p, place, h.earlier(ctx, p, place))
	sent, err := h.put(ctx, r, view)
	if err != nil {
		return err
	}
	return h.keepCard(ctx, p, social.Card{
		PostID: p.ID, Person: me.Person.ID, Version: cardVersion(p, place),
		Chat: r.Chat.ID, Message: sent, Shown: viewHash(view), Drawn: p.Revision,
	})
}

// keepCard records where somebody's card of a post is now. Where it was before,
// nothing stays that looks like it: there is one living card. When a newer state
// of the post was drawn meanwhile, that one is drawn again.
func (h *Handlers) keepCard(ctx context.Context, p social.Post, c social.Card) error {
	was, err := h.Store.SaveCard(ctx, p.Brand.ID, c)
	if err != nil {
		return err
	}
	if was.Message != 0 && was.Message != c.Message {
		h.removeCard(ctx, c.PostID, was)
	}
	if was.Drawn > c.Drawn {
		return h.drawCard(ctx, drawing{brand: p.Brand.ID, card: c, disputed: true})
	}
	return nil
}

func (h *Handlers) removeCard(ctx context.Context, post int64, c social.Card) {
	for _, m := range append(c.Media, c.Message) {
		if err := h.Sender.Delete(ctx, bot.Cards, c.Chat, m); err != nil {
			h.Log.InfoContext(ctx, "an earlier card could not be removed", "post", post, "err", err)
		}
	}
}

// put edits the pressed message, or sends a new one where nothing was pressed.
func (h *Handlers) put(ctx context.Context, r *bot.Request, view bot.Message) (int64, error) {
	if r.Callback == nil {
		sent, err := r.Reply(ctx, view)
		return sent.MessageID, err
	}
	return r.Replace(ctx, view)
}

// viewHash tells whether a message would look any different.
func viewHash(m bot.Message) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s\x00%+v", m.HTML, m.Keyboard)))
	return hex.EncodeToString(sum[:])
}

// change runs a rule on the pressed post and shows what came of it. A refusal is
// explained, and the card drawn anew, since it may have been out of date.
func (h *Handlers) change(ctx context.Context, r *bot.Request, me Reader, rule social.PostRule) error {
	var place social.Member
	p, err := h.Store.UpdatePost(ctx, me.Person.ID, r.ID(), func(p *social.Post, by social.Member) (social.Event, error) {
		place = by
		return rule(p, by)
	})
	var refusal social.Rule
	switch {
	case err == nil:
		return h.showTo(ctx, r, me, p, place)
	case errors.As(err, &refusal) && refusal != social.ErrNotFound && r.Callback != nil:
		return h.refuse(ctx, r, me, refusal)
	}
	return err
}

// refuse says why a press had no effect, and draws the card as it is now.
func (h *Handlers) refuse(ctx context.Context, r *bot.Request, me Reader, why social.Rule) error {
	p, place, err := h.Store.Post(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	if err := r.Alert(ctx, refusal(h.sayIn(me.Person, p.Brand), p, place, why)); err != nil {
		return err
	}
	return h.drawPressed(ctx, r, me, p, place)
}

// drawPressed makes the pressed card show what its post is now, or that a newer
// version has a card of its own.
func (h *Handlers) drawPressed(ctx context.Context, r *bot.Request, me Reader, p social.Post, place social.Member) error {
	replaced, err := h.replaced(ctx, r, p, place)
	if err != nil || !replaced {
		return errors.Join(err, h.showTo(ctx, r, me, p, place))
	}
	_, err = h.put(ctx, r, replacedCard(h.sayIn(me.Person, p.Brand), p))
	return err
}

// replaced tells whether an approver pressed the card of an earlier version while
// the present one has its own.
func (h *Handlers) replaced(ctx context.Context, r *bot.Request, p social.Post, place social.Member) (bool, error) {
	if place.Role.May(social.Draft) || r.Version() >= p.Version {
		return false, nil
	}
	cards, err := h.Store.Cards(ctx, p.Brand.ID, p.ID)
	return slices.ContainsFunc(cards, func(c social.Card) bool {
		return c.Person == place.Person.ID && c.Version == p.Version && (r.Message == nil || c.Message != r.Message.ID)
	}), err
}

// refusal words a refusal; of a decision that was already made it names who made
// it and when (U5).
func refusal(say locales.Printer, p social.Post, me social.Member, why social.Rule) string {
	own := slices.IndexFunc(p.Approvals, func(a social.Approval) bool { return a.Person == me.Person.ID })
	if why == social.ErrDecided && own >= 0 {
		return say.Plain("card.decided_by_you", "at", p.Approvals[own].At)
	}
	if why == social.ErrDecided && len(p.Approvals) > 0 {
		last := p.Approvals[len(p.Approvals)-1]
		return say.Plain("card.decided_by", "who", nameOf(say, p, last.Person), "at", last.At)
	}
	return say.Plain("rule." + string(why))
}
