package locales

import (
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// The marks that steer direction and survive Telegram (persian.md section 4).
const (
	lri = "\u2066"
	fsi = "\u2068"
	pdi = "\u2069"
	rlm = "\u200f"
)

// Isolate keeps a value from disturbing the direction of what stands around it.
func Isolate(s string) string {
	if s == "" {
		return ""
	}
	return fsi + s + pdi
}

// CleanIncoming takes out of people's text what would steer our own lines:
// embeddings, overrides and isolates. ZWNJ and ZWJ stay: Persian needs them.
func CleanIncoming(s string) string {
	return strings.Map(func(r rune) rune {
		if (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) {
			return -1
		}
		return r
	}, s)
}

// Upright puts a mark before each line of a Persian message that has no strong
// letter outside isolates, so that it starts at the right all the same.
func Upright(s, lang string) string {
	if lang != "fa" {
		return s
	}
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if line != "" && !hasStrong(line) {
			lines[i] = rlm + line
		}
	}
	return strings.Join(lines, "\n")
}

// hasStrong tells whether the line has a letter of its own, outside isolates and
// tags, that settles its direction.
func hasStrong(line string) bool {
	depth, inTag := 0, false
	for _, r := range line {
		switch {
		case r == '<':
			inTag = true
		case r == '>':
			inTag = false
		case inTag:
		case r >= 0x2066 && r <= 0x2068:
			depth++
		case r == 0x2069:
			depth = max(0, depth-1)
		case depth == 0:
			p, _ := bidi.LookupRune(r)
			if c := p.Class(); c == bidi.L || c == bidi.R || c == bidi.AL {
				return true
			}
		}
	}
	return false
}
