package storage_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peyk/social"
)

// What a server allows is kept with its account: where it is connected, where a post is
// written and where a comment is answered; and it is asked again after a day.
func TestLimits(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	s, now := w.store, dusk.Add(-time.Hour)
	said := social.Limits{Text: 5000, Link: 25, Media: 6, Picture: 1 << 20, Formats: []string{"image/png"}, At: now.UTC().Truncate(time.Second)}
	a, _, err := s.SignIn(t.Context(), w.ours.owner.ID, social.Account{
		BrandID: w.ours.brand.ID, Platform: social.Mastodon, RemoteID: "toot.example#1", Handle: "@cafe@toot.example", Limits: said,
	}, "sealed")
	check(t, err)
	kept := func() social.Limits {
		accounts, err := s.Accounts(t.Context(), w.ours.owner.ID, w.ours.brand.ID)
		check(t, err)
		for _, got := range accounts {
			if got.ID == a.ID {
				return got.Limits
			}
		}
		t.Fatal("the account is gone")
		return social.Limits{}
	}
	if diff := cmp.Diff(said, kept()); diff != "" {
		t.Error(diff)
	}
	due := func(at time.Time) int {
		found, err := s.LimitsDue(t.Context(), at, at.Add(time.Hour), []social.Platform{social.Mastodon}, 9)
		check(t, err)
		for _, f := range found {
			if f.ID != a.ID || f.Limits.Text != said.Text {
				t.Errorf("%+v is due", f)
			}
		}
		return len(found)
	}
	if due(now.Add(23*time.Hour)) != 0 || due(now.Add(25*time.Hour)) != 1 || due(now.Add(25*time.Hour)) != 0 {
		t.Error("not due once after a day")
	}
	if due(now.Add(27*time.Hour)) != 1 {
		t.Error("what failed is not due again when its lease is over")
	}
	said.Text = 500
	check(t, s.KeepLimits(t.Context(), a.ID, said, now.Add(50*time.Hour)))
	check(t, s.KeepLimits(t.Context(), a.ID, social.Limits{}, now))
	if diff := cmp.Diff(said, kept()); diff != "" {
		t.Error(diff)
	}
	check(t, s.LoseSession(t.Context(), a.ID, now.Add(time.Hour)))
	if due(now.Add(99*time.Hour)) != 0 {
		t.Error("a server is asked for an account that is lost")
	}
}

// A setting is kept once, read, and forgotten only as what it is.
func TestSettings(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	s := w.store
	if _, err := s.Setting(t.Context(), "x"); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("nothing is kept: %v", err)
	}
	for _, value := range []string{"one", "two"} {
		if got, err := s.KeepSetting(t.Context(), "x", value); err != nil || got != "one" {
			t.Errorf("%q, %v", got, err)
		}
	}
	check(t, s.DropSetting(t.Context(), "x", "two"))
	if got, err := s.Setting(t.Context(), "x"); err != nil || got != "one" {
		t.Errorf("%q, %v", got, err)
	}
	check(t, s.DropSetting(t.Context(), "x", "one"))
	if _, err := s.Setting(t.Context(), "x"); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("it is still kept: %v", err)
	}
}
