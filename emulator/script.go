package emulator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Tester is what a script needs of a test; *testing.T is one.
type Tester interface {
	Helper()
	Logf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Hooks are what a script can do outside Telegram. Missing ones fail the line that needs them.
type Hooks struct {
	Clock   func(to time.Time) error             // sets the world's clock ("clock +15m")
	Run     map[string]func(args []string) error // named deeds ("run restart")
	Value   map[string]func() (string, error)    // named values: {name} in a line asks for it
	Screen  func(Screen) error                   // takes what "screen NAME" marks; nil: such lines do nothing
	Files   fs.FS                                // where included files are; nil: the folder of the script
	Vars    map[string]string                    // kept texts, to which the script adds; nil: none yet
	Passed  bool                                 // what the bot has told before counts as expected
	Timeout time.Duration                        // how long an expectation waits; 0: 5 s
	Context context.Context                      // its end fails what is waited for, and its cause is told; nil: none
}

// RunScript plays the conversation in a file against whatever bot talks to e, and fails t at the first line that does not come
// true. One line is one deed or one expectation; "#" begins a comment; texts stand in double quotes (with Go's escapes, or as
// they are); {name} is replaced by a kept text. Who or where is a handle: of a user, of a channel or group.
//
//	user sara fa "سارا احمدی" [5001]            somebody with a language ("-": none), a name and perhaps a known id
//	channel nobahar "کافه نوبهار" [discussion]   a channel; "discussion" links the supergroup nobahar_chat
//	group team "Team" | supergroup team "Team"
//	admin nobahar [by sara] [post edit …]        the bot becomes administrator with these rights (none named: all)
//	demote nobahar [by sara] | kick nobahar | add team [by sara]
//
//	sara starts [payload or link]                sara says "…"       sara replies "…" to "fragment"
//	sara replies voice ["…"] to "fragment"       with a file: photo, video, voice …
//	sara sends photo "…" | album photo photo video "…" | video "…" | animation "…" | voice | audio | document "name" ["…"]
//	sara sends huge ["…"] | bomb ["…"]           a video beyond 20 MB; a small PNG of 16000×16000
//	sara forwards text "…" | card "fragment"     sara forwards post "fragment" of nobahar; a card is one of the bot's
//	sara edits "fragment" to "…"                 sara comments "…" under "fragment"
//	sara presses "label" [on "fragment"]         sara forges "data" [on "fragment"]
//	sara blocks | unblocks | speaks en           sara reacts "👍" to "fragment" in nobahar
//	sara adds team payload                       puts the bot into a group by a startgroup link
//	sara writes [photo] "<b>…</b>" …             with formatting; sara deletes "fragment"
//	sara joins nobahar | leaves nobahar | posts "…" in nobahar
//	sara in team says "…"                        the same deeds with a group open
//
//	bot tells sara "fragment" ["fragment" …]     waits for a message sent or edited after the last one matched so
//	bot tells sara silently | aloud "fragment"   and it does not ring, or does
//	bot shows sara [once] "fragment" ["fragment" …]  some message in the chat holds it now; with "once" exactly one
//	bot never tells sara "fragment"              nothing the bot sent or edited there ever held it
//	bot no longer shows sara "fragment"          no message in the chat holds it (waits for that)
//	bot offers sara "label"                      the newest keyboard has the button; "no" before the label: no keyboard has it
//	bot lists sara "waiting"                     the command menu has it, by its name or words; "no" before it: it has not
//	bot toasts sara ["fragment"]                 the answer to the last tap
//	bot leaves team                              bot reacts sara "👍"
//	bot sends sara photo | video | document …    waits for such a message, as "tells" does
//	channel nobahar shows "fragment" | shows nothing | has 2 posts | album of 3
//	channel nobahar shows exactly "<b>…</b>"     one post has this text and formatting, and no other
//	calls forget | calls [method] to sara 0      empties the journal of the bot's calls; how many it holds to a chat
//
//	keep NAME "regexp with one group" from sara  looks through the newest messages, their buttons and links
//	screen NAME                                  marks what the last expectation found, a message as it was then or the answer to a tap
//	include other.txt | let NAME "text"          plays that file's lines; {NAME} stands for the text from there on
//	clock +15m | clock 2026-11-28T14:30:00Z      run NAME args…
//	fault drop sendMessage 1 | fault 429 sendPhoto 1 7s | fault 500 sendMessage 2 | fault delay | late sendMessage 1 2s [to sara]
//	fault 400 sendMessage 1 saying "MESSAGE_TOO_LONG"
//	fault outage | fault over                    updates hold | release 2 1 0 | replay 3 | restart at 500
//
// Expectations wait for what should come true, up to Hooks.Timeout; "never tells" and "shows nothing" look at once, so they
// belong after a line that shows the bot is done. A script also fails when a request or an update did not agree with the
// description of the Bot API.
//
// Marks of direction do not count when texts are compared, and a text is what the reader sees, without its formatting.
func RunScript(t Tester, e *Emulator, path string, hooks Hooks) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("script: %v", err)
		return
	}
	RunLines(t, e, path, string(data), hooks)
}

// RunLines plays a script that is given as text; name is for messages.
func RunLines(t Tester, e *Emulator, name, text string, hooks Hooks) {
	t.Helper()
	r := newRunner(e, hooks)
	r.dir = filepath.Dir(name)
	for i, line := range strings.Split(text, "\n") {
		if err := r.line(line); err != nil {
			t.Fatalf("%s:%d: %s\n%v%s", name, i+1, strings.TrimSpace(line), err, r.scene())
			return
		}
	}
	if bad := e.Violations(); len(bad) > 0 {
		t.Fatalf("%s: against the Bot API's description:\n%s", name, strings.Join(bad, "\n"))
	}
}

