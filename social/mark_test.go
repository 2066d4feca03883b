package social

import (
	"errors"
	"testing"
	"time"
)

// judged is a comment as the judge has read it.
func judged(text string) Comment {
	c := heardComment()
	c.Text, c.Judged = text, Judge(text)
	return c
}

// What counts after a row of corrections, one after the other.
func TestCorrect(t *testing.T) {
	const bad = "Terrible service"
	tests := []struct {
		name  string
		say   []Mood
		want  Mood
		whose bool // a person's word holds
	}{
		{"nobody says anything", nil, Negative, false},
		{"a person knows better", []Mood{Positive}, Positive, true},
		{"the last word counts", []Mood{Positive, Neutral}, Neutral, true},
		{"choosing again takes it back", []Mood{Positive, Positive}, Negative, false},
		{"so does what the judge says", []Mood{Positive, Negative}, Negative, false},
		{"and then once more", []Mood{Positive, Positive, Neutral}, Neutral, true},
	}
	for _, test := range tests {
		c := judged(bad)
		for _, m := range test.say {
			if _, err := c.Correct(as(Responder), m, noon); err != nil {
				t.Fatalf("%s: %v", test.name, err)
			}
		}
		if got := c.Mark().Mood; got != test.want || (c.Corrected().By.ID != 0) != test.whose || len(c.Corrections) != len(test.say) {
			t.Errorf("%s: %s of %d corrections, by %+v", test.name, got, len(c.Corrections), c.Corrected().By)
		}
	}
}

func TestCorrectSpam(t *testing.T) {
	c := judged("Lovely cakes")
	for turn, want := range []bool{true, false, true} {
		if _, err := c.CorrectSpam(as(Manager), noon); err != nil || c.Mark().Spam != want {
			t.Errorf("turn %d: spam %t, %v", turn, c.Mark().Spam, err)
		}
	}
	if _, err := c.Correct(as(Manager), Negative, noon); err != nil || !c.Mark().Spam || c.Mark().Mood != Negative {
		t.Errorf("the mood after the spam: %+v, %v", c.Mark(), err)
	}
}

// A person's word is about the words that he has read, in any spelling.
func TestCorrectQuestion(t *testing.T) {
	c := judged("Do you bake on Friday?")
	if _, err := c.CorrectQuestion(as(Responder), noon); err != nil || c.Mark().Question || c.Mark().Mood != c.Judged.Mood {
		t.Errorf("no question: %+v, %v", c.Mark(), err)
	}
	c.correctedTo(t, Negative) // beside what was said of the question
	if c.Mark().Question || c.Mark().Mood != Negative {
		t.Errorf("and a complaint: %+v", c.Mark())
	}
	if _, err := c.CorrectQuestion(as(Responder), noon); err != nil || !c.Mark().Question || c.Mark().Mood != Negative {
		t.Errorf("a question again: %+v, %v", c.Mark(), err)
	}
	if w := c.Corrected(); w.Question != nil {
		t.Errorf("what the judge says is no correction: %+v", w)
	}
	if _, err := c.CorrectQuestion(as(Editor), noon); !errors.Is(err, ErrForbidden) {
		t.Errorf("by an editor: %v", err)
	}
}

func TestCorrectionAndEdits(t *testing.T) {
	tests := []struct {
		name, text string
		holds      bool
	}{
		{"the same", "خيلي بد بود، كيك سرد", true},
		{"other letters for the same, and marks", "خیلی بد بود. کیک سرد!", true},
		{"joiners and spaces", "خیلی  بد بود کیک‌سرد", true},
		{"other words", "خیلی بد بود، کیک داغ", false},
		{"a picture more", "خیلی بد بود، کیک سرد 😡", false},
		{"nothing", "", false},
	}
	for _, test := range tests {
		c := judged("خيلي بد بود، كيك سرد")
		if _, err := c.Correct(as(Responder), Positive, noon); err != nil {
			t.Fatal(err)
		}
		_, err := c.Rewrite(Heard{Text: test.text, Edited: noon.Add(time.Minute), Media: c.Media})
		if err != nil && !errors.Is(err, ErrUnchanged) {
			t.Fatal(err)
		}
		if (c.Mark().Mood == Positive) != test.holds || (c.Judged.Mood == Negative) != (test.text != "") {
			t.Errorf("%s: counts as %s, judged %s", test.name, c.Mark().Mood, c.Judged.Mood)
		}
	}
	c := judged("so bad")
	c.correctedTo(t, Positive)
	for n, text := range []string{"so very bad", "So bad"} {
		if _, err := c.Rewrite(Heard{Text: text, Edited: noon.Add(time.Duration(n+1) * time.Minute)}); err != nil {
			t.Fatal(err)
		}
	}
	if c.Mark().Mood != Positive {
		t.Error("the words came back, and the correction did not")
	}
}

