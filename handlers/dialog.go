package handlers

import (
	"context"
	"errors"
	"strconv"

	"peyk/bot"
	"peyk/social"
)

type dialogs interface {
	Dialog(ctx context.Context, chat int64) (social.Dialog, error)
	SetDialog(ctx context.Context, d social.Dialog) error
	PlaceDialog(ctx context.Context, d social.Dialog) error
	EndDialog(ctx context.Context, chat int64) error
}

// A question is asked in a chat; the next text, voice or file there answers it.
type question struct {
	step string
	data map[string]string
	view bot.Message
	post int64 // whose card it covers; 0: none's
}

// ask remembers the question in the database, so that a restart does not forget
// it, and then shows it on the pressed message, or as a new one.
func (h *Handlers) ask(ctx context.Context, r *bot.Request, me Reader, q question) error {
	d := social.Dialog{
		Chat: r.Chat.ID, Person: me.Person.ID, Step: q.step, Data: q.data, Expires: h.Clock.Now().Add(social.QuestionLife),
	}
	if err := h.Store.SetDialog(ctx, d); err != nil {
		return err
	}
	err := h.leaveCard(ctx, r, me, q.post)
	if err != nil {
		return err
	}
	if d.Message, err = h.put(ctx, r, q.view); err != nil {
		return err
	}
	return h.Store.PlaceDialog(ctx, d) // it may have been answered already, from elsewhere
}

func (h *Handlers) endDialog(ctx context.Context, r *bot.Request) error {
	return h.Store.EndDialog(ctx, r.Chat.ID)
}

// endWith ends the dialog because of an error, which is then explained.
func (h *Handlers) endWith(ctx context.Context, r *bot.Request, err error) error {
	return errors.Join(err, h.endDialog(ctx, r))
}

// number reads an id that we wrote ourselves; anything else is 0, which no row has.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// words is for questions that words alone answer: whoever sends a photo or a film
// instead has begun a new post; a voice note may well be meant as the answer. The
// question can be taken up again by its buttons.
func (h *Handlers) words(take conversation) conversation {
	return func(ctx context.Context, r *bot.Request, me Reader) error {
		if media := r.Media(); len(media) == 0 || media[0].Kind == social.Voice {
			return take(ctx, r, me)
		}
		if err := h.endDialog(ctx, r); err != nil {
			return err
		}
		r.Dialog = social.Dialog{}
		return h.content(ctx, r, me)
	}
}
