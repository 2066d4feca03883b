package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// redrawComments brings every card of the event's comment or burst up to date. The
// card of the burst in which a comment came tells how many still wait.
func (h *Handlers) redrawComments(ctx context.Context, a social.Affair) error {
	cards, err := h.Store.CommentCards(ctx, a.BrandID, a.Facts.Comment, max(a.Facts.Fold, a.Comment.Fold))
	if err != nil {
		return err
	}
	var failed error
	for _, c := range cards {
		failed = errors.Join(failed, h.drawComment(ctx, c))
	}
	return failed
}

// drawComment makes a card show what its comment or burst is when the turn to edit
// has come. Where somebody else drew the card at the same time, nobody knows which
// drawing Telegram took last, so it is drawn once more.
func (h *Handlers) drawComment(ctx context.Context, was social.CommentCard) error {
	if was.Drawn == wordOnly {
		return nil
	}
	disputed := false
	for range redraws {
		now := was
		err := h.Sender.Redraw(ctx, bot.Cards, was.Chat, was.Message, func(ctx context.Context) (bot.Message, error) {
			var err error
			if was, err = h.readCard(ctx, was); err != nil {
				return bot.Message{}, err
			}
			if was.Drawn == wordOnly { // pressed in the meantime
				now = was
				return bot.Message{}, bot.ErrSame
			}
			view, revision, err := h.commentFace(ctx, was)
			now = was
			now.Shown, now.Drawn = viewHash(view), revision
			if err == nil && now.Shown == was.Shown && !disputed {
				err = bot.ErrSame
			}
			return view, err
		})
		switch {
		case errors.Is(err, bot.ErrGone) || errors.Is(err, social.ErrNotFound):
			return h.Store.DropCommentCard(ctx, was.Chat, was.Message)
		case bot.IsBlocked(err):
			return nil
		case err != nil:
			return err
		case now.Shown == was.Shown && !disputed:
			return nil
		}
		if done, err := h.Store.ShowCommentCard(ctx, was, now); done || err != nil {
			return err
		}
		disputed = true
	}
	return fmt.Errorf("a card of comment %d is being drawn by others", was.Comment)
}

// readCard finds a card as it is recorded now.
func (h *Handlers) readCard(ctx context.Context, c social.CommentCard) (social.CommentCard, error) {
	cards, err := h.Store.CommentCards(ctx, c.Brand, c.Comment, c.Fold)
	if err != nil {
		return c, err
	}
	i := slices.IndexFunc(cards, func(o social.CommentCard) bool { return o.Chat == c.Chat && o.Message == c.Message })
	if i < 0 {
		return c, social.ErrNotFound
	}
	return cards[i], nil
}

// commentFace is what a card shows to its reader, and the revision of that. Whoever
// does not belong to the brand any more has none: social.ErrNotFound.
func (h *Handlers) commentFace(ctx context.Context, card social.CommentCard) (bot.Message, int, error) {
	if card.Fold != 0 {
		f, me, err := h.Store.Fold(ctx, card.Person, card.Fold)
		if err != nil {
			return bot.Message{}, 0, err
		}
		return foldCard(h.sayIn(me.Person, f.Brand), f, me), f.Count, nil
	}
	c, me, err := h.Store.Comment(ctx, card.Person, card.Comment)
	if err != nil {
		return bot.Message{}, 0, err
	}
	return commentCard(h.sayIn(me.Person, c.Brand), c, me), c.Revision, nil
}

// aboutComments tells whether the event is about a comment or a burst of them.
func aboutComments(a social.Affair) bool { return a.Comment.ID != 0 || a.Fold.ID != 0 }

// commentNotices is all that one person is told of an event about comments.
func (h *Handlers) commentNotices(a social.Affair, p social.Person, hasCard bool) []bot.Message {
	if a.Kind == social.CommentHanded {
		return h.replyHandover(a, p)
	}
	return []bot.Message{h.commentNotice(a, p, hasCard)}
}

