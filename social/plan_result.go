package social

// A Result is what became of the figure because of which a plan was made.
type Result struct {
	Ended bool // a week has ended since the plan was made
	Week  Week // the last that has
	Known bool // its figure, of the same accounts as before
	Now   float64
}

// resultWeeks is how far back a plan's first figure is looked for.
const resultWeeks = 30

// Cause is why a plan is made because of a fall.
func (d Drop) Cause() Cause {
	return Cause{Fall: true, Week: d.Week, Metric: d.Metric, Known: true, Now: d.Now, Usual: true, Was: d.Was}
}

// Cause is why a plan is made because of a digest: of the engagement rate, the views
// and the posts that went out, the first that is known of its week.
func (d Digest) Cause() Cause {
	c := Cause{Week: d.Week.Day()}
	for _, m := range []Metric{MetricRate, MetricReach, MetricPosts} {
		count := d.countOf(m)
		c.Metric = m
		if len(d.Weeks) == 0 {
			continue
		}
		if c.Now, c.Known = count(d.Weeks[0]); c.Known {
			trend := d.Trend(count)
			c.Was, c.Usual = trend.Mean, trend.Known
			break
		}
	}
	return c
}

func (d Digest) countOf(m Metric) Count {
	switch m {
	case MetricRate:
		return d.CountRate()
	case MetricPosts:
		return CountPublished
	}
	return d.Count(m)
}

// WeeksSince is how many weeks are looked at to tell what became of the plan's figure,
// from a week back to that of its cause.
func (p *ActionPlan) WeeksSince(w Week) int {
	cause, err := p.Brand.WeekOf(p.Cause.Week)
	if err != nil {
		return 1
	}
	weeks := int(w.From.Sub(cause.From).Hours()+12)/(7*24) + 1
	return min(max(weeks, 1), resultWeeks)
}

// Result tells what became of the plan's figure by the week of a digest, which knows of
// the weeks back to the plan's cause. Weeks that tell of other accounts are not compared.
func (p *ActionPlan) Result(d Digest) Result {
	r := Result{Week: d.Week, Ended: !p.Begun.IsZero() && d.Week.To.After(p.Begun)}
	if !r.Ended || len(d.Weeks) == 0 {
		return r
	}
	if p.Cause.Metric == MetricPosts {
		r.Now, r.Known = CountPublished(d.Weeks[0])
		return r
	}
	weeks := Watch{Weeks: d.Weeks}.Weeklies(p.Cause.Metric)
	first := weeks[len(weeks)-1]
	r.Known = weeks[0].Known && (first.Known || !p.Cause.Known || len(weeks) == resultWeeks)
	r.Now = weeks[0].Value
	return r
}
