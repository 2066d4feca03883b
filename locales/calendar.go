package locales

import (
	"fmt"
	"time"

	jalaali "github.com/jalaali/go-jalaali"

	"peyk/social"
)

// The years for which our conversions hold (persian.md section 2).
const (
	firstYear = 1244
	lastYear  = 1500
)

// A Date is a day of one calendar. Month and Day count from 1.
type Date struct {
	Year, Month, Day int
	Calendar         social.Calendar
}

// DateOf returns the day on which t falls, in t's own zone.
func DateOf(t time.Time, c social.Calendar) Date {
	y, m, d := t.Date()
	if c != social.Jalali {
		return Date{y, int(m), d, social.Gregorian}
	}
	jy, jm, jd, err := jalaali.ToJalaali(y, m, d)
	if err != nil {
		return Date{y, int(m), d, social.Gregorian} // outside of the years we know
	}
	return Date{jy, int(jm), jd, social.Jalali}
}

// At returns the moment of the day at the given clock time in a zone. A date that
// does not exist, or a clock time that the day skips, is ErrImpossible.
func (d Date) At(hour, minute int, zone *time.Location) (time.Time, error) {
	y, m, day, err := d.gregorian()
	if err != nil {
		return time.Time{}, err
	}
	t := time.Date(y, m, day, hour, minute, 0, 0, zone)
	if t.Day() != day || t.Month() != m || t.Hour() != hour || t.Minute() != minute {
		return time.Time{}, ErrImpossible
	}
	return t, nil
}

func (d Date) gregorian() (int, time.Month, int, error) {
	if d.Day < 1 || d.Month < 1 || d.Month > 12 || d.Day > MonthLen(d.Year, d.Month, d.Calendar) {
		return 0, 0, 0, ErrImpossible
	}
	if d.Calendar != social.Jalali {
		return d.Year, time.Month(d.Month), d.Day, nil
	}
	y, m, day, err := jalaali.ToGregorian(d.Year, jalaali.Month(d.Month), d.Day)
	if err != nil {
		return 0, 0, 0, fmt.Errorf("%w: %w", ErrImpossible, err)
	}
	return y, m, day, nil
}

// Weekday returns the day of the week; Sunday for a date that does not exist.
func (d Date) Weekday() time.Weekday {
	t, err := d.At(12, 0, time.UTC)
	if err != nil {
		return time.Sunday
	}
	return t.Weekday()
}

// Number counts the days since 1 January 1970.
func (d Date) Number() int {
	t, err := d.At(12, 0, time.UTC)
	if err != nil {
		return 0
	}
	return dayNumber(t)
}

// DateOfNumber is the reverse of Number.
func DateOfNumber(n int, c social.Calendar) Date {
	return DateOf(time.Unix(int64(n)*86400, 0).UTC(), c)
}

func dayNumber(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// MonthLen returns how many days a month has; 0 outside of the years we know.
func MonthLen(year, month int, c social.Calendar) int {
	if c != social.Jalali {
		return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	}
	switch {
	case year < firstYear || year > lastYear:
		return 0
	case month <= 6:
		return 31
	case month <= 11:
		return 30
	}
	if leap, err := jalaali.IsLeapYear(year); err == nil && leap {
		return 30
	}
	return 29
}
