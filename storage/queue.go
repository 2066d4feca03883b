package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// maxAttempts is how often the queue starts a job before it gives up.
const maxAttempts = 20

// Enqueue puts a job into the durable queue, in the transaction that makes it
// necessary: it exists if and only if the transaction commits. Each kind has a
// queue of its own. A zero time means at once. The columns are River's (v0.51),
// whose workers take the job.
func Enqueue(ctx context.Context, tx *Tx, kind string, args any, at time.Time) error {
	body, err := json.Marshal(map[string]any{"kind": kind, "args": args})
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		WITH job AS (
			INSERT INTO river_job (kind, args, queue, max_attempts, state, scheduled_at)
			VALUES ('job', $1::jsonb, $2, $3,
				CASE WHEN $4::timestamptz > now() THEN 'scheduled' ELSE 'available' END::river_job_state,
				coalesce($4::timestamptz, now()))
			RETURNING state)
		SELECT pg_notify(current_schema() || '.river_insert', json_build_object('queue', $2::text)::text)
		FROM job WHERE state = 'available'`, string(body), kind, maxAttempts, nullTime(at))
	if err != nil {
		return fmt.Errorf("enqueueing %s: %w", kind, err)
	}
	return nil
}
