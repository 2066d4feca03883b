package scheduler

import (
	"context"
	"time"
)

// A Reminders finds who has to be reminded of what waits for him.
type Reminders interface {
	RemindDue(ctx context.Context, now time.Time, n int) (int, error)
}

// Reminding has approvers reminded who have not answered.
func Reminding(r Reminders) Tick {
	return Tick{Name: "remind", Every: 2 * time.Second, Do: func(ctx context.Context, now time.Time) error {
		for {
			n, err := r.RemindDue(ctx, now, claimBatch)
			if err != nil || n < claimBatch {
				return err
			}
		}
	}}
}
