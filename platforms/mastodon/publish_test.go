package mastodon_test

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"peyk/platforms"
	"peyk/platforms/mastodon"
	"peyk/platforms/mastodon/mastodontest"
	"peyk/social"
)

func TestPublishedStatus(t *testing.T) {
	r := newRig(t, mastodontest.Options{})
	seen := photo("a")
	seen.Alt = "فنجانی چای روی میز"
	p, err := r.publish(t, r.intent("سلام #نوروز", seen, social.Media{Kind: social.Document, Hash: "b", MIME: "image/png"}))
	posts := r.server.Posts("cafe")
	if err != nil || len(posts) != 1 {
		t.Fatalf("%+v, %v, %d posts", p, err, len(posts))
	}
	want := platforms.Published{Remote: posts[0].ID, Link: "https://toot.example/@cafe/" + posts[0].ID}
	if p != want || posts[0].Text != "سلام #نوروز" || posts[0].Visibility != "public" || posts[0].Language != "fa" {
		t.Errorf("%+v, %+v", p, posts[0])
	}
	if alt := r.server.Description(p.Remote, 0); alt != seen.Alt {
		t.Errorf("the first picture is described as %q", alt)
	}
	if alt := r.server.Description(p.Remote, 1); alt != "" {
		t.Errorf("nobody has described the second picture, and it is %q", alt)
	}
}

// What a server answers to a post, and what that means.
func TestAnswersMean(t *testing.T) {
	later := map[string]string{"Retry-After": "40"}
	for _, c := range []struct {
		answer mastodontest.Answer
		want   social.DeliveryState
		code   string
	}{
		{mastodontest.Answer{Status: 422, Words: "Validation failed: Text character limit of 500 exceeded"}, social.Rejected, "too_long"},
		{mastodontest.Answer{Status: 422, Words: "status too long, 9 characters provided but limit is 5"}, social.Rejected, "too_long"},
		{mastodontest.Answer{Status: 422, Words: "Cannot attach more than 4 files"}, social.Rejected, "too_many_media"},
		{mastodontest.Answer{Status: 422, Words: "Cannot attach a video to a post that already contains images"}, social.Rejected, "mixed_album"},
		{mastodontest.Answer{Status: 422, Words: "Cannot attach files that have not finished processing. Try again in a moment!"}, social.Waiting, "unreachable"},
		{mastodontest.Answer{Status: 422, Words: "Validation failed: Media 1 not found or already attached to another post"}, social.Waiting, "unreachable"},
		{mastodontest.Answer{Status: 422, Raw: "<html>"}, social.Rejected, "refused"},
		{mastodontest.Answer{Status: 400, Words: "param is missing"}, social.Rejected, "refused"},
		{mastodontest.Answer{Status: 401, Words: "The access token expired"}, social.Rejected, "account_lost"},
		{mastodontest.Answer{Status: 403, Words: "This action is outside the authorized scopes"}, social.Rejected, "rights_missing"},
		{mastodontest.Answer{Status: 403, Words: "Your login is currently disabled"}, social.Rejected, "account_lost"},
		{mastodontest.Answer{Status: 403, Words: "Your login is currently pending approval"}, social.Rejected, "account_lost"},
		{mastodontest.Answer{Status: 404, Raw: "<html>not here"}, social.Waiting, "unreachable"},
		{mastodontest.Answer{Status: 410, Words: "Gone"}, social.Waiting, "unreachable"},
		{mastodontest.Answer{Status: 413, Raw: "<html>"}, social.Rejected, "file_too_big"},
		{mastodontest.Answer{Status: 429, Words: "Too many requests", Header: later}, social.Waiting, "rate_limited"},
		{mastodontest.Answer{Status: 500, Words: "oops"}, social.Unknown, "no_answer"},
		{mastodontest.Answer{Status: 500, Words: "oops", After: true}, social.Unknown, "no_answer"},
		{mastodontest.Answer{Status: 502, Raw: "<html>"}, social.Unknown, "no_answer"},
		{mastodontest.Answer{Status: 503, Words: "maintenance"}, social.Unknown, "no_answer"},
		{mastodontest.Answer{Status: 504, Raw: "<html>", After: true}, social.Unknown, "no_answer"},
		{mastodontest.Answer{Status: 302, Header: map[string]string{"Location": "/"}}, social.Unknown, "no_answer"},
		{mastodontest.Answer{Status: 200, Raw: "{", After: true}, social.Unknown, "no_answer"},
		{mastodontest.Answer{Status: 200, Raw: "{}", After: true}, social.Unknown, "no_answer"},
		{mastodontest.Answer{Drop: true}, social.Unknown, "no_answer"},
		{mastodontest.Answer{Drop: true, After: true}, social.Unknown, "no_answer"},
	} {
		r := newRig(t, mastodontest.Options{ForgetsKey: true})
		c.answer.Call = posting
		r.server.Fail(c.answer)
		p, err := r.publish(t, r.intent("سلام"))
		if o := platforms.OutcomeOf(p, err, began); o.State != c.want || o.Code != c.code {
			t.Errorf("%+v: %s (%s, %v), want %s (%s)", c.answer, o.State, o.Code, err, c.want, c.code)
		}
		if n := r.server.Calls(posting); n != 1 {
			t.Errorf("%+v: %d calls", c.answer, n)
		}
	}
}

