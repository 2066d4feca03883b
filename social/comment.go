package social

import "time"

// A CommentState is where a follower's comment stands with the team.
type CommentState string

// The states of a comment.
const (
	Unanswered CommentState = "new"
	Claimed    CommentState = "claimed"   // somebody has it
	Answering  CommentState = "answering" // a reply is on its way, or waits for a word
	Answered   CommentState = "answered"  // the network has the reply
	Done       CommentState = "done"      // needs no answer
	Later      CommentState = "later"     // comes back at Until
	Gone       CommentState = "gone"      // deleted on the network, not by the team
	Hidden     CommentState = "hidden"    // taken away by the team
)

// The refusals about comments.
const (
	ErrCommentGone   = Rule("comment_gone")
	ErrCommentHidden = Rule("comment_hidden")
	ErrTaken         = Rule("comment_taken")  // somebody else is answering
	ErrNoReply       = Rule("reply_settled")  // the reply does not wait for this word
	ErrReplyOpen     = Rule("reply_open")     // an earlier reply may be out or not: that comes first
	ErrReplyKind     = Rule("reply_kind")     // a reply is a text or one picture
	ErrReplyLong     = Rule("reply_too_long") // longer than the network takes
	ErrNotResponder  = Rule("not_responder")  // he does not answer for this brand
)

// claimLife is how long a comment is left to whoever has begun to answer it.
const claimLife = 15 * time.Minute

// A Comment is what a follower has written under a post, with all that its rules
// need to know.
type Comment struct {
	ID       int64
	Brand    Brand
	Account  Account
	Thread   Thread
	Fold     int64  // the burst it came in; 0: it came alone
	Remote   string // the network's id
	Parent   string // the comment it answers; empty: the post
	Author   string // as the network names him; may be empty
	AuthorID string
	Text     string
	Media    MediaKind // of the file that came with it; empty: none
	Link     string
	Judged   Sentiment // what the judge makes out of its words
	At       time.Time
	Edited   time.Time
	Received time.Time

	State    CommentState
	Holder   Person // who has it: an id and a name
	Assigned bool   // by somebody; otherwise he took it himself
	ClaimedAt,
	Until, // when it comes back, when it was put off
	Settled time.Time // when it was answered or put aside
	AnswerBy time.Time // zero: nobody has promised a time
	Missed   time.Time // since when its network does not show it; zero: it does
	Revision int

	Ruled       Ruling       // what a rule of the brand did with it; empty: none fitted
	Corrections []Correction // of what the judge made, the oldest first
	Replies     []Reply
	Saved       []SavedReply // the brand's kept replies that fit best
}

// Open tells whether the comment still waits for an answer.
func (c *Comment) Open() bool {
	switch c.State {
	case Unanswered, Claimed, Answering, Later:
		return true
	}
	return false
}

// Busy tells whether somebody has the comment now, so that nobody else answers it
// by the way: a claim that came to nothing runs out, an assignment does not.
func (c *Comment) Busy(now time.Time) bool {
	switch c.State {
	case Answering, Answered:
		return c.Holder.ID != 0
	case Claimed:
		return c.Holder.ID != 0 && (c.Assigned || now.Sub(c.ClaimedAt) < claimLife)
	}
	return false
}

// TakenFrom tells whether somebody other than the member has the comment.
func (c *Comment) TakenFrom(by Member, now time.Time) bool {
	return c.Busy(now) && c.Holder.ID != by.Person.ID
}

// reachable refuses what cannot be done about a comment that is not there any more.
func (c *Comment) reachable(by Member) error {
	if err := by.Can(Answer); err != nil {
		return err
	}
	switch c.State {
	case Gone:
		return ErrCommentGone
	case Hidden:
		return ErrCommentHidden
	}
	return nil
}

// take makes the member the one who has the comment.
func (c *Comment) take(by Member, state CommentState, now time.Time) {
	c.Holder, c.State, c.ClaimedAt, c.Assigned = by.Person, state, now, false
}

// Claim tells the others that the member is about to answer.
func (c *Comment) Claim(by Member, now time.Time) (Event, error) {
	if err := c.reachable(by); err != nil {
		return Event{}, err
	}
	if c.TakenFrom(by, now) {
		return Event{}, ErrTaken
	}
	c.take(by, Claimed, now)
	return c.event(by, CommentTaken, Facts{}), nil
}

// TakeOver gives the member what a colleague has, on purpose. With a reply of his
// that was kept meanwhile, that goes its way.
func (c *Comment) TakeOver(by Member, reply int64, now time.Time) (Event, error) {
	if err := c.reachable(by); err != nil {
		return Event{}, err
	}
	was := c.Holder.ID
	if reply == 0 {
		c.take(by, Claimed, now)
		return c.event(by, CommentTaken, Facts{Person: was}), nil
	}
	r, err := c.own(by, reply, ReplyKept)
	if err != nil {
		return Event{}, err
	}
	if c.unclear() {
		return Event{}, ErrReplyOpen
	}
	return c.release(by, r, now), nil
}

// Assign gives the comment to a colleague.
func (c *Comment) Assign(by, to Member, now time.Time) (Event, error) {
	if err := c.reachable(by); err != nil {
		return Event{}, err
	}
	if to.Can(Answer) != nil {
		return Event{}, ErrNotResponder
	}
	c.Holder, c.State, c.ClaimedAt, c.Assigned = to.Person, Claimed, now, true
	return c.event(by, CommentAssigned, Facts{Person: to.Person.ID}), nil
}

// Finish puts a comment aside that needs no answer.
func (c *Comment) Finish(by Member, now time.Time) (Event, error) {
	if err := c.reachable(by); err != nil {
		return Event{}, err
	}
	c.State, c.Settled = Done, now
	return c.event(by, CommentDone, Facts{}), nil
}

