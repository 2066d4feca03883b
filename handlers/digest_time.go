package handlers

import (
	"context"
	"strconv"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

func digestTimeLine(say locales.Printer, b social.Brand) string {
	s := b.DigestSlot()
	return say.Say("rules.digest", "day", say.Weekday(s.Day), "at", clock(say, s.Minute))
}

// digestTime asks on which day the week's digest comes.
func (h *Handlers) digestTime(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, digestTimeCard(h.sayIn(me.Person, b), b))
	return err
}

func digestTimeCard(say locales.Printer, b social.Brand) bot.Message {
	now := b.DigestSlot()
	_, _, next := b.DigestDue(say.Now())
	var days []bot.Button
	for _, d := range weekOf(b) {
		day := bot.Button{Text: say.Weekday(d), Data: bot.Data("digest_day", b.ID, 0, itoa(int64(d)))}
		days = append(days, ticked(day, d == now.Day))
	}
	return bot.Message{
		HTML: say.Say("brand.digest_time", "brand", b.Name,
			"day", say.Weekday(now.Day), "at", clock(say, now.Minute), "next", next),
		Keyboard: append(rows(say, days, 3), back(say, bot.Data("rules", b.ID, 0))),
	}
}

// digestDay takes the day and asks for the hour.
func (h *Handlers) digestDay(ctx context.Context, r *bot.Request, me Reader) error {
	day, ok := weekdayArg(r.Arg(0))
	if !ok {
		return social.ErrOutdated
	}
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	say, now := h.sayIn(me.Person, b), b.DigestSlot()
	var hours []bot.Button
	for hour := 7; hour <= 22; hour++ {
		s := social.Slot{Day: day, Minute: hour * 60}
		choice := bot.Button{Text: clock(say, s.Minute), Data: bot.Data("digest_at", b.ID, 0, r.Arg(0), strconv.Itoa(s.Minute))}
		hours = append(hours, ticked(choice, s == now))
	}
	_, err = h.put(ctx, r, bot.Message{
		HTML:     say.Say("brand.digest_hour", "day", say.Weekday(day)),
		Keyboard: append(rows(say, hours, 4), back(say, bot.Data("digest_time", b.ID, 0))),
	})
	return err
}

// setDigestTime takes the day and the hour.
func (h *Handlers) setDigestTime(ctx context.Context, r *bot.Request, me Reader) error {
	day, ok := weekdayArg(r.Arg(0))
	minute, err := strconv.Atoi(r.Arg(1))
	if !ok || err != nil {
		return social.ErrOutdated
	}
	at := social.Slot{Day: day, Minute: minute}
	return h.setBrand(ctx, r, me, r.ID(), "", social.TellWeeks(at, h.Clock.Now()))
}
