package handlers

import (
	"math"
	"strings"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// goalName is how people call what a goal is of.
func goalName(say locales.Printer, m social.Metric) string {
	return say.Plain("goal.metric." + string(m))
}

// goalValue writes a number of a goal's metric.
func goalValue(say locales.Printer, m social.Metric, v float64) locales.HTML {
	switch m {
	case social.MetricAnswers:
		return locales.HTML(say.Left(max(time.Duration(math.Round(v))*time.Minute, time.Minute)))
	case social.MetricFollowers, social.MetricReach:
		v = math.Round(v)
	}
	return locales.HTML(say.Say("goal.value."+string(m), "v", v))
}

// goalDay is a goal's last day, which is one of the brand's, in the reader's calendar.
func goalDay(say locales.Printer, g social.Goal) string {
	return planDay(say, g.Brand, g.Due.Add(-time.Hour))
}

// goalBrief is a goal's last day where there is little room: without the weekday, and with
// the year only where it is another than now's.
func goalBrief(say locales.Printer, g social.Goal) string {
	last, zone := g.Due.Add(-time.Hour), g.Brand.Location()
	day := locales.DateOf(last.In(zone), say.Calendar())
	if day.Year == locales.DateOf(say.Now().In(zone), say.Calendar()).Year {
		return say.Number(int64(day.Day)) + " " + say.Month(day.Month)
	}
	return say.Number(int64(day.Day)) + " " + say.MonthOf(last)
}

// goalStand names where a goal stands by a week, and has the figures to say so.
func goalStand(say locales.Printer, g social.Goal, d social.Digest, day string) (stand string, args []any) {
	p := g.Progress(d)
	args = []any{
		"metric", goalName(say, g.Metric), "target", goalValue(say, g.Metric, g.Target), "day", day,
		"now", goalValue(say, g.Metric, p.Now), "should", goalValue(say, g.Metric, p.Should),
	}
	switch {
	case g.State != social.GoalOpen:
		return string(g.State), args
	case !p.Known:
		return "unknown", args
	case !p.Course:
		return "open", args
	case p.Ahead:
		return "ahead", args
	}
	return "behind", args
}

// goalLine tells where a goal stands by a week, and where it should.
func goalLine(say locales.Printer, g social.Goal, d social.Digest) string {
	stand, args := goalStand(say, g, d, goalDay(say, g))
	return say.Say("goal.line."+stand, args...)
}

// goalEntry is such a line where there is little room: in a picture.
func goalEntry(say locales.Printer, g social.Goal, d social.Digest) social.Entry {
	stand, args := goalStand(say, g, d, goalBrief(say, g))
	tones := map[string]social.Tone{
		"reached": social.ToneDone, "missed": social.ToneTrouble, "ahead": social.ToneReady, "behind": social.ToneWaiting,
	}
	tone, ok := tones[stand]
	if !ok {
		tone = social.ToneOpen
	}
	return social.Entry{Tone: tone, Lead: goalName(say, g.Metric), Words: say.Plain("picture.goal."+stand, args...)}
}

// goalLines are the lines of some goals.
func goalLines(say locales.Printer, goals []social.Goal, d social.Digest) []string {
	var lines []string
	for _, g := range goals {
		lines = append(lines, goalLine(say, g, d))
	}
	return lines
}

// goalsCard lists a brand's goals.
func goalsCard(say locales.Printer, d social.Digest, past []social.Goal) bot.Message {
	lines := append([]string{say.Say("goal.list", "brand", d.Brand.Name)}, goalLines(say, d.Goals, d)...)
	if len(d.Goals) == 0 {
		lines = append(lines, say.Say("goal.none"))
	}
	if len(past) > 0 {
		lines = append(append(lines, "", say.Say("goal.past")), goalLines(say, past, d)...)
	}
	var doors []bot.Button
	if d.Me.Role.May(social.Plan) {
		for _, g := range d.Goals {
			doors = append(doors, bot.Button{Text: say.Label("button.goal_open", "name", goalName(say, g.Metric)), Data: bot.Data("goal", g.ID, 0)})
		}
		doors = append(doors, button(say, "goal_new", bot.Data("goal_new", d.Brand.ID, 0)))
	}
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: append(rows(say, doors, 2), back(say, bot.Data("brand", d.Brand.ID, 0)))}
}

// goalCard shows one goal with where it began.
func goalCard(say locales.Printer, g social.Goal, d social.Digest) bot.Message {
	lines := []string{say.Say("goal.head", "brand", g.Brand.Name), goalLine(say, g, d)}
	start := say.Say("goal.no_start")
	if g.Started {
		start = say.Say("goal.start", "start", goalValue(say, g.Metric, g.Start), "at", g.Since.Add(-time.Second))
	}
	lines = append(lines, start)
	var doors []bot.Button
	if g.State == social.GoalOpen && d.Me.Role.May(social.Plan) {
		doors = []bot.Button{
			button(say, "goal_number", bot.Data("goal_number", g.ID, 0)), button(say, "goal_when", bot.Data("goal_when", g.ID, 0)),
			button(say, "goal_end", bot.Data("goal_end", g.ID, 0)),
		}
	}
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: append(rows(say, doors, 2), back(say, bot.Data("goals", g.Brand.ID, 0)))}
}

// goalNotice tells what happened to a goal.
func goalNotice(say locales.Printer, a social.Affair) []bot.Message {
	w := a.Facts.Goal
	if w == nil {
		return nil
	}
	key := "notice." + string(a.Kind)
	if a.Kind == social.GoalPassed && !w.Known {
		key = "notice.goal.missed_unknown"
	}
	g := social.Goal{Brand: a.Brand, Due: w.Due}
	return []bot.Message{{
		HTML: say.Say(key, "who", a.Who, "brand", a.Where(), "metric", goalName(say, w.Metric), "target", goalValue(say, w.Metric, w.Target),
			"now", goalValue(say, w.Metric, w.Now), "day", goalDay(say, g)),
		Keyboard: [][]bot.Button{{button(say, "goals", bot.Data("goals", a.Brand.ID, 0))}},
	}}
}

// goalDigest are the goals that a digest tells of: those that were reached or missed, and,
// where it is recent, those under way.
func goalDigest(say locales.Printer, d social.Digest) []string {
	var lines []string
	for _, g := range d.Goals {
		if g.State != social.GoalOpen || recent(say, d) {
			lines = append(lines, goalLine(say, g, d))
		}
	}
	return lines
}
