package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

type drafts interface {
	mediaStore
	AddPost(ctx context.Context, by int64, p social.Post) (social.Post, error)
	CopyPost(ctx context.Context, by, id int64) (social.Post, error)
	LastTargets(ctx context.Context, author, brand int64) ([]int64, error)
	Taken(ctx context.Context, reader, brand int64) ([]time.Time, error)
	Week(ctx context.Context, reader, brand int64, from, to time.Time) ([]social.Post, error)
	Trail(ctx context.Context, reader, post int64) ([]social.TrailLine, error)
	DropCard(ctx context.Context, person, post, message int64) error
}

// The dialog steps in which a draft begins: content waits for its brand, or a
// brand waits for its content.
const (
	draftStep = "draft"
	newStep   = "new"
)

const (
	// maxDraft is the longest text that is kept, in code points; no network takes
	// nearly as much.
	maxDraft = 20_000
	// maxPending is how much content may wait for its brand in one chat.
	maxPending = 20
)

// The refusals of what somebody sent as a draft.
const (
	errDraftLong   = social.Rule("draft_too_long")
	errOwnMessage  = social.Rule("draft_own_message") // one of ours, forwarded
	errOtherKind   = social.Rule("draft_other_kind")  // a sticker, a poll, a place
	errTextOnly    = social.Rule("draft_text_only")
	errManyWaiting = social.Rule("draft_many_waiting")
)

// newDraft says how a draft begins. With a brand in the button, what comes next
// belongs to it, and to the time in the button.
func (h *Handlers) newDraft(ctx context.Context, r *bot.Request, me Reader) error {
	brands, err := h.draftable(ctx, me)
	if err != nil {
		return err
	}
	if len(brands) == 0 {
		return h.onlyTaps(ctx, r, me)
	}
	i := slices.IndexFunc(brands, func(b social.Brand) bool { return b.ID == r.ID() })
	if r.Callback != nil && i < 0 {
		return social.ErrForbidden
	}
	if r.Callback == nil && len(brands) > 1 {
		if err := h.endDialog(ctx, r); err != nil {
			return err
		}
		_, err = h.put(ctx, r, bot.Message{HTML: me.Say.Say("draft.ask_any")})
		return err
	}
	return h.askDraft(ctx, r, me, brands[max(i, 0)], slotArg(r.Arg(0)))
}

// slotOf reads a moment that a dialog keeps; none is the zero time.
func slotOf(seconds string) time.Time {
	if n := number(seconds); n > 0 {
		return time.Unix(n, 0)
	}
	return time.Time{}
}

// askDraft asks for the content of a post of one brand, perhaps for a slot.
func (h *Handlers) askDraft(ctx context.Context, r *bot.Request, me Reader, b social.Brand, slot time.Time) error {
	say := h.sayIn(me.Person, b)
	data := map[string]string{"brand": itoa(b.ID)}
	text := say.Say("draft.ask", "brand", b.Name)
	if !slot.IsZero() {
		data["slot"] = strconv.FormatInt(slot.Unix(), 10)
		text += "\n" + say.Say("draft.for_slot", "when", slot, "zone", say.ZoneName())
	}
	return h.ask(ctx, r, me, question{
		step: newStep, data: data,
		view: bot.Message{HTML: text, Keyboard: [][]bot.Button{{button(say, "cancel", bot.Data("week", b.ID, 0, left))}}},
	})
}

