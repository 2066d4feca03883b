//go:build crash

package main

import (
	"os"
	"testing"
	"time"
)

// pollPoints are where the program is killed while it asks a network for comments:
// with a page in hand, with all of it stored, and with the place kept.
var pollPoints = []string{"page_fetched:1", "rows_committed:1", "cursor_kept:2"}

// pollScript connects an account of Bluesky, under whose post somebody writes.
const pollScript = `
include setup/comments.en.txt
lena starts
bot tells lena "Hello"
lena presses "Nobahar" on "Hello"
bot tells lena "Your role"
lena presses "Accounts"
bot tells lena "Accounts of Nobahar"
lena presses "➕ Bluesky"
lena says "cafe.test"
bot tells lena "We found the account"
lena says "abcd-efgh-ijkl-mnop"
bot tells lena "is connected to Nobahar"
run arm
run sky says cafe.test "Nine new cakes"
run sky answers sara.test "Is there tea?" "Nine new cakes"
run sky answers sara.test "And coffee?" "Nine new cakes"
bot tells mila "New comment" "Is there tea?"
bot shows mila "New comment" "And coffee?"
`

// pollsThrough kills the program while it asks for comments: each is stored once and
// told once, and the next one comes as well.
func (c *campaign) pollsThrough(t *testing.T, point string, replicas int) {
	t.Helper()
	c.openSky(t)
	for range replicas {
		c.keep(t, point)
	}
	c.serves(t)
	c.run(t, pollScript)
	c.met(t)
	c.run(t, `user mila en "Mila" 1004
run sky answers sara.test "And milk?" "Nine new cakes"
bot tells mila "New comment" "And milk?"`)
	c.await(t, `SELECT count(*) = 0 FROM events WHERE told_at IS NULL`)
	for question, want := range map[string]int{
		`SELECT count(*) FROM comments`:                           3,
		`SELECT count(*) FROM events WHERE kind = 'comment.came'`: 3,
		`SELECT count(*) FROM comments WHERE revision <> 1`:       0,
		`SELECT count(*) FROM accounts WHERE listen_cursor <> ''`: 1,
	} {
		got := 0
		if err := c.query(t.Context(), &got, question); err != nil || got != want {
			t.Errorf("%s gives %d, want %d: %v", question, got, want, err)
		}
	}
}

// met waits for the kill.
func (c *campaign) met(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if _, err := os.Stat(c.arm() + ".met"); err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the program was never killed: the point was not met")
		}
	}
}
