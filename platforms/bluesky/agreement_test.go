package bluesky_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"peyk/emulator/sky"
)

// A call is one that a server refuses, or not, and how it says so. The fake of
// these tests and the real servers must agree, word by word where the connector
// reads words. What the servers let pass and the fake refuses is not here: facets
// that point nowhere, files that are no pictures, gates of other threads.
type call struct {
	name, method string
	query        string
	body         any    // makes it a procedure
	raw          string // the same, as it is
	kind         string // of the raw body
	token        string // "-": none; empty: the café's
	want         string // the status and the error's name; "200" alone
	words        string // are in the message
}

const (
	postCollection = "app.bsky.feed.post"
	noCID          = "bafyreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
	noFile         = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
)

// writing is the body of putRecord for a post that the changes spoil.
func (r *rig) writing(key, text string, changes map[string]any) map[string]any {
	record := map[string]any{"$type": postCollection, "text": text, "createdAt": "2026-11-23T08:00:00.000Z"}
	body := map[string]any{"repo": r.account.RemoteID, "collection": postCollection, "rkey": key, "record": record}
	for name, value := range changes {
		if to, outer := strings.CutPrefix(name, "^"); outer {
			body[to] = value
		} else {
			record[name] = value
		}
	}
	return body
}

// pictured is an embed of one file.
func pictured(cid, kind string, size int) map[string]any {
	return map[string]any{"$type": "app.bsky.embed.images", "images": []any{map[string]any{"alt": "", "image": map[string]any{
		"$type": "blob", "ref": map[string]any{"$link": cid}, "mimeType": kind, "size": size,
	}}}}
}

const (
	listing = "app.bsky.notification.listNotifications"
	writeIt = "com.atproto.repo.putRecord"
	readIt  = "com.atproto.repo.getRecord"
)

func (r *rig) calls(standing string) []call {
	did := r.account.RemoteID
	key := standing[strings.LastIndex(standing, "/")+1:]
	nowhere := "at://" + did + "/" + postCollection + "/3jzfcijpj2z2a"
	w := func(name, text, want, words string, changes map[string]any) call {
		return call{name: name, method: writeIt, body: r.writing("3jzfcijpj2z2b", text, changes), want: want, words: words}
	}
	return []call{
		{name: "no record", method: readIt, query: "repo=" + did + "&collection=" + postCollection + "&rkey=3jzfcijpj2z2a", token: "-",
			want: "400 RecordNotFound"},
		{name: "another record there", method: writeIt, body: r.writing(key, "دیگر", map[string]any{"^swapRecord": nil}), want: "400 InvalidSwap"},
		{name: "another state there", method: writeIt, body: r.writing(key, "دیگر", map[string]any{"^swapRecord": noCID}), want: "400 InvalidSwap"},
		w("nothing there", "سلام", "400 InvalidSwap", "", map[string]any{"^swapRecord": noCID}),
		w("somebody else's", "سلام", "403 AccountNotFound", "", map[string]any{"^repo": "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"}),
		w("no TID", "سلام", "400 InvalidRequest", "", map[string]any{"^rkey": "a"}),
		w("too many graphemes", strings.Repeat("س", 301), "400 InvalidRequest", "grapheme too big", nil),
		w("too many bytes", strings.Repeat("👨‍👩‍👧‍👦", 140), "400 InvalidRequest", "string too big", nil),
		w("another type", "سلام", "400 InvalidRequest", "", map[string]any{"$type": "app.bsky.feed.like"}),
		w("no moment", "سلام", "400 InvalidRequest", "", map[string]any{"createdAt": "2026-11-23"}),
		w("facet without a place", "سلام", "400 InvalidRequest", "", map[string]any{"facets": []any{map[string]any{"features": []any{}}}}),
		w("link without an address", "سلام", "400 InvalidRequest", "", map[string]any{"facets": []any{map[string]any{
			"index": map[string]any{"byteStart": 0, "byteEnd": 2}, "features": []any{map[string]any{"$type": "app.bsky.richtext.facet#link", "uri": "x y"}}}}}),
		w("no such file", "سلام", "400 BlobNotFound", "could not find blob", map[string]any{"embed": pictured(noFile, "image/png", 9)}),
		w("no picture", "سلام", "400 InvalidRequest", "", map[string]any{"embed": pictured(noFile, "text/plain", 9)}),
		w("too large a picture", "سلام", "400 InvalidRequest", "too big", map[string]any{"embed": pictured(noFile, "image/png", 2_000_001)}),
		w("an answer to a wrong CID", "سلام", "400 InvalidRequest", "", map[string]any{"reply": map[string]any{
			"root": map[string]any{"uri": standing, "cid": "x"}, "parent": map[string]any{"uri": standing, "cid": "x"}}}),
		w("too many languages", "سلام", "400 InvalidRequest", "", map[string]any{"langs": []any{"fa", "en", "ar", "de"}}),
		{name: "no body", method: writeIt, raw: "{", kind: "application/json", want: "400 SyntaxError"},
		{name: "a plain body", method: writeIt, raw: "{}", kind: "text/plain", want: "400 InvalidRequest"},
		{name: "without a token", method: writeIt, body: r.writing("3jzfcijpj2z2b", "x", nil), token: "-", want: "401 AuthMissing"},
		{name: "a token of nobody", method: writeIt, body: r.writing("3jzfcijpj2z2b", "x", nil), token: "x", want: "400 InvalidToken"},
		{name: "reading with a token of nobody", method: listing, query: "limit=5", token: "x", want: "400 InvalidToken"},
		{name: "renewing with an access token", method: "com.atproto.server.refreshSession", raw: "", want: "400 InvalidToken"},
		{name: "no posts named", method: "app.bsky.feed.getPosts", want: "400 InvalidRequest"},
		{name: "26 posts", method: "app.bsky.feed.getPosts", query: strings.Repeat("uris="+nowhere+"&", 26), want: "400 InvalidRequest"},
		{name: "posts that are not there", method: "app.bsky.feed.getPosts", query: "uris=" + nowhere, want: "200"},
		{name: "no thread", method: "app.bsky.feed.getPostThread", query: "uri=" + nowhere, want: "400 NotFound"},
		{name: "too deep", method: "app.bsky.feed.getPostThread", query: "depth=1001&uri=" + standing, want: "400 InvalidRequest"},
		{name: "nobody's profile", method: "app.bsky.actor.getProfile", query: "actor=did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", want: "400 InvalidRequest"},
		{name: "101 notifications", method: listing, query: "limit=101", want: "400 InvalidRequest"},
		{name: "an odd cursor", method: listing, query: "limit=5&cursor=x", want: "502 InternalServerError"},
		{name: "nobody's handle", method: "com.atproto.identity.resolveHandle", query: "handle=nobody.test", want: "400 HandleNotFound"},
		{name: "no handle", method: "com.atproto.identity.resolveHandle", query: "handle=x", want: "400 InvalidRequest"},
		{name: "a wrong password", method: "com.atproto.server.createSession", token: "-",
			body: map[string]any{"identifier": "cafe.test", "password": "aaaa-aaaa-aaaa-aaaa"}, want: "401 AuthenticationRequired"},
		{name: "nobody signs in", method: "com.atproto.server.createSession", token: "-",
			body: map[string]any{"identifier": "nobody.test", "password": "aaaa-aaaa-aaaa-aaaa"}, want: "401 AuthenticationRequired"},
		{name: "deleting nothing", method: "com.atproto.repo.deleteRecord",
			body: map[string]any{"repo": did, "collection": postCollection, "rkey": "3jzfcijpj2z2a"}, want: "200"},
	}
}

