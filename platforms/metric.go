package platforms

import (
	"context"

	"peyk/social"
)

// A Gauge tells the figures of one platform. It only reads, so any error may be met
// by asking again; it returns the typed errors of this package.
type Gauge interface {
	// Measure reads what the platform has of an account, or of a post on it. What it
	// does not know is left out. Of a post that is not there any more it gives *Rejected
	// with social.CodePostGone, where it can tell.
	Measure(ctx context.Context, l social.Look) ([]social.Reading, error)
}

// A Limiter asks the server of an account what it allows, on a network of many
// servers.
type Limiter interface {
	Limits(ctx context.Context, a social.Account) (social.Limits, error)
}

// Limiters holds the limiter of each platform of many servers.
type Limiters map[social.Platform]Limiter

// Gauges holds the gauge of each platform that has one.
type Gauges map[social.Platform]Gauge
