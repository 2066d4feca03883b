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

// digestJob is the queue's kind of work that gives somebody the digest of a brand's
// week. Its argument is {"brand": id, "person": id, "week": "2006-01-02"}.
const digestJob = "digest"

// lostDigestJob is the queue's kind of work that asks somebody whether a digest came. Its
// argument is a digestJob's.
const lostDigestJob = "digest_lost"

// DigestsDue puts the digests of up to n brands whose hour has come into the queue,
// one for each of their people and week. It returns of how many brands it looked; a
// full count means there may be more.
func (s *Store) DigestsDue(ctx context.Context, now time.Time, n int) (int, error) {
	return s.sweep(ctx, n, `
		SELECT id FROM brands WHERE digest_at <= $1
		ORDER BY digest_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`, now, func(tx *Tx, id int64) error {
		b, err := tx.brand(ctx, id, false)
		if err != nil {
			return err
		}
		week, due, next := b.DigestDue(now)
		if due {
			if err := tx.oweDigests(ctx, b, week); err != nil {
				return fmt.Errorf("preparing the digest of brand %d: %w", id, err)
			}
			if err := Enqueue(ctx, tx, dropJob, map[string]any{"brand": id, "week": week.Day()}); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `UPDATE brands SET digest_at = $2 WHERE id = $1`, id, next)
		return err
	})
}

// digestReaders are those who get a week's digest of brand $1 of agency $2: its managers,
// or where there is none its owners, and the clients. Whoever came after the week, which
// begins on the day $3 and ends at $4, has no part in it, and of two weeks that lie over
// each other, because the brand's weeks begin on another day now, people hear of one.
const digestReaders = `
	FROM people p
	WHERE p.reachable
		AND EXISTS (SELECT FROM members m WHERE m.person_id = p.id AND m.left_at IS NULL AND m.joined_at < $4
			AND (m.brand_id = $1 AND m.role IN ('manager', 'approver', 'viewer')
				OR m.role = 'owner' AND m.agency_id = $2 AND NOT EXISTS (
					SELECT FROM members o JOIN people q ON q.id = o.person_id
					WHERE o.brand_id = $1 AND o.role = 'manager' AND o.left_at IS NULL AND q.reachable)))
		AND NOT EXISTS (SELECT FROM digest_hushes h WHERE h.brand_id = $1 AND h.person_id = p.id)
		AND NOT EXISTS (SELECT FROM digests d WHERE d.brand_id = $1 AND d.person_id = p.id AND d.week > $3::date - 7)`

// oweDigests claims the week for everybody who gets its digest.
func (tx *Tx) oweDigests(ctx context.Context, b social.Brand, w social.Week) error {
	_, err := tx.ExecContext(ctx, `
		WITH owed AS (
			INSERT INTO digests (brand_id, person_id, week, state, at)
			SELECT $1::bigint, p.id, $3::date, 'open', $5::timestamptz `+digestReaders+`
			RETURNING person_id)
		SELECT enqueue('`+digestJob+`', jsonb_build_object('brand', $1::bigint, 'person', person_id, 'week', $3::text)) FROM owed`,
		b.ID, b.AgencyID, w.Day(), w.To, tx.now)
	return err
}

// ClaimDigest takes it upon the caller to send somebody the digest of a week, once:
// what was claimed before may have been sent. Then it is social.ErrNotDue.
func (s *Store) ClaimDigest(ctx context.Context, brand, who int64, week string) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		var claimed bool
		err := tx.GetContext(ctx, &claimed, `
			UPDATE digests SET state = 'sending', at = $4
			WHERE brand_id = $1 AND person_id = $2 AND week = $3::date AND state = 'open' RETURNING true`, brand, who, week, tx.now)
		if errors.Is(err, sql.ErrNoRows) {
			return social.ErrNotDue
		}
		return err
	})
}

// digestLease is how long the sending of a digest may take: longer than its job may.
const digestLease = 2 * time.Minute

