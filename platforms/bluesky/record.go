package bluesky

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"peyk/platforms"
	"peyk/social"
)

// The collections of records that we write.
const (
	posts = "app.bsky.feed.post"
	gates = "app.bsky.feed.threadgate"
)

// A post is a record of the collection posts (app.bsky.feed.post of
// bluesky-social/atproto d6296a1cfd, 2026-08-20).
type post struct {
	Type    string   `json:"$type"`
	Text    string   `json:"text"`
	Facets  []facet  `json:"facets,omitempty"`
	Reply   *replyTo `json:"reply,omitempty"`
	Embed   *images  `json:"embed,omitempty"`
	Langs   []string `json:"langs,omitempty"`
	Created string   `json:"createdAt"`
}

// A replyTo names the post that is answered and the first one of its thread.
type replyTo struct {
	Root   ref `json:"root"`
	Parent ref `json:"parent"`
}

// A ref names one state of a record.
type ref struct {
	URI string `json:"uri"`
	CID string `json:"cid"`
}

// moment writes a time as records have it.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// The moments that record keys read as: a few past years, so that no server takes
// a key for one of the future.
var (
	firstKey = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	lastKey  = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
)

// keyLetters are the digits of a TID, in order.
const keyLetters = "234567abcdefghijklmnopqrstuvwxyz"

// RecordKey is the key of the record that an intent becomes: the same intent has
// the same key for ever, so that writing it twice leaves one record and anybody
// can look whether it is there. A post's key must be a TID (13 digits: 53 bits of
// microseconds and 10 of a clock's id; atproto.com/specs/tid); ours come from a
// hash, 56 bits of it, and not from a clock. Salt is the installation's own: two
// of them, or one whose database was begun anew, count their posts from 1 and
// would otherwise meet.
func RecordKey(salt, did, key string) string {
	sum := sha256.Sum256([]byte(salt + "\x00" + did + "\x00" + key))
	span := uint64(lastKey - firstKey)
	n := (uint64(firstKey)+binary.BigEndian.Uint64(sum[:8])%span)<<10 | uint64(binary.BigEndian.Uint16(sum[8:10]))&0x3FF
	var digits [13]byte
	for i := len(digits) - 1; i >= 0; i-- {
		digits[i] = keyLetters[n&31]
		n >>= 5
	}
	return string(digits[:])
}

// recordURI is the address of a record.
func recordURI(did, collection, key string) string {
	return "at://" + did + "/" + collection + "/" + key
}

// splitURI takes the address of a record apart.
func splitURI(uri string) (did, collection, key string, ok bool) {
	parts := strings.Split(strings.TrimPrefix(uri, "at://"), "/")
	if !strings.HasPrefix(uri, "at://") || len(parts) != 3 || parts[2] == "" {
		return "", "", "", false
	}
	return parts[0], parts[1], parts[2], true
}

// invalidHandle is what servers say in place of a handle that leads nowhere.
const invalidHandle = "handle.invalid"

// webLink is the address of a post on the web: by the handle people know, or by
// the account's lasting name.
func webLink(handle, uri string) string {
	did, _, key, ok := splitURI(uri)
	if !ok {
		return ""
	}
	if handle = strings.TrimPrefix(handle, "@"); handle == "" || handle == invalidHandle {
		handle = did
	}
	return "https://bsky.app/profile/" + handle + "/post/" + key
}

// published tells where a post of the account is.
func published(a social.Account, key string) platforms.Published {
	uri := recordURI(a.RemoteID, posts, key)
	return platforms.Published{Remote: uri, Link: webLink(a.Handle, uri)}
}

// A record is what a server holds under a key.
type record struct {
	URI   string          `json:"uri"`
	CID   string          `json:"cid"`
	Value json.RawMessage `json:"value"`
}

// holds tells whether a record is the post p, made at whatever time.
func (r record) holds(p post) bool {
	var o post
	if json.Unmarshal(r.Value, &o) != nil || p.Text != o.Text || !p.Embed.equal(o.Embed) || (p.Reply == nil) != (o.Reply == nil) {
		return false
	}
	return p.Reply == nil || p.Reply.Parent.URI == o.Reply.Parent.URI
}

// says tells whether a record is a post with this text.
func (r record) says(text string) bool {
	var p post
	return json.Unmarshal(r.Value, &p) == nil && p.Text == text
}

// record reads a record of the account from its own server, which is the one that
// knows. One that is not there gives social.ErrNotFound.
func (c *Client) record(ctx context.Context, a social.Account, collection, key string) (record, error) {
	s, err := c.session(ctx, a.ID)
	if err != nil {
		return record{}, err
	}
	var found record
	err = c.call(ctx, s.Host, "", request{
		method: "com.atproto.repo.getRecord",
		query:  url.Values{"repo": {a.RemoteID}, "collection": {collection}, "rkey": {key}},
	}, &found)
	if named(err, recordNotFound) {
		return record{}, social.ErrNotFound
	}
	if err == nil && found.CID == "" {
		err = &platforms.Transient{Cause: errors.New("the answer names no record")}
	}
	return found, sorted(err)
}

// write puts a record under a key where was is what is there now (empty: nothing).
// Had something else been there, nothing is written and the error is a *failure
// named invalidSwap. Once: a repetition could be seen, so a doubt is ambiguous.
func (c *Client) write(ctx context.Context, a social.Account, to string, value any, was string, once bool) error {
	collection, key, _ := strings.Cut(to, "/")
	body := map[string]any{"repo": a.RemoteID, "collection": collection, "rkey": key, "record": value, "swapRecord": nil}
	if was != "" {
		body["swapRecord"] = was
	}
	var answer ref
	err := c.ask(ctx, a.ID, request{method: "com.atproto.repo.putRecord", post: true, once: once, body: body}, &answer)
	if err != nil || answer.URI == recordURI(a.RemoteID, collection, key) {
		return err
	}
	return &failure{Method: "com.atproto.repo.putRecord", Begun: true, Once: once,
		Cause: fmt.Errorf("the answer names the record %q", cut(answer.URI))}
}
