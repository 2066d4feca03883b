package mastodon

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"peyk/platforms"
	"peyk/social"
)

var _ platforms.Inbox = (*Connector)(nil)

// Answer replies to the comment where it stands, for the same readers, and names
// whom it answers, as the network tells people of what names them.
func (c *Connector) Answer(ctx context.Context, a platforms.Answer) (platforms.Published, error) {
	account := a.Comment.Account
	if err := ctx.Err(); err != nil {
		return platforms.Published{}, &platforms.Transient{Cause: err}
	}
	to, err := c.Client.status(ctx, account.ID, a.Comment.Remote)
	if gone(err) {
		return platforms.Published{}, commentGone(a.Comment.Remote)
	}
	if err != nil {
		return platforms.Published{}, sorted(err)
	}
	v := social.Variant{Account: account.ID, Text: social.Text{Plain: addressed(to.Author.Acct, a.Reply.Text.Plain)}}
	if a.Reply.Picture != nil {
		v.Media = []social.Media{*a.Reply.Picture}
	}
	p, err := c.compose(ctx, account, v, a.Key)
	if err != nil {
		return platforms.Published{}, err
	}
	p.ReplyTo, p.Language = to.ID, ""
	if !a.Reply.Text.Empty() {
		p.Language = social.LangOf(a.Reply.Text.Plain)
	}
	if to.Visibility != "" {
		p.Visibility = to.Visibility
	}
	return c.send(ctx, account, a.Key, p)
}

// addressed is a reply's text with the name of whom it answers before it, unless it
// stands in it already.
func addressed(acct, text string) string {
	name := "@" + acct
	for _, word := range strings.Fields(text) {
		if strings.EqualFold(strings.TrimRight(word, ".,:;!?،؛؟"), name) {
			return text
		}
	}
	return strings.TrimRight(name+" "+text, " ")
}

// Hide takes away what the account wrote itself. What others wrote stays: Mastodon
// lets nobody take that away, short of reporting its author.
func (c *Connector) Hide(ctx context.Context, comment social.Comment) error {
	a := comment.Account
	s, err := c.Client.status(ctx, a.ID, comment.Remote)
	switch {
	case gone(err):
		return nil
	case err != nil:
		return sorted(err)
	case s.foreign(a):
		return &platforms.Rejected{Code: CodeCannotHide, Detail: comment.Remote}
	}
	_, err = c.Client.ask(ctx, a.ID, request{
		method: http.MethodDelete, path: "/api/v1/statuses/" + url.PathEscape(comment.Remote), right: "write:statuses",
	}, nil)
	if gone(err) {
		return nil
	}
	return sorted(err)
}
