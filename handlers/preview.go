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

// preview shows in the chat what will appear on one account, with a card below
// that says how the platform sees it.
func (h *Handlers) preview(ctx context.Context, r *bot.Request, me Reader) error {
	p, place, err := h.Store.Post(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	if !reviewable(p) {
		if err := place.Can(social.Draft); err != nil {
			return err
		}
	}
	say := h.sayIn(me.Person, p.Brand)
	id := idArg(r.Arg(0))
	if r.Arg(0) == "" && len(p.Content.Targets) == 1 {
		id = p.Content.Targets[0].Account
	}
	if id == 0 {
		return h.cover(ctx, r, me, p.ID, whichAccount(say, p, "pre", say.Say("preview.which")))
	}
	a, ok := accountOf(p, id)
	v, has := p.Content.Variant(id)
	if !ok || !has {
		return social.ErrOutdated
	}
	return h.sendPreview(ctx, r, say, p, a, v)
}

func (h *Handlers) sendPreview(ctx context.Context, r *bot.Request, say locales.Printer, p social.Post, a social.Account, v social.Variant) error {
	if v.Text.Empty() && len(v.Media) == 0 {
		return social.ErrNoContent
	}
	sent, err := h.sendVariant(ctx, bot.Interactive, r.Chat.ID, h.asShown(a, v))
	if err != nil {
		return err
	}
	n, limit := h.Length(a, v)
	view := previewCard(say, p, a, previewFacts{n, limit, h.Check(a, v), h.altsOn(a, v.Media)})
	view.Keyboard = [][]bot.Button{{button(say, "close_preview", bot.Data("pre_end", p.ID, p.Version, messageList(sent)...))}}
	if len(sent) > 0 {
		view.ReplyTo = sent[0]
	}
	_, err = r.Reply(ctx, view)
	return err
}

// asShown is the variant as the platform shows it: only Telegram has formatting.
func (h *Handlers) asShown(a social.Account, v social.Variant) social.Variant {
	if a.Platform != social.Telegram {
		v.Text = social.Text{Plain: h.Text(a.Platform, v)}
	}
	return v
}

type previewFacts struct {
	length, limit int
	issues        []social.Issue
	media         []social.Media // with the descriptions that the account's network takes
}

// altsOn are the files with what people hear of them on an account.
func (h *Handlers) altsOn(a social.Account, media []social.Media) []social.Media {
	media = slices.Clone(media)
	for i, m := range media {
		if _, limit := h.Alt(a, m); limit == 0 {
			media[i].Alt = ""
		}
	}
	return media
}

// previewCard stands under the preview: for which account it is, when, how long,
// and what differs on that platform.
func previewCard(say locales.Printer, p social.Post, a social.Account, f previewFacts) bot.Message {
	lines := []string{
		say.Say("preview.head", "account", accountName(say, a)),
		whenLine(say, p),
		say.Say("preview.length", "length", f.length, "limit", f.limit),
	}
	for _, i := range f.issues {
		lines = append(lines, issueLine(say, a, i))
	}
	lines = append(lines, altLines(say, f.media)...)
	if a.ByHand {
		lines = append(lines, say.Say("preview.by_hand"))
	}
	return bot.Message{HTML: strings.Join(lines, "\n"), NoPreview: true}
}

// messageList writes message ids into a button: the first one, and how far the
// others are from it. Those that are too far, or too many, stay in the chat.
func messageList(ids []int64) []string {
	if len(ids) == 0 {
		return nil
	}
	var steps strings.Builder
	for _, id := range ids[1:] {
		if d := id - ids[0]; d > 0 && d < 36 && steps.Len() < 12 {
			steps.WriteString(strconv.FormatInt(d, 36))
		}
	}
	return []string{idOf(ids[0]), steps.String()}
}

// listedMessages reads what messageList wrote.
func listedMessages(first, steps string) []int64 {
	id := idArg(first)
	if id <= 0 {
		return nil
	}
	ids := []int64{id}
	for _, c := range steps {
		if d := idArg(string(c)); d > 0 {
			ids = append(ids, id+d)
		}
	}
	return ids
}

// endPreview takes the preview out of the chat; the post's card stands above it.
// Where Telegram does not let go of the card under the preview any more, it
// becomes the post's card.
func (h *Handlers) endPreview(ctx context.Context, r *bot.Request, me Reader) error {
	for _, id := range listedMessages(r.Arg(0), r.Arg(1)) {
		if err := h.Sender.Delete(ctx, bot.Interactive, r.Chat.ID, id); err != nil {
			h.Log.InfoContext(ctx, "a part of a preview stays", "err", err)
		}
	}
	if r.Message == nil {
		return nil
	}
	if err := h.Sender.Delete(ctx, bot.Interactive, r.Chat.ID, r.Message.ID); err != nil {
		p, place, err := h.Store.Post(ctx, me.Person.ID, r.ID())
		if err != nil {
			return err
		}
		return h.showTo(ctx, r, me, p, place)
	}
	return nil
}
