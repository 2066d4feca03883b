package handlers

import (
	"slices"
	"strings"
	"testing"
	"time"

	"peyk/locales"
	"peyk/social"
)

func TestFirstOfWeek(t *testing.T) {
	for day := 20000; day < 20400; day++ {
		for start := time.Sunday; start <= time.Saturday; start++ {
			first := firstOfWeek(day, start)
			weekday := locales.DateOfNumber(first, social.Gregorian).Weekday()
			if weekday != start || first > day || first < day-6 {
				t.Fatalf("day %d, weeks from %v: begins on %d, a %v", day, start, first, weekday)
			}
		}
	}
}

func someWeek(t *testing.T, lang string, role social.Role, posts ...social.Post) (locales.Printer, brandWeek) {
	t.Helper()
	b := someBrand()
	say := inLang(t, lang, b)
	return say, brandWeek{
		brand: b, place: social.Member{Person: social.Person{ID: 1}, BrandID: b.ID, Role: role},
		first: firstOfWeek(say.Today().Number(), b.Rules.WeekStart), posts: posts, brands: 1,
	}
}

// A client reads the week, but not what is being changed, and finds no doors
// that are not his.
func TestWeekOfAClient(t *testing.T) {
	p := social.Post{
		ID: 3, Version: 1, State: social.Changing, Slot: at(t, "2026-11-24T14:30:00Z"),
		Content: social.Content{Text: social.Text{Plain: "secret words"}},
	}
	say, w := someWeek(t, "en", social.Approver, p)
	card := weekCard(say, w)
	if strings.Contains(card.HTML, "secret") || !strings.Contains(card.HTML, "being edited") {
		t.Error(card.HTML)
	}
	if slices.Contains(labels(card), say.Label("button.gaps")) || slices.Contains(labels(card), say.Label("button.new_post")) {
		t.Error(labels(card))
	}
	w.place.Role = social.Editor
	if card = weekCard(say, w); !strings.Contains(card.HTML, "secret words") || !slices.Contains(labels(card), say.Label("button.gaps")) {
		t.Error(card.HTML, labels(card))
	}
}

// A post late in the evening stands on the reader's day, not on Greenwich's.
func TestWeekDaysAreTheReaders(t *testing.T) {
	p := social.Post{ID: 3, State: social.Drafting, Slot: at(t, "2026-11-24T20:45:00Z"), Content: social.Content{Text: social.Text{Plain: "late"}}}
	say, w := someWeek(t, "fa", social.Editor, p)
	if got := weekCard(say, w).HTML; !strings.Contains(got, "چهارشنبه ۴ آذر ۱۴۰۵") || strings.Contains(got, "سه‌شنبه ۳ آذر") {
		t.Error(got)
	}
}

func TestGapsOfTheWeek(t *testing.T) {
	taken := social.Post{Slot: at(t, "2026-11-24T14:30:00Z")}
	say, w := someWeek(t, "en", social.Editor, taken)
	var got []string
	for _, moment := range gapsOf(say, w) {
		got = append(got, weekdayClock(say, moment))
	}
	// From Monday noon on; Saturday and Sunday have passed, Tuesday is taken, Friday has no slot.
	if want := []string{"Monday 18:00", "Wednesday 18:00", "Thursday 18:00"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	w.first -= 7
	if got := gapsOf(say, w); len(got) != 0 {
		t.Errorf("last week has %v", got)
	}
}

// Holidays of the week are hints, also on days without posts; a mourning day has
// a word on the tone where a time is confirmed.
func TestHolidaysAreHints(t *testing.T) {
	say, w := someWeek(t, "fa", social.Editor)
	w.first = firstOfWeek(locales.Date{Year: 1405, Month: 11, Day: 22, Calendar: social.Jalali}.Number(), time.Saturday)
	if got := weekCard(say, w).HTML; !strings.Contains(got, say.Label("holiday.revolution")) || !strings.Contains(got, "پنجشنبه ۲۲ بهمن ۱۴۰۵") {
		t.Error(got)
	}
}
