package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
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

// TestDemoKeepsOut of a world that it cannot read, and names the way out; and of a
// folder that belongs to something else.
func TestDemoKeepsOut(t *testing.T) {
	t.Parallel()
	dir := demoDir(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // a demo that begins after all does not end by itself
	defer cancel()
	args := []string{"demo", "--dir", dir, "--port", "0"}
	world := filepath.Join(dir, "world", "world.json")
	if err := errors.Join(os.Mkdir(filepath.Dir(world), 0o700), os.WriteFile(world, []byte(`{"Version":99}`), 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, more := range []string{"--brief", "--reset"} {
		err := run(ctx, append(args, more), os.Getenv, &output{})
		if err == nil || !strings.Contains(err.Error(), "no demo has made") {
			t.Errorf("a folder of something else: %v", err)
		}
	}
	for _, name := range []string{demoMark, demoWhole} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := run(ctx, args, os.Getenv, &output{})
	if err == nil || !strings.Contains(err.Error(), "--reset") {
		t.Errorf("a world of another version: %v", err)
	}
	if _, err := os.Stat(world); err != nil {
		t.Errorf("the world is gone: %v", err)
	}
}

// TestDemoForgets all that an earlier world has left, and nothing else.
func TestDemoForgets(t *testing.T) {
	t.Parallel()
	d := &demo{dir: t.TempDir()}
	for _, name := range []string{"world", "sky", "bot", "postgres"} {
		must(t, os.MkdirAll(filepath.Join(d.file(name), "files"), 0o700))
	}
	for _, name := range []string{demoMark, demoWhole, "clock", "bot.log", filepath.Join("sky", "network.json")} {
		must(t, os.WriteFile(d.file(name), nil, 0o600))
	}
	must(t, d.forget())
	left, err := os.ReadDir(d.dir)
	if err != nil || len(left) != 1 || left[0].Name() != demoMark {
		t.Errorf("left are %v: %v", left, err)
	}
}

// TestDemoArguments says of those that nobody understands what there is.
func TestDemoArguments(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--lang", "xx"}, {"--nonsense"}, {"more"}, {"--port", "99999"}} {
		err := run(t.Context(), append([]string{"demo", "--dir", t.TempDir()}, args...), os.Getenv, &output{})
		if err == nil || !strings.Contains(err.Error(), "peyk demo [--lang") {
			t.Errorf("%q: %v", args, err)
		}
	}
}

// TestDemoSpeaks as the system of whoever starts it does.
func TestDemoSpeaks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ all, lang, want string }{
		{"", "fa_IR.UTF-8", "fa"}, {"en_GB.UTF-8", "fa_IR.UTF-8", "en"}, {"fa_IR", "de_DE", "fa"}, {"", "", "en"}, {"", "C", "en"},
	} {
		env := map[string]string{"LC_ALL": c.all, "LANG": c.lang, "DATA_DIR": "/d"}
		d, err := readDemo(nil, func(name string) string { return env[name] }, &output{})
		if err != nil || d.lang != c.want || d.dir != "/d/demo" {
			t.Errorf("%+v: %+v, %v", c, d, err)
		}
	}
}

// TestDemoStory sees that what happens in the demo's world stands in the order of
// time on every day on which it may be made, and that the managers have typed the
// numbers of every week; the last of the café's are far below the others.
func TestDemoStory(t *testing.T) {
	t.Parallel()
	for n := range 14 {
		d := &demo{brief: n%2 == 1}
		now := time.Date(2026, 11, 20, 12, 0, 0, 0, demoPlace()).AddDate(0, 0, n/2)
		today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, demoPlace())
		story, err := d.story(today, now)
		if err != nil {
			t.Fatal(err)
		}
		scenes, err := scenesOf(story)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.IsSortedFunc(scenes, func(a, b scene) int { return cmp.Or(a.day-b.day, int(a.at-b.at)) }) {
			t.Errorf("%v: time goes back", today)
		}
		if n, least := strings.Count(story, " 23:05"), map[bool]int{true: 1, false: 15}[d.brief]; n < least || n > 16 {
			t.Errorf("%v: followers are counted on %d nights", today, n)
		}
		typed, low := strings.Count(story, "include reza.week.txt"), strings.Contains(story, "بازدید ۵٬۶۰۰")
		if least := map[bool]int{true: 0, false: 7}[d.brief]; typed < least || typed > 8 || low != (typed > 0) {
			t.Errorf("%v: the café's numbers are typed %d times, the low ones: %t", today, typed, low)
		}
		for _, s := range scenes {
			if s.day > 0 || today.AddDate(0, 0, s.day).Add(s.at).After(now) {
				t.Errorf("%v: a scene of the future: %s", today, s.lines)
			}
		}
	}
}

// TestDemoComments names only channels, accounts and followers that are in the world.
func TestDemoComments(t *testing.T) {
	t.Parallel()
	people, err := demoFiles.ReadFile("demo/people.txt")
	must(t, err)
	lines, err := demoFiles.ReadFile("demo/comments.txt")
	must(t, err)
	n := newDemoSky(time.Now)
	for _, line := range strings.Split(strings.TrimSpace(string(lines)), "\n") {
		part := strings.SplitN(line, "|", 3)
		if len(part) != 3 {
			t.Fatalf("%q", line)
		}
		if brand := n.People[n.DID(part[0])]; brand != nil {
			follower := n.People[n.DID(part[1])]
			d := &demo{sky: n}
			n.Say(part[0], "A post", "", "")
			d.commentOnSky(part[0], part[1], part[2])
			if !brand.Brand || follower == nil || holding(n.Feed().Posts, part[2]) == "" {
				t.Errorf("%s: nobody can say that on Bluesky", line)
			}
			continue
		}
		for _, want := range []string{"channel " + part[0] + " ", "user " + part[1] + " "} {
			if !strings.Contains(string(people), want) {
				t.Errorf("%s: there is no %q", line, want)
			}
		}
	}
}
