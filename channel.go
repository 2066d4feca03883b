package main

import (
	"context"

	"peyk/bot"
	"peyk/social"
)

// lookAtChannels asks Telegram for the bot's place in the channel of every brand, when
// the word of a change may have been lost: people hear of a lost right now, and not when
// the next post is due (U16).
func (a *app) lookAtChannels(ctx context.Context) {
	list, err := a.store.UsedChannels(ctx)
	if err != nil {
		a.log.WarnContext(ctx, "the bot's place in its channels could not be looked up", "err", err)
		return
	}
	for _, c := range list {
		if err := a.lookAtChannel(ctx, c); err != nil && ctx.Err() == nil {
			a.log.WarnContext(ctx, "the bot's place in a channel could not be looked up", "chat", c.Chat, "err", err)
		}
	}
}

func (a *app) lookAtChannel(ctx context.Context, c social.Channel) error {
	m, err := a.client.Member(ctx, c.Chat, a.client.ID())
	switch {
	case bot.IsBlocked(err):
		c.Present = false
	case err != nil:
		return err
	default:
		c.Present, c.Missing = m.In(), a.talk.Rights(m)
	}
	_, err = a.store.SaveChannel(ctx, c)
	return err
}
