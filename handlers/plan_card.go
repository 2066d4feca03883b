package handlers

import (
	"strconv"
	"strings"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// Where actions are done that Peyk has a place for.
const (
	doorInbox = "inbox"
	doorPost  = "post"
)

// doorOf is where an action is done; empty: not here.
func doorOf(a social.PlanAction) string {
	switch a.Code {
	case social.DropAnswers:
		return doorInbox
	case "", social.DropHoliday:
		return ""
	}
	return doorPost
}

// planDay is the day of a plan, which is one of the brand's, in the reader's calendar.
func planDay(say locales.Printer, b social.Brand, at time.Time) string {
	return say.FormatDate(locales.DateOf(at.In(b.Location()), say.Calendar()))
}

// planAction is an action in words.
func planAction(say locales.Printer, a social.PlanAction) string {
	if a.Code == "" {
		return say.Say("plan.own", "text", a.Text)
	}
	return actionWords(say, a.DropAction)
}

// planCard shows a plan with what can be done about it.
func planCard(say locales.Printer, p social.ActionPlan, r social.Result) bot.Message {
	return bot.Message{HTML: strings.Join(planLines(say, p, r), "\n"), Keyboard: planKeys(say, p), NoPreview: true}
}

func planLines(say locales.Printer, p social.ActionPlan, r social.Result) []string {
	lines := []string{say.Say("plan.head."+string(p.State), "brand", p.Brand.Name), causeLine(say, p)}
	if p.State != social.PlanDraft {
		lines = append(lines, say.Say("plan.until", "owner", p.Owner.Name, "day", planDay(say, p.Brand, p.Due)))
	}
	lines = append(lines, "")
	for i, a := range p.Actions {
		lines = append(lines, say.Say("plan.line", "mark", actionMark(p, a), "number", i+1, "what", locales.HTML(planAction(say, a))))
	}
	switch p.State {
	case social.PlanDraft:
		lines = append(lines, "", say.Say("plan.draft", "owner", p.Owner.Name, "day", planDay(say, p.Brand, p.Due)))
	case social.PlanDropped:
	default:
		lines = append(lines, "")
		lines = append(lines, resultLines(say, p, r)...)
	}
	if p.State == social.PlanAsked {
		lines = append(lines, "", say.Say("plan.ask"))
	}
	return lines
}

// actionMark shows whether an action is wanted, or done.
func actionMark(p social.ActionPlan, a social.PlanAction) string {
	if p.State == social.PlanDraft && !a.Off || p.State != social.PlanDraft && !a.Done.IsZero() {
		return "✅"
	}
	return "▫️"
}

// causeLine tells why the plan was made.
func causeLine(say locales.Printer, p social.ActionPlan) string {
	key := "plan.because_week"
	if p.Cause.Fall {
		key = "plan.because." + string(p.Cause.Metric)
	}
	week, err := p.Brand.WeekOf(p.Cause.Week)
	if err != nil {
		return ""
	}
	return say.Say(key, "from", week.From, "to", week.Last())
}

// resultLines are the figure before and after, as far as they are known.
func resultLines(say locales.Printer, p social.ActionPlan, r social.Result) []string {
	c := p.Cause
	figure := func(v float64, known bool) locales.HTML {
		if !known {
			return locales.HTML(say.Say("plan.unknown"))
		}
		return locales.HTML(say.Say("plan.figure."+string(c.Metric), "n", v))
	}
	lines := []string{say.Say("plan.before."+string(c.Metric), "usual", figure(c.Was, c.Usual), "low", figure(c.Now, c.Known))}
	if !r.Ended {
		return append(lines, say.Say("plan.no_week"))
	}
	return append(lines, say.Say("plan.after", "from", r.Week.From, "to", r.Week.Last(), "now", figure(r.Now, r.Known)))
}

// planKeys are the buttons of a plan.
func planKeys(say locales.Printer, p social.ActionPlan) [][]bot.Button {
	about := func(key string) bot.Button { return button(say, key, bot.Data(key, p.ID, 0)) }
	list := back(say, bot.Data("plans", p.Brand.ID, 0))
	switch p.State {
	case social.PlanDraft:
		yes := about("plan_agree")
		yes.Style = "success"
		keys := append([][]bot.Button{{yes}}, rows(say, numbered(say, p, "plan_pick"), 3)...)
		return append(keys, rows(say, []bot.Button{about("plan_who"), about("plan_when"), about("plan_own"), about("plan_cancel")}, 2)...)
	case social.PlanHelped, social.PlanVain, social.PlanDropped:
		return [][]bot.Button{list}
	}
	var keys [][]bot.Button
	if p.State == social.PlanAsked {
		says := func(key, answer string) bot.Button {
			return button(say, "plan_says_"+key, bot.Data("plan_says", p.ID, 0, answer))
		}
		keys = append(rows(say, []bot.Button{says("yes", saysHelped), says("no", saysVain)}, 2), []bot.Button{says("later", saysLater)})
	}
	keys = append(keys, rows(say, numbered(say, p, "plan_tick"), 3)...)
	keys = append(keys, rows(say, planDoors(say, p), 2)...)
	keys = append(keys, rows(say, []bot.Button{about("plan_who"), about("plan_when"), about("plan_own"), about("plan_drop")}, 2)...)
	return append(keys, list)
}

// numbered is a toggle for each action.
func numbered(say locales.Printer, p social.ActionPlan, action string) []bot.Button {
	var doors []bot.Button
	for i, a := range p.Actions {
		doors = append(doors, bot.Button{
			Text: say.Label("button.plan_number", "mark", actionMark(p, a), "n", i+1), Data: bot.Data(action, p.ID, 0, strconv.Itoa(i)),
		})
	}
	return doors
}

// planDoors lead to where the actions are done that are not done yet.
func planDoors(say locales.Printer, p social.ActionPlan) []bot.Button {
	var doors []bot.Button
	for i, a := range p.Actions {
		if door := doorOf(a); door != "" && a.Done.IsZero() {
			doors = append(doors, bot.Button{Text: say.Label("button.plan_go_"+door, "n", i+1), Data: bot.Data("plan_go", p.ID, 0, strconv.Itoa(i))})
		}
	}
	return doors
}

// plansCard lists the plans of a brand.
func plansCard(say locales.Printer, b social.Brand, running, past []social.ActionPlan) bot.Message {
	lines := []string{say.Say("plan.list", "brand", b.Name)}
	var doors []bot.Button
	line := func(p social.ActionPlan) {
		n := len(doors) + 1
		lines = append(lines, say.Say("plan.entry", "number", n, "what", locales.HTML(planBrief(say, p))))
		doors = append(doors, bot.Button{Text: say.Label("button.plan_open", "n", n), Data: bot.Data("plan", p.ID, 0)})
	}
	for _, p := range running {
		line(p)
	}
	if len(running) == 0 {
		lines = append(lines, say.Say("plan.none"))
	}
	if len(past) > 0 {
		lines = append(lines, "", say.Say("plan.past"))
	}
	for _, p := range past {
		line(p)
	}
	keys := append(rows(say, doors, 4), []bot.Button{button(say, "plan_new", bot.Data("plan_new", b.ID, 0, becauseWeek, "", here))})
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: append(keys, back(say, bot.Data("brand", b.ID, 0))), NoPreview: true}
}

