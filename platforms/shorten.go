package platforms

import (
	"sort"
	"strings"
	"unicode"

	"peyk/social"
)

// Shorten proposes the longest beginning of the variant's text that the account
// takes: up to the end of a sentence where one ends late enough, otherwise up to a
// word, with an ellipsis. What fits already, and what cannot be made to fit, comes
// back as it is.
func Shorten(a social.Account, v social.Variant) social.Text {
	if fits(a, v, v.Text) {
		return v.Text
	}
	sentences, words := ends(v.Text.Plain)
	word := longest(a, v, words, "…")
	sentence := longest(a, v, sentences, "")
	switch {
	case sentence.Len() > word.Len()*2/3:
		return sentence
	case word.Plain != "":
		return word
	}
	return v.Text
}

func fits(a social.Account, v social.Variant, t social.Text) bool {
	v.Text = t
	n, limit := Length(a, v)
	return n <= limit
}

// longest cuts at the last of the ends at which the text, with what is put behind
// it, fits. Nothing: at none.
func longest(a social.Account, v social.Variant, ends []int, behind string) social.Text {
	cut := func(i int) social.Text {
		t := v.Text.Cut(ends[i])
		t.Plain += behind
		return t
	}
	// A longer text counts more, or nearly so: an address may count less than its
	// first half.
	i := sort.Search(len(ends), func(i int) bool { return !fits(a, v, cut(i)) }) - 1
	for ; i >= 0; i-- {
		if t := cut(i); fits(a, v, t) {
			return t
		}
	}
	return social.Text{}
}

// ends are where sentences and words end, in code points from the beginning; the
// end of the whole is none.
func ends(s string) (sentences, words []int) {
	last, n := ' ', 0
	for _, r := range s {
		if unicode.IsSpace(r) && !unicode.IsSpace(last) {
			if r == '\n' || strings.ContainsRune(".!?؟…۔", last) {
				sentences = append(sentences, n)
			}
			words = append(words, n)
		}
		last = r
		n++
	}
	return sentences, words
}
