package locales

import (
	"slices"
	"strings"
	"time"

	"peyk/social"
)

// date reads 1405/09/05, 2026-12-01, 9/15, «۵ آذر», "26 Nov 2026", "Nov 26".
func (r *reading) date() (int, error) {
	if m, ok := r.month(0); ok {
		return r.monthFirst(m)
	}
	n, taken := r.dayOfMonth(0)
	if taken == 0 {
		return 0, nil
	}
	after := r.suffix(taken)
	if m, ok := r.month(after); ok {
		return r.withYear(Date{Month: m.n, Day: n, Calendar: m.calendar}, after+1)
	}
	return r.numbers()
}

// month reads a month's name, also as «آذرماه».
func (r *reading) month(i int) (monthName, bool) {
	m, ok := monthWords[strings.TrimSuffix(r.word(i), "ماه")]
	return m, ok
}

// dayOfMonth reads 5, «پنج», «پنجم», «بیست و پنجم».
func (r *reading) dayOfMonth(i int) (n, taken int) {
	if ten := tenWords[r.word(i)]; ten > 0 && r.word(i+1) == "و" {
		if one, ok := ordinalWords[r.word(i+2)]; ok && one < 10 {
			return ten + one, 3
		}
	}
	if r.word(i) == "سیام" {
		return 30, 1
	}
	if n, ok := ordinalWords[r.word(i)]; ok {
		return n, 1
	}
	return r.number(i)
}

// suffix goes past "th", «م», "of" and «ماه» after a day.
func (r *reading) suffix(i int) int {
	for slices.Contains([]string{"st", "nd", "rd", "th", "ام", "م", "of", "ماه"}, r.word(i)) {
		i++
	}
	return i
}

func (r *reading) monthFirst(m monthName) (int, error) {
	n, taken := r.dayOfMonth(1)
	if taken == 0 || r.word(1+taken) == ":" {
		return 0, ErrUnknown
	}
	return r.withYear(Date{Month: m.n, Day: n, Calendar: m.calendar}, r.suffix(1+taken))
}

// withYear takes a year as well, if one follows.
func (r *reading) withYear(d Date, i int) (int, error) {
	for slices.Contains([]string{"ماه", "سال"}, r.word(i)) {
		i++
	}
	if year, ok := r.digits(i); ok && len(r.word(i)) == 4 {
		d.Year = year
		i++
	}
	return i, r.setDate(d)
}

// numbers reads a date written with figures only.
func (r *reading) numbers() (int, error) {
	a, okA := r.digits(0)
	b, okB := r.digits(2)
	sep := r.word(1)
	if !okA || !okB || sep != "/" && sep != "-" && sep != "." {
		return 0, nil
	}
	c, ok := r.digits(4)
	if ok && r.word(3) == sep {
		return r.pastSeparator(5), r.setNumbers(a, b, c, sep)
	}
	if sep != "/" {
		return 0, nil // 9.30 is a clock time, 9-11 is nothing
	}
	d, err := r.monthAndDay(a, b)
	if err != nil {
		return 0, err
	}
	return 3, r.setDate(d)
}

// pastSeparator goes past what may stand between a full date and the time, as in
// 2026-12-01T09:30.
func (r *reading) pastSeparator(i int) int {
	if _, ok := r.digits(i + 1); ok && (r.word(i) == "t" || r.word(i) == "-") {
		return i + 1
	}
	return i
}

// setNumbers takes year, month, day, or the same in reverse. Of 5/6/2026 nobody
// can tell which is the month.
func (r *reading) setNumbers(a, b, c int, sep string) error {
	switch {
	case len(r.word(0)) == 4 && len(r.word(4)) <= 2:
		return r.setDate(Date{Year: a, Month: b, Day: c})
	case len(r.word(4)) != 4 || len(r.word(0)) > 2:
		return ErrUnknown
	case c <= lastYear || sep == "." || a > 12 || a == b:
		return r.setDate(Date{Year: c, Month: b, Day: a})
	case b > 12:
		return r.setDate(Date{Year: c, Month: a, Day: b})
	}
	return ErrUnknown
}

