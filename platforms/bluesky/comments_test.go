package bluesky_test

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peyk/emulator/sky"
	"peyk/platforms"
	"peyk/platforms/bluesky"
	"peyk/social"
)

// remotes are the addresses of comments.
func remotes(comments []bluesky.Comment) []string {
	var all []string
	for _, c := range comments {
		all = append(all, c.Remote)
	}
	return all
}

// round polls until there is no more, as the scheduler does.
func (r *rig) round(t *testing.T, cursor string) ([]bluesky.Comment, string, int) {
	t.Helper()
	var all []bluesky.Comment
	for pages := 1; ; pages++ {
		found, next, more, err := r.Poll(t.Context(), r.account, cursor)
		if err != nil || pages > 50 {
			t.Fatalf("after %d pages: %v", pages, err)
		}
		all, cursor = append(all, found...), next
		if !more {
			return all, cursor, pages
		}
	}
}

func TestPollTells(t *testing.T) {
	n, r, post, comment := thread(t)
	nested := n.Say("ali.test", "من هم", comment, "")
	mention := n.Say("ali.test", "سلام @cafe.test", "", "")
	quote := n.Say("sara.test", "این را ببینید", "", post)
	n.Like("ali.test", post)
	own := n.Say("cafe.test", "خوش آمدید", comment, "")
	got, _, _ := r.round(t, "")
	ours := social.Thread{Account: 7, Remote: post, Root: post, Link: linkOf(post, "cafe.test"), Words: "منوی نوروز رسید"}
	sara, ali := n.DID("sara.test"), n.DID("ali.test")
	at := func(uri string) time.Time { return n.Held(uri).At.Add(-time.Second) } // before the network saw it
	want := []bluesky.Comment{
		{Reason: bluesky.Quote, CID: n.Held(quote).CID, Heard: social.Heard{Post: ours, Remote: quote, Author: "SARA", AuthorID: sara,
			Text: "این را ببینید", Link: linkOf(quote, "sara.test"), At: at(quote)}},
		{Reason: bluesky.Mention, CID: n.Held(mention).CID, Heard: social.Heard{
			Post:   social.Thread{Account: 7, Remote: mention, Root: mention, Link: linkOf(mention, "ali.test"), Words: "سلام @cafe.test"},
			Remote: mention, Author: "ALI", AuthorID: ali, Text: "سلام @cafe.test", Link: linkOf(mention, "ali.test"), At: at(mention)}},
		{Reason: bluesky.Reply, CID: n.Held(nested).CID, Heard: social.Heard{Post: ours, Remote: nested, Parent: comment, Author: "ALI",
			AuthorID: ali, Text: "من هم", Link: linkOf(nested, "ali.test"), At: at(nested)}},
		{Reason: bluesky.Reply, CID: n.Held(comment).CID, Heard: social.Heard{Post: ours, Remote: comment, Author: "SARA", AuthorID: sara,
			Text: "جای پارک دارید؟", Link: linkOf(comment, "sara.test"), At: at(comment)}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if slices.Contains(remotes(got), own) {
		t.Error("the account comments on itself")
	}
}

func linkOf(uri, handle string) string {
	return "https://bsky.app/profile/" + handle + "/post/" + uri[strings.LastIndex(uri, "/")+1:]
}

// How a thread begins is said shortly, and where the network does not tell, the
// comments come all the same.
func TestThreadsBegin(t *testing.T) {
	n, r, post, _ := thread(t)
	long := n.Say("cafe.test", strings.Repeat("س ", 60), "", "")
	n.Say("sara.test", "چه بلند!", long, "")
	for range 30 { // more threads than one question asks for
		n.Say("sara.test", "سلام @cafe.test", "", "")
	}
	got, _, _ := r.round(t, "")
	words := map[string]string{}
	for _, c := range got {
		words[c.Post.Root] = c.Post.Words
	}
	if len(words) != 32 || words[long] != strings.Repeat("س ", 40)+"…" || words[post] != "منوی نوروز رسید" {
		t.Errorf("%d threads, %q", len(words), words[long])
	}
	n.Fail("app.bsky.feed.getPosts", sky.Answer{Status: 502, Name: "UpstreamFailure"})
	again, _, _ := r.round(t, "")
	if len(again) != len(got) || again[0].Post.Words != "" {
		t.Errorf("%d comments of %d", len(again), len(got))
	}
}

// Every comment of a burst is told, however many pages and likes lie between, and
// what was read long ago is not read again.
func TestPollMissesNothing(t *testing.T) {
	n, r, post, comment := thread(t)
	first, cursor, _ := r.round(t, "")
	if !slices.Equal(remotes(first), []string{comment}) {
		t.Fatal(remotes(first))
	}
	for round := range 3 {
		n.Change(func() { n.Now = n.Now.Add(time.Hour) })
		var said []string
		for i := range 230 {
			if i%10 == 0 {
				said = append(said, n.Say("sara.test", fmt.Sprintf("سؤال %d", i), post, ""))
			}
			n.Like("ali.test", post)
		}
		got, next, pages := r.round(t, cursor)
		for _, uri := range said {
			if !slices.Contains(remotes(got), uri) {
				t.Errorf("round %d: %s is missing", round, uri)
			}
		}
		if pages > 6 { // three of this round, and those that the overlap reads again
			t.Errorf("round %d: %d pages", round, pages)
		}
		cursor = next
	}
}

// What comes late, with a time before what was seen already, is told.
func TestPollOverlaps(t *testing.T) {
	n, r, post, _ := thread(t)
	for range 100 {
		n.Like("ali.test", post)
	}
	_, cursor, _ := r.round(t, "")
	late := n.Say("sara.test", "از قطار", post, "")
	n.Change(func() { n.Records[late].At = n.Now.Add(-5 * time.Minute) })
	for range 100 {
		n.Like("ali.test", post)
	}
	if got, _, _ := r.round(t, cursor); !slices.Contains(remotes(got), late) {
		t.Errorf("%q is missing in %q", late, remotes(got))
	}
}

// A round that breaks off goes on where it was; nothing of it is lost.
func TestPollBreaksOff(t *testing.T) {
	list := "app.bsky.notification.listNotifications"
	n, r, post, _ := thread(t)
	_, cursor, _ := r.round(t, "")
	n.Change(func() { n.Now = n.Now.Add(time.Hour) })
	var said []string
	for i := range 250 { // a page of them is longer than the overlap
		n.Change(func() { n.Now = n.Now.Add(time.Minute) })
		said = append(said, n.Say("sara.test", fmt.Sprintf("سؤال %d", i), post, ""))
	}
	first, cursor, more, err := r.Poll(t.Context(), r.account, cursor)
	if err != nil || !more {
		t.Fatal(more, err)
	}
	n.Fail(list, sky.Answer{Status: 502, Name: "UpstreamFailure"})
	if _, same, _, err := r.Poll(t.Context(), r.account, cursor); err == nil || same != cursor {
		t.Errorf("a page that fails moves the cursor to %s (%v)", same, err)
	}
	n.Fail(list, sky.Answer{Status: 400, Name: "InvalidRequest", Words: "Malformed cursor"})
	rest, last, _ := r.round(t, cursor)
	all := remotes(append(first, rest...))
	for _, uri := range said {
		if !slices.Contains(all, uri) {
			t.Errorf("%s is missing", uri)
		}
	}
	odd := strings.Replace(cursor, `"next":"`, `"next":"x`, 1) // over which the real server breaks down
	if _, anew, more, err := r.Poll(t.Context(), r.account, odd); err != nil || !more || odd == cursor || strings.Contains(anew, "next") {
		t.Errorf("an unknown place leads to %s, %t, %v", anew, more, err)
	}
	n.Fail(list, sky.Answer{Status: 400, Name: "InvalidRequest"})
	var no *platforms.Rejected
	if _, _, more, err := r.Poll(t.Context(), r.account, last); more || !errors.As(err, &no) {
		t.Errorf("a first page that is refused gives %v", err)
	}
	for _, torn := range []string{"{", "null", `"x"`} {
		if _, _, _, err := r.Poll(t.Context(), r.account, torn); err != nil {
			t.Errorf("the cursor %s gives %v", torn, err)
		}
	}
}

// An account without any comment is not read to the end of its days each time.
func TestPollOfAQuietAccount(t *testing.T) {
	n := newNetwork(t, "cafe.test", "sara.test")
	r := newRig(t, n.URL, "cafe.test", sky.Password)
	_, cursor, _ := r.round(t, "")
	post := n.Say("cafe.test", "سلام", "", "")
	for range 250 {
		n.Like("sara.test", post)
	}
	comment := n.Say("sara.test", "سلام", post, "")
	for range 150 {
		n.Like("sara.test", post)
	}
	got, cursor, _ := r.round(t, cursor)
	if !slices.Equal(remotes(got), []string{comment}) {
		t.Errorf("%q", remotes(got))
	}
	n.Change(func() { n.Now = n.Now.Add(time.Hour) })
	if _, _, pages := r.round(t, cursor); pages > 5 {
		t.Errorf("%d pages for nothing", pages)
	}
}

// The back-stop reads a thread to its leaves, past what is deleted or blocked.
func TestSweepThread(t *testing.T) {
	n, r, post, comment := thread(t)
	own := n.Say("cafe.test", "بله", comment, "")
	thanks := n.Say("sara.test", "ممنون", own, "")
	other := n.Say("ali.test", "من هم می‌آیم", post, "")
	n.Say("blocked.test", "تبلیغ", post, "")
	got, err := r.SweepThread(t.Context(), r.account, post)
	if err != nil || !slices.Equal(remotes(got), []string{comment, thanks, other}) {
		t.Fatalf("%q, %v", remotes(got), err)
	}
	polled, _, _ := r.round(t, "")
	for _, c := range polled {
		i := slices.Index(remotes(got), c.Remote)
		if i >= 0 {
			if diff := cmp.Diff(c, got[i]); diff != "" {
				t.Errorf("told twice, and not alike: %s", diff)
			}
		}
	}
	if q, _ := url.ParseQuery(n.Queries["app.bsky.feed.getPostThread"]); q.Get("depth") != "100" || q.Get("uri") != post {
		t.Errorf("asked for %v", q)
	}
	n.Remove(post)
	_, err = r.SweepThread(t.Context(), r.account, post)
	var no *platforms.Rejected
	if !errors.As(err, &no) || no.Code != bluesky.CodePostGone {
		t.Errorf("a deleted post gives %v", err)
	}
}

// What strangers write is read as far as it can be.
func TestOddComments(t *testing.T) {
	n, r, post, _ := thread(t)
	author := `{"did":"did:plc:z","handle":"handle.invalid","displayName":" "}`
	odd := func(record string) string {
		return `{"uri":"at://did:plc:z/app.bsky.feed.post/3kzzzzzzzzzzz","cid":"c","author":` + author + `,"reason":"reply","record":` + record +
			`,"indexedAt":"2026-11-23T09:00:00.000Z"}`
	}
	reply := `"reply":{"root":{"uri":"` + post + `"},"parent":{"uri":"` + post + `"}}`
	n.Fail("app.bsky.notification.listNotifications", sky.Answer{Status: 200, After: true, Raw: `{"notifications":[` + strings.Join([]string{
		odd(`{"$type":"app.bsky.feed.post","text":"از آینده","createdAt":"2066-01-01T00:00:00Z",` + reply + `,"embed":{"$type":"app.bsky.embed.images"}}`),
		odd(`{"$type":"app.bsky.feed.post","text":"بی‌زمان","createdAt":"?",` + reply + `,"embed":"x"}`),
		odd(`{"$type":"app.bsky.feed.post","text":"فیلم","createdAt":"2026-11-23T10:00:00+03:30",` + reply +
			`,"embed":{"$type":"app.bsky.embed.recordWithMedia","media":{"$type":"app.bsky.embed.video"}}}`),
		odd(`{"$type":"app.bsky.graph.follow"}`), odd(`"x"`), odd(`{"$type":"app.bsky.feed.post","text":7}`),
	}, ",") + `]}`})
	got, _, _, err := r.Poll(t.Context(), r.account, "")
	if err != nil || len(got) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	nine := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for i, want := range []struct {
		at   time.Time
		kind social.MediaKind
	}{{nine, social.Photo}, {nine, ""}, {nine.Add(-150 * time.Minute), social.Video}} {
		c := got[i]
		if !c.At.Equal(want.at) || c.Media != want.kind || c.Author != "did:plc:z" || c.Link != "https://bsky.app/profile/did:plc:z/post/3kzzzzzzzzzzz" {
			t.Errorf("%d: %+v", i, c)
		}
	}
}

func TestFigures(t *testing.T) {
	n, r, post, _ := thread(t)
	n.Like("ali.test", post)
	n.Like("sara.test", post)
	n.Say("ali.test", "ببینید", "", post)
	account, err := r.AccountFigures(t.Context(), r.account)
	if diff := cmp.Diff(bluesky.Figures{bluesky.Followers: 12}, account); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff) // how many posts was not told: not known, and not none
	}
	gone := strings.Replace(post, "/3", "/2", 1)
	got, err := r.PostFigures(t.Context(), r.account, []string{post, gone})
	want := map[string]bluesky.Figures{post: {bluesky.Likes: 2, bluesky.Reposts: 0, bluesky.Replies: 1, bluesky.Quotes: 1}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if got, err := r.PostFigures(t.Context(), r.account, nil); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := r.PostFigures(t.Context(), r.account, slices.Repeat([]string{post}, bluesky.MaxPosts+1)); err == nil {
		t.Error("more posts than the network takes")
	}
}

// What the network does not tell is left out, and a part of a sum is no sum.
func TestMeasure(t *testing.T) {
	n, r, post, _ := thread(t)
	n.Like("ali.test", post)
	n.Say("ali.test", "ببینید", "", post)
	for _, c := range []struct {
		name string
		look social.Look
		want []social.Reading
	}{
		{"the account", social.Look{Account: r.account}, []social.Reading{{Metric: social.MetricFollowers, Value: 12}}},
		{"a post", social.Look{Account: r.account, Post: 3, Remote: post}, []social.Reading{
			{Metric: social.MetricReactions, Value: 1}, {Metric: social.MetricComments, Value: 1}, {Metric: social.MetricShares, Value: 1},
		}},
	} {
		got, err := r.Measure(t.Context(), c.look)
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", c.name, err, diff)
		}
	}
	var no *platforms.Rejected
	_, err := r.Measure(t.Context(), social.Look{Account: r.account, Post: 3, Remote: strings.Replace(post, "/3", "/2", 1)})
	if !errors.As(err, &no) || no.Code != bluesky.CodePostGone {
		t.Errorf("a post that is gone: %v", err)
	}
	n.Fail("app.bsky.feed.getPosts", sky.Answer{Status: 200, Raw: `{"posts":[{"uri":"` + post + `","likeCount":4,"repostCount":2}]}`})
	got, err := r.Measure(t.Context(), social.Look{Account: r.account, Post: 3, Remote: post})
	if diff := cmp.Diff([]social.Reading{{Metric: social.MetricReactions, Value: 4}}, got); diff != "" || err != nil {
		t.Errorf("of a part: %v %s", err, diff)
	}
}
