package storage_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"peyk/social"
)

// A call that is looked for again later is nobody's until then, is taken up by whoever
// comes first, and is never made a second time.
func TestLookLater(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	_, delivery := l.due(t)
	a := l.begin(t, delivery)
	check(t, l.MarkSent(t.Context(), a, l.now))
	sent, later := l.now, l.now.Add(time.Minute)
	check(t, l.LookLater(t.Context(), a, later))
	for at, want := range map[time.Duration]int{30 * time.Second: 0, 70 * time.Second: 1} {
		l.now = sent.Add(at)
		if n, err := l.Requeue(t.Context(), l.now, 30*time.Second); err != nil || n != 0 {
			t.Errorf("after %s the watchdog takes %d for lost, %v", at, n, err)
		}
		if want == 0 {
			if _, err := l.BeginAttempt(t.Context(), delivery, l.now, lease); !errors.Is(err, social.ErrLeased) {
				t.Errorf("after %s: %v", at, err)
			}
		}
	}
	l.now = later
	if n, err := l.Resume(t.Context(), l.now); err != nil || n != 1 {
		t.Errorf("%d are taken up again, %v", n, err)
	}
	if n, _ := l.Resume(t.Context(), l.now); n != 0 {
		t.Errorf("%d are taken up twice", n)
	}
	again := l.begin(t, delivery)
	if !again.Sent || again.ID != a.ID || !again.SentAt.Equal(sent) {
		t.Errorf("%+v, want the attempt %d, sent at %s", again, a.ID, sent)
	}
	check(t, l.FinishAttempt(t.Context(), again, social.Outcome{State: social.Live, Remote: "7"}, l.now))
	check(t, l.LookLater(t.Context(), again, l.now.Add(time.Hour)))
	if d := l.number(t, `SELECT count(*) FROM deliveries WHERE id = $1 AND state = 'live' AND due_at < $2`, delivery, later.Add(time.Second)); d != 1 {
		t.Error("what has ended was put off")
	}
}

// The other posts on an account are known to whoever looks for one, and what went out
// long before is not among them.
func TestOthers(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	for i, remote := range []string{"old", "near"} {
		_, delivery := l.due(t)
		a := l.begin(t, delivery)
		check(t, l.MarkSent(t.Context(), a, l.now))
		check(t, l.FinishAttempt(t.Context(), a, social.Outcome{State: social.Live, Remote: remote}, l.now))
		if i == 0 {
			_, err := l.db.ExecContext(t.Context(), `UPDATE deliveries SET live_at = live_at - interval '2 hours' WHERE id = $1`, delivery)
			check(t, err)
		}
		l.now = dusk.Add(-time.Hour)
	}
	_, delivery := l.due(t)
	a := l.begin(t, delivery)
	a.SentAt = l.now
	others, err := l.Others(t.Context(), a)
	if err != nil || !slices.Equal(others, []string{"near"}) {
		t.Errorf("%q, %v", others, err)
	}
}
