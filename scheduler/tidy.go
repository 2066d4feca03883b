package scheduler

import (
	"context"
	"errors"
	"time"

	"peyk/social"
)

// An Attic is where things pile up.
type Attic interface {
	PruneInbox(ctx context.Context, done, parked time.Time) (int, error)
	PruneDialogs(ctx context.Context, now time.Time) error
	PruneGuesses(ctx context.Context, before time.Time) error
	PrunePushes(ctx context.Context, before time.Time) error
	PruneMedia(ctx context.Context, before time.Time) (int, error)
}

// Tidying deletes, once an hour, what is no longer needed.
func Tidying(attic Attic) Tick {
	return Tick{Name: "tidy", Every: time.Hour, Do: func(ctx context.Context, now time.Time) error {
		_, err := attic.PruneInbox(ctx, now.Add(-social.KeepUpdates), now.Add(-social.KeepParked))
		_, files := attic.PruneMedia(ctx, now.Add(-social.KeepMedia))
		pushes := attic.PrunePushes(ctx, now.Add(-social.KeepPushes))
		return errors.Join(err, files, pushes, attic.PruneDialogs(ctx, now), attic.PruneGuesses(ctx, now.Add(-social.KeepGuesses)))
	}}
}
