package handlers

import (
	"context"
	"html"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// captionSize is how long a digest may be, in UTF-16 units of what people see: it
// goes under a picture (Bot API 10.3, sendPhoto).
const captionSize = 1024

// digestCard tells of a week: what happened, against the weeks before it, what waits
// and what to do next. Where it came by itself, nothing leads away from it. The words
// of posts are the first to be shortened; then the notes go, at last the means, and never
// a figure of the picture. Under it the figures are folded up below what they mean.
func digestCard(say locales.Printer, d social.Digest, late, pictured bool) bot.Message {
	text := ""
	sizes := []digestSize{{maxLabel, true, true, true}, {16, true, true, true}, {8, true, true, true}, {8, false, true, true}, {8, false, false, true}, {8, false, false, false}}
	for _, size := range sizes {
		told := d
		if !size.means {
			told.Weeks = d.Weeks[:min(2, len(d.Weeks))]
		}
		if text = digestText(say, told, late, size); pictured {
			text = digestCaption(say, told, late, size)
		}
		if seen(text) <= captionSize {
			break
		}
	}
	return bot.Message{HTML: text, Keyboard: digestKeys(say, d), NoPreview: true}
}

// pictureOf is the digest under its picture, or, where that cannot be drawn, alone.
func (h *Handlers) pictureOf(ctx context.Context, say locales.Printer, d social.Digest, late bool) bot.Message {
	m := h.pictured(ctx, digestCard(say, d, late, true), digestPicture(say, d))
	if len(m.Media) == 0 {
		m.HTML = digestCard(say, d, late, false).HTML
	}
	return m
}

// A digestSize is how much of a digest is told.
type digestSize struct {
	words int // of a post, in code points
	notes bool
	best  bool // which hour and type work best
	means bool // of the four weeks before
}

// wanted is how many of the brand's goals, and of its plans, are told of.
func (s digestSize) wanted() int {
	if s.notes {
		return 3
	}
	return 1
}

// seen is how long a text is for Telegram, which does not count the tags.
func seen(text string) int {
	bare := html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(text, ""))
	return len(utf16.Encode([]rune(bare)))
}

func digestText(say locales.Printer, d social.Digest, late bool, size digestSize) string {
	lines := append(digestHead(say, d, late), "")
	lines = append(lines, digestNumbers(say, d, size)...)
	return strings.Join(append(lines, digestMeaning(say, d, size)...), "\n")
}

func digestCaption(say locales.Printer, d social.Digest, late bool, size digestSize) string {
	lines := append(digestHead(say, d, late), digestMeaning(say, d, size)...)
	return strings.Join(append(lines, "", folded(digestNumbers(say, d, size))), "\n")
}

// folded are lines of which the first three are seen until somebody opens them.
func folded(lines []string) string {
	return "<blockquote expandable>" + strings.Join(lines, "\n") + "</blockquote>"
}

func digestHead(say locales.Printer, d social.Digest, late bool) []string {
	lines := []string{say.Say("digest.head", "brand", d.Brand.Name), say.Say("digest.week", "from", d.Week.From, "to", d.Week.Last())}
	if late {
		lines = append(lines, say.Say("digest.late"))
	}
	return lines
}

// digestNumbers are all figures that the picture has, and what they are made of.
func digestNumbers(say locales.Printer, d social.Digest, size digestSize) []string {
	lines := digestFigures(say, d)
	if days := dayFigures(say, d, "digest.days"); days != "" {
		lines = append(lines, days)
	}
	if notes := digestNotes(say, d); notes != "" && size.notes {
		lines = append(lines, "<i>"+notes+"</i>")
	}
	return lines
}

// dayFigures tell what followers made of the posts of each day that had any.
func dayFigures(say locales.Printer, d social.Digest, key string) string {
	var days []string
	for _, day := range digestChart(say, d).Days {
		name := day.Name
		if name == "" {
			name = day.Date
		}
		if day.Bar.Words != "" {
			days = append(days, say.Plain("digest.day", "day", name, "n", day.Bar.Words))
		}
	}
	if len(days) == 0 {
		return ""
	}
	return say.Say(key, "days", locales.HTML(strings.Join(days, " · ")))
}

