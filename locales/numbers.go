package locales

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"peyk/social"
)

// maxPasted is the longest text that is looked at for numbers, in bytes.
const maxPasted = 4000

// figureWords are how people and networks call what is counted, as Fold spells it: of
// Persian words the beginning, because endings hang on them, and of English ones all.
func figureWords() map[social.Metric][]string {
	return map[social.Metric][]string{
		social.MetricFollowers: {"دنبال", "فالوور", "فالور", "اعضا", "عضو", "مشترک", "follower", "followers", "subscriber", "subscribers", "member", "members", "fans"},
		social.MetricPosts:     {"پست", "post", "posts", "tweets", "pins"},
		social.MetricReach:     {"بازدید", "دیده", "ویو", "نمایش", "ریچ", "دسترسی", "reach", "reached", "view", "views", "impression", "impressions"},
		social.MetricReactions: {"واکنش", "لایک", "پسند", "ریاکشن", "reaction", "reactions", "like", "likes"},
		social.MetricComments:  {"نظر", "کامنت", "دیدگاه", "comment", "comments", "replies"},
		social.MetricShares:    {"اشتراک", "بازنشر", "share", "shares", "repost", "reposts", "retweets"},
		social.MetricClicks:    {"کلیک", "click", "clicks"},
	}
}

// TypedNumbers are figures that somebody has typed or pasted.
type TypedNumbers struct {
	Told []social.Reading
	Odd  []string // numbers that stand with no word, as they were typed
}

// Left names, in the reader's digits, what stands with no word.
func (n TypedNumbers) Left(say Printer) string {
	return say.digits(strings.Join(n.Odd, say.Plain("list.comma")))
}

var (
	// notCounts are dates, times, ranges, shares of a hundred and changes.
	notCounts = regexp.MustCompile(`\d+(?:[/:\-]\d+)+|\+?\d+(?:[.,]\d+)*\s*(?:%|درصد|percent)|\+\d+(?:[.,]\d+)*`)
	typedPart = regexp.MustCompile(`(-?)(\d{1,3}(?:,\d{3})+|\d{1,3}(?:['’]\d{3})+|\d{1,3}(?: \d{3})+|\d+)((?:\.\d+)*)\s*(هزار|میلیون|thousand|million|k\b|m\b)?|[\p{L}]+`)
)

// ReadNumbers reads figures out of words and numbers in any order, in Persian or in
// English, with the digits and separators of either: a word and the number beside it.
// Dates, percentages and changes ("+35") are passed over.
func ReadNumbers(text string) (TypedNumbers, error) {
	if len(text) > maxPasted {
		return TypedNumbers{}, social.ErrNoNumbers
	}
	var p pairing
	for line := range strings.Lines(text) {
		line = notCounts.ReplaceAllString(Fold(line), " ; ")
		for _, found := range typedPart.FindAllStringSubmatch(line, -1) {
			p.take(found)
		}
	}
	p.close()
	told, err := social.CheckNumbers(p.told)
	return TypedNumbers{Told: told, Odd: p.odd}, err
}

// A pairing brings words and numbers together. Whichever comes first in the text is
// always the first of a pair.
type pairing struct {
	told    []social.Reading
	odd     []string
	word    social.Metric // waits for its number
	number  *int64        // waits for its word
	typed   string        // the number as it was typed
	numbers bool          // they come first
	begun   bool
}

func (p *pairing) take(found []string) {
	if found[2] == "" {
		if m := metricOf(found[0]); m != "" {
			p.takeWord(m)
		}
		return
	}
	n, ok := typedNumber(found)
	if !ok {
		p.odd = append(p.odd, strings.TrimSpace(found[0]))
		return
	}
	p.takeNumber(n, strings.TrimSpace(found[0]))
}

func (p *pairing) takeWord(m social.Metric) {
	if p.numbers && p.number != nil {
		p.told = append(p.told, social.Reading{Metric: m, Value: *p.number})
		p.number = nil
		return
	}
	p.begun = true
	p.word = m
}

func (p *pairing) takeNumber(n int64, typed string) {
	switch {
	case !p.begun:
		p.begun, p.numbers = true, true
	case p.word != "" && !p.numbers:
		p.told = append(p.told, social.Reading{Metric: p.word, Value: n})
		p.word = ""
		return
	}
	p.close()
	p.number, p.typed = &n, typed
}

// close gives up a number that has found no word.
func (p *pairing) close() {
	if p.number != nil {
		p.odd = append(p.odd, p.typed)
	}
	p.number = nil
}

func metricOf(word string) social.Metric {
	for m, words := range figureWords() {
		if slices.ContainsFunc(words, func(w string) bool {
			return w == word || w[0] > 0x7f && strings.HasPrefix(word, w)
		}) {
			return m
		}
	}
	return ""
}

// typedNumber reads one number. A point parts groups of three like a comma, unless
// thousands or millions are counted: then it stands before a fraction.
func typedNumber(found []string) (int64, bool) {
	whole, rest, unit := strings.NewReplacer(",", "", "'", "", "’", "", " ", "").Replace(found[2]), found[3], found[4]
	scale := map[string]float64{"k": 1e3, "thousand": 1e3, "هزار": 1e3, "m": 1e6, "million": 1e6, "میلیون": 1e6}[unit]
	if scale == 0 {
		for _, group := range strings.Split(rest, ".")[1:] {
			if len(group) != 3 {
				return 0, false
			}
			whole += group
		}
		rest, scale = "", 1
	}
	f, err := strconv.ParseFloat(found[1]+whole+rest, 64)
	switch {
	case math.IsInf(f, 0) || math.Abs(f*scale) > math.MaxInt64/2:
		return math.MaxInt64 / 2, true // whatever it is, it is too much
	case err != nil:
		return 0, false
	}
	return int64(math.Round(f * scale)), true
}
