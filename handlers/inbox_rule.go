package handlers

import (
	"context"
	"slices"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// ruleFacts is what the screens of a brand's rules tell.
type ruleFacts struct {
	brand    social.Brand
	members  []social.Member
	saved    []social.SavedReply
	accounts []social.Account
}

// ruleFacts reads them, for those who set the brand up.
func (h *Handlers) ruleFacts(ctx context.Context, me Reader, brand int64) (f ruleFacts, err error) {
	if f.brand, err = h.settable(ctx, me, brand); err != nil {
		return f, err
	}
	if f.members, err = h.Store.Members(ctx, me.Person.ID, brand); err != nil {
		return f, err
	}
	if f.saved, err = h.Store.SavedReplies(ctx, me.Person.ID, brand); err != nil {
		return f, err
	}
	f.accounts, err = h.Store.Accounts(ctx, me.Person.ID, brand)
	return f, err
}

// inboxRules lists the rules of a brand's inbox in the order in which they are tried.
func (h *Handlers) inboxRules(ctx context.Context, r *bot.Request, me Reader) error {
	f, err := h.ruleFacts(ctx, me, r.ID())
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, inboxRulesCard(h.sayIn(me.Person, f.brand), f))
	return err
}

func inboxRulesCard(say locales.Printer, f ruleFacts) bot.Message {
	lines := []string{say.Say("irule.head", "brand", f.brand.Name, "n", len(f.brand.Rules.Inbox))}
	var doors []bot.Button
	for i, rule := range f.brand.Rules.Inbox {
		lines = append(lines, say.Say("irule.line", "number", i+1, "rule", locales.HTML(ruleWords(say, f, rule))))
		doors = append(doors, bot.Button{Text: say.Label("button.irule", "n", i+1), Data: bot.Data("irule", f.brand.ID, 0, idOf(rule.ID))})
	}
	lines = append(lines, "", say.Say("irule.how"))
	return bot.Message{
		HTML: strings.Join(lines, "\n"), NoPreview: true,
		Keyboard: append(rows(say, doors, 4), []bot.Button{button(say, "irule_add", bot.Data("irule_add", f.brand.ID, 0))},
			back(say, bot.Data("answers", f.brand.ID, 0))),
	}
}

// ruleWords tell what a rule looks for and what it does.
func ruleWords(say locales.Printer, f ruleFacts, rule social.InboxRule) string {
	words := say.Say("irule.rule", "sees", locales.HTML(sightWords(say, rule)), "does", locales.HTML(deedWords(say, f, rule)))
	if rule.Network != "" {
		words = say.Say("irule.on", "network", say.Label("platform."+string(rule.Network)), "rule", locales.HTML(words))
	}
	if rule.Paused {
		words = say.Say("irule.paused", "rule", locales.HTML(words))
	}
	return words
}

func sightWords(say locales.Printer, rule social.InboxRule) string {
	if rule.Sees != social.SeesWords {
		return say.Say("irule.sees." + string(rule.Sees))
	}
	return say.Say("irule.sees.words", "words", snip(strings.Join(rule.Words, say.Plain("list.comma"))))
}

func deedWords(say locales.Printer, f ruleFacts, rule social.InboxRule) string {
	switch rule.Does {
	case social.RuleAssign:
		if i := slices.IndexFunc(f.members, func(m social.Member) bool { return m.Person.ID == rule.Person }); i >= 0 {
			return say.Say("irule.does.assign", "who", brief(f.members[i].Person.Name))
		}
		return say.Say("irule.does.nobody")
	case social.RuleSuggest:
		if i := slices.IndexFunc(f.saved, func(s social.SavedReply) bool { return s.ID == rule.Saved }); i >= 0 {
			return say.Say("irule.does.suggest", "text", snip(flat(named(say, f.saved[i].Text))))
		}
		return say.Say("irule.does.nothing")
	case social.RuleHide:
		if !slices.ContainsFunc(f.accounts, func(a social.Account) bool { return a.Hears() && a.Hides() == nil }) {
			return say.Say("irule.does.unable")
		}
	}
	return say.Say("irule.does." + string(rule.Does))
}

// inboxRule shows one rule, and what can be done with it.
func (h *Handlers) inboxRule(ctx context.Context, r *bot.Request, me Reader) error {
	f, err := h.ruleFacts(ctx, me, r.ID())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(f.brand.Rules.Inbox, func(o social.InboxRule) bool { return o.ID == idArg(r.Arg(0)) })
	if i < 0 {
		return social.ErrOutdated
	}
	_, err = h.put(ctx, r, inboxRuleCard(h.sayIn(me.Person, f.brand), f, i))
	return err
}

