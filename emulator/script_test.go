package emulator

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// withEcho runs the little bot beside a test.
func withEcho(t *testing.T) *box {
	b := newBox(t, Options{})
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() { b.echo(ctx) })
	t.Cleanup(func() { cancel(); group.Wait() })
	return b
}

const conversation = `
# a greeting, a tap, a forged tap
user sara fa "سارا احمدی"
channel nobahar "کافه نوبهار" discussion
admin nobahar by sara post edit
admin nobahar_chat
channel nobahar shows nothing
sara starts https://t.me/peyk_test_bot?start=abc
bot tells sara "سلام سارا"            # isolates and bold do not count
keep LINK "start=(\\S+)" from sara
bot offers sara "Approve"
sara presses "Approve" on "سلام"
bot toasts sara "Approved"
bot shows sara "Done: approved"
bot no longer shows sara "سلام"
bot offers sara no "Approve"
sara forges "ok:999"
bot toasts sara "Out of date"
sara says "code {LINK}"
bot tells sara "You said" "code abc-1"
channel nobahar shows "code abc-1"
channel nobahar has 1 post
sara comments "Nice!" under "code abc-1"
sara sends album photo photo "Two"
bot tells sara "Two"
bot never tells sara "nonsense"
clock +15m
run restart now
`

func TestScriptRuns(t *testing.T) {
	b := withEcho(t)
	ran := ""
	hooks := Hooks{
		Clock: func(to time.Time) error { b.time.Advance(to.Sub(b.time.Now())); return nil },
		Run:   map[string]func([]string) error{"restart": func(a []string) error { ran = a[0]; return nil }},
	}
	RunLines(t, b.Emulator, "conversation", conversation, hooks)
	if ran != "now" {
		t.Errorf("the hook got %q", ran)
	}
	if now := b.time.Now(); now.Minute() != 15 {
		t.Errorf("the clock shows %v", now)
	}
	b.agrees()
}

const everything = `
user mina - "Mina" 4242
user reza en "Reza"
channel nobahar "Cafe" discussion
admin nobahar by mina
admin nobahar_chat by mina
group team "Team"
supergroup guild "Guild"
mina adds team secret-1
bot leaves team
add guild by reza
bot leaves guild
mina starts
bot tells mina "سلام"
mina says "like"
bot reacts mina "👍"
mina edits "like" to "liked"
mina sends photo "menu"
bot sends mina photo "menu"
channel nobahar album of 3
channel nobahar has 1 post
mina sends video "clip"
bot tells mina "clip" "video"
mina sends document "menu.pdf"
bot tells mina "document"
mina sends voice
bot tells mina "voice"
mina sends animation
mina sends audio
mina sends album photo video "both"
bot sends mina photo "both"
mina forwards text "from afar"
bot tells mina "from afar"
mina posts "by hand" in nobahar
mina forwards post "by hand" of nobahar
bot tells mina "by hand"
reza joins nobahar
reza reacts "🔥" to "by hand" in nobahar
reza leaves nobahar
mina replies "an answer" to "from afar"
bot tells mina "an answer"
mina in nobahar_chat says "hello all"
mina comments "first" under "by hand"
mina speaks fa
fault drop sendMessage 1
mina says "lost answer"
bot tells mina "lost answer"
fault 500 sendPhoto 1
fault delay sendMessage 1 10ms
updates hold
mina says "held one"
mina says "held two"
updates release 1 0
bot tells mina "held two"
bot tells mina "held one"
fault 429 sendMessage 1 7s
mina says "refused"
updates replay 1
updates restart at 500
mina says "after the restart"
bot tells mina "after the restart"
mina blocks
mina unblocks
mina says "\"quoted\""
bot tells mina "\"quoted\""
demote nobahar by mina
kick nobahar by mina
fault outage
fault over
`

func TestScriptKnowsEverything(t *testing.T) {
	b := withEcho(t)
	RunLines(t, b.Emulator, "everything", everything, Hooks{})
	b.agrees()
}

