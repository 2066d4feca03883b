package social

import "time"

const (
	// digestHour is when a week's digest is due, unless the brand has chosen.
	digestHour = 9
	// digestSpan is until when it still goes out.
	digestSpan = 24 * time.Hour
	// digestLate is from when on it says that it is late.
	digestLate = time.Hour
	// meanWeeks is with how many weeks before it a week is compared.
	meanWeeks = 4
	// staleAnswer is how long followers wait before answering them is the first advice.
	staleAnswer = 24 * time.Hour
)

// A DigestTime is when a brand's people are told of the week that is over.
type DigestTime struct {
	Slot
	Since time.Time `json:"since"` // when it was chosen: weeks do not become overdue by it
}

// DigestSlot is when in the week the brand's digest comes: unless somebody has
// chosen, at nine on the day on which its weeks begin.
func (b Brand) DigestSlot() Slot {
	if b.Rules.Digest != nil {
		return b.Rules.Digest.Slot
	}
	return Slot{Day: b.Rules.WeekStart, Minute: digestHour * 60}
}

// DigestAt is when the digest of a week is due: at the brand's time for it, the first
// after the week. A choice of another time does not put a week into the past that
// was still to come: it is due at the choice then.
func (b Brand) DigestAt(w Week) time.Time {
	at := b.digestAt(w)
	if d := b.Rules.Digest; d != nil && at.Before(d.Since) {
		return d.Since
	}
	return at
}

func (b Brand) digestAt(w Week) time.Time {
	s, end := b.DigestSlot(), w.To.In(b.Location())
	days := (int(s.Day) - int(end.Weekday()) + 7) % 7
	at := time.Date(end.Year(), end.Month(), end.Day()+days, s.Minute/60, s.Minute%60, 0, 0, end.Location())
	if at.Before(w.To) { // the clocks jump over it
		return w.To
	}
	return at
}

// DigestDue returns the week whose digest is due now, and when the next has to be
// looked for. One that was missed for more than a day does not go out any more.
func (b Brand) DigestDue(now time.Time) (w Week, due bool, next time.Time) {
	this := b.Week(now)
	w, next = b.Before(this, 1), b.DigestAt(this)
	if at := b.DigestAt(w); now.Before(at) {
		w, next = b.Before(w, 1), at
	}
	at := b.DigestAt(w)
	return w, !now.Before(at) && now.Before(at.Add(digestSpan)), next
}

// DigestLate tells whether the digest of a week comes later than it should.
func (b Brand) DigestLate(w Week, now time.Time) bool {
	return !now.Before(b.DigestAt(w).Add(digestLate))
}

// Figures are what is counted of one week.
type Figures struct {
	Known     bool          // false before the brand was there: nothing was counted, which is not zero
	Planned   int           // posts with a time in the week that were sent for approval and not called off
	Published int           // of them, live on every account
	Comments  int           // that were written in the week and wanted an answer
	Answered  int           // of them
	Median    time.Duration // from a comment to its answer
	Numbers   []Numbers     // of each account that the brand had at the week's end
}

// A Digest is what a brand's people are told of one of its weeks.
type Digest struct {
	Agency string
	Brand  Brand
	Week   Week
	Weeks  []Figures // the week itself first, then those before it, the latest first
	Best   Talk      // the post with most reactions and comments; without any: none
	Worst  *Talk     // the post with fewest, of those that had a day for it; nil: none stands behind the best
	Few    []Talk    // instead of the two: the posts of a week in which too few went out to compare
	Me     Member    // whoever reads it
	Hush   bool      // he wants no digest
	Sent   time.Time // when somebody sent the week to the clients; zero: nobody has

	// Samples are the posts of the last weeks, with what followers made of them.
	Samples []Sample
	// Followers are those of each day of the week; see Day.
	Followers []Figure

	// Deleted are the week's posts that their networks do not have any more; they are in
	// no figure.
	Deleted []Deletion

	// Goals are those under way, and those that were reached or missed since the digest before.
	Goals []Goal
	// Plans are, for those who plan, what was answered since the digest before, and what
	// is under way now.
	Plans []ActionPlan

	// What waits now, whatever week the digest is of.
	Review int       // posts that wait for approval
	Open   int       // comments without an answer
	Oldest time.Time // when the oldest of them was written
	Ahead  int       // posts with a time in the seven days to come
}

