package bluesky

import (
	"context"
	"net/url"
	"strconv"

	"peyk/platforms"
	"peyk/social"
)

// sweepDepth is how many levels of answers a sweep reads; the network allows 1000
// (app.bsky.feed.getPostThread, bluesky-social/atproto d6296a1cfd, 2026-08-20).
const sweepDepth = 100

// A threadNode is a post with the answers to it. One that is deleted or blocked
// has no post, and what stands below it is not told.
type threadNode struct {
	Post    postView     `json:"post"`
	Replies []threadNode `json:"replies"`
}

// SweepThread reads everything below a post: the back-stop for notifications that
// the network never made. What the account wrote itself is left out. A post that
// is not there any more is *platforms.Rejected with CodePostGone.
func (c *Connector) SweepThread(ctx context.Context, a social.Account, uri string) ([]Comment, error) {
	var answer struct {
		Thread threadNode `json:"thread"`
	}
	err := c.Client.ask(ctx, a.ID, request{method: "app.bsky.feed.getPostThread", query: url.Values{
		"uri": {uri}, "depth": {strconv.Itoa(sweepDepth)}, "parentHeight": {"0"},
	}}, &answer)
	if named(err, "NotFound") || err == nil && answer.Thread.Post.URI == "" {
		return nil, &platforms.Rejected{Code: CodePostGone, Detail: uri}
	}
	if err != nil {
		return nil, sorted(err)
	}
	found, words := below(a, answer.Thread), opening(answer.Thread.Post)
	for i := range found {
		if found[i].Post.Root == uri {
			found[i].Post.Words = words
		}
	}
	return found, nil
}

// below lists the comments under a post, each before the answers to it.
func below(a social.Account, node threadNode) []Comment {
	var found []Comment
	for _, reply := range node.Replies {
		if comment, ok := reply.Post.comment(a, Reply, ""); ok {
			found = append(found, comment)
		}
		found = append(found, below(a, reply)...)
	}
	return found
}
