package scheduler

import (
	"context"
	"errors"
	"time"
)

// How long things are kept that nobody needs any more: updates hold what people
// wrote. Those that were put aside are kept longer, for somebody to look at.
const (
	keepDone    = 3 * 24 * time.Hour
	keepParked  = 30 * 24 * time.Hour
	keepGuesses = 24 * time.Hour
)

// An Attic is where things pile up.
type Attic interface {
	PruneInbox(ctx context.Context, done, parked time.Time) (int, error)
	PruneDialogs(ctx context.Context, now time.Time) error
	PruneGuesses(ctx context.Context, before time.Time) error
}

// Tidying deletes, once an hour, what is no longer needed.
func Tidying(attic Attic) Tick {
	return Tick{Name: "tidy", Every: time.Hour, Do: func(ctx context.Context, now time.Time) error {
		_, err := attic.PruneInbox(ctx, now.Add(-keepDone), now.Add(-keepParked))
		return errors.Join(err, attic.PruneDialogs(ctx, now), attic.PruneGuesses(ctx, now.Add(-keepGuesses)))
	}}
}