func (c *Comment) correctedTo(t *testing.T, m Mood) {
	t.Helper()
	if _, err := c.Correct(as(Responder), m, noon); err != nil {
		t.Fatal(err)
	}
}

func TestCorrectRefusals(t *testing.T) {
	gone, hidden := judged("bad"), judged("bad")
	gone.State, hidden.State = Gone, Hidden
	tests := []struct {
		name string
		c    Comment
		by   Role
		mood Mood
		want error
	}{
		{"a stranger", judged("bad"), "", Positive, ErrNotFound},
		{"an approver", judged("bad"), Approver, Positive, ErrForbidden},
		{"an editor", judged("bad"), Editor, Positive, ErrForbidden},
		{"gone", gone, Responder, Positive, ErrCommentGone},
		{"hidden", hidden, Responder, Positive, ErrCommentHidden},
		{"no mood", judged("bad"), Responder, "angry", ErrOutdated},
		{"nothing new", judged("bad"), Responder, Negative, ErrMarkSame},
	}
	for _, test := range tests {
		if _, err := test.c.Correct(as(test.by), test.mood, noon); !errors.Is(err, test.want) || len(test.c.Corrections) != 0 {
			t.Errorf("%s: %v, %d corrections", test.name, err, len(test.c.Corrections))
		}
	}
}

// Which kept reply comes first on a card.
func TestFitting(t *testing.T) {
	sorry := SavedReply{ID: 1, Lang: "en", Text: "We are sorry, {name}. We will make it right."}
	thanks := SavedReply{ID: 2, Lang: "en", Text: "Thank you, {name}!"}
	hours := SavedReply{ID: 3, Lang: "en", Text: "We are open from ten to six, also on Friday."}
	delivery := SavedReply{ID: 4, Lang: "en", Text: "We deliver within two days: {link}"}
	persian := SavedReply{ID: 5, Lang: "fa", Text: "ارسال رایگان است: {link}", Uses: 90}
	consoling := SavedReply{ID: 6, Lang: "fa", Text: "از شما پوزش می‌خواهیم."}
	learnt := SavedReply{ID: 7, Lang: "en", Text: "Please write to us.", Uses: 40, Fits: map[Mood]int{Negative: 40}}
	all := []SavedReply{thanks, hours, persian, delivery, sorry, consoling}
	tests := []struct {
		name, comment string
		saved         []SavedReply
		want          int64
	}{
		{"a complaint is consoled", "Terrible service", all, sorry.ID},
		{"praise is thanked", "Wonderful cakes", all, thanks.ID},
		{"the same words", "Are you open on Friday?", all, hours.ID},
		{"other endings", "How long does delivery take?", all, delivery.ID},
		{"the language comes first", "چند روزه می‌رسد؟", all, persian.ID},
		{"a complaint in Persian", "افتضاح بود", []SavedReply{persian, consoling}, consoling.ID},
		{"what was used for such before", "Terrible service", append([]SavedReply{learnt}, all...), learnt.ID},
		{"but not for others", "Wonderful cakes", append([]SavedReply{learnt}, all...), thanks.ID},
		{"nothing speaks for any: the oldest", "The blue one", []SavedReply{delivery, hours}, hours.ID},
	}
	for _, test := range tests {
		c := judged(test.comment)
		if got := Fitting(test.saved, c, 3); got[0].ID != test.want || len(got) > 3 {
			t.Errorf("%s: first %+v of %d", test.name, got[0], len(got))
		}
	}
	if got := Fitting(nil, judged("x"), 3); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}
