package social

import (
	"strings"
	"time"
)

// A SavedReply is an answer that is kept for use again. {name}, {brand}, {link} and
// {hours} in it stand for the follower, the brand, the post and the working hours.
type SavedReply struct {
	ID    int64
	Brand int64
	Lang  string // "fa" or "en": that of its words
	Text  string
	Uses  int
	Fits  map[Mood]int // of its uses, for comments of each mood
	At    time.Time
}

// maxSaved is the longest text that is kept, in code points.
const maxSaved = 1000

// The refusals about saved replies.
const (
	ErrSavedLong = Rule("saved_too_long")
	ErrSavedTwin = Rule("saved_already") // the same words are kept already
	ErrNoHours   = Rule("no_hours")      // it names working hours, and the brand has set none
)

// Sound tells what is wrong with a reply that is to be kept.
func (s SavedReply) Sound() error {
	switch {
	case strings.TrimSpace(s.Text) == "":
		return ErrEmpty
	case len([]rune(s.Text)) > maxSaved:
		return ErrSavedLong
	}
	return nil
}

// hoursHole stands for the working hours in a kept reply.
const hoursHole = "{hours}"

// Usable tells whether the reply can be used for the brand: not while it names
// working hours that nobody has set.
func (s SavedReply) Usable(b Brand) bool {
	return b.KnowsHours() || !strings.Contains(s.Text, hoursHole)
}

// Fill puts what is known of a comment into the text, and the brand's working hours
// as they are written in the reply's language. A follower without a name is left
// out with the blanks and commas around him.
func (s SavedReply) Fill(c Comment, hours string) string {
	text := s.Text
	name := strings.TrimSpace(c.Author)
	if name == "" {
		text = strings.NewReplacer(" {name}", "", "{name}"+"، ", "", "{name}, ", "", "{name} ", "").Replace(text)
	}
	holes := strings.NewReplacer("{name}", name, "{brand}", c.Brand.Name, "{link}", c.Thread.Link, hoursHole, hours)
	return strings.TrimSpace(holes.Replace(text))
}

// Template makes words that were sent to one follower fit for others: his name and
// the post's address become holes again.
func Template(text string, c Comment) string {
	if name := strings.TrimSpace(c.Author); len([]rune(name)) > 1 {
		text = strings.ReplaceAll(text, name, "{name}")
	}
	if c.Thread.Link != "" {
		text = strings.ReplaceAll(text, c.Thread.Link, "{link}")
	}
	return text
}

// LangOf tells in which language a text is written, by its letters.
func LangOf(text string) string {
	persian, latin := 0, 0
	for _, r := range text {
		switch {
		case r >= 0x600 && r <= 0x6ff || r >= 0xfb50 && r <= 0xfefc:
			persian++
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			latin++
		}
	}
	if latin > persian {
		return "en"
	}
	return "fa"
}
