package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

type accounts interface {
	Accounts(ctx context.Context, reader, brand int64) ([]social.Account, error)
	AddAccount(ctx context.Context, by int64, a social.Account) (social.Account, error)
	RemoveAccount(ctx context.Context, by, id int64) (social.Account, error)
	SaveChannel(ctx context.Context, c social.Channel) (known bool, err error)
	FreeChannels(ctx context.Context, person int64) ([]social.Channel, error)
	SignIn(ctx context.Context, by int64, a social.Account, sealed string) (_ social.Account, late int, err error)
	Stalled(ctx context.Context, reader, account int64) (deliveries []int64, err error)
	Conceal(ctx context.Context) error
}

// accountLine says of one account whether posts can go out on it.
func accountLine(say locales.Printer, a social.Account) string {
	key := "account.ready"
	switch {
	case a.ByHand:
		key = "account.by_hand"
	case a.Lost && a.Platform.SignsIn():
		key = "account.signed_out"
	case a.Lost:
		key = "account.is_lost"
	case len(a.Missing) > 0:
		key = "account.lacks"
	}
	return say.Say(key, "account", accountName(say, a), "missing", rightNames(say, a.Missing))
}

// accountsOf lists a brand's accounts, for those who set it up.
func (h *Handlers) accountsOf(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	return h.showAccounts(ctx, r, me, b)
}

func (h *Handlers) showAccounts(ctx context.Context, r *bot.Request, me Reader, b social.Brand) error {
	accounts, err := h.Store.Accounts(ctx, me.Person.ID, b.ID)
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, h.accountsCard(h.sayIn(me.Person, b), b, accounts))
	return err
}

// ways are the buttons that bring a further account.
func (h *Handlers) ways(say locales.Printer, b social.Brand) []bot.Button {
	ways := []bot.Button{button(say, "add_channel", bot.Data("channel", b.ID, 0))}
	for _, p := range h.entered() {
		ways = append(ways, bot.Button{Text: say.Label("button.enter", "platform", say.Label("platform."+string(p))), Data: enterData(b, p)})
	}
	return append(ways, button(say, "add_hand", bot.Data("hand", b.ID, 0)))
}

func (h *Handlers) accountsCard(say locales.Printer, b social.Brand, accounts []social.Account) bot.Message {
	lines := []string{say.Say("account.head", "brand", b.Name)}
	var doors []bot.Button
	for _, a := range accounts {
		lines = append(lines, accountLine(say, a))
		doors = append(doors, bot.Button{Text: accountName(say, a), Data: bot.Data("account", b.ID, 0, itoa(a.ID))})
	}
	if len(accounts) == 0 {
		lines = append(lines, say.Say("account.none"))
	}
	keys := fitted(say, doors)
	keys = append(keys, rows(say, h.ways(say, b), 2)...)
	if len(accounts) > 0 {
		keys = append(keys, rows(say, []bot.Button{
			button(say, "figures", bot.Data("figures", b.ID, 0)), button(say, "figures_in", bot.Data("figures_in", b.ID, 0)),
		}, 2)...)
	}
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: append(keys, back(say, bot.Data("brand", b.ID, 0)))}
}

// accountIn finds an account of the brand.
func (h *Handlers) accountIn(ctx context.Context, me Reader, brand, id int64) (social.Account, error) {
	accounts, err := h.Store.Accounts(ctx, me.Person.ID, brand)
	if err != nil {
		return social.Account{}, err
	}
	i := slices.IndexFunc(accounts, func(a social.Account) bool { return a.ID == id })
	if i < 0 {
		return social.Account{}, social.ErrNotFound
	}
	return accounts[i], nil
}

// account shows one account: what is wrong with it, how to mend it, and the way
// to take it out.
func (h *Handlers) account(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	a, err := h.accountIn(ctx, me, b.ID, number(r.Arg(0)))
	if err != nil {
		return err
	}
	view := accountCard(h.sayIn(me.Person, b), b, a)
	h.addComments(ctx, h.sayIn(me.Person, b), a, &view)
	_, err = h.put(ctx, r, view)
	return err
}

// addComments says on a channel's card whether its comments reach people, with the
// way to get them.
func (h *Handlers) addComments(ctx context.Context, say locales.Printer, a social.Account, view *bot.Message) {
	if a.ByHand || a.Lost || a.Platform != social.Telegram {
		return
	}
	a, linked, err := h.discuss(ctx, a)
	if err != nil {
		h.Log.WarnContext(ctx, "looking for a discussion group failed", "account", a.ID, "err", err)
		return
	}
	view.HTML += "\n\n" + commentsLine(say, a, linked)
	if linked && a.Discussion == 0 {
		view.Keyboard = append([][]bot.Button{{{Text: say.Label("button.add_group"), URL: addToGroup(h.Link(""))}}}, view.Keyboard...)
	}
}

