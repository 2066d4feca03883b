//go:build browser

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"peyk/emulator/sky"
	"peyk/storage"
)

var demoAddress = regexp.MustCompile(`Open (http://\S+)`)

// A demoProcess is a demo as people start it.
type demoProcess struct {
	cmd   *exec.Cmd
	out   *output
	ended chan error
}

func startDemo(t *testing.T, args ...string) *demoProcess {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &demoProcess{cmd: exec.CommandContext(t.Context(), self, append([]string{"demo"}, args...)...), out: &output{}, ended: make(chan error, 1)}
	p.cmd.Env = append(os.Environ(), "TELEGRAM_TOKEN=1:real")
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // as a shell does
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.cmd.Wait() }()
	return p
}

// end sends a signal to the demo, or to all its processes as a terminal does, and
// gives how it ended.
func (p *demoProcess) end(t *testing.T, s syscall.Signal, all bool) error {
	t.Helper()
	pid := p.cmd.Process.Pid
	if all {
		pid = -pid
	}
	if err := syscall.Kill(pid, s); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-p.ended:
		return err
	case <-time.After(20 * time.Second):
		t.Fatalf("the demo does not end:\n%s", p.out.String())
		return nil
	}
}

// await waits until something is as it should be.
func (p *demoProcess) await(t *testing.T, what string, is func() bool) {
	t.Helper()
	p.awaitFor(t, what, 2*time.Minute, is)
}

func (p *demoProcess) awaitFor(t *testing.T, what string, long time.Duration, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(long); !is(); time.Sleep(20 * time.Millisecond) {
		select {
		case err := <-p.ended:
			t.Fatalf("the demo ended: %v\n%s", err, p.out.String())
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come:\n%s", what, p.out.String())
		}
	}
}

// page waits for the address of the page.
func (p *demoProcess) page(t *testing.T) string {
	t.Helper()
	return p.pageWithin(t, 2*time.Minute)
}

func (p *demoProcess) pageWithin(t *testing.T, long time.Duration) string {
	t.Helper()
	var found []string
	p.awaitFor(t, "the address", long, func() bool {
		found = demoAddress.FindStringSubmatch(p.out.String())
		return found != nil
	})
	return found[1]
}

// TestDemo makes a world in a process that is then killed, and goes on with it:
// nothing is left of the first, and Peyk survives being killed before a post is due.
func TestDemo(t *testing.T) {
	t.Parallel()
	dir := demoDir(t)
	brokenOff(t, dir)
	botless(t, dir)
	killed(t, dir)
	begun := time.Now()
	p := startDemo(t, "--dir", dir, "--port", "0", "--lang", "fa")
	w := demoVisitor{t, p.page(t)}
	t.Logf("the second start took %v", time.Since(begun))
	w.everyState(dir)
	w.second(dir)
	w.killed()
	if err := p.end(t, syscall.SIGINT, true); err != nil {
		t.Errorf("the demo ended with: %v\n%s", err, p.out.String())
	}
	noneLeft(t, dir)
}

// brokenOff kills a demo while it makes its world, which a second one may not
// disturb.
func brokenOff(t *testing.T, dir string) {
	t.Helper()
	p := startDemo(t, "--dir", dir, "--port", "0", "--brief")
	p.await(t, "the bot", func() bool {
		log, _ := os.ReadFile(filepath.Join(dir, "bot.log"))
		return bytes.Contains(log, []byte(servesLine))
	})
	err := run(t.Context(), []string{"demo", "--dir", dir, "--reset"}, os.Getenv, &output{})
	if err == nil || !strings.Contains(err.Error(), "about to begin") {
		t.Errorf("a second demo is told: %v", err)
	}
	if p.end(t, syscall.SIGKILL, false) == nil {
		t.Errorf("the demo was not killed:\n%s", p.out.String())
	}
	noneLeft(t, dir)
}