// digestMeaning is what stood out, what waits and what to do next.
func digestMeaning(say locales.Printer, d social.Digest, size digestSize) []string {
	var lines []string
	for i, s := range standouts(d) {
		if i == 0 {
			lines = append(lines, "")
		}
		lines = append(lines, talkLine(say, "digest."+s.as, s.Talk, size.words)+usual(say, d, s.Link))
	}
	if best := bestLine(say, d); best != "" && size.best {
		lines = append(lines, best)
	}
	goals, plans := goalDigest(say, d), planDigest(say, d)
	wanted := slices.Concat(goals[:min(len(goals), size.wanted())], plans[:min(len(plans), size.wanted())])
	if len(wanted) > 0 {
		lines = append(append(lines, ""), wanted...)
	}
	if recent(say, d) {
		lines = append(lines, nextLines(say, d)...)
	}
	return append(lines, sentLine(say, d)...)
}

// A standout is a post that is told of, and as what: the best, the weakest, the only one, one
// of two, or one that was spoken of.
type standout struct {
	as string
	social.Talk
}

// standouts are the posts of a week or a month that are told of.
func standouts(d social.Digest) []standout {
	var all []standout
	if d.Best.Engaged() > 0 {
		all = append(all, standout{"best", d.Best})
	}
	if d.Worst != nil {
		all = append(all, standout{"worst", *d.Worst})
	}
	for _, t := range d.Few {
		as := "only"
		switch {
		case t.Other:
			as = "spoken"
		case len(d.Few) > 1:
			as = "of_two"
		}
		all = append(all, standout{as, t})
	}
	return all
}

// recent tells whether the digest is of the last week that is over, or of this one.
func recent(say locales.Printer, d social.Digest) bool {
	return d.Brand.Before(d.Week, -2).From.After(say.Now())
}

// digestFigures are the counted lines; of a week before the brand was here nothing
// is known.
func digestFigures(say locales.Printer, d social.Digest) []string {
	w := d.Weeks[0]
	if !w.Known {
		return []string{say.Say("digest.unknown")}
	}
	lines := followLines(say, d)
	posts := say.Say("digest.no_posts")
	if w.Planned > 0 {
		posts = say.Say("digest.posts", "n", w.Published, "planned", w.Planned)
	}
	lines = append(lines, posts+trend(say, d.Trend(social.CountPublished)))
	if c := d.Trend(social.CountPlanned); c.Known {
		lines = append(lines, say.Say("digest.planned", "n", w.Planned)+trend(say, c))
	}
	lines = append(lines, deletedLines(say, d)...)
	lines = append(lines, answerLines(say, d)...)
	if gaps := unknownLine(say, w); gaps != "" {
		lines = append(lines, gaps)
	}
	return lines
}

// deletedLines say what is not counted because its network does not have it any more.
func deletedLines(say locales.Printer, d social.Digest) []string {
	var lines []string
	for _, gone := range d.Deleted {
		lines = append(lines, say.Say("digest.deleted", "n", gone.Posts, "network", say.Label("platform."+string(gone.Platform))))
	}
	return lines
}

// answerLines tell how many comments were answered and how fast.
func answerLines(say locales.Printer, d social.Digest) []string {
	w := d.Weeks[0]
	if w.Comments == 0 {
		return []string{say.Say("digest.no_comments")}
	}
	lines := []string{say.Say("digest.comments", "n", w.Answered, "all", w.Comments) + trend(say, d.Trend(social.CountAnswered))}
	if w.Answered > 0 {
		lines = append(lines, say.Say("digest.median", "median", max(w.Median, time.Minute))+timeTrend(say, d.Trend(social.CountMedian)))
	}
	return lines
}

