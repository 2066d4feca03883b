package handlers

import (
	"slices"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

const (
	// maxAltNow is how much of a description stands under the picture that is asked
	// about, in code points: a caption is short.
	maxAltNow = 400
	// maxAlts is how much of all descriptions together a card shows.
	maxAlts = 1800
)

// altAsked is the picture that is asked about: its place, those of all that can be
// described, and who takes its description.
type altAsked struct {
	n     int
	all   []int
	rooms []altRoom
}

// altCard shows a picture and asks what is to be seen on it.
func altCard(say locales.Printer, p social.Post, asked altAsked) bot.Message {
	m := p.Content.Media[asked.n]
	at := slices.Index(asked.all, asked.n)
	var names []string
	for _, r := range asked.rooms {
		names = append(names, accountName(say, r.account))
	}
	html := say.Say("alt.ask", "n", at+1, "total", len(asked.all), "brand", p.Brand.Name) + "\n" +
		say.Say("alt.how", "accounts", strings.Join(names, say.Plain("list.comma")), "limit", leastRoom(asked.rooms)) + again(say, p)
	data := func(action string, n int) string {
		return bot.Data(action, p.ID, p.Version, idOf(int64(n)), altMark(p.Content.Media[n]))
	}
	var steps []bot.Button
	if at > 0 {
		steps = append(steps, button(say, "alt_before", data("alt", asked.all[at-1])))
	}
	if at >= 0 && at+1 < len(asked.all) {
		steps = append(steps, button(say, "alt_after", data("alt", asked.all[at+1])))
	}
	keys := [][]bot.Button{}
	if len(steps) > 0 {
		keys = append(keys, steps)
	}
	if m.Alt != "" {
		html += "\n\n" + say.Say("alt.now") + altQuote(m.Alt, maxAltNow)
		keys = append(keys, []bot.Button{button(say, "alt_no", data("alt_no", asked.n))})
	}
	return bot.Message{HTML: html, Media: []social.Media{m}, Keyboard: append(keys, back(say, bot.Data("alt_end", p.ID, p.Version)))}
}

// leastRoom is how long a description may be for all who take it.
func leastRoom(rooms []altRoom) int {
	least := 0
	for _, r := range rooms {
		if least == 0 || r.limit < least {
			least = r.limit
		}
	}
	return least
}

// altQuote is a description, up to a length.
func altQuote(alt string, most int) string {
	t := social.Text{Plain: alt}
	end := ""
	if t.Len() > most {
		end = "…"
	}
	return "\n<blockquote expandable>" + t.Cut(most).HTML() + end + "</blockquote>"
}

// altLines are the descriptions of the files, as people hear them.
func altLines(say locales.Printer, media []social.Media) []string {
	count := 0
	for _, m := range media {
		if m.Alt != "" {
			count++
		}
	}
	var lines []string
	for i, m := range media {
		if m.Alt != "" {
			lines = append(lines, say.Say("alt.line", "n", i+1)+altQuote(m.Alt, maxAlts/count))
		}
	}
	return lines
}
