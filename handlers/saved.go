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

type savedReplies interface {
	SavedReplies(ctx context.Context, reader, brand int64) ([]social.SavedReply, error)
	SaveReply(ctx context.Context, by int64, r social.SavedReply) (social.SavedReply, error)
	DropSavedReply(ctx context.Context, by, id int64) error
	CountUse(ctx context.Context, brand, id int64, mood social.Mood) error
	SetAlone(ctx context.Context, by, brand, person int64, alone bool) error
}

// The dialog step in which somebody types a reply that is to be kept.
const savedStep = "saved"

// savedButtons offer the kept replies that fit best, while an answer is waited for;
// an advertisement waits for none.
func savedButtons(say locales.Printer, c social.Comment, me social.Member) [][]bot.Button {
	if !c.Open() || c.Mark().Spam || pendingReply(c) || c.TakenFrom(me, say.Now()) {
		return nil
	}
	var keys [][]bot.Button
	for _, s := range c.Saved {
		keys = append(keys, []bot.Button{{Text: "💾 " + brief(flat(filled(say, s, c))), Data: bot.Data("sav", c.ID, 0, idOf(s.ID))}})
	}
	return keys
}

// filled is a kept reply as it goes out under a comment.
func filled(say locales.Printer, s social.SavedReply, c social.Comment) string {
	return s.Fill(c, hours(say.In(s.Lang), c.Brand))
}

// flat is a text on one line, without what would steer it.
func flat(text string) string { return strings.Join(strings.Fields(locales.CleanIncoming(text)), " ") }

// chosen is the pressed comment and the kept reply that was pressed with it.
func (h *Handlers) chosen(ctx context.Context, r *bot.Request, me Reader) (c social.Comment, s social.SavedReply, err error) {
	if c, _, err = h.answerable(ctx, me, r.ID()); err != nil {
		return c, s, err
	}
	all, err := h.Store.SavedReplies(ctx, me.Person.ID, c.Brand.ID)
	if err != nil {
		return c, s, err
	}
	i := slices.IndexFunc(all, func(s social.SavedReply) bool { return s.ID == idArg(r.Arg(0)) })
	if i < 0 {
		return c, s, social.ErrOutdated
	}
	if !all[i].Usable(c.Brand) {
		return c, s, social.ErrNoHours
	}
	return c, all[i], nil
}

// previewSaved takes the comment for the reader and shows the kept reply as it will
// go out.
func (h *Handlers) previewSaved(ctx context.Context, r *bot.Request, me Reader) error {
	c, s, err := h.chosen(ctx, r, me)
	if err != nil {
		return err
	}
	_, err = h.Store.UpdateComment(ctx, me.Person.ID, c.ID, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.Claim(by, h.Clock.Now())
	})
	var why social.Rule
	if errors.As(err, &why) {
		if err := r.Alert(ctx, commentRefusal(h.sayIn(me.Person, c.Brand), c, why)); err != nil {
			return err
		}
		return h.showComment(ctx, r, me, c.ID)
	}
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, c.Brand)
	send := button(say, "sav_send", bot.Data("sav_send", c.ID, 0, idOf(s.ID)))
	send.Style = "success"
	return h.askOver(ctx, r, me, c, bot.Message{
		HTML: say.Say("saved.preview", "author", authorName(say, c)) + "\n" + quoted(c.Text) + "\n" +
			say.Say("saved.your_answer") + "\n" + quoted(filled(say, s, c)),
		Keyboard: [][]bot.Button{{send}, back(say, bot.Data("com", c.ID, 0))},
	})
}

// sendSaved answers with a kept reply.
func (h *Handlers) sendSaved(ctx context.Context, r *bot.Request, me Reader) error {
	c, s, err := h.chosen(ctx, r, me)
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, c.Brand)
	v := social.Variant{Account: c.Account.ID, Text: social.Text{Plain: filled(say, s, c)}}
	if refused := refusedReply(say, c.Account, h.Check(c.Account, v)); refused != "" {
		_, err = r.Reply(ctx, bot.Message{HTML: refused})
		return err
	}
	err = h.changeComment(ctx, r, me, func(c *social.Comment, by social.Member) (social.Event, error) {
		if c.TakenFrom(by, h.Clock.Now()) {
			return social.Event{}, social.ErrTaken
		}
		return c.Answer(by, social.Text{Plain: filled(say, s, *c)}, nil, h.Clock.Now())
	})
	return errors.Join(err, h.Store.CountUse(ctx, c.Brand.ID, s.ID, c.Mark().Mood))
}

// keepReply keeps the words of a reply that was sent.
func (h *Handlers) keepReply(ctx context.Context, r *bot.Request, me Reader) error {
	c, _, err := h.answerable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	sent, err := c.Reply(idArg(r.Arg(0)))
	if err != nil {
		return err
	}
	text := social.Template(sent.Text.Plain, c)
	_, err = h.Store.SaveReply(ctx, me.Person.ID, social.SavedReply{Brand: c.Brand.ID, Lang: social.LangOf(text), Text: text})
	if err != nil {
		return err
	}
	return r.Toast(ctx, me.Say.Plain("saved.kept"))
}

