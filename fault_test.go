package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"peyk/emulator"
)

// play runs lines of a conversation on the stage.
func (s *stage) play(t *testing.T, lines string) {
	t.Helper()
	emulator.RunLines(t, s.telegram, "testdata/scripts/x.txt", lines, s.hooks(t))
}

// TestTelegramAwayAtStart starts while there is no Telegram: the program waits,
// says so where it is asked, and serves once Telegram is there.
func TestTelegramAwayAtStart(t *testing.T) {
	t.Parallel()
	s := newStage(t, monday)
	s.telegram.SetOutage(true)
	looked := make(chan struct{})
	go func() {
		defer close(looked)
		defer s.telegram.ClearFaults()
		s.looksAlive(t)
	}()
	s.start(t)
	<-looked
	s.play(t, "include setup/begin.en.txt")
	awaitHealth(t, s)
}

// looksAlive waits until the program answers that it lives and is not ready.
func (s *stage) looksAlive(t *testing.T) {
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		resp, err := http.Get("http://" + s.listen + "/livez") //nolint:noctx // it is at hand
		if err == nil {
			resp.Body.Close()
			break
		}
		if time.Now().After(end) {
			t.Error("without Telegram nobody answers /livez:", err)
			return
		}
	}
	if status, body := get(t, "http://"+s.listen+"/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, `"telegram":"it has not answered`) || !strings.Contains(body, `"database":"ok"`) {
		t.Errorf("/readyz without Telegram: %d %s", status, body)
	}
}

// TestEndsWithoutTelegram tells the program to end before Telegram was there.
func TestEndsWithoutTelegram(t *testing.T) {
	t.Parallel()
	s := newStage(t, monday)
	s.telegram.SetOutage(true)
	ctx, cancel := context.WithCancel(t.Context())
	s.ended = make(chan error, 1)
	go func() { s.ended <- run(ctx, []string{"serve"}, s.env, s.out) }()
	s.looksAlive(t)
	cancel()
	s.awaitEnd(t)
}

// TestTelegramTrouble has a conversation over a bad line: nobody has to say
// anything twice, and nobody is told anything twice.
func TestTelegramTrouble(t *testing.T) {
	t.Parallel()
	s := polling.lent(t, "setup/en.txt")
	s.play(t, `let when "today 18:00"
let text "Over a bad line"
fault refuse sendMessage 1 to lena
lena says "{text}"
bot tells lena "What you sent or pressed is saved and nothing is lost"
fault over
fault outage
run wait
omar says "/help"
run wait
fault over
bot tells omar "/waiting"
include setup/submit.en.txt
fault 502 getUpdates 1
fault garbage getUpdates 1
fault garbage answerCallbackQuery 1
fault 500 editMessageText 1
omar presses "Approve" on "Waiting for your approval"
bot shows omar once "Approved" "Over a bad line"
bot tells lena "Omar" "approved the post of Nobahar"
run settle
fault outage
clock 2026-11-23T18:00:01Z
run wait
fault over
bot tells lena "we do not know whether"
channel nobahar shows nothing
lena presses "Not there" on "we do not know whether"
channel nobahar shows exactly "Over a bad line"
bot tells lena "The post of Nobahar is live"
run settle
channel nobahar has 1 post`)
	s.checkTrouble(t)
}

// TestHardships lets one brand live through a flood, a press on a card that nobody knows
// of any more, and updates that can never be handled.
func TestHardships(t *testing.T) {
	t.Parallel()
	s := polling.lent(t, "setup/en.txt")
	s.flood(t)
	s.pressOnUnrecordedCard(t)
	s.checkTrouble(t)
	s.poison(t)
}

// pressOnUnrecordedCard takes away what the program knows of a client's card, as
// when it dies between sending and recording it, and then the answer to his press.
// The card says what came of it, in its place; nothing else comes.
func (s *stage) pressOnUnrecordedCard(t *testing.T) {
	t.Helper()
	s.play(t, `let when "today 18:00"
lena says "Pressed in between"
include setup/submit.en.txt
bot tells omar "Waiting for your approval" "Pressed in between"
run settle`)
	s.forget(t, "omar")
	s.play(t, `fault refuse editMessageText 3 to omar
omar presses "Approve" on "Pressed in between"
bot shows omar once "Approved" "Pressed in between"
bot offers omar "Undo"
bot tells lena "approved the post of Nobahar"
run settle
bot shows omar once "Pressed in between"
bot never tells omar "We broke down"`)
}

// forget drops what is recorded of somebody's cards.
func (s *stage) forget(t *testing.T, who string) {
	t.Helper()
	phone, ok := s.telegram.PhoneOf(who)
	if !ok {
		t.Fatal("nobody is called", who)
	}
	var n int
	must(t, s.query(t.Context(), &n, `
		WITH gone AS (DELETE FROM cards WHERE chat = $1 RETURNING 1) SELECT count(*) FROM gone`, phone.Chat()))
	if n == 0 {
		t.Fatal("there was no card")
	}
}

// flood has Telegram refuse one chat for a while, again and again: we never ask
// before it allows, and others do not wait.
func (s *stage) flood(t *testing.T) {
	t.Helper()
	const wait = 30 * time.Second
	omar, _ := s.telegram.PhoneOf("omar")
	s.telegram.Fault(emulator.Fault{Kind: emulator.Flood, Method: "sendMessage", Chat: omar.Chat(), Times: 3, After: wait})
	begun := time.Now()
	s.play(t, "omar says \"/help\"\nlena says \"/help\"\nbot tells lena \"/waiting\"")
	if took := time.Since(begun); took > wait/hurry {
		t.Errorf("somebody else waited for %v", took)
	}
	s.play(t, "bot tells omar \"/waiting\"\nrun settle")
	var last emulator.Call
	tries := 0
	for _, c := range s.telegram.Calls("sendMessage") {
		if c.Chat != omar.Chat() {
			continue
		}
		if gap := c.Sent.Sub(last.Sent); tries > 0 && last.Code == 429 && gap < wait/hurry {
			t.Errorf("asked again after %v, allowed was %v", gap, wait/hurry)
		}
		last = c
		tries++
	}
	if tries != 4 || last.Code != 0 {
		t.Errorf("%d tries, the last with code %d", tries, last.Code)
	}
}

// TestUpdatesShuffled hands updates out twice, in another order, and with ids that
// begin anew: each has one effect (F18).
func TestUpdatesShuffled(t *testing.T) {
	t.Parallel()
	s := newStage(t, monday)
	s.start(t)
	s.play(t, `include setup/en.txt
let when "today 18:00"
lena says "Shuffled"
include setup/submit.en.txt
bot tells omar "Waiting for your approval"
updates hold
omar presses "Approve" on "Waiting for your approval"
lena says "Second draft"
omar says "/waiting"
updates release 2 1 0
bot shows omar once "Approved" "Shuffled"
bot tells lena "Draft" "Second draft"
run settle
updates replay 30
run settle
updates replay 30
lena says "Third draft"
bot tells lena "Draft" "Third draft"
run settle
updates restart at 500
lena says "Fourth draft"
bot tells lena "Draft" "Fourth draft"
omar presses "Undo" on "Shuffled"
bot tells lena "took back the approval"
updates replay 2
run settle
bot shows lena once "Draft" "Second draft"
bot shows lena once "Draft" "Third draft"
bot shows lena once "Draft" "Fourth draft"`)
	posts, events := 0, 0
	if err := s.query(t.Context(), &posts, `SELECT count(*) FROM posts`); err != nil || posts != 4 {
		t.Errorf("%d posts, not 4: %v", posts, err)
	}
	if err := s.query(t.Context(), &events, `SELECT count(*) FROM events WHERE kind = 'post.approved'`); err != nil || events != 1 {
		t.Errorf("%d approvals, not 1: %v", events, err)
	}
	s.checkTrouble(t)
}

// poison puts updates into the inbox that can never be handled: they are set
// aside with the cause, and what comes after them is handled (F31).
func (s *stage) poison(t *testing.T) {
	t.Helper()
	n := 0
	err := s.query(t.Context(), &n, `
		WITH poison AS (
			INSERT INTO inbox (bot, update_id, key, body, tries, received_at)
			SELECT bot, u.id, max(key), u.body::bytea, u.tries, max(received_at)
			FROM inbox, (VALUES (11, 'no update', 0), (12, '{"update_id":12,"message":[]}', 0), (13, '{"update_id":13}', 6)) AS u (id, body, tries)
			GROUP BY bot, u.id, u.body, u.tries RETURNING 1)
		SELECT count(*) FROM poison`)
	if err != nil || n != 3 {
		t.Fatal(n, err)
	}
	s.play(t, `lena says "After the poison"
bot tells lena "Draft" "After the poison"
omar says "/help"
bot tells omar "/waiting"
run settle`)
	for text, want := range map[string]int{
		`SELECT count(*) FROM inbox WHERE parked_at IS NOT NULL AND cause <> '' AND update_id IN (11, 13)`: 2,
		`SELECT count(*) FROM inbox WHERE done_at IS NOT NULL AND update_id = 12`:                          1, // a kind that we do not know
	} {
		if err := s.query(t.Context(), &n, text); err != nil || n != want {
			t.Errorf("%s: %d, not %d: %v", text, n, want, err)
		}
	}
}

// TestDayAway is down for longer than Telegram keeps updates: what was pressed then
// is lost, so nothing goes out on it, the manager is asked, and cards come again
// (F19).
func TestDayAway(t *testing.T) {
	t.Parallel()
	s := polling.lent(t, "setup/en.txt")
	s.play(t, `let when "today 18:00"
lena says "A day away"
include setup/submit.en.txt
bot tells omar "Waiting for your approval"
run settle
run stop
omar presses "Approve" on "Waiting for your approval"
lena says "Nobody hears this"
kick nobahar by lena
clock +30h
run start
bot shows lena "came without approval" "was not published"
bot shows lena "We can no longer publish on"
run settle
bot shows lena once "We can no longer publish on"
channel nobahar shows nothing
omar says "/start"
bot tells omar "1 post waits for you"
omar says "/waiting"
bot tells omar "Waiting for you: 1 post" "A day away"
bot never tells lena "Nobody hears this"`)
	if !strings.Contains(s.out.String(), "no update has come for 30h") {
		t.Error("the log does not say that something may be lost")
	}
}

// TestPaste sends 100 kB, which come in 25 parts: one draft keeps what fits, one
// word says what does not, in both languages.
func TestPaste(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ lang, who, word, tells string }{
		{"en", "lena", "cake and tea ", "The text has grown beyond 20,000 characters"},
		{"fa", "leila", "کیک و چای ", "متن بیش از ۲۰٬۰۰۰ نویسه شد"},
	} {
		t.Run(test.lang, func(t *testing.T) {
			t.Parallel()
			s := polling.lent(t, "setup/begin."+test.lang+".txt")
			phone, _ := s.telegram.PhoneOf(test.who)
			before := len(s.telegram.Messages(phone.Chat()))
			runes := []rune(strings.Repeat(test.word, 100_000/len([]rune(test.word))))
			phone.Say(string(runes))
			s.play(t, "run settle")
			var answers []string
			for _, m := range s.telegram.Messages(phone.Chat())[before:] {
				if m.From != nil && m.From.IsBot {
					answers = append(answers, m.Words())
				}
			}
			if len(answers) != 2 || !strings.Contains(strings.Join(answers, "\n"), test.tells) {
				t.Errorf("%d answers, not a draft and a word:\n%.1000s", len(answers), strings.Join(answers, "\n---\n"))
			}
			s.check(t)
		})
	}
}

// TestLeavesNothing starts the program and ends it: no goroutine and no connection
// of it is left.
func TestLeavesNothing(t *testing.T) {
	if !endStages() { // others come and go
		t.Error("a stage has ended with a fault")
	}
	s := newStage(t, monday)
	before := goleak.IgnoreCurrent()
	s.start(t)
	s.play(t, "include setup/begin.en.txt")
	s.stop()
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
	open := 1
	for end := time.Now().Add(5 * time.Second); open > 0 && time.Now().Before(end); time.Sleep(20 * time.Millisecond) { // the server learns of it a moment later
		must(t, s.query(t.Context(), &open, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`))
	}
	if open > 0 {
		t.Errorf("%d connections are left", open)
	}
}