// planBrief is a plan on one line.
func planBrief(say locales.Printer, p social.ActionPlan) string {
	at := p.Due
	if !p.Running() {
		at = p.Ended
	}
	return say.Say("plan.brief."+string(p.State), "owner", p.Owner.Name, "day", planDay(say, p.Brand, at),
		"n", p.DoneActions(), "all", len(p.Chosen()))
}

// planNotice brings a plan to those who keep it, with what has happened to it.
func planNotice(say locales.Printer, a social.Affair) []bot.Message {
	card := planCard(say, a.Plan, a.Result)
	if a.Kind != social.PlanDue {
		card.HTML = say.Say("notice."+string(a.Kind), "who", a.Who, "brand", a.Where(), "day", planDay(say, a.Plan.Brand, a.Plan.Due)) + "\n\n" + card.HTML
	}
	return []bot.Message{card}
}

// planDigest are the plans that a digest tells of: what was answered since the digest
// before, and, where it is recent, what is under way.
func planDigest(say locales.Printer, d social.Digest) []string {
	var lines []string
	for _, p := range d.Plans {
		key := "plan.digest"
		if p.State != social.PlanOpen {
			key = "plan.digest_" + string(p.State)
		}
		if p.Running() && !recent(say, d) {
			continue
		}
		lines = append(lines, say.Say(key, "owner", brief(p.Owner.Name), "day", planDay(say, p.Brand, p.Due), "n", p.DoneActions(), "all", len(p.Chosen())))
	}
	return lines
}
