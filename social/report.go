package social

import (
	"slices"
	"time"
)

// The refusals about sending a month to the clients.
const (
	ErrReportSent = Rule("report_sent")
	ErrMonthRuns  = Rule("month_runs") // it is not over yet
)

// A Month is one of a brand, in the calendar by which the brand lives. Its ends are
// midnights by the brand's clock.
type Month struct {
	Before   time.Time // when the month before it began
	From, To time.Time // To is not in it
	After    time.Time // when the month after it ends
}

// Day names the month by its first day, as in 2026-10-23.
func (m Month) Day() string { return m.From.Format(time.DateOnly) }

// Over tells whether the month has ended.
func (m Month) Over(now time.Time) bool { return !m.To.After(now) }

// Span is the month as that part of a brand's time which a digest tells of.
func (m Month) Span() Week { return Week{m.From, m.To} }

// MonthOf returns the month that begins on a day, with so many days in it and in the
// months beside it: calendars are not ours to know.
func (b Brand) MonthOf(first time.Time, before, days, after int) Month {
	year, month, day := first.Date()
	at := func(n int) time.Time { return midnight(year, month, day+n, b.Location()) }
	return Month{Before: at(-before), From: at(0), To: at(days), After: at(days + after)}
}

// WeekEnds are the ends of those of the brand's weeks that are over and ended in a
// part of its time. What people type of a week is told of its end.
func (b Brand) WeekEnds(of Week, now time.Time) []time.Time {
	var ends []time.Time
	for w := b.Week(of.From.Add(-time.Minute)); !w.To.After(of.To) && !w.To.After(now); w = b.Before(w, -1) {
		if w.To.After(of.From) {
			ends = append(ends, w.To)
		}
	}
	return ends
}

// A Report is what a brand's clients are told of one of its months: the digest of the
// month, with the month before it to compare with.
type Report struct {
	Digest
	Month    Month
	Begun    time.Time // when the brand came
	Accounts []Account // of the brand, as they are called
	Removed  []Account // accounts that were taken out in the month: they are not counted
	Next     []Post    // with a time in the month after it, as far as the reader may see them
	Stood    Digest    // the last week that was over in the month: by it goals are measured
}

// GoalsBy are the goals as they stood at a moment: what came of them later was not known then.
func GoalsBy(goals []Goal, at time.Time) []Goal {
	stood := slices.Clone(goals)
	for i, g := range stood {
		if g.State != GoalOpen && !g.Ended.Before(at) {
			stood[i].State, stood[i].Reached, stood[i].Known, stood[i].Ended = GoalOpen, 0, false, time.Time{}
		}
	}
	return stood
}

// Share sends the report of a month that is over to the brand's clients, once.
func (r Report) Share(clients []Member, now time.Time) (Event, error) {
	switch err := r.Me.Can(Setup); {
	case err != nil:
		return Event{}, err
	case !r.Month.Over(now):
		return Event{}, ErrMonthRuns
	case !r.Weeks[0].Known:
		return Event{}, ErrOutdated
	case !r.Sent.IsZero():
		return Event{}, ErrReportSent
	case len(clients) == 0:
		return Event{}, ErrNoClients
	}
	return Event{
		Kind: ReportShared, AgencyID: r.Brand.AgencyID, BrandID: r.Brand.ID, Actor: r.Me.Person.ID,
		Facts: Facts{Month: r.Month.Day()},
	}, nil
}

// reportHour is when managers are offered a month's report, on the first morning after it.
const reportHour = 9

// reportSpan is until when they still are.
const reportSpan = 24 * time.Hour

func (b Brand) reportAt(m Month) time.Time {
	year, month, day := m.To.In(b.Location()).Date()
	return time.Date(year, month, day, reportHour, 0, 0, 0, b.Location())
}

// ReportDue tells, in a month, whether the report of the last one is to be offered now,
// and when the next has to be looked for.
func (b Brand) ReportDue(last, this Month, now time.Time) (due bool, next time.Time) {
	at := b.reportAt(last)
	if now.Before(at) {
		return false, at
	}
	return now.Before(at.Add(reportSpan)), b.reportAt(this)
}

// Ready tells managers that a month is over and can be sent. Of a month in which
// nothing went out and nothing is known nobody is told.
func (r Report) Ready() (Event, bool) {
	w := r.Weeks[0]
	known := w.Published > 0 || w.Comments > 0 || w.Sum(MetricFollowers).Known || w.Sum(MetricReach).Known
	return Event{
		Kind: ReportReady, AgencyID: r.Brand.AgencyID, BrandID: r.Brand.ID, Facts: Facts{Month: r.Month.Day()},
	}, w.Known && known && r.Sent.IsZero()
}
