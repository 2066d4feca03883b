package locales

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"peyk/social"
)

// now is Monday 2 Azar 1405 (23 November 2026), 12:30 in Tehran.
var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestParseWhen(t *testing.T) {
	tests := []struct {
		text string
		want string // in Tehran, "2006-01-02 15:04"; two with " or "; "day …" where only the day is known
		err  error
	}{
		{"پنجشنبه ۱۸:۳۰", "2026-11-26 18:30", nil},
		{"پنج‌شنبه ساعت ۱۸:۳۰", "2026-11-26 18:30", nil},
		{"پنج شنبه ۱۸:۳۰", "2026-11-26 18:30", nil},
		{"فردا ساعت ۹ صبح", "2026-11-24 09:00", nil},
		{"فردا ساعت ۶", "2026-11-24 06:00 or 2026-11-24 18:00", nil},
		{"پس‌فردا ۱۰:۱۵", "2026-11-25 10:15", nil},
		{"پس فردا ساعت ۱۰ صبح", "2026-11-25 10:00", nil},
		{"امشب ساعت ۹", "2026-11-23 21:00", nil},
		{"امروز ۶ عصر", "2026-11-23 18:00", nil},
		{"فردا ۱۲ شب", "2026-11-25 00:00", nil},
		{"فردا ظهر", "2026-11-24 12:00", nil},
		{"فردا ساعت ۱ ظهر", "2026-11-24 13:00", nil},
		{"۹ و نیم صبح فردا", "2026-11-24 09:30", nil},
		{"فردا ساعت نه و نیم صبح", "2026-11-24 09:30", nil},
		{"۲ ساعت دیگه", "2026-11-23 14:30", nil},
		{"نیم ساعت دیگر", "2026-11-23 13:00", nil},
		{"۴۵ دقیقه دیگر", "2026-11-23 13:15", nil},
		{"۳ روز دیگر ساعت ۱۰:۳۰", "2026-11-26 10:30", nil},
		{"۵ آذر ۱۸:۳۰", "2026-11-26 18:30", nil},
		{"اول دی ساعت ۸ صبح", "2026-12-22 08:00", nil},
		{"۱ آبان ۱۲:۰۰", "2027-10-23 12:00", nil},
		{"1405/9/5 14:00", "2026-11-26 14:00", nil},
		{"۱۴۰۵/۰۹/۰۵ ۱۴:۰۰", "2026-11-26 14:00", nil},
		{"١٤٠٥/٩/٥ ١٤:٠٠", "2026-11-26 14:00", nil},
		{"۹/۱۵ ساعت ۱۷:۰۰", "2026-12-06 17:00", nil},
		{"هفتهٔ بعد شنبه ساعت ۱۰ صبح", "2026-11-28 10:00", nil},
		{"هفته آینده دوشنبه ۱۰:۰۰", "2026-11-30 10:00", nil},
		{"دوشنبه ۱۰:۰۰", "2026-11-30 10:00", nil},
		{"یکشنبه ۱۸", "2026-11-29 18:00", nil},
		{"سه شنبه ۲۱:۰۰", "2026-11-24 21:00", nil},
		{"tomorrow 9am", "2026-11-24 09:00", nil},
		{"tomorrow at 9", "2026-11-24 09:00 or 2026-11-24 21:00", nil},
		{"Tomorrow 9:30 PM", "2026-11-24 21:30", nil},
		{"thu 18:30", "2026-11-26 18:30", nil},
		{"Thursday at 6pm", "2026-11-26 18:00", nil},
		{"2026-12-01 09:30", "2026-12-01 09:30", nil},
		{"26 Nov 14:00", "2026-11-26 14:00", nil},
		{"Nov 26 at 2pm", "2026-11-26 14:00", nil},
		{"26 November 2026 14:00", "2026-11-26 14:00", nil},
		{"tonight at 9", "2026-11-23 21:00", nil},
		{"in 2 hours", "2026-11-23 14:30", nil},
		{"in half an hour", "2026-11-23 13:00", nil},
		{"next week monday 10:00", "2026-11-30 10:00", nil},
		{"noon tomorrow", "2026-11-24 12:00", nil},
		{"18:30", "2026-11-23 18:30", nil},
		{"11:00", "2026-11-24 11:00", nil},
		{"فردا", "day 1405-9-3", nil},
		{"پنجشنبه", "day 1405-9-5", nil},

		{"", "", ErrUnknown},
		{"سلام", "", ErrUnknown},
		{"hello there", "", ErrUnknown},
		{"باشه", "", ErrUnknown},
		{"فردا ساعت ۲۵:۰۰", "", ErrImpossible},
		{"tomorrow 25:00", "", ErrImpossible},
		{"tomorrow 10:75", "", ErrImpossible},
		{"۳۱ آذر ۱۰:۰۰", "", ErrImpossible},
		{"31 Feb 10:00", "", ErrImpossible},
		{"1405/12/30 10:00", "", ErrImpossible},
		{"1403/12/30 10:00", "", ErrPast},
		{"1405/13/5 10:00", "", ErrImpossible},
		{"امروز ۸ صبح", "", ErrPast},
		{"2020-01-01 10:00", "", ErrPast},
		{"1410/1/1 10:00", "", ErrTooFar},
		{"5/6/2026 10:00", "", ErrUnknown},
		{"شنبه ۵ آذر ۱۰:۰۰", "", ErrImpossible}, // the 5th is a Thursday
		{"فردا ساعت ۱۴ صبح", "", ErrImpossible},
	}
	zone := tehran(t)
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			w, err := ParseWhen(test.text, now, zone, social.Jalali)
			if !errors.Is(err, test.err) {
				t.Fatalf("got %v (%v), want %v", err, w, test.err)
			}
			if err == nil && written(w, zone) != test.want {
				t.Errorf("got %s, want %s", written(w, zone), test.want)
			}
		})
	}
}

