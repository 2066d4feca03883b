package handlers

import (
	"context"
	"errors"
	"slices"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

type comments interface {
	Comment(ctx context.Context, reader, id int64) (social.Comment, social.Member, error)
	UpdateComment(ctx context.Context, by, id int64, rule social.CommentRule) (social.Comment, error)
	Comments(ctx context.Context, reader int64, f social.InboxFilter) ([]social.Comment, int, error)
	Unanswered(ctx context.Context, reader int64) (map[int64]int, error)
	InboxCounts(ctx context.Context, reader int64, f social.InboxFilter) (social.InboxCounts, error)
	Fold(ctx context.Context, reader, id int64) (social.Fold, social.Member, error)
	CommentCards(ctx context.Context, brand, comment, fold int64) ([]social.CommentCard, error)
	CommentCard(ctx context.Context, reader, chat, message int64) (social.CommentCard, error)
	SaveCommentCard(ctx context.Context, c social.CommentCard) error
	KeepCommentCard(ctx context.Context, c social.CommentCard) error
	ShowCommentCard(ctx context.Context, was, now social.CommentCard) (bool, error)
	DropCommentCard(ctx context.Context, chat, message int64) error
	savedReplies
}

// The refusal of an answer to the card of a burst.
const errManyComments = social.Rule("many_comments")

// answerTo finds the comment whose card somebody has answered: his message is the
// public reply.
func (h *Handlers) answerTo(ctx context.Context, r *bot.Request) (bot.HandlerFunc, error) {
	me, err := h.reader(ctx, r)
	if err != nil {
		return nil, err
	}
	card, err := h.Store.CommentCard(ctx, me.Person.ID, r.Chat.ID, r.Message.ReplyTo.ID)
	if errors.Is(err, social.ErrNotFound) {
		// The message may stand in the chat and not be recorded yet: its buttons say
		// what it is about.
		card.Comment, err = r.Message.ReplyTo.About("com"), nil
		if card.Comment == 0 {
			return nil, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, r *bot.Request) error {
		if card.Comment == 0 {
			return errManyComments
		}
		return h.takeAnswer(ctx, r, me, card.Comment)
	}, nil
}

// takeAnswer hears the reply to a comment.
func (h *Handlers) takeAnswer(ctx context.Context, r *bot.Request, me Reader, comment int64) error {
	text, picture, err := replyIn(r)
	if err != nil {
		return err
	}
	picture, fits, err := h.replyFits(ctx, r, me, social.Comment{ID: comment, Replies: []social.Reply{{Text: text, Picture: picture}}})
	if err != nil || !fits {
		return err
	}
	c, err := h.Store.UpdateComment(ctx, me.Person.ID, comment, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.Answer(by, text, picture, h.Clock.Now())
	})
	if errors.Is(err, social.ErrCommentGone) || errors.Is(err, social.ErrCommentHidden) {
		_, err = r.Reply(ctx, unsentCard(h.sayIn(me.Person, c.Brand), c, text.Plain))
		return err
	}
	if err != nil {
		return err
	}
	if last := c.Replies[len(c.Replies)-1]; last.State == social.ReplyKept {
		_, err = r.Reply(ctx, keptCard(h.sayIn(me.Person, c.Brand), c, last))
	}
	return err
}

// replyFits tells whether the network takes the reply; where it does not, what was
// written stays where it is, and its author is told by how much it is too long. A
// picture for another network than Telegram is kept in our own store.
func (h *Handlers) replyFits(ctx context.Context, r *bot.Request, me Reader, asked social.Comment) (picture *social.Media, fits bool, err error) {
	reply := asked.Replies[0]
	c, place, err := h.Store.Comment(ctx, me.Person.ID, asked.ID)
	if err != nil || place.Can(social.Answer) != nil || !c.Account.Platform.SignsIn() {
		return reply.Picture, err == nil, err // the rule says what is wrong
	}
	v := social.Variant{Account: c.Account.ID, Text: reply.Text}
	if reply.Picture != nil {
		taken, err := h.takeMedia(ctx, *reply.Picture)
		if err != nil {
			return nil, false, err
		}
		picture, v.Media = &taken, []social.Media{taken}
	}
	refused := refusedReply(h.sayIn(me.Person, c.Brand), c.Account, h.Check(c.Account, v))
	if refused != "" {
		_, err = r.Reply(ctx, bot.Message{HTML: refused, ReplyTo: r.Message.ID})
	}
	return picture, refused == "", err
}

// refusedReply says why a network would not take a reply; empty: it would. What is
// empty, or too long everywhere, the rule refuses.
func refusedReply(say locales.Printer, a social.Account, issues []social.Issue) string {
	if !a.Platform.SignsIn() {
		return ""
	}
	for _, i := range issues {
		if !i.Blocks || i.Code == "empty" {
			continue
		}
		if wordy(i.Code) {
			return say.Say("reply.over", "over", i.Params["over"], "limit", i.Params["limit"], "account", accountName(say, a))
		}
		return issueLine(say, a, i)
	}
	return ""
}

// replyIn is what a message says to a follower: words, or one picture with them.
func replyIn(r *bot.Request) (social.Text, *social.Media, error) {
	media := r.Media()
	switch {
	case len(media) > 1, r.Message.Other != "":
		return social.Text{}, nil, social.ErrReplyKind
	case len(media) == 0:
		return r.Text(), nil, nil
	case media[0].Kind != social.Photo:
		return social.Text{}, nil, social.ErrReplyKind
	}
	return r.Text(), &media[0], nil
}

// changeComment runs a rule on the pressed comment and shows what came of it. A
// refusal is explained, and the card drawn anew.
func (h *Handlers) changeComment(ctx context.Context, r *bot.Request, me Reader, rule social.CommentRule) error {
	c, err := h.Store.UpdateComment(ctx, me.Person.ID, r.ID(), rule)
	var why social.Rule
	if errors.As(err, &why) && why != social.ErrNotFound && why != social.ErrForbidden {
		if err := r.Alert(ctx, commentRefusal(h.sayIn(me.Person, c.Brand), c, why)); err != nil {
			return err
		}
		return h.showComment(ctx, r, me, r.ID())
	}
	if err != nil {
		return err
	}
	return h.showComment(ctx, r, me, c.ID)
}

// commentRefusal words a refusal; of a comment that somebody else has, it names
// him and since when (U13).
func commentRefusal(say locales.Printer, c social.Comment, why social.Rule) string {
	if why == social.ErrTaken && c.State == social.Answered {
		return say.Plain("comment.answered_by", "who", c.Holder.Name, "at", c.Settled)
	}
	if why == social.ErrTaken {
		return say.Plain("comment.taken_by", "who", c.Holder.Name, "since", say.Now().Sub(c.ClaimedAt))
	}
	return say.Plain("rule." + string(why))
}

// openComment shows a comment's card on the pressed message.
func (h *Handlers) openComment(ctx context.Context, r *bot.Request, me Reader) error {
	return h.showComment(ctx, r, me, r.ID())
}

// showComment draws a comment's card for whoever pressed.
func (h *Handlers) showComment(ctx context.Context, r *bot.Request, me Reader, id int64) error {
	c, place, err := h.answerable(ctx, me, id)
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, c.Brand)
	view := commentCard(say, c, place)
	card := social.CommentCard{
		Brand: c.Brand.ID, Chat: r.Chat.ID, Person: me.Person.ID, Comment: c.ID, Shown: viewHash(view), Drawn: c.Revision,
	}
	if r.Action() == "see" { // from a list, to which the way leads back
		list := lookup{way: r.Arg(0), brand: idArg(r.Arg(1)), fold: idArg(r.Arg(2)), page: r.Version(), network: social.Platform(r.Arg(3))}
		view.Keyboard = append(view.Keyboard, back(say, list.data()))
	}
	if card.Message, err = h.put(ctx, r, view); err != nil {
		return err
	}
	if err := h.Store.SaveCommentCard(ctx, card); err != nil {
		return err
	}
	return h.drawComment(ctx, card)
}

