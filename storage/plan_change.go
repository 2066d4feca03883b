package storage

import (
	"context"
	"fmt"
	"time"

	"peyk/social"
)

// UpdatePlan runs the rule on a plan under its lock, and stores what it changed with its
// event. Whoever has no place in the brand gets social.ErrNotFound.
func (s *Store) UpdatePlan(ctx context.Context, by, id int64, rule social.PlanRule) (social.ActionPlan, error) {
	return s.changePlan(ctx, by, id, func(_ *Tx, p *social.ActionPlan, me social.Member) (social.Event, error) { return rule(p, me) })
}

// AgreePlan makes a draft a plan, unless its fall has one already.
func (s *Store) AgreePlan(ctx context.Context, by, id int64) (social.ActionPlan, error) {
	return s.changePlan(ctx, by, id, func(tx *Tx, p *social.ActionPlan, me social.Member) (social.Event, error) {
		if _, err := tx.brand(ctx, p.Brand.ID, true); err != nil { // of two who agree one waits here
			return social.Event{}, err
		}
		running, err := tx.plansOf(ctx, p.Brand, runningPlans)
		if err != nil {
			return social.Event{}, err
		}
		return p.Agree(me, running, tx.now)
	})
}

// GivePlan makes somebody of the brand the plan's owner.
func (s *Store) GivePlan(ctx context.Context, by, id, person int64) (social.ActionPlan, error) {
	return s.changePlan(ctx, by, id, func(tx *Tx, p *social.ActionPlan, me social.Member) (social.Event, error) {
		to, err := tx.member(ctx, person, p.Brand.ID)
		if err != nil {
			return social.Event{}, err
		}
		return p.Give(me, to)
	})
}

func (s *Store) changePlan(ctx context.Context, by, id int64, rule func(*Tx, *social.ActionPlan, social.Member) (social.Event, error)) (social.ActionPlan, error) {
	var p social.ActionPlan
	err := s.As(ctx, by, func(tx *Tx) (err error) {
		if p, err = tx.plan(ctx, id, true); err != nil {
			return err
		}
		me, err := tx.member(ctx, by, p.Brand.ID)
		if err != nil {
			return err
		}
		e, err := rule(tx, &p, me)
		if err != nil {
			return err
		}
		return tx.savePlan(ctx, p, e)
	})
	return p, err
}

func (tx *Tx) savePlan(ctx context.Context, p social.ActionPlan, e social.Event) error {
	_, actions, err := planJSON(p)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE plans SET state = $2, actions = $3, owner_id = $4, due_at = $5, begun_at = $6, ended_at = $7 WHERE id = $1`,
		p.ID, p.State, actions, p.Owner.ID, p.Due, nullTime(p.Begun), nullTime(p.Ended))
	if err != nil {
		return fmt.Errorf("saving plan %d: %w", p.ID, err)
	}
	return tx.addEvent(ctx, e)
}

// PlansDue has people asked about up to n plans whose date has come. It returns of how
// many; a full count means there may be more.
func (s *Store) PlansDue(ctx context.Context, now time.Time, n int) (int, error) {
	return s.sweep(ctx, n, `
		SELECT id FROM plans WHERE state = 'open' AND due_at <= $1
		ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`, now, func(tx *Tx, id int64) error {
		p, err := tx.plan(ctx, id, true)
		if err != nil {
			return err
		}
		e, err := p.Ask(now)
		if err != nil {
			return err
		}
		return tx.savePlan(ctx, p, e)
	})
}

// handPlans hands the plans of a member who leaves over, and has the new owner told.
func (tx *Tx) handPlans(ctx context.Context, to social.Member, brand, from int64) error {
	var ids []int64
	err := tx.SelectContext(ctx, &ids, `
		SELECT id FROM plans WHERE brand_id = $1 AND owner_id = $2 AND state IN ('open', 'asked') ORDER BY id FOR UPDATE`, brand, from)
	if err != nil {
		return fmt.Errorf("handing plans over: %w", err)
	}
	for _, id := range ids {
		p, err := tx.plan(ctx, id, true)
		if err != nil {
			return err
		}
		if err := tx.savePlan(ctx, p, p.Hand(to.Person)); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE plans SET state = 'dropped', ended_at = $3
		WHERE brand_id = $1 AND made_by = $2 AND state = 'draft'`, brand, from, tx.now)
	return err
}

// planned fills in the plan that an event is about, with what became of its figure.
func (tx *Tx) planned(ctx context.Context, a *social.Affair) (err error) {
	if a.Facts.Plan == 0 {
		return nil
	}
	if a.Plan, err = tx.plan(ctx, a.Facts.Plan, false); err != nil {
		return err
	}
	a.Result, err = tx.result(ctx, a.Plan)
	return err
}
