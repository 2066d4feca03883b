package social

import (
	"strings"
	"testing"
)

func TestCleanName(t *testing.T) {
	tests := []struct{ typed, want string }{
		{"  کافه   نوبهار ", "کافه نوبهار"},
		{"می‌خواهم", "می‌خواهم"},
		{"Nobahar\nCafé", "Nobahar Café"},
		{"\u202eevil\u2066", "evil"},
		{"a\u2069b\u200f", "ab"},
		{"👩‍🍳 Sara", "👩‍🍳 Sara"},
		{strings.Repeat("ن", 64), strings.Repeat("ن", 64)},
	}
	for _, c := range tests {
		if got, err := CleanName(c.typed); err != nil || got != c.want {
			t.Errorf("CleanName(%q) = %q, %v; want %q", c.typed, got, err, c.want)
		}
	}
	for _, typed := range []string{"", "   ", "!!!", "\u200c", "\u202e\u202c", strings.Repeat("ن", 65)} {
		if got, err := CleanName(typed); err != ErrBadName {
			t.Errorf("CleanName(%q) = %q, %v; want ErrBadName", typed, got, err)
		}
	}
}
