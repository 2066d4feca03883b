package mastodon_test

import (
	"fmt"
	"testing"
	"time"

	"peyk/platforms"
	"peyk/platforms/mastodon/mastodontest"
	"peyk/social"
)

func sprint(format string, a any) string { return fmt.Sprintf(format, a) }

// What is looked for after a lost answer, among all that an account may have posted.
func TestReconcile(t *testing.T) {
	const text = "سلام به همه"
	for _, c := range []struct {
		name   string
		before func(r *rig, in *platforms.Intent)
		after  time.Duration
		want   platforms.Verdict
	}{
		{"nothing is there yet", func(*rig, *platforms.Intent) {}, 0, platforms.Early},
		{"nothing is there in the end", func(*rig, *platforms.Intent) {}, 2 * time.Minute, platforms.NotLanded},
		{"it is there", func(r *rig, in *platforms.Intent) { lose(t, r, *in) }, 0, platforms.Landed},
		{"the same was posted an hour ago", func(r *rig, in *platforms.Intent) {
			r.server.Say(mastodontest.Saying{By: "cafe", Text: text, At: began.Add(-time.Hour)})
		}, 2 * time.Minute, platforms.NotLanded},
		{"another post of ours says the same", func(r *rig, in *platforms.Intent) {
			in.Others = []string{lose(t, r, *in)}
		}, 2 * time.Minute, platforms.NotLanded},
		{"people post beside us", func(r *rig, in *platforms.Intent) {
			for i := range 95 {
				r.server.Say(mastodontest.Saying{By: "cafe", Text: "از روی گوشی " + string(rune('a'+i%26))})
			}
		}, 2 * time.Minute, platforms.NotLanded},
		{"people post beside us, and ours is there", func(r *rig, in *platforms.Intent) {
			lose(t, r, *in)
			for range 95 {
				r.server.Say(mastodontest.Saying{By: "cafe", Text: "از روی گوشی"})
			}
		}, 0, platforms.Landed},
		{"more than anybody posts", func(r *rig, in *platforms.Intent) {
			for range 401 {
				r.server.Say(mastodontest.Saying{By: "cafe", Text: "باز هم"})
			}
		}, 2 * time.Minute, platforms.Unsure},
		{"something of ours that nobody can place", func(r *rig, in *platforms.Intent) {
			lose(t, r, r.intent("متنی که سرور عوض کرده است"))
		}, 2 * time.Minute, platforms.Unsure},
		{"the same words as an answer", func(r *rig, in *platforms.Intent) {
			to := r.server.Say(mastodontest.Saying{By: "sara@elsewhere.example", Text: "@cafe سلام"})
			r.server.Say(mastodontest.Saying{By: "cafe", Text: text, ReplyTo: to})
		}, 2 * time.Minute, platforms.NotLanded},
		{"the same words without the picture", func(r *rig, in *platforms.Intent) {
			r.server.Say(mastodontest.Saying{By: "cafe", Text: text})
			in.Variant.Media = []social.Media{photo("a")}
		}, 2 * time.Minute, platforms.NotLanded},
		{"nobody knows when it was sent", func(r *rig, in *platforms.Intent) {
			lose(t, r, *in)
			in.Sent = time.Time{}
		}, 2 * time.Minute, platforms.Unsure},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, mastodontest.Options{ForgetsKey: true})
			in := r.intent(text)
			c.before(r, &in)
			r.clock.Advance(c.after)
			found, err := r.Reconcile(t.Context(), in)
			if err != nil || found.Verdict != c.want || (found.Published.Remote != "") != (c.want == platforms.Landed) {
				t.Errorf("%+v, %v, want %s", found, err, c.want)
			}
		})
	}
}

// lose publishes with an answer that nobody gets, and returns what is on the server.
func lose(t *testing.T, r *rig, in platforms.Intent) string {
	r.server.Fail(mastodontest.Answer{Call: posting, After: true, Drop: true})
	if _, err := r.publish(t, in); !errorIs[*platforms.Ambiguous](err) {
		t.Fatalf("a lost answer gives %v", err)
	}
	posts := r.server.Posts("cafe")
	return posts[len(posts)-1].ID
}

// A look that fails says why, so that it is made again.
func TestLookFails(t *testing.T) {
	r := newRig(t, mastodontest.Options{})
	in := r.intent("سلام")
	for _, c := range []struct {
		answer mastodontest.Answer
		again  bool
	}{
		{mastodontest.Answer{Status: 503, Words: "no"}, true},
		{mastodontest.Answer{Drop: true}, true},
		{mastodontest.Answer{Status: 429, Words: "no", Header: map[string]string{"Retry-After": "120"}}, true},
		{mastodontest.Answer{Status: 401, Words: "The access token was revoked"}, false},
	} {
		c.answer.Call = "GET /api/v1/accounts/"
		r.server.Fail(c.answer, c.answer) // net/http asks twice where a connection dies: it only reads
		found, err := r.Reconcile(t.Context(), in)
		o := platforms.FindingOutcome(found, err, began)
		if err == nil || o.State != social.Unknown || !o.Retry.IsZero() != c.again {
			t.Errorf("%+v: %+v, %v", c.answer, o, err)
		}
		_, _ = r.Reconcile(t.Context(), in)
	}
}
