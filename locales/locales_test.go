package locales

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"peyk/social"
)

func load(t testing.TB) *Words {
	t.Helper()
	w, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func tehran(t testing.TB) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Asia/Tehran")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

var holes = regexp.MustCompile(`\{[^}]*\}`)

// Both languages have the same keys, and under each the same holes.
func TestParity(t *testing.T) {
	w := load(t)
	for key, fa := range w.langs["fa"] {
		en, ok := w.langs["en"][key]
		if !ok {
			t.Errorf("en lacks %s", key)
			continue
		}
		a, b := holesOf(fa), holesOf(en)
		if !slices.Equal(a, b) {
			t.Errorf("%s: the holes are %v in fa and %v in en", key, a, b)
		}
	}
	for key := range w.langs["en"] {
		if !w.Has("fa", key) {
			t.Errorf("fa lacks %s", key)
		}
	}
}

func holesOf(f form) []string {
	found := holes.FindAllString(f.Other, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func TestSay(t *testing.T) {
	w := load(t)
	fa := w.Printer("fa", tehran(t), social.Jalali)
	en := w.Printer("en", tehran(t), social.Gregorian)
	at := time.Date(2026, 11, 26, 15, 0, 0, 0, time.UTC)
	if got := fa.Moment(at); got != "پنجشنبه ۵ آذر ۱۴۰۵، ساعت ۱۸:۳۰" {
		t.Error(got)
	}
	if got := en.Moment(at); got != "Thursday 26 November 2026, 18:30" {
		t.Error(got)
	}
	if got := fa.Say("review.not_yet", "brand", "A<b>\u202e"); !strings.Contains(got, "\u2068A&lt;b&gt;\u2069") {
		t.Errorf("not escaped and isolated: %q", got)
	}
	if got := en.Label("unit.day", "n", 1); got != "1 day" {
		t.Error(got)
	}
	if got := fa.Left(26 * time.Hour); got != "۱ روز و ۲ ساعت" {
		t.Error(got)
	}
}
