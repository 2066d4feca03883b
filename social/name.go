package social

import (
	"strings"
	"unicode"
)

// maxName is the longest name of an agency or a brand, in code points.
const maxName = 64

// CleanName makes a typed name fit for showing: one line, single spaces, nothing
// that turns the direction of what stands around it. The joiners that Persian and
// emoji need stay. A name without a letter or digit, or longer than 64 code
// points, is ErrBadName.
func CleanName(typed string) (string, error) {
	kept := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == '\u200c' || r == '\u200d': // ZWNJ, ZWJ
			return r
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, typed)
	name := strings.Trim(strings.Join(strings.Fields(kept), " "), "\u200c\u200d ")
	readable := strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	if !readable || len([]rune(name)) > maxName {
		return "", ErrBadName
	}
	return name, nil
}
