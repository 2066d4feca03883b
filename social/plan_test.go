package social_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"peyk/social"
)

// The people of the plans, and their brand, in Tehran (UTC+3:30).
var (
	planner = social.Member{Person: social.Person{ID: 1, Reachable: true}, Role: social.Manager}
	partner = social.Member{Person: social.Person{ID: 2, Reachable: true}, Role: social.Owner}
	planned = time.Date(2026, 11, 23, 21, 0, 0, 0, time.UTC) // half past midnight on Tuesday in Tehran
	cafe    = social.Brand{ID: 7, AgencyID: 3, Zone: "Asia/Tehran"}
)

func aPlan(t *testing.T) social.ActionPlan {
	t.Helper()
	p, err := cafe.Begin(planner, social.Cause{Fall: true, Week: "2026-11-14", Metric: social.MetricReach}, []social.DropAction{{Code: social.DropBest}, {Code: social.DropQuestion}}, planned)
	if err != nil {
		t.Fatal(err)
	}
	p.ID = 5
	return p
}

// A plan is due in the morning of its day by the brand's clock, a week after the day on which it was begun there.
func TestPlanIsDueInTheMorning(t *testing.T) {
	t.Parallel()
	p := aPlan(t)
	if want := time.Date(2026, 12, 1, 5, 30, 0, 0, time.UTC); !p.Due.Equal(want) {
		t.Errorf("due %s", p.Due)
	}
	if _, err := p.Agree(planner, nil, planned); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Ask(p.Due.Add(-time.Second)); !errors.Is(err, social.ErrNotDue) {
		t.Errorf("before its day: %v", err)
	}
	if e, err := p.Ask(p.Due); err != nil || e.Kind != social.PlanDue || p.State != social.PlanAsked || e.Facts.Plan != 5 {
		t.Errorf("on its day: %+v, %v", e, err)
	}
	if _, err := p.Ask(p.Due); !errors.Is(err, social.ErrNotDue) {
		t.Errorf("twice: %v", err)
	}
	if _, err := p.Later(partner, p.Due.Add(time.Hour)); err != nil || !p.Due.Equal(time.Date(2026, 12, 8, 5, 30, 0, 0, time.UTC)) {
		t.Errorf("a week more: due %s, %v", p.Due, err)
	}
}

