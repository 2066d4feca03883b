package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jonboulle/clockwork"

	"peyk/bot"
	"peyk/platforms"
	"peyk/platforms/telegram"
	"peyk/social"
)

// publisher lets the scheduler reach the platforms.
type publisher struct {
	connectors platforms.Registry
	clock      clockwork.Clock
}

// intent is an attempt in the words of the platforms. Its key is the same for
// every try at one version on one account.
func intent(a social.Attempt, stage json.RawMessage) platforms.Intent {
	return platforms.Intent{
		Key:     fmt.Sprintf("post-%d-%d-v%d", a.Post, a.Account.ID, a.Delivery.Version),
		Account: a.Account, Variant: a.Variant, Stage: stage, Attempt: a.N,
	}
}

// connector is the platform's own one, or the hand of a person.
func (p publisher) connector(a social.Attempt) (platforms.Connector, error) {
	if a.Account.Lost {
		return nil, &platforms.AccountLost{Detail: "the account was removed from its brand, or the bot from it"}
	}
	name := a.Account.Platform
	if a.Account.ByHand {
		name = byHand
	}
	c, ok := p.connectors[name]
	if !ok {
		return nil, &platforms.AccountLost{Detail: "no connector for " + string(name)}
	}
	return c, nil
}

// byHand is the registry's name of the connector that hands posts to a person.
const byHand social.Platform = "by_hand"

// Prepare does what can be repeated.
func (p publisher) Prepare(ctx context.Context, a social.Attempt) (json.RawMessage, *social.Outcome) {
	c, err := p.connector(a)
	if err == nil {
		var stage platforms.Stage
		if stage, err = c.Prepare(ctx, intent(a, nil)); err == nil {
			return stage, nil
		}
	}
	o := platforms.PrepareOutcome(err, p.clock.Now())
	return nil, &o
}

// Commit makes the one irreversible call.
func (p publisher) Commit(ctx context.Context, a social.Attempt, stage json.RawMessage) social.Outcome {
	c, err := p.connector(a)
	if err != nil {
		return platforms.PrepareOutcome(err, p.clock.Now())
	}
	published, err := c.Commit(ctx, intent(a, stage))
	return platforms.OutcomeOf(published, err, p.clock.Now())
}

// Reconcile looks what became of a call that nobody saw end.
func (p publisher) Reconcile(ctx context.Context, a social.Attempt) social.Outcome {
	c, err := p.connector(a)
	if err != nil {
		return platforms.FindingOutcome(platforms.Finding{Verdict: platforms.Unsure}, err, p.clock.Now())
	}
	in := intent(a, nil)
	in.Sent, in.Others = a.SentAt, a.Others
	finding, err := c.Reconcile(ctx, in)
	return platforms.FindingOutcome(finding, err, p.clock.Now())
}

// channelClient lets the Telegram connector use the bot. Whatever it sends keeps the
// pace of all other messages; what it only asks need not.
type channelClient struct {
	client *bot.Client
	sender *bot.Sender
}

func (c channelClient) make(ctx context.Context, method string, params map[string]any, files []bot.File) (json.RawMessage, error) {
	if strings.HasPrefix(method, "get") {
		return c.client.Upload(ctx, method, params, files)
	}
	chat, named := params["chat_id"].(int64)
	if !named {
		chat = 0 // a channel by its name: it keeps the pace over all chats
	}
	cost := 1
	if album, ok := params["media"].([]map[string]any); ok {
		cost = len(album)
	}
	return c.sender.Pass(ctx, bot.Cards, chat, cost, bot.Passing{Method: method, Params: params, Files: files})
}

// Call sends one request and tells failures in the connector's words.
func (c channelClient) Call(ctx context.Context, method string, params map[string]any, files []telegram.File) (json.RawMessage, error) {
	parts := make([]bot.File, len(files))
	for i, f := range files {
		parts[i] = bot.File(f)
	}
	result, err := c.make(ctx, method, params, parts)
	var failed *bot.Error
	if errors.As(err, &failed) {
		return nil, telegram.Failure{
			Code: failed.Code, Description: failed.Description, RetryAfter: failed.RetryAfter,
			MigrateTo: failed.MigrateTo, Maybe: failed.Maybe,
		}
	}
	return result, err
}
