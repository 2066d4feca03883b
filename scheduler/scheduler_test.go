package scheduler_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/scheduler"
)

// TestBell sees that a ring of the bell lets a tick beat whose time is far, by the clock
// as it stands then.
func TestBell(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	clock, bell, beats := clockwork.NewFakeClockAt(begin), make(chan struct{}), make(chan time.Time)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	tick := scheduler.Tick{Name: "seldom", Every: time.Hour, Do: func(ctx context.Context, now time.Time) error {
		select {
		case beats <- now:
		case <-ctx.Done():
		}
		return nil
	}}
	go func() { ended <- scheduler.Run(ctx, clock, bell, slog.New(slog.DiscardHandler), tick) }()
	await := func(want time.Time, ring chan<- struct{}) {
		t.Helper()
		for late := time.After(10 * time.Second); ; {
			select {
			case ring <- struct{}{}: // a tick that is still at it does not hear the first
			case got := <-beats:
				if got.Equal(want) {
					return
				}
			case <-late:
				t.Fatalf("it does not beat at %s", want)
			}
		}
	}
	await(begin, nil)
	for day := range 3 {
		clock.Advance(24 * time.Hour)
		await(begin.AddDate(0, 0, day+1), bell)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
