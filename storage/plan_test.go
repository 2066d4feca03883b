package storage_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"peyk/social"
	"peyk/storage"
)

// agreed is a plan of the owner's that is under way.
func (l *ledger) agreed(t *testing.T) social.ActionPlan {
	t.Helper()
	p, err := l.BeginPlan(t.Context(), l.owner.ID, l.brand.ID, false, "")
	check(t, err)
	p, err = l.AgreePlan(t.Context(), l.owner.ID, p.ID)
	check(t, err)
	return p
}

// People are asked about a plan once, by however many processes.
func TestPlanIsAskedOnce(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	other, err := storage.Open(t.Context(), l.dsn, t.TempDir())
	check(t, err)
	t.Cleanup(func() { _ = other.Close() })
	p := l.agreed(t)
	if n, err := l.PlansDue(t.Context(), p.Due.Add(-time.Second), 10); err != nil || n != 0 {
		t.Fatalf("before its day: %d, %v", n, err)
	}
	var asked atomic.Int64
	var all sync.WaitGroup
	for n := range 8 {
		s := []*storage.Store{l.Store, other}[n%2]
		all.Go(func() {
			n, err := s.PlansDue(context.WithoutCancel(t.Context()), p.Due, 10)
			if err != nil {
				t.Error(err)
			}
			asked.Add(int64(n))
		})
	}
	all.Wait()
	if n := l.count(t, `SELECT count(*) FROM events WHERE kind = 'plan.due'`); asked.Load() != 1 || n != 1 {
		t.Errorf("asked %d times, %d events", asked.Load(), n)
	}
}

// Of two who make a plan of one fall at once, one does.
func TestOnePlanOfAFall(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	_, err := l.db.ExecContext(t.Context(), `
		INSERT INTO drops (brand_id, week, fall, opened_at) VALUES ($1, '2026-11-16', '{"metric": "rate", "week": "2026-11-16", "was": 5, "now": 2, "actions": [{"code": "best"}]}', now())`, l.brand.ID)
	check(t, err)
	second := enter(t, l.Store, 4712, "Second")
	i := invited(t, l.Store, l.owner.ID, second.ID, l.brand.ID, social.Manager)
	_, err = l.DecideInvitation(t.Context(), l.owner.ID, i.ID, true)
	check(t, err)
	var drafts []social.ActionPlan
	for _, who := range []int64{l.owner.ID, second.ID} {
		p, err := l.BeginPlan(t.Context(), who, l.brand.ID, true, "2026-11-16")
		check(t, err)
		drafts = append(drafts, p)
	}
	var made, refused atomic.Int64
	var all sync.WaitGroup
	for n, who := range []int64{l.owner.ID, second.ID} {
		all.Go(func() {
			_, err := l.AgreePlan(context.WithoutCancel(t.Context()), who, drafts[n].ID)
			switch {
			case err == nil:
				made.Add(1)
			case errors.Is(err, social.ErrPlanned):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if made.Load() != 1 || refused.Load() != 1 {
		t.Errorf("%d made, %d refused", made.Load(), refused.Load())
	}
	p, err := l.BeginPlan(t.Context(), l.owner.ID, l.brand.ID, true, "2026-11-16")
	if check(t, err); p.State != social.PlanOpen {
		t.Errorf("another one is begun: %s", p.State)
	}
	if _, err := l.BeginPlan(t.Context(), l.owner.ID, l.brand.ID, true, "2026-11-09"); !errors.Is(err, social.ErrOutdated) {
		t.Errorf("a fall that was none: %v", err)
	}
}

// A plan is handed over when its owner has his data deleted, and keeps no name of his.
func TestPlansAreHandedOver(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	second := enter(t, l.Store, 4712, "Second")
	i := invited(t, l.Store, l.owner.ID, second.ID, l.brand.ID, social.Manager)
	_, err := l.DecideInvitation(t.Context(), l.owner.ID, i.ID, true)
	check(t, err)
	p := l.agreed(t)
	_, err = l.GivePlan(t.Context(), l.owner.ID, p.ID, second.ID)
	check(t, err)
	draft, err := l.BeginPlan(t.Context(), second.ID, l.brand.ID, false, "")
	check(t, err)
	_, err = l.Depart(t.Context(), second.ID)
	check(t, err)
	p, _, err = l.ActionPlan(t.Context(), l.owner.ID, p.ID)
	if check(t, err); p.Owner.ID != l.owner.ID || p.State != social.PlanOpen {
		t.Errorf("it is %s and of %d", p.State, p.Owner.ID)
	}
	if n := l.count(t, `SELECT count(*) FROM events WHERE kind = 'plan.handed'`); n != 1 {
		t.Errorf("told %d times", n)
	}
	if n := l.count(t, `SELECT count(*) FROM plans WHERE state = 'draft'`); n != 0 {
		t.Errorf("%d drafts are left, such as %d", n, draft.ID)
	}
}
