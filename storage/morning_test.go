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
			count, err := s.WakeDue(context.WithoutCancel(t.Context()), nine, 10)
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
	if n, err := l.WakeDue(t.Context(), nine.Add(time.Hour), 10); err != nil || n != 0 {
		t.Errorf("later that morning: %d, %v", n, err)
	}
	if n, err := l.WakeDue(t.Context(), nine.AddDate(0, 0, 1), 10); err != nil || n != 1 {
		t.Errorf("on the next day: %d, %v", n, err)
	}
}

// A worker that dies before its call leaves the morning to another, once its claim has run
// out; one that dies after it leaves it told.
func TestMorningSurvivesADeath(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	nine := l.tomorrowAt(9)
	day := nine.Format(time.DateOnly)
	jobs := func() int { return l.count(t, `SELECT count(*) FROM river_job WHERE args ->> 'kind' = 'morning'`) }
	wake := func(at time.Time) {
		t.Helper()
		_, err := l.WakeDue(t.Context(), at, 10)
		check(t, err)
	}
	wake(nine)
	_, err := l.ClaimMorning(t.Context(), l.owner.ID, day, nine)
	check(t, err)
	if wake(nine.Add(40 * time.Second)); jobs() != 1 {
		t.Errorf("%d jobs while it is claimed", jobs())
	}
	if wake(nine.Add(50 * time.Second)); jobs() != 2 {
		t.Errorf("%d jobs after the claim has run out", jobs())
	}
	if err := l.MarkMorning(t.Context(), l.owner.ID, day, nine); !errors.Is(err, social.ErrNotDue) {
		t.Errorf("a claim that has run out is marked: %v", err)
	}
	again := nine.Add(time.Minute)
	_, err = l.ClaimMorning(t.Context(), l.owner.ID, day, again)
	check(t, err)
	check(t, l.MarkMorning(t.Context(), l.owner.ID, day, again))
	if wake(nine.Add(time.Hour)); jobs() != 2 {
		t.Errorf("%d jobs after the call may have been made", jobs())
	}
	if _, err := l.ClaimMorning(t.Context(), l.owner.ID, day, nine.Add(time.Hour)); !errors.Is(err, social.ErrNotDue) {
		t.Errorf("it is told twice: %v", err)
	}
}

// What a brand needs on a day: what waits, what is due, what is broken. Brands that somebody
// does not manage are not told of.
func TestTalliesOfPosts(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	today := l.now.Truncate(24 * time.Hour)
	for _, p := range []struct {
		state string
		slot  time.Time
	}{
		{"review", today.Add(12 * time.Hour)}, {"review", today.Add(36 * time.Hour)}, {"approved", today.Add(20 * time.Hour)},
		{"stopped", today.Add(12 * time.Hour)}, {"published", today.Add(time.Hour)}, {"failed", today.Add(-time.Hour)},
	} {
		_, err := l.db.ExecContext(t.Context(), `
			INSERT INTO posts (brand_id, author_id, state, content, slot, created_at, changed_at, asked_at, version)
			VALUES ($1, $2, $3, '{}', $4, $5, $5, $5, 1)`, l.brand.ID, l.owner.ID, p.state, p.slot, l.now)
		check(t, err)
	}
	_, err := l.db.ExecContext(t.Context(), `
		INSERT INTO posts (brand_id, author_id, state, content, created_at, changed_at) VALUES ($1, $2, 'failed', '{}', $3, $3)`, l.brand.ID, l.owner.ID, today.AddDate(0, 0, -30))
	check(t, err)
	_, err = l.db.ExecContext(t.Context(), `UPDATE accounts SET lost = true WHERE id = (SELECT min(id) FROM accounts WHERE brand_id = $1)`, l.brand.ID)
	check(t, err)
	tallies, err := l.Tallies(t.Context(), l.owner.ID, today.AddDate(0, 0, -1), today)
	check(t, err)
	got := tallies[0]
	if got.Review != 2 || got.Today != 2 || got.Failed != 1 || got.Lost != 1 || got.Plans != 0 || !got.Asked.Equal(l.now) {
		t.Errorf("it tells %+v", got)
	}
	viewer := enter(t, l.Store, 4713, "Viewer")
	i := invited(t, l.Store, l.owner.ID, viewer.ID, l.brand.ID, social.Viewer)
	_, err = l.DecideInvitation(t.Context(), l.owner.ID, i.ID, true)
	check(t, err)
	if tallies, err = l.Tallies(t.Context(), viewer.ID, today.AddDate(0, 0, -1), today); err != nil || len(tallies) != 0 {
		t.Errorf("a viewer hears of %d brands, %v", len(tallies), err)
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
	if n, err := l.WakeDue(t.Context(), l.tomorrowAt(9), 10); err != nil || n != 0 {
		t.Errorf("who wants none: %d, %v", n, err)
	}
	check(t, l.SetMorning(t.Context(), l.owner.ID, 7*60))
	if n, err := l.WakeDue(t.Context(), l.tomorrowAt(6), 10); err != nil || n != 0 {
		t.Errorf("before seven: %d, %v", n, err)
	}
	if n, err := l.WakeDue(t.Context(), l.tomorrowAt(7), 10); err != nil || n != 1 {
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
