package mastodon

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"peyk/platforms"
	"peyk/social"
)

// pageSize is how many notifications a call asks for (the most that
// GET /api/v1/notifications takes, mastodon/documentation bbf2634).
const pageSize = 80

// A notification tells of something that concerns the account.
type notification struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Status status `json:"status"`
}

var _ platforms.Listener = (*Connector)(nil)

// nothing is the cursor of an account of which there was nothing to read: whatever comes
// is new, however much it is.
const nothing = "-"

// morePages is how many pages are read at once of what comes to such an account.
const morePages = 20

// Poll reads one page of what was written to the account after the cursor, which is
// the newest notification that was read. More tells that there may be another page:
// poll again with the new cursor. An empty cursor begins with the newest page. A
// comment may come more than once; what the network does not tell of Sweep finds.
func (c *Connector) Poll(ctx context.Context, a social.Account, at string) (found []social.Heard, next string, more bool, err error) {
	page, err := c.notices(ctx, a, at)
	if err != nil {
		return nil, at, false, sorted(err)
	}
	if next = at; len(page) == 0 && at == "" {
		next = nothing
	}
	roots := &origins{client: c.Client, account: a, known: map[string]origin{}}
	for _, n := range page {
		next = later(next, n.ID)
		if n.Type != "mention" || !n.Status.foreign(a) {
			continue
		}
		from, err := roots.of(ctx, n.Status)
		if err != nil {
			return nil, at, false, err
		}
		found = append(found, n.Status.heard(a, from))
	}
	return found, next, at != "" && next != at, nil
}

// notices reads the notifications of mentions after the cursor.
func (c *Connector) notices(ctx context.Context, a social.Account, at string) (all []notification, err error) {
	query := url.Values{"types[]": {"mention"}, "limit": {strconv.Itoa(pageSize)}}
	if at != "" && at != nothing {
		query.Set("min_id", at)
	}
	for range morePages {
		var page []notification
		_, err = c.Client.ask(ctx, a.ID, request{
			method: http.MethodGet, path: "/api/v1/notifications", query: query, right: "read:notifications",
		}, &page)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if at != nothing || len(page) < pageSize {
			break
		}
		query.Set("max_id", page[len(page)-1].ID)
	}
	return all, nil
}

// later is the later one of two ids: they are numbers, or words of one length, and
// grow (mastodon/documentation bbf2634, api/guidelines#id).
func later(a, b string) string {
	if len(b) > len(a) || len(b) == len(a) && b > a {
		return b
	}
	return a
}

// foreign tells whether somebody else wrote a post that can be read.
func (s status) foreign(a social.Account) bool { return s.ID != "" && s.Author.ID != localID(a) }

// An origin is where a comment's thread begins.
type origin struct {
	id, link, words string
}

func (s status) origin() origin { return origin{s.ID, s.link(), opening(s)} }

// heard is a post as a comment on the account.
func (s status) heard(a social.Account, from origin) social.Heard {
	host, _ := SplitRemoteID(a.RemoteID)
	h := social.Heard{
		Remote: s.ID, Author: s.Author.called(), AuthorID: RemoteID(host, s.Author.ID), Text: s.wordsTo(a.Handle), Media: s.media(),
		Link: s.link(), At: s.Created.UTC(), Edited: s.Edited.UTC(),
		Post: social.Thread{Account: a.ID, Remote: from.id, Root: from.id, Link: from.link, Words: from.words},
	}
	if s.Edited.IsZero() {
		h.Edited = s.Edited
	}
	if s.ReplyTo != from.id {
		h.Parent = s.ReplyTo
	}
	return h
}

// words are what the author wrote, the warning before it included.
func (s status) words() string { return s.wordsTo("") }

// wordsTo are these without the handle of whom they answer at their beginning: every
// answer begins with it, and it turns a Persian line around. A handle alone stays.
func (s status) wordsTo(handle string) string {
	text := PlainText(s.Content)
	if i := strings.IndexFunc(text, unicode.IsSpace); i > 0 && sameHandle(text[:i], handle) {
		text = strings.TrimSpace(text[i:])
	}
	if warning := strings.TrimSpace(s.Warning); warning != "" {
		return strings.TrimSpace(warning + "\n\n" + text)
	}
	return text
}

