package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

type agencies interface {
	Agencies(ctx context.Context, person int64) ([]social.Agency, error)
	FoundAgency(ctx context.Context, person int64, name string) (social.Agency, error)
	MayFound(ctx context.Context, person int64) (bool, error)
	Places(ctx context.Context, person int64) ([]social.Member, error)
	Unfinished(ctx context.Context, reader int64, n int) ([]social.Post, error)
}

// The dialog step in which a founder names the agency.
const agencyStep = "agency"

// start is the first word of anybody. With it comes an invitation's token, or
// nothing.
func (h *Handlers) start(ctx context.Context, r *bot.Request, me Reader) error {
	if r.Payload != "" {
		return h.openLink(ctx, r, me)
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	defer h.fitMenu(ctx, me.Person)
	return h.greet(ctx, r, me)
}

// openLink binds the invitation behind the token to whoever opened it. Somebody
// who opens his own link a second time, while it waits for a word, is told so.
func (h *Handlers) openLink(ctx context.Context, r *bot.Request, me Reader) error {
	i, err := h.Store.OpenInvitation(ctx, me.Person.ID, r.Payload)
	if errors.Is(err, social.ErrBadLink) {
		if _, _, _, bound := h.Store.Bound(ctx, me.Person.ID); bound == nil {
			return h.showBound(ctx, r, me)
		}
	}
	if err != nil {
		return err
	}
	if i.AgencyID == 0 {
		return h.askAgency(ctx, r, me)
	}
	return h.showBound(ctx, r, me)
}

// greet shows whoever came what he is here: a member his brands, a founder the
// first question, somebody invited that he waits, and a stranger one polite line.
func (h *Handlers) greet(ctx context.Context, r *bot.Request, me Reader) error {
	places, err := h.Store.Places(ctx, me.Person.ID)
	if err != nil {
		return err
	}
	if len(places) > 0 {
		return h.home(ctx, r, me)
	}
	if err := h.showBound(ctx, r, me); !errors.Is(err, social.ErrNotFound) {
		return err
	}
	may, err := h.mayFound(ctx, me)
	if err != nil {
		return err
	}
	if may {
		return h.askAgency(ctx, r, me)
	}
	_, err = h.put(ctx, r, stranger(me.Say, !me.Person.LangChosen))
	return err
}

func (h *Handlers) showBound(ctx context.Context, r *bot.Request, me Reader) error {
	i, place, by, err := h.Store.Bound(ctx, me.Person.ID)
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, bound(me, i.Role, place, by))
	return err
}

// mayFound tells whether the operator lets this person found an agency.
func (h *Handlers) mayFound(ctx context.Context, me Reader) (bool, error) {
	if slices.Contains(h.Owners, me.Person.TelegramID) {
		return true, nil
	}
	return h.Store.MayFound(ctx, me.Person.ID)
}

// askAgency asks a founder for the agency's name.
func (h *Handlers) askAgency(ctx context.Context, r *bot.Request, me Reader) error {
	may, err := h.mayFound(ctx, me)
	if err != nil {
		return err
	}
	if !may {
		return social.ErrForbidden
	}
	view := bot.Message{HTML: me.Say.Say("start.agency", "name", me.Person.Name)}
	if !me.Person.LangChosen {
		view.Keyboard = append(view.Keyboard, languageRow(me.Say, "start"))
	}
	return h.ask(ctx, r, me, question{step: agencyStep, view: view})
}

// takeAgency founds the agency and goes on to its first brand.
func (h *Handlers) takeAgency(ctx context.Context, r *bot.Request, me Reader) error {
	name, err := social.CleanName(r.Text().Plain)
	if err != nil {
		return err
	}
	may, err := h.mayFound(ctx, me)
	if err != nil {
		return err
	}
	if !may {
		return h.endWith(ctx, r, social.ErrForbidden)
	}
	a, err := h.Store.FoundAgency(ctx, me.Person.ID, name)
	if err != nil {
		return err
	}
	return h.askBrand(ctx, r, me, a.ID, me.Say.Say("start.first_brand", "agency", a.Name))
}

// bound tells somebody who has opened an invitation that he waits for a word.
func bound(me Reader, role social.Role, place, by string) bot.Message {
	view := bot.Message{HTML: me.Say.Say("start.bound", "name", me.Person.Name, "brand", place, "manager", by,
		"role", locales.HTML(me.Say.Say("role.as."+string(role))))}
	if !me.Person.LangChosen {
		view.Keyboard = append(view.Keyboard, languageRow(me.Say, "start"))
	}
	return view
}

// stranger is all that somebody without a place is told: nothing about anybody.
func stranger(say locales.Printer, askLanguage bool) bot.Message {
	view := bot.Message{HTML: say.Say("start.stranger")}
	if askLanguage {
		view.Keyboard = append(view.Keyboard, languageRow(say, "start"))
	}
	return view
}

// welcome greets a new member with what he can do here. An approver sees a sample
// of what will reach him; its buttons cannot be pressed.
func welcome(say locales.Printer, role social.Role, brand string) []bot.Message {
	hello := bot.Message{HTML: say.Say("welcome."+string(role), "brand", brand)}
	if role != social.Approver {
		hello.Keyboard = [][]bot.Button{{button(say, "home", bot.Data("home", 0, 0))}}
		return []bot.Message{hello}
	}
	return []bot.Message{hello, sampleCard(say, brand)}
}

// sampleCard looks like a card for approval and says that it is none.
func sampleCard(say locales.Printer, brand string) bot.Message {
	var dead []bot.Button
	for _, key := range []string{"ok", "chg", "hld"} {
		dead = append(dead, bot.Button{Text: say.Label("button." + key), Data: bot.Data("sample", 0, 0)})
	}
	keys := append([][]bot.Button{{dead[0]}}, rows(say, dead[1:], 2)...)
	return bot.Message{HTML: say.Say("welcome.sample", "brand", brand), Keyboard: keys, Silent: true}
}

// sample answers a press on the sample card.
func (h *Handlers) sample(ctx context.Context, r *bot.Request, me Reader) error {
	return r.Alert(ctx, me.Say.Plain("welcome.sample_pressed"))
}

// languageRow offers both languages, each in its own words. Where says which
// screen is drawn anew: "start" or "settings".
func languageRow(say locales.Printer, where string) []bot.Button {
	return rows(say, []bot.Button{
		button(say, "lang_fa", bot.Data("lang", 0, 0, "fa", where)),
		button(say, "lang_en", bot.Data("lang", 0, 0, "en", where)),
	}, 2)[0]
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
