package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
)

// MaxToast is the longest answer to a tap, in characters (Bot API 10.3).
const MaxToast = 200

// A Sender sends everything that leaves for Telegram's chats, at the pace that
// Telegram allows. Calls block until it is their turn and the answer is there;
// within a chat and a lane they keep their order. Make it with NewSender; the
// exported fields may be set before first use.
type Sender struct {
	// Open opens a file of our own store by its hash, for media without FileID.
	Open func(ctx context.Context, hash string) (io.ReadCloser, error)
	// OnBlocked hears that nothing can be sent to the chat any more.
	OnBlocked func(ctx context.Context, chat int64)
	// OnMigrated hears that a group has a new id. The message is then sent there.
	OnMigrated func(ctx context.Context, from, to int64)

	client *Client
	clock  clockwork.Clock
	log    *slog.Logger
	gate   *gate
	counts counts
}

type counts struct{ calls, limited, unsure, plain, blocked atomic.Int64 }

// Counts is what a sender has done since it was made.
type Counts struct {
	Calls   int64 // calls made, tries included
	Limited int64 // refused with "too many requests"
	Unsure  int64 // ended without an answer: may have been carried out
	Plain   int64 // sent without formatting since Telegram could not read it: faults of ours
	Blocked int64 // to chats that nothing can be sent to
}

// NewSender returns a sender over a client.
func NewSender(client *Client, clock clockwork.Clock, log *slog.Logger) *Sender {
	return &Sender{client: client, clock: clock, log: log, gate: newGate(clock)}
}

// Share tells the sender how many processes send for the bot: the limit over all
// chats is theirs together.
func (s *Sender) Share(processes int) { s.gate.share(processes) }

// Counts returns the sender's counts so far.
func (s *Sender) Counts() Counts {
	c := &s.counts
	return Counts{c.calls.Load(), c.limited.Load(), c.unsure.Load(), c.plain.Load(), c.blocked.Load()}
}

// Send sends a message to a chat. What provably did not reach Telegram, or was
// refused for its pace, is tried again until ctx ends. An *Error with Maybe set
// means that the message, or its first part, may stand in the chat; Sent then
// tells what surely does.
func (s *Sender) Send(ctx context.Context, lane Lane, chat int64, m Message) (Sent, error) {
	if err := m.valid(); err != nil {
		return Sent{}, err
	}
	sent, err := s.deliver(ctx, lane, chat, m)
	if to := s.settle(ctx, chat, err); to != 0 {
		return s.deliver(ctx, lane, to, m)
	}
	return sent, err
}

// Edit makes a message of ours show m: its text or caption, and its keyboard. Media
// stay as they are. An edit that changes nothing succeeds. ErrGone asks to send
// afresh, ErrTooLong is a text that one message cannot hold.
func (s *Sender) Edit(ctx context.Context, lane Lane, chat, message int64, m Message) error {
	if err := m.valid(); err != nil {
		return err
	}
	return s.alter(ctx, lane, chat, func(chat int64, do doer) error { return s.edit(do, chat, message, m) })
}

// Redraw edits a message of ours to what draw makes of it. Draw is called when
// the turn of the edit has come, so that it draws what is true then, and nobody
// else edits in the chat in between. When it returns ErrSame, nothing is edited.
// Errors are those of draw and of Edit.
func (s *Sender) Redraw(ctx context.Context, lane Lane, chat, message int64, draw func(context.Context) (Message, error)) error {
	return s.alter(ctx, lane, chat, func(chat int64, do doer) error {
		m, err := draw(ctx)
		if err == nil {
			err = m.valid()
		}
		switch {
		case errors.Is(err, ErrSame):
			return nil
		case err != nil:
			return err
		}
		return s.edit(do, chat, message, m)
	})
}

