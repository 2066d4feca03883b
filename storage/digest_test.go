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

// nextMonday is nine o'clock on the Monday after the ledger's now.
func (l *ledger) nextMonday() time.Time {
	days := (8 - int(l.now.Weekday())) % 7
	if days == 0 {
		days = 7
	}
	return time.Date(l.now.Year(), l.now.Month(), l.now.Day()+days, 9, 0, 0, 0, time.UTC)
}

// A digest whose worker died on its way is asked about once, when its sending cannot go on
// any more, and not where it has ended after all.
func TestLostDigestsAreAskedAbout(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	monday := l.nextMonday()
	week := monday.AddDate(0, 0, -7).Format(time.DateOnly)
	_, err := l.DigestsDue(t.Context(), monday, 10)
	check(t, err)
	l.now = monday
	var readers []int64
	check(t, l.db.SelectContext(t.Context(), &readers, `SELECT person_id FROM digests ORDER BY person_id`))
	if len(readers) < 2 {
		t.Fatal(readers)
	}
	for _, who := range readers {
		check(t, l.ClaimDigest(t.Context(), l.brand.ID, who, week))
	}
	lost := func(after time.Duration, want int) {
		t.Helper()
		if n, err := l.DigestsLost(t.Context(), monday.Add(after)); err != nil || n != want {
			t.Errorf("after %s %d are lost (%v), want %d", after, n, err, want)
		}
	}
	lost(time.Minute, 0)
	lost(3*time.Minute, len(readers))
	lost(9*time.Minute, 0)
	check(t, l.EndDigest(t.Context(), l.brand.ID, readers[0], week, "sent"))
	for i, want := range []error{social.ErrNotDue, nil, social.ErrNotDue} {
		if err := l.AskDigest(t.Context(), l.brand.ID, readers[min(i, 1)], week); !errors.Is(err, want) {
			t.Errorf("asked for the %d. time: %v, want %v", i+1, err, want)
		}
	}
	if jobs := l.count(t, `SELECT count(*) FROM river_job WHERE args ->> 'kind' = 'digest_lost'`); jobs != len(readers) {
		t.Errorf("%d jobs", jobs)
	}
}

