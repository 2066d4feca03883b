package storage_test

import (
	"slices"
	"testing"
	"time"

	"peyk/social"
)

// The threads of recent posts are swept with the first round, and then once in a
// while; a round that failed sweeps nothing and is no sweep.
func TestEarsName(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	ctx, s := t.Context(), w.store
	a, _, err := s.SignIn(ctx, w.ours.owner.ID, sky(w.ours, "did:plc:cafe"), "x")
	check(t, err)
	p, err := s.AddPost(ctx, w.ours.owner.ID, social.Post{Brand: w.ours.brand, Slot: dusk.Add(time.Hour), Content: social.Content{
		Text: social.Text{Plain: "The menu"}, Targets: []social.Target{{Account: a.ID}},
	}})
	check(t, err)
	w.ours.approve(t, s, p.ID)
	s.Now = func() time.Time { return dusk.Add(time.Hour) }
	_, err = s.ClaimDue(ctx, s.Now(), 10)
	check(t, err)
	p, _, err = s.Post(ctx, w.ours.owner.ID, p.ID)
	check(t, err)
	try, err := s.BeginAttempt(ctx, p.Deliveries[0].ID, s.Now(), time.Minute)
	check(t, err)
	check(t, s.MarkSent(ctx, try, s.Now()))
	check(t, s.FinishAttempt(ctx, try, social.Outcome{State: social.Live, Remote: "at://menu"}, s.Now()))

	e := w.ear(t, a.ID)
	if !e.Sweep || !slices.Equal(e.Threads, []string{"at://menu"}) {
		t.Errorf("the first round: %+v", e)
	}
	e.Sweep, e.Tries, e.Cursor = false, 1, "here"
	check(t, s.EndListening(ctx, e, s.Now()))
	if e = w.ear(t, a.ID); !e.Sweep || e.Tries != 1 || e.Cursor != "here" {
		t.Errorf("after one that failed: %+v", e)
	}
	check(t, s.EndListening(ctx, e, s.Now()))
	if e = w.ear(t, a.ID); e.Sweep || e.Threads != nil {
		t.Errorf("after a whole one: %+v", e)
	}
	later := dusk.Add(time.Hour + social.SweepLife)
	s.Now = func() time.Time { return later }
	check(t, s.EndListening(ctx, e, s.Now()))
	if e = w.ear(t, a.ID); !e.Sweep || e.Threads != nil {
		t.Errorf("when the post is old: %+v", e)
	}
}

// ear claims the ear of an account; nobody else can claim it then.
func (w *wall) ear(t *testing.T, account int64) social.Ear {
	t.Helper()
	now := w.store.Now()
	claim := func() []social.Ear {
		ears, err := w.store.EarsDue(t.Context(), now, now.Add(time.Minute), []social.Platform{social.Bluesky}, 10)
		check(t, err)
		return slices.DeleteFunc(ears, func(e social.Ear) bool { return e.Account.ID != account })
	}
	ears := claim()
	if len(ears) != 1 || len(claim()) != 0 {
		t.Fatalf("claimed %+v", ears)
	}
	return ears[0]
}
