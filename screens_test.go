package main

import (
	"errors"
	"flag"
	"fmt"
	"html"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"peyk/emulator"
)

// The gallery shows what scripts mark with "screen NAME"; screensList names the
// screens in their order, each with a line of explanation.
const (
	screensPage = "docs/screens.md"
	screensList = "testdata/screens.txt"
)

var updateScreens = flag.Bool("update-screens", false, "write "+screensPage+" from the scripts that are played")

// A gallery collects the screens of the scripts that run, in both languages.
type gallery struct {
	mu     sync.Mutex
	cells  map[string]string              // "draft.card fa" → what stands in the page
	others map[string][]*emulator.Message // what the script might as well have found there, a moment sooner or later
	played int
	errs   []error
}

// A roll are the screens of one script, whose language stands in its name.
type roll struct {
	gallery *gallery
	lang    string
	taken   []emulator.Screen
}

func (g *gallery) roll(script string) *roll {
	return &roll{gallery: g, lang: strings.TrimPrefix(script[strings.LastIndexByte(script, '.'):], ".")}
}

// take is the hook for "screen NAME".
func (r *roll) take(s emulator.Screen) error {
	r.gallery.mu.Lock()
	defer r.gallery.mu.Unlock()
	key := s.Name + " " + r.lang
	if r.gallery.cells[key] != "" {
		return fmt.Errorf("the screen %s is marked twice", key)
	}
	r.gallery.cells[key] = drawScreen(s)
	r.taken = append(r.taken, s)
	return nil
}

// ended counts a script that came to its end, and adds what else in the chat its
// expectations would have taken: one deed draws more than one message, some more than
// once, and which state was found is chance.
func (r *roll) ended(outputs []emulator.Output) {
	r.gallery.mu.Lock()
	defer r.gallery.mu.Unlock()
	r.gallery.played++
	for _, s := range r.taken {
		for _, o := range outputs {
			if m := s.Message; m != nil && s.Fits != nil && o.Chat == m.Chat.ID && s.Fits(o.Message) {
				key := s.Name + " " + r.lang
				r.gallery.others[key] = append(r.gallery.others[key], o.Message)
			}
		}
	}
}

