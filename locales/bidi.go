package locales

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// The marks that steer direction and survive Telegram (persian.md section 4).
const (
	lri = "\u2066"
	fsi = "\u2068"
	pdi = "\u2069"
	rlm = "\u200f"
	lrm = "\u200e"

	joiner = "\u2060" // forbids a break and has no width
)

var latinName = regexp.MustCompile(`(^|[\s(])([/@]` + joiner + `?[A-Za-z])`)

// NoMention is a name with an @ of which Telegram makes no link: a joiner, which nobody
// sees, stands behind the @.
func NoMention(name string) string {
	if rest, ok := strings.CutPrefix(name, "@"); ok {
		return "@" + joiner + rest
	}
	return name
}

// Steady puts a mark before commands and handles among Persian words. Without it
// their slash or @ would take the direction of the words, and stand behind the name.
func Steady(words string) string {
	if !strings.ContainsAny(words, "/@") {
		return words
	}
	if !strings.ContainsFunc(words, func(r rune) bool { return strong(r) < 0 }) {
		return words
	}
	return latinName.ReplaceAllString(words, "${1}"+lrm+"${2}")
}

// Isolate keeps a value from disturbing the direction of what stands around it.
// An isolate ends with its line, so each line gets its own.
func Isolate(s string) string {
	if s == "" {
		return ""
	}
	if strings.Contains(s, "\n") {
		s = strings.ReplaceAll(s, "\n", pdi+"\n"+fsi)
	}
	return fsi + Steady(s) + pdi
}

// CleanIncoming takes out of people's text what would steer our own lines:
// embeddings, overrides and isolates, so that none is left open either. ZWNJ and
// ZWJ stay: Persian and emoji need them.
func CleanIncoming(s string) string {
	if !strings.ContainsFunc(s, steers) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if steers(r) {
			return -1
		}
		return r
	}, s)
}

func steers(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// Upright puts a mark before each line of a Persian message, in HTML, that has no
// strong letter outside isolates, so that it starts at the right all the same.
func Upright(s, lang string) string { return upright(s, lang, true) }

func upright(s, lang string, inHTML bool) string {
	if lang != "fa" {
		return s
	}
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if line != "" && !hasStrong(line, inHTML) {
			lines[i] = rlm + line
		}
	}
	return strings.Join(lines, "\n")
}

// hasStrong tells whether the line has a letter of its own, outside isolates, tags
// and entities, that settles its direction.
func hasStrong(line string, inHTML bool) bool {
	depth := 0
	var until rune // the end of a tag or an entity that we are in
	for _, r := range line {
		switch {
		case until != 0:
			if r == until {
				until = 0
			}
		case inHTML && r == '<':
			until = '>'
		case inHTML && r == '&':
			until = ';'
		case r >= 0x2066 && r <= 0x2068:
			depth++
		case r == 0x2069:
			depth = max(0, depth-1)
		case depth == 0 && strong(r) != 0:
			return true
		}
	}
	return false
}

// strong tells which way a letter runs: 1 from the left, -1 from the right, 0 for
// what takes the direction of its surroundings.
func strong(r rune) int {
	switch {
	case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
		return 1
	case r < 0x80:
		return 0
	case r >= 0x621 && r <= 0x64a: // most Persian letters; the rest is looked up
		return -1
	}
	p, _ := bidi.LookupRune(r)
	switch p.Class() {
	case bidi.L:
		return 1
	case bidi.R, bidi.AL:
		return -1
	}
	return 0
}

// bothWays tells whether a text has letters of both directions.
func bothWays(s string) bool {
	left := strings.ContainsFunc(s, func(r rune) bool { return strong(r) > 0 })
	return left && strings.ContainsFunc(s, func(r rune) bool { return strong(r) < 0 })
}