// A Deletion is how many posts of a week were deleted on a network.
type Deletion struct {
	Platform Platform
	Posts    int
}

// An Ahead is somebody who will get the digest of a brand's week.
type Ahead struct {
	Brand, Person int64
	Week          string // by its first day
}

// A Count picks one number out of a week's figures; false: it is not known.
type Count func(Figures) (float64, bool)

// CountPublished counts the posts that went out.
func CountPublished(f Figures) (float64, bool) { return float64(f.Published), f.Known }

// CountAnswered counts the comments that were answered.
func CountAnswered(f Figures) (float64, bool) { return float64(f.Answered), f.Known }

// CountMedian counts the minutes after which half of the comments were answered.
func CountMedian(f Figures) (float64, bool) {
	return f.Median.Minutes(), f.Known && f.Answered > 0
}

// CountPlanned counts the posts that were planned.
func CountPlanned(f Figures) (float64, bool) { return float64(f.Planned), f.Known }

// A Trend compares a week's number with the week before and with the mean of up to
// four weeks before it.
type Trend struct {
	Known bool // it is known of the week before
	By    float64
	Mean  float64
	Weeks int // of which Mean is the mean
}

// Trend compares a number of the week. Weeks of which it is not known do not count.
func (d Digest) Trend(of Count) Trend {
	if len(d.Weeks) < 2 {
		return Trend{}
	}
	now, known := of(d.Weeks[0])
	last, before := of(d.Weeks[1])
	if !known || !before {
		return Trend{}
	}
	c := Trend{Known: true, By: now - last}
	sum := 0.0
	for _, f := range d.Weeks[1:min(len(d.Weeks), 1+meanWeeks)] {
		if n, ok := of(f); ok {
			c.Weeks++
			sum += n
		}
	}
	c.Mean = sum / float64(c.Weeks)
	return c
}

// Advice is what to do next, in the order in which it matters. Its text is the
// locale key "digest.advice.<advice>".
type Advice string

// The pieces of advice, each from the brand's own numbers.
const (
	AdviseDecide Advice = "decide" // posts wait for the reader's approval
	AdviseAnswer Advice = "answer" // followers have waited for more than a day
	AdviseRemind Advice = "remind" // posts wait for others' approval
	AdviseMissed Advice = "missed" // not all that was planned went out
	AdviseBegin  Advice = "begin"  // nothing went out, and nothing is planned
	AdvisePlan   Advice = "plan"   // nothing is planned for the days to come
	AdviseTalk   Advice = "talk"   // followers spoke of one post: more of that
	AdviseHour   Advice = "hour"   // one hour works better than the others
	AdviseKeep   Advice = "keep"   // all is well
)

// Advice picks the first that applies and that is the reader's to do; empty: none is.
func (d Digest) Advice(now time.Time) Advice {
	may := d.Me.Role.May
	switch {
	case d.Review > 0 && d.Me.Role == Approver:
		return AdviseDecide
	case d.Open > 0 && now.Sub(d.Oldest) > staleAnswer && may(Answer):
		return AdviseAnswer
	case !may(Plan):
		return ""
	case d.Review > 0:
		return AdviseRemind
	}
	return d.planAdvice(now)
}

// planAdvice is for those who plan the brand's posts.
func (d Digest) planAdvice(now time.Time) Advice {
	var week Figures
	if len(d.Weeks) > 0 {
		week = d.Weeks[0]
	}
	switch {
	case week.Published < week.Planned:
		return AdviseMissed
	case week.Published == 0 && d.Ahead == 0:
		return AdviseBegin
	case d.Ahead == 0:
		return AdvisePlan
	case d.spokenOf():
		return AdviseTalk
	case d.BestHour(now).How == Sure:
		return AdviseHour
	}
	return AdviseKeep
}
