package bluesky_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"peyk/emulator/sky"
	"peyk/platforms"
	"peyk/platforms/bluesky"
	"peyk/social"
)

const put = "com.atproto.repo.putRecord"

// publish does what the queue does.
func (r *rig) publish(t *testing.T, in platforms.Intent) (platforms.Published, error) {
	t.Helper()
	stage, err := r.Prepare(t.Context(), in)
	if err != nil {
		return platforms.Published{}, err
	}
	in.Stage = stage
	return r.Commit(t.Context(), in)
}

func TestPublishedRecord(t *testing.T) {
	n := newNetwork(t, "cafe.test")
	r := newRig(t, n.URL, "cafe.test", sky.Password)
	r.Salt = "salt"
	seen := photo("a")
	seen.Alt = "فنجانی چای روی میز"
	p, err := r.publish(t, r.intent("سلام #نوروز", seen, social.Media{Kind: social.Document, Hash: "b", MIME: "image/png", Width: 8, Height: 6}))
	key := bluesky.RecordKey("salt", r.account.RemoteID, r.key)
	want := platforms.Published{
		Remote: "at://" + r.account.RemoteID + "/app.bsky.feed.post/" + key, Link: "https://bsky.app/profile/cafe.test/post/" + key,
	}
	if err != nil || p != want {
		t.Fatalf("%+v, %v, want %+v", p, err, want)
	}
	file := func(hash byte, alt string, width, height float64) any {
		data := painted(40+int(hash-'a'), 30)
		return map[string]any{
			"image": map[string]any{"$type": "blob", "ref": map[string]any{"$link": sky.CID(data)}, "mimeType": "image/png", "size": float64(len(data))},
			"alt":   alt, "aspectRatio": map[string]any{"width": width, "height": height},
		}
	}
	record := map[string]any{
		"$type": "app.bsky.feed.post", "text": "سلام #نوروز", "langs": []any{"fa"},
		"createdAt": r.Client.Clock.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
		"facets": []any{map[string]any{
			"index":    map[string]any{"byteStart": 9., "byteEnd": 20.},
			"features": []any{map[string]any{"$type": "app.bsky.richtext.facet#tag", "tag": "نوروز"}},
		}},
		"embed": map[string]any{"$type": "app.bsky.embed.images", "images": []any{file('a', seen.Alt, 40, 30), file('b', "", 8, 6)}},
	}
	if diff := cmp.Diff(record, n.Held(want.Remote).Value); diff != "" {
		t.Error(diff)
	}
}

// The key of a post depends on nothing but what it is made from, and keys do not
// meet. The vector keeps it so: another key would publish again what is out already.
func TestRecordKeys(t *testing.T) {
	if got := bluesky.RecordKey("salt", "did:plc:x", "post-1-7-v1"); got != vector {
		t.Errorf("the key is %s, and was %s", got, vector)
	}
	seen := map[string]string{}
	for i := range 20_000 {
		name := fmt.Sprintf("post-%d-7-v%d", i/4, i%4)
		key := bluesky.RecordKey("salt", "did:plc:x", name)
		if !sky.TID.MatchString(key) || key < "3" || key > "3l" || seen[key] != "" {
			t.Fatalf("%s: %s (and %s)", name, key, seen[key])
		}
		seen[key] = name
	}
	for _, other := range []string{
		bluesky.RecordKey("pepper", "did:plc:x", "post-1-7-v1"), bluesky.RecordKey("salt", "did:plc:y", "post-1-7-v1"),
		bluesky.RecordKey("salt", "did:plc:x", "post-1-7-v2"), bluesky.RecordKey("salt\x00did:plc:x", "", "post-1-7-v1"),
	} {
		if other == vector {
			t.Errorf("two intents have the key %s", other)
		}
	}
}

const vector = "3kaqud56hluh7"

