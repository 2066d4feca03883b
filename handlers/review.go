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

type reviews interface {
	UpdateDelivery(ctx context.Context, by, id int64, rule social.DeliveryRule) (social.Post, error)
	PostOf(ctx context.Context, reader, delivery int64) (social.Post, error)
}

// approve is the client's one tap.
func (h *Handlers) approve(ctx context.Context, r *bot.Request, me Reader) error {
	return h.change(ctx, r, me, func(p *social.Post, by social.Member) (social.Event, error) {
		return p.Approve(by, r.Version(), h.Clock.Now())
	})
}

func (h *Handlers) hold(ctx context.Context, r *bot.Request, me Reader) error {
	return h.change(ctx, r, me, func(p *social.Post, by social.Member) (social.Event, error) {
		return p.Hold(by, r.Version())
	})
}

func (h *Handlers) undo(ctx context.Context, r *bot.Request, me Reader) error {
	return h.change(ctx, r, me, func(p *social.Post, by social.Member) (social.Event, error) {
		return p.Undo(by, r.Version())
	})
}

func (h *Handlers) goNow(ctx context.Context, r *bot.Request, me Reader) error {
	return h.change(ctx, r, me, func(p *social.Post, by social.Member) (social.Event, error) {
		return p.GoNow(by, h.Clock.Now())
	})
}

// The dialog step in which an approver says what to change.
const changeStep = "change"

