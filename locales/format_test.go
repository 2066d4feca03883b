package locales

import (
	"testing"
	"time"

	"peyk/social"
)

func readers(t testing.TB) (fa, en Printer) {
	w := load(t)
	return w.Printer("fa", tehran(t), social.Jalali).At(now), w.Printer("en", tehran(t), social.Gregorian).At(now)
}

func TestNumbers(t *testing.T) {
	fa, en := readers(t)
	for n, want := range map[int64][2]string{
		0: {"۰", "0"}, 7: {"۷", "7"}, 999: {"۹۹۹", "999"}, 1000: {"۱٬۰۰۰", "1,000"}, 12345: {"۱۲٬۳۴۵", "12,345"},
		1234567890: {"۱٬۲۳۴٬۵۶۷٬۸۹۰", "1,234,567,890"}, -5: {"\u200e\u2212۵", "-5"}, -1234: {"\u200e\u2212۱٬۲۳۴", "-1,234"},
		-1 << 63: {"\u200e\u2212۹٬۲۲۳٬۳۷۲٬۰۳۶٬۸۵۴٬۷۷۵٬۸۰۸", "-9,223,372,036,854,775,808"},
	} {
		if fa.Number(n) != want[0] || en.Number(n) != want[1] {
			t.Errorf("%d: %q %q", n, fa.Number(n), en.Number(n))
		}
	}
	for f, want := range map[float64][2]string{
		0: {"۰", "0"}, 4.8: {"۴٫۸", "4.8"}, 4.84: {"۴٫۸", "4.8"}, 5: {"۵", "5"}, 99.96: {"۱۰۰", "100"}, -0.04: {"۰", "0"},
		-0.6: {"\u200e\u2212۰٫۶", "-0.6"}, 1234.5: {"۱٬۲۳۴٫۵", "1,234.5"},
	} {
		if fa.Percent(f) != want[0] || en.Percent(f) != want[1] {
			t.Errorf("%v %%: %q %q", f, fa.Percent(f), en.Percent(f))
		}
	}
	for n, want := range map[int64][2]string{
		9_999: {"۹٬۹۹۹", "9,999"}, 10_000: {"۱۰ هزار", "10 thousand"}, 86_312: {"۸۶٫۳ هزار", "86.3 thousand"},
		999_949: {"۹۹۹٫۹ هزار", "999.9 thousand"}, 999_950: {"۱ میلیون", "1 million"}, 1_234_567: {"۱٫۲ میلیون", "1.2 million"},
		2_500_000_000: {"۲٫۵ میلیارد", "2.5 billion"},
	} {
		if fa.Compact(n) != want[0] || en.Compact(n) != want[1] {
			t.Errorf("%d: %q %q", n, fa.Compact(n), en.Compact(n))
		}
	}
	for rials, want := range map[int64][2]string{
		1_250_000: {"۱۲۵٬۰۰۰ تومان", "125,000 toman"}, 15: {"۱٫۵ تومان", "1.5 toman"}, 0: {"۰ تومان", "0 toman"},
	} {
		if fa.Money(rials) != want[0] || en.Money(rials) != want[1] {
			t.Errorf("%d rials: %q %q", rials, fa.Money(rials), en.Money(rials))
		}
	}
}

func TestLeft(t *testing.T) {
	fa, en := readers(t)
	for d, want := range map[time.Duration][2]string{
		20 * time.Second: {"چند لحظه", "a moment"}, time.Minute: {"۱ دقیقه", "1 minute"}, 59*time.Minute + 45*time.Second: {"۱ ساعت", "1 hour"},
		90 * time.Minute: {"۱ ساعت و ۳۰ دقیقه", "1 hour and 30 minutes"}, 26 * time.Hour: {"۱ روز و ۲ ساعت", "1 day and 2 hours"},
		72*time.Hour + 5*time.Minute: {"۳ روز", "3 days"}, -2 * time.Hour: {"۲ ساعت", "2 hours"},
	} {
		if fa.Left(d) != want[0] || en.Left(d) != want[1] {
			t.Errorf("%s: %q %q", d, fa.Left(d), en.Left(d))
		}
	}
}

