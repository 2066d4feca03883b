package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

const (
	// gathering is how long the first word about what was missed waits for the rest.
	gathering = 30 * time.Second
	// missedLines is how many posts a summary names.
	missedLines = 8
)

// ErrTooSoon says that an event is told better in a moment.
var ErrTooSoon = errors.New("more of the same is about to come")

// tellMissed tells people of all posts that were missed while the program was away:
// one word for each person (U18). The telling of the oldest event tells of all, so
// that of a younger one leaves it to that, and whoever has told looks whether more
// have come.
func (h *Handlers) tellMissed(ctx context.Context, a social.Affair) error {
	for {
		ids, more, err := h.Store.Missed(ctx, a.AgencyID)
		switch {
		case err != nil:
			return err
		case len(ids) == 0 || ids[0] < a.ID:
			return nil
		case more && h.Clock.Since(a.At) < gathering:
			return ErrTooSoon
		}
		if err := h.tellSummary(ctx, ids); err != nil {
			return err
		}
	}
}

// tellSummary tells each listener of those events that concern him, and ends them.
func (h *Handlers) tellSummary(ctx context.Context, ids []int64) error {
	var affairs []social.Affair
	var people []social.Person
	for _, id := range ids {
		a, err := h.Store.Affair(ctx, id)
		if err != nil {
			return err
		}
		affairs = append(affairs, a)
		for _, p := range a.Listeners() {
			if !slices.ContainsFunc(people, func(o social.Person) bool { return o.ID == p.ID }) {
				people = append(people, p)
			}
		}
	}
	var failed error
	for _, p := range people {
		failed = errors.Join(failed, h.tellTogether(ctx, concerning(affairs, p), p))
	}
	if failed != nil {
		return failed
	}
	for _, id := range ids {
		if err := h.Store.EndEvent(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// concerning are the affairs of which the person is told.
func concerning(affairs []social.Affair, p social.Person) []social.Affair {
	return slices.DeleteFunc(slices.Clone(affairs), func(a social.Affair) bool {
		return !slices.ContainsFunc(a.Listeners(), func(o social.Person) bool { return o.ID == p.ID })
	})
}

// tellTogether tells one person of several events in one message, once.
func (h *Handlers) tellTogether(ctx context.Context, affairs []social.Affair, p social.Person) error {
	if len(affairs) == 1 {
		return h.tell(ctx, affairs[0], p)
	}
	var open []social.Affair
	var failed error
	for _, a := range affairs {
		told, busy, err := h.Store.ClaimNotice(ctx, a.Event, p.ID)
		switch {
		case err != nil:
			failed = errors.Join(failed, err)
		case busy:
			failed = errors.Join(failed, fmt.Errorf("person %d is being told of event %d just now", p.ID, a.ID))
		case !told:
			open = append(open, a)
		}
	}
	state := "open"
	if failed == nil && len(open) > 0 {
		_, state, failed = h.deliver(ctx, open[0], p, h.missedCard(p, open))
	}
	for _, a := range open {
		failed = errors.Join(failed, h.Store.EndNotice(context.WithoutCancel(ctx), a.Event, p.ID, state))
	}
	return failed
}

// missedCard lists the posts as they were due, each with the way to it. Times are spoken as each
// brand's reader expects them.
func (h *Handlers) missedCard(p social.Person, affairs []social.Affair) bot.Message {
	say := h.say(p)
	affairs = slices.SortedStableFunc(slices.Values(affairs), func(a, b social.Affair) int { return a.Facts.To.Compare(b.Facts.To) })
	lines := []string{say.Say("missed.head", "n", len(affairs))}
	var keys []bot.Button
	for i, a := range affairs[:min(len(affairs), missedLines)] {
		why := "late"
		if a.Kind == social.PostExpired {
			why = "expired"
		}
		lines = append(lines, h.sayIn(p, a.Brand).Say("missed.line", "number", i+1, "brand", a.Brand.Name, "when", a.Facts.To,
			"why", locales.HTML(say.Say("missed.why."+why)), "what", snippet(say, a.Post, a.Place(p.ID))))
		keys = append(keys, bot.Button{
			Text: say.Label("button.duty", "n", i+1, "mark", stateMark(say, a.Post), "brand", brief(a.Brand.Name)),
			Data: bot.Data("opn", a.Post.ID, a.Post.Version),
		})
	}
	if rest := len(affairs) - missedLines; rest > 0 {
		lines = append(lines, say.Say("missed.more", "n", rest))
	}
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: rows(say, keys, 2), NoPreview: true}
}
