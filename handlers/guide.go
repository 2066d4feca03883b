package handlers

import (
	"context"
	"errors"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// guideStep is the dialog step in which a part of the guide is typed.
const guideStep = "guide"

// readGuide shows whoever answers a comment how the brand speaks and what it
// promises.
func (h *Handlers) readGuide(ctx context.Context, r *bot.Request, me Reader) error {
	c, _, err := h.answerable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, c.Brand)
	return h.askOver(ctx, r, me, c, bot.Message{
		HTML:      strings.Join(guideLines(say, c.Brand), "\n"),
		Keyboard:  [][]bot.Button{back(say, bot.Data("com", c.ID, 0))},
		NoPreview: true,
	})
}

// guideLines are the parts that somebody has written.
func guideLines(say locales.Printer, b social.Brand) []string {
	lines := []string{say.Say("guide.head", "brand", b.Name)}
	for _, part := range social.Guides() {
		if text := b.Guide(part); text != "" {
			lines = append(lines, say.Say("guide."+string(part)), quoted(text))
		}
	}
	return lines
}

// guide shows those who set the brand up what its guide says.
func (h *Handlers) guide(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, guideCard(h.sayIn(me.Person, b), b))
	return err
}

func guideCard(say locales.Printer, b social.Brand) bot.Message {
	lines := guideLines(say, b)
	var write, erase []bot.Button
	for _, part := range social.Guides() {
		write = append(write, button(say, "guide_"+string(part), bot.Data("guide_ask", b.ID, 0, string(part))))
		if b.Guide(part) == "" {
			lines = append(lines, say.Say("guide.no_"+string(part)))
			continue
		}
		erase = append(erase, button(say, "unguide_"+string(part), bot.Data("guide_clear", b.ID, 0, string(part))))
	}
	keys := append(rows(say, write, 2), rows(say, erase, 2)...)
	return bot.Message{
		HTML:      strings.Join(append(lines, "", say.Say("guide.how")), "\n"),
		Keyboard:  append(keys, back(say, bot.Data("answers", b.ID, 0))),
		NoPreview: true,
	}
}

// askGuide asks for a part of the guide; what it says now is there to be copied.
func (h *Handlers) askGuide(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	part := social.Guide(r.Arg(0))
	if part != social.VoiceGuide && part != social.StandardsGuide {
		return social.ErrOutdated
	}
	say := h.sayIn(me.Person, b)
	html := say.Say("guide.ask_"+string(part), "brand", b.Name)
	if text := b.Guide(part); text != "" {
		html += "\n<code>" + shown(text, maxCommentQuote) + "</code>"
	}
	return h.ask(ctx, r, me, question{
		step: guideStep, data: map[string]string{"brand": itoa(b.ID), "part": string(part)},
		view: bot.Message{HTML: html, Keyboard: [][]bot.Button{{button(say, "cancel", bot.Data("guide", b.ID, 0, left))}}},
	})
}

// takeGuide hears a part of the guide.
func (h *Handlers) takeGuide(ctx context.Context, r *bot.Request, me Reader) error {
	text := r.Text().Plain
	if strings.TrimSpace(text) == "" {
		return social.ErrEmpty
	}
	brand, part := number(r.Dialog.Data["brand"]), social.Guide(r.Dialog.Data["part"])
	b, _, err := h.setAnswers(ctx, me, brand, social.WriteGuide(part, text))
	switch {
	case errors.Is(err, social.ErrGuideLong):
		return err // the question stays open
	case err != nil:
		return h.endWith(ctx, r, err)
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	_, err = h.put(ctx, r, guideCard(h.sayIn(me.Person, b), b))
	return err
}

// clearGuide takes a part of the guide away.
func (h *Handlers) clearGuide(ctx context.Context, r *bot.Request, me Reader) error {
	b, _, err := h.setAnswers(ctx, me, r.ID(), social.WriteGuide(social.Guide(r.Arg(0)), ""))
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, guideCard(h.sayIn(me.Person, b), b))
	return err
}
