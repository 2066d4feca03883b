package locales

import (
	"strings"
	"time"

	"peyk/social"
)

// The parts of a day. Tables of words are never written to.
const (
	am        = "am"
	pm        = "pm"
	morning   = "morning"
	dawn      = "dawn"
	noon      = "noon"
	afternoon = "afternoon"
	night     = "night"
	midnight  = "midnight"
)

// A span turns typed hours into hours of 24.
type span struct{ from, to, add int }

// dayParts tell which hours each part has. What is not in it is not said that
// way: one "at night" belongs to which day?
var dayParts = map[string][]span{
	am:        {{12, 12, -12}, {0, 11, 0}},
	pm:        {{12, 23, 0}, {1, 11, 12}},
	morning:   {{1, 11, 0}},
	dawn:      {{12, 12, -12}, {0, 6, 0}},
	noon:      {{11, 15, 0}, {1, 3, 12}},
	afternoon: {{12, 23, 0}, {1, 11, 12}},
	night:     {{6, 11, 12}, {12, 12, 12}, {18, 23, 0}},
}

var partWords = map[string]string{
	"am": am, "pm": pm, "صبح": morning, "morning": morning, "بامداد": dawn, "ظهر": noon, "noon": noon, "midday": noon,
	"عصر": afternoon, "بعدازظهر": afternoon, "غروب": afternoon, "afternoon": afternoon, "evening": afternoon,
	"شب": night, "night": night, "نیمهشب": midnight, "midnight": midnight,
}

// joined are words that are one in meaning; Fold has turned their ZWNJ into a
// space. An empty word is dropped.
var joined = []struct {
	words []string
	as    string
}{
	{strings.Fields("day after tomorrow"), "overmorrow"},
	{strings.Fields("پس فردا"), "پسفردا"},
	{strings.Fields("بعد از ظهر"), "بعدازظهر"}, {strings.Fields("بعداز ظهر"), "بعدازظهر"},
	{strings.Fields("قبل از ظهر"), "صبح"}, {strings.Fields("پیش از ظهر"), "صبح"},
	{strings.Fields("نیمه شب"), "نیمهشب"},
	{strings.Fields("یک ربع به"), "ربعبه"}, {strings.Fields("یه ربع به"), "ربعبه"}, {strings.Fields("ربع به"), "ربعبه"},
	{strings.Fields("quarter to"), "ربعبه"}, {strings.Fields("quarter past"), "ربعاز"}, {strings.Fields("half past"), "نیماز"},
	{strings.Fields("half an"), "half"}, {strings.Fields("and a half"), "ونیم"}, {strings.Fields("و نیم"), "ونیم"}, {strings.Fields("و ربع"), "وربع"},
	{strings.Fields("a . m ."), "am"}, {strings.Fields("p . m ."), "pm"}, {strings.Fields("a . m"), "am"}, {strings.Fields("p . m"), "pm"},
	{strings.Fields("from now"), "later"}, {strings.Fields("o clock"), ""}, {strings.Fields("سی ام"), "سیام"},
	{strings.Fields("هفته بعد"), "nextweek"}, {strings.Fields("هفته اینده"), "nextweek"}, {strings.Fields("هفته بعدی"), "nextweek"},
	{strings.Fields("next week"), "nextweek"},
}

var fillers = words("on the of در روز برای به و this این next از from تا , . publish منتشر شود")

// hourWords announce a clock time.
var hourWords = words("at @ ساعت راس سر")

// laterWords end a length of time from now; nextWords follow a weekday, which is
// the next one in any case.
var (
	laterWords = words("دیگر دیگه بعد later")
	nextWords  = words("دیگر بعد بعدی اینده")
)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// counted numbers the words of a list; those joined by | are the same.
func counted(list string, from int) map[string]int {
	numbers := map[string]int{}
	for i, group := range strings.Fields(list) {
		for _, w := range strings.Split(group, "|") {
			numbers[w] = from + i
		}
	}
	return numbers
}

