package storage_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"peyk/social"
)

// A goal that is reached is told once, however many look at it, and not before there is a
// week that began after it was set.
func TestGoalIsToldOnce(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	_, err := l.db.ExecContext(t.Context(), `UPDATE brands SET created_at = created_at - interval '300 days'; UPDATE accounts SET created_at = created_at - interval '300 days'`)
	check(t, err)
	l.fall(t, time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC), 3, map[int]int64{0: 12_000})
	_, err = l.SetGoal(t.Context(), l.owner.ID, l.brand.ID, social.MetricReach, 11_000, l.brand.GoalDay(2027, time.January, 10))
	check(t, err)
	told := func() int { return l.count(t, `SELECT count(*) FROM events WHERE kind = 'goal.reached'`) }
	look := func(week string) {
		t.Helper()
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if err := l.WatchBrand(context.WithoutCancel(t.Context()), l.brand.ID, week, noHolidays); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	if look("2026-11-16"); told() != 0 {
		t.Errorf("told %d times before its first week", told())
	}
	l.Now = func() time.Time { return time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC) }
	look("2026-11-23")
	if look("2026-11-23"); told() != 1 {
		t.Errorf("told %d times", told())
	}
	d, past, err := l.Goals(t.Context(), l.owner.ID, l.brand.ID, 5)
	if check(t, err); len(d.Goals) != 0 || len(past) != 1 || past[0].State != social.GoalReached || past[0].Reached != 12_000 || past[0].Start != 10_000 {
		t.Errorf("under way %+v, over %+v", d.Goals, past)
	}
}

// Of two who set the same goal at once, one does.
func TestOneGoalOfAKind(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			_, _ = l.SetGoal(context.WithoutCancel(t.Context()), l.owner.ID, l.brand.ID, social.MetricPosts, 5, l.brand.GoalDay(2027, time.January, 10))
		})
	}
	all.Wait()
	if n := l.count(t, `SELECT count(*) FROM goals`); n != 1 {
		t.Errorf("%d goals", n)
	}
	if n := l.count(t, `SELECT count(*) FROM events WHERE kind = 'goal.set'`); n != 1 {
		t.Errorf("told %d times", n)
	}
}
