package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"peyk/social"
)

// TestStatesAreDrawn walks every way of a post that its rules allow and compares
// the steps with the drawing in docs/states.md: no arrow too many, none missing.
func TestStatesAreDrawn(t *testing.T) {
	t.Parallel()
	drawn := drawnPosts(t)
	walked := map[string]bool{}
	for _, b := range brandsToWalk() {
		walk(b, walked)
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

var arrowForm = regexp.MustCompile(`(?m)^    (\w+) --> (\w+)`)

// brokenLabel is an arrow whose words hold what ends them (Mermaid 11, state
// diagrams: a label is all up to a colon, a semicolon or the end of the line).
var brokenLabel = regexp.MustCompile(`(?m)^ +\S+ --> \S+: .*[:;].*$`)

// drawnPosts are the arrows of the first drawing, and those that the page tells
// in words, to keep the drawing readable.
func drawnPosts(t *testing.T) map[string]bool {
	t.Helper()
	_, page, _ := strings.Cut(readDocs(t)["docs/states.md"], "```mermaid")
	drawing, told, _ := strings.Cut(page, "```")
	steps := map[string]bool{}
	for _, m := range brokenLabel.FindAllString(page, -1) {
		t.Errorf("a viewer ends the label before the second mark, and draws the rest as states: %s", m)
	}
	for _, m := range arrowForm.FindAllStringSubmatch(drawing, -1) {
		if m[1] != m[2] {
			steps[m[1]+" to "+m[2]] = true
		}
	}
	if len(steps) < 20 {
		t.Fatalf("only %d arrows were found", len(steps))
	}
	told, _, _ = strings.Cut(told, "| state |")
	for _, word := range []string{"**edit**", "**stop**", "**submit**", "**undo**"} {
		if !strings.Contains(told, word) {
			t.Fatalf("the page does not tell of %s any more", word)
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(page, -1) {
		state := social.PostState(m[1])
		if state == social.Publishing || state == social.Published {
			continue
		}
		if state != social.Drafting {
			steps[m[1]+" to draft"] = true
		}
		if state != social.Stopped {
			steps[m[1]+" to stopped"] = true
		}
	}
	for _, from := range []social.PostState{social.Changing, social.Failed, social.Stopped} {
		steps[string(from)+" to review"], steps[string(from)+" to approved"] = true, true
	}
	return steps
}

// The people and hours of the walks.
var (
	walker = social.Member{Person: social.Person{ID: 1}, Role: social.Manager}
	client = social.Member{Person: social.Person{ID: 2}, Role: social.Approver}
	second = social.Member{Person: social.Person{ID: 3}, Role: social.Approver}
	dawn   = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
)

// brandsToWalk differ in whom they ask, and in what silence means.
func brandsToWalk() []social.Brand {
	one := social.Stage{By: social.Approver, Need: social.Any}
	both := social.Stage{By: social.Approver, Need: social.All}
	var all []social.Brand
	for _, stages := range [][]social.Stage{nil, {one}, {both}, {one, both}} {
		for _, silence := range []social.Silence{social.SilenceHold, social.SilencePublish} {
			rules := social.BrandRules{Stages: stages, Silence: silence, Tolerance: time.Hour, LateWindow: time.Hour}
			all = append(all, social.Brand{ID: 1, Zone: "UTC", Rules: rules})
		}
	}
	return all
}

// standing is all of a post that decides what may happen to it next.
type standing struct {
	state     social.PostState
	stages    int
	stage     int
	agreed    string
	delivered social.DeliveryState
	slot      time.Duration // from now
	same      bool          // as what was sent for approval
}

func standingOf(p *social.Post, now time.Time) standing {
	s := standing{state: p.State, stages: len(p.Brand.Rules.Stages), stage: p.Stage, slot: p.Slot.Sub(now), same: p.Content.Hash() == p.Hash}
	var words []string
	for _, a := range p.Approvals {
		words = append(words, fmt.Sprint(a.Stage, a.Person, a.Hash == p.Hash))
	}
	slices.Sort(words)
	s.agreed = fmt.Sprint(slices.Compact(words))
	for _, d := range p.Deliveries {
		s.delivered = d.State
	}
	return s
}

// A place is a post at an hour. The post is not changed any more.
type place struct {
	post *social.Post
	now  time.Time
}

// walk tries every rule from every standing that can be reached, and writes down
// the steps from state to state.
func walk(b social.Brand, steps map[string]bool) {
	first := social.Post{ID: 1, Brand: b, Author: 1, State: social.Drafting, Slot: dawn.Add(2 * time.Hour)}
	first.Eligible = []social.Member{walker, client, second}
	first.Accounts = []social.Account{{ID: 1}}
	first.Content = social.Content{Text: social.Text{Plain: "a"}, Targets: []social.Target{{Account: 1}}}
	seen, todo, rules := map[standing]bool{}, []place{{&first, dawn}}, rulesToTry()
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		s := standingOf(at.post, at.now)
		if seen[s] {
			continue
		}
		seen[s] = true
		for _, to := range onwards(at, rules) {
			if to.post.State != at.post.State {
				steps[string(at.post.State)+" to "+string(to.post.State)] = true
			}
			todo = append(todo, to)
		}
	}
}

// onwards are the places that one rule, or a while of waiting, leads to.
func onwards(at place, rules []rule) []place {
	var to []place
	for _, hour := range []time.Duration{2 * time.Hour, 4 * time.Hour} {
		if later := dawn.Add(hour); later.After(at.now) {
			to = append(to, place{at.post, later})
		}
	}
	for _, rule := range rules {
		p := copied(at.post)
		if rule(p, at.now) == nil {
			to = append(to, place{p, at.now})
		}
	}
	return to
}

func copied(p *social.Post) *social.Post {
	c := *p
	c.Approvals, c.Deliveries = slices.Clone(c.Approvals), slices.Clone(c.Deliveries)
	return &c
}

// A rule changes a post, or refuses to.
type rule = func(*social.Post, time.Time) error

// rulesToTry are the rules with everybody and everything that changes their answer.
func rulesToTry() []rule {
	only := func(_ social.Event, err error) error { return err }
	rules := []rule{
		func(p *social.Post, now time.Time) error { return only(p.Submit(walker, nil, now)) },
		func(p *social.Post, now time.Time) error { return only(p.GoNow(walker, now)) },
		func(p *social.Post, _ time.Time) error { return only(p.Offer(walker)) },
		func(p *social.Post, _ time.Time) error { return only(p.Stop(walker)) },
		func(p *social.Post, _ time.Time) error { return only(p.Restore(walker)) },
		func(p *social.Post, now time.Time) error { return only(p.Expire(now)) },
		claimed,
		func(p *social.Post, _ time.Time) error { p.Brand.Rules.Stages = nil; return nil }, // the brand asks nobody any more
		func(p *social.Post, now time.Time) error {
			if len(p.Deliveries) == 0 {
				return social.ErrNotFound
			}
			return p.Retry(walker, &p.Deliveries[0], now)
		},
		func(p *social.Post, now time.Time) error {
			if len(p.Deliveries) == 0 {
				return social.ErrNotFound
			}
			return p.TakeOver(walker, &p.Deliveries[0], now)
		},
	}
	for _, text := range []string{"a", "b"} {
		rules = append(rules, func(p *social.Post, _ time.Time) error {
			return only(p.Edit(walker, func(c *social.Content) { c.Text.Plain = text }))
		})
	}
	for _, hour := range []time.Duration{2 * time.Hour, 5 * time.Hour} {
		rules = append(rules, func(p *social.Post, now time.Time) error {
			return only(p.Schedule(walker, dawn.Add(hour), now))
		})
	}
	for _, who := range []social.Member{walker, client, second} {
		rules = append(rules,
			func(p *social.Post, now time.Time) error { return only(p.Approve(who, p.Version, now)) },
			func(p *social.Post, _ time.Time) error { return only(p.AskChange(who, p.Version, "no", nil)) },
			func(p *social.Post, _ time.Time) error { return only(p.Unask(who, p.Version)) },
			func(p *social.Post, _ time.Time) error { return only(p.Hold(who, p.Version)) },
			func(p *social.Post, _ time.Time) error { return only(p.Undo(who, p.Version)) })
	}
	for _, end := range []social.DeliveryState{social.Live, social.Rejected, social.Withdrawn} {
		rules = append(rules, func(p *social.Post, _ time.Time) error { return settled(p, end) })
	}
	return rules
}

// claimed takes the post up, with its one delivery.
func claimed(p *social.Post, now time.Time) error {
	due, _, err := p.Claim(now)
	if err == nil && len(due) > 0 {
		p.Deliveries = []social.Delivery{{Account: due[0], Version: p.Version, State: social.Waiting}}
	}
	return err
}

// settled ends the one delivery, where it lay with the account if it failed.
func settled(p *social.Post, end social.DeliveryState) error {
	if p.State != social.Publishing {
		return social.ErrOutdated
	}
	p.Deliveries[0].State, p.Deliveries[0].Code = end, social.CodeRightsMissing
	p.Settle()
	return nil
}
