package bot

import (
	"time"

	"golang.org/x/time/rate"
)

// A tempo is how fast calls of one kind go out over all chats. It spreads them, and
// leaves some of its haste to whoever waits for an answer; and in no second of
// Telegram's own clock does it let more arrive than are allowed, whatever the way
// there takes.
//
// When a call arrives nobody here knows, but it is after its beginning and before its
// answer, together by at least the quickest trip. So a call counts until a second after
// its answer, less nineteen twentieths of that trip; one without an answer counts as long as it
// lasts.
type tempo struct {
	spread *rate.Limiter
	most   int         // in a second
	open   int         // calls without an answer yet
	ended  []time.Time // answers of the last second, the oldest first

	quickest [2]time.Duration // trip of the calls before these, and of these; 0: there are none
	trips    int
}

// tripsKept is of how many calls the quickest is known, at least.
const tripsKept = 60

func newTempo() *tempo {
	return &tempo{spread: rate.NewLimiter(allPerSecond, allBurst), most: allPerSecond}
}

// share leaves the n-th part of the tempo to this process.
func (t *tempo) share(now time.Time, n int) {
	t.most = max(1, allPerSecond/n)
	t.spread.SetLimitAt(now, rate.Limit(t.most))
	t.spread.SetBurstAt(now, min(allBurst, t.most))
}

// free is when calls that count as so many may go. The zero time: when an answer to
// another has come. What nobody waits for leaves a half of the burst to others, and one
// call in each second.
func (t *tempo) free(now time.Time, lane Lane, cost int) time.Time {
	tokens, most := 1, t.most
	if lane == Bulk {
		tokens, most = t.spread.Burst()/2+1, max(1, most-1)
	}
	at := filled(t.spread, now, float64(tokens))
	t.forget(now)
	over := t.open + len(t.ended) + min(cost, most) - most
	switch {
	case over <= 0:
		return at
	case over > len(t.ended):
		return time.Time{}
	}
	return later(at, t.until(t.ended[over-1]))
}

// until is how long an answered call counts.
func (t *tempo) until(ended time.Time) time.Time { return ended.Add(time.Second - t.trip()) }

func (t *tempo) forget(now time.Time) {
	n := 0
	for n < len(t.ended) && !t.until(t.ended[n]).After(now) {
		n++
	}
	t.ended = t.ended[n:]
}

// begin counts calls that go out now.
func (t *tempo) begin(now time.Time, cost int) {
	for range cost {
		t.spread.ReserveN(now, 1)
	}
	t.open += cost
}

// end counts their answer.
func (t *tempo) end(now time.Time, took time.Duration, cost int) {
	t.open -= cost
	for range cost {
		t.ended = append(t.ended, now)
	}
	if t.quickest[1] == 0 || took < t.quickest[1] {
		t.quickest[1] = max(took, 1)
	}
	if t.trips++; t.trips%tripsKept == 0 {
		t.quickest = [2]time.Duration{t.quickest[1], 0}
	}
}

// trip is nineteen twentieths of the time of the quickest call lately; 0 where too few are known.
func (t *tempo) trip() time.Duration {
	quickest := t.quickest[0]
	if t.quickest[1] != 0 {
		quickest = min(quickest, t.quickest[1])
	}
	return quickest * 19 / 20
}

// filled is when the limiter has so many tokens.
func filled(l *rate.Limiter, now time.Time, tokens float64) time.Time {
	missing := tokens - l.TokensAt(now)
	if missing <= 1e-6 {
		return now
	}
	return now.Add(time.Duration(missing / float64(l.Limit()) * float64(time.Second)))
}
