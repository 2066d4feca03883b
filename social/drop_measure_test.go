package social_test

import (
	"flag"
	"math"
	"math/rand/v2"
	"testing"

	"peyk/social"
)

// dropBrands is of how many brands of each kind the rates are measured: few in every
// run of the tests, 4,000 for the decision (go test ./social -run Drops -v -drop.brands 4000).
var dropBrands = flag.Int("drop.brands", 300, "brands of each kind on which drops are measured")

// quarter is how many weeks a quarter has.
const quarter = 13

// A series tells the weeks of a brand, whatever its level.
type series struct {
	name string
	week func(r *rand.Rand, n int, level float64) social.Weekly
}

// poisson draws how many of many followers do something.
func poisson(r *rand.Rand, mean float64) float64 {
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

// history draws n weeks, the latest first; the last two are at the given part.
func (s series) history(r *rand.Rand, n int, level, part float64) []social.Weekly {
	weeks := make([]social.Weekly, n)
	for i := range n {
		at := level
		if i >= n-2 {
			at *= part
		}
		weeks[n-1-i] = s.week(r, i, at)
	}
	return weeks
}

// wished is what is wished for: at most one false alarm in a quarter, and nine of ten
// drops found. Where every week differs from the next by a fifth without any reason,
// that is just what can be had; where it is three tenths, neither.
func wished(name string) (most, least float64) {
	switch name {
	case "overdispersed":
		return 1, 0.87
	case "very overdispersed":
		return 1.7, 0.6
	}
	return 1, 0.9
}

// alarms counts what a brand hears in a quarter: a fall is told once until it is over.
func alarms(weeks []social.Weekly) (n int) {
	var open *social.Fall
	for i := quarter - 1; i >= 0; i-- {
		if open != nil {
			if open.Back(weeks[i]) {
				open = nil
			}
			continue
		}
		if f, ok := social.FallOf(weeks[i:]); ok {
			n, open = n+1, &f
		}
	}
	return n
}

// The rates of decision 13: false alarms of two figures together, and how many are
// found of those that fell by 40 % for two weeks.
func TestDropsAreFoundAndNotInvented(t *testing.T) {
	t.Parallel()
	runs := *dropBrands
	for _, s := range unchanged() {
		for _, level := range []float64{120, 150, 400} {
			r := rand.New(rand.NewPCG(7, uint64(level)))
			wrongs, found := 0, 0
			for range runs {
				wrongs += alarms(s.history(r, quarter+14, level, 1))
				weeks := s.history(r, 14, level, 0.6)
				_, second := social.FallOf(weeks)
				_, first := social.FallOf(weeks[1:])
				if first || second {
					found++
				}
			}
			wrong, right := 2*float64(wrongs)/float64(runs), float64(found)/float64(runs)
			t.Logf("%-18s %4.0f a week: %.3f false alarms a quarter with two figures, %.3f found", s.name, level, wrong, right)
			most, least := wished(s.name)
			if chance := 2 / math.Sqrt(float64(runs)); wrong > most+chance {
				t.Errorf("%s at %v: %.2f false alarms in a quarter", s.name, level, wrong)
			}
			if level >= 150 && right < least {
				t.Errorf("%s at %v: found %.2f of the drops", s.name, level, right)
			}
		}
	}
}
