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

// setBrand changes a brand by one setting and shows what it is now. With the
// mark "making" the way leads back to the card of the new brand.
func (h *Handlers) setBrand(ctx context.Context, r *bot.Request, me Reader, id int64, mark string, set social.Setting) error {
	var place social.Member
	b, err := h.Store.UpdateBrand(ctx, me.Person.ID, id, func(b *social.Brand, by social.Member) error {
		place = by
		return set(b, by)
	})
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, b)
	view := rulesCard(say, b, place)
	if mark == making {
		view = madeCard(say, b)
	}
	_, err = h.put(ctx, r, view)
	return err
}

// setupDoor leads to the rules of a brand, or to the card of a new one.
func setupDoor(brand int64, mark, question string) string {
	if mark == making {
		return bot.Data("made", brand, 0, making, question)
	}
	return bot.Data("rules", brand, 0, question)
}

// made shows a new brand once more.
func (h *Handlers) made(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, madeCard(h.sayIn(me.Person, b), b))
	return err
}

// rules shows how a brand works, and what the reader may change of it.
func (h *Handlers) rules(ctx context.Context, r *bot.Request, me Reader) error {
	b, place, err := h.Store.Brand(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	if place.Role != social.Approver {
		if err := place.Can(social.Setup); err != nil {
			return err
		}
	}
	_, err = h.put(ctx, r, rulesCard(h.sayIn(me.Person, b), b, place))
	return err
}

func rulesCard(say locales.Printer, b social.Brand, place social.Member) bot.Message {
	doors := []bot.Button{button(say, "silence", bot.Data("silence", b.ID, 0))}
	if place.Role.May(social.Setup) {
		doors = nil
		for _, door := range []string{"stages", "silence", "quiet", "times", "zone", "calendar", "week_start", "digest_time", "rename"} {
			doors = append(doors, button(say, door, bot.Data(door, b.ID, 0)))
		}
	}
	return bot.Message{
		HTML:     strings.Join(rulesLines(say, b), "\n"),
		Keyboard: append(rows(say, doors, 2), back(say, bot.Data("brand", b.ID, 0))),
	}
}

func rulesLines(say locales.Printer, b social.Brand) []string {
	own := "rules.own_no"
	if b.Rules.OwnApproval {
		own = "rules.own_yes"
	}
	return []string{
		say.Say("rules.head", "brand", b.Name),
		say.Say("rules.stages", "stages", locales.HTML(say.Say(stagesKey(b.Rules.Stages)))),
		say.Say(needKey(b.Rules.Stages)), say.Say(own),
		say.Say("rules.silence", "silence", locales.HTML(say.Say("silence."+string(b.Rules.Silence)))),
		say.Say(remindKey(b)), quietLine(say, b),
		say.Say("rules.times", "n", len(b.Slots)),
		say.Say("brand.zone_line", "zone", say.City(b.Zone), "calendar", locales.HTML(say.Say("calendar."+string(b.Calendar)))),
		say.Say("rules.week_start", "day", say.Weekday(b.Rules.WeekStart)), digestTimeLine(say, b),
	}
}

func remindKey(b social.Brand) string {
	if b.Rules.NoReminders {
		return "rules.remind_no"
	}
	return "rules.remind_yes"
}

func quietLine(say locales.Printer, b social.Brand) string {
	if b.Rules.QuietFrom == b.Rules.QuietTo {
		return say.Say("rules.quiet_none")
	}
	return say.Say("rules.quiet", "from", clock(say, b.Rules.QuietFrom), "to", clock(say, b.Rules.QuietTo))
}

// presets are the ways of approval that are offered, by name.
func presets() map[string][]social.Role {
	return map[string][]social.Role{
		"none": {}, "client": {social.Approver}, "manager": {social.Manager},
		"manager_client": {social.Manager, social.Approver}, "three": {social.Manager, social.Owner, social.Approver},
	}
}

// stagesKey names the way of approval; one that is no preset is "other".
func stagesKey(stages []social.Stage) string {
	roles := make([]social.Role, len(stages))
	for i, s := range stages {
		roles[i] = s.By
	}
	for name, preset := range presets() {
		if slices.Equal(preset, roles) {
			return "stages." + name
		}
	}
	return "stages.other"
}

func needKey(stages []social.Stage) string {
	switch {
	case len(stages) == 0:
		return "rules.need_none"
	case slices.ContainsFunc(stages, func(s social.Stage) bool { return s.Need == social.All }):
		return "rules.need_all"
	}
	return "rules.need_any"
}

// stages asks whose approval posts of the brand need.
func (h *Handlers) stages(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, stagesCard(h.sayIn(me.Person, b), b))
	return err
}

func stagesCard(say locales.Printer, b social.Brand) bot.Message {
	var keys [][]bot.Button
	now := stagesKey(b.Rules.Stages)
	for _, name := range []string{"none", "client", "manager", "manager_client", "three"} {
		choice := button(say, "stages_"+name, bot.Data("stages_set", b.ID, 0, name))
		keys = append(keys, []bot.Button{ticked(choice, now == "stages."+name)})
	}
	all := needKey(b.Rules.Stages) == "rules.need_all"
	keys = append(keys, rows(say, []bot.Button{
		ticked(button(say, "need_any", bot.Data("need_set", b.ID, 0, string(social.Any))), !all && len(b.Rules.Stages) > 0),
		ticked(button(say, "need_all", bot.Data("need_set", b.ID, 0, string(social.All))), all),
	}, 2)...)
	keys = append(keys, rows(say, []bot.Button{
		ticked(button(say, "own_no", bot.Data("own_set", b.ID, 0, "0")), !b.Rules.OwnApproval),
		ticked(button(say, "own_yes", bot.Data("own_set", b.ID, 0, "1")), b.Rules.OwnApproval),
	}, 2)...)
	return bot.Message{
		HTML:     say.Say("stages.card", "brand", b.Name),
		Keyboard: append(keys, back(say, bot.Data("rules", b.ID, 0))),
	}
}

