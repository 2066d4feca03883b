package scheduler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"peyk/social"
)

// aheadOf is how long before their hour the pictures of digests are drawn.
const aheadOf = 30 * time.Minute

// Aheads finds whose digests come soon.
type Aheads interface {
	DigestsAhead(ctx context.Context, now, until time.Time, n int) ([]social.Ahead, error)
}

// DrawingAhead draws the pictures of digests before their hour, one after the other, with
// a rest after each as long as it took, so that whoever taps meanwhile finds the machine half
// free: at the hour nobody waits for a brush. A picture that cannot be drawn is drawn then.
func DrawingAhead(a Aheads, draw func(context.Context, social.Ahead) error) Tick {
	return Tick{Name: "ahead", Every: 20 * time.Second, Do: func(ctx context.Context, now time.Time) error {
		for {
			readers, err := a.DigestsAhead(ctx, now, now.Add(aheadOf), steadyBatch)
			if err != nil || len(readers) == 0 {
				return err
			}
			if err := drawAll(ctx, readers, draw); err != nil || ctx.Err() != nil {
				return err
			}
		}
	}}
}

// drawAll draws for some readers; one that fails keeps no other back.
func drawAll(ctx context.Context, readers []social.Ahead, draw func(context.Context, social.Ahead) error) error {
	var failed error
	for _, r := range readers {
		begun := time.Now()
		if err := draw(ctx, r); err != nil {
			failed = errors.Join(failed, fmt.Errorf("drawing ahead for brand %d: %w", r.Brand, err))
		}
		if !rest(ctx, time.Since(begun)) {
			break
		}
	}
	return failed
}
