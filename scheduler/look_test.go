package scheduler_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/scheduler"
	"peyk/social"
)

// A book is a ledger of one delivery.
type book struct {
	scheduler.Ledger
	scheduler.Comments
	attempt social.Attempt
	reply   social.ReplyAttempt
	clock   clockwork.Clock
	ended   []social.Outcome
	later   []time.Time
}

func (b *book) BeginAttempt(context.Context, int64, time.Time, time.Duration) (social.Attempt, error) {
	return b.attempt, nil
}

func (b *book) MarkSent(context.Context, social.Attempt, time.Time) error { return nil }

func (b *book) Others(_ context.Context, a social.Attempt) ([]string, error) {
	return []string{"another", a.SentAt.Format(time.TimeOnly)}, nil
}

func (b *book) FinishAttempt(_ context.Context, _ social.Attempt, o social.Outcome, _ time.Time) error {
	b.ended = append(b.ended, o)
	return nil
}

func (b *book) LookLater(_ context.Context, a social.Attempt, at time.Time) error {
	b.later = append(b.later, at)
	b.attempt.Sent, b.attempt.SentAt = true, a.SentAt
	return nil
}

func (b *book) BeginReply(context.Context, int64, time.Time, time.Duration) (social.ReplyAttempt, error) {
	return b.reply, nil
}

func (b *book) FinishReply(_ context.Context, _ social.ReplyAttempt, o social.Outcome, _ time.Time) error {
	b.ended = append(b.ended, o)
	return nil
}

func (b *book) FindLater(_ context.Context, a social.ReplyAttempt, at time.Time) error {
	b.later = append(b.later, at)
	b.reply.Sent, b.reply.SentAt = true, a.SentAt
	return nil
}

// A wire is a network whose answer is lost, and on which looks find what they find.
type wire struct {
	scheduler.Answerer
	calls int
	looks []social.Outcome
	asked []social.Attempt
}

func (w *wire) Prepare(context.Context, social.Attempt) (json.RawMessage, *social.Outcome) {
	return nil, nil
}

func (w *wire) lose() social.Outcome {
	w.calls++
	return social.Outcome{State: social.Unknown, Code: "no_answer", Detail: "lost"}
}

func (w *wire) Commit(context.Context, social.Attempt, json.RawMessage) social.Outcome {
	return w.lose()
}

func (w *wire) Answer(context.Context, social.ReplyAttempt) social.Outcome { return w.lose() }

func (w *wire) look() social.Outcome {
	o := w.looks[0]
	w.looks = w.looks[1:]
	return o
}

func (w *wire) Reconcile(_ context.Context, a social.Attempt) social.Outcome {
	w.asked = append(w.asked, a)
	return w.look()
}

func (w *wire) FindAnswer(context.Context, social.ReplyAttempt) social.Outcome { return w.look() }

// What becomes of a call whose answer was lost: it is made once, looked for at once and
// later, for a quarter of an hour, and a person is asked only when nobody else knows.
func TestLooks(t *testing.T) {
	live, gone := social.Outcome{State: social.Live, Remote: "7"}, social.Outcome{State: social.Waiting, Code: "unreachable"}
	early := social.Outcome{State: social.Unknown, Code: "no_answer", Retry: monday.Add(20 * time.Second)}
	unsure := social.Outcome{State: social.Unknown, Code: "no_answer"}
	for name, c := range map[string]struct {
		looks []social.Outcome
		pause time.Duration // between two looks
		want  social.DeliveryState
		later int
	}{
		"found at once":              {[]social.Outcome{live}, 0, social.Live, 0},
		"provably not there":         {[]social.Outcome{gone}, 0, social.Waiting, 0},
		"nobody can tell":            {[]social.Outcome{unsure}, 0, social.Unknown, 0},
		"found later":                {[]social.Outcome{early, early, live}, time.Minute, social.Live, 2},
		"not there in the end":       {[]social.Outcome{early, gone}, time.Minute, social.Waiting, 1},
		"nobody can tell in the end": {[]social.Outcome{early, unsure}, time.Minute, social.Unknown, 1},
		"looked for in vain":         {[]social.Outcome{early, early, early}, 8 * time.Minute, social.Unknown, 2},
	} {
		for kind, play := range map[string]func(*book, *wire) func() error{
			"post": func(b *book, w *wire) func() error {
				p := &scheduler.Publishing{Ledger: b, Publisher: w, Clock: b.clock, Log: quiet()}
				return func() error { return p.Publish(t.Context(), json.RawMessage(`{"delivery":1}`)) }
			},
			"reply": func(b *book, w *wire) func() error {
				a := &scheduler.Answering{Comments: b, Answerer: w, Clock: b.clock, Log: quiet(), At: func(string) {}}
				return func() error { return a.Reply(t.Context(), json.RawMessage(`{"reply":1}`)) }
			},
		} {
			clock := clockwork.NewFakeClockAt(monday)
			b, w := &book{clock: clock}, &wire{looks: c.looks}
			b.attempt.N, b.attempt.Since, b.reply.Reply.At = 1, monday, monday
			job := play(b, w)
			for len(b.ended) == 0 {
				if err := job(); err != nil {
					t.Fatal(err)
				}
				clock.Advance(c.pause)
			}
			if w.calls != 1 || b.ended[0].State != c.want || len(b.later) != c.later {
				t.Errorf("%s, a %s: %d calls, %+v, put off %d times", name, kind, w.calls, b.ended, len(b.later))
			}
			for _, a := range w.asked {
				if !slices.Equal(a.Others, []string{"another", "09:00:00"}) || !a.SentAt.Equal(monday) {
					t.Errorf("%s: looked for %+v", name, a)
				}
			}
		}
	}
}

// What cannot be reached is tried for a day from when it was let go, however old its
// slot is.
func TestGivingUp(t *testing.T) {
	gone := social.Outcome{State: social.Waiting, Code: "unreachable"}
	for name, c := range map[string]struct {
		since time.Duration
		want  social.DeliveryState
	}{
		"just let go":  {time.Minute, social.Waiting},
		"nearly a day": {24*time.Hour - time.Minute, social.Waiting},
		"a day":        {24*time.Hour + time.Minute, social.Rejected},
	} {
		clock := clockwork.NewFakeClockAt(monday)
		b, w := &book{clock: clock}, &wire{looks: []social.Outcome{gone}}
		b.attempt = social.Attempt{N: 1, Slot: monday.AddDate(0, 0, -3), Since: monday.Add(-c.since)}
		p := &scheduler.Publishing{Ledger: b, Publisher: w, Clock: clock, Log: quiet()}
		if err := p.Publish(t.Context(), json.RawMessage(`{"delivery":1}`)); err != nil {
			t.Fatal(err)
		}
		if o := b.ended[0]; o.State != c.want || o.State == social.Rejected && o.Code != social.CodeGaveUp {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
