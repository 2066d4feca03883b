package social

import (
	"slices"
	"time"
)

// A PostState is where a post stands. docs/states.md draws the way between them.
type PostState string

// The states of a post.
const (
	Drafting   PostState = "draft"      // being written; nobody else is asked
	InReview   PostState = "review"     // a version waits for its approvers
	Changing   PostState = "changes"    // an approver wants it changed
	Held       PostState = "held"       // an approver has stopped it; it stays where it is
	Approved   PostState = "approved"   // will go out at its slot
	Late       PostState = "late"       // approved, but its time has passed: a person decides
	Expired    PostState = "expired"    // its time passed without approval
	Publishing PostState = "publishing" // claimed; deliveries are under way
	Published  PostState = "published"  // live on every account
	Failed     PostState = "failed"     // ended, and not live on every account
	Stopped    PostState = "stopped"    // taken back by the team
)

// The refusals about posts.
const (
	ErrPastSlot     = Rule("past_slot")
	ErrNoSlot       = Rule("no_slot")
	ErrNoAccounts   = Rule("no_accounts")
	ErrNoContent    = Rule("no_content")
	ErrHasIssues    = Rule("has_issues")    // a platform would refuse a variant
	ErrNoApprovers  = Rule("no_approvers")  // nobody could approve at one of the stages
	ErrUnchanged    = Rule("unchanged")     // the same version was already approved or is in review
	ErrDecided      = Rule("decided")       // somebody has already decided
	ErrOwnPost      = Rule("own_post")      // the brand does not let the team approve
	ErrNotApprover  = Rule("not_approver")  // this stage belongs to others
	ErrInPublishing = Rule("in_publishing") // too late: it is going out or has gone out
	ErrNotWaiting   = Rule("not_waiting")   // there is nothing to decide now
)

// A Post is one item on its way from a message to the platforms, with all that
// its rules need to know.
type Post struct {
	ID       int64
	Brand    Brand
	Author   int64 // person
	State    PostState
	Content  Content // the working copy
	Slot     time.Time
	Version  int // the last one sent for approval; 0: none yet
	Hash     string
	Stage    int    // index into Brand.Rules.Stages of the one that waits
	Reviewed bool   // a person approved, rather than the rules of silence
	Note     string // what the last change request says; empty when it was spoken, or done
	Created  time.Time
	Changed  time.Time
	Asked    time.Time // when those were asked who are asked now
	Reminder time.Time // when they are reminded next; zero: not any more
	Revision int       // counts the changes

	Accounts   []Account  // of the brand, all of them
	Approvals  []Approval // of this version, given and not withdrawn
	Eligible   []Member   // everybody whose role may approve in the brand
	Deliveries []Delivery
}

// Tone is what the dot of a post looks like in a picture.
func (s PostState) Tone() Tone {
	switch s {
	case InReview, Held:
		return ToneWaiting
	case Approved, Publishing:
		return ToneReady
	case Published:
		return ToneDone
	case Late, Expired, Failed:
		return ToneTrouble
	}
	return ToneOpen
}

// Open tells whether the post can still be changed: nothing of it is going out.
func (p *Post) Open() bool {
	switch p.State {
	case Publishing, Published:
		return false
	}
	return true
}

// Ended tells whether nothing more happens to the post by itself or is waited for.
func (p *Post) Ended() bool { return p.State == Published || p.State == Failed }

// Waiting tells whether approvers are asked about the version.
func (p *Post) Waiting() bool { return p.State == InReview || p.State == Held || p.State == Expired }

// Edit changes the working copy. What was approved counts no more: the post
// is a draft until it is sent again (U1).
func (p *Post) Edit(by Member, change func(*Content)) (Event, error) {
	if err := by.Can(Draft); err != nil {
		return Event{}, err
	}
	if !p.Open() {
		return Event{}, ErrInPublishing
	}
	was := p.State
	change(&p.Content)
	p.State, p.Approvals, p.Stage = Drafting, nil, 0
	return p.event(by, PostEdited, Facts{Was: was}), nil
}

