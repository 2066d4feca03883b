package handlers

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"peyk/locales"
	"peyk/social"
)

// reportPictures are the pages of a month: its numbers, and what stood out and comes.
func reportPictures(say locales.Printer, r social.Report) []social.Picture {
	key, at := "picture.month", r.Month.To
	if !r.Month.Over(say.Now()) {
		key, at = "picture.month_so_far", say.Now()
	}
	page := social.Picture{
		RTL: say.Lang() == "fa", Shade: r.Brand.ID, Brand: r.Brand.Name, Badge: onlyNetwork(say, r.Digest),
		Subtitle: say.Plain(key, "month", locales.HTML(monthName(say, r))),
		Foot:     say.Plain("picture.foot", "agency", r.Agency, "at", at),
	}
	numbers, told := page, page
	t := tiler{say, r.Digest, say.Plain("picture.note_month")}
	numbers.Tiles = noted(say, append(t.seen(), t.published(), t.answered(), t.answerTime()))
	numbers.Chart = daysChart(say, r.Digest, "month")
	told.Rows = reportRows(say, r)
	if len(told.Rows) == 0 {
		return []social.Picture{numbers}
	}
	return []social.Picture{numbers, told}
}

// answerTime is within what time half of the answers came.
func (t tiler) answerTime() social.Tile {
	tile := social.Tile{Label: t.say.Plain("picture.answer_time")}
	switch w := t.d.Weeks[0]; {
	case w.Known && w.Comments == 0:
		tile.Note = t.say.Plain("picture.no_comments")
	case w.Known && w.Answered == 0:
		tile.Note = t.say.Plain("picture.no_answers")
	case w.Known:
		tile.Value, tile.Note = t.say.Left(max(w.Median, time.Minute)), t.say.Plain("picture.half")
	}
	return tile
}

// reportRows tell of single posts and accounts.
func reportRows(say locales.Printer, r social.Report) []social.Row {
	var rows []social.Row
	for _, s := range standouts(r.Digest) {
		rows = append(rows, talkRow(say, "picture."+s.as, s.Talk))
	}
	if len(rows) == 0 && r.Weeks[0].Known {
		rows = append(rows, social.Row{Name: say.Plain("picture.posts"), Text: noneOf(say, r)})
	}
	if shown := accountsShown(r); len(shown) > 0 {
		row := social.Row{Name: say.Plain("picture.accounts")}
		for _, n := range shown {
			row.Entries = append(row.Entries, social.Entry{Lead: say.Number(n.Followers.N), Words: countedName(say, r, n)})
		}
		rows = append(rows, row)
	}
	if len(r.Goals) > 0 {
		row := social.Row{Name: say.Plain("picture.goals"), Date: say.Plain("picture.goals_by", "to", locales.HTML(say.BriefDay(r.Stood.Week.Last())))}
		for _, g := range r.Goals {
			row.Entries = append(row.Entries, goalEntry(say, g, r.Stood))
		}
		rows = append(rows, row)
	}
	if len(r.Removed) > 0 {
		var names []string
		for _, a := range r.Removed {
			names = append(names, accountName(say, a))
		}
		rows = append(rows, social.Row{Name: say.Plain("picture.removed"), Text: strings.Join(names, say.Plain("list.comma"))})
	}
	if !r.Month.After.Before(say.Now()) {
		rows = append(rows, nextRow(say, r))
	}
	return rows
}

// noneOf says why no post stands out.
func noneOf(say locales.Printer, r social.Report) string {
	if r.Weeks[0].Published == 0 {
		return say.Plain("picture.no_posts.month")
	}
	return say.Plain("picture.not_known")
}

// talkRow is one post, with what followers made of it.
func talkRow(say locales.Printer, key string, t social.Talk) social.Row {
	words := strings.Join(strings.Fields(t.Words), " ")
	if words == "" {
		words = say.Plain("digest.nameless")
	}
	var made []string
	if t.Known {
		made = append(made, say.Plain("picture.n_reactions", "n", t.Reactions))
	}
	if t.Hears {
		made = append(made, say.Plain("picture.n_comments", "n", t.Comments))
	}
	row := social.Row{Name: say.Plain(key), Text: words}
	if len(made) > 0 {
		row.Entries = []social.Entry{{Words: strings.Join(made, " · ")}}
	}
	return row
}

// nextRow is what comes in the month after it.
func nextRow(say locales.Printer, r social.Report) social.Row {
	row := social.Row{Name: say.Plain("picture.next"), Empty: say.Plain("picture.next_none")}
	if len(r.Next) > 0 {
		row.Date = say.Plain("picture.n_posts", "n", len(r.Next))
	}
	for _, p := range r.Next[:min(nextShown, len(r.Next))] {
		row.Entries = append(row.Entries, social.Entry{
			Tone: p.State.Tone(), Lead: say.Label("format.moment", "day", locales.HTML(say.BriefDay(p.Slot)), "clock", locales.HTML(say.Clock(p.Slot))), Words: snippet(say, p, r.Me),
		})
	}
	return row
}

// accountsShown are the accounts with most followers, where there are several.
func accountsShown(r social.Report) []social.Numbers {
	all := slices.DeleteFunc(slices.Clone(r.Weeks[0].Numbers), func(n social.Numbers) bool { return !n.Followers.Known })
	if len(all) < 2 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b social.Numbers) int { return cmp.Compare(b.Followers.N, a.Followers.N) })
	return all[:min(nextShown, len(all))]
}

// countedName is how an account of the report is called.
func countedName(say locales.Printer, r social.Report, n social.Numbers) string {
	for _, a := range r.Accounts {
		if a.ID == n.Account {
			return accountName(say, a)
		}
	}
	return say.Label("platform." + string(n.Platform))
}
