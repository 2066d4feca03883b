package bluesky_test

import (
	"slices"
	"strings"
	"testing"

	"peyk/emulator/sky"
	"peyk/platforms/bluesky"
	"peyk/platforms/platformtest"
)

func TestTalk(t *testing.T) {
	platformtest.RunTalk(t, func(t *testing.T) platformtest.Talk {
		n := newNetwork(t, "cafe.test", "sara.test")
		r := newRig(t, n.URL, "cafe.test", sky.Password)
		p, err := r.publish(t, r.intent("منوی نوروز رسید"))
		if err != nil {
			t.Fatal(err)
		}
		r.faults.clock = r.Client.Clock.Now
		return platformtest.Talk{
			Account: r.account, Post: p.Remote, Inbox: r.Connector, Listener: bluesky.Listener{Connector: r.Connector}, Gauge: r.Connector,
			Write:   func(text string) string { return n.Say("sara.test", text, p.Remote, "") },
			Remove:  n.Remove,
			Answers: func() int { return n.Posts(r.account.RemoteID) - 1 },
			Hidden: func(remote string) bool {
				hidden, _ := n.Held(strings.Replace(p.Remote, "app.bsky.feed.post", "app.bsky.feed.threadgate", 1)).Value["hiddenReplies"].([]any)
				return slices.Contains(hidden, any(remote))
			},
			Fail:  func(f platformtest.Fault) { r.faults.fault, r.faults.reads = f, false },
			Spoil: func(f platformtest.Fault) { r.faults.fault, r.faults.reads = f, true },
			Now:   r.Client.Clock.Now,
		}
	})
}