// A script fails when the bot's requests did not agree with the description of the Bot API.
func TestScriptWantsAgreement(t *testing.T) {
	b := newBox(t, Options{})
	if !b.Checked() {
		t.Skip("the description of the Bot API is not beside the checkout")
	}
	b.call("getMe", params{"colour": "red"})
	w := &witness{}
	RunLines(w, b.Emulator, "x.txt", "user sara fa \"Sara\"", Hooks{})
	if !strings.Contains(w.said, "getMe: unknown parameter colour") {
		t.Errorf("it said: %s", w.said)
	}
}

// witness is a Tester that remembers how a script failed.
type witness struct{ said string }

func (w *witness) Helper()                      {}
func (w *witness) Logf(string, ...any)          {}
func (w *witness) Fatalf(f string, args ...any) { w.said = fmt.Sprintf(f, args...) }

// "tells" goes forward: what was matched once does not count again.
func TestScriptGoesForward(t *testing.T) {
	b := withEcho(t)
	w := &witness{}
	const twice = "user sara fa \"Sara\"\nsara starts\nbot tells sara \"سلام\"\nbot tells sara \"سلام\""
	RunLines(w, b.Emulator, "x.txt", twice, Hooks{Timeout: 500 * time.Millisecond})
	if !strings.Contains(w.said, "x.txt:4: ") || !strings.Contains(w.said, "Peyk: سلام") || !strings.Contains(w.said, "[✅ Approve]") {
		t.Errorf("it said:\n%s", w.said)
	}
}

func TestScriptFails(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{`bot tells sara "goodbye"`, "expected the bot to say"},
		{`bot shows sara "goodbye"`, "expected the chat to show"},
		{`bot never tells sara "سلام"`, "never says"},
		{`bot no longer shows sara "سلام"`, "to be gone"},
		{`bot offers sara "Reject"`, "a button \"Reject\""},
		{`bot offers sara no "Approve"`, "no button"},
		{`bot toasts sara "x"`, "has not pressed"},
		{`sara presses "Reject"`, "a button"},
		{`sara dances`, "nobody knows how to"},
		{`channel nobahar shows "x"`, "expected the channel to show"},
		{`channel nobahar has 2 posts`, "2 posts"},
		{`channel nobahar album of 3`, "album of 3"},
		{`nobody says "x"`, "nobody is called"},
		{`clock +1m`, "no clock"},
		{`run restart`, "cannot run"},
		{`sara says "open`, "not closed"},
		{`sara says "a" "b"`, "too much"},
		{`sara says`, "too early"},
		{`fault nonsense x`, "no fault"},
		{`admin nobahar dance`, "no right"},
		{`keep X "z(z)z" from sara`, "something like"},
		{`screen a.card`, "no expectation"},
	} {
		t.Run(c.line, func(t *testing.T) {
			t.Parallel()
			b := withEcho(t)
			w := &witness{}
			before := "user sara fa \"Sara\"\nchannel nobahar \"Cafe\"\nsara starts\nbot tells sara \"سلام\"\n"
			RunLines(t, b.Emulator, "before", before, Hooks{})
			RunLines(w, b.Emulator, "x.txt", "\n"+c.line, Hooks{Timeout: 60 * time.Millisecond})
			if !strings.Contains(w.said, "x.txt:2: ") || !strings.Contains(w.said, c.want) {
				t.Errorf("it said:\n%s", w.said)
			}
		})
	}
}

// A marked screen is the message that the line before it has found, as it was then.
func TestScriptMarksScreens(t *testing.T) {
	b := withEcho(t)
	var got []Screen
	take := func(s Screen) error { got = append(got, s); return nil }
	RunLines(t, b.Emulator, "x.txt", `
user sara fa "Sara"
sara starts
bot tells sara "سلام"
screen start.hello
sara presses "Approve"
bot toasts sara
screen start.answer`, Hooks{Screen: take})
	if len(got) != 2 || got[0].Name != "start.hello" || got[0].Message == nil || !strings.Contains(got[0].Message.Text, "سلام") {
		t.Fatalf("marked: %+v", got)
	}
	if got[1].Name != "start.answer" || got[1].Message != nil || got[1].Answer.QueryID == "" {
		t.Errorf("the answer is marked as %+v", got[1])
	}
}
