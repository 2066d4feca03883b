package social

import (
	"testing"
	"time"
)

func TestFreeSlots(t *testing.T) {
	tehran := Brand{Zone: "Asia/Tehran", Slots: []Slot{{time.Thursday, 18*60 + 30}, {time.Saturday, 9 * 60}, {time.Thursday, 9 * 60}}}
	first := time.Date(2026, 11, 26, 15, 0, 0, 0, time.UTC) // Thursday 18:30 in Tehran
	free := tehran.FreeSlots(noon, nil, 3)
	want := []time.Time{first, time.Date(2026, 11, 28, 5, 30, 0, 0, time.UTC), time.Date(2026, 12, 3, 5, 30, 0, 0, time.UTC)}
	for i := range want {
		if len(free) != 3 || !free[i].Equal(want[i]) {
			t.Fatalf("got %v, want %v", free, want)
		}
	}
	if free := tehran.FreeSlots(noon, []time.Time{first}, 1); !free[0].Equal(want[1]) {
		t.Errorf("a taken slot was offered: %v", free)
	}
	if free := (Brand{Zone: "Asia/Tehran"}).FreeSlots(noon, nil, 3); free != nil {
		t.Errorf("a brand without slots: %v", free)
	}
}

// 02:30 does not exist in Berlin on 29 March 2026: nothing silently becomes
// another moment.
func TestFreeSlotsSkipTheGap(t *testing.T) {
	berlin := Brand{Zone: "Europe/Berlin", Slots: []Slot{{time.Sunday, 150}}}
	free := berlin.FreeSlots(time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC), nil, 1)
	if want := time.Date(2026, 4, 5, 0, 30, 0, 0, time.UTC); !free[0].Equal(want) {
		t.Errorf("got %v, want %v", free[0], want)
	}
}
