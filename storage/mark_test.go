package storage_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"peyk/social"
)

// hear stores a comment, and returns it as it is kept.
func (l *ledger) hear(t *testing.T, remote, text string) social.Comment {
	t.Helper()
	check(t, l.Hear(t.Context(), l.remark(remote, text)))
	c, _, err := l.Comment(t.Context(), l.owner.ID, int64(l.count(t, `SELECT id FROM comments WHERE remote = $1`, remote)))
	check(t, err)
	return c
}

func (l *ledger) correct(t *testing.T, id int64, m social.Mood) social.Comment {
	t.Helper()
	c, err := l.UpdateComment(t.Context(), l.owner.ID, id, func(c *social.Comment, me social.Member) (social.Event, error) {
		return c.Correct(me, m, l.now)
	})
	check(t, err)
	return c
}

// A comment is judged when it is stored and when its words change; a person's word
// is kept with what he read, and holds.
func TestMarksAreKept(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	c := l.hear(t, "10", "Terrible service, is it not?")
	if m := c.Mark(); m.Mood != social.Negative || !m.Question || len(m.Why) == 0 {
		t.Fatalf("stored as %+v", m)
	}
	l.correct(t, c.ID, social.Positive)
	edit := l.remark("10", "terrible SERVICE is it not")
	edit.Edited = l.now.Add(time.Second)
	check(t, l.Hear(t.Context(), edit))
	if c, _, _ = l.Comment(t.Context(), l.owner.ID, c.ID); c.Mark().Mood != social.Positive || c.Corrected().By.Name == "" {
		t.Errorf("after an edit of the spelling: %+v by %+v", c.Mark(), c.Corrected().By)
	}
	if n := l.count(t, `SELECT count(*) FROM comments WHERE mood = 'positive'`); n != 1 {
		t.Error("the lists do not see the person's word")
	}
	edit = l.remark("10", "Horrible")
	edit.Edited = l.now.Add(2 * time.Second)
	check(t, l.Hear(t.Context(), edit))
	if c, _, _ = l.Comment(t.Context(), l.owner.ID, c.ID); c.Mark().Mood != social.Negative || c.Mark().Question {
		t.Errorf("after other words: %+v", c.Mark())
	}
	kept := l.count(t, `
		SELECT count(*) FROM corrections WHERE mood = 'positive' AND text = 'Terrible service, is it not?'
			AND judged ->> 'Mood' = 'negative' AND person_id = $1 AND at = $2`, l.owner.ID, l.now)
	if events := l.count(t, `SELECT count(*) FROM events WHERE kind = 'comment.marked' AND actor_id = $1`, l.owner.ID); kept != 1 || events != 1 {
		t.Errorf("%d corrections kept, %d events", kept, events)
	}
}

// What came before there was a judge is judged once, a few at a time, and then the lists
// know of it; what a person or the judge has said before stays.
func TestJudgeUnread(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	for n := range 5 {
		l.hear(t, fmt.Sprint(10+n), "Terrible service, is it not?")
	}
	kept := l.hear(t, "20", "Terrible")
	l.correct(t, kept.ID, social.Positive)
	_, err := l.db.ExecContext(t.Context(), `UPDATE comments SET judged = NULL, mood = '', spam = false, question = false WHERE id <> $1`, kept.ID)
	check(t, err)
	negative := func() int {
		_, n, err := l.Comments(t.Context(), l.owner.ID, social.InboxFilter{Open: true, Negative: true, Size: 10})
		check(t, err)
		return n
	}
	if n := negative(); n != 0 {
		t.Fatalf("%d complaints are known", n)
	}
	done := []int{}
	for range 4 {
		n, err := l.JudgeUnread(t.Context(), 2)
		check(t, err)
		done = append(done, n)
	}
	if !slices.Equal(done, []int{2, 2, 1, 0}) || negative() != 5 {
		t.Errorf("judged %v, %d complaints are known", done, negative())
	}
	if n := l.count(t, `SELECT count(*) FROM comments WHERE mood = 'negative' AND question AND judged ->> 'Mood' = 'negative'`); n != 5 {
		t.Errorf("%d are questions too", n)
	}
}

// A person's word about whether a comment asks something counts in all that is kept.
func TestQuestionsAreKept(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	c := l.hear(t, "10", "Do you bake on Friday?")
	for _, want := range []int{0, 1} {
		_, err := l.UpdateComment(t.Context(), l.owner.ID, c.ID, func(c *social.Comment, me social.Member) (social.Event, error) {
			return c.CorrectQuestion(me, l.now)
		})
		check(t, err)
		if n := l.count(t, `SELECT count(*) FROM comments WHERE question`); n != want {
			t.Errorf("%d questions, not %d", n, want)
		}
	}
	if n := l.count(t, `SELECT count(*) FROM corrections WHERE question = false`); n != 1 {
		t.Errorf("%d corrections say so", n)
	}
	if c, _, _ = l.Comment(t.Context(), l.owner.ID, c.ID); c.Corrected().By.ID != 0 || !c.Mark().Question {
		t.Errorf("after it was taken back: %+v", c.Mark())
	}
}