// said is what a server answers to a call.
func (r *rig) said(t *testing.T, c call) (status, words string) {
	t.Helper()
	method, body := http.MethodGet, []byte(nil)
	if c.body != nil || c.kind != "" || c.method == "com.atproto.server.refreshSession" {
		method, body = http.MethodPost, []byte(c.raw)
	}
	if c.body != nil {
		body, _ = json.Marshal(c.body)
		c.kind = "application/json"
	}
	s := r.vault.held[7]
	q, err := http.NewRequestWithContext(t.Context(), method, s.Host+"/xrpc/"+c.method+"?"+c.query, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if c.kind != "" {
		q.Header.Set("Content-Type", c.kind)
	}
	if c.token == "" {
		c.token = s.Access
	}
	if c.token != "-" {
		q.Header.Set("Authorization", "Bearer "+c.token)
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var no struct{ Error, Message string }
	_ = json.Unmarshal(raw, &no)
	return strings.TrimSpace(fmt.Sprint(answer.StatusCode, " ", no.Error)), no.Message
}

func agrees(t *testing.T, r *rig) {
	p, err := r.publish(t, r.intent("سلام"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.calls(p.Remote) {
		got, words := r.said(t, c)
		if got != c.want || !strings.Contains(strings.ToLower(words), c.words) {
			t.Errorf("%s: %s %q, want %s %q", c.name, got, words, c.want, c.words)
		}
	}
}

func TestAnswersAgree(t *testing.T) {
	n := newNetwork(t, "cafe.test", "sara.test")
	agrees(t, newRig(t, n.URL, "cafe.test", sky.Password))
}

func TestAnswersAgreeLive(t *testing.T) {
	said := live(t, "BLUESKY_HOST", "BLUESKY_HANDLE", "BLUESKY_PASSWORD")
	agrees(t, newRig(t, said[0], said[1], said[2]))
}
