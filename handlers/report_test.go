package handlers

import (
	"context"
	"strings"
	"testing"
	"time"

	"peyk/social"
)

// longestReport is a month in which everything is told, with the longest names and
// numbers, of a brand with an account on every network.
func longestReport(lang string) social.Report {
	d := longestDigest(lang)
	m := MonthIn(d.Brand, d.Week.From)
	r := social.Report{Digest: d, Month: m, Begun: m.From.Add(48 * time.Hour)}
	r.Week, r.Weeks = m.Span(), r.Weeks[:2]
	for n, p := range social.Platforms() {
		a := social.Account{ID: int64(n + 1), Platform: p, Handle: "@" + strings.Repeat("nobahar", 6)}
		r.Accounts = append(r.Accounts, a)
		r.Removed = append(r.Removed, a)
		for w := range r.Weeks {
			numbers := r.Weeks[w].Numbers[0]
			numbers.Account, numbers.Platform = a.ID, p
			r.Weeks[w].Numbers = append(r.Weeks[w].Numbers, numbers)
		}
		r.Next = append(r.Next, social.Post{
			Brand: r.Brand, State: social.Approved, Version: 1, Slot: m.To.AddDate(0, 0, n+9),
			Content: social.Content{Text: social.Text{Plain: d.Best.Words}},
		})
	}
	for w := range r.Weeks {
		r.Weeks[w].Numbers = r.Weeks[w].Numbers[1:]
	}
	r.Stood = social.Digest{Brand: r.Brand, Week: d.Week, Weeks: d.Weeks}
	for _, g := range []social.Goal{{Metric: social.MetricFollowers, Target: 9e9}, {Metric: social.MetricAnswers, Target: 7*24*60 - 61}, {Metric: social.MetricRate, Target: 999.9}} {
		g.Brand, g.State, g.Started, g.Since, g.Due = r.Brand, social.GoalOpen, true, m.From, m.To.AddDate(0, 9, 27)
		r.Goals = append(r.Goals, g)
	}
	return r
}

// The text below the pages of a report has every figure of them and is no longer than a
// caption, also where everything is as long as can be; without pictures it is too.
func TestReportIsShort(t *testing.T) {
	h := speaking(t)
	for _, lang := range []string{"fa", "en"} {
		r := longestReport(lang)
		for _, role := range []social.Role{social.Manager, social.Approver} {
			r.Me.Role = role
			for _, now := range []time.Time{r.Month.To.Add(time.Hour), r.Month.To.AddDate(0, 0, -2)} {
				say := h.sayIn(social.Person{Lang: lang}, r.Brand).At(now)
				for _, pictured := range []bool{true, false} {
					text, goals := reportText(say, r, false), ""
					if pictured {
						if text, goals = reportCaption(say, r); goals == "" {
							t.Errorf("%s: the goals have room in the longest caption", lang)
						}
						if n := seen(text); n > captionSize {
							t.Errorf("%s: %d units\n%s", lang, n, text)
						}
						text += "\n" + goals
					}
					for _, page := range reportPictures(say, r) {
						for _, figure := range append(picturedFigures(social.Picture{Tiles: page.Tiles}), highestOf(page)) {
							if !strings.Contains(bare(text), figure) {
								t.Errorf("%s: the pages have %q, the text not\n%s", lang, figure, text)
							}
						}
						for _, row := range page.Rows {
							for _, e := range row.Entries {
								if clock := bare(e.Lead); !strings.Contains(bare(text), clock[strings.LastIndex(clock, " ")+1:]) {
									t.Errorf("%s: the pages have %q, the text not\n%s", lang, clock, text)
								}
							}
						}
					}
				}
			}
		}
	}
}

// highestOf is the one figure that a chart of many days shows.
func highestOf(p social.Picture) string {
	var high social.Amount
	for _, d := range p.Chart.Days {
		if d.Bar.Known && d.Bar.N > high.N {
			high = d.Bar
		}
	}
	return bare(high.Words)
}

