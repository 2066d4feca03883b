package social

import "time"

// A Metric is what is counted of an account or of a post.
type Metric string

// The metrics. Followers are as many as there are at a moment; of a post the others
// are as many as there have been so far, and of an account those of one week.
const (
	MetricFollowers Metric = "followers"
	MetricPosts     Metric = "posts"
	MetricReach     Metric = "reach" // people who saw it, or views where the network counts only these
	MetricReactions Metric = "reactions"
	MetricComments  Metric = "comments"
	MetricShares    Metric = "shares"
	MetricClicks    Metric = "clicks"
)

// Metrics lists them in the order in which people see them.
func Metrics() []Metric {
	return []Metric{MetricFollowers, MetricPosts, MetricReach, MetricReactions, MetricComments, MetricShares, MetricClicks}
}

// A Source is where a figure comes from: a network, or one of those below.
type Source string

// The sources beside the networks.
const (
	SourceOwn    Source = "own"     // counted by ourselves, from what reached us
	SourceByHand Source = "by_hand" // somebody has typed it
	SourceCSV    Source = "csv"     // somebody has given a file
)

// A Snapshot is one figure. What is not known has no snapshot, which is not zero.
type Snapshot struct {
	Account int64
	Post    int64 // 0: of the account
	Metric  Metric
	Value   int64
	At      time.Time // of which moment it tells; for a week's figure its end
	Found   time.Time // when it came to us
	Source  Source
}

// A Reading is a figure as its network tells it just now.
type Reading struct {
	Metric Metric
	Value  int64
}

// A Look is one time to ask for the figures of an account, or of a post on it.
type Look struct {
	Account  Account
	Zone     string // of the account's brand
	Delivery int64  // 0: of the account
	Post     int64  // 0: of the account
	Remote   string // the post's id on the network
	Live     time.Time
	Tries    int // that failed since the last that did not
}

// looksAfter is how long after its publishing a post is looked at.
func looksAfter() []time.Duration {
	const day = 24 * time.Hour
	return []time.Duration{time.Hour, 6 * time.Hour, day, 2 * day, 4 * day, 8 * day, 14 * day, 30 * day}
}

// NextLook is when a post that is live since a moment is looked at next; zero: never
// again. Looks that were missed are one look.
func NextLook(live, now time.Time) time.Time {
	for _, after := range looksAfter() {
		if at := live.Add(after); at.After(now) {
			return at
		}
	}
	return time.Time{}
}

// countHour is when the followers of an account are counted, by its brand's clock: so
// late that the last count of a week tells of its end.
const countHour = 23

// NextCount is when an account's followers are counted next, once a day.
func (b Brand) NextCount(now time.Time) time.Time {
	local := now.In(b.Location())
	year, month, day := local.Date()
	at := time.Date(year, month, day, countHour, 0, 0, 0, local.Location())
	if !at.After(now) {
		at = time.Date(year, month, day+1, countHour, 0, 0, 0, local.Location())
	}
	return at
}

// lookPatience is the longest pause after looks that failed.
const lookPatience = 24 * time.Hour

// Again is when a look that has failed is tried again: after a minute, and then
// always twice as late, up to a day. It is not before the network wants it.
func (l Look) Again(now, soonest time.Time) time.Time {
	at := now.Add(min(time.Minute<<min(l.Tries, 12), lookPatience))
	if at.Before(soonest) {
		return soonest
	}
	return at
}