// saved lists a brand's kept replies.
func (h *Handlers) saved(ctx context.Context, r *bot.Request, me Reader) error {
	b, place, err := h.Store.Brand(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	if err := place.Can(social.Answer); err != nil {
		return err
	}
	all, err := h.Store.SavedReplies(ctx, me.Person.ID, b.ID)
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, savedCard(h.sayIn(me.Person, b), b, all))
	return err
}

// shownSaved is how many kept replies the list shows.
const shownSaved = 20

func savedCard(say locales.Printer, b social.Brand, all []social.SavedReply) bot.Message {
	lines := []string{say.Say("saved.head", "brand", b.Name, "n", len(all))}
	var doors []bot.Button
	for i, s := range all[:min(len(all), shownSaved)] {
		lines = append(lines, say.Say("saved.line", "number", i+1, "text", snip(flat(named(say, s.Text))), "n", s.Uses))
		doors = append(doors, bot.Button{
			Text: say.Label("button.saved_drop", "n", i+1), Data: bot.Data("saved_drop", b.ID, 0, idOf(s.ID)),
		})
	}
	if slices.ContainsFunc(all, func(s social.SavedReply) bool { return !s.Usable(b) }) {
		lines = append(lines, say.Say("saved.no_hours"))
	}
	lines = append(lines, "", say.Say("saved.how", holes(say)...))
	keys := append(rows(say, doors, 4), []bot.Button{button(say, "saved_add", bot.Data("saved_add", b.ID, 0))})
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: append(keys, back(say, bot.Data("answers", b.ID, 0)))}
}

// variables are what may stand in a kept reply.
func variables() []string { return []string{"name", "link", "hours", "brand"} }

// holes are the variables as the reader writes them.
func holes(say locales.Printer) []any {
	var args []any
	for _, v := range variables() {
		args = append(args, v, say.Plain("saved.var."+v))
	}
	return args
}

// named shows the variables of a kept reply as the reader writes them.
func named(say locales.Printer, text string) string {
	for _, v := range variables() {
		text = strings.ReplaceAll(text, "{"+v+"}", say.Plain("saved.var."+v))
	}
	return text
}

// unnamed finds the variables in a typed text, in either language.
func (h *Handlers) unnamed(text string) string {
	for _, lang := range []string{"fa", "en"} {
		say := h.say(social.Person{Lang: lang})
		for _, v := range variables() {
			text = strings.ReplaceAll(text, locales.CleanIncoming(say.Label("saved.var."+v)), "{"+v+"}")
		}
	}
	return text
}

// askSaved asks for the words that are to be kept.
func (h *Handlers) askSaved(ctx context.Context, r *bot.Request, me Reader) error {
	b, place, err := h.Store.Brand(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	if err := place.Can(social.Answer); err != nil {
		return err
	}
	say := h.sayIn(me.Person, b)
	return h.ask(ctx, r, me, question{
		step: savedStep, data: map[string]string{"brand": itoa(b.ID)},
		view: bot.Message{
			HTML:     say.Say("saved.ask", append(holes(say)[:6:6], "brand", b.Name)...),
			Keyboard: [][]bot.Button{{button(say, "cancel", bot.Data("saved", b.ID, 0, left))}},
		},
	})
}

// takeSaved hears the words that are to be kept.
func (h *Handlers) takeSaved(ctx context.Context, r *bot.Request, me Reader) error {
	brand, text := number(r.Dialog.Data["brand"]), h.unnamed(strings.TrimSpace(r.Text().Plain))
	_, err := h.Store.SaveReply(ctx, me.Person.ID, social.SavedReply{Brand: brand, Lang: social.LangOf(text), Text: text})
	if errors.Is(err, social.ErrEmpty) || errors.Is(err, social.ErrSavedLong) {
		return err // the question stays open
	}
	if err != nil {
		return h.endWith(ctx, r, err)
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	return h.showSaved(ctx, r, me, brand)
}

// dropSaved takes a kept reply out.
func (h *Handlers) dropSaved(ctx context.Context, r *bot.Request, me Reader) error {
	if err := h.Store.DropSavedReply(ctx, me.Person.ID, idArg(r.Arg(0))); err != nil {
		return err
	}
	return h.showSaved(ctx, r, me, r.ID())
}

func (h *Handlers) showSaved(ctx context.Context, r *bot.Request, me Reader, brand int64) error {
	b, _, err := h.Store.Brand(ctx, me.Person.ID, brand)
	if err != nil {
		return err
	}
	all, err := h.Store.SavedReplies(ctx, me.Person.ID, b.ID)
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, savedCard(h.sayIn(me.Person, b), b, all))
	return err
}
