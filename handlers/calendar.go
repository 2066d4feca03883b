package handlers

import (
	"context"
	"slices"
	"strings"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// calendar shows the week of the reader's brand, or asks of which brand.
func (h *Handlers) calendar(ctx context.Context, r *bot.Request, me Reader) error {
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	brands, err := h.Store.Brands(ctx, me.Person.ID)
	if err != nil {
		return err
	}
	switch len(brands) {
	case 0:
		return h.greet(ctx, r, me)
	case 1:
		return h.showWeek(ctx, r, me, brands[0].ID, 0)
	}
	_, err = h.put(ctx, r, brandsOfCalendar(me.Say, brands))
	return err
}

func brandsOfCalendar(say locales.Printer, brands []social.Brand) bot.Message {
	var doors []bot.Button
	for _, b := range brands {
		doors = append(doors, bot.Button{Text: brief(b.Name), Data: bot.Data("week", b.ID, 0)})
	}
	return bot.Message{HTML: say.Say("week.which_brand"), Keyboard: append(fitted(say, doors), back(say, bot.Data("home", 0, 0)))}
}

// week shows the week of a brand in which the day of the button lies.
func (h *Handlers) week(ctx context.Context, r *bot.Request, me Reader) error {
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	if err := h.leaveCard(ctx, r, me, idArg(r.Arg(1))); err != nil {
		return err
	}
	day, _ := dayOfArg(r.Arg(0)) // none: today
	return h.showWeek(ctx, r, me, r.ID(), day)
}

func (h *Handlers) showWeek(ctx context.Context, r *bot.Request, me Reader, brand int64, day int) error {
	w, err := h.readWeek(ctx, me, brand, day)
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, weekCard(h.sayIn(me.Person, w.brand), w))
	return err
}

// A brandWeek is what one reader may see of a brand's week.
type brandWeek struct {
	brand  social.Brand
	place  social.Member
	first  int // number of its first day
	posts  []social.Post
	brands int // how many the reader has
}

// farthest is how many days from today the calendar leads.
const farthest = 2 * 366

func (h *Handlers) readWeek(ctx context.Context, me Reader, brand int64, day int) (brandWeek, error) {
	b, place, err := h.Store.Brand(ctx, me.Person.ID, brand)
	if err != nil {
		return brandWeek{}, err
	}
	brands, err := h.Store.Brands(ctx, me.Person.ID)
	if err != nil {
		return brandWeek{}, err
	}
	say := h.sayIn(me.Person, b)
	today := say.Today().Number()
	if day < today-farthest || day > today+farthest {
		day = today
	}
	w := brandWeek{brand: b, place: place, first: firstOfWeek(day, b.Rules.WeekStart), brands: len(brands)}
	w.posts, err = h.Store.Week(ctx, me.Person.ID, brand, midnight(say, w.first), midnight(say, w.first+7))
	if !place.Role.May(social.Draft) {
		w.posts = slices.DeleteFunc(w.posts, func(p social.Post) bool { return p.Version == 0 })
	}
	return w, err
}

// firstOfWeek is the first day of the week in which a day lies. Day 0 of the
// count, 1 January 1970, was a Thursday.
func firstOfWeek(day int, start time.Weekday) int {
	weekday := (day + int(time.Thursday)) % 7
	return day - (weekday-int(start)+7)%7
}

// weekCard lists the posts of a week, day by day, each with the mark of its
// state, and leads to each of them and to the weeks beside it.
func weekCard(say locales.Printer, w brandWeek) bot.Message {
	lines := []string{weekHead(say, w)}
	var doors []bot.Button
	for day := w.first; day < w.first+7; day++ {
		lines = append(lines, dayLines(say, w, day)...)
	}
	for _, p := range w.posts {
		doors = append(doors, bot.Button{
			Text: stateMark(say, p) + " " + weekdayClock(say, p.Slot),
			Data: bot.Data("opn", p.ID, p.Version, fromWeek, dayArg(w.first)),
		})
	}
	if len(w.posts) == 0 {
		lines = append(lines, "", emptyWeek(say, w))
	}
	return bot.Message{HTML: strings.Join(lines, "\n"), NoPreview: true, Keyboard: append(rows(say, doors, 2), weekKeys(say, w)...)}
}

func weekHead(say locales.Printer, w brandWeek) string {
	return say.Say("week.head", "brand", w.brand.Name,
		"from", say.ShortDay(midnight(say, w.first)), "to", say.Day(midnight(say, w.first+6)), "zone", say.ZoneName())
}

func weekdayClock(say locales.Printer, t time.Time) string {
	return say.Weekday(t.In(say.Zone()).Weekday()) + " " + say.Clock(t)
}

// stateMark is the emoji of a post's state, or of that a network has it no more.
func stateMark(say locales.Printer, p social.Post) string {
	if p.Missing() {
		return say.Label("mark.deleted")
	}
	return say.Label("mark." + string(p.State))
}

