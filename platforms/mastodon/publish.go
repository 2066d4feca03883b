package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"peyk/platforms"
	"peyk/social"
)

// A Connector publishes on Mastodon. An account's RemoteID is made by RemoteID.
// Media opens a file of our own store by its hash; it returns an error like
// fs.ErrNotExist when it has none.
type Connector struct {
	Client *Client
	Media  func(ctx context.Context, hash string) (io.ReadCloser, error)

	mu      sync.Mutex
	uploads map[string]upload // what servers hold of posts that are not out yet
}

var _ platforms.Connector = (*Connector)(nil)

// A post is a status as it is sent (mastodon/documentation bbf2634,
// methods/statuses#create).
type post struct {
	Text       string   `json:"status,omitempty"`
	Media      []string `json:"media_ids,omitempty"`
	ReplyTo    string   `json:"in_reply_to_id,omitempty"`
	Visibility string   `json:"visibility"`
	Language   string   `json:"language,omitempty"`
}

// A status is a post as servers show it. Counts that are not told are nil.
type status struct {
	ID         string    `json:"id"`
	URI        string    `json:"uri"`
	URL        string    `json:"url"`
	Created    time.Time `json:"created_at"`
	Edited     time.Time `json:"edited_at"`
	Author     account   `json:"account"`
	Content    string    `json:"content"` // HTML
	Warning    string    `json:"spoiler_text"`
	Visibility string    `json:"visibility"`
	ReplyTo    string    `json:"in_reply_to_id"`
	App        struct {
		Name string `json:"name"`
	} `json:"application"`
	Media []struct {
		Type string `json:"type"`
	} `json:"media_attachments"`
	Mentions []struct {
		Acct string `json:"acct"`
	} `json:"mentions"`
	Likes   *int64 `json:"favourites_count"`
	Boosts  *int64 `json:"reblogs_count"`
	Replies *int64 `json:"replies_count"`
	Quotes  *int64 `json:"quotes_count"`
}

// link is the address of a post for people.
func (s status) link() string {
	if s.URL != "" {
		return s.URL
	}
	return s.URI
}

// The visibility of what is published: what was approved is for everybody, whatever
// the account's own custom is.
const public = "public"

// Prepare checks the variant and brings its files to the server. The stage is the
// post that Commit sends.
func (c *Connector) Prepare(ctx context.Context, in platforms.Intent) (platforms.Stage, error) {
	p, err := c.compose(ctx, in.Account, in.Variant, in.Key)
	if err != nil {
		return nil, err
	}
	return json.Marshal(p)
}

// compose makes the post of a variant. It can be repeated: a file that no post
// names is thrown away by the server.
func (c *Connector) compose(ctx context.Context, a social.Account, v social.Variant, key string) (post, error) {
	if err := ctx.Err(); err != nil {
		return post{}, &platforms.Transient{Cause: err}
	}
	if err := platforms.Refuse(a, v); err != nil {
		return post{}, err
	}
	p := post{Text: v.Text.Plain, Visibility: public}
	if !v.Text.Empty() {
		p.Language = social.LangOf(v.Text.Plain)
	}
	var err error
	p.Media, err = c.attach(ctx, a, v.Media, key)
	return p, err
}

// Commit sends the post of the stage. The intent's key goes with it: servers that
// honour it make one post of two calls within an hour; not all do, so nobody relies
// on that.
func (c *Connector) Commit(ctx context.Context, in platforms.Intent) (platforms.Published, error) {
	if err := ctx.Err(); err != nil {
		return platforms.Published{}, &platforms.Transient{Cause: err}
	}
	var p post
	if err := json.Unmarshal(in.Stage, &p); err != nil || p.Visibility == "" {
		return platforms.Published{}, &platforms.Transient{Cause: errors.New("nothing was prepared")}
	}
	return c.send(ctx, in.Account, in.Key, p)
}

// send makes the irreversible call.
func (c *Connector) send(ctx context.Context, a social.Account, key string, p post) (platforms.Published, error) {
	var made status
	_, err := c.Client.ask(ctx, a.ID, request{
		method: http.MethodPost, path: "/api/v1/statuses", body: p, key: key, once: true, right: "write:statuses",
	}, &made)
	switch {
	case err == nil && made.ID == "":
		return platforms.Published{}, &platforms.Ambiguous{Cause: errors.New("the answer names no post")}
	case gone(err) && p.ReplyTo != "":
		return platforms.Published{}, commentGone(p.ReplyTo)
	case err != nil:
		return platforms.Published{}, sorted(err)
	}
	return made.published(), nil
}

func (s status) published() platforms.Published {
	return platforms.Published{Remote: s.ID, Link: s.link()}
}
