package platforms

import (
	"strings"
	"testing"

	"peyk/social"
)

func TestRulesCoverEveryPlatform(t *testing.T) {
	for _, p := range social.Platforms() {
		set := Rules(p)
		if set.Platform != p || set.Text.Max == 0 || set.Caption.Max == 0 || len(set.Albums) == 0 {
			t.Errorf("%s: %+v", p, set)
		}
	}
}

func TestBrokenRulesAreRefused(t *testing.T) {
	good := string(rulesJSON)
	if _, err := parseRules(rulesJSON); err != nil {
		t.Fatal(err)
	}
	for name, broken := range map[string]string{
		"not JSON":         good[:len(good)/2],
		"unknown field":    strings.Replace(good, `"unit"`, `"units"`, 1),
		"unknown unit":     strings.Replace(good, "code_points", "letters", 1),
		"unknown rule":     strings.Replace(good, `"what": "caption"`, `"what": "captions"`, 1),
		"unknown platform": strings.Replace(good, `"platform": "snapchat"`, `"platform": "orkut"`, 1),
		"no date":          strings.Replace(good, `"as_of": "2026-05-01"`, `"as_of": "May"`, 1),
		"no source":        strings.Replace(good, `"source": "pinterest/`, `"source": "", "name": "`, 1),
		"said twice":       strings.Replace(good, `"what": "caption"`, `"what": "text"`, 1),
		"platform missing": strings.ReplaceAll(good, `"platform": "linkedin", "what": "text"`, `"platform": "linkedin", "what": "caption"`),
	} {
		if broken == good {
			t.Errorf("%s: the case changes nothing", name)
		}
		if _, err := parseRules([]byte(broken)); err == nil {
			t.Errorf("%s: was accepted", name)
		}
	}
}

func TestRulesOfUnknownPlatform(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a platform without rules lets everything through")
		}
	}()
	Rules("orkut")
}
