package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// The ways to look into the inbox, as buttons carry them.
const (
	inboxOpen  = "o" // what waits for an answer
	inboxBad   = "n" // of that, complaints
	inboxMine  = "m" // of that, what the reader has
	inboxLate  = "l" // what has waited too long, and is not a colleague's
	inboxAll   = "a"
	inboxFold  = "f" // a burst
	inboxFound = "s" // what a search has found
)

const (
	// inboxPage is how many comments stand on a page.
	inboxPage = 8
	// findStep is the dialog step in which somebody types what he looks for.
	findStep = "find"
	// foundStep keeps what was looked for, while its pages are turned. No text
	// answers it.
	foundStep = "found"
	// minSearch is the shortest word that is looked for, in code points.
	minSearch = 2
)

// A lookup is one page of the inbox in one way of looking.
type lookup struct {
	way     string
	brand   int64
	network social.Platform // empty: all
	fold    int64
	page    int
	word    string // as it was typed
}

// data is what a button carries that leads to this page.
func (l lookup) data() string {
	return bot.Data("inbox", l.brand, l.page, l.way, idOf(l.fold), here, string(l.network))
}

// here marks a button of a list: what it leads to takes the list's place.
const here = "h"

func (l lookup) filter() social.InboxFilter {
	return social.InboxFilter{
		Brand: l.brand, Network: l.network, Fold: l.fold, Mine: l.way == inboxMine, Negative: l.way == inboxBad,
		Open:   l.way == inboxOpen || l.way == inboxMine || l.way == inboxBad || l.way == inboxLate,
		Late:   l.way == inboxLate,
		Search: locales.Fold(l.word), Page: l.page, Size: inboxPage,
	}
}

// inbox lists the comments that the reader answers for. The card of a burst or of what
// is late stays where it is; its list comes below.
func (h *Handlers) inbox(ctx context.Context, r *bot.Request, me Reader) error {
	l := lookup{
		way: r.Arg(0), brand: r.ID(), page: max(r.Version(), 0), fold: idArg(r.Arg(1)),
		network: social.Platform(r.Arg(3)), word: strings.TrimSpace(r.Payload),
	}
	switch {
	case l.word != "":
		return h.find(ctx, r, me, l)
	case (l.way == inboxFold || l.way == inboxLate) && r.Arg(2) == "":
		r = below(r)
	case l.way == inboxFound:
		d, err := h.Store.Dialog(ctx, r.Chat.ID)
		if err != nil || d.Step != foundStep {
			return errors.Join(err, social.ErrOutdated)
		}
		l.word = d.Data["word"]
	case l.way == "":
		l.way = inboxOpen
	}
	if l.way != inboxFound {
		if err := h.endDialog(ctx, r); err != nil {
			return err
		}
	}
	return h.showInbox(ctx, r, me, l)
}

// showInbox draws a page of the inbox. What the message showed before, it shows no
// more.
func (h *Handlers) showInbox(ctx context.Context, r *bot.Request, me Reader, l lookup) error {
	brands, err := h.answeredFor(ctx, me)
	if err != nil {
		return err
	}
	if len(brands) == 0 {
		return h.noInbox(ctx, r, me)
	}
	found, n, err := h.Store.Comments(ctx, me.Person.ID, l.filter())
	if err != nil {
		return err
	}
	if pages := (n + inboxPage - 1) / inboxPage; l.page >= pages && pages > 0 {
		l.page = pages - 1
		if found, n, err = h.Store.Comments(ctx, me.Person.ID, l.filter()); err != nil {
			return err
		}
	}
	if message := pressed(r); message != 0 {
		if err := h.Store.DropCommentCard(ctx, r.Chat.ID, message); err != nil {
			return err
		}
	}
	counts, err := h.Store.InboxCounts(ctx, me.Person.ID, l.filter())
	if err != nil {
		return err
	}
	speak := func(b social.Brand) locales.Printer { return h.sayIn(me.Person, b) }
	_, err = h.put(ctx, r, inboxCard(me.Say, speak, inboxFacts{l, brands, found, n, counts}))
	return err
}