// answerable is a comment, for those who answer for its brand.
func (h *Handlers) answerable(ctx context.Context, me Reader, id int64) (social.Comment, social.Member, error) {
	c, place, err := h.Store.Comment(ctx, me.Person.ID, id)
	if err != nil {
		return c, place, err
	}
	return c, place, place.Can(social.Answer)
}

// claim tells the others that the reader is about to answer, and opens the field
// in which he writes.
func (h *Handlers) claim(ctx context.Context, r *bot.Request, me Reader) error {
	return h.changeComment(ctx, r, me, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.Claim(by, h.Clock.Now())
	})
}

// takeOver gives the reader what a colleague has; a reply of his that was kept
// goes its way with it.
func (h *Handlers) takeOver(ctx context.Context, r *bot.Request, me Reader) error {
	return h.changeComment(ctx, r, me, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.TakeOver(by, idArg(r.Arg(0)), h.Clock.Now())
	})
}

// dropReply takes back a reply that was kept.
func (h *Handlers) dropReply(ctx context.Context, r *bot.Request, me Reader) error {
	return h.changeComment(ctx, r, me, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.Drop(by, idArg(r.Arg(0)), h.Clock.Now())
	})
}

// finish puts a comment aside that needs no answer.
func (h *Handlers) finish(ctx context.Context, r *bot.Request, me Reader) error {
	return h.changeComment(ctx, r, me, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.Finish(by, h.Clock.Now())
	})
}

