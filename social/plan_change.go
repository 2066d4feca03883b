package social

import (
	"slices"
	"strings"
	"time"
)

// Pick says whether an offered action is wanted; a second time takes it back.
func (p *ActionPlan) Pick(by Member, n int) (Event, error) {
	if err := p.own(by); err != nil {
		return Event{}, err
	}
	if n < 0 || n >= len(p.Actions) {
		return Event{}, ErrOutdated
	}
	p.Actions[n].Off = !p.Actions[n].Off
	return p.event(by, PlanDrafted, Facts{}), nil
}

// Add puts an action of one's own into the plan.
func (p *ActionPlan) Add(by Member, text string) (Event, error) {
	if err := p.in(by, PlanDraft, PlanOpen, PlanAsked); err != nil {
		return Event{}, err
	}
	text = strings.Join(strings.Fields(text), " ")
	switch {
	case text == "":
		return Event{}, ErrEmpty
	case len([]rune(text)) > maxAction:
		return Event{}, ErrActionBig
	case len(p.Actions) >= maxActions:
		return Event{}, ErrPlanFull
	}
	p.Actions = append(p.Actions, PlanAction{Text: text, Author: by.Person.ID})
	return p.event(by, p.changed(), Facts{}), nil
}

// changed is what a change of the plan is: of a draft nobody hears.
func (p *ActionPlan) changed() Kind {
	if p.State == PlanDraft {
		return PlanDrafted
	}
	return PlanChanged
}

// Give makes somebody of the brand the owner who may plan for it.
func (p *ActionPlan) Give(by, to Member) (Event, error) {
	if err := p.in(by, PlanDraft, PlanOpen, PlanAsked); err != nil {
		return Event{}, err
	}
	if !to.Role.May(Plan) {
		return Event{}, ErrPlanOwner
	}
	p.Owner = to.Person
	if p.State == PlanDraft {
		return p.event(by, PlanDrafted, Facts{}), nil
	}
	return p.event(by, PlanGiven, Facts{Person: to.Person.ID}), nil
}

// Until sets the day on which people are asked. Asked already, they are asked again
// then.
func (p *ActionPlan) Until(by Member, year int, month time.Month, day int, now time.Time) (Event, error) {
	if err := p.in(by, PlanDraft, PlanOpen, PlanAsked); err != nil {
		return Event{}, err
	}
	due := p.Brand.morningOf(year, month, day)
	if due.Before(p.Brand.morningIn(now, 1)) || due.After(p.Brand.morningIn(now, maxPlanDays)) {
		return Event{}, ErrPlanDate
	}
	p.Due = due
	if p.State == PlanAsked {
		p.State = PlanOpen
	}
	return p.event(by, p.changed(), Facts{To: due}), nil
}

// Agree makes the draft a plan. What is not wanted is left out. A fall has one plan:
// it must be none of those that are under way.
func (p *ActionPlan) Agree(by Member, running []ActionPlan, now time.Time) (Event, error) {
	if err := p.own(by); err != nil {
		return Event{}, err
	}
	chosen := p.Chosen()
	switch _, planned := p.Cause.In(running); {
	case planned:
		return Event{}, ErrPlanned
	case len(chosen) == 0:
		return Event{}, ErrNoAction
	case !p.Due.After(now):
		return Event{}, ErrPlanDate
	}
	p.Actions, p.State, p.Begun = chosen, PlanOpen, now
	return p.event(by, PlanMade, Facts{Person: p.Owner.ID, To: p.Due}), nil
}

// Tick says that an action is done; a second time takes it back.
func (p *ActionPlan) Tick(by Member, n int, now time.Time) (Event, error) {
	if err := p.in(by, PlanOpen, PlanAsked); err != nil {
		return Event{}, err
	}
	if n < 0 || n >= len(p.Actions) {
		return Event{}, ErrOutdated
	}
	p.Actions = slices.Clone(p.Actions)
	done := now
	if !p.Actions[n].Done.IsZero() {
		done = time.Time{}
	}
	p.Actions[n].Done = done
	return p.event(by, PlanTicked, Facts{}), nil
}

// Ask asks whether the plan has helped, once its date has come.
func (p *ActionPlan) Ask(now time.Time) (Event, error) {
	if p.State != PlanOpen || now.Before(p.Due) {
		return Event{}, ErrNotDue
	}
	p.State = PlanAsked
	return p.event(Member{}, PlanDue, Facts{}), nil
}

// Judge says whether it has. Whoever changes his mind has it asked again by a new date.
func (p *ActionPlan) Judge(by Member, helped bool, now time.Time) (Event, error) {
	if err := p.in(by, PlanAsked); err != nil {
		return Event{}, err
	}
	p.State, p.Ended = PlanVain, now
	if helped {
		p.State = PlanHelped
	}
	return p.event(by, PlanJudged, Facts{Code: string(p.State)}), nil
}

// Later says that it is too early to tell: people are asked again in a week.
func (p *ActionPlan) Later(by Member, now time.Time) (Event, error) {
	if err := p.in(by, PlanAsked); err != nil {
		return Event{}, err
	}
	p.State, p.Due = PlanOpen, p.Brand.morningIn(now, planDays)
	return p.event(by, PlanChanged, Facts{To: p.Due}), nil
}

// Drop gives the plan up.
func (p *ActionPlan) Drop(by Member, now time.Time) (Event, error) {
	if err := p.in(by, PlanDraft, PlanOpen, PlanAsked); err != nil {
		return Event{}, err
	}
	if p.State == PlanDraft && by.Person.ID != p.Maker.ID {
		return Event{}, ErrNotFound
	}
	kind := PlanGivenUp
	if p.State == PlanDraft {
		kind = PlanDrafted
	}
	p.State, p.Ended = PlanDropped, now
	return p.event(by, kind, Facts{}), nil
}

// Hand gives the plan to somebody because its owner is there no more.
func (p *ActionPlan) Hand(to Person) Event {
	p.Owner = to
	return p.event(Member{}, PlanHanded, Facts{Person: to.ID})
}
