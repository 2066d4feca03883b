package bluesky

import (
	"context"
	"strings"

	"peyk/social"
)

// Facets returns a text as it is published and where its facets are; everybody
// who is mentioned exists.
func Facets(ctx context.Context, t social.Text) (string, [][2]int, error) {
	t.Plain = strings.ToValidUTF8(t.Plain, "\uFFFD")
	found, err := facetsOf(ctx, t, func(context.Context, string) (string, error) { return "did:plc:x", nil })
	var at [][2]int
	for _, f := range found {
		at = append(at, [2]int{f.Index.Start, f.Index.End})
	}
	return t.Plain, at, err
}

// Delete takes a post back, as its author does.
func (c *Connector) Delete(ctx context.Context, a social.Account, uri string) error {
	_, _, key, _ := splitURI(uri)
	return c.Client.ask(ctx, a.ID, request{method: "com.atproto.repo.deleteRecord", post: true, body: map[string]string{
		"repo": a.RemoteID, "collection": posts, "rkey": key,
	}}, nil)
}
