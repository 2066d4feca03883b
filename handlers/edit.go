package handlers

import (
	"context"
	"slices"
	"strconv"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// The dialog steps in which the content of a post is edited.
const (
	textStep  = "text"
	mediaStep = "media"
)

// idOf and idArg carry an id in a button.
func idOf(id int64) string { return strconv.FormatInt(id, 36) }

func idArg(arg string) int64 {
	id, err := strconv.ParseInt(arg, 36, 64)
	if err != nil {
		return 0
	}
	return id
}

// editable reads a post for somebody who is about to edit it.
func (h *Handlers) editable(ctx context.Context, me Reader, id int64) (social.Post, error) {
	p, place, err := h.Store.Post(ctx, me.Person.ID, id)
	if err != nil {
		return p, err
	}
	if !p.Open() {
		return p, social.ErrInPublishing
	}
	return p, place.Can(social.Draft)
}

// askText asks for a new text for all accounts.
func (h *Handlers) askText(ctx context.Context, r *bot.Request, me Reader) error {
	p, err := h.editable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, p.Brand)
	return h.askEdit(ctx, r, me, p, question{
		step: textStep, view: bot.Message{HTML: say.Say("post.ask_text", "brand", p.Brand.Name)},
	})
}

// askEdit asks a question about a post, with the way back to its card.
func (h *Handlers) askEdit(ctx context.Context, r *bot.Request, me Reader, p social.Post, q question) error {
	if q.data == nil {
		q.data = map[string]string{}
	}
	q.data["post"], q.post = itoa(p.ID), p.ID
	say := h.sayIn(me.Person, p.Brand)
	q.view.HTML += again(say, p)
	q.view.Keyboard = append(q.view.Keyboard, []bot.Button{button(say, "cancel", uncover(p))})
	return h.ask(ctx, r, me, q)
}

// again says that the post needs a new approval after a change, where it does (U1).
func again(say locales.Printer, p social.Post) string {
	switch p.State {
	case social.Drafting, social.Changing, social.Stopped:
		return ""
	}
	return "\n\n" + say.Say("post.again")
}

// askVariant asks for a text for one account only; without one in the button it
// asks for which.
func (h *Handlers) askVariant(ctx context.Context, r *bot.Request, me Reader) error {
	p, err := h.editable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, p.Brand)
	id := idArg(r.Arg(0))
	if r.Arg(0) == "" && len(p.Content.Targets) == 1 {
		id = p.Content.Targets[0].Account
	}
	if id == 0 {
		return h.cover(ctx, r, me, p.ID, whichAccount(say, p, "vtx", say.Say("post.which_account")))
	}
	a, ok := accountOf(p, id)
	v, has := p.Content.Variant(id)
	if !ok || !has {
		return social.ErrOutdated
	}
	view := bot.Message{HTML: say.Say("post.ask_variant", "account", accountName(say, a)), NoPreview: true}
	if ownText(p, id) {
		view.HTML += "\n" + say.Say("post.has_variant") + "\n<blockquote expandable>" + v.Text.Cut(maxQuote).HTML() + more(v.Text) + "</blockquote>"
		view.Keyboard = [][]bot.Button{{button(say, "vrs", bot.Data("vrs", p.ID, p.Version, idOf(id)))}}
	}
	return h.askEdit(ctx, r, me, p, question{step: textStep, data: map[string]string{"account": itoa(id)}, view: view})
}

// ownText tells whether the account has a text of its own.
func ownText(p social.Post, account int64) bool {
	return slices.ContainsFunc(p.Content.Targets, func(t social.Target) bool { return t.Account == account && t.Text != nil })
}

// whichAccount asks for one of the accounts that the post is for.
func whichAccount(say locales.Printer, p social.Post, action, text string) bot.Message {
	if len(p.Content.Targets) == 0 {
		text = say.Say("card.no_accounts")
	}
	var doors []bot.Button
	for _, t := range p.Content.Targets {
		a, ok := accountOf(p, t.Account)
		if !ok {
			continue
		}
		mark := ""
		if t.Text != nil {
			mark = "✏️ "
		}
		doors = append(doors, bot.Button{Text: mark + brief(accountName(say, a)), Data: bot.Data(action, p.ID, p.Version, idOf(a.ID))})
	}
	return bot.Message{HTML: text, Keyboard: append(rows(say, doors, 1), back(say, uncover(p)))}
}

