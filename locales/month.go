package locales

import (
	"time"

	"peyk/social"
)

// A Month is one of a calendar: its first day as the world counts it, and how many days it
// and the months beside it have.
type Month struct {
	First               time.Time // midnight of the day in UTC
	Before, Days, After int
}

// MonthAt returns the month of a calendar in which a day lies, the day as t's own zone
// has it.
func MonthAt(t time.Time, c social.Calendar) Month {
	d := DateOf(t, c)
	days := func(year, month int) int { return MonthLen(year, month, d.Calendar) }
	first := time.Unix(int64(Date{d.Year, d.Month, 1, d.Calendar}.Number())*86400, 0).UTC()
	before, after := days(d.Year, d.Month-1), days(d.Year, d.Month+1)
	if d.Month == 1 {
		before = days(d.Year-1, 12)
	}
	if d.Month == 12 {
		after = days(d.Year+1, 1)
	}
	return Month{First: first, Before: before, Days: days(d.Year, d.Month), After: after}
}
