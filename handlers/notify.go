package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"peyk/bot"
	"peyk/social"
)

type notices interface {
	Affair(ctx context.Context, event int64) (social.Affair, error)
	Revision(ctx context.Context, post int64) (int, error)
	ClaimNotice(ctx context.Context, e social.Event, person int64) (told, busy bool, err error)
	EndNotice(ctx context.Context, e social.Event, person int64, state string) error
	EndEvent(ctx context.Context, id int64) error
	Missed(ctx context.Context, agency int64) (events []int64, more bool, err error)
	Reminders(ctx context.Context, agency int64) (reminders []social.Reminder, more bool, err error)
	Untold(ctx context.Context, agency, person int64, ids []int64, since time.Time) (fresh []int64, heard int, err error)
	Backlog(ctx context.Context, reader int64) (social.Backlog, error)
	ClaimNotices(ctx context.Context, ids []int64, person int64) (busy bool, err error)
	EndNotices(ctx context.Context, ids []int64, person int64, state string) error
	EndEvents(ctx context.Context, ids []int64) error
}

// Notify brings an event to everybody whom it concerns: the cards of its post
// are drawn again, and each listener is told once. It may be called again after
// a failure or a crash; who has been told is not told twice.
func (h *Handlers) Notify(ctx context.Context, event int64) error {
	a, err := h.Store.Affair(ctx, event)
	if errors.Is(err, social.ErrNotFound) {
		return nil // its agency has ended
	}
	if err != nil {
		return err
	}
	if a.Kind.Reminds() {
		return h.tellReminders(ctx, a)
	}
	h.At("before_card_edit")
	var failed error // one chat that fails keeps nobody else from his word
	if a.Kind.Audience().Cards && aboutComments(a) {
		failed = h.redrawComments(ctx, a)
	} else if a.Kind.Audience().Cards {
		if err := h.redraw(ctx, a); err != nil {
			failed = fmt.Errorf("drawing the cards of post %d: %w", a.PostID, err)
		}
	}
	if a.Facts.Missed {
		return errors.Join(failed, h.tellMissed(ctx, a))
	}
	for _, p := range a.Listeners() {
		failed = errors.Join(failed, h.tell(ctx, a, p))
	}
	if a.Kind == social.MemberJoined && a.Facts.Role.May(social.Approve) {
		failed = errors.Join(failed, h.askJoined(ctx, a))
	}
	if failed != nil {
		return failed
	}
	if a.Kind == social.MemberJoined || a.Kind == social.MemberRemoved {
		h.fitMenu(ctx, a.Subject)
	}
	return h.Store.EndEvent(ctx, a.ID)
}

// askJoined gives a new approver the cards of the posts that wait already.
func (h *Handlers) askJoined(ctx context.Context, a social.Affair) error {
	posts, err := h.Store.Unfinished(ctx, a.Subject.ID, startedPosts)
	if err != nil {
		return err
	}
	for _, p := range posts {
		if p.State != social.InReview || p.Brand.ID != a.BrandID {
			continue
		}
		waits := a
		waits.Post, waits.PostID = p, p.ID
		if err := h.redrawOnce(ctx, waits); err != nil {
			return fmt.Errorf("asking a new approver about post %d: %w", p.ID, err)
		}
	}
	return nil
}

// tell tells one person, once. What a blocked chat misses is not sent later.
func (h *Handlers) tell(ctx context.Context, a social.Affair, p social.Person) error {
	card, err := h.standingCard(ctx, a, p)
	if err != nil {
		return err
	}
	messages := h.notice(a, p)
	if aboutComments(a) {
		messages = h.commentNotices(a, p, card != 0)
	}
	switch a.Kind {
	case social.DigestShared:
		messages, err = h.sharedDigest(ctx, a, p)
	case social.PersonBack:
		messages, err = h.welcomeBack(ctx, p)
	case social.ReportShared:
		messages, err = h.sharedReport(ctx, a, p)
	}
	if err != nil {
		return err
	}
	if len(messages) == 0 {
		return nil
	}
	more, err := h.unasked(ctx, a, p)
	if err != nil {
		return err
	}
	messages[0].HTML += more
	told, busy, err := h.Store.ClaimNotice(ctx, a.Event, p.ID)
	switch {
	case err != nil || told:
		return err
	case busy:
		return fmt.Errorf("person %d is being told of event %d just now", p.ID, a.ID)
	}
	state, sent := "sent", int64(0)
	for _, m := range messages {
		if m.ReplyTo == 0 && len(m.Media) == 0 {
			m.ReplyTo = card
		}
		if sent, state, err = h.deliver(ctx, a, p, m); state != "sent" {
			break
		}
	}
	if aboutComments(a) && sent != 0 {
		err = errors.Join(err, h.keepCommentCard(context.WithoutCancel(ctx), a, p, sent, card != 0))
	}
	h.At("notice_sent_not_recorded")
	if err != nil {
		err = fmt.Errorf("telling person %d of %s: %w", p.ID, a.Kind, err)
	}
	return errors.Join(err, h.Store.EndNotice(context.WithoutCancel(ctx), a.Event, p.ID, state))
}

