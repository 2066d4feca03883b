package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// The dialog step in which the bot waits to be made an admin of a channel.
const channelStep = "channel"

// askChannel says how to connect a channel, and waits for it. Channels in which
// the bot already is are offered.
func (h *Handlers) askChannel(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	free, err := h.Store.FreeChannels(ctx, me.Person.ID)
	if err != nil {
		return err
	}
	return h.ask(ctx, r, me, question{
		step: channelStep,
		data: map[string]string{"brand": itoa(b.ID), "new": r.Arg(0)},
		view: channelCard(h.sayIn(me.Person, b), b, channelWays{free: free, mark: r.Arg(0), add: addToChannel(h.Link(""))}),
	})
}

// addToChannel is the link that opens Telegram's own choice of a channel, with the
// rights that are needed ticked (core.telegram.org/api/links, read 2026-11).
func addToChannel(link string) string {
	base, _, _ := strings.Cut(link, "?")
	return base + "?startchannel&admin=post_messages+edit_messages+delete_messages"
}

// channelWays are the ways on from the screen that waits for a channel.
type channelWays struct {
	free []social.Channel
	mark string
	add  string
}

func channelCard(say locales.Printer, b social.Brand, w channelWays) bot.Message {
	keys := [][]bot.Button{{{Text: say.Label("button.pick_channel"), URL: w.add}}}
	for _, c := range w.free {
		keys = append(keys, []bot.Button{connectButton(say, b, c)})
	}
	if w.mark == making {
		keys = append(keys, []bot.Button{button(say, "no_channel", bot.Data("others", b.ID, 0, making, left))})
	} else {
		keys = append(keys, back(say, bot.Data("accounts", b.ID, 0, left)))
	}
	return bot.Message{HTML: say.Say("channel.how", "brand", b.Name), Keyboard: keys, NoPreview: true}
}

func connectButton(say locales.Printer, b social.Brand, c social.Channel) bot.Button {
	return bot.Button{
		Text: say.Label("button.connect", "channel", brief(c.Handle()), "brand", brief(b.Name)),
		Data: bot.Data("connect", b.ID, 0, chatArg(c.Chat)),
	}
}

// hearChannel answers whatever is written while the bot waits for a channel.
func (h *Handlers) hearChannel(ctx context.Context, r *bot.Request, me Reader) error {
	_, err := r.Reply(ctx, bot.Message{
		HTML: me.Say.Say("channel.waiting"),
		Keyboard: [][]bot.Button{
			{button(me.Say, "channel_again", bot.Data("channel", number(r.Dialog.Data["brand"]), 0, r.Dialog.Data["new"]))},
			{button(me.Say, "cancel", bot.Data("accounts", number(r.Dialog.Data["brand"]), 0, left))},
		},
	})
	return err
}

