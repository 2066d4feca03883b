package mastodon_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peyk/platforms"
	"peyk/platforms/mastodon"
	"peyk/platforms/mastodon/mastodontest"
	"peyk/social"
)

const sara = "sara@elsewhere.example"

// drain polls until there is no more, and returns what came.
func (r *rig) drain(t *testing.T, cursor string) (found []social.Heard, next string) {
	t.Helper()
	for {
		some, at, more, err := r.Poll(t.Context(), r.account, cursor)
		if err != nil {
			t.Fatal(err)
		}
		found, cursor = append(found, some...), at
		if !more {
			return found, cursor
		}
	}
}

func TestHeard(t *testing.T) {
	r := newRig(t, mastodontest.Options{})
	p, err := r.publish(t, r.intent("منوی تازه <3\n\nhttps://peyk.example/menu"))
	if err != nil {
		t.Fatal(err)
	}
	_, cursor := r.drain(t, "")
	first := r.server.Say(mastodontest.Saying{By: sara, Text: "@cafe چه خوب!\nکی باز می‌کنید؟ & <b>کجا</b>", ReplyTo: p.Remote})
	under := r.server.Say(mastodontest.Saying{By: sara, Text: "@cafe منتظرم", ReplyTo: first, Warning: "بی‌تابی"})
	alone := r.server.Say(mastodontest.Saying{By: sara, Text: "سلام @cafe@toot.example"})
	heard, next := r.drain(t, cursor)
	by, _ := find(heard, first)
	post := social.Thread{
		Account: 7, Remote: p.Remote, Root: p.Remote, Link: "https://toot.example/@cafe/" + p.Remote, Words: "منوی تازه <3 https://peyk.example/menu",
	}
	want := []social.Heard{
		{Remote: alone, Text: "سلام @cafe", Post: social.Thread{
			Account: 7, Remote: alone, Root: alone, Link: "https://toot.example/@" + sara + "/" + alone, Words: "سلام @cafe",
		}},
		{Remote: under, Parent: first, Text: "بی‌تابی\n\nمنتظرم", Post: post},
		{Remote: first, Text: "چه خوب!\nکی باز می‌کنید؟ & <b>کجا</b>", Post: post},
	}
	for i := range want {
		want[i].Author, want[i].AuthorID, want[i].At = "سارا", by.AuthorID, began
		want[i].Link = "https://toot.example/@" + sara + "/" + want[i].Remote
	}
	if diff := cmp.Diff(want, heard); diff != "" {
		t.Error(diff)
	}
	if again, _ := r.drain(t, next); len(again) != 0 {
		t.Errorf("told again: %+v", again)
	}
	if by.AuthorID == r.account.RemoteID || by.AuthorID == "" {
		t.Errorf("the author is %q", by.AuthorID)
	}
}

func find(heard []social.Heard, remote string) (social.Heard, bool) {
	i := slices.IndexFunc(heard, func(h social.Heard) bool { return h.Remote == remote })
	if i < 0 {
		return social.Heard{}, false
	}
	return heard[i], true
}

// Hundreds of comments come in pages, in order, each once, and cost few questions.
func TestPages(t *testing.T) {
	r := newRig(t, mastodontest.Options{})
	p, err := r.publish(t, r.intent("سلام"))
	if err != nil {
		t.Fatal(err)
	}
	r.server.Say(mastodontest.Saying{By: sara, Text: "@cafe پیش از همه"})
	_, cursor := r.drain(t, "")
	for i := range 200 {
		r.server.Say(mastodontest.Saying{By: sara, Text: fmt.Sprint("@cafe ", i), ReplyTo: p.Remote})
	}
	heard, _ := r.drain(t, cursor)
	seen := map[string]bool{}
	for _, h := range heard {
		if seen[h.Remote] || h.Post.Root != p.Remote {
			t.Fatalf("twice, or elsewhere: %+v", h)
		}
		seen[h.Remote] = true
	}
	if len(seen) != 200 {
		t.Errorf("%d of 200 comments came", len(seen))
	}
	if n := r.server.Calls("GET /api/v1/statuses/" + p.Remote); n > 4 {
		t.Errorf("the post was asked for %d times", n)
	}
}

