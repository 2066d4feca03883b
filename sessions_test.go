package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"peyk/platforms/bluesky"
	"peyk/social"
	"peyk/storage"
	"peyk/storage/storagetest"
)

// signedIn is a brand with an account of Bluesky, and where its session is kept.
func signedIn(t *testing.T, first bluesky.Session) (sessions, int64) {
	t.Helper()
	dir := t.TempDir()
	store, err := storage.Open(t.Context(), storagetest.New(t), dir)
	must(t, err)
	t.Cleanup(func() { _ = store.Close() })
	seal, err := storage.OpenSeal(filepath.Join(dir, "key"))
	must(t, err)
	kept := sessions{store, seal}
	owner, err := store.Enter(t.Context(), social.Person{TelegramID: 1, Name: "Owner", Lang: "en"})
	must(t, err)
	agency, err := store.FoundAgency(t.Context(), owner.ID, "Agency")
	must(t, err)
	brand, err := store.AddBrand(t.Context(), owner.ID, social.Brand{
		AgencyID: agency.ID, Name: "Cafe", Zone: "UTC", Calendar: social.Gregorian, Rules: social.DefaultRules(social.Gregorian),
	})
	must(t, err)
	sealed, err := kept.shut(first)
	must(t, err)
	if strings.Contains(sealed, first.Refresh) {
		t.Error("the session is kept as it is")
	}
	a, _, err := store.SignIn(t.Context(), owner.ID, social.Account{
		BrandID: brand.ID, Platform: social.Bluesky, RemoteID: first.DID, Handle: first.Handle,
	}, sealed)
	must(t, err)
	return kept, a.ID
}

func TestSessions(t *testing.T) {
	t.Parallel()
	first := bluesky.Session{DID: "did:plc:cafe", Handle: "cafe.example", Access: "secret-access", Refresh: "secret-refresh"}
	kept, account := signedIn(t, first)
	if got, err := kept.Session(t.Context(), account); err != nil || got != first {
		t.Fatalf("%v, %v", got, err)
	}
	second, calls := first, 0
	second.Access, second.Refresh = "new-access", "new-refresh"
	refresh := func(context.Context, bluesky.Session) (bluesky.Session, error) { calls++; return second, nil }
	for range 2 { // the second one comes late and finds what the first has got
		if got, err := kept.Renew(t.Context(), account, first, refresh); err != nil || got != second {
			t.Errorf("renewed to %#v, %v", got, err)
		}
	}
	if got, err := kept.Session(t.Context(), account); err != nil || got != second || calls != 1 {
		t.Errorf("kept is %v, %v after %d renewals", got, err, calls)
	}
	refused := errors.New("refused")
	_, err := kept.Renew(t.Context(), account, second, func(context.Context, bluesky.Session) (bluesky.Session, error) {
		return bluesky.Session{}, refused
	})
	if !errors.Is(err, refused) {
		t.Errorf("a refusal comes back as %v", err)
	}
	if _, err := kept.Session(t.Context(), account+99); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("an account without a session: %v", err)
	}
}

// Whoever has lost the key file learns of it, and no secret stands in the error.
func TestSessionsWithAnotherKey(t *testing.T) {
	t.Parallel()
	kept, account := signedIn(t, bluesky.Session{DID: "did:plc:cafe", Handle: "cafe.example", Access: "secret-access", Refresh: "secret-refresh"})
	other, err := storage.OpenSeal(filepath.Join(t.TempDir(), "key"))
	must(t, err)
	kept.seal = other
	_, err = kept.Session(t.Context(), account)
	if err == nil || !strings.Contains(err.Error(), "SECRET_KEY_FILE") || strings.Contains(fmt.Sprint(err), "secret-") {
		t.Errorf("got %v", err)
	}
}
