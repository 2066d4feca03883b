package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"peyk/bot"
	"peyk/emulator"
	"peyk/storage"
)

// A database is a PostgreSQL server that a test may mistreat.
type database struct {
	dir    string
	server *storage.Server
}

// ownDatabase gives the stage a server of its own.
func (s *stage) ownDatabase(t *testing.T) *database {
	t.Helper()
	root, err := os.MkdirTemp("", "peyk-fault")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(root, 0o711); err != nil { //nolint:gosec // the server's own user must pass through
		t.Fatal(err)
	}
	d := &database{dir: filepath.Join(root, "pg")}
	d.start(t)
	t.Cleanup(func() { d.kill(t); _ = os.RemoveAll(root) })
	s.dsn = d.server.DSN("postgres")
	return d
}

func (d *database) start(t *testing.T) {
	t.Helper()
	server, err := storage.StartEmbedded(context.Background(), d.dir)
	if err != nil {
		t.Fatal(err)
	}
	d.server = server
}

// kill ends the server as a power cut does, as far as the program can see.
func (d *database) kill(t *testing.T) {
	t.Helper()
	d.signal(t, syscall.SIGKILL)
	_ = d.server.Stop() // it says that it was killed
}

// signal reaches the server and every process that it has made for a connection.
func (d *database) signal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(d.dir, "data", "postmaster.pid"))
	if err != nil {
		return // it is not there: it was killed before
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range append(children(t, pid), pid) {
		_ = syscall.Kill(p, sig) // a connection may have ended meanwhile
	}
}

// children lists the processes whose parent is pid.
func children(t *testing.T, pid int) []int {
	t.Helper()
	var list []int
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range stats {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		var id, parent int
		_, after, _ := strings.Cut(string(raw), ") ")
		if n, _ := fmt.Sscanf(after, "%1s %d", new(string), &parent); n < 2 || parent != pid {
			continue
		}
		if id, err = strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
			list = append(list, id)
		}
	}
	return list
}

// A trouble is a conversation during which the database is mistreated.
type trouble struct {
	name            string
	setup           string
	hook            bool // Telegram posts, and so does a tool that tells of comments
	manager, client string
	approve, undo   string // the client's buttons
	wait            string // what a tap is answered with while nothing can be stored
	slot, waiting   string
	draft, approved string
	written         string
	takenBack       string
}

// TestDatabaseDown mistreats the database while people write and press: nothing is
// lost, nothing doubled, and a tap that cannot be stored is answered in words. Whoever
// tells of comments meanwhile is asked to come again.
func TestDatabaseDown(t *testing.T) {
	t.Parallel()
	for _, tr := range []trouble{
		{
			name: "en", setup: "include setup/en.txt\nrun settle", manager: "lena", client: "omar", approve: "Approve", undo: "Undo", wait: "saving it takes longer than usual",
			slot: "today 18:00", waiting: "Waiting for your approval", draft: "Draft", approved: "Approved",
			written: "Written without a database", takenBack: "took back the approval",
		},
		{
			name: "fa", hook: true, setup: doorInPersian, manager: "leila", client: "omid", approve: "✅ تأیید", undo: "پس گرفتن", wait: "ذخیرهٔ آن بیش از معمول طول می‌کشد",
			slot: "امروز ۱۸:۰۰", waiting: "در انتظار تأیید شما", draft: "پیش‌نویس", approved: "تأییدشده",
			written: "بی پایگاه داده نوشته شد", takenBack: "پس گرفتند",
		},
	} {
		t.Run(tr.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, monday)
			d := s.ownDatabase(t)
			c := caller{clock: s.clock}
			if tr.hook {
				s.postTo(s.listen)
				s.start(t)
				c = s.openDoor(t, tr.setup)
			} else {
				s.start(t)
				tr.play(t, s, tr.setup)
			}
			tr.restart(t, s, d)
			tr.down(t, s, d, c)
			tr.frozen(t, s, d)
			s.checkTrouble(t)
		})
	}
}

func (tr trouble) play(t *testing.T, s *stage, lines string) {
	t.Helper()
	hooks := s.hooks(t)
	hooks.Timeout = 20 * time.Second
	emulator.RunLines(t, s.telegram, "testdata/scripts/x.txt", lines, hooks)
}

// restart kills the server between two words of a conversation, and starts it.
func (tr trouble) restart(t *testing.T, s *stage, d *database) {
	t.Helper()
	d.kill(t)
	tr.play(t, s, tr.manager+" says \"Over a restart\"")
	d.start(t)
	tr.play(t, s, fmt.Sprintf("let when %q\ninclude setup/submit.%s.txt\nbot tells %s %q\nrun settle", tr.slot, tr.name, tr.client, tr.waiting))
}

