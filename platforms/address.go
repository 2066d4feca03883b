package platforms

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// tldList holds the top-level domains by which X finds an address that has no
// "https://" (twitter-text 3.1.0, validGTLD and validCCTLD, read 2026-11-23).
//
//go:embed tlds.txt
var tldList string

var tlds = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Fields(tldList) {
		set[name] = true
	}
	return set
})

// maxTLD is the length of the longest non-Latin top-level domain, in bytes.
const maxTLD = 40

// glued tells whether a character before an address makes it part of a word, an
// e-mail address, a hashtag or a cashtag.
func glued(r rune) bool {
	return asciiAlnum(r) || strings.ContainsRune("@＠$#＃\uFFFE\uFEFF\uFFFF", r)
}

func asciiAlnum(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// labelRune tells whether r may begin and end a label of a host: all but
// punctuation, spaces, direction marks and non-characters.
func labelRune(r rune) bool {
	switch {
	case r < 0x80:
		return asciiAlnum(r) || r == '"' || r == '`' || r < 0x09 || r > 0x0D && r < 0x20 || r == 0x7F
	case r == 0x85, r == 0xA0, r == 0x1680, r == 0x180E, r >= 0x2000 && r <= 0x200A,
		r == 0x2028, r == 0x2029, r == 0x202F, r == 0x205F, r == 0x3000:
		return false
	case r >= 0x202A && r <= 0x202E, r == 0x061C, r == 0x200E, r == 0x200F, r >= 0x2066 && r <= 0x2069:
		return false
	}
	return r != 0xFFFE && r != 0xFEFF && r != 0xFFFF
}

func hostRune(r rune) bool { return labelRune(r) || r == '-' || r == '_' }

func validLabel(label string) bool {
	first, _ := utf8.DecodeRuneInString(label)
	last, _ := utf8.DecodeLastRuneInString(label)
	return label != "" && labelRune(first) && labelRune(last) && countPrefix(label, hostRune) == len(label)
}

// tldAt returns the length of the top-level domain at the start of s. It must
// not go on with an ASCII letter, a digit, @, + or -; punycode may.
func tldAt(s string) int {
	if len(s) > 4 && strings.EqualFold(s[:4], "xn--") {
		return 4 + countPrefix(s[4:], func(r rune) bool { return r == '-' || asciiAlnum(r) })
	}
	if n := countPrefix(s, asciiAlnum); n > 0 {
		if tlds()[strings.ToLower(s[:n])] && tldEnds(s[n:]) {
			return n
		}
		return 0
	}
	label := countPrefix(s[:min(len(s), maxTLD)], func(r rune) bool { return r >= utf8.RuneSelf })
	for n := label; n > 0; n-- {
		if tlds()[s[:n]] && tldEnds(s[n:]) {
			return n
		}
	}
	return 0
}

func tldEnds(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || !asciiAlnum(r) && r != '@' && r != '+' && r != '-'
}

func countPrefix(s string, ok func(rune) bool) int {
	for i, r := range s {
		if !ok(r) {
			return i
		}
	}
	return len(s)
}

func latinHostRune(r rune) bool { return r == '-' || asciiAlnum(r) || latinAccent(r) }

// latinAccent tells whether X takes r as an accented Latin letter.
func latinAccent(r rune) bool {
	return r >= 0xC0 && r <= 0x24F && r != 0xD7 && r != 0xF7 ||
		r >= 0x300 && r <= 0x36F || r >= 0x1E00 && r <= 0x1EFF ||
		slices.Contains([]rune{0x253, 0x254, 0x256, 0x257, 0x259, 0x25B, 0x263, 0x268, 0x26F, 0x272, 0x289, 0x28B, 0x2BB}, r)
}

// tailEnd returns the end of the address whose host ends at host (a port, a path,
// a query), and whether it has a path.
func tailEnd(s string, host int) (end int, path bool) {
	end = host
	if strings.HasPrefix(s[end:], ":") {
		if n := countPrefix(s[end+1:], func(r rune) bool { return r >= '0' && r <= '9' }); n > 0 {
			end += 1 + n
		}
	}
	if strings.HasPrefix(s[end:], "/") {
		end += 1 + pathLen(s[end+1:])
		path = true
	}
	if strings.HasPrefix(s[end:], "?") {
		end += queryLen(s[end:])
	}
	return end, path
}

// pathLen measures the path at the start of s: up to the last character with
// which a path may end. Brackets count when they close (Wikipedia's addresses).
func pathLen(s string) int {
	end, i := 0, 0
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		n := 0
		if r == '(' {
			n = brackets(s[i:], 2)
		}
		switch {
		case n > 0:
			i += n
			end = i
		case !pathRune(r):
			return end
		default:
			i += size
			if !strings.ContainsRune("!*';:,.$%[]\u2013~@|&", r) {
				end = i
			}
		}
	}
	return end
}

func pathRune(r rune) bool {
	return asciiAlnum(r) || latinAccent(r) || r >= 0x400 && r <= 0x4FF ||
		strings.ContainsRune("!*';:=+,.$/%#[]-\u2013_~@|&", r)
}

// brackets measures a closed bracket at the start of s, nested at most depth deep.
func brackets(s string, depth int) int {
	i := 1
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == ')' && i > 1:
			return i + 1
		case r == '(' && depth > 1:
			n := brackets(s[i:], depth-1)
			if n == 0 {
				return 0
			}
			i += n
		case !pathRune(r):
			return 0
		default:
			i += size
		}
	}
	return 0
}

// queryLen measures the query at the start of s, its question mark included.
func queryLen(s string) int {
	end := 0
	for i := 1; i < len(s); i++ {
		c := rune(s[i])
		switch {
		case asciiAlnum(c) || strings.ContainsRune("-_&=#/", c):
			end = i + 1
		case !strings.ContainsRune("!?*'@();:+$%[].,~|", c):
			return end
		}
	}
	return end
}
