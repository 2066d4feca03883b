package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

type reports interface {
	Report(ctx context.Context, reader, brand int64, month func(social.Brand) (social.Month, error)) (social.Report, error)
	ShareReport(ctx context.Context, by, brand int64, month func(social.Brand) (social.Month, error)) error
	Trend(ctx context.Context, reader, brand int64, days int) (social.Digest, error)
}

// MonthIn is the month of a brand's own calendar in which a moment lies.
func MonthIn(b social.Brand, at time.Time) social.Month {
	m := locales.MonthAt(at.In(b.Location()), b.Calendar)
	return b.MonthOf(m.First, m.Before, m.Days, m.After)
}

// monthNamed finds the month that begins on a day; without a day it is the last one
// that is over. What does not begin a month any more, as the brand lives by another
// calendar now, is outdated.
func (h *Handlers) monthNamed(day string) func(social.Brand) (social.Month, error) {
	now := h.Clock.Now()
	return func(b social.Brand) (social.Month, error) {
		if day == "" {
			return MonthIn(b, MonthIn(b, now).Before), nil
		}
		first, err := time.Parse(time.DateOnly, day)
		if err != nil {
			return social.Month{}, social.ErrOutdated
		}
		m := locales.MonthAt(first, b.Calendar)
		month := b.MonthOf(m.First, m.Before, m.Days, m.After)
		if !m.First.Equal(first) || month.From.After(now) {
			return social.Month{}, social.ErrOutdated
		}
		return month, nil
	}
}

// reportOf reads a month for somebody who may send it. A brand that is younger than
// the last month begins with the present one.
func (h *Handlers) reportOf(ctx context.Context, me Reader, brand int64, day string) (social.Report, error) {
	r, err := h.Store.Report(ctx, me.Person.ID, brand, h.monthNamed(day))
	if err == nil && day == "" && !r.Weeks[0].Known {
		now := h.Clock.Now()
		r, err = h.Store.Report(ctx, me.Person.ID, brand, func(b social.Brand) (social.Month, error) { return MonthIn(b, now), nil })
	}
	if err != nil {
		return r, err
	}
	return r, r.Me.Can(social.Setup)
}

// report shows a brand's month to those who may send it.
func (h *Handlers) report(ctx context.Context, r *bot.Request, me Reader) error {
	m, err := h.reportOf(ctx, me, r.ID(), r.Arg(0))
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, reportCard(h.sayIn(m.Me.Person, m.Brand), m))
	return err
}

// reportCard tells of the month, and leads to the months beside it and to what clients
// would see.
func reportCard(say locales.Printer, r social.Report) bot.Message {
	text := reportText(say, r, false)
	if !r.Sent.IsZero() {
		text += "\n\n" + say.Say("digest.sent", "at", r.Sent)
	}
	turn := func(key string, month social.Month) bot.Button {
		return button(say, key, bot.Data("report", r.Brand.ID, 0, month.Day()))
	}
	var turns []bot.Button
	if r.Weeks[1].Known {
		turns = append(turns, turn("report_before", social.Month{From: r.Month.Before}))
	}
	if !r.Month.To.After(say.Now()) {
		turns = append(turns, turn("report_after", social.Month{From: r.Month.To}))
	}
	keys := append([][]bot.Button{}, rows(say, turns, 2)...)
	if r.Weeks[0].Known {
		look := button(say, "report_look", bot.Data("report_look", r.Brand.ID, 0, r.Month.Day()))
		look.Style = "primary"
		keys = append([][]bot.Button{{look}}, keys...)
	}
	return bot.Message{HTML: text, NoPreview: true, Keyboard: append(keys, back(say, bot.Data("brand", r.Brand.ID, 0)))}
}

// previewReport shows the month as each client would see it, once for each of their
// languages, and asks whether it shall be sent.
func (h *Handlers) previewReport(ctx context.Context, r *bot.Request, me Reader) error {
	m, err := h.reportOf(ctx, me, r.ID(), r.Arg(0))
	if err != nil {
		return err
	}
	members, err := h.Store.Members(ctx, me.Person.ID, m.Brand.ID)
	if err != nil {
		return err
	}
	clients := social.Clients(members)
	return h.during(ctx, r.Chat.ID, isSending, func() error {
		for _, p := range readersOf(clients, m.Me.Person) {
			for _, page := range h.reportMessages(ctx, h.sayIn(p, m.Brand), m) {
				if _, err := r.Reply(ctx, page); err != nil {
					return err
				}
			}
		}
		_, err = r.Reply(ctx, sendReportCard(h.sayIn(m.Me.Person, m.Brand), m, clients))
		return err
	})
}

