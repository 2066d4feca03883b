package bluesky_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"peyk/emulator/sky"
	"peyk/platforms"
	"peyk/platforms/bluesky"
	"peyk/social"
)

// The tests whose names end in Live run against a real server, of which the
// environment names an account and somebody who follows it. "make bluesky" starts
// one on this machine; by hand:
//
//	BLUESKY_HOST=http://localhost:2583 BLUESKY_HANDLE=cafe.test BLUESKY_PASSWORD=… \
//	BLUESKY_FOLLOWER=sara.test BLUESKY_FOLLOWER_PASSWORD=… go test ./platforms/bluesky/ -run Live -v

// live returns what the environment says, or skips the test.
func live(t *testing.T, names ...string) []string {
	t.Helper()
	var values []string
	for _, name := range names {
		value := os.Getenv(name)
		if value == "" {
			t.Skip(name + " is not set: no real server is asked")
		}
		values = append(values, value)
	}
	return values
}

func TestConformanceLive(t *testing.T) {
	said := live(t, "BLUESKY_HOST", "BLUESKY_HANDLE", "BLUESKY_PASSWORD")
	conforms(t, func(*testing.T) (host, handle, password string) { return said[0], said[1], said[2] })
}

func TestConversation(t *testing.T) {
	n := newNetwork(t, "cafe.test", "sara.test")
	converses(t, newRig(t, n.URL, "cafe.test", sky.Password), newRig(t, n.URL, "sara.test", sky.Password))
}

func TestConversationLive(t *testing.T) {
	said := live(t, "BLUESKY_HOST", "BLUESKY_HANDLE", "BLUESKY_PASSWORD", "BLUESKY_FOLLOWER", "BLUESKY_FOLLOWER_PASSWORD")
	converses(t, newRig(t, said[0], said[1], said[2]), newRig(t, said[0], said[3], said[4]))
}

// converses lets a follower and the café talk: a post, comments, an answer, a
// mention, a hidden comment, and the figures of it all.
func converses(t *testing.T, cafe, sara *rig) {
	p, err := cafe.publish(t, cafe.intent("منوی #نوروز رسید 🌸 peyk.ir", photo("a")))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the post is shown", func() bool {
		got, err := sara.PostFigures(t.Context(), sara.account, []string{p.Remote})
		return err == nil && got[p.Remote] != nil
	})
	asks := sara.writes(t, "r-1", p.Remote, "جای پارک دارید؟")
	heard := cafe.sweeps(t, p.Remote, asks)
	if heard.Author == "" || heard.AuthorID != sara.account.RemoteID || heard.Text != "جای پارک دارید؟" || heard.Post.Root != p.Remote ||
		heard.Parent != "" || heard.Link == "" || heard.At.IsZero() {
		t.Errorf("%+v", heard)
	}
	answers := cafe.writes(t, "r-2", asks, "بله، پشت کافه")
	sara.sweeps(t, p.Remote, answers)
	thanks := sara.writes(t, "r-3", answers, "ممنون")
	if heard := cafe.polls(t, thanks); heard.Parent != answers || heard.Post.Root != p.Remote || heard.Reason != bluesky.Reply {
		t.Errorf("%+v", heard)
	}
	sara.key = "m-1"
	names, err := sara.publish(t, sara.intent("سلام "+cafe.account.Handle+" 👋"))
	if err != nil {
		t.Fatal(err)
	}
	if heard := cafe.polls(t, names.Remote); heard.Reason != bluesky.Mention || heard.Post.Root != names.Remote {
		t.Errorf("%+v", heard)
	}
	for range 2 {
		if err := cafe.Hide(t.Context(), social.Comment{Account: cafe.account, Remote: thanks}); err != nil {
			t.Error(err)
		}
	}
	eventually(t, "the figures are told", func() bool {
		got, err := cafe.PostFigures(t.Context(), cafe.account, []string{p.Remote})
		return err == nil && got[p.Remote][bluesky.Replies] >= 1
	})
	if got, err := cafe.AccountFigures(t.Context(), cafe.account); err != nil || len(got) == 0 {
		t.Errorf("%v, %v", got, err)
	}
	if err := sara.Delete(t.Context(), sara.account, thanks); err != nil {
		t.Fatal(err)
	}
	eventually(t, "what was deleted is missing, and nothing else", func() bool {
		missing, err := bluesky.Listener{Connector: cafe.Connector}.Missing(t.Context(), cafe.account, []string{asks, thanks, names.Remote})
		return err == nil && slices.Equal(missing, []string{thanks})
	})
}

// writes answers a post, twice, which leaves one answer.
func (r *rig) writes(t *testing.T, key, to, text string) string {
	t.Helper()
	a := r.reply(to, text)
	a.Key = key
	first, err := r.Answer(t.Context(), a)
	again, err2 := r.Answer(t.Context(), a)
	found, err3 := r.FindAnswer(t.Context(), a)
	if err != nil || err2 != nil || err3 != nil || again != first || found.Verdict != platforms.Landed || found.Published != first {
		t.Fatalf("%q: %+v (%v), %+v (%v), %+v (%v)", text, first, err, again, err2, found, err3)
	}
	return first.Remote
}

// sweeps waits until the thread of a post shows a comment.
func (r *rig) sweeps(t *testing.T, post, uri string) bluesky.Comment {
	t.Helper()
	return r.hears(t, uri, func() ([]bluesky.Comment, error) { return r.SweepThread(t.Context(), r.account, post) })
}

// polls waits until the notifications tell of a comment.
func (r *rig) polls(t *testing.T, uri string) bluesky.Comment {
	t.Helper()
	return r.hears(t, uri, func() ([]bluesky.Comment, error) {
		found, _, _, err := r.Poll(t.Context(), r.account, "")
		return found, err
	})
}

func (r *rig) hears(t *testing.T, uri string, ask func() ([]bluesky.Comment, error)) (heard bluesky.Comment) {
	t.Helper()
	eventually(t, uri+" is heard of", func() bool {
		found, err := ask()
		i := slices.IndexFunc(found, func(c bluesky.Comment) bool { return c.Remote == uri })
		if err != nil || i < 0 {
			return false
		}
		heard = found[i]
		return true
	})
	return heard
}

// eventually waits for what a real network needs a moment for.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 300 {
		if is() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("waited in vain until %s", what)
}
