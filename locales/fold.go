package locales

import (
	"strings"
	"unicode"
)

// folded are the spellings that count as one when texts are compared.
var folded = strings.NewReplacer(
	"ي", "ی", "ى", "ی", "ئ", "ی", "ك", "ک", "ة", "ه", "ۀ", "ه", "أ", "ا", "إ", "ا", "آ", "ا", "ؤ", "و",
	"\u200c", " ", "\u00a0", " ", "\u202f", " ", "ـ", "", "٫", ".", "٬", ",", "٪", "%", "\u2212", "-", "–", "-", "،", ",",
)

// Fold brings a text into the one spelling in which texts are compared and
// searched: Persian letters, ASCII digits, lower case, single spaces. It is never
// applied to what people publish.
func Fold(s string) string {
	s = folded.Replace(s)
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '۰' && r <= '۹':
			return r - '۰' + '0'
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