// standingCard is the message of somebody's present card of the event's post: the
// word is an answer to it, so that a post's history hangs together. 0: there is none.
func (h *Handlers) standingCard(ctx context.Context, a social.Affair, p social.Person) (int64, error) {
	if aboutComments(a) {
		return h.cardOfComment(ctx, a, p)
	}
	if a.PostID == 0 {
		return 0, nil
	}
	cards, err := h.Store.Cards(ctx, a.BrandID, a.PostID)
	if err != nil {
		return 0, err
	}
	for _, c := range cards {
		if c.Person == p.ID && c.Chat == p.TelegramID && c.Version == cardVersion(a.Post, a.Place(p.ID)) {
			return c.Message, nil
		}
	}
	return 0, nil
}

// deliver sends one message of a notice, and returns how that ended. A message
// that may be there or not is sent once more as soon as Telegram answers again: a
// word that comes twice is better than one that never comes.
func (h *Handlers) deliver(ctx context.Context, a social.Affair, p social.Person, m bot.Message) (id int64, state string, err error) {
	m.Silent = !a.Rings() && quiet(a.Brand, p, h.Clock.Now())
	return h.deliverTo(ctx, p, m)
}

func (h *Handlers) deliverTo(ctx context.Context, p social.Person, m bot.Message) (id int64, state string, err error) {
	sent, err := h.Sender.Send(ctx, bot.Cards, p.TelegramID, m)
	if isUnsure(err) {
		if away := h.Sender.Action(ctx, p.TelegramID, "typing"); away != nil {
			return 0, "open", err
		}
		sent, err = h.Sender.Send(ctx, bot.Cards, p.TelegramID, m)
	}
	switch {
	case err == nil:
		return sent.MessageID, "sent", nil
	case bot.IsBlocked(err):
		return 0, "failed", nil
	case isUnsure(err):
		return 0, "unsure", nil
	}
	return 0, "open", err
}

func isUnsure(err error) bool {
	var refused *bot.Error
	return errors.As(err, &refused) && refused.Maybe
}

// quiet tells whether it is a time of day at which the person is not disturbed.
func quiet(b social.Brand, p social.Person, now time.Time) bool {
	zone := b.Location()
	if p.Zone != "" {
		zone = social.Brand{Zone: p.Zone}.Location()
	}
	return b.Quiet(now, zone)
}

// redraws is how often cards are drawn again because the post changed meanwhile.
const redraws = 3

// redraw brings every card of the event's post up to date, and gives a card to
// those approvers who wait without one. It looks once more at the end whether the
// post is still what it drew.
func (h *Handlers) redraw(ctx context.Context, a social.Affair) error {
	for range redraws {
		if err := h.redrawOnce(ctx, a); err != nil {
			return err
		}
		now, err := h.Store.Revision(ctx, a.Post.ID)
		if err != nil || now == a.Post.Revision {
			return err
		}
		if a, err = h.Store.Affair(ctx, a.ID); err != nil {
			return err
		}
	}
	return nil
}

func (h *Handlers) redrawOnce(ctx context.Context, a social.Affair) error {
	cards, err := h.Store.Cards(ctx, a.Brand.ID, a.Post.ID)
	if err != nil {
		return err
	}
	var failed error
	for _, c := range cards {
		if i := slices.IndexFunc(a.Members, func(m social.Member) bool { return m.Person.ID == c.Person }); i < 0 {
			continue
		}
		failed = errors.Join(failed, h.redrawCard(ctx, a, c))
	}
	if a.Post.State == social.InReview {
		for _, m := range a.Post.Approvers() {
			asked := slices.ContainsFunc(cards, func(c social.Card) bool {
				return c.Person == m.Person.ID && c.Version == cardVersion(a.Post, m) && c.Message != 0
			})
			if !asked && m.Person.Reachable {
				failed = errors.Join(failed, h.sendCard(ctx, a, m, 0))
			}
		}
	}
	return failed
}

// redrawCard edits a card to what the post is now. A card that is gone is sent
// again if it is the reader's present one.
func (h *Handlers) redrawCard(ctx context.Context, a social.Affair, c social.Card) error {
	me := a.Place(c.Person)
	if c.Message == 0 || !me.Person.Reachable || (c.Drawn >= a.Post.Revision && c.Shown == viewHash(h.face(ctx, a.Post, me, c))) {
		return nil
	}
	err := h.drawCard(ctx, drawing{brand: a.Brand.ID, card: c})
	switch {
	case errors.Is(err, bot.ErrGone) && c.Version == cardVersion(a.Post, me) && c.Person != a.Actor:
		return h.sendCard(ctx, a, me, c.Message)
	case errors.Is(err, bot.ErrGone) || bot.IsBlocked(err):
		return nil // whoever acted is shown the card by his own conversation
	}
	return err
}

