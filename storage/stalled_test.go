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

// A delivery is tried for as long as ever from when somebody has let it go out, now or at
// a later time.
func TestLetGo(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	post, delivery := l.due(t)
	slot := l.post(t, post).Slot
	since := func() time.Time {
		a := l.begin(t, delivery)
		check(t, l.FinishAttempt(t.Context(), a, social.Outcome{State: social.Waiting, Code: "unreachable", Retry: l.now}, l.now))
		return a.Since
	}
	if got := since(); !got.Equal(slot) {
		t.Errorf("on time: since %s", got)
	}
	l.now = l.now.AddDate(0, 0, 3)
	if got := since(); !got.Equal(slot) {
		t.Errorf("late, and let go by nobody: since %s", got)
	}
	for _, c := range []struct {
		kind social.Kind
		to   time.Time
	}{{social.DeliveryRetried, l.now}, {social.DeliveryPutOff, l.now.Add(time.Hour)}} {
		_, err := l.UpdateDelivery(t.Context(), l.owner.ID, delivery, func(_ *social.Post, d *social.Delivery, _ social.Member) (social.Kind, error) {
			d.Apply(social.Outcome{State: social.Waiting, Retry: c.to}, l.now)
			return c.kind, nil
		})
		check(t, err)
		l.now = c.to
		if got := since(); !got.Equal(c.to) {
			t.Errorf("%s: since %s, not %s", c.kind, got, c.to)
		}
	}
}
