package social

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// heardComment is a comment that waits for an answer.
func heardComment() Comment {
	return Comment{
		ID: 5, Author: "Sima", Text: "Open on Friday?", State: Unanswered, At: noon, Remote: "12",
		Brand:   Brand{ID: 7, AgencyID: 1, Name: "Nobahar", Zone: "Asia/Tehran", Calendar: Jalali, Rules: DefaultRules(Jalali)},
		Account: Account{ID: 3, BrandID: 7, Platform: Telegram, Discussion: -100},
		Thread:  Thread{Link: "https://t.me/nobahar/4"},
	}
}

func words(s string) Text { return Text{Plain: s} }

// answer lets somebody answer, and numbers the reply as the store would.
func (c *Comment) answeredBy(t *testing.T, by Member, text string, now time.Time) Event {
	t.Helper()
	e, err := c.Answer(by, words(text), nil, now)
	if err != nil {
		t.Fatal(err)
	}
	c.Replies[len(c.Replies)-1].ID = int64(len(c.Replies))
	return e
}

func TestWhoMayAnswer(t *testing.T) {
	may := map[Role]bool{Owner: true, Manager: true, Responder: true}
	for _, role := range Roles() {
		c := heardComment()
		_, err := c.Answer(as(role), words("Yes"), nil, noon)
		if may[role] != (err == nil) {
			t.Errorf("%s: %v", role, err)
		}
	}
}

func TestAnswerAlone(t *testing.T) {
	yes, no := true, false
	tests := []struct {
		name  string
		role  Role
		alone *bool
		first bool // the brand has responders ask
		want  ReplyState
	}{
		{"by the brand", Responder, nil, false, ReplyWaiting},
		{"the brand asks first", Responder, nil, true, ReplyAsked},
		{"trusted all the same", Responder, &yes, true, ReplyWaiting},
		{"a junior", Responder, &no, false, ReplyAsked},
		{"a manager asks nobody", Manager, &no, true, ReplyWaiting},
	}
	for _, test := range tests {
		c, by := heardComment(), as(test.role)
		c.Brand.Rules.AskFirst, by.Alone = test.first, test.alone
		c.answeredBy(t, by, "Yes", noon)
		if got := c.Replies[0].State; got != test.want || c.State != Answering {
			t.Errorf("%s: the reply is %s and the comment %s", test.name, got, c.State)
		}
	}
}

