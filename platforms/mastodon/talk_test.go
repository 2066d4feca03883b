package mastodon_test

import (
	"testing"
	"time"

	"peyk/platforms/mastodon/mastodontest"
	"peyk/platforms/platformtest"
)

func TestTalk(t *testing.T) {
	platformtest.RunTalk(t, func(t *testing.T) platformtest.Talk {
		r := newRig(t, mastodontest.Options{})
		p, err := r.publish(t, r.intent("منوی تازه"))
		if err != nil {
			t.Fatal(err)
		}
		return platformtest.Talk{
			Account: r.account, Post: p.Remote, Inbox: r.Connector, Listener: r.Connector, Gauge: r.Connector,
			Lacks: map[platformtest.Skill]string{
				platformtest.Hides: "Mastodon lets nobody take away what others wrote",
			},
			Write: func(text string) string {
				return r.server.Say(mastodontest.Saying{By: sara, Text: "@cafe " + text, ReplyTo: p.Remote})
			},
			Remove:  r.server.Delete,
			Answers: func() int { return len(r.server.Posts("cafe")) - 1 },
			Fail: func(f platformtest.Fault) {
				if f == platformtest.Unreachable {
					r.way.lost = true
					return
				}
				r.server.Fail(spoilt(f, r.server.Now()))
			},
			Spoil: func(f platformtest.Fault) {
				a := spoilt(f, r.server.Now())
				a.Call = "GET /api/v1/"
				r.server.Fail(a)
			},
			Settle: func() { r.clock.Advance(2 * time.Minute) },
			Now:    r.clock.Now,
		}
	})
}
