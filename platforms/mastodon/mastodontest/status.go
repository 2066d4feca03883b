package mastodontest

import (
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rivo/uniseg"
)

// A Status is a post.
type Status struct {
	ID         string
	Text       string // as it was written
	ReplyTo    string
	Visibility string
	Language   string
	Warning    string
	At, Edited time.Time

	author, app string
	files       []string
	deleted     bool
	likes       int
	boosts      int
}

// status finds a post that is there.
func (s *Server) status(id string) *Status {
	i := slices.IndexFunc(s.statuses, func(t *Status) bool { return t.ID == id && !t.deleted })
	if i < 0 {
		return nil
	}
	return s.statuses[i]
}

// Posts are what somebody has posted and not deleted, the oldest first.
func (s *Server) Posts(name string) []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	var posts []Status
	for _, t := range s.statuses {
		if t.author == s.named(name).id && !t.deleted {
			posts = append(posts, *t)
		}
	}
	return posts
}

// A Saying is what somebody posts by himself, outside of the program.
type Saying struct {
	By, Text, ReplyTo, Visibility, Warning string
	At                                     time.Time // zero: now
}

// Say lets somebody post and returns the post's id.
func (s *Server) Say(what Saying) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &Status{
		ID: s.next(), Text: what.Text, ReplyTo: what.ReplyTo, Visibility: what.Visibility, Warning: what.Warning,
		At: what.At, author: s.named(what.By).id, app: "Web",
	}
	if t.Visibility == "" {
		t.Visibility = "public"
	}
	if t.At.IsZero() {
		t.At = s.Now()
	}
	s.keep(t)
	return t.ID
}

// Rewrite lets its author change a post.
func (s *Server) Rewrite(id, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.status(id)
	t.Text, t.Edited = text, s.Now()
}

// Delete takes a post away.
func (s *Server) Delete(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status(id).deleted = true
}

// Like sets how many like a post and pass it on.
func (s *Server) Like(id string, likes, boosts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.status(id)
	t.likes, t.boosts = likes, boosts
}

// keep stores a post and tells those of whom it speaks.
func (s *Server) keep(t *Status) {
	s.statuses = append(s.statuses, t)
	for _, p := range s.mentioned(t.Text) {
		switch {
		case p.remote || p.id == t.author:
		case s.silent > 0:
			s.silent--
		default:
			s.notices = append(s.notices, notice{s.next(), p.id, t.ID})
		}
	}
}

var (
	links    = regexp.MustCompile(`https?://[^\s<>"]+`)
	handles  = regexp.MustCompile(`@([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)(@[A-Za-z0-9.-]+[A-Za-z0-9])?`)
	hashtags = regexp.MustCompile(`#([\p{L}\p{M}\p{N}_\x{200c}]+)`)
)