// readersOf are one client for each way to write a report: language, calendar and zone.
// Without clients the one who looks reads it himself.
func readersOf(clients []social.Member, me social.Person) []social.Person {
	var readers []social.Person
	for _, m := range clients {
		same := func(p social.Person) bool {
			return p.Lang == m.Person.Lang && p.Calendar == m.Person.Calendar && p.Zone == m.Person.Zone
		}
		if !slices.ContainsFunc(readers, same) {
			readers = append(readers, m.Person)
		}
	}
	if len(readers) == 0 {
		return []social.Person{me}
	}
	return readers
}

// sendReportCard says who gets the month, or why nobody does.
func sendReportCard(say locales.Printer, r social.Report, clients []social.Member) bot.Message {
	away := back(say, bot.Data("report", r.Brand.ID, 0, r.Month.Day()))
	lines := []string{say.Say("report.look", "month", locales.HTML(monthName(say, r)))}
	_, err := r.Share(clients, say.Now())
	var why social.Rule
	if errors.As(err, &why) {
		args := []any{"to", r.Month.To}
		return bot.Message{HTML: strings.Join(append(lines, "", say.Say("rule."+string(why), args...), say.Say("report.forward")), "\n"), Keyboard: [][]bot.Button{away}}
	}
	lines = append(lines, "", say.Say("report.send", "month", locales.HTML(monthName(say, r))))
	for _, m := range clients {
		lines = append(lines, say.Say("digest.share_to", "name", m.Person.Name))
	}
	yes := button(say, "report_send", bot.Data("report_send", r.Brand.ID, 0, r.Month.Day()))
	yes.Style = "success"
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: [][]bot.Button{{yes}, away}}
}

// sendReport sends a month to the brand's clients.
func (h *Handlers) sendReport(ctx context.Context, r *bot.Request, me Reader) error {
	if err := h.Store.ShareReport(ctx, me.Person.ID, r.ID(), h.monthNamed(r.Arg(0))); err != nil {
		return err
	}
	return h.report(ctx, r, me)
}

// sharedReport is what a client gets: the month in his language, with the word that
// somebody has sent it. Whoever has left in the meantime gets nothing.
func (h *Handlers) sharedReport(ctx context.Context, a social.Affair, p social.Person) ([]bot.Message, error) {
	r, err := h.Store.Report(ctx, p.ID, a.BrandID, h.monthNamed(a.Facts.Month))
	if errors.Is(err, social.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	say := h.sayIn(r.Me.Person, r.Brand)
	word := bot.Message{HTML: say.Say("report.shared", "who", a.Who, "agency", a.Agency.Name)}
	return append([]bot.Message{word}, h.reportMessages(ctx, say, r)...), nil
}

// reportReady offers managers the month that is over.
func (h *Handlers) reportReady(say locales.Printer, a social.Affair) []bot.Message {
	m, err := h.monthNamed(a.Facts.Month)(a.Brand)
	if err != nil {
		return nil // the brand lives by another calendar since
	}
	name := monthName(say, social.Report{Digest: social.Digest{Brand: a.Brand}, Month: m})
	door := button(say, "report", bot.Data("report", a.BrandID, 0, a.Facts.Month))
	return []bot.Message{{HTML: say.Say("report.ready", "brand", a.Where(), "month", locales.HTML(name)), Keyboard: [][]bot.Button{{door}}}}
}

// reportMessages are the month as an album of pictures, with all of their figures below.
func (h *Handlers) reportMessages(ctx context.Context, say locales.Printer, r social.Report) []bot.Message {
	caption, goals := reportCaption(say, r)
	m := h.pictured(ctx, bot.Message{HTML: caption, NoPreview: true}, reportPictures(say, r)...)
	switch {
	case len(m.Media) == 0:
		m.HTML = reportText(say, r, false)
	case goals != "":
		return []bot.Message{m, {HTML: goals, NoPreview: true}}
	}
	return []bot.Message{m}
}