// earlier is the last version before the present one, for approvers who have to
// see what changed.
func (h *Handlers) earlier(ctx context.Context, p social.Post, me social.Member) *social.Version {
	if p.Version < 2 || me.Role.May(social.Draft) {
		return nil
	}
	v, err := h.Store.Version(ctx, me.Person.ID, p.ID, p.Version-1)
	if err != nil {
		h.Log.WarnContext(ctx, "reading an earlier version failed", "post", p.ID, "err", err)
		return nil
	}
	return &v
}

// redrawFresh looks after a card that appeared while we were about to send one: whoever
// pressed an old button at that moment got the post as it was before.
func (h *Handlers) redrawFresh(ctx context.Context, a social.Affair, c social.Card) error {
	cards, err := h.Store.Cards(ctx, a.Brand.ID, c.PostID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(cards, func(o social.Card) bool {
		return o.Person == c.Person && o.Version == c.Version && o.Message != 0
	})
	if i < 0 {
		return nil // another event's telling is sending it
	}
	return h.redrawCard(ctx, a, cards[i])
}

// sendCard gives somebody a card of the post in place of the one that is gone; 0:
// there was none. Where another event's telling is just sending it, that one does,
// and looks at the end whether it is still right.
func (h *Handlers) sendCard(ctx context.Context, a social.Affair, me social.Member, gone int64) error {
	c := social.Card{
		PostID: a.Post.ID, Person: me.Person.ID, Version: cardVersion(a.Post, me),
		Chat: me.Person.TelegramID, Message: gone, Drawn: a.Post.Revision,
	}
	ours, err := h.Store.ClaimCard(ctx, a.Event, c)
	if err == nil && !ours && gone == 0 {
		return h.redrawFresh(ctx, a, c)
	}
	if err != nil || !ours {
		return err
	}
	if err := h.sendClaimed(ctx, a, me, &c); err != nil {
		if !isUnsure(err) {
			err = errors.Join(err, h.Store.DropCard(context.WithoutCancel(ctx), me.Person.ID, a.Post.ID, gone))
		}
		return h.unreached(ctx, err)
	}
	return h.keepCard(ctx, a.Post, c)
}

// sendClaimed sends what will appear, and below it the card as a reply to it.
func (h *Handlers) sendClaimed(ctx context.Context, a social.Affair, me social.Member, c *social.Card) (err error) {
	if c.Media, err = h.sendPreviews(ctx, a.Post, me.Person); err != nil {
		return err
	}
	view := h.cardFor(h.sayIn(me.Person, a.Brand), a.Post, me, h.earlier(ctx, a.Post, me))
	c.Shown = viewHash(view)
	if len(c.Media) > 0 {
		view.ReplyTo = c.Media[0]
	}
	view.Silent = quiet(a.Brand, me.Person, h.Clock.Now())
	sent, err := h.Sender.Send(ctx, bot.Cards, me.Person.TelegramID, view)
	c.Message = sent.MessageID
	return err
}

// unreached lets a blocked chat pass: the sender has marked it, and the team is
// told by the event of that.
func (h *Handlers) unreached(ctx context.Context, err error) error {
	if bot.IsBlocked(err) {
		h.Log.InfoContext(ctx, "a reader has blocked the bot", "err", err)
		return nil
	}
	return err
}

// sendPreviews sends each different variant of the post as it will appear. A
// short text without media is on the card already.
func (h *Handlers) sendPreviews(ctx context.Context, p social.Post, to social.Person) ([]int64, error) {
	variants := h.differentVariants(p)
	if len(variants) == 1 && len(variants[0].Media) == 0 && variants[0].Text.Len() <= maxQuote {
		return nil, nil
	}
	say := h.sayIn(to, p.Brand)
	var ids []int64
	for _, v := range variants {
		if a, ok := accountOf(p, v.Account); ok && len(variants) > 1 {
			label := bot.Message{HTML: say.Say("review.for_account", "account", accountName(say, a))}
			if _, err := h.Sender.Send(ctx, bot.Cards, to.TelegramID, label); err != nil {
				return ids, err
			}
		}
		sent, err := h.sendVariant(ctx, bot.Cards, to.TelegramID, v)
		if err != nil {
			return ids, err
		}
		ids = append(ids, sent...)
	}
	return ids, nil
}

// differentVariants are the variants as their networks show them, each text once. What
// has formatting comes first: where it is lost the author has been told so.
func (h *Handlers) differentVariants(p social.Post) []social.Variant {
	var different []social.Variant
	for _, formatted := range []bool{true, false} {
		for _, v := range p.Content.Variants() {
			a, ok := accountOf(p, v.Account)
			if !ok || formatted != (a.Platform == social.Telegram) {
				continue
			}
			v = h.asShown(a, v)
			if !slices.ContainsFunc(different, func(o social.Variant) bool { return o.Text.Plain == v.Text.Plain }) {
				different = append(different, v)
			}
		}
	}
	return different
}
