package main

import (
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
