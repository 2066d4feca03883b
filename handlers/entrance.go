package handlers

import (
	"context"
	"slices"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// An Entrance lets us into accounts of one network. What fails says why, by a code
// with words: locale keys "entrance.<code>" or "reason.<code>".
type Entrance interface {
	// Find looks for the account that somebody has named, or whose Remote is given.
	Find(ctx context.Context, named string) (social.Profile, *social.Outcome)
	// Enter signs in with the secret, which is not kept.
	Enter(ctx context.Context, d social.Profile, secret string) (social.Admission, *social.Outcome)
	// Leave gives back what Enter has got, sealed; what is not good any more is given
	// back. page is where people see to it themselves.
	Leave(ctx context.Context, sealed string) (page string, err error)
	// IsSecret tells whether a text is a secret of the network and nothing else.
	IsSecret(text string) bool
	// Takes tells whether a text may be what Enter wants; anything else is not tried.
	Takes(text string) bool
}

// The dialog steps in which an account is named, and its secret given.
const (
	nameStep   = "name"
	secretStep = "secret"
)

// entered are the networks with an entrance, in the order in which people see them.
func (h *Handlers) entered() []social.Platform {
	return slices.DeleteFunc(social.Platforms(), func(p social.Platform) bool { return h.Entrances[p] == nil })
}

func enterData(b social.Brand, p social.Platform, more ...string) string {
	return bot.Data("enter", b.ID, 0, append([]string{string(p)}, more...)...)
}

// reconnect is the button that signs in to an account anew.
func reconnect(say locales.Printer, b social.Brand, a social.Account) bot.Button {
	again := button(say, "reconnect", enterData(b, a.Platform, itoa(a.ID)))
	again.Style = "primary"
	return again
}

// enter asks which account it is; of one that was connected before, for its secret
// at once.
func (h *Handlers) enter(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	p := social.Platform(r.Arg(0))
	if h.Entrances[p] == nil {
		return social.ErrOutdated
	}
	if r.Arg(1) == "" || r.Arg(1) == left {
		return h.askName(ctx, r, me, b, entering{network: p})
	}
	a, err := h.accountIn(ctx, me, b.ID, number(r.Arg(1)))
	if err != nil {
		return err
	}
	if a.Platform != p || a.ByHand {
		return social.ErrOutdated
	}
	return h.findAccount(ctx, r, me, b, entering{network: p, named: a.RemoteID})
}

// entering is where a conversation about a new account stands.
type entering struct {
	network social.Platform
	named   string
	note    string // what is said above the question: why it is asked again
}

func (h *Handlers) askName(ctx context.Context, r *bot.Request, me Reader, b social.Brand, e entering) error {
	say := h.sayIn(me.Person, b)
	return h.ask(ctx, r, me, question{
		step: nameStep,
		data: map[string]string{"brand": itoa(b.ID), "network": string(e.network)},
		view: bot.Message{
			HTML:      e.note + say.Say("entrance.name."+string(e.network), "brand", b.Name),
			Keyboard:  [][]bot.Button{back(say, bot.Data("accounts", b.ID, 0, left))},
			NoPreview: true,
		},
	})
}

// takeName hears which account it is.
func (h *Handlers) takeName(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, number(r.Dialog.Data["brand"]))
	if err != nil {
		return h.endWith(ctx, r, err)
	}
	return h.findAccount(ctx, r, me, b, entering{network: social.Platform(r.Dialog.Data["network"]), named: r.Text().Plain})
}