// commentNotice is what one person is told of an event about comments: a card, or
// where he has one, a word that answers it. The card asks for a manager's decision
// itself.
func (h *Handlers) commentNotice(a social.Affair, p social.Person, hasCard bool) bot.Message {
	say, me := h.sayIn(p, a.Brand), a.Place(p.ID)
	if a.Kind == social.CommentsFolded {
		return foldCard(say, a.Fold, me)
	}
	c := a.Comment
	card := commentCard(say, c, me)
	if a.Kind == social.CommentCame {
		return card
	}
	intro := say.Say("notice."+string(a.Kind), "who", a.Who, "author", authorName(say, c), "late", say.Now().Sub(a.Facts.To))
	if !hasCard || a.Kind == social.CommentAsked {
		card.HTML = intro + "\n\n" + card.HTML
		return card
	}
	if r, err := c.Reply(a.Facts.Reply); err == nil && a.Kind == social.CommentFailed {
		intro += "\n" + whyUnsent(say, c, *r)
	}
	return bot.Message{
		HTML: intro, NoPreview: true, Keyboard: [][]bot.Button{{button(say, "com", bot.Data("com", c.ID, 0))}},
	}
}

// replyHandover is all that somebody needs to put his answer on a network that does
// not let us in: the picture, the words ready to copy, and the question how it went.
func (h *Handlers) replyHandover(a social.Affair, p social.Person) []bot.Message {
	say, c := h.sayIn(p, a.Brand), a.Comment
	r, err := c.Reply(a.Facts.Reply)
	if err != nil || r.State != social.ReplyHanded {
		return nil // somebody was quicker to say how it went
	}
	var messages []bot.Message
	if r.Picture != nil {
		messages = append(messages, bot.Message{Media: []social.Media{*r.Picture}})
	}
	if r.Text.Plain != "" {
		messages = append(messages, bot.Message{HTML: locales.Escape(r.Text.Plain), NoPreview: true})
	}
	return append(messages, bot.Message{
		HTML: say.Say("notice.comment.handed", "author", authorName(say, c), "account", accountName(say, c.Account)), NoPreview: true,
		Keyboard: append(handedButtons(say, c, *r), []bot.Button{button(say, "com", bot.Data("com", c.ID, 0))}),
	})
}

// wordOnly marks a message that is about a comment and is not drawn again: who
// answers it, answers the comment.
const wordOnly = -1

// keepCommentCard records a message that has just been sent about a comment, and
// sees that a card shows what is true now.
func (h *Handlers) keepCommentCard(ctx context.Context, a social.Affair, p social.Person, sent int64, hasCard bool) error {
	card := social.CommentCard{Brand: a.BrandID, Chat: p.TelegramID, Message: sent, Person: p.ID, Comment: a.Comment.ID, Fold: a.Fold.ID}
	say, me := h.sayIn(p, a.Brand), a.Place(p.ID)
	switch {
	case card.Fold != 0:
		card.Drawn, card.Shown = a.Fold.Count, viewHash(foldCard(say, a.Fold, me))
	case hasCard && a.Kind != social.CommentAsked && a.Kind != social.CommentCame:
		card.Drawn = wordOnly
	default:
		card.Drawn, card.Shown = a.Comment.Revision, viewHash(commentCard(say, a.Comment, me))
	}
	if err := h.Store.KeepCommentCard(ctx, card); err != nil {
		return err
	}
	if card.Drawn != wordOnly {
		h.dropEarlier(ctx, card)
	}
	return h.drawComment(ctx, card)
}

// dropEarlier removes the cards that a new one replaces: there is one living card
// for each reader.
func (h *Handlers) dropEarlier(ctx context.Context, card social.CommentCard) {
	cards, err := h.Store.CommentCards(ctx, card.Brand, card.Comment, card.Fold)
	for _, c := range cards {
		if c.Person != card.Person || c.Message >= card.Message || c.Drawn == wordOnly {
			continue
		}
		err = errors.Join(err, h.Store.DropCommentCard(ctx, c.Chat, c.Message), h.Sender.Delete(ctx, bot.Cards, c.Chat, c.Message))
	}
	if err != nil {
		h.Log.InfoContext(ctx, "an earlier card could not be removed", "comment", card.Comment, "err", err)
	}
}

// cardOfComment is the message of somebody's present card of the event's comment;
// 0: there is none.
func (h *Handlers) cardOfComment(ctx context.Context, a social.Affair, p social.Person) (int64, error) {
	cards, err := h.Store.CommentCards(ctx, a.BrandID, a.Facts.Comment, a.Facts.Fold)
	if err != nil {
		return 0, err
	}
	for _, c := range slices.Backward(cards) {
		if c.Person == p.ID && c.Chat == p.TelegramID && c.Drawn != wordOnly {
			return c.Message, nil
		}
	}
	return 0, nil
}
