package telegram_test

import (
	"strconv"
	"testing"

	"peyk/platforms/platformtest"
	"peyk/platforms/telegram"
)

// A talk is a box with a discussion group, whose comments come as updates.
func talk(t *testing.T) platformtest.Talk {
	b := newBox(t)
	c := &telegram.Connector{Client: b, Media: media("a")}
	account := channel
	account.Discussion = -1009
	comments := 500
	fail := func(f platformtest.Fault) { b.fail(answers[f]) }
	return platformtest.Talk{
		Account: account, Post: "42", Inbox: c, Gauge: c,
		Lacks: map[platformtest.Skill]string{
			platformtest.Polls:  "Telegram brings comments as updates",
			platformtest.Sweeps: "a bot cannot list what is in a group",
			platformtest.Finds:  "a bot cannot list what is in a group",
		},
		Write:   func(string) string { comments++; return strconv.Itoa(comments) },
		Remove:  func(remote string) { b.gone[remote] = true },
		Answers: func() int { return b.sent },
		Hidden:  func(remote string) bool { return b.gone[remote] },
		Fail:    fail, Spoil: fail,
	}
}

func TestTalk(t *testing.T) { platformtest.RunTalk(t, talk) }
