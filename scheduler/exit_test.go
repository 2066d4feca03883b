package scheduler_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/scheduler"
	"peyk/social"
)

// A gate is a network that takes back what let us in, or does not.
type gate struct {
	exit    social.Exit
	answers social.Outcome
	asked   int
	ended   []social.Outcome
	by      int64
}

func (g *gate) Exit(_ context.Context, id int64) (social.Exit, error) {
	if id != g.exit.Account.ID {
		return social.Exit{}, social.ErrNotFound
	}
	return g.exit, nil
}

func (g *gate) Leave(context.Context, social.Exit) social.Outcome { g.asked++; return g.answers }

func (g *gate) EndExit(_ context.Context, e social.Exit, o social.Outcome) error {
	g.ended, g.by = append(g.ended, o), e.By
	return nil
}

// What let us in is given back once; a network that cannot be reached is asked again for
// an hour, and one that refuses is not.
func TestLeaving(t *testing.T) {
	away := social.Outcome{State: social.Waiting, Code: "unreachable"}
	for name, c := range map[string]struct {
		account int64
		answers social.Outcome
		after   time.Duration
		asked   int
		again   bool
		ended   social.DeliveryState
	}{
		"taken back":        {1, social.Outcome{State: social.Live}, 0, 1, false, social.Live},
		"refused":           {1, social.Outcome{State: social.Rejected, Code: "bad_instance"}, 0, 1, false, social.Rejected},
		"away":              {1, away, 0, 1, true, ""},
		"away for long":     {1, away, 59 * time.Minute, 1, true, ""},
		"away for too long": {1, away, time.Hour, 1, false, social.Waiting},
		"nothing is left":   {2, away, 0, 0, false, ""},
	} {
		clock := clockwork.NewFakeClockAt(monday)
		g := &gate{exit: social.Exit{Account: social.Account{ID: 1}, Since: monday.Add(-c.after)}, answers: c.answers}
		args, _ := json.Marshal(map[string]int64{"account": c.account, "person": 7})
		err := scheduler.Leaving(g, g, clock)(t.Context(), args)
		if scheduler.IsSnooze(err) != c.again || err != nil && !c.again || g.asked != c.asked {
			t.Errorf("%s: %v, asked %d times", name, err, g.asked)
		}
		if (c.ended == "") != (len(g.ended) == 0) || c.ended != "" && (g.ended[0].State != c.ended || g.by != 7) {
			t.Errorf("%s: it ended as %+v, by %d", name, g.ended, g.by)
		}
	}
}
