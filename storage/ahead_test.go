package storage_test

import (
	"testing"
	"time"
)

// The readers of a digest that comes soon are found once, each of them, and again when
// its hour has changed.
func TestDigestsAhead(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	w := l.weekOld(t)
	_, err := l.db.ExecContext(t.Context(), `UPDATE members SET joined_at = $1`, w.From)
	check(t, err)
	due := l.brand.DigestAt(l.brand.Week(l.now))
	_, err = l.db.ExecContext(t.Context(), `UPDATE brands SET digest_at = $1`, due)
	check(t, err)
	ask := func(now time.Time) int {
		t.Helper()
		all, err := l.DigestsAhead(t.Context(), now, now.Add(30*time.Minute), 20)
		check(t, err)
		for _, a := range all {
			if a.Brand != l.brand.ID || a.Week != l.brand.Week(l.now).Day() {
				t.Errorf("%+v", a)
			}
		}
		return len(all)
	}
	for _, c := range []struct {
		before time.Duration
		want   int
	}{{time.Hour, 0}, {20 * time.Minute, 2}, {19 * time.Minute, 0}} { // the owner, as there is no manager, and the client
		if got := ask(due.Add(-c.before)); got != c.want {
			t.Errorf("%s before: %d readers, want %d", c.before, got, c.want)
		}
	}
	_, err = l.db.ExecContext(t.Context(), `UPDATE brands SET digest_at = $1`, due.Add(time.Minute))
	check(t, err)
	if got := ask(due.Add(-10 * time.Minute)); got != 2 {
		t.Errorf("after a change of the hour: %d", got)
	}
	if got := ask(due.Add(time.Hour)); got != 0 {
		t.Errorf("after the hour: %d", got)
	}
}