// An edit of a comment that was deleted changes nothing, its mark neither.
func TestEditOfDeleted(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	c := l.hear(t, "10", "hello")
	_, err := l.db.ExecContext(t.Context(), `UPDATE comments SET state = 'gone' WHERE id = $1`, c.ID)
	check(t, err)
	edit := l.remark("10", "Horrible")
	edit.Edited = l.now.Add(time.Second)
	check(t, l.Hear(t.Context(), edit))
	if c, _, _ = l.Comment(t.Context(), l.owner.ID, c.ID); c.Text != "hello" || c.Mark().Mood == social.Negative {
		t.Errorf("it says %q, %s", c.Text, c.Mark().Mood)
	}
}

// Complaints that wait come first, and the counts say what each list holds.
func TestNegativeFirst(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	ad := l.hear(t, "9", "Buy 1000 followers cheap, DM me: https://followers.example")
	nice := l.hear(t, "10", "Lovely cakes")
	bad := l.hear(t, "11", "Terrible service")
	worse := l.hear(t, "12", "Horrible, cold and late")
	settled := l.hear(t, "13", "Awful")
	_, err := l.UpdateComment(t.Context(), l.owner.ID, settled.ID, func(c *social.Comment, me social.Member) (social.Event, error) {
		return c.Finish(me, l.now)
	})
	check(t, err)
	_, err = l.UpdateComment(t.Context(), l.owner.ID, worse.ID, func(c *social.Comment, me social.Member) (social.Event, error) {
		return c.Claim(me, l.now)
	})
	check(t, err)
	tests := []struct {
		name string
		f    social.InboxFilter
		want []int64
	}{
		{"open", social.InboxFilter{Open: true}, []int64{bad.ID, worse.ID, nice.ID, ad.ID}}, // spam last, though it came first
		{"negative", social.InboxFilter{Open: true, Negative: true}, []int64{bad.ID, worse.ID}},
		{"mine", social.InboxFilter{Open: true, Mine: true}, []int64{worse.ID}},
		{"all", social.InboxFilter{}, []int64{worse.ID, bad.ID, settled.ID, nice.ID, ad.ID}},
		{"of the network", social.InboxFilter{Open: true, Negative: true, Network: social.Telegram}, []int64{bad.ID, worse.ID}},
		{"of another one", social.InboxFilter{Network: social.X}, nil},
	}
	for _, test := range tests {
		test.f.Size = 10
		found, n, err := l.Comments(t.Context(), l.owner.ID, test.f)
		check(t, err)
		var ids []int64
		for _, c := range found {
			ids = append(ids, c.ID)
		}
		if len(ids) != n || !slices.Equal(ids, test.want) {
			t.Errorf("%s: %v of %d, not %v", test.name, ids, n, test.want)
		}
	}
	n, err := l.InboxCounts(t.Context(), l.owner.ID, social.InboxFilter{})
	check(t, err)
	if n.Open != 4 || n.Negative != 2 || n.Mine != 1 || n.All != 5 || n.Networks[social.Telegram] != 4 {
		t.Errorf("counted %+v", n)
	}
	of, err := l.Unanswered(t.Context(), l.owner.ID)
	check(t, err)
	if len(of) != 1 || of[nice.Brand.ID] != 4 {
		t.Errorf("unanswered, by brand: %v", of)
	}
	n, err = l.InboxCounts(t.Context(), l.owner.ID, social.InboxFilter{Network: social.X})
	check(t, err)
	if n.All != 0 || n.Networks[social.Telegram] != 4 {
		t.Errorf("of another network %+v", n)
	}
}

// A card offers the kept replies that fit, and learns from their use.
func TestOfferedReplies(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	for _, text := range []string{"One", "Two", "Three", "Please write to us", "We are sorry"} {
		_, err := l.SaveReply(t.Context(), l.owner.ID, social.SavedReply{Brand: l.brand.ID, Lang: "en", Text: text})
		check(t, err)
	}
	c := l.hear(t, "10", "Terrible service")
	if len(c.Saved) != 3 || c.Saved[0].Text != "We are sorry" {
		t.Fatalf("offered are %+v", c.Saved)
	}
	all, err := l.SavedReplies(t.Context(), l.owner.ID, l.brand.ID)
	check(t, err)
	for range 40 {
		check(t, l.CountUse(t.Context(), l.brand.ID, all[3].ID, social.Negative))
	}
	if c = l.hear(t, "11", "Horrible"); c.Saved[0].Text != "Please write to us" || c.Saved[0].Uses != 40 {
		t.Errorf("after it was used: %+v", c.Saved)
	}
}

// What no text of the database can hold is left out of what a network tells.
func TestHearBrokenText(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	broken := l.remark("10", "a\x00b\xff")
	broken.Author, broken.Search = "\x00", "\xfe"
	check(t, l.Hear(t.Context(), broken))
	if c := l.only(t); c.Text != "ab\uFFFD" || c.Author != "" {
		t.Errorf("it says %q by %q", c.Text, c.Author)
	}
}
