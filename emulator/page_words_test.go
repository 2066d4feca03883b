package emulator

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// scripts are the page's own scripts by name.
func scripts(t *testing.T) map[string]string {
	t.Helper()
	names, err := fs.Glob(pageFiles, "page/*.js")
	if err != nil || len(names) < 5 {
		t.Fatalf("scripts %v: %v", names, err)
	}
	all := map[string]string{}
	for _, name := range names {
		data, err := fs.ReadFile(pageFiles, name)
		if err != nil {
			t.Fatal(err)
		}
		all[path.Base(name)] = string(data)
	}
	return all
}

// What a bot or a person wrote is never read as markup, nothing comes from elsewhere, and no file grows out of sight.
func TestPageScriptsAreSafe(t *testing.T) {
	forbidden := []string{
		"innerHTML", "outerHTML", "insertAdjacentHTML", "DOMParser", "createContextualFragment", "document.write", "eval", "new Function",
	}
	elsewhere := regexp.MustCompile(`(?:from|import\(?|fetch\(|EventSource\()\s*['"](?:https?:)?//`)
	for name, text := range scripts(t) {
		for _, word := range forbidden {
			if strings.Contains(text, word) && regexp.MustCompile(`\b`+regexp.QuoteMeta(word)+`\b`).MatchString(text) {
				t.Errorf("%s uses %s", name, word)
			}
		}
		address := func(begins string) bool { return strings.Contains(text, begins) }
		if slices.ContainsFunc([]string{`'//`, `"//`, `'http`, `"http`}, address) {
			if found := elsewhere.FindString(text); found != "" {
				t.Errorf("%s loads from elsewhere: %s", name, found)
			}
		}
		if n := strings.Count(text, "\n"); n > 400 {
			t.Errorf("%s has %d lines", name, n)
		}
	}
}

// Every module that is imported is there.
func TestPageImports(t *testing.T) {
	all := scripts(t)
	from := regexp.MustCompile(`from '\./([a-z]+\.js)'`)
	for name, text := range all {
		for _, m := range from.FindAllStringSubmatch(text, -1) {
			if _, ok := all[m[1]]; !ok {
				t.Errorf("%s imports %s, which is not there", name, m[1])
			}
		}
	}
}

// pageWord is a line "key: ['Persian', 'English']," of words.js.
var pageWord = regexp.MustCompile(`(?m)^  ([a-z0-9_]+): \[\s*'((?:[^'\\]|\\.)*)',\s*'((?:[^'\\]|\\.)*)'\],`)

// Every word stands in both languages with the same holes, is spelled as Persian is, and is said somewhere.
func TestPageWords(t *testing.T) {
	all := scripts(t)
	used := regexp.MustCompile("[('\"`\\[ ]([a-z0-9]+(?:_[a-z0-9]+)*)[')\"`\\],]")
	said := map[string]bool{}
	for name, text := range all {
		if name != "words.js" {
			for _, m := range used.FindAllStringSubmatch(strings.ReplaceAll(text, "'", "''"), -1) {
				said[m[1]] = true
			}
		}
	}
	words := pageWord.FindAllStringSubmatch(all["words.js"], -1)
	if len(words) < 100 {
		t.Fatalf("only %d words were found", len(words))
	}
	// Keys that are put together: fault_slow, skip_15m, tour_1 and so on.
	built := regexp.MustCompile(`^(fault|effect|skip|tour|bot|refused)_|^(today|yesterday)$`)
	for _, w := range words {
		key, fa, en := w[1], w[2], w[3]
		if !built.MatchString(key) && !said[key] {
			t.Errorf("nobody says %q", key)
		}
		checkWord(t, key, fa, en)
	}
}

func checkWord(t *testing.T, key, fa, en string) {
	t.Helper()
	hole := regexp.MustCompile(`\{[a-z]+\}`)
	holes := map[string]int{}
	for _, h := range hole.FindAllString(fa, -1) {
		holes[h]++
	}
	for _, h := range hole.FindAllString(en, -1) {
		holes[h]--
	}
	for h, n := range holes {
		if n != 0 {
			t.Errorf("%s: %s is not in both languages", key, h)
		}
	}
	if strings.TrimSpace(fa) == "" || strings.TrimSpace(en) == "" {
		t.Errorf("%s is empty in a language", key)
	}
	bad := regexp.MustCompile(`[ي\x{0643}ة?;]|[0-9]| می | {2}`)
	if key != "language" && bad.MatchString(hole.ReplaceAllString(fa, "x")) {
		t.Errorf("%s: spelled wrong: %s", key, fa)
	}
}

// Whoever peeks does not read.
func TestPagePeek(t *testing.T) {
	d := newDesk(t)
	d.sara.Start("")
	d.channel.Post("New")
	unread := func(query string) int {
		var chat struct{ Head struct{ Unread int } }
		if code := d.ask(t, "/api/chat?as=13&chat="+itoa(d.channel.ID())+query, nil, &chat); code != 200 {
			t.Fatal(code)
		}
		return chat.Head.Unread
	}
	for range 2 {
		if n := unread("&peek=1"); n != 1 {
			t.Errorf("%d unread after a peek", n)
		}
	}
	if n := unread(""); n != 0 {
		t.Errorf("%d unread after a look", n)
	}
}
