package social

import (
	"slices"
	"time"
)

// When a silent approver is reminded (C6): so long after he was asked, and so long
// before the slot.
func afterAsking() []time.Duration { return []time.Duration{24 * time.Hour, 48 * time.Hour} }
func beforeSlot() []time.Duration  { return []time.Duration{6 * time.Hour, time.Hour} }

const (
	// firstReminder is the least time between asking and reminding.
	firstReminder = 30 * time.Minute
	// betweenReminders is the least time between two; of two that are closer, the
	// later one stays.
	betweenReminders = time.Hour
	// stillUseful is how long before the slot a reminder must come that was put off.
	stillUseful = 15 * time.Minute
	// askManager is how long before the slot the manager is asked, where the brand
	// wants that (SilenceAsk).
	askManager = time.Hour
)

// Unspoken are the people of the waiting stage whose word is still missing.
func (p *Post) Unspoken() []Member {
	if p.State != InReview || p.Stage >= len(p.Brand.Rules.Stages) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(p.Approvers()), func(m Member) bool {
		spoken := slices.ContainsFunc(p.Approvals, func(a Approval) bool { return a.Stage == p.Stage && a.Person == m.Person.ID })
		return spoken || m.Role != p.Brand.Rules.Stages[p.Stage].By
	})
}

// reminders are the moments at which the approvers who wait are reminded, in
// order, outside of the brand's quiet hours.
func (p *Post) reminders() []time.Time {
	if p.State != InReview || p.Asked.IsZero() || p.Brand.Rules.NoReminders {
		return nil
	}
	var all []time.Time
	for _, d := range afterAsking() {
		all = append(all, p.gently(p.Asked.Add(d)))
	}
	for _, d := range beforeSlot() {
		all = append(all, p.gently(p.Slot.Add(-d)))
	}
	slices.SortFunc(all, time.Time.Compare)
	var kept []time.Time
	for i, at := range all {
		crowded := i+1 < len(all) && all[i+1].Before(p.Slot) && all[i+1].Sub(at) < betweenReminders
		if at.Before(p.Slot) && !at.Before(p.Asked.Add(firstReminder)) && !crowded {
			kept = append(kept, at)
		}
	}
	return kept
}

// gently is the moment itself, or when it is quiet the end of the quiet hours;
// where that is too late to be of use, the minute before they begin.
func (p *Post) gently(at time.Time) time.Time {
	if !p.Brand.Quiet(at, p.Brand.Location()) {
		return at
	}
	if end := p.Brand.clockAfter(at, p.Brand.Rules.QuietTo); end.Before(p.Slot.Add(-stillUseful)) {
		return end
	}
	begin := p.Brand.clockAfter(at, p.Brand.Rules.QuietFrom)
	if begin.After(at) {
		begin = begin.AddDate(0, 0, -1)
	}
	return begin.Add(-time.Minute)
}

// managerAsked is when the manager is asked because nobody has answered; the zero
// time is never.
func (p *Post) managerAsked() time.Time {
	at := p.Slot.Add(-askManager)
	if p.State != InReview || p.Brand.Rules.Silence != SilenceAsk || !at.After(p.Asked) {
		return time.Time{}
	}
	return at
}

// NextReminder is the first moment after a given one at which somebody has to be
// reminded; the zero time when there is none.
func (p *Post) NextReminder(after time.Time) time.Time {
	var next time.Time
	for _, at := range append(p.reminders(), p.managerAsked()) {
		if at.After(after) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}

// Remind returns what is to be told of the reminders from p.Reminder on that are
// due by now: one word to the approvers however many there were, and one to those
// who plan.
func (p *Post) Remind(now time.Time) []Event {
	if !now.Before(p.Slot) {
		return nil // its end is told instead
	}
	due := func(at time.Time) bool { return !at.IsZero() && !at.Before(p.Reminder) && !at.After(now) }
	var events []Event
	if slices.ContainsFunc(p.reminders(), due) && len(p.Unspoken()) > 0 {
		events = append(events, p.event(Member{}, PostReminded, Facts{To: p.Slot}))
	}
	if due(p.managerAsked()) {
		events = append(events, p.event(Member{}, PostUnanswered, Facts{To: p.Slot}))
	}
	return events
}

// Quiet tells whether it is a time of day, in the given zone, at which people of
// the brand are not disturbed.
func (b Brand) Quiet(at time.Time, zone *time.Location) bool {
	local := at.In(zone)
	minute := local.Hour()*60 + local.Minute()
	from, to := b.Rules.QuietFrom, b.Rules.QuietTo
	if from <= to {
		return minute >= from && minute < to
	}
	return minute >= from || minute < to
}

// clockAfter is when the brand's clock shows the minute of a day, on the day of a
// moment or, if that has passed by then, on the next.
func (b Brand) clockAfter(at time.Time, minute int) time.Time {
	local := at.In(b.Location())
	on := func(days int) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day()+days, minute/60, minute%60, 0, 0, local.Location())
	}
	if today := on(0); !today.Before(local) {
		return today
	}
	return on(1)
}
