package bluesky

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"peyk/platforms"
	"peyk/social"
)

// A Connector publishes on Bluesky. An account's RemoteID is its DID. Media opens
// a file of our own store by its hash; it returns an error like fs.ErrNotExist
// when it has none.
type Connector struct {
	Client *Client
	Media  func(ctx context.Context, hash string) (io.ReadCloser, error)
	Salt   string // the installation's own, see RecordKey; it never changes
}

var _ platforms.Connector = (*Connector)(nil)

// Prepare checks the variant, uploads its pictures and finds who is mentioned. The
// stage is the record that Commit writes, with its time.
func (c *Connector) Prepare(ctx context.Context, in platforms.Intent) (platforms.Stage, error) {
	p, err := c.compose(ctx, in.Account, in.Variant)
	if err != nil {
		return nil, err
	}
	return json.Marshal(p)
}

// compose makes the record of a variant. It can be repeated: a picture uploaded
// twice is one picture, and one that no record names is thrown away by the server.
func (c *Connector) compose(ctx context.Context, a social.Account, v social.Variant) (post, error) {
	if err := ctx.Err(); err != nil {
		return post{}, &platforms.Transient{Cause: err}
	}
	if err := platforms.Refuse(a, v); err != nil {
		return post{}, err
	}
	v.Text.Plain = strings.ToValidUTF8(v.Text.Plain, "\uFFFD") // as JSON would, before offsets are counted
	p := post{Type: posts, Text: v.Text.Plain, Created: moment(c.Client.Clock.Now())}
	if !v.Text.Empty() {
		p.Langs = []string{social.LangOf(v.Text.Plain)}
	}
	var err error
	if p.Embed, err = c.embed(ctx, a, v.Media); err != nil {
		return post{}, err
	}
	p.Facets, err = facetsOf(ctx, v.Text, func(ctx context.Context, name string) (string, error) {
		return c.Client.resolve(ctx, a.ID, name)
	})
	return p, err
}

// resolve finds the account behind a handle; "" when the server knows of none.
func (c *Client) resolve(ctx context.Context, account int64, name string) (string, error) {
	var found struct {
		DID string `json:"did"`
	}
	err := c.ask(ctx, account, request{method: "com.atproto.identity.resolveHandle", query: url.Values{"handle": {name}}}, &found)
	if f, ok := failed(err); ok && f.Status == http.StatusBadRequest && !lostNames[f.Name] {
		return "", nil
	}
	if err == nil && !strings.HasPrefix(found.DID, "did:") {
		return "", nil
	}
	return found.DID, sorted(err)
}

// Commit writes the record of the stage under the intent's key. The server refuses
// to put it in the place of another, so a repetition changes nothing.
func (c *Connector) Commit(ctx context.Context, in platforms.Intent) (platforms.Published, error) {
	if err := ctx.Err(); err != nil {
		return platforms.Published{}, &platforms.Transient{Cause: err}
	}
	var p post
	if err := json.Unmarshal(in.Stage, &p); err != nil || p.Type != posts {
		return platforms.Published{}, &platforms.Transient{Cause: errors.New("nothing was prepared")}
	}
	return c.put(ctx, in.Account, in.Key, p)
}

// put writes a post under the key of an intent.
func (c *Connector) put(ctx context.Context, a social.Account, key string, p post) (platforms.Published, error) {
	at := RecordKey(c.Salt, a.RemoteID, key)
	err := c.Client.write(ctx, a, posts+"/"+at, p, "", true)
	switch {
	case err == nil:
		return published(a, at), nil
	case named(err, invalidSwap):
		return c.already(ctx, a, at, p)
	}
	return platforms.Published{}, sorted(err)
}

// already looks at what stands where a post was to be written: the same post, from
// a call before this one, or another, which is left alone.
func (c *Connector) already(ctx context.Context, a social.Account, at string, p post) (platforms.Published, error) {
	found, err := c.Client.record(ctx, a, posts, at)
	switch {
	case errors.Is(err, social.ErrNotFound):
		return platforms.Published{}, &platforms.Transient{Cause: errors.New("a record was deleted meanwhile")}
	case err != nil:
		return platforms.Published{}, &platforms.Ambiguous{Cause: err}
	case !found.holds(p):
		return platforms.Published{}, &platforms.Rejected{Code: CodeRefused, Detail: "another record has the key " + at}
	}
	return published(a, at), nil
}

// Reconcile looks under the intent's key. The account's own server is the only one
// that accepts the record, so what is not there was not published; should a call
// of long ago still arrive, the next one finds its record.
func (c *Connector) Reconcile(ctx context.Context, in platforms.Intent) (platforms.Finding, error) {
	return c.find(ctx, in.Account, in.Key, in.Variant.Text.Plain)
}

// find looks for the post of a key. Another text under it is for a person to see.
func (c *Connector) find(ctx context.Context, a social.Account, key, text string) (platforms.Finding, error) {
	at := RecordKey(c.Salt, a.RemoteID, key)
	found, err := c.Client.record(ctx, a, posts, at)
	if errors.Is(err, social.ErrNotFound) {
		return platforms.Finding{Verdict: platforms.NotLanded}, nil
	}
	if err != nil {
		return platforms.Finding{Verdict: platforms.Unsure}, err
	}
	if !found.says(strings.ToValidUTF8(text, "\uFFFD")) {
		return platforms.Finding{Verdict: platforms.Unsure}, nil
	}
	return platforms.Finding{Verdict: platforms.Landed, Published: published(a, at)}, nil
}