// A notification that the network never made: the sweep of the thread finds what it
// would have told.
func TestMissedNotification(t *testing.T) {
	r := newRig(t, mastodontest.Options{})
	p, err := r.publish(t, r.intent("سلام"))
	if err != nil {
		t.Fatal(err)
	}
	_, cursor := r.drain(t, "")
	r.server.Silence(1)
	first := r.server.Say(mastodontest.Saying{By: sara, Text: "@cafe اولین", ReplyTo: p.Remote})
	second := r.server.Say(mastodontest.Saying{By: sara, Text: "@cafe دومین", ReplyTo: p.Remote})
	unnamed := r.server.Say(mastodontest.Saying{By: sara, Text: "بی نام شما", ReplyTo: second})
	r.server.Say(mastodontest.Saying{By: "cafe", Text: "@" + sara + " ممنون", ReplyTo: second})
	heard, _ := r.drain(t, cursor)
	if len(heard) != 1 || heard[0].Remote != second {
		t.Fatalf("the notifications told of %+v", heard)
	}
	r.clock.Advance(time.Minute)
	r.server.Rewrite(first, "@cafe اولین، ولی بهتر")
	swept, err := r.Sweep(t.Context(), r.account, p.Remote)
	if err != nil || len(swept) != 3 {
		t.Fatalf("%+v, %v", swept, err)
	}
	a, _ := find(swept, first)
	b, _ := find(swept, unnamed)
	if a.Text != "اولین، ولی بهتر" || !a.Edited.Equal(began.Add(time.Minute)) || a.Parent != "" || b.Parent != second || b.Post.Root != p.Remote {
		t.Errorf("%+v, %+v", a, b)
	}
	r.server.Delete(p.Remote)
	_, err = r.Sweep(t.Context(), r.account, p.Remote)
	if o := platforms.PrepareOutcome(err, began); o.Code != mastodon.CodePostGone {
		t.Errorf("under a post that is gone: %v", err)
	}
}

// A comment whose thread cannot be had now stays where it is: the page is read again.
func TestPollBreaksOff(t *testing.T) {
	r := newRig(t, mastodontest.Options{})
	p, _ := r.publish(t, r.intent("سلام"))
	r.server.Say(mastodontest.Saying{By: sara, Text: "@cafe یک"})
	_, cursor := r.drain(t, "")
	r.server.Say(mastodontest.Saying{By: sara, Text: "@cafe دو", ReplyTo: p.Remote})
	for call, code := range map[string]string{"GET /api/v1/notifications": "rate_limited", "GET /api/v1/statuses/": "rate_limited"} {
		r.server.Fail(mastodontest.Answer{Call: call, Status: 429, Words: "Too many requests"})
		heard, next, more, err := r.Poll(t.Context(), r.account, cursor)
		if o := platforms.PrepareOutcome(err, began); len(heard) != 0 || next != cursor || more || o.Code != code {
			t.Errorf("%s: %d comments, %q, %v", call, len(heard), next, err)
		}
	}
	r.server.Delete(p.Remote) // whoever answered it is still heard
	if heard, _ := r.drain(t, cursor); len(heard) != 1 || heard[0].Post.Root != p.Remote {
		t.Errorf("%+v", heard)
	}
	r.server.Revoke("cafe")
	_, _, _, err := r.Poll(t.Context(), r.account, cursor)
	if o := platforms.PrepareOutcome(err, began); o.Code != social.CodeAccountLost {
		t.Errorf("a token that was taken back: %v", err)
	}
}

func answerTo(r *rig, remote, text string) platforms.Answer {
	return platforms.Answer{
		Key: "reply-1", Sent: r.clock.Now(), Comment: social.Comment{Account: r.account, Remote: remote},
		Reply: social.Reply{ID: 1, Text: social.Text{Plain: text}},
	}
}

// A reply names whom it answers, stands where the comment stands, and is for the
// same readers.
func TestAnswer(t *testing.T) {
	for _, c := range []struct{ visibility, text, want string }{
		{"public", "خواهش می‌کنم", "@" + sara + " خواهش می‌کنم"},
		{"unlisted", "ممنون @" + sara + "!", "ممنون @" + sara + "!"},
		{"direct", "پنهانی", "@" + sara + " پنهانی"},
	} {
		r := newRig(t, mastodontest.Options{})
		to := r.server.Say(mastodontest.Saying{By: sara, Text: "@cafe سلام", Visibility: c.visibility})
		p, err := r.Answer(t.Context(), answerTo(r, to, c.text))
		posts := r.server.Posts("cafe")
		if err != nil || len(posts) != 1 || p.Remote != posts[0].ID || posts[0].Text != c.want || posts[0].ReplyTo != to || posts[0].Visibility != c.visibility {
			t.Errorf("%+v, %v, %+v", p, err, posts)
		}
	}
}

func TestAnswerWithPicture(t *testing.T) {
	r := newRig(t, mastodontest.Options{})
	to := r.server.Say(mastodontest.Saying{By: sara, Text: "@cafe سلام"})
	a, picture := answerTo(r, to, ""), photo("a")
	a.Reply.Picture = &picture
	r.server.Fail(mastodontest.Answer{Call: posting, After: true, Drop: true})
	if _, err := r.Answer(t.Context(), a); !errorIs[*platforms.Ambiguous](err) {
		t.Fatal(err)
	}
	if found, err := r.FindAnswer(t.Context(), a); err != nil || found.Verdict != platforms.Landed {
		t.Errorf("%+v, %v", found, err)
	}
}