// botless kills the bot while the world is made: the demo ends at once, and says why.
func botless(t *testing.T, dir string) {
	t.Helper()
	p := startDemo(t, "--dir", dir, "--port", "0", "--brief")
	bot := 0
	p.await(t, "the bot", func() bool {
		log, _ := os.ReadFile(filepath.Join(dir, "bot.log"))
		bot = botOf(t, dir)
		return bot != 0 && bytes.Contains(log, []byte(servesLine))
	})
	if err := syscall.Kill(bot, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-p.ended:
		if err == nil || !strings.Contains(p.out.String(), "the bot has ended (signal: killed)") {
			t.Errorf("the demo ended with %v:\n%s", err, p.out.String())
		}
	case <-time.After(10 * time.Second):
		t.Errorf("the demo waits for a bot that is dead:\n%s", p.out.String())
		_ = p.end(t, syscall.SIGKILL, false) // it was killed
	}
	noneLeft(t, dir)
}

// botOf finds the process of a demo's bot; 0: there is none.
func botOf(t *testing.T, dir string) int {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range lines {
		line, _ := os.ReadFile(path)
		env, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "environ"))
		if bytes.Contains(line, []byte(demoBotCommand)) && bytes.Contains(env, []byte("DATA_DIR="+dir)) {
			pid, _ := strconv.Atoi(strings.Split(path, "/")[2])
			return pid
		}
	}
	return 0
}

// killed makes the world, and kills the demo that shows it.
func killed(t *testing.T, dir string) {
	t.Helper()
	busy, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	_, port, _ := net.SplitHostPort(busy.Addr().String())
	p := startDemo(t, "--dir", dir, "--port", port, "--brief")
	w := demoVisitor{t, p.page(t)}
	for _, want := range []string{"Port " + port + " is in use", "nothing real: TELEGRAM_TOKEN"} {
		if !strings.Contains(p.out.String(), want) {
			t.Errorf("the demo does not say %q:\n%s", want, p.out.String())
		}
	}
	w.post("api/tour", map[string]any{"do": "next"}, nil)
	p.await(t, "the saved world", func() bool { // it is saved every three seconds
		world, _ := os.ReadFile(filepath.Join(dir, "world", "world.json"))
		return bytes.Contains(world, []byte(`"Tour":{"step":2`))
	})
	_ = p.end(t, syscall.SIGKILL, false) // it was killed
	noneLeft(t, dir)
}

// noneLeft sees that no process works in the folder any more.
func noneLeft(t *testing.T, dir string) {
	t.Helper()
	var left []string
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		left = nil
		lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range lines {
			line, _ := os.ReadFile(path)
			env, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "environ"))
			state, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "stat"))
			if bytes.Contains(state, []byte(") Z ")) || strings.HasPrefix(path, fmt.Sprintf("/proc/%d/", os.Getpid())) {
				continue
			}
			if bytes.Contains(line, []byte(dir)) || bytes.Contains(env, []byte("DATA_DIR="+dir)) {
				left = append(left, strings.ReplaceAll(string(line), "\x00", " "))
			}
		}
		if len(left) == 0 {
			return
		}
	}
	t.Errorf("left behind: %q", left)
}

// A demoVisitor is a browser on the page.
type demoVisitor struct {
	*testing.T
	page string
}

func (w demoVisitor) do(method, path string, body []byte, into any) int {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), method, w.page+path, bytes.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Peyk", "1")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer res.Body.Close()
	if into != nil {
		if err := json.NewDecoder(res.Body).Decode(into); err != nil {
			w.Fatal(err)
		}
	}
	return res.StatusCode
}

func (w demoVisitor) post(path string, body map[string]any, into any) {
	w.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		w.Fatal(err)
	}
	if code := w.do(http.MethodPost, path, raw, into); code != http.StatusOK {
		w.Fatalf("%s %s: %d", path, raw, code)
	}
}

