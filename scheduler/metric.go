package scheduler

import (
	"context"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/social"
)

const (
	// lookLimit is how long a network may take to tell the figures of one account.
	lookLimit = 10 * time.Second
	// lookBatch is how many accounts, and how many posts, are claimed at once.
	lookBatch = 20
	// lookLease is how long both may take.
	lookLease = 2 * lookBatch * lookLimit
)

// Figures keeps the figures of accounts and posts, and when to ask for them.
type Figures interface {
	LooksDue(ctx context.Context, now, until time.Time, networks []social.Platform, n int) ([]social.Look, error)
	EndLook(ctx context.Context, l social.Look, told []social.Reading, now time.Time) error
	PutLookOff(ctx context.Context, l social.Look, code string, until time.Time) error
	// MissPost records that the network does not show a post, and when to look again.
	MissPost(ctx context.Context, account int64, remote string) error
}

// A Gauge reads figures from the networks that it names. The outcome says why there
// are none: Waiting where the network wants to be asked again later.
type Gauge interface {
	Networks() []social.Platform
	Measure(ctx context.Context, l social.Look) ([]social.Reading, *social.Outcome)
}

// Counting collects figures. Rest holds until when a network wants to be left alone;
// to have forgotten it costs one more refusal.
type Counting struct {
	Figures Figures
	Gauge   Gauge
	Clock   clockwork.Clock
	Log     *slog.Logger
	rest    map[social.Platform]time.Time
}

// Tick asks for all figures that are due.
func (c *Counting) Tick() Tick {
	return Tick{Name: "figures", Every: 2 * time.Second, Do: func(ctx context.Context, now time.Time) error {
		for {
			looks, err := c.Figures.LooksDue(ctx, now, now.Add(lookLease), c.awake(now), lookBatch)
			if err != nil || len(looks) == 0 {
				return err
			}
			for _, l := range looks {
				if err := c.look(ctx, l); err != nil {
					return err
				}
			}
		}
	}}
}

// awake are the networks that may be asked.
func (c *Counting) awake(now time.Time) []social.Platform {
	var awake []social.Platform
	for _, p := range c.Gauge.Networks() {
		if !now.Before(c.rest[p]) {
			awake = append(awake, p)
		}
	}
	return awake
}

// look asks for the figures of one account or post. What fails is put off, so that
// it stands in nobody's way.
func (c *Counting) look(ctx context.Context, l social.Look) error {
	now := c.Clock.Now()
	if until := c.rest[l.Account.Platform]; now.Before(until) {
		return c.Figures.PutLookOff(ctx, l, "", until)
	}
	limited, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	told, failed := c.Gauge.Measure(limited, l)
	if ctx.Err() != nil {
		return ctx.Err() // told to end: whoever comes next looks when the lease is over
	}
	if failed == nil {
		return c.Figures.EndLook(ctx, l, told, now)
	}
	if failed.Code == social.CodePostGone && l.Delivery != 0 {
		return c.Figures.MissPost(ctx, l.Account.ID, l.Remote)
	}
	c.Log.WarnContext(ctx, "figures could not be had", "account", l.Account.ID, "post", l.Post, "code", failed.Code, "detail", failed.Detail)
	if failed.Code == social.CodeRateLimited {
		if c.rest == nil {
			c.rest = map[social.Platform]time.Time{}
		}
		c.rest[l.Account.Platform] = failed.Retry
	}
	return c.Figures.PutLookOff(ctx, l, failed.Code, l.Again(now, failed.Retry))
}