// followLines tell of followers and of what they did, as far as it is known.
func followLines(say locales.Printer, d social.Digest) []string {
	w := d.Weeks[0]
	var lines []string
	for _, m := range []social.Metric{social.MetricFollowers, social.MetricReach, social.MetricReactions} {
		if f := w.Sum(m); f.Known {
			lines = append(lines, say.Say("metric.line."+string(m), "n", f.N)+trend(say, whole(d.Trend(d.Count(m)))))
		}
	}
	if r := w.Rate(); r.Known {
		lines = append(lines, say.Say("digest.rate", "rate", r.Percent)+trend(say, d.Trend(d.CountRate())))
	}
	return lines
}

// whole rounds a mean of what is counted in hundreds.
func whole(c social.Trend) social.Trend {
	if math.Abs(c.Mean) >= 100 {
		c.Mean = math.Round(c.Mean)
	}
	return c
}

// trend compares a number with the weeks before; nothing where there are none.
func trend(say locales.Printer, c social.Trend) string {
	if !c.Known {
		return ""
	}
	words := say.Say("digest.same")
	switch by := math.Round(c.By*10) / 10; {
	case by > 0:
		words = say.Say("digest.up", "by", by)
	case by < 0:
		words = say.Say("digest.down", "by", -by)
	}
	if c.Weeks > 1 {
		words += say.Say("digest.mean", "mean", c.Mean)
	}
	return words
}

// unknownLine names what is not known of accounts and posts that are there.
func unknownLine(say locales.Printer, w social.Figures) string {
	if len(w.Numbers) == 0 {
		return ""
	}
	var gaps []string
	gap := func(what string, known bool) {
		if !known {
			gaps = append(gaps, say.Plain("digest.not_"+what))
		}
	}
	gap("followers", w.Sum(social.MetricFollowers).Known)
	if w.Published > 0 {
		gap("reactions", w.Sum(social.MetricReactions).Known)
		gap("rate", w.Rate().Known)
	}
	if len(gaps) == 0 {
		return ""
	}
	return say.Say("digest.not_known", "what", locales.HTML(strings.Join(gaps, say.Plain("list.comma"))))
}

// digestNotes say what the numbers are compared with, and what the rate was made of.
func digestNotes(say locales.Printer, d social.Digest) string {
	var notes []string
	published := d.Trend(social.CountPublished)
	switch {
	case published.Weeks > 1:
		notes = append(notes, say.Say("digest.legend_mean"))
	case published.Known:
		notes = append(notes, say.Say("digest.legend"))
	}
	if r := d.Weeks[0].Rate(); r.Known {
		key := "digest.rate_" + string(r.Over)
		if r.Over == social.MetricFollowers && !d.Weeks[0].Sum(social.MetricComments).Known {
			key = "digest.rate_reactions"
		}
		notes = append(notes, say.Say(key, "n", r.Of.N, "at", r.Of.At.Add(-time.Second), "source", sourceName(say, r.Of.Source)))
	}
	return strings.Join(notes, " ")
}

// sourceName is how people call the source of a figure.
func sourceName(say locales.Printer, s social.Source) string {
	switch s {
	case social.SourceOwn, social.SourceByHand, social.SourceCSV:
		return say.Label("source." + string(s))
	}
	return say.Label("platform." + string(s))
}

// talkLine names a post, with what followers made of it.
func talkLine(say locales.Printer, key string, t social.Talk, size int) string {
	words := cut(strings.Join(strings.Fields(t.Words), " "), size)
	if words == "" {
		words = say.Plain("digest.nameless")
	}
	name := any(words)
	if t.Link != "" {
		name = locales.HTML(say.Say("digest.link", "words", words, "link", t.Link))
	}
	line := say.Say(key, "words", name)
	if t.Known {
		line += say.Say("digest.talk_reactions", "n", t.Reactions)
	}
	if t.Hears {
		line += say.Say("digest.talk_comments", "n", t.Comments)
	}
	return line
}
