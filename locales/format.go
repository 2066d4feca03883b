package locales

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"peyk/social"
)

// digits writes the ASCII digits of s as the reader's.
func (p Printer) digits(s string) string {
	if p.lang != "fa" {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '۰'
		}
		return r
	}, s)
}

// Number writes an integer with groups of three: ۱۲٬۵۰۰ or 12,500.
func (p Printer) Number(n int64) string {
	s, negative := strings.CutPrefix(strconv.FormatInt(n, 10), "-")
	s = group(s, len(s))
	switch {
	case negative && p.lang == "fa":
		s = "\u200e\u2212" + s
	case negative:
		s = "-" + s
	}
	if p.lang == "fa" {
		s = strings.ReplaceAll(s, ",", "٬")
	}
	return p.digits(s)
}

// group parts the first n digits of s into groups of three.
func group(s string, n int) string {
	for i := n - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Percent writes a number of percent with at most one decimal, without the sign:
// in Persian the word «درصد» follows, since a sign would change its side.
func (p Printer) Percent(f float64) string { return p.decimal(f) }

// Share writes a number of percent with its sign, where it stands by itself and nothing
// can put the sign on the other side.
func (p Printer) Share(f float64) string {
	if p.lang == "fa" {
		return p.decimal(f) + "٪"
	}
	return p.decimal(f) + "%"
}

// decimal writes a number with at most one digit after the point.
func (p Printer) decimal(f float64) string {
	s := strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0")
	s, negative := strings.CutPrefix(s, "-")
	if whole, _, _ := strings.Cut(s, "."); len(whole) > 3 {
		s = group(s, len(whole))
	}
	switch {
	case s == "0":
	case negative && p.lang == "fa":
		s = "\u200e\u2212" + s
	case negative:
		s = "-" + s
	}
	if p.lang == "fa" {
		s = strings.NewReplacer(".", "٫", ",", "٬").Replace(s)
	}
	return p.digits(s)
}

// Compact writes a large number in few letters: ۸۶٫۳ هزار, or 86.3 thousand. Up
// to ten thousand it is written in full.
func (p Printer) Compact(n int64) string {
	size, abs := float64(n), math.Abs(float64(n))
	switch {
	case abs < 10_000:
		return p.Number(n)
	case abs < 999_950: // what would be written as 1000 thousand is a million
		return p.Label("unit.thousand", "n", HTML(p.decimal(size/1e3)))
	case abs < 999_950_000:
		return p.Label("unit.million", "n", HTML(p.decimal(size/1e6)))
	}
	return p.Label("unit.billion", "n", HTML(p.decimal(size/1e9)))
}

// Money writes an amount of rials in toman, as people in Iran say it.
func (p Printer) Money(rials int64) string {
	amount := p.Number(rials / 10)
	if rials%10 != 0 {
		amount = p.decimal(float64(rials) / 10)
	}
	return p.Label("unit.toman", "n", HTML(amount))
}

// Clock writes hours and minutes in the reader's zone, 18:30 or ۱۸:۳۰.
func (p Printer) Clock(t time.Time) string { return p.digits(t.In(p.zone).Format("15:04")) }

// Weekday names the day of the week.
func (p Printer) Weekday(d time.Weekday) string {
	return p.Label("weekday." + strconv.Itoa(int(d)))
}

// Month names a month, from 1, of the reader's calendar.
func (p Printer) Month(m int) string {
	return p.Label(fmt.Sprintf("month.%s.%d", p.calendar, m))
}

// Day writes weekday and full date: پنجشنبه ۵ آذر ۱۴۰۵, or Thursday 26 November 2026.
func (p Printer) Day(t time.Time) string {
	d := p.civil(t)
	return p.Weekday(t.In(p.zone).Weekday()) + " " + p.digits(strconv.Itoa(d.Day)) + " " + p.Month(d.Month) + " " + p.digits(strconv.Itoa(d.Year))
}

// ShortDay writes day and month: ۵ آذر, or 26 November.
func (p Printer) ShortDay(t time.Time) string {
	d := p.civil(t)
	return p.digits(strconv.Itoa(d.Day)) + " " + p.Month(d.Month)
}

// BriefDay writes day and month where there is little room: ۵ آذر, or 26 Nov.
func (p Printer) BriefDay(t time.Time) string {
	d := p.civil(t)
	return p.digits(strconv.Itoa(d.Day)) + " " + p.Label("month_brief."+string(d.Calendar)+"."+strconv.Itoa(d.Month))
}

// Span writes the days from one to another, and names month and year once: ۲۳ تا ۲۹
// آبان ۱۴۰۵, or 28 November – 4 December 2026.
func (p Printer) Span(from, to time.Time) string {
	first, last := p.civil(from), p.civil(to)
	begin := p.digits(strconv.Itoa(first.Day))
	switch {
	case first.Year != last.Year:
		begin = p.ShortDay(from) + " " + p.digits(strconv.Itoa(first.Year))
	case first.Month != last.Month:
		begin = p.ShortDay(from)
	}
	return p.Label("format.span", "from", HTML(begin), "to", HTML(p.ShortDay(to)+" "+p.digits(strconv.Itoa(last.Year))))
}

// MonthOf writes month and year: آبان ۱۴۰۵, or November 2026.
func (p Printer) MonthOf(t time.Time) string {
	d := p.civil(t)
	return p.Month(d.Month) + " " + p.digits(strconv.Itoa(d.Year))
}

func (p Printer) civil(t time.Time) Date { return DateOf(t.In(p.zone), p.calendar) }

// Moment writes the full date with weekday and clock.
func (p Printer) Moment(t time.Time) string {
	return p.Label("format.moment", "day", p.Day(t), "clock", p.Clock(t))
}

// moment writes a time in the way that a hole asks for.
func (p Printer) moment(t time.Time, kind string) string {
	switch kind {
	case "clock":
		return p.Clock(t)
	case "day":
		return p.Day(t)
	case "short_day":
		return p.ShortDay(t)
	case "day_clock":
		return p.DayClock(t)
	case "ago":
		return p.Ago(t)
	}
	return p.Moment(t)
}

// DayClock writes a day and clock in few words: فردا، ساعت ۹:۰۰, or Thursday 26
// November, 18:30. The year stands there if it is another than now's.
func (p Printer) DayClock(t time.Time) string {
	return p.Label("format.moment", "day", p.near(t), "clock", p.Clock(t))
}

// near names a day that is close by a word, and any other by weekday and date.
func (p Printer) near(t time.Time) string {
	if p.now.IsZero() {
		return p.Day(t)
	}
	switch p.daysAhead(t) {
	case 0:
		return p.Label("day.today")
	case 1:
		return p.Label("day.tomorrow")
	case -1:
		return p.Label("day.yesterday")
	}
	if p.civil(t).Year != p.civil(p.now).Year {
		return p.Day(t)
	}
	return p.Weekday(t.In(p.zone).Weekday()) + " " + p.ShortDay(t)
}

// daysAhead counts the reader's midnights from now to t.
func (p Printer) daysAhead(t time.Time) int {
	return dayNumber(t.In(p.zone)) - dayNumber(p.now.In(p.zone))
}

// Ago writes how long ago or how soon a time is, as seen from At: ۵ دقیقه پیش,
// ۳ ساعت دیگر, then by the day.
func (p Printer) Ago(t time.Time) string {
	d, ahead := t.Sub(p.now), p.daysAhead(t)
	switch {
	case d.Abs() < time.Minute:
		return p.Label("ago.now")
	case d.Abs() < 12*time.Hour || ahead == 0:
		key := map[bool]string{true: "ago.in", false: "ago.before"}[d > 0]
		return p.Label(key, "left", p.largest(d.Abs(), 1))
	case ahead == 2:
		return p.Label("day.after_tomorrow")
	case ahead > 2 && ahead < 7:
		return p.Weekday(t.In(p.zone).Weekday())
	}
	return p.near(t)
}

// Left writes a length of time in its two largest units: ۳ روز و ۲ ساعت. It says
// nothing of the direction.
func (p Printer) Left(d time.Duration) string { return p.largest(d.Abs().Round(time.Minute), 2) }

// largest writes up to n units of a length of time, from the largest on.
func (p Printer) largest(d time.Duration, n int) string {
	units := []struct {
		key  string
		size time.Duration
	}{{"unit.day", fullDay}, {"unit.hour", time.Hour}, {"unit.minute", time.Minute}}
	var parts []string
	for _, u := range units {
		switch count := int64(d / u.size); {
		case count > 0:
			parts = append(parts, p.Label(u.key, "n", count))
		case len(parts) > 0: // days and minutes without hours: the minutes do not matter
			n = len(parts)
		}
		d %= u.size
		if len(parts) == n {
			break
		}
	}
	if len(parts) == 0 {
		return p.Label("unit.moment")
	}
	return strings.Join(parts, p.Label("unit.and"))
}

// ZoneName names the reader's zone by its city.
func (p Printer) ZoneName() string { return p.City(p.zone.String()) }

// City names an IANA zone by its city, in the reader's language where we know it.
func (p Printer) City(zone string) string {
	if key := "zone." + zone; p.words.Has(p.lang, key) {
		return p.Label(key)
	}
	city := zone[strings.LastIndex(zone, "/")+1:]
	return strings.ReplaceAll(city, "_", " ")
}

// FormatDate writes a date of its own calendar with weekday.
func (p Printer) FormatDate(d Date) string {
	d.Calendar = or(d.Calendar, p.calendar)
	return p.Weekday(d.Weekday()) + " " + p.digits(strconv.Itoa(d.Day)) + " " +
		p.Label(fmt.Sprintf("month.%s.%d", d.Calendar, d.Month)) + " " + p.digits(strconv.Itoa(d.Year))
}

func or(c, fallback social.Calendar) social.Calendar {
	if c == "" {
		return fallback
	}
	return c
}
