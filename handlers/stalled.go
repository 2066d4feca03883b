package handlers

import (
	"context"
	"strings"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// lateWays says how many posts an account that is back owes, with the two ways on.
func lateWays(say locales.Printer, b social.Brand, account int64, late int, view *bot.Message) {
	if late == 0 {
		return
	}
	view.HTML += "\n\n" + say.Say("late.head", "n", late)
	view.Keyboard = append(rows(say, []bot.Button{
		button(say, "late_now", bot.Data("late_now", b.ID, 0, itoa(account))),
		button(say, "late_slots", bot.Data("late_slots", b.ID, 0, itoa(account))),
	}, 2), view.Keyboard...)
}

// accountNotice tells that the connection of an account has ended, or that it is
// back, with what helps.
func accountNotice(say locales.Printer, a social.Affair) bot.Message {
	view := plainNotice(say, a)
	account := social.Account{ID: a.Facts.Account, Platform: a.Facts.Network, Handle: a.Facts.Name}
	args := []any{"account", accountName(say, account), "brand", a.Where(), "n", a.Facts.Count}
	if a.Kind == social.AccountBack {
		view.HTML = say.Say("notice.account.back", args...)
		lateWays(say, a.Brand, account.ID, a.Facts.Count, &view)
		return view
	}
	view.HTML = say.Say("notice.account.ended", args...)
	view.Keyboard = [][]bot.Button{{reconnect(say, a.Brand, account)}}
	return view
}

// keptNotice tells that a network did not take back what let us in to an account that was
// taken out, and where people end that themselves.
func keptNotice(say locales.Printer, a social.Affair) bot.Message {
	account := social.Account{ID: a.Facts.Account, Platform: a.Facts.Network, Handle: a.Facts.Name}
	view := bot.Message{NoPreview: true, HTML: say.Say("account.kept", "account", accountName(say, account), "brand", a.Where()) + "\n" +
		say.Say("account.kept."+string(a.Facts.Network))}
	if a.Facts.Link != "" {
		view.Keyboard = [][]bot.Button{{{Text: say.Label("button.end_there"), URL: a.Facts.Link}}}
	}
	return view
}

// stalledCard is about a delivery that waits for its account.
func stalledCard(say locales.Printer, p social.Post, a social.Account, d social.Delivery) bot.Message {
	keys := [][]bot.Button{{reconnect(say, p.Brand, a)}}
	if a.Ready() {
		keys = rows(say, []bot.Button{
			button(say, "late_now", bot.Data("late_now", p.Brand.ID, 0, itoa(a.ID))),
			button(say, "late_slots", bot.Data("late_slots", p.Brand.ID, 0, itoa(a.ID))),
		}, 2)
	}
	return bot.Message{
		HTML: say.Say("delivery.stalled", "account", accountName(say, a)),
		Keyboard: append(keys, rows(say, []bot.Button{
			button(say, "wdr", bot.Data("wdr", d.ID, 0)), button(say, "opn", bot.Data("opn", p.ID, p.Version)),
		}, 2)...),
	}
}

// lateNow lets everything go out that waits for an account which is back.
func (h *Handlers) lateNow(ctx context.Context, r *bot.Request, me Reader) error {
	now := h.Clock.Now()
	return h.release(ctx, r, me, func(n int) ([]time.Time, error) {
		at := make([]time.Time, n)
		for i := range at {
			at[i] = now
		}
		return at, nil
	})
}

// lateSlots gives what waits the brand's next free times, in order.
func (h *Handlers) lateSlots(ctx context.Context, r *bot.Request, me Reader) error {
	return h.release(ctx, r, me, func(n int) ([]time.Time, error) {
		b, _, err := h.Store.Brand(ctx, me.Person.ID, r.ID())
		if err != nil {
			return nil, err
		}
		taken, err := h.Store.Taken(ctx, me.Person.ID, b.ID)
		return b.FreeSlots(h.Clock.Now(), taken, n), err
	})
}

// release gives each delivery that waits for the account its time. What has found
// its way meanwhile is left alone.
func (h *Handlers) release(ctx context.Context, r *bot.Request, me Reader, times func(n int) ([]time.Time, error)) error {
	b, place, err := h.Store.Brand(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	if err := place.Can(social.Plan); err != nil {
		return err
	}
	a, err := h.accountIn(ctx, me, b.ID, number(r.Arg(0)))
	if err != nil {
		return err
	}
	ids, err := h.Store.Stalled(ctx, me.Person.ID, a.ID)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return social.ErrOutdated
	}
	at, err := times(len(ids))
	if err != nil {
		return err
	}
	say, now := h.sayIn(me.Person, b), h.Clock.Now()
	lines := []string{say.Say("late.done", "account", accountName(say, a))}
	for i, id := range ids[:min(len(ids), len(at))] {
		p, err := h.Store.UpdateDelivery(ctx, me.Person.ID, id, func(_ *social.Post, d *social.Delivery, by social.Member) (social.Kind, error) {
			kind := social.DeliveryPutOff
			if !at[i].After(now) {
				kind = social.DeliveryRetried
			}
			return kind, d.Release(by, a, at[i], now)
		})
		if err != nil {
			return err
		}
		key := "late.at"
		if !at[i].After(now) {
			key = "late.now"
		}
		lines = append(lines, say.Say(key, "when", at[i], "text", brief(p.Content.Text.Plain)))
	}
	_, err = h.put(ctx, r, bot.Message{HTML: strings.Join(lines, "\n"), NoPreview: true})
	return err
}
