package handlers

import (
	"context"
	"errors"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

type departures interface {
	Departing(ctx context.Context, person int64) (social.Departure, error)
	Depart(ctx context.Context, person int64) (social.Departure, error)
	NameOwner(ctx context.Context, by, agency, person int64) error
}

// leave says what is deleted of somebody who wants that, what stays and why, and
// asks whether he is sure; or what he has to do first.
func (h *Handlers) leave(ctx context.Context, r *bot.Request, me Reader) error {
	d, err := h.Store.Departing(ctx, me.Person.ID)
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, leaveCard(me.Say, d))
	return err
}

// leaveCard is the question, or the way to another owner where one is needed.
func leaveCard(say locales.Printer, d social.Departure) bot.Message {
	for _, l := range d.Leaves {
		if l.Stranded() {
			return heirsCard(say, l)
		}
	}
	parts := []string{say.Say("departure.head"), say.Say("departure.deleted")}
	var left []string
	for _, l := range d.Leaves {
		if l.Ends() {
			parts = append(parts, say.Say("departure.ends", "agency", l.Agency.Name))
		} else {
			left = append(left, l.Agency.Name)
		}
	}
	if len(left) > 0 || len(d.Leaves) == 0 {
		parts = append(parts, say.Say("departure.stays"))
	}
	if len(left) > 0 {
		parts = append(parts, say.Say("departure.handed", "agencies", strings.Join(left, say.Plain("list.comma"))))
	}
	yes := button(say, "leave_yes", bot.Data("leave_yes", d.Person.ID, 0))
	yes.Style = "danger"
	return bot.Message{
		HTML: strings.Join(parts, "\n\n"), NoPreview: true,
		Keyboard: [][]bot.Button{{button(say, "keep", bot.Data("keep", 0, 0))}, {yes}},
	}
}

// heirsCard lets the only owner of an agency name another one.
func heirsCard(say locales.Printer, l social.Leaving) bot.Message {
	parts := []string{say.Say("departure.owner", "agency", l.Agency.Name)}
	var doors []bot.Button
	for _, m := range l.Heirs() {
		doors = append(doors, bot.Button{
			Text: say.Label("button.heir", "name", brief(m.Person.Name)),
			Data: bot.Data("owner_ask", l.Agency.ID, 0, itoa(m.Person.ID)),
		})
	}
	if len(doors) == 0 {
		parts = append(parts, say.Say("departure.unreachable"))
	}
	keys := fitted(say, doors[:min(len(doors), maxHeirs)])
	keys = append(keys, []bot.Button{button(say, "invite_owner", bot.Data("invite", l.Others[0].BrandID, 0))})
	return bot.Message{
		HTML: strings.Join(parts, "\n\n"), Keyboard: append(keys, []bot.Button{button(say, "keep", bot.Data("keep", 0, 0))}),
	}
}

// maxHeirs is how many people are offered as owners: those who plan come first, and
// others can be invited.
const maxHeirs = 12

// keep leaves everything as it is.
func (h *Handlers) keep(ctx context.Context, r *bot.Request, me Reader) error {
	_, err := h.put(ctx, r, bot.Message{
		HTML:     me.Say.Say("departure.kept"),
		Keyboard: [][]bot.Button{{button(me.Say, "home", bot.Data("home", 0, 0))}},
	})
	return err
}

// leaveYes deletes what is kept about whoever presses. A button of somebody who is
// gone does nothing to whoever he is now.
func (h *Handlers) leaveYes(ctx context.Context, r *bot.Request, me Reader) error {
	if r.ID() != me.Person.ID {
		return social.ErrDeparted
	}
	d, err := h.Store.Depart(ctx, me.Person.ID)
	if errors.Is(err, social.ErrLastOwner) {
		return errors.Join(r.Alert(ctx, me.Say.Plain("rule.last_owner")), h.leave(ctx, r, me))
	}
	if err != nil {
		return err
	}
	for _, l := range d.Leaves {
		if l.Ends() {
			h.Log.InfoContext(ctx, "an agency ended with its last member", "agency", l.Agency.ID)
		}
	}
	_, err = h.put(ctx, r, bot.Message{HTML: me.Say.Say("departure.done")})
	return err
}

// askOwner asks whether somebody shall really be an owner.
func (h *Handlers) askOwner(ctx context.Context, r *bot.Request, me Reader) error {
	l, heir, err := h.heir(ctx, r, me)
	if err != nil {
		return err
	}
	say := me.Say
	_, err = h.put(ctx, r, bot.Message{
		HTML: say.Say("owner.sure", "name", heir.Person.Name, "agency", l.Agency.Name),
		Keyboard: [][]bot.Button{
			{button(say, "owner_name", bot.Data("owner_name", l.Agency.ID, 0, r.Arg(0)))},
			{button(say, "cancel", bot.Data("home", 0, 0))},
		},
	})
	return err
}

// nameOwner makes somebody an owner, and says how to go on.
func (h *Handlers) nameOwner(ctx context.Context, r *bot.Request, me Reader) error {
	l, heir, err := h.heir(ctx, r, me)
	if err != nil {
		return err
	}
	if err := h.Store.NameOwner(ctx, me.Person.ID, l.Agency.ID, heir.Person.ID); err != nil {
		return err
	}
	_, err = h.put(ctx, r, bot.Message{
		HTML:     me.Say.Say("owner.named", "name", heir.Person.Name, "agency", l.Agency.Name),
		Keyboard: [][]bot.Button{{button(me.Say, "home", bot.Data("home", 0, 0))}},
	})
	return err
}

// heir is whom the button names, in an agency that the reader owns.
func (h *Handlers) heir(ctx context.Context, r *bot.Request, me Reader) (social.Leaving, social.Member, error) {
	d, err := h.Store.Departing(ctx, me.Person.ID)
	if err != nil {
		return social.Leaving{}, social.Member{}, err
	}
	for _, l := range d.Leaves {
		if l.Agency.ID != r.ID() {
			continue
		}
		if !l.Owner() {
			return l, social.Member{}, social.ErrForbidden
		}
		for _, m := range l.Heirs() {
			if itoa(m.Person.ID) == r.Arg(0) {
				return l, m, nil
			}
		}
	}
	return social.Leaving{}, social.Member{}, social.ErrNotFound
}

// unasked tells whoever plans of the posts that wait for approval and that nobody is
// left to approve; nothing where there are none.
func (h *Handlers) unasked(ctx context.Context, a social.Affair, p social.Person) (string, error) {
	if a.Kind != social.PersonGone && a.Kind != social.MemberRemoved || p.ID == a.Subject.ID {
		return "", nil
	}
	posts, err := h.Store.Unfinished(ctx, p.ID, startedPosts)
	if err != nil {
		return "", err
	}
	n := 0
	for _, post := range posts {
		here := post.Brand.AgencyID == a.AgencyID && (a.BrandID == 0 || post.Brand.ID == a.BrandID)
		if here && post.State == social.InReview && len(post.Unspoken()) == 0 {
			n++
		}
	}
	if n == 0 {
		return "", nil
	}
	return "\n\n" + h.sayIn(p, a.Brand).Say("notice.unasked", "n", n), nil
}
