package main

import (
	"strconv"
	"testing"
	"time"

	"peyk/bot"
	"peyk/social"
)

// plans puts plans of the owner's into the states that buttons belong to.
func (m *matrix) plans(t *testing.T) {
	t.Helper()
	ctx, owner := t.Context(), m.people["owner"].ID
	for _, state := range []string{"open", "asked", "draft"} {
		p, err := m.store.BeginPlan(ctx, owner, m.brand.ID, false, "")
		must(t, err)
		m.ids["plan "+state] = p.ID
		if state == "draft" {
			continue
		}
		_, err = m.store.UpdatePlan(ctx, owner, p.ID, func(p *social.ActionPlan, by social.Member) (social.Event, error) {
			return p.Add(by, "kumquat action")
		})
		must(t, err)
		_, err = m.store.AgreePlan(ctx, owner, p.ID)
		must(t, err)
		if state == "asked" {
			m.exec(t, `UPDATE plans SET state = 'asked' WHERE id = $1`, p.ID)
		}
	}
}

// goals sets a goal of the owner's.
func (m *matrix) goals(t *testing.T) {
	t.Helper()
	g, err := m.store.SetGoal(t.Context(), m.people["owner"].ID, m.brand.ID, social.MetricPosts, 5, m.brand.GoalDay(2026, time.December, 20))
	must(t, err)
	m.ids["goal"] = g.ID
}

// goalTaps are the buttons of goals, and goalDeeds those while something is asked about one.
func goalTaps(m *matrix) map[string]string {
	about := func(action string) string { return bot.Data(action, m.ids["goal"], 0) }
	brand := func(action string, arg ...string) string { return bot.Data(action, m.brand.ID, 0, arg...) }
	return map[string]string{
		"goals": brand("goals"), "goal": about("goal"), "goal_new": brand("goal_new"), "goal_of": brand("goal_of", "posts"),
		"goal_number": about("goal_number"), "goal_when": about("goal_when"), "goal_end": about("goal_end"), "goal_end_yes": about("goal_end_yes"),
	}
}

func goalDeeds(m *matrix) map[string]deed {
	brand, id := strconv.FormatInt(m.brand.ID, 10), strconv.FormatInt(m.ids["goal"], 10)
	day := b36(monday.AddDate(0, 0, 40).Unix() / int64(24*time.Hour/time.Second))
	old, fresh := map[string]string{"goal": id}, map[string]string{"brand": brand, "metric": "answers", "target": "0"}
	return map[string]deed{
		"action goal_to":    {data: bot.Data("goal_to", m.brand.ID, 0, "30"), step: "goal_number", dialog: fresh},
		"action goal_days":  {data: bot.Data("goal_days", m.brand.ID, 0), step: "goal_day", dialog: old},
		"action goal_month": {data: bot.Data("goal_month", m.brand.ID, 0), step: "goal_day", dialog: old},
		"action goal_day":   {data: bot.Data("goal_day", m.brand.ID, 0, day), step: "goal_day", dialog: old},
	}
}

// planSteps answer questions about the plan and the goal.
func planSteps(m *matrix) map[string]deed {
	plan := map[string]string{"plan": strconv.FormatInt(m.ids["plan open"], 10)}
	goal := map[string]string{"goal": strconv.FormatInt(m.ids["goal"], 10)}
	return map[string]deed{
		"plan_own": {text: "ask the kumquats", dialog: plan}, "plan_when": {text: "5 December 2026", dialog: plan},
		"goal_number": {text: "7", dialog: goal}, "goal_day": {text: "5 December 2026", dialog: goal},
	}
}

// planTaps are the buttons of plans. A draft is its maker's alone.
func planTaps(m *matrix) map[string]string {
	open := func(action string, arg ...string) string { return bot.Data(action, m.ids["plan open"], 0, arg...) }
	draft := func(action string, arg ...string) string { return bot.Data(action, m.ids["plan draft"], 0, arg...) }
	day := b36(monday.AddDate(0, 0, 20).Unix() / int64(24*time.Hour/time.Second))
	return map[string]string{
		"plans": bot.Data("plans", m.brand.ID, 0), "plan_new": bot.Data("plan_new", m.brand.ID, 0, "w", ""), "plan": open("plan"),
		"plan_pick": draft("plan_pick", "0"), "plan_agree": draft("plan_agree"), "plan_cancel": draft("plan_cancel"),
		"plan_own": open("plan_own"), "plan_who": open("plan_who"), "plan_to": open("plan_to", b36(m.people["anonymous"].ID)),
		"plan_when": open("plan_when"), "plan_month": open("plan_month"), "plan_day": open("plan_day", day),
		"plan_tick": open("plan_tick", "0"), "plan_go": open("plan_go", "0"), "plan_says": bot.Data("plan_says", m.ids["plan asked"], 0, "y"),
		"plan_drop": open("plan_drop"), "plan_drop_yes": open("plan_drop_yes"),
	}
}
