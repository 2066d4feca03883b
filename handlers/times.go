package handlers

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// The dialog steps in which a posting time or the quiet hours are typed.
const (
	timeStep  = "time"
	quietStep = "quiet"
)

// weekdayArg reads the number of a weekday, Sunday being 0.
func weekdayArg(arg string) (time.Weekday, bool) {
	n, err := strconv.Atoi(arg)
	return time.Weekday(n), err == nil && n >= 0 && n <= 6
}

// weekOf lists the days of a week in the brand's order.
func weekOf(b social.Brand) []time.Weekday {
	days := make([]time.Weekday, 7)
	for i := range days {
		days[i] = (b.Rules.WeekStart + time.Weekday(i)) % 7
	}
	return days
}

// quiet hours that are offered, in minutes after midnight; the last is none.
func quietChoices() [][2]int {
	return [][2]int{{22 * 60, 8 * 60}, {23 * 60, 7 * 60}, {21 * 60, 9 * 60}, {0, 8 * 60}, {0, 0}}
}

// quietHours asks when people are not to be disturbed.
func (h *Handlers) quietHours(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, b)
	return h.ask(ctx, r, me, question{
		step: quietStep, data: map[string]string{"brand": itoa(b.ID)}, view: quietCard(say, b),
	})
}

func quietCard(say locales.Printer, b social.Brand) bot.Message {
	var choices []bot.Button
	for _, c := range quietChoices() {
		label := say.Label("button.quiet_none")
		if c[0] != c[1] {
			label = say.Label("button.quiet_from_to", "from", clock(say, c[0]), "to", clock(say, c[1]))
		}
		choice := bot.Button{Text: label, Data: bot.Data("quiet_set", b.ID, 0, strconv.Itoa(c[0]), strconv.Itoa(c[1]))}
		choices = append(choices, ticked(choice, b.Rules.QuietFrom == c[0] && b.Rules.QuietTo == c[1]))
	}
	return bot.Message{
		HTML:     say.Say("brand.quiet", "brand", b.Name),
		Keyboard: append(rows(say, choices, 2), back(say, bot.Data("rules", b.ID, 0, left))),
	}
}

func (h *Handlers) setQuiet(ctx context.Context, r *bot.Request, me Reader) error {
	from, err := strconv.Atoi(r.Arg(0))
	to, err2 := strconv.Atoi(r.Arg(1))
	if err != nil || err2 != nil {
		return social.ErrOutdated
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	return h.setBrand(ctx, r, me, r.ID(), "", social.KeepQuiet(from, to))
}

// takeQuiet hears typed quiet hours, such as 22:30-7.
func (h *Handlers) takeQuiet(ctx context.Context, r *bot.Request, me Reader) error {
	from, to, ok := twoClocks(r.Text().Plain)
	if !ok {
		_, err := r.Reply(ctx, bot.Message{HTML: me.Say.Say("brand.quiet_again")})
		return err
	}
	if err := h.setBrand(ctx, r, me, number(r.Dialog.Data["brand"]), "", social.KeepQuiet(from, to)); err != nil {
		return h.endWith(ctx, r, err)
	}
	return h.endDialog(ctx, r)
}

// clocks finds "18", "18:30" or "18.30".
var clocks = regexp.MustCompile(`\b([0-9]{1,2})(?:[:.]([0-9]{2}))?\b`)

// clocksIn returns the clock times in a typed text, in minutes after midnight.
func clocksIn(typed string) ([]int, bool) {
	var found []int
	for _, m := range clocks.FindAllStringSubmatch(locales.Fold(typed), -1) {
		hour, _ := strconv.Atoi(m[1]) // two digits always are a number
		minute, _ := strconv.Atoi("0" + m[2])
		if hour > 23 || minute > 59 {
			return nil, false
		}
		found = append(found, hour*60+minute)
	}
	return found, len(found) > 0
}

func twoClocks(typed string) (from, to int, ok bool) {
	found, ok := clocksIn(typed)
	if !ok || len(found) != 2 {
		return 0, 0, false
	}
	return found[0], found[1], true
}

// typedSlot reads a weekday and a clock time, such as "Sat 18:00", in either
// language. More than one day or time in it is not understood.
func (h *Handlers) typedSlot(typed string) (social.Slot, bool) {
	found, ok := clocksIn(typed)
	if !ok || len(found) != 1 {
		return social.Slot{}, false
	}
	word := strings.TrimSpace(clocks.ReplaceAllString(locales.Fold(typed), " "))
	word = strings.TrimSpace(strings.Trim(strings.ReplaceAll(word, " ", ""), "،,.:"))
	for _, lang := range []string{"fa", "en"} {
		say := h.say(social.Person{Lang: lang})
		for d := time.Sunday; d <= time.Saturday; d++ {
			if sameDay(word, locales.Fold(say.Weekday(d)), lang) {
				return social.Slot{Day: d, Minute: found[0]}, true
			}
		}
	}
	return social.Slot{}, false
}

// sameDay tells whether a folded word names the day: whole, or in English by its
// first three letters or more.
func sameDay(word, day, lang string) bool {
	day = strings.ReplaceAll(day, " ", "")
	word = strings.TrimSuffix(strings.ToLower(word), "ساعت")
	day = strings.ToLower(day)
	return word == day || (lang == "en" && len(word) >= 3 && strings.HasPrefix(day, word))
}

// times shows the brand's posting times of the week. A press on one takes it away.
func (h *Handlers) times(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, timesCard(h.sayIn(me.Person, b), b))
	return err
}

