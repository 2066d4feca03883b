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

// Lease is how long a worker owns a delivery. The call to the platform must have
// ended callMargin before that, so that whoever takes over finds it ended.
const (
	Lease      = 50 * time.Second
	callMargin = 10 * time.Second
)

// giveUp is how long after its slot, or after somebody has let it go out later, a post is
// still tried again by itself.
const giveUp = 24 * time.Hour

// claimBatch is how many posts one tick takes.
const claimBatch = 200

// A Ledger keeps deliveries and their attempts.
type Ledger interface {
	ClaimDue(ctx context.Context, now time.Time, n int) (int, error)
	ExpireDue(ctx context.Context, now time.Time, n int) (int, error)
	Resume(ctx context.Context, now time.Time) (int, error)
	Requeue(ctx context.Context, now time.Time, patience time.Duration) (int, error)
	BeginAttempt(ctx context.Context, delivery int64, now time.Time, lease time.Duration) (social.Attempt, error)
	MarkSent(ctx context.Context, a social.Attempt, now time.Time) error
	FinishAttempt(ctx context.Context, a social.Attempt, o social.Outcome, now time.Time) error
	LookLater(ctx context.Context, a social.Attempt, at time.Time) error
	Others(ctx context.Context, a social.Attempt) ([]string, error)
}

// A Publisher is the hand that reaches the platforms. Prepare may be repeated and
// fails with an outcome; Commit is the one irreversible call; Reconcile looks
// what became of a Commit that nobody saw end.
type Publisher interface {
	Prepare(ctx context.Context, a social.Attempt) (stage json.RawMessage, failed *social.Outcome)
	Commit(ctx context.Context, a social.Attempt, stage json.RawMessage) social.Outcome
	Reconcile(ctx context.Context, a social.Attempt) social.Outcome
}

// Publishing brings due posts to their platforms.
type Publishing struct {
	Ledger    Ledger
	Publisher Publisher
	Clock     clockwork.Clock
	Log       *slog.Logger
	At        func(point string) // named points at which a crash is tried out; does nothing in service
}

// Ticks are the sweeps that publishing needs.
func (p *Publishing) Ticks() []Tick {
	return []Tick{
		{Name: "expire", Every: 500 * time.Millisecond, Do: p.all(p.Ledger.ExpireDue)},
		{Name: "claim", Every: 500 * time.Millisecond, Do: p.all(p.Ledger.ClaimDue)},
		{Name: "resume", Every: time.Second, Do: func(ctx context.Context, now time.Time) error {
			_, err := p.Ledger.Resume(ctx, now)
			return err
		}},
		{Name: "watchdog", Every: 3 * time.Second, Do: p.watch},
	}
}

// all repeats a sweep until it comes back with less than a full batch.
func (p *Publishing) all(sweep func(context.Context, time.Time, int) (int, error)) func(context.Context, time.Time) error {
	return func(ctx context.Context, now time.Time) error {
		for {
			n, err := sweep(ctx, now, claimBatch)
			if err != nil || n < claimBatch {
				return err
			}
		}
	}
}

// watch finds work whose job was lost.
func (p *Publishing) watch(ctx context.Context, now time.Time) error {
	n, err := p.Ledger.Requeue(ctx, now, 30*time.Second)
	if n > 0 {
		p.Log.WarnContext(ctx, "work without a worker was queued again", "count", n)
	}
	return err
}

// Publish is the job that brings one delivery to its platform: claim, recorded
// intent, call, recorded outcome. An attempt that somebody else left open after
// its call may have been made is looked up, never repeated.
func (p *Publishing) Publish(ctx context.Context, args json.RawMessage) error {
	var job struct {
		Delivery int64 `json:"delivery"`
	}
	if err := json.Unmarshal(args, &job); err != nil {
		return fmt.Errorf("reading a publish job: %w", err)
	}
	p.at("taken")
	a, err := p.Ledger.BeginAttempt(ctx, job.Delivery, p.Clock.Now(), Lease)
	switch {
	case errors.Is(err, social.ErrNotDue) || errors.Is(err, social.ErrNotFound):
		return nil
	case errors.Is(err, social.ErrLeased):
		return Snooze(Lease / 3)
	case err != nil:
		return err
	}
	p.at("claimed")
	callCtx, cancel := context.WithTimeout(ctx, Lease-callMargin)
	defer cancel()
	outcome, ours, err := p.attempt(callCtx, &a)
	if err != nil || !ours {
		return err
	}
	p.at("reply_not_recorded")
	// The outcome is recorded even when the program is told to stop meanwhile.
	err = p.finish(context.WithoutCancel(ctx), a, p.patient(a, outcome))
	p.at("recorded")
	return err
}

