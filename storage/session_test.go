package storage_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"peyk/social"
)

// sky is an account of the house's brand on Bluesky.
func sky(h house, did string) social.Account {
	return social.Account{BrandID: h.brand.ID, Platform: social.Bluesky, RemoteID: did, Handle: "cafe.example"}
}

// Whoever signs in again finds his account as it was, with the new session; the
// account of another brand stays there.
func TestSignIn(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	ctx, s := t.Context(), w.store
	a, _, err := s.SignIn(ctx, w.ours.owner.ID, sky(w.ours, "did:plc:cafe"), "first")
	check(t, err)
	again, _, err := s.SignIn(ctx, w.ours.owner.ID, sky(w.ours, "did:plc:cafe"), "second")
	check(t, err)
	equal(t, "the account", again.ID, a.ID)
	w.sealed(t, a.ID, "second")
	if _, _, err := s.SignIn(ctx, w.theirs.owner.ID, sky(w.theirs, "did:plc:cafe"), "third"); !errors.Is(err, social.ErrAccountTaken) {
		t.Errorf("another brand signs in: %v", err)
	}
	w.sealed(t, a.ID, "second")
	_, err = s.RemoveAccount(ctx, w.ours.owner.ID, a.ID)
	check(t, err)
	if _, err := s.Session(ctx, a.ID); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("what is kept of a removed account: %v", err)
	}
	if err := s.RenewSession(ctx, a.ID, nil); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("renewing it: %v", err)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v instead of %v", what, got, want)
	}
}

func (w *wall) sealed(t *testing.T, account int64, want string) {
	t.Helper()
	got, err := w.store.Session(t.Context(), account)
	check(t, err)
	equal(t, "what is kept", got, want)
}

// Many who renew at once take turns, each with what the one before has kept.
func TestRenewSessionTakesTurns(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	a, _, err := w.store.SignIn(t.Context(), w.ours.owner.ID, sky(w.ours, "did:plc:cafe"), "0")
	check(t, err)
	var group sync.WaitGroup
	for range 5 {
		group.Go(func() {
			err := w.store.RenewSession(t.Context(), a.ID, func(_ context.Context, sealed string) (string, error) {
				n, err := strconv.Atoi(sealed)
				time.Sleep(10 * time.Millisecond)
				return strconv.Itoa(n + 1), err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	w.sealed(t, a.ID, "5")
	refused := errors.New("refused")
	err = w.store.RenewSession(t.Context(), a.ID, func(context.Context, string) (string, error) { return "6", refused })
	if !errors.Is(err, refused) {
		t.Errorf("the error of a renewal came back as %v", err)
	}
	w.sealed(t, a.ID, "5")
}

// Somebody who signs in while a session is renewed keeps his own.
func TestRenewSessionYields(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	ctx := t.Context()
	a, _, err := w.store.SignIn(ctx, w.ours.owner.ID, sky(w.ours, "did:plc:cafe"), "old")
	check(t, err)
	check(t, w.store.RenewSession(ctx, a.ID, func(context.Context, string) (string, error) {
		_, _, err := w.store.SignIn(ctx, w.ours.owner.ID, sky(w.ours, "did:plc:cafe"), "new")
		return "renewed", err
	}))
	w.sealed(t, a.ID, "new")
}

// An account that is lost is told of once, and signing in brings it back.
func TestLoseSession(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	ctx, s := t.Context(), w.store
	a, _, err := s.SignIn(ctx, w.ours.owner.ID, sky(w.ours, "did:plc:cafe"), "x")
	check(t, err)
	for _, before := range []time.Duration{-time.Second, 20 * time.Second} { // the call could not know of it
		check(t, s.LoseSession(ctx, a.ID, s.Now().Add(before)))
		w.lost(t, a.ID, false, 0)
	}
	check(t, s.LoseSession(ctx, a.ID, s.Now().Add(time.Minute)))
	check(t, s.LoseSession(ctx, a.ID, s.Now().Add(time.Minute)))
	w.lost(t, a.ID, true, 1)
	_, _, err = s.SignIn(ctx, w.ours.owner.ID, sky(w.ours, "did:plc:cafe"), "y")
	check(t, err)
	w.lost(t, a.ID, false, 1)
	equal(t, "told that it is back", w.told(t, social.AccountBack, a.ID), 1)
}

func (w *wall) lost(t *testing.T, account int64, want bool, told int) {
	t.Helper()
	accounts, err := w.store.Accounts(t.Context(), w.ours.owner.ID, w.ours.brand.ID)
	check(t, err)
	for _, a := range accounts {
		if a.ID == account && a.Lost != want {
			t.Errorf("lost is %t", a.Lost)
		}
	}
	equal(t, "told that it is lost", w.told(t, social.AccountLost, account), told)
}

// told counts the events of a kind about an account.
func (w *wall) told(t *testing.T, kind social.Kind, account int64) (n int) {
	t.Helper()
	check(t, w.admin.GetContext(t.Context(), &n, `
		SELECT count(*) FROM events WHERE kind = $1 AND (facts->>'account')::bigint = $2`, kind, account))
	return n
}