// runner is a script under way.
type runner struct {
	e        *Emulator
	hooks    Hooks
	dir      string // of the script
	phones   map[string]*Phone
	rooms    map[string]*Room
	vars     map[string]string
	seen     map[int64]int    // outputs of a chat that expectations have passed
	taps     map[int64]string // last callback query of a user
	found    *Screen          // what the last expectation found
	lastUser *Phone
	chat     int64 // of the line that runs, for the report of a failure
	pictures int
}

func newRunner(e *Emulator, hooks Hooks) *runner {
	if hooks.Timeout == 0 {
		hooks.Timeout = 5 * time.Second
	}
	if hooks.Context == nil {
		hooks.Context = context.Background()
	}
	r := &runner{e: e, hooks: hooks, phones: map[string]*Phone{}, rooms: map[string]*Room{}, vars: hooks.Vars,
		seen: map[int64]int{}, taps: map[int64]string{}}
	if r.vars == nil {
		r.vars = map[string]string{}
	}
	if hooks.Passed {
		for _, o := range e.Outputs(0) {
			r.seen[o.Chat]++
		}
	}
	return r
}

// line plays one line.
func (r *runner) line(text string) error {
	words, err := split(text)
	if err != nil || len(words) == 0 {
		return err
	}
	for i := range words {
		if words[i].text, err = r.fill(words[i].text); err != nil {
			return err
		}
	}
	a := &args{words: words[1:]}
	if err := r.play(words[0].text, a); err != nil {
		return err
	}
	return a.done()
}

func (r *runner) play(head string, a *args) error {
	if deed, ok := worldDeeds()[head]; ok {
		return deed(r, a)
	}
	p, err := r.phone(head)
	if err != nil {
		return err
	}
	r.chat = p.Chat()
	if a.take("in") {
		room, err := r.room(a.next())
		if err != nil {
			return err
		}
		p = p.In(room)
		r.chat = room.ID()
	}
	verb := a.next()
	deed, ok := userDeeds()[verb]
	if !ok {
		return fmt.Errorf("nobody knows how to %q", verb)
	}
	return deed(r, p, a)
}

// fill puts kept texts into {holes}; what is no hole stays.
func (r *runner) fill(s string) (string, error) {
	for name, ask := range r.hooks.Value {
		if !strings.Contains(s, "{"+name+"}") {
			continue
		}
		v, err := ask()
		if err != nil {
			return "", fmt.Errorf("value %s: %w", name, err)
		}
		s = strings.ReplaceAll(s, "{"+name+"}", v)
	}
	for name, v := range r.vars {
		s = strings.ReplaceAll(s, "{"+name+"}", v)
	}
	return s, nil
}

func (r *runner) phone(handle string) (*Phone, error) {
	if p := r.phones[handle]; p != nil {
		return p, nil
	}
	if p, ok := r.e.PhoneOf(handle); ok {
		r.phones[handle] = p
		return p, nil
	}
	return nil, fmt.Errorf("nobody is called %q", handle)
}

func (r *runner) room(handle string) (*Room, error) {
	if room := r.rooms[handle]; room != nil {
		return room, nil
	}
	if room, ok := r.e.RoomOf(handle); ok {
		r.rooms[handle] = room
		return room, nil
	}
	return nil, fmt.Errorf("no channel or group is called %q", handle)
}

// place gives the chat of a handle: a person's with the bot, or a room.
func (r *runner) place(handle string) (int64, error) {
	if room, err := r.room(handle); err == nil {
		r.chat = room.ID()
		return r.chat, nil
	}
	p, err := r.phone(handle)
	if err != nil {
		return 0, err
	}
	r.chat = p.Chat()
	return r.chat, nil
}

// await waits for something to come true.
func (r *runner) await(what string, ok func() bool) error {
	ctx, cancel := context.WithTimeout(r.hooks.Context, r.hooks.Timeout)
	defer cancel()
	if r.e.Wait(ctx, ok) != nil {
		if why := context.Cause(r.hooks.Context); why != nil {
			return fmt.Errorf("expected %s; %w", what, why)
		}
		return fmt.Errorf("expected %s; it did not come within %v", what, r.hooks.Timeout)
	}
	return nil
}

// scene shows the newest messages of the chat that a failed line was about.
func (r *runner) scene() string {
	list := r.e.Messages(r.chat)
	var b strings.Builder
	fmt.Fprintf(&b, "\nThe chat shows (%d messages, the newest last):", len(list))
	for _, m := range list[max(0, len(list)-6):] {
		b.WriteString("\n" + Describe(m))
	}
	if bad := r.e.Violations(); len(bad) > 0 {
		fmt.Fprintf(&b, "\nAgainst the Bot API's description: %s", strings.Join(bad, "; "))
	}
	return b.String()
}

// Describe draws a message as text: number, author, media, words and buttons.
func Describe(m *Message) string {
	who := "?"
	switch {
	case m.SenderChat != nil:
		who = m.SenderChat.Title
	case m.From != nil:
		who = m.From.Name()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "  %d %s: ", m.ID, who)
	if kind := m.MediaKind(); kind != "" {
		fmt.Fprintf(&b, "(%s) ", kind)
	}
	b.WriteString(strings.ReplaceAll(plain(m.Words()), "\n", "\n      "))
	if m.Keyboard != nil {
		for _, row := range m.Keyboard.Rows {
			b.WriteString("\n     ")
			for _, button := range row {
				fmt.Fprintf(&b, " [%s]", plain(button.Text))
			}
		}
	}
	return b.String()
}

// errMissing is a line that ends too early.
var errMissing = errors.New("the line ends too early")