// sameHandle tells whether a name in a text is a handle, with its server or without.
func sameHandle(name, handle string) bool {
	user, _, _ := strings.Cut(strings.TrimPrefix(handle, "@"), "@")
	return user != "" && (strings.EqualFold(name, "@"+user) || strings.EqualFold(name, handle))
}

// called is the name under which people know the author.
func (a account) called() string {
	if name := strings.TrimSpace(a.Name); name != "" {
		return name
	}
	return "@" + a.Acct
}

// media is the kind of the first file that came along.
func (s status) media() social.MediaKind {
	if len(s.Media) == 0 {
		return ""
	}
	return map[string]social.MediaKind{
		"image": social.Photo, "video": social.Video, "gifv": social.Animation, "audio": social.Audio, "unknown": social.Document,
	}[s.Media[0].Type]
}

// openingLength is how much of a post a thread keeps, in code points.
const openingLength = 80

// opening is how a post begins.
func opening(s status) string {
	words := strings.Join(strings.Fields(s.words()), " ")
	if runes := []rune(words); len(runes) > openingLength {
		words = string(runes[:openingLength]) + "…"
	}
	return words
}

// origins finds out where threads begin: of the posts that are answered, one
// question or two each, however many answers there are.
type origins struct {
	client  *Client
	account social.Account
	known   map[string]origin // by the post that is answered
}

func (o *origins) of(ctx context.Context, s status) (origin, error) {
	if s.ReplyTo == "" {
		return s.origin(), nil
	}
	if from, ok := o.known[s.ReplyTo]; ok {
		return from, nil
	}
	from, err := o.find(ctx, s.ReplyTo)
	if err == nil {
		o.known[s.ReplyTo] = from
	}
	return from, err
}

// find looks for the beginning of the thread that a post is in. Of one that is not
// shown to us it is the post itself.
func (o *origins) find(ctx context.Context, id string) (origin, error) {
	parent, err := o.client.status(ctx, o.account.ID, id)
	switch {
	case gone(err):
		return origin{id: id}, nil
	case err != nil:
		return origin{}, sorted(err)
	case parent.ReplyTo == "":
		return parent.origin(), nil
	}
	thread, err := o.client.thread(ctx, o.account.ID, id)
	switch {
	case gone(err) || err == nil && len(thread.Above) == 0:
		return parent.origin(), nil
	case err != nil:
		return origin{}, sorted(err)
	}
	return thread.Above[0].origin(), nil
}

// status reads one post.
func (c *Client) status(ctx context.Context, account int64, id string) (status, error) {
	var s status
	_, err := c.ask(ctx, account, request{
		method: http.MethodGet, path: "/api/v1/statuses/" + url.PathEscape(id), right: "read:statuses",
	}, &s)
	return s, err
}

// around is what stands above and below a post.
type around struct {
	Above []status `json:"ancestors"`
	Below []status `json:"descendants"`
}

func (c *Client) thread(ctx context.Context, account int64, id string) (around, error) {
	var t around
	_, err := c.ask(ctx, account, request{
		method: http.MethodGet, path: "/api/v1/statuses/" + url.PathEscape(id) + "/context", right: "read:statuses",
	}, &t)
	return t, err
}

// Sweep reads everything below a post: the back-stop for notifications that
// the network never made. What the account wrote itself is left out. A post that is
// not there any more is *platforms.Rejected with CodePostGone.
func (c *Connector) Sweep(ctx context.Context, a social.Account, id string) ([]social.Heard, error) {
	t, err := c.Client.thread(ctx, a.ID, id)
	if gone(err) {
		return nil, &platforms.Rejected{Code: CodePostGone, Detail: id}
	}
	if err != nil {
		return nil, sorted(err)
	}
	from := origin{id: id}
	var found []social.Heard
	for _, s := range t.Below {
		if s.foreign(a) {
			found = append(found, s.heard(a, from))
		}
	}
	return found, nil
}

// Missing names the comments that the server does not show any more: it is asked for
// each, since it leaves some out of threads.
func (c *Connector) Missing(ctx context.Context, a social.Account, comments []string) (missing []string, err error) {
	for _, id := range comments {
		_, err := c.Client.status(ctx, a.ID, id)
		switch {
		case gone(err):
			missing = append(missing, id)
		case err != nil:
			return nil, sorted(err)
		}
	}
	return missing, nil
}
