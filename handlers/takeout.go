package handlers

import (
	"bytes"
	"context"
	"io"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

type takeouts interface {
	Takeout(ctx context.Context, person int64) (t social.Takeout, again time.Time, err error)
	EndTakeout(ctx context.Context, person int64) error
}

// takeout gives somebody all that is kept about him, as a file.
func (h *Handlers) takeout(ctx context.Context, r *bot.Request, me Reader) error {
	return h.during(ctx, r.Chat.ID, isSending, func() error {
		t, again, err := h.Store.Takeout(ctx, me.Person.ID)
		if err != nil {
			return err
		}
		if !again.IsZero() {
			_, err := h.put(ctx, r, takeoutSoon(me.Say, again.Sub(h.Clock.Now())))
			return err
		}
		if _, err := r.Reply(ctx, takeoutFile(me.Say, t)); err != nil {
			return err
		}
		return h.Store.EndTakeout(ctx, me.Person.ID)
	})
}

// takeoutSoon says when there may be another takeout.
func takeoutSoon(say locales.Printer, left time.Duration) bot.Message {
	return bot.Message{
		HTML:     say.Say("takeout.soon", "left", max(left, time.Minute)),
		Keyboard: [][]bot.Button{back(say, bot.Data("privacy", 0, 0))},
	}
}

// takeoutFile is the message with the file.
func takeoutFile(say locales.Printer, t social.Takeout) bot.Message {
	text := say.Say("takeout.ready")
	if t.Cut {
		text += "\n" + say.Say("takeout.cut")
	}
	return bot.Message{
		HTML:  text,
		Media: []social.Media{{Kind: social.Document, Name: "peyk-" + say.Now().UTC().Format(time.DateOnly) + ".json"}},
		Open: func(context.Context, string) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(t.Body)), nil
		},
	}
}
