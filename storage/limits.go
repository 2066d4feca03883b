package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lib/pq"

	"peyk/social"
)

// LimitsDue claims up to n accounts of the given networks whose servers are to be
// asked what they allow. Whoever claims has until then to come back; after that they
// are claimed again.
func (s *Store) LimitsDue(ctx context.Context, now, until time.Time, networks []social.Platform, n int) ([]social.Account, error) {
	var due []social.Account
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		var rows []account
		err := tx.SelectContext(ctx, &rows, `
			UPDATE accounts SET limits_at = $2 WHERE id IN (
				SELECT id FROM accounts
				WHERE limits_at <= $1 AND removed_at IS NULL AND NOT lost AND platform = ANY ($3)
				ORDER BY limits_at LIMIT $4 FOR UPDATE SKIP LOCKED)
			RETURNING `+accountColumns, now, until, pq.Array(networks), n)
		if err != nil {
			return fmt.Errorf("claiming accounts whose limits are due: %w", err)
		}
		due = nil
		for _, r := range rows {
			due = append(due, r.domain())
		}
		return nil
	})
	return due, err
}

// KeepLimits keeps what an account's server allows, and when it is asked again.
func (s *Store) KeepLimits(ctx context.Context, account int64, l social.Limits, next time.Time) error {
	return s.run(ctx, s.clock, func(tx *Tx) error { return tx.keepLimits(ctx, account, l, next) })
}

func (tx *Tx) keepLimits(ctx context.Context, account int64, l social.Limits, next time.Time) error {
	if l.At.IsZero() {
		return nil
	}
	body, err := json.Marshal(l)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE accounts SET limits = $2, limits_at = $3 WHERE id = $1`, account, string(body), next)
	return err
}
