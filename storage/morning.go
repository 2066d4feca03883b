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

// morningJob is the queue's kind of work that tells somebody in the morning what his
// brands need. Its argument is {"person": id, "day": "2006-01-02"}.
const morningJob = "morning"

// rising are the roles that hear of a brand in the morning.
func rising() []string {
	var roles []string
	for _, r := range social.Roles() {
		if r.May(social.Setup) && r.May(social.Answer) {
			roles = append(roles, string(r))
		}
	}
	return roles
}

// morningLease is how long the telling of one morning may take before its call.
const morningLease = 45 * time.Second

// WakeDue puts the word of this morning into the queue for up to n people whose hour has
// come, once a day, and again for whom it was claimed by a worker that died before its
// call. It returns for how many; n means there may be more.
func (s *Store) WakeDue(ctx context.Context, now time.Time, n int) (int, error) {
	if err := s.wakeAgain(ctx, now); err != nil {
		return 0, err
	}
	risers, err := s.risers(ctx, now)
	if err != nil {
		return 0, err
	}
	woken := 0
	for _, r := range risers {
		day, due := r.Morning(now)
		if !due {
			continue
		}
		if woken == n {
			break
		}
		err := s.run(ctx, s.clock, func(tx *Tx) error {
			result, err := tx.ExecContext(ctx, `
				INSERT INTO mornings (person_id, day, state, at) VALUES ($1, $2::date, 'open', $3)
				ON CONFLICT DO NOTHING`, r.Person, day.Format(time.DateOnly), now)
			if err != nil {
				return err
			}
			if rows, err := result.RowsAffected(); err != nil || rows == 0 {
				return err // somebody else has this morning
			}
			woken++
			return Enqueue(ctx, tx, morningJob, map[string]any{"person": r.Person, "day": day.Format(time.DateOnly)})
		})
		if err != nil {
			return woken, fmt.Errorf("waking person %d: %w", r.Person, err)
		}
	}
	return woken, nil
}

// wakeAgain frees mornings that were claimed and not told.
func (s *Store) wakeAgain(ctx context.Context, now time.Time) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			WITH freed AS (
				UPDATE mornings SET state = 'open', at = $1 WHERE state = 'claimed' AND at < $2
				RETURNING person_id, day)
			SELECT enqueue('`+morningJob+`', jsonb_build_object('person', person_id, 'day', day::text)) FROM freed`, now, now.Add(-morningLease))
		return err
	})
}

// risers are those who were not told within the last half day. Whoever has chosen no
// zone rises in that of his oldest brand.
func (s *Store) risers(ctx context.Context, now time.Time) ([]social.Riser, error) {
	var rows []struct {
		Person int64     `db:"id"`
		Zone   string    `db:"zone"`
		Minute int       `db:"morning"`
		Joined time.Time `db:"joined"`
	}
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		return tx.SelectContext(ctx, &rows, `
			SELECT p.id, p.morning, min(m.joined_at) AS joined,
				coalesce(nullif(p.zone, ''), (array_agg(b.zone ORDER BY b.id))[1]) AS zone
			FROM people p JOIN members m ON m.person_id = p.id AND m.left_at IS NULL AND m.role = ANY ($2)
				CROSS JOIN LATERAL (
					SELECT id, zone FROM brands WHERE id = m.brand_id
					UNION ALL (SELECT id, zone FROM brands WHERE m.brand_id IS NULL AND agency_id = m.agency_id ORDER BY id LIMIT 1)) b
			WHERE p.reachable AND p.morning >= 0
				AND NOT EXISTS (SELECT FROM mornings o WHERE o.person_id = p.id AND o.at > $1)
			GROUP BY p.id`, now.Add(-12*time.Hour), pq.Array(rising()))
	})
	if err != nil {
		return nil, fmt.Errorf("looking who rises: %w", err)
	}
	risers := make([]social.Riser, len(rows))
	for i, r := range rows {
		risers[i] = social.Riser(r)
	}
	return risers, nil
}

// ClaimMorning takes it upon the caller to tell somebody the word of a day. Whoever has it
// marks it with MarkMorning before the call; a claim without a mark runs out, and is taken
// up again. Where somebody else has it, or it was told, it is social.ErrNotDue.
func (s *Store) ClaimMorning(ctx context.Context, who int64, day string, now time.Time) (social.Person, error) {
	var row person
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		return tx.GetContext(ctx, &row, `
			UPDATE mornings o SET state = 'claimed', at = $3 FROM people p
			WHERE o.person_id = $1 AND o.day = $2::date AND o.state = 'open' AND p.id = o.person_id AND p.reachable
			RETURNING p.id, p.telegram_id, p.name, p.username, p.lang, p.lang_chosen, p.zone, p.calendar, p.reachable`, who, day, now)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return social.Person{}, social.ErrNotDue
	}
	return row.domain(), err
}

// MarkMorning records that the call may be on its way from now on: it is not made again.
// A claim that has run out is social.ErrNotDue.
func (s *Store) MarkMorning(ctx context.Context, who int64, day string, claimed time.Time) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		var marked bool
		err := tx.GetContext(ctx, &marked, `
			UPDATE mornings SET state = 'sending' WHERE person_id = $1 AND day = $2::date AND state = 'claimed' AND at = $3
			RETURNING true`, who, day, claimed)
		if errors.Is(err, sql.ErrNoRows) {
			return social.ErrNotDue
		}
		return err
	})
}

// EndMorning records how the telling ended: "sent", "empty", "failed", or with "open"
// that it did not happen and may be tried again.
func (s *Store) EndMorning(ctx context.Context, who int64, day, state string) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE mornings SET state = $3 WHERE person_id = $1 AND day = $2::date`, who, day, state)
		return err
	})
}