// Offer hands a draft over to those who plan for the brand.
func (p *Post) Offer(by Member) (Event, error) {
	if err := by.Can(Draft); err != nil {
		return Event{}, err
	}
	switch {
	case p.State != Drafting && p.State != Changing:
		return Event{}, ErrOutdated
	case p.Content.Text.Empty() && len(p.Content.Media) == 0:
		return Event{}, ErrNoContent
	}
	return p.event(by, PostOffered, Facts{}), nil
}

// TimedBy is the deed that giving the post a time is: of a draft it is drafting.
func (p *Post) TimedBy() Deed {
	if p.State == Drafting || p.State == Changing {
		return Draft
	}
	return Plan
}

// Schedule sets or moves the slot. On a post that is approved or waits, a move
// beyond the brand's tolerance asks the approvers again (U2). What could not be
// brought out goes out at its new time, unless it was refused for its content: that
// needs an edit (U8).
func (p *Post) Schedule(by Member, to, now time.Time) (Event, error) {
	if err := by.Can(p.TimedBy()); err != nil {
		return Event{}, err
	}
	switch {
	case !p.Open():
		return Event{}, ErrInPublishing
	case !to.After(now):
		return Event{}, ErrPastSlot
	case p.State == Failed && !p.Repeatable():
		return Event{}, ErrUnchanged
	}
	from, state := p.Slot, p.State
	p.Slot = to
	p.afterMove(from)
	return p.event(by, PostMoved, Facts{Was: state, From: from, To: to, Again: p.State == InReview && state != InReview}), nil
}

// GoNow lets a post that is approved and late go out at once.
func (p *Post) GoNow(by Member, now time.Time) (Event, error) {
	if err := by.Can(Plan); err != nil {
		return Event{}, err
	}
	switch {
	case !p.Open():
		return Event{}, ErrInPublishing
	case p.State != Late:
		return Event{}, ErrOutdated
	}
	from := p.Slot
	p.Slot, p.State = now, Approved
	return p.event(by, PostMoved, Facts{Was: Late, From: from, To: now}), nil
}

// afterMove finds the state of a post whose slot has changed.
func (p *Post) afterMove(from time.Time) {
	switch p.State {
	case Expired:
		p.State = p.askedAgain()
	case Late:
		p.State = Approved // what was asked was "when", and a person has said it
	case Approved, Failed:
		p.State = Approved
		if !p.tolerates(from) && len(p.Brand.Rules.Stages) > 0 {
			p.State, p.Approvals, p.Stage = InReview, nil, 0
		}
	}
}

// askedAgain is the state of a post that waits although its approvers have spoken.
// Where silence means yes it is held: what was taken back is not silence, so it
// goes out only by a new word. (In such a brand only what was held expires.)
func (p *Post) askedAgain() PostState {
	if p.Brand.Rules.Silence == SilencePublish {
		return Held
	}
	return InReview
}

// tolerates tells whether the move from a slot to the present one is small: on
// the same day of the brand, and within its tolerance.
func (p *Post) tolerates(from time.Time) bool {
	zone := p.Brand.Location()
	a, b := from.In(zone), p.Slot.In(zone)
	sameDay := a.Year() == b.Year() && a.YearDay() == b.YearDay()
	return sameDay && p.Slot.Sub(from).Abs() <= p.Brand.Rules.Tolerance
}

// Submit cuts a version from the working copy and asks the first stage.
// The caller has checked the variants; issues is what it found.
func (p *Post) Submit(by Member, issues []Issue, now time.Time) (Event, error) {
	if err := by.Can(Plan); err != nil {
		return Event{}, err
	}
	if err := p.ready(issues, now); err != nil {
		return Event{}, err
	}
	if hash := p.Content.Hash(); hash != p.Hash {
		p.Version, p.Hash = p.Version+1, hash
	}
	p.Approvals, p.Stage, p.State, p.Note = nil, 0, InReview, ""
	if len(p.Brand.Rules.Stages) == 0 {
		p.State, p.Reviewed = Approved, true
		p.Approvals = []Approval{{Version: p.Version, Hash: p.Hash, Person: by.Person.ID, Decision: Yes, At: now}}
	}
	return p.event(by, PostSubmitted, Facts{To: p.Slot}), nil
}

