package bluesky

import (
	"context"
	"slices"

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

// Missing names the comments that the network does not show any more. A thread would not
// tell: what stands below something that was deleted is not in it.
func (l Listener) Missing(ctx context.Context, a social.Account, comments []string) (gone []string, err error) {
	for some := range slices.Chunk(comments, MaxPosts) {
		views, err := l.Client.views(ctx, a.ID, some)
		if err != nil {
			return nil, sorted(err)
		}
		for _, uri := range some {
			if !slices.ContainsFunc(views, func(v postView) bool { return v.URI == uri }) {
				gone = append(gone, uri)
			}
		}
	}
	return gone, nil
}

func plainly(found []Comment) []social.Heard {
	heard := make([]social.Heard, len(found))
	for i, c := range found {
		heard[i] = c.Heard
	}
	return heard
}
