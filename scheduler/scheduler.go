// Package scheduler is what happens by itself: ticks that ask the database what
// is due, and the durable jobs that follow. It holds no state that a restart
// would lose, and knows neither Telegram nor SQL.
package scheduler

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/jonboulle/clockwork"
)

// A Tick is one idempotent "do all that is due by now". It may run in several
// processes at once; the database decides who does what.
type Tick struct {
	Name  string
	Every time.Duration
	Do    func(ctx context.Context, now time.Time) error
}

// Run starts the ticks and returns when ctx has ended and the last of them too.
// They beat in real time and ask the given clock what time it is, so that a clock
// that is moved by days leads to one run that finds everything due, not to many.
// Whoever moves the clock rings the bell: every tick that rests beats at once. A nil
// bell never rings.
func Run(ctx context.Context, clock clockwork.Clock, bell <-chan struct{}, log *slog.Logger, ticks ...Tick) error {
	s, err := gocron.NewScheduler(gocron.WithLocation(time.UTC), gocron.WithStopTimeout(time.Second))
	if err != nil {
		return fmt.Errorf("making the clock: %w", err)
	}
	var beating sync.RWMutex // held for reading by every tick that runs
	for _, t := range ticks {
		do := t.Do
		t.Do = func(ctx context.Context, now time.Time) error {
			beating.RLock()
			defer beating.RUnlock()
			if ctx.Err() != nil {
				return nil //nolint:nilerr // told to end
			}
			return do(ctx, now)
		}
		if err := add(ctx, s, clock, log, t); err != nil {
			return err
		}
	}
	s.Start()
	for ctx.Err() == nil {
		select {
		case <-bell:
			ring(ctx, s, log)
		case <-ctx.Done():
		}
	}
	select { // gocron would wait for them too, but with a whole processor
	case <-still(&beating):
	case <-time.After(patience):
	}
	if err := s.Shutdown(); err != nil {
		return fmt.Errorf("stopping the clock: %w", err)
	}
	return nil
}

// patience is how long ticks may take to end when they are told to.
const patience = 20 * time.Second

// still is closed when no tick runs any more.
func still(beating *sync.RWMutex) <-chan struct{} {
	stands := make(chan struct{})
	go func() {
		beating.Lock()
		defer beating.Unlock()
		close(stands)
	}()
	return stands
}

func ring(ctx context.Context, s gocron.Scheduler, log *slog.Logger) {
	for _, job := range s.Jobs() {
		if err := job.RunNow(); err != nil {
			log.DebugContext(ctx, "a tick waits for its time", "tick", job.Name(), "err", err)
		}
	}
}

func add(ctx context.Context, s gocron.Scheduler, clock clockwork.Clock, log *slog.Logger, t Tick) error {
	run := func() {
		if err := t.Do(ctx, clock.Now()); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "tick failed", "tick", t.Name, "err", err)
		}
	}
	_, err := s.NewJob(gocron.DurationJob(t.Every), gocron.NewTask(run), gocron.WithName(t.Name),
		gocron.WithSingletonMode(gocron.LimitModeReschedule), gocron.WithStartAt(gocron.WithStartImmediately()))
	if err != nil {
		return fmt.Errorf("adding tick %s: %w", t.Name, err)
	}
	return nil
}
