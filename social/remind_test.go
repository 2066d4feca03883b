package social

import (
	"slices"
	"testing"
	"time"
)

// asked is a post that waits since Monday at nine, in Tehran, with quiet hours from
// ten to eight.
func asked(slot string, silence Silence) Post {
	zone := Brand{Zone: "Asia/Tehran"}.Location()
	p := Post{State: InReview, Version: 1, Brand: Brand{Zone: "Asia/Tehran", Rules: DefaultRules(Jalali)}}
	p.Brand.Rules.Silence = silence
	p.Eligible = []Member{{Role: Approver, Person: Person{ID: 5}}, {Role: Approver, Person: Person{ID: 6}}}
	p.Asked = time.Date(2026, 11, 23, 9, 0, 0, 0, zone)
	at, err := time.ParseInLocation("01-02 15:04", slot, zone)
	if err != nil {
		panic(err)
	}
	p.Slot = at.AddDate(2026, 0, 0)
	return p
}

// TestReminders lists when approvers are reminded, and when the manager is asked.
func TestReminders(t *testing.T) {
	for name, c := range map[string]struct {
		slot    string
		silence Silence
		off     bool
		want    []string
	}{
		"days ahead":                  {"11-27 18:00", SilenceHold, false, []string{"24 09:00", "25 09:00", "27 12:00", "27 17:00"}},
		"the same day":                {"11-23 18:00", SilenceHold, false, []string{"23 12:00", "23 17:00"}},
		"soon":                        {"11-23 10:00", SilenceHold, false, nil},
		"in an hour and a half":       {"11-23 10:30", SilenceHold, false, []string{"23 09:30"}},
		"early: quiet hours are kept": {"11-24 08:30", SilenceHold, false, []string{"24 08:00"}},
		"in quiet hours":              {"11-24 07:00", SilenceHold, false, []string{"23 21:59"}},
		"late in the evening":         {"11-23 23:30", SilenceHold, false, []string{"23 17:30", "23 21:59"}},
		"24 h close to 1 h":           {"11-24 10:30", SilenceHold, false, []string{"24 08:00", "24 09:30"}},
		"ask the manager":             {"11-23 18:00", SilenceAsk, false, []string{"23 12:00", "23 17:00"}},
		"switched off":                {"11-27 18:00", SilenceHold, true, nil},
		"off, but ask the manager":    {"11-23 18:00", SilenceAsk, true, []string{"23 17:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := asked(c.slot, c.silence)
			p.Brand.Rules.NoReminders = c.off
			var got []string
			for at := p.NextReminder(p.Asked); !at.IsZero(); at = p.NextReminder(at) {
				got = append(got, at.In(p.Brand.Location()).Format("02 15:04"))
			}
			if !slices.Equal(c.want, got) {
				t.Errorf("%v instead of %v", got, c.want)
			}
		})
	}
}

// TestRemindOnce: however many reminders a program that was away has missed, one
// is told; none once the slot has come, or to whoever has spoken.
func TestRemindOnce(t *testing.T) {
	p := asked("11-27 18:00", SilenceAsk)
	p.Reminder = p.NextReminder(p.Asked)
	kinds := func(now time.Time) (all []Kind) {
		for _, e := range p.Remind(now) {
			all = append(all, e.Kind)
		}
		return all
	}
	if got := kinds(p.Slot.Add(-5 * time.Hour)); !slices.Equal(got, []Kind{PostReminded}) {
		t.Error("five hours before:", got)
	}
	if got := kinds(p.Slot.Add(-time.Minute)); !slices.Equal(got, []Kind{PostReminded, PostUnanswered}) {
		t.Error("a minute before:", got)
	}
	if got := kinds(p.Slot); got != nil {
		t.Error("at the slot:", got)
	}
	p.Reminder = p.NextReminder(p.Slot.Add(-5 * time.Hour))
	if got := kinds(p.Slot.Add(-2 * time.Hour)); got != nil {
		t.Error("before the next:", got)
	}
	p.Approvals = []Approval{{Version: 1, Person: 5, Decision: Yes}}
	p.Brand.Rules.Stages[0].Need = All
	if left := p.Unspoken(); len(left) != 1 || left[0].Person.ID != 6 {
		t.Errorf("still asked: %+v", left)
	}
}
