package storage_test

import (
	"testing"
	"time"

	"peyk/social"
)

// Whoever signs in anew lets go out what was due just now; what is late waits for his
// word; and what waits for an account that is taken out is let go, to be refused.
func TestStalledDeliveries(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	ctx, s := t.Context(), w.store
	a, _, err := s.SignIn(ctx, w.ours.owner.ID, sky(w.ours, "did:plc:cafe"), "x")
	check(t, err)
	stall := func(slot time.Time) {
		w.admin.MustExecContext(ctx, `UPDATE posts SET state = 'publishing', slot = $2 WHERE id = $1`, w.ours.post.ID, slot)
		w.admin.MustExecContext(ctx, `
			UPDATE deliveries SET account_id = $2, state = 'waiting', queued = false, code = 'account_lost', due_at = '9999-01-01' WHERE id = $1`, w.ours.delivery, a.ID)
		check(t, s.LoseSession(ctx, a.ID, s.Now().Add(time.Hour)))
	}
	due := func() (at time.Time) {
		check(t, w.admin.GetContext(ctx, &at, `SELECT due_at FROM deliveries WHERE id = $1`, w.ours.delivery))
		return at
	}
	stall(s.Now().Add(-time.Minute))
	_, late, err := s.SignIn(ctx, w.ours.owner.ID, sky(w.ours, "did:plc:cafe"), "y")
	check(t, err)
	if late != 0 || due().After(s.Now()) {
		t.Errorf("what was due just now: %d late, due %s", late, due())
	}
	stall(s.Now().Add(-time.Hour))
	_, late, err = s.SignIn(ctx, w.ours.owner.ID, sky(w.ours, "did:plc:cafe"), "z")
	check(t, err)
	ids, err := s.Stalled(ctx, w.ours.owner.ID, a.ID)
	check(t, err)
	if late != 1 || len(ids) != 1 || ids[0] != w.ours.delivery || !due().After(s.Now()) {
		t.Errorf("what is late: %d, %v, due %s", late, ids, due())
	}
	equal(t, "told that it is back", w.told(t, social.AccountBack, a.ID), 2)
	_, err = s.RemoveAccount(ctx, w.ours.owner.ID, a.ID)
	check(t, err)
	if due().After(s.Now()) {
		t.Errorf("it waits for an account that was taken out until %s", due())
	}
}