// Seen from Monday 2 Azar 1405, 12:30 in Tehran.
func TestNearTimes(t *testing.T) {
	fa, en := readers(t)
	for after, want := range map[time.Duration][4]string{
		0:                   {"همین حالا", "امروز، ساعت ۱۲:۳۰", "just now", "today, 12:30"},
		-5 * time.Minute:    {"۵ دقیقه پیش", "امروز، ساعت ۱۲:۲۵", "5 minutes ago", "today, 12:25"},
		200 * time.Minute:   {"۳ ساعت دیگر", "امروز، ساعت ۱۵:۵۰", "in 3 hours", "today, 15:50"},
		-11 * time.Hour:     {"۱۱ ساعت پیش", "امروز، ساعت ۰۱:۳۰", "11 hours ago", "today, 01:30"},
		-13 * time.Hour:     {"دیروز", "دیروز، ساعت ۲۳:۳۰", "yesterday", "yesterday, 23:30"},
		20 * time.Hour:      {"فردا", "فردا، ساعت ۰۸:۳۰", "tomorrow", "tomorrow, 08:30"},
		48 * time.Hour:      {"پس‌فردا", "چهارشنبه ۴ آذر، ساعت ۱۲:۳۰", "the day after tomorrow", "Wednesday 25 November, 12:30"},
		72 * time.Hour:      {"پنجشنبه", "پنجشنبه ۵ آذر، ساعت ۱۲:۳۰", "Thursday", "Thursday 26 November, 12:30"},
		-72 * time.Hour:     {"جمعه ۲۹ آبان", "جمعه ۲۹ آبان، ساعت ۱۲:۳۰", "Friday 20 November", "Friday 20 November, 12:30"},
		8 * 24 * time.Hour:  {"سه‌شنبه ۱۰ آذر", "سه‌شنبه ۱۰ آذر، ساعت ۱۲:۳۰", "Tuesday 1 December", "Tuesday 1 December, 12:30"},
		60 * 24 * time.Hour: {"جمعه ۲ بهمن", "جمعه ۲ بهمن، ساعت ۱۲:۳۰", "Friday 22 January 2027", "Friday 22 January 2027, 12:30"},
	} {
		at := now.Add(after)
		if got := [4]string{fa.Ago(at), fa.DayClock(at), en.Ago(at), en.DayClock(at)}; got != want {
			t.Errorf("%s: got %q, want %q", after, got, want)
		}
	}
}

// From early in the morning the evening is hours away, and still the same day.
func TestLongDay(t *testing.T) {
	fa, _ := readers(t)
	morning := time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)
	if got := fa.At(morning).Ago(morning.Add(16 * time.Hour)); got != "۱۶ ساعت دیگر" {
		t.Error(got)
	}
}

func TestZoneNames(t *testing.T) {
	fa, en := readers(t)
	if fa.ZoneName() != "تهران" || en.ZoneName() != "Tehran" {
		t.Errorf("%q %q", fa.ZoneName(), en.ZoneName())
	}
	if got := fa.City("America/Argentina/Buenos_Aires"); got != "Buenos Aires" {
		t.Error(got)
	}
}

// A span names month and year once where they are the same.
func TestSpans(t *testing.T) {
	fa, en := readers(t)
	at := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 12, 0, 0, 0, tehran(t)) }
	for _, c := range []struct {
		from, to time.Time
		fa, en   string
	}{
		{at(11, 14), at(11, 20), "۲۳ تا ۲۹ آبان ۱۴۰۵", "14 – 20 November 2026"},
		{at(11, 21), at(11, 27), "۳۰ آبان تا ۶ آذر ۱۴۰۵", "21 – 27 November 2026"},
		{at(12, 28), at(12, 28).AddDate(0, 0, 6), "۷ تا ۱۳ دی ۱۴۰۵", "28 December 2026 – 3 January 2027"},
	} {
		if a, b := fa.Span(c.from, c.to), en.Span(c.from, c.to); a != c.fa || b != c.en {
			t.Errorf("%q %q", a, b)
		}
	}
	if a, b := fa.BriefDay(at(11, 14)), en.BriefDay(at(11, 14)); a != "۲۳ آبان" || b != "14 Nov" {
		t.Errorf("%q %q", a, b)
	}
	if a, b := fa.MonthOf(at(11, 14)), en.MonthOf(at(11, 14)); a != "آبان ۱۴۰۵" || b != "November 2026" {
		t.Errorf("%q %q", a, b)
	}
	if a, b := fa.Share(4.84), en.Share(4.84); a != "۴٫۸٪" || b != "4.8%" {
		t.Errorf("%q %q", a, b)
	}
}
