package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"

	"peyk/platforms"
	"peyk/platforms/bluesky"
	"peyk/platforms/mastodon"
	"peyk/platforms/mastodon/mastodontest"
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

// A server gives a program the same token each time that an account lets it in: one that
// an account of ours is let in by is not given back by the way.
func TestTokenInUse(t *testing.T) {
	t.Parallel()
	server := mastodontest.New(t, mastodontest.Options{})
	server.Person("cafe", 41)
	blue, _ := signedIn(t, bluesky.Session{DID: "did:plc:cafe", Handle: "cafe.example", Access: "secret-access", Refresh: "secret-refresh"})
	kept := mastodonKeys(blue)
	client := &mastodon.Client{HTTP: platforms.NewHTTP(server.URL), Clock: clockwork.NewRealClock(), Sessions: kept, Own: server.URL}
	way := mastodonEntrance{client, kept, clockwork.NewRealClock()}
	enter := func() social.Admission {
		found, failed := way.Find(t.Context(), strings.TrimPrefix(server.URL, "http://"))
		if failed != nil {
			t.Fatal(failed)
		}
		in, failed := way.Enter(t.Context(), found, server.Authorize(found.URL, "cafe"))
		if failed != nil {
			t.Fatal(failed)
		}
		return in
	}
	owner, err := blue.store.Enter(t.Context(), social.Person{TelegramID: 1, Name: "Owner", Lang: "en"})
	must(t, err)
	brands, err := blue.store.Brands(t.Context(), owner.ID)
	must(t, err)
	first := enter()
	a, _, err := blue.store.SignIn(t.Context(), owner.ID, social.Account{
		BrandID: brands[0].ID, Platform: social.Mastodon, RemoteID: first.Remote, Handle: first.Handle,
	}, first.Sealed)
	must(t, err)
	_, err = way.Leave(t.Context(), enter().Sealed)
	if must(t, err); server.Tokens() != 1 {
		t.Error("the token of the account is gone")
	}
	_, err = blue.store.RemoveAccount(t.Context(), owner.ID, a.ID)
	must(t, err)
	page, err := way.Leave(t.Context(), first.Sealed)
	if must(t, err); server.Tokens() != 0 || page != server.URL+"/oauth/authorized_applications" {
		t.Errorf("%d tokens are left; the page is %s", server.Tokens(), page)
	}
}
