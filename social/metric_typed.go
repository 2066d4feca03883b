package social

import (
	"slices"
	"time"
)

// The refusals about figures that somebody has typed.
const (
	ErrNoNumbers      = Rule("no_numbers")      // nothing in it could be read
	ErrNegativeNumber = Rule("negative_number") // nothing is counted below zero
	ErrHugeNumber     = Rule("huge_number")     // no network has so many
	ErrTwoNumbers     = Rule("two_numbers")     // one metric with two values
	ErrOneScreen      = Rule("one_screen")      // something else than one picture came with them
)

// maxNumber is more than any network counts in a week.
const maxNumber = 1_000_000_000_000

// CheckNumbers looks at what somebody has typed, in the order of Metrics.
func CheckNumbers(told []Reading) ([]Reading, error) {
	if len(told) == 0 {
		return nil, ErrNoNumbers
	}
	var sorted []Reading
	for _, m := range Metrics() {
		for _, r := range told {
			if r.Metric != m {
				continue
			}
			if n := len(sorted); n > 0 && sorted[n-1].Metric == m {
				if sorted[n-1] != r {
					return nil, ErrTwoNumbers
				}
				continue
			}
			sorted = append(sorted, r)
		}
	}
	switch {
	case slices.ContainsFunc(sorted, func(r Reading) bool { return r.Value < 0 }):
		return nil, ErrNegativeNumber
	case slices.ContainsFunc(sorted, func(r Reading) bool { return r.Value > maxNumber }):
		return nil, ErrHugeNumber
	}
	return sorted, nil
}

// Typed is what somebody has typed of the week that a day names, with a picture of where
// it stands.
type Typed struct {
	Day   string
	Told  []Reading
	Photo *Media // nil: there is none
}

// A Proof is the picture that lies beside an account's typed week.
type Proof struct {
	Account Account
	Photo   Media
	Who     string // has sent it
	At      time.Time
}

// A TypedWeek is what people have typed of an account's week, and what they are
// about to.
type TypedWeek struct {
	Brand   Brand
	Account Account
	Week    Week
	Had     []Reading // typed before; empty: nothing
	Last    []Reading // typed of the week before it
}

// farOff is by how much a number may differ from that of the week before without a
// question.
const farOff = 5

// Surprising are the numbers that are so far from those of the week before that
// somebody may have mistyped them.
func (w TypedWeek) Surprising(told []Reading) []Metric {
	var odd []Metric
	for _, r := range told {
		i := slices.IndexFunc(w.Last, func(l Reading) bool { return l.Metric == r.Metric })
		if i < 0 {
			continue
		}
		if last := w.Last[i].Value; last > 0 && (r.Value > farOff*last || farOff*r.Value < last) {
			odd = append(odd, r.Metric)
		}
	}
	return odd
}
