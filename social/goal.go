package social

import (
	"slices"
	"time"
)

// A GoalState is where a goal stands.
type GoalState string

// The states of a goal.
const (
	GoalOpen    GoalState = "open"
	GoalReached GoalState = "reached"
	GoalMissed  GoalState = "missed" // its day has passed
	GoalEnded   GoalState = "ended"  // nobody wants it any more
)

// MetricAnswers is after how many minutes half of the comments were answered, which is
// counted and not kept.
const MetricAnswers Metric = "answers"

// GoalMetrics lists of what a brand can have goals.
func GoalMetrics() []Metric {
	return []Metric{MetricFollowers, MetricRate, MetricReach, MetricPosts, MetricAnswers}
}

// A Goal is a number that a brand wants to reach by a day.
type Goal struct {
	ID      int64
	Brand   Brand
	Metric  Metric
	Target  float64
	Started bool // whether Start is known
	Start   float64
	Since   time.Time // the moment of which Start tells
	Due     time.Time // where its last day ends, by the brand's clock
	State   GoalState
	Reached float64 // what it was when it was reached, or its day had passed
	Known   bool    // whether Reached is
	Ended   time.Time
}

const (
	// maxGoals is how many goals a brand has under way at most.
	maxGoals = 5
	// maxGoalDays is how far ahead a goal's day may lie.
	maxGoalDays = 2 * 366
)

// The refusals about goals.
const (
	ErrBadNumber = Rule("bad_number")   // nothing that the metric can be
	ErrGoalThere = Rule("goal_there")   // it is reached already
	ErrGoalDate  = Rule("goal_date")    // today, past, or too far ahead
	ErrGoalTwice = Rule("goal_twice")   // there is one of the same metric
	ErrGoalMany  = Rule("goal_many")    // there are as many as there may be
	ErrGoalOver  = Rule("goal_over")    // it is not under way any more
	ErrGoalWhat  = Rule("goal_unknown") // nothing is known of the metric
)

// A GoalRule changes a goal on behalf of a member, or refuses to.
type GoalRule func(g *Goal, me Member) (Event, error)

// A GoalWord is what an event tells of a goal.
type GoalWord struct {
	Metric Metric    `json:"metric"`
	Target float64   `json:"target"`
	Known  bool      `json:"known,omitempty"`
	Now    float64   `json:"now,omitempty"`
	Due    time.Time `json:"due,omitzero"`
}

// Down tells whether less is better.
func (m Metric) Down() bool { return m == MetricAnswers }

// maxTarget is the largest number that a goal of the metric may be.
func (m Metric) maxTarget() float64 {
	switch m {
	case MetricRate:
		return 1000
	case MetricPosts:
		return 200
	case MetricAnswers:
		return 7 * 24 * 60
	}
	return 1e10
}

// Fits tells whether a number can be a goal of the metric.
func (m Metric) Fits(target float64) error {
	if !slices.Contains(GoalMetrics(), m) {
		return ErrOutdated
	}
	if !(target > 0) || target > m.maxTarget() {
		return ErrBadNumber
	}
	return nil
}

// Stand is what a digest's week tells of a goal's metric.
func (d Digest) Stand(m Metric) (float64, bool) {
	if len(d.Weeks) == 0 {
		return 0, false
	}
	w := d.Weeks[0]
	switch m {
	case MetricRate:
		r := w.Rate()
		return r.Percent, r.Known
	case MetricPosts:
		return CountPublished(w)
	case MetricAnswers:
		return CountMedian(w)
	}
	f := w.Sum(m)
	return float64(f.N), f.Known
}

// Aims are the metrics of which the brand can have a goal: those of which something is
// known in the weeks of a digest. Posts are always counted.
func (d Digest) Aims() []Metric {
	return slices.DeleteFunc(GoalMetrics(), func(m Metric) bool {
		for n := range d.Weeks {
			if _, known := (Digest{Weeks: d.Weeks[n:]}).Stand(m); known {
				return false
			}
		}
		return m != MetricPosts
	})
}

// SetGoal makes a goal of a digest's brand, with where its last week stands.
func (d Digest) SetGoal(m Metric, target float64, due time.Time, others []Goal, now time.Time) (Goal, Event, error) {
	g := Goal{Brand: d.Brand, Metric: m, Target: target, Due: due, State: GoalOpen, Since: d.Week.To}
	g.Start, g.Started = d.Stand(m)
	if err := d.Me.Can(Plan); err != nil {
		return g, Event{}, err
	}
	switch err := m.Fits(target); {
	case err != nil:
		return g, Event{}, err
	case !slices.Contains(d.Aims(), m):
		return g, Event{}, ErrGoalWhat
	case slices.ContainsFunc(others, func(o Goal) bool { return o.Metric == m && o.State == GoalOpen }):
		return g, Event{}, ErrGoalTwice
	case len(others) >= maxGoals:
		return g, Event{}, ErrGoalMany
	case g.Started && g.met(g.Start):
		return g, Event{}, ErrGoalThere
	}
	if err := g.fitsDay(now); err != nil {
		return g, Event{}, err
	}
	set := g.event(d.Me, GoalSet)
	return g, set, nil
}

// GoalDay is where a day ends by the brand's clock, as the due time of a goal.
func (b Brand) GoalDay(year int, month time.Month, day int) time.Time {
	return midnight(year, month, day+1, b.Location()).UTC()
}

func (g *Goal) fitsDay(now time.Time) error {
	local := now.In(g.Brand.Location())
	tomorrow := g.Brand.GoalDay(local.Year(), local.Month(), local.Day()+1)
	last := g.Brand.GoalDay(local.Year(), local.Month(), local.Day()+maxGoalDays)
	if g.Due.Before(tomorrow) || g.Due.After(last) {
		return ErrGoalDate
	}
	return nil
}

// met tells whether a number reaches the goal.
func (g *Goal) met(v float64) bool {
	if g.Metric.Down() {
		return v <= g.Target
	}
	return v >= g.Target
}

func (g *Goal) event(by Member, kind Kind) Event {
	word := GoalWord{Metric: g.Metric, Target: g.Target, Known: g.Known, Now: g.Reached, Due: g.Due}
	return Event{Kind: kind, AgencyID: g.Brand.AgencyID, BrandID: g.Brand.ID, Actor: by.Person.ID, Facts: Facts{Goal: &word}}
}
