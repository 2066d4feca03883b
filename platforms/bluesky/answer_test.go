package bluesky_test

import (
	"errors"
	"fmt"
	"slices"
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

// thread is a network on which the café has posted and a follower has written
// below.
func thread(t *testing.T) (n *sky.Network, r *rig, post, comment string) {
	t.Helper()
	n = newNetwork(t, "cafe.test", "sara.test", "ali.test", "blocked.test")
	r = newRig(t, n.URL, "cafe.test", sky.Password)
	p, err := r.publish(t, r.intent("منوی نوروز رسید"))
	if err != nil {
		t.Fatal(err)
	}
	return n, r, p.Remote, n.Say("sara.test", "جای پارک دارید؟", p.Remote, "")
}

func (r *rig) reply(to, text string) platforms.Answer {
	return platforms.Answer{
		Key: "reply-3", Comment: social.Comment{Account: r.account, Remote: to}, Reply: social.Reply{Text: social.Text{Plain: text}},
	}
}

func TestAnswer(t *testing.T) {
	n, r, post, comment := thread(t)
	nested := n.Say("ali.test", "من هم می‌خواهم بدانم", comment, "")
	a := r.reply(nested, "بله، پشت کافه 🚗")
	picture := photo("a")
	a.Reply.Picture = &picture
	p, err := r.Answer(t.Context(), a)
	if err != nil || !strings.HasPrefix(p.Link, "https://bsky.app/profile/cafe.test/post/") {
		t.Fatalf("%+v, %v", p, err)
	}
	got := n.Held(p.Remote).Value
	want := map[string]any{"root": n.Strong(post), "parent": n.Strong(nested)}
	if diff := cmp.Diff(want, got["reply"]); diff != "" || got["text"] != "بله، پشت کافه 🚗" || got["embed"] == nil {
		t.Error(diff, got)
	}
	found, err := r.FindAnswer(t.Context(), a)
	if err != nil || found.Verdict != platforms.Landed || found.Published != p {
		t.Errorf("%+v, %v", found, err)
	}
	r.Client.Clock.(*clockwork.FakeClock).Advance(time.Minute)
	again, err := r.Answer(t.Context(), a)
	if err != nil || again != p || n.Posts(r.account.RemoteID) != 2 {
		t.Errorf("again: %+v, %v, %d posts", again, err, n.Posts(r.account.RemoteID))
	}
}

func TestAnswerComesToNothing(t *testing.T) {
	getPosts := "app.bsky.feed.getPosts"
	for _, c := range []struct {
		name  string
		text  string
		spoil func(n *sky.Network, comment string)
		want  social.DeliveryState
		code  string
		found platforms.Verdict
	}{
		{"deleted", "بله", func(n *sky.Network, comment string) { n.Remove(comment) }, social.Rejected, social.CodeCommentGone, platforms.NotLanded},
		{"too long", strings.Repeat("س", 301), nil, social.Rejected, "too_long", platforms.NotLanded},
		{"nobody shows the comment", "بله", func(n *sky.Network, _ string) {
			n.Fail(getPosts, sky.Answer{Status: 502, Name: "UpstreamFailure"})
		},
			social.Waiting, "unreachable", platforms.NotLanded},
		{"dropped", "بله", func(n *sky.Network, _ string) { n.Fail(put, sky.Answer{Drop: true}) }, social.Unknown, "no_answer", platforms.Landed},
		{"broken", "بله", func(n *sky.Network, _ string) { n.Fail(put, sky.Answer{Status: 500}) }, social.Unknown, "no_answer", platforms.NotLanded},
		{"throttled", "بله", func(n *sky.Network, _ string) { n.Fail(put, sky.Answer{Status: 429}) }, social.Waiting, "rate_limited", platforms.NotLanded},
	} {
		n, r, _, comment := thread(t)
		if c.spoil != nil {
			c.spoil(n, comment)
		}
		p, err := r.Answer(t.Context(), r.reply(comment, c.text))
		if o := platforms.OutcomeOf(p, err, n.Began); o.State != c.want || o.Code != c.code {
			t.Errorf("%s: %s (%s, %v)", c.name, o.State, o.Code, err)
		}
		found, err := r.FindAnswer(t.Context(), r.reply(comment, c.text))
		if err != nil || found.Verdict != c.found {
			t.Errorf("%s: found %+v, %v", c.name, found, err)
		}
	}
}

// gate is what the network holds of the thread's gate.
func gate(n *sky.Network, post string) map[string]any {
	return n.Held(strings.Replace(post, "app.bsky.feed.post", "app.bsky.feed.threadgate", 1)).Value
}

func TestHide(t *testing.T) {
	n, r, post, comment := thread(t)
	second := n.Say("ali.test", "تبلیغ", comment, "")
	for _, uri := range []string{comment, second, comment} {
		if err := r.Hide(t.Context(), social.Comment{Account: r.account, Remote: uri}); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]any{
		"$type": "app.bsky.feed.threadgate", "post": post, "hiddenReplies": []any{comment, second},
		"createdAt": r.Client.Clock.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
	}
	if diff := cmp.Diff(want, gate(n, post)); diff != "" {
		t.Error(diff)
	}
	if k := n.Count(put); k != 3 {
		t.Errorf("%d writes: one for the post and one for each that was not hidden yet", k)
	}
}

// A gate belongs to people too: what they set in it stays, and what they change at
// the same moment is not lost.
func TestHideKeepsTheGate(t *testing.T) {
	n, r, post, comment := thread(t)
	did, key := r.account.RemoteID, post[strings.LastIndex(post, "/")+1:]
	theirs := map[string]any{
		"$type": "app.bsky.feed.threadgate", "post": post, "createdAt": "2026-11-23T08:00:00.000Z",
		"allow": []any{map[string]any{"$type": "app.bsky.feed.threadgate#followerRule"}}, "hiddenReplies": []any{"at://x"}, "new": 1.,
	}
	n.Change(func() { n.Put(did, "app.bsky.feed.threadgate", key, theirs, "null") })
	n.Fail(put, sky.Answer{Status: 400, Name: "InvalidSwap"}, sky.Answer{Status: 400, Name: "InvalidSwap"})
	if err := r.Hide(t.Context(), social.Comment{Account: r.account, Remote: comment}); err != nil {
		t.Fatal(err)
	}
	theirs["hiddenReplies"] = []any{"at://x", comment}
	if diff := cmp.Diff(theirs, gate(n, post)); diff != "" {
		t.Error(diff)
	}
	n.Fail(put, slices.Repeat([]sky.Answer{{Status: 400, Name: "InvalidSwap"}}, 9)...)
	err := r.Hide(t.Context(), social.Comment{Account: r.account, Remote: n.Say("ali.test", "تبلیغ", post, "")})
	var later *platforms.Transient
	if !errors.As(err, &later) {
		t.Errorf("a gate that never stands still gives %v", err)
	}
}

func TestHideCannot(t *testing.T) {
	n, r, post, comment := thread(t)
	var hidden []any
	for i := range 300 {
		hidden = append(hidden, fmt.Sprintf("at://did:plc:x/app.bsky.feed.post/%d", i))
	}
	full := n.Say("cafe.test", "رشته‌ای دیگر", "", "")
	gate := map[string]any{"$type": "app.bsky.feed.threadgate", "post": full, "createdAt": "2026-11-23T08:00:00.000Z", "hiddenReplies": hidden}
	n.Change(func() {
		n.Put(r.account.RemoteID, "app.bsky.feed.threadgate", full[strings.LastIndex(full, "/")+1:], gate, "null")
	})
	theirs := n.Say("sara.test", "سلام @cafe.test", "", "")
	gone := n.Say("ali.test", "پشیمان شدم", post, "")
	n.Remove(gone)
	for _, c := range []struct{ name, remote, code string }{
		{"in a full gate", n.Say("ali.test", "تبلیغ", full, ""), bluesky.CodeHiddenFull},
		{"a thread of somebody else", theirs, bluesky.CodeNotOurThread},
		{"a reply in it", n.Say("ali.test", "سلام", theirs, ""), bluesky.CodeNotOurThread},
		{"gone", gone, ""},
	} {
		err := r.Hide(t.Context(), social.Comment{Account: r.account, Remote: c.remote})
		var no *platforms.Rejected
		if c.code == "" && err != nil || c.code != "" && (!errors.As(err, &no) || no.Code != c.code) {
			t.Errorf("%s: %v, want %q", c.name, err, c.code)
		}
	}
	for _, a := range []sky.Answer{{Status: 500}, {Drop: true}} {
		n.Fail(put, a)
		err := r.Hide(t.Context(), social.Comment{Account: r.account, Remote: comment})
		var later *platforms.Transient
		if !errors.As(err, &later) {
			t.Errorf("hiding repeats, so %+v is tried again: %v", a, err)
		}
	}
}
