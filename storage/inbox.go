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

// An Inbox keeps the updates of one bot.
type Inbox struct {
	*Store
	bot int64
}

// Inbox returns the inbox of the bot with this Telegram id.
func (s *Store) Inbox(bot int64) *Inbox { return &Inbox{s, bot} }

// Put stores updates; one that is known is left as it is.
func (s *Inbox) Put(ctx context.Context, updates []social.Incoming) error {
	n := len(updates)
	bots, ids, keys := make([]int64, n), make([]int64, n), make([]int64, n)
	bodies := make([][]byte, n)
	for i, u := range updates {
		bots[i], ids[i], keys[i], bodies[i] = u.Bot, u.ID, u.Key, u.Body
	}
	err := s.run(ctx, s.Store.bot, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO inbox (bot, update_id, key, body, received_at)
			SELECT bot, update_id, key, body, $5
			FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[]) AS u (bot, update_id, key, body)
			ON CONFLICT (bot, update_id) DO NOTHING`,
			pq.Array(bots), pq.Array(ids), pq.Array(keys), pq.ByteaArray(bodies), tx.now)
		return err
	})
	if err != nil {
		return fmt.Errorf("storing %d updates: %w", n, err)
	}
	return nil
}

// incoming is a row of inbox.
type incoming struct {
	ID    int64     `db:"update_id"`
	Key   int64     `db:"key"`
	Body  []byte    `db:"body"`
	Tries int       `db:"tries"`
	At    time.Time `db:"received_at"`

	Handled bool `db:"handled"`
}

func (s *Inbox) domains(rows []incoming) []social.Incoming {
	updates := make([]social.Incoming, len(rows))
	for i, r := range rows {
		updates[i] = social.Incoming{Bot: s.bot, ID: r.ID, Key: r.Key, Body: r.Body, Tries: r.Tries, At: r.At, Handled: r.Handled}
	}
	return updates
}

// Claim takes up to n updates: of each key the oldest one that is not done, unless
// somebody has one of the key; taps come first. A claim ends by itself after the lease.
// Handled is what a worker left that is gone since: it had its effect, and whoever
// did it may not have heard of that.
func (s *Inbox) Claim(ctx context.Context, n int, lease time.Duration) ([]social.Incoming, error) {
	var rows []incoming
	err := s.run(ctx, s.Store.bot, func(tx *Tx) error {
		return tx.SelectContext(ctx, &rows, `
			UPDATE inbox SET tries = tries + 1, not_before = $3
			WHERE (bot, update_id) IN (
				SELECT bot, update_id FROM inbox i
				WHERE bot = $1 AND done_at IS NULL AND parked_at IS NULL
					AND (not_before IS NULL OR not_before <= $4)
					AND update_id = (
						SELECT min(e.update_id) FROM inbox e
						WHERE e.bot = i.bot AND e.key = i.key AND e.done_at IS NULL AND e.parked_at IS NULL)
					AND key NOT IN ( -- a newer one may be under way: older ones can come late
						SELECT h.key FROM inbox h
						WHERE h.bot = $1 AND h.not_before > $4 AND h.done_at IS NULL AND h.parked_at IS NULL)
				ORDER BY position('"callback_query"'::bytea IN body) = 0, update_id LIMIT $2 FOR UPDATE SKIP LOCKED)
			RETURNING update_id, key, body, tries, received_at, handled_at IS NOT NULL AS handled`, s.bot, n, tx.now.Add(lease), tx.now)
	})
	if err != nil {
		return nil, fmt.Errorf("claiming updates: %w", err)
	}
	return s.domains(rows), nil
}

// Waiting returns the other updates of in's key that are not handled, oldest
// first.
func (s *Inbox) Waiting(ctx context.Context, in social.Incoming) ([]social.Incoming, error) {
	var rows []incoming
	err := s.run(ctx, s.Store.bot, func(tx *Tx) error {
		return tx.SelectContext(ctx, &rows, `
			SELECT update_id, key, body, tries, received_at FROM inbox
			WHERE bot = $1 AND key = $2 AND update_id <> $3 AND handled_at IS NULL AND done_at IS NULL AND parked_at IS NULL
			ORDER BY update_id LIMIT 100`, s.bot, in.Key, in.ID)
	})
	if err != nil {
		return nil, fmt.Errorf("looking for waiting updates: %w", err)
	}
	return s.domains(rows), nil
}

// Done ends the handling of an update.
func (s *Inbox) Done(ctx context.Context, u social.Incoming) error {
	return s.run(ctx, s.Store.bot, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE inbox SET done_at = $3, handled_at = coalesce(handled_at, $3)
			WHERE bot = $1 AND update_id = $2`, u.Bot, u.ID, tx.now)
		return err
	})
}