func (s *Server) mentioned(text string) []*person {
	var found []*person
	for _, m := range handles.FindAllString(links.ReplaceAllString(text, ""), -1) {
		if p := s.named(strings.TrimPrefix(m, "@")); p != nil && !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	return found
}

// length counts as the real server does.
func length(text string) int {
	text = links.ReplaceAllString(text, strings.Repeat("x", linkLength))
	return uniseg.GraphemeClusterCount(handles.ReplaceAllString(text, "@$1"))
}

// publish takes in a post of the program.
func (s *Server) publish(c *call) (int, any) {
	var in struct {
		Text       string   `json:"status"`
		Media      []string `json:"media_ids"`
		ReplyTo    string   `json:"in_reply_to_id"`
		Visibility string   `json:"visibility"`
		Language   string   `json:"language"`
	}
	if !c.read(&in) {
		return refuse(http.StatusBadRequest, "unreadable")
	}
	key := c.Header.Get("Idempotency-Key")
	if id := s.keys[c.who.id+" "+key]; key != "" && id != "" && !s.o.ForgetsKey {
		return http.StatusOK, s.seen(s.status(id))
	}
	if status, words := s.wrong(c.who, in.Text, in.ReplyTo, in.Media); status != 0 {
		return refuse(status, words)
	}
	t := &Status{
		ID: s.next(), Text: strings.TrimSpace(in.Text), ReplyTo: in.ReplyTo, Visibility: in.Visibility, Language: in.Language,
		At: s.Now(), author: c.who.id, app: "Peyk", files: in.Media,
	}
	for _, id := range in.Media {
		s.files[id].attached = true
	}
	s.keep(t)
	s.keys[c.who.id+" "+key] = t.ID
	return http.StatusOK, s.seen(t)
}

// wrong tells what keeps a post from being taken, in the real server's words.
func (s *Server) wrong(by *person, text, replyTo string, media []string) (status int, words string) {
	const no = http.StatusUnprocessableEntity
	sound := 0
	for _, id := range media {
		f, ok := s.files[id]
		switch {
		case !ok || f.owner != by.id || f.attached:
			return no, "Validation failed: Media " + id + " not found or already attached to another post"
		case f.looks > 0:
			return no, "Cannot attach files that have not finished processing. Try again in a moment!"
		case !strings.HasPrefix(f.mime, "image/"):
			sound++
		}
	}
	switch {
	case len(media) > s.o.Files:
		return no, "Cannot attach more than 4 files"
	case len(media) > 1 && sound > 0:
		return no, "Cannot attach a video to a post that already contains images"
	case strings.TrimSpace(text) == "" && len(media) == 0:
		return no, "Validation failed: Text can't be blank"
	case length(text) > s.o.Characters:
		return no, "Validation failed: Text character limit of 500 exceeded"
	case replyTo != "" && s.status(replyTo) == nil:
		return http.StatusNotFound, "The post you are trying to reply to does not appear to exist."
	}
	return 0, ""
}

// format writes a text as the real server does: paragraphs, breaks, addresses that
// are cut for the eye, and mentions without their servers.
func (s *Server) format(text string) string {
	if text == "" {
		return ""
	}
	var b strings.Builder
	at := 0
	for _, m := range links.FindAllStringIndex(text, -1) {
		b.WriteString(s.names(text[at:m[0]]))
		address := text[m[0]:m[1]]
		scheme, rest, _ := strings.Cut(address, "://")
		seen, hidden := rest, ""
		if r := []rune(rest); len(r) > 30 {
			seen, hidden = string(r[:30]), string(r[30:])
		}
		b.WriteString(`<a href="` + html.EscapeString(address) + `" target="_blank" rel="nofollow noopener" translate="no"><span class="invisible">` +
			scheme + `://</span><span class="ellipsis">` + html.EscapeString(seen) + `</span><span class="invisible">` + html.EscapeString(hidden) + `</span></a>`)
		at = m[1]
	}
	b.WriteString(s.names(text[at:]))
	out := strings.ReplaceAll(b.String(), "\r\n", "\n")
	out = "<p>" + regexp.MustCompile(`\n{2,}`).ReplaceAllString(out, "</p><p>") + "</p>"
	return strings.ReplaceAll(out, "\n", "<br />")
}

func (s *Server) names(text string) string {
	text = html.EscapeString(text)
	text = handles.ReplaceAllStringFunc(text, func(m string) string {
		p := s.named(strings.TrimPrefix(m, "@"))
		if p == nil {
			return m
		}
		return `<span class="h-card" translate="no"><a href="` + s.page("/@"+p.acct) + `" class="u-url mention">@<span>` + p.name + `</span></a></span>`
	})
	return hashtags.ReplaceAllStringFunc(text, func(m string) string {
		if strings.HasPrefix(m, "#39") || strings.HasPrefix(m, "#34") {
			return m // of an escaped sign
		}
		return `<a href="` + s.page("/tags/x") + `" class="mention hashtag" rel="tag">#<span>` + m[1:] + `</span></a>`
	})
}

// seen is a post as it is shown.
func (s *Server) seen(t *Status) map[string]any {
	const moment = "2006-01-02T15:04:05.000Z"
	author := s.person(func(p *person) bool { return p.id == t.author })
	files, mentions := []any{}, []any{}
	for _, id := range t.files {
		files = append(files, s.attachment(s.files[id]))
	}
	for _, p := range s.mentioned(t.Text) {
		mentions = append(mentions, map[string]any{"id": p.id, "username": p.name, "acct": p.acct, "url": s.page("/@" + p.acct)})
	}
	seen := map[string]any{
		"id": t.ID, "uri": s.page("/users/" + author.acct + "/statuses/" + t.ID), "url": s.page("/@" + author.acct + "/" + t.ID),
		"created_at": t.At.UTC().Format(moment), "edited_at": nil, "account": s.shown(author), "content": s.format(t.Text),
		"visibility": t.Visibility, "sensitive": t.Warning != "", "spoiler_text": t.Warning, "language": nil, "in_reply_to_id": nil,
		"in_reply_to_account_id": nil, "media_attachments": files, "mentions": mentions, "tags": []any{}, "emojis": []any{},
		"favourites_count": t.likes, "reblogs_count": t.boosts, "replies_count": s.replies(t.ID), "quotes_count": 0,
		"reblog": nil, "card": nil, "poll": nil,
	}
	if !t.Edited.IsZero() {
		seen["edited_at"] = t.Edited.UTC().Format(moment)
	}
	if t.ReplyTo != "" {
		seen["in_reply_to_id"] = t.ReplyTo
		if parent := s.status(t.ReplyTo); parent != nil {
			seen["in_reply_to_account_id"] = parent.author
		}
	}
	if !s.o.NoIDs && !author.remote {
		seen["application"] = map[string]any{"name": t.app, "website": nil}
	}
	return seen
}

func (s *Server) replies(id string) int {
	n := 0
	for _, t := range s.statuses {
		if t.ReplyTo == id && !t.deleted {
			n++
		}
	}
	return n
}
