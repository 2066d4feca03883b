package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"peyk/social"
)

// plan is a row of plans with the names in it.
type plan struct {
	ID        int64        `db:"id"`
	BrandID   int64        `db:"brand_id"`
	State     string       `db:"state"`
	Cause     []byte       `db:"cause"`
	Actions   []byte       `db:"actions"`
	Owner     int64        `db:"owner_id"`
	OwnerName string       `db:"owner"`
	Maker     int64        `db:"made_by"`
	MakerName string       `db:"maker"`
	Due       time.Time    `db:"due_at"`
	Begun     sql.NullTime `db:"begun_at"`
	Ended     sql.NullTime `db:"ended_at"`
}

const planColumns = `
	SELECT p.id, p.brand_id, p.state, p.cause, p.actions, p.owner_id, coalesce(o.name, '` + social.FormerName + `') AS owner,
		p.made_by, coalesce(m.name, '` + social.FormerName + `') AS maker, p.due_at, p.begun_at, p.ended_at
	FROM plans p LEFT JOIN people o ON o.id = p.owner_id LEFT JOIN people m ON m.id = p.made_by `

func (r plan) domain(b social.Brand) (social.ActionPlan, error) {
	p := social.ActionPlan{
		ID: r.ID, Brand: b, State: social.PlanState(r.State), Due: r.Due, Begun: r.Begun.Time, Ended: r.Ended.Time,
		Owner: social.Person{ID: r.Owner, Name: r.OwnerName}, Maker: social.Person{ID: r.Maker, Name: r.MakerName},
	}
	err := errors.Join(json.Unmarshal(r.Cause, &p.Cause), json.Unmarshal(r.Actions, &p.Actions))
	if err != nil {
		return p, fmt.Errorf("reading plan %d: %w", r.ID, err)
	}
	return p, nil
}

// plan reads one plan, and with lock keeps others from changing it.
func (tx *Tx) plan(ctx context.Context, id int64, lock bool) (social.ActionPlan, error) {
	query := planColumns + `WHERE p.id = $1`
	if lock {
		query += ` FOR UPDATE OF p`
	}
	var row plan
	err := tx.GetContext(ctx, &row, query, id)
	if errors.Is(err, sql.ErrNoRows) {
		return social.ActionPlan{}, social.ErrNotFound
	}
	if err != nil {
		return social.ActionPlan{}, fmt.Errorf("reading plan %d: %w", id, err)
	}
	b, err := tx.brand(ctx, row.BrandID, false)
	if err != nil {
		return social.ActionPlan{}, err
	}
	return row.domain(b)
}

