package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

const (
	// maxWaiting is how many unfinished posts are looked through.
	maxWaiting = 200
	// waitingPage is how many lines stand on a page.
	waitingPage = 8
)

// A duty is a post that waits for one person, and for what.
type duty struct {
	post  social.Post
	place social.Member
	why   string // locale key "waiting.why.<why>"
}

// waiting shows what waits for the reader.
func (h *Handlers) waiting(ctx context.Context, r *bot.Request, me Reader) error {
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	if err := h.leaveCard(ctx, r, me, idArg(r.Arg(1))); err != nil {
		return err
	}
	page, err := strconv.Atoi(r.Arg(0))
	if err != nil {
		page = 0
	}
	view, err := h.waitingView(ctx, me, page)
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, view)
	return err
}

func (h *Handlers) waitingView(ctx context.Context, me Reader, page int) (bot.Message, error) {
	posts, err := h.Store.Unfinished(ctx, me.Person.ID, maxWaiting)
	if err != nil {
		return bot.Message{}, err
	}
	places, err := h.Store.Places(ctx, me.Person.ID)
	if err != nil {
		return bot.Message{}, err
	}
	speak := func(b social.Brand) locales.Printer { return h.sayIn(me.Person, b) }
	comments, err := h.Store.Unanswered(ctx, me.Person.ID)
	if err != nil {
		return bot.Message{}, err
	}
	all := duties(posts, places)
	return withComments(me.Say, waitingCard(me.Say, speak, all, page), len(all) == 0, comments), nil
}

// withComments adds to what waits for the reader the comments that nobody has
// answered. They are all that waits where no post does.
func withComments(say locales.Printer, view bot.Message, alone bool, comments map[int64]int) bot.Message {
	n := 0
	for _, of := range comments {
		n += of
	}
	if n == 0 {
		return view
	}
	line := say.Say("waiting.comments", "n", n)
	if alone {
		view.HTML = line
	} else {
		view.HTML += "\n\n" + line
	}
	last := len(view.Keyboard) - 1
	view.Keyboard = slices.Insert(view.Keyboard, last, inboxKey(say, comments)...)
	return view
}

// welcomeBack is the one word to somebody who can be reached again: all that waits for
// him by now.
func (h *Handlers) welcomeBack(ctx context.Context, p social.Person) ([]bot.Message, error) {
	me := Reader{Person: p, Say: h.say(p)}
	view, err := h.waitingView(ctx, me, 0)
	if err != nil {
		return nil, err
	}
	view.HTML = me.Say.Say("waiting.back") + "\n\n" + view.HTML
	return []bot.Message{view}, nil
}

// duties are the posts that wait for whoever has the places, the oldest first.
func duties(posts []social.Post, places []social.Member) []duty {
	var found []duty
	for _, p := range posts {
		place := placeIn(places, p.Brand)
		if why := whyWaiting(p, place); why != "" {
			found = append(found, duty{p, place, why})
		}
	}
	slices.SortStableFunc(found, func(a, b duty) int { // what changed in the same minute stays in the order of its slots
		return a.post.Changed.Truncate(time.Minute).Compare(b.post.Changed.Truncate(time.Minute))
	})
	return found
}

// whyWaiting says what a post wants of somebody; nothing if it does not wait for
// him.
func whyWaiting(p social.Post, place social.Member) string {
	plans := place.Role.May(social.Plan)
	own := p.Author == place.Person.ID && place.Role.May(social.Draft)
	switch {
	case p.State == social.Expired && plans:
		return "expired"
	case mayDecide(p, place) && p.State == social.Expired:
		return "passed"
	case mayDecide(p, place):
		return "approve"
	case p.State == social.Changing && (own || plans):
		return "change"
	case p.State == social.Drafting && own:
		return "draft"
	case !plans:
		return ""
	}
	switch p.State {
	case social.Late, social.Failed, social.Held:
		return string(p.State)
	case social.Publishing:
		return openDelivery(p)
	}
	return ""
}

// openDelivery tells what a person has to do before the post can end.
func openDelivery(p social.Post) string {
	why := ""
	for _, d := range p.Deliveries {
		switch d.State {
		case social.Unknown:
			return "unknown"
		case social.Handed:
			why = "handed"
		}
	}
	return why
}

// waitingCard is one page of the list. Times are spoken as each brand's reader
// expects them.
func waitingCard(say locales.Printer, speak func(social.Brand) locales.Printer, all []duty, page int) bot.Message {
	home := bot.Data("home", 0, 0)
	if len(all) == 0 {
		return bot.Message{HTML: say.Say("waiting.none"), Keyboard: [][]bot.Button{back(say, home)}}
	}
	pages := (len(all) + waitingPage - 1) / waitingPage
	page = min(max(page, 0), pages-1)
	lines := []string{say.Say("waiting.head", "n", len(all))}
	var keys [][]bot.Button
	for i, d := range all[page*waitingPage : min(len(all), (page+1)*waitingPage)] {
		n := page*waitingPage + i + 1
		lines = append(lines, dutyLine(speak(d.post.Brand), d, n))
		keys = append(keys, []bot.Button{{
			Text: say.Label("button.duty", "n", n, "mark", stateMark(say, d.post), "brand", brief(d.post.Brand.Name)),
			Data: bot.Data("opn", d.post.ID, d.post.Version, fromWaiting, strconv.Itoa(page)),
		}})
	}
	keys = append(keys, pageKeys(say, page, pages, func(p int) string { return bot.Data("waiting", 0, 0, strconv.Itoa(p)) })...)
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: append(keys, back(say, home)), NoPreview: true}
}

func dutyLine(say locales.Printer, d duty, n int) string {
	when := say.Plain("waiting.no_time")
	if !d.post.Slot.IsZero() {
		when = say.Plain("waiting.when", "when", d.post.Slot)
	}
	return say.Say("waiting.line", "number", n, "why", locales.HTML(say.Say("waiting.why."+d.why)),
		"brand", d.post.Brand.Name, "what", snippet(say, d.post, d.place), "when", when)
}

// pageKeys lead to the pages beside this one. For readers from right to left the
// next page lies to the left.
func pageKeys(say locales.Printer, page, pages int, data func(page int) string) [][]bot.Button {
	var keys []bot.Button
	if page > 0 {
		keys = append(keys, button(say, "page_before", data(page-1)))
	}
	if page < pages-1 {
		keys = append(keys, button(say, "page_after", data(page+1)))
	}
	return rows(say, keys, 2)
}
