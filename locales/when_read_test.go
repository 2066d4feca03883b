package locales

import (
	"errors"
	"slices"
	"testing"
	"time"

	_ "time/tzdata"

	"peyk/social"
)

// A typed is a text, and what it means in a zone and calendar, written as
// written does.
type typed struct {
	text string
	want string
	err  error
}

func parseAll(t *testing.T, cal social.Calendar, zone *time.Location, tests []typed) {
	t.Helper()
	for _, test := range tests {
		w, err := ParseWhen(test.text, now, zone, cal)
		switch {
		case !errors.Is(err, test.err):
			t.Errorf("%q: got %v %v, want %q %v", test.text, err, written(w, zone), test.want, test.err)
		case err == nil && written(w, zone) != test.want:
			t.Errorf("%q: got %s, want %s", test.text, written(w, zone), test.want)
		}
	}
}

// The spellings that people use in Persian.
func TestParseWhenPersian(t *testing.T) {
	parseAll(t, social.Jalali, tehran(t), []typed{
		{"۵شنبه ۱۸:۳۰", "2026-11-26 18:30", nil},
		{"۳ شنبه ساعت ۱۰ صبح", "2026-11-24 10:00", nil},
		{"سه‌شنبه ساعت ۱۰ صبح", "2026-11-24 10:00", nil},
		{"ســه‌شــنبه ۱۰:۰۰", "2026-11-24 10:00", nil},
		{"يكشنبه ۱۰:۰۰", "2026-11-29 10:00", nil},
		{"چهار شنبه ۹ صبح", "2026-11-25 09:00", nil},
		{"جمعه ۸ شب", "2026-11-27 20:00", nil},
		{"پنجشنبه ۵ آذر ۱۴۰۵، ساعت ۱۸:۳۰", "2026-11-26 18:30", nil}, // as we write it ourselves
		{"‏پنجشنبه ⁨۵ آذر⁩ ۱۴۰۵، ساعت ۱۸:۳۰", "2026-11-26 18:30", nil},
		{"پنجشنبه ۵ آذر ساعت ۶", "2026-11-26 06:00 or 2026-11-26 18:00", nil},
		{"۲۵ آذر ماه ۱۴۰۵ ساعت ۱۱:۱۵", "2026-12-16 11:15", nil},
		{"بیست و پنجم آذر ساعت ده و نیم صبح", "2026-12-16 10:30", nil},
		{"بیست و پنج آذر ساعت بیست", "2026-12-16 20:00", nil},
		{"سی‌ام آذر ۲۰:۰۰", "2026-12-21 20:00", nil},
		{"یکم دی ۱۰:۰۰", "2026-12-22 10:00", nil},
		{"۲۵م آذر ۱۰:۰۰", "2026-12-16 10:00", nil},
		{"آذر ۲۵ ساعت ۱۰:۰۰", "2026-12-16 10:00", nil},
		{"۲۵ آذرماه ساعت ۱۱:۱۵", "2026-12-16 11:15", nil},
		{"شنبهٔ آینده ۱۸:۳۰", "2026-11-28 18:30", nil},
		{"۱ دسامبر ساعت ۹ صبح", "2026-12-01 09:00", nil},
		{"۱ دسامبر ۲۰۲۶ ساعت ۹ صبح", "2026-12-01 09:00", nil},
		{"۰۵/۰۹/۱۴۰۵ ۱۸:۳۰", "2026-11-26 18:30", nil},
		{"۱۵/۹ ساعت ۱۷:۰۰", "2026-12-06 17:00", nil},
		{"۱۴۰۵-۰۹-۰۵ ۱۸:۳۰", "2026-11-26 18:30", nil},
		{"۱۴۰۵.۹.۵ ۱۸.۳۰", "2026-11-26 18:30", nil},
		{"18:30 1405/9/5", "2026-11-26 18:30", nil},
		{"ساعت ۱۸:۳۰ پنجشنبه", "2026-11-26 18:30", nil},
		{"فردا ساعت ۵ بعد از ظهر", "2026-11-24 17:00", nil},
		{"فردا ۵ بعدازظهر", "2026-11-24 17:00", nil},
		{"فردا صبح ساعت ۹", "2026-11-24 09:00", nil},
		{"فردا شب ساعت ۹", "2026-11-24 21:00", nil},
		{"فردا ساعت ۹ و ربع صبح", "2026-11-24 09:15", nil},
		{"فردا ساعت ۹ و ۲۰ دقیقهٔ صبح", "2026-11-24 09:20", nil},
		{"فردا یک ربع به ۹ صبح", "2026-11-24 08:45", nil},
		{"فردا ۱۲ و نیم شب", "2026-11-25 00:30", nil},
		{"فردا ۲ بامداد", "2026-11-24 02:00", nil},
		{"فردا ۱۲ ظهر", "2026-11-24 12:00", nil},
		{"فردا ساعت ۱۲", "2026-11-24 12:00", nil},
		{"ساعت ۰۹", "2026-11-24 09:00", nil},
		{"ساعت ۶", "2026-11-23 18:00 or 2026-11-24 06:00", nil},
		{"امروز ساعت ۶", "2026-11-23 18:00", nil}, // six in the morning is over
		{"نیمه‌شب فردا", "2026-11-24 00:00 or 2026-11-25 00:00", nil},
		{"هفتهٔ بعد", "day 1405-9-9", nil},
		{"شنبه هفته بعد ۱۸:۰۰", "2026-11-28 18:00", nil},
		{"هفتهٔ آینده جمعه ۱۸:۰۰", "2026-12-04 18:00", nil},
		{"این پنجشنبه ۱۸:۳۰", "2026-11-26 18:30", nil},
		{"پنجشنبهٔ بعد ۱۸:۳۰", "2026-11-26 18:30", nil},
		{"یک ساعت و نیم دیگر", "2026-11-23 14:00", nil},
		{"۲ و نیم ساعت دیگه", "2026-11-23 15:00", nil},
		{"۲ ساعت و ۲۰ دقیقه دیگر", "2026-11-23 14:50", nil},
		{"یه ساعت دیگه", "2026-11-23 13:30", nil},
		{"۲ هفته دیگر", "day 1405-9-16", nil},
		{"امشب", "day 1405-9-2", nil},
		{"فردا صبح", "day 1405-9-3", nil},
		{"🗓 فردا ساعت ۹ صبح", "2026-11-24 09:00", nil},
		{"«فردا ساعت ۹ صبح»", "2026-11-24 09:00", nil},
		{"۱۴۰۷/۰۹/۰۲ ۱۰:۰۰", "2028-11-22 10:00", nil},
		{"۳۰ اسفند ۱۴۰۸ ۱۰:۰۰", "", ErrTooFar},

		{"۵ آذر ۲۰۲۶ ۱۰:۰۰", "", ErrImpossible},    // no such year in that calendar
		{"۵ نوامبر ۱۴۰۵ ۱۰:۰۰", "", ErrImpossible}, // nor here
		{"۲۹ اسفند ۱۴۰۵ ۱۰:۰۰", "2027-03-20 10:00", nil},
		{"۳۰ اسفند ۱۴۰۵ ۱۰:۰۰", "", ErrImpossible},
		{"۳۰ اسفند ۱۰:۰۰", "", ErrImpossible},
		{"۳۱ مهر ۱۰:۰۰", "", ErrImpossible},
		{"۰ آذر ۱۰:۰۰", "", ErrImpossible},
		{"فردا ۱ شب", "", ErrUnknown}, // of which day?
		{"فردا ۹ ظهر", "", ErrUnknown},
		{"فردا ۱۲ صبح", "", ErrUnknown},
		{"شب جمعه ساعت ۹", "", ErrUnknown}, // the night before Friday
		{"ساعت سه شنبه", "", ErrUnknown},   // Tuesday, or three on Saturday
		{"ساعت ۹ تا ۱۱ صبح فردا", "", ErrUnknown},
		{"فردا ۹-۱۱", "", ErrUnknown},
		{"فردا پس‌فردا ۱۰:۰۰", "", ErrUnknown},
		{"فردا ۹ صبح ۱۰ صبح", "", ErrUnknown},
		{"فردا ۹ صبح عصر", "", ErrUnknown},
		{"نه", "", ErrUnknown}, // "no"
		{"فردا ساعت", "", ErrUnknown},
		{"صبح", "", ErrUnknown},
		{"صبح امشب ساعت ۹", "", ErrUnknown},
		{"شنبه ۲ ماه بعد", "", ErrUnknown},
		{"شنبه ۱۰:۰۰ بعد", "", ErrUnknown},
		{"۲ ماه دیگر", "", ErrUnknown},
		{"۱۸۳۰", "", ErrUnknown},
		{"فردا ۹½ صبح", "", ErrUnknown},
		{"۱۰ روز پیش", "", ErrUnknown},
		{"دیروز ۱۰:۰۰", "", ErrPast},
		{"۹۹۹۹ هفته دیگر ۹۹۹۹ هفته دیگر", "", ErrTooFar},
		{"۰ دقیقه دیگر", "", ErrPast},
		{"۹۹۹ روز دیگر", "", ErrTooFar},
		{"فردا ۲۴:۰۰", "", ErrImpossible},
		{"۱ آذر ۱۴۰۵", "", ErrPast},
		{"دیروز", "", ErrPast},
		{"پریروز ساعت ۹ صبح", "", ErrPast},
		{"۱۴۱۰/۱/۱", "", ErrTooFar},
		{"۹۹۹۹ هفته و ۹۹۹۹ هفته دیگر", "", ErrTooFar},
		{"ساعت ۹ و ۵ شنبه", "", ErrUnknown}, // Thursday, or five past nine
		{"فردا ۹ و ۵ دقیقه صبح", "2026-11-24 09:05", nil},
		{"۹ صبح و ۵ آذر", "2026-11-26 09:00", nil},
		{"باشه فردا ساعت ۹ صبح", "", ErrUnknown},
	})
}