// DigestsLost finds the digests that were on their way when their worker died, and puts it
// into the queue to ask their readers: they may have come, so they are not sent again. It returns
// how many.
func (s *Store) DigestsLost(ctx context.Context, now time.Time) (n int, err error) {
	err = s.run(ctx, s.clock, func(tx *Tx) error {
		return tx.GetContext(ctx, &n, `
			WITH lost AS (
				UPDATE digests SET state = 'unsure', at = $1 WHERE state = 'sending' AND at < $2
				RETURNING brand_id, person_id, week),
			asked AS (
				SELECT enqueue('`+lostDigestJob+`', jsonb_build_object('brand', brand_id, 'person', person_id, 'week', week::text)) FROM lost)
			SELECT count(*) FROM asked`, now, now.Add(-digestLease))
	})
	return n, err
}

// AskDigest takes it upon the caller to ask somebody whether a digest came, once. Where its
// sending has ended after all, or somebody else asks, it is social.ErrNotDue.
func (s *Store) AskDigest(ctx context.Context, brand, who int64, week string) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		var asked bool
		err := tx.GetContext(ctx, &asked, `
			UPDATE digests SET state = 'asked', at = $4
			WHERE brand_id = $1 AND person_id = $2 AND week = $3::date AND state = 'unsure' RETURNING true`, brand, who, week, tx.now)
		if errors.Is(err, sql.ErrNoRows) {
			return social.ErrNotDue
		}
		return err
	})
}

