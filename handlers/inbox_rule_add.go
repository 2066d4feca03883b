package handlers

import (
	"context"
	"errors"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// The dialog steps in which a rule is made: its words are typed; then its deed is
// pressed, which no text answers.
const (
	ruleStep     = "irule"
	ruleDeedStep = "irule_deed"
)

// addRule asks what the new rule looks for.
func (h *Handlers) addRule(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	say := h.sayIn(me.Person, b)
	var keys [][]bot.Button
	for _, s := range []social.Sight{social.SeesWords, social.SeesLink, social.SeesMention} {
		keys = append(keys, []bot.Button{button(say, "sees_"+string(s), bot.Data("irule_sees", b.ID, 0, string(s)))})
	}
	_, err = h.put(ctx, r, bot.Message{
		HTML: say.Say("irule.ask_sees", "brand", b.Name), Keyboard: append(keys, back(say, bot.Data("irules", b.ID, 0))),
	})
	return err
}

// askRule asks for the rule's words, or where it needs none, for its deed.
func (h *Handlers) askRule(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	rule := social.InboxRule{Sees: social.Sight(r.Arg(0))}
	switch rule.Sees {
	case social.SeesLink, social.SeesMention:
		return h.askDeed(ctx, r, me, b, rule)
	case social.SeesWords:
	default:
		return social.ErrOutdated
	}
	say := h.sayIn(me.Person, b)
	return h.ask(ctx, r, me, question{
		step: ruleStep, data: map[string]string{"brand": itoa(b.ID)},
		view: bot.Message{
			HTML:     say.Say("irule.ask_words", "brand", b.Name),
			Keyboard: [][]bot.Button{{button(say, "cancel", bot.Data("irules", b.ID, 0, left))}},
		},
	})
}

// takeRuleWords hears the rule's words.
func (h *Handlers) takeRuleWords(ctx context.Context, r *bot.Request, me Reader) error {
	words, err := social.RuleWords(r.Text().Plain)
	if err != nil {
		return err // the question stays open
	}
	b, err := h.settable(ctx, me, number(r.Dialog.Data["brand"]))
	if err != nil {
		return h.endWith(ctx, r, err)
	}
	return h.askDeed(ctx, r, me, b, social.InboxRule{Sees: social.SeesWords, Words: words})
}

// askDeed asks what is to be done, and keeps what is known of the rule meanwhile.
func (h *Handlers) askDeed(ctx context.Context, r *bot.Request, me Reader, b social.Brand, rule social.InboxRule) error {
	say := h.sayIn(me.Person, b)
	var keys [][]bot.Button
	for _, d := range []social.RuleDeed{social.RuleSpam, social.RuleAssign, social.RuleSuggest, social.RuleHide} {
		keys = append(keys, []bot.Button{button(say, "does_"+string(d), bot.Data("irule_does", b.ID, 0, string(d)))})
	}
	return h.ask(ctx, r, me, question{
		step: ruleDeedStep,
		data: map[string]string{"brand": itoa(b.ID), "sees": string(rule.Sees), "words": strings.Join(rule.Words, "\n")},
		view: bot.Message{
			HTML:     say.Say("irule.ask_does", "sees", locales.HTML(sightWords(say, rule))),
			Keyboard: append(keys, []bot.Button{button(say, "cancel", bot.Data("irules", b.ID, 0, left))}),
		},
	})
}

// halfRule is what is known of the rule that is being made for the brand.
func (h *Handlers) halfRule(ctx context.Context, r *bot.Request) (social.InboxRule, error) {
	d, err := h.Store.Dialog(ctx, r.Chat.ID)
	if errors.Is(err, social.ErrNotFound) || err == nil && (d.Step != ruleDeedStep || number(d.Data["brand"]) != r.ID()) {
		return social.InboxRule{}, social.ErrOutdated
	}
	rule := social.InboxRule{Sees: social.Sight(d.Data["sees"])}
	if d.Data["words"] != "" {
		rule.Words = strings.Split(d.Data["words"], "\n")
	}
	return rule, err
}

// takeDeed hears what is to be done. To take comments away has to be said twice; to
// give them away needs a name, and to offer a reply needs that.
func (h *Handlers) takeDeed(ctx context.Context, r *bot.Request, me Reader) error {
	f, err := h.ruleFacts(ctx, me, r.ID())
	if err != nil {
		return err
	}
	rule, err := h.halfRule(ctx, r)
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, f.brand)
	rule.Does = social.RuleDeed(r.Arg(0))
	switch rule.Does {
	case social.RuleAssign:
		text, doors := say.Say("irule.ask_who"), assignees(f)
		if len(doors) == 0 {
			text = say.Say("irule.no_who")
		}
		return h.pick(ctx, r, say, text, doors)
	case social.RuleSuggest:
		text, doors := say.Say("irule.ask_saved"), offers(say, f)
		if len(doors) == 0 {
			text = say.Say("irule.no_saved")
		}
		return h.pick(ctx, r, say, text, doors)
	case social.RuleHide:
		if r.Arg(1) == "" {
			yes := button(say, "does_hide_yes", bot.Data("irule_does", f.brand.ID, 0, string(social.RuleHide), "1"))
			yes.Style = "danger"
			return h.pick(ctx, r, say, say.Say("irule.hide_sure"), []bot.Button{yes})
		}
	}
	return h.keepRule(ctx, r, me, rule)
}

