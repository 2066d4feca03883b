//go:build crash

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"peyk/emulator"
	"peyk/storage/storagetest"
)

// crashPoints are the places at which the program is killed, each with what the
// channel must show in the end and who is asked about it.
var crashPoints = []struct {
	name   string
	doubt  bool // the call may have been made: a person is asked
	repeat int  // how often one word may reach one person more than once
}{
	{name: "got_batch:1"}, {name: "inbox_committed:1"}, {name: "inbox_committed:3"}, {name: "before_next_offset:1"},
	{name: "handler_tx_open:1"}, {name: "handler_tx_committed:1"},
	{name: "reply_sent_not_recorded:1"}, {name: "reply_sent_not_recorded:3"},
	{name: "after_lock:3"}, {name: "after_state:3"}, {name: "before_commit:3"}, {name: "after_commit:3"}, {name: "before_card_edit:1"},
	{name: "notice_sent_not_recorded:1", repeat: 1},
	{name: "taken:1"}, {name: "claimed:1"}, {name: "media_uploaded:1"}, {name: "before_call:1", doubt: true},
	{name: "request_sent_no_reply:1", doubt: true}, {name: "reply_not_recorded:1", doubt: true}, {name: "recorded:1"},
}

// TestCrashes kills the real program at each named point, with one process and
// with two, restarts it, and looks whether anything was lost or doubled.
//
//	go test -tags crash -run TestCrashes -timeout 30m .
func TestCrashes(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "peyk")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "crashtest", "-o", binary, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, replicas := range []int{1, 2} {
		t.Run(fmt.Sprintf("morning_claimed:1 with %d", replicas), func(t *testing.T) {
			t.Parallel()
			c := newCampaign(t, binary)
			for range replicas {
				c.keep(t, "morning_claimed:1")
			}
			c.playMorning(t)
			c.judgeMorning(t)
		})
		t.Run(fmt.Sprintf("digest_claimed:1 with %d", replicas), func(t *testing.T) {
			t.Parallel()
			c := newCampaign(t, binary)
			for range replicas {
				c.keep(t, "digest_claimed:1")
			}
			c.playDigest(t)
			c.judgeDigest(t)
		})
		for _, p := range answerPoints {
			t.Run(fmt.Sprintf("%s with %d", p.name, replicas), func(t *testing.T) {
				t.Parallel()
				c := newCampaign(t, binary)
				for range replicas {
					c.keep(t, p.name)
				}
				c.playAnswer(t, p.doubt)
				c.judgeAnswer(t, p.doubt)
			})
		}
		for _, name := range pollPoints {
			t.Run(fmt.Sprintf("%s with %d", name, replicas), func(t *testing.T) {
				t.Parallel()
				newCampaign(t, binary).pollsThrough(t, name, replicas)
			})
		}
		for _, p := range crashPoints {
			t.Run(fmt.Sprintf("%s with %d", p.name, replicas), func(t *testing.T) {
				t.Parallel()
				c := newCampaign(t, binary)
				for range replicas {
					c.keep(t, p.name)
				}
				c.play(t, p.doubt)
				c.judge(t, p.repeat)
			})
		}
	}
}

// A campaign is one run: real processes, a real database, the emulated Telegram.
type campaign struct {
	*stage
	binary string
	world  context.Context
	wait   sync.WaitGroup

	recovered chan time.Duration
}

func newCampaign(t *testing.T, binary string) *campaign {
	t.Helper()
	s := &stage{owner: t, clock: newMovedClock(time.Now()), dsn: storagetest.New(t), dir: t.TempDir(), out: &output{}}
	s.telegram = emulator.New(emulator.Options{Spec: botAPI()})
	if err := s.telegram.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.telegram.Close)
	ctx, cancel := context.WithCancel(context.Background())
	c := &campaign{stage: s, binary: binary, world: ctx, recovered: make(chan time.Duration, 1)}
	t.Cleanup(func() {
		cancel()
		c.wait.Wait()
		if t.Failed() {
			t.Logf("the processes' log:\n%s", s.out.tail(5000))
		}
	})
	return c
}

