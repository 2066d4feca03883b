package locales

import (
	"strconv"
	"time"

	"peyk/social"
)

// A reading goes through the words of a typed time and keeps what they say.
// Whatever is said twice and differently is refused.
type reading struct {
	words    []string
	at       int // how far we are in words
	now      time.Time
	zone     *time.Location
	calendar social.Calendar

	day      *Date
	weekday  *time.Weekday
	nextWeek bool
	part     string // of the day; "" if none was named

	clock        bool // an hour was given
	hour, minute int
	exact        bool // it is certain which half of the day is meant
	announced    bool // the next thing is a clock time
	spelled      bool // the hour is a word, as is «نه», which also means "no"

	relative bool
	offset   time.Duration
}

func (r *reading) read() error {
	for r.at < len(r.words) {
		n, err := r.step()
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrUnknown
		}
		r.at += n
	}
	if r.announced || r.spelled && r.day == nil && r.weekday == nil && r.part == "" {
		return ErrUnknown
	}
	return nil
}

// step reads one phrase and tells how many words it took; none, if it knows none.
func (r *reading) step() (int, error) {
	phrases := []func() (int, error){r.filler, r.relativeTime, r.namedDay, r.date, r.clockTime, r.dayPart}
	if r.announced {
		phrases = []func() (int, error){r.filler, r.clockTime, r.dayPart}
	}
	for _, phrase := range phrases {
		if n, err := phrase(); n > 0 || err != nil {
			return n, err
		}
	}
	return 0, nil
}

// word returns the word so many places on; "" where there is none.
func (r *reading) word(i int) string {
	if i += r.at; i >= 0 && i < len(r.words) {
		return r.words[i]
	}
	return ""
}

// digits reads a number in digits, of at most four.
func (r *reading) digits(i int) (int, bool) {
	w := r.word(i)
	if w == "" || w[0] < '0' || w[0] > '9' || len(w) > 4 {
		return 0, false
	}
	n, err := strconv.Atoi(w)
	return n, err == nil
}

// number reads a number in digits or words and tells how many words it took.
func (r *reading) number(i int) (n, taken int) {
	if n, ok := r.digits(i); ok {
		return n, 1
	}
	if n, ok := numberWords[r.word(i)]; ok {
		return n, 1
	}
	ten, ok := tenWords[r.word(i)]
	if !ok {
		return 0, 0
	}
	skip := 1
	if r.word(i+1) == "و" || r.word(i+1) == "-" {
		skip = 2
	}
	if one, ok := numberWords[r.word(i+skip)]; ok && one < 10 {
		return ten + one, skip + 1
	}
	return ten, 1
}

func (r *reading) filler() (int, error) {
	w := r.word(0)
	switch {
	case hourWords[w]:
		r.announced = true
		return 1, nil
	case w == "in" && r.word(1) == "the":
		return 2, nil
	case w == "-":
		_, before := r.digits(-1)
		_, after := r.digits(1)
		if before && after {
			return 0, ErrUnknown // from one hour to another?
		}
		return 1, nil
	case fillers[w], nextWords[w] && r.isWeekday(-1):
		return 1, nil
	}
	return 0, nil
}

// namedDay reads today, tomorrow, a weekday, and next week.
func (r *reading) namedDay() (int, error) {
	w := r.word(0)
	if n, ok := dayWords[w]; ok {
		if w == "امشب" || w == "tonight" {
			if r.part != "" && r.part != night {
				return 0, ErrUnknown
			}
			r.part = night
		}
		return 1, r.setDay(r.daysOn(n))
	}
	if d, ok := weekdayWords[w]; ok {
		if r.weekday != nil || r.word(-1) == "شب" { // «شب جمعه» is the night before Friday
			return 0, ErrUnknown
		}
		r.weekday = &d
		return 1, nil
	}
	if w == "nextweek" {
		r.nextWeek = true
		return 1, nil
	}
	return 0, nil
}

func (r *reading) isWeekday(i int) bool {
	_, ok := weekdayWords[r.word(i)]
	return ok
}

func (r *reading) setDay(d Date) error {
	if r.day != nil {
		return ErrUnknown
	}
	r.day = &d
	return nil
}

// dayPart reads am, pm, صبح, ظهر, عصر, شب.
func (r *reading) dayPart() (int, error) {
	part := partWords[r.word(0)]
	switch {
	case part == "":
		return 0, nil
	case r.part != "" && r.part != part:
		return 0, ErrUnknown
	}
	r.part, r.announced = part, false
	return 1, nil
}

// relativeTime reads «۲ ساعت دیگه», "in 2 hours", «نیم ساعت دیگر», «۳ روز دیگر».
func (r *reading) relativeTime() (int, error) {
	i := 0
	if r.word(0) == "in" {
		i = 1
	}
	var total time.Duration
	first := i
	for {
		d, n := r.amount(i)
		if n == 0 {
			break
		}
		total, i = total+d, i+n
		if w := r.word(i); w == "و" || w == "and" {
			if _, more := r.amount(i + 1); more > 0 {
				i++
			}
		}
	}
	said := laterWords[r.word(i)]
	if i == first || first == 0 && !said {
		return 0, nil
	}
	if said {
		i++
	}
	return i, r.setOffset(total)
}

func (r *reading) setOffset(d time.Duration) error {
	switch {
	case r.relative:
		return ErrUnknown
	case d > maxAhead*fullDay:
		return ErrTooFar
	case d >= fullDay && d%fullDay == 0:
		return r.setDay(r.daysOn(int(d / fullDay)))
	}
	r.relative, r.offset = true, d
	return nil
}

// amount reads «۲ ساعت», «نیم ساعت», «یک ساعت و نیم», «۲ و نیم ساعت», "an hour",
// "1.5 hours".
func (r *reading) amount(i int) (time.Duration, int) {
	n, taken := r.number(i)
	half := false
	switch w := r.word(i); {
	case w == "نیم" || w == "half":
		half, taken = true, 1
	case w == "an" || w == "a":
		n, taken = 1, 1
	case taken > 0 && r.word(i+taken) == "ونیم":
		half, taken = true, taken+1
	case taken > 0 && r.word(i+taken) == "." && r.word(i+taken+1) == "5":
		half, taken = true, taken+2
	}
	unit, ok := unitWords[r.word(i+taken)]
	if !ok || taken == 0 || half && unit >= fullDay {
		return 0, 0
	}
	taken++
	if r.word(i+taken) == "ونیم" && !half && unit < fullDay {
		half, taken = true, taken+1
	}
	d := min(time.Duration(n)*unit, (maxAhead+1)*fullDay) // so that no sum overflows
	if half {
		d += unit / 2
	}
	return d, taken
}
