package handlers

import (
	"context"
	"errors"
	"slices"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// Where a post was opened from: it says where the way back leads.
const (
	fromWeek    = "c"
	fromWaiting = "w"
	fromCover   = "k" // what stood on the card's own message
)

// uncover is the data of the way back to the card, in place of what covers it.
func uncover(p social.Post) string { return bot.Data("opn", p.ID, p.Version, fromCover) }

// cover shows something else on the message of a post's card. It is the card no more
// from then on, so that nobody draws the card over what somebody is looking at.
func (h *Handlers) cover(ctx context.Context, r *bot.Request, me Reader, post int64, view bot.Message) error {
	if err := h.leaveCard(ctx, r, me, post); err != nil {
		return err
	}
	_, err := h.put(ctx, r, view)
	return err
}

// below is the same press without its message: what it shows comes as a new one.
func below(r *bot.Request) *bot.Request {
	fresh := *r
	fresh.Callback = nil
	return &fresh
}

// openPost brings a post's one living card to where it was asked for, and ends
// the question that the press leaves. The team sees it in place of the list in
// which it pressed; a client sees below what will appear, and then the card.
func (h *Handlers) openPost(ctx context.Context, r *bot.Request, me Reader) error {
	question, err := h.Store.Dialog(ctx, r.Chat.ID)
	if err != nil && !errors.Is(err, social.ErrNotFound) {
		return err
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	p, place, err := h.Store.Post(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	was, err := h.cardOf(ctx, p, place)
	if err != nil {
		return err
	}
	listed := place.Role.May(social.Draft) && r.Arg(0) != ""
	if here := pressed(r); here == 0 || (here != was.Message && here != question.Message && !listed) {
		r = below(r)
	}
	return h.moveCard(ctx, r, me, moving{p, place, was})
}

// pressed is the message whose button was pressed; 0: none.
func pressed(r *bot.Request) int64 {
	if r.Callback == nil || r.Message == nil {
		return 0
	}
	return r.Message.ID
}

// cardOf is where the member's living card of the post stands; the zero card
// when there is none.
func (h *Handlers) cardOf(ctx context.Context, p social.Post, place social.Member) (social.Card, error) {
	cards, err := h.Store.Cards(ctx, p.Brand.ID, p.ID)
	if err != nil {
		return social.Card{}, err
	}
	i := slices.IndexFunc(cards, func(c social.Card) bool {
		return c.Person == place.Person.ID && c.Version == cardVersion(p, place)
	})
	if i < 0 {
		return social.Card{}, nil
	}
	return cards[i], nil
}

// moving is a card on its way from where it was.
type moving struct {
	post  social.Post
	place social.Member
	was   social.Card
}

// moveCard shows the card; nothing stays of it where it stood before.
func (h *Handlers) moveCard(ctx context.Context, r *bot.Request, me Reader, m moving) error {
	stays := m.was.Message != 0 && pressed(r) == m.was.Message
	media := m.was.Media
	if !stays {
		var err error
		if media, err = h.mediaFor(ctx, m, me); err != nil {
			return err
		}
	}
	view := h.cardFor(h.sayIn(me.Person, m.post.Brand), m.post, m.place, h.earlier(ctx, m.post, m.place))
	shown := viewHash(view)
	if row := wayBack(h.sayIn(me.Person, m.post.Brand), m.post, r.Arg(0), r.Arg(1)); row != nil && pressed(r) != 0 {
		view.Keyboard = append(view.Keyboard, row)
	}
	if len(media) > 0 && pressed(r) == 0 {
		view.ReplyTo = media[0]
	}
	sent, err := h.put(ctx, r, view)
	if err != nil {
		return err
	}
	return h.keepCard(ctx, m.post, social.Card{
		PostID: m.post.ID, Person: me.Person.ID, Version: cardVersion(m.post, m.place),
		Chat: r.Chat.ID, Message: sent, Media: media, Shown: shown, Drawn: m.post.Revision,
	})
}

// mediaFor sends a client what will appear, above a card that comes anew.
func (h *Handlers) mediaFor(ctx context.Context, m moving, me Reader) ([]int64, error) {
	if m.place.Role.May(social.Draft) || !reviewable(m.post) {
		return nil, nil
	}
	return h.sendPreviews(ctx, m.post, me.Person)
}

// leaveCard forgets the card of a post whose message now shows a list again.
func (h *Handlers) leaveCard(ctx context.Context, r *bot.Request, me Reader, post int64) error {
	if post == 0 || pressed(r) == 0 {
		return nil
	}
	return h.Store.DropCard(ctx, me.Person.ID, post, pressed(r))
}

// wayBack leads from a card to the list in which it was pressed.
func wayBack(say locales.Printer, p social.Post, from, place string) []bot.Button {
	switch from {
	case fromWeek:
		return back(say, bot.Data("week", p.Brand.ID, 0, place, idOf(p.ID)))
	case fromWaiting:
		return back(say, bot.Data("waiting", 0, 0, place, idOf(p.ID)))
	}
	return nil
}
