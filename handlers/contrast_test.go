package handlers

import (
	"strings"
	"testing"
)

// What differs is shown, wherever in a long text it stands.
func TestContrast(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("the bread is fresh every day ", 40))
	for name, c := range map[string]struct{ was, now, wantWas, wantNow string }{
		"short":   {"open  until six", "open until eight", "open until six", "open until eight"},
		"middle":  {long + " at nine " + long, long + " at ten " + long, "… fresh every day at nine the bread is fresh …", "… fresh every day at ten the bread is fresh …"},
		"end":     {long + " at nine", long + " at ten", "… fresh every day at nine", "… fresh every day at ten"},
		"begin":   {"Nine: " + long, "Ten: " + long, "Nine: the bread is fresh …", "Ten: the bread is fresh …"},
		"added":   {long, long + " And the coffee.", "… is fresh every day", "… is fresh every day And the coffee."},
		"nothing": {"", long, "", "the bread"},
	} {
		was, now := contrast(c.was, c.now)
		if was != c.wantWas || !strings.HasPrefix(now, c.wantNow) || len([]rune(now)) > 170 {
			t.Errorf("%s: %q → %q", name, was, now)
		}
	}
}