func accountCard(say locales.Printer, b social.Brand, a social.Account) bot.Message {
	lines := []string{say.Say("account.one", "brand", b.Name), accountLine(say, a)}
	var keys [][]bot.Button
	switch {
	case a.ByHand || a.Ready():
	case a.Platform.SignsIn():
		lines = append(lines, "", say.Say("account.enter_again"))
		keys = [][]bot.Button{{reconnect(say, b, a)}}
	default:
		lines = append(lines, "", say.Say("account.mend"))
	}
	drop := button(say, "account_drop", bot.Data("account_sure", b.ID, 0, itoa(a.ID)))
	doors := []bot.Button{button(say, "numbers", bot.Data("nums", a.ID, 0))}
	if a.ByHand {
		doors = append(doors, button(say, "door", bot.Data("door", b.ID, 0, itoa(a.ID))))
	}
	return bot.Message{
		HTML:     strings.Join(lines, "\n"),
		Keyboard: append(append(keys, rows(say, doors, 2)...), []bot.Button{drop}, back(say, bot.Data("accounts", b.ID, 0))),
	}
}

// accountSure asks whether the account shall really be taken out.
func (h *Handlers) accountSure(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	a, err := h.accountIn(ctx, me, b.ID, number(r.Arg(0)))
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, b)
	yes := button(say, "account_drop_yes", bot.Data("account_drop", b.ID, 0, itoa(a.ID)))
	yes.Style = "danger"
	html := say.Say("account.sure", "account", accountName(say, a), "brand", b.Name)
	if a.Platform.SignsIn() && !a.ByHand {
		html += "\n" + say.Say("account.sure_entered")
	}
	_, err = h.put(ctx, r, bot.Message{
		HTML:     html,
		Keyboard: [][]bot.Button{{yes}, back(say, bot.Data("account", b.ID, 0, itoa(a.ID)))},
	})
	return err
}

// dropAccount takes the account out.
func (h *Handlers) dropAccount(ctx context.Context, r *bot.Request, me Reader) error {
	a, err := h.Store.RemoveAccount(ctx, me.Person.ID, number(r.Arg(0)))
	if err != nil {
		return err
	}
	b, err := h.settable(ctx, me, a.BrandID)
	if err != nil {
		return err
	}
	return h.showAccounts(ctx, r, me, b)
}

// byHandPlatforms are those on which people publish with what the bot hands over:
// all that do not let the bot in.
func byHandPlatforms() []social.Platform {
	return slices.DeleteFunc(social.Platforms(), func(p social.Platform) bool {
		return p == social.Telegram || p.SignsIn()
	})
}

// others offers the other platforms as toggles, while a brand is made.
func (h *Handlers) others(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	accounts, err := h.Store.Accounts(ctx, me.Person.ID, b.ID)
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, othersCard(h.sayIn(me.Person, b), b, accounts))
	return err
}

func othersCard(say locales.Printer, b social.Brand, accounts []social.Account) bot.Message {
	var toggles []bot.Button
	for _, p := range byHandPlatforms() {
		mark, want := "▫️ ", "1"
		if _, ok := onHand(accounts, p); ok {
			mark, want = "✅ ", "0"
		}
		toggles = append(toggles, bot.Button{
			Text: mark + say.Label("platform."+string(p)), Data: bot.Data("toggle", b.ID, 0, string(p), want),
		})
	}
	on := button(say, "go_on", bot.Data("invite", b.ID, 0, making))
	on.Style = "success"
	return bot.Message{HTML: say.Say("account.others", "brand", b.Name), Keyboard: append(rows(say, toggles, 2), []bot.Button{on})}
}

// onHand finds the nameless account by hand that a toggle stands for.
func onHand(accounts []social.Account, p social.Platform) (social.Account, bool) {
	i := slices.IndexFunc(accounts, func(a social.Account) bool { return a.ByHand && a.Platform == p })
	if i < 0 {
		return social.Account{}, false
	}
	return accounts[i], true
}

