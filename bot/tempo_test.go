package bot

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// A passage is how long calls take to Telegram, and their answers back.
type passage struct {
	name     string
	up, down func(*rand.Rand) time.Duration
	least    float64 // calls a second
}

func takes(low, high time.Duration) func(*rand.Rand) time.Duration {
	return func(r *rand.Rand) time.Duration { return low + time.Duration(r.Int64N(int64(high-low)+1)) }
}

// In no second does more arrive than is allowed, however long the way takes and however
// much that changes; where it does not change nearly all that is allowed arrives.
func TestTempo(t *testing.T) {
	stalls := func(r *rand.Rand) time.Duration { // now and then everything stands still
		if r.IntN(50) == 0 {
			return 400 * time.Millisecond
		}
		return 5 * time.Millisecond
	}
	for _, p := range []passage{
		{"at once", takes(1, 1), takes(1, 1), 28.5},
		{"a near server", takes(4*time.Millisecond, 9*time.Millisecond), takes(4*time.Millisecond, 9*time.Millisecond), 28.5},
		{"a far server", takes(100*time.Millisecond, 105*time.Millisecond), takes(100*time.Millisecond, 105*time.Millisecond), 28.4},
		{"a rough way", takes(20*time.Millisecond, 200*time.Millisecond), takes(20*time.Millisecond, 200*time.Millisecond), 20},
		{"a machine that stalls", stalls, stalls, 20},
	} {
		arrived := voyage(p, 3000)
		slices.SortFunc(arrived, time.Time.Compare)
		most := 0
		for first, last := 0, 0; last < len(arrived); last++ {
			for arrived[last].Sub(arrived[first]) >= time.Second {
				first++
			}
			most = max(most, last-first+1)
		}
		pace := float64(len(arrived)-1) / arrived[len(arrived)-1].Sub(arrived[0]).Seconds()
		if most > allPerSecond || pace < p.least {
			t.Errorf("%s: %.1f calls a second, and %d in one of them", p.name, pace, most)
		}
	}
}

// voyage lets calls go as soon as a tempo allows, and returns when each arrived.
func voyage(p passage, calls int) (arrived []time.Time) {
	r := rand.New(rand.NewPCG(1, 2))
	way, now := newTempo(), time.Unix(1_700_000_000, 0)
	type call struct{ began, answered time.Time }
	var open []call
	for len(arrived) < calls {
		at := way.free(now, Bulk, 1)
		next := slices.IndexFunc(open, func(c call) bool {
			return !slices.ContainsFunc(open, func(o call) bool { return o.answered.Before(c.answered) })
		})
		switch {
		case next >= 0 && (at.IsZero() || !open[next].answered.After(at)):
			c := open[next]
			now, open = later(now, c.answered), slices.Delete(open, next, next+1)
			way.end(c.answered, c.answered.Sub(c.began), 1)
		default:
			now = later(now, at)
			way.begin(now, 1)
			there := now.Add(p.up(r))
			arrived = append(arrived, there)
			open = append(open, call{now, there.Add(p.down(r))})
		}
	}
	return arrived
}

// Whoever waits for an answer goes at once while digests take all that is allowed to them.
func TestTempoKeepsSomeHaste(t *testing.T) {
	way, now := newTempo(), time.Unix(1_700_000_000, 0)
	for range 100 {
		for at := way.free(now, Bulk, 1); at.After(now); at = way.free(now, Bulk, 1) {
			now = at
		}
		way.begin(now, 1)
		way.end(now.Add(time.Millisecond), time.Millisecond, 1)
		if at := way.free(now, Interactive, 1); at.Sub(now) > 40*time.Millisecond {
			t.Fatalf("an answer waits %s", at.Sub(now))
		}
	}
}
