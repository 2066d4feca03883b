package storage

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/lib/pq"

	"peyk/social"
)

// late is true of a comment c that has waited too long at one moment, and that the
// reader $1 should do something about: it is nobody's or his, or he plans for its brand
// by one of some roles. Where these two are among the arguments is filled in.
const late = `(c.state IN ('new', 'claimed', 'answering') AND (c.reminded > 0 OR c.answer_by <= $%[1]d)
	AND (c.holder_id IS NULL OR c.holder_id = $1 OR c.brand_id IN (
		SELECT b.id FROM brands b JOIN members m ON m.brand_id = b.id OR (m.brand_id IS NULL AND m.agency_id = b.agency_id)
		WHERE m.person_id = $1 AND m.left_at IS NULL AND m.role = ANY ($%[2]d))))`

// Backlog counts what has waited too long for the reader's answer.
func (s *Store) Backlog(ctx context.Context, reader int64) (social.Backlog, error) {
	var row struct {
		Count    int          `db:"n"`
		Negative int          `db:"negative"`
		Oldest   sql.NullTime `db:"oldest"`
	}
	err := s.Read(ctx, reader, func(tx *Tx) error {
		return tx.GetContext(ctx, &row, `
			SELECT count(*) AS n, count(*) FILTER (WHERE c.mood = 'negative') AS negative, min(c.at) AS oldest
			FROM comments c WHERE `+answeredFor+` AND `+fmt.Sprintf(late, 3, 4),
			reader, pq.Array(roles(social.Answer)), tx.now, pq.Array(roles(social.Plan)))
	})
	if err != nil {
		return social.Backlog{}, fmt.Errorf("counting what has waited too long for person %d: %w", reader, err)
	}
	return social.Backlog{Count: row.Count, Negative: row.Negative, Oldest: row.Oldest.Time}, nil
}

// Reminders returns the events of an agency that tell of comments which have waited too
// long, as far as they still do, and that people have not been told of, the oldest
// first; more: others are about to come. What waits no more is not told.
func (s *Store) Reminders(ctx context.Context, agency int64) (reminders []social.Reminder, more bool, err error) {
	err = s.run(ctx, s.clock, func(tx *Tx) error {
		var rows []struct {
			event
			Holder   int64 `db:"holder_id"`
			Negative bool  `db:"negative"`
			Waits    bool  `db:"waits"`
		}
		err := tx.SelectContext(ctx, &rows, `
			SELECT `+eventColumns+`, coalesce(c.holder_id, 0) AS holder_id, c.mood = 'negative' AS negative,
				c.state IN ('new', 'claimed', 'answering') AS waits
			FROM events e JOIN comments c ON c.id = (e.facts->>'comment')::bigint AND c.brand_id = e.brand_id
			WHERE e.told_at IS NULL AND e.agency_id = $1 AND e.kind IN ('comment.overdue', 'comment.stale') ORDER BY e.id`, agency)
		if err != nil {
			return err
		}
		reminders = nil
		var settled []int64
		for _, r := range rows {
			if !r.Waits {
				settled = append(settled, r.ID)
				continue
			}
			e, err := r.domain()
			if err != nil {
				return err
			}
			reminders = append(reminders, social.Reminder{Event: e, Holder: r.Holder, Negative: r.Negative})
		}
		if err := tx.endEvents(ctx, settled); err != nil {
			return err
		}
		return tx.GetContext(ctx, &more, `
			SELECT EXISTS (
				SELECT FROM comments c JOIN brands b ON b.id = c.brand_id
				WHERE b.agency_id = $1 AND c.reminded < 2 AND c.state IN ('new', 'claimed', 'answering') AND c.answer_by <= $2)`, agency, tx.now)
	})
	if err != nil {
		return nil, false, fmt.Errorf("looking for reminders of agency %d: %w", agency, err)
	}
	return reminders, more, nil
}

// EndEvents records that everybody concerned has been told of the events.
func (s *Store) EndEvents(ctx context.Context, ids []int64) error {
	return s.run(ctx, s.clock, func(tx *Tx) error { return tx.endEvents(ctx, ids) })
}

func (tx *Tx) endEvents(ctx context.Context, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `UPDATE events SET told_at = $2 WHERE id = ANY ($1)`, pq.Array(ids), tx.now)
	return err
}

// Untold returns those of an agency's events of which the person has not been told, and
// of how many reminders he was told since a moment.
func (s *Store) Untold(ctx context.Context, agency, person int64, ids []int64, since time.Time) (fresh []int64, heard int, err error) {
	err = s.run(ctx, s.clock, func(tx *Tx) error {
		err := tx.SelectContext(ctx, &fresh, `
			SELECT id FROM unnest($1::bigint[]) AS u (id)
			WHERE NOT EXISTS (SELECT FROM notices n WHERE n.event_id = u.id AND n.person_id = $2 AND n.state NOT IN ('open', 'sending'))
			ORDER BY id`, pq.Array(ids), person)
		if err != nil {
			return err
		}
		return tx.GetContext(ctx, &heard, `
			SELECT count(*) FROM events e JOIN notices n ON n.event_id = e.id
			WHERE e.agency_id = $1 AND e.kind IN ('comment.overdue', 'comment.stale') AND e.at > $4
				AND n.person_id = $2 AND n.state = 'sent' AND n.at > $3`,
			agency, person, since, since.Add(-time.Hour)) // a reminder is told soon after it was made
	})
	if err != nil {
		return nil, 0, fmt.Errorf("looking for what person %d was told: %w", person, err)
	}
	return fresh, heard, nil
}

// ClaimNotices is ClaimNotice for several events at once: it claims all of them, or,
// where somebody else is telling of one, none.
func (s *Store) ClaimNotices(ctx context.Context, ids []int64, person int64) (busy bool, err error) {
	err = s.run(ctx, s.clock, func(tx *Tx) error {
		err := tx.GetContext(ctx, &busy, `
			SELECT EXISTS (SELECT FROM notices WHERE event_id = ANY ($1) AND person_id = $2 AND state = 'sending' AND at >= $3)`,
			pq.Array(ids), person, tx.now.Add(-noticeLease))
		if err != nil || busy {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO notices (event_id, person_id, brand_id, agency_id, state, at)
			SELECT e.id, $2, e.brand_id, e.agency_id, 'sending', $3 FROM events e WHERE e.id = ANY ($1) ORDER BY e.id
			ON CONFLICT (event_id, person_id) DO UPDATE SET tries = notices.tries + 1, state = 'sending', at = $3
			WHERE notices.state IN ('open', 'sending')`, pq.Array(ids), person, tx.now)
		return err
	})
	return busy, err
}

// EndNotices is EndNotice for several events at once.
func (s *Store) EndNotices(ctx context.Context, ids []int64, person int64, state string) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE notices SET state = $3, at = $4 WHERE event_id = ANY ($1) AND person_id = $2`, pq.Array(ids), person, state, tx.now)
		return err
	})
}
