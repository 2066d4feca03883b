package main

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/emulator"
	"peyk/emulator/sky"
	"peyk/platforms/mastodon/mastodontest"
	"peyk/storage/storagetest"
)

// TestMain lets many conversations run side by side: they mostly wait. Chance is tried
// less often than usual, unless -rapid.checks asks for more.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == "demo" || os.Args[1] == demoBotCommand) {
		main() // as the demo starts this very program
		return
	}
	_ = flag.Set("rapid.checks", "40") // a number is always taken
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == strconv.Itoa(runtime.GOMAXPROCS(0)) {
		_ = f.Value.Set("8")
	}
	code := m.Run()
	if !endStages() {
		code = max(code, 1)
	}
	os.Exit(code)
}

// TestScripts plays every conversation of testdata/scripts against the whole
// program, a real PostgreSQL and the emulated Telegram, and compares the screens
// that they mark with the gallery.
func TestScripts(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/scripts/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal("no scripts", err)
	}
	longestFirst(t, paths)
	screens := &gallery{cells: map[string]string{}, others: map[string][]*emulator.Message{}}
	t.Cleanup(func() { screens.compare(t, len(paths)) })
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".txt")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lead, script := leadOf(t, path)
			s, vars := stagesFor(name).lend(t, lead)
			hooks, roll := s.hooks(t), screens.roll(name)
			hooks.Screen, hooks.Vars, hooks.Passed = roll.take, vars, true
			emulator.RunLines(t, s.telegram, path, script, hooks)
			s.check(t)
			s.checkPictures(t, name)
			roll.ended(s.telegram.Outputs(0))
			if n := len(s.telegram.Calls("getUpdates")); isHooked(name) && n > 0 {
				t.Errorf("%d polls beside the webhook", n)
			}
		})
	}
}

// isHooked tells which conversations reach the program by its webhook: those about what
// the world brings, and two of those that have most to do with how updates come.
func isHooked(name string) bool {
	return strings.HasPrefix(name, "door.") || name == "publish.en" || name == "draft.fa"
}

// longestFirst lets nothing long begin when the others are nearly through.
func longestFirst(t *testing.T, paths []string) {
	t.Helper()
	length := map[string]int64{}
	for _, path := range paths {
		info, err := os.Stat(path)
		must(t, err)
		length[path] = info.Size()
	}
	slices.SortStableFunc(paths, func(a, b string) int { return cmp.Compare(length[b], length[a]) })
}

// A stage is a world of its own: Telegram, a database, a clock, and Peyk.
type stage struct {
	owner    testing.TB // it ends with it: with a test, or when it is lent no more
	telegram *emulator.Emulator
	clock    *movedClock
	dsn      string
	dir      string
	listen   string
	out      *output
	more     map[string]string    // settings beside the usual ones
	sky      *sky.Network         // nil: the program knows no Bluesky that answers
	toot     *mastodontest.Server // nil: no Mastodon of its own
	codes    []string             // that it has shown
	twice    bool                 // the script lets a channel have the same post twice
	db       *sql.DB              // what the test itself asks
	asked    string               // the address of db
	world    sync.RWMutex         // held for reading by what happens by itself
	pasts    map[string]past      // what it can go back to, by the lead
	handled  int                  // the updates of its past
	busy     *sql.Stmt            // on db; nil: nobody has asked yet
	stop     func()
	ended    chan error
}

// monday is when scripts start: Monday 2 Azar 1405, 12:30 in Tehran.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// botAPI is the description of the Bot API against which all stages check what is
// asked; nil: it is not here.
var botAPI = sync.OnceValue(func() *emulator.Spec {
	spec, err := emulator.LoadSpec("../shared/specs/telegram-bot-api-10.3.json")
	if err != nil {
		return nil
	}
	return spec
})

func newStage(t *testing.T, begin time.Time) *stage {
	t.Helper()
	s := makeStage(t, t, begin)
	s.tell(t)
	return s
}

