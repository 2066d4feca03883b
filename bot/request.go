package bot

import (
	"context"
	"errors"
	"html"
	"log/slog"
	"sync"
	"time"

	"peyk/social"
)

// A Request is one update on its way through a handler. One goroutine uses it.
type Request struct {
	Update   Update
	From     User // who did it; the zero User when no person did
	Chat     Chat
	Message  *Received // the message that came; with a tap, the one with the button, or nil
	Album    []*Received
	Callback *Callback
	Member   *MemberChange
	Command  string        // in lower case, without the slash
	Payload  string        // what follows the command
	Dialog   social.Dialog // the question that is answered; only in steps

	press  press
	sender *Sender
	answer *answer
}

// ID is the id in the callback data.
func (r *Request) ID() int64 { return r.press.id }

// Version is the version in the callback data: what the card showed.
func (r *Request) Version() int { return r.press.version }

// Arg is the i-th further argument in the callback data, or "".
func (r *Request) Arg(i int) string {
	if i < 0 || i >= len(r.press.args) {
		return ""
	}
	return r.press.args[i]
}

// Action is the name of the action in the callback data.
func (r *Request) Action() string { return r.press.action }

// Text is what was written: the message's text or caption, of an album the first
// caption there is.
func (r *Request) Text() social.Text {
	for _, m := range r.received() {
		if m.Text.Plain != "" {
			return m.Text
		}
	}
	return social.Text{}
}

// Media are the files that came, of an album all of them in their order.
func (r *Request) Media() []social.Media {
	var media []social.Media
	for _, m := range r.received() {
		if m.Media != nil {
			media = append(media, *m.Media)
		}
	}
	return media
}

// received are the messages that came with this update: none with a tap.
func (r *Request) received() []*Received {
	switch {
	case len(r.Album) > 0:
		return r.Album
	case r.Callback != nil || r.Message == nil:
		return nil
	}
	return []*Received{r.Message}
}

// Reply sends a message to the chat.
func (r *Request) Reply(ctx context.Context, m Message) (Sent, error) {
	return r.sender.Send(ctx, Interactive, r.Chat.ID, m)
}

// Replace makes the message with the pressed button show m. Where there is none,
// it is gone, or it cannot hold m, m is sent as a new message. It returns the id
// of the message that now shows m.
func (r *Request) Replace(ctx context.Context, m Message) (int64, error) {
	if r.Callback == nil || r.Callback.Message == nil {
		sent, err := r.Reply(ctx, m)
		return sent.MessageID, err
	}
	id := r.Callback.Message.ID
	err := r.sender.Edit(ctx, Interactive, r.Chat.ID, id, m)
	if errors.Is(err, ErrGone) || errors.Is(err, ErrTooLong) {
		sent, err := r.Reply(ctx, m)
		return sent.MessageID, err
	}
	return id, err
}

// Typing shows that an answer is being written.
func (r *Request) Typing(ctx context.Context) error {
	return r.sender.Action(ctx, r.Chat.ID, "typing")
}

// Toast answers the tap with a word that passes. It goes out beside what the
// handler does next; a handler that needs it calls it before Replace. Without a
// tap, or after an answer, it does nothing.
func (r *Request) Toast(ctx context.Context, text string) error {
	r.answer.give(ctx, text, false)
	return nil
}

// Alert answers the tap with a window that is closed by hand. Without a tap, or
// when it has been answered, the text comes as a message.
func (r *Request) Alert(ctx context.Context, text string) error {
	if r.answer.give(ctx, text, true) {
		return nil
	}
	_, err := r.Reply(ctx, Message{HTML: html.EscapeString(text)})
	return err
}

// The time in which a tap is answered: people wait, and Telegram soon takes no
// answer any more.
const (
	blankAfter  = 2 * time.Second
	answerLimit = 10 * time.Second
)

// An answer is given to a tap once, in a goroutine that finish waits for. A nil
// answer belongs to an update that is no tap.
type answer struct {
	sender   *Sender
	log      *slog.Logger
	callback string

	mu    sync.Mutex
	given bool
	going sync.WaitGroup
}

// give starts to answer, unless somebody has.
func (a *answer) give(ctx context.Context, text string, alert bool) bool {
	if a == nil {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.given {
		return false
	}
	a.given = true
	a.going.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerLimit)
		defer cancel()
		if err := a.sender.Answer(ctx, a.callback, text, alert); err != nil {
			a.log.WarnContext(ctx, "answering a tap failed", "err", err)
		}
	})
	return true
}

// finish waits until the answer is out. blank gives an empty one if there is none.
func (a *answer) finish(ctx context.Context, blank bool) {
	if a == nil {
		return
	}
	if blank {
		a.give(ctx, "", false)
	}
	a.mu.Lock()
	a.given = true // nothing starts any more
	a.mu.Unlock()
	a.going.Wait()
}
