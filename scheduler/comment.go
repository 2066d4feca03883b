package scheduler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/social"
)

// replyPatience is for how long a reply is tried again by itself: a follower who
// is answered much later should be answered by somebody who has looked again.
const replyPatience = time.Hour

// foldPause is the least time between two drawings of a burst's card.
const foldPause = 3 * time.Second

// Comments keeps the comments and the replies to them.
type Comments interface {
	BeginReply(ctx context.Context, reply int64, now time.Time, lease time.Duration) (social.ReplyAttempt, error)
	FinishReply(ctx context.Context, a social.ReplyAttempt, o social.Outcome, now time.Time) error
	FindLater(ctx context.Context, a social.ReplyAttempt, at time.Time) error
	ResumeReplies(ctx context.Context, now time.Time) (int, error)
	GrowFolds(ctx context.Context, now time.Time, pause time.Duration) (int, error)
	ReturnComments(ctx context.Context, now time.Time, n int) (int, error)
	RemindComments(ctx context.Context, now time.Time, n int) (int, error)
	RuledAway(ctx context.Context, id int64) (social.Comment, error)
	EndRuling(ctx context.Context, id int64, done bool, now time.Time) error
}

// An Answerer is the hand that reaches the networks. Answer is the one irreversible
// call; FindAnswer looks what became of one that nobody saw end.
type Answerer interface {
	Answer(ctx context.Context, a social.ReplyAttempt) social.Outcome
	FindAnswer(ctx context.Context, a social.ReplyAttempt) social.Outcome
	// Conceal takes a comment out of sight. It may be repeated: what is gone counts
	// as done, which is the outcome Live.
	Conceal(ctx context.Context, c social.Comment) social.Outcome
}

// Answering brings replies to their networks, and comments back to people.
type Answering struct {
	Comments Comments
	Answerer Answerer
	Clock    clockwork.Clock
	Log      *slog.Logger
	At       func(point string) // named points at which a crash is tried out; does nothing in service
}

// Ticks are the sweeps that comments need.
func (a *Answering) Ticks() []Tick {
	return []Tick{
		{Name: "folds", Every: time.Second, Do: func(ctx context.Context, now time.Time) error {
			_, err := a.Comments.GrowFolds(ctx, now, foldPause)
			return err
		}},
		{Name: "replies", Every: time.Second, Do: func(ctx context.Context, now time.Time) error {
			_, err := a.Comments.ResumeReplies(ctx, now)
			return err
		}},
		{Name: "comments", Every: 2 * time.Second, Do: func(ctx context.Context, now time.Time) error {
			_, back := a.Comments.ReturnComments(ctx, now, claimBatch)
			_, late := a.Comments.RemindComments(ctx, now, claimBatch)
			return errors.Join(back, late)
		}},
	}
}

// Reply is the job that brings one reply to its network: recorded intent, call,
// recorded outcome. A call that somebody else may have made is looked up, never
// repeated.
func (a *Answering) Reply(ctx context.Context, args json.RawMessage) error {
	var job struct {
		Reply int64 `json:"reply"`
	}
	if err := json.Unmarshal(args, &job); err != nil {
		return fmt.Errorf("reading a reply job: %w", err)
	}
	a.At("answer_taken")
	try, err := a.Comments.BeginReply(ctx, job.Reply, a.Clock.Now(), Lease)
	switch {
	case errors.Is(err, social.ErrNotDue) || errors.Is(err, social.ErrNotFound):
		return nil
	case errors.Is(err, social.ErrLeased):
		return Snooze(Lease / 3)
	case err != nil:
		return err
	}
	a.At("answer_claimed")
	callCtx, cancel := context.WithTimeout(ctx, Lease-callMargin)
	defer cancel()
	o := a.answer(callCtx, &try)
	a.At("answered_not_recorded")
	// The outcome is recorded even when the program is told to stop meanwhile.
	o = a.patient(try, o)
	if o.State == social.Unknown && !o.Retry.IsZero() {
		err = a.Comments.FindLater(context.WithoutCancel(ctx), try, o.Retry)
	} else {
		err = a.Comments.FinishReply(context.WithoutCancel(ctx), try, o, a.Clock.Now())
	}
	a.At("answer_recorded")
	return err
}

// answer makes the call, or looks what became of it. What nobody knows is looked for
// at once.
func (a *Answering) answer(ctx context.Context, try *social.ReplyAttempt) social.Outcome {
	if try.Sent {
		return a.Answerer.FindAnswer(ctx, *try)
	}
	try.SentAt = a.Clock.Now()
	o := a.Answerer.Answer(ctx, *try)
	if o.State != social.Unknown {
		return o
	}
	if ctx.Err() != nil {
		short, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTime)
		defer cancel()
		ctx = short
	}
	if found := a.Answerer.FindAnswer(ctx, *try); found.State != social.Unknown || !found.Retry.IsZero() {
		return found
	}
	return o
}

// patient puts the next try off by how many there have been, and ends the trying
// in time.
func (a *Answering) patient(try social.ReplyAttempt, o social.Outcome) social.Outcome {
	now := a.Clock.Now()
	if o.State == social.Unknown && now.Sub(try.SentAt) > lookPatience {
		o.Retry = time.Time{}
	}
	if o.State != social.Waiting {
		return o
	}
	if now.Sub(try.Reply.At) > replyPatience {
		o.State, o.Code = social.Rejected, "gave_up"
		return o
	}
	if soonest := now.Add(social.Backoff(max(try.Reply.Tries-1, 0))); o.Retry.Before(soonest) {
		o.Retry = soonest
	}
	return o
}

// Hide is the job that takes a comment away which a rule of its brand wants to be
// gone. Where the network does not let it, people hear of the comment instead.
func (a *Answering) Hide(ctx context.Context, args json.RawMessage) error {
	var job struct {
		Comment int64 `json:"comment"`
	}
	if err := json.Unmarshal(args, &job); err != nil {
		return fmt.Errorf("reading a hide job: %w", err)
	}
	c, err := a.Comments.RuledAway(ctx, job.Comment)
	switch {
	case errors.Is(err, social.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	o, now := a.Answerer.Conceal(ctx, c), a.Clock.Now()
	if o.State == social.Waiting && now.Sub(c.Ruled.At) < replyPatience {
		return Snooze(min(max(o.Retry.Sub(now), time.Second), time.Minute))
	}
	if o.State != social.Live {
		a.Log.WarnContext(ctx, "a rule could not take a comment away", "comment", c.ID, "code", o.Code, "detail", o.Detail)
	}
	return a.Comments.EndRuling(context.WithoutCancel(ctx), c.ID, o.State == social.Live, now)
}
