package social

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestWeeks: weeks lie side by side without a gap, hold the moment that was asked
// for, and begin on their day in the first minute of it, whatever the clocks do.
func TestWeeks(t *testing.T) {
	// Zones whose clocks jump at midnight (Tehran until 2022, Beirut, Havana) and others.
	zones := []string{"Asia/Tehran", "UTC", "Europe/Berlin", "Asia/Beirut", "America/Havana", "Pacific/Apia", "America/Sao_Paulo", "Asia/Kathmandu"}
	rapid.Check(t, func(t *rapid.T) {
		b := Brand{Zone: rapid.SampledFrom(zones).Draw(t, "zone")}
		b.Rules.WeekStart = time.Weekday(rapid.IntRange(0, 6).Draw(t, "start"))
		at := time.Unix(rapid.Int64Range(1_000_000_000, 2_500_000_000).Draw(t, "at"), 0)
		w := b.Week(at)
		if at.Before(w.From) || !at.Before(w.To) {
			t.Fatalf("%s is not in %s – %s", at, w.From, w.To)
		}
		if w.From.Weekday() != b.Rules.WeekStart || w.From.Add(-time.Second).Day() == w.From.Day() {
			t.Fatalf("it begins %s", w.From)
		}
		next, last := b.Before(w, -1), b.Before(w, 1)
		if !next.From.Equal(w.To) || !last.To.Equal(w.From) || !b.Week(w.To).From.Equal(next.From) {
			t.Fatalf("beside %+v lie %+v and %+v", w, last, next)
		}
		if again, err := b.WeekOf(w.Day()); err != nil || !again.From.Equal(w.From) || !again.To.Equal(w.To) {
			t.Fatalf("%s names %+v (%v)", w.Day(), again, err)
		}
	})
}

// TestWeekLength: on a change of the clocks a week has an hour less or more.
func TestWeekLength(t *testing.T) {
	b := Brand{Zone: "Europe/Berlin", Rules: DefaultRules(Gregorian)}
	for day, hours := range map[string]float64{"2026-03-25": 167, "2026-10-21": 169, "2026-11-25": 168} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if w := b.Week(at); w.To.Sub(w.From).Hours() != hours {
			t.Errorf("%s: %s", day, w.To.Sub(w.From))
		}
	}
	if _, err := b.WeekOf("2026-13-01"); err == nil {
		t.Error("there is no 13th month")
	}
}
