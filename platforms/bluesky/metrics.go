package bluesky

import (
	"context"
	"fmt"
	"net/url"

	"peyk/platforms"
	"peyk/social"
)

var _ platforms.Gauge = (*Connector)(nil)

// Measure reads what Peyk counts everywhere: of an account its followers, of a post
// its likes as reactions, its replies as comments, and its reposts with the posts
// that quote it as shares. A post that is not shown is *platforms.Rejected
// with CodePostGone.
func (c *Connector) Measure(ctx context.Context, l social.Look) ([]social.Reading, error) {
	if l.Post == 0 {
		told, err := c.AccountFigures(ctx, l.Account)
		return told.readings(), err
	}
	told, err := c.PostFigures(ctx, l.Account, []string{l.Remote})
	if err != nil {
		return nil, err
	}
	post, shown := told[l.Remote]
	if !shown {
		return nil, &platforms.Rejected{Code: CodePostGone, Detail: l.Remote}
	}
	return post.readings(), nil
}

// readings are figures in the words of all networks.
func (f Figures) readings() []social.Reading {
	var told []social.Reading
	add := func(as social.Metric, of ...Metric) {
		sum := int64(0)
		for _, m := range of {
			n, known := f[m]
			if !known {
				return
			}
			sum += n
		}
		told = append(told, social.Reading{Metric: as, Value: sum})
	}
	add(social.MetricFollowers, Followers)
	add(social.MetricReactions, Likes)
	add(social.MetricComments, Replies)
	add(social.MetricShares, Reposts, Quotes)
	return told
}

// A Metric is a figure that the network tells.
type Metric string

// The figures: the first two of an account, the others of a post. Impressions are
// not told by anybody.
const (
	Followers Metric = "followers"
	Posts     Metric = "posts"
	Likes     Metric = "likes"
	Reposts   Metric = "reposts"
	Replies   Metric = "replies"
	Quotes    Metric = "quotes"
)

// Figures are what the network told. One that is not in them is not known, which
// is not zero.
type Figures map[Metric]int64

// MaxPosts is how many posts PostFigures takes at once (app.bsky.feed.getPosts,
// bluesky-social/atproto d6296a1cfd, 2026-08-20).
const MaxPosts = 25

func figures(told map[Metric]*int64) Figures {
	f := Figures{}
	for name, n := range told {
		if n != nil {
			f[name] = *n
		}
	}
	return f
}

// AccountFigures reads how many follow the account and how much it has posted.
func (c *Connector) AccountFigures(ctx context.Context, a social.Account) (Figures, error) {
	var p profile
	err := c.Client.ask(ctx, a.ID, request{method: "app.bsky.actor.getProfile", query: url.Values{"actor": {a.RemoteID}}}, &p)
	if err != nil {
		return nil, sorted(err)
	}
	return figures(map[Metric]*int64{Followers: p.Followers, Posts: p.Posts}), nil
}

// PostFigures reads the figures of at most MaxPosts posts by their addresses. A
// post that is not in the answer was not shown: deleted, or not known yet.
func (c *Connector) PostFigures(ctx context.Context, a social.Account, uris []string) (map[string]Figures, error) {
	if len(uris) == 0 {
		return map[string]Figures{}, nil
	}
	if len(uris) > MaxPosts {
		return nil, fmt.Errorf("asking for the figures of %d posts, %d at most", len(uris), MaxPosts)
	}
	views, err := c.Client.views(ctx, a.ID, uris)
	if err != nil {
		return nil, err
	}
	all := map[string]Figures{}
	for _, v := range views {
		all[v.URI] = figures(map[Metric]*int64{Likes: v.Likes, Reposts: v.Reposts, Replies: v.Replies, Quotes: v.Quotes})
	}
	return all, nil
}
