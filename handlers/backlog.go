package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// A reminded person is somebody whom reminders of several brands concern.
type reminded struct {
	person    social.Person
	reminders []social.Reminder
	loud      bool // one of them may ring now
}

// tellReminders tells people of all comments that have waited too long: of a few each by
// itself, of many with one card for each person. The telling of the oldest event tells
// of all, so that of a younger one leaves it to that, and whoever has told looks
// whether more have come.
func (h *Handlers) tellReminders(ctx context.Context, a social.Affair) error {
	for {
		all, more, err := h.Store.Reminders(ctx, a.AgencyID)
		switch {
		case err != nil:
			return err
		case len(all) == 0 || all[0].ID < a.ID:
			return nil
		case more && h.Clock.Since(all[0].At) < gathering:
			return ErrTooSoon
		}
		later, err := h.remindAll(ctx, a.AgencyID, all)
		if err != nil {
			return err
		}
		if later {
			return ErrTooSoon
		}
	}
}

// remindAll tells everybody concerned whose time it is, and ends what everybody was told
// of. later: somebody is told of some when he has been left alone for a while.
func (h *Handlers) remindAll(ctx context.Context, agency int64, all []social.Reminder) (later bool, err error) {
	people, err := h.remindedBy(ctx, all)
	if err != nil {
		return false, err
	}
	var failed error
	held := map[int64]bool{}
	for _, p := range people {
		ids, err := h.remind(ctx, agency, p)
		failed = errors.Join(failed, err)
		for _, id := range ids {
			held[id] = true
		}
	}
	if failed != nil {
		return false, failed
	}
	var done []int64
	for _, r := range all {
		if !held[r.ID] {
			done = append(done, r.ID)
		}
	}
	return len(held) > 0, h.Store.EndEvents(ctx, done)
}

// remindedBy finds out whom reminders concern. The people of a brand are read once.
func (h *Handlers) remindedBy(ctx context.Context, all []social.Reminder) ([]reminded, error) {
	var people []reminded
	brands := map[int64]social.Affair{}
	for _, r := range all {
		a, known := brands[r.BrandID]
		if !known {
			var err error
			if a, err = h.Store.Affair(ctx, r.ID); err != nil {
				return nil, err
			}
			brands[r.BrandID] = a
		}
		a.Event, a.Comment.Holder = r.Event, social.Person{ID: r.Holder}
		for _, p := range a.Listeners() {
			i := slices.IndexFunc(people, func(o reminded) bool { return o.person.ID == p.ID })
			if i < 0 {
				i, people = len(people), append(people, reminded{person: p})
			}
			people[i].reminders = append(people[i].reminders, r)
			people[i].loud = people[i].loud || a.Brand.Rules.LoudBad && r.Negative || !quiet(a.Brand, p, h.Clock.Now())
		}
	}
	return people, nil
}

// remind tells one person of his reminders, and returns those that he is to be told of
// later.
func (h *Handlers) remind(ctx context.Context, agency int64, p reminded) (held []int64, err error) {
	var ids []int64
	for _, r := range p.reminders {
		ids = append(ids, r.ID)
	}
	fresh, heard, err := h.Store.Untold(ctx, agency, p.person.ID, ids, h.Clock.Now().Add(-social.ReminderSpan))
	if err != nil {
		return nil, err
	}
	switch social.TellingOf(len(fresh), heard) {
	case social.TellLater:
		return fresh, nil
	case social.TellTogether:
		return nil, h.tellBacklog(ctx, p, fresh)
	}
	for _, id := range fresh {
		a, err := h.Store.Affair(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := h.tell(ctx, a, p.person); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// tellBacklog tells one person with one card of all that waits too long for him.
func (h *Handlers) tellBacklog(ctx context.Context, p reminded, ids []int64) error {
	waits, err := h.Store.Backlog(ctx, p.person.ID)
	if err != nil {
		return err
	}
	busy, err := h.Store.ClaimNotices(ctx, ids, p.person.ID)
	switch {
	case err != nil:
		return err
	case busy:
		return fmt.Errorf("person %d is being told of %d events just now", p.person.ID, len(ids))
	}
	state := "sent"
	if waits.Count > 0 {
		m := backlogCard(h.say(p.person), waits)
		m.Silent = !p.loud
		_, state, err = h.deliverTo(ctx, p.person, m)
	}
	h.At("notice_sent_not_recorded")
	return errors.Join(err, h.Store.EndNotices(context.WithoutCancel(ctx), ids, p.person.ID, state))
}

// backlogCard says how much waits too long for the reader, and leads to it.
func backlogCard(say locales.Printer, b social.Backlog) bot.Message {
	html := say.Say("backlog.head", "n", b.Count) + "\n" + say.Say("backlog.oldest", "at", b.Oldest)
	label := say.Label("button.backlog", "n", b.Count)
	if b.Negative > 0 {
		html += "\n" + say.Say("backlog.bad", "n", b.Negative)
		label = say.Label("button.backlog_bad", "n", b.Count, "bad", b.Negative)
	}
	show := bot.Button{Text: label, Data: bot.Data("inbox", 0, 0, inboxLate), Style: "primary"}
	return bot.Message{HTML: html, Keyboard: [][]bot.Button{{show}}}
}
