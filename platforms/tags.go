package platforms

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Hashtags returns the hashtags in the text without their sign: letters, marks,
// digits, underscores and the joiners of Persian and other scripts, with at least
// one letter, not glued to a word before them and not inside an address
// (twitter-text 3.1.0, validHashtag; Telegram and Instagram read Persian alike).
func Hashtags(s string) []string { return names(s, tagged(s, hashtagAt)) }

// HashtagSpans returns where the hashtags are, each with its sign.
func HashtagSpans(s string) []Span { return exported(tagged(s, hashtagAt)) }

// Mentions returns the names behind an @ that is not part of an e-mail address
// or of a web address: Latin letters, digits, dots and underscores.
func Mentions(s string) []string { return names(s, tagged(s, mentionAt)) }

// names returns what stands in the spans behind their signs.
func names(s string, spans []span) []string {
	var found []string
	for _, at := range spans {
		_, sign := utf8.DecodeRuneInString(s[at.from:])
		found = append(found, s[at.from+sign:at.to])
	}
	return found
}

// tagged collects where find sees something outside of addresses; find returns
// the name behind the sign at the start of rest, or "".
func tagged(s string, find func(before rune, rest string) string) []span {
	var found []span
	inside := links(s)
	before := rune(0)
	for i := 0; i < len(s); {
		for len(inside) > 0 && inside[0].to <= i {
			inside = inside[1:]
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if len(inside) == 0 || i < inside[0].from {
			if name := find(before, s[i:]); name != "" {
				found = append(found, span{i, i + size + len(name)})
			}
		}
		before = r
		i += size
	}
	return found
}

func hashtagAt(before rune, rest string) string {
	sign, size := utf8.DecodeRuneInString(rest)
	if sign != '#' && sign != '＃' || before == '&' || before != variant && hashtagRune(before) {
		return ""
	}
	rest = rest[size:]
	end := countPrefix(rest, hashtagRune)
	name, after := rest[:end], rest[end:]
	switch {
	case strings.IndexFunc(name, hashtagLetter) < 0,
		strings.HasPrefix(name, string(variant)), strings.HasPrefix(name, string(keycap)),
		strings.HasPrefix(after, "#"), strings.HasPrefix(after, "＃"), strings.HasPrefix(after, "://"):
		return ""
	}
	return name
}

func hashtagLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }

func hashtagRune(r rune) bool {
	return hashtagLetter(r) || unicode.Is(unicode.Nd, r) ||
		r != 0 && strings.ContainsRune("_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7", r)
}

func mentionAt(before rune, rest string) string {
	sign, size := utf8.DecodeRuneInString(rest)
	if sign != '@' && sign != '＠' || before != 0 && (asciiAlnum(before) || strings.ContainsRune("_!#$%&*@＠", before)) {
		return ""
	}
	rest = rest[size:]
	end := countPrefix(rest, func(r rune) bool { return asciiAlnum(r) || r == '_' || r == '.' })
	after := rest[end:]
	if strings.HasPrefix(after, "@") || strings.HasPrefix(after, "://") {
		return ""
	}
	return strings.TrimRight(rest[:end], ".")
}
