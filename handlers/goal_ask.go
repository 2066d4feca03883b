package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// The dialog steps in which a goal's number and its day are typed. What is known of it
// meanwhile is kept with the question: the brand and the metric, or the goal that changes.
const (
	goalNumberStep = "goal_number"
	goalDayStep    = "goal_day"
)

// goalChips are the days after today that are offered as a goal's day, and goalMinutes the
// times of an answer.
func goalChips() []int   { return []int{30, 90, 180, 365} }
func goalMinutes() []int { return []int{15, 30, 60, 120, 240, 480} }

// newGoal asks of what the brand shall have a goal: of what is known.
func (h *Handlers) newGoal(ctx context.Context, r *bot.Request, me Reader) error {
	d, err := h.aimable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, d.Brand)
	var doors []bot.Button
	for _, m := range d.Aims() {
		if !slices.ContainsFunc(d.Goals, func(g social.Goal) bool { return g.Metric == m }) {
			doors = append(doors, bot.Button{Text: goalName(say, m), Data: bot.Data("goal_of", d.Brand.ID, 0, string(m))})
		}
	}
	_, err = h.put(ctx, r, bot.Message{
		HTML: say.Say("goal.ask_metric", "brand", d.Brand.Name), Keyboard: append(rows(say, doors, 2), back(say, bot.Data("goals", d.Brand.ID, 0))),
	})
	return err
}

// aimable is the brand's last weeks with its goals, for those who may set them.
func (h *Handlers) aimable(ctx context.Context, me Reader, brand int64) (social.Digest, error) {
	d, _, err := h.Store.Goals(ctx, me.Person.ID, brand, 0)
	if err != nil {
		return d, err
	}
	return d, d.Me.Can(social.Plan)
}

// askGoalNumber asks for the number of a new goal.
func (h *Handlers) askGoalNumber(ctx context.Context, r *bot.Request, me Reader) error {
	d, err := h.aimable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	m := social.Metric(r.Arg(0))
	if !slices.Contains(d.Aims(), m) {
		return social.ErrOutdated
	}
	return h.askNumber(ctx, r, me, halfGoal{brand: d.Brand, metric: m, week: d})
}

// askOtherNumber asks for another number of a goal.
func (h *Handlers) askOtherNumber(ctx context.Context, r *bot.Request, me Reader) error {
	g, err := h.halfGoal(ctx, me, map[string]string{"goal": itoa(r.ID())})
	if err != nil {
		return err
	}
	return h.askNumber(ctx, r, me, g)
}

// A halfGoal is what is known of a goal that is being made, or changed.
type halfGoal struct {
	brand  social.Brand
	metric social.Metric
	week   social.Digest
	target float64 // 0: not yet
	goal   int64   // 0: a new one
}

// halfGoal reads it from what a question keeps, for those who may set goals.
func (h *Handlers) halfGoal(ctx context.Context, me Reader, data map[string]string) (half halfGoal, err error) {
	if half.goal = number(data["goal"]); half.goal != 0 {
		g, d, err := h.Store.Goal(ctx, me.Person.ID, half.goal)
		if err != nil {
			return half, err
		}
		half.brand, half.metric, half.week = g.Brand, g.Metric, d
		if g.State != social.GoalOpen {
			return half, social.ErrGoalOver
		}
		return half, d.Me.Can(social.Plan)
	}
	if half.week, err = h.aimable(ctx, me, number(data["brand"])); err != nil {
		return half, err
	}
	half.brand, half.metric = half.week.Brand, social.Metric(data["metric"])
	half.target, err = strconv.ParseFloat("0"+data["target"], 64)
	return half, err
}

func (g halfGoal) data() map[string]string {
	if g.goal != 0 {
		return map[string]string{"goal": itoa(g.goal)}
	}
	return map[string]string{
		"brand": itoa(g.brand.ID), "metric": string(g.metric), "target": strconv.FormatFloat(g.target, 'f', -1, 64),
	}
}

// home is where the way out of the questions leads.
func (g halfGoal) home() string {
	if g.goal != 0 {
		return bot.Data("goal", g.goal, 0, left)
	}
	return bot.Data("goals", g.brand.ID, 0, left)
}

