package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// trailPage is how many lines of a trail stand on a page.
const trailPage = 10

// trail shows who did what on which version of a post, the newest first. It is
// the team's.
func (h *Handlers) trail(ctx context.Context, r *bot.Request, me Reader) error {
	p, place, err := h.Store.Post(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	if err := place.Can(social.Draft); err != nil {
		return err
	}
	lines, err := h.Store.Trail(ctx, me.Person.ID, p.ID)
	if err != nil {
		return err
	}
	page, err := strconv.Atoi(r.Arg(0))
	if err != nil {
		page = 0
	}
	return h.cover(ctx, r, me, p.ID, trailCard(h.sayIn(me.Person, p.Brand), p, lines, page))
}

// trailCard is one page of a post's trail.
func trailCard(say locales.Printer, p social.Post, events []social.TrailLine, page int) bot.Message {
	events = slices.Clone(events)
	slices.Reverse(events)
	pages := max(1, (len(events)+trailPage-1)/trailPage)
	page = min(max(page, 0), pages-1)
	lines := []string{say.Say("trail.head", "brand", p.Brand.Name)}
	for _, e := range events[page*trailPage : min(len(events), (page+1)*trailPage)] {
		lines = append(lines, say.Say("trail.line", "at", e.At, "what", locales.HTML(trailText(say, p, e))))
	}
	if len(events) == 0 {
		lines = append(lines, say.Say("trail.none"))
	}
	keys := pageKeys(say, page, pages, func(n int) string { return bot.Data("trl", p.ID, p.Version, strconv.Itoa(n)) })
	return bot.Message{
		HTML: strings.Join(lines, "\n"), NoPreview: true,
		Keyboard: append(keys, back(say, uncover(p))),
	}
}

// trailText says in one line what happened.
func trailText(say locales.Printer, p social.Post, e social.TrailLine) string {
	who := e.Who
	if who == "" {
		who = say.Plain("trail.program")
	}
	account, _ := accountOf(p, e.Facts.Account)
	args := []any{
		"who", who, "version", e.Version, "from", e.Facts.From, "to", e.Facts.To,
		"account", accountName(say, account), "note", short(e.Facts.Note),
		"state", locales.HTML(say.Say("state." + string(e.Facts.State))),
	}
	text := say.Say("event."+trailKey(e), args...)
	if e.Facts.Code != "" {
		text += "\n" + say.Say("reason."+e.Facts.Code)
	}
	return text
}

// trailKey names the sentence; some kinds have one for each case.
func trailKey(e social.TrailLine) string {
	switch {
	case e.Kind == social.PostMoved && e.Facts.From.IsZero():
		return "post.timed"
	case e.Kind == social.PostMoved && e.Facts.Again:
		return "post.moved_again"
	case e.Kind == social.PostChangeAsked && e.Facts.Note == "":
		return "post.change_spoken"
	case e.Kind == social.PostLate && e.Actor != 0:
		return "post.approved_late"
	}
	return string(e.Kind)
}
