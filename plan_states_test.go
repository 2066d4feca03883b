package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"peyk/social"
)

// TestPlansAreDrawn walks every way of a plan that its rules allow and compares the steps
// with the drawing in docs/states.md.
func TestPlansAreDrawn(t *testing.T) {
	_, page, _ := strings.Cut(readDocs(t)["docs/states.md"], "## A plan")
	drawing, _, _ := strings.Cut(page, "## ")
	drawn, walked := map[string]bool{}, map[string]bool{}
	for _, m := range arrowForm.FindAllStringSubmatch(drawing, -1) {
		drawn[m[1]+" to "+m[2]] = true
	}
	first, err := social.Brand{ID: 1, Zone: "UTC"}.Begin(walker, social.Cause{}, []social.DropAction{{Code: social.DropBest}}, dawn)
	if err != nil {
		t.Fatal(err)
	}
	seen, todo := map[social.PlanState]bool{}, []social.ActionPlan{first}
	for len(todo) > 0 {
		from := todo[0]
		todo = todo[1:]
		if seen[from.State] {
			continue
		}
		seen[from.State] = true
		for _, rule := range planRules() {
			p := from
			p.Actions = slices.Clone(from.Actions)
			if _, err := rule(&p, walker); err == nil {
				if p.State != from.State {
					walked[string(from.State)+" to "+string(p.State)] = true
				}
				todo = append(todo, p)
			}
		}
	}
	for _, step := range slices.Sorted(maps.Keys(walked)) {
		if !drawn[step] {
			t.Errorf("the rules allow %s, and docs/states.md does not show it", step)
		}
	}
	for _, step := range slices.Sorted(maps.Keys(drawn)) {
		if !walked[step] {
			t.Errorf("docs/states.md shows %s, and the rules do not allow it", step)
		}
	}
}

// planRules are all rules of plans, on a day after they were due.
func planRules() []social.PlanRule {
	later := dawn.AddDate(0, 0, 8)
	return []social.PlanRule{
		func(p *social.ActionPlan, by social.Member) (social.Event, error) { return p.Pick(by, 0) },
		func(p *social.ActionPlan, by social.Member) (social.Event, error) { return p.Add(by, "call") },
		func(p *social.ActionPlan, by social.Member) (social.Event, error) { return p.Give(by, by) },
		func(p *social.ActionPlan, by social.Member) (social.Event, error) {
			return p.Until(by, 2026, time.December, 9, later)
		},
		func(p *social.ActionPlan, by social.Member) (social.Event, error) { return p.Agree(by, nil, dawn) },
		func(p *social.ActionPlan, by social.Member) (social.Event, error) { return p.Tick(by, 0, later) },
		func(p *social.ActionPlan, _ social.Member) (social.Event, error) { return p.Ask(later) },
		func(p *social.ActionPlan, by social.Member) (social.Event, error) { return p.Judge(by, true, later) },
		func(p *social.ActionPlan, by social.Member) (social.Event, error) { return p.Judge(by, false, later) },
		func(p *social.ActionPlan, by social.Member) (social.Event, error) { return p.Later(by, later) },
		func(p *social.ActionPlan, by social.Member) (social.Event, error) { return p.Drop(by, later) },
		func(p *social.ActionPlan, by social.Member) (social.Event, error) { return p.Hand(by.Person), nil },
	}
}

// TestGoalsAreDrawn does the same for goals.
func TestGoalsAreDrawn(t *testing.T) {
	_, page, _ := strings.Cut(readDocs(t)["docs/states.md"], "## A goal")
	drawing, _, _ := strings.Cut(page, "## ")
	var drawn, walked []string
	for _, m := range arrowForm.FindAllStringSubmatch(drawing, -1) {
		drawn = append(drawn, m[1]+" to "+m[2])
	}
	b := social.Brand{ID: 1, Zone: "UTC"}
	week := func(posts int) social.Digest {
		return social.Digest{Brand: b, Week: b.Week(dawn), Weeks: []social.Figures{{Known: true, Published: posts}}, Me: walker}
	}
	end := b.GoalDay(2026, time.December, 20)
	for _, rule := range []func(*social.Goal) error{
		func(g *social.Goal) error { _, err := g.Aim(walker, 7); return err },
		func(g *social.Goal) error { _, err := g.Until(walker, end, dawn); return err },
		func(g *social.Goal) error { _, err := g.End(walker, dawn); return err },
		func(g *social.Goal) error { g.Look(week(9), dawn); return nil },
		func(g *social.Goal) error { g.Look(week(1), end); return nil },
	} {
		for _, from := range []social.GoalState{social.GoalOpen, social.GoalReached, social.GoalMissed, social.GoalEnded} {
			g := social.Goal{Brand: b, Metric: social.MetricPosts, Target: 5, State: from, Due: end}
			if err := rule(&g); err == nil && g.State != from {
				walked = append(walked, string(from)+" to "+string(g.State))
			}
		}
	}
	slices.Sort(drawn)
	slices.Sort(walked)
	if !slices.Equal(drawn, walked) {
		t.Errorf("docs/states.md shows %q, and the rules allow %q", drawn, walked)
	}
}