// arm is the file that arms the crash point, once the world is set up.
func (c *campaign) arm() string { return filepath.Join(c.dir, "armed") }

// keep runs a process and starts it again whenever it dies; it is killed once.
func (c *campaign) keep(t *testing.T, crashAt string) {
	t.Helper()
	listen := freeAddress(t)
	c.wait.Go(func() {
		for c.world.Err() == nil {
			cmd := exec.CommandContext(c.world, c.binary)
			cmd.Env = append(os.Environ(), "CRASH_AT="+crashAt, "CRASH_ARM="+c.arm(), "TELEGRAM_TOKEN="+c.telegram.Token(), "TELEGRAM_API_URL="+c.telegram.URL(),
				"DATABASE_URL="+c.dsn, "DATA_DIR="+c.dir, "LISTEN_ADDR="+listen, "LOG_LEVEL=warn", "BLUESKY_URL="+c.more["BLUESKY_URL"])
			var own bytes.Buffer
			cmd.Stdout, cmd.Stderr = c.out, &own
			cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
			cmd.WaitDelay = 20 * time.Second
			err := cmd.Run()
			if c.world.Err() == nil && crashAt != "" && err != nil && strings.Contains(err.Error(), "killed") {
				fmt.Fprintf(c.out, "--- killed: %v\n", err)
			} else if c.world.Err() == nil {
				fmt.Fprintf(c.out, "--- ended: %v %s\n", err, own.String())
				time.Sleep(200 * time.Millisecond)
			}
		}
	})
}

// patience is how long anything may take: a lease, and a little.
const patience = 75 * time.Second

func (c *campaign) play(t *testing.T, doubt bool) {
	t.Helper()
	c.serves(t)
	c.watch()
	c.run(t, crashScript)
	if doubt {
		c.answerDoubt(t)
	}
	c.await(t, `SELECT count(*) = 1 FROM posts WHERE state = 'published'`)
	c.await(t, `SELECT count(*) = 0 FROM events WHERE told_at IS NULL`)
	c.checkRecovery(t)
}

// recovery is the longest time from the kill to where nothing is left undone: a person
// who is asked counts as done.
const recovery = 60 * time.Second

// undone asks whether the program has done all that it had to do by itself when it was
// killed. What people did afterwards does not count.
const undone = `
	SELECT (SELECT count(*) FROM inbox WHERE done_at IS NULL AND parked_at IS NULL AND received_at <= $1)
		+ (SELECT count(*) FROM events WHERE told_at IS NULL AND at <= $1)
		+ (SELECT count(*) FROM posts WHERE slot <= $1 AND state IN ('review', 'held', 'approved'))
		+ (SELECT count(*) FROM deliveries d JOIN posts p ON p.id = d.post_id WHERE d.state IN ('attempting', 'waiting') AND p.slot <= $1)
		+ (SELECT count(*) FROM replies WHERE state IN ('sending', 'waiting') AND at <= $1) = 0`

// watch waits for the kill, and measures how long it takes from there until nothing
// is left undone. The program is given a second to begin again.
func (c *campaign) watch() {
	c.wait.Go(func() {
		for ; c.world.Err() == nil; time.Sleep(50 * time.Millisecond) {
			met, err := os.Stat(c.arm() + ".met")
			if err != nil || time.Since(met.ModTime()) < time.Second {
				continue
			}
			done := false
			if err := c.query(c.world, &done, undone, met.ModTime()); err == nil && done {
				c.recovered <- time.Since(met.ModTime()).Round(100 * time.Millisecond)
				return
			}
		}
	})
}

// checkRecovery fails a run that took too long to recover.
func (c *campaign) checkRecovery(t *testing.T) {
	t.Helper()
	select {
	case took := <-c.recovered:
		t.Logf("recovered %v after the kill", took)
		if took > recovery {
			t.Errorf("it took %v to recover, more than %v", took, recovery)
		}
	case <-time.After(patience):
		t.Error("the program was never killed, or something is still left undone")
	}
}