// Tallies tell of each brand that the person manages what it needs on the day that begins
// at a moment, and how its followers are answered: what waits now, and what was answered
// since the moment before.
func (s *Store) Tallies(ctx context.Context, who int64, from, to time.Time) ([]social.Tally, error) {
	var rows []struct {
		brand
		Waiting  int             `db:"waiting"`
		Negative int             `db:"negative"`
		Oldest   sql.NullTime    `db:"oldest"`
		Answered int             `db:"answered"`
		Median   sql.NullFloat64 `db:"median"`
		Review   int             `db:"review"`
		Asked    sql.NullTime    `db:"asked"`
		Today    int             `db:"today"`
		Failed   int             `db:"failed"`
		Lost     int             `db:"lost"`
		Plans    int             `db:"plans"`
	}
	err := s.Read(ctx, who, func(tx *Tx) error {
		return tx.SelectContext(ctx, &rows, `
			SELECT b.id, b.agency_id, b.name, b.zone, b.calendar, b.rules, b.slots, n.*, p.review, p.asked, p.today,
				(SELECT count(*) FROM deliveries d WHERE d.brand_id = b.id AND d.state = 'unknown') + p.broken AS failed,
				(SELECT count(*) FROM accounts a WHERE a.brand_id = b.id AND a.removed_at IS NULL AND (a.lost OR cardinality(a.missing) > 0)) AS lost,
				(SELECT count(*) FROM plans l WHERE l.brand_id = b.id AND (l.state = 'asked' OR l.state = 'open' AND l.due_at < $5)) AS plans
			FROM brands b CROSS JOIN LATERAL (
				SELECT count(*) FILTER (WHERE `+waits+`) AS waiting, count(*) FILTER (WHERE `+complains+`) AS negative,
					min(c.at) FILTER (WHERE `+waits+`) AS oldest, count(*) FILTER (WHERE c.state = 'answered') AS answered,
					(extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY c.settled_at - c.at)
						FILTER (WHERE c.state = 'answered')))::float8 AS median
				FROM comments c WHERE c.brand_id = b.id AND `+answeredFor+`
					AND (`+waits+` OR (c.state = 'answered' AND c.settled_at >= $3 AND c.settled_at < $4))) n
				CROSS JOIN LATERAL (
					SELECT count(*) FILTER (WHERE p.state = 'review') AS review, min(p.asked_at) FILTER (WHERE p.state = 'review') AS asked,
						count(*) FILTER (WHERE p.slot >= $4 AND p.slot < $5 AND p.state IN ('changes', 'review', 'held', 'approved', 'publishing')) AS today,
						count(*) FILTER (WHERE p.state = 'failed' AND p.changed_at >= $6) AS broken
					FROM posts p WHERE p.brand_id = b.id) p
			WHERE EXISTS (SELECT FROM members m WHERE m.person_id = $1 AND m.left_at IS NULL AND m.role = ANY ($2)
				AND (m.brand_id = b.id OR m.brand_id IS NULL AND m.agency_id = b.agency_id))
			ORDER BY b.name, b.id`, who, pq.Array(rising()), from, to, to.AddDate(0, 0, 1), to.AddDate(0, 0, -7))
	})
	if err != nil {
		return nil, fmt.Errorf("tallying the inbox of person %d: %w", who, err)
	}
	tallies := make([]social.Tally, 0, len(rows))
	for _, r := range rows {
		b, err := r.domain()
		if err != nil {
			return nil, err
		}
		tallies = append(tallies, social.Tally{
			Brand: b, Waiting: r.Waiting, Negative: r.Negative, Oldest: r.Oldest.Time, Answered: r.Answered,
			Median: time.Duration(r.Median.Float64 * float64(time.Second)),
			Review: r.Review, Asked: r.Asked.Time, Today: r.Today, Failed: r.Failed, Lost: r.Lost, Plans: r.Plans,
		})
	}
	return tallies, nil
}

// MorningOf returns when somebody hears the morning's word, in minutes after
// midnight, or social.NoMorning.
func (s *Store) MorningOf(ctx context.Context, who int64) (minute int, err error) {
	err = s.Read(ctx, who, func(tx *Tx) error {
		return tx.GetContext(ctx, &minute, `SELECT morning FROM people WHERE id = $1`, who)
	})
	return minute, err
}

// SetMorning says when that is, for those who manage a brand.
func (s *Store) SetMorning(ctx context.Context, who int64, minute int) error {
	return s.As(ctx, who, func(tx *Tx) error {
		places, err := tx.places(ctx, who)
		if err != nil {
			return err
		}
		if err := social.MorningAt(minute, places); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE people SET morning = $2 WHERE id = $1`, who, minute)
		return err
	})
}
