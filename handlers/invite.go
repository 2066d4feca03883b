package handlers

import (
	"context"
	"errors"
	"slices"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

type invitations interface {
	Invite(ctx context.Context, by, brand int64, role social.Role) (token string, i social.Invitation, err error)
	OpenInvitation(ctx context.Context, person int64, token string) (social.Invitation, error)
	Bound(ctx context.Context, person int64) (i social.Invitation, place, by string, err error)
	DecideInvitation(ctx context.Context, by, id int64, yes bool) (social.Invitation, error)
}

// invite asks for the role of somebody to be invited.
func (h *Handlers) invite(ctx context.Context, r *bot.Request, me Reader) error {
	b, place, err := h.inviting(ctx, me, r.ID())
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, inviteCard(h.sayIn(me.Person, b), b, place, r.Arg(0)))
	return err
}

// inviteCard offers the roles that the reader may give, the client's first.
func inviteCard(say locales.Printer, b social.Brand, place social.Member, mark string) bot.Message {
	key, away := "invite.ask", back(say, bot.Data("people", b.ID, 0))
	if mark == making {
		key, away = "invite.ask_new", []bot.Button{button(say, "later", bot.Data("brand", b.ID, 0))}
	}
	var roles []bot.Button
	for _, role := range []social.Role{social.Approver, social.Viewer, social.Manager, social.Editor, social.Responder, social.Owner} {
		if place.MayGrant(role) == nil {
			roles = append(roles, button(say, "as_"+string(role), bot.Data("invite_as", b.ID, 0, string(role))))
		}
	}
	return bot.Message{HTML: say.Say(key, "brand", b.Name), Keyboard: append(rows(say, roles, 2), away)}
}

// inviteAs makes the link. It comes in a message of its own that can be forwarded
// as it is; the card above says how long it works.
func (h *Handlers) inviteAs(ctx context.Context, r *bot.Request, me Reader) error {
	b, _, err := h.inviting(ctx, me, r.ID())
	if err != nil {
		return err
	}
	role := social.Role(r.Arg(0))
	if !role.Valid() {
		return social.ErrOutdated
	}
	token, i, err := h.Store.Invite(ctx, me.Person.ID, b.ID, role)
	if err != nil {
		return err
	}
	place, err := h.placeName(ctx, me, b, i)
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, b)
	if _, err := r.Replace(ctx, invitedCard(say, b, i, place)); err != nil {
		return err
	}
	_, err = r.Reply(ctx, forwardable(say, i, place, h.Link(token)))
	return err
}

// placeName names what the invitation leads into: the brand, or for a new owner
// the agency.
func (h *Handlers) placeName(ctx context.Context, me Reader, b social.Brand, i social.Invitation) (string, error) {
	if i.BrandID != 0 {
		return b.Name, nil
	}
	agencies, err := h.Store.Agencies(ctx, me.Person.ID)
	at := slices.IndexFunc(agencies, func(a social.Agency) bool { return a.ID == i.AgencyID })
	if err != nil || at < 0 {
		return b.Name, err
	}
	return agencies[at].Name, nil
}

func invitedCard(say locales.Printer, b social.Brand, i social.Invitation, place string) bot.Message {
	return bot.Message{
		HTML: say.Say("invite.ready", "brand", place, "when", i.Expires, "zone", say.ZoneName(),
			"role", locales.HTML(say.Say("role."+string(i.Role)))),
		Keyboard: rows(say, []bot.Button{
			button(say, "invite_more", bot.Data("invite", b.ID, 0)), button(say, "to_brand", bot.Data("brand", b.ID, 0)),
		}, 2),
	}
}

// forwardable is the message that the invited person gets to read.
func forwardable(say locales.Printer, i social.Invitation, place, link string) bot.Message {
	return bot.Message{
		HTML: say.Say("invite.forward", "brand", place, "link", link,
			"role", locales.HTML(say.Say("role.as."+string(i.Role)))),
		NoPreview: true,
	}
}

// invitationCard asks the one who invited whether this is the right person. Place
// is the name of the brand, or of the agency for a new owner.
func invitationCard(say locales.Printer, name string, role social.Role, place string, id int64) bot.Message {
	yes, no := button(say, "inv_yes", bot.Data("inv_yes", id, 0)), button(say, "inv_no", bot.Data("inv_no", id, 0))
	yes.Style, no.Style = "success", "danger"
	return bot.Message{
		HTML:     say.Say("invite.confirm", "name", name, "brand", place, "role", locales.HTML(say.Say("role.as."+string(role)))),
		Keyboard: rows(say, []bot.Button{yes, no}, 2),
	}
}

func (h *Handlers) confirmInvitation(ctx context.Context, r *bot.Request, me Reader) error {
	return h.decideInvitation(ctx, r, me, true)
}

func (h *Handlers) refuseInvitation(ctx context.Context, r *bot.Request, me Reader) error {
	return h.decideInvitation(ctx, r, me, false)
}

func (h *Handlers) decideInvitation(ctx context.Context, r *bot.Request, me Reader, yes bool) error {
	i, err := h.Store.DecideInvitation(ctx, me.Person.ID, r.ID(), yes)
	if errors.Is(err, social.ErrNotConfirmed) {
		if alertErr := r.Alert(ctx, me.Say.Plain("rule."+string(social.ErrNotConfirmed))); alertErr != nil {
			return alertErr
		}
		_, err = r.Replace(ctx, bot.Message{HTML: me.Say.Say("invite.over")})
		return err
	}
	if err != nil {
		return err
	}
	if !yes {
		_, err = r.Replace(ctx, bot.Message{HTML: me.Say.Say("invite.refused")})
		return err
	}
	_, err = r.Replace(ctx, confirmedCard(me.Say, h.nameIn(ctx, me, i), i))
	return err
}

// nameIn is the name of whoever an invitation has made a member; it is only for
// showing, so a reader who has lost sight of him sees none.
func (h *Handlers) nameIn(ctx context.Context, me Reader, i social.Invitation) string {
	if i.BrandID != 0 {
		if m, err := h.Store.Member(ctx, i.PersonID, i.BrandID); err == nil {
			return m.Person.Name
		}
	}
	return me.Say.Label("invite.somebody")
}

func confirmedCard(say locales.Printer, name string, i social.Invitation) bot.Message {
	view := bot.Message{HTML: say.Say("invite.confirmed", "name", name, "role", locales.HTML(say.Say("role."+string(i.Role))))}
	if i.BrandID != 0 {
		view.Keyboard = [][]bot.Button{{button(say, "people", bot.Data("people", i.BrandID, 0))}}
	}
	return view
}
