package social

import (
	"slices"
	"time"
)

// A Habit is how a post went out.
type Habit struct {
	Hour int // of the day, by the brand's clock
	Type PostType
}

// A DropReason is what was different when a figure fell. Its text is the locale key
// "drop.reason.<code>".
type DropReason struct {
	Code string   `json:"code"`
	Was  int      `json:"was,omitempty"` // posts, an hour, or percent, by the code
	Now  int      `json:"now,omitempty"`
	Type PostType `json:"type,omitempty"`
}

// A DropAction is what may help. Its text is the locale key "drop.action.<code>".
type DropAction struct {
	Code string   `json:"code"`
	N    int      `json:"n,omitempty"` // posts, or an hour
	Type PostType `json:"type,omitempty"`
}

// The codes of reasons, and of the actions that follow from them.
const (
	DropPosts    = "posts"    // fewer posts; as many as usual
	DropHours    = "hours"    // not at the usual hours; at these again
	DropTypes    = "types"    // not of the usual type; of this again
	DropAnswers  = "answers"  // comments lie unanswered; answer them
	DropHoliday  = "holiday"  // a public holiday; look again next week
	DropBest     = "best"     // no reason is seen; more of what went best
	DropQuestion = "question" // likewise; ask the followers

	// Without a reason: what works best for the brand, and what lacks in the days to come.
	OfferHour  = "best_hour"
	OfferType  = "best_type"
	OfferAhead = "ahead"
)

const (
	// dropActions is how many actions people are offered.
	dropActions = 3
	// habitHours is how many hours count as the same time of day.
	habitHours = 3
	// habitPosts is how many posts make a habit, and habitShare which part of them.
	habitPosts, habitShare = 6, 0.5
	// fewPosts is the part of the usual number of posts that counts as fewer.
	fewPosts = 0.7
	// openComments is the least number of comments in a week of which anything is said,
	// and openMore how many more of a hundred lie unanswered than usual.
	openComments, openMore = 5, 30
)

// explain compares the latest week with the four before those that are low, and says what to do.
func (w Watch) explain() ([]DropReason, []DropAction) {
	var reasons []DropReason
	var actions []DropAction
	for _, look := range []func() (DropReason, DropAction, bool){w.fewer, w.unanswered, w.hours, w.types, w.holiday} {
		if r, a, ok := look(); ok {
			reasons, actions = append(reasons, r), append(actions, a)
		}
	}
	actions = append(actions, w.Works...)
	if len(reasons) == 0 {
		actions = append(actions, DropAction{Code: DropBest}, DropAction{Code: DropQuestion})
	}
	return reasons, offered(actions)
}

// offered are as many actions as people are offered, none of which says the same as one
// before it.
func offered(actions []DropAction) []DropAction {
	same := map[string]string{OfferHour: DropHours, OfferType: DropTypes}
	var kept []DropAction
	for _, a := range actions {
		said := slices.ContainsFunc(kept, func(o DropAction) bool { return o.Code == a.Code || o.Code == same[a.Code] })
		if !said && len(kept) < dropActions {
			kept = append(kept, a)
		}
	}
	return kept
}

// works says what works best for the brand, where that is known.
func (d Digest) works(now time.Time) []DropAction {
	var actions []DropAction
	if b := d.BestHour(now); b.Found() {
		actions = append(actions, DropAction{Code: OfferHour, N: b.Hour})
	}
	if b := d.BestType(now); b.Found() {
		actions = append(actions, DropAction{Code: OfferType, Type: b.Type})
	}
	return actions
}

// Offers are the actions that a digest's week suggests, fallen or not.
func (d Digest) Offers(now time.Time) []DropAction {
	var actions []DropAction
	if d.Open > 0 {
		actions = append(actions, DropAction{Code: DropAnswers, N: d.Open})
	}
	w := WatchOf(d, nil)
	for _, look := range []func() (DropReason, DropAction, bool){w.fewer, w.hours, w.types} {
		if _, a, ok := look(); ok {
			actions = append(actions, a)
		}
	}
	actions = append(actions, w.Works...)
	if d.Ahead == 0 {
		actions = append(actions, DropAction{Code: OfferAhead})
	}
	return offered(append(actions, DropAction{Code: DropBest}, DropAction{Code: DropQuestion}))
}

// earlier are the weeks with which the latest is compared: up to four before those that are
// low.
func earlier[T any](weeks []T, low int) []T {
	from := min(max(low, 1), len(weeks))
	return weeks[from:min(len(weeks), from+meanWeeks)]
}

// before are those of them that are known.
func (w Watch) before() []Figures {
	var known []Figures
	for _, f := range earlier(w.Weeks, w.low) {
		if f.Known {
			known = append(known, f)
		}
	}
	return known
}

func (w Watch) fewer() (DropReason, DropAction, bool) {
	var counts []float64
	for _, f := range w.before() {
		counts = append(counts, float64(f.Published))
	}
	if len(counts) == 0 || !w.Weeks[0].Known {
		return DropReason{}, DropAction{}, false
	}
	usual, now := median(counts), w.Weeks[0].Published
	fewer := usual >= 2 && float64(now) <= fewPosts*usual
	return DropReason{Code: DropPosts, Was: int(usual), Now: now}, DropAction{Code: DropPosts, N: int(usual)}, fewer
}

func (w Watch) unanswered() (DropReason, DropAction, bool) {
	var comments, answered int
	for _, f := range w.before() {
		comments, answered = comments+f.Comments, answered+f.Answered
	}
	this := w.Weeks[0]
	if comments < openComments || this.Comments < openComments {
		return DropReason{}, DropAction{}, false
	}
	was, now := 100*answered/comments, 100*this.Answered/this.Comments
	return DropReason{Code: DropAnswers, Was: was, Now: now}, DropAction{Code: DropAnswers, N: this.Comments - this.Answered}, was-now >= openMore
}

func (w Watch) hours() (DropReason, DropAction, bool) {
	usual, ok := left(w.Habits, w.low, func(h Habit) int { return h.Hour / habitHours })
	from := usual * habitHours
	return DropReason{Code: DropHours, Was: from, Now: from + habitHours}, DropAction{Code: DropHours, N: from + 1}, ok
}

func (w Watch) types() (DropReason, DropAction, bool) {
	usual, ok := left(w.Habits, w.low, func(h Habit) PostType { return h.Type })
	return DropReason{Code: DropTypes, Type: usual}, DropAction{Code: DropTypes, Type: usual}, ok
}

// left finds the habit that the posts before had, and that those of the latest week
// have less than half as often.
func left[K comparable](weeks [][]Habit, low int, of func(Habit) K) (usual K, ok bool) {
	if len(weeks) < 2 || len(weeks[0]) == 0 {
		return usual, false
	}
	counts, all := map[K]int{}, 0
	for _, week := range earlier(weeks, low) {
		for _, h := range week {
			all++
			k := of(h)
			if counts[k]++; counts[k] > counts[usual] {
				usual = k
			}
		}
	}
	now := 0
	for _, h := range weeks[0] {
		if of(h) == usual {
			now++
		}
	}
	share := float64(counts[usual]) / float64(max(all, 1))
	return usual, all >= habitPosts && share >= habitShare && float64(now) < share/2*float64(len(weeks[0]))
}

func (w Watch) holiday() (DropReason, DropAction, bool) {
	ok := len(w.Holidays) > 0 && w.Holidays[0] > 0
	return DropReason{Code: DropHoliday}, DropAction{Code: DropHoliday}, ok
}
