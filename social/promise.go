package social

import (
	"slices"
	"time"
)

// AnswerBy is when a comment that came at a moment should have its answer: the
// brand's promise later, where only working time counts. Zero: nothing is promised.
func (b Brand) AnswerBy(at time.Time) time.Time {
	left := b.Rules.AnswerPromise
	if left <= 0 {
		return time.Time{}
	}
	at = at.In(b.Location())
	for range promiseDays {
		from, to := b.workOf(at)
		if at.Before(from) {
			at = from
		}
		if rest := to.Sub(at); rest > 0 {
			if left <= rest {
				return at.Add(left).UTC()
			}
			left -= rest
		}
		at = midnightAfter(at)
	}
	return time.Time{}
}

// KnowsHours tells whether anybody has said when the brand works.
func (b Brand) KnowsHours() bool {
	return b.Rules.WorkFrom < b.Rules.WorkTo || len(b.Rules.DaysOff) > 0
}

// promiseDays is how far ahead a promised time is looked for; more days off than that are no
// working time at all.
const promiseDays = 60

// workOf is the working time of a day; on a day off it is empty.
func (b Brand) workOf(day time.Time) (from, to time.Time) {
	start, end := b.Rules.WorkFrom, b.Rules.WorkTo
	clock := func(minute int) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day(), minute/60, minute%60, 0, 0, day.Location())
	}
	switch {
	case slices.Contains(b.Rules.DaysOff, day.Weekday()):
		return clock(0), clock(0)
	case start >= end:
		return clock(0), clock(24 * 60)
	}
	return clock(start), clock(end)
}

func midnightAfter(at time.Time) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, at.Location())
}

// maxPromise bounds the promised time of an answer.
const maxPromise = 7 * 24 * time.Hour

// PromiseAnswer sets within how much working time followers are answered; 0:
// nothing is promised.
func PromiseAnswer(within time.Duration) Setting {
	return setup(func(b *Brand) error {
		if within < 0 || within > maxPromise {
			return ErrBadSlot
		}
		b.Rules.AnswerPromise = within
		return nil
	})
}

// Work sets the working hours of a day, in minutes after midnight; the same twice
// is the whole day.
func Work(from, to int) Setting {
	return setup(func(b *Brand) error {
		if from < 0 || from >= 24*60 || to < 0 || to > 24*60 || from > to {
			return ErrBadSlot
		}
		b.Rules.WorkFrom, b.Rules.WorkTo = from, to
		return nil
	})
}

// DayOff says whether nobody works on a day of the week. One working day stays.
func DayOff(d time.Weekday, off bool) Setting {
	return setup(func(b *Brand) error {
		days := slices.DeleteFunc(slices.Clone(b.Rules.DaysOff), func(o time.Weekday) bool { return o == d })
		if off {
			days = append(days, d)
		}
		if d < time.Sunday || d > time.Saturday || len(days) > 6 {
			return ErrBadSlot
		}
		slices.Sort(days)
		b.Rules.DaysOff = days
		return nil
	})
}

// AskFirst says whether responders' answers wait for a manager's word.
func AskFirst(yes bool) Setting {
	return setup(func(b *Brand) error {
		b.Rules.AskFirst = yes
		return nil
	})
}

// RingComplaints says whether comments that complain ring in quiet hours too.
func RingComplaints(yes bool) Setting {
	return setup(func(b *Brand) error {
		b.Rules.LoudBad = yes
		return nil
	})
}