// reopen takes a comment up again.
func (h *Handlers) reopen(ctx context.Context, r *bot.Request, me Reader) error {
	return h.changeComment(ctx, r, me, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.Reopen(by)
	})
}

// judgeReply is a manager's word about a reply: yes or no.
func (h *Handlers) judgeReply(ctx context.Context, r *bot.Request, me Reader) error {
	return h.changeComment(ctx, r, me, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.Judge(by, idArg(r.Arg(0)), r.Action() == "com_yes", h.Clock.Now())
	})
}

// retryReply sends a reply again that did not go out.
func (h *Handlers) retryReply(ctx context.Context, r *bot.Request, me Reader) error {
	return h.changeComment(ctx, r, me, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.Retry(by, idArg(r.Arg(0)), h.Clock.Now())
	})
}

// foundReply hears whether a reply is there of which nobody knew.
func (h *Handlers) foundReply(ctx context.Context, r *bot.Request, me Reader) error {
	return h.changeComment(ctx, r, me, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.Found(by, idArg(r.Arg(0)), r.Action() == "com_there", h.Clock.Now())
	})
}

// askHide asks whether the comment shall really be taken away: on Telegram there
// is no way back.
func (h *Handlers) askHide(ctx context.Context, r *bot.Request, me Reader) error {
	c, place, err := h.answerable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	if err := c.MayHide(place); err != nil {
		return err
	}
	say := h.sayIn(me.Person, c.Brand)
	sure, label := "comment.hide_sure", "com_hide_yes"
	if c.Account.Platform != social.Telegram {
		sure, label = "comment.cover_sure", "com_cover_yes"
	}
	yes := button(say, label, bot.Data("com_hide_yes", c.ID, 0))
	yes.Style = "danger"
	return h.askOver(ctx, r, me, c, bot.Message{
		HTML:     say.Say(sure, "author", authorName(say, c), "account", accountName(say, c.Account)) + "\n" + quoted(c.Text),
		Keyboard: [][]bot.Button{{yes}, back(say, bot.Data("com", c.ID, 0))},
	})
}

// hide takes the comment away. It may be pressed again after a fault: what is gone
// already counts as done.
func (h *Handlers) hide(ctx context.Context, r *bot.Request, me Reader) error {
	c, place, err := h.answerable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	if err := c.MayHide(place); err != nil {
		return err
	}
	if err := h.Hide(ctx, c); err != nil {
		h.Log.WarnContext(ctx, "hiding a comment failed", "comment", c.ID, "err", err)
		return errors.Join(errNotHidden, h.showComment(ctx, r, me, c.ID))
	}
	return h.changeComment(ctx, r, me, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.Hide(by, h.Clock.Now())
	})
}

// The refusal when the network did not let a comment be taken away.
const errNotHidden = social.Rule("not_hidden")

// askOver puts a question in the place of the pressed card, which is not drawn again
// until the way leads back to it. It is recorded, not forgotten: a card may be pressed
// before whoever sent it has recorded it.
func (h *Handlers) askOver(ctx context.Context, r *bot.Request, me Reader, c social.Comment, question bot.Message) error {
	if message := pressed(r); message != 0 {
		card := social.CommentCard{Brand: c.Brand.ID, Chat: r.Chat.ID, Message: message, Person: me.Person.ID, Comment: c.ID, Drawn: wordOnly}
		if err := h.Store.SaveCommentCard(ctx, card); err != nil {
			return err
		}
	}
	_, err := h.put(ctx, r, question)
	return err
}

// askAssign asks who shall have the comment.
func (h *Handlers) askAssign(ctx context.Context, r *bot.Request, me Reader) error {
	c, _, err := h.answerable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	members, err := h.Store.Members(ctx, me.Person.ID, c.Brand.ID)
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, c.Brand)
	var doors []bot.Button
	for _, m := range members {
		if m.Role.May(social.Answer) && m.Person.Reachable {
			doors = append(doors, bot.Button{Text: brief(m.Person.Name), Data: bot.Data("com_to", c.ID, 0, idOf(m.Person.ID))})
		}
	}
	return h.askOver(ctx, r, me, c, bot.Message{
		HTML:     say.Say("comment.assign", "author", authorName(say, c)) + "\n" + quoted(c.Text),
		Keyboard: append(fitted(say, doors), back(say, bot.Data("com", c.ID, 0))),
	})
}

// assign gives the comment to a colleague.
func (h *Handlers) assign(ctx context.Context, r *bot.Request, me Reader) error {
	c, _, err := h.answerable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	members, err := h.Store.Members(ctx, me.Person.ID, c.Brand.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(members, func(m social.Member) bool { return m.Person.ID == idArg(r.Arg(0)) })
	if i < 0 {
		return social.ErrNotResponder
	}
	return h.changeComment(ctx, r, me, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.Assign(by, members[i], h.Clock.Now())
	})
}