// makeStage makes a stage that ends with its owner, which need not be the test that plays on it.
func makeStage(t *testing.T, owner testing.TB, begin time.Time) *stage {
	t.Helper()
	s := &stage{
		owner: owner, clock: newMovedClock(begin), dsn: storagetest.New(owner), dir: owner.TempDir(), out: &output{}, listen: freeAddress(t),
	}
	s.telegram = emulator.New(emulator.Options{
		Clock: s.clock, Spec: botAPI(), BotNames: map[string]string{"fa": "پیک"},
	})
	if err := s.telegram.Start(); err != nil {
		t.Fatal(err)
	}
	if err := s.connect(); err != nil {
		t.Fatal(err)
	}
	owner.Cleanup(func() { _ = s.db.Close() })
	owner.Cleanup(s.telegram.Close)
	return s
}

// tell shows what the program has printed, should t fail.
func (s *stage) tell(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the program's log:\n%s", s.out.tail(6000))
		}
	})
}

// freeAddress is an address below those that the system hands out by itself, so
// that nobody takes it before the program does.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 50 {
		address := fmt.Sprintf("127.0.0.1:%d", 15000+rand.IntN(15000))
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", address)
		if err == nil {
			l.Close()
			return address
		}
	}
	t.Fatal("no port is free")
	return ""
}

// env are the settings of the program on the stage.
func (s *stage) env(key string) string {
	if v, ok := s.more[key]; ok {
		return v
	}
	return map[string]string{
		"TELEGRAM_TOKEN": s.telegram.Token(), "TELEGRAM_API_URL": s.telegram.URL(), "DATABASE_URL": s.dsn,
		"DATABASE_CONNECTIONS": "10", "DATA_DIR": s.dir, "LISTEN_ADDR": s.listen, "LOG_LEVEL": "warn", "BLUESKY_URL": "http://127.0.0.1:1",
	}[key]
}

