package handlers

import (
	"context"
	"slices"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

type brands interface {
	agencies
	Brands(ctx context.Context, person int64) ([]social.Brand, error)
	Brand(ctx context.Context, reader, id int64) (social.Brand, social.Member, error)
	AddBrand(ctx context.Context, by int64, b social.Brand) (social.Brand, error)
	UpdateBrand(ctx context.Context, by, id int64, rule func(b *social.Brand, me social.Member) error) (social.Brand, error)
}

// The dialog steps in which somebody names a brand.
const (
	brandStep  = "brand"
	renameStep = "rename"
)

// Marks that travel with a button: the way leads through the making of a brand;
// the press leaves a question unanswered behind.
const (
	making = "n"
	left   = "x"
)

// screen settles who asks, and ends the question that the press leaves behind.
func (h *Handlers) screen(fn conversation) bot.HandlerFunc {
	return h.person(func(ctx context.Context, r *bot.Request, me Reader) error {
		if r.Arg(0) == left || r.Arg(1) == left {
			if err := h.endDialog(ctx, r); err != nil {
				return err
			}
		}
		return fn(ctx, r, me)
	})
}

// newBrand asks an owner for the name of a brand.
func (h *Handlers) newBrand(ctx context.Context, r *bot.Request, me Reader) error {
	places, err := h.Store.Places(ctx, me.Person.ID)
	if err != nil {
		return err
	}
	owns := slices.ContainsFunc(places, func(m social.Member) bool {
		return m.AgencyID == r.ID() && m.BrandID == 0 && m.Role.May(social.Found)
	})
	if !owns {
		return social.ErrForbidden
	}
	return h.askBrand(ctx, r, me, r.ID(), me.Say.Say("brand.name"))
}

func (h *Handlers) askBrand(ctx context.Context, r *bot.Request, me Reader, agency int64, text string) error {
	return h.ask(ctx, r, me, question{
		step: brandStep,
		data: map[string]string{"agency": itoa(agency)},
		view: bot.Message{HTML: text, Keyboard: [][]bot.Button{{button(me.Say, "cancel", bot.Data("home", 0, 0, left))}}},
	})
}

// takeBrand makes the brand with a zone and a calendar proposed.
func (h *Handlers) takeBrand(ctx context.Context, r *bot.Request, me Reader) error {
	name, err := social.CleanName(r.Text().Plain)
	if err != nil {
		return err
	}
	b, err := h.Store.AddBrand(ctx, me.Person.ID, proposedBrand(me.Person, r.From.LanguageCode, name, number(r.Dialog.Data["agency"])))
	if err != nil {
		return h.endWith(ctx, r, err)
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	_, err = h.put(ctx, r, madeCard(h.sayIn(me.Person, b), b))
	return err
}

// proposedBrand is a new brand as it most likely should be: for readers of
// Persian in Tehran with the Jalali calendar, else by what is known of the maker.
func proposedBrand(p social.Person, code, name string, agency int64) social.Brand {
	b := social.Brand{AgencyID: agency, Name: name, Zone: p.Zone, Calendar: p.Calendar}
	if b.Zone == "" {
		b.Zone = guessZone(code)
	}
	if p.Lang == "fa" && p.Zone == "" {
		b.Zone = "Asia/Tehran"
	}
	if b.Calendar == "" {
		b.Calendar = social.Gregorian
		if p.Lang == "fa" {
			b.Calendar = social.Jalali
		}
	}
	b.Rules, b.Slots = social.DefaultRules(b.Calendar), social.DefaultSlots(b.Calendar)
	return b
}

// madeCard shows a new brand with its zone and calendar: one press accepts them.
func madeCard(say locales.Printer, b social.Brand) bot.Message {
	other, key := social.Gregorian, "gregorian"
	if b.Calendar == social.Gregorian {
		other, key = social.Jalali, "jalali"
	}
	on := button(say, "accept", bot.Data("channel", b.ID, 0, making))
	on.Style = "success"
	return bot.Message{
		HTML: say.Say("brand.made", "brand", b.Name, "zone", say.City(b.Zone), "calendar", locales.HTML(say.Say("calendar."+string(b.Calendar)))),
		Keyboard: append([][]bot.Button{{on}}, rows(say, []bot.Button{
			button(say, "zone", bot.Data("zone", b.ID, 0, making)),
			button(say, key, bot.Data("calendar_set", b.ID, 0, string(other), making)),
		}, 2)...),
	}
}

// brand shows one brand and its doors; where a word of ours stays, below it.
func (h *Handlers) brand(ctx context.Context, r *bot.Request, me Reader) error {
	if r.Arg(0) == asOwn {
		r = below(r)
	}
	b, place, err := h.Store.Brand(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	accounts, err := h.Store.Accounts(ctx, me.Person.ID, b.ID)
	if err != nil {
		return err
	}
	d, _, err := h.Store.Goals(ctx, me.Person.ID, b.ID, 0)
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, b)
	view := brandCard(say, b, place, accounts)
	if goals := goalLines(say, d.Goals, d); len(goals) > 0 {
		view.HTML += "\n\n" + strings.Join(goals, "\n")
	}
	_, err = h.put(ctx, r, view)
	return err
}

// brandCard is the brand's front page: who the reader is in it, and where its
// posts go.
func brandCard(say locales.Printer, b social.Brand, place social.Member, accounts []social.Account) bot.Message {
	lines := []string{
		say.Say("brand.head", "brand", b.Name),
		say.Say("brand.role", "role", locales.HTML(say.Say("role."+string(place.Role)))),
		say.Say("brand.zone_line", "zone", say.City(b.Zone), "calendar", locales.HTML(say.Say("calendar."+string(b.Calendar)))),
	}
	if len(accounts) == 0 {
		lines = append(lines, say.Say("account.none"))
	}
	for _, a := range accounts {
		lines = append(lines, accountLine(say, a))
	}
	doors := []bot.Button{button(say, "calendar_of", bot.Data("week", b.ID, 0)), button(say, "digest", bot.Data("digest", b.ID, 0))}
	if place.Role.May(social.Plan) {
		doors = append(doors, button(say, "plans", bot.Data("plans", b.ID, 0)), button(say, "goals", bot.Data("goals", b.ID, 0)))
	}
	if place.Role.May(social.Answer) {
		doors = append(doors, button(say, "comments_of", lookup{way: inboxOpen, brand: b.ID}.data()),
			button(say, "answers", bot.Data("answers", b.ID, 0)))
	}
	if place.Role.May(social.Invite) {
		doors = append(doors, button(say, "people", bot.Data("people", b.ID, 0)))
	}
	if place.Role.May(social.Setup) {
		doors = append(doors, button(say, "report", bot.Data("report", b.ID, 0)))
		doors = append(doors, button(say, "accounts", bot.Data("accounts", b.ID, 0)))
	}
	if place.Role.May(social.Setup) || place.Role == social.Approver {
		doors = append(doors, button(say, "rules", bot.Data("rules", b.ID, 0)))
	}
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: append(rows(say, doors, 2), back(say, bot.Data("home", 0, 0)))}
}

// settable is the brand, for those who may set it up.
func (h *Handlers) settable(ctx context.Context, me Reader, id int64) (social.Brand, error) {
	b, place, err := h.Store.Brand(ctx, me.Person.ID, id)
	if err != nil {
		return b, err
	}
	return b, place.Can(social.Setup)
}

// askRename asks for the brand's new name.
func (h *Handlers) askRename(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, b)
	return h.ask(ctx, r, me, question{
		step: renameStep,
		data: map[string]string{"brand": itoa(b.ID)},
		view: bot.Message{
			HTML:     say.Say("brand.rename", "brand", b.Name),
			Keyboard: [][]bot.Button{{button(say, "cancel", setupDoor(b.ID, "", left))}},
		},
	})
}

// takeRename hears the brand's new name.
func (h *Handlers) takeRename(ctx context.Context, r *bot.Request, me Reader) error {
	if _, err := social.CleanName(r.Text().Plain); err != nil {
		return err // the question stays open
	}
	if err := h.setBrand(ctx, r, me, number(r.Dialog.Data["brand"]), "", social.Rename(r.Text().Plain)); err != nil {
		return h.endWith(ctx, r, err)
	}
	return h.endDialog(ctx, r)
}
