package social

import (
	"testing"
	"time"
)

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
