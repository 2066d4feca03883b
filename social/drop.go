package social

import (
	"math"
	"slices"
)

// A Weekly is one week of a figure that is watched. A week holds every weekday once,
// so that weeks are compared and not days: that some days are always quieter tells
// nothing. Weeks with much more holiday than others are not compared.
type Weekly struct {
	Known  bool // what is not known is not zero, and is not compared
	Value  float64
	Volume float64 // how many deeds of followers the value was counted from
	Off    bool    // a week with holidays
}

// A Fall is a figure that is much lower than it uses to be.
type Fall struct {
	Was    float64 // the usual: the median of the weeks before
	Now    float64
	Spread float64 // by which factor it differs from week to week, as a logarithm
	Weeks  int     // of which Was is the median
}

const (
	// dropWeeks is with how many weeks a week is compared, and dropLeast how many of
	// them have to be known.
	dropWeeks, dropLeast = 12, 5
	// dropVolume is the smallest usual number of deeds in a week of which anything is
	// said: below it chance alone moves too many weeks.
	dropVolume = 100
	// dropOnce and dropTwice are how many spreads a single week has to lie below the
	// usual, and the mean of two weeks; lowOnce and lowTwice are which part of the usual
	// they may reach at most.
	dropOnce, dropTwice = 3.2, 1.75
	lowOnce, lowTwice   = 0.72, 0.76
	// lowEach is the part of the usual that neither of two weeks may reach.
	lowEach = 0.88
	// dropFloor is the smallest spread: weeks that were the same by chance do not make
	// the next one strange.
	dropFloor = 0.1
	// priorSpread is how much brands' weeks differ before anything is known of a brand,
	// and priorWeeks how many of its weeks that counts for: so few weeks tell their own
	// spread badly.
	priorSpread, priorWeeks = 0.2, 4
	// dropBack is the part of the usual from which on a fall is over, and dropEnds after
	// how many weeks what was low has become the usual.
	dropBack, dropEnds = 0.85, 8
	// normal makes the median of distances comparable with a standard deviation.
	normal = 1.4826
	// nothingLeft stands for a figure of which nothing is left, which has no logarithm.
	nothingLeft = 0.001
)

// FallOf tells whether the first of some weeks, the latest first, has fallen. The
// test is robust, and asks by which factor weeks differ: the usual is the median of up
// to twelve weeks before; the spread is the median distance of their logarithms from
// it (MAD × 1.4826; Leys and others 2013, Rousseeuw and Croux 1993; as known in
// November 2026), drawn towards a fifth, and not less than chance makes of so many
// deeds (1 / √volume) or a tenth.
//
//	once:  ln(usual / week) ≥ 3.2 spreads, and week ≤ 72 % of the usual
//	twice: the mean of two weeks' ln(usual / week) ≥ 1.75 spreads / √2 and ≥ ln(1 / 76 %), neither week ≥ 88 %
//
// How often it is wrong, and why it cannot be right more often, is told in decision 13.
func FallOf(weeks []Weekly) (Fall, bool) {
	if len(weeks) == 0 || !weeks[0].comparable() {
		return Fall{}, false
	}
	if f, ok := usual(weeks[1:]); ok {
		f.Now = weeks[0].Value
		if f.deep(dropOnce, lowOnce) {
			return f, true
		}
	}
	if len(weeks) < 2 || !weeks[1].comparable() {
		return Fall{}, false
	}
	f, ok := usual(weeks[2:])
	f.Spread /= math.Sqrt2
	f.Now = math.Sqrt(f.known(weeks[0].Value) * f.known(weeks[1].Value))
	each := max(weeks[0].Value, weeks[1].Value) < lowEach*f.Was
	return f, ok && each && f.deep(dropTwice, lowTwice)
}

func (s Weekly) comparable() bool { return s.Known && !s.Off }

// usual finds what the weeks before have in common; false where too few are known,
// or where they tell of too little.
func usual(weeks []Weekly) (Fall, bool) {
	var values, volumes []float64
	for _, w := range weeks {
		if w.comparable() && len(values) < dropWeeks {
			values, volumes = append(values, w.Value), append(volumes, w.Volume)
		}
	}
	if len(values) < dropLeast {
		return Fall{}, false
	}
	f, volume := Fall{Was: median(values), Weeks: len(values)}, median(volumes)
	if volume < dropVolume || f.Was <= 0 {
		return Fall{}, false
	}
	for i, v := range values {
		values[i] = math.Abs(math.Log(f.known(v) / f.Was))
	}
	own, n := normal*median(values), float64(len(values))
	drawn := math.Sqrt((priorWeeks*priorSpread*priorSpread + n*own*own) / (priorWeeks + n))
	f.Spread = max(drawn, 1/math.Sqrt(volume), dropFloor)
	return f, true
}

// known is a value of which there is a logarithm.
func (f Fall) known(value float64) float64 { return max(value, nothingLeft*f.Was) }

// Times is how many spreads the figure lies below the usual.
func (f Fall) Times() float64 { return math.Log(f.Was/f.known(f.Now)) / f.Spread }

// deep tells whether it is low enough to matter to anybody, and too low for chance.
func (f Fall) deep(spreads, part float64) bool {
	return f.Was > 0 && f.Now <= part*f.Was && f.Times() >= spreads
}

// Part is by how much it fell, in percent of the usual.
func (f Fall) Part() float64 { return 100 * (f.Was - f.Now) / f.Was }

// Back tells whether a later week ends the fall.
func (f Fall) Back(s Weekly) bool { return s.Known && s.Value >= dropBack*f.Was }

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
