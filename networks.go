package main

import (
	"context"
	"time"

	"peyk/handlers"
	"peyk/platforms"
	"peyk/platforms/bluesky"
	"peyk/platforms/byhand"
	"peyk/platforms/mastodon"
	"peyk/platforms/telegram"
	"peyk/scheduler"
	"peyk/social"
	"peyk/storage"
)

// networks are the hands of the program: what each network can do, under its name.
// One that cannot do a thing is not there.
type networks struct {
	connectors platforms.Registry
	inboxes    platforms.Inboxes
	listeners  platforms.Listeners
	gauges     platforms.Gauges
	limiters   platforms.Limiters
	entrances  map[social.Platform]handlers.Entrance
}

// networks makes the connectors of all networks.
func (a *app) networks(ctx context.Context) (networks, error) {
	channels := &telegram.Connector{Client: channelClient{a.client, a.sender}, Media: a.store.OpenMedia}
	n := networks{
		connectors: platforms.Registry{social.Telegram: channels, byHand: byhand.Connector{}},
		inboxes:    platforms.Inboxes{social.Telegram: channels, byHand: byhand.Connector{}},
		listeners:  platforms.Listeners{},
		gauges:     platforms.Gauges{social.Telegram: channels},
		limiters:   platforms.Limiters{},
		entrances:  map[social.Platform]handlers.Entrance{},
	}
	seal, err := storage.OpenSeal(a.config.SecretKeyFile)
	if err != nil {
		return n, err
	}
	a.addMastodon(n, seal)
	return n, a.addBluesky(ctx, n, seal)
}

// addMastodon adds Mastodon.
func (a *app) addMastodon(n networks, seal *storage.Seal) {
	kept := mastodonKeys{a.store, seal}
	client := &mastodon.Client{
		HTTP: platforms.NewHTTP(a.config.MastodonURL), Clock: a.clock, Sessions: kept, Own: a.config.MastodonURL, OnLost: a.loseSession,
	}
	c := &mastodon.Connector{Client: client, Media: a.store.OpenMedia}
	n.connectors[social.Mastodon], n.inboxes[social.Mastodon], n.gauges[social.Mastodon] = c, c, c
	n.listeners[social.Mastodon], n.limiters[social.Mastodon] = c, c
	n.entrances[social.Mastodon] = mastodonEntrance{client, kept, a.clock}
}

// addBluesky adds Bluesky. The salt of its record keys is made once and kept with
// the posts that they are made of.
func (a *app) addBluesky(ctx context.Context, n networks, seal *storage.Seal) error {
	salt, err := a.store.KeepSetting(ctx, "bluesky_salt", randomWord())
	if err != nil {
		return err
	}
	kept := sessions{a.store, seal}
	client := bluesky.NewClient(a.config.BlueskyURL, a.clock, kept)
	client.OnLost = a.loseSession
	c := &bluesky.Connector{Client: client, Media: a.store.OpenMedia, Salt: salt}
	n.connectors[social.Bluesky], n.inboxes[social.Bluesky], n.gauges[social.Bluesky] = c, c, c
	n.listeners[social.Bluesky] = bluesky.Listener{Connector: c}
	n.entrances[social.Bluesky] = blueskyEntrance{client, kept, a.clock}
	return nil
}

// loseSession records that a network does not let us in any more, also when the
// call that found out is told to end.
func (a *app) loseSession(ctx context.Context, account int64, began time.Time) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := a.store.LoseSession(ctx, account, began); err != nil {
		a.log.ErrorContext(ctx, "recording that an account is lost failed", "account", account, "err", err)
	}
}

// use lets the rooms reach the networks.
func (a *app) use(n networks) {
	answers := answerer{n.inboxes, a.clock}
	a.talk.Hide, a.talk.Entrances = answers.Hide, n.entrances
	a.answer = &scheduler.Answering{Comments: a.store, Answerer: answers, Clock: a.clock, Log: a.log, At: crashPoint}
	a.count = &scheduler.Counting{Figures: a.store, Gauge: gauge{n.gauges, a.clock}, Clock: a.clock, Log: a.log}
	a.publish = &scheduler.Publishing{
		Ledger: a.store, Publisher: publisher{n.connectors, a.clock}, Clock: a.clock, Log: a.log, At: crashPoint,
	}
	a.ask = &scheduler.Asking{Shelf: a.store, Limiter: limiter{n.limiters}, Clock: a.clock, Log: a.log}
	a.listen = &scheduler.Listening{Ears: a.store, Source: listener{n.listeners, a.clock}, Clock: a.clock, Log: a.log, At: crashPoint}
}