// start runs the program as main does, and waits until it serves.
func (s *stage) start(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), clocksKey{}, clocks{
		now: s.clock, bell: s.clock.bell, pace: hurriedClock{clockwork.NewRealClock(), hurry}, ticks: s.undisturbed,
	}))
	s.ended = make(chan error, 1)
	serving := strings.Count(s.out.String(), servesLine)
	go func() { s.ended <- run(ctx, []string{"serve"}, s.env, s.out) }()
	var once sync.Once
	s.stop = func() { once.Do(func() { cancel(); s.awaitEnd(s.owner) }) }
	s.owner.Cleanup(s.stop)
	for deadline := time.Now().Add(20 * time.Second); strings.Count(s.out.String(), servesLine) == serving; {
		if time.Now().After(deadline) {
			t.Fatalf("the program did not begin to serve:\n%s", s.out.tail(3000))
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// servesLine is what the program prints once it is about to take updates.
const servesLine = "Peyk serves as @"

func (s *stage) awaitEnd(t testing.TB) {
	t.Helper()
	select {
	case err := <-s.ended:
		if err != nil {
			t.Errorf("the program ended with: %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("the program did not end")
	}
}

func (s *stage) hooks(t *testing.T) emulator.Hooks {
	return emulator.Hooks{
		Clock:   func(to time.Time) error { s.leap(t.Context(), to); return nil },
		Timeout: 25 * time.Second, // the race detector on a busy machine is slow
		Value:   s.values(),
		Run: map[string]func([]string) error{
			"settle":  func([]string) error { return s.settle(t.Context()) },
			"wait":    func([]string) error { time.Sleep(2 * time.Second); return nil },
			"push":    func(args []string) error { return s.pushed(t.Context(), args) },
			"sky":     s.skyDeeds,
			"toot":    func(args []string) error { return s.tootDeeds(t, args) },
			"hushed":  func([]string) error { return s.hushed(t) },
			"missed":  func(a []string) error { return s.counts(a[0], "posts are missed", missedPosts) },
			"unseen":  func(a []string) error { return s.counts(a[0], "comments are missed", missedComments) },
			"tried":   func(a []string) error { return s.counts(a[0], "posts are tried", triedPosts) },
			"begun":   func(a []string) error { return s.counts(a[0], "goals know where they began", begunGoals) },
			"swept":   func([]string) error { return s.counts("0", "accounts are to be swept", unswept, s.clock.Now) },
			"twice":   func([]string) error { s.twice = true; return nil },
			"restart": func([]string) error { s.stop(); s.telegram.ForgetCalls(); s.start(t); return nil },
			"stop":    func([]string) error { s.stop(); return nil },
			"start":   func([]string) error { s.telegram.ForgetCalls(); s.start(t); return nil },
		},
	}
}

// values are what scripts may ask for by name: {founding}, and {long}, 2,000 characters.
func (s *stage) values() map[string]func() (string, error) {
	values := map[string]func() (string, error){
		"founding": s.founding,
		"long":     func() (string, error) { return strings.Repeat("long", 500), nil },
	}
	if s.toot != nil {
		maps.Copy(values, s.tootValues())
	}
	return values
}

var foundingLink = regexp.MustCompile(`\?start=(\S+)\n`)

// founding is the payload of the founding link that the program has printed.
func (s *stage) founding() (string, error) {
	found := foundingLink.FindStringSubmatch(s.out.String())
	if found == nil {
		return "", fmt.Errorf("no founding link was printed:\n%s", s.out.tail(1000))
	}
	return found[1], nil
}

// check looks at what holds after every script: Telegram's own description was
// kept to, people read only words, no event was left untold, nothing went out
// twice, and the token is nowhere.
func (s *stage) check(t *testing.T) {
	t.Helper()
	for _, v := range s.telegram.Violations() {
		t.Errorf("not as the Bot API says: %s", v)
	}
	if strings.Contains(s.out.String(), s.telegram.Token()) {
		t.Error("the token stands in the log")
	}
	if strings.Contains(s.out.String(), "level=ERROR") {
		t.Errorf("errors in the log:\n%s", s.out.tail(4000))
	}
	s.checkWords(t)
	s.checkTold(t)
	s.checkOnce(t)
}

// output collects what the program prints.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

func (o *output) tail(n int) string {
	s := o.String()
	return s[max(0, len(s)-n):]
}

// movedClock runs like the real one, moved to another time.
type movedClock struct {
	clockwork.Clock
	bell  chan struct{} // rings when the clock was moved
	mu    sync.Mutex
	moved time.Duration
}

func newMovedClock(now time.Time) *movedClock {
	c := &movedClock{Clock: clockwork.NewRealClock(), bell: make(chan struct{}, 1)}
	c.set(now)
	return c
}

func (c *movedClock) set(to time.Time) {
	c.mu.Lock()
	c.moved = time.Until(to)
	c.mu.Unlock()
	c.ring()
}

// ring lets everything that happens by itself look at the clock now.
func (c *movedClock) ring() {
	select {
	case c.bell <- struct{}{}:
	default: // it rings already
	}
}

// Now is the moved time.
func (c *movedClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.moved).Round(0)
}

// Since is counted from the moved time.
func (c *movedClock) Since(t time.Time) time.Duration { return c.Now().Sub(t) }

// Until is counted from the moved time.
func (c *movedClock) Until(t time.Time) time.Duration { return t.Sub(c.Now()) }

// hurriedClock runs many times as fast, so that conversations need not wait for
// the pace that Telegram asks for.
type hurriedClock struct {
	clockwork.Clock
	times int64
}

const hurry = 30

var hurryFrom = time.Now()

// Now is the hurried time.
func (c hurriedClock) Now() time.Time {
	return hurryFrom.Add(time.Since(hurryFrom) * time.Duration(c.times))
}

// After waits for a hurried while.
func (c hurriedClock) After(d time.Duration) <-chan time.Time {
	return c.Clock.After(d / time.Duration(c.times))
}

// NewTimer rings after a hurried while.
func (c hurriedClock) NewTimer(d time.Duration) clockwork.Timer {
	return c.Clock.NewTimer(d / time.Duration(c.times))
}

// AfterFunc calls f after a hurried while.
func (c hurriedClock) AfterFunc(d time.Duration, f func()) clockwork.Timer {
	return c.Clock.AfterFunc(d/time.Duration(c.times), f)
}
