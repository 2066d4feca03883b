// Package emulator is Telegram in a box: a Bot API server for tests and for the demo, with people, channels and groups
// behind it, as strict as the original.
//
// A test makes one with [New], gives its URL ([Emulator.Start]) to the bot as API endpoint, and then plays the people:
//
//	e := emulator.New(emulator.Options{Clock: clock})
//	sara := e.AddUser(emulator.User{Username: "sara", FirstName: "Sara", LanguageCode: "fa"})
//	sara.Start("")                          // the bot gets /start
//	sara.Press("Approve")                   // presses a button of the newest message that has one
//	e.Messages(sara.Chat())                 // what the phone shows now
//	e.Calls("sendMessage")                  // what the bot asked for
//	e.Wait(ctx, func() bool { … })          // wakes when anything changes
//
// Conversations written as text are run by [RunScript]; its grammar is described there. Faults of the wire are set with
// [Emulator.Fault], [Emulator.Switch], [Emulator.SetOutage], [Emulator.Hold] and [Emulator.Replay]. With Options.SpecPath every request and
// every update is checked against the machine-readable description of the Bot API; see [Emulator.Violations].
//
// [NewPage] shows the same world in a browser, as the phones of its people. [Emulator.SaveTo] and [Emulator.LoadFrom] keep it
// from one run to the next, [Emulator.Keep] and [Emulator.GiveBack] from one test to the next.
//
// Two clocks rule it. Options.Clock gives dates and ages (a tap dies after 150 s, an update after 24 h). Options.Network gives
// what belongs to the wire: long polls, pauses between webhook tries, rate limits, delays.
//
// The package imports nothing of this project and no Telegram library, so that it cannot share a bot's mistakes.
package emulator

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// DefaultToken is the bot's token when Options names none. It has the form of a real one and belongs to no bot.
const DefaultToken = "7000000001:AAEmulated_bot_token_of_no_real_bot"

// Options say what is emulated. The zero value is a usable server with the system's clock and no rate limits.
type Options struct {
	Token       string            // "<bot id>:<secret>"; empty: DefaultToken
	BotUsername string            // without @; empty: "peyk_test_bot"
	BotName     string            // empty: "Peyk"
	BotNames    map[string]string // by language of the reader, as setMyName would set them; others see BotName

	Clock   clockwork.Clock // dates and ages; nil: the system's clock
	Network clockwork.Clock // long polls, retries, rate limits, delays; nil: the system's clock

	Spec         *Spec                            // the Bot API's description, when several emulators share one
	SpecPath     string                           // JSON description of the Bot API; empty or absent: nothing is checked
	Log          func(format string, args ...any) // what a developer should see; nil: silent
	Limits       bool                             // answer 429 under Telegram's rates: 1/s a chat, 20/min a group, 30/s over all
	PollGuard    bool                             // slow down a poller that repeats an offset within 3 s, as the original does
	SeesAll      bool                             // privacy mode off: the bot hears everything in its groups
	StrictURL    bool                             // setWebhook takes only https on Telegram's ports; tests on loopback need it off
	FirstUpdate  int64                            // id of the first update; 0: 100001
	MaxRetryWait int                              // longest pause between webhook tries in seconds; 0: 60
}

// Emulator is a Bot API server for one bot, and the world around that bot. Its methods may be called from many goroutines.
type Emulator struct {
	opts    Options
	bot     User
	clock   clockwork.Clock
	network clockwork.Clock
	methods map[string]method
	spec    *Spec

	ctx    context.Context
	cancel context.CancelFunc
	group  sync.WaitGroup
	server *http.Server
	url    string

	mu         sync.Mutex
	changed    chan struct{} // closed and replaced whenever anything changes
	users      map[int64]*user
	chats      map[int64]*chat
	files      map[string]*file // by file_id
	paths      map[string]*file // by file_path
	updates    updates
	poller     *poller
	lastPoll   lastPoll
	webhook    *webhook
	profile    profile
	queries    map[string]*query
	links      []*InviteLink
	calls      []Call
	outputs    []Output
	faults     []*Fault
	limits     limits
	outage     bool
	maxUpload  int64 // bytes of a request; MaxUpload but for a test of the refusal
	violations []string
	lastID     map[string]int64 // named counters
	rev        int64            // counts changes
	answers    []Answer         // to taps, in the order they were given
	switches   map[string]bool  // faults that stay, by name
	struck     int              // calls that met a fault that stays
	tour       tour             // of the page
}

