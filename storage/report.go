package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"peyk/social"
)

// Report tells a reader of a brand of one of its months.
func (s *Store) Report(ctx context.Context, reader, brand int64, month func(social.Brand) (social.Month, error)) (social.Report, error) {
	var r social.Report
	err := s.Read(ctx, reader, func(tx *Tx) (err error) {
		r, err = tx.report(ctx, reader, brand, month)
		return err
	})
	return r, err
}

func (tx *Tx) report(ctx context.Context, reader, brand int64, month func(social.Brand) (social.Month, error)) (r social.Report, err error) {
	if r.Brand, err = tx.brand(ctx, brand, false); err != nil {
		return r, err
	}
	if r.Me, err = tx.member(ctx, reader, brand); err != nil {
		return r, err
	}
	if err := r.Me.Can(social.See); err != nil {
		return r, err
	}
	if r.Month, err = month(r.Brand); err != nil {
		return r, err
	}
	err = tx.fillReport(ctx, &r)
	return r, err
}

// fillReport counts the brand's month.
func (tx *Tx) fillReport(ctx context.Context, r *social.Report) error {
	r.Week = r.Month.Span()
	in := parts{months: true}
	in.add(r.Week)
	in.add(social.Week{From: r.Month.Before, To: r.Month.From})
	err := errors.Join(tx.count(ctx, &r.Digest, in), tx.talks(ctx, &r.Digest), tx.samples(ctx, &r.Digest, r.Month.From), tx.followers(ctx, &r.Digest), tx.deletions(ctx, &r.Digest),
		tx.GetContext(ctx, &r.Agency, `SELECT name FROM agencies WHERE id = $1`, r.Brand.AgencyID))
	if err != nil {
		return err
	}
	return errors.Join(tx.typedMonths(ctx, r), tx.reportGoals(ctx, r), tx.around(ctx, r))
}

// reportGoals reads the goals of a month, as they stood at its end, or stand now: those that
// were under way, and those that were reached or missed in it. What was given up is no goal.
func (tx *Tx) reportGoals(ctx context.Context, r *social.Report) error {
	end := r.Month.To
	if tx.now.Before(end) {
		end = tx.now
	}
	r.Stood = social.Digest{Brand: r.Brand, Week: r.Brand.Before(r.Brand.Week(end), 1)}
	goals, err := tx.goalsOf(ctx, r.Brand, `g.created_at < $2 AND (g.state = 'open' OR g.state IN ('reached', 'missed') AND g.ended_at >= $3)
		ORDER BY g.due_at, g.id`, end, r.Month.From)
	if err != nil || len(goals) == 0 {
		return err
	}
	r.Goals = social.GoalsBy(goals, end)
	return tx.weeks(ctx, &r.Stood, 1)
}

// around reads what else belongs to a month: since when the brand is there, which of its
// accounts were taken out, what comes next, and when it was sent.
func (tx *Tx) around(ctx context.Context, r *social.Report) error {
	var sent sql.NullTime
	err := tx.QueryRowContext(ctx, `
		SELECT b.created_at, (SELECT max(e.at) FROM events e WHERE e.brand_id = b.id AND e.kind = '`+string(social.ReportShared)+`' AND e.facts ->> 'month' = $2)
		FROM brands b WHERE b.id = $1`, r.Brand.ID, r.Month.Day()).Scan(&r.Begun, &sent)
	if err != nil {
		return fmt.Errorf("reading the month of brand %d: %w", r.Brand.ID, err)
	}
	r.Sent = sent.Time
	var all []struct {
		account
		Gone bool `db:"gone"`
	}
	err = tx.SelectContext(ctx, &all, `
		SELECT `+accountColumns+`, removed_at IS NOT NULL AS gone FROM accounts
		WHERE brand_id = $1 AND (removed_at IS NULL OR removed_at >= $2 AND removed_at < least($3::timestamptz, $4::timestamptz)) ORDER BY removed_at, id`,
		r.Brand.ID, r.Month.From, r.Month.To, tx.now)
	for _, a := range all {
		if a.Gone {
			r.Removed = append(r.Removed, a.domain())
		} else {
			r.Accounts = append(r.Accounts, a.domain())
		}
	}
	if err != nil {
		return err
	}
	r.Next, err = tx.posts(ctx, `
		SELECT `+postColumns+`
		FROM posts p JOIN brands b ON b.id = p.brand_id
		WHERE p.brand_id = $1 AND p.slot >= $2 AND p.slot < $3 AND p.version > 0 AND p.state <> 'stopped'
		ORDER BY p.slot, p.id LIMIT 100`, r.Brand.ID, r.Month.To, r.Month.After)
	return err
}

