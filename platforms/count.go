package platforms

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"
)

// A Unit is the way in which a platform counts the length of a text.
type Unit string

// The units.
const (
	CodePoints Unit = "code_points" // Telegram
	UTF16      Unit = "utf16"       // what browsers and most apps count
	Weighted   Unit = "weighted"    // X: twitter-text v3
	LittleText Unit = "little_text" // LinkedIn: UTF-16 after escaping its reserved characters
	Clusters   Unit = "graphemes"   // Bluesky: what readers see as characters
	Toots      Unit = "toots"       // Mastodon: the same, with addresses and people elsewhere cut short
)

// Count measures the text in the unit; an unknown unit counts as UTF16, the
// strictest of the plain ones.
func Count(s string, unit Unit) int {
	switch unit {
	case CodePoints:
		return utf8.RuneCountInString(s)
	case Weighted:
		return weighted(s)
	case LittleText:
		return units(s) + reserved(s)
	case Clusters:
		return Graphemes(s)
	case Toots:
		return toot(s, tootLink)
	}
	return units(s)
}

// count measures the text as the row does.
func (r Row) count(s string) int {
	if r.Unit == Toots && r.Link > 0 {
		return toot(s, r.Link)
	}
	return Count(s, r.Unit)
}

// Graphemes counts what readers see as characters.
func Graphemes(s string) int { return uniseg.GraphemeClusterCount(s) }

// room is how long this text may be in the row's unit: where the row limits the
// bytes too, no more than what fits into them.
func (r Row) room(s string) int {
	if r.Bytes == 0 || int64(len(s)) <= r.Bytes || r.Unit != Clusters {
		return r.Max
	}
	fits, rest, state := 0, s, -1
	for used := 0; fits < r.Max && rest != ""; fits++ {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if used += len(cluster); int64(used) > r.Bytes {
			break
		}
	}
	return fits
}

func units(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// littleText lists the characters that LinkedIn's commentary takes only behind a
// backslash; unescaped they cut the text short (platforms.md 1.5).
const littleText = `|{}@[]()<>#*_~\`

func reserved(s string) int {
	n := 0
	for _, r := range s {
		if strings.ContainsRune(littleText, r) {
			n++
		}
	}
	return n
}

// The weights of twitter-text's configuration v3, in hundredths.
const (
	light     = 100
	heavy     = 200
	linkUnits = 2300
	scale     = 100
)

// weighted counts as X does: after NFC, an address 23, an emoji sequence 2, the
// four light ranges 1, everything else 2.
func weighted(s string) int {
	s = norm.NFC.String(s)
	found := links(s)
	total := 0
	for i := 0; i < len(s); {
		if len(found) > 0 && found[0].from == i {
			total += linkUnits
			i, found = found[0].to, found[1:]
			continue
		}
		if n := emoji(s[i:]); n > 0 {
			total += heavy
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		total += weight(r)
		i += size
	}
	return total / scale
}

func weight(r rune) int {
	switch {
	case r <= 4351, r >= 8192 && r <= 8205, r >= 8208 && r <= 8223, r >= 8242 && r <= 8247:
		return light
	}
	return heavy
}
