package main

import (
	"context"
	"maps"
	"slices"

	"github.com/jonboulle/clockwork"

	"peyk/platforms"
	"peyk/social"
)

// gauge lets the scheduler read the networks' figures.
type gauge struct {
	gauges platforms.Gauges
	clock  clockwork.Clock
}

// Networks are those that tell figures.
func (g gauge) Networks() []social.Platform { return slices.Sorted(maps.Keys(g.gauges)) }

// Measure asks for the figures of an account, or of a post on it.
func (g gauge) Measure(ctx context.Context, l social.Look) ([]social.Reading, *social.Outcome) {
	told, err := g.gauges[l.Account.Platform].Measure(ctx, l)
	if err != nil {
		o := platforms.PrepareOutcome(err, g.clock.Now()) // it only reads
		return nil, &o
	}
	return told, nil
}