// noInbox tells whoever answers no followers that it is not his; strangers hear the
// one polite line.
func (h *Handlers) noInbox(ctx context.Context, r *bot.Request, me Reader) error {
	places, err := h.Store.Places(ctx, me.Person.ID)
	if err != nil {
		return err
	}
	if len(places) == 0 {
		return h.greet(ctx, r, me)
	}
	return social.ErrNotResponder
}

// answeredFor are the brands whose followers the reader answers.
func (h *Handlers) answeredFor(ctx context.Context, me Reader) ([]social.Brand, error) {
	brands, err := h.Store.Brands(ctx, me.Person.ID)
	if err != nil {
		return nil, err
	}
	places, err := h.Store.Places(ctx, me.Person.ID)
	return slices.DeleteFunc(brands, func(b social.Brand) bool { return !placeIn(places, b).Role.May(social.Answer) }), err
}

// inboxFacts is what a page of the inbox tells.
type inboxFacts struct {
	lookup
	brands []social.Brand
	found  []social.Comment
	n      int // in all
	counts social.InboxCounts
}

func inboxCard(say locales.Printer, speak func(social.Brand) locales.Printer, f inboxFacts) bot.Message {
	lines := []string{say.Say("inbox.head."+inboxWord(f.way), "n", f.n, "word", f.word)}
	var keys [][]bot.Button
	for i, c := range f.found {
		n := f.page*inboxPage + i + 1
		lines = append(lines, inboxLine(speak(c.Brand), c, n, len(f.brands) > 1))
		keys = append(keys, []bot.Button{{
			Text: say.Label("button.comment", "n", n, "author", brief(authorName(say, c))),
			Data: bot.Data("see", c.ID, f.page, f.way, idOf(f.brand), idOf(f.fold), string(f.network)),
		}})
	}
	pages := (f.n + inboxPage - 1) / inboxPage
	keys = append(keys, pageKeys(say, f.page, pages, func(p int) string {
		l := f.lookup
		l.page = p
		return l.data()
	})...)
	keys = append(keys, inboxWays(say, f)...)
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: append(keys, back(say, bot.Data("home", 0, 0))), NoPreview: true}
}

// inboxWord is the word for a way of looking.
func inboxWord(way string) string {
	switch way {
	case inboxBad:
		return "bad"
	case inboxMine:
		return "mine"
	case inboxLate:
		return "late"
	case inboxAll:
		return "all"
	case inboxFold:
		return "fold"
	case inboxFound:
		return "found"
	}
	return "open"
}

// inboxLine is one comment in the list.
func inboxLine(say locales.Printer, c social.Comment, n int, named bool) string {
	what := short(locales.CleanIncoming(c.Text))
	if what == "" {
		what = say.Plain("comment.media." + mediaName(c.Media))
	}
	mark := say.Say("comment.mark."+string(c.State)) + markSign(c.Mark())
	line := say.Say("inbox.line", "number", n, "mark", locales.HTML(mark), "author", authorName(say, c),
		"text", snip(what), "at", c.At)
	if named {
		line += " · " + say.Say("inbox.brand", "brand", brief(c.Brand.Name))
	}
	if c.Busy(say.Now()) && c.State != social.Answered {
		line += " · " + say.Say("inbox.holder", "who", brief(c.Holder.Name))
	}
	return line
}

// maxSnip is how much of a comment a line shows, in code points.
const maxSnip = 70

func snip(text string) string {
	if runes := []rune(text); len(runes) > maxSnip {
		return string(runes[:maxSnip]) + "…"
	}
	return text
}

// An inboxWay is a way of looking with how much there is to see.
type inboxWay struct {
	way string
	n   int
}