// connect joins a channel, into which the reader has put the bot, to a brand.
func (h *Handlers) connect(ctx context.Context, r *bot.Request, me Reader) error {
	chat, err := strconv.ParseInt(r.Arg(0), 36, 64)
	if err != nil {
		return social.ErrOutdated
	}
	free, err := h.Store.FreeChannels(ctx, me.Person.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(free, func(c social.Channel) bool { return c.Chat == chat })
	if i < 0 {
		return social.ErrNoChannel
	}
	mark := h.waitsFor(ctx, r.Chat.ID, r.ID())
	b, a, err := h.join(ctx, me.Person, r.ID(), free[i])
	if err != nil {
		return err
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	_, err = h.put(ctx, r, h.connected(ctx, h.sayIn(me.Person, b), b, a, mark))
	return err
}

// waitsFor tells whether the chat's open question waits for a channel of the
// brand, and with which mark.
func (h *Handlers) waitsFor(ctx context.Context, chat, brand int64) (mark string) {
	d, err := h.Store.Dialog(ctx, chat)
	if err != nil || d.Step != channelStep || number(d.Data["brand"]) != brand {
		return ""
	}
	return d.Data["new"]
}

// join makes the channel an account of the brand.
func (h *Handlers) join(ctx context.Context, p social.Person, brand int64, c social.Channel) (social.Brand, social.Account, error) {
	a, err := h.Store.AddAccount(ctx, p.ID, social.Account{
		BrandID: brand, Platform: social.Telegram, RemoteID: itoa(c.Chat), Handle: c.Handle(), Missing: c.Missing,
	})
	if err != nil {
		return social.Brand{}, a, err
	}
	b, _, err := h.Store.Brand(ctx, p.ID, brand)
	return b, a, err
}

// connected is the card of a channel that has just been connected; one with a
// discussion group says how its comments reach people.
func (h *Handlers) connected(ctx context.Context, say locales.Printer, b social.Brand, a social.Account, mark string) bot.Message {
	view := connectedCard(say, b, a, mark)
	if group, err := h.Linked(ctx, number(a.RemoteID)); err == nil && group != 0 {
		h.addComments(ctx, say, a, &view)
	}
	return view
}

// connectedCard says that the channel is connected, or what exactly is missing
// and how to give it.
func connectedCard(say locales.Printer, b social.Brand, a social.Account, mark string) bot.Message {
	key := "channel.connected"
	if !a.Ready() {
		key = "channel.lacks"
	}
	on := button(say, "to_accounts", bot.Data("accounts", b.ID, 0))
	if mark == making {
		on = button(say, "go_on", bot.Data("others", b.ID, 0, making))
		on.Style = "success"
	}
	return bot.Message{
		HTML:     say.Say(key, "account", accountName(say, a), "brand", b.Name, "missing", rightNames(say, a.Missing)),
		Keyboard: [][]bot.Button{{on}},
	}
}

// channelChanged records what the bot may do in a channel. An account that
// changes with it is told of by its event; a new channel is offered to whoever
// put the bot there, if he sets up brands. Nobody else hears a word.
func (h *Handlers) channelChanged(ctx context.Context, r *bot.Request) error {
	adder, err := h.adder(ctx, r)
	if err != nil {
		return err
	}
	c := social.Channel{
		Chat: r.Chat.ID, Title: r.Chat.Title, Username: r.Chat.Username, AddedBy: adder.ID,
		Missing: h.Rights(r.Member.New), Present: r.Member.New.In(),
	}
	known, err := h.Store.SaveChannel(ctx, c)
	if err != nil || known || !c.Present || adder.ID == 0 {
		return err
	}
	brands, err := h.setUp(ctx, adder.ID)
	if err != nil || len(brands) == 0 {
		return err
	}
	view, err := h.offerChannel(ctx, adder, brands, c)
	if err != nil {
		return err
	}
	_, err = h.Sender.Send(ctx, bot.Interactive, adder.TelegramID, view)
	if bot.IsBlocked(err) {
		return nil // the channel is offered when he sets up a brand
	}
	return err
}

// adder is the person who changed the bot's standing; empty for Telegram's own
// and for anonymous accounts.
func (h *Handlers) adder(ctx context.Context, r *bot.Request) (social.Person, error) {
	if r.From.ID == 0 {
		return social.Person{}, nil
	}
	me, err := h.reader(ctx, r)
	return me.Person, err
}

// setUp lists the brands that the person sets up.
func (h *Handlers) setUp(ctx context.Context, person int64) ([]social.Brand, error) {
	places, err := h.Store.Places(ctx, person)
	if err != nil || len(places) == 0 {
		return nil, err
	}
	brands, err := h.Store.Brands(ctx, person)
	return slices.DeleteFunc(brands, func(b social.Brand) bool {
		return !placeIn(places, b).Role.May(social.Setup)
	}), err
}

// offerChannel connects the channel at once when the person's chat waits for one,
// and asks for the brand otherwise: those without a channel first.
func (h *Handlers) offerChannel(ctx context.Context, p social.Person, brands []social.Brand, c social.Channel) (bot.Message, error) {
	d, err := h.Store.Dialog(ctx, p.TelegramID)
	if err != nil && !errors.Is(err, social.ErrNotFound) {
		return bot.Message{}, err
	}
	if err == nil && d.Step == channelStep && d.Expires.After(h.Clock.Now()) {
		return h.joinWaiting(ctx, p, d, c)
	}
	var bare []social.Brand
	for _, b := range brands {
		accounts, err := h.Store.Accounts(ctx, p.ID, b.ID)
		if err != nil {
			return bot.Message{}, err
		}
		if !slices.ContainsFunc(accounts, func(a social.Account) bool { return a.Platform == social.Telegram && !a.ByHand }) {
			bare = append(bare, b)
		}
	}
	if len(bare) > 0 {
		brands = bare
	}
	return offerCard(h.say(p), brands, c), nil
}

// joinWaiting connects the channel to the brand whose question waits for it.
func (h *Handlers) joinWaiting(ctx context.Context, p social.Person, d social.Dialog, c social.Channel) (bot.Message, error) {
	b, a, err := h.join(ctx, p, number(d.Data["brand"]), c)
	var rule social.Rule
	if errors.As(err, &rule) {
		return bot.Message{HTML: h.say(p).Say("rule." + string(rule))}, h.Store.EndDialog(ctx, d.Chat)
	}
	if err != nil {
		return bot.Message{}, err
	}
	return h.connected(ctx, h.sayIn(p, b), b, a, d.Data["new"]), h.Store.EndDialog(ctx, d.Chat)
}

// offerCard asks to which brand the channel belongs.
func offerCard(say locales.Printer, brands []social.Brand, c social.Channel) bot.Message {
	key := "channel.offer"
	if len(c.Missing) > 0 {
		key = "channel.offer_lacks"
	}
	var keys [][]bot.Button
	for _, b := range brands {
		keys = append(keys, []bot.Button{connectButton(say, b, c)})
	}
	return bot.Message{
		HTML:     say.Say(key, "channel", c.Handle(), "missing", rightNames(say, c.Missing)),
		Keyboard: append(keys, back(say, bot.Data("home", 0, 0))),
	}
}
