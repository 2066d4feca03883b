package bluesky

import (
	"context"

	"peyk/platforms"
	"peyk/social"
)

// A Listener is a Connector in the words of all networks.
type Listener struct{ *Connector }

var _ platforms.Listener = Listener{}

// Poll reads a page of what is new about the account.
func (l Listener) Poll(ctx context.Context, a social.Account, cursor string) (heard []social.Heard, next string, more bool, err error) {
	found, next, more, err := l.Connector.Poll(ctx, a, cursor)
	return plainly(found), next, more, err
}

// Sweep reads everything under a post.
func (l Listener) Sweep(ctx context.Context, a social.Account, remote string) ([]social.Heard, error) {
	found, err := l.SweepThread(ctx, a, remote)
	return plainly(found), err
}

func plainly(found []Comment) []social.Heard {
	heard := make([]social.Heard, len(found))
	for i, c := range found {
		heard[i] = c.Heard
	}
	return heard
}
