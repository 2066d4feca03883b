package handlers

import (
	"context"
	"errors"

	"peyk/bot"
	"peyk/social"
)

// guard keeps a secret that was sent where nobody asked for it from becoming
// anything: a draft, an answer to a follower, an account's name.
func (h *Handlers) guard(next bot.HandlerFunc) bot.HandlerFunc {
	stray := h.person(h.straySecret)
	return func(ctx context.Context, r *bot.Request) error {
		if r.Chat.Type == bot.Private && r.Callback == nil && r.Dialog.Step != secretStep && h.holdsSecret(r) {
			return stray(ctx, r)
		}
		return next(ctx, r)
	}
}

// holdsSecret tells whether a message is a secret of one of the networks.
func (h *Handlers) holdsSecret(r *bot.Request) bool {
	text := r.Text().Plain
	for _, in := range h.Entrances {
		if text != "" && in.IsSecret(text) {
			return true
		}
	}
	return false
}

// straySecret takes the secret out of the chat and says what it was.
func (h *Handlers) straySecret(ctx context.Context, r *bot.Request, me Reader) error {
	key := "entrance.stray"
	if err := h.hush(ctx, r, func() { key = "entrance.stray_stays" }); err != nil {
		return err
	}
	_, err := r.Reply(ctx, bot.Message{HTML: me.Say.Say(key), Keyboard: [][]bot.Button{{button(me.Say, "home", bot.Data("home", 0, 0))}}})
	return err
}

// edited hears that somebody has changed a message: while a secret is asked for it
// may have become one. It is not tried, since it may be an old message.
func (h *Handlers) edited(ctx context.Context, r *bot.Request, _ Reader) error {
	d, err := h.Store.Dialog(ctx, r.Chat.ID)
	if errors.Is(err, social.ErrNotFound) || err == nil && d.Step != secretStep {
		return nil
	}
	if err != nil {
		return err
	}
	return h.hush(ctx, r, nil)
}

// hush takes what came out of the database, as soon as it is handled, and out of the
// chat at once. When Telegram does not let us, stays is called.
func (h *Handlers) hush(ctx context.Context, r *bot.Request, stays func()) error {
	if err := h.Store.Conceal(ctx); err != nil {
		return err
	}
	messages := r.Album
	if len(messages) == 0 && r.Message != nil {
		messages = []*bot.Received{r.Message}
	}
	for _, m := range messages {
		err := h.Sender.Delete(ctx, bot.Interactive, r.Chat.ID, m.ID)
		if err == nil {
			continue
		}
		h.Log.WarnContext(ctx, "a secret could not be taken out of a chat", "err", err)
		if stays != nil {
			stays()
		}
	}
	return nil
}
