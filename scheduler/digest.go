package scheduler

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Digests finds the brands of whose last week it is time to tell.
type Digests interface {
	DigestsLost(ctx context.Context, now time.Time) (int, error)
	DigestsDue(ctx context.Context, now time.Time, n int) (int, error)
}

// Digesting has people told of the weeks of their brands.
func Digesting(d Digests) Tick {
	return Tick{Name: "digests", Every: 5 * time.Second, Do: func(ctx context.Context, now time.Time) error {
		if _, err := d.DigestsLost(ctx, now); err != nil {
			return err
		}
		return steadily(ctx, func(n int) (int, error) { return d.DigestsDue(ctx, now, n) })
	}}
}

// Digest is the job that gives one person the digest of one week of a brand, by the
// given hand.
func Digest(give func(ctx context.Context, brand, person int64, week string) error) Job {
	return func(ctx context.Context, args json.RawMessage) error {
		var job struct {
			Brand  int64  `json:"brand"`
			Person int64  `json:"person"`
			Week   string `json:"week"`
		}
		if err := json.Unmarshal(args, &job); err != nil {
			return fmt.Errorf("reading a digest job: %w", err)
		}
		return give(ctx, job.Brand, job.Person, job.Week)
	}
}