// New makes an emulator with an empty world. It starts nothing: use it as an http.Handler, or call Start.
func New(o Options) *Emulator {
	o = withDefaults(o)
	id, _ := strconv.ParseInt(strings.SplitN(o.Token, ":", 2)[0], 10, 64)
	ctx, cancel := context.WithCancel(context.Background())
	e := &Emulator{
		opts: o, clock: o.Clock, network: o.Network, ctx: ctx, cancel: cancel,
		bot:     User{ID: id, IsBot: true, FirstName: o.BotName, Username: o.BotUsername},
		methods: methodTable(),
		changed: make(chan struct{}),
		users:   map[int64]*user{}, chats: map[int64]*chat{},
		files: map[string]*file{}, paths: map[string]*file{},
		queries: map[string]*query{}, lastID: map[string]int64{}, switches: map[string]bool{},
		updates:   updates{next: o.FirstUpdate},
		maxUpload: MaxUpload,
		limits:    limits{chats: map[int64]*bucket{}},
	}
	e.profile.commands = map[string]json{}
	e.users[e.bot.ID] = &user{User: e.bot}
	e.addServiceUsers()
	e.spec = specOf(o)
	return e
}

func withDefaults(o Options) Options {
	if o.Token == "" {
		o.Token = DefaultToken
	}
	if o.BotUsername == "" {
		o.BotUsername = "peyk_test_bot"
	}
	if o.BotName == "" {
		o.BotName = "Peyk"
	}
	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}
	if o.Network == nil {
		o.Network = clockwork.NewRealClock()
	}
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	if o.FirstUpdate == 0 {
		o.FirstUpdate = 100001
	}
	if o.MaxRetryWait == 0 {
		o.MaxRetryWait = 60
	}
	return o
}

// Bot is the emulated bot as getMe would show it.
func (e *Emulator) Bot() User { return e.bot }

// Token is the only token the server accepts.
func (e *Emulator) Token() string { return e.opts.Token }

// URL is the address of the server, without a slash at its end. It is empty before Start.
func (e *Emulator) URL() string { return e.url }

// Start serves on a free port of the loopback interface until Close.
func (e *Emulator) Start() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	e.url = "http://" + l.Addr().String()
	e.server = &http.Server{Handler: e, BaseContext: func(net.Listener) context.Context { return e.ctx }}
	e.group.Go(func() {
		if err := e.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			e.opts.Log("emulator: %v", err)
		}
	})
	return nil
}

// Close stops the server and the webhook deliveries and waits for them.
func (e *Emulator) Close() {
	e.mu.Lock()
	e.cancel()
	e.mu.Unlock()
	if e.server != nil {
		e.shutDown()
	}
	e.group.Wait()
}

// shutDown lets running requests end, which they do at once now that the context is cancelled, and breaks what is left.
func (e *Emulator) shutDown() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if e.server.Shutdown(ctx) != nil {
		e.server.Close()
	}
}

// Wait returns when ok gives true, and looks again after every change of the world or the journal. The error is that of ctx.
// The function ok may call any method of the emulator.
func (e *Emulator) Wait(ctx context.Context, ok func() bool) error {
	for {
		e.mu.Lock()
		changed := e.changed
		e.mu.Unlock()
		if ok() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// wake tells everyone who waits that something changed. The lock is held.
func (e *Emulator) wake() {
	e.rev++
	close(e.changed)
	e.changed = make(chan struct{})
}

// do changes the world: f runs under the lock, then everyone who waits is woken.
func (e *Emulator) do(f func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	f()
	e.wake()
}

// count gives the next number of a named sequence, starting at 1. The lock is held.
func (e *Emulator) count(name string) int64 {
	e.lastID[name]++
	return e.lastID[name]
}