func inboxRuleCard(say locales.Printer, f ruleFacts, i int) bot.Message {
	rule := f.brand.Rules.Inbox[i]
	about := func(action string, arg ...string) string {
		return bot.Data(action, f.brand.ID, 0, append([]string{idOf(rule.ID)}, arg...)...)
	}
	var doors []bot.Button
	if i > 0 {
		doors = append(doors, button(say, "irule_up", about("irule_up")))
	}
	if rule.Paused {
		doors = append(doors, button(say, "irule_on", about("irule_pause", "0")))
	} else {
		doors = append(doors, button(say, "irule_off", about("irule_pause", "1")))
	}
	drop := button(say, "irule_drop", about("irule_drop"))
	drop.Style = "danger"
	keys := append(rows(say, append(doors, drop), 2), ruleNetworks(say, f, rule)...)
	return bot.Message{
		HTML:     say.Say("irule.one", "number", i+1, "brand", f.brand.Name) + "\n" + ruleWords(say, f, rule),
		Keyboard: append(keys, back(say, bot.Data("irules", f.brand.ID, 0))),
	}
}

// ruleNetworks limit a rule to one network, where the brand hears from several.
func ruleNetworks(say locales.Printer, f ruleFacts, rule social.InboxRule) [][]bot.Button {
	all := []social.Platform{""}
	for _, a := range f.accounts {
		if !a.ByHand && !slices.Contains(all, a.Platform) {
			all = append(all, a.Platform)
		}
	}
	if len(all) < 3 && rule.Network == "" {
		return nil
	}
	var doors []bot.Button
	for _, p := range all {
		label := say.Label("button.irule_all")
		if p != "" {
			label = say.Label("platform." + string(p))
		}
		door := bot.Button{Text: label, Data: bot.Data("irule_net", f.brand.ID, 0, idOf(rule.ID), string(p))}
		doors = append(doors, ticked(door, rule.Network == p))
	}
	return rows(say, doors, 2)
}

// changeInboxRule changes a rule, and shows the list.
func (h *Handlers) changeInboxRule(ctx context.Context, r *bot.Request, me Reader, set social.Setting) error {
	if _, _, err := h.setAnswers(ctx, me, r.ID(), set); err != nil {
		return err
	}
	return h.inboxRules(ctx, r, me)
}

// raiseRule lets a rule come before the one above it.
func (h *Handlers) raiseRule(ctx context.Context, r *bot.Request, me Reader) error {
	return h.changeInboxRule(ctx, r, me, social.RaiseRule(idArg(r.Arg(0))))
}

// pauseRule stops a rule for a while, or lets it go on.
func (h *Handlers) pauseRule(ctx context.Context, r *bot.Request, me Reader) error {
	return h.changeInboxRule(ctx, r, me, social.PauseRule(idArg(r.Arg(0)), r.Arg(1) == "1"))
}

// dropRule takes a rule away.
func (h *Handlers) dropRule(ctx context.Context, r *bot.Request, me Reader) error {
	return h.changeInboxRule(ctx, r, me, social.DropRule(idArg(r.Arg(0))))
}

// limitRule lets a rule look at one network alone, or at all of them.
func (h *Handlers) limitRule(ctx context.Context, r *bot.Request, me Reader) error {
	to := social.Platform(r.Arg(1))
	if to != "" && !slices.Contains(social.Platforms(), to) {
		return social.ErrOutdated
	}
	return h.changeInboxRule(ctx, r, me, social.LimitRule(idArg(r.Arg(0)), to))
}

// ruledLine tells what a rule did with a comment.
func ruledLine(say locales.Printer, c social.Comment) string {
	r := c.Ruled
	key := "ruled." + string(r.Rule.Does)
	switch {
	case r.Rule.Does == "":
		return ""
	case r.Undone:
		key = "ruled.undone"
	case r.Failed:
		key = "ruled.failed"
	}
	return say.Say(key, "sees", locales.HTML(sightWords(say, r.Rule)))
}

// unrule undoes what a rule did.
func (h *Handlers) unrule(ctx context.Context, r *bot.Request, me Reader) error {
	return h.changeComment(ctx, r, me, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.Unrule(by)
	})
}
