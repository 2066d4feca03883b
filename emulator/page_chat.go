package emulator

import (
	"bytes"
	stdjson "encoding/json"
	"net/http"
	"path"
	"strings"
	"time"
)

// pageChat is a part of a chat as a phone shows it.
type pageChat struct {
	Rev      int64         `json:"rev"`
	ID       int64         `json:"id"`
	Head     chatHead      `json:"head"`
	Messages []pageMessage `json:"messages"`
	More     bool          `json:"more"`
	Pinned   []int64       `json:"pinned"`
	Commands []BotCommand  `json:"commands"`
	Typing   string        `json:"typing"`
	Blocked  bool          `json:"blocked"`
}

// pageMessage is a message with what only phones know of it.
type pageMessage struct {
	*Message
	Out       bool              `json:"out,omitempty"`
	Prompt    json              `json:"prompt,omitempty"`
	Mood      string            `json:"mood,omitempty"`
	Silent    bool              `json:"silent,omitempty"`
	Comments  *int              `json:"comments,omitempty"` // under a channel post with a discussion group
	Reactions map[string]string `json:"reactions,omitempty"`
}

// pageSize is how many messages a phone gets at once.
const pageSize = 50

func (p *Page) chat(r *http.Request) (any, error) {
	phone, err := p.phone(number(r, "as"), number(r, "chat"))
	if err != nil {
		return nil, err
	}
	p.e.mu.Lock()
	list := phone.chat.messages
	p.e.mu.Unlock()
	return p.part(r, phone, list), nil
}

// comments is the thread under a channel post, with the post's copy in the discussion group at its head.
func (p *Page) comments(r *http.Request) (any, error) {
	phone, err := p.phone(number(r, "as"), number(r, "channel"))
	if err != nil {
		return nil, err
	}
	group, head, err := p.thread(phone, number(r, "post"))
	if err != nil {
		return nil, err
	}
	p.e.mu.Lock()
	list := []*Message{head}
	for _, m := range group.messages {
		if m.ThreadID == head.ID {
			list = append(list, m)
		}
	}
	p.e.mu.Unlock()
	return p.part(r, &Phone{e: p.e, user: phone.user, chat: group}, list), nil
}

// thread finds the discussion group of a channel, and the copy of a post there.
func (p *Page) thread(phone *Phone, post int64) (*chat, *Message, error) {
	p.e.mu.Lock()
	defer p.e.mu.Unlock()
	group := p.e.chats[phone.chat.linked]
	if phone.chat.Type != Broadcast || group == nil {
		return nil, nil, errNoChat
	}
	for _, m := range group.messages {
		if m.AutoForward && m.ForwardMessageID == post {
			return group, m, nil
		}
	}
	return nil, nil, errNoThing
}

// part is the newest part of a list of messages, or what lies before a message. Looking at the newest reads them, unless somebody only peeks.
func (p *Page) part(r *http.Request, phone *Phone, list []*Message) pageChat {
	before, limit := number(r, "before"), int(number(r, "limit"))
	if limit < 1 || limit > 200 {
		limit = pageSize
	}
	commands := []BotCommand{}
	if phone.chat.Type == Private {
		commands = append(commands, p.e.Commands(phone.chat.ID, phone.User().LanguageCode)...)
	}
	p.e.mu.Lock()
	defer p.e.mu.Unlock()
	end := len(list)
	for before != 0 && end > 0 && list[end-1].ID >= before {
		end--
	}
	from := max(0, end-limit)
	c := pageChat{
		Rev: p.e.rev, ID: phone.chat.ID, More: from > 0, Messages: []pageMessage{}, Commands: commands,
		Pinned: append([]int64{}, phone.chat.pinned...), Blocked: phone.user.blocked && phone.chat.Type == Private,
	}
	for _, m := range list[from:end] {
		c.Messages = append(c.Messages, p.e.onPhone(phone, m))
	}
	if before == 0 && end > 0 && !r.Form.Has("peek") {
		p.mu.Lock()
		p.read[[2]int64{phone.user.ID, phone.chat.ID}] = phone.chat.messages[len(phone.chat.messages)-1].ID
		p.mu.Unlock()
	}
	c.Head, c.Typing = p.head(phone.user.ID, phone.chat), p.e.typing(phone.chat)
	return c
}

// actionLife is how long a chat shows what the bot is doing (Bot API, sendChatAction).
const actionLife = 5 * time.Second

// typing is what the bot is doing in a chat. The lock is held.
func (e *Emulator) typing(ch *chat) string {
	if ch.action == "" || e.network.Since(ch.acted) > actionLife {
		return ""
	}
	return ch.action
}

func (e *Emulator) onPhone(phone *Phone, m *Message) pageMessage {
	out := pageMessage{Message: m, Prompt: m.Prompt, Mood: m.Mood, Silent: m.Silent, Reactions: map[string]string{}}
	out.Out = m.From != nil && m.From.ID == phone.user.ID && m.SenderChat == nil
	for id, emoji := range phone.chat.reactions[m.ID] {
		out.Reactions[itoa(id)] = emoji
	}
	if group := e.chats[phone.chat.linked]; phone.chat.Type == Broadcast && group != nil {
		n := 0
		for _, g := range group.messages {
			if g.AutoForward && g.ForwardMessageID == m.ID {
				n = threadSize(group, g.ID)
			}
		}
		out.Comments = &n
	}
	return out
}

func threadSize(group *chat, thread int64) int {
	n := 0
	for _, m := range group.messages {
		if m.ThreadID == thread {
			n++
		}
	}
	return n
}

// MarshalJSON adds what phones know to the message of the Bot API.
func (m pageMessage) MarshalJSON() ([]byte, error) {
	type extra pageMessage // without this method
	known, err := stdjson.Marshal(m.Message)
	if err != nil {
		return nil, err
	}
	own := extra(m)
	own.Message = nil
	more, err := stdjson.Marshal(own)
	if err != nil || string(more) == "{}" {
		return known, err
	}
	return append(append(bytes.TrimSuffix(known, []byte("}")), ','), more[1:]...), nil
}

// file serves the bytes of a file that stands in some chat.
func (p *Page) file(w http.ResponseWriter, r *http.Request) {
	p.e.mu.Lock()
	f := p.e.files[r.PathValue("id")]
	p.e.mu.Unlock()
	if f == nil {
		tell(w, &pageError{http.StatusNotFound, "file", "There is no such file."})
		return
	}
	kind := f.Mime
	if shown := strings.HasPrefix(kind, "image/") && kind != "image/svg+xml" || strings.HasPrefix(kind, "video/") || strings.HasPrefix(kind, "audio/"); !shown {
		kind = "application/octet-stream"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "private, max-age=86400")
	if name := r.FormValue("name"); name != "" || kind == "application/octet-stream" {
		w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+escapeName(name, f))
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.Data))
}

func escapeName(name string, f *file) string {
	if name == "" {
		name = path.Base(f.path)
	}
	var b strings.Builder
	for _, c := range []byte(name) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(".-_", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteString("%" + strings.ToUpper(hexOf(c)))
	}
	return b.String()
}

func hexOf(c byte) string { return string([]byte{"0123456789abcdef"[c>>4], "0123456789abcdef"[c&15]}) }
