package social

import (
	"slices"
	"time"
)

// A PlanState is where a plan stands.
type PlanState string

// The states of a plan.
const (
	PlanDraft   PlanState = "draft"   // somebody chooses what it is made of
	PlanOpen    PlanState = "open"    // it has an owner and a date
	PlanAsked   PlanState = "asked"   // its date has come: did it help?
	PlanHelped  PlanState = "helped"  // it did
	PlanVain    PlanState = "vain"    // it did not
	PlanDropped PlanState = "dropped" // it was given up
)

// An ActionPlan is what people of a brand want to do about its figures: some actions,
// with an owner, and a date on which they are asked whether it helped.
type ActionPlan struct {
	ID      int64
	Brand   Brand
	State   PlanState
	Cause   Cause
	Actions []PlanAction
	Owner   Person
	Maker   Person
	Due     time.Time // in the morning of its date, by the brand's clock
	Begun   time.Time // when it was agreed on; zero: it is not yet
	Ended   time.Time // when it was answered or dropped
}

// A Cause is why a plan was made: a fall, or a week that people looked at. What the
// figure was then is kept, so that it can be told what became of it.
type Cause struct {
	Fall   bool    `json:"fall,omitempty"`
	Week   string  `json:"week"` // as Week.Day names it
	Metric Metric  `json:"metric"`
	Known  bool    `json:"known,omitempty"` // whether Now is
	Now    float64 `json:"now,omitempty"`   // in that week
	Usual  bool    `json:"usual,omitempty"` // whether Was is known
	Was    float64 `json:"was,omitempty"`   // what was usual before
}

// In finds the plan that is under way because of the same fall.
func (c Cause) In(running []ActionPlan) (ActionPlan, bool) {
	for _, p := range running {
		if c.Fall && p.Cause.Fall && p.Cause.Week == c.Week && p.Running() {
			return p, true
		}
	}
	return ActionPlan{}, false
}

// A PlanAction is one thing that a plan wants done: one that was offered, or, with a
// text and no code, somebody's own.
type PlanAction struct {
	DropAction
	Text   string    `json:"text,omitempty"`
	Author int64     `json:"author,omitempty"` // who wrote the text
	Off    bool      `json:"off,omitempty"`    // offered, and not wanted
	Done   time.Time `json:"done,omitzero"`
}

const (
	// maxActions is how many actions a plan has at most: those that are offered, and
	// some of one's own.
	maxActions = 6
	// maxAction is how long an action of one's own may be, in code points.
	maxAction = 200
	// planDays is how long a plan lasts unless somebody says otherwise, and how much
	// longer "too early" makes it.
	planDays = 7
	// maxPlanDays is how many days ahead a plan's date may lie.
	maxPlanDays = 180
	// planHour is when people are asked, by the brand's clock.
	planHour = 9
)

// The refusals about plans.
const (
	ErrNoAction  = Rule("plan_no_action")  // none is wanted
	ErrPlanFull  = Rule("plan_full")       // it has as many actions as it may
	ErrPlanDate  = Rule("plan_date")       // today, past, or too far ahead
	ErrPlanOwner = Rule("plan_owner")      // who may not plan for the brand
	ErrPlanEnded = Rule("plan_ended")      // it was answered or dropped
	ErrPlanned   = Rule("plan_made")       // the fall has a plan already
	ErrActionBig = Rule("plan_action_big") // its words are too many
)

// A PlanRule changes a plan on behalf of a member, or refuses to.
type PlanRule func(p *ActionPlan, me Member) (Event, error)

// Begin makes the draft of a plan: all that is offered is wanted, whoever makes it
// owns it, and it lasts a week.
func (b Brand) Begin(by Member, c Cause, offered []DropAction, now time.Time) (ActionPlan, error) {
	if err := by.Can(Plan); err != nil {
		return ActionPlan{}, err
	}
	p := ActionPlan{Brand: b, State: PlanDraft, Cause: c, Owner: by.Person, Maker: by.Person}
	for _, a := range offered {
		p.Actions = append(p.Actions, PlanAction{DropAction: a})
	}
	p.Due = b.morningIn(now, planDays)
	return p, nil
}

// morningIn is the morning so many days after a moment, by the brand's clock.
func (b Brand) morningIn(now time.Time, days int) time.Time {
	local := now.In(b.Location())
	return b.morningOf(local.Year(), local.Month(), local.Day()+days)
}

func (b Brand) morningOf(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, planHour, 0, 0, 0, b.Location()).UTC()
}

// Running tells whether the plan is under way.
func (p *ActionPlan) Running() bool { return p.State == PlanOpen || p.State == PlanAsked }

// Chosen are the actions that are wanted.
func (p *ActionPlan) Chosen() []PlanAction {
	var chosen []PlanAction
	for _, a := range p.Actions {
		if !a.Off {
			chosen = append(chosen, a)
		}
	}
	return chosen
}

// DoneActions counts those that are done.
func (p *ActionPlan) DoneActions() (n int) {
	for _, a := range p.Chosen() {
		if !a.Done.IsZero() {
			n++
		}
	}
	return n
}

// event tells of the plan. A draft's changes are told to nobody.
func (p *ActionPlan) event(by Member, kind Kind, facts Facts) Event {
	facts.Plan = p.ID
	return Event{Kind: kind, AgencyID: p.Brand.AgencyID, BrandID: p.Brand.ID, Actor: by.Person.ID, Facts: facts}
}

// in refuses whoever may not plan, and plans in another state than one of those given.
func (p *ActionPlan) in(by Member, states ...PlanState) error {
	switch err := by.Can(Plan); {
	case err != nil:
		return err
	case slices.Contains(states, p.State):
		return nil
	case p.State == PlanDraft || p.Running():
		return ErrOutdated
	}
	return ErrPlanEnded
}

// own refuses whoever did not begin the draft.
func (p *ActionPlan) own(by Member) error {
	if err := p.in(by, PlanDraft); err != nil {
		return err
	}
	if by.Person.ID != p.Maker.ID {
		return ErrNotFound
	}
	return nil
}

// Drafted tells that somebody begins to choose; nobody hears of it.
func (p *ActionPlan) Drafted() Event { return p.event(Member{Person: p.Maker}, PlanDrafted, Facts{}) }

// SeenBy tells whether somebody may see the plan: those who plan for the brand, and of a
// draft its maker alone.
func (p *ActionPlan) SeenBy(me Member) error {
	if err := me.Can(Plan); err != nil {
		return err
	}
	if p.State == PlanDraft && me.Person.ID != p.Maker.ID {
		return ErrNotFound
	}
	return nil
}

// SlotFor is a time for the post that an action wants: the next at its hour, or the next
// free slot of the brand; the zero time where it wants none.
func (b Brand) SlotFor(a PlanAction, taken []time.Time, now time.Time) time.Time {
	switch a.Code {
	case DropHours, OfferHour:
		return b.nextHour(a.N, taken, now)
	}
	if free := b.FreeSlots(now, taken, 1); len(free) > 0 {
		return free[0]
	}
	return time.Time{}
}

// nextHour is the next time at which the brand's clock shows the hour and no post goes out.
func (b Brand) nextHour(hour int, taken []time.Time, now time.Time) time.Time {
	local := now.In(b.Location())
	for day := range 14 {
		at := time.Date(local.Year(), local.Month(), local.Day()+day, hour, 0, 0, 0, local.Location())
		if at.Hour() == hour && at.After(now) && !slices.ContainsFunc(taken, at.Equal) {
			return at
		}
	}
	return time.Time{}
}
