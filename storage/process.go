package storage

import (
	"context"
	"fmt"
)

// Beat records that a process serves, and returns how many do: those whose last
// beat is less than 45 s old by the database's own clock.
func (s *Store) Beat(ctx context.Context, process string) (alive int, err error) {
	err = s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			WITH gone AS (DELETE FROM processes WHERE seen_at < now() - interval '1 day' AND id <> $1)
			INSERT INTO processes (id, seen_at) VALUES ($1, now()) ON CONFLICT (id) DO UPDATE SET seen_at = now()`, process)
		if err != nil {
			return err
		}
		return tx.GetContext(ctx, &alive, `SELECT count(*) FROM processes WHERE seen_at > now() - interval '45 seconds'`)
	})
	if err != nil {
		return 0, fmt.Errorf("counting the processes: %w", err)
	}
	return alive, nil
}

// Leave takes a process that ends out of the count.
func (s *Store) Leave(ctx context.Context, process string) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM processes WHERE id = $1`, process)
		return err
	})
}
