package pictures

import (
	"encoding/json"
	"image/color"
	"math"
	"os"
	"strings"
	"sync"
	"testing"

	"peyk/social"
)

func pen(t testing.TB, rtl bool) *board {
	t.Helper()
	return painter(t).board(rtl, shadeOf(0))
}

// Text is as wide as a browser makes it (Chromium, which shapes with HarfBuzz too).
func TestTextIsAsWideAsInABrowser(t *testing.T) {
	var all []struct {
		Text  string
		Size  float64
		Bold  bool
		RTL   bool
		Width float64
	}
	data, err := os.ReadFile("testdata/widths.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &all); err != nil || len(all) < 40 {
		t.Fatal(len(all), err)
	}
	pens := map[bool]*board{false: pen(t, false), true: pen(t, true)}
	for _, c := range all {
		b := pens[c.RTL]
		if got := b.shape(b.clean(c.Text), style{c.Size, c.Bold}).width; math.Abs(got-c.Width) > c.Width*0.01 {
			t.Errorf("%q at %g: %.2f px, a browser says %.2f", c.Text, c.Size, got, c.Width)
		}
	}
}

// Letters are joined, which makes a word narrower than its letters apart.
func TestLettersJoin(t *testing.T) {
	b := pen(t, true)
	joined := b.shape([]rune("بهار"), style{60, false}).width
	parted := b.shape([]rune("ب\u200cه\u200cا\u200cر"), style{60, false}).width
	if joined >= parted*0.9 {
		t.Errorf("joined %.1f px, apart %.1f px", joined, parted)
	}
}

// Runs stand in the order in which people read them, numbers within words of the
// other direction too.
func TestRunsAreInOrder(t *testing.T) {
	for _, c := range []struct {
		rtl        bool
		text, want string
	}{
		{false, "ab چای ۱۲ سبز cd", "ab |سبز| ۱۲ |چای| cd"},
		{true, "چای ab ۱۲ سبز", "سبز| |ab ۱۲| |چای"},
		{true, "۱۲ از ۶۱", "۶۱|از|۱۲"},
	} {
		b := pen(t, c.rtl)
		runes := b.clean(c.text)
		var seen []string
		for _, run := range b.shape(runes, style{20, false}).runs {
			seen = append(seen, strings.TrimSpace(string(runes[run.Runes.Offset:run.Runes.Offset+run.Runes.Count])))
		}
		want := strings.Split(c.want, "|")
		for i := range want {
			want[i] = strings.TrimSpace(want[i])
		}
		if got := strings.Join(seen, "|"); got != strings.Join(want, "|") && got != strings.ReplaceAll(strings.Join(want, "|"), "||", "|") {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

// What the font lacks is left out, with what only belonged to it.
func TestMissingGlyphsAreLeftOut(t *testing.T) {
	b := pen(t, false)
	for text, want := range map[string]string{
		"🌸 Tea 👨‍👩‍👧 茶 ✅ house ❤️": "Tea house", "کتاب‌خانه": "کتاب‌خانه", "a\x00\tb\nc": "a b c", "\u202eab": "ab", "🎉": "", "می‌": "می",
	} {
		if got := string(b.clean(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := b.initial("🌸 «کافه»"); got != "ک" {
		t.Errorf("initial: %q", got)
	}
}

// The pale and the full colour of every brand
// are read on each other.
func TestShadesAreReadable(t *testing.T) {
	for n := range int64(8) {
		s := shadeOf(n)
		if c := contrast(s.full, white); c < 4.5 {
			t.Errorf("%d: white has a contrast of %.1f", n, c)
		}
		if c := contrast(s.full, s.pale); c < 3 {
			t.Errorf("%d: the badge has a contrast of %.1f", n, c)
		}
	}
	for _, pair := range [][2]color.RGBA{{muted, paper}, {muted, white}, {green, greens}, {red, reds}, {muted, greys}, {ink, white}} {
		if c := contrast(pair[0], pair[1]); c < 4.5 {
			t.Errorf("%v on %v has a contrast of %.1f", pair[0], pair[1], c)
		}
	}
	if shadeOf(-3) != shadeOf(5) || shadeOf(1) == shadeOf(2) {
		t.Error("shades do not follow the number")
	}
}

func contrast(a, b color.RGBA) float64 {
	light := func(c color.RGBA) float64 {
		one := func(v uint8) float64 {
			f := float64(v) / 255
			if f <= 0.04045 {
				return f / 12.92
			}
			return math.Pow((f+0.055)/1.055, 2.4)
		}
		return 0.2126*one(c.R) + 0.7152*one(c.G) + 0.0722*one(c.B)
	}
	x, y := light(a)+0.05, light(b)+0.05
	return max(x, y) / min(x, y)
}

// Any text is drawn, and none is wider than its room.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "…", "کافه نوبهار", "a\u2067ب\u2069", "\u200c\u200d", "👨‍👩‍👧", "ééé", strings.Repeat("W", 500), "\xff\xfe", "שלום", "ﷺ", "ا\u0651\u064e\u0652", "12٬34 (ab] گ"} {
		f.Add(s, uint16(300))
	}
	p := painter(f)
	boards := sync.Pool{New: func() any { // a pair for each that tries at once
		return &[2]*board{p.board(false, shadeOf(1)), p.board(true, shadeOf(1))}
	}}
	f.Fuzz(func(t *testing.T, text string, room uint16) {
		both, _ := boards.Get().(*[2]*board)
		defer boards.Put(both)
		for _, b := range both {
			rtl := b.rtl
			width := float64(room % 1000)
			for _, l := range append(b.wrap(text, style{30, true}, width, 2), b.fit(text, style{58, false}, width)) {
				if l.width > width {
					t.Fatalf("%q is %.1f px wide, in %.1f", text, l.width, width)
				}
				b.write(l, 0, 100, ink)
			}
			b.card(social.Picture{RTL: rtl, Brand: text, Subtitle: text, Badge: text, Advice: text, Foot: text, Tiles: []social.Tile{{Label: text, Value: text, Change: text, Way: 1, Note: text}},
				Chart: social.Chart{Title: text, Bar: text, Line: text, Empty: text, Days: []social.Column{{Name: text, Date: text, Bar: social.Amount{Known: true, N: int64(room), Words: text}}}}})
		}
	})
}
