package scheduler

import (
	"context"
	"encoding/json"
	"fmt"
)

// Watching is the job that looks whether the figures of a brand have fallen in a
// week, by the given hand.
func Watching(watch func(ctx context.Context, brand int64, week string) error) Job {
	return func(ctx context.Context, args json.RawMessage) error {
		var job struct {
			Brand int64  `json:"brand"`
			Week  string `json:"week"`
		}
		if err := json.Unmarshal(args, &job); err != nil {
			return fmt.Errorf("reading a job that watches figures: %w", err)
		}
		return watch(ctx, job.Brand, job.Week)
	}
}