func written(w When, zone *time.Location) string {
	if w.NeedsClock {
		return fmt.Sprintf("day %d-%d-%d", w.Day.Year, w.Day.Month, w.Day.Day)
	}
	s := ""
	for i, t := range w.Options {
		if i > 0 {
			s += " or "
		}
		s += t.In(zone).Format("2006-01-02 15:04")
	}
	return s
}

// Where the clocks change nothing silently becomes another moment.
func TestParseWhenAtTheChangeOfClocks(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseWhen("2027-03-28 02:30", now, berlin, social.Gregorian); !errors.Is(err, ErrImpossible) {
		t.Errorf("an hour that does not exist: %v", err)
	}
	w, err := ParseWhen("2027-10-31 02:30", now, berlin, social.Gregorian)
	if err != nil || len(w.Options) != 2 || w.Options[1].Sub(w.Options[0]) != time.Hour {
		t.Errorf("an hour that comes twice: %v, %v", w.Options, err)
	}
}

func FuzzParseWhen(f *testing.F) {
	for _, s := range []string{"پنجشنبه ۱۸:۳۰", "in 2 hours", "1405/9/5 14:00", "9 و نیم صبح", "26 Nov at 2pm"} {
		f.Add(s)
	}
	zone := tehran(f)
	f.Fuzz(func(t *testing.T, text string) {
		w, err := ParseWhen(text, now, zone, social.Jalali)
		if err != nil {
			return
		}
		if w.NeedsClock == (len(w.Options) > 0) || w.Day.Number() < dayNumber(now.In(zone)) {
			t.Errorf("%q: neither a time nor a day: %+v", text, w)
		}
		for i, o := range w.Options {
			if i > 0 && !o.After(w.Options[i-1]) {
				t.Errorf("%q: %v are not in order, or are the same", text, w.Options)
			}
			if !o.After(now) || o.Sub(now) > maxAhead*fullDay || o.Second() != 0 {
				t.Errorf("%q became %s", text, o)
			}
		}
	})
}

func BenchmarkParseWhen(b *testing.B) {
	zone := tehran(b)
	for b.Loop() {
		if _, err := ParseWhen("هفتهٔ بعد شنبه ساعت ۱۰ صبح", now, zone, social.Jalali); err != nil {
			b.Fatal(err)
		}
	}
}
