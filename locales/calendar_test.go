package locales

import (
	"errors"
	"slices"
	"testing"
	"time"

	"peyk/social"
)

// leapOf says by the 33-year rule whether a Jalali year is leap: in each cycle the
// 1st, 5th, 9th, 13th, 17th, 22nd, 26th and 30th. It is what the official list of
// 1304–1498 shows, and shares no code with the conversion that it checks.
func leapOf(year int) bool {
	return slices.Contains([]int{1, 5, 9, 13, 17, 22, 26, 30}, year%33)
}

// Every day of 1304 to 1498 follows the one before by an independent count, and
// converts there and back.
func TestEveryJalaliDay(t *testing.T) {
	at := time.Date(1925, 3, 21, 12, 0, 0, 0, time.UTC) // 1 Farvardin 1304
	for year := 1304; year <= 1498; year++ {
		for month := 1; month <= 12; month++ {
			length := []int{31, 31, 31, 31, 31, 31, 30, 30, 30, 30, 30, 29}[month-1]
			if month == 12 && leapOf(year) {
				length = 30
			}
			if got := MonthLen(year, month, social.Jalali); got != length {
				t.Fatalf("%d/%d has %d days, want %d", year, month, got, length)
			}
			for d := 1; d <= length; d++ {
				checkDay(t, Date{year, month, d, social.Jalali}, at)
				at = at.AddDate(0, 0, 1)
			}
		}
	}
}

func checkDay(t *testing.T, d Date, at time.Time) {
	t.Helper()
	back, err := d.At(12, 0, time.UTC)
	if got := DateOf(at, social.Jalali); got != d || err != nil || !back.Equal(at) {
		t.Fatalf("%s is %v, want %v; and back %s, %v", at.Format(time.DateOnly), got, d, back, err)
	}
	if d.Weekday() != at.Weekday() || d.Number() != int(at.Add(-12*time.Hour).Unix()/86400) {
		t.Fatalf("%v: %s, day %d", d, d.Weekday(), d.Number())
	}
}

// Days beyond the official list still go there and back: 1300 to 1500.
func TestEveryDayThereAndBack(t *testing.T) {
	from, to := (Date{1300, 1, 1, social.Jalali}).Number(), (Date{1500, 12, 29, social.Jalali}).Number()
	if to-from < 73_000 {
		t.Fatalf("from day %d to %d", from, to)
	}
	for n := from; n <= to; n++ {
		if got := DateOfNumber(n, social.Jalali).Number(); got != n {
			t.Fatalf("day %d came back as %d", n, got)
		}
	}
}

func TestKnownDays(t *testing.T) {
	for d, want := range map[Date]string{
		{1357, 11, 22, social.Jalali}: "1979-02-11", {1399, 12, 30, social.Jalali}: "2021-03-20",
		{1400, 1, 1, social.Jalali}: "2021-03-21", {1403, 12, 30, social.Jalali}: "2025-03-20",
		{1404, 1, 1, social.Jalali}: "2025-03-21", {1404, 12, 29, social.Jalali}: "2026-03-20",
		{1405, 1, 1, social.Jalali}: "2026-03-21", {1405, 9, 5, social.Jalali}: "2026-11-26",
		{1408, 12, 30, social.Jalali}: "2030-03-20",
	} {
		at, err := d.At(0, 0, time.UTC)
		if err != nil || at.Format(time.DateOnly) != want {
			t.Errorf("%v is %s, %v; want %s", d, at.Format(time.DateOnly), err, want)
		}
	}
}

// What no calendar has is refused, and nothing becomes another day.
func TestImpossibleDates(t *testing.T) {
	for _, d := range []Date{
		{1404, 12, 30, social.Jalali}, {1405, 12, 30, social.Jalali}, {1405, 7, 31, social.Jalali}, {1405, 0, 1, social.Jalali},
		{1405, 13, 1, social.Jalali}, {1405, 1, 0, social.Jalali}, {1405, 1, 32, social.Jalali}, {1243, 1, 1, social.Jalali},
		{1501, 1, 1, social.Jalali}, {2026, 2, 29, social.Gregorian}, {2026, 11, 31, social.Gregorian}, {2026, 13, 1, social.Gregorian},
	} {
		if at, err := d.At(12, 0, time.UTC); !errors.Is(err, ErrImpossible) {
			t.Errorf("%v became %s, %v", d, at, err)
		}
	}
}

