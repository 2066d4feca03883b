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
	Now    float64 // of the last weeks: their geometric mean
	Spread float64 // by which factor so many weeks differ from the usual, as a logarithm
	Weeks  int     // of which Was is the median
	Low    int     // of which Now is the mean
}

const (
	// dropWeeks is with how many weeks a week is compared, dropLeast how many of
	// them have to be known, and dropSpread of how many it is asked how far they differ.
	dropWeeks, dropLeast, dropSpread = 12, 5, 20
	// dropVolume is the smallest usual number of deeds in a week of which anything is
	// said: below it chance alone moves too many weeks.
	dropVolume = 100
	// lowEach is the part of the usual that none of several weeks may reach.
	lowEach = 0.95
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

// dropLooks is how many weeks are looked at together, at most.
const dropLooks = 4

// A dropLimit is how low the mean of some weeks has to lie.
type dropLimit struct {
	spreads float64 // below the usual
	part    float64 // of the usual, at most
}

// dropLimits are those of one week, and of two, three and four.
func dropLimits() [dropLooks]dropLimit {
	return [dropLooks]dropLimit{{3.4, 0.72}, {2.4, 0.76}, {2.4, 0.78}, {2.4, 0.80}}
}

// FallOf tells whether the first of some weeks, the latest first, has fallen, or the last
// two, three or four together. The test is robust, and asks by which factor weeks differ:
// the usual is the median of up to twelve weeks before; the spread is the median distance of
// the logarithms of up to twenty from their median (MAD × 1.4826; Leys and others 2013,
// Rousseeuw and Croux 1993; as known in November 2026), drawn towards a fifth, and not less
// than chance makes of so many deeds (1 / √volume) or a tenth.
//
//	k weeks: the mean of their ln(usual / week) ≥ 3.4 spreads (of more than one 2.4 spreads / √k),
//	and their geometric mean ≤ 72, 76, 78, 80 % of the usual, and of more than one none ≥ 95 %
//
// As limits are counted in the brand's own spreads, uneven brands hear no more alarms than
// others; what cannot be told from chance in two weeks is told after three, four or five. How
// often that is, and how often it is wrong, is told in decision 13.
func FallOf(weeks []Weekly) (Fall, bool) {
	for k, limit := range dropLimits() {
		if k >= len(weeks) || !weeks[k].comparable() {
			break
		}
		f, ok := usual(weeks[k+1:])
		if !ok {
			break
		}
		highest, sum := 0.0, 0.0
		for _, w := range weeks[:k+1] {
			highest, sum = max(highest, w.Value), sum+math.Log(f.known(w.Value))
		}
		f.Low, f.Now = k+1, math.Exp(sum/float64(k+1))
		if k == 0 {
			f.Now = weeks[0].Value // to the last digit
		}
		f.Spread /= math.Sqrt(float64(k + 1))
		if f.deep(limit) && (k == 0 || highest < lowEach*f.Was) {
			return f, true
		}
	}
	return Fall{}, false
}

func (s Weekly) comparable() bool { return s.Known && !s.Off }

// usual finds what the weeks before have in common; false where too few are known,
// or where they tell of too little.
func usual(weeks []Weekly) (Fall, bool) {
	var values, volumes []float64
	for _, w := range weeks {
		if w.comparable() && len(values) < dropSpread {
			values, volumes = append(values, w.Value), append(volumes, w.Volume)
		}
	}
	if len(values) < dropLeast {
		return Fall{}, false
	}
	n := min(len(values), dropWeeks)
	f, volume := Fall{Was: median(values[:n]), Weeks: n}, median(volumes[:n])
	if volume < dropVolume || f.Was <= 0 {
		return Fall{}, false
	}
	f.Spread = max(f.spreadOf(values), 1/math.Sqrt(volume), dropFloor)
	return f, true
}

// spreadOf is by how much weeks differ, drawn towards what brands' weeks use to.
func (f Fall) spreadOf(values []float64) float64 {
	middle, far := math.Log(f.known(median(values))), make([]float64, len(values))
	for i, v := range values {
		far[i] = math.Abs(math.Log(f.known(v)) - middle)
	}
	own, n := normal*median(far), float64(len(values))
	return math.Sqrt((priorWeeks*priorSpread*priorSpread + n*own*own) / (priorWeeks + n))
}

// known is a value of which there is a logarithm.
func (f Fall) known(value float64) float64 { return max(value, nothingLeft*f.Was) }

// Times is how many spreads the figure lies below the usual.
func (f Fall) Times() float64 { return math.Log(f.Was/f.known(f.Now)) / f.Spread }

// deep tells whether it is low enough to matter to anybody, and too low for chance.
func (f Fall) deep(limit dropLimit) bool {
	return f.Was > 0 && f.Now <= limit.part*f.Was && f.Times() >= limit.spreads
}

// Part is by how much it fell, in percent of the usual.
func (f Fall) Part() float64 { return 100 * (f.Was - f.Now) / f.Was }

// Back tells whether a later week ends the fall.
func (f Fall) Back(s Weekly) bool { return s.Known && s.Value >= dropBack*f.Was }

func median(values []float64) float64 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
