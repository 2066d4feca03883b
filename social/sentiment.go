package social

import (
	"math"
	"slices"
)

// A Mood is how a comment feels about the brand it stands under.
type Mood string

// The moods of a comment. Whatever holds a complaint is negative, with praise
// beside it too: somebody should see to it first.
const (
	Negative Mood = "negative"
	Neutral  Mood = "neutral"
	Positive Mood = "positive"
)

// A Sentiment is what a comment's words say of its writer's mood, and which
// words those were.
type Sentiment struct {
	Score    float64  // from -10 to 10; complaints count more than praise
	Mood     Mood     // negative from -1 down, positive from 1 up
	Question bool     // it asks something
	Spam     bool     // it sells something of its own
	Why      []string // the words that decided, as they stand in the text, in their order
}

// Negative tells whether somebody should see to the comment first.
func (s Sentiment) Negative() bool { return s.Mood == Negative }

// How words count. The numbers were chosen on the part of the labelled comments
// that is there to build on (sentiment_measure_test.go).
const (
	complaintWeight = 2.5 // how much more a complaint counts than praise
	turnedPraise    = 0.6 // praise before a "but"
	turnedComplaint = 0.8
	askedPraise     = 0.4  // "is it good?" is no praise
	askedComplaint  = 0.2  // "does it break?" is no complaint
	deniedPraise    = -0.8 // "not good"
	deniedComplaint = -0.5 // "not bad"
	doubtWeight     = 0.5  // a verb that denies, and nothing that we know
	leastDoubt      = 0.5  // with less nothing is wrong
	mannersDoubt    = 0.5  // who says thanks may be believed
	reach           = 3    // how many words away a word can be denied or strengthened
	firstWords      = 2    // where a question's word counts as its beginning
	longestPhrase   = 7    // words
	strongest       = -3.0 // an insult is one in a question too
	knownPhrase     = 3    // from so many words on a phrase means what it says, in a question too
	spamPoints      = 2.0
	mostWhy         = 6
)

// Judge reads the mood of a comment, in Persian, in English or in both. It knows
// words and not meanings: it marks for people what to look at first.
func Judge(text string) Sentiment {
	h := hearing{reading: readComment(text, sentimentWords()), book: sentimentWords(), turn: -1, denied: -1, raised: -1}
	for at := 0; at < len(h.tokens); {
		at += h.take(at)
	}
	return h.verdict()
}

// A hit is a stretch of the comment that says something.
type hit struct {
	cue
	from, to int // bytes of the comment
	at, n    int // its first token, and how many
	clause   int
	value    float64 // what it says of the mood here
	denied   bool
}

// A hearing goes through a comment from its beginning to its end.
type hearing struct {
	reading
	book   *lexicon
	hits   []hit
	turn   int     // the last token that turned the comment
	denied int     // the token that denies what follows
	denier int     // its hit
	raised int     // the token that strengthens what follows
	factor float64 // by how much
}

// take hears the longest phrase that begins at a token, and tells how long it is.
func (h *hearing) take(at int) int {
	t := h.tokens[at]
	switch {
	case t.kind == aPicture:
		h.hear(h.book.cues[h.text[t.from:t.to]], at, 1)
		return 1
	case t.kind == anAddress || h.phone(t):
		h.hear(cue{spam: 1}, at, 1)
		return 1
	}
	if c, n := h.longest(at); n > 0 {
		h.hear(c, at, n)
		return n
	}
	if h.book.doubts(h.folded[t.start:t.end]) {
		h.hear(cue{doubt: doubtWeight, denies: deniesLast}, at, 1)
	}
	return 1
}

// longest finds the longest phrase that begins at a token, of no words if there
// is none.
func (h *hearing) longest(at int) (found cue, words int) {
	for n := 1; n <= longestPhrase; n++ {
		spelling, tail, ok := h.phrase(at, n)
		if !ok {
			break
		}
		if c, ok := h.book.find(spelling, tail, n == 1 && h.tokens[at].drawn); ok {
			found, words = c, n
		}
		if !h.book.begins(spelling) {
			break
		}
	}
	return found, words
}

// hear lets a cue have its effect.
func (h *hearing) hear(c cue, at, n int) {
	first, last := h.tokens[at], h.tokens[at+n-1]
	heard := hit{cue: c, from: first.from, to: last.to, at: at, n: n, clause: first.clause}
	h.ask(heard)
	switch {
	case c.score != 0:
		h.weigh(&heard)
	case c.denies != deniesLast || !h.denyLast(heard):
		heard.value = -c.doubt
	}
	if c.says() {
		h.hits = append(h.hits, heard)
	}
	if c.denies == deniesNext {
		h.denied, h.denier = at, len(h.hits)-1
	}
	if c.factor != 0 {
		h.raised, h.factor = at, c.factor
	}
	if c.turns {
		h.turn = at
	}
}

// says tells whether a cue is a hit, and not only a help to others.
func (c cue) says() bool {
	return c.score != 0 || c.spam != 0 || c.doubt != 0 || c.asks != asksNever || c.denies == deniesNext
}