// When a call is welcome again, by the server's clock and by ours.
func TestPauses(t *testing.T) {
	for _, c := range []struct {
		header map[string]string
		ahead  time.Duration
		want   time.Duration
	}{
		{map[string]string{"X-RateLimit-Reset": "2026-11-28T09:03:00.000000Z"}, 0, 3 * time.Minute},
		{map[string]string{"X-RateLimit-Reset": "2026-11-28T10:03:00.000000Z"}, time.Hour, 3 * time.Minute},
		{map[string]string{"X-RateLimit-Reset": "2026-11-28T08:00:00.000000Z"}, 0, 5 * time.Second},
		{map[string]string{"X-RateLimit-Reset": "soon"}, 0, 5 * time.Second},
		{map[string]string{"Retry-After": "70"}, 0, 70 * time.Second},
		{nil, 0, 5 * time.Second},
	} {
		r := newRig(t, mastodontest.Options{Ahead: c.ahead})
		r.server.Fail(mastodontest.Answer{Call: posting, Status: 429, Words: "Too many requests", Header: c.header})
		p, err := r.publish(t, r.intent("سلام"))
		if o := platforms.OutcomeOf(p, err, began); o.Retry.Sub(began).Round(time.Second) != c.want {
			t.Errorf("%v: again after %s, want %s", c.header, o.Retry.Sub(began), c.want)
		}
	}
}

// An upload repeats without harm, so whatever goes wrong with it is tried again,
// but for a refusal.
func TestUploads(t *testing.T) {
	const uploading = "POST /api/v2/media"
	for _, c := range []struct {
		name   string
		file   social.Media
		answer mastodontest.Answer
		want   string
	}{
		{"dropped", photo("a"), mastodontest.Answer{Drop: true}, "unreachable"},
		{"broken", photo("a"), mastodontest.Answer{Status: 500, Words: "Error processing thumbnail for uploaded media"}, "unreachable"},
		{"unreadable", photo("a"), mastodontest.Answer{Status: 200, Raw: "{}", After: true}, "unreachable"},
		{"too many", photo("a"), mastodontest.Answer{Status: 429}, "rate_limited"},
		{"too large there", photo("a"), mastodontest.Answer{Status: 413, Raw: "<html>"}, "file_too_big"},
		{"not taken there", photo("a"), mastodontest.Answer{Status: 422, Words: "Validation failed: File content type is invalid, File is invalid"}, "format"},
		{"nowhere", photo("z"), mastodontest.Answer{}, "media_missing"},
		{"too large", photo("big"), mastodontest.Answer{}, "file_too_big"},
		{"empty", photo("empty"), mastodontest.Answer{}, "bad_file"},
		{"no picture", social.Media{Kind: social.Photo, Hash: "words"}, mastodontest.Answer{}, "format"},
		{"a file", social.Media{Kind: social.Document, Hash: "a", MIME: "application/pdf"}, mastodontest.Answer{}, "wrong_media"},
		{"known to be too large", social.Media{Kind: social.Photo, Hash: "a", Size: 16<<20 + 1}, mastodontest.Answer{}, "file_too_big"},
		{"known to be too wide", social.Media{Kind: social.Photo, Hash: "a", Width: 8000, Height: 8000}, mastodontest.Answer{}, "ratio"},
	} {
		r := newRig(t, mastodontest.Options{})
		if c.answer.Status != 0 || c.answer.Drop {
			c.answer.Call = uploading
			r.server.Fail(c.answer)
		}
		if c.file.Hash == "big" {
			r.account.Limits.Picture = small
		}
		_, err := r.Prepare(t.Context(), r.intent("سلام", c.file))
		if o := platforms.PrepareOutcome(err, began); err == nil || o.Code != c.want {
			t.Errorf("%s: %s (%v), want %s", c.name, o.Code, err, c.want)
		}
		if n := len(r.server.Posts("cafe")); n != 0 {
			t.Errorf("%s: %d posts", c.name, n)
		}
	}
}

// A file that the server works on is waited for. Where that takes longer than a try
// may last, the next try goes on waiting and does not bring the file anew.
func TestLongWork(t *testing.T) {
	r := newRig(t, mastodontest.Options{})
	r.server.Work(3)
	if _, err := r.Prepare(t.Context(), r.intent("سلام", film())); err != nil {
		t.Fatal(err)
	}
	r.key = "post-2-7-v1"
	r.server.Work(1_000_000)
	short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := r.Prepare(short, r.intent("سلام", film()))
	if !errorIs[*platforms.Transient](err) {
		t.Fatalf("a film that is worked on gives %v", err)
	}
	before := r.server.Calls("POST /api/v2/media")
	r.server.Finish()
	p, err := r.publish(t, r.intent("سلام", film()))
	if err != nil || p.Remote == "" || r.server.Calls("POST /api/v2/media") != before {
		t.Errorf("%+v, %v, %d uploads before and %d now", p, err, before, r.server.Calls("POST /api/v2/media"))
	}
	// What a post has used up is brought anew for the next one.
	if _, err := r.publish(t, r.intent("سلام دوباره", film())); err != nil || r.server.Calls("POST /api/v2/media") != before+1 {
		t.Errorf("%v, %d uploads", err, r.server.Calls("POST /api/v2/media"))
	}
}

