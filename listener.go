package main

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/locales"
	"peyk/platforms"
	"peyk/scheduler"
	"peyk/social"
)

// listener lets the scheduler ask the networks for comments.
type listener struct {
	listeners platforms.Listeners
	clock     clockwork.Clock
}

var _ scheduler.Source = listener{}

// listenPatience is how long one call may take.
const listenPatience = time.Minute

// Networks are those that must be asked.
func (l listener) Networks() []social.Platform { return slices.Sorted(maps.Keys(l.listeners)) }

// Poll reads a page of what is new.
func (l listener) Poll(ctx context.Context, a social.Account, cursor string) ([]social.Heard, string, bool, *social.Outcome) {
	ctx, cancel := context.WithTimeout(ctx, listenPatience)
	defer cancel()
	found, next, more, err := l.listeners[a.Platform].Poll(ctx, a, cursor)
	if err != nil {
		o := platforms.PrepareOutcome(err, l.clock.Now()) // it only reads
		return nil, cursor, false, &o
	}
	return searchable(found), next, more, nil
}

// Sweep reads everything under a post.
func (l listener) Sweep(ctx context.Context, a social.Account, remote string) ([]social.Heard, *social.Outcome) {
	ctx, cancel := context.WithTimeout(ctx, listenPatience)
	defer cancel()
	found, err := l.listeners[a.Platform].Sweep(ctx, a, remote)
	if err != nil {
		o := platforms.PrepareOutcome(err, l.clock.Now())
		return nil, &o
	}
	return searchable(found), nil
}

// Missing names those of the comments that their network does not show any more.
func (l listener) Missing(ctx context.Context, a social.Account, comments []string) ([]string, *social.Outcome) {
	ctx, cancel := context.WithTimeout(ctx, listenPatience)
	defer cancel()
	gone, err := l.listeners[a.Platform].Missing(ctx, a, comments)
	if err != nil {
		o := platforms.PrepareOutcome(err, l.clock.Now())
		return nil, &o
	}
	return gone, nil
}

// searchable gives comments the spelling in which they are searched.
func searchable(found []social.Heard) []social.Heard {
	for i := range found {
		found[i].Search = locales.Fold(found[i].Author + " " + found[i].Text)
	}
	return found
}
