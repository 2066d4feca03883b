package locales

import (
	"fmt"
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
	sep, minus := ",", "-"
	if p.lang == "fa" {
		sep, minus = "٬", "\u200e\u2212"
	}
	s := strconv.FormatInt(n, 10)
	s, negative := strings.CutPrefix(s, "-")
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + sep + s[i:]
	}
	if negative {
		s = minus + s
	}
	return p.digits(s)
}

// Percent writes a number of percent with at most one decimal, without the sign.
func (p Printer) Percent(f float64) string {
	s := strconv.FormatFloat(f, 'f', 1, 64)
	s = strings.TrimSuffix(s, ".0")
	if p.lang == "fa" {
		s = strings.ReplaceAll(strings.ReplaceAll(s, ".", "٫"), "-", "\u200e\u2212")
	}
	return p.digits(s)
}

// Clock writes hours and minutes in the reader's zone, 18:30 or ۱۸:۳۰.
func (p Printer) Clock(t time.Time) string { return p.digits(t.In(p.zone).Format("15:04")) }

// Weekday names the day of the week.
func (p Printer) Weekday(d time.Weekday) string {
	return p.Label(fmt.Sprintf("weekday.%d", int(d)))
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
	case "day_clock":
		return p.Label("format.moment", "day", p.near(t), "clock", p.Clock(t))
	case "ago":
		return p.Ago(t)
	}
	return p.Moment(t)
}

// near names a day that is close by a word, and any other by weekday and date.
func (p Printer) near(t time.Time) string {
	if !p.now.IsZero() {
		switch dayNumber(t.In(p.zone)) - dayNumber(p.now.In(p.zone)) {
		case 0:
			return p.Label("day.today")
		case 1:
			return p.Label("day.tomorrow")
		case -1:
			return p.Label("day.yesterday")
		}
	}
	return p.Weekday(t.In(p.zone).Weekday()) + " " + p.ShortDay(t)
}

// Ago writes how long ago or how soon a time is, as seen from At.
func (p Printer) Ago(t time.Time) string {
	d := p.now.Sub(t)
	switch {
	case d.Abs() < time.Minute:
		return p.Label("ago.now")
	case d.Abs() >= 7*24*time.Hour:
		return p.near(t)
	case d < 0:
		return p.Label("ago.in", "left", p.Left(-d))
	}
	return p.Label("ago.before", "left", p.Left(d))
}

// Left writes a length of time in its two largest units: ۳ روز و ۲ ساعت.
func (p Printer) Left(d time.Duration) string {
	minutes := int64(d.Abs().Round(time.Minute) / time.Minute)
	units := []struct {
		key string
		n   int64
	}{{"unit.day", minutes / 1440}, {"unit.hour", minutes / 60 % 24}, {"unit.minute", minutes % 60}}
	var parts []string
	for _, u := range units {
		if u.n > 0 && len(parts) < 2 {
			parts = append(parts, p.Label(u.key, "n", u.n))
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