// The spellings that people use in English, for a Gregorian reader in Berlin,
// where it is 10:00.
func TestParseWhenEnglish(t *testing.T) {
	parseAll(t, social.Gregorian, zoneOf(t, "Europe/Berlin"), []typed{
		{"Thursday 26 November 2026, 18:30", "2026-11-26 18:30", nil}, // as we write it ourselves
		{"thursday, 6 p.m.", "2026-11-26 18:00", nil},
		{"Thursday at 6", "2026-11-26 06:00 or 2026-11-26 18:00", nil},
		{"next Thursday 18:30", "2026-11-26 18:30", nil},
		{"monday 9am", "2026-11-30 09:00", nil}, // today is a Monday
		{"next week thursday 18:30", "2026-12-03 18:30", nil},
		{"next week sunday 18:30", "2026-12-06 18:30", nil}, // weeks begin on Monday
		{"the day after tomorrow at 9 am", "2026-11-25 09:00", nil},
		{"tomorrow morning at 9", "2026-11-24 09:00", nil},
		{"9 in the morning tomorrow", "2026-11-24 09:00", nil},
		{"tomorrow at 8 in the evening", "2026-11-24 20:00", nil},
		{"tomorrow at 9 o'clock", "2026-11-24 09:00 or 2026-11-24 21:00", nil},
		{"tomorrow at half past nine am", "2026-11-24 09:30", nil},
		{"quarter to 9 pm", "2026-11-23 20:45", nil},
		{"tomorrow quarter to 1 pm", "2026-11-24 12:45", nil},
		{"tomorrow 12am", "2026-11-24 00:00", nil},
		{"tomorrow 12pm", "2026-11-24 12:00", nil},
		{"tomorrow at noon", "2026-11-24 12:00", nil},
		{"midnight tomorrow", "2026-11-24 00:00 or 2026-11-25 00:00", nil},
		{"1 December 9:30", "2026-12-01 09:30 or 2026-12-01 21:30", nil},
		{"December 1st, 2026 at 09:30", "2026-12-01 09:30", nil},
		{"the 1st of December 9am", "2026-12-01 09:00", nil},
		{"first of December 9am", "2026-12-01 09:00", nil},
		{"2026-12-01T09:30", "2026-12-01 09:30", nil},
		{"2026/12/01 9am", "2026-12-01 09:00", nil},
		{"1.12.2026 09.30", "2026-12-01 09:30", nil},
		{"12/25 9am", "2026-12-25 09:00", nil},
		{"25/12 9am", "2026-12-25 09:00", nil},
		{"25/12/2026 9am", "2026-12-25 09:00", nil},
		{"12/25/2026 9am", "2026-12-25 09:00", nil},
		{"5 Azar 18:30", "2026-11-26 18:30", nil},
		{"1405/09/05 18:30", "2026-11-26 18:30", nil},
		{"in 90 minutes", "2026-11-23 11:30", nil},
		{"in an hour and a half", "2026-11-23 11:30", nil},
		{"in 1.5 hours", "2026-11-23 11:30", nil},
		{"2 hours 15 min from now", "2026-11-23 12:15", nil},
		{"an hour later", "2026-11-23 11:00", nil},
		{"in 3 days at 9am", "2026-11-26 09:00", nil},
		{"in two weeks", "day 2026-12-7", nil},
		{"tomorrow", "day 2026-11-24", nil},
		{"next week", "day 2026-11-30", nil},
		{"9:00", "2026-11-23 21:00 or 2026-11-24 09:00", nil},
		{"09:00", "2026-11-24 09:00", nil},
		{"now", "", ErrUnknown},
		{"5/6 9am", "", ErrUnknown},
		{"5/6/2027 9am", "", ErrUnknown},
		{"tomorrow 9 to 11", "", ErrUnknown},
		{"tomorrow 9-11am", "", ErrUnknown},
		{"Nov 26 2026 or Nov 27 2026", "", ErrUnknown},
		{"29 Feb 2027 9am", "", ErrImpossible},
		{"29 Feb 2028 9am", "2028-02-29 09:00", nil},
		{"0 Nov 9am", "", ErrImpossible},
		{"2026-13-01 09:00", "", ErrImpossible},
		{"1700-01-01 09:00", "", ErrImpossible},
		{"today 9am", "", ErrPast},
		{"yesterday at 6 pm", "", ErrPast},
		{"Nov 23 2026 9am", "", ErrPast},
		{"yesterday 9am", "", ErrPast},
		{"2030-01-01 09:00", "", ErrTooFar},
		{"in 30000 hours", "", ErrUnknown},
		{"may", "", ErrUnknown},
		{"sun", "day 2026-11-29", nil},
	})
}

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// Where the clocks are changed, each typed time is the moment that a clock on the
// wall shows, is asked about if they show it twice, and refused if never.
func TestTypedTimesWhereClocksChange(t *testing.T) {
	tests := []struct {
		zone, text string
		want       []string // in UTC
		err        error
	}{
		{"Europe/Berlin", "2027-03-28 01:59", []string{"00:59"}, nil},
		{"Europe/Berlin", "2027-03-28 02:00", nil, ErrImpossible},
		{"Europe/Berlin", "2027-03-28 02:59", nil, ErrImpossible},
		{"Europe/Berlin", "2027-03-28 03:00", []string{"01:00"}, nil},
		{"Europe/Berlin", "2027-10-31 01:59", []string{"23:59"}, nil},
		{"Europe/Berlin", "2027-10-31 02:00", []string{"00:00", "01:00"}, nil},
		{"Europe/Berlin", "2027-10-31 03:00", []string{"02:00"}, nil},
		{"America/New_York", "2027-03-14 02:30", nil, ErrImpossible},
		{"America/New_York", "2027-11-07 01:30", []string{"05:30", "06:30"}, nil},
		{"Australia/Lord_Howe", "2027-04-04 01:45", []string{"14:45", "15:15"}, nil}, // by half an hour
		{"Asia/Tehran", "1406/01/02 00:30", []string{"21:00"}, nil},                  // Iran changed its clocks until 2022
		{"Asia/Tehran", "1406/06/30 23:30", []string{"20:00"}, nil},
	}
	for _, test := range tests {
		w, err := ParseWhen(test.text, now, zoneOf(t, test.zone), social.Gregorian)
		var got []string
		for _, o := range w.Options {
			got = append(got, o.UTC().Format("15:04"))
		}
		if !errors.Is(err, test.err) || !slices.Equal(got, test.want) {
			t.Errorf("%s in %s: got %v %v, want %v %v", test.text, test.zone, got, err, test.want, test.err)
		}
	}
}