// findAccount looks for the account, and asks for its secret.
func (h *Handlers) findAccount(ctx context.Context, r *bot.Request, me Reader, b social.Brand, e entering) error {
	say := h.sayIn(me.Person, b)
	h.warn(ctx, r.Typing(ctx))
	found, failed := h.Entrances[e.network].Find(ctx, e.named)
	if failed != nil {
		e.note = h.whyNot(ctx, say, e.network, failed)
		return h.askName(ctx, r, me, b, e)
	}
	note := ""
	accounts, err := h.Store.Accounts(ctx, me.Person.ID, b.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(accounts, func(a social.Account) bool {
		return a.Platform == found.Network && a.RemoteID == found.Remote && a.Ready()
	}) {
		note = say.Say("entrance.here", "name", found.Name, "brand", b.Name) + "\n\n"
	}
	return h.askSecret(ctx, r, me, b, found, note)
}

func (h *Handlers) askSecret(ctx context.Context, r *bot.Request, me Reader, b social.Brand, d social.Profile, note string) error {
	say := h.sayIn(me.Person, b)
	var keys [][]bot.Button
	if d.URL != "" {
		keys = [][]bot.Button{{{Text: say.Label("button.get_secret." + string(d.Network)), URL: d.URL}}}
	}
	keys = append(keys, rows(say, []bot.Button{
		button(say, "other_name", enterData(b, d.Network, left)), button(say, "cancel", bot.Data("accounts", b.ID, 0, left)),
	}, 2)...)
	data := d.Data()
	data["brand"] = itoa(b.ID)
	return h.ask(ctx, r, me, question{step: secretStep, data: data, view: bot.Message{
		HTML:     note + say.Say("entrance.secret."+string(d.Network), "name", d.Name, "brand", b.Name, "server", d.Server),
		Keyboard: keys, NoPreview: true,
	}})
}

// takeSecret hears the secret, takes it out of the chat at once, and signs in.
// Whatever was sent instead goes as well: it may be another secret.
func (h *Handlers) takeSecret(ctx context.Context, r *bot.Request, me Reader) error {
	left := ""
	if err := h.hush(ctx, r, func() { left = me.Say.Say("entrance.delete") + "\n\n" }); err != nil {
		return err
	}
	d := social.ProfileOf(r.Dialog.Data)
	b, err := h.settable(ctx, me, number(r.Dialog.Data["brand"]))
	if err != nil {
		return h.endWith(ctx, r, err)
	}
	say := h.sayIn(me.Person, b)
	in, secret := h.Entrances[d.Network], r.Text().Plain
	if in == nil {
		return h.endWith(ctx, r, social.ErrOutdated)
	}
	if !in.Takes(secret) {
		return h.askSecret(ctx, r, me, b, d, left+say.Say("entrance.other."+string(d.Network))+"\n\n")
	}
	h.warn(ctx, r.Typing(ctx))
	entry, failed := in.Enter(ctx, d, secret)
	if failed != nil {
		return h.askSecret(ctx, r, me, b, d, left+h.whyNot(ctx, say, d.Network, failed))
	}
	h.At("signed_in_not_recorded")
	a, late, err := h.Store.SignIn(ctx, me.Person.ID, social.Account{
		BrandID: b.ID, Platform: d.Network, RemoteID: entry.Remote, Handle: entry.Handle, Limits: entry.Limits,
	}, entry.Sealed)
	if err != nil {
		if _, stays := in.Leave(ctx, entry.Sealed); stays != nil {
			h.Log.WarnContext(ctx, "what was got for a secret could not be given back", "network", d.Network, "err", stays)
		}
		return h.endWith(ctx, r, err)
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	view := enteredCard(say, b, a, entry, left)
	lateWays(say, b, a.ID, late, &view)
	_, err = r.Reply(ctx, view)
	return err
}

// enteredCard says that the account is connected.
func enteredCard(say locales.Printer, b social.Brand, a social.Account, e social.Admission, note string) bot.Message {
	text := note + say.Say("entrance.done", "account", accountName(say, a), "brand", b.Name)
	if e.Counted {
		text += "\n" + say.Say("entrance.followers", "n", e.Followers)
	}
	if !e.Limits.At.IsZero() {
		text += "\n" + say.Say("entrance.limits", "text", e.Limits.Text, "media", e.Limits.Media)
	}
	return bot.Message{HTML: text, Keyboard: [][]bot.Button{{button(say, "to_accounts", bot.Data("accounts", b.ID, 0))}}}
}

// whyNot says why the network did not let us in, and leaves a line in the log when
// that may lie with us.
func (h *Handlers) whyNot(ctx context.Context, say locales.Printer, p social.Platform, o *social.Outcome) string {
	key := "reason." + o.Code
	if slices.Contains([]string{"account_lost", "rights_missing", "rate_limited", "unreachable"}, o.Code) {
		key = "entrance." + o.Code
	}
	if o.State != social.Rejected {
		h.Log.WarnContext(ctx, "a network could not be signed in to", "network", p, "code", o.Code, "detail", o.Detail)
	}
	return "⚠️ " + say.Say(key) + "\n\n"
}

func (h *Handlers) warn(ctx context.Context, err error) {
	if err != nil {
		h.Log.InfoContext(ctx, "a sign of writing could not be shown", "err", err)
	}
}