// ready tells what still keeps the post from being sent for approval.
func (p *Post) ready(issues []Issue, now time.Time) error {
	blocked := slices.ContainsFunc(issues, func(i Issue) bool { return i.Blocks })
	switch {
	case !p.Open():
		return ErrInPublishing
	case p.Waiting() || p.State == Approved || p.State == Late:
		return ErrUnchanged
	case p.Content.Text.Empty() && len(p.Content.Media) == 0:
		return ErrNoContent
	case len(p.Content.Targets) == 0:
		return ErrNoAccounts
	case blocked:
		return ErrHasIssues
	case p.Slot.IsZero():
		return ErrNoSlot
	case !p.Slot.After(now):
		return ErrPastSlot
	}
	return p.canBeApproved()
}

// canBeApproved refuses a post that would wait for nobody.
func (p *Post) canBeApproved() error {
	for stage := range p.Brand.Rules.Stages {
		if len(p.approversOf(stage)) == 0 {
			return ErrNoApprovers
		}
	}
	return nil
}

// Stop takes the post back; Restore makes it a draft again.
func (p *Post) Stop(by Member) (Event, error) {
	if err := by.Can(Plan); err != nil && (p.State != Drafting || by.Can(Draft) != nil) {
		return Event{}, err
	}
	if !p.Open() {
		return Event{}, ErrInPublishing
	}
	if p.State == Stopped {
		return Event{}, ErrOutdated
	}
	was := p.State
	p.State, p.Approvals, p.Stage = Stopped, nil, 0
	return p.event(by, PostStopped, Facts{Was: was}), nil
}

// Restore makes a stopped post a draft again.
func (p *Post) Restore(by Member) (Event, error) {
	if err := by.Can(Draft); err != nil {
		return Event{}, err
	}
	if p.State != Stopped {
		return Event{}, ErrOutdated
	}
	p.State = Drafting
	return p.event(by, PostRestored, Facts{}), nil
}

// Expire ends the wait for approval when the slot has come (U3). With the policy
// "publish" the client has said beforehand that silence is a yes.
func (p *Post) Expire(now time.Time) (Event, error) {
	if (p.State != InReview && p.State != Held) || p.Slot.After(now) {
		return Event{}, ErrOutdated
	}
	if p.State == InReview && p.Brand.Rules.Silence == SilencePublish {
		p.State, p.Reviewed = Approved, false
		p.Approvals = append(p.Approvals, Approval{Version: p.Version, Hash: p.Hash, Stage: p.Stage, Decision: Silent, At: now})
		return p.event(Member{}, PostSilent, Facts{To: p.Slot}), nil
	}
	p.State = Expired
	return p.event(Member{}, PostExpired, Facts{To: p.Slot, Missed: p.tooLate(now)}), nil
}

// Claim takes an approved post whose slot has come into publishing, and returns
// the accounts to deliver to. A post whose time is past the late window becomes
// Late instead and returns none: it never goes out by itself (U4, U18). The
// approved hash is checked against the content once more; a post whose approvals
// do not cover it is held, and people are told.
func (p *Post) Claim(now time.Time) ([]int64, Event, error) {
	switch {
	case p.State != Approved || p.Slot.After(now):
		return nil, Event{}, ErrOutdated
	case !p.Sound():
		p.State = Held
		return nil, p.event(Member{}, PostStuck, Facts{Code: "unapproved"}), nil
	case p.tooLate(now):
		p.State = Late
		return nil, p.event(Member{}, PostLate, Facts{To: p.Slot, Missed: true}), nil
	}
	p.State = Publishing
	var due []int64
	for _, t := range p.Content.Targets {
		if !p.liveOn(t.Account) {
			due = append(due, t.Account)
		}
	}
	return due, p.event(Member{}, PostClaimed, Facts{To: p.Slot}), nil
}

// tooLate tells whether the slot is further back than a clock that runs can explain.
func (p *Post) tooLate(now time.Time) bool { return now.Sub(p.Slot) > p.Brand.Rules.LateWindow }

// Sound tells whether what would go out is what was approved.
func (p *Post) Sound() bool { return p.Content.Hash() == p.Hash && p.approvedWhole() }

