package handlers

import (
	"context"
	"html"
	"strings"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// maxWhyPosts is how many posts of a week are told of, the latest first.
const maxWhyPosts = 12

// digestWhy tells what the digest's numbers are made of: each account, and each post.
func (h *Handlers) digestWhy(ctx context.Context, r *bot.Request, me Reader) error {
	d, err := h.Store.Digest(ctx, me.Person.ID, r.ID(), r.Arg(0))
	if err != nil {
		return err
	}
	accounts, err := h.Store.Accounts(ctx, me.Person.ID, d.Brand.ID)
	if err != nil {
		return err
	}
	proofs, err := h.Store.Proofs(ctx, me.Person.ID, d.Brand.ID, d.Week.Day())
	if err != nil {
		return err
	}
	say := h.sayIn(d.Me.Person, d.Brand)
	view := whyCard(say, d, accounts)
	view.Keyboard = append(proofKeys(say, d, proofs), view.Keyboard...)
	_, err = h.put(ctx, r, view)
	return err
}

func whyCard(say locales.Printer, d social.Digest, accounts []social.Account) bot.Message {
	lines := []string{say.Say("digest.why", "brand", d.Brand.Name, "from", d.Week.From, "to", d.Week.Last())}
	for _, n := range d.Weeks[0].Numbers {
		lines = append(lines, "")
		lines = append(lines, accountWhy(say, d, n, accounts)...)
	}
	lines = append(lines, postsWhy(say, d)...)
	if best := bestLine(say, d); best != "" {
		lines = append(lines, "", best, "<i>"+say.Say("digest.why_best")+"</i>")
	}
	return bot.Message{
		HTML:      fit(lines),
		Keyboard:  [][]bot.Button{{button(say, "trend", bot.Data("trend", d.Brand.ID, 0))}, back(say, bot.Data("digest", d.Brand.ID, 0, d.Week.Day()))},
		NoPreview: true,
	}
}

// accountWhy tells what is known of an account, and from whom and when.
func accountWhy(say locales.Printer, d social.Digest, n social.Numbers, accounts []social.Account) []string {
	name := say.Plain("platform." + string(n.Platform)) // the account was removed since
	for _, a := range accounts {
		if a.ID == n.Account {
			name = accountName(say, a)
		}
	}
	lines := []string{"<b>" + say.Say("digest.why_account", "account", name) + "</b>"}
	for _, m := range social.Metrics() {
		f := social.Figures{Numbers: []social.Numbers{n}}.Sum(m)
		if !f.Known || m == social.MetricPosts {
			continue
		}
		line := say.Say("metric.line."+string(m), "n", f.N) + accountTrend(say, d, n.Account, m)
		lines = append(lines, line+say.Say("digest.why_source", "source", sourceName(say, f.Source), "at", f.At.Add(-time.Second)))
	}
	if len(lines) == 1 {
		lines = append(lines, say.Say("digest.why_unknown"))
	}
	return lines
}

// accountTrend compares a number of one account with the weeks before.
func accountTrend(say locales.Printer, d social.Digest, account int64, m social.Metric) string {
	of := func(f social.Figures) (float64, bool) {
		for _, n := range f.Numbers {
			if n.Account == account {
				sum := social.Figures{Numbers: []social.Numbers{n}}.Sum(m)
				return float64(sum.N), sum.Known
			}
		}
		return 0, false
	}
	return trend(say, whole(d.Trend(of)))
}

// postsWhy tells of each post of the week.
func postsWhy(say locales.Printer, d social.Digest) []string {
	var lines []string
	for i := len(d.Samples) - 1; i >= 0; i-- {
		s := d.Samples[i]
		if s.Live.Before(d.Week.From) {
			break
		}
		if len(lines) == maxWhyPosts {
			lines = append(lines, say.Say("digest.why_more"))
			break
		}
		t := social.Talk{
			Words: s.Words, Link: s.Link, Known: s.Reactions.Known, Reactions: int(s.Reactions.N),
			Hears: s.Comments.Known, Comments: int(s.Comments.N),
		}
		line := talkLine(say, "digest.why_post", t, 24)
		line += say.Say("digest.why_when", "at", s.Live, "type", locales.HTML(html.EscapeString(say.Plain("digest.type."+string(s.Type)))))
		lines = append(lines, line+usual(say, d, s.Link))
	}
	if len(lines) == 0 {
		return []string{"", say.Say("digest.why_none")}
	}
	return append([]string{"", say.Say("digest.why_posts")}, lines...)
}

// fit leaves out the last lines that do not go into one message.
func fit(lines []string) string {
	const size = 4096
	text := strings.Join(lines, "\n")
	for seen(text) > size && len(lines) > 1 {
		lines = lines[:len(lines)-1]
		text = strings.Join(lines, "\n")
	}
	return text
}
