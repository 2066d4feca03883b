package scheduler_test

import (
	"context"
	"testing"
	"time"

	"peyk/scheduler"
)

// crowd are brands whose hour comes at one minute.
type crowd struct {
	left  int
	taken []int
	at    []time.Time
}

func (c *crowd) DigestsLost(context.Context, time.Time) (int, error) { return 0, nil }

func (c *crowd) DigestsDue(_ context.Context, _ time.Time, n int) (int, error) {
	n = min(n, c.left)
	c.left, c.taken, c.at = c.left-n, append(c.taken, n), append(c.at, time.Now())
	return n, nil
}

// Of many that are due at once a few are taken at a time, with a pause; all are, and a
// program that ends does not wait for them.
func TestManyDueAtOnceAreTakenSteadily(t *testing.T) {
	t.Parallel()
	c := &crowd{left: 25}
	check(t, scheduler.Digesting(c).Do(t.Context(), time.Now()))
	if c.left != 0 || len(c.taken) != 3 || c.taken[0] > 10 {
		t.Errorf("%d are left, taken were %v", c.left, c.taken)
	}
	for i := range c.at[1:] {
		if gap := c.at[i+1].Sub(c.at[i]); gap < 100*time.Millisecond {
			t.Errorf("a pause of %s", gap)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c = &crowd{left: 1000}
	check(t, scheduler.Digesting(c).Do(ctx, time.Now()))
	if len(c.taken) != 1 {
		t.Errorf("a program that ended took %d times more", len(c.taken))
	}
}