// dayLines are a day of the week that has posts or is a holiday.
func dayLines(say locales.Printer, w brandWeek, day int) []string {
	date := locales.DateOfNumber(day, say.Calendar())
	var lines []string
	for _, p := range w.posts {
		if dayOf(say, p.Slot) == day {
			lines = append(lines, say.Say("week.post", "mark", stateMark(say, p), "clock", say.Clock(p.Slot), "what", snippet(say, p, w.place)))
		}
	}
	if name := say.Holiday(date); name != "" {
		lines = append([]string{say.Say("week.holiday", "name", name)}, lines...)
	}
	if len(lines) == 0 {
		return nil
	}
	key := "week.day"
	if day == say.Today().Number() {
		key = "week.today"
	}
	return append([]string{say.Say(key, "day", say.FormatDate(date))}, lines...)
}

// maxSnippet is how much of a text stands in a list, in code points.
const maxSnippet = 40

// snippet names a post in a list by its first words. What the team is changing
// is not shown to clients.
func snippet(say locales.Printer, p social.Post, place social.Member) string {
	if !place.Role.May(social.Draft) && !reviewable(p) {
		return say.Plain("week.being_changed")
	}
	text := strings.Join(strings.Fields(p.Content.Text.Plain), " ")
	if runes := []rune(text); len(runes) > maxSnippet {
		return string(runes[:maxSnippet]) + "…"
	}
	if text == "" && len(p.Content.Media) > 0 {
		return say.Plain("media.kind." + string(p.Content.Media[0].Kind))
	}
	return text
}

// emptyWeek says that nothing is planned, and what can be done.
func emptyWeek(say locales.Printer, w brandWeek) string {
	if w.place.Role.May(social.Draft) {
		return say.Say("week.empty")
	}
	return say.Say("week.empty_client")
}

// weekKeys lead to the weeks beside this one, to its empty slots, and away. For
// readers from right to left the next week lies to the left.
func weekKeys(say locales.Printer, w brandWeek) [][]bot.Button {
	to := func(key string, first int) bot.Button {
		return button(say, key, bot.Data("week", w.brand.ID, 0, dayArg(first)))
	}
	keys := rows(say, []bot.Button{
		to("week_before", w.first-7), button(say, "this_week", bot.Data("week", w.brand.ID, 0)), to("week_after", w.first+7),
	}, 3)
	picture := button(say, "week_picture", bot.Data("week_picture", w.brand.ID, 0, dayArg(w.first)))
	if w.place.Role.May(social.Draft) {
		keys = append(keys, rows(say, []bot.Button{
			button(say, "gaps", bot.Data("gaps", w.brand.ID, 0, dayArg(w.first))),
			button(say, "new_post", bot.Data("new", w.brand.ID, 0)),
		}, 2)...)
	}
	keys = append(keys, []bot.Button{picture})
	if w.brands > 1 {
		return append(keys, []bot.Button{button(say, "calendar_brands", bot.Data("calendars", 0, 0))})
	}
	return append(keys, back(say, bot.Data("brand", w.brand.ID, 0)))
}

// gaps lists the brand's slots of a week that no post holds; each begins a draft
// for that time.
func (h *Handlers) gaps(ctx context.Context, r *bot.Request, me Reader) error {
	day, _ := dayOfArg(r.Arg(0))
	w, err := h.readWeek(ctx, me, r.ID(), day)
	if err != nil {
		return err
	}
	if err := w.place.Can(social.Draft); err != nil {
		return err
	}
	say := h.sayIn(me.Person, w.brand)
	_, err = h.put(ctx, r, gapsCard(say, w, gapsOf(say, w)))
	return err
}

// gapsOf are the free slots of the week that are still to come.
func gapsOf(say locales.Printer, w brandWeek) []time.Time {
	var taken []time.Time
	for _, p := range w.posts {
		taken = append(taken, p.Slot)
	}
	begin := midnight(say, w.first).Add(-time.Second)
	if begin.Before(say.Now()) {
		begin = say.Now()
	}
	free := w.brand.FreeSlots(begin, taken, 7*24)
	return slices.DeleteFunc(free, func(t time.Time) bool { return !t.Before(midnight(say, w.first+7)) })
}

// maxGaps is how many empty slots are shown at once.
const maxGaps = 20

func gapsCard(say locales.Printer, w brandWeek, free []time.Time) bot.Message {
	key := "week.gaps"
	switch {
	case len(w.brand.Slots) == 0:
		key = "week.no_slots"
	case len(free) == 0:
		key = "week.no_gaps"
	}
	var doors []bot.Button
	for _, t := range free[:min(len(free), maxGaps)] {
		doors = append(doors, bot.Button{Text: weekdayClock(say, t), Data: bot.Data("new", w.brand.ID, 0, momentArg(t))})
	}
	return bot.Message{
		HTML:     weekHead(say, w) + "\n\n" + say.Say(key, "n", len(free)),
		Keyboard: append(rows(say, doors, 2), back(say, bot.Data("week", w.brand.ID, 0, dayArg(w.first)))),
	}
}
