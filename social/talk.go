package social

import (
	"cmp"
	"slices"
)

// A Talk is a post on one account and what followers made of it in a week.
type Talk struct {
	Post      int64 // 0: not one of ours
	Words     string
	Link      string
	Known     bool // whether its reactions are known
	Reactions int
	Hears     bool // whether its comments reach us
	Comments  int
	Other     bool // no post of ours of the week, but spoken of in it
	Judged    bool // its reactions are known, and it has had a day for them
}

// Engaged is how often followers did something about the post.
func (t Talk) Engaged() int { return t.Reactions + t.Comments }

// comparedPosts is how many posts a week needs for one of them to be its best: of one
// that is no praise, and of two it is the toss of a coin.
const comparedPosts = 3

// StandOut says which of the posts that went out in a week, or were spoken of in it, stood
// out: the best, and the weakest of those of the week that had a day. Of those with the same
// it is the first. Where fewer than three posts went out, these are told of as they are, each
// once, by the account on which followers did most; where none did, the one that they
// spoke of most.
func (d *Digest) StandOut(talks []Talk) {
	sorted := slices.SortedStableFunc(slices.Values(talks), func(a, b Talk) int { return cmp.Compare(b.Engaged(), a.Engaged()) })
	told := map[int64]bool{}
	var few []Talk
	for _, t := range sorted {
		if !t.Other && !told[t.Post] {
			told[t.Post], few = true, append(few, t)
		}
	}
	switch {
	case len(few) >= comparedPosts:
		d.Best, d.Worst = sorted[0], weakest(sorted)
	case len(few) > 0:
		d.Few = few
	case len(sorted) > 0 && sorted[0].Engaged() > 0:
		d.Few = sorted[:1]
	}
}

// weakest is the post with fewest of those of the week that can be judged, the best first;
// nil where none stands behind the best.
func weakest(sorted []Talk) *Talk {
	judged := slices.DeleteFunc(slices.Clone(sorted), func(t Talk) bool { return !t.Judged })
	if len(judged) < 2 {
		return nil
	}
	last := judged[len(judged)-1].Engaged()
	first := slices.IndexFunc(judged, func(t Talk) bool { return t.Engaged() == last })
	if last >= sorted[0].Engaged() {
		return nil
	}
	return &judged[first]
}

// spokenOf tells whether followers wrote under the post that stood out.
func (d Digest) spokenOf() bool {
	return d.Best.Comments > 0 || slices.ContainsFunc(d.Few, func(t Talk) bool { return t.Comments > 0 })
}