// askNumber asks for the number; times of an answer are offered.
func (h *Handlers) askNumber(ctx context.Context, r *bot.Request, me Reader, g halfGoal) error {
	say := h.sayIn(me.Person, g.brand)
	now := say.Say("goal.now_unknown")
	if v, known := g.week.Stand(g.metric); known {
		now = say.Say("goal.now", "now", goalValue(say, g.metric, v))
	}
	key := "goal.ask_number"
	var doors []bot.Button
	if g.metric == social.MetricAnswers {
		key = "goal.ask_minutes"
		for _, minutes := range goalMinutes() {
			label := say.Label("button.promise", "within", time.Duration(minutes)*time.Minute)
			doors = append(doors, bot.Button{Text: label, Data: bot.Data("goal_to", g.brand.ID, 0, strconv.Itoa(minutes))})
		}
	}
	return h.ask(ctx, r, me, question{step: goalNumberStep, data: g.data(), view: bot.Message{
		HTML:     say.Say(key, "brand", g.brand.Name, "metric", goalName(say, g.metric)) + "\n" + now,
		Keyboard: append(rows(say, doors, 3), []bot.Button{button(say, "cancel", g.home())}),
	}})
}

// takeGoalNumber hears the typed number.
func (h *Handlers) takeGoalNumber(ctx context.Context, r *bot.Request, me Reader) error {
	g, err := h.halfGoal(ctx, me, r.Dialog.Data)
	if err != nil {
		return h.endWith(ctx, r, err)
	}
	read := locales.ReadNumber
	if g.metric == social.MetricAnswers {
		read = locales.ReadMinutes
	}
	v, err := read(r.Text().Plain)
	if err != nil {
		return err // the question stays open
	}
	return h.haveTarget(ctx, r, me, g, v)
}

// pressGoalNumber takes a pressed number, while one is asked for.
func (h *Handlers) pressGoalNumber(ctx context.Context, r *bot.Request, me Reader) error {
	g, err := h.askedGoal(ctx, r, me, goalNumberStep)
	if err != nil {
		return err
	}
	minutes, err := strconv.Atoi(r.Arg(0))
	if err != nil || g.metric != social.MetricAnswers {
		return social.ErrOutdated
	}
	return h.haveTarget(ctx, r, me, g, float64(minutes))
}

// askedGoal is the goal of the brand in the button about which a question is open.
func (h *Handlers) askedGoal(ctx context.Context, r *bot.Request, me Reader, step string) (halfGoal, error) {
	d, err := h.Store.Dialog(ctx, r.Chat.ID)
	if errors.Is(err, social.ErrNotFound) || err == nil && d.Step != step {
		_, err = h.aimable(ctx, me, r.ID()) // who may not learns nothing of the question either
		return halfGoal{}, errors.Join(err, social.ErrOutdated)
	}
	if err != nil {
		return halfGoal{}, err
	}
	g, err := h.halfGoal(ctx, me, d.Data)
	if err == nil && g.brand.ID != r.ID() {
		err = social.ErrOutdated
	}
	return g, err
}

// haveTarget changes the goal, or asks for the day of a new one.
func (h *Handlers) haveTarget(ctx context.Context, r *bot.Request, me Reader, g halfGoal, v float64) error {
	if err := g.metric.Fits(v); err != nil {
		return err
	}
	if g.goal == 0 {
		g.target = v
		return h.askGoalDay(ctx, r, me, g)
	}
	_, err := h.Store.UpdateGoal(ctx, me.Person.ID, g.goal, func(goal *social.Goal, by social.Member) (social.Event, error) {
		return goal.Aim(by, v)
	})
	return h.afterGoal(ctx, r, me, g.goal, err)
}

