package handlers

import (
	"context"
	"errors"
	"time"

	"peyk/bot"
	"peyk/social"
)

type goals interface {
	Goals(ctx context.Context, reader, brand int64, n int) (social.Digest, []social.Goal, error)
	Goal(ctx context.Context, reader, id int64) (social.Goal, social.Digest, error)
	SetGoal(ctx context.Context, by, brand int64, m social.Metric, target float64, due time.Time) (social.Goal, error)
	UpdateGoal(ctx context.Context, by, id int64, rule social.GoalRule) (social.Goal, error)
}

// pastGoals is how many goals that are over are listed.
const pastGoals = 10

// goalsOf lists a brand's goals (S0.3).
func (h *Handlers) goalsOf(ctx context.Context, r *bot.Request, me Reader) error {
	d, past, err := h.Store.Goals(ctx, me.Person.ID, r.ID(), pastGoals)
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, goalsCard(h.sayIn(me.Person, d.Brand), d, past))
	return err
}

// goal shows one goal, and what can be done about it.
func (h *Handlers) goal(ctx context.Context, r *bot.Request, me Reader) error {
	g, d, err := h.Store.Goal(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, goalCard(h.sayIn(me.Person, g.Brand), g, d))
	return err
}

// endGoal asks whether a goal shall really be given up, and gives it up.
func (h *Handlers) askEndGoal(ctx context.Context, r *bot.Request, me Reader) error {
	g, d, err := h.Store.Goal(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	if err := d.Me.Can(social.Plan); err != nil {
		return err
	}
	say := h.sayIn(me.Person, g.Brand)
	yes := button(say, "goal_end_yes", bot.Data("goal_end_yes", g.ID, 0))
	yes.Style = "danger"
	_, err = h.put(ctx, r, bot.Message{
		HTML: say.Say("goal.end_sure", "brand", g.Brand.Name, "metric", goalName(say, g.Metric)), Keyboard: [][]bot.Button{{yes}, back(say, bot.Data("goal", g.ID, 0))},
	})
	return err
}

func (h *Handlers) endGoal(ctx context.Context, r *bot.Request, me Reader) error {
	_, err := h.Store.UpdateGoal(ctx, me.Person.ID, r.ID(), func(g *social.Goal, by social.Member) (social.Event, error) {
		return g.End(by, h.Clock.Now())
	})
	var why social.Rule
	if errors.As(err, &why) && why == social.ErrGoalOver {
		err = r.Alert(ctx, me.Say.Plain("rule."+string(why)))
	}
	if err != nil {
		return err
	}
	return h.goal(ctx, r, me)
}