// However many processes look, each person is owed a week's digest once, and one of
// them sends it.
func TestDigestOnce(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	other, err := storage.Open(t.Context(), l.dsn, t.TempDir())
	check(t, err)
	t.Cleanup(func() { _ = other.Close() })
	monday := l.nextMonday()
	week := monday.AddDate(0, 0, -7).Format(time.DateOnly)
	owed := func() int { return l.count(t, `SELECT count(*) FROM digests WHERE week = '`+week+`'`) }
	jobs := func() int { return l.count(t, `SELECT count(*) FROM river_job WHERE args ->> 'kind' = 'digest'`) }
	look := func(now time.Time) {
		var all sync.WaitGroup
		for n := range 8 {
			s := []*storage.Store{l.Store, other}[n%2]
			all.Go(func() {
				if _, err := s.DigestsDue(context.WithoutCancel(t.Context()), now, 10); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	look(monday.Add(-time.Second))
	if owed() != 0 {
		t.Fatal("owed before the hour")
	}
	look(monday)
	people := owed()
	if people == 0 || jobs() != people {
		t.Fatalf("%d are owed the digest, %d jobs", people, jobs())
	}
	// A change of the brand, or of the clock, makes no second one.
	_, err = l.UpdateBrand(t.Context(), l.owner.ID, l.brand.ID, func(b *social.Brand, _ social.Member) error {
		b.Rules.WeekStart = time.Tuesday
		return nil
	})
	check(t, err)
	look(monday.Add(24 * time.Hour))
	_, err = l.UpdateBrand(t.Context(), l.owner.ID, l.brand.ID, social.TellWeeks(social.Slot{Day: time.Tuesday, Minute: 17 * 60}, monday.Add(25*time.Hour)))
	check(t, err)
	look(monday.Add(32 * time.Hour))
	look(monday.Add(time.Hour))
	if n := l.count(t, `SELECT count(*) FROM digests`); n != people {
		t.Errorf("%d digests for %d people", n, people)
	}
	var claimed atomic.Int64
	var all sync.WaitGroup
	for n := range 8 {
		s := []*storage.Store{l.Store, other}[n%2]
		all.Go(func() {
			err := s.ClaimDigest(context.WithoutCancel(t.Context()), l.brand.ID, l.owner.ID, week)
			if err == nil {
				claimed.Add(1)
			} else if !errors.Is(err, social.ErrNotDue) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if claimed.Load() != 1 {
		t.Errorf("claimed %d times", claimed.Load())
	}
	check(t, l.EndDigest(t.Context(), l.brand.ID, l.owner.ID, week, "open")) // it did not work
	check(t, l.ClaimDigest(t.Context(), l.brand.ID, l.owner.ID, week))
}

// A week counts what happened in it, by the brand's clock; a week before the brand
// was there is not known.
func TestDigestCounts(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	for n, minutes := range []int{5, 20, 90} {
		c := l.hear(t, []string{"12", "13", "14"}[n], "thanks")
		_, err := l.db.ExecContext(t.Context(), `
			UPDATE comments SET state = 'answered', settled_at = at + $2 * interval '1 minute' WHERE id = $1`, c.ID, minutes)
		check(t, err)
	}
	l.hear(t, "15", "still open")
	spam := l.hear(t, "16", "buy followers")
	_, err := l.db.ExecContext(t.Context(), `UPDATE comments SET spam = true WHERE id = $1`, spam.ID)
	check(t, err)
	last := l.hear(t, "17", "the week before")
	this := l.brand.Week(l.now)
	_, err = l.db.ExecContext(t.Context(), `UPDATE comments SET at = $2 WHERE id = $1`, last.ID, this.From.Add(-time.Second))
	check(t, err)
	_, err = l.db.ExecContext(t.Context(), `UPDATE brands SET created_at = $2 WHERE id = $1`, l.brand.ID, this.From.AddDate(0, 0, -7))
	check(t, err)
	d, err := l.Digest(t.Context(), l.owner.ID, l.brand.ID, this.Day())
	check(t, err)
	if w := d.Weeks[0]; !w.Known || w.Comments != 4 || w.Answered != 3 || w.Median != 20*time.Minute {
		t.Errorf("the week: %+v", w)
	}
	if w := d.Weeks[1]; !w.Known || w.Comments != 1 || w.Answered != 0 {
		t.Errorf("the week before: %+v", w)
	}
	if len(d.Weeks) != 5 || d.Weeks[2].Known {
		t.Errorf("before the brand was there: %+v", d.Weeks[2:])
	}
	if d.Open != 2 || len(d.Few) != 1 || !d.Few[0].Other || d.Few[0].Comments != 4 || d.Hush {
		t.Errorf("it tells %+v", d)
	}
	if _, err := l.Digest(t.Context(), l.owner.ID, l.brand.ID, "yesterday"); !errors.Is(err, social.ErrOutdated) {
		t.Errorf("no day: %v", err)
	}
}

// A brand is as old as its own clock says: one that was made long ago knows its weeks
// since then, and none before.
func TestDigestKnowsSince(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	long := time.Date(2020, 1, 15, 12, 0, 0, 0, time.UTC)
	l.Now = func() time.Time { return long }
	b, err := l.AddBrand(t.Context(), l.owner.ID, social.Brand{
		AgencyID: l.brand.AgencyID, Name: "Old", Zone: "UTC", Calendar: social.Gregorian, Rules: social.DefaultRules(social.Gregorian),
	})
	check(t, err)
	d, err := l.Digest(t.Context(), l.owner.ID, b.ID, "2020-01-13")
	check(t, err)
	if !d.Weeks[0].Known || d.Weeks[1].Known {
		t.Errorf("of its weeks it knows %+v", d.Weeks)
	}
}
