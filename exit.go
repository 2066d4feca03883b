package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/handlers"
	"peyk/platforms"
	"peyk/platforms/bluesky"
	"peyk/platforms/mastodon"
	"peyk/scheduler"
	"peyk/social"
)

// leaver lets the scheduler give back what lets us in to networks.
type leaver struct {
	entrances map[social.Platform]handlers.Entrance
	clock     clockwork.Clock
}

var _ scheduler.Leaver = leaver{}

// exitPatience is how long one network may take.
const exitPatience = 20 * time.Second

// Leave gives back what lets us in to one account.
func (l leaver) Leave(ctx context.Context, e social.Exit) social.Outcome {
	ctx, cancel := context.WithTimeout(ctx, exitPatience)
	defer cancel()
	page, err := l.entrances[e.Account.Platform].Leave(ctx, e.Sealed)
	if err == nil {
		return social.Outcome{State: social.Live}
	}
	o := platforms.PrepareOutcome(err, l.clock.Now())
	o.Link = page
	return o
}

// Leave ends a session.
func (b blueskyEntrance) Leave(ctx context.Context, sealed string) (page string, err error) {
	s, err := b.kept.open(sealed)
	if err == nil {
		err = b.client.Leave(ctx, s)
	}
	return bluesky.PasswordPage, err
}

// Leave gives a token back.
func (m mastodonEntrance) Leave(ctx context.Context, sealed string) (page string, err error) {
	var s mastodon.Session
	if err := open(m.kept.seal, sealed, aboutToken, &s); err != nil {
		return "", err
	}
	return mastodon.AppsPage(s.Host), m.kept.giveBack(ctx, m.client, s)
}

// giveBack takes a token out of use, unless an account of ours is let in by it: a server
// gives one program the same token each time that an account lets it in.
func (k mastodonKeys) giveBack(ctx context.Context, client *mastodon.Client, s mastodon.Session) error {
	used, err := k.used(ctx, s)
	if err != nil || used {
		return err
	}
	none := func(context.Context, string) (mastodon.App, error) {
		return mastodon.App{}, &platforms.Rejected{Code: mastodon.CodeForgotten, Detail: "nobody knows as what " + s.Host + " knows us"}
	}
	app, err := k.app(ctx, s.Host, none)
	if err != nil {
		return err
	}
	return client.Revoke(ctx, app, s)
}

// used tells whether an account of some brand is let in by a session's token.
func (k mastodonKeys) used(ctx context.Context, s mastodon.Session) (bool, error) {
	all, err := k.store.SessionsOf(ctx, social.Mastodon, mastodon.RemoteID(s.Host, s.ID))
	if err != nil {
		return false, fmt.Errorf("looking for who uses a token: %w", err)
	}
	return slices.ContainsFunc(all, func(sealed string) bool {
		var other mastodon.Session
		return open(k.seal, sealed, aboutToken, &other) == nil && other.Token == s.Token
	}), nil
}
