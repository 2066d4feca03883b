package storage

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"peyk/social"
)

// EarsDue claims up to n accounts of the given networks whose comments are to be
// asked for. Whoever claims has until then to come back; after that they are claimed
// again.
func (s *Store) EarsDue(ctx context.Context, now, until time.Time, networks []social.Platform, n int) ([]social.Ear, error) {
	const open = `accounts WHERE listen_at <= $1 AND removed_at IS NULL AND NOT lost AND platform = ANY ($2)`
	var ears []social.Ear
	if !s.due(ctx, `SELECT FROM `+open, now, pq.Array(networks)) {
		return nil, nil
	}
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		var rows []struct {
			account
			Cursor string `db:"listen_cursor"`
			Tries  int    `db:"listen_tries"`
			Sweep  bool   `db:"sweep"`
		}
		err := tx.SelectContext(ctx, &rows, `
			UPDATE accounts SET listen_at = $3 WHERE id IN (
				SELECT id FROM `+open+` ORDER BY listen_at LIMIT $4 FOR UPDATE SKIP LOCKED)
			RETURNING id, brand_id, platform, remote_id, handle, listen_cursor, listen_tries, sweep_at <= $1 AS sweep`,
			now, pq.Array(networks), until, n)
		if err != nil {
			return fmt.Errorf("claiming accounts to listen to: %w", err)
		}
		ears = nil
		for _, r := range rows {
			e := social.Ear{Account: r.domain(), Cursor: r.Cursor, Tries: r.Tries, Sweep: r.Sweep}
			if err := tx.threadsToSweep(ctx, &e, now); err != nil {
				return err
			}
			ears = append(ears, e)
		}
		return nil
	})
	return ears, err
}

// threadsToSweep names the recent posts of an account that is to be swept.
func (tx *Tx) threadsToSweep(ctx context.Context, e *social.Ear, now time.Time) error {
	if !e.Sweep {
		return nil
	}
	err := tx.SelectContext(ctx, &e.Threads, `
		SELECT remote FROM deliveries
		WHERE account_id = $1 AND remote <> '' AND live_at > $2 AND state = 'live' ORDER BY live_at DESC LIMIT $3`,
		e.Account.ID, now.Add(-social.SweepLife), social.SweepMost)
	if err != nil {
		return fmt.Errorf("reading the posts of account %d: %w", e.Account.ID, err)
	}
	return nil
}

// EndListening keeps how far an account was read, after what was read is stored,
// and when it is asked for again. What somebody else has claimed meanwhile only
// repeats what comes once.
func (s *Store) EndListening(ctx context.Context, e social.Ear, next time.Time) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE accounts SET listen_cursor = $2, listen_at = $3, listen_tries = $4,
				sweep_at = CASE WHEN $5 THEN $6 ELSE sweep_at END WHERE id = $1`,
			e.Account.ID, e.Cursor, next, e.Tries, e.Sweep, e.NextSweep(tx.now))
		return err
	})
}