var numberWords = counted("یک|یه|one دو|two سه|three چهار|four پنج|five شش|شیش|six هفت|seven هشت|eight نه|nine ده|ten "+
	"یازده|eleven دوازده|twelve سیزده|thirteen چهارده|fourteen پانزده|fifteen شانزده|sixteen هفده|seventeen هجده|eighteen نوزده|nineteen", 1)

var ordinalWords = counted("اول|یکم|first دوم|second سوم|third چهارم|fourth پنجم|fifth ششم|sixth هفتم|seventh هشتم|eighth نهم|ninth دهم|tenth "+
	"یازدهم|eleventh دوازدهم|twelfth سیزدهم چهاردهم پانزدهم شانزدهم هفدهم هجدهم نوزدهم بیستم|twentieth", 1)

var tenWords = map[string]int{"بیست": 20, "سی": 30, "چهل": 40, "پنجاه": 50, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}

// unitWords are lengths of time. Days are counted as days of the calendar.
var unitWords = map[string]time.Duration{
	"ساعت": time.Hour, "hour": time.Hour, "hours": time.Hour, "h": time.Hour,
	"دقیقه": time.Minute, "minute": time.Minute, "minutes": time.Minute, "min": time.Minute, "mins": time.Minute,
	"روز": fullDay, "day": fullDay, "days": fullDay, "هفته": 7 * fullDay, "week": 7 * fullDay, "weeks": 7 * fullDay,
}

const fullDay = 24 * time.Hour

var weekdayWords = map[string]time.Weekday{
	"شنبه": time.Saturday, "یکشنبه": time.Sunday, "دوشنبه": time.Monday, "سهشنبه": time.Tuesday, "چهارشنبه": time.Wednesday,
	"پنجشنبه": time.Thursday, "جمعه": time.Friday, "ادینه": time.Friday,
	"saturday": time.Saturday, "sunday": time.Sunday, "monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday,
	"thursday": time.Thursday, "friday": time.Friday,
	"sat": time.Saturday, "sun": time.Sunday, "mon": time.Monday, "tue": time.Tuesday, "tues": time.Tuesday, "wed": time.Wednesday,
	"thu": time.Thursday, "thur": time.Thursday, "thurs": time.Thursday, "fri": time.Friday,
}

var weekdayPrefixes = map[string]string{
	"یک": "یک", "دو": "دو", "سه": "سه", "چهار": "چهار", "پنج": "پنج", "1": "یک", "2": "دو", "3": "سه", "4": "چهار", "5": "پنج",
}

var dayWords = map[string]int{
	"امروز": 0, "امشب": 0, "today": 0, "tonight": 0, "فردا": 1, "tomorrow": 1, "پسفردا": 2, "overmorrow": 2,
	"دیروز": -1, "yesterday": -1, "پریروز": -2, // understood, and told that they have passed
}

// A monthName is a month of one calendar.
type monthName struct {
	calendar social.Calendar
	n        int
}

var monthWords = months()

func months() map[string]monthName {
	names := map[string]monthName{}
	for c, list := range map[social.Calendar]string{
		social.Jalali: "فروردین|farvardin اردیبهشت|ordibehesht خرداد|khordad تیر|tir مرداد|mordad|امرداد شهریور|shahrivar " +
			"مهر|mehr ابان|aban اذر|azar دی|dey|dei بهمن|bahman اسفند|esfand",
		social.Gregorian: "january|jan|ژانویه february|feb|فوریه march|mar|مارس april|apr|اوریل may|مه|می june|jun|ژوین " +
			"july|jul|ژوییه|جولای august|aug|اوت|اگوست september|sep|sept|سپتامبر october|oct|اکتبر november|nov|نوامبر december|dec|دسامبر",
	} {
		for name, n := range counted(list, 1) {
			names[name] = monthName{c, n}
		}
	}
	return names
}
