package platforms

import (
	_ "embed"
	"slices"
	"sort"
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

// A span is a stretch of a string, in bytes.
type span struct{ from, to int }

// Links returns the addresses in the text as X finds them: with http(s) any
// host, without it hosts in Latin letters only.
func Links(s string) []string {
	var found []string
	for _, at := range links(s) {
		found = append(found, s[at.from:at.to])
	}
	return found
}

// maxHost bounds the search for a host's end, in bytes: a name has at most 253
// characters, so a longer run of host characters is text, not an address.
const maxHost = 512

// A finder looks for addresses in s. Tops are the places where a top-level
// domain stands behind a dot, found once, so that a paste of nothing but dots
// costs no more than its length.
type finder struct {
	s    string
	tops []span
}

// links finds the addresses in s, in order, never overlapping. It follows
// twitter-text 3.1.0 (extractUrlsWithIndices), whose pattern eats the character
// before an address: an address cannot begin where the one before it ended.
func links(s string) []span {
	f := finder{s: s, tops: topLevels(s)}
	var found []span
	floor := 0
	for i := 0; i < len(s); {
		next := f.nextTop(i)
		if next == len(f.tops) {
			return found
		}
		i = max(i, f.tops[next].from-maxHost)
		for !utf8.RuneStart(s[i]) {
			i++
		}
		here, end := f.around(i, floor)
		if end > 0 {
			found = append(found, here...)
			i, floor = end, end
			continue
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return found
}

// around finds the addresses whose host begins at i, or, at the start of the
// text, behind the first character, which the pattern would rather eat.
func (f finder) around(i, floor int) ([]span, int) {
	if r, size := utf8.DecodeRuneInString(f.s[i:]); i == 0 && !glued(r) {
		if here, end := f.at(size, floor); end > 0 {
			return here, end
		}
	}
	return f.at(i, floor)
}

// topLevels finds every top-level domain behind a dot.
func topLevels(s string) []span {
	var tops []span
	for i := 0; i < len(s); i++ {
		if s[i] != '.' {
			continue
		}
		if n := tldAt(s[i+1:]); n > 0 {
			tops = append(tops, span{i + 1, i + 1 + n})
		}
	}
	return tops
}

// nextTop returns the index of the first top-level domain behind place.
func (f finder) nextTop(place int) int {
	return sort.Search(len(f.tops), func(i int) bool { return f.tops[i].from > place })
}

// topAt returns the end of the top-level domain that begins at place, or 0.
func (f finder) topAt(place int) int {
	if i := f.nextTop(place - 1); i < len(f.tops) && f.tops[i].from == place {
		return f.tops[i].to
	}
	return 0
}

// at finds the addresses whose host begins at from, and the end of what was read
// for them; 0: no host begins there.
func (f finder) at(from, floor int) ([]span, int) {
	scheme := schemeBefore(f.s[floor:from], floor == 0)
	if scheme == 0 && !loose(f.s, from, floor) {
		return nil, 0
	}
	host := f.hostEnd(from)
	if host == 0 {
		return nil, 0
	}
	end, path := tailEnd(f.s, host)
	if scheme > 0 {
		return []span{{from - scheme, end}}, end
	}
	if prev, _ := utf8.DecodeLastRuneInString(f.s[:from]); from > 0 && strings.ContainsRune("-_./", prev) {
		return nil, end
	}
	found := f.latinHosts(from, host)
	if len(found) > 0 && path {
		found[len(found)-1].to = end
	}
	return found, end
}

// loose tells whether an address without a scheme may begin at from.
func loose(s string, from, floor int) bool {
	if from == 0 {
		return true
	}
	prev, size := utf8.DecodeLastRuneInString(s[:from])
	return from-size >= floor && !glued(prev)
}

// schemeBefore returns the length of the http:// or https:// in which s ends, 0
// when there is none or it is glued to a word. At the start of the whole text
// nothing need stand before it; elsewhere a character must.
func schemeBefore(s string, start bool) int {
	for _, scheme := range []string{"https://", "http://"} {
		cut := len(s) - len(scheme)
		if cut < 0 || !strings.EqualFold(s[cut:], scheme) {
			continue
		}
		prev, _ := utf8.DecodeLastRuneInString(s[:cut])
		if cut == 0 && start || cut > 0 && !glued(prev) {
			return len(scheme)
		}
	}
	return 0
}

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

// hostEnd returns the end of the longest host that begins at from: labels, each
// with its dot, and a known top-level domain. 0: there is none.
func (f finder) hostEnd(from int) int {
	next := f.nextTop(from)
	if next == len(f.tops) || f.tops[next].from > from+maxHost {
		return 0
	}
	end, start := 0, from
	for {
		dot := strings.IndexByte(f.s[start:min(len(f.s), from+maxHost)], '.')
		if dot < 0 || !validLabel(f.s[start:start+dot]) {
			return end
		}
		under := strings.Contains(f.s[start:start+dot], "_")
		start += dot + 1
		if top := f.topAt(start); top > 0 && !under {
			end = top
		}
	}
}

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
	if n := countPrefix(s, func(r rune) bool { return asciiAlnum(r) }); n > 0 {
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

// latinHosts returns the parts of the text that are hosts in Latin letters.
func (f finder) latinHosts(from, to int) []span {
	var found []span
	for i := from; i < to; {
		r, size := utf8.DecodeRuneInString(f.s[i:to])
		if !latinHostRune(r) {
			i += size
			continue
		}
		run := i + countPrefix(f.s[i:to], func(r rune) bool { return r == '.' || latinHostRune(r) })
		end := f.latinHostEnd(i, run)
		if end > i {
			found = append(found, span{i, end})
		}
		i = max(end, run)
	}
	return found
}

func (f finder) latinHostEnd(from, to int) int {
	end, start := 0, from
	for {
		dot := strings.IndexByte(f.s[start:to], '.')
		if dot <= 0 {
			return end
		}
		start += dot + 1
		end = max(end, f.topAt(start))
	}
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