// draftable are the brands in which somebody may draft.
func (h *Handlers) draftable(ctx context.Context, me Reader) ([]social.Brand, error) {
	brands, err := h.Store.Brands(ctx, me.Person.ID)
	if err != nil {
		return nil, err
	}
	places, err := h.Store.Places(ctx, me.Person.ID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(brands, func(b social.Brand) bool { return !placeIn(places, b).Role.May(social.Draft) }), nil
}

// content is what somebody sends without having been asked: the beginning of a
// draft. Whoever may not draft is shown what waits for him (U22).
func (h *Handlers) content(ctx context.Context, r *bot.Request, me Reader) error {
	brands, err := h.draftable(ctx, me)
	if err != nil {
		return err
	}
	if len(brands) == 0 {
		return h.onlyTaps(ctx, r, me)
	}
	c, refused, err := h.receive(ctx, r)
	if err != nil {
		return err
	}
	if err := h.tellRefused(ctx, r, me, refused, c); err != nil {
		return err
	}
	switch {
	case c.Text.Empty() && len(c.Media) == 0:
		return nil // nothing is left of it, and that was said
	case len(brands) == 1:
		return h.beginDraft(ctx, r, me, brands[0], c)
	}
	return h.askBrandOf(ctx, r, me, brands, c)
}

// onlyTaps answers free text of somebody who may not draft: strangers hear the
// one polite line, clients see what waits for their tap.
func (h *Handlers) onlyTaps(ctx context.Context, r *bot.Request, me Reader) error {
	places, err := h.Store.Places(ctx, me.Person.ID)
	if err != nil {
		return err
	}
	if len(places) == 0 {
		return h.greet(ctx, r, me)
	}
	view, err := h.waitingView(ctx, me, 0)
	if err != nil {
		return err
	}
	view.HTML = me.Say.Say("waiting.only_taps") + "\n\n" + view.HTML
	_, err = h.put(ctx, r, view)
	return err
}

// receive makes content of what came: text with its formatting, files, and whose
// it was before it was forwarded.
func (h *Handlers) receive(ctx context.Context, r *bot.Request) (social.Content, []refusedFile, error) {
	c := social.Content{Text: r.Text()}
	media := r.Media()
	switch {
	case r.Message.Forward != nil && r.Message.Forward.Person == h.Self() && len(media) == 0:
		return c, nil, errOwnMessage
	case c.Text.Len() > maxDraft:
		return c, nil, errDraftLong
	case len(media) > maxFiles:
		return c, nil, errMediaMany
	case c.Text.Empty() && len(media) == 0 && r.Message.Other != "":
		return c, nil, errOtherKind
	case c.Text.Empty() && len(media) == 0:
		return c, nil, social.ErrEmpty
	}
	if r.Message.Forward != nil {
		c.Credited = strings.TrimSpace(r.Message.Forward.Name)
	}
	var refused []refusedFile
	err := h.during(ctx, r.Chat.ID, isTyping, func() (err error) {
		c.Media, refused, err = h.takeAll(ctx, media)
		return err
	})
	return c, refused, err
}

// tellRefused says which files were not taken, why, and the way out; what else
// came with them is kept.
func (h *Handlers) tellRefused(ctx context.Context, r *bot.Request, me Reader, refused []refusedFile, c social.Content) error {
	if len(refused) == 0 {
		return nil
	}
	_, err := r.Reply(ctx, bot.Message{HTML: refusedText(me.Say, refused, !c.Text.Empty() || len(c.Media) > 0)})
	return err
}

func refusedText(say locales.Printer, refused []refusedFile, rest bool) string {
	var lines []string
	for _, f := range refused {
		name := f.media.Name
		if name == "" {
			name = say.Plain("media.kind." + string(f.media.Kind))
		}
		lines = append(lines, say.Say("media.refused", "file", name, "reason", locales.HTML(say.Say("rule."+string(f.why)))))
	}
	if rest {
		lines = append(lines, "", say.Say("media.rest_kept"))
	}
	return strings.Join(lines, "\n")
}

// addDraft stores the draft with the accounts that its author used last for the
// brand, and shows its card.
func (h *Handlers) addDraft(ctx context.Context, r *bot.Request, me Reader, b social.Brand, c social.Content, slot time.Time) (social.Post, error) {
	targets, err := h.usualTargets(ctx, me, b.ID)
	if err != nil {
		return social.Post{}, err
	}
	c.Targets = targets
	p, err := h.Store.AddPost(ctx, me.Person.ID, social.Post{Brand: b, Content: c, Slot: slot})
	if err != nil {
		return p, err
	}
	return p, h.show(ctx, r, me, p)
}

// beginDraft stores a draft that was not asked for. Where its text may go on in
// the next message, that one is awaited.
func (h *Handlers) beginDraft(ctx context.Context, r *bot.Request, me Reader, b social.Brand, c social.Content) error {
	p, err := h.addDraft(ctx, r, me, b, c, time.Time{})
	if err != nil || !mayContinue(c) {
		return err
	}
	return h.awaitPieces(ctx, r, me, p)
}

// usualTargets are the accounts of the author's latest post for the brand, or all
// that are ready.
func (h *Handlers) usualTargets(ctx context.Context, me Reader, brand int64) ([]social.Target, error) {
	accounts, err := h.Store.Accounts(ctx, me.Person.ID, brand)
	if err != nil {
		return nil, err
	}
	last, err := h.Store.LastTargets(ctx, me.Person.ID, brand)
	if err != nil && !errors.Is(err, social.ErrNotFound) {
		return nil, err
	}
	known := err == nil
	var targets []social.Target
	for _, a := range accounts {
		if a.Ready() && (!known || slices.Contains(last, a.ID)) {
			targets = append(targets, social.Target{Account: a.ID})
		}
	}
	return targets, nil
}

// takeDraft hears the content of a post for the brand that was asked about.
func (h *Handlers) takeDraft(ctx context.Context, r *bot.Request, me Reader) error {
	c, refused, err := h.receive(ctx, r)
	if err != nil {
		return err
	}
	if err := h.tellRefused(ctx, r, me, refused, c); err != nil {
		return err
	}
	if c.Text.Empty() && len(c.Media) == 0 {
		return nil // the question stays open
	}
	b, _, err := h.Store.Brand(ctx, me.Person.ID, number(r.Dialog.Data["brand"]))
	if err != nil {
		return h.endWith(ctx, r, err)
	}
	p, err := h.addDraft(ctx, r, me, b, c, slotOf(r.Dialog.Data["slot"]))
	switch {
	case err != nil:
		return h.endWith(ctx, r, err)
	case mayContinue(c):
		return h.awaitPieces(ctx, r, me, p)
	}
	return h.endDialog(ctx, r)
}
