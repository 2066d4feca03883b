package storage_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"peyk/social"
)

// Of many presses one sends a week to the clients; another week is another matter.
func TestShareDigestOnce(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	w := l.weekOld(t)
	var done, late atomic.Int64
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			switch err := l.ShareDigest(context.WithoutCancel(t.Context()), l.owner.ID, l.brand.ID, w.Day()); {
			case err == nil:
				done.Add(1)
			case errors.Is(err, social.ErrSharedYet):
				late.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if done.Load() != 1 || late.Load() != 5 || l.count(t, `SELECT count(*) FROM events WHERE kind = 'digest.shared'`) != 1 {
		t.Errorf("%d sent it, %d were refused", done.Load(), late.Load())
	}
	d, err := l.Digest(t.Context(), l.owner.ID, l.brand.ID, w.Day())
	check(t, err)
	if !d.Sent.Equal(l.now) {
		t.Errorf("it was sent at %s", d.Sent)
	}
	check(t, l.ShareDigest(t.Context(), l.owner.ID, l.brand.ID, l.brand.Before(w, 1).Day()))
	if err := l.ShareDigest(t.Context(), l.client.ID, l.brand.ID, w.Day()); !errors.Is(err, social.ErrForbidden) {
		t.Errorf("a client: %v", err)
	}
}

// Whoever wants no digest of a brand finds it among those he has quieted.
func TestHushed(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	check(t, l.HushDigest(t.Context(), l.client.ID, l.brand.ID, true))
	for who, want := range map[int64][]int64{l.client.ID: {l.brand.ID}, l.owner.ID: nil} {
		if got, err := l.Hushed(t.Context(), who); err != nil || !slices.Equal(got, want) {
			t.Errorf("%v, %v", got, err)
		}
	}
}

// A brand renamed in the week is told of by its name of now; an account removed in it
// counts until then: its posts stay published, its followers are not the brand's any
// more; a person who left is owed nothing, and has it refused when the job comes late.
func TestDigestAfterChanges(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	w := l.weekOld(t)
	now := l.now
	post := l.live(t, "50")
	l.now = now
	_, err := l.db.ExecContext(t.Context(), `UPDATE deliveries SET live_at = $1`, w.From.AddDate(0, 0, 1))
	check(t, err)
	_, err = l.db.ExecContext(t.Context(), `UPDATE posts SET slot = $1 WHERE id = $2`, w.From.AddDate(0, 0, 1), post)
	check(t, err)
	l.keep(t, l.account.ID, 0, social.MetricFollowers, 100, w.To.Add(-1))
	_, err = l.UpdateBrand(t.Context(), l.owner.ID, l.brand.ID, social.Rename("Nobahar of now"))
	check(t, err)
	_, err = l.db.ExecContext(t.Context(), `UPDATE accounts SET removed_at = $1`, w.From.AddDate(0, 0, 3))
	check(t, err)
	d, err := l.Digest(t.Context(), l.owner.ID, l.brand.ID, w.Day())
	check(t, err)
	if d.Brand.Name != "Nobahar of now" || d.Weeks[0].Published != 1 || len(d.Samples) != 1 {
		t.Errorf("it tells of %q with %+v and %+v", d.Brand.Name, d.Weeks[0], d.Samples)
	}
	if len(d.Weeks[0].Numbers) != 0 {
		t.Errorf("of the removed account it tells %+v", d.Weeks[0].Numbers)
	}
	_, err = l.db.ExecContext(t.Context(), `UPDATE members SET left_at = $1, joined_at = $2 WHERE person_id = $3`, w.To, w.From, l.client.ID)
	check(t, err)
	_, err = l.db.ExecContext(t.Context(), `UPDATE members SET joined_at = $1 WHERE person_id = $2`, w.From, l.owner.ID)
	check(t, err)
	_, err = l.DigestsDue(t.Context(), l.brand.DigestAt(w), 10)
	check(t, err)
	if n := l.count(t, `SELECT count(*) FROM digests WHERE person_id = (SELECT id FROM people WHERE telegram_id = 6)`); n != 0 {
		t.Error("who left is owed a digest")
	}
	if n := l.count(t, `SELECT count(*) FROM digests`); n != 1 {
		t.Errorf("%d are owed it, not the owner alone", n)
	}
	if _, err := l.Digest(t.Context(), l.client.ID, l.brand.ID, w.Day()); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("who left: %v", err)
	}
}
