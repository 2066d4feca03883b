package social_test

import (
	"flag"
	"math"
	"math/rand/v2"
	"testing"

	"peyk/social"
)

// dropBrands is of how many brands of each kind the rates are measured: few in every
// run of the tests, 4,000 for the decision (make drops).
var dropBrands = flag.Int("drop.brands", 40, "brands of each kind on which drops are measured")

// quarter is how many weeks a quarter has.
const quarter = 13

// A series tells the weeks of a brand, whatever its level.
type series struct {
	name string
	week func(r *rand.Rand, n int, level float64) social.Weekly
}

// poisson draws how many of many followers do something; of many deeds as the bell curve
// that they are by then.
func poisson(r *rand.Rand, mean float64) float64 {
	if mean > 60 {
		return max(0, math.Round(mean+math.Sqrt(mean)*r.NormFloat64()))
	}
	n, p, limit := 0.0, 1.0, math.Exp(-mean)
	for {
		if p *= r.Float64(); p <= limit {
			return n
		}
		n++
	}
}

func counted(v float64) social.Weekly { return social.Weekly{Known: true, Value: v, Volume: v} }

func lognormal(r *rand.Rand, sigma float64) float64 {
	return math.Exp(sigma*r.NormFloat64() - sigma*sigma/2)
}

// weekdays draws the deeds of each day of a week; on Fridays hardly anybody is there.
func weekdays(r *rand.Rand, level float64) (sum float64) {
	for _, share := range []float64{0.2, 0.2, 0.18, 0.16, 0.14, 0.1, 0.02} {
		sum += poisson(r, share*level)
	}
	return sum
}

// unchanged are brands to which nothing happens.
func unchanged() []series {
	return []series{
		{"counts", func(r *rand.Rand, _ int, level float64) social.Weekly { return counted(poisson(r, level)) }},
		{"weekdays", func(r *rand.Rand, _ int, level float64) social.Weekly { return counted(weekdays(r, level)) }},
		{"overdispersed", func(r *rand.Rand, _ int, level float64) social.Weekly {
			return counted(poisson(r, level*lognormal(r, 0.2)))
		}},
		{"very overdispersed", func(r *rand.Rand, _ int, level float64) social.Weekly {
			return counted(poisson(r, level*lognormal(r, 0.3)))
		}},
		{"uneven", func(r *rand.Rand, _ int, level float64) social.Weekly {
			return counted(poisson(r, level*lognormal(r, 0.1)))
		}},
		{"lucky posts", func(r *rand.Rand, _ int, level float64) social.Weekly {
			if r.IntN(8) == 0 {
				level *= 4
			}
			return counted(poisson(r, level))
		}},
		{"growing", func(r *rand.Rand, n int, level float64) social.Weekly {
			return counted(poisson(r, level*math.Pow(1.02, float64(n))))
		}},
		{"fading", func(r *rand.Rand, n int, level float64) social.Weekly {
			return counted(poisson(r, level*math.Pow(0.99, float64(n))))
		}},
		{"holidays", func(r *rand.Rand, n int, level float64) social.Weekly {
			off := n%10 == 9
			if off {
				level /= 2
			}
			s := counted(poisson(r, level))
			s.Off = off
			return s
		}},
		{"gaps", func(r *rand.Rand, _ int, level float64) social.Weekly {
			s := counted(poisson(r, level))
			s.Known = r.IntN(6) > 0
			return s
		}},
	}
}

// history draws n weeks, the latest first; the last ones are at the given part.
func (s series) history(r *rand.Rand, n, low int, level, part float64) []social.Weekly {
	weeks := make([]social.Weekly, n)
	for i := range n {
		at := level
		if i >= n-low {
			at *= part
		}
		weeks[n-1-i] = s.week(r, i, at)
	}
	return weeks
}

// alarms counts what a brand of two figures hears in a quarter: of one fall at a time, until
// that is over.
func alarms(figures ...[]social.Weekly) (n int) {
	var open *social.Drop
	of, age := 0, 0
	for i := quarter - 1; i >= 0; i-- {
		if age++; open != nil {
			if open.Over(figures[of][i], age) {
				open = nil
			}
			continue
		}
		for k, weeks := range figures {
			if f, ok := social.FallOf(weeks[i:]); ok && open == nil {
				n, of, age, open = n+1, k, 0, &social.Drop{Was: f.Was}
			}
		}
	}
	return n
}

// longest is for how many weeks a fall is followed.
const longest = 5

// A rating is how often the test is wrong in a quarter, and which part of those that fell by
// 40 % and stay there it has found after one week, after two and so on.
type rating struct {
	wrong float64
	found [longest]float64
}

func (s series) rate(level float64, brands int) (m rating) {
	r := rand.New(rand.NewPCG(7, uint64(level)))
	const before = social.WatchedWeeks
	for range brands {
		figure := func() []social.Weekly { return s.history(r, quarter+before, 0, level, 1) }
		m.wrong += float64(alarms(figure(), figure())) / float64(brands)
		weeks, told := s.history(r, before+longest, longest, level, 0.6), false
		for k := range longest {
			_, fell := social.FallOf(weeks[longest-1-k:])
			if told = told || fell; told {
				m.found[k] += 1 / float64(brands)
			}
		}
	}
	return m
}

// patience is after how many weeks nine of ten have to be found: where every week differs
// from the next by a fifth without any reason that takes three, where it is three tenths five.
func patience(name string) int {
	switch name {
	case "overdispersed":
		return 3
	case "very overdispersed":
		return 5
	}
	return 2
}

// The rates of decision 13: at most one false alarm in a quarter, and nine of ten drops found.
func TestDropsAreFoundAndNotInvented(t *testing.T) {
	t.Parallel()
	levels := []float64{150}
	if *dropBrands >= 1000 {
		levels = []float64{120, 150, 400}
	}
	chance := 2 / math.Sqrt(float64(*dropBrands))
	for _, s := range unchanged() {
		for _, level := range levels {
			m := s.rate(level, *dropBrands)
			t.Logf("%-18s %4.0f a week: %.2f false alarms a quarter; found after 1 to %d weeks: %.3f", s.name, level, m.wrong, longest, m.found)
			if m.wrong > 1+chance {
				t.Errorf("%s at %v: %.2f false alarms in a quarter", s.name, level, m.wrong)
			}
			if found := m.found[patience(s.name)-1]; level >= 150 && found < 0.9-0.3*chance {
				t.Errorf("%s at %v: found %.2f of the drops after %d weeks", s.name, level, found, patience(s.name))
			}
		}
	}
}
