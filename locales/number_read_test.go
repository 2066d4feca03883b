package locales

import (
	"errors"
	"testing"

	"peyk/social"
)

func TestReadNumber(t *testing.T) {
	for typed, want := range map[string]float64{
		"2000": 2000, "2,000": 2000, "2.000": 2000, "2 000": 2000, "۲٬۰۰۰": 2000, "۲۰۰۰ نفر": 2000, "٢٠٠٠": 2000, "12'500": 12500,
		"4.5": 4.5, "4,5 %": 4.5, "۴٫۵ درصد": 4.5, "12k": 12_000, "1.5 million": 1_500_000, "۱۲ هزار": 12_000, "۱٫۵ میلیون": 1_500_000,
		"1,234,567": 1_234_567, "1,234.5": 1234.5, " 5 posts ": 5, "۵ پست": 5,
	} {
		if got, err := ReadNumber(typed); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", typed, got, err, want)
		}
	}
	for _, typed := range []string{"", "many", "-5", "−۵", "5-6", "5 6", "12.3456", "1.2.3", "2000 by May", "1e5", "۱۴۰۵/۹/۵", "5 10 000"} {
		if got, err := ReadNumber(typed); !errors.Is(err, social.ErrBadNumber) {
			t.Errorf("%q: %v, %v", typed, got, err)
		}
	}
}

func TestReadMinutes(t *testing.T) {
	for typed, want := range map[string]float64{"30": 30, "۹۰ دقیقه": 90, "2 hours": 120, "۲ ساعت": 120, "1.5 h": 90, "۱٫۵ ساعت": 90} {
		if got, err := ReadMinutes(typed); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", typed, got, err, want)
		}
	}
	for _, typed := range []string{"", "soon", "-5", "1 day", "1:30", "2 hours 5"} {
		if got, err := ReadMinutes(typed); !errors.Is(err, social.ErrBadNumber) {
			t.Errorf("%q: %v, %v", typed, got, err)
		}
	}
}
