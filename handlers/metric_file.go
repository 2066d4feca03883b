package handlers

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"peyk/bot"
	"peyk/social"
)

const (
	// figuresStep is the dialog step in which a file of figures is awaited.
	figuresStep = "figures"
	// maxFiguresFile is how big it may be, in bytes.
	maxFiguresFile = 4 << 20
)

// giveFigures gives the figures of a brand as a file.
func (h *Handlers) giveFigures(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	return h.during(ctx, r.Chat.ID, isSending, func() error {
		accounts, err := h.Store.Accounts(ctx, me.Person.ID, b.ID)
		if err != nil {
			return err
		}
		figures, err := h.Store.Figures(ctx, me.Person.ID, b.ID)
		if err != nil {
			return err
		}
		var file bytes.Buffer
		if err := social.WriteFigures(&file, accounts, figures); err != nil {
			return err
		}
		say := h.sayIn(me.Person, b)
		_, err = r.Reply(ctx, bot.Message{
			HTML:  say.Say("figures.file", "n", len(figures), "brand", b.Name),
			Media: []social.Media{{Kind: social.Document, Name: "peyk-figures-" + say.Now().UTC().Format(time.DateOnly) + ".csv"}},
			Open: func(context.Context, string) (io.ReadCloser, error) {
				return io.NopCloser(bytes.NewReader(file.Bytes())), nil
			},
		})
		return err
	})
}

// askFigures asks for a file of figures.
func (h *Handlers) askFigures(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, b)
	return h.ask(ctx, r, me, question{
		step: figuresStep, data: map[string]string{"brand": itoa(b.ID)},
		view: bot.Message{
			HTML:     say.Say("figures.ask", "brand", b.Name),
			Keyboard: [][]bot.Button{{button(say, "cancel", bot.Data("accounts", b.ID, 0, left))}},
		},
	})
}

// takeFigures takes in a file of figures, or the lines of one that were pasted. What
// is there already stays.
func (h *Handlers) takeFigures(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, number(r.Dialog.Data["brand"]))
	if err != nil {
		return h.endWith(ctx, r, err)
	}
	file, err := h.figuresIn(ctx, r)
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, b)
	figures, err := social.ReadFigures(file, h.Clock.Now())
	var fault social.FileFault
	if errors.As(err, &fault) {
		_, err := r.Reply(ctx, bot.Message{HTML: say.Say("figures.bad", "line", fault.Line)})
		return err // the question stays open
	}
	if err != nil {
		return err
	}
	added, err := h.Store.TakeFigures(ctx, me.Person.ID, b.ID, figures)
	if err != nil {
		return err
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	_, err = h.put(ctx, r, bot.Message{
		HTML:     say.Say("figures.taken", "n", added, "had", len(figures)-added),
		Keyboard: [][]bot.Button{back(say, bot.Data("accounts", b.ID, 0))},
	})
	return err
}

// figuresIn is what the message brings: its document, or its words.
func (h *Handlers) figuresIn(ctx context.Context, r *bot.Request) (io.Reader, error) {
	media := r.Media()
	if len(media) == 0 {
		return strings.NewReader(r.Text().Plain), nil
	}
	if len(media) > 1 || media[0].Kind != social.Document {
		return nil, social.ErrNotFigures
	}
	if media[0].Size > maxFiguresFile {
		return nil, social.ErrFiguresLong
	}
	data, err := h.Files.Download(ctx, media[0].FileID, maxFiguresFile)
	if errors.Is(err, bot.ErrTooBig) {
		return nil, social.ErrFiguresLong
	}
	if err != nil {
		return nil, downloadFailed(err)
	}
	return bytes.NewReader(data), nil
}
