package handlers

import (
	"strings"
	"testing"
	"time"

	"peyk/social"
)

// longestDigest is one in which everything is told, with the longest names and numbers.
func longestDigest(lang string) social.Digest {
	b := someBrand()
	b.Rules = social.DefaultRules(social.Gregorian)
	b.Name = strings.Repeat("فروشگاه‌", 8)
	words := strings.Repeat("چای زمستانی ", 40)
	if lang == "en" {
		b.Name, words = strings.Repeat("Nobahar ", 8), strings.Repeat("Winter tea ", 40)
	}
	now := time.Date(2026, 9, 28, 9, 0, 0, 0, time.UTC)
	w := b.Before(b.Week(now), 1)
	d := social.Digest{
		Brand: b, Week: w, Me: social.Member{Role: social.Manager}, Review: 888_888, Open: 888_888, Oldest: now.AddDate(0, 0, -9), Ahead: 1,
		Best:  social.Talk{Words: words, Link: "https://t.me/nobahar/1", Known: true, Hears: true, Reactions: 888_888_888, Comments: 888_888_888},
		Worst: &social.Talk{Words: words, Link: "https://t.me/nobahar/2", Known: true, Hears: true, Reactions: 888_888_888, Comments: 888_888},
	}
	const huge = 888_888_888_888
	for n := range 5 {
		big := social.Figure{Known: true, N: huge - int64(n*111_111_111_111), At: w.To, Source: social.SourceByHand}
		d.Weeks = append(d.Weeks, social.Figures{
			Known: true, Planned: 888_888_888, Published: 888_888 - n, Comments: 888_888_888, Answered: 888_888_888 - n, Median: 23*time.Hour + 59*time.Minute,
			Numbers: []social.Numbers{{Account: 1, Platform: social.Telegram, Posts: 1, Followers: big, Reach: big, Reactions: big, Comments: big}},
		})
	}
	for n := range 80 { // at one hour, and of one type, posts do best
		s := social.Sample{
			Account: 1, Live: now.AddDate(0, 0, -n-2), Type: social.TypeText,
			Reactions: social.Figure{Known: true, N: 400 + int64(n%3)},
		}
		if n%4 == 0 {
			s.Live, s.Type, s.Reactions.N = s.Live.Add(9*time.Hour), social.TypeOther, 888_888_888
		}
		d.Samples = append(d.Samples, s)
	}
	d.Samples[0].Link, d.Samples[1].Link = d.Best.Link, d.Worst.Link
	return d
}

// A digest goes under a picture, whatever it has to tell, in some sixteen lines, with every
// figure of the picture in them; the words of posts are shortened first.
func TestDigestIsShort(t *testing.T) {
	h := speaking(t)
	for _, lang := range []string{"fa", "en"} {
		d := longestDigest(lang)
		for _, role := range []social.Role{social.Manager, social.Owner, social.Approver, social.Viewer} {
			d.Me.Role = role
			say := h.sayIn(social.Person{Lang: lang}, d.Brand).At(d.Week.To.Add(9 * time.Hour))
			for _, pictured := range []bool{true, false} {
				text := digestCard(say, d, true, pictured).HTML
				if n := seen(text); n > captionSize {
					t.Errorf("%s, %s: %d units\n%s", lang, role, n, text)
				}
				if lines := len(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })); lines > 18 {
					t.Errorf("%s, %s: %d lines\n%s", lang, role, lines, text)
				}
				for _, figure := range picturedFigures(digestPicture(say, d)) {
					if !strings.Contains(bare(text), figure) {
						t.Errorf("%s, %s: the picture has %q, the text not\n%s", lang, role, figure, text)
					}
				}
			}
		}
	}
}

// picturedFigures are all numbers that a picture shows.
func picturedFigures(p social.Picture) []string {
	var all []string
	for _, t := range p.Tiles {
		all = append(all, strings.TrimRight(bare(t.Value), "%٪"), bare(t.Change))
	}
	for _, d := range p.Chart.Days {
		all = append(all, bare(d.Bar.Words))
	}
	return all
}

// bare is a text without marks of direction.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f' {
			return -1
		}
		return r
	}, text)
}

// How sure it is which hour and which type work best is told, also that it is not known.
func TestDigestTellsWhatWorks(t *testing.T) {
	h := speaking(t)
	d := longestDigest("en")
	d.Brand.Name, d.Best.Words, d.Worst.Words = "Nobahar", "Tea", "Coffee"
	all := d.Samples
	for _, c := range []struct {
		posts int
		want  string
	}{
		{0, ""}, {5, "not enough posts yet (5 of 8)"}, {80, "(261% above usual, 20 posts"},
	} {
		d.Samples = all[:c.posts]
		say := h.sayIn(social.Person{Lang: "en"}, d.Brand).At(d.Week.To.Add(9 * time.Hour))
		if line := bestLine(say, d); !strings.Contains(line, c.want) || (line == "") != (c.want == "") {
			t.Errorf("%d posts: %q", c.posts, line)
		}
	}
	d.Samples = all
	fa := h.sayIn(social.Person{Lang: "fa"}, d.Brand).At(d.Week.To.Add(9 * time.Hour))
	if line := bestLine(fa, d); !strings.Contains(line, "۲۱:۰۰") || !strings.Contains(line, "با اطمینان زیاد") {
		t.Errorf("in Persian: %q", line)
	}
}

// What is not known is named, and is not zero; what was never asked for is not.
func TestDigestNamesWhatIsNotKnown(t *testing.T) {
	h := speaking(t)
	b := someBrand()
	b.Rules = social.DefaultRules(social.Gregorian)
	w := b.Before(b.Week(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)), 1)
	say := h.sayIn(social.Person{Lang: "en"}, b).At(w.To.Add(9 * time.Hour))
	known := social.Figure{Known: true, N: 12, At: w.To, Source: "telegram"}
	for _, c := range []struct {
		name      string
		published int
		numbers   []social.Numbers
		want, not string
	}{
		{"no account", 0, nil, "No post", "Not known"},
		{"an account of which nothing is known", 1, []social.Numbers{{Platform: social.Telegram}}, "Not known: followers, reactions, engagement rate", "Followers:"},
		{"no post went out", 0, []social.Numbers{{Platform: social.Telegram}}, "Not known: followers", "reactions"},
		{"followers alone", 1, []social.Numbers{{Platform: social.Telegram, Followers: known}}, "Not known: reactions, engagement rate", "Reactions:"},
		{"all of it", 1, []social.Numbers{{Platform: social.Telegram, Posts: 1, Followers: known, Reactions: known}}, "Followers: 12\n❤️ Reactions: 12\n📈 Engagement rate: 100%", "Not known"},
	} {
		d := social.Digest{Brand: b, Week: w, Weeks: []social.Figures{{Known: true, Planned: c.published, Published: c.published, Numbers: c.numbers}}}
		text := digestCard(say, d, false, false).HTML
		if !strings.Contains(text, c.want) || strings.Contains(text, c.not) {
			t.Errorf("%s:\n%s", c.name, text)
		}
	}
}
