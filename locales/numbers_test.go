package locales

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"peyk/social"
)

func TestReadNumbers(t *testing.T) {
	type told map[social.Metric]int64
	for text, want := range map[string]told{
		"دنبال‌کننده ۱۲٬۴۸۰، بازدید ۸۶٬۳۵۰":                  {"followers": 12480, "reach": 86350},
		"followers 12,480 reach 86350":                       {"followers": 12480, "reach": 86350},
		"Followers: 12,480\nReach: 86.350\nLikes: 1'204":     {"followers": 12480, "reach": 86350, "reactions": 1204},
		"12,480 followers, 350 likes and 12 comments":        {"followers": 12480, "reactions": 350, "comments": 12},
		"Followers\n12.5K\nImpressions\n1.2M":                {"followers": 12500, "reach": 1200000},
		"۱۲٫۵ هزار فالوور\n۳ پست":                            {"followers": 12500, "posts": 3},
		"دنبال کننده‌ها: ٤٬٥٦٧":                              {"followers": 4567},
		"لایک ۵۰ کامنت ۶ اشتراک‌گذاری ۷ کلیک ۸":              {"reactions": 50, "comments": 6, "shares": 7, "clicks": 8},
		"هفتهٔ ۱۴۰۵/۰۹/۰۱ دنبال‌کننده‌ها ۱۲۳۴ نفر (+۳۵، ۲٪)": {"followers": 1234},
		"16-22 November: views 90 +2.5% reach 90":            {"reach": 90},
		"بازدید ۰":              {"reach": 0},
		"reach 86 350 likes 12": {"reach": 86350, "reactions": 12},
		"reach - 500":           {"reach": 500},
		"بازديد كل ۱۲":          {"reach": 12}, // Arabic letters
		"views: 007":            {"reach": 7},
	} {
		got, err := ReadNumbers(text)
		found := told{}
		for _, r := range got.Told {
			found[r.Metric] = r.Value
		}
		if err != nil || !maps.Equal(found, want) || len(got.Odd) > 0 {
			t.Errorf("%q: %v, odd %q, %v; want %v", text, found, got.Odd, err, want)
		}
	}
}

// What cannot be read is said, and what can be is kept.
func TestReadOddNumbers(t *testing.T) {
	for text, want := range map[string][]string{
		"followers 12 99":         {"99"},
		"5 followers 99":          {"99"},
		"followers 12, reach 1.5": {"1.5"},
	} {
		got, err := ReadNumbers(text)
		if err != nil || len(got.Told) != 1 || !slices.Equal(got.Odd, want) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestReadNoNumbers(t *testing.T) {
	for text, want := range map[string]error{
		"":                                      social.ErrNoNumbers,
		"hello":                                 social.ErrNoNumbers,
		"12480":                                 social.ErrNoNumbers,
		"followers":                             social.ErrNoNumbers,
		"following 12":                          social.ErrNoNumbers,
		"دنبال‌کننده -۵":                        social.ErrNegativeNumber,
		"followers: -5":                         social.ErrNegativeNumber,
		"followers 9999999999999":               social.ErrHugeNumber,
		"followers " + strings.Repeat("9", 400): social.ErrHugeNumber,
		"reach 5 impressions 6":                 social.ErrTwoNumbers,
		strings.Repeat("likes 1\n", 4000):       social.ErrNoNumbers,
	} {
		if got, err := ReadNumbers(text); !errors.Is(err, want) {
			t.Errorf("%.40q: %+v, %v; want %v", text, got, err, want)
		}
	}
}

func FuzzReadNumbers(f *testing.F) {
	f.Add("دنبال‌کننده ۱۲٬۴۸۰، بازدید ۸۶٬۳۵۰")
	f.Add("12.5K followers\n-3 likes 1/2")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ReadNumbers(text)
		if err == nil && len(got.Told) == 0 {
			t.Error("nothing was read, and nothing is wrong")
		}
		for _, r := range got.Told {
			if r.Value < 0 || !slices.Contains(social.Metrics(), r.Metric) {
				t.Errorf("%q: %+v", text, r)
			}
		}
	})
}
