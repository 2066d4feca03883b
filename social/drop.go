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
	Spread float64 // how much it differs from week to week
	Weeks  int     // of which Was is the median
}

const (
	// dropWeeks is with how many weeks a week is compared, and dropLeast how many of
	// them have to be known.
	dropWeeks, dropLeast = 8, 5
	// dropVolume is the smallest usual number of deeds in a week of which anything is
	// said: below it chance alone moves too many weeks.
	dropVolume = 100
	// dropSize is the smallest fall that counts, as a part of the usual.
	dropSize = 0.25
	// dropOnce and dropTwice are how many spreads a single week has to be below the
	// usual, and the mean of two weeks of which neither is usual.
	dropOnce, dropTwice = 3, 2
	// dropFloor is the smallest spread, as a part of the usual: weeks that were the same
	// by chance do not make the next one strange.
	dropFloor = 0.1
	// dropBack is the part of the usual from which on a fall is over.
	dropBack = 0.85
	// normal makes the median of distances comparable with a standard deviation.
	normal = 1.4826
)

// FallOf tells whether the first of some weeks, the latest first, has fallen. The
// test is robust: the usual is the median of up to eight weeks before, the spread the
// median of their distances from it (MAD × 1.4826; Leys and others 2013, Rousseeuw
// and Croux 1993; as known in November 2026), and not less than chance makes of so many deeds
// (usual / √volume) or a tenth of the usual.
//
//	once:  (usual − week) / spread ≥ 3, and week ≤ 75 % of the usual
//	twice: (usual − mean of two weeks) / (spread / √2) ≥ 2, their mean ≤ 75 %, neither ≥ 85 %
//
// How often it is wrong is measured in the tests, and told in decision 13.
func FallOf(weeks []Weekly) (Fall, bool) {
	if len(weeks) == 0 || !weeks[0].comparable() {
		return Fall{}, false
	}
	if f, ok := usual(weeks[1:]); ok {
		if f.Now = weeks[0].Value; f.deep(dropOnce) {
			return f, true
		}
	}
	if len(weeks) < 2 || !weeks[1].comparable() {
		return Fall{}, false
	}
	f, ok := usual(weeks[2:])
	f.Spread /= math.Sqrt2
	f.Now = (weeks[0].Value + weeks[1].Value) / 2
	neither := !f.Back(weeks[0]) && !f.Back(weeks[1])
	return f, ok && neither && f.deep(dropTwice)
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
		values[i] = math.Abs(v - f.Was)
	}
	f.Spread = max(normal*median(values), f.Was/math.Sqrt(volume), dropFloor*f.Was)
	return f, true
}

// low tells whether the week is far enough below the usual to matter to anybody.
func (f Fall) low() bool { return f.Now <= (1-dropSize)*f.Was }

// deep tells whether it is too low for chance as well.
func (f Fall) deep(spreads float64) bool { return f.low() && f.Was-f.Now >= spreads*f.Spread }

// Part is by how much it fell, in percent of the usual.
func (f Fall) Part() float64 { return 100 * (f.Was - f.Now) / f.Was }

// Back tells whether a later week ends the fall.
func (f Fall) Back(s Weekly) bool { return s.Known && s.Value >= dropBack*f.Was }

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
