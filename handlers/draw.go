package handlers

import (
	"context"
	"fmt"
	"slices"

	"peyk/bot"
	"peyk/social"
)

// A drawing is a card on its way to what its post is now.
type drawing struct {
	*Handlers
	brand    int64
	card     social.Card // as it was read before it is drawn
	shown    social.Card // as it is drawn
	disputed bool        // what the message shows is not known
}

// drawCard makes a card show what its post is when the turn to edit has come.
// Where somebody else drew the card at the same time, nobody knows which drawing
// Telegram took last, so it is drawn once more.
func (h *Handlers) drawCard(ctx context.Context, d drawing) error {
	d.Handlers = h
	for range redraws {
		if done, err := d.try(ctx); err != nil || done {
			return err
		}
	}
	return fmt.Errorf("a card of post %d is being drawn by others", d.card.PostID)
}

// try draws the card. It is done when nobody else drew anything else meanwhile.
func (d *drawing) try(ctx context.Context) (done bool, err error) {
	at := d.card.Message
	err = d.Sender.Redraw(ctx, bot.Cards, d.card.Chat, at, d.draw)
	if err != nil || d.card.Message == 0 {
		return err == nil, err // gone: nothing is left to draw
	}
	if d.card.Message != at {
		return false, nil
	}
	if d.shown.Shown == d.card.Shown && d.shown.Drawn == d.card.Drawn {
		return true, nil
	}
	if done, err = d.Store.ShowCard(ctx, d.brand, d.card, d.shown); done || err != nil {
		return done, err
	}
	drawn := d.shown
	d.disputed = true
	if err := d.read(ctx); err != nil {
		return false, err
	}
	return d.card.Message == drawn.Message && d.card.Shown == drawn.Shown && d.card.Drawn == drawn.Drawn, nil
}

// draw reads the card and its post anew, as the card's reader may see it.
func (d *drawing) draw(ctx context.Context) (bot.Message, error) {
	at := d.card.Message
	if err := d.read(ctx); err != nil {
		return bot.Message{}, err
	}
	if d.card.Message != at {
		return bot.Message{}, bot.ErrSame // it has moved
	}
	p, me, err := d.Store.Post(ctx, d.card.Person, d.card.PostID)
	if err != nil {
		return bot.Message{}, err
	}
	view := d.face(ctx, p, me, d.card)
	d.shown = d.card
	d.shown.Shown, d.shown.Drawn = viewHash(view), p.Revision
	if d.shown.Shown == d.card.Shown && !d.disputed {
		return bot.Message{}, bot.ErrSame
	}
	return view, nil
}

// read finds the card as it is recorded now; a card that was dropped has no message.
func (d *drawing) read(ctx context.Context) error {
	cards, err := d.Store.Cards(ctx, d.brand, d.card.PostID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(cards, func(c social.Card) bool {
		return c.Person == d.card.Person && c.Version == d.card.Version
	})
	if d.card.Message = 0; i >= 0 {
		d.card = cards[i]
	}
	return nil
}

// face is what a card shows of a post: everything, or that a newer version has
// taken its place.
func (h *Handlers) face(ctx context.Context, p social.Post, me social.Member, c social.Card) bot.Message {
	say := h.sayIn(me.Person, p.Brand)
	if c.Version != cardVersion(p, me) {
		return replacedCard(say, p)
	}
	return h.cardFor(say, p, me, h.earlier(ctx, p, me))
}
