package handlers

import (
	"context"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

type discussions interface {
	SaveDiscussion(ctx context.Context, channel string, chat int64, missing []string) (known bool, err error)
	LoseDiscussion(ctx context.Context, chat int64) (known bool, err error)
	SaveThread(ctx context.Context, place int64, t social.Thread) error
	Hear(ctx context.Context, c social.Heard) error
}

// groupChanged hears that the bot's standing in a group has changed. It stays in
// the discussion group of a connected channel, where comments are, and leaves
// every other.
func (h *Handlers) groupChanged(ctx context.Context, r *bot.Request) error {
	missing, in := h.GroupRights(r.Member.New)
	if !in {
		_, err := h.Store.LoseDiscussion(ctx, r.Chat.ID)
		return err
	}
	channel, err := h.Linked(ctx, r.Chat.ID)
	if err != nil && !bot.IsBlocked(err) {
		return err
	}
	if channel != 0 {
		known, err := h.Store.SaveDiscussion(ctx, itoa(channel), r.Chat.ID, missing)
		if err != nil || known {
			return err
		}
	}
	return h.leaveGroup(ctx, r)
}

// discuss looks at Telegram whether the comments on a channel reach us, and
// records it. linked tells whether the channel has a discussion group at all.
func (h *Handlers) discuss(ctx context.Context, a social.Account) (now social.Account, linked bool, err error) {
	group, err := h.Linked(ctx, number(a.RemoteID))
	if err != nil {
		return a, false, err
	}
	a.Discussion, a.DiscussionMissing = 0, nil
	if group != 0 {
		member, err := h.Standing(ctx, group)
		if missing, in := h.GroupRights(member); err == nil && in {
			a.Discussion, a.DiscussionMissing = group, missing
		}
	}
	_, err = h.Store.SaveDiscussion(ctx, a.RemoteID, a.Discussion, a.DiscussionMissing)
	return a, group != 0, err
}

// commentsLine says whether the comments on a channel reach people, and what to do
// so that they do.
func commentsLine(say locales.Printer, a social.Account, linked bool) string {
	switch {
	case !linked:
		return say.Say("account.no_discussion")
	case a.Discussion == 0:
		return say.Say("account.comments_add")
	case !a.Hears():
		return say.Say("account.comments_admin")
	case len(a.DiscussionMissing) > 0:
		return say.Say("account.comments_delete")
	}
	return say.Say("account.comments_on")
}

// addToGroup is the link that opens Telegram's own choice of a group, with the
// rights that are needed ticked (core.telegram.org/api/links, read 2026-11).
func addToGroup(link string) string {
	base, _, _ := strings.Cut(link, "?")
	return base + "?startgroup&admin=delete_messages"
}

// heard takes in what is written in a discussion group: the posts that Telegram
// brings there, and the comments under them. Other talk is nobody's business.
func (h *Handlers) heard(ctx context.Context, r *bot.Request) error {
	m := r.Message
	switch {
	case m.AutoForward && m.Forward != nil:
		return h.Store.SaveThread(ctx, r.Chat.ID, threadOf(m))
	case m.Other == "service" || (m.From.IsBot && m.SenderChat == nil):
		return nil
	}
	c := social.Heard{
		Place: r.Chat.ID, Remote: itoa(m.ID), Author: m.From.Name(), AuthorID: itoa(m.From.ID), Text: r.Text().Plain,
		Media: heardKind(r), At: m.At,
	}
	if r.Update.Edited != nil {
		c.Edited = m.EditedAt
	}
	if m.SenderChat != nil {
		c.Author, c.AuthorID = m.SenderChat.Title, itoa(m.SenderChat.ID)
	}
	switch {
	case m.ReplyTo != nil && m.ReplyTo.AutoForward && m.ReplyTo.Forward != nil:
		c.Post = threadOf(m.ReplyTo)
	case m.Thread != 0:
		c.Post.Root = itoa(m.Thread)
	default:
		return nil
	}
	if m.ReplyTo != nil && !m.ReplyTo.AutoForward {
		c.Parent = itoa(m.ReplyTo.ID)
	}
	c.Link = messageLink(r.Chat, m.ID) + "?thread=" + c.Post.Root
	c.Search = locales.Fold(c.Author + " " + c.Text)
	return h.Store.Hear(ctx, c)
}

// postWords is how much of a post a thread keeps, in code points.
const postWords = 80

// threadOf is the thread that a channel's post begins in its discussion group.
func threadOf(m *bot.Received) social.Thread {
	channel := bot.Chat{ID: m.Forward.Chat}
	if m.SenderChat != nil {
		channel = *m.SenderChat
	}
	words := strings.Join(strings.Fields(m.Text.Plain), " ")
	if runes := []rune(words); len(runes) > postWords {
		words = string(runes[:postWords]) + "…"
	}
	return social.Thread{
		Root: itoa(m.ID), Remote: itoa(m.Forward.Message), Link: messageLink(channel, m.Forward.Message), Words: words,
	}
}

// messageLink is the address of a message in a channel or a supergroup: by its
// name where it is public, by its number for members where it is not.
func messageLink(c bot.Chat, message int64) string {
	if c.Username != "" {
		return "https://t.me/" + c.Username + "/" + itoa(message)
	}
	return "https://t.me/c/" + strings.TrimPrefix(itoa(c.ID), "-100") + "/" + itoa(message)
}

// heardKind is what came beside the words of a comment.
func heardKind(r *bot.Request) social.MediaKind {
	if media := r.Media(); len(media) > 0 {
		return media[0].Kind
	}
	if r.Message.Media != nil {
		return r.Message.Media.Kind
	}
	return social.MediaKind(r.Message.Other)
}
