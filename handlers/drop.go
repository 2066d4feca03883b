package handlers

import (
	"context"
	"strings"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

type drops interface {
	WatchBrand(ctx context.Context, brand int64, week string, holidays func(social.Brand, social.Week) int) error
}

// Watch looks whether the figures of a brand have fallen in a week (M7).
func (h *Handlers) Watch(ctx context.Context, brand int64, week string) error {
	return h.Store.WatchBrand(ctx, brand, week, h.holidays)
}

// holidays counts the public holidays of a week, for brands that live by Iran's
// calendar or in its zone.
func (h *Handlers) holidays(b social.Brand, w social.Week) (n int) {
	say := h.sayIn(social.Person{Lang: "fa"}, b)
	for day := w.From.Add(12 * time.Hour); day.Before(w.To); day = day.Add(24 * time.Hour) {
		if say.IsHoliday(day) {
			n++
		}
	}
	return n
}

// dropCard tells what has fallen, how unusual that is, why it may be, and what may
// help.
func dropCard(say locales.Printer, b social.Brand, d social.Drop) (bot.Message, error) {
	week, err := b.WeekOf(d.Week)
	if err != nil {
		return bot.Message{}, err
	}
	lines := []string{
		say.Say("drop.head."+string(d.Metric), "brand", b.Name),
		say.Say("drop.fell."+string(d.Metric), "was", d.Was, "now", d.Now, "part", int(d.Part()), "weeks", d.Weeks),
		dropWeeks(say, d, week),
		say.Say("drop." + unusual(d)), "",
	}
	if len(d.Reasons) == 0 {
		lines = append(lines, say.Say("drop.no_reason"))
	} else {
		lines = append(lines, say.Say("drop.reasons"))
	}
	for _, r := range d.Reasons {
		lines = append(lines, say.Say("drop.reason."+r.Code, "was", r.Was, "now", r.Now, "type", typeName(say, r.Type)))
	}
	lines = append(lines, "", say.Say("drop.actions"))
	for i, a := range d.Actions {
		lines = append(lines, say.Say("drop.line", "number", i+1, "what", locales.HTML(actionWords(say, a))))
	}
	plan := button(say, "plan_new", bot.Data("plan_new", b.ID, 0, becauseFall, d.Week))
	plan.Style = "primary"
	return bot.Message{
		HTML:     strings.Join(lines, "\n"),
		Keyboard: rows(say, []bot.Button{plan, button(say, "digest", bot.Data("digest", b.ID, 0, d.Week, asOwn))}, 2),
	}, nil
}

// dropWeeks says in which week it was seen, or in how many together.
func dropWeeks(say locales.Printer, d social.Drop, week social.Week) string {
	if d.Low > 1 {
		return say.Say("drop.weeks", "n", d.Low, "to", week.Last())
	}
	return say.Say("drop.week", "from", week.From, "to", week.Last())
}

// unusual says in plain words how far the figure lies from what it uses to be.
func unusual(d social.Drop) string {
	if d.Times >= 6 {
		return "far"
	}
	return "clear"
}

func actionWords(say locales.Printer, a social.DropAction) string {
	return say.Say("drop.action."+a.Code, "n", a.N, "hour", a.N, "type", typeName(say, a.Type))
}

func typeName(say locales.Printer, kind social.PostType) string {
	if kind == "" {
		return ""
	}
	return say.Plain("digest.type." + string(kind))
}

// dropNotice is the card of a fall; a trail that tells nothing of it has none.
func dropNotice(say locales.Printer, a social.Affair) []bot.Message {
	if a.Facts.Drop == nil {
		return nil
	}
	card, err := dropCard(say, a.Brand, *a.Facts.Drop)
	if err != nil {
		return nil
	}
	return []bot.Message{card}
}
