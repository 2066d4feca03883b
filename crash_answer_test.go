//go:build crash

package main

import (
	"os"
	"strings"
	"testing"
)

// answerPoints are where the program is killed while it brings an answer to a
// follower, and whether the call may have been made, so that a person is asked.
var answerPoints = []struct {
	name  string
	doubt bool
}{
	{name: "answer_taken:1"}, {name: "answer_claimed:1", doubt: true}, {name: "answered_not_recorded:1", doubt: true}, {name: "answer_recorded:1"},
}

// answerScript is the way from a comment to an answer on its way.
const answerScript = `
include setup/comments.en.txt
sima comments "Do you deliver?" under "Three new cakes"
bot tells mila "New comment" "Do you deliver?"
run arm
mila replies "Yes, we do." to "Do you deliver?"
`

// playAnswer answers a comment. Where nobody knows what became of the answer, mila
// looks under the post and says what is there.
func (c *campaign) playAnswer(t *testing.T, doubt bool) {
	t.Helper()
	c.serves(t)
	c.watch()
	c.run(t, answerScript)
	if doubt {
		c.run(t, `bot shows mila "We do not know whether the answer of Mila is there"`)
		label := "Not there: send"
		if c.answers() > 0 {
			label = "It is there"
		}
		c.run(t, `mila presses "`+label+`" on "Do you deliver?"`)
	}
	c.await(t, `SELECT count(*) = 1 FROM comments WHERE state = 'answered'`)
	c.await(t, `SELECT count(*) = 0 FROM events WHERE told_at IS NULL`)
	c.run(t, `bot shows mila "Answered" "Yes, we do."`)
	c.checkRecovery(t)
}

// answers counts what the follower got.
func (c *campaign) answers() int {
	room, _ := c.telegram.RoomOf("nobahar_chat")
	n := 0
	for _, m := range c.telegram.Messages(room.ID()) {
		if strings.Contains(m.Words(), "Yes, we do.") {
			n++
		}
	}
	return n
}

// judgeAnswer looks for an answer that was lost or doubled.
func (c *campaign) judgeAnswer(t *testing.T, doubt bool) {
	t.Helper()
	asked := 0
	if doubt {
		asked = 1
	}
	for question, want := range map[string]int{
		`SELECT count(*) FROM replies`:                              1,
		`SELECT count(*) FROM replies WHERE state = 'sent'`:         1,
		`SELECT count(*) FROM events WHERE kind = 'comment.unsure'`: asked,
		`SELECT count(*) FROM inbox WHERE handled_at IS NULL`:       0,
	} {
		var got int
		if err := c.query(t.Context(), &got, question); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s gives %d, want %d", question, got, want)
		}
	}
	if n := c.answers(); n != 1 {
		t.Errorf("the follower has %d answers", n)
	}
	if _, err := os.Stat(c.arm() + ".met"); err != nil {
		t.Error("the program was never killed: the point was not met")
	}
}
