package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"peyk/social"
)

// goal is a row of goals.
type goal struct {
	ID      int64           `db:"id"`
	BrandID int64           `db:"brand_id"`
	Metric  string          `db:"metric"`
	Target  float64         `db:"target"`
	Start   sql.NullFloat64 `db:"start"`
	Since   time.Time       `db:"since"`
	Due     time.Time       `db:"due_at"`
	State   string          `db:"state"`
	Reached sql.NullFloat64 `db:"reached"`
	Ended   sql.NullTime    `db:"ended_at"`
}

const goalColumns = `
	SELECT g.id, g.brand_id, g.metric, g.target, g.start, g.since, g.due_at, g.state, g.reached, g.ended_at FROM goals g `

func (r goal) domain(b social.Brand) social.Goal {
	return social.Goal{
		ID: r.ID, Brand: b, Metric: social.Metric(r.Metric), Target: r.Target, Started: r.Start.Valid, Start: r.Start.Float64,
		Since: r.Since, Due: r.Due, State: social.GoalState(r.State), Reached: r.Reached.Float64, Known: r.Reached.Valid, Ended: r.Ended.Time,
	}
}

// goalsOf reads some goals of a brand.
func (tx *Tx) goalsOf(ctx context.Context, b social.Brand, which string, args ...any) ([]social.Goal, error) {
	var rows []goal
	err := tx.SelectContext(ctx, &rows, goalColumns+`WHERE g.brand_id = $1 AND `+which, append([]any{b.ID}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("reading the goals of brand %d: %w", b.ID, err)
	}
	goals := make([]social.Goal, len(rows))
	for i, r := range rows {
		goals[i] = r.domain(b)
	}
	return goals, nil
}

const openGoals = `g.state = 'open' ORDER BY g.due_at, g.id`

// lastWeek is what is known of the brand's last week that is over, and of n - 1 before it.
func (tx *Tx) lastWeek(ctx context.Context, b social.Brand, n int) (social.Digest, error) {
	d := social.Digest{Brand: b, Week: b.Before(b.Week(tx.now), 1)}
	err := tx.weeks(ctx, &d, n)
	return d, err
}

// Goals returns a brand's goals with its last week, for whoever belongs to it: those under
// way, what is due first, and then up to n that are over, the latest first.
func (s *Store) Goals(ctx context.Context, reader, brand int64, n int) (d social.Digest, past []social.Goal, err error) {
	err = s.Read(ctx, reader, func(tx *Tx) error {
		b, err := tx.brand(ctx, brand, false)
		if err != nil {
			return err
		}
		if d, err = tx.lastWeek(ctx, b, comparedWeeks); err != nil {
			return err
		}
		if d.Me, err = tx.member(ctx, reader, brand); err != nil {
			return err
		}
		if err := d.Me.Can(social.See); err != nil {
			return err
		}
		if d.Goals, err = tx.goalsOf(ctx, b, openGoals); err != nil || n == 0 {
			return err
		}
		past, err = tx.goalsOf(ctx, b, `g.state <> 'open' ORDER BY g.ended_at DESC, g.id DESC LIMIT $2`, n)
		return err
	})
	return d, past, err
}

// SetGoal makes a goal of the brand, with where it stands now.
func (s *Store) SetGoal(ctx context.Context, by, brand int64, m social.Metric, target float64, due time.Time) (social.Goal, error) {
	var g social.Goal
	err := s.As(ctx, by, func(tx *Tx) error {
		b, err := tx.brand(ctx, brand, true) // of two who set one at once, one waits here
		if err != nil {
			return err
		}
		d, err := tx.lastWeek(ctx, b, comparedWeeks)
		if err != nil {
			return err
		}
		if d.Me, err = tx.member(ctx, by, brand); err != nil {
			return err
		}
		others, err := tx.goalsOf(ctx, b, openGoals)
		if err != nil {
			return err
		}
		var e social.Event
		if g, e, err = d.SetGoal(m, target, due, others, tx.now); err != nil {
			return err
		}
		err = tx.GetContext(ctx, &g.ID, `
			INSERT INTO goals (brand_id, metric, target, start, since, due_at, state, made_by, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
			brand, g.Metric, g.Target, nullFloat(g.Start, g.Started), g.Since, g.Due, g.State, by, tx.now)
		if err != nil {
			return fmt.Errorf("adding a goal of brand %d: %w", brand, err)
		}
		return tx.addEvent(ctx, e)
	})
	return g, err
}

func nullFloat(v float64, known bool) sql.NullFloat64 {
	return sql.NullFloat64{Float64: v, Valid: known}
}

// Goal returns a goal with its brand's last week, for whoever belongs to the brand.
func (s *Store) Goal(ctx context.Context, reader, id int64) (g social.Goal, d social.Digest, err error) {
	err = s.Read(ctx, reader, func(tx *Tx) error {
		if g, err = tx.goal(ctx, id, false); err != nil {
			return err
		}
		if d, err = tx.lastWeek(ctx, g.Brand, 1); err != nil {
			return err
		}
		if d.Me, err = tx.member(ctx, reader, g.Brand.ID); err != nil {
			return err
		}
		return d.Me.Can(social.See)
	})
	return g, d, err
}

// goal reads one goal, and with lock keeps others from changing it.
func (tx *Tx) goal(ctx context.Context, id int64, lock bool) (social.Goal, error) {
	query := goalColumns + `WHERE g.id = $1`
	if lock {
		query += ` FOR UPDATE`
	}
	var row goal
	err := tx.GetContext(ctx, &row, query, id)
	if errors.Is(err, sql.ErrNoRows) {
		return social.Goal{}, social.ErrNotFound
	}
	if err != nil {
		return social.Goal{}, fmt.Errorf("reading goal %d: %w", id, err)
	}
	b, err := tx.brand(ctx, row.BrandID, false)
	return row.domain(b), err
}

// UpdateGoal runs the rule on a goal under its lock, and stores what it changed with its
// event. Whoever has no place in the brand gets social.ErrNotFound.
func (s *Store) UpdateGoal(ctx context.Context, by, id int64, rule social.GoalRule) (social.Goal, error) {
	var g social.Goal
	err := s.As(ctx, by, func(tx *Tx) (err error) {
		if g, err = tx.goal(ctx, id, true); err != nil {
			return err
		}
		me, err := tx.member(ctx, by, g.Brand.ID)
		if err != nil {
			return err
		}
		e, err := rule(&g, me)
		if err != nil {
			return err
		}
		return errors.Join(tx.saveGoal(ctx, g), tx.addEvent(ctx, e))
	})
	return g, err
}

func (tx *Tx) saveGoal(ctx context.Context, g social.Goal) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE goals SET target = $2, start = $3, since = $4, due_at = $5, state = $6, reached = $7, ended_at = $8 WHERE id = $1`,
		g.ID, g.Target, nullFloat(g.Start, g.Started), g.Since, g.Due, g.State, nullFloat(g.Reached, g.Known), nullTime(g.Ended))
	if err != nil {
		return fmt.Errorf("saving goal %d: %w", g.ID, err)
	}
	return nil
}

// lookAtGoals tells of the brand's goals that its last week has reached, or whose day has
// passed, each once.
func (tx *Tx) lookAtGoals(ctx context.Context, b social.Brand) error {
	open, err := tx.goalsOf(ctx, b, openGoals+` FOR UPDATE`)
	if err != nil || len(open) == 0 {
		return err
	}
	d, err := tx.lastWeek(ctx, b, 1)
	if err != nil {
		return err
	}
	for _, g := range open {
		e, told, changed := g.Look(d, tx.now)
		if changed {
			if err := tx.saveGoal(ctx, g); err != nil {
				return err
			}
		}
		if told {
			if err := tx.addEvent(ctx, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// digestGoals reads the goals that a digest tells of.
func (tx *Tx) digestGoals(ctx context.Context, d *social.Digest) (err error) {
	// Goals are looked at when the digest is made: what it finds stands in that one.
	from, to := d.Brand.DigestAt(d.Brand.Before(d.Week, 1)).Add(lookedAfter), d.Brand.DigestAt(d.Week).Add(lookedAfter)
	d.Goals, err = tx.goalsOf(ctx, d.Brand, `(g.state = 'open' OR g.state IN ('reached', 'missed') AND g.ended_at >= $2 AND g.ended_at < $3)
		ORDER BY g.due_at, g.id`, from, to)
	return err
}

// lookedAfter is how long after a digest is due its week's goals have been looked at.
const lookedAfter = 24 * time.Hour