// inboxWays are the other ways to look, each with how much there is to see; the
// brands and the networks among them, where there are several.
func inboxWays(say locales.Printer, f inboxFacts) [][]bot.Button {
	ways := []inboxWay{{inboxOpen, f.counts.Open}, {inboxBad, f.counts.Negative}, {inboxMine, f.counts.Mine}, {inboxAll, f.counts.All}}
	if f.counts.Late > 0 || f.way == inboxLate {
		ways = slices.Insert(ways, 1, inboxWay{inboxLate, f.counts.Late})
	}
	var doors []bot.Button
	for _, w := range ways {
		data := lookup{way: w.way, brand: f.brand, network: f.network}.data()
		doors = append(doors, ticked(bot.Button{Text: say.Label("button.inbox_"+inboxWord(w.way), "n", w.n), Data: data}, w.way == f.way))
	}
	keys := append(rows(say, doors, 2), inboxBrands(say, f)...)
	keys = append(keys, inboxNetworks(say, f)...)
	return append(keys, []bot.Button{button(say, "find", bot.Data("find", f.brand, 0))})
}

// inboxBrands lead to the comments of one brand; pressed again, to those of all.
func inboxBrands(say locales.Printer, f inboxFacts) [][]bot.Button {
	if len(f.brands) < 2 {
		return nil
	}
	var doors []bot.Button
	for _, b := range f.brands {
		l := lookup{way: f.listed(), brand: b.ID, network: f.network}
		if b.ID == f.brand {
			l.brand = 0
		}
		label := say.Label("button.inbox_of", "name", brief(b.Name), "n", f.counts.Brands[b.ID])
		doors = append(doors, ticked(bot.Button{Text: label, Data: l.data()}, b.ID == f.brand))
	}
	return fitted(say, doors)
}

// inboxNetworks do the same for the networks from which comments have come.
func inboxNetworks(say locales.Printer, f inboxFacts) [][]bot.Button {
	if len(f.counts.Networks) < 2 && f.network == "" {
		return nil
	}
	var doors []bot.Button
	for _, p := range social.Platforms() {
		n, ok := f.counts.Networks[p]
		if !ok && p != f.network {
			continue
		}
		l := lookup{way: f.listed(), brand: f.brand, network: p}
		if p == f.network {
			l.network = ""
		}
		label := say.Label("button.inbox_of", "name", say.Label("platform."+string(p)), "n", n)
		doors = append(doors, ticked(bot.Button{Text: label, Data: l.data()}, p == f.network))
	}
	return fitted(say, doors)
}

// listed is the way of looking from which filters go on: not a burst, which is of
// one post.
func (f inboxFacts) listed() string {
	if f.way == inboxFold {
		return inboxAll
	}
	return f.way
}

// askFind asks what to look for.
func (h *Handlers) askFind(ctx context.Context, r *bot.Request, me Reader) error {
	brands, err := h.answeredFor(ctx, me)
	if err != nil {
		return err
	}
	if len(brands) == 0 {
		return h.noInbox(ctx, r, me)
	}
	return h.ask(ctx, r, me, question{
		step: findStep,
		data: map[string]string{"brand": itoa(r.ID())},
		view: bot.Message{
			HTML:     me.Say.Say("inbox.find"),
			Keyboard: [][]bot.Button{{button(me.Say, "cancel", lookup{way: inboxOpen, brand: r.ID()}.data())}},
		},
	})
}

// takeFind hears what to look for.
func (h *Handlers) takeFind(ctx context.Context, r *bot.Request, me Reader) error {
	return h.find(ctx, r, me, lookup{brand: number(r.Dialog.Data["brand"]), word: strings.TrimSpace(r.Text().Plain)})
}

// find shows what has the word in it, and keeps it for the pages.
func (h *Handlers) find(ctx context.Context, r *bot.Request, me Reader, l lookup) error {
	switch n := len([]rune(locales.Fold(l.word))); {
	case n < minSearch:
		return social.ErrEmpty
	case n > maxSnip:
		return social.ErrTooLong
	}
	l.way = inboxFound
	err := h.Store.SetDialog(ctx, social.Dialog{
		Chat: r.Chat.ID, Person: me.Person.ID, Step: foundStep, Data: map[string]string{"word": l.word},
		Expires: h.Clock.Now().Add(social.QuestionLife),
	})
	if err != nil {
		return err
	}
	return h.showInbox(ctx, r, me, l)
}
