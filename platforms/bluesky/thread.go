package bluesky

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"peyk/social"
)

// openingLength is how much of a post a thread keeps, in code points.
const openingLength = 80

// opening is how a post begins.
func opening(v postView) string {
	var w written
	if json.Unmarshal(v.Record, &w) != nil {
		return ""
	}
	words := strings.Join(strings.Fields(w.Text), " ")
	if runes := []rune(words); len(runes) > openingLength {
		words = string(runes[:openingLength]) + "…"
	}
	return words
}

// begin says of each comment how its thread begins, so that people know what it is
// about. Without an answer of the network it stays unsaid.
func (c *Client) begin(ctx context.Context, a social.Account, found []Comment) {
	var threads []string
	for _, comment := range found {
		if !slices.Contains(threads, comment.Post.Root) {
			threads = append(threads, comment.Post.Root)
		}
	}
	words := map[string]string{}
	for some := range slices.Chunk(threads, MaxPosts) {
		views, err := c.views(ctx, a.ID, some)
		if err != nil {
			break
		}
		for _, v := range views {
			words[v.URI] = opening(v)
		}
	}
	for i := range found {
		found[i].Post.Words = words[found[i].Post.Root]
	}
}
