package storage_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"peyk/social"
)

// fall keeps followers and reach of an account for n weeks before a Monday; reach is
// usual, but in the given weeks, counted from the latest.
func (l *ledger) fall(t *testing.T, monday time.Time, n int, reach map[int]int64) {
	t.Helper()
	for i := range n {
		v, ok := reach[i]
		if !ok {
			v = 10_000
		}
		if v == 0 {
			continue // not known
		}
		_, err := l.db.ExecContext(t.Context(), `
			INSERT INTO snapshots (brand_id, account_id, metric, at, value, found_at, source)
			SELECT brand_id, id, 'reach', $2, $3, $2, 'by_hand' FROM accounts WHERE brand_id = $1 ORDER BY id LIMIT 1`,
			l.brand.ID, monday.AddDate(0, 0, -7*i), v)
		check(t, err)
	}
}

// noHolidays are weeks like others.
func noHolidays(social.Brand, social.Week) int { return 0 }

// A fall is told once, however often and by however many it is looked for; when the
// figure was back, the next fall is told again.
func TestAFallIsToldOnce(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	_, err := l.db.ExecContext(t.Context(), `UPDATE brands SET created_at = created_at - interval '300 days'; UPDATE accounts SET created_at = created_at - interval '300 days'`)
	check(t, err)
	last := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	l.fall(t, last, 16, map[int]int64{5: 4_000, 4: 4_100, 3: 10_000, 2: 0, 1: 4_000, 0: 3_900})
	told := func() int { return l.count(t, `SELECT count(*) FROM events WHERE kind = 'brand.dropped'`) }
	look := func(back int) {
		t.Helper()
		day := last.AddDate(0, 0, -7*(back+1)).Format(time.DateOnly)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if err := l.WatchBrand(context.WithoutCancel(t.Context()), l.brand.ID, day, noHolidays); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	for _, want := range []struct{ back, told int }{{6, 0}, {5, 1}, {4, 1}, {3, 1}, {2, 1}, {1, 2}, {0, 2}} {
		if look(want.back); told() != want.told {
			t.Fatalf("%d weeks ago: told %d times, not %d", want.back, told(), want.told)
		}
	}
	if open := l.count(t, `SELECT count(*) FROM drops WHERE closed_at IS NULL`); open != 1 {
		t.Errorf("%d falls are open", open)
	}
	if err := l.WatchBrand(t.Context(), 999, "2026-11-16", noHolidays); err != nil {
		t.Errorf("a brand that has ended: %v", err)
	}
}
