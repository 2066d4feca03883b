package handlers

import (
	"context"
	"strconv"
	"strings"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// pickAhead is how many days ahead the month picker leads.
const pickAhead = 2 * 366

// nothing answers a press on what cannot be chosen: silently.
func (h *Handlers) nothing(context.Context, *bot.Request, Reader) error { return nil }

// blank stands where a picker has nothing to show: Telegram takes no button
// without a text.
const blank = "·"

// dead is a cell of a picker that only shows something.
func dead(text string) bot.Button {
	if strings.TrimSpace(text) == "" {
		text = blank
	}
	return bot.Button{Text: text, Data: bot.Data("nop", 0, 0)}
}

// dayArg and dayOfArg carry a day in a button, numbered from 1 January 1970.
func dayArg(n int) string { return strconv.FormatInt(int64(n), 36) }

func dayOfArg(arg string) (int, bool) {
	n, err := strconv.ParseInt(arg, 36, 32)
	return int(n), err == nil && n > 0
}

// A dayPicker is where the days to pick from lead: those of a post's slot, of a plan's
// or of a goal's date.
type dayPicker struct {
	brand      social.Brand
	day, month func(n int) string // what the buttons of a day, and of its month, carry
	again      string             // the beginning of the question
	home       string             // the way out of it
	ask        string             // the key of the question's words
	first      int                // the first day that may be chosen; 0: any
}

// days are the days from which that of a slot is picked.
func (s slotted) days() dayPicker {
	return dayPicker{
		brand: s.post.Brand, again: s.again(), home: s.home(), ask: "slot.month",
		day:   func(n int) string { return s.data("slot_day", dayArg(n)) },
		month: func(n int) string { return s.data("slot_month", dayArg(n)) },
	}
}

// slotMonth shows a month to pick the day from.
func (h *Handlers) slotMonth(ctx context.Context, r *bot.Request, me Reader) error {
	s, err := h.slotted(ctx, me, r.Arg(0), r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, s.post.Brand)
	_, err = h.put(ctx, r, monthCard(say, s.days(), monthArg(say, r.Arg(1))))
	return err
}

// monthArg is the month of a day in a button, or this one.
func monthArg(say locales.Printer, arg string) locales.Date {
	if n, ok := dayOfArg(arg); ok && n >= say.Today().Number()-31 && n <= say.Today().Number()+pickAhead {
		return locales.DateOfNumber(n, say.Calendar())
	}
	return say.Today()
}

// dayKeys offer some days after today, the month and the way back.
func dayKeys(say locales.Printer, p dayPicker, ahead []int) [][]bot.Button {
	var doors []bot.Button
	for _, n := range ahead {
		doors = append(doors, bot.Button{Text: say.Label("button.in_days", "n", n), Data: p.day(say.Today().Number() + n)})
	}
	keys := append(rows(say, doors, 2), []bot.Button{button(say, "month", p.month(say.Today().Number()))})
	return append(keys, back(say, p.home))
}

// daysOff are the days of a week on which the brand's people usually rest.
func daysOff(b social.Brand) []time.Weekday {
	if b.Calendar == social.Jalali {
		return []time.Weekday{time.Friday}
	}
	return []time.Weekday{time.Saturday, time.Sunday}
}

func monthCard(say locales.Printer, p dayPicker, month locales.Date) bot.Message {
	g := say.MonthGrid(month, p.brand.Rules.WeekStart, daysOff(p.brand)...)
	keys := [][]bot.Button{monthHead(say, p, g), nil}
	for _, name := range g.Heads {
		keys[1] = append(keys[1], dead(name))
	}
	for _, cells := range g.Rows {
		var row []bot.Button
		live := false
		for _, c := range cells {
			if c.Dead || c.Day < p.first || c.Day > say.Today().Number()+pickAhead {
				row = append(row, dead(c.Label))
				continue
			}
			row = append(row, bot.Button{Text: c.Label, Data: p.day(c.Day)})
			live = true
		}
		if live { // a week with nothing to choose only pushes the others down
			keys = append(keys, row)
		}
	}
	today := say.Today().Number()
	near := []bot.Button{{Text: say.Label("button.tomorrow"), Data: p.day(today + 1)}}
	if today >= p.first {
		near = append([]bot.Button{{Text: say.Label("button.today"), Data: p.day(today)}}, near...)
	}
	keys = append(keys, rows(say, near, 2)...)
	return bot.Message{HTML: say.Say(p.ask), Keyboard: append(keys, back(say, p.again))}
}

// again leads back to the beginning of the question for the time.
func (s slotted) again() string {
	if s.delivery != 0 {
		return bot.Data("dsl", s.delivery, 0)
	}
	return bot.Data("slt", s.post.ID, s.post.Version)
}

// monthHead is the row with the month's name between its neighbours. For readers
// from right to left the next month lies to the left; the arrows need nothing
// for it, because a line from right to left shows them mirrored and on the other
// side of the name.
func monthHead(say locales.Printer, p dayPicker, g locales.Grid) []bot.Button {
	today := say.Today()
	prev, next := dead(blank), dead(blank)
	if g.Prev.Year*12+g.Prev.Month >= today.Year*12+today.Month {
		prev.Text, prev.Data = "‹ "+say.Month(g.Prev.Month), p.month(g.Prev.Number())
	}
	if g.Next.Number() <= today.Number()+pickAhead {
		next.Text, next.Data = say.Month(g.Next.Month)+" ›", p.month(g.Next.Number())
	}
	if g.RTL {
		return []bot.Button{next, dead(g.Title), prev}
	}
	return []bot.Button{prev, dead(g.Title), next}
}

// slotDay asks for the hour of a chosen day.
func (h *Handlers) slotDay(ctx context.Context, r *bot.Request, me Reader) error {
	s, err := h.slotted(ctx, me, r.Arg(0), r.ID())
	if err != nil {
		return err
	}
	day, ok := dayOfArg(r.Arg(1))
	if !ok {
		return social.ErrOutdated
	}
	view, err := h.hoursView(ctx, me, s, day)
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, view)
	return err
}

