package locales

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"peyk/social"
)

// The refusals of typed times; ErrImpossible is the fourth.
const (
	ErrUnknown = social.Rule("when_unknown")
	ErrPast    = social.Rule("when_past")
	ErrTooFar  = social.Rule("when_too_far")
)

// maxAhead is how far ahead a time may be.
const maxAhead = 2 * 366 * 24 * time.Hour

// A When is what somebody typed. One option is a moment; two are a bare hour that
// may be of the morning or the evening. With NeedsClock only the day is known.
type When struct {
	Options    []time.Time
	Day        Date
	NeedsClock bool
}

// ParseWhen reads a typed time in Persian or English, in either calendar, as seen
// from now. What it cannot read with certainty it refuses: it never guesses.
func ParseWhen(text string, now time.Time, zone *time.Location, cal social.Calendar) (When, error) {
	p := &whenParser{now: now.In(zone), zone: zone, calendar: cal}
	for _, w := range tokens(text) {
		if len(p.words) > 40 {
			return When{}, ErrUnknown
		}
		p.words = append(p.words, w)
	}
	return p.parse()
}

var token = regexp.MustCompile(`\d+|[^\d\s]+`)

// tokens folds the text and parts it into numbers, words and signs.
func tokens(text string) []string {
	if len(text) > 400 {
		return nil
	}
	s := Fold(text)
	for _, j := range [][2]string{
		{"پس فردا", "پسفردا"}, {"سه شنبه", "سهشنبه"}, {"چهار شنبه", "چهارشنبه"}, {"پنج شنبه", "پنجشنبه"},
		{"یک شنبه", "یکشنبه"}, {"دو شنبه", "دوشنبه"}, {"day after tomorrow", "overmorrow"},
		{"بعد از ظهر", "عصر"}, {"بعدازظهر", "عصر"}, {"نیمه شب", "نیمهشب"}, {"half an hour", "half hour"},
		{"a.m.", "am"}, {"p.m.", "pm"}, {"قبل از ظهر", "صبح"},
	} {
		s = strings.ReplaceAll(s, j[0], j[1])
	}
	s = strings.NewReplacer(",", " ", ";", " ", "«", " ", "»", " ", "\"", " ", "(", " ", ")", " ").Replace(s)
	var out []string
	for _, t := range token.FindAllString(s, -1) {
		out = append(out, signs(t)...)
	}
	return out
}

var signed = regexp.MustCompile(`[:/\-.]|[^:/\-.]+`)

func signs(t string) []string {
	if t[0] >= '0' && t[0] <= '9' {
		return []string{t}
	}
	return signed.FindAllString(t, -1)
}

// A whenParser takes the words one after the other and keeps what they say.
type whenParser struct {
	words    []string
	now      time.Time
	zone     *time.Location
	calendar social.Calendar

	day      *Date
	weekday  *time.Weekday
	nextWeek bool
	hour     int
	minute   int
	clock    bool // an hour was given
	exact    bool // it is certain which half of the day is meant
	part     string
	offset   time.Duration
	relative bool
}

func (p *whenParser) parse() (When, error) {
	if len(p.words) == 0 {
		return When{}, ErrUnknown
	}
	for len(p.words) > 0 {
		n, err := p.step()
		if err != nil {
			return When{}, err
		}
		if n == 0 {
			return When{}, ErrUnknown
		}
		p.words = p.words[n:]
	}
	return p.finish()
}

// step reads one phrase from the front and tells how many words it took.
func (p *whenParser) step() (int, error) {
	for _, read := range []func() (int, error){p.filler, p.relativeTime, p.namedDay, p.date, p.clockTime, p.dayPart} {
		if n, err := read(); n > 0 || err != nil {
			return n, err
		}
	}
	return 0, nil
}

func (p *whenParser) word(i int) string {
	if i < len(p.words) {
		return p.words[i]
	}
	return ""
}

