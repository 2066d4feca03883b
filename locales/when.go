package locales

import (
	"cmp"
	"slices"
	"time"

	"peyk/social"
)

// The refusals of typed times.
const (
	ErrUnknown    = social.Rule("when_unknown")    // we cannot read it with certainty
	ErrImpossible = social.Rule("when_impossible") // no calendar or clock has it
	ErrPast       = social.Rule("when_past")
	ErrTooFar     = social.Rule("when_too_far") // more than two years ahead
)

// maxAhead is how far ahead a time may be, in days.
const maxAhead = 2 * 366

// A When is what somebody typed. One option is a moment. Several are a bare hour
// that may be of the morning or the evening, a midnight that may begin or end its
// day, or a clock time that the day has twice because the clocks are set back.
// With NeedsClock only the day is known, and there are no options.
type When struct {
	Options    []time.Time // in order
	Day        Date        // of the first option, or the day that was typed
	NeedsClock bool
}

// ParseWhen reads a typed time in Persian or English, in either calendar, as seen
// from now. What it cannot read with certainty it refuses: it never guesses. Its
// errors are ErrUnknown, ErrImpossible, ErrPast and ErrTooFar.
func ParseWhen(text string, now time.Time, zone *time.Location, cal social.Calendar) (When, error) {
	words, err := tokens(text)
	if err != nil {
		return When{}, err
	}
	r := &reading{words: words, now: now.In(zone), zone: zone, calendar: cal}
	if err := r.read(); err != nil {
		return When{}, err
	}
	return r.resolve()
}

// resolve turns what was read into moments.
func (r *reading) resolve() (When, error) {
	if r.relative {
		return r.resolveRelative()
	}
	day, err := r.theDay()
	if err != nil {
		return When{}, err
	}
	if r.part == noon && !r.clock {
		r.clock, r.hour = true, 12
	}
	if !r.clock && r.part != midnight {
		return r.onlyDay(day)
	}
	hours, err := r.hours()
	if err != nil {
		return When{}, err
	}
	return r.moments(day, hours)
}

func (r *reading) resolveRelative() (When, error) {
	if r.clock || r.day != nil || r.weekday != nil || r.nextWeek || r.part != "" {
		return When{}, ErrUnknown
	}
	return r.finish([]time.Time{r.now.Add(r.offset).Truncate(time.Minute)})
}

// onlyDay is the answer where no clock time was typed.
func (r *reading) onlyDay(day Date) (When, error) {
	switch ahead := day.Number() - dayNumber(r.now); {
	case r.day == nil && r.weekday == nil && !r.nextWeek:
		return When{}, ErrUnknown
	case ahead < 0:
		return When{}, ErrPast
	case ahead > maxAhead:
		return When{}, ErrTooFar
	}
	return When{Day: day, NeedsClock: true}, nil
}

// theDay is the day that was named, or the next of the weekday that was; today
// where only a clock time was typed.
func (r *reading) theDay() (Date, error) {
	switch {
	case r.day != nil && (r.nextWeek || r.weekday != nil && r.day.Weekday() != *r.weekday):
		return Date{}, ErrImpossible
	case r.day != nil:
		return *r.day, nil
	case r.weekday != nil:
		return r.nextOf(*r.weekday), nil
	case r.nextWeek:
		return r.daysOn(7), nil
	}
	return r.daysOn(0), nil
}

// nextOf is the next such weekday after today, or with "next week" the one in the
// week after this, which begins on Saturday, or on Monday for Gregorian readers.
func (r *reading) nextOf(d time.Weekday) Date {
	today := r.now.Weekday()
	if !r.nextWeek {
		return r.daysOn(1 + (int(d-today)+6)%7)
	}
	first := time.Monday
	if r.calendar == social.Jalali {
		first = time.Saturday
	}
	return r.daysOn(7 - (int(today-first)+7)%7 + (int(d-first)+7)%7)
}

// daysOn is the day so many days after today.
func (r *reading) daysOn(n int) Date {
	return DateOfNumber(dayNumber(r.now)+n, r.calendar)
}

// moments are the clock times of a day that may be meant. Hour 24 is midnight at
// the day's end.
func (r *reading) moments(day Date, hours []int) (When, error) {
	bare := r.day == nil && r.weekday == nil && !r.nextWeek
	var options []time.Time
	for _, h := range hours {
		at, err := clockOn(day, h, r.minute, r.zone)
		if err == nil && bare && !at[len(at)-1].After(r.now) {
			// a bare clock time that has passed today means tomorrow
			at, err = clockOn(DateOfNumber(day.Number()+1, day.Calendar), h, r.minute, r.zone)
		}
		if err != nil {
			return When{}, err
		}
		options = append(options, at...)
	}
	return r.finish(options)
}

// clockOn returns the moments at which the clocks of the zone show a time on a
// day: one, or two where they are set back. One that they skip is ErrImpossible.
func clockOn(day Date, hour, minute int, zone *time.Location) ([]time.Time, error) {
	if hour == 24 {
		day, hour = DateOfNumber(day.Number()+1, day.Calendar), 0
	}
	t, err := day.At(hour, minute, zone)
	if err != nil {
		return nil, ErrImpossible
	}
	at := []time.Time{t}
	for _, d := range []time.Duration{-2 * time.Hour, -time.Hour, -30 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour} {
		if twin := t.Add(d); twin.Day() == t.Day() && twin.Hour() == t.Hour() && twin.Minute() == t.Minute() {
			at = append(at, twin)
		}
	}
	return at, nil
}

// finish leaves out what has passed, and refuses what is too far away.
func (r *reading) finish(options []time.Time) (When, error) {
	options = slices.DeleteFunc(options, func(t time.Time) bool { return !t.After(r.now) })
	if len(options) == 0 {
		return When{}, ErrPast
	}
	slices.SortFunc(options, func(a, b time.Time) int { return cmp.Compare(a.Unix(), b.Unix()) })
	if options[len(options)-1].Sub(r.now) > maxAhead*fullDay {
		return When{}, ErrTooFar
	}
	return When{Options: options, Day: DateOf(options[0], r.calendar)}, nil
}

// hours are the hours of 24 that the typed one may mean; 24 is midnight at the
// end of the day.
func (r *reading) hours() ([]int, error) {
	h := r.hour
	if r.part != "" {
		return r.hoursOf(r.part)
	}
	if r.exact || h == 0 || h >= 12 {
		return []int{h}, nil
	}
	return []int{h, h + 12}, nil
}

// hoursOf settles the hour by the part of the day.
func (r *reading) hoursOf(part string) ([]int, error) {
	if part == midnight {
		if r.clock && r.hour != 12 && r.hour != 0 {
			return nil, ErrUnknown
		}
		return []int{0, 24}, nil
	}
	for _, p := range dayParts[part] {
		if r.hour >= p.from && r.hour <= p.to {
			return []int{r.hour + p.add}, nil
		}
	}
	if r.hour > 12 {
		return nil, ErrImpossible
	}
	return nil, ErrUnknown
}