// attempt makes the call, unless the lease was lost before it.
func (p *Publishing) attempt(ctx context.Context, a *social.Attempt) (o social.Outcome, ours bool, err error) {
	if a.Sent {
		return p.look(ctx, *a), true, nil
	}
	stage, failed := p.Publisher.Prepare(ctx, *a)
	if failed != nil {
		return *failed, true, nil
	}
	p.at("media_uploaded")
	err = p.Ledger.MarkSent(ctx, *a, p.Clock.Now())
	if errors.Is(err, social.ErrNotOurs) {
		p.Log.WarnContext(ctx, "an attempt was overtaken before its call", "delivery", a.Delivery.ID, "attempt", a.N)
		return o, false, nil
	}
	if err != nil {
		return o, false, err
	}
	p.at("before_call")
	a.SentAt = p.Clock.Now()
	o = p.Publisher.Commit(ctx, *a, stage)
	p.at("request_sent_no_reply")
	if o.State != social.Unknown {
		return o, true, nil
	}
	if found := p.look(ctx, *a); found.State != social.Unknown || !found.Retry.IsZero() {
		return found, true, nil
	}
	return o, true, nil
}

// lookTime is how long a look may take that follows a call at once: lease and call
// end that far from each other.
const lookTime = 5 * time.Second

// look asks the platform what became of a call. The time of the call itself may be
// over by then.
func (p *Publishing) look(ctx context.Context, a social.Attempt) social.Outcome {
	if ctx.Err() != nil {
		short, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTime)
		defer cancel()
		ctx = short
	}
	others, err := p.Ledger.Others(ctx, a)
	if err != nil {
		p.Log.ErrorContext(ctx, "reading what else is on an account failed", "delivery", a.Delivery.ID, "err", err)
		return social.Outcome{State: social.Unknown, Code: social.CodeNoAnswer, Detail: err.Error(), Retry: p.Clock.Now().Add(Lease)}
	}
	a.Others = others
	return p.Publisher.Reconcile(ctx, a)
}

// lookPatience is for how long a call is looked for before a person is asked.
const lookPatience = 15 * time.Minute

// finish records what came of an attempt, or when it is looked for again.
func (p *Publishing) finish(ctx context.Context, a social.Attempt, o social.Outcome) error {
	if o.State == social.Unknown && !o.Retry.IsZero() {
		return p.Ledger.LookLater(ctx, a, o.Retry)
	}
	return p.Ledger.FinishAttempt(ctx, a, o, p.Clock.Now())
}

// patient puts the next try off by how many there have been, and ends the trying
// a day after the post was due, or was let go.
func (p *Publishing) patient(a social.Attempt, o social.Outcome) social.Outcome {
	now := p.Clock.Now()
	if o = o.Stall(a.Account); o.Code == social.CodeAccountLost {
		return o
	}
	if o.State == social.Unknown && now.Sub(a.SentAt) > lookPatience {
		o.Retry = time.Time{}
	}
	if o.State != social.Waiting {
		return o
	}
	if now.Sub(a.Since) > giveUp {
		o.State, o.Code = social.Rejected, social.CodeGaveUp
		return o
	}
	if soonest := now.Add(social.Backoff(a.N - 1)); o.Retry.Before(soonest) {
		o.Retry = soonest
	}
	return o
}

func (p *Publishing) at(point string) {
	if p.At != nil {
		p.At(point)
	}
}
