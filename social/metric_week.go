package social

import (
	"slices"
	"time"
)

// A Figure is one number, with the moment of which it tells and where it comes from.
// The zero Figure is not known, which is not zero.
type Figure struct {
	Known  bool
	N      int64
	At     time.Time
	Source Source
}

// Numbers are what is known of one account in one week.
type Numbers struct {
	Account   int64
	Platform  Platform
	Followers Figure // at the week's end
	Posts     int64  // that went out in the week and of which reactions or comments are known

	// Of these posts, as of the week's end; or of the whole week, where somebody has
	// typed them.
	Reactions, Comments, Shares, Clicks Figure
	Reach                               Figure
}

// A Formula is how the engagement rate of a network's accounts is made: the sum of
// what followers did, divided by how many could have done it.
//
// Over followers it is the mean of the posts: (reactions + comments + shares) /
// (posts × followers at the week's end). A bot in a Telegram channel is never told how
// many have seen a post (Bot API 10.3: neither Message nor any method has views), so
// that its subscribers stand for them.
//
// Over reach it is that of the week: the sum / reach, or views where a network shows
// these. X, LinkedIn and Pinterest divide so themselves, and take clicks for engagement too (X
// analytics; LinkedIn's organization share statistics; Pinterest analytics; as known in
// November 2026). Instagram, Facebook and Snapchat name no rate of their own; reach is what
// their pages show of how many saw it.
type Formula struct {
	Of   []Metric
	Over Metric
}

// FormulaOf returns the formula of a network.
func FormulaOf(p Platform) Formula {
	of := []Metric{MetricReactions, MetricComments, MetricShares}
	switch p {
	case Instagram, Facebook, Snapchat:
		return Formula{of, MetricReach}
	case X, LinkedIn, Pinterest:
		return Formula{append(of, MetricClicks), MetricReach}
	}
	return Formula{of, MetricFollowers}
}

// Tell sets what is known of an account, in place of what was known of it.
func (f Figures) Tell(account int64, m Metric, told Figure) {
	for i := range f.Numbers {
		if f.Numbers[i].Account == account {
			f.Numbers[i].tell(m, told)
		}
	}
}

func (n *Numbers) tell(m Metric, told Figure) {
	switch m {
	case MetricFollowers:
		n.Followers = told
	case MetricPosts:
		n.Posts = told.N
	case MetricReach:
		n.Reach = told
	case MetricReactions:
		n.Reactions = told
	case MetricComments:
		n.Comments = told
	case MetricShares:
		n.Shares = told
	case MetricClicks:
		n.Clicks = told
	}
}

// figure finds the number of a metric.
func (n Numbers) figure(m Metric) Figure {
	return map[Metric]Figure{
		MetricFollowers: n.Followers, MetricReach: n.Reach, MetricReactions: n.Reactions,
		MetricComments: n.Comments, MetricShares: n.Shares, MetricClicks: n.Clicks,
	}[m]
}

// engaged sums what followers did and how many could have, by the network's formula;
// false where either is not known, or nobody could have.
func (n Numbers) engaged() (sum, over int64, known bool) {
	f := FormulaOf(n.Platform)
	for _, m := range f.Of {
		figure := n.figure(m)
		sum, known = sum+figure.N, known || figure.Known
	}
	base := n.figure(f.Over)
	over = base.N
	if f.Over == MetricFollowers {
		over *= n.Posts
	}
	return sum, over, known && base.Known && over > 0
}

// A Rate is how much of what could have been done followers did, in percent, with
// the denominator that it was made with.
type Rate struct {
	Known   bool
	Percent float64
	Over    Metric
	Of      Figure // the denominator: followers, or reach, of the accounts that count
}

// Rate is the engagement rate of a brand's week. Accounts whose formulas divide by
// different things are not mixed: followers go first.
func (f Figures) Rate() Rate {
	for _, over := range []Metric{MetricFollowers, MetricReach} {
		if r := f.rateOver(over); r.Known {
			return r
		}
	}
	return Rate{}
}

func (f Figures) rateOver(m Metric) Rate {
	r := Rate{Over: m}
	var sum, over int64
	for _, n := range f.Numbers {
		s, o, known := n.engaged()
		if FormulaOf(n.Platform).Over != m || !known {
			continue
		}
		sum, over, r.Known = sum+s, over+o, true
		r.Of = r.Of.plus(n.figure(m))
	}
	if r.Known {
		r.Percent = 100 * float64(sum) / float64(over)
	}
	return r
}

// plus adds a known figure. What both tell is as old as the older.
func (f Figure) plus(g Figure) Figure {
	switch {
	case !g.Known:
		return f
	case !f.Known:
		return g
	}
	f.N += g.N
	if g.At.Before(f.At) {
		f.At, f.Source = g.At, g.Source
	}
	return f
}

// Sum adds a metric of all accounts of which it is known.
func (f Figures) Sum(m Metric) Figure {
	var sum Figure
	for _, n := range f.Numbers {
		sum = sum.plus(n.figure(m))
	}
	return sum
}

// Count counts a metric of the accounts of which it is known in the digest's week, so
// that weeks are compared which tell of the same accounts.
func (d Digest) Count(m Metric) Count {
	counted := map[int64]bool{}
	if len(d.Weeks) > 0 {
		for _, n := range d.Weeks[0].Numbers {
			if n.figure(m).Known {
				counted[n.Account] = true
			}
		}
	}
	return func(f Figures) (float64, bool) {
		var sum, of int64
		for _, n := range f.Numbers {
			if figure := n.figure(m); counted[n.Account] && figure.Known {
				sum, of = sum+figure.N, of+1
			}
		}
		return float64(sum), of > 0 && of == int64(len(counted))
	}
}

// CountRate counts the engagement rate, of the same kind and the same accounts in every week.
func (d Digest) CountRate() Count {
	var over Metric
	var told []int64
	if len(d.Weeks) > 0 {
		over = d.Weeks[0].Rate().Over
		told = tells(d.Weeks[0], MetricRate, over)
	}
	return func(f Figures) (float64, bool) {
		r := f.rateOver(over)
		return r.Percent, r.Known && slices.Equal(tells(f, MetricRate, over), told)
	}
}
