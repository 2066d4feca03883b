package main

import (
	"context"
	"fmt"

	"github.com/jonboulle/clockwork"

	"peyk/platforms"
	"peyk/social"
)

// answerer lets the scheduler and the handlers reach the networks' comments.
type answerer struct {
	inboxes platforms.Inboxes
	clock   clockwork.Clock
}

func (a answerer) inbox(c social.Comment) (platforms.Inbox, error) {
	name := c.Account.Platform
	if c.Account.ByHand {
		name = byHand
	}
	in, ok := a.inboxes[name]
	if !ok || c.Account.Lost {
		return nil, &platforms.AccountLost{Detail: "no inbox of " + string(c.Account.Platform)}
	}
	return in, nil
}

func answerOf(try social.ReplyAttempt) platforms.Answer {
	return platforms.Answer{Key: fmt.Sprintf("reply-%d", try.Reply.ID), Comment: try.Comment, Reply: try.Reply, Sent: try.SentAt}
}

// Answer makes the one irreversible call.
func (a answerer) Answer(ctx context.Context, try social.ReplyAttempt) social.Outcome {
	in, err := a.inbox(try.Comment)
	if err != nil {
		return platforms.PrepareOutcome(err, a.clock.Now())
	}
	published, err := in.Answer(ctx, answerOf(try))
	return platforms.OutcomeOf(published, err, a.clock.Now())
}

// FindAnswer looks what became of a call that nobody saw end.
func (a answerer) FindAnswer(ctx context.Context, try social.ReplyAttempt) social.Outcome {
	in, err := a.inbox(try.Comment)
	if err != nil {
		return platforms.FindingOutcome(platforms.Finding{Verdict: platforms.Unsure}, err, a.clock.Now())
	}
	finding, err := in.FindAnswer(ctx, answerOf(try))
	return platforms.FindingOutcome(finding, err, a.clock.Now())
}

// Hide takes a comment out of everybody's sight.
func (a answerer) Hide(ctx context.Context, c social.Comment) error {
	in, err := a.inbox(c)
	if err != nil {
		return err
	}
	return in.Hide(ctx, c)
}

// Conceal is Hide for the scheduler: it says whether another try is worth it.
func (a answerer) Conceal(ctx context.Context, c social.Comment) social.Outcome {
	if err := a.Hide(ctx, c); err != nil {
		return platforms.PrepareOutcome(err, a.clock.Now())
	}
	return social.Outcome{State: social.Live}
}
