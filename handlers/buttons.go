package handlers

import (
	"slices"
	"strconv"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// postButtons are the buttons of the team's card.
func postButtons(say locales.Printer, p social.Post, me social.Member, found checked) [][]bot.Button {
	var keys [][]bot.Button
	if mayDecide(p, me) {
		keys = append(keys, decideButtons(say, p)...)
	}
	switch p.State {
	case social.Drafting, social.Changing:
		return append(keys, draftButtons(say, p, me, found)...)
	case social.Stopped:
		return append(keys, rows(say, press(say, p, "rst", "cpy", "trl"), 2)...)
	case social.Published, social.Publishing:
		if me.Role.May(social.Plan) {
			keys = append(keys, unsettledButtons(say, p)...)
		}
		return append(keys, rows(say, press(say, p, "cpy", "trl"), 2)...)
	}
	return append(keys, openButtons(say, p, me)...)
}

// openButtons are those of a post that waits, is approved, late, expired or failed.
func openButtons(say locales.Printer, p social.Post, me social.Member) [][]bot.Button {
	var keys [][]bot.Button
	plans := me.Role.May(social.Plan)
	if plans && p.State == social.Late {
		keys = append(keys, rows(say, press(say, p, "now", "slt"), 2)...)
	}
	if plans && p.State == social.Failed {
		return append(keys, failedKeys(say, p, "edt", "pre", "trl", "cpy", "del")...)
	}
	actions := []string{"edt"}
	if plans && p.State != social.Late {
		actions = append(actions, "slt")
	}
	actions = append(actions, "pre", "trl", "cpy")
	if plans {
		actions = append(actions, "del")
	}
	return append(keys, rows(say, press(say, p, actions...), 2)...)
}

// unsettledButtons lead to the deliveries that wait for a person's word, and out of
// those that were refused while others are under way.
func unsettledButtons(say locales.Printer, p social.Post) [][]bot.Button {
	var keys [][]bot.Button
	for _, d := range p.Deliveries {
		a, _ := accountOf(p, d.Account)
		if d.State == social.Unknown || d.State == social.Handed || d.Stalled() {
			label := say.Label("button.dcd", "account", accountName(say, a))
			keys = append(keys, []bot.Button{{Text: label, Data: bot.Data("dcd", d.ID, 0), Style: "primary"}})
		}
		keys = append(keys, refusedMends(say, p, d)...)
	}
	return keys
}

// press makes a button for each action on the post; the version travels along.
func press(say locales.Printer, p social.Post, actions ...string) []bot.Button {
	buttons := make([]bot.Button, len(actions))
	for i, a := range actions {
		buttons[i] = button(say, a, bot.Data(a, p.ID, p.Version))
	}
	return buttons
}

// draftButtons are the accounts as toggles, what can be done to the content, and
// the way on.
func draftButtons(say locales.Printer, p social.Post, me social.Member, found checked) [][]bot.Button {
	keys := append(rows(say, accountToggles(say, p), 2), draftMends(say, p, found.issues)...)
	keys = append(keys, rows(say, press(say, p, contentActions(found.describes, "pre")...), 2)...)
	keys = append(keys, rows(say, press(say, p, "slt", "del"), 2)...)
	if !me.Role.May(social.Plan) {
		offer := button(say, "off", bot.Data("off", p.ID, p.Version))
		offer.Style = "success"
		return append(keys, []bot.Button{offer})
	}
	send := button(say, "snd", bot.Data("snd", p.ID, p.Version))
	send.Text, send.Style = say.Label("button.snd", "brand", p.Brand.Name), "success"
	return append(keys, []bot.Button{send})
}

// contentActions are what can be done to the content, and more.
func contentActions(describes bool, more ...string) []string {
	actions := []string{"txt", "vtx", "med"}
	if describes {
		actions = append(actions, "alt")
	}
	return append(actions, more...)
}

func accountToggles(say locales.Printer, p social.Post) []bot.Button {
	var toggles []bot.Button
	for _, a := range p.Accounts {
		mark := "▫️ "
		if p.Content.Has(a.ID) {
			mark = "✅ "
		}
		toggles = append(toggles, bot.Button{
			Text: mark + accountName(say, a),
			Data: bot.Data("acc", p.ID, p.Version, strconv.FormatInt(a.ID, 36)),
		})
	}
	return toggles
}

// mayDecide tells whether the post waits for this reader's word.
func mayDecide(p social.Post, me social.Member) bool {
	spoken := slices.ContainsFunc(p.Approvals, func(a social.Approval) bool {
		return a.Person == me.Person.ID && a.Stage == p.Stage
	})
	return p.Waiting() && !spoken &&
		slices.ContainsFunc(p.Approvers(), func(m social.Member) bool { return m.Person.ID == me.Person.ID })
}

// decideButtons ask for a decision: the main one alone on its row.
func decideButtons(say locales.Printer, p social.Post) [][]bot.Button {
	yes := button(say, "ok", bot.Data("ok", p.ID, p.Version))
	yes.Style = "success"
	actions := []string{"chg"}
	if p.State == social.InReview {
		actions = append(actions, "hld")
	}
	return append([][]bot.Button{{yes}}, rows(say, press(say, p, actions...), 2)...)
}
