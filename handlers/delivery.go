package handlers

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// The dialog step in which somebody pastes the link of a post that is live.
const linkStep = "link"

// maxLink is the longest address that is taken, in bytes.
const maxLink = 2000

// askLink asks for the link of a delivery that somebody has seen to be live.
func (h *Handlers) askLink(ctx context.Context, r *bot.Request, me Reader) error {
	if err := h.tryFound(ctx, me, r.ID()); err != nil {
		return h.outlived(ctx, r, me, r.ID(), err)
	}
	id := strconv.FormatInt(r.ID(), 10)
	return h.ask(ctx, r, me, question{
		step: linkStep,
		data: map[string]string{"delivery": id},
		view: bot.Message{
			HTML: me.Say.Say("delivery.ask_link"),
			Keyboard: [][]bot.Button{
				{button(me.Say, "no_link", bot.Data("lnk", r.ID(), 0))},
				{button(me.Say, "cancel", bot.Data("dcd", r.ID(), 0))},
			},
		},
	})
}

// tryFound tells whether the reader may say that the delivery is live.
func (h *Handlers) tryFound(ctx context.Context, me Reader, id int64) error {
	p, err := h.Store.PostOf(ctx, me.Person.ID, id)
	if err != nil {
		return err
	}
	by, err := h.Store.Member(ctx, me.Person.ID, p.Brand.ID)
	if err != nil {
		return err
	}
	for _, d := range p.Deliveries {
		if d.ID == id {
			return d.Found(by, "", h.Clock.Now())
		}
	}
	return social.ErrNotFound
}

// outlived explains a refusal; a card that asks what is no question any more is
// drawn as it is now.
func (h *Handlers) outlived(ctx context.Context, r *bot.Request, me Reader, id int64, why error) error {
	old := errors.Is(why, social.ErrNotUnknown) || errors.Is(why, social.ErrNotHanded) || errors.Is(why, social.ErrOutdated)
	if !old || r.Callback == nil {
		return why
	}
	p, err := h.Store.PostOf(ctx, me.Person.ID, id)
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, p.Brand)
	if err := r.Alert(ctx, say.Plain("rule."+why.Error())); err != nil {
		return err
	}
	_, err = h.put(ctx, r, deliveryCard(say, p, id))
	return err
}