// A bare clock time that is over today is not moved into an hour that tomorrow skips.
func TestBareTimeBeforeTheClocksChange(t *testing.T) {
	berlin := zoneOf(t, "Europe/Berlin")
	at := time.Date(2027, 3, 27, 12, 0, 0, 0, berlin)
	if w, err := ParseWhen("02:30", at, berlin, social.Gregorian); !errors.Is(err, ErrImpossible) {
		t.Errorf("got %v %v", w.Options, err)
	}
}

// Whatever moment we write, we read back as the same.
func TestMomentsAreReadBack(t *testing.T) {
	w := load(t)
	for k, name := range []string{"Asia/Tehran", "Europe/Berlin", "America/New_York"} {
		zone := zoneOf(t, name)
		for i := k; i < 600; i += 3 { // other days in each zone
			at := now.Add(time.Duration(i)*29*time.Hour + time.Duration(i*7)*time.Minute).Truncate(time.Minute)
			for lang, cal := range map[string]social.Calendar{"fa": social.Jalali, "en": social.Gregorian} {
				for _, text := range []string{w.Printer(lang, zone, cal).Moment(at), w.Printer(lang, zone, social.Jalali).Moment(at)} {
					got, err := ParseWhen(text, now.Add(-time.Hour), zone, cal)
					if err != nil || !slices.ContainsFunc(got.Options, at.Equal) {
						t.Fatalf("%s was read as %v, %v", text, got.Options, err)
					}
				}
			}
		}
	}
}
