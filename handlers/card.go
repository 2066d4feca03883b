package handlers

import (
	"context"
	"slices"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// maxQuote is how much of a text a card shows, in code points.
const maxQuote = 700

type posts interface {
	Post(ctx context.Context, reader, id int64) (social.Post, social.Member, error)
	UpdatePost(ctx context.Context, by, id int64, rule social.PostRule) (social.Post, error)
	Version(ctx context.Context, reader, post int64, n int) (social.Version, error)
}

type cards interface {
	Cards(ctx context.Context, brand, post int64) ([]social.Card, error)
	CardAt(ctx context.Context, person, chat, message int64) (social.Card, error)
	ClaimCard(ctx context.Context, e social.Event, c social.Card) (ours bool, err error)
	SaveCard(ctx context.Context, brand int64, c social.Card) (was social.Card, err error)
	ShowCard(ctx context.Context, brand int64, was, now social.Card) (bool, error)
}

// cardVersion is the version under which somebody's card of the post is kept:
// the team has one living card, an approver one for each version.
func cardVersion(p social.Post, me social.Member) int {
	if me.Role.May(social.Draft) {
		return 0
	}
	return p.Version
}

// cardFor draws the post as this reader sees it. Earlier is the version before
// the present one, where the reader has approved or refused one.
func (h *Handlers) cardFor(say locales.Printer, p social.Post, me social.Member, earlier *social.Version) bot.Message {
	switch {
	case !me.Role.Valid():
		return bot.Message{HTML: say.Say("card.closed")}
	case me.Role.May(social.Draft):
		return postCard(say, p, me, checked{h.issues(p), h.describes(p)})
	}
	return reviewCard(say, p, me, earlier)
}

// checked is what the networks of a post have to say about it.
type checked struct {
	issues    []social.Issue
	describes bool // one of them takes descriptions of its files
}

// issues checks every variant of the working copy as its platform would.
func (h *Handlers) issues(p social.Post) []social.Issue {
	var issues []social.Issue
	for _, v := range p.Content.Variants() {
		a, ok := accountOf(p, v.Account)
		if !ok {
			continue
		}
		for _, i := range h.Check(a, v) {
			i.Account = a.ID
			issues = append(issues, i)
		}
	}
	return issues
}

func accountOf(p social.Post, id int64) (social.Account, bool) {
	i := slices.IndexFunc(p.Accounts, func(a social.Account) bool { return a.ID == id })
	if i < 0 {
		return social.Account{}, false
	}
	return p.Accounts[i], true
}

// accountName is the platform's name with the account's own. Telegram would make a link
// of another network's @name, which leads to whoever has it on Telegram.
func accountName(say locales.Printer, a social.Account) string {
	handle := a.Handle
	if a.Platform != social.Telegram {
		handle = locales.NoMention(handle)
	}
	return locales.Steady(strings.TrimSpace(say.Label("platform."+string(a.Platform)) + " " + handle))
}

// accountNames lists the accounts that the content is for.
func accountNames(say locales.Printer, p social.Post) string {
	var names []string
	for _, t := range p.Content.Targets {
		if a, ok := accountOf(p, t.Account); ok {
			names = append(names, accountName(say, a))
		}
	}
	return strings.Join(names, say.Plain("list.comma"))
}

// postCard is the team's card of a post: everything about it, and the buttons
// that its state and the reader's role allow.
func postCard(say locales.Printer, p social.Post, me social.Member, found checked) bot.Message {
	lines := []string{
		say.Say("card.head", "state", locales.HTML(say.Say("state."+string(p.State))), "brand", p.Brand.Name),
		whenLine(say, p),
	}
	if p.State == social.Drafting || p.State == social.Changing {
		lines = append(lines, accountLines(say, p, found.issues)...)
	} else {
		lines = append(lines, progressLines(say, p)...)
	}
	if p.State == social.Changing && p.Note != "" {
		lines = append(lines, say.Say("card.note", "note", p.Note))
	}
	lines = append(lines, decidedLines(say, p, me)...)
	lines = append(lines, contentLines(say, p.Content)...)
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: postButtons(say, p, me, found), NoPreview: true}
}

func whenLine(say locales.Printer, p social.Post) string {
	if p.Slot.IsZero() {
		return say.Say("card.no_time")
	}
	if p.Ended() || p.State == social.Expired || p.State == social.Late || p.State == social.Stopped {
		return say.Say("card.was_when", "when", p.Slot, "zone", say.ZoneName())
	}
	if p.State == social.Held {
		return say.Say("card.held_when", "when", p.Slot, "zone", say.ZoneName())
	}
	return say.Say("card.when", "when", p.Slot, "zone", say.ZoneName())
}