// What is chosen is kept and nothing else; without anything there is no plan, nor a second one of one fall.
func TestAgree(t *testing.T) {
	t.Parallel()
	p := aPlan(t)
	_, err := p.Pick(planner, 0)
	if err != nil || len(p.Chosen()) != 1 {
		t.Fatalf("%d chosen, %v", len(p.Chosen()), err)
	}
	other := aPlan(t)
	other.State = social.PlanOpen
	if _, err := p.Agree(planner, []social.ActionPlan{other}, planned); !errors.Is(err, social.ErrPlanned) {
		t.Errorf("a second plan of the fall: %v", err)
	}
	e, err := p.Agree(planner, nil, planned)
	if err != nil || len(p.Actions) != 1 || p.Actions[0].Code != social.DropQuestion || e.Kind != social.PlanMade || e.Facts.Person != 1 {
		t.Errorf("%+v, %+v, %v", p.Actions, e, err)
	}
	none := aPlan(t)
	for n := range 2 {
		if _, err := none.Pick(planner, n); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := none.Agree(planner, nil, planned); !errors.Is(err, social.ErrNoAction) {
		t.Errorf("nothing chosen: %v", err)
	}
}

func TestPlanRefusals(t *testing.T) {
	t.Parallel()
	editor := social.Member{Person: social.Person{ID: 9}, Role: social.Editor}
	open := func(p *social.ActionPlan) {
		if _, err := p.Agree(planner, nil, planned); err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		ready func(*social.ActionPlan)
		rule  social.PlanRule
		want  error
	}{
		"an editor picks":        {nil, func(p *social.ActionPlan, _ social.Member) (social.Event, error) { return p.Pick(editor, 0) }, social.ErrForbidden},
		"somebody else's draft":  {nil, func(p *social.ActionPlan, _ social.Member) (social.Event, error) { return p.Pick(partner, 0) }, social.ErrNotFound},
		"an action that is none": {nil, func(p *social.ActionPlan, me social.Member) (social.Event, error) { return p.Pick(me, 2) }, social.ErrOutdated},
		"a pick of what is open": {open, func(p *social.ActionPlan, me social.Member) (social.Event, error) { return p.Pick(me, 0) }, social.ErrOutdated},
		"an answer too soon":     {open, func(p *social.ActionPlan, me social.Member) (social.Event, error) { return p.Judge(me, true, planned) }, social.ErrOutdated},
		"an owner who may not":   {open, func(p *social.ActionPlan, me social.Member) (social.Event, error) { return p.Give(me, editor) }, social.ErrPlanOwner},
		"today": {open, func(p *social.ActionPlan, me social.Member) (social.Event, error) {
			return p.Until(me, 2026, 11, 24, planned)
		}, social.ErrPlanDate},
		"next year": {open, func(p *social.ActionPlan, me social.Member) (social.Event, error) {
			return p.Until(me, 2027, 11, 24, planned)
		}, social.ErrPlanDate},
		"no words": {open, func(p *social.ActionPlan, me social.Member) (social.Event, error) { return p.Add(me, "  ") }, social.ErrEmpty},
		"too many words": {open, func(p *social.ActionPlan, me social.Member) (social.Event, error) {
			return p.Add(me, strings.Repeat("ک", 201))
		}, social.ErrActionBig},
		"too many actions": {func(p *social.ActionPlan) { p.Actions = append(p.Actions, make([]social.PlanAction, 4)...) },
			func(p *social.ActionPlan, me social.Member) (social.Event, error) { return p.Add(me, "x") }, social.ErrPlanFull},
		"what is over": {func(p *social.ActionPlan) { p.State = social.PlanHelped },
			func(p *social.ActionPlan, me social.Member) (social.Event, error) { return p.Drop(me, planned) }, social.ErrPlanEnded},
	}
	for name, c := range tests {
		p := aPlan(t)
		if c.ready != nil {
			c.ready(&p)
		}
		if _, err := c.rule(&p, planner); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// What became of the figure is known of the same accounts alone, and after a week has ended.
func TestPlanResult(t *testing.T) {
	t.Parallel()
	p := aPlan(t)
	p.Begun = planned
	reach := func(account, n int64) social.Figures {
		return social.Figures{Known: true, Numbers: []social.Numbers{{Account: account, Platform: social.Instagram, Reach: social.Figure{Known: true, N: n}}}}
	}
	weekOf := func(day string) social.Week {
		w, err := cafe.WeekOf(day)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	before := social.Digest{Brand: cafe, Week: weekOf("2026-11-14"), Weeks: []social.Figures{reach(1, 50)}}
	if r := p.Result(before); r.Ended {
		t.Errorf("no week has ended: %+v", r)
	}
	after := social.Digest{Brand: cafe, Week: weekOf("2026-11-21"), Weeks: []social.Figures{reach(1, 80), reach(1, 50)}}
	if r := p.Result(after); !r.Ended || !r.Known || r.Now != 80 {
		t.Errorf("of the same account: %+v", r)
	}
	p.Cause.Known = true
	after.Weeks[1] = reach(2, 50)
	if r := p.Result(after); !r.Ended || r.Known {
		t.Errorf("of another account: %+v", r)
	}
	if n := p.WeeksSince(weekOf("2026-12-05")); n != 4 {
		t.Errorf("%d weeks", n)
	}
}

// A digest offers what its week suggests, at most three things, none twice.
func TestOffers(t *testing.T) {
	t.Parallel()
	quiet := social.Digest{Brand: cafe, Weeks: make([]social.Figures, 5)}
	if got := codes(quiet.Offers(planned)); got != "ahead best question" {
		t.Errorf("a quiet week: %s", got)
	}
	busy := social.Digest{Brand: cafe, Open: 3, Ahead: 2, Weeks: []social.Figures{{Known: true, Published: 1}, {Known: true, Published: 5}, {Known: true, Published: 5}}}
	if got := codes(busy.Offers(planned)); got != "answers posts best" {
		t.Errorf("a week with fewer posts: %s", got)
	}
}

func codes(actions []social.DropAction) string {
	var all []string
	for _, a := range actions {
		all = append(all, a.Code)
	}
	return strings.Join(all, " ")
}

// A post that a plan wants has the hour of the action, the next at which none goes out.
func TestSlotFor(t *testing.T) {
	t.Parallel()
	a := social.PlanAction{DropAction: social.DropAction{Code: social.OfferHour, N: 18}}
	first := time.Date(2026, 11, 24, 14, 30, 0, 0, time.UTC)
	if at := cafe.SlotFor(a, nil, planned); !at.Equal(first) {
		t.Errorf("the first: %s", at)
	}
	if at := cafe.SlotFor(a, []time.Time{first}, planned); !at.Equal(first.AddDate(0, 0, 1)) {
		t.Errorf("the next: %s", at)
	}
}
