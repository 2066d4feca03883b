package handlers

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

type doors interface {
	Door(ctx context.Context, reader, account int64) (social.Door, error)
	OpenDoor(ctx context.Context, by int64, d social.Door) error
	CloseDoor(ctx context.Context, by, account int64) error
}

// A Smith makes addresses and secrets for tools that tell of comments.
type Smith interface {
	// Reached tells whether the world can reach this Peyk, so that tools can.
	Reached() bool
	// Forge makes a door of an account, and its secret, which is nowhere else.
	Forge(account int64) (d social.Door, secret string, err error)
	// Address is where the door with the key is.
	Address(key string) string
}

// ownDoor is an account that is published by hand, with its brand, for those who set
// it up, and its door: a zero one where there is none.
func (h *Handlers) ownDoor(ctx context.Context, r *bot.Request, me Reader) (b social.Brand, a social.Account, d social.Door, err error) {
	if b, err = h.settable(ctx, me, r.ID()); err != nil {
		return b, a, d, err
	}
	if a, err = h.accountIn(ctx, me, b.ID, number(r.Arg(0))); err != nil {
		return b, a, d, err
	}
	if !a.ByHand {
		return b, a, d, social.ErrDoorByHand
	}
	d, err = h.Store.Door(ctx, me.Person.ID, a.ID)
	if errors.Is(err, social.ErrNotFound) {
		return b, a, social.Door{}, nil
	}
	return b, a, d, err
}

// door shows whether tools bring the comments on an account, and how to let them.
func (h *Handlers) door(ctx context.Context, r *bot.Request, me Reader) error {
	b, a, d, err := h.ownDoor(ctx, r, me)
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, doorCard(h.sayIn(me.Person, b), a, d, h.Smith.Reached()))
	return err
}

func doorCard(say locales.Printer, a social.Account, d social.Door, reached bool) bot.Message {
	key := "door.none"
	switch {
	case !d.Made.IsZero() && d.Last.IsZero():
		key = "door.quiet"
	case !d.Made.IsZero():
		key = "door.busy"
	case !reached:
		key = "door.unreached"
	}
	lines := []string{say.Say("door.head", "account", accountName(say, a)), say.Say(key, "at", d.Made, "last", d.Last)}
	var keys [][]bot.Button
	data := func(action string, args ...string) string {
		return bot.Data(action, a.BrandID, 0, append([]string{itoa(a.ID)}, args...)...)
	}
	switch {
	case !d.Made.IsZero():
		if !reached {
			lines = append(lines, say.Say("door.cut_off"))
		}
		keys = rows(say, []bot.Button{
			button(say, "door_renew", data("door_sure", "renew")), button(say, "door_end", data("door_sure", "end")),
		}, 2)
	case reached:
		open := button(say, "door_open", data("door_open", "0"))
		open.Style = "primary"
		keys = [][]bot.Button{{open}}
	}
	return bot.Message{HTML: strings.Join(lines, "\n\n"), Keyboard: append(keys, back(say, bot.Data("account", a.BrandID, 0, itoa(a.ID))))}
}

// doorSure asks before a secret that tools use is made worthless.
func (h *Handlers) doorSure(ctx context.Context, r *bot.Request, me Reader) error {
	b, a, d, err := h.ownDoor(ctx, r, me)
	switch {
	case err != nil:
		return err
	case d.Made.IsZero():
		return h.outOfDoor(ctx, r, me)
	}
	say := h.sayIn(me.Person, b)
	key, yes := "door.sure_end", button(say, "door_end_yes", bot.Data("door_end", b.ID, 0, itoa(a.ID)))
	if r.Arg(1) == "renew" {
		key, yes = "door.sure_renew", button(say, "door_renew_yes", bot.Data("door_open", b.ID, 0, itoa(a.ID), stamp(d.Made)))
	}
	yes.Style = "danger"
	_, err = h.put(ctx, r, bot.Message{
		HTML:     say.Say(key, "account", accountName(say, a)),
		Keyboard: [][]bot.Button{{yes}, back(say, bot.Data("door", b.ID, 0, itoa(a.ID)))},
	})
	return err
}

