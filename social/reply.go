package social

import (
	"slices"
	"time"
)

// A ReplyState is where one answer to a comment stands.
type ReplyState string

// The states of a reply.
const (
	ReplyAsked   ReplyState = "asked"   // waits for a manager's word
	ReplyKept    ReplyState = "kept"    // written while a colleague has the comment
	ReplyWaiting ReplyState = "waiting" // the queue brings it
	ReplySending ReplyState = "sending" // the call may be on its way
	ReplyHanded  ReplyState = "handed"  // a person has the words and puts them there
	ReplySent    ReplyState = "sent"
	ReplyUnknown ReplyState = "unknown" // it may be there or not: a person looks
	ReplyFailed  ReplyState = "failed"
	ReplyRefused ReplyState = "refused" // by a manager
	ReplyDropped ReplyState = "dropped" // its author took it back
)

// A Reply is one answer to a comment.
type Reply struct {
	ID      int64
	By      Person // an id and a name
	Judge   Person // who let it go out or refused it; empty: nobody had to
	Text    Text
	Picture *Media
	State   ReplyState
	Code    string // why it failed: locale key "reason.<code>"
	Detail  string // the network's own words, for the trail
	Remote  string // the network's id: it is sent only with that in hand, or by a person's word
	Link    string
	Tries   int
	Due     time.Time // when the next try may start
	At      time.Time // when it was written, then when it ended
}

// The longest reply that Telegram takes, in code points: as a message, and below
// a picture (Bot API 10.3).
const (
	maxReply   = 4096
	maxCaption = 1024
)

// sound tells what is wrong with a reply before anybody sees it.
func (r Reply) sound() error {
	limit := maxReply
	if r.Picture != nil {
		limit = maxCaption
	}
	switch {
	case r.Picture != nil && r.Picture.Kind != Photo:
		return ErrReplyKind
	case r.Text.Empty() && r.Picture == nil:
		return ErrEmpty
	case r.Text.Len() > limit:
		return ErrReplyLong
	}
	return nil
}

// Answer is the member's reply. While a colleague has the comment it is only
// kept; from whoever may not answer alone it waits for a manager's word.
func (c *Comment) Answer(by Member, text Text, picture *Media, now time.Time) (Event, error) {
	if err := c.reachable(by); err != nil {
		return Event{}, err
	}
	r := Reply{By: by.Person, Text: text, Picture: picture, State: ReplyKept, At: now, Due: now}
	if err := r.sound(); err != nil {
		return Event{}, err
	}
	if c.unclear() {
		return Event{}, ErrReplyOpen
	}
	c.Replies = append(c.Replies, r)
	if c.TakenFrom(by, now) {
		return c.event(by, CommentKept, Facts{}), nil
	}
	return c.release(by, &c.Replies[len(c.Replies)-1], now), nil
}

// release lets a reply go its way: out, or to a manager first.
func (c *Comment) release(by Member, r *Reply, now time.Time) Event {
	c.take(by, Answering, now)
	r.Due, r.At = now, now
	if by.AnswersAlone(c.Brand) {
		r.State = ReplyWaiting
		return c.event(by, CommentReplying, Facts{Reply: r.ID})
	}
	r.State = ReplyAsked
	return c.event(by, CommentAsked, Facts{Reply: r.ID})
}

// pending tells whether a reply stands in the state.
func (c *Comment) pending(state ReplyState) bool {
	return slices.ContainsFunc(c.Replies, func(r Reply) bool { return r.State == state })
}

// unclear tells whether an earlier reply may be on the network or not, so that
// somebody has to say before another one goes out.
func (c *Comment) unclear() bool { return c.pending(ReplyUnknown) || c.pending(ReplyHanded) }

// Reply finds a reply by its id.
func (c *Comment) Reply(id int64) (*Reply, error) {
	i := slices.IndexFunc(c.Replies, func(r Reply) bool { return r.ID == id })
	if i < 0 {
		return nil, ErrNotFound
	}
	return &c.Replies[i], nil
}

// own finds a reply of the member that stands in the state.
func (c *Comment) own(by Member, id int64, state ReplyState) (*Reply, error) {
	r, err := c.Reply(id)
	switch {
	case err != nil:
		return nil, err
	case r.State != state || r.By.ID != by.Person.ID:
		return nil, ErrNoReply
	}
	return r, nil
}

// Drop takes back a reply that was kept.
func (c *Comment) Drop(by Member, reply int64, now time.Time) (Event, error) {
	if err := by.Can(Answer); err != nil {
		return Event{}, err
	}
	r, err := c.own(by, reply, ReplyKept)
	if err != nil {
		return Event{}, err
	}
	r.State, r.At = ReplyDropped, now
	return c.event(by, CommentKept, Facts{Reply: r.ID}), nil
}

