package handlers

import (
	"context"
	"errors"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// answered finds who hears an answer to a message of ours: it belongs to a comment,
// or to a post. An answer to the open question is for that question.
func (h *Handlers) answered(ctx context.Context, r *bot.Request) (bot.HandlerFunc, error) {
	fn, err := h.answerTo(ctx, r)
	if fn != nil || err != nil {
		return fn, err
	}
	d, err := h.Store.Dialog(ctx, r.Chat.ID)
	if err == nil && d.Message == r.Message.ReplyTo.ID {
		return nil, nil
	}
	if err != nil && !errors.Is(err, social.ErrNotFound) {
		return nil, err
	}
	return h.answerToPost(ctx, r)
}

// answerToPost finds the post to whose card, or to a word about which, somebody
// answers, and what his place makes of it.
func (h *Handlers) answerToPost(ctx context.Context, r *bot.Request) (bot.HandlerFunc, error) {
	me, err := h.reader(ctx, r)
	if err != nil {
		return nil, err
	}
	m, err := h.answeredPost(ctx, r, me)
	switch {
	case errors.Is(err, social.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case m.place.Role.May(social.Draft):
		return func(ctx context.Context, r *bot.Request) error { return h.replyOfTeam(ctx, r, me, m.post) }, nil
	case m.place.Role.May(social.Approve):
		return func(ctx context.Context, r *bot.Request) error { return h.replyOfApprover(ctx, r, me, m) }, nil
	}
	return nil, nil
}

// answeredPost reads the post, with the card that was answered. A word about it,
// which is no card, is about its present version.
func (h *Handlers) answeredPost(ctx context.Context, r *bot.Request, me Reader) (moving, error) {
	to := r.Message.ReplyTo
	c, err := h.Store.CardAt(ctx, me.Person.ID, r.Chat.ID, to.ID)
	word := errors.Is(err, social.ErrNotFound)
	if err != nil && !word {
		return moving{}, err
	}
	if word {
		c.PostID = to.About("opn")
	}
	p, place, err := h.Store.Post(ctx, me.Person.ID, c.PostID)
	if word {
		c.Version = p.Version
	}
	return moving{p, place, c}, err
}

// replyOfTeam says how the post is changed: an answer may as well be a new draft,
// or a word for somebody else.
func (h *Handlers) replyOfTeam(ctx context.Context, r *bot.Request, me Reader, p social.Post) error {
	say := h.sayIn(me.Person, p.Brand)
	key, actions := "reply.team", []string{"txt", "med", "opn"}
	if !p.Open() {
		key, actions = "reply.team_closed", []string{"opn"}
	}
	_, err := r.Reply(ctx, bot.Message{
		HTML: say.Say(key, "brand", p.Brand.Name), Keyboard: rows(say, press(say, p, actions...), 2),
	})
	return err
}

// replyOfApprover is a change request, said without a tap (C3). What only agrees
// is none: a tap alone approves (U22).
func (h *Handlers) replyOfApprover(ctx context.Context, r *bot.Request, me Reader, m moving) error {
	switch {
	case !mayDecide(m.post, m.place):
		return h.showAgain(ctx, r, me, m, "reply.not_now")
	case m.was.Version != m.post.Version:
		return h.showAgain(ctx, r, me, m, "reply.replaced")
	case len(r.Media()) == 0 && locales.Assents(r.Text().Plain):
		return h.showAgain(ctx, r, me, m, "reply.assent")
	}
	p, err := h.passOn(ctx, r, me, m.post.ID, m.was.Version)
	if err != nil {
		return err
	}
	return h.changeSent(ctx, r, me, p)
}

// showAgain says why the answer went nowhere, and brings the card below it.
func (h *Handlers) showAgain(ctx context.Context, r *bot.Request, me Reader, m moving, why string) error {
	say := h.sayIn(me.Person, m.post.Brand)
	if _, err := r.Reply(ctx, bot.Message{HTML: say.Say(why, "brand", m.post.Brand.Name)}); err != nil {
		return err
	}
	was, err := h.cardOf(ctx, m.post, m.place)
	if err != nil {
		return err
	}
	m.was = was
	return h.moveCard(ctx, r, me, m)
}
