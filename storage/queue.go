package storage

import (
	"context"
	"encoding/json"
	"fmt"
)

// Enqueue puts a job into the durable queue, in the transaction that makes it
// necessary: it exists if and only if the transaction commits. Each kind has a
// queue of its own.
func Enqueue(ctx context.Context, tx *Tx, kind string, args any) error {
	body, err := json.Marshal(args)
	if err != nil {
		return err
	}
	if _, err = tx.ExecContext(ctx, `SELECT enqueue($1, $2::jsonb)`, kind, string(body)); err != nil {
		return fmt.Errorf("enqueueing %s: %w", kind, err)
	}
	return nil
}
