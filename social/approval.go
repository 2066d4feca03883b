package social

import (
	"slices"
	"time"
)

// A Decision is what one approver said about one version.
type Decision string

// The decisions.
const (
	Yes    Decision = "yes"
	Silent Decision = "silent" // nobody spoke, and the client had said that this means yes
)

// An Approval binds one person's word to one version and stage.
type Approval struct {
	ID       int64
	Version  int
	Hash     string
	Stage    int
	Person   int64 // 0: silence
	Decision Decision
	At       time.Time
}

// Approve gives by's word for the version. The event's kind tells whether more
// words are needed (PostAgreed), the post will go out (PostApproved), or the word
// came after the due time (PostLate, U4).
func (p *Post) Approve(by Member, version int, now time.Time) (Event, error) {
	if err := p.mayDecide(by, version); err != nil {
		return Event{}, err
	}
	p.Approvals = append(p.Approvals, Approval{
		Version: p.Version, Hash: p.Hash, Stage: p.Stage, Person: by.Person.ID, Decision: Yes, At: now,
	})
	if !p.stageAgreed() {
		return p.event(by, PostAgreed, Facts{To: p.Slot}), nil
	}
	if p.Stage+1 < len(p.Brand.Rules.Stages) {
		p.Stage++
		p.State = InReview
		return p.event(by, PostAgreed, Facts{To: p.Slot}), nil
	}
	p.Reviewed = true
	if p.State == Expired || !p.Slot.After(now) {
		p.State = Late
		return p.event(by, PostLate, Facts{To: p.Slot}), nil
	}
	p.State = Approved
	return p.event(by, PostApproved, Facts{To: p.Slot}), nil
}

// AskChange sends the version back with a note. Voice is a stored voice note.
func (p *Post) AskChange(by Member, version int, note string, voice *Media) (Event, error) {
	if err := p.mayDecide(by, version); err != nil {
		return Event{}, err
	}
	if note == "" && voice == nil {
		return Event{}, ErrEmpty
	}
	p.State, p.Approvals, p.Stage, p.Note = Changing, nil, 0, note
	return p.event(by, PostChangeAsked, Facts{Note: note, Voice: voice}), nil
}

// Unask takes a change request back while nobody has changed anything: the same
// version waits again. Anybody whose word counts may, for nothing is approved by it.
func (p *Post) Unask(by Member, version int) (Event, error) {
	if err := p.mayJudge(by, version); err != nil {
		return Event{}, err
	}
	if p.State != Changing || len(p.Brand.Rules.Stages) == 0 {
		return Event{}, ErrOutdated
	}
	p.State, p.Note = p.askedAgain(), ""
	return p.event(by, PostUnasked, Facts{}), nil
}

// Hold stops the version where it is until an approver approves it after all.
// It works on a waiting and on an approved post, until publishing starts (C5).
func (p *Post) Hold(by Member, version int) (Event, error) {
	if err := p.mayJudge(by, version); err != nil {
		return Event{}, err
	}
	switch p.State {
	case InReview, Approved, Late, Expired:
	case Held:
		return Event{}, ErrDecided
	case Publishing, Published:
		return Event{}, ErrInPublishing
	default:
		return Event{}, ErrNotWaiting
	}
	was := p.State
	p.State, p.Approvals, p.Stage = Held, nil, 0
	return p.event(by, PostHeld, Facts{Was: was}), nil
}

// Undo takes by's own approval back, until publishing starts.
func (p *Post) Undo(by Member, version int) (Event, error) {
	if err := p.mayJudge(by, version); err != nil {
		return Event{}, err
	}
	if !p.Open() {
		return Event{}, ErrInPublishing
	}
	own := slices.IndexFunc(p.Approvals, func(a Approval) bool { return a.Person == by.Person.ID })
	if own < 0 || p.State == Drafting || p.State == Stopped {
		return Event{}, ErrNotWaiting
	}
	stage := p.Approvals[own].Stage
	p.Approvals = slices.DeleteFunc(p.Approvals, func(a Approval) bool {
		return a.Person == by.Person.ID || a.Stage > stage || a.Decision == Silent
	})
	p.Stage, p.State = stage, p.askedAgain()
	return p.event(by, PostUndone, Facts{}), nil
}

// mayJudge checks the person, the brand's rule about the team's own word, and
// that the button belongs to the present version.
func (p *Post) mayJudge(by Member, version int) error {
	if err := by.Can(Approve); err != nil {
		return err
	}
	team := by.Role == Owner || by.Role == Manager || by.Person.ID == p.Author
	switch {
	case team && !p.Brand.Rules.OwnApproval && !p.stageOf(by):
		return ErrOwnPost
	case version != p.Version || version == 0:
		return ErrOutdated
	}
	return nil
}

// stageOf tells whether some stage asks for by's role, and by is not the author.
func (p *Post) stageOf(by Member) bool {
	return by.Person.ID != p.Author &&
		slices.ContainsFunc(p.Brand.Rules.Stages, func(s Stage) bool { return s.By == by.Role })
}

// mayDecide checks that the version waits for by's word.
func (p *Post) mayDecide(by Member, version int) error {
	if err := p.mayJudge(by, version); err != nil {
		return err
	}
	switch {
	case p.State == Publishing || p.State == Published:
		return ErrInPublishing
	case p.State == Approved || p.State == Late:
		return ErrDecided
	case !p.Waiting():
		return ErrNotWaiting
	case slices.ContainsFunc(p.Approvals, func(a Approval) bool { return a.Person == by.Person.ID && a.Stage == p.Stage }):
		return ErrDecided
	case !slices.ContainsFunc(p.approversOf(p.Stage), func(m Member) bool { return m.Person.ID == by.Person.ID }):
		return ErrNotApprover
	}
	return nil
}

// approversOf returns the people whose word counts at a stage: those of its role
// but for the author, and where the brand allows it the team as well.
func (p *Post) approversOf(stage int) []Member {
	if stage >= len(p.Brand.Rules.Stages) {
		return nil
	}
	var who []Member
	for _, m := range p.Eligible {
		team := p.Brand.Rules.OwnApproval && m.Role.May(Plan)
		own := m.Person.ID == p.Author && !p.Brand.Rules.OwnApproval
		if (m.Role == p.Brand.Rules.Stages[stage].By || team) && !own {
			who = append(who, m)
		}
	}
	return who
}

// Approvers returns the people whom the waiting stage asks.
func (p *Post) Approvers() []Member { return p.approversOf(p.Stage) }

// stageAgreed tells whether the waiting stage has all the words it needs.
func (p *Post) stageAgreed() bool {
	stage := p.Brand.Rules.Stages[p.Stage]
	if stage.Need != All {
		return true
	}
	for _, m := range p.Approvers() {
		if m.Role != stage.By {
			continue
		}
		if !slices.ContainsFunc(p.Approvals, func(a Approval) bool { return a.Stage == p.Stage && a.Person == m.Person.ID }) {
			return false
		}
	}
	return true
}
