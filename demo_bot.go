package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// demoBotCommand is what the demo runs as its bot: this program, serving by a
// clock that the demo moves.
const demoBotCommand = "demo-bot"

// A demoBot is Peyk as a process of its own, so that killing it is what a power
// cut is. Its standard input ends with the demo, and it with that.
type demoBot struct {
	d   *demo
	dsn string

	mu    sync.Mutex
	cmd   *exec.Cmd
	input io.WriteCloser
	ended chan struct{}
}

func newDemoBot(d *demo, dsn string) *demoBot {
	b := &demoBot{d: d, dsn: dsn}
	d.clock.told = func(moved time.Duration) { b.tell("moved " + moved.String()) }
	return b
}

// tell writes a line to the bot; to one that is dead it is lost.
func (b *demoBot) tell(line string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.input != nil {
		_, _ = io.WriteString(b.input, line+"\n") // a dead one reads nothing
	}
}

// Start starts the bot unless it runs.
func (b *demoBot) Start(ctx context.Context) error { return b.start(ctx, 1) }

// start runs the bot, at many times Telegram's pace while the world is made.
func (b *demoBot) start(_ context.Context, pace int) error {
	if b.Alive() {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(b.d.dir, "bot.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() // the bot has its own
	b.d.clock.mu.Lock()
	moved := b.d.clock.moved
	b.d.clock.mu.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cmd = exec.Command(self, demoBotCommand) //nolint:noctx,gosec // this very program; its input ends it, and Kill
	b.cmd.Env = []string{
		"TELEGRAM_TOKEN=" + b.d.telegram.Token(), "TELEGRAM_API_URL=" + b.d.telegram.URL(), "DATABASE_URL=" + b.dsn,
		"DATA_DIR=" + filepath.Join(b.d.dir, "bot"), "LISTEN_ADDR=127.0.0.1:0", "LOG_LEVEL=info",
		"DEMO_MOVED=" + moved.String(), "DEMO_PACE=" + strconv.Itoa(pace),
	}
	b.cmd.Stdout, b.cmd.Stderr = log, log
	if b.input, err = b.cmd.StdinPipe(); err != nil {
		return err
	}
	if err := b.cmd.Start(); err != nil {
		return fmt.Errorf("starting the bot: %w", err)
	}
	cmd, ended := b.cmd, make(chan struct{})
	b.ended = ended
	go func() { // ends with the process
		_ = cmd.Wait() // why it ended is in its log
		close(ended)
	}()
	return nil
}

// Alive tells whether the bot's process runs.
func (b *demoBot) Alive() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cmd == nil {
		return false
	}
	select {
	case <-b.ended:
		return false
	default:
		return true
	}
}

// Kill ends the bot as a power cut would, and returns when it is gone.
func (b *demoBot) Kill(ctx context.Context) error {
	if !b.Alive() {
		return nil
	}
	b.mu.Lock()
	err := b.cmd.Process.Kill()
	ended := b.ended
	b.mu.Unlock()
	if err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Alive tells the page whether the bot's process runs.
func (d *demo) Alive() bool { return d.bot.Alive() }

// Kill kills the bot for the page.
func (d *demo) Kill(ctx context.Context) error { return d.bot.Kill(ctx) }

// Start starts the bot for the page.
func (d *demo) Start(ctx context.Context) error { return d.bot.Start(ctx) }

// runDemoBot serves by the clock of the demo that started this process, until its
// input ends.
func runDemoBot(ctx context.Context, getenv func(string) string, in io.Reader, out io.Writer) error {
	moved, err := time.ParseDuration(getenv("DEMO_MOVED"))
	if err != nil {
		return fmt.Errorf("this command belongs to the demo: %w", err)
	}
	pace, err := strconv.ParseInt(getenv("DEMO_PACE"), 10, 64)
	if err != nil || pace < 1 {
		return errors.New("this command belongs to the demo")
	}
	clock := &demoClock{Clock: clockwork.NewRealClock(), moved: moved, told: func(time.Duration) {}}
	ctx, cancel := context.WithCancel(context.WithValue(ctx, clocksKey{}, clocks{now: clock, pace: paced{clockwork.NewRealClock(), pace}}))
	defer cancel()
	go func() { // ends with the demo, or with this process
		defer cancel()
		for lines := bufio.NewScanner(in); lines.Scan(); {
			by, ok := strings.CutPrefix(lines.Text(), "moved ")
			if moved, err := time.ParseDuration(by); ok && err == nil {
				_ = clock.set(time.Now().Add(moved)) // it has no file
			}
		}
	}()
	return run(ctx, []string{"serve"}, getenv, out)
}

// paced waits only a part of what is asked, so that making a world does not take
// as long as Telegram's pace would have it.
type paced struct {
	clockwork.Clock
	times int64
}

// Now runs faster.
func (p paced) Now() time.Time {
	return processBegan.Add(time.Since(processBegan) * time.Duration(p.times))
}

// AfterFunc waits less.
func (p paced) AfterFunc(d time.Duration, f func()) clockwork.Timer {
	return p.Clock.AfterFunc(d/time.Duration(p.times), f)
}

// NewTimer waits less.
func (p paced) NewTimer(d time.Duration) clockwork.Timer {
	return p.Clock.NewTimer(d / time.Duration(p.times))
}

// After waits less.
func (p paced) After(d time.Duration) <-chan time.Time {
	return p.Clock.After(d / time.Duration(p.times))
}

var processBegan = time.Now()
