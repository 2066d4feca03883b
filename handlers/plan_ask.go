package handlers

import (
	"context"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// The dialog steps in which a plan's own action and its date are typed.
const (
	planOwnStep  = "plan_own"
	planWhenStep = "plan_when"
)

// planChips are the days after today that are offered as a plan's date.
func planChips() []int { return []int{7, 14, 30} }

// askPlan is the plan about which a question is asked, with its words.
func (h *Handlers) askedPlan(ctx context.Context, me Reader, id int64) (social.ActionPlan, locales.Printer, error) {
	p, _, err := h.Store.ActionPlan(ctx, me.Person.ID, id)
	return p, h.sayIn(me.Person, p.Brand), err
}

// askAction asks for an action of one's own.
func (h *Handlers) askAction(ctx context.Context, r *bot.Request, me Reader) error {
	p, say, err := h.askedPlan(ctx, me, r.ID())
	if err != nil {
		return err
	}
	return h.ask(ctx, r, me, question{
		step: planOwnStep, data: map[string]string{"plan": itoa(p.ID)},
		view: bot.Message{HTML: say.Say("plan.ask_own", "brand", p.Brand.Name), Keyboard: [][]bot.Button{{button(say, "cancel", bot.Data("plan", p.ID, 0, left))}}},
	})
}

// takeAction hears an action of one's own.
func (h *Handlers) takeAction(ctx context.Context, r *bot.Request, me Reader) error {
	return h.answerPlan(ctx, r, me, func(p *social.ActionPlan, by social.Member) (social.Event, error) {
		return p.Add(by, locales.CleanIncoming(r.Text().Plain))
	})
}

// answerPlan runs a rule on the plan that was asked about, and shows it below. What was
// not understood leaves the question open.
func (h *Handlers) answerPlan(ctx context.Context, r *bot.Request, me Reader, rule social.PlanRule) error {
	id := number(r.Dialog.Data["plan"])
	_, err := h.Store.UpdatePlan(ctx, me.Person.ID, id, rule)
	switch err {
	case nil:
	case social.ErrEmpty, social.ErrActionBig, social.ErrPlanDate: //nolint:errorlint // rules are constants that the store hands on as they are
		return err
	default:
		return h.endWith(ctx, r, err)
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	if err := h.showPlan(ctx, r, me, id); err != nil {
		return err
	}
	h.removeQuestion(ctx, r)
	return nil
}

// askOwnerOf asks who shall own the plan.
func (h *Handlers) askOwnerOf(ctx context.Context, r *bot.Request, me Reader) error {
	p, say, err := h.askedPlan(ctx, me, r.ID())
	if err != nil {
		return err
	}
	members, err := h.Store.Members(ctx, me.Person.ID, p.Brand.ID)
	if err != nil {
		return err
	}
	var doors []bot.Button
	for _, m := range members {
		if m.Role.May(social.Plan) && m.Person.Reachable {
			door := bot.Button{Text: brief(m.Person.Name), Data: bot.Data("plan_to", p.ID, 0, idOf(m.Person.ID))}
			doors = append(doors, ticked(door, m.Person.ID == p.Owner.ID))
		}
	}
	_, err = h.put(ctx, r, bot.Message{
		HTML: say.Say("plan.ask_who", "brand", p.Brand.Name), Keyboard: append(fitted(say, doors), back(say, bot.Data("plan", p.ID, 0))),
	})
	return err
}

// givePlan makes somebody the plan's owner.
func (h *Handlers) givePlan(ctx context.Context, r *bot.Request, me Reader) error {
	_, err := h.Store.GivePlan(ctx, me.Person.ID, r.ID(), idArg(r.Arg(0)))
	return h.afterPlan(ctx, r, me, err)
}

// askPlanDay asks on which day people shall be asked whether the plan has helped.
func (h *Handlers) askPlanDay(ctx context.Context, r *bot.Request, me Reader) error {
	p, say, err := h.askedPlan(ctx, me, r.ID())
	if err != nil {
		return err
	}
	return h.ask(ctx, r, me, question{
		step: planWhenStep, data: map[string]string{"plan": itoa(p.ID)},
		view: bot.Message{
			HTML:     say.Say("plan.ask_when", "day", planDay(say, p.Brand, p.Due)),
			Keyboard: dayKeys(say, planDays(say, p), planChips()),
		},
	})
}

// planDays are the days from which that of a plan is picked.
func planDays(say locales.Printer, p social.ActionPlan) dayPicker {
	return dayPicker{
		brand: p.Brand,
		day:   func(n int) string { return bot.Data("plan_day", p.ID, 0, dayArg(n)) },
		month: func(n int) string { return bot.Data("plan_month", p.ID, 0, dayArg(n)) },
		again: bot.Data("plan_when", p.ID, 0),
		home:  bot.Data("plan", p.ID, 0, left),
		ask:   "plan.month",
		first: say.Today().Number() + 1,
	}
}

// planMonth shows a month to pick the day from.
func (h *Handlers) planMonth(ctx context.Context, r *bot.Request, me Reader) error {
	p, say, err := h.askedPlan(ctx, me, r.ID())
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, monthCard(say, planDays(say, p), monthArg(say, r.Arg(0))))
	return err
}

// setPlanDay takes a pressed day.
func (h *Handlers) setPlanDay(ctx context.Context, r *bot.Request, me Reader) error {
	day, ok := dayOfArg(r.Arg(0))
	if !ok {
		return social.ErrOutdated
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	return h.changePlan(ctx, r, me, until(day, h.Clock.Now()))
}

// until sets a plan's day, which is counted from 1 January 1970.
func until(day int, now time.Time) social.PlanRule {
	d := locales.DateOfNumber(day, social.Gregorian)
	return func(p *social.ActionPlan, by social.Member) (social.Event, error) {
		return p.Until(by, d.Year, time.Month(d.Month), d.Day, now)
	}
}

// takePlanDay hears a typed day.
func (h *Handlers) takePlanDay(ctx context.Context, r *bot.Request, me Reader) error {
	p, say, err := h.askedPlan(ctx, me, number(r.Dialog.Data["plan"]))
	if err != nil {
		return h.endWith(ctx, r, err)
	}
	w, err := locales.ParseWhen(r.Text().Plain, h.Clock.Now(), p.Brand.Location(), say.Calendar())
	if err != nil {
		return err
	}
	return h.answerPlan(ctx, r, me, until(w.Day.Number(), h.Clock.Now()))
}
