package scheduler

import (
	"context"
	"time"

	"peyk/social"
)

// Reports finds the brands of whose last month managers are to be told that it is over.
type Reports interface {
	ReportsDue(ctx context.Context, now time.Time, n int, month func(social.Brand, time.Time) social.Month) (int, error)
}

// Reporting offers managers the reports of months that are over. A brand's months are
// those of its calendar, which month knows.
func Reporting(r Reports, month func(social.Brand, time.Time) social.Month) Tick {
	return Tick{Name: "reports", Every: 10 * time.Second, Do: func(ctx context.Context, now time.Time) error {
		return steadily(ctx, func(n int) (int, error) { return r.ReportsDue(ctx, now, n, month) })
	}}
}