// takeText hears the new text, of all accounts or of one.
func (h *Handlers) takeText(ctx context.Context, r *bot.Request, me Reader) error {
	text := r.Text()
	switch {
	case len(r.Media()) > 0:
		return errTextOnly
	case text.Empty():
		return social.ErrEmpty
	case text.Len() > maxDraft:
		return errDraftLong
	}
	account := number(r.Dialog.Data["account"])
	return h.applyEdit(ctx, r, me, func(c *social.Content) {
		if account == 0 {
			c.Text = text
			return
		}
		c.SetText(account, &text)
	})
}

// applyEdit changes the content that a dialog is about, ends the dialog and
// shows the card in place of the question.
func (h *Handlers) applyEdit(ctx context.Context, r *bot.Request, me Reader, change func(*social.Content)) error {
	var place social.Member
	p, err := h.Store.UpdatePost(ctx, me.Person.ID, number(r.Dialog.Data["post"]), func(p *social.Post, by social.Member) (social.Event, error) {
		place = by
		return p.Edit(by, change)
	})
	if err != nil {
		return h.endWith(ctx, r, err)
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	if err := h.showTo(ctx, r, me, p, place); err != nil {
		return err
	}
	h.removeQuestion(ctx, r)
	return nil
}

// removeQuestion takes the answered question out of the chat: its card has come
// below. That it stays, when Telegram does not let it go, does no harm.
func (h *Handlers) removeQuestion(ctx context.Context, r *bot.Request) {
	if r.Dialog.Message == 0 {
		return
	}
	if err := h.Sender.Delete(ctx, bot.Interactive, r.Chat.ID, r.Dialog.Message); err != nil {
		h.Log.InfoContext(ctx, "an answered question stays", "err", err)
	}
}

// resetVariant gives an account the text of all again.
func (h *Handlers) resetVariant(ctx context.Context, r *bot.Request, me Reader) error {
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	return h.change(ctx, r, me, func(p *social.Post, by social.Member) (social.Event, error) {
		return p.Edit(by, func(c *social.Content) { c.SetText(idArg(r.Arg(0)), nil) })
	})
}

// askMedia asks for other pictures or videos.
func (h *Handlers) askMedia(ctx context.Context, r *bot.Request, me Reader) error {
	p, err := h.editable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, p.Brand)
	view := bot.Message{HTML: say.Say("post.ask_media", "brand", p.Brand.Name)}
	if len(p.Content.Media) > 0 && !p.Content.Text.Empty() {
		view.Keyboard = [][]bot.Button{{button(say, "no_media", bot.Data("med_no", p.ID, p.Version))}}
	}
	return h.askEdit(ctx, r, me, p, question{step: mediaStep, view: view})
}

// takeNewMedia hears the files that take the place of the former ones. A file
// that cannot be taken changes nothing; a caption becomes the text.
func (h *Handlers) takeNewMedia(ctx context.Context, r *bot.Request, me Reader) error {
	if len(r.Media()) == 0 {
		return errMediaEmpty
	}
	got, refused, err := h.receive(ctx, r)
	if err != nil {
		return err
	}
	if len(refused) > 0 {
		_, err := r.Reply(ctx, bot.Message{HTML: refusedText(me.Say, refused, false) + "\n" + me.Say.Say("media.nothing_changed")})
		return err
	}
	return h.applyEdit(ctx, r, me, func(c *social.Content) {
		c.Media = got.Media
		if !got.Text.Empty() {
			c.Text = got.Text
		}
	})
}

// dropMedia leaves the text alone.
func (h *Handlers) dropMedia(ctx context.Context, r *bot.Request, me Reader) error {
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	return h.change(ctx, r, me, func(p *social.Post, by social.Member) (social.Event, error) {
		return p.Edit(by, func(c *social.Content) { c.Media = nil })
	})
}