// Fail gives an update back for another try after a pause that grows, or sets it
// aside for good with the cause, so that the key goes on without it.
func (s *Inbox) Fail(ctx context.Context, u social.Incoming, cause string, park bool) error {
	return s.run(ctx, s.Store.bot, func(tx *Tx) error {
		pause := time.Second << min(u.Tries, 5)
		_, err := tx.ExecContext(ctx, `
			UPDATE inbox SET cause = $3, not_before = $4, parked_at = CASE WHEN $5::boolean THEN $6::timestamptz END
			WHERE bot = $1 AND update_id = $2`, u.Bot, u.ID, cause, tx.now.Add(pause), park, tx.now)
		return err
	})
}

// markHandled says, in the transaction of the effect, that the updates had it,
// unless that has been said with the effect itself.
func (tx *Tx) markHandled(ctx context.Context) error {
	bot, ids := tx.marks()
	if len(ids) == 0 {
		return nil
	}
	result, err := tx.ExecContext(ctx, `
		UPDATE inbox SET handled_at = $3
		WHERE bot = $1 AND update_id = ANY ($2) AND handled_at IS NULL`, bot, pq.Array(ids), tx.now)
	if err != nil {
		return fmt.Errorf("marking %d updates: %w", len(ids), err)
	}
	if n, err := result.RowsAffected(); err != nil || n != int64(len(ids)) {
		return errors.Join(err, social.ErrHandled)
	}
	return nil
}

// Last is when the newest update came; zero: none is kept.
func (s *Inbox) Last(ctx context.Context) (time.Time, error) {
	var at sql.NullTime
	err := s.run(ctx, s.Store.bot, func(tx *Tx) error {
		return tx.GetContext(ctx, &at, `SELECT max(received_at) FROM inbox WHERE bot = $1`, s.bot)
	})
	return at.Time, err
}

// PruneInbox deletes updates that were done before the given time.
func (s *Store) PruneInbox(ctx context.Context, before time.Time) (int, error) {
	var n int64
	err := s.run(ctx, s.bot, func(tx *Tx) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM inbox WHERE done_at < $1`, before)
		if err != nil {
			return err
		}
		n, err = result.RowsAffected()
		return err
	})
	return int(n), err
}

// Lag tells how long the oldest update and the oldest untold event have waited.
func (s *Store) Lag(ctx context.Context) (inbox, outbox time.Duration, err error) {
	var row struct {
		Inbox  float64 `db:"inbox"`
		Outbox float64 `db:"outbox"`
	}
	err = s.run(ctx, s.clock, func(tx *Tx) error {
		return tx.GetContext(ctx, &row, `
			SELECT coalesce((SELECT extract(epoch FROM $1::timestamptz - min(received_at)) FROM inbox
					WHERE done_at IS NULL AND parked_at IS NULL), 0)::float8 AS inbox,
				coalesce((SELECT extract(epoch FROM $1::timestamptz - min(at)) FROM events
					WHERE told_at IS NULL), 0)::float8 AS outbox`, tx.now)
	})
	return seconds(row.Inbox), seconds(row.Outbox), err
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
