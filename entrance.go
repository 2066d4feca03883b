package main

import (
	"context"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/handlers"
	"peyk/platforms"
	"peyk/platforms/bluesky"
	"peyk/social"
)

// How long somebody waits at an entrance: within the time of one update, with room
// for keeping what came of it.
const (
	findPatience  = 20 * time.Second
	enterPatience = 30 * time.Second
)

// blueskyEntrance lets people connect their accounts of Bluesky.
type blueskyEntrance struct {
	client *bluesky.Client
	kept   sessions
	clock  clockwork.Clock
}

var _ handlers.Entrance = blueskyEntrance{}

// Find looks for the account behind a handle.
func (b blueskyEntrance) Find(ctx context.Context, named string) (social.Profile, *social.Outcome) {
	ctx, cancel := context.WithTimeout(ctx, findPatience)
	defer cancel()
	who, err := b.client.Find(ctx, named)
	if err != nil {
		o := platforms.PrepareOutcome(err, b.clock.Now())
		return social.Profile{}, &o
	}
	return social.Profile{
		Network: social.Bluesky, Name: "@" + who.Handle, Remote: who.DID, Server: who.Host, URL: bluesky.PasswordPage,
	}, nil
}

// Enter signs in with an app password, and seals what is got for it.
func (b blueskyEntrance) Enter(ctx context.Context, d social.Profile, secret string) (social.Admission, *social.Outcome) {
	ctx, cancel := context.WithTimeout(ctx, enterPatience)
	defer cancel()
	s, err := b.client.Enter(ctx, bluesky.Identity{DID: d.Remote, Handle: bluesky.CleanHandle(d.Name), Host: d.Server}, secret)
	if err != nil {
		o := platforms.PrepareOutcome(err, b.clock.Now())
		return social.Admission{}, &o
	}
	sealed, err := b.kept.shut(s)
	if err != nil {
		o := platforms.PrepareOutcome(err, b.clock.Now())
		return social.Admission{}, &o
	}
	in := social.Admission{Handle: "@" + s.Handle, Remote: s.DID, Sealed: sealed}
	in.Followers, in.Counted = b.client.Followers(ctx, s)
	return in, nil
}

// IsSecret recognises an app password.
func (blueskyEntrance) IsSecret(text string) bool { return bluesky.LooksLikeAppPassword(text) }

// Takes nothing but app passwords.
func (blueskyEntrance) Takes(text string) bool { return bluesky.LooksLikeAppPassword(text) }
