package scheduler

import (
	"context"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/social"
)

const (
	// limitsBatch is how many accounts are claimed at once.
	limitsBatch = 10
	// limitsLease is how long all of them may take; one that fails is asked about again
	// after it.
	limitsLease = time.Hour
)

// A Shelf keeps what the servers of accounts allow.
type Shelf interface {
	LimitsDue(ctx context.Context, now, until time.Time, networks []social.Platform, n int) ([]social.Account, error)
	KeepLimits(ctx context.Context, account int64, l social.Limits, next time.Time) error
}

// A Limiter asks the servers of accounts what they allow, on the networks that it
// names.
type Limiter interface {
	Networks() []social.Platform
	Limits(ctx context.Context, a social.Account) (social.Limits, error)
}

// Asking keeps what is known of servers' limits fresh.
type Asking struct {
	Shelf   Shelf
	Limiter Limiter
	Clock   clockwork.Clock
	Log     *slog.Logger
}

// Tick asks the servers of all accounts that are due.
func (k *Asking) Tick() Tick {
	return Tick{Name: "limits of servers", Every: time.Minute, Do: func(ctx context.Context, now time.Time) error {
		for {
			due, err := k.Shelf.LimitsDue(ctx, now, now.Add(limitsLease), k.Limiter.Networks(), limitsBatch)
			if err != nil || len(due) == 0 {
				return err
			}
			for _, a := range due {
				if err := k.ask(ctx, a); err != nil {
					return err
				}
			}
		}
	}}
}

// ask asks one server. What was known holds until it answers.
func (k *Asking) ask(ctx context.Context, a social.Account) error {
	l, err := k.Limiter.Limits(ctx, a)
	if ctx.Err() != nil {
		return ctx.Err() // told to end: whoever comes next asks when the lease is over
	}
	if err != nil {
		k.Log.WarnContext(ctx, "an account's server did not say what it allows", "account", a.ID, "err", err)
		return nil
	}
	return k.Shelf.KeepLimits(ctx, a.ID, l, k.Clock.Now().Add(social.LimitsLife))
}
