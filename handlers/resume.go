package handlers

import (
	"context"
	"errors"
	"slices"
	"time"

	"peyk/bot"
	"peyk/social"
)

// justNow is how old the last change of a post may be that somebody made in the
// conversation that broke off.
const justNow = 5 * time.Minute

// resume takes a conversation up that broke off when the program was killed: the
// person's last step is safe, its answer may not have arrived. If it ended with a
// question that was shown, nothing was lost at all. Any other open question may
// belong to the step before, so it is closed. A card that was pressed says itself
// where things stand.
func (h *Handlers) resume(ctx context.Context, r *bot.Request, me Reader) error {
	d, err := h.Store.Dialog(ctx, r.Chat.ID)
	if err == nil && d.Message != 0 && askedSince(ctx, d) {
		return nil
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	if shown, err := h.resumeCard(ctx, r, me); shown || err != nil {
		return err
	}
	r = below(r)
	if _, err := r.Reply(ctx, bot.Message{HTML: me.Say.Say("start.resumed")}); err != nil {
		return err
	}
	posts, err := h.Store.Unfinished(ctx, me.Person.ID, startedPosts)
	if err != nil {
		return err
	}
	own := slices.DeleteFunc(posts, func(p social.Post) bool {
		return p.Author != me.Person.ID || h.Clock.Since(p.Changed) > justNow
	})
	if len(own) > 0 {
		newest := slices.MaxFunc(own, func(a, b social.Post) int { return a.Changed.Compare(b.Changed) })
		return h.show(ctx, r, me, newest)
	}
	places, err := h.Store.Places(ctx, me.Person.ID)
	if err != nil || len(places) == 0 {
		return err
	}
	return h.home(ctx, r, me)
}

// onCards are the presses that leave the post's card on the message on which they
// were made.
var onCards = []string{"ok", "hld", "stp", "und", "now", "cnl", "snd", "off", "acc", "vrs", "med_no", "del_yes", "rst"}

// resumeCard draws the card that was pressed. It may never have been recorded: the
// program may have died right after sending it, and then nobody else draws it.
func (h *Handlers) resumeCard(ctx context.Context, r *bot.Request, me Reader) (shown bool, err error) {
	if pressed(r) == 0 || !slices.Contains(onCards, r.Action()) {
		return false, nil
	}
	p, place, err := h.Store.Post(ctx, me.Person.ID, r.ID())
	if errors.Is(err, social.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, h.drawPressed(ctx, r, me, p, place)
}

// askedSince tells whether the question was asked by the handling of the update
// that ctx belongs to.
func askedSince(ctx context.Context, d social.Dialog) bool {
	update, ok := social.IncomingFrom(ctx)
	return ok && !d.Expires.Add(-social.QuestionLife).Before(update.At)
}
