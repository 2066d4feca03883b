package social

import (
	_ "embed" // the words of tone.txt
	"math"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed words/tone.txt
var toneFile string

// toneWords are the words that tell how a kept reply sounds, by section.
var toneWords = sync.OnceValue(func() map[string][]string {
	found, section := map[string][]string{}, ""
	for line := range strings.Lines(toneFile) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
		default:
			found[section] = append(found[section], Gist(line))
		}
	}
	return found
})

// What a kept reply gains or loses by each thing that speaks for it.
const (
	toneFit   = 4.0 // it consoles who complains, thanks who praises
	sharedFit = 2.0 // for a word of the comment that no other reply has
	moodFit   = 1.0 // for each doubling of its uses for such comments
	useFit    = 0.5 // for each doubling of its uses
)

// Fitting returns the n kept replies that fit a comment best: the one that a rule of
// the brand wants, then those in its language, and of them those that sound right, speak of the same, and were used.
func Fitting(saved []SavedReply, c Comment, n int) []SavedReply {
	saved = slices.DeleteFunc(slices.Clone(saved), func(s SavedReply) bool { return !s.Usable(c.Brand) })
	if len(saved) == 0 {
		return nil
	}
	lang, mood := LangOf(c.Text), c.Mark().Mood
	words, rarity := wordsOf(c.Text), rarities(saved)
	fits := map[int64]float64{}
	for _, s := range saved {
		fits[s.ID] = toneOf(s.Text, mood) + sharedFit*shared(words, wordsOf(s.Text), rarity) +
			moodFit*math.Log2(1+float64(s.Fits[mood])) + useFit*math.Log2(1+float64(s.Uses))
	}
	slices.SortStableFunc(saved, func(a, b SavedReply) int {
		switch wanted := c.suggested(); {
		case (a.ID == wanted) != (b.ID == wanted):
			return boolOrder(a.ID == wanted)
		case (a.Lang == lang) != (b.Lang == lang):
			return boolOrder(a.Lang == lang)
		case fits[a.ID] != fits[b.ID]:
			return boolOrder(fits[a.ID] > fits[b.ID])
		}
		return int(a.ID - b.ID)
	})
	return saved[:min(n, len(saved))]
}

// suggested is the kept reply that a rule wants; 0: none.
func (c *Comment) suggested() int64 {
	if c.Ruled.holds(RuleSuggest) {
		return c.Ruled.Rule.Saved
	}
	return 0
}

// boolOrder puts first what is so.
func boolOrder(first bool) int {
	if first {
		return -1
	}
	return 1
}

// toneOf tells how much the sound of a reply speaks for it, where the comment has
// this mood.
func toneOf(text string, mood Mood) float64 {
	gist := Gist(text)
	has := func(tone string) bool {
		return slices.ContainsFunc(toneWords()[tone], func(w string) bool { return strings.Contains(gist, w) })
	}
	sorry, thanks := has("sorry"), has("thanks")
	switch {
	case mood == Negative && sorry, mood == Positive && thanks && !sorry:
		return toneFit
	case mood == Negative && thanks, mood != Negative && sorry:
		return -toneFit
	}
	return 0
}

// wordsOf are the folded words of a text that are long enough to mean something:
// of three Persian letters, or four others.
func wordsOf(text string) []string {
	r := readComment(text, sentimentWords())
	var words []string
	for _, t := range r.tokens {
		word := string(r.folded[t.start:t.end])
		if t.kind == aWord && len(word) > 3 && utf8.RuneCountInString(word) > 2 && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
}

// rarities tell of each word of the kept replies how much it says: all where one
// reply has it, nothing where all have it.
func rarities(saved []SavedReply) map[string]float64 {
	count := map[string]float64{}
	for _, s := range saved {
		for _, w := range wordsOf(s.Text) {
			count[w]++
		}
	}
	for w, n := range count {
		count[w] = 1
		if all := float64(len(saved)); all > 1 {
			count[w] = (all - n) / (all - 1)
		}
	}
	return count
}

// shared adds up the words of a reply that the comment has too, whatever their
// endings.
func shared(comment, reply []string, rarity map[string]float64) float64 {
	sum := 0.0
	for _, w := range reply {
		if slices.ContainsFunc(comment, func(o string) bool { return related(w, o) }) {
			sum += rarity[w]
		}
	}
	return sum
}

// related tells whether two words are one, but for an ending of up to three letters.
func related(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	rest, ok := strings.CutPrefix(b, a)
	return ok && (rest == "" || utf8.RuneCountInString(a) > 3 && utf8.RuneCountInString(rest) <= 3)
}