func timesCard(say locales.Printer, b social.Brand) bot.Message {
	lines := []string{say.Say("times.head", "brand", b.Name)}
	var drops []bot.Button
	for _, d := range weekOf(b) {
		var at []string
		for _, s := range b.Slots {
			if s.Day != d {
				continue
			}
			at = append(at, clock(say, s.Minute))
			label := say.Label("button.time_drop", "day", say.Weekday(d), "at", clock(say, s.Minute))
			drops = append(drops, bot.Button{Text: label, Data: bot.Data("time_drop", b.ID, 0, itoa(int64(d)), strconv.Itoa(s.Minute))})
		}
		if len(at) > 0 {
			lines = append(lines, say.Say("times.day", "day", say.Weekday(d), "at", strings.Join(at, say.Plain("list.comma"))))
		}
	}
	if len(drops) == 0 {
		lines = append(lines, say.Say("times.none"))
	} else {
		lines = append(lines, "", say.Say("times.how"))
	}
	keys := [][]bot.Button{{button(say, "time_add", bot.Data("time_add", b.ID, 0))}}
	keys = append(keys, rows(say, drops, 2)...)
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: append(keys, back(say, bot.Data("rules", b.ID, 0)))}
}

// askTime asks for the weekday of a new posting time; day and clock may also be
// typed.
func (h *Handlers) askTime(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, b)
	var days []bot.Button
	for _, d := range weekOf(b) {
		days = append(days, bot.Button{Text: say.Weekday(d), Data: bot.Data("time_day", b.ID, 0, itoa(int64(d)))})
	}
	return h.ask(ctx, r, me, question{
		step: timeStep, data: map[string]string{"brand": itoa(b.ID)},
		view: bot.Message{
			HTML:     say.Say("times.ask", "brand", b.Name),
			Keyboard: append(rows(say, days, 2), back(say, bot.Data("times", b.ID, 0, left))),
		},
	})
}

// pickHour asks for the hour of the chosen weekday.
func (h *Handlers) pickHour(ctx context.Context, r *bot.Request, me Reader) error {
	day, ok := weekdayArg(r.Arg(0))
	if !ok {
		return social.ErrOutdated
	}
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, b)
	var hours []bot.Button
	for hour := range 24 {
		hours = append(hours, bot.Button{
			Text: clock(say, hour*60), Data: bot.Data("time_hour", b.ID, 0, r.Arg(0), strconv.Itoa(hour)),
		})
	}
	_, err = h.put(ctx, r, bot.Message{
		HTML:     say.Say("times.hour", "day", say.Weekday(day)),
		Keyboard: append(rows(say, hours, 4), back(say, bot.Data("time_add", b.ID, 0))),
	})
	return err
}

// pickMinute asks for the minute of the chosen hour.
func (h *Handlers) pickMinute(ctx context.Context, r *bot.Request, me Reader) error {
	day, ok := weekdayArg(r.Arg(0))
	hour, err := strconv.Atoi(r.Arg(1))
	if !ok || err != nil || hour < 0 || hour > 23 {
		return social.ErrOutdated
	}
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, b)
	var minutes []bot.Button
	for minute := hour * 60; minute < hour*60+60; minute += 15 {
		minutes = append(minutes, bot.Button{
			Text: clock(say, minute), Data: bot.Data("time_put", b.ID, 0, r.Arg(0), strconv.Itoa(minute)),
		})
	}
	_, err = h.put(ctx, r, bot.Message{
		HTML:     say.Say("times.minute", "day", say.Weekday(day)),
		Keyboard: append(rows(say, minutes, 4), back(say, bot.Data("time_day", b.ID, 0, r.Arg(0)))),
	})
	return err
}

// slotArgs reads a posting time from a button.
func slotArgs(r *bot.Request) (social.Slot, error) {
	day, ok := weekdayArg(r.Arg(0))
	minute, err := strconv.Atoi(r.Arg(1))
	s := social.Slot{Day: day, Minute: minute}
	if !ok || err != nil || !s.Valid() {
		return s, social.ErrOutdated
	}
	return s, nil
}

// putTime adds the picked posting time.
func (h *Handlers) putTime(ctx context.Context, r *bot.Request, me Reader) error {
	s, err := slotArgs(r)
	if err != nil {
		return err
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	return h.changeTimes(ctx, r, me, r.ID(), social.AddSlot(s))
}

// takeTime hears a typed posting time.
func (h *Handlers) takeTime(ctx context.Context, r *bot.Request, me Reader) error {
	s, ok := h.typedSlot(r.Text().Plain)
	if !ok {
		return social.ErrBadSlot
	}
	if err := h.changeTimes(ctx, r, me, number(r.Dialog.Data["brand"]), social.AddSlot(s)); err != nil {
		return h.endWith(ctx, r, err)
	}
	return h.endDialog(ctx, r)
}

// dropTime takes a posting time away.
func (h *Handlers) dropTime(ctx context.Context, r *bot.Request, me Reader) error {
	s, err := slotArgs(r)
	if err != nil {
		return err
	}
	return h.changeTimes(ctx, r, me, r.ID(), social.DropSlot(s))
}

func (h *Handlers) changeTimes(ctx context.Context, r *bot.Request, me Reader, brand int64, set social.Setting) error {
	b, err := h.Store.UpdateBrand(ctx, me.Person.ID, brand, set)
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, timesCard(h.sayIn(me.Person, b), b))
	return err
}

// clock writes minutes after midnight in the reader's digits.
func clock(say locales.Printer, minute int) string {
	return say.Clock(time.Date(2000, time.January, 3, minute/60, minute%60, 0, 0, say.Zone()))
}
