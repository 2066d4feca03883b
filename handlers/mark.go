package handlers

import (
	"context"
	"slices"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// markWords are what a comment's words say, each as a sign and a word.
func markWords(say locales.Printer, mark social.Sentiment) string {
	words := []string{say.Say("mark." + string(mark.Mood))}
	if mark.Mood == social.Neutral && (mark.Spam || mark.Question) {
		words = nil // there is more to say than that
	}
	if mark.Spam {
		words = append(words, say.Say("mark.spam"))
	}
	if mark.Question {
		words = append(words, say.Say("mark.question"))
	}
	return strings.Join(words, " · ")
}

// markSign is the one sign of a mark in a list; what needs no attention has none.
func markSign(mark social.Sentiment) string {
	switch {
	case mark.Spam:
		return "🚫"
	case mark.Negative():
		return "🔴"
	case mark.Question:
		return "❓"
	}
	return ""
}

// markLine is what a comment's words say, and who says so where it was a person.
func markLine(say locales.Printer, c social.Comment) string {
	words := locales.HTML(markWords(say, c.Mark()))
	if w := c.Corrected(); w.By.ID != 0 {
		return say.Say("mark.corrected", "mark", words, "who", w.By.Name)
	}
	return say.Say("mark.line", "mark", words)
}

// showMark shows why a comment has its mark, and asks for a better one.
func (h *Handlers) showMark(ctx context.Context, r *bot.Request, me Reader) error {
	c, _, err := h.answerable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	return h.askOver(ctx, r, me, c, markCard(h.sayIn(me.Person, c.Brand), c))
}

func markCard(say locales.Printer, c social.Comment) bot.Message {
	lines := []string{say.Say("mark.head", "author", authorName(say, c)), quoted(c.Text)}
	lines = append(lines, say.Say("mark.judged", "mark", locales.HTML(markWords(say, c.Judged))), whyLine(say, c.Judged))
	if w := c.Corrected(); w.By.ID != 0 {
		lines = append(lines, say.Say("mark.says", "who", w.By.Name, "mark", locales.HTML(markWords(say, c.Mark())), "at", w.At))
	}
	var moods []bot.Button
	for _, m := range []social.Mood{social.Negative, social.Neutral, social.Positive} {
		b := bot.Button{Text: say.Label("mark." + string(m)), Data: bot.Data("com_mood", c.ID, 0, string(m))}
		moods = append(moods, ticked(b, c.Mark().Mood == m))
	}
	spam := bot.Button{Text: say.Label("mark.spam"), Data: bot.Data("com_spam", c.ID, 0)}
	question := bot.Button{Text: say.Label("mark.question"), Data: bot.Data("com_question", c.ID, 0)}
	kinds := rows(say, []bot.Button{ticked(question, c.Mark().Question), ticked(spam, c.Mark().Spam)}, 2)
	return bot.Message{
		HTML:      strings.Join(append(lines, "", say.Say("mark.ask")), "\n"),
		Keyboard:  append(slices.Concat(rows(say, moods, 3), kinds), back(say, bot.Data("com", c.ID, 0))),
		NoPreview: true,
	}
}

// whyLine names the words that decided.
func whyLine(say locales.Printer, s social.Sentiment) string {
	if len(s.Why) == 0 {
		return say.Say("mark.no_why")
	}
	var words []string
	for _, w := range s.Why {
		words = append(words, "«"+shown(flat(w), maxSnip)+"»")
	}
	return say.Say("mark.why", "words", locales.HTML(strings.Join(words, say.Plain("list.comma"))))
}

// setMood hears which mood the comment has.
func (h *Handlers) setMood(ctx context.Context, r *bot.Request, me Reader) error {
	return h.remark(ctx, r, me, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.Correct(by, social.Mood(r.Arg(0)), h.Clock.Now())
	})
}

// setSpam hears that the comment is spam, or is none.
func (h *Handlers) setSpam(ctx context.Context, r *bot.Request, me Reader) error {
	return h.remark(ctx, r, me, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.CorrectSpam(by, h.Clock.Now())
	})
}

// setQuestion hears that the comment asks something, or does not.
func (h *Handlers) setQuestion(ctx context.Context, r *bot.Request, me Reader) error {
	return h.remark(ctx, r, me, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.CorrectQuestion(by, h.Clock.Now())
	})
}

// remark corrects a mark, and shows what it is now.
func (h *Handlers) remark(ctx context.Context, r *bot.Request, me Reader, rule social.CommentRule) error {
	c, err := h.Store.UpdateComment(ctx, me.Person.ID, r.ID(), rule)
	if err != nil {
		return err
	}
	return h.askOver(ctx, r, me, c, markCard(h.sayIn(me.Person, c.Brand), c))
}
