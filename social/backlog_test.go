package social

import "testing"

func TestTellingOf(t *testing.T) {
	for _, c := range []struct {
		fresh, heard int
		want         Telling
	}{
		{1, 0, TellEach}, {3, 0, TellEach}, {1, 2, TellEach},
		{4, 0, TellTogether}, {10_000, 0, TellTogether}, {2, 2, TellTogether},
		{1, 3, TellLater}, {50, 3, TellLater}, {1, 4, TellLater},
	} {
		if got := TellingOf(c.fresh, c.heard); got != c.want {
			t.Errorf("%d new after %d: %d, want %d", c.fresh, c.heard, got, c.want)
		}
	}
}
