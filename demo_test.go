package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"peyk/storage"
)

// demoDir is a folder for a demo's world, through which the database's own user
// can pass.
func demoDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "peyk-demo")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // the server's own user must pass through
		t.Fatal(err)
	}
	return dir
}

var demoAddress = regexp.MustCompile(`Open (http://\S+)`)

// awaitAddress waits until the demo says where its page is.
func awaitAddress(t *testing.T, out *output, ended <-chan error) string {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if found := demoAddress.FindStringSubmatch(out.String()); found != nil {
			return found[1]
		}
		select {
		case err := <-ended:
			t.Fatalf("the demo ended: %v\n%s", err, out.String())
		default:
		}
	}
	t.Fatalf("the demo did not begin:\n%s", out.String())
	return ""
}

// TestDemo makes a world in a process that is then killed, and goes on with it:
// nothing is left of the first, and Peyk survives being killed before a post is due.
func TestDemo(t *testing.T) {
	t.Parallel()
	dir := demoDir(t)
	killedDemo(t, dir)
	out := &output{}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	begun := time.Now()
	go func() {
		ended <- run(ctx, []string{"demo", "--dir", dir, "--port", "0", "--lang", "fa"}, os.Getenv, out)
	}()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the demo ended with: %v", err)
		}
		noneLeft(t, dir)
	}()
	page := awaitAddress(t, out, ended)
	t.Logf("the second start took %v", time.Since(begun))
	w := demoVisitor{t, page}
	w.everyState(dir)
	w.second(dir)
	w.killed()
}

// killedDemo makes the world by the program itself, which SIGKILL ends.
func killedDemo(t *testing.T, dir string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	busy, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	_, port, _ := net.SplitHostPort(busy.Addr().String())
	out, ended := &output{}, make(chan error, 1)
	cmd := exec.CommandContext(t.Context(), self, "demo", "--dir", dir, "--port", port, "--brief")
	cmd.Env = append(os.Environ(), "TELEGRAM_TOKEN=1:real")
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { ended <- cmd.Wait() }()
	page := awaitAddress(t, out, ended)
	for _, want := range []string{"Port " + port + " is in use", "no real token"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the demo does not say %q:\n%s", want, out.String())
		}
	}
	w := demoVisitor{t, page}
	w.post("api/tour", map[string]any{"do": "next"}, nil)
	time.Sleep(3500 * time.Millisecond) // it saves every three seconds
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-ended
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
	if now.Lang != "fa" || !now.Alive || now.Tour.Step != 2 || len(now.People) != 11 || now.Clock.Due == 0 {
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
	for _, args := range [][]string{{"--lang", "xx"}, {"--nonsense"}, {"more"}, {"--port", "99999"}} {
		err := run(w.Context(), append([]string{"demo", "--dir", dir}, args...), os.Getenv, &output{})
		if err == nil || !strings.Contains(err.Error(), "peyk demo [--lang") {
			w.Errorf("%q: %v", args, err)
		}
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

// TestDemoOfAnotherVersion refuses a world that it cannot read, and names the way out.
func TestDemoOfAnotherVersion(t *testing.T) {
	t.Parallel()
	dir := demoDir(t)
	if err := os.MkdirAll(filepath.Join(dir, "world"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "world", "world.json"), []byte(`{"Version":99}`), 0o600); err != nil {
		t.Fatal(err)
	}
	err := run(t.Context(), []string{"demo", "--dir", dir, "--reset"}, os.Getenv, &output{})
	if _, lost := os.Stat(filepath.Join(dir, "world", "world.json")); err == nil || lost != nil {
		t.Errorf("a folder that no demo has made is taken: %v, %v", err, lost)
	}
	if err := os.WriteFile(filepath.Join(dir, demoMark), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err = run(t.Context(), []string{"demo", "--dir", dir, "--port", "0"}, os.Getenv, &output{})
	if err == nil || !strings.Contains(err.Error(), "--reset") || errors.Is(err, syscall.EPERM) {
		t.Errorf("a world of another version: %v", err)
	}
}
