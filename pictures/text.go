package pictures

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/segmenter"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// longestText is how many code points of a text are looked at: more never fit.
const longestText = 400

// least is how far a text is shrunk before it is cut.
const least = 0.72

// A writer shapes text, for one picture: faces and shapers keep caches that are not
// safe for several goroutines.
type writer struct {
	regular, bold *font.Face
	shaper        shaping.HarfbuzzShaper
	rtl           bool // of the paragraphs
}

// A style is how a text looks.
type style struct {
	size float64 // whole: the shaper rounds it up
	bold bool
}

// A line is shaped text, its runs from left to right.
type line struct {
	runs  []shaping.Output
	width float64
	size  float64
	words int // that it was broken from
}

func (w *writer) face(s style) *font.Face {
	if s.bold {
		return w.bold
	}
	return w.regular
}

// clean keeps what the font can draw, with single spaces. Marks of direction stay as
// they work without a glyph, and joiners only where they join letters.
func (w *writer) clean(text string) []rune {
	var kept []rune
	for _, r := range text {
		switch {
		case len(kept) == longestText:
			return trimmed(kept)
		case unicode.IsSpace(r):
			if n := len(kept); n > 0 && kept[n-1] != ' ' {
				kept = append(kept, ' ')
			}
		case r == '\u200c' || r == '\u200d':
			if n := len(kept); n > 0 && unicode.IsLetter(kept[n-1]) {
				kept = append(kept, r)
			}
		case steers(r):
			kept = append(kept, r)
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
		default:
			if _, ok := w.regular.NominalGlyph(r); ok {
				kept = append(kept, r)
			}
		}
	}
	return trimmed(kept)
}

// steers tells whether a rune only says which way text runs.
func steers(r rune) bool {
	return r == '\u200e' || r == '\u200f' || r == '\u061c' || r >= '\u2066' && r <= '\u2069'
}

func trimmed(text []rune) []rune {
	return []rune(strings.TrimRight(string(text), " \u200c\u200d"))
}

// shape lays out one line, whatever its width.
func (w *writer) shape(text []rune, s style) line {
	l := line{size: s.size}
	if len(text) == 0 {
		return l
	}
	var p bidi.Paragraph
	way := bidi.LeftToRight
	if w.rtl {
		way = bidi.RightToLeft
	}
	found := p.Segment(text, way)
	levels := make([]bidi.Level, 0, found.NumRuns())
	start := 0
	for i := range found.NumRuns() {
		run := found.Run(i)
		out := w.shaper.ShapeNoExtents(w.input(text, start, run, s))
		l.runs, levels = append(l.runs, out), append(levels, run.Level)
		l.width += pixels(out.Advance)
		start = run.End
	}
	arrange(l.runs, levels)
	return l
}

func (w *writer) input(text []rune, start int, run bidi.Run, s style) shaping.Input {
	in := shaping.Input{
		Text: text, RunStart: start, RunEnd: run.End, Direction: di.DirectionRTL, Face: w.face(s),
		Size: fixed.Int26_6(s.size * 64), Script: language.Arabic, Language: "fa",
	}
	if run.IsLeftToRight() {
		in.Direction = di.DirectionLTR
		if slices.ContainsFunc(text[start:run.End], func(r rune) bool { return unicode.Is(unicode.Latin, r) }) || !w.rtl {
			in.Script, in.Language = language.Latin, "en"
		}
	}
	return in
}

// arrange puts runs in the order in which they are seen (rule L2 of UAX 9).
func arrange(runs []shaping.Output, levels []bidi.Level) {
	if len(levels) == 0 {
		return
	}
	for level := slices.Max(levels); level > 0; level-- {
		for from := 0; from < len(runs); from++ {
			to := from
			for to < len(runs) && levels[to] >= level {
				to++
			}
			if to > from {
				slices.Reverse(runs[from:to])
				slices.Reverse(levels[from:to])
				from = to
			}
		}
	}
}