// approvedWhole tells whether the approvals at hand cover every stage for the
// present hash.
func (p *Post) approvedWhole() bool {
	for _, a := range p.Approvals {
		if a.Version != p.Version || a.Hash != p.Hash {
			return false
		}
		if a.Decision == Silent {
			return true
		}
	}
	if len(p.Brand.Rules.Stages) == 0 {
		return len(p.Approvals) > 0
	}
	for stage := range p.Brand.Rules.Stages {
		if !slices.ContainsFunc(p.Approvals, func(a Approval) bool { return a.Stage == stage && a.Decision == Yes }) {
			return false
		}
	}
	return true
}

// liveOn tells whether the account already has the post.
func (p *Post) liveOn(account int64) bool {
	return slices.ContainsFunc(p.Deliveries, func(d Delivery) bool { return d.Account == account && d.State.WentOut() })
}

// Missing tells whether a network does not have the post any more on which it was live.
func (p *Post) Missing() bool {
	return slices.ContainsFunc(p.Deliveries, func(d Delivery) bool { return d.State == Deleted })
}

// Settle finds the post's state when a delivery has changed: it stays in
// publishing until every delivery has ended. The second result tells whether
// the post has ended with this.
func (p *Post) Settle() (Event, bool) {
	if p.State != Publishing {
		return Event{}, false
	}
	live, rejected := 0, 0
	for _, d := range p.Deliveries {
		switch {
		case !d.State.Ended():
			return Event{}, false
		case d.State.WentOut():
			live++
		case d.State == Rejected:
			rejected++
		}
	}
	switch {
	case rejected > 0:
		p.State = Failed
	case live > 0:
		p.State = Published
	default:
		p.State = Stopped // called off everywhere
	}
	return p.event(Member{}, PostFinished, Facts{State: p.State}), true
}

// Retry sends a refused delivery again, where the cause lay with the account and
// the account is well again, or with a network that could not be reached. What was refused for its content is not sent again
// unchanged: it needs an edit and a new approval.
func (p *Post) Retry(by Member, d *Delivery, now time.Time) error {
	if err := by.Can(Plan); err != nil {
		return err
	}
	i := slices.IndexFunc(p.Accounts, func(a Account) bool { return a.ID == d.Account })
	switch {
	case d.State != Rejected || (p.State != Failed && p.State != Publishing):
		return ErrOutdated
	case !d.Repeatable():
		return ErrUnchanged
	case i < 0 || !p.Accounts[i].Ready():
		return ErrAccountLost
	}
	p.State = Publishing
	d.Apply(Outcome{State: Waiting, Retry: now}, now)
	return nil
}

// Repeatable tells whether what was refused may go out as it is at another time.
func (p *Post) Repeatable() bool {
	return !slices.ContainsFunc(p.Deliveries, func(d Delivery) bool { return d.State == Rejected && !d.Repeatable() })
}

// TakeOver gives a refused delivery to a person, who publishes the approved content
// by hand. Where its words are what was refused they have to change first.
func (p *Post) TakeOver(by Member, d *Delivery, now time.Time) error {
	if err := by.Can(Plan); err != nil {
		return err
	}
	switch {
	case d.State != Rejected || (p.State != Failed && p.State != Publishing):
		return ErrOutdated
	case d.Unfit() || !p.Sound():
		return ErrUnchanged
	}
	p.State = Publishing
	d.Apply(Outcome{State: Handed, Code: d.Code}, now)
	return nil
}

// Copy makes a new draft with the same content for its own slot and approval.
func (p *Post) Copy(by Member) (Post, error) {
	if err := by.Can(Draft); err != nil {
		return Post{}, err
	}
	return Post{Brand: p.Brand, Author: by.Person.ID, State: Drafting, Content: p.Content}, nil
}

// event is what a change of this post leaves behind.
func (p *Post) event(by Member, kind Kind, f Facts) Event {
	return Event{
		Kind: kind, AgencyID: p.Brand.AgencyID, BrandID: p.Brand.ID, PostID: p.ID,
		Actor: by.Person.ID, Version: p.Version, Facts: f,
	}
}

// A PostRule changes a post on behalf of a member, or refuses to.
type PostRule func(p *Post, me Member) (Event, error)
