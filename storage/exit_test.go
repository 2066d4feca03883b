package storage_test

import (
	"errors"
	"testing"

	"peyk/social"
)

// What lets us in to an account that was taken out is of use for giving it back alone, and
// is forgotten with that, once; who took it out hears when its network did not take it.
func TestExit(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	ctx, s := t.Context(), w.store
	a, _, err := s.SignIn(ctx, w.ours.owner.ID, sky(w.ours, "did:plc:cafe"), "sealed")
	check(t, err)
	jobs := func() (n int) {
		check(t, w.admin.GetContext(ctx, &n, `SELECT count(*) FROM river_job WHERE queue = 'exit' AND (args #>> '{args,account}')::bigint = $1`, a.ID))
		return n
	}
	if _, err := s.Exit(ctx, a.ID); !errors.Is(err, social.ErrNotFound) || jobs() != 0 {
		t.Errorf("while it is connected: %v, %d jobs", err, jobs())
	}
	if used, err := s.SessionsOf(ctx, a.Platform, a.RemoteID); err != nil || len(used) != 1 || used[0] != "sealed" {
		t.Errorf("used %q, %v", used, err)
	}
	_, err = s.RemoveAccount(ctx, w.ours.owner.ID, a.ID)
	check(t, err)
	if _, err := s.Session(ctx, a.ID); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("it may be used still: %v", err)
	}
	if used, err := s.SessionsOf(ctx, a.Platform, a.RemoteID); err != nil || len(used) != 0 {
		t.Errorf("then used %q, %v", used, err)
	}
	e, err := s.Exit(ctx, a.ID)
	if err != nil || e.Sealed != "sealed" || e.Account.RemoteID != a.RemoteID || !e.Since.Equal(s.Now()) || jobs() != 1 {
		t.Fatalf("%+v, %v, %d jobs", e, err, jobs())
	}
	e.By = w.ours.client.ID
	for range 2 {
		check(t, s.EndExit(ctx, e, social.Outcome{State: social.Rejected, Code: "bad_instance", Link: "https://page"}))
	}
	equal(t, "told that it was kept", w.told(t, social.AccountKept, a.ID), 1)
	if _, err := s.Exit(ctx, a.ID); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("it is still there: %v", err)
	}
}