func TestUnsoundReplies(t *testing.T) {
	photo, film := &Media{Kind: Photo}, &Media{Kind: Video}
	tests := []struct {
		name    string
		text    string
		picture *Media
		want    error
	}{
		{"nothing", " \n", nil, ErrEmpty},
		{"a film", "Look", film, ErrReplyKind},
		{"a picture alone", "", photo, nil},
		{"the longest", strings.Repeat("ی", maxReply), nil, nil},
		{"too long", strings.Repeat("ی", maxReply+1), nil, ErrReplyLong},
		{"too long below a picture", strings.Repeat("ی", maxCaption+1), photo, ErrReplyLong},
	}
	for _, test := range tests {
		c := heardComment()
		if _, err := c.Answer(as(Responder), words(test.text), test.picture, noon); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// U13: the second colleague's reply is kept, and goes out only on purpose.
func TestTwoAnswer(t *testing.T) {
	c := heardComment()
	if _, err := c.Claim(as(Responder), noon); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Claim(second(Responder), noon.Add(time.Minute)); !errors.Is(err, ErrTaken) {
		t.Errorf("a second one claims it: %v", err)
	}
	c.answeredBy(t, second(Responder), "Mine", noon.Add(time.Minute))
	if c.Replies[0].State != ReplyKept || c.Holder.ID != as(Responder).Person.ID {
		t.Fatalf("the second reply is %s, and %d has the comment", c.Replies[0].State, c.Holder.ID)
	}
	if _, err := c.TakeOver(as(Responder), 1, noon); !errors.Is(err, ErrNoReply) {
		t.Errorf("the first sends the second's reply: %v", err)
	}
	if _, err := c.TakeOver(second(Responder), 1, noon.Add(2*time.Minute)); err != nil || c.Replies[0].State != ReplyWaiting {
		t.Errorf("taken over on purpose: %v, %s", err, c.Replies[0].State)
	}
}

func TestClaimRunsOut(t *testing.T) {
	c := heardComment()
	if _, err := c.Claim(as(Responder), noon); err != nil {
		t.Fatal(err)
	}
	if c.TakenFrom(second(Responder), noon.Add(claimLife)) {
		t.Error("a claim that came to nothing still stands")
	}
	if _, err := c.Assign(as(Manager), as(Responder), noon); err != nil {
		t.Fatal(err)
	}
	if !c.TakenFrom(second(Responder), noon.Add(24*time.Hour)) {
		t.Error("an assignment runs out")
	}
	if _, err := c.Assign(as(Manager), as(Editor), noon); !errors.Is(err, ErrNotResponder) {
		t.Errorf("assigned to an editor: %v", err)
	}
}

func TestJudge(t *testing.T) {
	c, junior := heardComment(), as(Responder)
	c.Brand.Rules.AskFirst = true
	c.answeredBy(t, junior, "One", noon)
	c.answeredBy(t, junior, "Two", noon)
	if _, err := c.Judge(junior, 1, true, noon); !errors.Is(err, ErrForbidden) {
		t.Errorf("a responder lets himself out: %v", err)
	}
	if _, err := c.Judge(as(Manager), 1, false, noon); err != nil || c.State != Answering {
		t.Errorf("one of two refused: %v, %s", err, c.State)
	}
	if _, err := c.Judge(as(Manager), 1, true, noon); !errors.Is(err, ErrNoReply) {
		t.Errorf("a refused one let out: %v", err)
	}
	if _, err := c.Judge(as(Manager), 2, false, noon); err != nil || c.State != Claimed {
		t.Errorf("both refused: %v, %s", err, c.State)
	}
}

func TestSettleReply(t *testing.T) {
	tests := []struct {
		name    string
		outcome Outcome
		reply   ReplyState
		comment CommentState
		kind    Kind
	}{
		{"sent", Outcome{State: Live, Remote: "9"}, ReplySent, Answered, CommentAnswered},
		{"put off", Outcome{State: Waiting, Retry: noon.Add(time.Minute)}, ReplyWaiting, Answering, CommentReplying},
		{"nobody knows", Outcome{State: Unknown}, ReplyUnknown, Answering, CommentUnsure},
		{"refused", Outcome{State: Rejected, Code: "refused"}, ReplyFailed, Claimed, CommentFailed},
		{"gone", Outcome{State: Rejected, Code: CodeCommentGone}, ReplyFailed, Gone, CommentVanished},
	}
	for _, test := range tests {
		c := heardComment()
		c.answeredBy(t, as(Responder), "Yes", noon)
		c.Replies[0].State = ReplySending
		e, err := c.Settle(1, test.outcome, noon)
		if err != nil || c.Replies[0].State != test.reply || c.State != test.comment || e.Kind != test.kind {
			t.Errorf("%s: %v, reply %s, comment %s, %s", test.name, err, c.Replies[0].State, c.State, e.Kind)
		}
	}
}

// A reply that may be there stops every other one until somebody has looked.
func TestUnknownComesFirst(t *testing.T) {
	c := heardComment()
	c.answeredBy(t, as(Responder), "Yes", noon)
	c.Replies[0].State = ReplyUnknown
	if _, err := c.Answer(as(Responder), words("Again"), nil, noon); !errors.Is(err, ErrReplyOpen) {
		t.Errorf("another reply: %v", err)
	}
	if _, err := c.Found(as(Responder), 1, false, noon); err != nil || c.Replies[0].State != ReplyWaiting {
		t.Errorf("not there: %v, %s", err, c.Replies[0].State)
	}
	c.Replies[0].State = ReplyUnknown
	if _, err := c.Found(as(Responder), 1, true, noon); err != nil || c.State != Answered || c.Replies[0].Remote != "" {
		t.Errorf("there: %v, %s", err, c.State)
	}
}

func TestNothingAboutWhatIsGone(t *testing.T) {
	deeds := map[string]func(c *Comment) error{
		"answer": func(c *Comment) error { _, err := c.Answer(as(Manager), words("x"), nil, noon); return err },
		"claim":  func(c *Comment) error { _, err := c.Claim(as(Manager), noon); return err },
		"over":   func(c *Comment) error { _, err := c.TakeOver(as(Manager), 0, noon); return err },
		"assign": func(c *Comment) error { _, err := c.Assign(as(Manager), as(Responder), noon); return err },
		"finish": func(c *Comment) error { _, err := c.Finish(as(Manager), noon); return err },
		"later":  func(c *Comment) error { _, err := c.PutOff(as(Manager), noon.Add(time.Hour), noon); return err },
		"reopen": func(c *Comment) error { _, err := c.Reopen(as(Manager)); return err },
		"hide":   func(c *Comment) error { _, err := c.Hide(as(Manager), noon); return err },
		"edit":   func(c *Comment) error { _, err := c.Rewrite(Heard{Text: "new", Edited: noon}); return err },
	}
	for name, deed := range deeds {
		for state, want := range map[CommentState]error{Gone: ErrCommentGone, Hidden: ErrCommentHidden} {
			c := heardComment()
			c.State = state
			if name == "edit" {
				want = ErrCommentGone
			}
			if err := deed(&c); !errors.Is(err, want) || c.State != state {
				t.Errorf("%s on %s: %v, now %s", name, state, err, c.State)
			}
		}
	}
}

func TestRewriteKeepsTheNewest(t *testing.T) {
	c := heardComment()
	if _, err := c.Rewrite(Heard{Text: "second", Edited: noon.Add(2 * time.Minute)}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Rewrite(Heard{Text: "first", Edited: noon.Add(time.Minute)}); !errors.Is(err, ErrOutdated) || c.Text != "second" {
		t.Errorf("an older edit came later: %v, %q", err, c.Text)
	}
	if _, err := c.Rewrite(Heard{Text: "second", Edited: noon.Add(3 * time.Minute)}); !errors.Is(err, ErrUnchanged) {
		t.Errorf("the same again: %v", err)
	}
}

func TestLaterComesBack(t *testing.T) {
	c := heardComment()
	if _, err := c.PutOff(as(Responder), noon, noon); !errors.Is(err, ErrPastSlot) {
		t.Errorf("put off to now: %v", err)
	}
	if _, err := c.PutOff(as(Responder), noon.Add(time.Hour), noon); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Return(noon.Add(59 * time.Minute)); !errors.Is(err, ErrOutdated) {
		t.Errorf("back too early: %v", err)
	}
	e, err := c.Return(noon.Add(time.Hour))
	if err != nil || c.State != Claimed || e.Facts.Person != as(Responder).Person.ID {
		t.Errorf("back: %v, %s, told to %d", err, c.State, e.Facts.Person)
	}
}

func TestSavedRepliesFill(t *testing.T) {
	c := heardComment()
	tests := []struct{ text, author, want string }{
		{"Dear {name}, see {link}", "Sima", "Dear Sima, see https://t.me/nobahar/4"},
		{"Dear {name}, see {link}", " ", "Dear, see https://t.me/nobahar/4"},
		{"{name} جان، {brand} باز است", "سیما", "سیما جان، Nobahar باز است"},
		{"{name}، سلام", "", "سلام"},
		{"Open {hours}.", "Sima", "Open nine to six."},
		{"Dear {name}", "{link}", "Dear {link}"}, // a name is no hole
	}
	for _, test := range tests {
		c.Author = test.author
		if got := (SavedReply{Text: test.text}).Fill(c, "nine to six"); got != test.want {
			t.Errorf("%q by %q: %q", test.text, test.author, got)
		}
	}
	c.Author = "Sima"
	if got := Template("Dear Sima, https://t.me/nobahar/4", c); got != "Dear {name}, {link}" {
		t.Errorf("template: %q", got)
	}
	for text, want := range map[string]string{"سلام Sima": "fa", "Hello سیما dear": "en", "👍": "fa"} {
		if got := LangOf(text); got != want {
			t.Errorf("%q is %s", text, got)
		}
	}
}
