package emulator

import (
	"fmt"
	"strconv"
	"strings"
)

// word is one part of a script's line; quoted ones are texts, never key words.
type word struct {
	text   string
	quoted bool
}

// split cuts a line into words and quoted texts, up to a comment.
func split(line string) ([]word, error) {
	var out []word
	rest := strings.TrimSpace(line)
	for rest != "" && rest[0] != '#' {
		if rest[0] != '"' {
			end := strings.IndexAny(rest, " \t")
			if end < 0 {
				end = len(rest)
			}
			out = append(out, word{text: rest[:end]})
			rest = strings.TrimSpace(rest[end:])
			continue
		}
		end := closing(rest)
		if end < 0 {
			return nil, fmt.Errorf("a quote is not closed")
		}
		out = append(out, word{text: unquoted(rest[:end+1]), quoted: true})
		rest = strings.TrimSpace(rest[end+1:])
	}
	return out, nil
}

// closing finds the quote that ends the text beginning at s[0].
func closing(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// unquoted reads Go's escapes; a text that is no Go string stays as it is between the quotes.
func unquoted(s string) string {
	if text, err := strconv.Unquote(s); err == nil {
		return text
	}
	return s[1 : len(s)-1]
}

// args are the words of a line that are not used yet. Reading past the end is noted and told by done.
type args struct {
	words []word
	short bool
}

// next takes a word; empty at the end of the line.
func (a *args) next() string {
	if len(a.words) == 0 {
		a.short = true
		return ""
	}
	w := a.words[0]
	a.words = a.words[1:]
	return w.text
}

// take takes a key word, if it comes next.
func (a *args) take(key string) bool {
	if len(a.words) == 0 || a.words[0].quoted || a.words[0].text != key {
		return false
	}
	a.words = a.words[1:]
	return true
}

// maybe takes a quoted text, if one comes next.
func (a *args) maybe() (string, bool) {
	if len(a.words) == 0 || !a.words[0].quoted {
		return "", false
	}
	return a.next(), true
}

// texts takes all quoted texts that come next; there must be one.
func (a *args) texts() []string {
	var out []string
	for {
		s, ok := a.maybe()
		if !ok {
			a.short = a.short || len(out) == 0
			return out
		}
		out = append(out, s)
	}
}

// rest takes all words that are left.
func (a *args) rest() []string {
	var out []string
	for len(a.words) > 0 {
		out = append(out, a.next())
	}
	return out
}

func (a *args) number() (int, error) {
	s := a.next()
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, fmt.Errorf("%q is no number", s)
	}
	return n, nil
}

// done refuses lines with too few or too many words.
func (a *args) done() error {
	if a.short {
		return errMissing
	}
	if len(a.words) > 0 {
		return fmt.Errorf("%q is too much in this line", a.words[0].text)
	}
	return nil
}