// askChange asks what should change, by text or voice.
func (h *Handlers) askChange(ctx context.Context, r *bot.Request, me Reader) error {
	p, place, err := h.Store.Post(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	if !mayDecide(p, place) || r.Version() != p.Version {
		return h.refuse(ctx, r, me, social.ErrOutdated)
	}
	say := h.sayIn(me.Person, p.Brand)
	return h.ask(ctx, r, me, question{
		step: changeStep,
		data: map[string]string{"post": strconv.FormatInt(p.ID, 10), "version": strconv.Itoa(p.Version)},
		view: bot.Message{
			HTML:     say.Say("review.what_change", "brand", p.Brand.Name),
			Keyboard: [][]bot.Button{{button(say, "cancel", bot.Data("cnl", p.ID, p.Version))}},
		},
	})
}

// takeChange hears what should change.
func (h *Handlers) takeChange(ctx context.Context, r *bot.Request, me Reader) error {
	post, version := number(r.Dialog.Data["post"]), int(number(r.Dialog.Data["version"]))
	p, err := h.passOn(ctx, r, me, post, version)
	if err != nil && !errors.Is(err, social.ErrEmpty) && !errors.Is(err, social.ErrTooLong) {
		return h.endWith(ctx, r, err)
	}
	if err != nil {
		return err // the question stays open
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	return h.changeSent(ctx, r, me, p)
}

// passOn makes a change request of what was written or spoken.
func (h *Handlers) passOn(ctx context.Context, r *bot.Request, me Reader, post int64, version int) (social.Post, error) {
	note := strings.TrimSpace(r.Text().Plain)
	if len([]rune(note)) > maxNote {
		return social.Post{}, social.ErrTooLong
	}
	var voice *social.Media
	if media := r.Media(); len(media) > 0 {
		if media[0].Kind != social.Voice {
			return social.Post{}, social.ErrEmpty
		}
		voice = &media[0]
	}
	return h.Store.UpdatePost(ctx, me.Person.ID, post, func(p *social.Post, by social.Member) (social.Event, error) {
		return p.AskChange(by, version, note, voice)
	})
}

// changeSent says where a change request has gone, and lets it be taken back.
func (h *Handlers) changeSent(ctx context.Context, r *bot.Request, me Reader, p social.Post) error {
	say := h.sayIn(me.Person, p.Brand)
	_, err := r.Reply(ctx, bot.Message{
		HTML: say.Say("review.change_sent", "brand", p.Brand.Name), Keyboard: rows(say, press(say, p, "una"), 1),
	})
	return err
}

// unask takes a change request back. The card is drawn by the event.
func (h *Handlers) unask(ctx context.Context, r *bot.Request, me Reader) error {
	p, err := h.Store.UpdatePost(ctx, me.Person.ID, r.ID(), func(p *social.Post, by social.Member) (social.Event, error) {
		return p.Unask(by, r.Version())
	})
	key := "review.change_undone"
	switch {
	case errors.Is(err, social.ErrOutdated):
		if p, _, err = h.Store.Post(ctx, me.Person.ID, r.ID()); err != nil {
			return err
		}
		if err := r.Alert(ctx, me.Say.Plain("review.change_kept")); err != nil {
			return err
		}
		key = "review.change_sent"
	case err != nil:
		return err
	}
	_, err = h.put(ctx, r, bot.Message{HTML: h.sayIn(me.Person, p.Brand).Say(key, "brand", p.Brand.Name)})
	return err
}

// maxNote is the longest change request, in code points: with its frame it fits
// into one message.
const maxNote = 3000

// reviewCard is an approver's or a viewer's card of a post.
func reviewCard(say locales.Printer, p social.Post, me social.Member, earlier *social.Version) bot.Message {
	if p.Version == 0 {
		return bot.Message{HTML: say.Say("review.not_yet", "brand", p.Brand.Name)}
	}
	lines := []string{
		reviewHead(say, p, me),
		say.Say("review.what", "brand", p.Brand.Name, "accounts", accountNames(say, p)),
		whenLine(say, p),
	}
	if earlier != nil {
		lines = append(lines, changeLines(say, p, *earlier)...)
	}
	lines = append(lines, decidedLines(say, p, me)...)
	if len(p.Deliveries) > 0 && (!p.Open() || p.State == social.Failed || p.State == social.Stopped) {
		lines = append(lines, progressLines(say, p)...)
	}
	if editing := p.State == social.Drafting || p.State == social.Changing; !editing {
		lines = append(lines, contentLines(say, p.Content)...)
	}
	if p.State == social.InReview {
		lines = append(lines, "", say.Say("review.silence."+string(p.Brand.Rules.Silence)))
	}
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: reviewButtons(say, p, me), NoPreview: true}
}

// reviewHead is the state in the approver's own terms.
func reviewHead(say locales.Printer, p social.Post, me social.Member) string {
	switch {
	case p.State == social.InReview && mayDecide(p, me):
		return say.Say("review.yours")
	case p.State == social.Drafting:
		return say.Say("review.editing")
	}
	return say.Say("state." + string(p.State))
}

// changeLines mark what differs from the version the reader saw before.
func changeLines(say locales.Printer, p social.Post, earlier social.Version) []string {
	changes := p.Content.Changes(earlier.Content)
	if len(changes) == 0 {
		return nil
	}
	lines := []string{say.Say("review.changed", "version", p.Version, "was", earlier.N)}
	for _, c := range changes {
		a, _ := accountOf(p, c.Account)
		was, now := contrast(c.Was, c.Now)
		lines = append(lines, say.Say("change."+c.Code, "account", accountName(say, a), "n", c.N, "was", was, "now", now))
	}
	return lines
}

// short cuts a text for a line of differences.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > 160 {
		return string(runes[:160]) + "…"
	}
	return s
}

// reviewButtons are those that the reader's place and the state allow.
func reviewButtons(say locales.Printer, p social.Post, me social.Member) [][]bot.Button {
	if !me.Role.May(social.Approve) {
		return nil
	}
	if mayDecide(p, me) {
		return decideButtons(say, p)
	}
	mine := slices.ContainsFunc(p.Approvals, func(a social.Approval) bool { return a.Person == me.Person.ID })
	var actions []string
	if mine && (p.State == social.InReview || p.State == social.Approved || p.State == social.Late) {
		actions = append(actions, "und")
	}
	if p.State == social.Approved || p.State == social.Late {
		actions = append(actions, "stp")
	}
	if len(actions) == 0 {
		return nil
	}
	return rows(say, press(say, p, actions...), 2)
}

// replacedCard is what an approver's card of an earlier version becomes.
func replacedCard(say locales.Printer, p social.Post) bot.Message {
	return bot.Message{HTML: say.Say("review.replaced", "brand", p.Brand.Name, "version", p.Version)}
}

// cancelChange takes the question back and shows the card again.
func (h *Handlers) cancelChange(ctx context.Context, r *bot.Request, me Reader) error {
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	p, place, err := h.Store.Post(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	return h.showTo(ctx, r, me, p, place)
}
