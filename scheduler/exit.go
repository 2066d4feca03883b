package scheduler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jonboulle/clockwork"

	"peyk/social"
)

// Exits keeps what lets us in to accounts that were taken out of their brands.
type Exits interface {
	Exit(ctx context.Context, account int64) (social.Exit, error)
	EndExit(ctx context.Context, e social.Exit, o social.Outcome) error
}

// A Leaver gives back what lets us in to an account. It may be repeated: what its
// network does not know any more counts as taken back, which is the outcome Live. Of
// any other outcome Link is where people can see to it themselves.
type Leaver interface {
	Leave(ctx context.Context, e social.Exit) social.Outcome
}

// Leaving is the job that does so, again and again for a while. Where the network takes
// nothing back people are told.
func Leaving(kept Exits, by Leaver, clock clockwork.Clock) Job {
	return func(ctx context.Context, args json.RawMessage) error {
		var job struct {
			Account int64 `json:"account"`
			Person  int64 `json:"person"`
		}
		if err := json.Unmarshal(args, &job); err != nil {
			return fmt.Errorf("reading an exit job: %w", err)
		}
		e, err := kept.Exit(ctx, job.Account)
		switch {
		case errors.Is(err, social.ErrNotFound):
			return nil
		case err != nil:
			return err
		}
		e.By = job.Person
		o := by.Leave(ctx, e)
		now := clock.Now()
		if again := e.Again(now); o.State == social.Waiting && !again.IsZero() {
			return Snooze(again.Sub(now))
		}
		return kept.EndExit(context.WithoutCancel(ctx), e, o)
	}
}