// A later try is prepared again, with another time; the post is the one that is
// there already, and stays as it was.
func TestLateRepetition(t *testing.T) {
	n := newNetwork(t, "cafe.test")
	r := newRig(t, n.URL, "cafe.test", sky.Password)
	n.Fail(put, sky.Answer{Status: 500, Name: "InternalServerError", After: true})
	first, err := r.publish(t, r.intent("سلام", photo("a")))
	var doubt *platforms.Ambiguous
	if !errors.As(err, &doubt) {
		t.Fatalf("a 500 gives %+v, %v", first, err)
	}
	made := n.Held(onlyPost(n)).CID
	r.Client.Clock.(*clockwork.FakeClock).Advance(time.Hour)
	again, err := r.publish(t, r.intent("سلام", photo("a")))
	if err != nil || again.Remote != onlyPost(n) || n.Held(again.Remote).CID != made {
		t.Errorf("%+v, %v", again, err)
	}
}

// What stands under the key and is not ours is neither overwritten nor taken for
// ours.
func TestForeignRecord(t *testing.T) {
	n := newNetwork(t, "cafe.test")
	r := newRig(t, n.URL, "cafe.test", sky.Password)
	if _, err := r.publish(t, r.intent("نوشته‌ای دیگر")); err != nil {
		t.Fatal(err)
	}
	made := n.Held(onlyPost(n)).CID
	p, err := r.publish(t, r.intent("سلام"))
	var no *platforms.Rejected
	if !errors.As(err, &no) || no.Code != bluesky.CodeRefused || n.Held(onlyPost(n)).CID != made {
		t.Errorf("%+v, %v", p, err)
	}
	found, err := r.Reconcile(t.Context(), r.intent("سلام"))
	if err != nil || found.Verdict != platforms.Unsure {
		t.Errorf("another's post is %+v, %v", found, err)
	}
	n.Fail("com.atproto.repo.getRecord", sky.Answer{Status: 503, Name: "NotEnoughResources"})
	_, err = r.publish(t, r.intent("سلام"))
	var doubt *platforms.Ambiguous
	if !errors.As(err, &doubt) {
		t.Errorf("a key that is taken, by nobody knows what, gives %v", err)
	}
}

func onlyPost(n *sky.Network) string {
	only := ""
	n.Change(func() {
		for uri := range n.Records {
			only = uri
		}
	})
	return only
}

func TestAnswersMean(t *testing.T) {
	for _, c := range []struct {
		answer sky.Answer
		want   social.DeliveryState
		code   string
	}{
		{sky.Answer{Status: 400, Name: "InvalidRequest", Words: "Input/record/text grapheme too big (maximum 300, got 301)"}, social.Rejected, "too_long"},
		{sky.Answer{Status: 400, Name: "InvalidRequest", Words: "Could not find blob: bafy"}, social.Waiting, "unreachable"},
		{sky.Answer{Status: 400, Name: "InvalidMimeType", Words: "Wrong mimetype of blob"}, social.Rejected, "format"},
		{sky.Answer{Status: 413, Name: "PayloadTooLarge", Words: "request entity too large"}, social.Rejected, "file_too_big"},
		{sky.Answer{Status: 400, Name: "SomethingNew", Words: "no"}, social.Rejected, "refused"},
		{sky.Answer{Status: 400, Name: "InvalidToken", Words: "Token could not be verified"}, social.Rejected, "account_lost"},
		{sky.Answer{Status: 401, Name: "AuthMissing"}, social.Rejected, "account_lost"},
		{sky.Answer{Status: 401, Name: "AccountDeactivated"}, social.Rejected, "account_lost"},
		{sky.Answer{Status: 403, Name: "AccountNotFound"}, social.Rejected, "account_lost"},
		{sky.Answer{Status: 403, Name: "Forbidden"}, social.Rejected, "rights_missing"},
		{sky.Answer{Status: 404, Raw: "<html>not here"}, social.Waiting, "unreachable"},
		{sky.Answer{Status: 501, Name: "MethodNotImplemented"}, social.Waiting, "unreachable"},
		{sky.Answer{Status: 429, Name: "RateLimitExceeded"}, social.Waiting, "rate_limited"},
		{sky.Answer{Status: 500, Name: "InternalServerError"}, social.Unknown, "no_answer"},
		{sky.Answer{Status: 502, Name: "UpstreamFailure", After: true}, social.Unknown, "no_answer"},
		{sky.Answer{Status: 503, Raw: "<html>"}, social.Unknown, "no_answer"},
		{sky.Answer{Status: 302, Header: map[string]string{"Location": "/"}}, social.Unknown, "no_answer"},
		{sky.Answer{Status: 200, Raw: "{", After: true}, social.Unknown, "no_answer"},
		{sky.Answer{Status: 200, Raw: `{"uri":"at://did:plc:x/app.bsky.feed.post/3kaaaaaaaaaaa"}`, After: true}, social.Unknown, "no_answer"},
		{sky.Answer{Drop: true}, social.Unknown, "no_answer"},
	} {
		n := newNetwork(t, "cafe.test")
		r := newRig(t, n.URL, "cafe.test", sky.Password)
		n.Fail(put, c.answer)
		p, err := r.publish(t, r.intent("سلام"))
		if o := platforms.OutcomeOf(p, err, n.Began); o.State != c.want || o.Code != c.code {
			t.Errorf("%+v: %s (%s, %v), want %s (%s)", c.answer, o.State, o.Code, err, c.want, c.code)
		}
	}
}

