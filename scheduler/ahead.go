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

// DrawingAhead draws the pictures of digests before their hour, one after the other:
// at the hour nobody waits for a brush. A picture that cannot be drawn is drawn then.
func DrawingAhead(a Aheads, draw func(context.Context, social.Ahead) error) Tick {
	return Tick{Name: "ahead", Every: 20 * time.Second, Do: func(ctx context.Context, now time.Time) error {
		for {
			readers, err := a.DigestsAhead(ctx, now, now.Add(aheadOf), claimBatch)
			if err != nil || len(readers) == 0 {
				return err
			}
			var failed error // one that fails keeps no other back
			for _, r := range readers {
				if err := draw(ctx, r); err != nil {
					failed = errors.Join(failed, fmt.Errorf("drawing ahead for brand %d: %w", r.Brand, err))
				}
			}
			if failed != nil {
				return failed
			}
		}
	}}
}
