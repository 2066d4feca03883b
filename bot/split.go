package bot

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxBytes bounds a text before parsing, tags included: Telegram takes 32,768
// bytes (tdlib/telegram-bot-api 10.0), we leave room to close tags.
const maxBytes = 32000

// A piece of Telegram HTML: a tag, or one visible code point (maybe written as
// an entity).
type piece struct {
	raw  string
	r    rune // the visible code point
	tag  bool
	name string // of a tag
	end  bool   // a closing tag
}

// pieces takes Telegram HTML apart. What is not well formed counts as text: it
// is for Telegram to refuse.
func pieces(s string) []piece {
	list := make([]piece, 0, len(s))
	for len(s) > 0 {
		p := first(s)
		list = append(list, p)
		s = s[len(p.raw):]
	}
	return list
}

func first(s string) piece {
	switch s[0] {
	case '<':
		if i := strings.IndexByte(s, '>'); i > 0 {
			return tagPiece(s[:i+1])
		}
	case '&':
		if i := strings.IndexByte(s, ';'); i > 0 && i < 12 {
			if text := html.UnescapeString(s[:i+1]); utf8.RuneCountInString(text) == 1 {
				r, _ := utf8.DecodeRuneInString(text)
				return piece{raw: s[:i+1], r: r}
			}
		}
	}
	r, size := utf8.DecodeRuneInString(s)
	return piece{raw: s[:size], r: r}
}

func tagPiece(raw string) piece {
	name := strings.TrimSuffix(strings.Trim(raw, "<>"), "/")
	end := strings.HasPrefix(name, "/")
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "/"), " ")
	return piece{raw: raw, tag: true, name: strings.ToLower(name), end: end}
}

// Plain is what is left of Telegram HTML without its formatting.
func Plain(s string) string {
	var b strings.Builder
	for _, p := range pieces(s) {
		if !p.tag {
			b.WriteRune(p.r)
		}
	}
	return b.String()
}

// Length counts the code points that Telegram counts: those left after parsing.
func Length(s string) int {
	n := 0
	for _, p := range pieces(s) {
		if !p.tag {
			n++
		}
	}
	return n
}

// split parts Telegram HTML into texts of at most limit visible code points, at
// the end of a line if there is one, else at a space, else between two signs. Tags
// that are open at a seam are closed before it and opened again behind it.
func split(s string, limit int) []string {
	list := pieces(s)
	var parts []string
	var open []piece
	for len(list) > 0 {
		n := seam(list, limit, maxBytes-size(open))
		var b strings.Builder
		for _, p := range open {
			b.WriteString(p.raw)
		}
		for _, p := range list[:n] {
			b.WriteString(p.raw)
			open = track(open, p)
		}
		for i := len(open) - 1; i >= 0; i-- {
			b.WriteString("</" + open[i].name + ">")
		}
		list = list[n:]
		if text := b.String(); strings.TrimSpace(Plain(text)) != "" {
			parts = append(parts, text)
		}
	}
	return parts
}

func size(list []piece) int {
	n := 0
	for _, p := range list {
		n += len(p.raw) + len(p.name) + 3
	}
	return n
}

// track keeps the list of tags that are open behind p.
func track(open []piece, p piece) []piece {
	switch {
	case !p.tag:
		return open
	case !p.end:
		return append(open[:len(open):len(open)], p)
	case len(open) > 0 && open[len(open)-1].name == p.name:
		return open[:len(open)-1]
	}
	return open
}

// seam is how many pieces go into the next part: all, or as many as fit, up to
// the last good place.
func seam(list []piece, limit, bytes int) int {
	visible, size, line, space, any := 0, 0, 0, 0, 0
	for i, p := range list {
		size += len(p.raw) + len(p.name) + 3
		if !p.tag {
			visible++
		}
		if visible > limit || size > bytes && i > 0 {
			return best(i, line, space, any)
		}
		switch {
		case p.tag:
		case p.r == '\n':
			line = i + 1
		case unicode.IsSpace(p.r):
			space = i + 1
		}
		if i+1 < len(list) && between(p, list[i+1]) {
			any = i + 1
		}
	}
	return len(list)
}

// best prefers the end of a line unless that would waste most of the message.
func best(full, line, space, any int) int {
	for _, at := range []int{line, space} {
		if at > full/2 {
			return at
		}
	}
	switch {
	case line > 0:
		return line
	case space > 0:
		return space
	case any > 0:
		return any
	}
	return full
}

// between tells whether a text may be cut between two pieces: not inside of what
// is read as one sign.
func between(a, b piece) bool {
	const joiner, selector = '\u200d', '\ufe0f'
	if a.tag || b.tag {
		return !b.end
	}
	return a.r != joiner && b.r != joiner && b.r != selector && !unicode.Is(unicode.Mn, b.r) && !unicode.Is(unicode.Sk, b.r)
}
