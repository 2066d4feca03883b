package social

import (
	"testing"
	"time"
)

// The days of a week hold its posts, each in one, though the clocks change; of posts
// of which nothing is known there is no sum.
func TestDays(t *testing.T) {
	b := Brand{Zone: "Europe/Berlin", Rules: DefaultRules(Gregorian)}
	w := b.Week(time.Date(2026, 10, 21, 12, 0, 0, 0, time.UTC)) // the clocks go back on its Sunday
	known := func(n int64) Figure { return Figure{Known: true, N: n} }
	d := Digest{Brand: b, Week: w, Samples: []Sample{
		{Live: w.From.Add(-time.Second), Reactions: known(100)},
		{Live: w.From, Reactions: known(2), Comments: known(3)},
		{Live: w.From.Add(time.Hour), Comments: known(1)},
		{Live: w.From.Add(30 * time.Hour)},
		{Live: w.To.Add(-time.Second), Reactions: known(7)},
		{Live: w.To, Reactions: known(100)},
	}}
	days := d.Days()
	if len(days) != 7 {
		t.Fatalf("%d days", len(days))
	}
	for i, want := range []Day{{Posts: 2, Engaged: known(6)}, {Posts: 1}, {}, {}, {}, {}, {Posts: 1, Engaged: known(7)}} {
		if got := days[i]; got.Posts != want.Posts || got.Engaged != want.Engaged {
			t.Errorf("day %d: %+v, want %+v", i, got, want)
		}
		if local := days[i].From.In(b.Location()); local.Hour() != 0 {
			t.Errorf("day %d begins at %s", i, local)
		}
	}
}
