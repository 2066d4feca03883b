package platforms

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// A span is a stretch of a string, in bytes.
type span struct{ from, to int }

// A Span is a stretch of a text, in bytes of its UTF-8: From is in it, To is not.
type Span struct{ From, To int }

// LinkSpans returns where the addresses are that Links returns.
func LinkSpans(s string) []Span { return exported(links(s)) }

func exported(spans []span) []Span {
	var found []Span
	for _, at := range spans {
		found = append(found, Span{at.from, at.to})
	}
	return found
}

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
const maxHost = 300

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
		if near := f.tops[next].from - maxHost; near > i {
			i = runeStart(s, near)
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

// runeStart returns the first place from i on where a character may begin.
func runeStart(s string, i int) int {
	for !utf8.RuneStart(s[i]) {
		i++
	}
	return i
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

// hostEnd returns the end of the longest host that begins at from: labels, each
// with its dot, and a known top-level domain. 0: there is none.
func (f finder) hostEnd(from int) int {
	next := f.nextTop(from)
	if next == len(f.tops) || f.tops[next].from > from+maxHost {
		return 0
	}
	room := f.s[:min(len(f.s), from+maxHost)]
	end, start := 0, from
	for {
		dot := strings.IndexByte(room[start:], '.')
		if dot < 0 || !validLabel(room[start:start+dot]) {
			return end
		}
		under := strings.IndexByte(room[start:start+dot], '_') >= 0
		start += dot + 1
		for next < len(f.tops) && f.tops[next].from < start {
			next++
		}
		if next == len(f.tops) {
			return end
		}
		if f.tops[next].from == start && !under {
			end = f.tops[next].to
		}
	}
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
