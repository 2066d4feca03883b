package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/scheduler"
)

// demoBotCommand is what the demo runs as its bot: this program, serving by a
// clock that the demo moves.
const demoBotCommand = "demo-bot"

// A demoBot is Peyk as a process of its own, so that killing it is what a power
// cut is. Its standard input ends with the demo, and it with that.
type demoBot struct {
	d   *demo
	dsn string

	starting sync.Mutex // held while the process is started

	mu    sync.Mutex
	cmd   *exec.Cmd
	input io.WriteCloser
	ended chan struct{}
	how   error // it ended; read it when ended is closed
}

func newDemoBot(d *demo, dsn string) *demoBot {
	b := &demoBot{d: d, dsn: dsn}
	d.clock.told = func(moved time.Duration) { b.tell(movedBy(moved)) }
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
func (b *demoBot) Start(context.Context) error { return b.start(1) }

// start runs the bot, at many times Telegram's pace while the world is made.
func (b *demoBot) start(pace int) error {
	b.starting.Lock()
	defer b.starting.Unlock()
	if b.Alive() {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(b.d.file("bot.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()                         // the bot has its own
	cmd := exec.Command(self, demoBotCommand) //nolint:noctx,gosec // this very program; its input ends it, and Kill
	cmd.Env = []string{
		"TELEGRAM_TOKEN=" + b.d.telegram.Token(), "TELEGRAM_API_URL=" + b.d.telegram.URL(), "DATABASE_URL=" + b.dsn,
		"DATA_DIR=" + b.d.file("bot"), "LISTEN_ADDR=127.0.0.1:0", "LOG_LEVEL=info", "DEMO_PACE=" + strconv.Itoa(pace),
		"DEMO_MOVED=" + b.d.clock.by().String(),
		// Telegram and the database are on this machine, to which no proxy applies.
		"BLUESKY_URL=" + demoSky, "HTTP_PROXY=" + b.d.sky.Address, "HTTPS_PROXY=" + b.d.sky.Address,
	}
	cmd.Stdout, cmd.Stderr = log, log
	input, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting the bot: %w", err)
	}
	ended := make(chan struct{})
	b.mu.Lock()
	b.cmd, b.input, b.ended = cmd, input, ended
	b.mu.Unlock()
	go func() { // ends with the process
		b.how = cmd.Wait()
		close(ended)
	}()
	b.tell(movedBy(b.d.clock.by())) // it may have been moved meanwhile
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

// watched gives a context that ends with the process, and why that ended.
func (b *demoBot) watched(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	b.mu.Lock()
	ended := b.ended
	b.mu.Unlock()
	go func() { // ends with the process or with the context
		select {
		case <-ended:
			how := "by itself"
			if b.how != nil {
				how = b.how.Error()
			}
			cancel(fmt.Errorf("the bot has ended (%s): %s", how, b.lastFault()))
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// lastFault is the last fault that the bot has logged, or said at its end.
func (b *demoBot) lastFault() string {
	raw, err := os.ReadFile(b.d.file("bot.log"))
	if err != nil {
		return err.Error()
	}
	last := "it has logged no fault"
	for line := range strings.Lines(string(raw)) {
		said := strings.HasPrefix(line, "peyk:") || strings.HasPrefix(line, "panic:") || strings.HasPrefix(line, "fatal error:")
		if said || strings.Contains(line, "level=ERROR") {
			last = strings.TrimSpace(line)
		}
	}
	return last
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

// lastWords is how long the bot may take to end by itself.
const lastWords = 5 * time.Second

// Stop lets the bot end what it is at.
func (b *demoBot) Stop(ctx context.Context) error {
	b.tell(demoEnds)
	b.mu.Lock()
	ended := b.ended
	b.mu.Unlock()
	select {
	case <-ended:
		return nil
	case <-time.After(lastWords):
		return b.Kill(ctx)
	}
}

// Alive tells the page whether the bot's process runs.
func (d *demo) Alive() bool { return d.bot.Alive() }

// Kill kills the bot for the page.
func (d *demo) Kill(ctx context.Context) error { return d.bot.Kill(ctx) }

// Start starts the bot for the page.
func (d *demo) Start(ctx context.Context) error { return d.bot.Start(ctx) }

// What the demo writes to its bot: how far the clock is moved, and that it is to end.
const (
	demoMoved = "moved "
	demoEnds  = "end"
)

func movedBy(moved time.Duration) string { return demoMoved + moved.String() }

// demoHurry is how many times more often the bot looks at the clock while the world is
// made: most of that time would be waiting for it.
const demoHurry = 20

// runDemoBot serves by the clock of the demo that started this process, until its
// input says that it shall end.
func runDemoBot(ctx context.Context, getenv func(string) string, in io.Reader, out io.Writer) error {
	moved, err := time.ParseDuration(getenv("DEMO_MOVED"))
	pace, broken := strconv.ParseInt(getenv("DEMO_PACE"), 10, 64)
	if err != nil || broken != nil || pace < 1 {
		return errors.New("this command belongs to the demo, which starts it by itself")
	}
	real := clockwork.NewRealClock()
	clock, bell := &demoClock{Clock: real, moved: moved}, make(chan struct{}, 1)
	hurry := func(ticks []scheduler.Tick) []scheduler.Tick { return hastened(ticks, min(int(pace), demoHurry)) }
	ctx, cancel := context.WithCancel(context.WithValue(ctx, clocksKey{}, clocks{now: clock, bell: bell, pace: paced{real, pace, real.Now()}, ticks: hurry}))
	defer cancel()
	go func() { // ends with the demo, or with this process
		for lines := bufio.NewScanner(in); lines.Scan(); {
			by, _ := strings.CutPrefix(lines.Text(), demoMoved)
			if moved, err := time.ParseDuration(by); err == nil {
				_ = clock.set(time.Now().Add(moved)) // it has no file
				select {
				case bell <- struct{}{}:
				default: // it rings already
				}
			}
			if lines.Text() == demoEnds {
				cancel()
			}
		}
		if ctx.Err() == nil {
			os.Exit(1) // the demo was killed, and its database with it: there is nothing left to end well
		}
	}()
	return run(ctx, []string{"serve"}, getenv, out)
}

// paced waits only a part of what is asked, so that making a world does not take
// as long as Telegram's pace would have it.
type paced struct {
	clockwork.Clock
	times int64
	began time.Time
}

// Now runs faster.
func (p paced) Now() time.Time {
	return p.began.Add(time.Since(p.began) * time.Duration(p.times))
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

// hastened lets what seldom happens happen more often, for a world that is made in a
// hurry; what is quick already stays as it is.
func hastened(ticks []scheduler.Tick, times int) []scheduler.Tick {
	const quick = 50 * time.Millisecond
	for i, t := range ticks {
		if times > 1 && t.Every > quick {
			ticks[i].Every = max(t.Every/time.Duration(times), quick)
		}
	}
	return ticks
}
