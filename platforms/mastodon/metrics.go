package mastodon

import (
	"context"

	"peyk/platforms"
	"peyk/social"
)

var _ platforms.Gauge = (*Connector)(nil)

// Measure reads what Peyk counts everywhere: of an account its followers, of a post
// its favourites as reactions, its replies as comments, and its boosts with the posts
// that quote it as shares. How many have seen it Mastodon tells nobody. A post that
// is not there is *platforms.Rejected with CodePostGone.
func (c *Connector) Measure(ctx context.Context, l social.Look) ([]social.Reading, error) {
	if l.Post == 0 {
		return c.followers(ctx, l.Account)
	}
	s, err := c.Client.status(ctx, l.Account.ID, l.Remote)
	if gone(err) {
		return nil, &platforms.Rejected{Code: CodePostGone, Detail: l.Remote}
	}
	if err != nil {
		return nil, sorted(err)
	}
	told := readings(nil, social.MetricReactions, s.Likes)
	told = readings(told, social.MetricComments, s.Replies)
	if s.Quotes == nil { // servers before 4.5 know no quotes
		s.Quotes = new(int64)
	}
	return readings(told, social.MetricShares, s.Boosts, s.Quotes), nil
}

func (c *Connector) followers(ctx context.Context, a social.Account) ([]social.Reading, error) {
	began := c.Client.Clock.Now()
	s, err := c.Client.session(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	me, err := c.Client.me(ctx, s)
	c.Client.heed(ctx, a.ID, began, err)
	if err != nil {
		return nil, err
	}
	return readings(nil, social.MetricFollowers, me.Followers), nil
}

// readings adds the sum of figures that are all known.
func readings(told []social.Reading, as social.Metric, of ...*int64) []social.Reading {
	sum := int64(0)
	for _, n := range of {
		if n == nil {
			return told
		}
		sum += *n
	}
	return append(told, social.Reading{Metric: as, Value: sum})
}