// typedMonths adds up, for the month and for the one before it, what people have typed of
// the weeks that ended in it. Where one of an account's weeks is missing the sum is not
// known.
func (tx *Tx) typedMonths(ctx context.Context, r *social.Report) error {
	for i, of := range []social.Week{r.Week, {From: r.Month.Before, To: r.Month.From}} {
		var ends []string
		for _, end := range r.Brand.WeekEnds(of, tx.now) {
			ends = append(ends, end.Format(time.RFC3339))
		}
		var rows []struct {
			Account int64     `db:"account_id"`
			Metric  string    `db:"metric"`
			Sum     int64     `db:"sum"`
			At      time.Time `db:"at"`
			Source  string    `db:"source"`
		}
		err := tx.SelectContext(ctx, &rows, `
			SELECT s.account_id, s.metric, sum(s.value)::bigint AS sum, max(s.at) AS at, (array_agg(s.source ORDER BY s.at DESC))[1] AS source
			FROM accounts a JOIN snapshots s ON s.account_id = a.id
			WHERE a.brand_id = $1 AND s.post_id IS NULL AND s.metric = ANY ($2) AND s.at = ANY ($3::timestamptz[])
			GROUP BY a.created_at, s.account_id, s.metric
			HAVING count(*) = (SELECT count(*) FROM unnest($3::timestamptz[]) e WHERE e > a.created_at)`,
			r.Brand.ID, pq.Array(social.Metrics()[1:]), pq.Array(ends))
		if err != nil {
			return fmt.Errorf("adding up the weeks of brand %d: %w", r.Brand.ID, err)
		}
		for _, row := range rows {
			r.Weeks[i].Tell(row.Account, social.Metric(row.Metric), social.Figure{Known: true, N: row.Sum, At: row.At, Source: social.Source(row.Source)})
		}
	}
	return nil
}

// ShareReport has the clients of a brand told of a month, once.
func (s *Store) ShareReport(ctx context.Context, by, brand int64, month func(social.Brand) (social.Month, error)) error {
	return s.As(ctx, by, func(tx *Tx) error {
		if _, err := tx.brand(ctx, brand, true); err != nil { // of two presses one waits here
			return err
		}
		r, err := tx.report(ctx, by, brand, month)
		if err != nil {
			return err
		}
		members, err := tx.membersOf(ctx, brand)
		if err != nil {
			return err
		}
		e, err := r.Share(social.Clients(members), tx.now)
		if err != nil {
			return err
		}
		return tx.addEvent(ctx, e)
	})
}

// ReportsDue tells the managers of up to n brands that a month is over and its report can
// be sent, on the first morning after it. It returns of how many brands it looked; a
// full count means there may be more.
func (s *Store) ReportsDue(ctx context.Context, now time.Time, n int, month func(social.Brand, time.Time) social.Month) (int, error) {
	return s.sweep(ctx, n, `
		SELECT id FROM brands WHERE report_at <= $1
		ORDER BY report_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`, now, func(tx *Tx, id int64) error {
		b, err := tx.brand(ctx, id, false)
		if err != nil {
			return err
		}
		this := month(b, now)
		r := social.Report{Digest: social.Digest{Brand: b}, Month: month(b, this.Before)}
		due, next := b.ReportDue(r.Month, this, now)
		if due {
			in := parts{months: true}
			in.add(r.Month.Span())
			if err := tx.count(ctx, &r.Digest, in); err != nil {
				return err
			}
			if e, ready := r.Ready(); ready {
				if err := tx.addEvent(ctx, e); err != nil {
					return err
				}
			}
		}
		_, err = tx.ExecContext(ctx, `UPDATE brands SET report_at = $2 WHERE id = $1`, id, next)
		return err
	})
}
