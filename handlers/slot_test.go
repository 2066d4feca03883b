package handlers

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// inLang speaks to a reader of a language about a brand, on Monday 23 November
// 2026 (2 Azar 1405), 11:30 in Tehran.
func inLang(t testing.TB, lang string, b social.Brand) locales.Printer {
	t.Helper()
	return speaking(t).sayIn(social.Person{ID: 1, Name: "Sara", Lang: lang}, b)
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func TestChip(t *testing.T) {
	for moment, want := range map[string][2]string{
		"2026-11-23T14:30:00Z": {"امروز ۱۸:۰۰", "today 18:00"},
		"2026-11-23T20:45:00Z": {"فردا ۰۰:۱۵", "tomorrow 00:15"}, // after midnight in Tehran
		"2026-11-26T15:00:00Z": {"پنجشنبه ۱۸:۳۰", "Thursday 18:30"},
		"2026-11-30T15:00:00Z": {"۹ آذر ۱۸:۳۰", "30 November 18:30"},
	} {
		for i, lang := range []string{"fa", "en"} {
			if got := chip(inLang(t, lang, someBrand()), at(t, moment)); got != want[i] {
				t.Errorf("%s %s: %q, want %q", moment, lang, got, want[i])
			}
		}
	}
}

func TestMomentsInButtons(t *testing.T) {
	moment := at(t, "2026-11-26T15:00:00Z")
	if got := slotArg(momentArg(moment)); !got.Equal(moment) {
		t.Errorf("%v came back as %v", moment, got)
	}
	for _, bad := range []string{"", "-1", "!", "0", "zzzzzzzzzzzz", strings.Repeat("9", 40)} {
		if got := slotArg(bad); !got.IsZero() {
			t.Errorf("%q is %v", bad, got)
		}
	}
	for _, bad := range []string{"", "-1", "x!", "zzzzzzzzzz"} {
		if _, ok := dayOfArg(bad); ok {
			t.Errorf("%q is taken for a day", bad)
		}
	}
}

// The month of a Persian reader: Saturday at the right, the next month at the
// left, today between dots, and nothing before it to press.
func TestMonthCard(t *testing.T) {
	s := slotted{post: social.Post{ID: 5, Brand: someBrand()}}
	fa := inLang(t, "fa", someBrand())
	keys := monthCard(fa, s.days(), fa.Today()).Keyboard
	if keys[0][0].Text != "دی ›" || keys[0][1].Text != "آذر ۱۴۰۵" || keys[0][2].Text != blank {
		t.Errorf("head: %v", keys[0])
	}
	if keys[1][6].Text != "ش" || keys[1][0].Text != "ج" {
		t.Errorf("days: %v", keys[1])
	}
	live := 0
	for _, row := range keys[2 : len(keys)-2] {
		if len(row) != 7 {
			t.Errorf("a week has %d days", len(row))
		}
		if !slices.ContainsFunc(row, func(b bot.Button) bool { return b.Data != bot.Data("nop", 0, 0) }) {
			t.Errorf("a week without a day to choose: %v", row)
		}
		for _, b := range row {
			if b.Data != bot.Data("nop", 0, 0) {
				live++
			}
		}
	}
	if live != 29 { // 2 to 30 Azar
		t.Errorf("%d days can be chosen, want 29", live)
	}
	en := inLang(t, "en", someBrand())
	december := locales.Date{Year: 2026, Month: 12, Day: 1, Calendar: social.Gregorian}
	head := monthCard(en, s.days(), december).Keyboard[0]
	if head[0].Text != "‹ November" || head[2].Text != "January ›" {
		t.Errorf("head: %v", head)
	}
}

// Hours that have passed are not offered; those of a later day all are.
func TestHoursCard(t *testing.T) {
	say := inLang(t, "en", someBrand())
	s := slotted{post: social.Post{ID: 5, Brand: someBrand()}}
	today := say.Today().Number()
	got := labels(hoursCard(say, s, today, slotsOn(say, someBrand(), today, nil)))
	if slices.Contains(got, "10:00") || !slices.Contains(got, "11:00") || !slices.Contains(got, "⭐ 18:00") {
		t.Errorf("today: %v", got)
	}
	if got := labels(hoursCard(say, s, today+1, nil)); !slices.Contains(got, "08:00") || slices.Contains(got, "⭐ 18:00") {
		t.Errorf("tomorrow: %v", got)
	}
	morning := someBrand()
	morning.Slots = []social.Slot{{Day: time.Monday, Minute: 9 * 60}}
	if got := slotsOn(say, morning, today, nil); len(got) != 0 {
		t.Errorf("a slot that has passed is offered: %v", got)
	}
	taken := []time.Time{at(t, "2026-11-23T14:30:00Z")}
	if got := slotsOn(say, someBrand(), today, taken); len(got) != 0 {
		t.Errorf("a slot that is taken is offered: %v", got)
	}
}

// The day of a reader elsewhere is not the brand's: a slot late in Tehran is
// still of the same day in London, and is offered there.
func TestSlotsOnTheReadersDay(t *testing.T) {
	b := someBrand()
	b.Slots = []social.Slot{{Day: time.Tuesday, Minute: 30}} // 00:30 in Tehran, 21:00 of Monday in London
	say := speaking(t).sayIn(social.Person{Lang: "en", Zone: "Europe/London"}, b)
	if got := slotsOn(say, b, say.Today().Number(), nil); len(got) != 1 || say.Clock(got[0]) != "21:00" {
		t.Errorf("%v", got)
	}
}

// Trying a move tells what would come of it and changes nothing (U2).
func TestTryMove(t *testing.T) {
	now := at(t, "2026-11-23T08:00:00Z")
	slot := at(t, "2026-11-26T14:30:00Z")
	manager := social.Member{Person: social.Person{ID: 1}, Role: social.Manager}
	s := slotted{post: social.Post{ID: 5, Brand: someBrand(), State: social.Approved, Slot: slot, Approvals: []social.Approval{{ID: 1}}}}
	for _, c := range []struct {
		to    time.Time
		again bool
		want  error
	}{
		{slot.Add(time.Hour), false, nil},
		{slot.Add(24 * time.Hour), true, nil},
		{now.Add(-time.Minute), false, social.ErrPastSlot},
	} {
		again, err := tryMove(s, manager, c.to, now)
		if again != c.again || !errors.Is(err, c.want) {
			t.Errorf("to %v: %v, %v", c.to, again, err)
		}
	}
	if s.post.State != social.Approved || !s.post.Slot.Equal(slot) || len(s.post.Approvals) != 1 {
		t.Errorf("the post has changed: %+v", s.post)
	}
	if _, err := tryMove(s, social.Member{Role: social.Viewer}, slot.Add(time.Hour), now); !errors.Is(err, social.ErrForbidden) {
		t.Errorf("a viewer may move: %v", err)
	}
	s.delivery = 9
	if _, err := tryMove(s, manager, slot, now); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("a delivery of another post: %v", err)
	}
	s.post.Deliveries = []social.Delivery{{ID: 9, State: social.Handed}}
	if _, err := tryMove(s, manager, slot, now); err != nil || s.post.Deliveries[0].State != social.Handed {
		t.Errorf("a delivery: %v, %v", err, s.post.Deliveries)
	}
}

// Two readings that look alike, when the clocks are set back, are told apart.
func TestWhichHour(t *testing.T) {
	b := someBrand()
	b.Zone = "Europe/Berlin"
	say := inLang(t, "en", b)
	first := at(t, "2027-10-31T00:30:00Z")
	got := labels(whichHour(say, slotted{post: social.Post{ID: 1, Brand: b}}, []time.Time{first, first.Add(time.Hour)}))
	if !strings.HasSuffix(got[0], "(+02:00)") || !strings.HasSuffix(got[1], "(+01:00)") {
		t.Errorf("%v", got)
	}
}

// A brand without slots of its own is offered usual hours.
func TestFreeTimesWithoutSlots(t *testing.T) {
	b := someBrand()
	b.Slots = nil
	say := inLang(t, "en", b)
	var got []string
	for _, moment := range freeTimes(say, b, []time.Time{at(t, "2026-11-23T14:30:00Z")}) {
		got = append(got, chip(say, moment))
	}
	if want := []string{"tomorrow 10:00", "tomorrow 18:00", "Wednesday 10:00", "Wednesday 18:00"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