// Judge is a manager's word about a reply that waits for it.
func (c *Comment) Judge(by Member, reply int64, yes bool, now time.Time) (Event, error) {
	if err := by.Can(Vouch); err != nil {
		return Event{}, err
	}
	r, err := c.Reply(reply)
	switch {
	case err != nil:
		return Event{}, err
	case r.State != ReplyAsked:
		return Event{}, ErrNoReply
	case yes && c.unclear():
		return Event{}, ErrReplyOpen
	}
	if err := c.reachable(by); err != nil {
		return Event{}, err
	}
	r.Judge = by.Person
	if !yes {
		r.State, r.At = ReplyRefused, now
		c.fallBack()
		return c.event(by, CommentRefused, Facts{Person: r.By.ID, Reply: r.ID}), nil
	}
	r.State, r.Due, r.At = ReplyWaiting, now, now
	return c.event(by, CommentReplying, Facts{Reply: r.ID}), nil
}

// fallBack finds the state of a comment one of whose replies did not go out.
func (c *Comment) fallBack() {
	for _, state := range []ReplyState{ReplyAsked, ReplyWaiting, ReplySending, ReplyHanded, ReplyUnknown} {
		if c.pending(state) {
			return
		}
	}
	if c.State == Answering {
		c.State = Claimed
	}
}

// Retry sends a reply again that did not go out.
func (c *Comment) Retry(by Member, reply int64, now time.Time) (Event, error) {
	if err := c.reachable(by); err != nil {
		return Event{}, err
	}
	r, err := c.Reply(reply)
	switch {
	case err != nil:
		return Event{}, err
	case r.State != ReplyFailed:
		return Event{}, ErrNoReply
	case !by.AnswersAlone(c.Brand) && r.Judge.ID == 0:
		return Event{}, ErrForbidden
	case c.TakenFrom(by, now):
		return Event{}, ErrTaken
	}
	c.take(by, Answering, now)
	r.State, r.Due, r.At, r.Code = ReplyWaiting, now, now, ""
	return c.event(by, CommentReplying, Facts{Reply: r.ID}), nil
}

// Found records a person's word about a reply of which nobody knows whether it is
// there, or which a person puts there: it is, or it is not. What is not there may
// be sent again; what a person did not put there is dropped, so that he may write
// another one.
func (c *Comment) Found(by Member, reply int64, there bool, now time.Time) (Event, error) {
	if err := by.Can(Answer); err != nil {
		return Event{}, err
	}
	r, err := c.Reply(reply)
	switch {
	case err != nil:
		return Event{}, err
	case r.State != ReplyUnknown && r.State != ReplyHanded:
		return Event{}, ErrNoReply
	}
	r.Judge = by.Person
	if !there && r.State == ReplyHanded {
		r.State, r.At = ReplyDropped, now
		c.fallBack()
		return c.event(by, CommentUnsent, Facts{Person: r.By.ID, Reply: r.ID}), nil
	}
	if !there {
		r.State, r.Due, r.At, r.Code = ReplyWaiting, now, now, ""
		return c.event(by, CommentReplying, Facts{Reply: r.ID}), nil
	}
	r.State, r.At = ReplySent, now
	if c.State != Gone && c.State != Hidden {
		c.State, c.Settled = Answered, now
	}
	return c.event(by, CommentAnswered, Facts{Reply: r.ID}), nil
}

// Settle writes what came of an attempt at a reply.
func (c *Comment) Settle(reply int64, o Outcome, now time.Time) (Event, error) {
	r, err := c.Reply(reply)
	if err != nil {
		return Event{}, err
	}
	if o.State == Handed && c.reachable(Member{Role: Responder}) != nil {
		o = Outcome{State: Rejected, Code: CodeCommentGone} // nobody can put it there any more
	}
	r.Code, r.Detail = o.Code, o.Detail
	facts := Facts{Reply: r.ID, Person: r.By.ID, Code: o.Code, Detail: o.Detail}
	switch o.State {
	case Live:
		r.State, r.Remote, r.Link, r.At = ReplySent, o.Remote, o.Link, now
		c.State, c.Settled = Answered, now
		return c.event(Member{}, CommentAnswered, facts), nil
	case Handed:
		r.State, r.At = ReplyHanded, now
		return c.event(Member{}, CommentHanded, facts), nil
	case Waiting:
		r.State, r.Due = ReplyWaiting, o.Retry
		return c.event(Member{}, CommentReplying, facts), nil
	case Unknown:
		r.State, r.At = ReplyUnknown, now
		return c.event(Member{}, CommentUnsure, facts), nil
	}
	r.State, r.At = ReplyFailed, now
	if o.Code == CodeCommentGone {
		c.State, c.Settled = Gone, now
		return c.event(Member{}, CommentVanished, facts), nil
	}
	c.fallBack()
	return c.event(Member{}, CommentFailed, facts), nil
}

// CodeCommentGone is why a reply fails whose comment was deleted on the network.
const CodeCommentGone = "comment_gone"

// A ReplyAttempt is one try to bring a reply to its network.
type ReplyAttempt struct {
	Reply   Reply
	Comment Comment
	Sent    bool      // the call may have been made by a worker that is gone
	SentAt  time.Time // when it was, or may have been
	Until   time.Time // the call must have ended by then
}