// toggle brings a platform to the state that the button named, so that a press
// which comes twice does nothing more. An account with a name is not taken out
// by a toggle.
func (h *Handlers) toggle(ctx context.Context, r *bot.Request, me Reader) error {
	p := social.Platform(r.Arg(0))
	if !slices.Contains(byHandPlatforms(), p) {
		return social.ErrOutdated
	}
	accounts, err := h.Store.Accounts(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	a, on := onHand(accounts, p)
	switch {
	case r.Arg(1) == "1" && !on:
		_, err = h.Store.AddAccount(ctx, me.Person.ID, social.Account{BrandID: r.ID(), Platform: p, ByHand: true})
	case r.Arg(1) == "0" && on && a.Handle == "":
		_, err = h.Store.RemoveAccount(ctx, me.Person.ID, a.ID)
	case r.Arg(1) == "0" && on:
		err = r.Alert(ctx, me.Say.Plain("account.named"))
	}
	if err != nil {
		return err
	}
	return h.others(ctx, r, me)
}

// hand asks on which platform a person publishes.
func (h *Handlers) hand(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, b)
	var doors []bot.Button
	for _, p := range byHandPlatforms() {
		doors = append(doors, bot.Button{Text: say.Label("platform." + string(p)), Data: bot.Data("hand_on", b.ID, 0, string(p))})
	}
	_, err = h.put(ctx, r, bot.Message{
		HTML:     say.Say("account.hand", "brand", b.Name),
		Keyboard: append(rows(say, doors, 2), back(say, bot.Data("accounts", b.ID, 0))),
	})
	return err
}

// The dialog step in which an account's name is typed.
const handleStep = "handle"

// handOn asks for the account's name on the chosen platform.
func (h *Handlers) handOn(ctx context.Context, r *bot.Request, me Reader) error {
	if !slices.Contains(byHandPlatforms(), social.Platform(r.Arg(0))) {
		return social.ErrOutdated
	}
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, b)
	skip := button(say, "skip", bot.Data("hand_skip", b.ID, 0, r.Arg(0)))
	return h.ask(ctx, r, me, question{
		step: handleStep,
		data: map[string]string{"brand": itoa(b.ID), "platform": r.Arg(0)},
		view: bot.Message{
			HTML:     say.Say("account.handle", "platform", say.Label("platform."+r.Arg(0)), "brand", b.Name),
			Keyboard: [][]bot.Button{{skip}, back(say, bot.Data("hand", b.ID, 0, left))},
		},
	})
}

// takeHandle hears the account's name.
func (h *Handlers) takeHandle(ctx context.Context, r *bot.Request, me Reader) error {
	handle, err := cleanHandle(r.Text().Plain)
	if err != nil {
		return err
	}
	return h.addByHand(ctx, r, me, social.Account{
		BrandID: number(r.Dialog.Data["brand"]), Platform: social.Platform(r.Dialog.Data["platform"]), Handle: handle, ByHand: true,
	})
}

// skipHandle adds the account without a name.
func (h *Handlers) skipHandle(ctx context.Context, r *bot.Request, me Reader) error {
	p := social.Platform(r.Arg(0))
	if !slices.Contains(byHandPlatforms(), p) {
		return social.ErrOutdated
	}
	accounts, err := h.Store.Accounts(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	if a, on := onHand(accounts, p); on && a.Handle == "" {
		if err := h.endDialog(ctx, r); err != nil { // pressed twice
			return err
		}
		return h.accountsOf(ctx, r, me)
	}
	return h.addByHand(ctx, r, me, social.Account{BrandID: r.ID(), Platform: p, ByHand: true})
}

func (h *Handlers) addByHand(ctx context.Context, r *bot.Request, me Reader, a social.Account) error {
	if _, err := h.Store.AddAccount(ctx, me.Person.ID, a); err != nil {
		return h.endWith(ctx, r, err)
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	b, err := h.settable(ctx, me, a.BrandID)
	if err != nil {
		return err
	}
	return h.showAccounts(ctx, r, me, b)
}

// cleanHandle makes a typed account name fit for showing. The address of a page
// is cut down to its last part.
func cleanHandle(typed string) (string, error) {
	name, err := social.CleanName(typed)
	if err != nil {
		return "", err
	}
	if strings.Contains(name, "://") {
		path, _, _ := strings.Cut(name, "?")
		parts := strings.Split(strings.TrimRight(path, "/"), "/")
		name = "@" + strings.TrimPrefix(parts[len(parts)-1], "@")
	}
	return name, nil
}

func chatArg(chat int64) string { return strconv.FormatInt(chat, 36) }
