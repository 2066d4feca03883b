package platforms

import (
	"context"
	"time"

	"peyk/social"
)

// An Inbox answers followers on one platform. It returns the typed errors of this
// package; any other error of Answer counts as ambiguous.
type Inbox interface {
	// Answer makes the one irreversible call: a public reply to the comment. A
	// comment that is not there any more gives *Rejected with
	// social.CodeCommentGone.
	Answer(ctx context.Context, a Answer) (Published, error)
	// FindAnswer looks whether an ambiguous Answer is there, as Reconcile does.
	FindAnswer(ctx context.Context, a Answer) (Finding, error)
	// Hide takes a comment out of everybody's sight. One that is gone already is
	// no error.
	Hide(ctx context.Context, c social.Comment) error
}

// An Answer is one reply on its way to its comment. Key stays the same for every
// try.
type Answer struct {
	Key     string
	Comment social.Comment
	Reply   social.Reply
	Sent    time.Time // when the call was made that FindAnswer looks for
}

// Inboxes holds the inbox of each platform that has one.
type Inboxes map[social.Platform]Inbox

// A Listener collects the comments of one platform that must be asked for them. It
// returns the typed errors of this package, and may tell a comment more than once.
type Listener interface {
	// Poll reads a page of what is new since cursor, which is empty at first; more: go
	// on with next at once.
	Poll(ctx context.Context, a social.Account, cursor string) (found []social.Heard, next string, more bool, err error)
	// Sweep reads everything under a post. Of one that is not there any more it gives
	// *Rejected with social.CodePostGone.
	Sweep(ctx context.Context, a social.Account, remote string) ([]social.Heard, error)
	// Missing names those of the comments, by their ids on the network, that it does
	// not show any more.
	Missing(ctx context.Context, a social.Account, comments []string) ([]string, error)
}

// Listeners holds the listener of each platform that must be asked.
type Listeners map[social.Platform]Listener