// monthAndDay reads 9/15: in the Jalali calendar the month comes first, as it does
// after a year. In the other it must be the only reading.
func (r *reading) monthAndDay(a, b int) (Date, error) {
	switch {
	case a > 12:
		a, b = b, a
	case r.calendar != social.Jalali && b <= 12 && a != b:
		return Date{}, ErrUnknown
	}
	return Date{Month: a, Day: b, Calendar: r.calendar}, nil
}

// setDate settles the calendar by the year, or the year by the calendar: the next
// such day from today on.
func (r *reading) setDate(d Date) error {
	if d.Year == 0 {
		d.Year = DateOf(r.now, d.Calendar).Year
		if d.exists() && d.Number() < dayNumber(r.now) {
			d.Year++
		}
	} else if err := d.setCalendar(); err != nil {
		return err
	}
	if !d.exists() {
		return ErrImpossible
	}
	return r.setDay(d)
}

// setCalendar tells the calendar from the year; a month's name must agree.
func (d *Date) setCalendar() error {
	c := social.Gregorian
	if d.Year <= lastYear {
		c = social.Jalali
	}
	if d.Calendar != "" && d.Calendar != c || d.Year < firstYear || d.Year > lastYear && d.Year < 1900 {
		return ErrImpossible
	}
	d.Calendar = c
	return nil
}

// clockTime reads 18:30, 9, «۹ و نیم», "half past nine".
func (r *reading) clockTime() (int, error) {
	if n, err := r.fraction(); n > 0 || err != nil {
		return n, err
	}
	h, taken := r.number(0)
	if taken == 0 {
		return 0, nil
	}
	minute, more, err := r.minutes(taken)
	if err != nil {
		return 0, err
	}
	taken += more
	switch {
	case r.clock || len(r.word(0)) > 2 && r.word(0)[0] <= '9':
		return 0, ErrUnknown
	case h > 23 || minute > 59:
		return 0, ErrImpossible
	}
	figures, inFigures := r.word(0), r.word(0)[0] <= '9'
	r.exact = inFigures && (figures[0] == '0' || len(figures) == 2 && len(r.word(taken-1)) == 2 && more == 2)
	r.spelled = !inFigures && !r.announced && more == 0
	return taken, r.setClock(h, minute)
}

func (r *reading) setClock(hour, minute int) error {
	if r.clock {
		return ErrUnknown
	}
	r.clock, r.hour, r.minute, r.announced = true, hour, minute, false
	return nil
}

// minutes reads what follows an hour, and tells how many words that took.
func (r *reading) minutes(i int) (minute, taken int, err error) {
	switch w := r.word(i); {
	case w == ":":
		m, ok := r.digits(i + 1)
		if !ok || len(r.word(i+1)) != 2 || r.word(i+2) == ":" {
			return 0, 0, ErrUnknown
		}
		return m, 2, nil
	case w == "." && len(r.word(i+1)) == 2:
		if m, ok := r.digits(i + 1); ok {
			return m, 2, nil
		}
	case w == "ونیم":
		return 30, 1, nil
	case w == "وربع":
		return 15, 1, nil
	case w == "و":
		return r.andMinutes(i + 1)
	}
	return 0, 0, nil
}

// andMinutes reads the minutes in «۹ و ۲۰ دقیقه»; in «۹ و ۵ آذر» there are none.
func (r *reading) andMinutes(i int) (minute, taken int, err error) {
	m, n := r.number(i)
	if n == 0 || m > 59 {
		return 0, 0, nil
	}
	if r.word(i+n) == "دقیقه" {
		return m, n + 2, nil
	}
	if _, month := r.month(r.suffix(i + n)); month || r.word(i+n) == "/" || r.word(i+n) == ":" {
		return 0, 0, nil
	}
	return m, n + 1, nil
}

// fraction reads "half past nine", «ربع به ۹».
func (r *reading) fraction() (int, error) {
	minutes, ok := map[string]int{"نیماز": 30, "ربعاز": 15, "ربعبه": -15}[r.word(0)]
	h, taken := r.number(1)
	if !ok || taken == 0 || h < 1 || h > 23 {
		return 0, nil
	}
	if minutes < 0 {
		h, minutes = h-1, minutes+60
		if h == 0 {
			h = 12
		}
	}
	return taken + 1, r.setClock(h, minutes)
}

// exists tells whether the calendar has the date.
func (d Date) exists() bool {
	_, err := d.At(12, 0, time.UTC)
	return err == nil
}
