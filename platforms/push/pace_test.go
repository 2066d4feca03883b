package push

import (
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	t.Parallel()
	var p pace
	now := vectorNow
	took := 0
	for range 3 * mostAtOnce {
		if p.allows(1, now) {
			took++
		}
	}
	if took != mostAtOnce {
		t.Errorf("%d calls at once", took)
	}
	if !p.allows(2, now) {
		t.Error("another door is closed too")
	}
	now = now.Add(pauseOften)
	if !p.allows(1, now) || p.allows(1, now) {
		t.Error("a pause lets one call in, and one only")
	}
	now = now.Add(time.Hour)
	for range mostAtOnce {
		if !p.allows(1, now) {
			t.Fatal("an hour later it is still closed")
		}
	}
	if now = now.Add(-time.Hour); !p.allows(1, now) {
		t.Error("it is closed for as long as the clock was set back")
	}
}