func (h *hearing) ask(heard hit) {
	c := &h.clauses[heard.clause]
	switch heard.asks {
	case asksAlways:
		c.asked = true
	case asksFirst:
		c.asked = c.asked || heard.at-c.first < firstWords
	case asksAlone:
		c.hint = true
	}
	c.reproof = c.reproof || heard.reproof
}

// near tells whether a token that was heard before still reaches a hit.
func (h *hearing) near(token int, heard hit) bool {
	return token >= 0 && heard.at-token <= reach && h.tokens[token].clause == heard.clause
}

// weigh gives a hit its value, by what was heard before it.
func (h *hearing) weigh(heard *hit) {
	heard.value = heard.score
	if h.near(h.raised, *heard) {
		heard.value *= h.factor
		h.raised = -1
	}
	if h.near(h.denied, *heard) && !heard.phrase() {
		heard.from = h.tokens[h.denied].from
		heard.deny()
		h.denied, h.hits[h.denier].value = -1, 0
	}
	if !heard.polite {
		h.clauses[heard.clause].moods++
	}
}

// denyLast turns the last hit round, if it is near enough and has a mood.
func (h *hearing) denyLast(by hit) bool {
	if len(h.hits) == 0 {
		return false
	}
	last := &h.hits[len(h.hits)-1]
	if last.clause != by.clause || last.score == 0 || last.denied || by.at-last.at-last.n >= reach {
		return false
	}
	if last.phrase() || last.n >= knownPhrase {
		return true
	}
	last.to = by.to
	last.deny()
	return true
}

// phrase tells whether the hit is a complaint of several words, which has a verb
// or a denial of its own.
func (h hit) phrase() bool { return h.value < 0 && h.n > 1 }

func (h *hit) deny() {
	h.denied = true
	if h.value > 0 {
		h.value *= deniedPraise
	} else {
		h.value *= deniedComplaint
	}
}

// verdict adds everything up.
func (h *hearing) verdict() Sentiment {
	s := Sentiment{Question: h.question(), Spam: h.spam() >= spamPoints}
	praise, complaint := h.sum(s.Question)
	if s.Spam && complaint < spamPoints {
		praise, complaint = 0, 0
	}
	s.Score = math.Round(100*max(-10, min(10, praise-complaintWeight*complaint))) / 100
	switch {
	case s.Score <= -1:
		s.Mood = Negative
	case s.Score >= 1:
		s.Mood = Positive
	default:
		s.Mood = Neutral
	}
	s.Why = h.why(s)
	return s
}

// question tells whether something is asked; a hint is enough where no mood shows.
func (h *hearing) question() bool {
	hint, moods := false, 0
	for _, c := range h.clauses {
		if c.asked {
			return true
		}
		hint = hint || c.hint
		moods += c.moods
	}
	return hint && moods == 0
}

func (h *hearing) spam() float64 {
	points := 0.0
	for _, heard := range h.hits {
		points += heard.spam
	}
	return points
}

// sum adds up praise and complaints. Doubts count where nothing is praised,
// manners where nothing is asked and nothing is wrong.
func (h *hearing) sum(question bool) (praise, complaint float64) {
	manners, doubts := 0.0, 0.0
	for i := range h.hits {
		heard := &h.hits[i]
		heard.value *= h.weight(*heard)
		switch {
		case heard.score == 0:
			doubts -= heard.value
		case heard.value < 0:
			complaint -= heard.value
		case heard.polite:
			manners += heard.value
		default:
			praise += heard.value
		}
	}
	if praise == 0 {
		complaint += max(0, doubts-manners*mannersDoubt)
	}
	if !question && complaint < leastDoubt {
		praise += manners
	}
	return praise, complaint
}

// weight tells how much a hit counts where it stands.
func (h *hearing) weight(heard hit) float64 {
	weight := 1.0
	switch {
	case heard.at >= h.turn:
	case heard.value > 0:
		weight = turnedPraise
	default:
		weight = turnedComplaint
	}
	c := h.clauses[heard.clause]
	switch {
	case !c.asked || heard.kind(h) == aPicture:
	case heard.value > 0:
		weight *= askedPraise
	case !c.reproof && heard.n < knownPhrase && heard.score > strongest:
		weight *= askedComplaint
	}
	return weight
}

func (h hit) kind(of *hearing) tokenKind { return of.tokens[h.at].kind }

// why lists the stretches that made the mood, or else those that made it spam or
// a question. Doubts are listed where there is nothing better.
func (h *hearing) why(s Sentiment) []string {
	var why []string
	plain := slices.ContainsFunc(h.hits, func(heard hit) bool { return heard.score != 0 && heard.decided(s) })
	for _, heard := range h.hits {
		text := h.text[heard.from:heard.to]
		if plain && heard.score == 0 || !heard.decided(s) || len(why) == mostWhy {
			continue
		}
		if !slices.Contains(why, text) {
			why = append(why, text)
		}
	}
	return why
}

func (h hit) decided(s Sentiment) bool {
	switch {
	case s.Mood == Negative:
		return h.value < 0
	case s.Mood == Positive:
		return h.value > 0
	case s.Spam:
		return h.cue.spam > 0
	}
	return s.Question && h.asks != asksNever
}
