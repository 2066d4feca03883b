package handlers

import (
	"strings"
	"testing"

	"peyk/social"
)

// An alert says in which week the fall was seen, or of how many weeks its figure is the mean.
func TestDropTellsItsWeeks(t *testing.T) {
	h := speaking(t)
	b := someBrand()
	b.Rules = social.DefaultRules(social.Gregorian)
	for low, want := range map[int]map[string]string{
		0: {"en": "in the week 16 November to 22 November", "fa": "در هفتهٔ"},
		1: {"en": "in the week 16 November to 22 November", "fa": "در هفتهٔ"},
		3: {"en": "in the mean of 3 weeks, to 22 November", "fa": "در میانگین ۳ هفته"},
	} {
		for lang, words := range want {
			m, err := dropCard(h.sayIn(social.Person{Lang: lang}, b), b, social.Drop{Metric: social.MetricReach, Week: "2026-11-16", Was: 200, Now: 100, Weeks: 12, Low: low})
			if err != nil || !strings.Contains(bare(m.HTML), words) {
				t.Errorf("%s, %d weeks: %v\n%s", lang, low, err, m.HTML)
			}
		}
	}
}
