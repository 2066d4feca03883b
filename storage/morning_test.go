package storage_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"peyk/social"
	"peyk/storage"
)

// tomorrowAt is a moment of the day after the ledger's, by its clock.
func (l *ledger) tomorrowAt(hour int) time.Time {
	return time.Date(l.now.Year(), l.now.Month(), l.now.Day()+1, hour, 0, 0, 0, time.UTC)
}

// Each person is woken once a day, by however many processes, and told once.
func TestMorningOnce(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	other, err := storage.Open(t.Context(), l.dsn, t.TempDir())
	check(t, err)
	t.Cleanup(func() { _ = other.Close() })
	nine := l.tomorrowAt(9)
	var woken, claimed atomic.Int64
	var all sync.WaitGroup
	for n := range 8 {
		s := []*storage.Store{l.Store, other}[n%2]
		all.Go(func() {
			count, err := s.WakeDue(context.WithoutCancel(t.Context()), nine)
			if err != nil {
				t.Error(err)
			}
			woken.Add(int64(count))
		})
	}
	all.Wait()
	if n := l.count(t, `SELECT count(*) FROM river_job WHERE args ->> 'kind' = 'morning'`); woken.Load() != 1 || n != 1 {
		t.Fatalf("woken %d times, %d jobs", woken.Load(), n)
	}
	day := nine.Format(time.DateOnly)
	for n := range 8 {
		s := []*storage.Store{l.Store, other}[n%2]
		all.Go(func() {
			p, err := s.ClaimMorning(context.WithoutCancel(t.Context()), l.owner.ID, day, nine)
			switch {
			case err == nil && p.ID == l.owner.ID:
				claimed.Add(1)
			case !errors.Is(err, social.ErrNotDue):
				t.Errorf("claimed for %d: %v", p.ID, err)
			}
		})
	}
	all.Wait()
	if claimed.Load() != 1 {
		t.Errorf("told %d times", claimed.Load())
	}
	check(t, l.EndMorning(t.Context(), l.owner.ID, day, "open")) // it did not work
	if _, err := l.ClaimMorning(t.Context(), l.owner.ID, day, nine); err != nil {
		t.Errorf("once more: %v", err)
	}
	check(t, l.EndMorning(t.Context(), l.owner.ID, day, "sent"))
	if n, err := l.WakeDue(t.Context(), nine.Add(time.Hour)); err != nil || n != 0 {
		t.Errorf("later that morning: %d, %v", n, err)
	}
	if n, err := l.WakeDue(t.Context(), nine.AddDate(0, 0, 1)); err != nil || n != 1 {
		t.Errorf("on the next day: %d, %v", n, err)
	}
}

// Who wants no word gets none, and another hour is another hour.
func TestMorningSetting(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	if now, err := l.MorningOf(t.Context(), l.owner.ID); err != nil || now != 540 {
		t.Fatalf("at first %d, %v", now, err)
	}
	check(t, l.SetMorning(t.Context(), l.owner.ID, social.NoMorning))
	if n, err := l.WakeDue(t.Context(), l.tomorrowAt(9)); err != nil || n != 0 {
		t.Errorf("who wants none: %d, %v", n, err)
	}
	check(t, l.SetMorning(t.Context(), l.owner.ID, 7*60))
	if n, err := l.WakeDue(t.Context(), l.tomorrowAt(6)); err != nil || n != 0 {
		t.Errorf("before seven: %d, %v", n, err)
	}
	if n, err := l.WakeDue(t.Context(), l.tomorrowAt(7)); err != nil || n != 1 {
		t.Errorf("at seven: %d, %v", n, err)
	}
	stranger := enter(t, l.Store, 4711, "Stranger")
	if err := l.SetMorning(t.Context(), stranger.ID, 60); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("a stranger: %v", err)
	}
}

// What waits, the oldest of it, and yesterday's answers with their median.
func TestTallies(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	from, to := l.now.Truncate(24*time.Hour), l.now.Truncate(24*time.Hour).AddDate(0, 0, 1)
	tallies, err := l.Tallies(t.Context(), l.owner.ID, from, to)
	check(t, err)
	if len(tallies) != 1 || !tallies[0].Quiet() {
		t.Fatalf("before anything came: %+v", tallies)
	}
	oldest := l.hear(t, "10", "Terrible")
	l.hear(t, "11", "hello")
	for n, minutes := range []int{5, 20, 90} {
		c := l.hear(t, []string{"12", "13", "14"}[n], "thanks")
		_, err := l.db.ExecContext(t.Context(), `
			UPDATE comments SET state = 'answered', settled_at = at + $2 * interval '1 minute' WHERE id = $1`, c.ID, minutes)
		check(t, err)
	}
	before := l.hear(t, "15", "earlier")
	_, err = l.db.ExecContext(t.Context(), `UPDATE comments SET state = 'answered', settled_at = $2 WHERE id = $1`, before.ID, from.Add(-time.Second))
	check(t, err)
	tallies, err = l.Tallies(t.Context(), l.owner.ID, from, to)
	check(t, err)
	got := tallies[0]
	if got.Waiting != 2 || got.Negative != 1 || !got.Oldest.Equal(oldest.At) || got.Answered != 3 || got.Median != 20*time.Minute {
		t.Errorf("it tells %+v", got)
	}
	if got.Brand.Name != l.brand.Name {
		t.Errorf("of %q", got.Brand.Name)
	}
	stranger := enter(t, l.Store, 4711, "Stranger")
	if tallies, err = l.Tallies(t.Context(), stranger.ID, from, to); err != nil || len(tallies) != 0 {
		t.Errorf("a stranger hears of %d brands, %v", len(tallies), err)
	}
}
