package handlers

import (
	"slices"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// foldCard is a burst of comments on one post.
func foldCard(say locales.Printer, f social.Fold, me social.Member) bot.Message {
	if !me.Role.May(social.Answer) {
		return bot.Message{HTML: say.Say("card.closed")}
	}
	lines := []string{
		say.Say("fold.head", "n", f.Count, "brand", f.Brand.Name),
		whereLine(say, f.Handle, f.Thread),
	}
	for _, c := range slices.Backward(f.Latest) {
		line := say.Say("fold.line", "author", authorName(say, c), "text", short(locales.CleanIncoming(c.Text)))
		if sign := markSign(c.Mark()); sign != "" {
			line = sign + " " + line
		}
		lines = append(lines, line)
	}
	if f.Bad > 0 {
		lines = append(lines, say.Say("fold.bad", "n", f.Bad))
	}
	if f.Open < f.Count {
		lines = append(lines, say.Say("fold.open", "n", f.Open))
	}
	label := say.Label("button.fold", "n", f.Count)
	if f.Bad > 0 {
		label = say.Label("button.fold_bad", "n", f.Count, "bad", f.Bad)
	}
	show := bot.Button{Text: label, Data: bot.Data("inbox", 0, 0, inboxFold, idOf(f.ID)), Style: "primary"}
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: [][]bot.Button{{show}}, NoPreview: true}
}