// hoursView offers the hours of a day, the brand's free slots first.
func (h *Handlers) hoursView(ctx context.Context, me Reader, s slotted, day int) (bot.Message, error) {
	taken, err := h.Store.Taken(ctx, me.Person.ID, s.post.Brand.ID)
	if err != nil {
		return bot.Message{}, err
	}
	say := h.sayIn(me.Person, s.post.Brand)
	view := hoursCard(say, s, day, slotsOn(say, s.post.Brand, day, taken))
	if len(view.Keyboard) == 1 {
		return view, social.ErrPastSlot
	}
	return view, nil
}

// midnight is when the reader's day begins.
func midnight(say locales.Printer, day int) time.Time {
	d := locales.DateOfNumber(day, social.Gregorian)
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, say.Zone())
}

// slotsOn are the brand's free slots on one day of the reader's.
func slotsOn(say locales.Printer, b social.Brand, day int, taken []time.Time) []time.Time {
	begin, end := midnight(say, day).Add(-time.Second), midnight(say, day+1)
	if begin.Before(say.Now()) {
		begin = say.Now()
	}
	var on []time.Time
	for _, t := range b.FreeSlots(begin, taken, 24) {
		if t.Before(end) {
			on = append(on, t)
		}
	}
	return on
}

// The hours that are offered; others can be typed.
const (
	firstHour = 8
	lastHour  = 23
)

func hoursCard(say locales.Printer, s slotted, day int, slots []time.Time) bot.Message {
	date := locales.DateOfNumber(day, say.Calendar())
	var stars, hours []bot.Button
	for _, t := range slots {
		stars = append(stars, bot.Button{Text: "⭐ " + say.Clock(t), Data: s.data("slot_at", momentArg(t))})
	}
	for hour := firstHour; hour <= lastHour; hour++ {
		t, err := date.At(hour, 0, say.Zone())
		if err != nil || t.Add(45*time.Minute).Before(say.Now()) {
			continue
		}
		hours = append(hours, bot.Button{Text: say.Clock(t), Data: s.data("slot_hour", momentArg(t))})
	}
	keys := append(rows(say, stars, 3), rows(say, hours, 4)...)
	return bot.Message{
		HTML:     say.Say("slot.hour", "day", say.FormatDate(date)),
		Keyboard: append(keys, back(say, s.data("slot_month", dayArg(day)))),
	}
}

// slotHour asks for the minute of a chosen hour.
func (h *Handlers) slotHour(ctx context.Context, r *bot.Request, me Reader) error {
	s, err := h.slotted(ctx, me, r.Arg(0), r.ID())
	if err != nil {
		return err
	}
	hour := slotArg(r.Arg(1))
	if hour.IsZero() {
		return social.ErrOutdated
	}
	_, err = h.put(ctx, r, minutesCard(h.sayIn(me.Person, s.post.Brand), s, hour))
	return err
}

func minutesCard(say locales.Printer, s slotted, hour time.Time) bot.Message {
	var minutes []bot.Button
	for m := 0; m < 60; m += 15 {
		t := hour.Add(time.Duration(m) * time.Minute)
		minutes = append(minutes, bot.Button{Text: say.Clock(t), Data: s.data("slot_at", momentArg(t))})
	}
	return bot.Message{
		HTML:     say.Say("slot.minute", "day", say.Day(hour)),
		Keyboard: append(rows(say, minutes, 4), back(say, s.data("slot_day", dayArg(dayOf(say, hour))))),
	}
}
