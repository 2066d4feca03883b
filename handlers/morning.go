package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

type mornings interface {
	ClaimMorning(ctx context.Context, who int64, day string, now time.Time) (social.Person, error)
	EndMorning(ctx context.Context, who int64, day, state string) error
	Tallies(ctx context.Context, who int64, from, to time.Time) ([]social.Tally, error)
	MorningOf(ctx context.Context, who int64) (int, error)
	SetMorning(ctx context.Context, who int64, minute int) error
}

// Morning tells somebody how the followers of his brands are answered (A1): once a
// day, and nothing where there is nothing to say.
func (h *Handlers) Morning(ctx context.Context, who int64, day string) error {
	p, err := h.Store.ClaimMorning(ctx, who, day, h.Clock.Now())
	if errors.Is(err, social.ErrNotDue) {
		return nil
	}
	if err != nil {
		return err
	}
	state, err := h.tellMorning(ctx, p, day)
	return errors.Join(err, h.Store.EndMorning(context.WithoutCancel(ctx), who, day, state))
}

// tellMorning sends the word and returns how that ended. A message that may be there
// is not sent again: what waits stands in the inbox as well.
func (h *Handlers) tellMorning(ctx context.Context, p social.Person, day string) (state string, err error) {
	tallies, err := h.tallies(ctx, p, day)
	if err != nil {
		return "open", err
	}
	if len(tallies) == 0 {
		return "empty", nil
	}
	m := morningCard(h.say(p), func(b social.Brand) locales.Printer { return h.sayIn(p, b) }, tallies)
	m.Silent = quiet(tallies[0].Brand, p, h.Clock.Now())
	_, err = h.Sender.Send(ctx, bot.Bulk, p.TelegramID, m)
	switch {
	case err == nil, isUnsure(err):
		return "sent", nil
	case bot.IsBlocked(err):
		return "failed", nil
	}
	return "open", err
}

// tallies are those of the person's brands of which there is something to say.
func (h *Handlers) tallies(ctx context.Context, p social.Person, day string) ([]social.Tally, error) {
	brands, err := h.Store.Brands(ctx, p.ID)
	if err != nil || len(brands) == 0 {
		return nil, err
	}
	slices.SortFunc(brands, func(a, b social.Brand) int { return int(a.ID - b.ID) })
	zone := h.sayIn(p, brands[0]).Zone()
	today, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		return nil, err
	}
	found, err := h.Store.Tallies(ctx, p.ID, today.AddDate(0, 0, -1), today)
	return slices.DeleteFunc(found, social.Tally.Quiet), err
}

func morningCard(say locales.Printer, speak func(social.Brand) locales.Printer, tallies []social.Tally) bot.Message {
	lines, negative := []string{say.Say("morning.head")}, 0
	for _, t := range tallies {
		lines = append(lines, tallyLines(speak(t.Brand), t)...)
		negative += t.Negative
	}
	doors := []bot.Button{button(say, "inbox", lookup{way: inboxOpen}.data())}
	if negative > 0 {
		label := say.Label("button.inbox_bad", "n", negative)
		doors = append(doors, bot.Button{Text: label, Data: lookup{way: inboxBad}.data()})
	}
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: rows(say, doors, 2)}
}

// tallyLines tell how the followers of one brand are answered.
func tallyLines(say locales.Printer, t social.Tally) []string {
	lines := []string{say.Say("morning.brand", "brand", t.Brand.Name)}
	if t.Waiting == 0 {
		lines = append(lines, say.Say("morning.none"))
	} else {
		lines = append(lines, say.Say("morning.waiting", "n", t.Waiting, "oldest", t.Oldest))
	}
	if t.Negative > 0 {
		lines = append(lines, say.Say("morning.negative", "n", t.Negative))
	}
	if t.Answered > 0 {
		lines = append(lines, say.Say("morning.answered", "n", t.Answered, "median", max(t.Median, time.Minute)))
	}
	return lines
}

// myMorning asks when the morning's word shall come.
func (h *Handlers) myMorning(ctx context.Context, r *bot.Request, me Reader) error {
	places, err := h.Store.Places(ctx, me.Person.ID)
	if err != nil {
		return err
	}
	if err := social.MorningAt(social.NoMorning, places); err != nil {
		return err
	}
	now, err := h.Store.MorningOf(ctx, me.Person.ID)
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, myMorningCard(me.Say, now))
	return err
}

func myMorningCard(say locales.Printer, now int) bot.Message {
	var doors []bot.Button
	for _, minute := range []int{7 * 60, 8 * 60, 9 * 60, 10 * 60, 11 * 60, social.NoMorning} {
		label := say.Label("button.no_morning")
		if minute != social.NoMorning {
			label = clock(say, minute)
		}
		door := bot.Button{Text: label, Data: bot.Data("my_morning_set", 0, 0, strconv.Itoa(minute))}
		doors = append(doors, ticked(door, minute == now))
	}
	return bot.Message{
		HTML: say.Say("morning.ask"), Keyboard: append(rows(say, doors, 3), back(say, bot.Data("settings", 0, 0))),
	}
}

// setMyMorning takes a pressed time; -1 means never.
func (h *Handlers) setMyMorning(ctx context.Context, r *bot.Request, me Reader) error {
	minute, err := strconv.Atoi(r.Arg(0))
	if err != nil {
		return social.ErrOutdated
	}
	if err := h.Store.SetMorning(ctx, me.Person.ID, minute); err != nil {
		return err
	}
	_, err = h.put(ctx, r, myMorningCard(me.Say, minute))
	return err
}
