package handlers

import (
	"context"
	"errors"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// A Command is a line of Telegram's command menu.
type Command struct {
	Name        string // without the slash
	Description string
}

// The scopes for which commands are registered.
const (
	PrivateChats = "all_private_chats"
	GroupChats   = "all_group_chats"
)

// Commands returns the command menu of a language ("fa" or "en") in a scope of
// Telegram's. Groups have none: Peyk works in private chats.
func (h *Handlers) Commands(lang, scope string) []Command {
	if scope != PrivateChats {
		return nil
	}
	say := h.say(social.Person{Lang: lang})
	var commands []Command
	for _, name := range commandNames() {
		commands = append(commands, Command{Name: name, Description: say.Label("command." + name)})
	}
	return commands
}

// About is what the bot says of itself in a language: a line of at most 120
// characters for its profile, and at most 512 for an empty chat (Bot API 10.3,
// setMyShortDescription and setMyDescription).
func (h *Handlers) About(lang string) (short, long string) {
	say := h.say(social.Person{Lang: lang})
	return say.Plain("about.short"), say.Plain("about.long")
}

// help says in a few lines what the reader can do here.
func (h *Handlers) help(ctx context.Context, r *bot.Request, me Reader) error {
	places, err := h.Store.Places(ctx, me.Person.ID)
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, helpCard(me.Say, places))
	return err
}

// helpCard has a part for each kind of work that the reader has, and none of
// what he has not.
func helpCard(say locales.Printer, places []social.Member) bot.Message {
	has := func(d social.Deed) bool {
		for _, m := range places {
			if m.Role.May(d) {
				return true
			}
		}
		return false
	}
	if len(places) == 0 {
		return bot.Message{HTML: say.Say("help.stranger")}
	}
	lines := []string{say.Say("help.head")}
	if has(social.Draft) {
		lines = append(lines, say.Say("help.draft"), say.Say("help.alt"))
	}
	if has(social.Plan) {
		lines = append(lines, say.Say("help.plan"))
	}
	if has(social.Answer) {
		lines = append(lines, say.Say("help.answer"))
	}
	if has(social.Approve) && !has(social.Plan) {
		lines = append(lines, say.Say("help.approve"))
	}
	if has(social.Setup) {
		lines = append(lines, say.Say("help.setup"), say.Say("help.figures"))
	}
	if has(social.See) {
		lines = append(lines, say.Say("help.week"))
	}
	lines = append(lines, say.Say("help.all"))
	return bot.Message{HTML: strings.Join(lines, "\n\n"), Keyboard: [][]bot.Button{back(say, bot.Data("home", 0, 0))}}
}

// privacy says what is kept, why and how long, and how to have it or to have it
// deleted.
func (h *Handlers) privacy(ctx context.Context, r *bot.Request, me Reader) error {
	_, err := h.put(ctx, r, privacyCard(me.Say))
	return err
}

func privacyCard(say locales.Printer) bot.Message {
	lines := []string{
		say.Say("privacy.what"), say.Say("privacy.why"),
		say.Say("privacy.long", "updates", social.KeepUpdates, "parked", social.KeepParked,
			"question", social.QuestionLife, "guesses", social.KeepGuesses,
			"files", social.KeepMedia),
		say.Say("privacy.rights"),
	}
	return bot.Message{
		HTML: strings.Join(lines, "\n\n"), NoPreview: true,
		Keyboard: [][]bot.Button{
			{button(say, "export", bot.Data("export", 0, 0))},
			{button(say, "leave", bot.Data("leave", 0, 0))},
			back(say, bot.Data("settings", 0, 0)),
		},
	}
}

// cancel ends the question that is open, and says so.
func (h *Handlers) cancel(ctx context.Context, r *bot.Request, me Reader) error {
	_, err := h.Store.Dialog(ctx, r.Chat.ID)
	key := "cancel.done"
	switch {
	case errors.Is(err, social.ErrNotFound):
		key = "cancel.nothing"
	case err != nil:
		return err
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	_, err = h.put(ctx, r, bot.Message{
		HTML:     me.Say.Say(key),
		Keyboard: [][]bot.Button{{button(me.Say, "home", bot.Data("home", 0, 0))}},
	})
	return err
}

// unknown answers a command that does not exist. An open question stays open.
func (h *Handlers) unknown(ctx context.Context, r *bot.Request, me Reader) error {
	_, err := h.put(ctx, r, bot.Message{
		HTML: me.Say.Say("help.unknown"),
		Keyboard: rows(me.Say, []bot.Button{
			button(me.Say, "home", bot.Data("home", 0, 0)), button(me.Say, "help", bot.Data("help", 0, 0)),
		}, 2),
	})
	return err
}