// Samoa skipped a day as it went over the date line.
func TestADayThatWasSkipped(t *testing.T) {
	d := Date{2011, 12, 30, social.Gregorian}
	if at, err := d.At(10, 0, zoneOf(t, "Pacific/Apia")); !errors.Is(err, ErrImpossible) {
		t.Errorf("it became %s", at)
	}
}

// The reader's zone decides which day it is, and the clock: Tehran has had no
// summer time since 2023, Berlin has.
func TestZones(t *testing.T) {
	tests := []struct {
		zone, utc, want string
	}{
		{"Asia/Tehran", "2021-07-01 20:00", "جمعه ۱۱ تیر ۱۴۰۰، ساعت ۰۰:۳۰"}, // +04:30
		{"Asia/Tehran", "2022-07-01 20:00", "شنبه ۱۱ تیر ۱۴۰۱، ساعت ۰۰:۳۰"},
		{"Asia/Tehran", "2023-07-01 20:00", "شنبه ۱۰ تیر ۱۴۰۲، ساعت ۲۳:۳۰"}, // +03:30
		{"Asia/Tehran", "2026-07-01 20:00", "چهارشنبه ۱۰ تیر ۱۴۰۵، ساعت ۲۳:۳۰"},
		{"Asia/Tehran", "2025-03-20 20:29", "پنجشنبه ۳۰ اسفند ۱۴۰۳، ساعت ۲۳:۵۹"},
		{"Asia/Tehran", "2025-03-20 20:30", "جمعه ۱ فروردین ۱۴۰۴، ساعت ۰۰:۰۰"},
		{"Asia/Tehran", "2026-03-20 20:29", "جمعه ۲۹ اسفند ۱۴۰۴، ساعت ۲۳:۵۹"},
		{"Asia/Tehran", "2026-03-20 20:30", "شنبه ۱ فروردین ۱۴۰۵، ساعت ۰۰:۰۰"},
		{"Europe/Berlin", "2026-07-01 22:30", "پنجشنبه ۱۱ تیر ۱۴۰۵، ساعت ۰۰:۳۰"}, // +02:00
		{"Europe/Berlin", "2026-11-26 22:30", "پنجشنبه ۵ آذر ۱۴۰۵، ساعت ۲۳:۳۰"},  // +01:00
	}
	w := load(t)
	for _, test := range tests {
		at, err := time.Parse("2006-01-02 15:04", test.utc)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.Printer("fa", zoneOf(t, test.zone), social.Jalali).Moment(at); got != test.want {
			t.Errorf("%s in %s: got %s, want %s", test.utc, test.zone, got, test.want)
		}
	}
}

// The days off that were compiled by hand are days, have names, and the fixed ones
// stand where the law put them.
func TestHolidays(t *testing.T) {
	w := load(t)
	if len(w.holidays) < 30 {
		t.Fatalf("only %d days", len(w.holidays))
	}
	for d, h := range w.holidays {
		if !w.Has("fa", "holiday."+h.Key) || !w.Has("en", "holiday."+h.Key) {
			t.Errorf("%v: %q has no name", d, h.Key)
		}
	}
	p := w.Printer("fa", tehran(t), social.Jalali)
	for d, want := range map[Date]string{
		{1405, 11, 22, social.Jalali}: "سالروز پیروزی انقلاب", {1406, 1, 4, social.Jalali}: "نوروز", {1406, 1, 13, social.Jalali}: "روز طبیعت",
		{1405, 11, 4, social.Jalali}: "نیمهٔ شعبان (به احتمال زیاد)", {2027, 3, 21, social.Gregorian}: "نوروز", {1405, 9, 5, social.Jalali}: "",
	} {
		if got := p.Holiday(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}

func TestToneOfMourningDays(t *testing.T) {
	p := load(t).Printer("fa", tehran(t), social.Jalali)
	ashura, err := Date{1406, 3, 26, social.Jalali}.At(18, 0, tehran(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Tone(ashura); got != "🖤 این روز عزاداری است (\u2068عاشورا\u2069)؛ لطفاً لحن پست را ببینید." {
		t.Errorf("%q", got)
	}
	if got := p.Tone(ashura.AddDate(0, 0, 1)); got != "" {
		t.Errorf("%q", got)
	}
}
