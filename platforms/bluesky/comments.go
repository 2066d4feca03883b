package bluesky

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"peyk/platforms"
	"peyk/social"
)

// A Reason says how a comment has to do with the account.
type Reason string

// The reasons.
const (
	Reply   Reason = "reply"   // it stands in a thread of the account, or answers it elsewhere
	Mention Reason = "mention" // it names the account
	Quote   Reason = "quote"   // it shows a post of the account
)

// A Comment is what somebody wrote under, about or to the account. Heard.Remote
// and Heard.Post are addresses of the kind at://; the post of a quote is the one
// that it quotes.
type Comment struct {
	social.Heard
	Reason Reason
	CID    string // names this state of the comment
}

// A postView is a post as the network shows it. Counts that are not told are nil.
type postView struct {
	URI     string          `json:"uri"`
	CID     string          `json:"cid"`
	Author  profile         `json:"author"`
	Record  json.RawMessage `json:"record"`
	Indexed string          `json:"indexedAt"`
	Likes   *int64          `json:"likeCount"`
	Reposts *int64          `json:"repostCount"`
	Replies *int64          `json:"replyCount"`
	Quotes  *int64          `json:"quoteCount"`
}

// A profile is an account as the network shows it.
type profile struct {
	DID       string `json:"did"`
	Handle    string `json:"handle"`
	Name      string `json:"displayName"`
	Followers *int64 `json:"followersCount"`
	Posts     *int64 `json:"postsCount"`
}

// written is what we read of a record that somebody else made.
type written struct {
	Type    string          `json:"$type"`
	Text    string          `json:"text"`
	Created string          `json:"createdAt"`
	Reply   *replyTo        `json:"reply"`
	Embed   json.RawMessage `json:"embed"`
}

func (v postView) ref() ref { return ref{v.URI, v.CID} }

// root is the first post of the thread: the post itself, unless it is a reply.
func (v postView) root() ref {
	var w written
	if json.Unmarshal(v.Record, &w) != nil || w.Reply == nil || w.Reply.Root.URI == "" {
		return v.ref()
	}
	return w.Reply.Root
}

// comment reads a post as a comment on the account; false: it is none, or cannot
// be read.
func (v postView) comment(a social.Account, why Reason, about string) (Comment, bool) {
	var w written
	if v.URI == "" || v.Author.DID == a.RemoteID || json.Unmarshal(v.Record, &w) != nil || w.Type != posts {
		return Comment{}, false
	}
	heard := social.Heard{
		Remote: v.URI, Author: v.Author.called(), AuthorID: v.Author.DID, Text: w.Text, Media: w.media(),
		Link: webLink(v.Author.Handle, v.URI), At: v.at(w),
	}
	thread := v.root().URI
	if w.Reply != nil && w.Reply.Parent.URI != thread {
		heard.Parent = w.Reply.Parent.URI
	}
	if why == Quote && about != "" {
		thread, heard.Parent = about, ""
	}
	heard.Post = social.Thread{Account: a.ID, Remote: thread, Root: thread, Link: threadLink(a, v.Author, thread)}
	return Comment{Heard: heard, Reason: why, CID: v.CID}, true
}

// threadLink is the web address of a thread's first post. A handle is known of the
// account and of the comment's author; others are named by what lasts.
func threadLink(a social.Account, author profile, thread string) string {
	switch did, _, _, _ := splitURI(thread); did {
	case a.RemoteID:
		return webLink(a.Handle, thread)
	case author.DID:
		return webLink(author.Handle, thread)
	}
	return webLink("", thread)
}

// called is the name under which people know the author.
func (p profile) called() string {
	switch {
	case strings.TrimSpace(p.Name) != "":
		return p.Name
	case p.Handle == "" || p.Handle == invalidHandle:
		return p.DID
	}
	return "@" + p.Handle
}

// at is when the post was made: when its author says so, or when the network first
// saw it, if that was earlier or he says nothing that can be read.
func (v postView) at(w written) time.Time {
	created, err := time.Parse(time.RFC3339, w.Created)
	seen, unseen := time.Parse(time.RFC3339, v.Indexed)
	if err != nil || unseen == nil && seen.Before(created) {
		created = seen
	}
	return created.UTC()
}

// media is the kind of file that came along, be it beside a quoted post.
func (w written) media() social.MediaKind {
	type shown struct {
		Type string `json:"$type"`
	}
	var embed struct {
		shown
		Media shown `json:"media"`
	}
	if json.Unmarshal(w.Embed, &embed) != nil {
		return ""
	}
	kind := embed.Type
	if kind == "app.bsky.embed.recordWithMedia" {
		kind = embed.Media.Type
	}
	switch kind {
	case "app.bsky.embed.images", "app.bsky.embed.gallery":
		return social.Photo
	case "app.bsky.embed.video":
		return social.Video
	}
	return ""
}

