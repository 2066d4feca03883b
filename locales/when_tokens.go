package locales

import (
	"slices"
	"strings"
	"unicode"
)

// What is longer is no time that somebody typed.
const (
	maxTyped = 400 // bytes
	maxWords = 40
)

// tokens folds a text and parts it into numbers, words and signs, with words
// that belong together as one.
func tokens(text string) ([]string, error) {
	if len(text) > maxTyped {
		return nil, ErrUnknown
	}
	var list []string
	for _, w := range strings.FieldsFunc(Fold(text), quiet) {
		list = append(list, split(w)...)
	}
	list, err := joinWeekdays(join(list))
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || len(list) > maxWords {
		return nil, ErrUnknown
	}
	return list, nil
}

// quiet tells which signs say nothing about a time.
func quiet(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(",;؛!?؟\"'’‘“”«»()[]…", r) || r > unicode.MaxLatin1 && unicode.Is(unicode.So, r)
}

// split parts a word into runs of digits, runs of letters and single signs.
func split(w string) []string {
	var parts []string
	last := -1
	for _, r := range w {
		kind := kindOf(r)
		if kind != last || kind == 2 {
			parts = append(parts, "")
		}
		parts[len(parts)-1] += string(r)
		last = kind
	}
	return parts
}

func kindOf(r rune) int {
	switch {
	case r >= '0' && r <= '9':
		return 0
	case unicode.IsLetter(r):
		return 1
	}
	return 2
}

// join makes one word of those that mean one thing together.
func join(list []string) []string {
	var out []string
	for len(list) > 0 {
		n, as := 1, list[0]
		for _, j := range joined {
			if len(list) >= len(j.words) && slices.Equal(list[:len(j.words)], j.words) {
				n, as = len(j.words), j.as
				break
			}
		}
		if as != "" {
			out = append(out, as)
		}
		list = list[n:]
	}
	return out
}

// joinWeekdays reads «سه شنبه» and «۳شنبه» as one word. After «و» the number may
// be minutes, so that is refused; so is, further on, «ساعت سه شنبه».
func joinWeekdays(list []string) ([]string, error) {
	var out []string
	for i, w := range list {
		if w != "شنبه" || i == 0 || weekdayPrefixes[list[i-1]] == "" || (i > 1 && list[i-2] == ":") {
			out = append(out, w)
			continue
		}
		if i > 1 && list[i-2] == "و" {
			return nil, ErrUnknown
		}
		out[len(out)-1] = weekdayPrefixes[list[i-1]] + w
	}
	return out, nil
}
