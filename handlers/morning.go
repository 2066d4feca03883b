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
	MarkMorning(ctx context.Context, who int64, day string, claimed time.Time) error
	EndMorning(ctx context.Context, who int64, day, state string) error
	Tallies(ctx context.Context, who int64, from, to time.Time) ([]social.Tally, error)
	MorningOf(ctx context.Context, who int64) (int, error)
	SetMorning(ctx context.Context, who int64, minute int) error
}

// Morning tells somebody what his brands need and how their followers are answered (A1):
// once a day, and nothing where there is nothing to say.
func (h *Handlers) Morning(ctx context.Context, who int64, day string) error {
	claimed := h.Clock.Now().Truncate(time.Microsecond) // as the database keeps it
	p, err := h.Store.ClaimMorning(ctx, who, day, claimed)
	if errors.Is(err, social.ErrNotDue) {
		return nil
	}
	if err != nil {
		return err
	}
	h.At("morning_claimed")
	m, empty, err := h.morningOf(ctx, p, day)
	if err != nil || empty {
		state := "open"
		if empty {
			state = "empty"
		}
		return errors.Join(err, h.Store.EndMorning(context.WithoutCancel(ctx), who, day, state))
	}
	err = h.Store.MarkMorning(ctx, who, day, claimed)
	if errors.Is(err, social.ErrNotDue) {
		return nil // it took too long, and somebody else has it
	}
	if err != nil {
		return err
	}
	state, err := h.tellMorning(ctx, p, m)
	return errors.Join(err, h.Store.EndMorning(context.WithoutCancel(ctx), who, day, state))
}

// tellMorning sends the word and returns how that ended. A message that may be there is not
// sent again: what waits stands on the home screen as well.
func (h *Handlers) tellMorning(ctx context.Context, p social.Person, m bot.Message) (state string, err error) {
	_, err = h.Sender.Send(ctx, bot.Cards, p.TelegramID, m)
	switch {
	case err == nil, isUnsure(err):
		return "sent", nil
	case bot.IsBlocked(err):
		return "failed", nil
	}
	return "open", err
}

// morningOf is the word of a day; empty: there is nothing to say.
func (h *Handlers) morningOf(ctx context.Context, p social.Person, day string) (m bot.Message, empty bool, err error) {
	tallies, err := h.tallies(ctx, p, day)
	if err != nil {
		return m, false, err
	}
	loud, still := social.Board(tallies)
	if len(loud) == 0 {
		return m, true, nil
	}
	m = morningCard(h.say(p), func(b social.Brand) locales.Printer { return h.sayIn(p, b) }, loud, still)
	m.Silent = quiet(loud[0].Brand, p, h.Clock.Now())
	return m, false, nil
}

// tallies are those of the person's brands.
func (h *Handlers) tallies(ctx context.Context, p social.Person, day string) ([]social.Tally, error) {
	brands, err := h.Store.Brands(ctx, p.ID)
	if err != nil || len(brands) == 0 {
		return nil, err
	}
	slices.SortFunc(brands, func(a, b social.Brand) int { return int(a.ID - b.ID) })
	today, err := time.ParseInLocation(time.DateOnly, day, h.sayIn(p, brands[0]).Zone())
	if err != nil {
		return nil, err
	}
	return h.Store.Tallies(ctx, p.ID, today.AddDate(0, 0, -1), today)
}

// morningLines is how many brands a morning's word has a line for, and morningDoors how
// many it has a button for.
const morningLines, morningDoors = 20, 8

func morningCard(say locales.Printer, speak func(social.Brand) locales.Printer, loud []social.Tally, still []social.Brand) bot.Message {
	lines, negative, comments := []string{say.Say("morning.head")}, 0, 0
	var doors []bot.Button
	for n, t := range loud {
		negative, comments = negative+t.Negative, comments+t.Waiting
		if n < morningLines {
			lines = append(lines, tallyLine(speak(t.Brand), t))
		}
		if n < morningDoors {
			doors = append(doors, bot.Button{Text: brief(t.Brand.Name), Data: bot.Data("brand", t.Brand.ID, 0, asOwn)})
		}
	}
	if rest := len(loud) - morningLines; rest > 0 {
		lines = append(lines, say.Say("morning.more", "n", rest))
	}
	if len(still) > 0 {
		lines = append(lines, say.Say("morning.quiet", "n", len(still)))
	}
	keys := fitted(say, doors)
	var boxes []bot.Button
	if comments > 0 {
		boxes = append(boxes, button(say, "inbox", lookup{way: inboxOpen}.data()))
	}
	if negative > 0 {
		boxes = append(boxes, bot.Button{Text: say.Label("button.inbox_bad", "n", negative), Data: lookup{way: inboxBad}.data()})
	}
	return bot.Message{HTML: fit(lines), Keyboard: append(keys, rows(say, boxes, 2)...)}
}

// tallyLine is one brand's morning on one line.
func tallyLine(say locales.Printer, t social.Tally) string {
	var parts []string
	part := func(n int, key string, args ...any) {
		if n > 0 {
			parts = append(parts, say.Say("morning."+key, append(args, "n", n)...))
		}
	}
	part(t.Failed, "failed")
	part(t.Lost, "lost")
	part(t.Review, "review", "oldest", t.Asked)
	part(t.Today, "today")
	part(t.Plans, "plans")
	part(t.Waiting, "waiting", "oldest", t.Oldest)
	part(t.Negative, "negative")
	part(t.Answered, "answered", "median", max(t.Median, time.Minute))
	return say.Say("morning.brand", "brand", t.Brand.Name, "what", locales.HTML(strings.Join(parts, " · ")))
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
