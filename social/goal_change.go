package social

import "time"

func (g *Goal) open(by Member) error {
	if err := by.Can(Plan); err != nil {
		return err
	}
	if g.State != GoalOpen {
		return ErrGoalOver
	}
	return nil
}

// Aim sets another number. Where it began stays.
func (g *Goal) Aim(by Member, target float64) (Event, error) {
	if err := g.open(by); err != nil {
		return Event{}, err
	}
	if err := g.Metric.Fits(target); err != nil {
		return Event{}, err
	}
	before := g.Target
	if g.Target = target; g.Started && g.met(g.Start) {
		g.Target = before
		return Event{}, ErrGoalThere
	}
	return g.event(by, GoalChanged), nil
}

// Until sets another day.
func (g *Goal) Until(by Member, due, now time.Time) (Event, error) {
	if err := g.open(by); err != nil {
		return Event{}, err
	}
	before := g.Due
	if g.Due = due; g.fitsDay(now) != nil {
		g.Due = before
		return Event{}, ErrGoalDate
	}
	return g.event(by, GoalChanged), nil
}

// End gives the goal up.
func (g *Goal) End(by Member, now time.Time) (Event, error) {
	if err := g.open(by); err != nil {
		return Event{}, err
	}
	g.State, g.Ended = GoalEnded, now
	return g.event(by, GoalGivenUp), nil
}

// Look looks at the goal by what a digest's week tells: it is reached, or its day has
// passed; or where it began is known now. Changed tells whether anything is. A week that
// was over when the goal was set says nothing of it.
func (g *Goal) Look(d Digest, now time.Time) (e Event, told, changed bool) {
	if g.State != GoalOpen {
		return Event{}, false, false
	}
	v, known := d.Stand(g.Metric)
	fresh := known && d.Week.To.After(g.Since)
	switch {
	case fresh && g.met(v):
		g.State, g.Reached, g.Known, g.Ended = GoalReached, v, true, now
		return g.event(Member{}, GoalMet), true, true
	case !now.Before(g.Due):
		g.State, g.Reached, g.Known, g.Ended = GoalMissed, v, known, now
		return g.event(Member{}, GoalPassed), true, true
	case known && !g.Started && !d.Week.To.Before(g.Since):
		g.Started, g.Start, g.Since = true, v, d.Week.To
		return Event{}, false, true
	}
	return Event{}, false, false
}

// Progress is where a goal stands.
type Progress struct {
	Known  bool
	Now    float64
	Course bool    // whether Should is known
	Should float64 // where it should stand by now, on a straight way
	Ahead  bool    // it stands there, or better
}

// Progress tells where the goal stands by what a digest's week tells, and where it should:
// on the straight way from where it began to its number on its day.
func (g *Goal) Progress(d Digest) (p Progress) {
	p.Now, p.Known = d.Stand(g.Metric)
	span := g.Due.Sub(g.Since)
	if !g.Started || span <= 0 {
		return p
	}
	part := min(max(d.Week.To.Sub(g.Since).Hours()/span.Hours(), 0), 1)
	p.Course, p.Should = true, g.Start+(g.Target-g.Start)*part
	p.Ahead = p.Now >= p.Should
	if g.Metric.Down() {
		p.Ahead = p.Now <= p.Should
	}
	return p
}