// Delete removes a message. One that is not there any more is no error.
func (s *Sender) Delete(ctx context.Context, lane Lane, chat, message int64) error {
	return s.alter(ctx, lane, chat, func(chat int64, do doer) error {
		_, err := do("deleteMessage", map[string]any{"chat_id": chat, "message_id": message})
		if says(err, 400, "message to delete not found") {
			return nil
		}
		return err
	})
}

// Answer ends the waiting of whoever tapped a button, with a word at the top of
// the screen (or in a window of its own: alert) if text is not empty. It is not
// paced. Text beyond MaxToast is cut; a tap that is too old to answer is no error.
func (s *Sender) Answer(ctx context.Context, callback, text string, alert bool) error {
	params := map[string]any{"callback_query_id": callback}
	if r := []rune(text); len(r) > MaxToast {
		text = string(r[:MaxToast-1]) + "…"
	}
	if text != "" {
		params["text"] = text
	}
	if alert {
		params["show_alert"] = true
	}
	err := s.again(ctx, 0, true, func() error {
		_, err := s.client.Call(ctx, "answerCallbackQuery", params)
		return err
	})
	if IsOldQuery(err) {
		return nil
	}
	return err
}

// Action shows for five seconds what the bot is doing, such as "typing" or
// "upload_photo". It is not paced and not repeated.
func (s *Sender) Action(ctx context.Context, chat int64, action string) error {
	s.counts.calls.Add(1)
	_, err := s.client.Call(ctx, "sendChatAction", map[string]any{"chat_id": chat, "action": action})
	return err
}

// Pass makes one call in its turn and tries nothing again: it is for whoever keeps
// account of his calls himself. The call counts as cost messages to the chat. What
// is still waiting for its turn when ctx ends was not made: Maybe is not set.
func (s *Sender) Pass(ctx context.Context, lane Lane, chat int64, cost int, c Passing) (json.RawMessage, error) {
	t := &ticket{lane: lane, chat: chat}
	defer s.gate.leave(t)
	if err := s.gate.enter(ctx, t, cost); err != nil {
		return nil, waiting(c.Method, err)
	}
	s.counts.calls.Add(1)
	raw, err := s.client.Upload(ctx, c.Method, c.Params, c.Files)
	s.gate.answered(t)
	if after := retryAfter(err); after > 0 {
		s.counts.limited.Add(1)
		s.gate.slow(chat, after)
	}
	if isMaybe(err) {
		s.counts.unsure.Add(1)
	}
	return raw, err
}

// A Passing is a call that only keeps the pace of all others.
type Passing struct {
	Method string
	Params map[string]any
	Files  []File
}

// A doer makes one paced call in a chat.
type doer func(method string, params map[string]any) (json.RawMessage, error)

// alter runs fn, whose calls may be repeated without harm, in its turn.
func (s *Sender) alter(ctx context.Context, lane Lane, chat int64, fn func(chat int64, do doer) error) error {
	once := func(chat int64) error {
		t := &ticket{lane: lane, chat: chat, kind: editing}
		defer s.gate.leave(t)
		if err := s.gate.enter(ctx, t, 0); err != nil {
			return waiting("entering the chat", err)
		}
		return fn(chat, func(method string, params map[string]any) (json.RawMessage, error) {
			return s.turn(ctx, t, 1, true, request{method: method, params: params})
		})
	}
	err := once(chat)
	if to := s.settle(ctx, chat, err); to != 0 {
		return once(to)
	}
	return err
}