// ticked marks the choice that holds now.
func ticked(b bot.Button, yes bool) bot.Button {
	if yes {
		b.Text = "✅ " + b.Text
	}
	return b
}

func (h *Handlers) setStages(ctx context.Context, r *bot.Request, me Reader) error {
	roles, ok := presets()[r.Arg(0)]
	if !ok {
		return social.ErrOutdated
	}
	return h.setBrand(ctx, r, me, r.ID(), "", social.AskStages(roles...))
}

func (h *Handlers) setNeed(ctx context.Context, r *bot.Request, me Reader) error {
	return h.setBrand(ctx, r, me, r.ID(), "", social.AskNeed(social.Need(r.Arg(0))))
}

func (h *Handlers) setOwn(ctx context.Context, r *bot.Request, me Reader) error {
	return h.setBrand(ctx, r, me, r.ID(), "", social.AllowOwn(r.Arg(0) == "1"))
}

// silence asks what happens when nobody answers in time.
func (h *Handlers) silence(ctx context.Context, r *bot.Request, me Reader) error {
	b, place, err := h.Store.Brand(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	if place.Role != social.Approver {
		if err := place.Can(social.Setup); err != nil {
			return err
		}
	}
	_, err = h.put(ctx, r, silenceCard(h.sayIn(me.Person, b), b))
	return err
}

// silenceCard shows all three policies to everybody: who may not choose one is
// told why when he presses it.
func silenceCard(say locales.Printer, b social.Brand) bot.Message {
	var keys [][]bot.Button
	for _, s := range []social.Silence{social.SilenceHold, social.SilenceAsk, social.SilencePublish} {
		choice := button(say, "silence_"+string(s), bot.Data("silence_set", b.ID, 0, string(s)))
		keys = append(keys, []bot.Button{ticked(choice, b.Rules.Silence == s)})
	}
	keys = append(keys, rows(say, []bot.Button{
		ticked(button(say, "remind_yes", bot.Data("remind_set", b.ID, 0, "1")), !b.Rules.NoReminders),
		ticked(button(say, "remind_no", bot.Data("remind_set", b.ID, 0, "0")), b.Rules.NoReminders),
	}, 2)...)
	return bot.Message{
		HTML:     say.Say("silence.card", "brand", b.Name),
		Keyboard: append(keys, back(say, bot.Data("rules", b.ID, 0))),
	}
}

func (h *Handlers) setSilence(ctx context.Context, r *bot.Request, me Reader) error {
	return h.setBrand(ctx, r, me, r.ID(), "", social.TakeSilence(social.Silence(r.Arg(0))))
}

// setReminders says whether approvers are reminded.
func (h *Handlers) setReminders(ctx context.Context, r *bot.Request, me Reader) error {
	return h.setBrand(ctx, r, me, r.ID(), "", social.RemindApprovers(r.Arg(0) == "1"))
}

// calendarOf asks for the brand's calendar.
func (h *Handlers) calendarOf(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, b)
	var choices []bot.Button
	for _, c := range []social.Calendar{social.Jalali, social.Gregorian} {
		choices = append(choices, ticked(button(say, string(c), bot.Data("calendar_set", b.ID, 0, string(c))), b.Calendar == c))
	}
	_, err = h.put(ctx, r, bot.Message{
		HTML:     say.Say("brand.calendar", "brand", b.Name),
		Keyboard: append(rows(say, choices, 2), back(say, bot.Data("rules", b.ID, 0))),
	})
	return err
}

func (h *Handlers) setCalendar(ctx context.Context, r *bot.Request, me Reader) error {
	return h.setBrand(ctx, r, me, r.ID(), r.Arg(1), social.UseCalendar(social.Calendar(r.Arg(0))))
}

// weekStart asks with which day the brand's week begins.
func (h *Handlers) weekStart(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, b)
	var choices []bot.Button
	for _, d := range []time.Weekday{time.Saturday, time.Sunday, time.Monday} {
		day := bot.Button{Text: say.Weekday(d), Data: bot.Data("week_set", b.ID, 0, itoa(int64(d)))}
		choices = append(choices, ticked(day, b.Rules.WeekStart == d))
	}
	_, err = h.put(ctx, r, bot.Message{
		HTML:     say.Say("brand.week_start", "brand", b.Name),
		Keyboard: append(rows(say, choices, 3), back(say, bot.Data("rules", b.ID, 0))),
	})
	return err
}

func (h *Handlers) setWeekStart(ctx context.Context, r *bot.Request, me Reader) error {
	day, ok := weekdayArg(r.Arg(0))
	if !ok {
		return social.ErrOutdated
	}
	return h.setBrand(ctx, r, me, r.ID(), "", social.StartWeek(day))
}