// down leaves the server away for 8 s.
func (tr trouble) down(t *testing.T, s *stage, d *database, c caller) {
	t.Helper()
	d.kill(t)
	back := time.Now().Add(8 * time.Second)
	tr.play(t, s, fmt.Sprintf("%s says %q", tr.manager, tr.written))
	tr.tapWaits(t, s, tr.client, tr.approve)
	if status, body := get(t, "http://"+s.listen+"/readyz"); status != http.StatusServiceUnavailable || strings.Contains(body, `"database":"ok"`) {
		t.Errorf("/readyz without a database: %d %s", status, body)
	}
	if status, _ := get(t, "http://"+s.listen+"/livez"); status != http.StatusOK {
		t.Errorf("/livez without a database: %d", status)
	}
	if tr.hook {
		tr.refused(t, s)
		s.pushTooEarly(t, c)
	}
	time.Sleep(time.Until(back))
	d.start(t)
	if tr.hook {
		s.pushAgain(t, c)
	}
	tr.play(t, s, fmt.Sprintf("bot shows %s once %q\nbot shows %s %q %q\nrun settle\nbot shows %s once %q %q",
		tr.client, tr.approved, tr.manager, tr.draft, tr.written, tr.manager, tr.draft, tr.written))
	awaitHealth(t, s)
}

// refused posts an update that cannot be stored, as Telegram would.
func (tr trouble) refused(t *testing.T, s *stage) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+s.listen+webhookPath,
		strings.NewReader(`{"update_id":1,"poll":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Telegram-Bot-Api-Secret-Token", hookSecret)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("an update that cannot be stored: status %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
}

// frozen lets the server neither answer nor refuse for a while.
func (tr trouble) frozen(t *testing.T, s *stage, d *database) {
	t.Helper()
	d.signal(t, syscall.SIGSTOP)
	thaw := time.AfterFunc(8*time.Second, func() { d.signal(t, syscall.SIGCONT) })
	defer thaw.Stop()
	tr.tapWaits(t, s, tr.client, tr.undo)
	tr.tapWaits(t, s, tr.manager, bot.Data("help", 0, 0)) // while the first still waits
	tr.play(t, s, fmt.Sprintf("bot shows %s %q\nbot tells %s %q\nrun settle", tr.client, tr.waiting, tr.manager, tr.takenBack))
}

// tapWaits presses a button, by its label or data, while nothing can be stored, and
// sees that it is answered in time all the same.
func (tr trouble) tapWaits(t *testing.T, s *stage, who, label string) {
	t.Helper()
	phone, ok := s.telegram.PhoneOf(who)
	if !ok {
		t.Fatal("nobody is there to press")
	}
	begun := time.Now()
	tap, err := phone.Press(label)
	if errors.Is(err, emulator.ErrNoButton) {
		card, _ := s.telegram.LastKeyboard(phone.Chat())
		tap, err = phone.Forge(card, label)
	}
	if err != nil {
		t.Fatal(err)
	}
	answer := s.answer(t, tap)
	if took := time.Since(begun); took > tapLimit {
		t.Errorf("%q was answered after %v", label, took)
	}
	if !strings.Contains(answer.Text, tr.wait) {
		t.Errorf("%q was answered with %q", label, answer.Text)
	}
}

// tapLimit is how long a tap may stay without an answer: 3 s (F6), and what a busy
// machine needs beside.
const tapLimit = 5 * time.Second

// checkTrouble looks at what holds after any trouble: every update was handled
// once, people read only words, everybody was told, nothing went out twice.
func (s *stage) checkTrouble(t *testing.T) {
	t.Helper()
	for _, v := range s.telegram.Violations() {
		t.Errorf("not as the Bot API says: %s", v)
	}
	s.checkWords(t)
	s.checkTold(t)
	s.checkOnce(t)
	s.onceEach(t)
}

// TestOwnDatabaseEnds kills the server that the program runs for itself: it does
// not go on without one, and says what to do.
func TestOwnDatabaseEnds(t *testing.T) {
	t.Parallel()
	s := newStage(t, monday)
	root, err := os.MkdirTemp("", "peyk-own")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	if err := os.Chmod(root, 0o711); err != nil { //nolint:gosec // the server's own user must pass through
		t.Fatal(err)
	}
	s.more = map[string]string{"DATABASE_URL": "", "DATA_DIR": root}
	s.ended = make(chan error, 1)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	go func() { s.ended <- run(ctx, []string{"serve"}, s.env, s.out) }()
	for !strings.Contains(s.out.String(), servesLine) && ctx.Err() == nil {
		time.Sleep(20 * time.Millisecond)
	}
	d := database{dir: filepath.Join(root, "postgres")}
	d.signal(t, syscall.SIGKILL)
	if err := <-s.ended; !errors.Is(err, errDatabaseEnded) || ctx.Err() != nil {
		t.Errorf("the program ended with: %v", err)
	}
}
