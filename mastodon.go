package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/handlers"
	"peyk/platforms"
	"peyk/platforms/mastodon"
	"peyk/scheduler"
	"peyk/social"
	"peyk/storage"
)

// mastodonKeys keeps with what we are let in to Mastodon: the sessions of accounts, and
// as what each server knows the program; all of it sealed in the store.
type mastodonKeys struct {
	store *storage.Store
	seal  *storage.Seal
}

var _ mastodon.Sessions = mastodonKeys{}

// What these are sealed under.
const (
	aboutToken = "session of mastodon"
	aboutApp   = "app of mastodon"
)

// Session returns the stored session of an account.
func (k mastodonKeys) Session(ctx context.Context, account int64) (s mastodon.Session, err error) {
	sealed, err := k.store.Session(ctx, account)
	if err != nil {
		return s, err
	}
	err = open(k.seal, sealed, aboutToken, &s)
	return s, err
}

func appName(host string) string { return "mastodon_app " + host }

// app is the program as a server knows it: one for all accounts there. Where there is
// none yet it is made.
func (k mastodonKeys) app(ctx context.Context, host string, register func(context.Context, string) (mastodon.App, error)) (mastodon.App, error) {
	var app mastodon.App
	sealed, err := k.store.Setting(ctx, appName(host))
	if errors.Is(err, social.ErrNotFound) {
		if app, err = register(ctx, host); err != nil {
			return app, err
		}
		if sealed, err = shut(k.seal, app, aboutApp); err != nil {
			return app, err
		}
		sealed, err = k.store.KeepSetting(ctx, appName(host), sealed) // another process may have been faster
	}
	if err != nil {
		return app, err
	}
	err = open(k.seal, sealed, aboutApp, &app)
	return app, err
}

// forget drops an app that its server does not know any more.
func (k mastodonKeys) forget(ctx context.Context, host string) error {
	sealed, err := k.store.Setting(ctx, appName(host))
	if errors.Is(err, social.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return k.store.DropSetting(ctx, appName(host), sealed)
}

// mastodonEntrance lets people connect their accounts of Mastodon: they name the
// server, let the program in there, and send the code that they are shown.
type mastodonEntrance struct {
	client *mastodon.Client
	kept   mastodonKeys
	clock  clockwork.Clock
}

var _ handlers.Entrance = mastodonEntrance{}

// failed is an error in the words of handlers.
func (m mastodonEntrance) failed(err error) *social.Outcome {
	o := platforms.PrepareOutcome(err, m.clock.Now())
	return &o
}

// Find looks for the server that somebody has named, or on which a known account is,
// and makes the program known there.
func (m mastodonEntrance) Find(ctx context.Context, named string) (social.Profile, *social.Outcome) {
	ctx, cancel := context.WithTimeout(ctx, findPatience)
	defer cancel()
	host, id := mastodon.SplitRemoteID(named)
	known := named
	if id == "" {
		var ok bool
		known = ""
		if host, ok = mastodon.HostOf(named, m.client.Own); !ok {
			return social.Profile{}, m.failed(&platforms.Rejected{Code: mastodon.CodeBadServer, Detail: "no server is named"})
		}
	}
	host, told, err := m.client.Locate(ctx, host)
	if err != nil {
		return social.Profile{}, m.failed(err)
	}
	app, err := m.kept.app(ctx, host, m.client.Register)
	if err != nil {
		return social.Profile{}, m.failed(err)
	}
	return social.Profile{Network: social.Mastodon, Name: told.Domain, Remote: known, Server: host, URL: app.AuthorizeURL()}, nil
}

// Enter turns the code into a session. Of an account that was connected before only
// that one will do; a token for another is given back.
func (m mastodonEntrance) Enter(ctx context.Context, d social.Profile, secret string) (social.Admission, *social.Outcome) {
	ctx, cancel := context.WithTimeout(ctx, enterPatience)
	defer cancel()
	app, err := m.kept.app(ctx, d.Server, m.client.Register)
	if err != nil {
		return social.Admission{}, m.failed(err)
	}
	s, err := m.client.Exchange(ctx, app, mastodon.CodeOf(secret))
	if mastodon.Unknown(err) {
		if err = m.kept.forget(ctx, d.Server); err == nil {
			err = &platforms.Rejected{Code: mastodon.CodeForgotten, Detail: "the server does not know " + app.ID}
		}
	}
	if err != nil {
		return social.Admission{}, m.failed(err)
	}
	in, err := m.admit(ctx, d, &s)
	if err != nil {
		return in, m.failed(errors.Join(err, m.kept.giveBack(ctx, m.client, s)))
	}
	return in, nil
}

// admit asks who has let us in, and what the server allows.
func (m mastodonEntrance) admit(ctx context.Context, d social.Profile, s *mastodon.Session) (social.Admission, error) {
	who, err := m.client.Who(ctx, *s, d.Name)
	if err != nil {
		return social.Admission{}, err
	}
	s.ID = who.ID
	in := social.Admission{Handle: who.Handle, Remote: mastodon.RemoteID(s.Host, who.ID), Followers: who.Followers, Counted: true}
	if d.Remote != "" && d.Remote != in.Remote {
		return in, &platforms.Rejected{Code: mastodon.CodeOther, Detail: in.Remote}
	}
	told, err := m.client.Instance(ctx, s.Host)
	if err != nil {
		return in, err
	}
	in.Limits = told.Limits
	in.Sealed, err = shut(m.kept.seal, *s, aboutToken)
	return in, err
}

// IsSecret recognises a code.
func (mastodonEntrance) IsSecret(text string) bool { return mastodon.LooksLikeCode(text) }

// Takes whatever may be a code, or the address of the page that shows one.
func (mastodonEntrance) Takes(text string) bool { return mastodon.CodeOf(text) != "" }

// limiter lets the scheduler ask servers what they allow.
type limiter struct{ limiters platforms.Limiters }

var _ scheduler.Limiter = limiter{}

// Networks are those of many servers.
func (l limiter) Networks() []social.Platform { return slices.Sorted(maps.Keys(l.limiters)) }

// limitsPatience is how long one server may take.
const limitsPatience = 30 * time.Second

// Limits asks the server of one account.
func (l limiter) Limits(ctx context.Context, a social.Account) (social.Limits, error) {
	ctx, cancel := context.WithTimeout(ctx, limitsPatience)
	defer cancel()
	return l.limiters[a.Platform].Limits(ctx, a)
}
