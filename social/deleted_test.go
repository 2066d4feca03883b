package social

import (
	"testing"
	"time"
)

// What a network does not show is deleted when a second look, some time later, does not
// find it either. Only what was live can be.
func TestMiss(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		state DeliveryState
		since time.Duration // that it was missed first; 0: never
		want  DeliveryState
	}{
		{"the first time", Live, 0, Live},
		{"again at once", Live, time.Second, Live},
		{"just too early", Live, MissPause - time.Second, Live},
		{"at a second look", Live, MissPause, Deleted},
		{"long after", Live, 30 * time.Hour, Deleted},
		{"deleted before", Deleted, time.Hour, Deleted},
		{"not out yet", Waiting, time.Hour, Waiting},
		{"refused", Rejected, time.Hour, Rejected},
		{"nobody knows", Unknown, time.Hour, Unknown},
	} {
		d := Delivery{State: c.state, At: now.Add(-48 * time.Hour)}
		if c.since > 0 {
			d.Missed = now.Add(-c.since)
		}
		was := d
		gone := d.Miss(now)
		if d.State != c.want || gone != (c.want == Deleted && c.state == Live) {
			t.Errorf("%s: %s, %v", c.name, d.State, gone)
		}
		if gone && (d.Code != CodePostGone || !d.At.Equal(now)) {
			t.Errorf("%s: %+v does not say what was noticed when", c.name, d)
		}
		if first := c.state == Live && c.since == 0; first != (d.Missed != was.Missed) {
			t.Errorf("%s: missed since %s", c.name, d.Missed)
		}
	}
}

// A post that was deleted somewhere has gone out there: it has ended, and is not sent
// again with what was refused elsewhere.
func TestDeletedHasGoneOut(t *testing.T) {
	p := Post{State: Publishing, Deliveries: []Delivery{{Account: 1, State: Deleted}, {Account: 2, State: Live}}}
	if _, ended := p.Settle(); !ended || p.State != Published || !p.Missing() {
		t.Errorf("%v, %s", ended, p.State)
	}
	if !p.liveOn(1) || (&Post{Deliveries: []Delivery{{Account: 1, State: Live}}}).Missing() {
		t.Error("it would be sent again, or nothing is missing")
	}
}
