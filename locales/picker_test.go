package locales

import (
	"slices"
	"testing"
	"time"

	"peyk/social"
)

// Over every month of 1300 to 1499: each day stands there once, in order from the
// right, under its own weekday, with Saturday right-most.
func TestMonthGridEveryJalaliMonth(t *testing.T) {
	p := load(t).Printer("fa", tehran(t), social.Jalali).At(time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC))
	next := Date{1300, 1, 1, social.Jalali}.Number()
	of := Date{1300, 1, 1, social.Jalali}
	for g := p.MonthGrid(of, time.Saturday); of.Year < 1500; {
		if !g.RTL || g.Heads[6] != "ش" || g.Heads[0] != "ج" {
			t.Fatalf("the heads of %v: %v", of, g.Heads)
		}
		days := 0
		for _, row := range g.Rows {
			next, days = checkRow(t, row, next), days+countDays(row)
		}
		if days != MonthLen(of.Year, of.Month, social.Jalali) {
			t.Fatalf("%v has %d days", of, days)
		}
		after := p.MonthGrid(g.Next, time.Saturday)
		if after.Prev != of {
			t.Fatalf("before the month after %v lies %v", of, after.Prev)
		}
		of, g = g.Next, after
	}
	if end := (Date{1500, 1, 1, social.Jalali}).Number(); next != end {
		t.Errorf("the last day is %d, want %d", next, end)
	}
}

// checkRow goes through a row from the right and returns the day after it.
func checkRow(t *testing.T, row []Cell, next int) int {
	t.Helper()
	if len(row) != 7 {
		t.Fatalf("a row has %d cells", len(row))
	}
	for i, c := range slices.Backward(row) {
		if c.Mark == Blank {
			if !c.Dead || c.Day != 0 {
				t.Fatalf("a blank cell can be pressed: %+v", c)
			}
			continue
		}
		weekday := DateOfNumber(c.Day, social.Gregorian).Weekday()
		if c.Day != next || c.Dead || (int(weekday)+1)%7 != 6-i {
			t.Fatalf("day %d (%s) stands in column %d, want day %d", c.Day, weekday, i, next)
		}
		next++
	}
	return next
}

func countDays(row []Cell) int {
	return len(slices.DeleteFunc(slices.Clone(row), func(c Cell) bool { return c.Mark == Blank }))
}

// Readers from the left have Monday left-most and the next month at the right.
func TestMonthGridEnglish(t *testing.T) {
	p := load(t).Printer("en", zoneOf(t, "Europe/Berlin"), social.Gregorian).At(now)
	g := p.MonthGrid(Date{2026, 11, 15, social.Gregorian}, time.Monday, time.Saturday, time.Sunday)
	if g.Title != "November 2026" || g.RTL || !slices.Equal(g.Heads, []string{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"}) {
		t.Errorf("%+v", g)
	}
	want := [][]string{
		{" ", " ", " ", " ", " ", " ", "·"}, {"·", "·", "·", "·", "·", "·", "·"}, {"·", "·", "·", "·", "·", "·", "·"},
		{"·", "·", "·", "·", "·", "·", "·"}, {"•23•", "24", "25", "26", "27", "28°", "29°"}, {"30", " ", " ", " ", " ", " ", " "},
	}
	if got := labels(g); !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %q", got)
	}
	if g.Next != (Date{2026, 12, 1, social.Gregorian}) || g.Prev != (Date{2026, 10, 1, social.Gregorian}) {
		t.Errorf("beside it: %v, %v", g.Prev, g.Next)
	}
}

// The drawing of persian.md, with Iran's holidays.
func TestMonthGridPersian(t *testing.T) {
	p := load(t).Printer("fa", tehran(t), social.Jalali).At(now)
	g := p.MonthGrid(p.Today(), time.Saturday, time.Friday)
	want := [][]string{
		{"۶°", "۵", "۴", "۳", "•۲•", "·", " "}, {"۱۳°", "۱۲", "۱۱", "۱۰", "۹", "۸", "۷"}, {"۲۰°", "۱۹", "۱۸", "۱۷", "۱۶", "۱۵", "۱۴"},
		{"۲۷°", "۲۶", "۲۵", "۲۴", "۲۳", "۲۲", "۲۱"}, {" ", " ", " ", " ", "۳۰", "۲۹", "۲۸"},
	}
	if got := labels(g); g.Title != "آذر ۱۴۰۵" || !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("%s: got %q", g.Title, got)
	}
	dey := p.MonthGrid(g.Next, time.Saturday)
	if c := dey.Rows[0][6-4]; c.Label != "۲°" || c.Mark != Holiday {
		t.Errorf("2 Dey is a holiday: %+v in %q", c, labels(dey)[0])
	}
	// Gregorian readers elsewhere have no holidays of Iran
	berlin := load(t).Printer("en", zoneOf(t, "Europe/Berlin"), social.Gregorian).At(now)
	if name := berlin.Holiday(Date{2026, 12, 23, social.Gregorian}); name != "" {
		t.Errorf("a holiday in Berlin: %s", name)
	}
}

func labels(g Grid) [][]string {
	var rows [][]string
	for _, row := range g.Rows {
		var texts []string
		for _, c := range row {
			texts = append(texts, c.Label)
		}
		rows = append(rows, texts)
	}
	return rows
}
