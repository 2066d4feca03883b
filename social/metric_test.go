package social

import (
	"math/rand/v2"
	"testing"
	"time"
)

// A post is looked at eight times, and what was missed is one look.
func TestNextLook(t *testing.T) {
	live := time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)
	for after, want := range map[time.Duration]time.Duration{
		0:                     time.Hour,
		time.Hour - 1:         time.Hour,
		time.Hour:             6 * time.Hour,
		3 * time.Hour:         6 * time.Hour,
		6 * time.Hour:         24 * time.Hour,
		25 * time.Hour:        48 * time.Hour,
		48 * time.Hour:        96 * time.Hour,
		5 * 24 * time.Hour:    8 * 24 * time.Hour, // the looks of the days before are over
		8 * 24 * time.Hour:    14 * 24 * time.Hour,
		14 * 24 * time.Hour:   30 * 24 * time.Hour,
		30*24*time.Hour - 1:   30 * 24 * time.Hour,
		-2 * 30 * time.Second: time.Hour, // a clock that was set back
	} {
		if got := NextLook(live, live.Add(after)); !got.Equal(live.Add(want)) {
			t.Errorf("%v after it is live, the next look is after %v, want %v", after, got.Sub(live), want)
		}
	}
	for _, after := range []time.Duration{30 * 24 * time.Hour, 400 * 24 * time.Hour} {
		if got := NextLook(live, live.Add(after)); !got.IsZero() {
			t.Errorf("%v after it is live there is a look at %v", after, got)
		}
	}
}

// However late looks come, each is later than the one before, and there are no more
// than eight.
func TestLooksEnd(t *testing.T) {
	for seed := range uint64(500) {
		dice := rand.New(rand.NewPCG(seed, 1))
		live := time.Unix(dice.Int64N(2e9), 0)
		looks := 0
		for now := live; ; looks++ {
			next := NextLook(live, now)
			if next.IsZero() {
				break
			}
			if !next.After(now) || looks == 8 {
				t.Fatalf("seed %d: look %d at %v, after %v", seed, looks, next, now)
			}
			now = next.Add(time.Duration(dice.Int64N(int64(10 * 24 * time.Hour)))) // and late
		}
		if looks == 0 {
			t.Fatalf("seed %d: never looked", seed)
		}
	}
}

// Followers are counted late on each day by the brand's clock, whatever that clock does.
func TestNextCount(t *testing.T) {
	for zone, days := range map[string]int{
		"UTC": 10, "Asia/Tehran": 400, "Europe/Berlin": 400, "America/Sao_Paulo": 400, "Pacific/Apia": 400, "nowhere": 10,
	} {
		b := Brand{Zone: zone, Rules: DefaultRules(Jalali)}
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		for range days {
			next := b.NextCount(now)
			if gap := next.Sub(now); gap <= 0 || gap > 25*time.Hour {
				t.Fatalf("%s: after %v it counts at %v", zone, now, next)
			}
			if next.In(b.Location()).Hour() != 23 {
				t.Fatalf("%s: it counts at %v", zone, next.In(b.Location()))
			}
			now = next
		}
		w := b.Week(now)
		if last := b.NextCount(w.To.Add(-2 * time.Hour)); !last.Before(w.To) {
			t.Errorf("%s: the last count of the week that ends at %v is at %v", zone, w.To, last)
		}
	}
}

// A look that fails is tried again with growing pauses, none longer than a day, and
// never before the network wants it.
func TestLookAgain(t *testing.T) {
	now := time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)
	for tries, want := range map[int]time.Duration{0: time.Minute, 1: 2 * time.Minute, 5: 32 * time.Minute, 11: 24 * time.Hour, 1000: 24 * time.Hour} {
		if got := (Look{Tries: tries}).Again(now, now).Sub(now); got != want {
			t.Errorf("after %d failures it waits %v, want %v", tries, got, want)
		}
	}
	if got := (Look{}).Again(now, now.Add(time.Hour)); !got.Equal(now.Add(time.Hour)) {
		t.Errorf("asked to wait for an hour, it comes at %v", got)
	}
}
