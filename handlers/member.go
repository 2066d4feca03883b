package handlers

import (
	"context"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

type members interface {
	invitations
	Members(ctx context.Context, reader, brand int64) ([]social.Member, error)
	RemoveMember(ctx context.Context, by, brand, person int64) error
	SavePerson(ctx context.Context, p social.Person) error
	LosePerson(ctx context.Context, telegramID int64) error
	FindPerson(ctx context.Context, telegramID int64) error
}

// people lists who belongs to a brand, for those who may change that.
func (h *Handlers) people(ctx context.Context, r *bot.Request, me Reader) error {
	b, place, err := h.inviting(ctx, me, r.ID())
	if err != nil {
		return err
	}
	members, err := h.Store.Members(ctx, me.Person.ID, b.ID)
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, peopleCard(h.sayIn(me.Person, b), b, place, members))
	return err
}

// inviting is the brand and the reader's place in it, for those who invite.
func (h *Handlers) inviting(ctx context.Context, me Reader, brand int64) (social.Brand, social.Member, error) {
	b, place, err := h.Store.Brand(ctx, me.Person.ID, brand)
	if err != nil {
		return b, place, err
	}
	return b, place, place.Can(social.Invite)
}

func peopleCard(say locales.Printer, b social.Brand, place social.Member, members []social.Member) bot.Message {
	lines := []string{say.Say("people.head", "brand", b.Name)}
	var doors []bot.Button
	for _, m := range members {
		lines = append(lines, personLine(say, m))
		if removable(place, m) {
			doors = append(doors, bot.Button{
				Text: say.Label("button.member", "name", brief(m.Person.Name)),
				Data: bot.Data("member", b.ID, 0, itoa(m.Person.ID)),
			})
		}
	}
	keys := [][]bot.Button{{button(say, "invite", bot.Data("invite", b.ID, 0))}}
	if len(doors) > 0 {
		lines = append(lines, "", say.Say("people.how"))
	}
	keys = append(keys, fitted(say, doors)...)
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: append(keys, back(say, bot.Data("brand", b.ID, 0)))}
}

func personLine(say locales.Printer, m social.Member) string {
	key := "people.person"
	if !m.Person.Reachable {
		key = "people.unreachable"
	}
	return say.Say(key, "name", m.Person.Name, "role", locales.HTML(say.Say("role."+string(m.Role))))
}

// removable tells whether a button to remove the member is of use.
func removable(place, m social.Member) bool {
	return m.Role != social.Owner && m.Person.ID != place.Person.ID && place.MayGrant(m.Role) == nil
}

// member asks whether somebody shall really be removed.
func (h *Handlers) member(ctx context.Context, r *bot.Request, me Reader) error {
	b, place, err := h.inviting(ctx, me, r.ID())
	if err != nil {
		return err
	}
	m, err := h.Store.Member(ctx, number(r.Arg(0)), b.ID)
	if err != nil {
		return err
	}
	if err := place.MayGrant(m.Role); err != nil {
		return err
	}
	say := h.sayIn(me.Person, b)
	yes := button(say, "member_drop", bot.Data("member_drop", b.ID, 0, itoa(m.Person.ID)))
	yes.Style = "danger"
	keys := [][]bot.Button{{yes}}
	if place.Role == social.Owner {
		keys = append(keys, []bot.Button{button(say, "owner_ask", bot.Data("owner_ask", b.AgencyID, 0, itoa(m.Person.ID)))})
	}
	_, err = h.put(ctx, r, bot.Message{
		HTML: say.Say("people.sure", "name", m.Person.Name, "brand", b.Name,
			"role", locales.HTML(say.Say("role."+string(m.Role)))),
		Keyboard: append(keys, back(say, bot.Data("people", b.ID, 0))),
	})
	return err
}

// dropMember removes a member and shows who is left.
func (h *Handlers) dropMember(ctx context.Context, r *bot.Request, me Reader) error {
	if err := h.Store.RemoveMember(ctx, me.Person.ID, r.ID(), number(r.Arg(0))); err != nil {
		return err
	}
	if err := r.Toast(ctx, me.Say.Plain("people.dropped")); err != nil {
		return err
	}
	return h.people(ctx, r, me)
}

// placed hears that the bot's own standing in a chat has changed.
func (h *Handlers) placed(ctx context.Context, r *bot.Request) error {
	switch r.Chat.Type {
	case bot.Private:
		return h.reach(ctx, r)
	case bot.Channel:
		return h.channelChanged(ctx, r)
	}
	return h.groupChanged(ctx, r)
}

// reach notes that somebody has blocked the bot, or is back (U14).
func (h *Handlers) reach(ctx context.Context, r *bot.Request) error {
	if r.Member.New.In() {
		return h.Store.FindPerson(ctx, r.Chat.ID)
	}
	return h.Store.LosePerson(ctx, r.Chat.ID)
}

// leaveGroup leaves a group with one neutral line: what Peyk knows belongs into
// private chats, and anybody can put a bot into any group.
func (h *Handlers) leaveGroup(ctx context.Context, r *bot.Request) error {
	h.Log.InfoContext(ctx, "leaving a group", "chat", r.Chat.ID, "by", r.Member.From.ID)
	say := h.say(social.Person{Lang: locales.Guess(r.Member.From.LanguageCode)})
	if _, err := h.Sender.Send(ctx, bot.Interactive, r.Chat.ID, bot.Message{HTML: say.Say("group.leaving")}); err != nil {
		h.Log.InfoContext(ctx, "a group could not be told", "chat", r.Chat.ID, "err", err)
	}
	err := h.Leave(ctx, r.Chat.ID)
	if bot.IsBlocked(err) {
		return nil // it is out already
	}
	return err
}
