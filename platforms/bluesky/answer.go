package bluesky

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"

	"peyk/platforms"
	"peyk/social"
)

var _ platforms.Inbox = (*Connector)(nil)

// Answer replies to the comment under a key of its own, so that it can be repeated
// and looked for as a post can.
func (c *Connector) Answer(ctx context.Context, a platforms.Answer) (platforms.Published, error) {
	account := a.Comment.Account
	v := social.Variant{Account: account.ID, Text: a.Reply.Text}
	if a.Reply.Picture != nil {
		v.Media = []social.Media{*a.Reply.Picture}
	}
	if err := ctx.Err(); err != nil {
		return platforms.Published{}, &platforms.Transient{Cause: err}
	}
	to, err := c.Client.view(ctx, account, a.Comment.Remote)
	if errors.Is(err, social.ErrNotFound) {
		return platforms.Published{}, &platforms.Rejected{Code: social.CodeCommentGone, Detail: a.Comment.Remote}
	}
	if err != nil {
		return platforms.Published{}, err
	}
	p, err := c.compose(ctx, account, v)
	if err != nil {
		return platforms.Published{}, err
	}
	p.Reply = &replyTo{Root: to.root(), Parent: to.ref()}
	return c.put(ctx, account, a.Key, p)
}

// FindAnswer looks whether the reply is there.
func (c *Connector) FindAnswer(ctx context.Context, a platforms.Answer) (platforms.Finding, error) {
	return c.find(ctx, a.Comment.Account, a.Key, a.Reply.Text.Plain)
}

// view reads one post; one that is not there gives social.ErrNotFound.
func (c *Client) view(ctx context.Context, a social.Account, uri string) (postView, error) {
	views, err := c.views(ctx, a.ID, []string{uri})
	if err != nil {
		return postView{}, err
	}
	i := slices.IndexFunc(views, func(v postView) bool { return v.URI == uri })
	if i < 0 {
		return postView{}, social.ErrNotFound
	}
	return views[i], nil
}

// views reads at most MaxPosts posts; those that are gone are left out.
func (c *Client) views(ctx context.Context, account int64, uris []string) ([]postView, error) {
	var answer struct {
		Posts []postView `json:"posts"`
	}
	err := c.ask(ctx, account, request{method: "app.bsky.feed.getPosts", query: url.Values{"uris": uris}}, &answer)
	return answer.Posts, sorted(err)
}

// The limits of a threadgate and of the tries to change one that others change too
// (app.bsky.feed.threadgate of bluesky-social/atproto d6296a1cfd, 2026-08-20).
const (
	maxHidden = 300
	hideTries = 5
)

// Hide takes a reply out of the thread that the account began: everybody sees it
// behind a cover only, and its author is not told. One that is hidden or gone
// already is no error.
func (c *Connector) Hide(ctx context.Context, comment social.Comment) error {
	a := comment.Account
	v, err := c.Client.view(ctx, a, comment.Remote)
	if errors.Is(err, social.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	root := v.root().URI
	did, collection, key, ok := splitURI(root)
	if !ok || did != a.RemoteID || collection != posts || root == comment.Remote {
		return &platforms.Rejected{Code: CodeNotOurThread, Detail: root}
	}
	for range hideTries {
		err = c.cover(ctx, a, key, comment.Remote)
		if !named(err, invalidSwap) {
			return sorted(err)
		}
	}
	return &platforms.Transient{Cause: err}
}

// cover adds a reply to those that the gate of a thread hides, and leaves all else
// in the gate as it is. The server refuses when the gate has changed meanwhile.
func (c *Connector) cover(ctx context.Context, a social.Account, key, reply string) error {
	was, err := c.Client.record(ctx, a, gates, key)
	if err != nil && !errors.Is(err, social.ErrNotFound) {
		return err
	}
	gate := map[string]any{
		"$type": gates, "post": recordURI(a.RemoteID, posts, key), "createdAt": moment(c.Client.Clock.Now()),
	}
	var hidden []string
	if err == nil {
		if gate, hidden, err = readGate(was.Value); err != nil {
			return err
		}
	}
	switch {
	case slices.Contains(hidden, reply):
		return nil
	case len(hidden) >= maxHidden:
		return &platforms.Rejected{Code: CodeHiddenFull, Detail: key}
	}
	gate["hiddenReplies"] = append(hidden, reply)
	return c.Client.write(ctx, a, gates+"/"+key, gate, was.CID, false)
}

// readGate reads a threadgate: all of it as it is, and what it hides.
func readGate(value json.RawMessage) (gate map[string]any, hidden []string, err error) {
	var list struct {
		Hidden []string `json:"hiddenReplies"`
	}
	if err := errors.Join(json.Unmarshal(value, &gate), json.Unmarshal(value, &list)); err != nil {
		return nil, nil, &platforms.Transient{Cause: err}
	}
	return gate, list.Hidden, nil
}