// fit lays out one line that is no wider than width: shrunk a little, then cut
// between two graphemes.
func (w *writer) fit(text string, s style, width float64) line {
	runes := w.clean(text)
	l := w.shape(runes, s)
	if l.width <= width {
		return l
	}
	s.size = math.Floor(s.size * max(width/l.width, least))
	if l = w.shape(runes, s); l.width <= width {
		return l
	}
	return w.cut(runes, s, width)
}

// brief is a text in its size, cut where it does not fit.
func (w *writer) brief(text string, s style, width float64) line {
	runes := w.clean(text)
	if l := w.shape(runes, s); l.width <= width {
		return l
	}
	return w.cut(runes, s, width)
}

// cut keeps as many graphemes as fit before an ellipsis.
func (w *writer) cut(text []rune, s style, width float64) line {
	ends := graphemes(text)
	at := func(n int) line {
		kept := append([]rune(nil), text[:ends[n]]...)
		return w.shape(append(trimmed(kept), '…'), s)
	}
	few, many := -1, len(ends) // few fits, many does not
	for many-few > 1 {
		if mid := (few + many) / 2; at(mid).width <= width {
			few = mid
		} else {
			many = mid
		}
	}
	if few < 0 {
		return line{size: s.size}
	}
	return at(few)
}

// graphemes returns where the graphemes of a text end, the empty text first.
func graphemes(text []rune) []int {
	var seg segmenter.Segmenter
	seg.Init(text)
	ends := []int{0}
	for it := seg.GraphemeIterator(); it.Next(); {
		g := it.Grapheme()
		ends = append(ends, g.Offset+len(g.Text))
	}
	return ends
}

// whole lays out one line that is shrunk as far as it must be: of a figure nothing is
// cut, as what is left of it would be another.
func (w *writer) whole(text string, s style, width float64) line {
	runes := w.clean(text)
	l := w.shape(runes, s)
	if l.width <= width {
		return l
	}
	for s.size = math.Floor(s.size * width / l.width); s.size > 0; s.size-- {
		if l = w.shape(runes, s); l.width <= width {
			return l
		}
	}
	return line{}
}

// wrap lays text out in up to n lines of one size: shrunk a little, then cut.
func (w *writer) wrap(text string, s style, width float64, n int) []line {
	words := strings.Fields(string(w.clean(text)))
	small := style{math.Floor(s.size * least), s.bold}
	for ; s.size > small.size; s.size-- {
		if lines := w.lines(words, s, width); len(lines) <= n {
			return lines
		}
	}
	return w.first(words, small, width, n)
}

// text lays out up to n lines in their size; what does not fit is cut.
func (w *writer) text(text string, s style, width float64, n int) []line {
	return w.first(strings.Fields(string(w.clean(text))), s, width, n)
}

// first are the first n lines of some words, the last of them cut where there are more.
func (w *writer) first(words []string, s style, width float64, n int) []line {
	lines := w.lines(words, s, width)
	if len(lines) <= n {
		return lines
	}
	rest := words
	for _, l := range lines[:n-1] {
		rest = rest[l.words:]
	}
	return append(lines[:n-1], w.cut([]rune(strings.Join(rest, " ")), s, width))
}

// lines breaks a text between words. A word that is too long is made to fit.
func (w *writer) lines(words []string, s style, width float64) []line {
	var lines []line
	for len(words) > 0 {
		l, take := w.fit(words[0], s, width), 1
		for take < len(words) {
			longer := w.shape([]rune(strings.Join(words[:take+1], " ")), s)
			if longer.width > width {
				break
			}
			l, take = longer, take+1
		}
		l.words = take
		lines, words = append(lines, l), words[take:]
	}
	return lines
}

// initial is the first letter of a name.
func (w *writer) initial(name string) string {
	runes := w.clean(name)
	at := slices.IndexFunc(runes, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	if at < 0 {
		return ""
	}
	runes = runes[at:]
	return strings.ToUpper(string(runes[:graphemes(runes)[1]]))
}

func pixels(v fixed.Int26_6) float64 { return float64(v) / 64 }