// pick asks for what a rule needs yet.
func (h *Handlers) pick(ctx context.Context, r *bot.Request, say locales.Printer, text string, doors []bot.Button) error {
	cancel := []bot.Button{button(say, "cancel", bot.Data("irules", r.ID(), 0, left))}
	_, err := h.put(ctx, r, bot.Message{HTML: text, Keyboard: append(rows(say, doors, 1), cancel)})
	return err
}

// assignees are those who can be given comments.
func assignees(f ruleFacts) []bot.Button {
	var doors []bot.Button
	for _, m := range f.members {
		if m.Role.May(social.Answer) {
			data := bot.Data("irule_to", f.brand.ID, 0, string(social.RuleAssign), idOf(m.Person.ID))
			doors = append(doors, bot.Button{Text: brief(m.Person.Name), Data: data})
		}
	}
	return doors
}

// offers are the kept replies that can be offered.
func offers(say locales.Printer, f ruleFacts) []bot.Button {
	var doors []bot.Button
	for _, s := range f.saved[:min(len(f.saved), shownSaved)] {
		data := bot.Data("irule_to", f.brand.ID, 0, string(social.RuleSuggest), idOf(s.ID))
		doors = append(doors, bot.Button{Text: brief(flat(named(say, s.Text))), Data: data})
	}
	return doors
}

// takeTarget hears to whom a rule gives comments, or which reply it offers.
func (h *Handlers) takeTarget(ctx context.Context, r *bot.Request, me Reader) error {
	f, err := h.ruleFacts(ctx, me, r.ID())
	if err != nil {
		return err
	}
	rule, err := h.halfRule(ctx, r)
	if err != nil {
		return err
	}
	rule.Does = social.RuleDeed(r.Arg(0))
	doors := assignees(f)
	switch rule.Does {
	case social.RuleAssign:
		rule.Person = idArg(r.Arg(1))
	case social.RuleSuggest:
		rule.Saved = idArg(r.Arg(1))
		doors = offers(me.Say, f)
	}
	if !offered(doors, bot.Data("irule_to", r.ID(), 0, r.Arg(0), r.Arg(1))) {
		return social.ErrOutdated
	}
	return h.keepRule(ctx, r, me, rule)
}

// offered tells whether one of the buttons carries the data.
func offered(doors []bot.Button, data string) bool {
	for _, d := range doors {
		if d.Data == data {
			return true
		}
	}
	return false
}

func (h *Handlers) keepRule(ctx context.Context, r *bot.Request, me Reader, rule social.InboxRule) error {
	if _, _, err := h.setAnswers(ctx, me, r.ID(), social.AddRule(rule)); err != nil {
		return h.endWith(ctx, r, err)
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	return h.inboxRules(ctx, r, me)
}
