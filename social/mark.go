package social

import (
	"slices"
	"time"
)

// ErrMarkSame refuses a correction that corrects nothing.
const ErrMarkSame = Rule("mark_same")

// A Correction is what a person says of a comment in place of the judge: it holds
// for the words that he has read, in whatever spelling.
type Correction struct {
	ID       int64
	By       Person // an id and a name
	Gist     string // of the words that he has read
	Mood     Mood   // empty: as the judge says
	Spam     *bool  // nil: as the judge says
	Question *bool  // likewise
	At       time.Time
}

// empty tells whether the correction leaves everything to the judge.
func (w Correction) empty() bool { return w.Mood == "" && w.Spam == nil && w.Question == nil }

// Gist is what a text says, by which two spellings of the same words are one: its
// letters, digits and pictures, without spaces, marks and capitals.
func Gist(text string) string {
	r := readComment(text, sentimentWords())
	gist := make([]byte, 0, len(r.folded))
	for _, t := range r.tokens {
		if t.end > t.start {
			gist = append(gist, r.folded[t.start:t.end]...)
		} else {
			gist = append(gist, r.text[t.from:t.to]...)
		}
	}
	return string(gist)
}

// Corrected is what a person has said last of the words that the comment has now;
// nothing, if nobody has or he left it to the judge again.
func (c *Comment) Corrected() Correction {
	if len(c.Corrections) == 0 {
		return Correction{}
	}
	gist := Gist(c.Text)
	for _, w := range slices.Backward(c.Corrections) {
		if w.Gist != gist {
			continue
		}
		if w.empty() {
			break
		}
		return w
	}
	return Correction{}
}

// found is what the judge reads, with what a rule of the brand has found.
func (c *Comment) found() Sentiment {
	s := c.Judged
	s.Spam = s.Spam || c.Ruled.holds(RuleSpam)
	return s
}

// Mark is what counts about the comment's words: what a person has said of them,
// and for the rest what the judge and the brand's rules find.
func (c *Comment) Mark() Sentiment {
	s, w := c.found(), c.Corrected()
	if w.Mood != "" {
		s.Mood = w.Mood
	}
	if w.Spam != nil {
		s.Spam = *w.Spam
	}
	if w.Question != nil {
		s.Question = *w.Question
	}
	return s
}

// Correct says which mood the comment has. The mood that a person has said already
// is taken back by saying it again, and so is whatever the judge says too.
func (c *Comment) Correct(by Member, mood Mood, now time.Time) (Event, error) {
	if mood != Negative && mood != Neutral && mood != Positive {
		return Event{}, ErrOutdated
	}
	w := c.Corrected()
	switch {
	case w.Mood == mood || mood == c.Judged.Mood && w.Mood != "":
		w.Mood = ""
	case mood == c.Judged.Mood:
		return Event{}, ErrMarkSame
	default:
		w.Mood = mood
	}
	return c.correct(by, w, now)
}

// CorrectSpam turns round whether the comment is spam.
func (c *Comment) CorrectSpam(by Member, now time.Time) (Event, error) {
	w, spam := c.Corrected(), !c.Mark().Spam
	w.Spam = &spam
	if spam == c.found().Spam {
		w.Spam = nil
	}
	return c.correct(by, w, now)
}

// CorrectQuestion turns round whether the comment asks something.
func (c *Comment) CorrectQuestion(by Member, now time.Time) (Event, error) {
	w, question := c.Corrected(), !c.Mark().Question
	w.Question = &question
	if question == c.found().Question {
		w.Question = nil
	}
	return c.correct(by, w, now)
}

func (c *Comment) correct(by Member, w Correction, now time.Time) (Event, error) {
	if err := c.reachable(by); err != nil {
		return Event{}, err
	}
	w.ID, w.By, w.Gist, w.At = 0, by.Person, Gist(c.Text), now
	c.Corrections = append(c.Corrections, w)
	mark := c.Mark()
	facts := Facts{Code: string(mark.Mood)}
	if mark.Spam {
		facts.Code = "spam"
	}
	return c.event(by, CommentMarked, facts), nil
}
