package telegram

import (
	"context"
	"encoding/json"
	"strconv"

	"peyk/platforms"
	"peyk/social"
)

var _ platforms.Inbox = (*Connector)(nil)

// Answer replies to the comment in its discussion group. Telegram refuses a reply
// to a message that is not there any more.
func (c *Connector) Answer(ctx context.Context, a platforms.Answer) (platforms.Published, error) {
	if err := ctx.Err(); err != nil {
		return platforms.Published{}, &platforms.Transient{Cause: err}
	}
	v := social.Variant{Text: a.Reply.Text}
	if a.Reply.Picture != nil {
		v.Media = []social.Media{*a.Reply.Picture}
	}
	to, err := strconv.ParseInt(a.Comment.Remote, 10, 64)
	if err != nil || a.Comment.Account.Discussion == 0 {
		return platforms.Published{}, &platforms.AccountLost{Detail: "no discussion group"}
	}
	r := c.request(ctx, a.Comment.Account.Discussion, v, false)
	r.params["reply_parameters"] = map[string]any{"message_id": to}
	result, err := c.Client.Call(ctx, r.method, r.params, r.files)
	if err != nil {
		return platforms.Published{}, sorted(err)
	}
	return published(result)
}

// FindAnswer cannot tell: a bot cannot list what is in a group.
func (c *Connector) FindAnswer(context.Context, platforms.Answer) (platforms.Finding, error) {
	return platforms.Finding{Verdict: platforms.Unsure}, nil
}

// Hide deletes the comment, which Telegram has no milder way for.
func (c *Connector) Hide(ctx context.Context, comment social.Comment) error {
	id, err := strconv.ParseInt(comment.Remote, 10, 64)
	if err != nil || comment.Account.Discussion == 0 {
		return &platforms.AccountLost{Detail: "no discussion group"}
	}
	_, err = c.Client.Call(ctx, "deleteMessage", map[string]any{"chat_id": comment.Account.Discussion, "message_id": id}, nil)
	if f, ok := failure(err); ok {
		if means, why, _ := f.reads(); means == refused && why == social.CodeCommentGone {
			return nil
		}
	}
	if err != nil {
		return sorted(err)
	}
	return nil
}

// GroupRights reads what the bot lacks in a discussion group to read comments and
// to take them away, from a ChatMember of the bot itself. in tells whether it is
// in the group at all.
func GroupRights(raw json.RawMessage) (missing []string, in bool, err error) {
	m, err := readMember(raw)
	if err != nil {
		return nil, false, err
	}
	switch m.Status {
	case "creator":
		return nil, true, nil
	case "administrator":
		return lacks(RightDelete, m.Delete), true, nil
	case "member", "restricted":
		return []string{social.RightAdmin, RightDelete}, true, nil
	}
	return nil, false, nil
}
