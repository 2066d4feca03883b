package mastodon

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"peyk/platforms"
	"peyk/social"
)

// settle is how long after a call a server may still carry it out: it has begun to
// work on what it was asked by then, or its own patience is over.
const settle = 90 * time.Second

// slack is by how much a server's clock may differ from what it says of itself.
const slack = 2 * time.Minute

// listSize and listPages bound how much of an account's list is read: as much as
// GET /api/v1/accounts/:id/statuses takes (mastodon/documentation bbf2634), and more
// than anybody posts in minutes.
const (
	listSize  = 40
	listPages = 10
)

// A wanted post is one of which nobody knows whether it is there.
type wanted struct {
	sent    time.Time
	text    string
	files   int
	replyTo string
	others  []string // posts that are known to be others
}

// Reconcile looks through what the account has posted since the call, as the key of
// the call is not honoured everywhere. What is not in the account's own list once
// the call has settled is not there. A post of ours that nobody can place is for a
// person to see.
func (c *Connector) Reconcile(ctx context.Context, in platforms.Intent) (platforms.Finding, error) {
	return c.find(ctx, in.Account, wanted{
		sent: in.Sent, text: in.Variant.Text.Plain, files: len(in.Variant.Media), others: in.Others,
	})
}

// FindAnswer looks whether the reply is there.
func (c *Connector) FindAnswer(ctx context.Context, a platforms.Answer) (platforms.Finding, error) {
	w := wanted{sent: a.Sent, text: a.Reply.Text.Plain, replyTo: a.Comment.Remote}
	if a.Reply.Picture != nil {
		w.files = 1
	}
	return c.find(ctx, a.Comment.Account, w)
}

func (c *Connector) find(ctx context.Context, a social.Account, w wanted) (platforms.Finding, error) {
	if w.sent.IsZero() {
		return platforms.Finding{Verdict: platforms.Unsure}, nil
	}
	listed, whole, err := c.since(ctx, a, w.sent)
	if err != nil {
		return platforms.Finding{Verdict: platforms.Unsure}, sorted(err)
	}
	strange := !whole
	for _, s := range slices.Backward(listed) { // the oldest first: should there be two, it is the one that was meant
		switch {
		case s.ReplyTo != w.replyTo || slices.Contains(w.others, s.ID):
		case w.is(s):
			return platforms.Finding{Verdict: platforms.Landed, Published: s.published()}, nil
		case s.App.Name == AppName:
			strange = true
		}
	}
	switch {
	case c.Client.Clock.Now().Sub(w.sent) < settle:
		return platforms.Finding{Verdict: platforms.Early}, nil
	case strange:
		return platforms.Finding{Verdict: platforms.Unsure}, nil
	}
	return platforms.Finding{Verdict: platforms.NotLanded}, nil
}

// is tells whether a post on the network is the wanted one. An answer begins with
// the name of whom it answers.
func (w wanted) is(s status) bool {
	if len(s.Media) != w.files {
		return false
	}
	if shows(s.Content, w.text) {
		return true
	}
	for _, m := range s.Mentions {
		if w.replyTo != "" && shows(s.Content, addressed(m.Acct, w.text)) {
			return true
		}
	}
	return false
}

// since lists what the account has posted since a moment, the newest first; whole is
// false where there is more than anybody posts in that time.
func (c *Connector) since(ctx context.Context, a social.Account, moment time.Time) (listed []status, whole bool, err error) {
	last := ""
	for range listPages {
		query := url.Values{"limit": {strconv.Itoa(listSize)}, "exclude_reblogs": {"true"}}
		if last != "" {
			query.Set("max_id", last)
		}
		var page []status
		got, err := c.Client.ask(ctx, a.ID, request{
			method: http.MethodGet, path: "/api/v1/accounts/" + url.PathEscape(localID(a)) + "/statuses", query: query, right: "read:statuses",
		}, &page)
		if err != nil {
			return nil, false, err
		}
		from := moment.Add(got.drift - slack)
		for _, s := range page {
			if s.Created.Before(from) {
				return listed, true, nil
			}
			if s.Author.ID == localID(a) {
				listed = append(listed, s)
			}
			last = s.ID
		}
		if len(page) == 0 {
			return listed, true, nil
		}
	}
	return listed, false, nil
}
