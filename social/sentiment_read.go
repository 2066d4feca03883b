package social

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is a word, a picture or an address of a comment.
type token struct {
	from, to   int // bytes of the comment
	start, end int // bytes of its folded spelling; none for pictures and addresses
	clause     int
	kind       tokenKind
	drawn      bool // letters were drawn out: three of one, or two Persian ones
}

type tokenKind byte

const (
	aWord tokenKind = iota
	aNumber
	aPicture
	anAddress
)

// A clause is what stands between two marks of punctuation.
type clause struct {
	first   int  // its first token
	asked   bool // it is a question
	hint    bool // it would be one if it said nothing else
	reproof bool // it asks why
	moods   int  // how many words of mood it has
}

// A reading is a comment taken apart, in one pass.
type reading struct {
	text    string
	folded  []byte // the letters of all words, one spelling, without spaces
	tokens  []token
	clauses []clause
}

// readComment takes a comment apart. The time it takes grows with the length and
// with nothing else.
func readComment(text string, book *lexicon) reading {
	r := reading{
		text:    text,
		folded:  make([]byte, 0, len(text)+8),
		tokens:  make([]token, 0, len(text)/6+4),
		clauses: make([]clause, 1, 8),
	}
	fresh := true // at the beginning of what spaces enclose
	for at := 0; at < len(text); {
		c, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case fresh && startsAddress(c) && r.address(at, book):
			at = r.last().to
		case unicode.IsLetter(c) || unicode.IsDigit(c):
			at = r.word(at, book)
		case r.picture(at, size, book):
			at = r.last().to
		default:
			r.mark(c)
			at += size
		}
		fresh = unicode.IsSpace(c)
	}
	return r
}

func (r *reading) last() token { return r.tokens[len(r.tokens)-1] }

// startsAddress spares words in other letters than Latin ones the search for one.
func startsAddress(c rune) bool { return c < utf8.RuneSelf && unicode.IsLetter(c) }

// address takes everything up to the next space if it looks like an address.
func (r *reading) address(at int, book *lexicon) bool {
	end := len(r.text)
	if n := strings.IndexFunc(r.text[at:], unicode.IsSpace); n >= 0 {
		end = at + n
	}
	for _, part := range book.links {
		if strings.Contains(r.text[at:end], part) {
			r.add(token{from: at, to: end, kind: anAddress})
			return true
		}
	}
	return false
}

func (r *reading) add(t token) {
	t.clause = len(r.clauses) - 1
	r.tokens = append(r.tokens, t)
}

// word takes letters, or digits, that belong together, and folds them.
func (r *reading) word(at int, book *lexicon) int {
	t := token{from: at, start: len(r.folded)}
	first, _ := utf8.DecodeRuneInString(r.text[at:])
	digits := unicode.IsDigit(first)
	if digits {
		t.kind = aNumber
	}
	run := 0
	last := utf8.RuneError
	for at < len(r.text) {
		c, size := utf8.DecodeRuneInString(r.text[at:])
		if silent(c) {
			at += size
			continue
		}
		if unicode.IsDigit(c) != digits || !digits && !unicode.IsLetter(c) {
			break
		}
		at += size
		t.to = at
		c = book.fold(c)
		run++
		if c != last || digits {
			run = 1
		}
		t.drawn = t.drawn || run > 2 || run == 2 && c >= utf8.RuneSelf
		r.folded = utf8.AppendRune(r.folded, c)
		last = c
	}
	t.end = len(r.folded)
	r.add(t)
	return at
}

// silent tells whether a rune inside a word is not read: diacritics, joiners,
// marks of direction, the Persian dash that draws letters out, apostrophes.
func silent(c rune) bool {
	if c < utf8.RuneSelf {
		return c == '\'' || c == '`'
	}
	return c == '\u0640' || !unicode.IsLetter(c) && (c == '\u2019' || c == '\u2018' || unicode.In(c, unicode.Mn, unicode.Cf))
}

// fold gives a letter or digit its one spelling.
func (b *lexicon) fold(c rune) rune {
	switch {
	case c < utf8.RuneSelf:
		return unicode.ToLower(c)
	case c >= '\u06f0' && c <= '\u06f9': // Persian digits
		return c - '\u06f0' + '0'
	case c >= '\u0660' && c <= '\u0669': // Arabic digits
		return c - '\u0660' + '0'
	}
	if one, ok := b.spellings[c]; ok {
		return one
	}
	return unicode.ToLower(c)
}

// picture takes an emoji, or a face made of marks such as :-( .
func (r *reading) picture(at, size int, book *lexicon) bool {
	if size > 1 {
		if _, ok := book.cues[r.text[at:at+size]]; !ok {
			return false
		}
		r.add(token{from: at, to: at + size, kind: aPicture})
		return true
	}
	if !strings.ContainsRune(":=(", rune(r.text[at])) {
		return false
	}
	for n := min(3, len(r.text)-at); n >= 2; n-- {
		if _, ok := book.cues[r.text[at:at+n]]; ok {
			r.add(token{from: at, to: at + n, kind: aPicture})
			return true
		}
	}
	return false
}

// mark ends a clause at punctuation; a question mark makes it a question.
func (r *reading) mark(c rune) {
	switch c {
	case '?', '\u061f': // and the Persian one
		r.clauses[len(r.clauses)-1].asked = true
	case '.', '!', ',', ';', ':', '\n', '(', ')', '\u060c', '\u061b', '\u2026':
	default:
		return
	}
	if r.clauses[len(r.clauses)-1].first == len(r.tokens) {
		return // nothing was said since the last mark
	}
	r.clauses = append(r.clauses, clause{first: len(r.tokens)})
}

// phrase returns the folded spelling of n words from one on, if they are words
// of one clause, and from where on it may have an ending: in the last word, after
// its first letters.
func (r *reading) phrase(at, n int) (spelling []byte, tail int, ok bool) {
	if at+n > len(r.tokens) {
		return nil, 0, false
	}
	last := r.tokens[at+n-1]
	if last.kind > aNumber || last.clause != r.tokens[at].clause {
		return nil, 0, false
	}
	first := r.tokens[at].start
	if n > 1 {
		tail = last.start - first + shortestStem
	}
	return r.folded[first:last.end], tail, true
}

// phone tells whether a number is long enough to be called.
func (r *reading) phone(t token) bool {
	return t.kind == aNumber && t.end-t.start >= 10 && !bytes.Equal(r.folded[t.start:t.start+2], []byte("10"))
}