// A month of which little is known is told of honestly.
func TestReportIsHonest(t *testing.T) {
	h := speaking(t)
	b := someBrand()
	b.Calendar, b.Zone, b.Rules = social.Gregorian, "UTC", social.DefaultRules(social.Gregorian)
	m := MonthIn(b, time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC))
	week := social.Numbers{Account: 1, Platform: social.Telegram}
	stale := week
	stale.Followers = social.Figure{Known: true, N: 70, At: m.To.AddDate(0, 0, -6), Source: social.SourceByHand}
	for _, c := range []struct {
		name      string
		now       time.Time
		begun     time.Time
		figures   social.Figures
		want, not string
	}{
		{"before the brand", m.To, m.To.AddDate(0, 0, 3), social.Figures{}, "was not here yet", "No post"},
		{"no posts", m.To, m.From, social.Figures{Known: true}, "No post was planned in this month", "So far"},
		{"half a month", m.From.AddDate(0, 0, 12), m.From, social.Figures{Known: true}, "So far: the month ends with 30 November", "The brand came"},
		{"a young brand", m.To, m.From.AddDate(0, 0, 9), social.Figures{Known: true}, "The brand came on 10 November", "So far"},
		{"unknown figures", m.To, m.From, social.Figures{Known: true, Published: 1, Planned: 1, Numbers: []social.Numbers{week}}, "Not known: followers, reactions, engagement rate", "Followers:"},
		{"old figures", m.To, m.From, social.Figures{Known: true, Numbers: []social.Numbers{stale}}, "Followers: 70\n🕐 Followers as of 24 November", "Not known"},
	} {
		r := social.Report{Digest: social.Digest{Brand: b, Week: m.Span(), Weeks: []social.Figures{c.figures, {}}}, Month: m, Begun: c.begun}
		say := h.sayIn(social.Person{Lang: "en"}, b).At(c.now)
		text := bare(reportText(say, r, false))
		if !strings.Contains(text, c.want) || strings.Contains(text, c.not) {
			t.Errorf("%s:\n%s", c.name, text)
		}
		for _, page := range reportPictures(say, r) {
			for _, tile := range page.Tiles {
				if tile.Value == "" && tile.Note == "" {
					t.Errorf("%s: a tile says nothing: %+v", c.name, tile)
				}
			}
		}
	}
}

// Whoever reads another calendar than the brand's sees the days of its month.
func TestMonthsHaveNames(t *testing.T) {
	h := speaking(t)
	b := someBrand()
	b.Calendar, b.Zone = social.Jalali, "Asia/Tehran"
	m := MonthIn(b, time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC))
	r := social.Report{Digest: social.Digest{Brand: b}, Month: m}
	for lang, want := range map[string]string{"fa": "آبان ۱۴۰۵", "en": "23 October – 21 November 2026"} {
		if got := monthName(h.sayIn(social.Person{Lang: lang}, b), r); got != want {
			t.Errorf("%s: %q", lang, got)
		}
	}
	if _, err := h.monthNamed("2026-10-24")(b); err == nil {
		t.Error("a day in the middle of a month names it")
	}
	if m, err := h.monthNamed("2026-10-23")(b); err != nil || m.To.In(b.Location()).Format(time.DateOnly) != "2026-11-22" || m.Before.In(b.Location()).Format(time.DateOnly) != "2026-09-23" {
		t.Error(m, err)
	}
}

// A report whose pages cannot be drawn goes out as text with nothing folded up.
func TestReportWithoutPictures(t *testing.T) {
	h := speaking(t)
	r := longestReport("en")
	say := h.sayIn(social.Person{Lang: "en"}, r.Brand).At(r.Month.To)
	if m := h.reportMessages(t.Context(), say, r); len(m) != 1 || len(m[0].Media) != 0 || strings.Contains(m[0].HTML, "<blockquote") || !strings.Contains(m[0].HTML, "🎯") {
		t.Errorf("%+v", m)
	}
	h.Paint = func(context.Context, social.Picture) ([]byte, error) { return []byte("drawn"), nil }
	m := h.reportMessages(t.Context(), say, r)
	if len(m) != 2 || len(m[0].Media) != 2 || !strings.Contains(m[0].HTML, "<blockquote expandable>") || m[0].Keyboard != nil || !strings.Contains(m[1].HTML, "🎯") {
		t.Errorf("%+v", m)
	}
	r.Goals = r.Goals[:1]
	r.Best.Reactions, r.Accounts, r.Next = 1, nil, nil
	if m := h.reportMessages(t.Context(), say, r); len(m) != 1 || strings.Count(m[0].HTML, "🎯") != 1 {
		t.Errorf("one goal: %+v", m)
	}
}
