package handlers

import (
	"context"
	"errors"
	"strings"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

type digests interface {
	Digest(ctx context.Context, reader, brand int64, day string) (social.Digest, error)
	ClaimDigest(ctx context.Context, brand, who int64, week string) error
	EndDigest(ctx context.Context, brand, who int64, week, state string) error
	HushDigest(ctx context.Context, who, brand int64, hush bool) error
}

// GiveDigest sends somebody the digest of a brand's week, once (M6, C7). Whoever
// belongs to the brand no more gets none.
func (h *Handlers) GiveDigest(ctx context.Context, brand, who int64, week string) error {
	d, err := h.Store.Digest(ctx, who, brand, week)
	if errors.Is(err, social.ErrNotFound) {
		return h.Store.EndDigest(ctx, brand, who, week, "failed")
	}
	if err != nil {
		return err
	}
	err = h.Store.ClaimDigest(ctx, brand, who, week)
	if errors.Is(err, social.ErrNotDue) {
		return nil
	}
	if err != nil {
		return err
	}
	p, now := d.Me.Person, h.Clock.Now()
	m := digestCard(h.sayIn(d.Me.Person, d.Brand), d, d.Brand.DigestLate(d.Week, now))
	m.Silent = quiet(d.Brand, p, now)
	_, err = h.Sender.Send(ctx, bot.Cards, p.TelegramID, m)
	state := "sent" // also what may be there: it is not sent twice, and the brand's page leads to it
	switch {
	case bot.IsBlocked(err):
		state, err = "failed", nil
	case isUnsure(err):
		err = nil
	case err != nil:
		state = "open"
	}
	return errors.Join(err, h.Store.EndDigest(context.WithoutCancel(ctx), brand, who, week, state))
}

// digest shows the numbers of one of the brand's weeks.
func (h *Handlers) digest(ctx context.Context, r *bot.Request, me Reader) error {
	d, err := h.Store.Digest(ctx, me.Person.ID, r.ID(), r.Arg(0))
	if err != nil {
		return err
	}
	say := h.sayIn(d.Me.Person, d.Brand)
	view := digestCard(say, d, false)
	view.Keyboard = append(view.Keyboard, back(say, bot.Data("brand", d.Brand.ID, 0)))
	_, err = h.put(ctx, r, view)
	return err
}

// hushDigest says whether the weekly message shall come.
func (h *Handlers) hushDigest(ctx context.Context, r *bot.Request, me Reader) error {
	if err := h.Store.HushDigest(ctx, me.Person.ID, r.ID(), r.Arg(1) == "1"); err != nil {
		return err
	}
	return h.digest(ctx, r, me)
}

// digestCard tells of a week: what happened, against the weeks before it, what waits
// and what to do next. Where it came by itself, nothing leads away from it.
func digestCard(say locales.Printer, d social.Digest, late bool) bot.Message {
	first, last := d.Week.From, d.Week.To.Add(-time.Minute)
	lines := []string{say.Say("digest.head", "brand", d.Brand.Name), say.Say("digest.week", "from", first, "to", last)}
	if late {
		lines = append(lines, say.Say("digest.late"))
	}
	lines = append(lines, "")
	lines = append(lines, digestFigures(say, d)...)
	if d.Best.Comments > 0 {
		lines = append(lines, "", talkLine(say, d.Best))
	}
	if d.Brand.Before(d.Week, -2).From.After(say.Now()) {
		lines = append(lines, nextLines(say, d)...)
	}
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: digestKeys(say, d), NoPreview: true}
}

// nextLines tell, of the last week and of one that is not over, what waits now and
// what to do.
func nextLines(say locales.Printer, d social.Digest) []string {
	var lines []string
	if now := waitLine(say, d); now != "" {
		lines = append(lines, "", now)
	}
	if advice := d.Advice(say.Now()); advice != "" {
		lines = append(lines, "", say.Say("digest.advice."+string(advice)))
	}
	return lines
}

// digestFigures are the counted lines; of a week before the brand was here nothing
// is known.
func digestFigures(say locales.Printer, d social.Digest) []string {
	w := d.Weeks[0]
	if !w.Known {
		return []string{say.Say("digest.unknown")}
	}
	lines := []string{say.Say("digest.no_posts")}
	if w.Planned > 0 {
		lines[0] = say.Say("digest.posts", "n", w.Published, "planned", w.Planned)
	}
	lines = append(lines, trendLines(say, d.Trend(social.CountPublished))...)
	if w.Comments == 0 {
		return append(lines, say.Say("digest.no_comments"))
	}
	lines = append(lines, say.Say("digest.comments", "n", w.Answered, "all", w.Comments))
	lines = append(lines, trendLines(say, d.Trend(social.CountAnswered))...)
	if w.Answered > 0 {
		lines = append(lines, say.Say("digest.median", "median", max(w.Median, time.Minute)))
	}
	return lines
}

// trendLines compare a number with the weeks before; nothing where there are none.
func trendLines(say locales.Printer, c social.Trend) []string {
	if !c.Known {
		return nil
	}
	key, by := "digest.same", c.By
	switch {
	case by > 0:
		key = "digest.more"
	case by < 0:
		key, by = "digest.less", -by
	}
	line := say.Say(key, "by", by)
	if c.Weeks > 1 {
		line += say.Say("digest.mean", "mean", c.Mean, "n", c.Weeks)
	}
	return []string{line}
}

func talkLine(say locales.Printer, t social.Talk) string {
	words := brief(strings.Join(strings.Fields(t.Words), " "))
	if t.Link == "" || words == "" {
		return say.Say("digest.talk", "n", t.Comments, "words", words)
	}
	return say.Say("digest.talk_link", "n", t.Comments, "words", words, "link", t.Link)
}

// waitLine tells what waits now, as far as it concerns the reader.
func waitLine(say locales.Printer, d social.Digest) string {
	var waits []string
	if d.Review > 0 {
		waits = append(waits, say.Plain("digest.review", "n", d.Review))
	}
	if d.Open > 0 && d.Me.Role.May(social.Answer) {
		waits = append(waits, say.Plain("digest.open", "n", d.Open))
	}
	if len(waits) == 0 {
		return ""
	}
	return say.Say("digest.waits", "what", locales.HTML(strings.Join(waits, say.Plain("list.comma"))))
}

// digestKeys lead to the weeks beside, and end or begin the weekly message.
func digestKeys(say locales.Printer, d social.Digest) [][]bot.Button {
	turn := func(key string, n int) bot.Button {
		return button(say, key, bot.Data("digest", d.Brand.ID, 0, d.Brand.Before(d.Week, n).Day()))
	}
	var turns []bot.Button
	if len(d.Weeks) > 1 && d.Weeks[1].Known {
		turns = append(turns, turn("digest_before", 1))
	}
	if next := d.Brand.Before(d.Week, -1); !next.From.After(say.Now()) {
		turns = append(turns, turn("digest_after", -1))
	}
	hush := button(say, "digest_hush", bot.Data("digest_hush", d.Brand.ID, 0, d.Week.Day(), "1"))
	if d.Hush {
		hush = button(say, "digest_wake", bot.Data("digest_hush", d.Brand.ID, 0, d.Week.Day(), "0"))
	}
	return append(rows(say, turns, 2), []bot.Button{hush})
}