func (p *whenParser) number(i int) (int, bool) {
	w := p.word(i)
	if n, ok := smallNumbers[w]; ok {
		return n, true
	}
	if len(w) > 4 {
		return 0, false
	}
	n, err := strconv.Atoi(w)
	return n, err == nil
}

var smallNumbers = map[string]int{
	"یک": 1, "دو": 2, "سه": 3, "چهار": 4, "پنج": 5, "شش": 6, "هفت": 7, "هشت": 8, "نه": 9, "ده": 10, "یازده": 11, "دوازده": 12,
	"اول": 1, "دوم": 2, "سوم": 3, "چهارم": 4, "پنجم": 5, "ششم": 6, "هفتم": 7, "هشتم": 8, "نهم": 9, "دهم": 10,
	"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}

func (p *whenParser) filler() (int, error) {
	switch p.word(0) {
	case "at", "on", "the", "of", "در", "روز", "برای", "ساعت", "به", "و", "ماه", "this", "این", "-", "سال":
		return 1, nil
	}
	return 0, nil
}

var units = map[string]time.Duration{
	"ساعت": time.Hour, "hour": time.Hour, "hours": time.Hour, "h": time.Hour,
	"دقیقه": time.Minute, "minute": time.Minute, "minutes": time.Minute, "min": time.Minute, "mins": time.Minute,
	"روز": 24 * time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour,
	"هفته": 7 * 24 * time.Hour, "week": 7 * 24 * time.Hour, "weeks": 7 * 24 * time.Hour,
}

func later(w string) bool {
	return slices.Contains([]string{"دیگر", "دیگه", "بعد", "later", "from"}, w)
}

// relativeTime reads «۲ ساعت دیگه», "in 2 hours", «نیم ساعت دیگر».
func (p *whenParser) relativeTime() (int, error) {
	i := 0
	if p.word(0) == "in" {
		i = 1
	}
	n, ok := p.number(i)
	half := p.word(i) == "نیم" || p.word(i) == "half"
	if p.word(i) == "an" || p.word(i) == "a" {
		n, ok = 1, true
	}
	unit, known := units[p.word(i+1)]
	if !known || (!ok && !half) {
		return 0, nil
	}
	taken := i + 2
	end := p.word(taken)
	if i == 0 && !later(end) {
		return 0, nil
	}
	if later(end) {
		taken++
		if end == "from" && p.word(taken) == "now" {
			taken++
		}
	}
	d := time.Duration(n) * unit
	if half {
		d = unit / 2
	}
	if d >= 24*time.Hour {
		date := DateOf(p.now.AddDate(0, 0, int(d/(24*time.Hour))), p.calendar)
		p.day = &date
		return taken, nil
	}
	p.offset, p.relative = d, true
	return taken, nil
}

var weekdays = map[string]time.Weekday{
	"شنبه": time.Saturday, "یکشنبه": time.Sunday, "دوشنبه": time.Monday, "سهشنبه": time.Tuesday, "چهارشنبه": time.Wednesday,
	"پنجشنبه": time.Thursday, "جمعه": time.Friday,
	"saturday": time.Saturday, "sunday": time.Sunday, "monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday,
	"thursday": time.Thursday, "friday": time.Friday,
	"sat": time.Saturday, "sun": time.Sunday, "mon": time.Monday, "tue": time.Tuesday, "tues": time.Tuesday, "wed": time.Wednesday,
	"thu": time.Thursday, "thur": time.Thursday, "thurs": time.Thursday, "fri": time.Friday,
}

var dayWords = map[string]int{
	"امروز": 0, "امشب": 0, "today": 0, "tonight": 0, "فردا": 1, "tomorrow": 1, "فرداشب": 1, "پسفردا": 2, "overmorrow": 2,
}

// namedDay reads today, tomorrow, a weekday, and next week.
func (p *whenParser) namedDay() (int, error) {
	w := p.word(0)
	if n, ok := dayWords[w]; ok {
		date := DateOf(p.now.AddDate(0, 0, n), p.calendar)
		if p.day != nil {
			return 0, ErrUnknown
		}
		p.day = &date
		if w == "امشب" || w == "tonight" || w == "فرداشب" {
			p.part = "شب"
		}
		return 1, nil
	}
	if d, ok := weekdays[w]; ok {
		if p.weekday != nil {
			return 0, ErrUnknown
		}
		p.weekday = &d
		return 1, nil
	}
	switch {
	case w == "next" && p.word(1) == "week", w == "هفته" && (p.word(1) == "بعد" || p.word(1) == "اینده" || p.word(1) == "دیگر"):
		p.nextWeek = true
		return 2, nil
	case w == "next" && p.isWeekday(1):
		return 1, nil // the next one is what a weekday means anyway
	}
	return 0, nil
}

func (p *whenParser) isWeekday(i int) bool {
	_, ok := weekdays[p.word(i)]
	return ok
}

type monthName struct {
	calendar social.Calendar
	n        int
}

var monthNames = func() map[string]monthName {
	names := map[string]monthName{}
	add := func(c social.Calendar, list string) {
		for i, group := range strings.Fields(list) {
			for _, name := range strings.Split(group, "|") {
				names[name] = monthName{c, i + 1}
			}
		}
	}
	add(social.Jalali, "فروردین|farvardin اردیبهشت|ordibehesht خرداد|khordad تیر|tir مرداد|mordad|امرداد شهریور|shahrivar "+
		"مهر|mehr ابان|aban اذر|azar دی|dey|dei بهمن|bahman اسفند|esfand")
	add(social.Gregorian, "january|jan|ژانویه february|feb|فوریه march|mar|مارس april|apr|اوریل may|مه|می june|jun|ژوین|ژوئن "+
		"july|jul|ژوییه|جولای august|aug|اوت|اگوست september|sep|sept|سپتامبر october|oct|اکتبر november|nov|نوامبر december|dec|دسامبر")
	return names
}()

// date reads 1405/09/05, 2026-12-01, 9/15, «۵ آذر», "26 Nov 2026", "Nov 26".
func (p *whenParser) date() (int, error) {
	a, ok := p.number(0)
	if m, named := monthNames[p.word(0)]; named && !ok {
		return p.monthFirst(m)
	}
	if !ok {
		return 0, nil
	}
	i := 1
	if slices.Contains([]string{"st", "nd", "rd", "th", "ام", "م"}, p.word(1)) {
		i = 2
	}
	if p.word(i) == "of" {
		i++
	}
	if m, named := monthNames[p.word(i)]; named {
		return p.dayFirst(a, m, i+1)
	}
	sep := p.word(1)
	if sep != "/" && sep != "-" && sep != "." {
		return 0, nil
	}
	b, ok := p.number(2)
	if !ok {
		return 0, nil
	}
	if p.word(3) == sep {
		c, ok := p.number(4)
		if !ok || len(p.word(0)) != 4 {
			return 0, ErrUnknown // 5/6/2026 has two readings
		}
		return 5, p.setDate(Date{Year: a, Month: b, Day: c})
	}
	if sep != "/" {
		return 0, nil
	}
	return 3, p.setDate(Date{Month: a, Day: b, Calendar: p.calendar})
}

func (p *whenParser) monthFirst(m monthName) (int, error) {
	day, ok := p.number(1)
	if !ok || day > 31 || p.word(2) == ":" {
		return 0, ErrUnknown
	}
	i := 2
	if slices.Contains([]string{"st", "nd", "rd", "th"}, p.word(2)) {
		i = 3
	}
	return p.dayFirst(day, m, i)
}

// dayFirst takes a year as well, if one follows.
func (p *whenParser) dayFirst(day int, m monthName, i int) (int, error) {
	d := Date{Month: m.n, Day: day, Calendar: m.calendar}
	if len(p.word(i)) == 4 && p.word(i+1) != ":" {
		if year, ok := p.number(i); ok && year > 1000 {
			d.Year = year
			i++
		}
	}
	return i, p.setDate(d)
}

// setDate settles the calendar by the year, or the year by the calendar: the next
// such day from today on.
func (p *whenParser) setDate(d Date) error {
	if p.day != nil {
		return ErrUnknown
	}
	switch {
	case d.Year > 1700:
		d.Calendar = social.Gregorian
	case d.Year > 0:
		d.Calendar = social.Jalali
	default:
		d.Year = DateOf(p.now, d.Calendar).Year
		if d.Day < 1 || d.Day > 31 || d.Month < 1 || d.Month > 12 {
			return ErrImpossible
		}
		if t, err := d.At(12, 0, p.zone); err == nil && dayNumber(t) < dayNumber(p.now) {
			d.Year++
		}
	}
	if _, _, _, err := d.gregorian(); err != nil {
		return ErrImpossible
	}
	p.day = &d
	return nil
}

// clockTime reads 18:30, 9, «۹ و نیم», 9am.
func (p *whenParser) clockTime() (int, error) {
	switch p.word(0) {
	case "ظهر", "noon":
		if !p.clock {
			p.hour, p.clock, p.exact = 12, true, true
			return 1, nil
		}
	case "نیمهشب", "midnight":
		return 0, ErrUnknown // of which day?
	}
	h, ok := p.number(0)
	if !ok {
		return 0, nil
	}
	if p.clock || h > 24 {
		return 0, p.badHour(h)
	}
	p.clock, p.hour = true, h
	taken := 1
	switch {
	case p.word(1) == ":" || (p.word(1) == "." && len(p.word(2)) == 2):
		m, ok := p.number(2)
		if !ok || m > 59 || h > 23 || len(p.word(2)) != 2 {
			return 0, ErrImpossible
		}
		p.minute, taken = m, 3
		p.exact = h > 12 || h == 0 || len(p.word(0)) == 2
	case p.word(1) == "و" && p.word(2) == "نیم":
		p.minute, taken = 30, 3
	case p.word(1) == "و" && p.word(2) == "ربع":
		p.minute, taken = 15, 3
	case p.word(1) == "و":
		if m, ok := p.number(2); ok && m < 60 {
			p.minute, taken = m, 3
			if p.word(3) == "دقیقه" {
				taken = 4
			}
		}
	}
	p.exact = p.exact || h > 12 || h == 0
	if h == 24 {
		return 0, ErrImpossible
	}
	return taken, nil
}

func (p *whenParser) badHour(h int) error {
	if !p.clock && h > 24 {
		return ErrImpossible
	}
	return ErrUnknown
}

// dayPart reads am, pm, صبح, ظهر, عصر, شب.
func (p *whenParser) dayPart() (int, error) {
	switch w := p.word(0); w {
	case "am", "صبح", "بامداد", "morning":
		p.part = "صبح"
	case "pm", "عصر", "afternoon", "evening":
		p.part = "عصر"
	case "ظهر":
		p.part = "ظهر"
	case "شب", "night":
		p.part = "شب"
	case "in":
		if p.word(1) == "the" {
			return 2, nil
		}
		return 0, nil
	default:
		return 0, nil
	}
	return 1, nil
}

func (p *whenParser) finish() (When, error) {
	if p.relative {
		if p.clock || p.day != nil || p.weekday != nil {
			return When{}, ErrUnknown
		}
		return p.check([]time.Time{p.now.Add(p.offset).Truncate(time.Minute)}, Date{})
	}
	day, err := p.theDay()
	if err != nil {
		return When{}, err
	}
	if !p.clock {
		if p.part != "" || dayNumberOf(day) < dayNumber(p.now) {
			return When{}, p.noClock(day)
		}
		return When{Day: day, NeedsClock: true}, nil
	}
	hours, err := p.hours()
	if err != nil {
		return When{}, err
	}
	var options []time.Time
	for _, h := range hours {
		at := day
		if h == 24 { // twelve at night ends the day
			at, h = DateOfNumber(day.Number()+1, day.Calendar), 0
		}
		t, err := at.At(h, p.minute, p.zone)
		if err != nil {
			return When{}, ErrImpossible
		}
		options = append(options, t)
		if again := secondTime(t); !again.IsZero() {
			options = append(options, again)
		}
	}
	return p.check(options, day)
}

// secondTime returns the other moment with the same clock time, an hour on, when
// the clocks are set back between them.
func secondTime(t time.Time) time.Time {
	for _, d := range []time.Duration{time.Hour, 30 * time.Minute} {
		if o := t.Add(d); o.Hour() == t.Hour() && o.Minute() == t.Minute() && o.Day() == t.Day() {
			return o
		}
	}
	return time.Time{}
}

func (p *whenParser) noClock(day Date) error {
	if dayNumberOf(day) < dayNumber(p.now) {
		return ErrPast
	}
	return ErrUnknown
}

func dayNumberOf(d Date) int { return d.Number() }

// theDay is the day that was named, or the next of the weekday that was.
func (p *whenParser) theDay() (Date, error) {
	switch {
	case p.day != nil && p.weekday != nil:
		if p.day.Weekday() != *p.weekday {
			return Date{}, ErrImpossible
		}
		return *p.day, nil
	case p.day != nil:
		return *p.day, nil
	case p.weekday != nil:
		return p.nextOf(*p.weekday), nil
	case p.nextWeek:
		return DateOf(p.now.AddDate(0, 0, 7), p.calendar), nil
	case p.clock:
		return DateOf(p.now, p.calendar), nil
	}
	return Date{}, ErrUnknown
}

// nextOf is the next such weekday after today, or with "next week" the one in the
// week after this, which begins on Saturday, or on Monday for Gregorian readers.
func (p *whenParser) nextOf(d time.Weekday) Date {
	days := (int(d) - int(p.now.Weekday()) + 7) % 7
	if p.nextWeek {
		first := time.Monday
		if p.calendar == social.Jalali {
			first = time.Saturday
		}
		toNext := 7 - (int(p.now.Weekday())-int(first)+7)%7
		days = toNext + (int(d)-int(first)+7)%7
	} else if days == 0 {
		days = 7
	}
	return DateOf(p.now.AddDate(0, 0, days), p.calendar)
}

// hours are the hours of 24 that the typed one may mean; 24 is midnight at the
// end of the day.
func (p *whenParser) hours() ([]int, error) {
	h := p.hour
	if p.part != "" && h > 12 && p.part == "صبح" {
		return nil, ErrImpossible
	}
	if h > 12 || (h == 0 && p.part == "") {
		return []int{h}, nil
	}
	switch p.part {
	case "صبح":
		return []int{h % 12}, nil
	case "ظهر":
		if h >= 11 {
			return []int{h}, nil
		}
		return []int{h + 12}, nil
	case "عصر":
		return []int{h%12 + 12}, nil
	case "شب":
		switch {
		case h == 12 || h == 0:
			return []int{24}, nil
		case h <= 4:
			return nil, ErrUnknown // one at night: of this day or of the next?
		}
		return []int{h + 12}, nil
	}
	if p.exact || h == 12 {
		return []int{h}, nil
	}
	return []int{h, h + 12}, nil
}

// check leaves out what has passed, and refuses what is too far away.
func (p *whenParser) check(options []time.Time, day Date) (When, error) {
	var left []time.Time
	for _, t := range options {
		if t.After(p.now) {
			left = append(left, t)
		}
	}
	switch {
	case len(left) == 0 && p.day == nil && p.weekday == nil && !p.relative:
		for _, t := range options { // a bare clock time that has passed today means tomorrow
			left = append(left, t.AddDate(0, 0, 1))
		}
	case len(left) == 0:
		return When{}, ErrPast
	}
	if left[0].Sub(p.now) > maxAhead {
		return When{}, ErrTooFar
	}
	return When{Options: left, Day: day}, nil
}
