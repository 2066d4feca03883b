package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// The dialog step in which working hours are typed.
const workStep = "work"

// promises are the promised times that are offered, in minutes; 0: none.
func promises() []int { return []int{30, 60, 120, 240, 0} }

// answers shows how a brand answers its followers: its promise, its working hours,
// whose answers wait for a manager's word, and the kept replies.
func (h *Handlers) answers(ctx context.Context, r *bot.Request, me Reader) error {
	b, place, err := h.Store.Brand(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	if err := place.Can(social.Answer); err != nil {
		return err
	}
	return h.showAnswers(ctx, r, me, b, place)
}

func (h *Handlers) showAnswers(ctx context.Context, r *bot.Request, me Reader, b social.Brand, place social.Member) error {
	members, err := h.Store.Members(ctx, me.Person.ID, b.ID)
	if err != nil {
		return err
	}
	members = slices.DeleteFunc(members, func(m social.Member) bool { return m.Role != social.Responder })
	_, err = h.put(ctx, r, answersCard(h.sayIn(me.Person, b), b, place, members))
	return err
}

func answersCard(say locales.Printer, b social.Brand, place social.Member, responders []social.Member) bot.Message {
	lines := []string{say.Say("answers.head", "brand", b.Name), promiseLine(say, b), workLine(say, b)}
	ask, first := "answers.alone", "1"
	if b.Rules.AskFirst {
		ask, first = "answers.ask_first", "0"
	}
	quiet, loud := "answers.quiet", "1"
	if b.Rules.LoudBad {
		quiet, loud = "answers.loud", "0"
	}
	lines = append(lines, say.Say(ask), say.Say(quiet))
	keys := [][]bot.Button{{button(say, "saved_replies", bot.Data("saved", b.ID, 0))}}
	if place.Role.May(social.Setup) {
		var doors []bot.Button
		for _, g := range promises() {
			door := bot.Button{Text: promiseLabel(say, g), Data: bot.Data("promise", b.ID, 0, strconv.Itoa(g))}
			doors = append(doors, ticked(door, b.Rules.AnswerPromise == time.Duration(g)*time.Minute))
		}
		keys = append(keys, rows(say, doors, 3)...)
		keys = append(keys, rows(say, []bot.Button{
			button(say, "work", bot.Data("work", b.ID, 0)), button(say, "ask_first_"+first, bot.Data("ask_first", b.ID, 0, first)),
			button(say, "loud_"+loud, bot.Data("loud", b.ID, 0, loud)), button(say, "guide", bot.Data("guide", b.ID, 0)),
			button(say, "irules", bot.Data("irules", b.ID, 0)),
		}, 2)...)
		keys = append(keys, aloneButtons(say, b, responders)...)
	}
	if len(responders) == 0 {
		lines = append(lines, say.Say("answers.nobody"))
	}
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: append(keys, back(say, bot.Data("brand", b.ID, 0)))}
}

// aloneButtons say for each responder whether his answers go out at once: a press
// changes that.
func aloneButtons(say locales.Printer, b social.Brand, responders []social.Member) [][]bot.Button {
	var doors []bot.Button
	for _, m := range responders {
		key, want := "button.alone_no", "1"
		if m.AnswersAlone(b) {
			key, want = "button.alone_yes", "0"
		}
		doors = append(doors, bot.Button{
			Text: say.Label(key, "name", brief(m.Person.Name)), Data: bot.Data("alone", b.ID, 0, idOf(m.Person.ID), want),
		})
	}
	return fitted(say, doors)
}

func promiseLine(say locales.Printer, b social.Brand) string {
	if b.Rules.AnswerPromise == 0 {
		return say.Say("answers.no_promise")
	}
	return say.Say("answers.promise", "within", b.Rules.AnswerPromise)
}

func promiseLabel(say locales.Printer, minutes int) string {
	if minutes == 0 {
		return say.Label("button.promise_none")
	}
	return say.Label("button.promise", "within", time.Duration(minutes)*time.Minute)
}

// hours are the brand's working hours as a follower reads them.
func hours(say locales.Printer, b social.Brand) string {
	text := say.Label("hours.all")
	if b.Rules.WorkFrom < b.Rules.WorkTo {
		text = say.Label("hours.clock", "from", clock(say, b.Rules.WorkFrom), "to", clock(say, b.Rules.WorkTo))
	}
	var off []string
	for _, d := range weekOf(b) {
		if slices.Contains(b.Rules.DaysOff, d) {
			off = append(off, say.Weekday(d))
		}
	}
	if len(off) == 0 {
		return text
	}
	return say.Label("hours.off", "hours", text, "days", strings.Join(off, say.Plain("list.comma")))
}

func workLine(say locales.Printer, b social.Brand) string {
	line := say.Say("answers.work_all")
	if b.Rules.WorkFrom < b.Rules.WorkTo {
		line = say.Say("answers.work", "from", clock(say, b.Rules.WorkFrom), "to", clock(say, b.Rules.WorkTo))
	}
	var off []string
	for _, d := range weekOf(b) {
		if slices.Contains(b.Rules.DaysOff, d) {
			off = append(off, say.Weekday(d))
		}
	}
	if len(off) > 0 {
		line += "\n" + say.Say("answers.off", "days", strings.Join(off, say.Plain("list.comma")))
	}
	return line
}