// afterGoal shows the goal after a question about it. What it may not be leaves the
// question open.
func (h *Handlers) afterGoal(ctx context.Context, r *bot.Request, me Reader, id int64, err error) error {
	if errors.Is(err, social.ErrGoalThere) || errors.Is(err, social.ErrGoalDate) {
		return err
	}
	if err != nil {
		return h.endWith(ctx, r, err)
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	g, d, err := h.Store.Goal(ctx, me.Person.ID, id)
	if err != nil {
		return err
	}
	if _, err = h.put(ctx, r, goalCard(h.sayIn(me.Person, g.Brand), g, d)); err != nil {
		return err
	}
	if r.Callback == nil {
		h.removeQuestion(ctx, r)
	}
	return nil
}

// askOtherDay asks for another day of a goal.
func (h *Handlers) askOtherDay(ctx context.Context, r *bot.Request, me Reader) error {
	g, err := h.halfGoal(ctx, me, map[string]string{"goal": itoa(r.ID())})
	if err != nil {
		return err
	}
	return h.askGoalDay(ctx, r, me, g)
}

// askGoalDay asks by which day the number shall be reached.
func (h *Handlers) askGoalDay(ctx context.Context, r *bot.Request, me Reader, g halfGoal) error {
	say := h.sayIn(me.Person, g.brand)
	return h.ask(ctx, r, me, question{step: goalDayStep, data: g.data(), view: bot.Message{
		HTML: say.Say("goal.ask_day", "brand", g.brand.Name, "metric", goalName(say, g.metric)), Keyboard: dayKeys(say, goalDays(say, g), goalChips()),
	}})
}

// goalDays are the days from which that of a goal is picked.
func goalDays(say locales.Printer, g halfGoal) dayPicker {
	return dayPicker{
		brand: g.brand, again: bot.Data("goal_days", g.brand.ID, 0), home: g.home(), ask: "goal.month", first: say.Today().Number() + 1,
		day:   func(n int) string { return bot.Data("goal_day", g.brand.ID, 0, dayArg(n)) },
		month: func(n int) string { return bot.Data("goal_month", g.brand.ID, 0, dayArg(n)) },
	}
}

// goalMonth shows a month to pick the day from, and goalChoices the question again.
func (h *Handlers) goalMonth(ctx context.Context, r *bot.Request, me Reader) error {
	g, err := h.askedGoal(ctx, r, me, goalDayStep)
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, g.brand)
	_, err = h.put(ctx, r, monthCard(say, goalDays(say, g), monthArg(say, r.Arg(0))))
	return err
}

func (h *Handlers) goalChoices(ctx context.Context, r *bot.Request, me Reader) error {
	g, err := h.askedGoal(ctx, r, me, goalDayStep)
	if err != nil {
		return err
	}
	return h.askGoalDay(ctx, r, me, g)
}

// pressGoalDay takes a pressed day.
func (h *Handlers) pressGoalDay(ctx context.Context, r *bot.Request, me Reader) error {
	g, err := h.askedGoal(ctx, r, me, goalDayStep)
	if err != nil {
		return err
	}
	day, ok := dayOfArg(r.Arg(0))
	if !ok {
		return social.ErrOutdated
	}
	return h.haveGoalDay(ctx, r, me, g, day)
}

// takeGoalDay hears a typed day.
func (h *Handlers) takeGoalDay(ctx context.Context, r *bot.Request, me Reader) error {
	g, err := h.halfGoal(ctx, me, r.Dialog.Data)
	if err != nil {
		return h.endWith(ctx, r, err)
	}
	w, err := locales.ParseWhen(r.Text().Plain, h.Clock.Now(), g.brand.Location(), h.sayIn(me.Person, g.brand).Calendar())
	if err != nil {
		return err
	}
	return h.haveGoalDay(ctx, r, me, g, w.Day.Number())
}

// haveGoalDay sets a goal that is known now, or changes the day of one.
func (h *Handlers) haveGoalDay(ctx context.Context, r *bot.Request, me Reader, g halfGoal, day int) error {
	date := locales.DateOfNumber(day, social.Gregorian)
	due := g.brand.GoalDay(date.Year, time.Month(date.Month), date.Day)
	if g.goal == 0 {
		set, err := h.Store.SetGoal(ctx, me.Person.ID, g.brand.ID, g.metric, g.target, due)
		return h.afterGoal(ctx, r, me, set.ID, err)
	}
	_, err := h.Store.UpdateGoal(ctx, me.Person.ID, g.goal, func(goal *social.Goal, by social.Member) (social.Event, error) {
		return goal.Until(by, due, h.Clock.Now())
	})
	return h.afterGoal(ctx, r, me, g.goal, err)
}