// demoWorld is what the page says of the world.
type demoWorld struct {
	Lang   string
	Alive  bool `json:"bot_alive"`
	Clock  struct{ Due int64 }
	Tour   struct{ Step int }
	People []struct {
		ID       int64
		Username string
		Phone    bool
	}
	Chats map[string][]struct {
		ID       int64
		Username string
	}
}

func (w demoVisitor) world() (now demoWorld) {
	w.Helper()
	w.do(http.MethodGet, "api/world", nil, &now)
	return now
}

// everyState sees that the world has posts in every state, and that it was kept.
func (w demoVisitor) everyState(dir string) {
	w.Helper()
	now := w.world()
	if now.Lang != "fa" || !now.Alive || now.Tour.Step != 2 || len(now.People) != 14 || now.Clock.Due == 0 {
		w.Errorf("the world is %+v", now)
	}
	server, _ := storage.RunningShared(filepath.Join(dir, "postgres"))
	store, err := storage.Open(w.Context(), server.DSN("postgres"), w.TempDir())
	if err != nil {
		w.Fatal(err)
	}
	defer store.Close()
	var states []string
	err = store.Across(w.Context(), func(tx *storage.Tx) error {
		return tx.SelectContext(w.Context(), &states, `SELECT DISTINCT state FROM posts ORDER BY state`)
	})
	comments := 0
	err = errors.Join(err, store.Across(w.Context(), func(tx *storage.Tx) error {
		return tx.GetContext(w.Context(), &comments, `SELECT count(*) FROM comments`)
	}))
	var sky sky.Feed
	w.do(http.MethodGet, "api/sky", nil, &sky)
	if len(sky.Posts) < 2 || len(sky.Posts[0].Replies) == 0 || len(sky.Posts[0].Pictures) == 0 || !sky.Brands[0].Known {
		w.Errorf("on Bluesky stand %+v", sky)
	}
	if comments == 0 {
		w.Error("no comment has reached anybody")
	}
	want := "approved changes draft expired failed held late published publishing review stopped"
	if got := strings.Join(states, " "); err != nil || got != want {
		w.Errorf("posts are %s, want %s: %v", got, want, err)
	}
}

// second is what a second demo in the same folder is told.
func (w demoVisitor) second(dir string) {
	w.Helper()
	err := run(w.Context(), []string{"demo", "--dir", dir}, os.Getenv, &output{})
	if err == nil || !strings.Contains(err.Error(), w.page) {
		w.Errorf("a second demo is told: %v", err)
	}
}

// killed kills the bot, lets the time of a post come, and starts the bot again: the
// post is in its channel, once.
func (w demoVisitor) killed() {
	w.Helper()
	w.post("api/bot", map[string]any{"do": "kill"}, nil)
	if w.world().Alive {
		w.Error("the bot lives after it was killed")
	}
	w.post("api/clock", map[string]any{"skip": "due"}, nil)
	w.post("api/bot", map[string]any{"do": "start"}, nil)
	const text = "شب شعر"
	found := 0
	for deadline := time.Now().Add(30 * time.Second); found == 0 && time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		found = w.posts(text)
	}
	time.Sleep(time.Second)
	if found = w.posts(text); found != 1 {
		w.Errorf("the post is in its channel %d times", found)
	}
}

// posts counts the posts of the café's channel that hold a text.
func (w demoVisitor) posts(text string) int {
	w.Helper()
	var reader, channel int64
	now := w.world()
	for _, p := range now.People {
		if p.Username == "omid" {
			reader = p.ID
		}
	}
	for _, c := range now.Chats[fmt.Sprint(reader)] {
		if c.Username == "nobahar" {
			channel = c.ID
		}
	}
	var chat struct{ Messages []struct{ Caption string } }
	w.do(http.MethodGet, fmt.Sprintf("api/chat?as=%d&chat=%d", reader, channel), nil, &chat)
	n := 0
	for _, m := range chat.Messages {
		if strings.Contains(m.Caption, text) {
			n++
		}
	}
	return n
}