// accountLines say for each account of a draft whether it would be taken.
func accountLines(say locales.Printer, p social.Post, issues []social.Issue) []string {
	if len(p.Content.Targets) == 0 {
		return []string{say.Say("card.no_accounts")}
	}
	var lines []string
	var hints sharedHints
	for _, t := range p.Content.Targets {
		a, ok := accountOf(p, t.Account)
		if !ok {
			continue
		}
		own := slices.DeleteFunc(slices.Clone(issues), func(i social.Issue) bool { return i.Account != a.ID })
		if !slices.ContainsFunc(own, func(i social.Issue) bool { return i.Blocks }) {
			lines = append(lines, say.Say("card.account_ok", "account", accountName(say, a)))
		}
		for _, i := range own {
			if i.Blocks {
				lines = append(lines, issueLine(say, a, i))
				continue
			}
			hints.add(issueWords(say, i), accountName(say, a))
		}
	}
	for _, h := range hints {
		names := strings.Join(h.accounts, say.Plain("list.comma"))
		lines = append(lines, say.Say("card.account_hint", "account", names, "issue", h.words))
	}
	return lines
}

// sharedHints are what should be known of a post, each once, with the accounts that it
// is about.
type sharedHints []struct {
	words    locales.HTML
	accounts []string
}

func (h *sharedHints) add(words locales.HTML, account string) {
	for i := range *h {
		if (*h)[i].words == words {
			(*h)[i].accounts = append((*h)[i].accounts, account)
			return
		}
	}
	*h = append(*h, struct {
		words    locales.HTML
		accounts []string
	}{words, []string{account}})
}

// issueLine is one thing about one account: what its network would refuse, or a hint.
func issueLine(say locales.Printer, a social.Account, i social.Issue) string {
	key := "card.account_hint"
	if i.Blocks {
		key = "card.account_bad"
	}
	return say.Say(key, "account", accountName(say, a), "issue", issueWords(say, i))
}

func issueWords(say locales.Printer, i social.Issue) locales.HTML {
	args := []any{}
	for k, v := range i.Params {
		args = append(args, k, v)
	}
	return locales.HTML(say.Say("issue."+i.Code, args...))
}

// progressLines say for each account how far its delivery is.
func progressLines(say locales.Printer, p social.Post) []string {
	if len(p.Deliveries) == 0 {
		return []string{say.Say("card.accounts", "accounts", accountNames(say, p))}
	}
	var lines []string
	for _, d := range p.Deliveries {
		a, _ := accountOf(p, d.Account)
		lines = append(lines, deliveryLine(say, a, d))
	}
	return lines
}

func deliveryLine(say locales.Printer, a social.Account, d social.Delivery) string {
	line := say.Say("delivery."+string(d.State), "account", accountName(say, a), "at", d.At, "due", d.Due)
	if d.Stalled() {
		return say.Say("delivery.stalled", "account", accountName(say, a))
	}
	if d.Code != "" && (d.State == social.Rejected || d.State == social.Waiting) {
		line += "\n" + say.Say("reason."+d.Code)
	}
	if d.Link != "" && d.State != social.Deleted {
		line += "\n" + say.Say("card.link", "link", d.Link)
	}
	return line
}

// decidedLines say who has approved the present version, and when.
func decidedLines(say locales.Printer, p social.Post, me social.Member) []string {
	var lines []string
	for _, a := range p.Approvals {
		if a.Decision == social.Silent {
			lines = append(lines, say.Say("card.silent", "at", a.At))
			continue
		}
		key := "card.approved_by"
		if a.Person == me.Person.ID {
			key = "card.approved_by_you"
		}
		lines = append(lines, say.Say(key, "who", nameOf(say, p, a.Person), "at", a.At, "version", p.Version))
	}
	return lines
}

// nameOf names somebody who may decide on the post.
func nameOf(say locales.Printer, p social.Post, person int64) string {
	for _, m := range p.Eligible {
		if m.Person.ID == person {
			return m.Person.Name
		}
	}
	return say.Plain("card.someone")
}

// contentLines quote the text and count the media.
func contentLines(say locales.Printer, c social.Content) []string {
	var lines []string
	if len(c.Media) > 0 {
		lines = append(lines, say.Say("card.media."+string(c.Media[0].Kind), "n", len(c.Media)))
	}
	if c.Credited != "" {
		lines = append(lines, say.Say("card.credited", "from", c.Credited))
	}
	if !c.Text.Empty() {
		lines = append(lines, "<blockquote expandable>"+c.Text.Cut(maxQuote).HTML()+more(c.Text)+"</blockquote>")
	}
	return append(lines, altLines(say, c.Media)...)
}

func more(t social.Text) string {
	if t.Len() > maxQuote {
		return "…"
	}
	return ""
}