// An upload repeats without harm, so whatever goes wrong with it is tried again,
// but for a refusal.
func TestUploads(t *testing.T) {
	upload := "com.atproto.repo.uploadBlob"
	for _, c := range []struct {
		name   string
		file   social.Media
		answer sky.Answer
		want   string
	}{
		{"dropped", photo("a"), sky.Answer{Drop: true}, "unreachable"},
		{"broken", photo("a"), sky.Answer{Status: 500}, "unreachable"},
		{"unreadable", photo("a"), sky.Answer{Status: 200, Raw: "{}", After: true}, "unreachable"},
		{"too large there", photo("a"), sky.Answer{Status: 413, Raw: "<html>"}, "file_too_big"},
		{"nowhere", photo("z"), sky.Answer{}, "media_missing"},
		{"too large", photo("big"), sky.Answer{}, "file_too_big"},
		{"empty", photo("empty"), sky.Answer{}, "bad_file"},
		{"no picture", social.Media{Kind: social.Photo, Hash: "text"}, sky.Answer{}, "bad_file"},
		{"a video", social.Media{Kind: social.Video, Hash: "a", MIME: "video/mp4"}, sky.Answer{}, "wrong_media"},
		{"known to be too large", social.Media{Kind: social.Photo, Hash: "a", Size: 2_000_001}, sky.Answer{}, "file_too_big"},
	} {
		n := newNetwork(t, "cafe.test")
		r := newRig(t, n.URL, "cafe.test", sky.Password)
		r.Media = func(ctx context.Context, hash string) (io.ReadCloser, error) {
			odd := map[string][]byte{"big": append(painted(9, 9), make([]byte, 2_000_001)...), "empty": {}, "text": []byte("words")}
			if data, ok := odd[hash]; ok {
				return io.NopCloser(bytes.NewReader(data)), nil
			}
			return media(ctx, hash)
		}
		n.Fail(upload, c.answer)
		_, err := r.Prepare(t.Context(), r.intent("سلام", c.file))
		if o := platforms.PrepareOutcome(err, n.Began); err == nil || o.Code != c.want {
			t.Errorf("%s: %s (%v), want %s", c.name, o.Code, err, c.want)
		}
	}
}

// The stage is kept in the open: it holds nothing but the record.
func TestStageHoldsNoSecret(t *testing.T) {
	n := newNetwork(t, "cafe.test")
	r := newRig(t, n.URL, "cafe.test", sky.Password)
	stage, err := r.Prepare(t.Context(), r.intent("سلام", photo("a")))
	var value map[string]any
	if err != nil || json.Unmarshal(stage, &value) != nil || strings.Contains(string(stage), "secret") {
		t.Fatalf("%s, %v", stage, err)
	}
	if fault := n.Invalid("app.bsky.feed.post", vector, value); fault != "" {
		t.Error(fault)
	}
}
