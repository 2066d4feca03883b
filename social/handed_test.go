package social

import (
	"errors"
	"testing"
	"time"
)

// handedReply is a comment on an account by hand, with a reply that its author puts
// there.
func handedReply(t *testing.T) Comment {
	t.Helper()
	c := heardComment()
	c.Account = Account{ID: 3, BrandID: 7, Platform: Instagram, ByHand: true}
	c.answeredBy(t, as(Responder), "Yes", noon)
	c.Replies[0].State = ReplySending
	e, err := c.Settle(1, Outcome{State: Handed}, noon)
	if err != nil || e.Kind != CommentHanded || c.Replies[0].State != ReplyHanded || c.State != Answering || !c.Open() {
		t.Fatalf("the reply is %s, the comment %s: %v, %v", c.Replies[0].State, c.State, e, err)
	}
	return c
}

// A reply that a person puts there is sent when somebody says so, and not before.
func TestHandedReply(t *testing.T) {
	t.Parallel()
	c, later := handedReply(t), noon.Add(time.Minute)
	if _, err := c.Answer(as(Manager), words("No"), nil, later); !errors.Is(err, ErrReplyOpen) {
		t.Errorf("another reply beside it: %v", err)
	}
	e, err := c.Found(as(Manager), 1, true, later)
	r := c.Replies[0]
	if err != nil || e.Kind != CommentAnswered || r.State != ReplySent || r.Judge.ID == 0 || !r.At.Equal(later) || c.State != Answered {
		t.Errorf("said to be there: %+v, %+v, %v", r, e, err)
	}
	if _, err := c.Found(as(Manager), 1, false, later); !errors.Is(err, ErrNoReply) {
		t.Errorf("and then not: %v", err)
	}

	c = handedReply(t)
	author := c.Replies[0].By.ID
	e, err = c.Found(as(Manager), 1, false, later)
	if err != nil || e.Kind != CommentUnsent || e.Facts.Person != author || c.Replies[0].State != ReplyDropped || c.State != Claimed {
		t.Errorf("said not to be: %+v, %s, %v", e, c.State, err)
	}
	c.answeredBy(t, as(Responder), "Yes, from nine", later)
	if c.Replies[1].State != ReplyWaiting {
		t.Errorf("the next one is %s", c.Replies[1].State)
	}
	if _, err := c.Found(as(Editor), 2, true, later); !errors.Is(err, ErrForbidden) {
		t.Errorf("by somebody who does not answer: %v", err)
	}
}

// U11: with the comment its replies come to an end, and their words are kept.
func TestVanish(t *testing.T) {
	t.Parallel()
	c := handedReply(t)
	author := c.Replies[0].By.ID
	e, err := c.Vanish(noon)
	if err != nil || e.Kind != CommentVanished || e.Facts.Person != author || c.State != Gone || c.Replies[0].State != ReplyFailed || c.Replies[0].Code != CodeCommentGone {
		t.Errorf("%+v, %+v, %v", e, c.Replies[0], err)
	}
	if _, err := c.Vanish(noon); !errors.Is(err, ErrOutdated) {
		t.Errorf("twice: %v", err)
	}
	if _, err := c.Rewrite(Heard{Text: "x", Edited: noon.Add(time.Hour)}); !errors.Is(err, ErrCommentGone) {
		t.Errorf("an edit of what is gone: %v", err)
	}

	// What was on its way to a person just then comes to an end as well.
	c = heardComment()
	c.answeredBy(t, as(Responder), "Yes", noon)
	c.Replies[0].State = ReplySending
	if _, err := c.Vanish(noon); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Settle(1, Outcome{State: Handed}, noon); err != nil || c.Replies[0].State != ReplyFailed {
		t.Errorf("handed over all the same: %s, %v", c.Replies[0].State, err)
	}

	c = heardComment()
	if e, err := c.Vanish(noon); err != nil || e.Facts.Person != 0 {
		t.Errorf("nobody wrote: %+v, %v", e, err)
	}
}

func TestNobodyHidesByHand(t *testing.T) {
	t.Parallel()
	c := handedReply(t)
	if err := c.MayHide(as(Manager)); !errors.Is(err, ErrHidesByHand) {
		t.Error(err)
	}
}
