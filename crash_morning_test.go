//go:build crash

package main

import (
	"os"
	"strings"
	"testing"
)

// morningScript leaves a comment that waits.
const morningScript = `
include setup/comments.en.txt
sima comments "Do you deliver?" under "Three new cakes"
bot tells mila "New comment" "Do you deliver?"
run arm
`

// playMorning lets the morning of everybody who manages the brand come now. Whoever takes
// it up dies before he sends it.
func (c *campaign) playMorning(t *testing.T) {
	t.Helper()
	c.serves(t)
	c.run(t, morningScript)
	for _, change := range []string{
		`UPDATE members SET joined_at = joined_at - interval '1 day'`,
		`UPDATE people SET zone = 'UTC', morning = extract(hour FROM now() AT TIME ZONE 'UTC')::int * 60 + extract(minute FROM now())::int`,
	} {
		if err := c.exec(change); err != nil {
			t.Fatal(err)
		}
	}
	c.await(t, `SELECT count(*) = 1 FROM mornings WHERE state = 'sent'`)
}

// judgeMorning looks for a morning that was lost or doubled.
func (c *campaign) judgeMorning(t *testing.T) {
	t.Helper()
	told := 0
	for _, m := range c.telegram.Messages(lena) {
		if strings.Contains(m.Words(), "This morning") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("the manager was told %d times what the morning brings", told)
	}
	if _, err := os.Stat(c.arm() + ".met"); err != nil {
		t.Error("the program was never killed: the point was not met")
	}
}
