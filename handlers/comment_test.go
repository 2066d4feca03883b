package handlers

import (
	"slices"
	"strings"
	"testing"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// strangeComment is a comment of the words, under a post of a brand.
func strangeComment(author, text string) social.Comment {
	b := social.Brand{ID: 7, AgencyID: 1, Name: "Nobahar", Zone: "UTC", Calendar: social.Gregorian, Rules: social.DefaultRules(social.Gregorian)}
	return social.Comment{
		ID: 5, Brand: b, Author: author, Text: text, Judged: social.Judge(text), State: social.Unanswered,
		Account: social.Account{ID: 3, BrandID: 7, Platform: social.Telegram, Discussion: -100}, At: time.Unix(1_700_000_000, 0),
	}
}

func responder() social.Member {
	return social.Member{Person: social.Person{ID: 9, Lang: "en"}, BrandID: 7, Role: social.Responder}
}

// Whatever a follower writes, every screen that shows it is one message that
// Telegram takes, and nothing in it formats or steers our lines.
func TestStrangeComments(t *testing.T) {
	long := strings.Repeat("bad <b>& ", 1112) // 10,008 characters
	for name, c := range map[string]social.Comment{
		"10,000 characters":       strangeComment("Sima", long),
		"10,000 letters":          strangeComment("Sima", strings.Repeat("ن", 10_000)),
		"a name of 10,000":        strangeComment(long, "hi"),
		"controls of direction":   strangeComment("\u202eSima", "left \u202eright \u2066open"),
		"HTML":                    strangeComment("<i>Sima</i>", `</blockquote><a href="x">y</a>`),
		"no author and no text":   strangeComment("", ""),
		"an author like nothing":  strangeComment("\u3164 \u200b", "hello"),
		"combining marks":         strangeComment("Z"+strings.Repeat("\u0301", 500), "Z"+strings.Repeat("\u0301", 5000)),
		"a saved reply with hole": strangeComment("{link}", "{name}"),
	} {
		for _, lang := range []string{"fa", "en"} {
			say := inLang(t, lang, c.Brand)
			f := social.Fold{ID: 1, Brand: c.Brand, Count: 2, Bad: 1, Latest: []social.Comment{c, c}}
			for screen, m := range map[string]bot.Message{
				"card": commentCard(say, c, responder()), "mark": markCard(say, c), "fold": foldCard(say, f, responder()),
				"list": inboxCard(say, func(social.Brand) locales.Printer { return say },
					inboxFacts{lookup: lookup{way: inboxOpen, word: c.Text[:min(len(c.Text), 20)]}, found: slices.Repeat([]social.Comment{c}, inboxPage), n: 8}),
			} {
				if n := len([]rune(m.HTML)); n > 4096*2 || strings.ContainsAny(m.HTML, "\u202e") {
					t.Errorf("%s, %s in %s: %d characters: %.200q", name, screen, lang, n, m.HTML)
				}
				for _, tag := range []string{`<a href="x"`, "<i>", "<b>&"} {
					if strings.Contains(m.HTML, tag) {
						t.Errorf("%s, %s in %s holds %s", name, screen, lang, tag)
					}
				}
				if strings.Count(m.HTML, "<blockquote") != strings.Count(m.HTML, "</blockquote>") {
					t.Errorf("%s, %s in %s: a quote is not closed", name, screen, lang)
				}
			}
		}
	}
}

// The guide's button is there where the brand has written one.
func TestGuideButton(t *testing.T) {
	c := strangeComment("Sima", "hello")
	has := func() bool {
		keys := commentButtons(inLang(t, "en", c.Brand), c, responder())
		return slices.ContainsFunc(slices.Concat(keys...), func(b bot.Button) bool { return strings.HasPrefix(b.Data, "v1:com_guide:") })
	}
	if has() {
		t.Error("a guide, and nothing is written")
	}
	c.Brand.Rules.Standards = "We refund."
	if !has() {
		t.Error("no guide")
	}
}

// With several networks and brands the list leads to each, with how much waits.
// An advertisement is offered no kind words, and what ends it stands first.
func TestSpamButtons(t *testing.T) {
	ad := strangeComment("Growth", "Buy 1000 followers cheap, DM me: https://followers.example")
	if !ad.Mark().Spam {
		t.Fatal("the judge takes it for a comment")
	}
	nice := strangeComment("Sima", "Lovely cakes")
	for _, c := range []*social.Comment{&ad, &nice} {
		c.Saved = []social.SavedReply{{ID: 1, Lang: "en", Text: "Thank you!"}}
	}
	me := social.Member{Person: social.Person{ID: 9, Lang: "en"}, BrandID: 7, Role: social.Manager}
	first := func(c social.Comment) string { return commentButtons(inLang(t, "en", c.Brand), c, me)[0][0].Data }
	if got := first(ad); got != bot.Data("com_done", ad.ID, 0) && got != bot.Data("com_hide", ad.ID, 0) {
		t.Errorf("an advertisement begins with %s", got)
	}
	if got := first(nice); got != bot.Data("sav", nice.ID, 0, "1") {
		t.Errorf("a nice word begins with %s", got)
	}
}

func TestInboxFilters(t *testing.T) {
	c := strangeComment("Sima", "hello")
	say := inLang(t, "en", c.Brand)
	f := inboxFacts{
		lookup: lookup{way: inboxBad, network: social.Telegram}, n: 1, found: []social.Comment{c},
		brands: []social.Brand{c.Brand, {ID: 8, Name: "Other"}},
		counts: social.InboxCounts{
			Open: 3, Negative: 1, Brands: map[int64]int{7: 2, 8: 1}, Networks: map[social.Platform]int{social.Telegram: 2, social.X: 4},
		},
	}
	var got []string
	for _, b := range slices.Concat(inboxWays(say, f)...) {
		got = append(got, b.Text+" "+b.Data)
	}
	want := []string{
		"Unanswered · 3 v1:inbox:0:0:o:0:h:telegram", "✅ 🔴 Negative · 1 v1:inbox:0:0:n:0:h:telegram",
		"Mine · 0 v1:inbox:0:0:m:0:h:telegram", "All · 0 v1:inbox:0:0:a:0:h:telegram",
		"Nobahar · 2 v1:inbox:7:0:n:0:h:telegram", "Other · 1 v1:inbox:8:0:n:0:h:telegram",
		"✅ Telegram · 2 v1:inbox:0:0:n:0:h:", "X · 4 v1:inbox:0:0:n:0:h:x",
		"🔎 Search v1:find:0:0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the ways are\n%s\ninstead of\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
