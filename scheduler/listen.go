package scheduler

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/social"
)

const (
	// earLease is how long the reading of one account may take. Whoever takes longer is
	// read twice, which does no harm; for whoever was killed another one comes after that.
	earLease = 45 * time.Second
	// earPages is how many pages of one account are read before others have their turn.
	earPages = 10
)

// Ears keeps whose comments are to be asked for, and what was heard.
type Ears interface {
	EarsDue(ctx context.Context, now, until time.Time, networks []social.Platform, n int) ([]social.Ear, error)
	EndListening(ctx context.Context, e social.Ear, next time.Time) error
	Hear(ctx context.Context, h social.Heard) error
	LoseSession(ctx context.Context, account int64, seen time.Time) error
	// MissPost and SeePost record whether the network shows a post of ours.
	MissPost(ctx context.Context, account int64, remote string) error
	SeePost(ctx context.Context, account int64, remote string) error
	// Unseen names comments that wait and were not shown just now; MissComments records
	// which of those that were looked for are not there, and tells whether that is in doubt.
	Unseen(ctx context.Context, account int64, shown []string, before time.Time) ([]string, error)
	MissComments(ctx context.Context, account int64, asked, missing []string) (doubt bool, err error)
}

// A Source reads the comments of the networks that it names, each call within its
// own limit of time. The outcome says why there are none.
type Source interface {
	Networks() []social.Platform
	// Poll reads a page of what is new since cursor; more: go on with next at once.
	Poll(ctx context.Context, a social.Account, cursor string) (found []social.Heard, next string, more bool, failed *social.Outcome)
	// Sweep reads everything under a post. Of one that is gone the code is social.CodePostGone.
	Sweep(ctx context.Context, a social.Account, remote string) ([]social.Heard, *social.Outcome)
	// Missing names those of the comments that the network does not show any more.
	Missing(ctx context.Context, a social.Account, comments []string) ([]string, *social.Outcome)
}

// Listening collects comments from networks that must be asked.
type Listening struct {
	Ears   Ears
	Source Source
	Clock  clockwork.Clock
	Log    *slog.Logger
	At     func(point string) // named points at which a crash is tried out; does nothing in service
}

// Tick asks for the comments of all accounts that are due, one after the other.
func (l *Listening) Tick() Tick {
	return Tick{Name: "comments of networks", Every: 2 * time.Second, Do: func(ctx context.Context, now time.Time) error {
		for {
			ears, err := l.Ears.EarsDue(ctx, now, l.Clock.Now().Add(earLease), l.Source.Networks(), 1)
			if err != nil || len(ears) == 0 {
				return err
			}
			for _, e := range ears {
				if err := l.listen(ctx, e); err != nil {
					return err
				}
			}
		}
	}}
}

// listen reads one account. What the network refuses is put off, so that it stands
// in nobody's way; what it has told is stored before the place is kept.
func (l *Listening) listen(ctx context.Context, e social.Ear) error {
	began := l.Clock.Now()
	failed, err := l.poll(ctx, &e)
	if failed == nil && err == nil {
		failed, err = l.sweep(ctx, &e)
	}
	if ctx.Err() != nil {
		return ctx.Err() // told to end: whoever comes next asks when the lease is over
	}
	if err != nil {
		return err
	}
	now := l.Clock.Now()
	if failed == nil {
		e.Tries = 0
		err := l.Ears.EndListening(ctx, e, now.Add(social.ListenPause))
		l.At("cursor_kept")
		return err
	}
	l.Log.WarnContext(ctx, "comments could not be had", "account", e.Account.ID, "code", failed.Code, "detail", failed.Detail)
	if failed.Code == social.CodeAccountLost {
		if err := l.Ears.LoseSession(ctx, e.Account.ID, began); err != nil {
			return err
		}
	}
	again := e.Again(now, failed.Retry)
	e.Tries, e.Sweep = e.Tries+1, false
	return l.Ears.EndListening(ctx, e, again)
}

// poll reads what is new, page by page.
func (l *Listening) poll(ctx context.Context, e *social.Ear) (*social.Outcome, error) {
	for range earPages {
		found, next, more, failed := l.Source.Poll(ctx, e.Account, e.Cursor)
		if failed != nil {
			return failed, nil
		}
		if len(found) > 0 {
			l.At("page_fetched")
		}
		if err := l.hear(ctx, e.Account, found); err != nil {
			return nil, err
		}
		if len(found) > 0 {
			l.At("rows_committed")
		}
		e.Cursor = next
		if !more {
			break
		}
	}
	return nil, nil
}

// sweep reads the threads that are to be read as a whole, and looks for the comments
// that wait and were not in them.
func (l *Listening) sweep(ctx context.Context, e *social.Ear) (*social.Outcome, error) {
	if !e.Sweep {
		return nil, nil
	}
	began := l.Clock.Now()
	var shown []string
	for _, remote := range e.Threads {
		found, failed := l.Source.Sweep(ctx, e.Account, remote)
		if failed != nil && failed.Code == social.CodePostGone {
			if err := l.Ears.MissPost(ctx, e.Account.ID, remote); err != nil {
				return nil, err
			}
			continue // it stands in nobody's way
		}
		if failed != nil {
			return failed, nil
		}
		if err := errors.Join(l.Ears.SeePost(ctx, e.Account.ID, remote), l.hear(ctx, e.Account, found)); err != nil {
			return nil, err
		}
		for _, h := range found {
			shown = append(shown, h.Remote)
		}
	}
	return l.lookFor(ctx, e, shown, began)
}

// lookFor asks for the comments that wait and were not shown: their authors may have
// deleted them.
func (l *Listening) lookFor(ctx context.Context, e *social.Ear, shown []string, before time.Time) (*social.Outcome, error) {
	asked, err := l.Ears.Unseen(ctx, e.Account.ID, shown, before)
	if err != nil || len(asked) == 0 {
		return nil, err
	}
	missing, failed := l.Source.Missing(ctx, e.Account, asked)
	if failed != nil {
		return failed, nil
	}
	e.Doubt, err = l.Ears.MissComments(ctx, e.Account.ID, asked, missing)
	return nil, err
}

func (l *Listening) hear(ctx context.Context, a social.Account, found []social.Heard) error {
	for _, h := range found {
		h.Post.Account = a.ID
		if err := l.Ears.Hear(ctx, h); err != nil {
			return err
		}
	}
	return nil
}