// PutOff lets a comment come back later.
func (c *Comment) PutOff(by Member, until, now time.Time) (Event, error) {
	if err := c.reachable(by); err != nil {
		return Event{}, err
	}
	if !until.After(now) {
		return Event{}, ErrPastSlot
	}
	c.take(by, Later, now)
	c.Until = until
	return c.event(by, CommentPutOff, Facts{To: until}), nil
}

// Return brings a comment back whose time has come.
func (c *Comment) Return(now time.Time) (Event, error) {
	if c.State != Later || c.Until.After(now) {
		return Event{}, ErrOutdated
	}
	c.State, c.Until, c.Assigned, c.ClaimedAt = Claimed, time.Time{}, true, now
	return c.event(Member{}, CommentBack, Facts{Person: c.Holder.ID}), nil
}

// Reopen takes a comment up again that was put aside or put off.
func (c *Comment) Reopen(by Member) (Event, error) {
	if err := c.reachable(by); err != nil {
		return Event{}, err
	}
	if c.State != Done && c.State != Later {
		return Event{}, ErrOutdated
	}
	c.State, c.Until, c.Settled, c.Holder, c.Assigned = Unanswered, time.Time{}, time.Time{}, Person{}, false
	return c.event(by, CommentReopened, Facts{}), nil
}

// MayHide tells whether the member may take the comment away from the network.
func (c *Comment) MayHide(by Member) error {
	if err := c.reachable(by); err != nil {
		return err
	}
	return c.Account.Hides()
}

// Hide records that the comment was taken away.
func (c *Comment) Hide(by Member, now time.Time) (Event, error) {
	if err := c.MayHide(by); err != nil {
		return Event{}, err
	}
	c.State, c.Settled = Hidden, now
	return c.event(by, CommentHidden, Facts{}), nil
}

// AnsweredThere records that somebody of the brand has answered on the network
// itself; the person is empty when he wrote in the channel's name.
func (c *Comment) AnsweredThere(by Person, now time.Time) (Event, error) {
	if !c.Open() {
		return Event{}, ErrOutdated
	}
	c.State, c.Settled, c.Holder = Answered, now, by
	return c.event(Member{Person: by}, CommentAnswered, Facts{}), nil
}

// Rewrite takes in what the author has changed. An edit that comes after a later
// one, or after the comment was deleted, changes nothing.
func (c *Comment) Rewrite(h Heard) (Event, error) {
	switch {
	case c.State == Gone || c.State == Hidden:
		return Event{}, ErrCommentGone
	case h.Edited.Before(c.Edited):
		return Event{}, ErrOutdated
	case h.Text == c.Text && h.Media == c.Media:
		return Event{}, ErrUnchanged
	}
	c.Text, c.Media, c.Edited, c.Judged = h.Text, h.Media, h.Edited, Judge(h.Text)
	return c.event(Member{}, CommentEdited, Facts{}), nil
}

// Vanish records that the comment was deleted on the network. Replies that have not
// gone out do not any more; whoever wrote the first of them hears of it (U11).
func (c *Comment) Vanish(now time.Time) (Event, error) {
	if c.State == Gone || c.State == Hidden {
		return Event{}, ErrOutdated
	}
	c.State, c.Settled = Gone, now
	facts := Facts{Code: CodeCommentGone}
	for i := range c.Replies {
		r := &c.Replies[i]
		switch r.State {
		case ReplyAsked, ReplyKept, ReplyWaiting, ReplyHanded:
			r.State, r.Code, r.At = ReplyFailed, CodeCommentGone, now
			if facts.Reply == 0 {
				facts.Person, facts.Reply = r.By.ID, r.ID
			}
		}
	}
	return c.event(Member{}, CommentVanished, facts), nil
}

// Miss records that the network does not show a comment that waits for an answer, and
// tells whether that makes it deleted: it does when a look some time ago did not find
// it either.
func (c *Comment) Miss(now time.Time) bool { return c.Open() && missed(&c.Missed, now) }

// Remind tells that the promised time has passed: first whoever has the comment
// or answers for the brand, then the managers.
func (c *Comment) Remind(n int) Event {
	kind := CommentOverdue
	if n > 1 {
		kind = CommentStale
	}
	return c.event(Member{}, kind, Facts{To: c.AnswerBy})
}

func (c *Comment) event(by Member, kind Kind, facts Facts) Event {
	facts.Comment = c.ID
	return Event{Kind: kind, AgencyID: c.Brand.AgencyID, BrandID: c.Brand.ID, Actor: by.Person.ID, Facts: facts}
}

// A CommentRule changes a comment on behalf of a member, or refuses to.
type CommentRule func(c *Comment, me Member) (Event, error)

// A CommentCard is a message that shows a comment, or a burst of them, to somebody.
type CommentCard struct {
	Brand   int64
	Chat    int64
	Message int64
	Person  int64
	Comment int64 // 0: it shows a burst
	Fold    int64
	Shown   string // tells whether it would look any different
	Drawn   int    // the revision that it shows
}

// An InboxFilter says which comments somebody wants to see.
type InboxFilter struct {
	Brand    int64    // 0: all
	Network  Platform // empty: all
	Fold     int64    // 0: all
	Mine     bool     // those that the reader has
	Open     bool     // those that wait for an answer, the oldest first
	Negative bool     // those that complain
	Late     bool     // those that have waited too long, and are not a colleague's
	Search   string
	Page     int // from 0
	Size     int
}

// InboxCounts say how many comments there are to see, each kind by itself.
type InboxCounts struct {
	Open, Negative, Mine, All, Late int
	Brands                          map[int64]int    // that wait, of each brand
	Networks                        map[Platform]int // likewise, of each network from which comments have come
}
