package scheduler

import (
	"context"
	"time"
)

// Many brands' hours come at one minute: on a Monday at nine a thousand of them are told
// of their week, and no more than thirty messages a second go out anyway. So sweeps of what
// can wait for seconds take a few at a time, some more in a second than go out in it: whoever
// taps a button meanwhile does not find the database busy with all of them.
const (
	steadyBatch = 10
	steadyPause = 250 * time.Millisecond
)

// steadily repeats a sweep, which looks for up to n and tells how many it found, for as long
// as there may be more.
func steadily(ctx context.Context, sweep func(n int) (int, error)) error {
	for {
		n, err := sweep(steadyBatch)
		if err != nil || n < steadyBatch || !rest(ctx, steadyPause) {
			return err
		}
	}
}

// rest waits in real time, like ticks do; false: ctx has ended.
func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
