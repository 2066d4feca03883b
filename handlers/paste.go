package handlers

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"peyk/bot"
	"peyk/social"
)

// A text that is longer than a message is parted by Telegram's own apps: it
// comes as several messages at once. They belong to one draft.
const (
	pieceStep = "piece"
	// longPiece is how long a message must be, in code points, to be a part that
	// others follow; apps part at line ends, so parts differ in length.
	longPiece = 3000
	// pieceWithin is how soon the other parts follow, by the clock of Telegram.
	pieceWithin = 20 * time.Second
	// pieceLife is how long parts are awaited by our own clock: handling may lag.
	pieceLife = 2 * time.Minute
)

// mayContinue tells whether another part may follow the text.
func mayContinue(c social.Content) bool { return c.Text.Len() >= longPiece && len(c.Media) == 0 }

// continues tells whether the message may be a further part of what came at the
// given time: a plain text, written by the same hand, right after it.
func continues(r *bot.Request, since time.Time) bool {
	gap := r.Message.At.Sub(since)
	return gap >= 0 && gap <= pieceWithin && len(r.Media()) == 0 && r.Message.Forward == nil && !r.Text().Empty()
}

// joined puts a part behind a text, as it was before it was parted: a full part
// was cut anywhere, a shorter one at the end of a line.
func joined(a, b social.Text) social.Text {
	sep := "\n"
	if a.Len()%bot.MaxText == 0 {
		sep = ""
	}
	whole := social.Text{Plain: a.Plain + sep + b.Plain, Marks: append([]social.Mark{}, a.Marks...)}
	shift := len(utf16.Encode([]rune(a.Plain + sep)))
	for _, m := range b.Marks {
		m.Offset += shift
		whole.Marks = append(whole.Marks, m)
	}
	return whole
}

// awaitPieces remembers that further parts of the draft's text may follow.
func (h *Handlers) awaitPieces(ctx context.Context, r *bot.Request, me Reader, p social.Post) error {
	return h.Store.SetDialog(ctx, social.Dialog{
		Chat: r.Chat.ID, Person: me.Person.ID, Step: pieceStep, Expires: h.Clock.Now().Add(pieceLife),
		Data: map[string]string{"post": itoa(p.ID), "at": strconv.FormatInt(r.Message.At.Unix(), 10)},
	})
}

// takePiece adds a part to the draft that the first one began; its card is drawn
// again by itself. Anything else is a beginning of its own. That the text has
// become too long is said once.
func (h *Handlers) takePiece(ctx context.Context, r *bot.Request, me Reader) error {
	if !continues(r, slotOf(r.Dialog.Data["at"])) {
		return h.beginAnew(ctx, r, me)
	}
	if r.Dialog.Data["full"] != "" {
		return nil
	}
	_, err := h.Store.UpdatePost(ctx, me.Person.ID, number(r.Dialog.Data["post"]), func(p *social.Post, by social.Member) (social.Event, error) {
		whole := joined(p.Content.Text, r.Text())
		switch {
		case p.State != social.Drafting || p.Version > 0:
			return social.Event{}, social.ErrOutdated // it has gone on meanwhile
		case whole.Len() > maxDraft:
			return social.Event{}, errPasteLong
		}
		return p.Edit(by, func(c *social.Content) { c.Text = whole })
	})
	switch {
	case errors.Is(err, social.ErrOutdated):
		return h.beginAnew(ctx, r, me)
	case errors.Is(err, errPasteLong):
		r.Dialog.Data["full"] = "1"
		return errors.Join(err, h.Store.SetDialog(ctx, r.Dialog))
	}
	return err
}

// beginAnew ends the wait for parts, and takes the message for itself.
func (h *Handlers) beginAnew(ctx context.Context, r *bot.Request, me Reader) error {
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	return h.content(ctx, r, me)
}

// errPasteLong says that the rest of a long text was not taken.
const errPasteLong = social.Rule("draft_paste_long")

// pieceOf finds the waiting content that the message continues, by its key; ""
// when there is none.
func pieceOf(r *bot.Request, waiting map[string]pending) string {
	newest := ""
	for key, p := range waiting {
		if mayContinue(p.Content) && continues(r, time.Unix(p.At, 0)) && (newest == "" || later(key, newest)) {
			newest = key
		}
	}
	return newest
}

// later compares the keys of waiting content: message ids.
func later(a, b string) bool {
	return len(a) > len(b) || (len(a) == len(b) && strings.Compare(a, b) > 0)
}

// addPiece adds a part to content that waits for its brand.
func (h *Handlers) addPiece(ctx context.Context, r *bot.Request, me Reader, waiting map[string]pending, key string) error {
	p := waiting[key]
	if p.Full {
		return nil
	}
	whole := joined(p.Content.Text, r.Text())
	p.Full = whole.Len() > maxDraft
	if !p.Full {
		p.Content.Text = whole
	}
	waiting[key] = p
	if err := h.savePending(ctx, r, me, waiting, 0); err != nil {
		return err
	}
	if p.Full {
		return errPasteLong
	}
	return nil
}