// EndDigest records how the sending ended: "sent", "failed", or with "open" that it
// did not happen and may be tried again.
func (s *Store) EndDigest(ctx context.Context, brand, who int64, week, state string) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE digests SET state = $4 WHERE brand_id = $1 AND person_id = $2 AND week = $3::date`, brand, who, week, state)
		return err
	})
}

// Digest tells a reader of a brand of the week that a day names; without a day, of
// the last one that is over.
func (s *Store) Digest(ctx context.Context, reader, brand int64, day string) (social.Digest, error) {
	var d social.Digest
	err := s.Read(ctx, reader, func(tx *Tx) (err error) {
		d, err = tx.digest(ctx, reader, brand, day)
		return err
	})
	return d, err
}

func (tx *Tx) digest(ctx context.Context, reader, brand int64, day string) (d social.Digest, err error) {
	if d.Brand, err = tx.brand(ctx, brand, false); err != nil {
		return d, err
	}
	if d.Me, err = tx.member(ctx, reader, brand); err != nil {
		return d, err
	}
	if err := d.Me.Can(social.See); err != nil {
		return d, err
	}
	d.Week = d.Brand.Before(d.Brand.Week(tx.now), 1)
	if day != "" {
		if d.Week, err = d.Brand.WeekOf(day); err != nil {
			return d, err
		}
	}
	err = errors.Join(tx.weeks(ctx, &d, comparedWeeks), tx.talks(ctx, &d), tx.samples(ctx, &d, d.Brand.Before(d.Week, social.SampleWeeks-1).From),
		tx.followers(ctx, &d), tx.deletions(ctx, &d), tx.standing(ctx, &d, reader), tx.digestPlans(ctx, &d), tx.digestGoals(ctx, &d),
		tx.GetContext(ctx, &d.Agency, `SELECT name FROM agencies WHERE id = $1`, d.Brand.AgencyID))
	return d, err
}

// comparedWeeks is how many weeks a digest looks at: its own and those before it.
const comparedWeeks = 5

// weeks counts what happened in n weeks: the digest's, and those before it.
func (tx *Tx) weeks(ctx context.Context, d *social.Digest, n int) error {
	return tx.count(ctx, d, spans(d.Brand, d.Week, n))
}

// count counts what happened in some parts of the brand's time.
func (tx *Tx) count(ctx context.Context, d *social.Digest, in parts) error {
	var rows []struct {
		Known     bool            `db:"known"`
		Planned   int             `db:"planned"`
		Published int             `db:"published"`
		Comments  int             `db:"comments"`
		Answered  int             `db:"answered"`
		Median    sql.NullFloat64 `db:"median"`
	}
	err := tx.SelectContext(ctx, &rows, `
		SELECT b.created_at < w.t AS known, p.*, c.*
		FROM unnest($2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY w(f, t, n) JOIN brands b ON b.id = $1
			CROSS JOIN LATERAL (
				SELECT count(*) AS planned, count(*) FILTER (WHERE p.state = 'published') AS published
				FROM posts p
				WHERE p.brand_id = b.id AND p.slot >= w.f AND p.slot < w.t AND p.version > 0 AND p.state <> 'stopped' AND NOT `+postDeleted+`) p
			CROSS JOIN LATERAL (
				SELECT count(*) AS comments, count(*) FILTER (WHERE c.state = 'answered') AS answered,
					(extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY c.settled_at - c.at)
						FILTER (WHERE c.state = 'answered')))::float8 AS median
				FROM comments c
				WHERE c.brand_id = b.id AND c.at >= w.f AND c.at < w.t AND NOT c.spam AND (c.state = 'answered' OR `+waits+`)) c
		ORDER BY w.n`, d.Brand.ID, pq.Array(in.from), pq.Array(in.to))
	if err != nil {
		return fmt.Errorf("counting the weeks of brand %d: %w", d.Brand.ID, err)
	}
	for _, r := range rows {
		d.Weeks = append(d.Weeks, social.Figures{
			Known: r.Known, Planned: r.Planned, Published: r.Published, Comments: r.Comments, Answered: r.Answered,
			Median: time.Duration(r.Median.Float64 * float64(time.Second)),
		})
	}
	return tx.numbers(ctx, d, in)
}

// parts are parts of a brand's time, the latest first.
type parts struct {
	from, to []string
	months   bool // and not weeks
}

func (p *parts) add(w social.Week) {
	p.from, p.to = append(p.from, w.From.Format(time.RFC3339)), append(p.to, w.To.Format(time.RFC3339))
}

// spans are n weeks of the brand, the latest first.
func spans(b social.Brand, week social.Week, n int) parts {
	var in parts
	for i := range n {
		in.add(b.Before(week, i))
	}
	return in
}

// standing tells what waits now, and whether the reader wants the digest.
func (tx *Tx) standing(ctx context.Context, d *social.Digest, reader int64) error {
	var oldest, sent sql.NullTime
	err := tx.QueryRowContext(ctx, `
		SELECT (SELECT count(*) FROM posts p WHERE p.brand_id = $1 AND p.state = 'review'),
			(SELECT count(*) FROM posts p WHERE p.brand_id = $1 AND p.slot >= $2 AND p.slot < $3 AND p.version > 0 AND p.state <> 'stopped'),
			(SELECT count(*) FROM comments c WHERE c.brand_id = $1 AND NOT c.spam AND `+waits+`),
			(SELECT min(c.at) FROM comments c WHERE c.brand_id = $1 AND NOT c.spam AND `+waits+`),
			EXISTS (SELECT FROM digest_hushes h WHERE h.brand_id = $1 AND h.person_id = $4),
			(SELECT max(e.at) FROM events e WHERE e.brand_id = $1 AND e.kind = 'digest.shared' AND e.facts ->> 'week' = $5)`,
		d.Brand.ID, tx.now, tx.now.AddDate(0, 0, 7), reader, d.Week.Day()).Scan(&d.Review, &d.Ahead, &d.Open, &oldest, &d.Hush, &sent)
	d.Oldest, d.Sent = oldest.Time, sent.Time
	return err
}

// HushDigest says whether somebody wants no digest of a brand.
func (s *Store) HushDigest(ctx context.Context, who, brand int64, hush bool) error {
	return s.As(ctx, who, func(tx *Tx) error {
		me, err := tx.member(ctx, who, brand)
		if err != nil {
			return err
		}
		if err := me.Can(social.See); err != nil {
			return err
		}
		query := `DELETE FROM digest_hushes WHERE brand_id = $1 AND person_id = $2`
		if hush {
			query = `INSERT INTO digest_hushes (brand_id, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`
		}
		_, err = tx.ExecContext(ctx, query, brand, who)
		return err
	})
}