// setAnswers changes how the brand answers its followers.
func (h *Handlers) setAnswers(ctx context.Context, me Reader, brand int64, set social.Setting) (social.Brand, social.Member, error) {
	var place social.Member
	b, err := h.Store.UpdateBrand(ctx, me.Person.ID, brand, func(b *social.Brand, by social.Member) error {
		place = by
		return set(b, by)
	})
	return b, place, err
}

// setPromise promises an answer within a time.
func (h *Handlers) setPromise(ctx context.Context, r *bot.Request, me Reader) error {
	minutes, err := strconv.Atoi(r.Arg(0))
	if err != nil {
		return social.ErrOutdated
	}
	b, place, err := h.setAnswers(ctx, me, r.ID(), social.PromiseAnswer(time.Duration(minutes)*time.Minute))
	if err != nil {
		return err
	}
	return h.showAnswers(ctx, r, me, b, place)
}

// setAskFirst says whether responders' answers wait for a manager's word.
func (h *Handlers) setAskFirst(ctx context.Context, r *bot.Request, me Reader) error {
	b, place, err := h.setAnswers(ctx, me, r.ID(), social.AskFirst(r.Arg(0) == "1"))
	if err != nil {
		return err
	}
	return h.showAnswers(ctx, r, me, b, place)
}

// setLoud says whether complaints ring in quiet hours too.
func (h *Handlers) setLoud(ctx context.Context, r *bot.Request, me Reader) error {
	b, place, err := h.setAnswers(ctx, me, r.ID(), social.RingComplaints(r.Arg(0) == "1"))
	if err != nil {
		return err
	}
	return h.showAnswers(ctx, r, me, b, place)
}

// setAlone says of one responder whether his answers go out at once, whatever the brand says.
func (h *Handlers) setAlone(ctx context.Context, r *bot.Request, me Reader) error {
	if err := h.Store.SetAlone(ctx, me.Person.ID, r.ID(), idArg(r.Arg(0)), r.Arg(1) == "1"); err != nil {
		return err
	}
	return h.answers(ctx, r, me)
}

// askWork asks for the working hours, and shows the days off as toggles.
func (h *Handlers) askWork(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	return h.ask(ctx, r, me, question{
		step: workStep, data: map[string]string{"brand": itoa(b.ID)}, view: workCard(h.sayIn(me.Person, b), b),
	})
}

func workCard(say locales.Printer, b social.Brand) bot.Message {
	var choices, days []bot.Button
	for _, c := range [][2]int{{9 * 60, 18 * 60}, {10 * 60, 22 * 60}, {0, 0}} {
		label := say.Label("button.work_all")
		if c[0] != c[1] {
			label = say.Label("button.quiet_from_to", "from", clock(say, c[0]), "to", clock(say, c[1]))
		}
		choice := bot.Button{Text: label, Data: bot.Data("work_set", b.ID, 0, strconv.Itoa(c[0]), strconv.Itoa(c[1]))}
		choices = append(choices, ticked(choice, b.Rules.WorkFrom == c[0] && b.Rules.WorkTo == c[1]))
	}
	for _, d := range weekOf(b) {
		off, want := slices.Contains(b.Rules.DaysOff, d), "1"
		if off {
			want = "0"
		}
		day := bot.Button{Text: say.Weekday(d), Data: bot.Data("day_off", b.ID, 0, strconv.Itoa(int(d)), want)}
		days = append(days, ticked(day, !off))
	}
	keys := append(rows(say, choices, 2), rows(say, days, 3)...)
	return bot.Message{
		HTML:     say.Say("answers.ask_work", "brand", b.Name),
		Keyboard: append(keys, back(say, bot.Data("answers", b.ID, 0, left))),
	}
}

// setWork takes pressed working hours.
func (h *Handlers) setWork(ctx context.Context, r *bot.Request, me Reader) error {
	from, err := strconv.Atoi(r.Arg(0))
	to, err2 := strconv.Atoi(r.Arg(1))
	if err != nil || err2 != nil {
		return social.ErrOutdated
	}
	return h.saveWork(ctx, r, me, r.ID(), social.Work(from, to))
}

// takeWork hears typed working hours, such as 9-18.
func (h *Handlers) takeWork(ctx context.Context, r *bot.Request, me Reader) error {
	from, to, ok := twoClocks(r.Text().Plain)
	if !ok || from >= to {
		_, err := r.Reply(ctx, bot.Message{HTML: me.Say.Say("answers.work_again")})
		return err
	}
	return h.saveWork(ctx, r, me, number(r.Dialog.Data["brand"]), social.Work(from, to))
}

func (h *Handlers) saveWork(ctx context.Context, r *bot.Request, me Reader, brand int64, set social.Setting) error {
	b, place, err := h.setAnswers(ctx, me, brand, set)
	if err != nil {
		return h.endWith(ctx, r, err)
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	return h.showAnswers(ctx, r, me, b, place)
}

// setDayOff takes a day out of the working week, or in; the question stays open.
func (h *Handlers) setDayOff(ctx context.Context, r *bot.Request, me Reader) error {
	day, ok := weekdayArg(r.Arg(0))
	if !ok {
		return social.ErrOutdated
	}
	b, _, err := h.setAnswers(ctx, me, r.ID(), social.DayOff(day, r.Arg(1) == "1"))
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, workCard(h.sayIn(me.Person, b), b))
	return err
}