// A cursor is where the reading of an account's notifications stands. The network
// lists them from the newest back, so a round goes from the newest to what an
// earlier round has seen; while it is on its way, Next and Top are set.
type cursor struct {
	Seen string `json:"seen"`           // the newest of the last whole round
	Next string `json:"next,omitempty"` // where the network goes on in this round
	Top  string `json:"top,omitempty"`  // the newest of this round
}

// overlap is how far behind what it has seen a round reads: notifications are
// sorted by a time that the comment's author has a say in, so one may come late.
const overlap = 10 * time.Minute

// never is before every notification: what an account has seen that has none.
const never = "0001-01-01T00:00:00.000Z"

// pageSize is how many notifications a call asks for (the most that
// app.bsky.notification.listNotifications takes, atproto d6296a1cfd, 2026-08-20).
const pageSize = 100

// Poll reads one page of what is new about the account. More tells that the round
// has not ended: poll again with the new cursor. The cursor is stored together
// with the comments; a comment may come more than once, and none is left out but
// by the network itself, which SweepThread makes good. An empty cursor begins with
// the newest page.
func (c *Connector) Poll(ctx context.Context, a social.Account, at string) (found []Comment, next string, more bool, err error) {
	was := readCursor(at)
	page, err := c.Client.notifications(ctx, a.ID, was.Next)
	if was.Next != "" && misplaced(err) {
		return nil, cursor{Seen: was.Seen}.String(), true, nil // the round's place is no longer known: it begins anew
	}
	if err != nil {
		return nil, at, false, err
	}
	for _, n := range page.Notifications {
		if comment, ok := n.comment(a); ok {
			found = append(found, comment)
		}
	}
	now, more := was.after(page)
	c.Client.begin(ctx, a, found)
	return found, now.String(), more, nil
}

// misplaced tells whether the network may have stumbled over the place in the round:
// it refuses one that it does not know, or breaks down over it.
func misplaced(err error) bool {
	var no *platforms.Rejected
	return errors.As(err, &no) || named(err, "InternalServerError")
}

// readCursor reads what String wrote. Whatever else it is given begins anew.
func readCursor(s string) cursor {
	var c cursor
	if json.Unmarshal([]byte(s), &c) != nil {
		return cursor{}
	}
	return c
}

// String writes the cursor.
func (c cursor) String() string {
	body, err := json.Marshal(c)
	if err != nil {
		return "" // strings always marshal
	}
	return string(body)
}

// after is where the reading stands after a page, and whether the round goes on.
func (c cursor) after(page notificationPage) (cursor, bool) {
	oldest := ""
	for _, n := range page.Notifications {
		c.Top, oldest = max(c.Top, n.Indexed), n.Indexed
	}
	if page.Cursor == "" || page.Cursor == c.Next || c.Seen == "" || (oldest != "" && reached(oldest, c.Seen)) {
		return cursor{Seen: max(c.Seen, c.Top, never)}, false
	}
	return cursor{Seen: c.Seen, Next: page.Cursor, Top: c.Top}, true
}

// reached tells whether oldest lies so far behind seen that everything older has
// been read before.
func reached(oldest, seen string) bool {
	from, err1 := time.Parse(time.RFC3339, oldest)
	to, err2 := time.Parse(time.RFC3339, seen)
	return err1 != nil || err2 != nil || from.Before(to.Add(-overlap))
}

type notificationPage struct {
	Cursor        string         `json:"cursor"`
	Notifications []notification `json:"notifications"`
}

type notification struct {
	postView
	Reason  Reason `json:"reason"`
	Subject string `json:"reasonSubject"`
}

func (n notification) comment(a social.Account) (Comment, bool) {
	if !slices.Contains([]Reason{Reply, Mention, Quote}, n.Reason) {
		return Comment{}, false
	}
	return n.postView.comment(a, n.Reason, n.Subject)
}

// notifications reads a page of them, all reasons together: the network would
// filter after it has cut the page, and of an empty page nobody can tell how far
// back it goes.
func (c *Client) notifications(ctx context.Context, account int64, from string) (notificationPage, error) {
	query := url.Values{"limit": {strconv.Itoa(pageSize)}}
	if from != "" {
		query.Set("cursor", from)
	}
	var page notificationPage
	err := c.ask(ctx, account, request{method: "app.bsky.notification.listNotifications", query: query}, &page)
	return page, sorted(err)
}
