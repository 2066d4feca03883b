package social

import (
	"math"
	"slices"
	"time"
)

const (
	// SampleWeeks is how far back posts are looked at to learn what works for a brand.
	SampleWeeks = 12
	// MinSamples is how many posts there must be before anything is said of hours and types.
	MinSamples = 8
	// minGroup is how many of them must share an hour, or a type.
	minGroup = 3
	// priorPosts is how many posts as usual are added to each group, so that a few lucky
	// ones do not win.
	priorPosts = 3
	// likely and sure are how many standard errors a group lies above the others.
	likely, sure = 1, 2
)

// A PostType is what a post is, for those who look at what works.
type PostType string

// The types of posts.
const (
	TypeText  PostType = "text"
	TypePhoto PostType = "photo"
	TypeVideo PostType = "video"
	TypeAlbum PostType = "album"
	TypeOther PostType = "other"
)

// TypeOf tells what a post with so many files, the first of the given kind, is.
func TypeOf(files int, first MediaKind) PostType {
	switch {
	case files == 0:
		return TypeText
	case files > 1:
		return TypeAlbum
	case first == Photo:
		return TypePhoto
	case first == Video || first == Animation:
		return TypeVideo
	}
	return TypeOther
}

// A Sample is a post on one account, and how often followers did something about it.
type Sample struct {
	Post      int64
	Account   int64
	Live      time.Time
	Type      PostType
	Words     string
	Link      string
	Reactions Figure
	Comments  Figure
}

// Engaged is how often followers did something about the post; false: not known.
func (s Sample) Engaged() (float64, bool) {
	return float64(s.Reactions.N + s.Comments.N), s.Reactions.Known || s.Comments.Known
}

// Settled tells whether the post has been out for a day, so that it can be compared.
func (s Sample) Settled(now time.Time) bool { return !now.Before(s.Live.Add(24 * time.Hour)) }

// Confidence says how sure it is that one hour, or type, is better than the others.
type Confidence string

// How sure it is.
const (
	TooFew   Confidence = "few"    // not enough posts yet
	NoneBest Confidence = "none"   // enough posts, and none stands out
	Likely   Confidence = "likely" // at least one standard error above the others
	Sure     Confidence = "sure"   // at least two
)

// A Best is the hour, or the type, that works best for a brand.
type Best struct {
	How   Confidence
	Of    int // posts that were looked at
	Hour  int // by the brand's clock
	Type  PostType
	Posts int     // of them with that hour or type
	Lift  float64 // how much more than usual followers do, smoothed: 0.4 is 40 percent
}

// Found tells whether something stands out.
func (b Best) Found() bool { return b.How == Likely || b.How == Sure }

// BestHour is the hour of the day at which posts do best.
func (d Digest) BestHour(now time.Time) Best {
	zone := d.Brand.Location()
	key, b := bestOf(d.lifts(now), func(s Sample) int { return s.Live.In(zone).Hour() })
	b.Hour = key
	return b
}

// BestType is the type of posts that do best.
func (d Digest) BestType(now time.Time) Best {
	key, b := bestOf(d.lifts(now), func(s Sample) PostType { return s.Type })
	b.Type = key
	return b
}

// A lifted sample knows its engagement as a multiple of what is usual on its account.
type lifted struct {
	Sample
	lift float64
}

// lifts compares each settled post with the mean of its account's settled posts: big
// and small accounts count alike. An account on which nothing was ever done tells nothing.
func (d Digest) lifts(now time.Time) []lifted {
	sum, n := map[int64]float64{}, map[int64]float64{}
	for _, s := range d.Samples {
		if e, known := s.Engaged(); known && s.Settled(now) {
			sum[s.Account], n[s.Account] = sum[s.Account]+e, n[s.Account]+1
		}
	}
	var all []lifted
	for _, s := range d.Samples {
		if e, known := s.Engaged(); known && s.Settled(now) && sum[s.Account] > 0 {
			all = append(all, lifted{s, e * n[s.Account] / sum[s.Account]})
		}
	}
	return all
}

// UsualOf tells how the post of a link compares with what is usual on its account, of
// so many posts; false where these are too few to say what is usual.
func (d Digest) UsualOf(link string, now time.Time) (times float64, of int, known bool) {
	all := d.lifts(now)
	at := slices.IndexFunc(all, func(s lifted) bool { return link != "" && s.Link == link })
	if at < 0 {
		return 0, 0, false
	}
	for _, s := range all {
		if s.Account == all[at].Account {
			of++
		}
	}
	return all[at].lift, of, of >= MinSamples
}

// bestOf finds the group with the highest smoothed mean: (the sum of its lifts + 3 as
// usual) / (its posts + 3), of those with at least three posts. How sure that is says
// the distance of its own mean from that of all other posts, in standard errors of
// this difference (Welch).
func bestOf[K comparable](all []lifted, key func(Sample) K) (K, Best) {
	var best K
	b := Best{How: TooFew, Of: len(all)}
	if len(all) < MinSamples {
		return best, b
	}
	groups, order := map[K][]float64{}, []K{}
	for _, s := range all {
		k := key(s.Sample)
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], s.lift)
	}
	b.How, b.Lift = NoneBest, math.Inf(-1)
	for _, k := range order {
		g := groups[k]
		smoothed := (mean(g)*float64(len(g)) + priorPosts) / float64(len(g)+priorPosts)
		if len(g) >= minGroup && smoothed-1 > b.Lift {
			best, b.Lift, b.Posts = k, smoothed-1, len(g)
		}
	}
	var others []float64
	for k, g := range groups {
		if k != best {
			others = append(others, g...)
		}
	}
	return best, b.judged(groups[best], others)
}

// judged says how sure the difference is.
func (b Best) judged(own, others []float64) Best {
	if b.Posts == 0 || len(others) < minGroup || b.Lift <= 0 {
		return Best{How: NoneBest, Of: b.Of}
	}
	difference := mean(own) - mean(others)
	spread := math.Sqrt(variance(own)/float64(len(own)) + variance(others)/float64(len(others)))
	switch {
	case difference >= sure*spread && difference > 0:
		b.How = Sure
	case difference >= likely*spread && difference > 0:
		b.How = Likely
	default:
		return Best{How: NoneBest, Of: b.Of}
	}
	return b
}

func mean(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

func variance(xs []float64) float64 {
	if len(xs) < 2 {
		return 0
	}
	m, sum := mean(xs), 0.0
	for _, x := range xs {
		sum += (x - m) * (x - m)
	}
	return sum / float64(len(xs)-1)
}
