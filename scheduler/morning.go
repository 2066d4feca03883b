package scheduler

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Mornings finds for whom it is time to hear how followers are answered.
type Mornings interface {
	WakeDue(ctx context.Context, now time.Time, n int) (int, error)
}

// Waking has those told whose hour has come.
func Waking(m Mornings) Tick {
	return Tick{Name: "mornings", Every: 5 * time.Second, Do: func(ctx context.Context, now time.Time) error {
		return steadily(ctx, func(n int) (int, error) { return m.WakeDue(ctx, now, n) })
	}}
}

// Morning is the job that tells one person the word of one day, by the given hand.
func Morning(tell func(ctx context.Context, person int64, day string) error) Job {
	return func(ctx context.Context, args json.RawMessage) error {
		var job struct {
			Person int64  `json:"person"`
			Day    string `json:"day"`
		}
		if err := json.Unmarshal(args, &job); err != nil {
			return fmt.Errorf("reading a morning job: %w", err)
		}
		return tell(ctx, job.Person, job.Day)
	}
}
