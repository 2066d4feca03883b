package storage

import (
	"context"
	"fmt"
	"time"

	"peyk/social"
)

// DigestsAhead returns who will get the digest of up to n brands that is due until a
// moment, each brand once.
func (s *Store) DigestsAhead(ctx context.Context, now, until time.Time, n int) ([]social.Ahead, error) {
	var all []social.Ahead
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		all = nil
		var brands []struct {
			ID int64     `db:"id"`
			At time.Time `db:"digest_at"`
		}
		err := tx.SelectContext(ctx, &brands, `
			UPDATE brands SET drawn_at = digest_at WHERE id IN (
				SELECT id FROM brands WHERE digest_at > $1 AND digest_at <= $2 AND drawn_at <> digest_at
				ORDER BY digest_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)
			RETURNING id, digest_at`, now, until, n)
		if err != nil {
			return fmt.Errorf("finding digests to draw ahead: %w", err)
		}
		for _, row := range brands {
			b, err := tx.brand(ctx, row.ID, false)
			if err != nil {
				return err
			}
			week, _, _ := b.DigestDue(row.At)
			var readers []int64
			err = tx.SelectContext(ctx, &readers, `SELECT p.id `+digestReaders, b.ID, b.AgencyID, week.Day(), week.To)
			if err != nil {
				return fmt.Errorf("finding the readers of brand %d: %w", b.ID, err)
			}
			for _, id := range readers {
				all = append(all, social.Ahead{Brand: b.ID, Person: id, Week: week.Day()})
			}
		}
		return nil
	})
	return all, err
}
