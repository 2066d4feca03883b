package handlers

import (
	"strings"
	"time"

	"peyk/locales"
	"peyk/social"
)

// monthName names the month of a report; for readers of another calendar than the
// brand's it names its first and last day.
func monthName(say locales.Printer, r social.Report) string {
	if say.Calendar() == r.Brand.Calendar {
		return say.MonthOf(r.Month.From)
	}
	return say.Span(r.Month.From, r.Month.Span().Last())
}

// shortest is how many code points of a post are told where there is least room.
const shortest = 3

// nextShown is how many posts of the month to come are told of.
const nextShown = 3

// reportText tells of a month, with every figure of its pictures, as short as a caption.
// The words of posts and the names of accounts are the first to be shortened.
func reportText(say locales.Printer, r social.Report, pictured bool) string {
	text := ""
	for _, words := range []int{maxLabel, 16, 8, shortest} {
		lines := reportHead(say, r)
		numbers, meaning := reportNumbers(say, r, words), reportMeaning(say, r, words)
		if pictured {
			lines = append(append(lines, meaning...), "", folded(numbers))
		} else {
			lines = append(append(append(lines, ""), numbers...), meaning...)
		}
		if text = strings.Join(lines, "\n"); seen(text) <= captionSize {
			break
		}
	}
	return text
}

// reportCaption is that text as the caption of the pages; where everything is so long that
// the goals have no room in it, they are a text of their own.
func reportCaption(say locales.Printer, r social.Report) (caption, goals string) {
	if caption = reportText(say, r, true); seen(caption) <= captionSize {
		return caption, ""
	}
	goals = strings.Join(reportGoals(say, r), "\n")
	r.Goals = nil
	return reportText(say, r, true), goals
}

// reportGoals tell where the brand's goals stand by the last week of the month.
func reportGoals(say locales.Printer, r social.Report) []string {
	if len(r.Goals) == 0 {
		return nil
	}
	lines := []string{say.Say("report.goals", "to", r.Stood.Week.Last())}
	for _, g := range r.Goals {
		e := goalEntry(say, g, r.Stood)
		lines = append(lines, say.Say("report.goal", "metric", e.Lead, "words", locales.HTML(e.Words)))
	}
	return lines
}

// reportHead names the month, and says where it is not a whole one.
func reportHead(say locales.Printer, r social.Report) []string {
	lines := []string{say.Say("report.head", "brand", r.Brand.Name, "month", locales.HTML(monthName(say, r)))}
	if !r.Month.Over(say.Now()) {
		lines = append(lines, say.Say("report.so_far", "to", r.Month.Span().Last()))
	}
	if r.Begun.After(r.Month.From) && r.Weeks[0].Known {
		lines = append(lines, say.Say("report.begun", "at", r.Begun))
	}
	return lines
}

// reportNumbers are the counted lines of a month.
func reportNumbers(say locales.Printer, r social.Report, words int) []string {
	w := r.Weeks[0]
	if !w.Known {
		return []string{say.Say("report.unknown")}
	}
	lines := append(followLines(say, r.Digest), asOf(say, r)...)
	for _, n := range accountsShown(r) {
		lines = append(lines, say.Say("report.account", "account", cut(countedName(say, r, n), 2*words), "n", n.Followers.N))
	}
	posts := say.Say("report.no_posts")
	if w.Planned > 0 {
		posts = say.Say("digest.posts", "n", w.Published, "planned", w.Planned)
	}
	lines = append(lines, posts+trend(say, r.Trend(social.CountPublished)))
	lines = append(lines, deletedLines(say, r.Digest)...)
	lines = append(lines, answerLines(say, r.Digest)...)
	if best := bestDay(say, r.Digest); best != "" {
		lines = append(lines, best)
	}
	if gaps := unknownLine(say, w); gaps != "" {
		lines = append(lines, gaps)
	}
	if r.Trend(social.CountPublished).Known && words > shortest {
		lines = append(lines, "<i>"+say.Say("report.legend")+"</i>")
	}
	return lines
}

// asOf says of which day the followers are, where that is not the month's end.
func asOf(say locales.Printer, r social.Report) []string {
	end := r.Month.To
	if say.Now().Before(end) {
		end = say.Now()
	}
	f := r.Weeks[0].Sum(social.MetricFollowers)
	if !f.Known || end.Sub(f.At) < 36*time.Hour {
		return nil
	}
	return []string{say.Say("report.as_of", "at", f.At.Add(-time.Second))}
}

// bestDay is the day whose posts followers did most about.
func bestDay(say locales.Printer, d social.Digest) string {
	var best social.Day
	for _, day := range d.Days() {
		if day.Engaged.Known && day.Engaged.N > best.Engaged.N {
			best = day
		}
	}
	if best.Engaged.N == 0 {
		return ""
	}
	return say.Say("report.best_day", "day", best.From.Add(12*time.Hour), "n", locales.HTML(say.Compact(best.Engaged.N)))
}

// reportMeaning is what stood out, what was taken out, and what comes next.
func reportMeaning(say locales.Printer, r social.Report, words int) []string {
	var lines []string
	for i, s := range standouts(r.Digest) {
		if i == 0 {
			lines = append(lines, "")
		}
		lines = append(lines, talkLine(say, "digest."+s.as, s.Talk, words))
	}
	if goals := reportGoals(say, r); len(goals) > 0 {
		lines = append(append(lines, ""), goals...)
	}
	if len(r.Removed) > 0 {
		var names []string
		for _, a := range r.Removed[:min(nextShown, len(r.Removed))] {
			names = append(names, cut(accountName(say, a), 2*words))
		}
		lines = append(lines, "", say.Say("report.removed", "accounts", strings.Join(names, say.Plain("list.comma"))))
	}
	return append(lines, nextMonth(say, r, words)...)
}

// nextMonth tells of the posts to come, unless the month after it is over too.
func nextMonth(say locales.Printer, r social.Report, words int) []string {
	if r.Month.After.Before(say.Now()) {
		return nil
	}
	if len(r.Next) == 0 {
		return []string{"", say.Say("report.next_none")}
	}
	lines := []string{"", say.Say("report.next", "n", len(r.Next))}
	for _, p := range r.Next[:min(nextShown, len(r.Next))] {
		lines = append(lines, say.Say("report.next_post", "day", say.ShortDay(p.Slot), "at", p.Slot, "words", cut(snippet(say, p, r.Me), words)))
	}
	return lines
}

// cut is a text with so many code points at most.
func cut(text string, size int) string {
	if runes := []rune(text); len(runes) > size {
		return string(runes[:size]) + "…"
	}
	return text
}