// plansOf reads some plans of a brand.
func (tx *Tx) plansOf(ctx context.Context, b social.Brand, which string, args ...any) ([]social.ActionPlan, error) {
	var rows []plan
	err := tx.SelectContext(ctx, &rows, planColumns+`WHERE p.brand_id = $1 AND `+which, append([]any{b.ID}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("reading the plans of brand %d: %w", b.ID, err)
	}
	plans := make([]social.ActionPlan, 0, len(rows))
	for _, r := range rows {
		p, err := r.domain(b)
		if err != nil {
			return nil, err
		}
		plans = append(plans, p)
	}
	return plans, nil
}

const runningPlans = `p.state IN ('open', 'asked') ORDER BY p.due_at, p.id`

// BeginPlan makes the draft of a plan because of a fall in a week, or, without a fall,
// because of the week's digest. Where the fall has a plan under way, it is that one.
func (s *Store) BeginPlan(ctx context.Context, by, brand int64, fall bool, day string) (social.ActionPlan, error) {
	var p social.ActionPlan
	err := s.As(ctx, by, func(tx *Tx) error {
		d, err := tx.digest(ctx, by, brand, day)
		if err != nil {
			return err
		}
		cause, offers := d.Cause(), d.Offers(tx.now)
		if fall {
			drop, err := tx.drop(ctx, brand, d.Week.Day())
			if err != nil {
				return err
			}
			cause, offers = drop.Cause(), drop.Actions
		}
		running, err := tx.plansOf(ctx, d.Brand, runningPlans)
		if err != nil {
			return err
		}
		if p, err = d.Brand.Begin(d.Me, cause, offers, tx.now); err != nil {
			return err
		}
		if there, ok := cause.In(running); ok {
			p = there
			return nil
		}
		return tx.addPlan(ctx, &p)
	})
	return p, err
}

// drop is what fell in a week.
func (tx *Tx) drop(ctx context.Context, brand int64, day string) (d social.Drop, err error) {
	var fall []byte
	err = tx.GetContext(ctx, &fall, `SELECT fall FROM drops WHERE brand_id = $1 AND week = $2::date`, brand, day)
	if errors.Is(err, sql.ErrNoRows) {
		return d, social.ErrOutdated
	}
	if err != nil {
		return d, fmt.Errorf("reading a fall of brand %d: %w", brand, err)
	}
	err = json.Unmarshal(fall, &d)
	return d, err
}

// addPlan stores a draft. Earlier ones of the same person are no drafts any more.
func (tx *Tx) addPlan(ctx context.Context, p *social.ActionPlan) error {
	cause, actions, err := planJSON(*p)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE plans SET state = 'dropped', ended_at = $3 WHERE brand_id = $1 AND made_by = $2 AND state = 'draft'`, p.Brand.ID, p.Maker.ID, tx.now)
	if err != nil {
		return err
	}
	err = tx.GetContext(ctx, &p.ID, `
		INSERT INTO plans (brand_id, state, cause, actions, owner_id, made_by, due_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		p.Brand.ID, p.State, cause, actions, p.Owner.ID, p.Maker.ID, p.Due, tx.now)
	if err != nil {
		return fmt.Errorf("adding a plan for brand %d: %w", p.Brand.ID, err)
	}
	return tx.addEvent(ctx, p.Drafted())
}

func planJSON(p social.ActionPlan) (cause, actions string, err error) {
	c, err := json.Marshal(p.Cause)
	if err != nil {
		return "", "", err
	}
	a, err := json.Marshal(p.Actions)
	return string(c), string(a), err
}

// ActionPlan returns a plan with what became of its figure, for a reader who may plan for
// its brand. A draft is its maker's alone.
func (s *Store) ActionPlan(ctx context.Context, reader, id int64) (p social.ActionPlan, r social.Result, err error) {
	err = s.Read(ctx, reader, func(tx *Tx) error {
		if p, err = tx.plan(ctx, id, false); err != nil {
			return err
		}
		me, err := tx.member(ctx, reader, p.Brand.ID)
		if err != nil {
			return err
		}
		if err := p.SeenBy(me); err != nil {
			return err
		}
		r, err = tx.result(ctx, p)
		return err
	})
	return p, r, err
}

// result tells what became of the plan's figure by the last week that is over, or was
// when the plan ended.
func (tx *Tx) result(ctx context.Context, p social.ActionPlan) (social.Result, error) {
	at := tx.now
	if !p.Ended.IsZero() {
		at = p.Ended
	}
	d := social.Digest{Brand: p.Brand, Week: p.Brand.Before(p.Brand.Week(at), 1)}
	if err := tx.weeks(ctx, &d, p.WeeksSince(d.Week)); err != nil {
		return social.Result{}, err
	}
	return p.Result(d), nil
}

// Plans returns a brand's plans for a reader who may plan for it: those under way, what
// is due first, and then up to n that are over, the latest first.
func (s *Store) Plans(ctx context.Context, reader, brand int64, n int) (b social.Brand, running, past []social.ActionPlan, err error) {
	err = s.Read(ctx, reader, func(tx *Tx) error {
		if b, err = tx.brand(ctx, brand, false); err != nil {
			return err
		}
		me, err := tx.member(ctx, reader, brand)
		if err != nil {
			return err
		}
		if err := me.Can(social.Plan); err != nil {
			return err
		}
		if running, err = tx.plansOf(ctx, b, runningPlans); err != nil {
			return err
		}
		past, err = tx.plansOf(ctx, b, `p.ended_at IS NOT NULL AND p.begun_at IS NOT NULL AND p.state IN ('helped', 'vain', 'dropped')
			ORDER BY p.ended_at DESC, p.id DESC LIMIT $2`, n)
		return err
	})
	return b, running, past, err
}

// digestPlans reads the plans that a digest tells its reader of.
func (tx *Tx) digestPlans(ctx context.Context, d *social.Digest) (err error) {
	if !d.Me.Role.May(social.Plan) {
		return nil
	}
	from, to := d.Brand.DigestAt(d.Brand.Before(d.Week, 1)), d.Brand.DigestAt(d.Week)
	d.Plans, err = tx.plansOf(ctx, d.Brand, `(p.state IN ('open', 'asked') OR p.state IN ('helped', 'vain') AND p.ended_at >= $2 AND p.ended_at < $3)
		ORDER BY p.ended_at NULLS LAST, p.due_at, p.id LIMIT 6`, from, to)
	return err
}