// A file that the server cannot work on is refused.
func TestBrokenWork(t *testing.T) {
	r := newRig(t, mastodontest.Options{})
	r.server.Work(1_000_000)
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, _ = r.Prepare(short, r.intent("سلام", film()))
	r.server.Spoil()
	r.server.Fail(mastodontest.Answer{Call: "POST /api/v2/media", Status: 422, Words: "Error processing thumbnail for uploaded media"})
	_, err := r.Prepare(t.Context(), r.intent("سلام", film()))
	if o := platforms.PrepareOutcome(err, began); o.State != social.Rejected || o.Code != mastodon.CodeBadFile {
		t.Errorf("%+v (%v)", o, err)
	}
}

// The server's own numbers hold, and not those of the network.
func TestOwnLimits(t *testing.T) {
	r := newRig(t, mastodontest.Options{Characters: 5000, Files: 6})
	if _, err := r.publish(t, r.intent(long(5000), photo("a"), photo("a"), photo("b"), photo("b"), photo("a"))); err != nil {
		t.Errorf("5000 characters and five pictures: %v", err)
	}
	if _, err := r.Prepare(t.Context(), r.intent(long(5001))); !errorIs[*platforms.Rejected](err) {
		t.Errorf("5001 characters: %v", err)
	}
	small := newRig(t, mastodontest.Options{Characters: 100})
	if _, err := small.Prepare(t.Context(), small.intent(long(101))); !errorIs[*platforms.Rejected](err) {
		t.Errorf("101 characters where there is room for 100: %v", err)
	}
	if l := small.account.Limits; l.Text != 100 || l.Link != 23 || l.Media != 4 || l.Whole || l.Picture != 16<<20 || l.Video != 99<<20 ||
		l.Alt != 1500 || !slices.Contains(l.Formats, "video/mp4") || !l.At.Equal(began) {
		t.Errorf("%+v", l)
	}
	other := newRig(t, mastodontest.Options{Source: "https://codeberg.org/superseriousbusiness/gotosocial"})
	if !other.account.Limits.Whole {
		t.Error("a server that is not Mastodon is taken for one that counts like it")
	}
}

// What Peyk counts is what the server counts: the longest text goes out, and one
// character more is refused by both.
func TestCountsLikeTheServer(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("می‌خواهم ", 62) + "رفتم", strings.Repeat("👩🏽‍🚀", 500),
		"https://peyk.ir/" + strings.Repeat("a", 400) + " " + long(476),
		"@sara@elsewhere.example " + long(494), "@nobody@a-very-long-name.of-a-server.example.org " + long(492),
	} {
		r := newRig(t, mastodontest.Options{})
		v := social.Variant{Text: social.Text{Plain: text}}
		if n, limit := platforms.Length(r.account, v); n != limit {
			t.Errorf("%.40q counts %d of %d", text, n, limit)
		}
		if _, err := r.publish(t, r.intent(text)); err != nil {
			t.Errorf("%.40q: %v", text, err)
		}
		if _, err := r.Prepare(t.Context(), r.intent(text+"!")); !errorIs[*platforms.Rejected](err) {
			t.Errorf("%.40q and one more: %v", text, err)
		}
		r.account.Limits, r.key = social.Limits{At: began, Text: 10_000}, "post-2-7-v1"
		if _, err := r.publish(t, r.intent(text+"!")); !errorIs[*platforms.Rejected](err) {
			t.Errorf("the server takes %.40q and one more: %v", text, err)
		}
	}
}

// The stage is kept in the open: it holds nothing but the post.
func TestStageHoldsNoSecret(t *testing.T) {
	r := newRig(t, mastodontest.Options{})
	stage, err := r.Prepare(t.Context(), r.intent("سلام", photo("a")))
	var value map[string]any
	if err != nil || json.Unmarshal(stage, &value) != nil || strings.Contains(string(stage), "token-") {
		t.Fatalf("%s, %v", stage, err)
	}
	for _, s := range []any{r.vault.held[7], mastodon.App{ID: "x", Secret: "secret-1"}} {
		for _, words := range []string{sprint("%v", s), sprint("%+v", s), sprint("%#v", s)} {
			if strings.Contains(words, "token-") || strings.Contains(words, "secret-") {
				t.Errorf("a secret is shown: %s", words)
			}
		}
	}
}

// A reader that fails in the middle is no reason to give up.
func TestBrokenStore(t *testing.T) {
	r := newRig(t, mastodontest.Options{})
	r.Media = func(context.Context, string) (io.ReadCloser, error) { return nil, io.ErrUnexpectedEOF }
	_, err := r.Prepare(t.Context(), r.intent("سلام", photo("a")))
	if !errorIs[*platforms.Transient](err) {
		t.Error(err)
	}
}
