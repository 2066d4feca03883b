//go:build crash

package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

// digestScript makes a brand with a client.
const digestScript = `
include setup/en.txt
run arm
`

// playDigest lets the brand's week be told now. Whoever takes somebody's digest upon himself
// dies before he sends it.
func (c *campaign) playDigest(t *testing.T) {
	t.Helper()
	c.serves(t)
	c.run(t, digestScript)
	for _, change := range []string{
		`UPDATE members SET joined_at = joined_at - interval '20 days'`,
		`UPDATE brands SET created_at = created_at - interval '20 days', digest_at = now(), zone = 'UTC', rules = jsonb_set(rules, '{digest}', jsonb_build_object(
			'day', extract(dow FROM now() AT TIME ZONE 'UTC')::int, 'since', '2026-01-01T00:00:00Z',
			'minute', extract(hour FROM now() AT TIME ZONE 'UTC')::int * 60 + extract(minute FROM now())::int))`,
	} {
		if err := c.exec(change); err != nil {
			t.Fatal(err)
		}
	}
	c.await(t, `SELECT count(*) > 0 FROM digests WHERE state = 'sending'`)
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		if _, err := os.Stat(c.arm() + ".met"); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the program was never killed: the point was not met")
		}
	}
	if err := c.exec(`UPDATE digests SET at = at - interval '3 minutes' WHERE state = 'sending'`); err != nil {
		t.Fatal(err)
	}
	c.await(t, `SELECT count(*) FILTER (WHERE state = 'asked') > 0 AND count(*) FILTER (WHERE state IN ('sending', 'unsure')) = 0 FROM digests`)
	time.Sleep(time.Second) // what was asked is on its way
}

// judgeDigest looks for a digest that was doubled, or lost in silence.
func (c *campaign) judgeDigest(t *testing.T) {
	t.Helper()
	told, asked := 0, 0
	for _, who := range []int64{lena, 1002} {
		for _, m := range c.telegram.Messages(who) {
			switch words := m.Words(); {
			case strings.Contains(words, "may not have reached you"):
				asked++
			case strings.Contains(words, "the week in numbers"):
				told++
			}
		}
	}
	var sent, lost int
	if err := c.query(t.Context(), &sent, `SELECT count(*) FROM digests WHERE state = 'sent'`); err != nil {
		t.Fatal(err)
	}
	if err := c.query(t.Context(), &lost, `SELECT count(*) FROM digests WHERE state = 'asked'`); err != nil {
		t.Fatal(err)
	}
	if told != sent || asked != lost {
		t.Errorf("%d have the digest, of %d; %d were asked whether it came, of %d", told, sent, asked, lost)
	}
}
