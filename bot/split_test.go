package bot

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestLength(t *testing.T) {
	for html, want := range map[string]int{
		"": 0, "سلام": 4, "<b>سلام</b> &amp; ❤": 8, "&lt;&#128512;&gt;": 3, "a < b": 5, "fish &chips": 11,
	} {
		if got := Length(html); got != want {
			t.Errorf("%q counts %d, want %d", html, got, want)
		}
	}
	if got := Plain(`<a href="x">&lt;خبر&gt;</a>`); got != "<خبر>" {
		t.Errorf("plain is %q", got)
	}
}

func TestSplit(t *testing.T) {
	for name, c := range map[string]struct {
		html  string
		limit int
		want  []string
	}{
		"fits":              {"<b>abc</b>", 3, []string{"<b>abc</b>"}},
		"at line ends":      {"aaaa\nbb\ncc", 8, []string{"aaaa\nbb\n", "cc"}},
		"at a space":        {"aaaa bbbb cccc", 10, []string{"aaaa bbbb ", "cccc"}},
		"tags go on":        {"<b><i>aaaa\nbbbb</i></b>", 5, []string{"<b><i>aaaa\n</i></b>", "<b><i>bbbb</i></b>"}},
		"links go on":       {`<a href="u">aa bb</a>`, 3, []string{`<a href="u">aa </a>`, `<a href="u">bb</a>`}},
		"one long word":     {"aaaaaaaa", 3, []string{"aaa", "aaa", "aa"}},
		"a family is whole": {"aaa👨‍👩‍👧", 5, []string{"aaa", "👨‍👩‍👧"}},
		"blank":             {" \n ", 5, nil},
	} {
		got := split(c.html, c.limit)
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Nothing is lost or cut, every part fits and is well formed.
func TestSplitKeepsEverything(t *testing.T) {
	word := rapid.SampledFrom([]string{"سلام", " ", "\n", "a&amp;b", "<b>", "</b>", "<i>", "</i>", "❤️", "می‌خواهم", "e\u0301", strings.Repeat("x", 40)})
	rapid.Check(t, func(t *rapid.T) {
		html := wellFormed(rapid.SliceOfN(word, 0, 80).Draw(t, "words"))
		limit := rapid.IntRange(8, 60).Draw(t, "limit")
		plain := ""
		for _, part := range split(html, limit) {
			if n := Length(part); n > limit || !utf8.ValidString(part) || wellFormed([]string{part}) != part {
				t.Errorf("part %q of %d signs", part, n)
			}
			plain += Plain(part)
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if squeeze(plain) != squeeze(Plain(html)) {
			t.Errorf("%q became %q", Plain(html), plain)
		}
	})
}

// wellFormed drops closing tags that close nothing and closes what stays open.
func wellFormed(words []string) string {
	var b strings.Builder
	var open []piece
	for _, p := range pieces(strings.Join(words, "")) {
		if p.end && (len(open) == 0 || open[len(open)-1].name != p.name) {
			continue
		}
		open = track(open, p)
		b.WriteString(p.raw)
	}
	for i := len(open) - 1; i >= 0; i-- {
		b.WriteString("</" + open[i].name + ">")
	}
	return b.String()
}

func TestSplitLeavesRoomForTags(t *testing.T) {
	html := strings.Repeat(`<a href="https://example.com/`+strings.Repeat("p", 200)+`">x</a>`, 400)
	for _, part := range split(html, MaxText) {
		if len(part) > 32768 {
			t.Errorf("a part has %d bytes", len(part))
		}
	}
}

func BenchmarkSplit(b *testing.B) {
	html := strings.Repeat("<b>سلام دنیا</b> و <i>متن</i>\n", 1000)
	for b.Loop() {
		split(html, MaxText)
	}
}
