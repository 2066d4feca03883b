package main

import (
	"testing"
	"time"

	"peyk/scheduler"
)

// TestHastened sees that a world that is made in a hurry looks at the clock more often,
// and an ordinary one as often as it shall.
func TestHastened(t *testing.T) {
	t.Parallel()
	for times, want := range map[int]time.Duration{0: 5 * time.Second, 1: 5 * time.Second, 2: 2500 * time.Millisecond, 100: 50 * time.Millisecond} {
		ticks := hastened([]scheduler.Tick{{Every: 5 * time.Second}, {Every: 40 * time.Millisecond}}, times)
		if ticks[0].Every != want || ticks[1].Every != 40*time.Millisecond {
			t.Errorf("%d times: %v", times, ticks)
		}
	}
}