// serves waits until the program is there.
func (c *campaign) serves(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !strings.Contains(c.out.String(), servesLine); {
		if time.Now().After(deadline) {
			t.Fatal("nobody serves")
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (c *campaign) run(t *testing.T, script string) {
	t.Helper()
	emulator.RunLines(t, c.telegram, "testdata/scripts/crash.txt", script, emulator.Hooks{
		Timeout: patience,
		Value:   map[string]func() (string, error){"founding": c.founding},
		Run: map[string]func([]string) error{
			"settle": func([]string) error { return nil },
			"sky":    c.skyDeeds,
			"arm":    func([]string) error { return os.WriteFile(c.arm(), nil, 0o600) },
			"due": func([]string) error {
				return c.exec(`UPDATE posts SET slot = now() WHERE state = 'approved'`)
			},
		},
	})
}

// crashScript is the way from a message to an approved post that is due.
const crashScript = `
include setup/en.txt
run arm
let when "in 3 hours"
lena says "The one post"
include setup/submit.en.txt
bot tells omar "Waiting for your approval"
omar presses "Approve" on "Waiting for your approval"
bot tells omar "Approved"
run due
`

// answerDoubt looks at the channel as a person would, and says what is there.
func (c *campaign) answerDoubt(t *testing.T) {
	t.Helper()
	hooks := emulator.Hooks{Timeout: patience}
	emulator.RunLines(t, c.telegram, "doubt", `bot shows lena "we do not know whether the post"`, hooks)
	script := `lena presses "Not there: again"`
	if c.posted() > 0 {
		script = "lena presses \"It is live: link\"\nlena says \"https://t.me/nobahar/1\""
	}
	emulator.RunLines(t, c.telegram, "doubt", script, hooks)
}

// posted counts the posts of the channel.
func (c *campaign) posted() int {
	room, _ := c.telegram.RoomOf("nobahar")
	return len(c.telegram.Messages(room.ID()))
}

func (c *campaign) exec(query string) error {
	var done int
	return c.query(context.Background(), &done, `WITH done AS (`+query+` RETURNING 1) SELECT count(*) FROM done`)
}

// await waits until a question to the database is answered with yes.
func (c *campaign) await(t *testing.T, question string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		var yes bool
		if err := c.query(t.Context(), &yes, question); err != nil {
			t.Fatal(err)
		}
		if yes {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("it did not come true: %s", question)
		}
	}
}

// lena is the manager's private chat in testdata/scripts/setup.
const lena = 1001

// judge looks for what was lost or doubled.
func (c *campaign) judge(t *testing.T, repeat int) {
	t.Helper()
	for question, want := range map[string]int{
		`SELECT count(*) FROM posts`:                                             1,
		`SELECT count(*) FROM approvals WHERE withdrawn_at IS NULL`:              1,
		`SELECT count(*) FROM deliveries WHERE state = 'live'`:                   1,
		`SELECT count(*) FROM events WHERE kind = 'post.approved'`:               1,
		`SELECT count(*) FROM events WHERE kind = 'post.finished'`:               1,
		`SELECT count(*) FROM inbox WHERE parked_at IS NOT NULL`:                 0,
		`SELECT count(*) FROM inbox WHERE handled_at IS NULL`:                    0,
		`SELECT count(*) FROM members WHERE left_at IS NULL AND role <> 'owner'`: 1,
	} {
		var got int
		if err := c.query(t.Context(), &got, question); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s gives %d, want %d", question, got, want)
		}
	}
	if n := c.posted(); n != 1 {
		t.Errorf("the channel has %d posts", n)
	}
	final := 0
	for _, m := range c.telegram.Messages(lena) {
		if strings.Contains(m.Words(), "is live.") {
			final++
		}
	}
	if final < 1 || final > 1+repeat {
		t.Errorf("the manager was told %d times that the post is live", final)
	}
	if _, err := os.Stat(c.arm() + ".met"); err != nil {
		t.Error("the program was never killed: the point was not met")
	}
}
