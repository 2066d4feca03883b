package social

import "slices"

// A Drop is a fall of one of a brand's figures, as its people are told of it.
type Drop struct {
	Metric  Metric       `json:"metric"` // MetricReach, or MetricRate
	Week    string       `json:"week"`   // in which it was found
	Was     float64      `json:"was"`
	Now     float64      `json:"now"`
	Times   float64      `json:"times"` // how many usual differences it lies below the usual
	Weeks   int          `json:"weeks"`
	Low     int          `json:"low,omitempty"` // of how many weeks Now is the mean; 0: of one
	Reasons []DropReason `json:"reasons,omitempty"`
	Actions []DropAction `json:"actions,omitempty"`
}

// MetricRate is the engagement rate, which is made of metrics and not kept.
const MetricRate Metric = "rate"

// Part is by how much it fell, in percent of the usual.
func (d Drop) Part() float64 { return Fall{Was: d.Was, Now: d.Now}.Part() }

// Over tells whether the fall is over: the figure is back, or what was low has become
// the usual.
func (d Drop) Over(latest Weekly, weeks int) bool {
	return Fall{Was: d.Was}.Back(latest) || weeks >= dropEnds
}

// A Watch is what is known of a brand's weeks when it is looked for falls, the latest
// week first in all of its lists.
type Watch struct {
	Weeks    []Figures
	Habits   [][]Habit // how the posts of a week went out
	Holidays []int     // how many public holidays a week had

	Works []DropAction // what works best for the brand

	low int // how many of the weeks are low; 0: one
}

// WatchOf is what a digest knows of its weeks, with the public holidays of each.
func WatchOf(d Digest, holidays []int) Watch {
	w := Watch{Weeks: d.Weeks, Habits: make([][]Habit, len(d.Weeks)), Holidays: holidays, Works: d.works(d.Week.To)}
	zone, told := d.Brand.Location(), map[int64]bool{}
	for _, s := range d.Samples {
		if told[s.Post] {
			continue // it went out on another account before
		}
		told[s.Post] = true
		for n := range d.Weeks {
			if week := d.Brand.Before(d.Week, n); !s.Live.Before(week.From) && s.Live.Before(week.To) {
				w.Habits[n] = append(w.Habits[n], Habit{Hour: s.Live.In(zone).Hour(), Type: s.Type})
			}
		}
	}
	return w
}

// WatchedWeeks is how many weeks a watch tells of: those that may be low, those that
// they are compared with, and two for gaps.
const WatchedWeeks = dropLooks + dropSpread + 2

// offDays is how many public holidays make a week unlike others.
const offDays = 2

// Weeklies are a figure's weeks. Weeks which do not tell of the same accounts as the
// latest are not known.
func (w Watch) Weeklies(m Metric) []Weekly {
	if len(w.Weeks) == 0 {
		return nil
	}
	over := w.Weeks[0].Rate().Over
	told := tells(w.Weeks[0], m, over)
	samples := make([]Weekly, len(w.Weeks))
	for i, f := range w.Weeks {
		samples[i].Off = i < len(w.Holidays) && w.Holidays[i] >= offDays
		if len(told) > 0 {
			samples[i].measure(f, told, m, over)
		}
	}
	return samples
}

// tells names the accounts of which a figure is known in a week.
func tells(f Figures, m, over Metric) []int64 {
	var told []int64
	for _, n := range f.Numbers {
		_, _, rated := n.engaged()
		if m == MetricRate && rated && FormulaOf(n.Platform).Over == over || m != MetricRate && n.figure(m).Known {
			told = append(told, n.Account)
		}
	}
	return told
}

// measure fills it with the figure of the given accounts.
func (s *Weekly) measure(f Figures, of []int64, m, over Metric) {
	if !slices.Equal(tells(f, m, over), of) {
		return
	}
	var sum, base float64
	for _, n := range f.Numbers {
		if slices.Contains(of, n.Account) {
			deeds, could, _ := n.engaged()
			if m != MetricRate {
				deeds, could = n.figure(m).N, 1
			}
			sum, base = sum+float64(deeds), base+float64(could)
		}
	}
	s.Known, s.Value, s.Volume = true, sum, sum
	if m == MetricRate {
		s.Value = 100 * sum / base
	}
}

// Drop finds what has fallen, with the likely reasons and what may help; nothing
// where nothing has. Of two figures that fell people hear of the deeper.
func (w Watch) Drop() (d Drop, found bool) {
	for _, m := range []Metric{MetricRate, MetricReach} {
		f, ok := FallOf(w.Weeklies(m))
		if ok && (!found || f.Part() > d.Part()) {
			d, found = Drop{Metric: m, Was: f.Was, Now: f.Now, Times: f.Times(), Weeks: f.Weeks, Low: f.Low}, true
		}
	}
	if found {
		w.low = d.Low
		d.Reasons, d.Actions = w.explain()
	}
	return d, found
}
