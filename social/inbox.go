package social

import (
	"context"
	"errors"
	"time"
)

// An Incoming is an update as Telegram sent it, kept until it is handled.
type Incoming struct {
	Bot   int64  // the bot's own Telegram id
	ID    int64  // Telegram's update_id
	Key   int64  // chat or person: updates with one key are handled one after the other
	Body  []byte // the raw JSON
	Tries int    // how often handling has started, this time included
	At    time.Time

	Who     Person // whose private chat the key is, if he was known when it was claimed
	Handled bool   // it had its effect already; the worker that saw to it is gone
}

// ErrHandled says that an update already had its effect, in another process or
// before a crash. The transaction that meets it changes nothing.
var ErrHandled = errors.New("the update was already handled")

// A Dialog is a question the bot has asked in a chat and what is known so far.
type Dialog struct {
	Chat    int64
	Person  int64 // person id
	Step    string
	Data    map[string]string
	Message int64 // the question's message id
	Expires time.Time
}

// A Card is the one living message that shows a post to one reader.
type Card struct {
	ID      int64
	PostID  int64
	Person  int64
	Chat    int64
	Message int64   // 0: not sent yet
	Media   []int64 // the messages above it that show the post's media
	Version int     // which version's media they are
	Shown   string  // hash of what the message shows now
	Drawn   int     // the post's revision that it shows
}

// A Handling is the update that a piece of work belongs to. Whoever changes the
// database because of it marks it in the same transaction, once.
type Handling struct {
	Incoming
	With   []Incoming // further updates handled with it, the other parts of an album: marked with it
	Marked bool       // its effect is in the database
}

// All returns every update that is handled here, the first one first.
func (h *Handling) All() []Incoming { return append([]Incoming{h.Incoming}, h.With...) }

type handlingKey struct{}

// WithIncoming returns a context for the handling of one update.
func WithIncoming(ctx context.Context, in Incoming) context.Context {
	return context.WithValue(ctx, handlingKey{}, &Handling{Incoming: in})
}

// IncomingFrom returns the update that the context belongs to, if any.
func IncomingFrom(ctx context.Context) (*Handling, bool) {
	h, ok := ctx.Value(handlingKey{}).(*Handling)
	return h, ok
}
