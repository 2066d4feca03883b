package main

import (
	"fmt"
	"testing"
	"time"

	"peyk/emulator"
)

// TestBurstOfComments is U23: 500 comments under one post are all stored, and reach
// each responder as five cards and one that grows, drawn no faster than every three
// seconds; whoever presses a button meanwhile does not wait for them.
func TestBurstOfComments(t *testing.T) {
	t.Parallel()
	const all = 500
	s := polling.lent(t, "setup/comments.en.txt")
	channel, ok := s.telegram.RoomOf("nobahar")
	group, linked := channel.Group()
	if !ok || !linked {
		t.Fatal("no channel with a group")
	}
	posts := s.telegram.Messages(channel.ID())
	root, ok := channel.Discussion(posts[len(posts)-1])
	if !ok {
		t.Fatal("the post has no discussion")
	}
	sima, mila := s.phone(t, "sima"), s.phone(t, "mila")
	s.telegram.ForgetCalls()
	begun := time.Now()
	for n := range all {
		sima.In(group).Comment(root, fmt.Sprintf("me too %d", n))
	}
	slow := s.answerTime(t, mila)
	if slow > 10*time.Second { // on a busy machine; alone it is far less
		t.Errorf("a press was answered after %s", slow)
	}
	stored := 0
	for begun := time.Now(); stored < all && time.Since(begun) < 2*time.Minute; time.Sleep(50 * time.Millisecond) {
		must(t, s.query(t.Context(), &stored, `SELECT count(*) FROM comments`))
	}
	must(t, s.settle(t.Context()))
	took := time.Since(begun)
	sends, edits := 0, 0
	for _, c := range s.telegram.Calls() {
		switch {
		case c.Chat != mila.Chat():
		case c.Method == "sendMessage":
			sends++
		case c.Method == "editMessageText":
			edits++
		}
	}
	t.Logf("%d comments in %s: %d messages, %d edits; a press meanwhile was answered in %s", stored, took, sends, edits, slow)
	if stored != all || sends > 8 || edits > 3+int(took/(3*time.Second)) {
		t.Errorf("%d of %d are stored; %d messages and %d edits in %s", stored, all, sends, edits, took)
	}
}

func (s *stage) phone(t *testing.T, name string) *emulator.Phone {
	t.Helper()
	p, ok := s.telegram.PhoneOf(name)
	if !ok {
		t.Fatalf("nobody is called %s", name)
	}
	return p
}

// answerTime is how long a press waits for its answer.
func (s *stage) answerTime(t *testing.T, p *emulator.Phone) time.Duration {
	t.Helper()
	last, ok := s.telegram.Last(p.Chat())
	if !ok {
		t.Fatal("an empty chat")
	}
	begun := time.Now()
	id, err := p.Forge(last, "v1:home:0:0")
	must(t, err)
	for {
		if _, ok := s.telegram.AnswerTo(id); ok {
			return time.Since(begun)
		}
		if time.Since(begun) > 30*time.Second {
			t.Fatal("a press was never answered")
		}
		time.Sleep(5 * time.Millisecond)
	}
}
