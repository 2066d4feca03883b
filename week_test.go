package main

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"peyk/social"
)

// TestWeeks: weeks lie side by side without a gap, hold the moment that was asked
// for, and begin on their day in the first minute of it, whatever the clocks do.
func TestWeeks(t *testing.T) {
	t.Parallel()
	// Zones whose clocks jump at midnight (Tehran until 2022, Beirut, Havana) and others.
	zones := []string{"Asia/Tehran", "UTC", "Europe/Berlin", "Asia/Beirut", "America/Havana", "Pacific/Apia", "America/Sao_Paulo", "Asia/Kathmandu"}
	rapid.Check(t, func(t *rapid.T) {
		b := social.Brand{Zone: rapid.SampledFrom(zones).Draw(t, "zone")}
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

// TestDigestSteps: whoever looks at the moments that DigestDue names finds every week
// due, each once.
func TestDigestSteps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := social.Brand{Zone: rapid.SampledFrom([]string{"Asia/Tehran", "Europe/Berlin", "Asia/Beirut"}).Draw(t, "zone")}
		b.Rules.WeekStart = time.Weekday(rapid.IntRange(0, 6).Draw(t, "start"))
		_, _, at := b.DigestDue(time.Unix(rapid.Int64Range(1_500_000_000, 2_000_000_000).Draw(t, "at"), 0))
		last, due, next := b.DigestDue(at)
		for range 60 {
			week, isDue, after := b.DigestDue(next)
			if !due || !isDue || !week.From.Equal(last.To) {
				t.Fatalf("after %+v comes %+v, due %t", last, week, isDue)
			}
			last, next = week, after
		}
	})
}