// compare holds the page against what was collected. Screens whose scripts did not
// run, or did not come to their end, are taken as the page has them.
func (g *gallery) compare(t *testing.T, scripts int) {
	t.Helper()
	old, err := os.ReadFile(screensPage)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	list, err := os.ReadFile(screensList)
	if err != nil {
		t.Fatal(err)
	}
	for key, cell := range cellsOf(string(old)) {
		if g.cells[key] == "" && g.played < scripts || g.cells[key] != cell && g.mayShow(key, cell) {
			g.cells[key] = cell
		}
	}
	page := g.page(string(list))
	for _, err := range g.errs {
		t.Error(err)
	}
	switch {
	case page == string(old) || t.Failed():
	case *updateScreens:
		if err := os.WriteFile(screensPage, []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is not current: %s; see what changed, then run make screens", screensPage, firstDifference(string(old), page))
	}
}

// mayShow tells whether another state that the script might have found is drawn so.
func (g *gallery) mayShow(key, cell string) bool {
	return slices.ContainsFunc(g.others[key], func(m *emulator.Message) bool { return drawScreen(emulator.Screen{Message: m}) == cell })
}

func firstDifference(old, now string) string {
	a, b := strings.Split(old, "\n"), strings.Split(now, "\n")
	at := ""
	for i := range max(len(a), len(b)) {
		was, is := lineAt(a, i), lineAt(b, i)
		if strings.HasPrefix(is, "### ") {
			at = is
		}
		if was != is {
			return fmt.Sprintf("line %d (%s) says %q, the bot %q", i+1, at, was, is)
		}
	}
	return "nothing differs"
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

const screensHead = `# Screens

What people see of Peyk, in both languages, as the conversations of testdata/scripts show it. This page is made by ` + "`make screens`" + `, and the tests fail
when it is not current: nobody writes in it. Grey boxes are buttons; ↗ opens an address, 📋 copies. 🔔 is the short answer to a tap, ⚠️🔔 one that has to be closed.
`

// page draws the whole gallery in the order of the list, and notes what is missing
// in it or in the scripts.
func (g *gallery) page(list string) string {
	var b strings.Builder
	b.WriteString(screensHead)
	used := map[string]bool{}
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		if head, ok := strings.CutPrefix(line, "# "); ok {
			b.WriteString("\n## " + head + "\n")
			continue
		}
		name, words, _ := strings.Cut(line, " ")
		if name == "" {
			continue
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n<table><tr>\n", name, strings.TrimSpace(words))
		for _, lang := range []string{"fa", "en"} {
			key := name + " " + lang
			if used[key] = true; g.cells[key] == "" {
				g.errs = append(g.errs, fmt.Errorf("%s: no script marks the screen %s", screensList, key))
			}
			b.WriteString(cellHead(lang) + g.cells[key] + cellEnd)
		}
		b.WriteString("</tr></table>\n")
	}
	for key := range g.cells {
		if !used[key] {
			g.errs = append(g.errs, fmt.Errorf("%s has no line for the screen %s", screensList, key))
		}
	}
	slices.SortFunc(g.errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return b.String()
}

func cellHead(lang string) string {
	dir := map[string]string{"fa": "rtl", "en": "ltr"}[lang]
	return `<td lang="` + lang + `" dir="` + dir + `" width="50%" valign="top">` + "\n"
}

const cellEnd = "\n</td>\n"

// cellsOf reads a page's screens.
func cellsOf(page string) map[string]string {
	cells := map[string]string{}
	for _, part := range strings.Split(page, "\n### ")[1:] {
		name, _, _ := strings.Cut(part, "\n")
		for _, lang := range []string{"fa", "en"} {
			_, after, _ := strings.Cut(part, cellHead(lang))
			cells[name+" "+lang], _, _ = strings.Cut(after, cellEnd)
		}
	}
	return cells
}

// drawScreen draws a message or an answer as HTML without an empty line, which
// would end the table.
func drawScreen(s emulator.Screen) string {
	m := s.Message
	switch {
	case m == nil && s.Answer.Alert:
		return "⚠️🔔 " + drawText(s.Answer.Text, nil)
	case m == nil:
		return "🔔 " + drawText(s.Answer.Text, nil)
	}
	var parts []string
	if kind := m.MediaKind(); kind != "" {
		parts = append(parts, map[string]string{"photo": "🖼", "video": "🎬", "voice": "🎤", "audio": "🎵"}[kind]+" <i>"+kind+"</i>")
	}
	if m.Words() != "" {
		parts = append(parts, drawText(m.Words(), append(slices.Clone(m.Entities), m.CaptionEntities...)))
	}
	var rows []string
	if m.Keyboard != nil {
		for _, row := range m.Keyboard.Rows {
			rows = append(rows, drawRow(row))
		}
	}
	return strings.Join(append([]string{strings.Join(parts, "<br>\n")}, rows...), "\n")
}

// drawRow draws a row of buttons from left to right, as Telegram does in every
// language.
func drawRow(row []emulator.Button) string {
	var keys []string
	for _, b := range row {
		label := drawText(b.Text, nil)
		switch {
		case b.URL != "":
			label += " ↗"
		case b.Copy != nil:
			label += " 📋"
		}
		keys = append(keys, `<kbd dir="auto">`+label+"</kbd>")
	}
	return `<div dir="ltr" align="center">` + strings.Join(keys, " ") + "</div>"
}

// drawn are the elements for the kinds of formatted text that bots use.
var drawn = map[string]string{
	"bold": "b", "italic": "i", "underline": "ins", "strikethrough": "s", "code": "code", "pre": "pre", "text_link": "ins",
	"blockquote": "blockquote", "expandable_blockquote": "blockquote",
}

// drawText turns a text with its formatting into HTML. What sets a direction is
// made visible: isolates become elements, marks stand by their names.
func drawText(text string, entities []emulator.Entity) string {
	var b strings.Builder
	at := 0
	for _, r := range text {
		for _, en := range slices.Backward(entities) {
			if en.Offset+en.Length == at && drawn[en.Type] != "" {
				b.WriteString("</" + drawn[en.Type] + ">")
			}
		}
		for _, en := range entities {
			if en.Offset == at && drawn[en.Type] != "" {
				b.WriteString("<" + drawn[en.Type] + ">")
			}
		}
		b.WriteString(drawRune(r))
		at += utf16.RuneLen(r)
	}
	for _, en := range slices.Backward(entities) {
		if en.Offset+en.Length == at && drawn[en.Type] != "" {
			b.WriteString("</" + drawn[en.Type] + ">")
		}
	}
	drawn := b.String()
	for _, v := range varying {
		drawn = v.form.ReplaceAllString(drawn, v.as)
	}
	return tidyScreen.Replace(drawn)
}

// varying is what differs from run to run, and how it is drawn: the token of an
// invitation, the address at which comments are told and its secret.
var varying = []struct {
	form *regexp.Regexp
	as   string
}{
	{regexp.MustCompile(`start=[A-Za-z0-9_-]{22}`), "start=…"},
	{regexp.MustCompile(`http://127\.0\.0\.1:\d+/comments/[A-Za-z0-9_-]{43}`), "https://peyk.example.org/comments/…"},
	{regexp.MustCompile(`http://127\.0\.0\.1:\d+`), "https://network.example.org"},
	{regexp.MustCompile(`/post/3[a-z2-7]{12}`), "/post/3kabcdefghijk"},
	{regexp.MustCompile(`toot\.example/@cafe/\d{18}`), "toot.example/@cafe/110000000000000001"},
	{regexp.MustCompile(`whsec_[A-Za-z0-9+/=]+`), "whsec_…"},
}

// tidyScreen drops the line breaks around blocks, which make lines of their own.
var tidyScreen = strings.NewReplacer("<br>\n<blockquote>", "\n<blockquote>", "</blockquote><br>\n", "</blockquote>\n")

func drawRune(r rune) string {
	switch r {
	case '\n':
		return "<br>\n"
	case '\u200e':
		return "&lrm;"
	case '\u200f':
		return "&rlm;"
	case '\u2060':
		return "&NoBreak;"
	case '\u2066':
		return `<span dir="ltr">`
	case '\u2067':
		return `<span dir="rtl">`
	case '\u2068':
		return `<span dir="auto">`
	case '\u2069':
		return `</span>`
	}
	return html.EscapeString(string(r))
}

// TestGallery holds the page's own rules: both languages of each screen, a line
// for each, and nothing lost when the page is read again.
func TestGallery(t *testing.T) {
	t.Parallel()
	full := func() map[string]string {
		return map[string]string{"a.card fa": "سلام", "a.card en": "Hello<br>\nall"}
	}
	for _, c := range []struct {
		name, list string
		change     func(map[string]string)
		want       []string
	}{
		{"whole", "# Part\na.card What it is.\n", func(map[string]string) {}, nil},
		{"one language", "a.card What it is.\n", func(m map[string]string) { delete(m, "a.card fa") },
			[]string{"testdata/screens.txt: no script marks the screen a.card fa"}},
		{"no line", "", func(map[string]string) {},
			[]string{"testdata/screens.txt has no line for the screen a.card en", "testdata/screens.txt has no line for the screen a.card fa"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := &gallery{cells: full()}
			c.change(g.cells)
			page := g.page(c.list)
			var errs []string
			for _, err := range g.errs {
				errs = append(errs, err.Error())
			}
			if diff := cmp.Diff(c.want, errs); diff != "" {
				t.Error(diff)
			}
			if read := cellsOf(page); c.want == nil && !cmp.Equal(read, g.cells) {
				t.Errorf("the page is read as %q", read)
			}
		})
	}
}

func TestDrawScreen(t *testing.T) {
	t.Parallel()
	m := &emulator.Message{
		Text: "\u2068<b>\u2069 🌱 key\nstart=AAAAAAAAAAAAAAAAAAAAAA\nquoted",
		Entities: []emulator.Entity{
			{Type: "bold", Offset: 9, Length: 3}, {Type: "italic", Offset: 10, Length: 2}, {Type: "url", Offset: 0, Length: 1}, {Type: "blockquote", Offset: 42, Length: 6},
		},
		Keyboard: &emulator.Keyboard{Rows: [][]emulator.Button{{{Text: "One"}, {Text: "Go", URL: "https://example.com"}}, {{Text: "Take", Copy: &emulator.CopyText{Text: "x"}}}}},
	}
	want := `<span dir="auto">&lt;b&gt;</span> 🌱 <b>k<i>ey</i></b><br>
start=…
<blockquote>quoted</blockquote>
<div dir="ltr" align="center"><kbd dir="auto">One</kbd> <kbd dir="auto">Go ↗</kbd></div>
<div dir="ltr" align="center"><kbd dir="auto">Take 📋</kbd></div>`
	if diff := cmp.Diff(want, drawScreen(emulator.Screen{Name: "x", Message: m})); diff != "" {
		t.Error(diff)
	}
	if got := drawScreen(emulator.Screen{Answer: emulator.Answer{Text: "No", Alert: true}}); got != "⚠️🔔 No" {
		t.Errorf("an alert is drawn as %q", got)
	}
}

// TestGalleryTakesWhatMayBeFound sees that a state which the script might have found a
// moment sooner is as good as the one that it found, and no other is.
func TestGalleryTakesWhatMayBeFound(t *testing.T) {
	t.Parallel()
	state := func(id int64, text string) *emulator.Message {
		return &emulator.Message{ID: id, Chat: emulator.Chat{ID: 7}, Text: text}
	}
	g := &gallery{cells: map[string]string{}, others: map[string][]*emulator.Message{}}
	r := g.roll("post.fa")
	fits := func(m *emulator.Message) bool { return strings.HasPrefix(m.Text, "live") }
	if err := r.take(emulator.Screen{Name: "a.card", Message: state(1, "live, seen"), Fits: fits}); err != nil {
		t.Fatal(err)
	}
	var outputs []emulator.Output
	for _, m := range []*emulator.Message{state(1, "draft"), state(1, "live"), state(2, "live too"), state(1, "live, seen")} {
		outputs = append(outputs, emulator.Output{Chat: 7, Message: m})
	}
	outputs = append(outputs, emulator.Output{Chat: 8, Message: state(1, "live elsewhere")})
	r.ended(outputs)
	for cell, want := range map[string]bool{"live": true, "live, seen": true, "live too": true, "draft": false, "live elsewhere": false} {
		if g.mayShow("a.card fa", cell) != want {
			t.Errorf("%q may be shown: %v", cell, !want)
		}
	}
}
