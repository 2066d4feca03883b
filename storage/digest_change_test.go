package storage_test

import (
	"errors"
	"testing"
	"time"

	"peyk/social"
)

// A brand that was given another name in the week is told of by the name it has now.
func TestDigestOfARenamedBrand(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	l.weekOld(t)
	rename := social.Rename("New Nobahar")
	_, err := l.UpdateBrand(t.Context(), l.owner.ID, l.brand.ID, rename)
	check(t, err)
	d, err := l.Digest(t.Context(), l.client.ID, l.brand.ID, "")
	if check(t, err); d.Brand.Name != "New Nobahar" {
		t.Errorf("it is called %q", d.Brand.Name)
	}
}

// Whoever left in the week, or after it and before its digest, is owed none and is told
// nothing of the brand any more; the others are.
func TestDigestOfAPersonWhoLeft(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	w := l.weekOld(t)
	due := l.brand.DigestAt(w)
	_, err := l.db.ExecContext(t.Context(), `UPDATE members SET joined_at = $1`, w.From)
	check(t, err)
	_, err = l.db.ExecContext(t.Context(), `UPDATE members SET left_at = $1 WHERE person_id = $2`, w.To.Add(-time.Hour), l.client.ID)
	check(t, err)
	_, err = l.DigestsDue(t.Context(), due, 10)
	check(t, err)
	var owed []int64
	check(t, l.db.SelectContext(t.Context(), &owed, `SELECT person_id FROM digests`))
	if len(owed) != 1 || owed[0] != l.owner.ID {
		t.Errorf("owed to %v", owed)
	}
	if _, err := l.Digest(t.Context(), l.client.ID, l.brand.ID, w.Day()); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("whoever left reads: %v", err)
	}
}
