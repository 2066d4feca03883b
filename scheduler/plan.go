package scheduler

import (
	"context"
	"time"
)

// Plans finds the plans whose date has come.
type Plans interface {
	PlansDue(ctx context.Context, now time.Time, n int) (int, error)
}

// Checking has people asked whether their plans have helped.
func Checking(p Plans) Tick {
	return Tick{Name: "plans", Every: 5 * time.Second, Do: func(ctx context.Context, now time.Time) error {
		return steadily(ctx, func(n int) (int, error) { return p.PlansDue(ctx, now, n) })
	}}
}