// edit edits a text or a caption, whichever the message turns out to have.
func (s *Sender) edit(do doer, chat, message int64, m Message) error {
	caption := len(m.Media) > 0
	err := s.editPart(do, chat, message, m, caption)
	if says(err, 400, "there is no text in the message to edit", "there is no caption in the message to edit") {
		err = s.editPart(do, chat, message, m, !caption)
	}
	switch {
	case IsNotModified(err):
		return nil
	case IsGone(err):
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	return err
}

func (s *Sender) editPart(do doer, chat, message int64, m Message, caption bool) error {
	method, field, limit := "editMessageText", "text", MaxText
	if caption {
		method, field, limit = "editMessageCaption", "caption", MaxCaption
	}
	if Length(m.HTML) > limit || len(m.HTML) > maxBytes {
		return ErrTooLong
	}
	params := map[string]any{"chat_id": chat, "message_id": message}
	if len(m.Keyboard) > 0 {
		params["reply_markup"] = m.keyboard()
	}
	if m.NoPreview && !caption {
		params["link_preview_options"] = noPreview
	}
	setText(params, field, m.HTML)
	_, err := do(method, params)
	if IsParse(err) {
		s.unformatted(err)
		setPlain(params, field, m.HTML)
		_, err = do(method, params)
	}
	return err
}

// settle tells the hooks what an error means for the chat. It returns the chat's
// new id when it has one.
func (s *Sender) settle(ctx context.Context, chat int64, err error) int64 {
	var e *Error
	if !errors.As(err, &e) {
		return 0
	}
	switch {
	case e.MigrateTo != 0:
		if s.OnMigrated != nil {
			s.OnMigrated(ctx, chat, e.MigrateTo)
		}
		return e.MigrateTo
	case IsBlocked(err):
		s.counts.blocked.Add(1)
		if s.OnBlocked != nil {
			s.OnBlocked(ctx, chat)
		}
	}
	return 0
}

// unformatted notes a message of ours that Telegram could not read.
func (s *Sender) unformatted(err error) {
	s.counts.plain.Add(1)
	s.log.Error("Telegram could not read our formatting; sending plain text", "err", err)
}

// A request is one call with its files.
type request struct {
	method string
	params map[string]any
	files  []File
}

// turn makes one call when its turn has come. repeat says that a call may be made
// twice without harm.
func (s *Sender) turn(ctx context.Context, t *ticket, cost int, repeat bool, r request) (json.RawMessage, error) {
	var raw json.RawMessage
	err := s.again(ctx, t.chat, repeat, func() error {
		err := s.gate.enter(ctx, t, cost)
		if err != nil {
			return waiting(r.method, err)
		}
		defer s.gate.answered(t)
		raw, err = s.client.Upload(ctx, r.method, r.params, r.files)
		return err
	})
	return raw, err
}

func waiting(method string, err error) error {
	return &Error{Method: method, Description: "waiting for its turn: " + err.Error(), cause: err}
}

// The pauses between tries of a call that did not get through.
const (
	firstPause = 500 * time.Millisecond
	lastPause  = 10 * time.Second
	// repeats is how often a harmless call is made again after no answer came.
	repeats = 2
)

// again makes a call until it succeeds or another try makes no sense.
func (s *Sender) again(ctx context.Context, chat int64, repeat bool, call func() error) error {
	pause, unsure := firstPause, 0
	for {
		s.counts.calls.Add(1)
		err := call()
		wait := pause/2 + rand.N(pause/2)
		switch after := retryAfter(err); {
		case err == nil || ctx.Err() != nil:
			return err
		case after > 0:
			s.counts.limited.Add(1)
			if chat == 0 {
				return err // an answer to a tap: late is as good as never
			}
			s.gate.slow(chat, after)
			if !fits(ctx, after) {
				return err
			}
			wait = 0 // the gate holds it back
		case isMaybe(err):
			s.counts.unsure.Add(1)
			unsure++
			if !repeat || unsure > repeats {
				return err
			}
		case !never(err):
			return err
		}
		if !s.sleep(ctx, wait) {
			return err
		}
		pause = min(pause*2, lastPause)
	}
}

// fits tells whether waiting d makes sense within ctx.
func fits(ctx context.Context, d time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || time.Until(deadline) > d
}

func (s *Sender) sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := s.clock.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.Chan():
		return true
	case <-ctx.Done():
		return false
	}
}
