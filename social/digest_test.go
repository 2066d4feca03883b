package social

import (
	"testing"
	"time"
)

func TestDigestDue(t *testing.T) {
	jalali := Brand{Zone: "Asia/Tehran", Rules: DefaultRules(Jalali)}
	gregorian := Brand{Zone: "Europe/Berlin", Rules: DefaultRules(Gregorian)}
	for _, c := range []struct {
		name string
		b    Brand
		now  string
		week string
		due  bool
		late bool
	}{
		{"Saturday, a second early", jalali, "2026-11-28T05:29:59Z", "2026-11-14", false, true},
		{"Saturday at nine in Tehran", jalali, "2026-11-28T05:30:00Z", "2026-11-21", true, false},
		{"an hour late", jalali, "2026-11-28T06:30:00Z", "2026-11-21", true, true},
		{"within a day", jalali, "2026-11-29T05:29:59Z", "2026-11-21", true, true},
		{"a day later", jalali, "2026-11-29T05:30:00Z", "2026-11-21", false, true},
		{"Monday at nine in Berlin", gregorian, "2026-11-30T08:00:00Z", "2026-11-23", true, false},
		{"after the clocks went back", gregorian, "2026-10-26T08:00:00Z", "2026-10-19", true, false},
		{"after Nowruz of a leap year", jalali, "2025-03-22T05:30:00Z", "2025-03-15", true, false},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		w, due, next := c.b.DigestDue(now)
		if w.Day() != c.week || due != c.due || c.b.DigestLate(w, now) != c.late || !next.After(now) {
			t.Errorf("%s: week %s, due %t, late %t, next %s", c.name, w.Day(), due, c.b.DigestLate(w, now), next)
		}
	}
}

// TestTrend: what is not known is not zero.
func TestTrend(t *testing.T) {
	week := func(n int) Figures { return Figures{Known: true, Published: n} }
	for _, c := range []struct {
		name  string
		weeks []Figures
		want  Trend
	}{
		{"five weeks", []Figures{week(5), week(3), week(4), week(2), week(0)}, Trend{true, 2, 2.25, 4}},
		{"the brand is young", []Figures{week(5), week(3), {}, {}, {}}, Trend{true, 2, 3, 1}},
		{"its first week", []Figures{week(5), {}, {}, {}, {}}, Trend{}},
		{"before it was there", []Figures{{}, {}, {}, {}, {}}, Trend{}},
		{"nothing at all", nil, Trend{}},
		{"fewer", []Figures{week(0), week(3)}, Trend{true, -3, 3, 1}},
		{"a sixth does not count", []Figures{week(1), week(1), week(1), week(1), week(1), week(99)}, Trend{true, 0, 1, 4}},
	} {
		if got := (Digest{Weeks: c.weeks}).Trend(CountPublished); got != c.want {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestAdvice(t *testing.T) {
	now := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	good := []Figures{{Known: true, Planned: 3, Published: 3}}
	for _, c := range []struct {
		name string
		role Role
		d    Digest
		want Advice
	}{
		{"a client's word is missing", Approver, Digest{Review: 1, Weeks: good}, AdviseDecide},
		{"the manager follows it up", Manager, Digest{Review: 1, Weeks: good}, AdviseRemind},
		{"followers come first", Manager, Digest{Review: 1, Open: 1, Oldest: now.Add(-25 * time.Hour), Weeks: good}, AdviseAnswer},
		{"who waits for hours only", Manager, Digest{Review: 1, Open: 1, Oldest: now.Add(-23 * time.Hour), Weeks: good}, AdviseRemind},
		{"a client does not answer", Viewer, Digest{Open: 1, Oldest: now.Add(-25 * time.Hour), Weeks: good}, ""},
		{"one was missed", Owner, Digest{Ahead: 1, Weeks: []Figures{{Known: true, Planned: 3, Published: 2}}}, AdviseMissed},
		{"a week without posts", Manager, Digest{Weeks: []Figures{{Known: true}}}, AdviseBegin},
		{"nothing ahead", Manager, Digest{Weeks: good}, AdvisePlan},
		{"one was spoken of", Manager, Digest{Ahead: 1, Weeks: good, Best: Talk{Comments: 1}}, AdviseTalk},
		{"all is well", Manager, Digest{Ahead: 1, Weeks: good}, AdviseKeep},
	} {
		c.d.Me.Role = c.role
		if got := c.d.Advice(now); got != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}
