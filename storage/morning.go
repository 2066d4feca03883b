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

// morningJob is the queue's kind of work that tells somebody in the morning how
// followers are answered. Its argument is {"person": id, "day": "2006-01-02"}.
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

// WakeDue puts the word of this morning into the queue for everybody whose hour has
// come, once a day. It returns for how many.
func (s *Store) WakeDue(ctx context.Context, now time.Time) (int, error) {
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
		err := s.run(ctx, s.clock, func(tx *Tx) error {
			result, err := tx.ExecContext(ctx, `
				INSERT INTO mornings (person_id, day, state, at) VALUES ($1, $2::date, 'open', $3)
				ON CONFLICT DO NOTHING`, r.Person, day.Format(time.DateOnly), now)
			if err != nil {
				return err
			}
			if n, err := result.RowsAffected(); err != nil || n == 0 {
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
				JOIN brands b ON b.id = m.brand_id OR (m.brand_id IS NULL AND b.agency_id = m.agency_id)
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

// ClaimMorning takes it upon the caller to tell somebody the word of a day, once:
// what was claimed before may have been told. Then it is social.ErrNotDue.
func (s *Store) ClaimMorning(ctx context.Context, who int64, day string, now time.Time) (social.Person, error) {
	var row person
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		return tx.GetContext(ctx, &row, `
			UPDATE mornings o SET state = 'sending', at = $3 FROM people p
			WHERE o.person_id = $1 AND o.day = $2::date AND o.state = 'open' AND p.id = o.person_id AND p.reachable
			RETURNING p.id, p.telegram_id, p.name, p.username, p.lang, p.lang_chosen, p.zone, p.calendar, p.reachable`, who, day, now)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return social.Person{}, social.ErrNotDue
	}
	return row.domain(), err
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

// Tallies tell of each brand that the person manages how its followers are answered:
// what waits now, and what was answered between two moments.
func (s *Store) Tallies(ctx context.Context, who int64, from, to time.Time) ([]social.Tally, error) {
	var rows []struct {
		brand
		Waiting  int             `db:"waiting"`
		Negative int             `db:"negative"`
		Oldest   sql.NullTime    `db:"oldest"`
		Answered int             `db:"answered"`
		Median   sql.NullFloat64 `db:"median"`
	}
	err := s.Read(ctx, who, func(tx *Tx) error {
		return tx.SelectContext(ctx, &rows, `
			SELECT b.id, b.agency_id, b.name, b.zone, b.calendar, b.rules, b.slots, n.*
			FROM brands b CROSS JOIN LATERAL (
				SELECT count(*) FILTER (WHERE `+waits+`) AS waiting, count(*) FILTER (WHERE `+complains+`) AS negative,
					min(c.at) FILTER (WHERE `+waits+`) AS oldest, count(*) FILTER (WHERE c.state = 'answered') AS answered,
					(extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY c.settled_at - c.at)
						FILTER (WHERE c.state = 'answered')))::float8 AS median
				FROM comments c WHERE c.brand_id = b.id AND `+answeredFor+`
					AND (`+waits+` OR (c.state = 'answered' AND c.settled_at >= $3 AND c.settled_at < $4))) n
			ORDER BY b.name, b.id`, who, pq.Array(rising()), from, to)
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