// takeLink hears the link and records that the delivery is live.
func (h *Handlers) takeLink(ctx context.Context, r *bot.Request, me Reader) error {
	link, err := webAddress(r.Text().Plain)
	if err != nil {
		return err
	}
	id := number(r.Dialog.Data["delivery"])
	p, err := h.Store.UpdateDelivery(ctx, me.Person.ID, id, h.found(link))
	if err != nil {
		return h.endWith(ctx, r, err)
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	view := deliveryCard(h.sayIn(me.Person, p.Brand), p, id)
	if p.Ended() { // the word that it is live comes by itself
		err := h.Sender.Edit(ctx, bot.Cards, r.Chat.ID, r.Dialog.Message, view)
		if errors.Is(err, bot.ErrGone) {
			return nil
		}
		return err
	}
	if _, err := r.Reply(ctx, view); err != nil {
		return err
	}
	h.removeQuestion(ctx, r)
	return nil
}

// withoutLink records that a delivery is live although nobody has its link.
func (h *Handlers) withoutLink(ctx context.Context, r *bot.Request, me Reader) error {
	if err := h.settle(ctx, r, me, r.ID(), h.found("")); err != nil {
		return err
	}
	return h.endDialog(ctx, r)
}

// found is the rule that somebody has seen a delivery live.
func (h *Handlers) found(link string) social.DeliveryRule {
	return func(_ *social.Post, d *social.Delivery, by social.Member) (social.Kind, error) {
		return social.DeliveryLive, d.Found(by, link, h.Clock.Now())
	}
}

// webAddress accepts an http or https address and nothing else.
func webAddress(s string) (string, error) {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil || len(s) > maxLink || (u.Scheme != "https" && u.Scheme != "http") || !strings.Contains(u.Host, ".") {
		return "", social.ErrBadAddress
	}
	return u.String(), nil
}

// absent sends a delivery again that somebody has seen not to be there.
func (h *Handlers) absent(ctx context.Context, r *bot.Request, me Reader) error {
	return h.settle(ctx, r, me, r.ID(), func(p *social.Post, d *social.Delivery, by social.Member) (social.Kind, error) {
		return social.DeliveryAgain, d.Absent(by, h.Clock.Now())
	})
}

// retry sends a refused delivery again, now that its account is well.
func (h *Handlers) retry(ctx context.Context, r *bot.Request, me Reader) error {
	return h.settle(ctx, r, me, r.ID(), func(p *social.Post, d *social.Delivery, by social.Member) (social.Kind, error) {
		return social.DeliveryRetried, p.Retry(by, d, h.Clock.Now())
	})
}

// withdraw calls a delivery off that would be published by hand.
func (h *Handlers) withdraw(ctx context.Context, r *bot.Request, me Reader) error {
	return h.settle(ctx, r, me, r.ID(), func(p *social.Post, d *social.Delivery, by social.Member) (social.Kind, error) {
		return social.DeliveryWithdrawn, d.Withdraw(by, h.Clock.Now())
	})
}

// publishByHand gives a refused delivery to whoever pressed, with all that is needed to
// publish it by hand.
func (h *Handlers) publishByHand(ctx context.Context, r *bot.Request, me Reader) error {
	p, err := h.Store.UpdateDelivery(ctx, me.Person.ID, r.ID(), func(p *social.Post, d *social.Delivery, by social.Member) (social.Kind, error) {
		return social.DeliveryHanded, p.TakeOver(by, d, h.Clock.Now())
	})
	if err != nil {
		return h.outlived(ctx, r, me, r.ID(), err)
	}
	say := h.sayIn(me.Person, p.Brand)
	if err := h.cover(ctx, r, me, p.ID, deliveryStands(say, p, r.ID())); err != nil {
		return err
	}
	for _, m := range h.handover(say, p, r.ID()) {
		if _, err := r.Reply(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// settle runs a rule on a delivery and shows how it stands now: on the post's card,
// where that is what was pressed or where it has none, and else in a line.
func (h *Handlers) settle(ctx context.Context, r *bot.Request, me Reader, id int64, rule social.DeliveryRule) error {
	p, err := h.Store.UpdateDelivery(ctx, me.Person.ID, id, rule)
	if err != nil {
		return h.outlived(ctx, r, me, id, err)
	}
	place, err := h.Store.Member(ctx, me.Person.ID, p.Brand.ID)
	if err != nil {
		return err
	}
	was, err := h.cardOf(ctx, p, place)
	if err != nil {
		return err
	}
	if was.Message == 0 || was.Message == pressed(r) {
		return h.showTo(ctx, r, me, p, place)
	}
	_, err = h.put(ctx, r, deliveryCard(h.sayIn(me.Person, p.Brand), p, id))
	return err
}

// deliveryState shows how a delivery stands, after a question about it.
func (h *Handlers) deliveryState(ctx context.Context, r *bot.Request, me Reader) error {
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	p, err := h.Store.PostOf(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	place, err := h.Store.Member(ctx, me.Person.ID, p.Brand.ID)
	if err != nil {
		return err
	}
	if err := place.Can(social.Plan); err != nil {
		return err // its buttons are for those who publish by hand
	}
	return h.cover(ctx, r, me, p.ID, deliveryCard(h.sayIn(me.Person, p.Brand), p, r.ID()))
}

// deliveryCard asks about one delivery, or says how it ended.
func deliveryCard(say locales.Printer, p social.Post, id int64) bot.Message {
	for _, d := range p.Deliveries {
		if d.ID != id {
			continue
		}
		a, _ := accountOf(p, d.Account)
		switch d.State {
		case social.Handed:
			return handedCard(say, p, a, d)
		case social.Unknown:
			return unknownCard(say, p, a, d)
		case social.Waiting:
			if d.Stalled() {
				return stalledCard(say, p, a, d)
			}
		}
	}
	return deliveryStands(say, p, id)
}

// deliveryStands says how a delivery stands.
func deliveryStands(say locales.Printer, p social.Post, id int64) bot.Message {
	for _, d := range p.Deliveries {
		if d.ID != id {
			continue
		}
		a, _ := accountOf(p, d.Account)
		return bot.Message{
			HTML:      say.Say("card.head", "state", locales.HTML(say.Say("state."+string(p.State))), "brand", p.Brand.Name) + "\n" + deliveryLine(say, a, d),
			Keyboard:  append(refusedMends(say, p, d), []bot.Button{button(say, "opn", bot.Data("opn", p.ID, p.Version))}),
			NoPreview: true,
		}
	}
	return bot.Message{HTML: say.Say("rule.not_found")}
}

// handedCard stands under the material that somebody publishes by hand.
func handedCard(say locales.Printer, p social.Post, a social.Account, d social.Delivery) bot.Message {
	live := button(say, "live", bot.Data("liv", d.ID, 0))
	live.Style = "success"
	more := []bot.Button{button(say, "wdr", bot.Data("wdr", d.ID, 0)), button(say, "opn", bot.Data("opn", p.ID, p.Version))}
	if !d.TakenOver() {
		more = append([]bot.Button{button(say, "dsl", bot.Data("dsl", d.ID, 0))}, more...)
	}
	return bot.Message{
		HTML:     say.Say("delivery.by_hand", "brand", p.Brand.Name, "account", accountName(say, a), "when", dueBy(p, d)),
		Keyboard: append([][]bot.Button{{live}}, rows(say, more, 2)...),
	}
}

// dueBy is the time at which somebody publishes by hand: the post's own, or a
// later one that was chosen.
func dueBy(p social.Post, d social.Delivery) time.Time {
	if d.Due.After(p.Slot.Add(p.Brand.Rules.LateWindow)) {
		return d.Due
	}
	return p.Slot
}

// unknownCard asks somebody to look whether a post is out (U9).
func unknownCard(say locales.Printer, p social.Post, a social.Account, d social.Delivery) bot.Message {
	return bot.Message{
		HTML: say.Say("error.unsure", "network", accountName(say, a), "brand", p.Brand.Name),
		Keyboard: [][]bot.Button{
			{button(say, "is_live", bot.Data("liv", d.ID, 0))},
			{button(say, "not_there", bot.Data("abs", d.ID, 0))},
			{button(say, "opn", bot.Data("opn", p.ID, p.Version))},
		},
	}
}