// An answer that may be there or not is looked for under the comment.
func TestFindAnswer(t *testing.T) {
	r := newRig(t, mastodontest.Options{ForgetsKey: true})
	to := r.server.Say(mastodontest.Saying{By: sara, Text: "@cafe سلام"})
	other := r.server.Say(mastodontest.Saying{By: sara, Text: "@cafe سلام دوباره"})
	a := answerTo(r, to, "خواهش می‌کنم")
	r.server.Say(mastodontest.Saying{By: "cafe", Text: "@" + sara + " خواهش می‌کنم", ReplyTo: other})
	if found, err := r.FindAnswer(t.Context(), a); err != nil || found.Verdict != platforms.Early {
		t.Errorf("before it is there: %+v, %v", found, err)
	}
	r.server.Fail(mastodontest.Answer{Call: posting, After: true, Drop: true})
	if _, err := r.Answer(t.Context(), a); !errorIs[*platforms.Ambiguous](err) {
		t.Fatal(err)
	}
	if found, err := r.FindAnswer(t.Context(), a); err != nil || found.Verdict != platforms.Landed || found.Published.Remote == "" {
		t.Errorf("once it is there: %+v, %v", found, err)
	}
	r.clock.Advance(2 * time.Minute)
	a.Reply.Text.Plain = "چیز دیگر"
	if found, err := r.FindAnswer(t.Context(), a); err != nil || found.Verdict != platforms.Unsure {
		t.Errorf("another of our answers stands there: %+v, %v", found, err)
	}
}

// A comment that is gone is answered by nobody, whenever it went.
func TestAnswerToNobody(t *testing.T) {
	r := newRig(t, mastodontest.Options{})
	to := r.server.Say(mastodontest.Saying{By: sara, Text: "@cafe سلام"})
	r.server.Fail(mastodontest.Answer{Call: posting, Status: 404, Words: "The post you are trying to reply to does not appear to exist."})
	for range 2 {
		p, err := r.Answer(t.Context(), answerTo(r, to, "سلام"))
		if o := platforms.OutcomeOf(p, err, began); o.State != social.Rejected || o.Code != social.CodeCommentGone {
			t.Errorf("%+v, %v", o, err)
		}
		if len(r.server.Posts(sara)) > 0 {
			r.server.Delete(to)
		}
	}
}

// What others wrote cannot be taken away; what the account wrote can, once and again.
func TestHide(t *testing.T) {
	r := newRig(t, mastodontest.Options{})
	theirs := r.server.Say(mastodontest.Saying{By: sara, Text: "@cafe سلام"})
	err := r.Hide(t.Context(), social.Comment{Account: r.account, Remote: theirs})
	if o := platforms.PrepareOutcome(err, began); o.State != social.Rejected || o.Code != mastodon.CodeCannotHide {
		t.Errorf("%+v, %v", o, err)
	}
	ours := r.server.Say(mastodontest.Saying{By: "cafe", Text: "اشتباه"})
	for range 2 {
		if err := r.Hide(t.Context(), social.Comment{Account: r.account, Remote: ours}); err != nil {
			t.Error(err)
		}
	}
	if len(r.server.Posts("cafe")) != 0 || len(r.server.Posts(sara)) != 1 || r.account.Hides() == nil {
		t.Error("the wrong one is gone, or the way to take comments away is offered")
	}
}

func TestMeasure(t *testing.T) {
	r := newRig(t, mastodontest.Options{})
	p, err := r.publish(t, r.intent("سلام"))
	if err != nil {
		t.Fatal(err)
	}
	r.server.Say(mastodontest.Saying{By: sara, Text: "@cafe سلام", ReplyTo: p.Remote})
	r.server.Like(p.Remote, 5, 3)
	for _, c := range []struct {
		look social.Look
		want []social.Reading
	}{
		{social.Look{Account: r.account}, []social.Reading{{Metric: social.MetricFollowers, Value: 41}}},
		{social.Look{Account: r.account, Post: 1, Remote: p.Remote}, []social.Reading{
			{Metric: social.MetricReactions, Value: 5}, {Metric: social.MetricComments, Value: 1}, {Metric: social.MetricShares, Value: 3},
		}},
	} {
		told, err := r.Measure(t.Context(), c.look)
		if err != nil || !slices.Equal(told, c.want) {
			t.Errorf("%+v, %v, want %+v", told, err, c.want)
		}
	}
	_, err = r.Measure(t.Context(), social.Look{Account: r.account, Post: 1, Remote: "1"})
	if o := platforms.PrepareOutcome(err, began); o.Code != mastodon.CodePostGone {
		t.Errorf("a post that is gone: %v", err)
	}
	r.server.Suspend("cafe", true)
	_, err = r.Measure(t.Context(), social.Look{Account: r.account})
	if !errorIs[*platforms.AccountLost](err) {
		t.Errorf("an account that is closed: %v", err)
	}
}
