package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"peyk/social"
)

// dropJob is the queue's kind of work that looks whether a brand's figures have
// fallen. Its argument is {"brand": id, "week": "2006-01-02"}.
const dropJob = "drop"

// WatchBrand looks whether a figure of the brand has fallen in a week, and tells its
// people once: not again before it is back. It looks at the brand's goals as well. Holidays
// counts those of a week.
func (s *Store) WatchBrand(ctx context.Context, brand int64, day string, holidays func(social.Brand, social.Week) int) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		b, err := tx.brand(ctx, brand, true)
		if errors.Is(err, social.ErrNotFound) {
			return nil // its agency has ended
		}
		if err != nil {
			return err
		}
		week, err := b.WeekOf(day)
		if err != nil {
			return err
		}
		d := social.Digest{Brand: b, Week: week}
		if err := errors.Join(tx.weeks(ctx, &d, social.WatchedWeeks), tx.samples(ctx, &d, d.Brand.Before(d.Week, social.SampleWeeks-1).From)); err != nil {
			return err
		}
		var off []int
		for n := range d.Weeks {
			off = append(off, holidays(b, b.Before(week, n)))
		}
		if err := tx.judge(ctx, b, week, social.WatchOf(d, off)); err != nil {
			return err
		}
		return tx.lookAtGoals(ctx, b)
	})
}

// judge ends the fall that is open, if it is over, or opens one.
func (tx *Tx) judge(ctx context.Context, b social.Brand, week social.Week, w social.Watch) error {
	open, err := tx.openDrop(ctx, b.ID)
	if err == nil {
		return tx.endDrop(ctx, b, week, open, w)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("reading the fall of brand %d: %w", b.ID, err)
	}
	d, found := w.Drop()
	if !found {
		return nil
	}
	d.Week = week.Day()
	fall, err := json.Marshal(d)
	if err != nil {
		return err
	}
	done, err := tx.ExecContext(ctx, `
		INSERT INTO drops (brand_id, week, fall, opened_at) VALUES ($1, $2::date, $3, $4) ON CONFLICT DO NOTHING`,
		b.ID, d.Week, string(fall), tx.now)
	if err != nil {
		return fmt.Errorf("keeping the fall of brand %d: %w", b.ID, err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return tx.addEvent(ctx, social.Event{Kind: social.BrandDropped, AgencyID: b.AgencyID, BrandID: b.ID, Facts: social.Facts{Drop: &d}})
}

func (tx *Tx) openDrop(ctx context.Context, brand int64) (d social.Drop, err error) {
	var fall []byte
	if err := tx.GetContext(ctx, &fall, `SELECT fall FROM drops WHERE brand_id = $1 AND closed_at IS NULL`, brand); err != nil {
		return d, err
	}
	err = json.Unmarshal(fall, &d)
	return d, err
}

// endDrop ends a fall that is over. A week that is not after it says nothing about it.
func (tx *Tx) endDrop(ctx context.Context, b social.Brand, week social.Week, d social.Drop, w social.Watch) error {
	opened, err := b.WeekOf(d.Week)
	if err != nil || !week.From.After(opened.From) {
		return err
	}
	weeks := int(week.From.Sub(opened.From).Hours()+12) / (7 * 24)
	if !d.Over(w.Weeklies(d.Metric)[0], weeks) {
		return nil
	}
	_, err = tx.ExecContext(ctx, `UPDATE drops SET closed_at = $2 WHERE brand_id = $1 AND closed_at IS NULL`, b.ID, tx.now)
	return err
}