// stamp is a moment as buttons carry it, to the second; 0: none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "0"
	}
	return strconv.FormatInt(t.Unix(), 36)
}

// stamped is what stamp has written.
func stamped(s string) time.Time {
	n, err := strconv.ParseInt(s, 36, 64)
	if err != nil || n == 0 {
		return time.Time{}
	}
	return time.Unix(n, 0)
}

// outOfDoor says that a door is not what a button took it for, and shows what it is.
func (h *Handlers) outOfDoor(ctx context.Context, r *bot.Request, me Reader) error {
	if err := r.Alert(ctx, me.Say.Plain("rule.outdated")); err != nil {
		return err
	}
	return h.door(ctx, r, me)
}

// openDoor makes an address with a secret, or a new secret for the one that there is,
// and shows what is new this once: the secret stands nowhere but sealed.
func (h *Handlers) openDoor(ctx context.Context, r *bot.Request, me Reader) error {
	b, a, _, err := h.ownDoor(ctx, r, me)
	if err != nil {
		return err
	}
	if !h.Smith.Reached() {
		return social.ErrNoAddress
	}
	d, secret, err := h.Smith.Forge(a.ID)
	if err != nil {
		return err
	}
	d.Made = stamped(r.Arg(1))
	err = h.Store.OpenDoor(ctx, me.Person.ID, d)
	if errors.Is(err, social.ErrOutdated) {
		return h.outOfDoor(ctx, r, me)
	}
	if err != nil {
		return err
	}
	address := ""
	if d.Made.IsZero() {
		address = h.Smith.Address(d.Key)
	}
	if _, err := r.Reply(ctx, secretCard(h.sayIn(me.Person, b), a, address, secret)); err != nil {
		return err
	}
	return h.door(ctx, r, me)
}

// secretCard shows a secret, ready to copy, in a message that can be taken away; and
// the address, where that is new too.
func secretCard(say locales.Printer, a social.Account, address, secret string) bot.Message {
	lines, keys := []string{say.Say("door.renewed", "account", accountName(say, a))}, [][]bot.Button{}
	if address != "" {
		lines[0] = say.Say("door.opened", "account", accountName(say, a))
	}
	for _, part := range []struct{ key, text string }{{"button.copy_address", address}, {"button.copy_secret", secret}} {
		if part.text == "" {
			continue
		}
		lines = append(lines, "<code>"+locales.Escape(part.text)+"</code>")
		if len([]rune(part.text)) <= maxCopy {
			keys = append(keys, []bot.Button{{Text: say.Label(part.key), Copy: part.text}})
		}
	}
	keys = append(keys, []bot.Button{button(say, "door_forget", bot.Data("door_forget", 0, 0))})
	return bot.Message{HTML: strings.Join(lines, "\n\n"), Keyboard: keys, NoPreview: true}
}

// forgetSecret takes the message with the secret away.
func (h *Handlers) forgetSecret(ctx context.Context, r *bot.Request, me Reader) error {
	err := h.Sender.Delete(ctx, bot.Interactive, r.Chat.ID, pressed(r))
	if errors.Is(err, bot.ErrGone) {
		return nil
	}
	if err != nil { // Telegram deletes no message older than 48 hours: it loses its words
		_, err = r.Replace(ctx, bot.Message{HTML: me.Say.Say("door.forgotten")})
	}
	return err
}

// closeDoor ends an address.
func (h *Handlers) closeDoor(ctx context.Context, r *bot.Request, me Reader) error {
	_, a, _, err := h.ownDoor(ctx, r, me)
	if err != nil {
		return err
	}
	err = h.Store.CloseDoor(ctx, me.Person.ID, a.ID)
	if errors.Is(err, social.ErrNoDoor) {
		return h.outOfDoor(ctx, r, me)
	}
	if err != nil {
		return err
	}
	return h.door(ctx, r, me)
}
