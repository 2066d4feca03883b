package emulator

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// pageChat is a piece of a chat as one phone shows it.
type pageChat struct {
	Rev         int64         `json:"rev"`
	ID          int64         `json:"id"`
	Head        chatHead      `json:"head"`
	Messages    []pageMessage `json:"messages"`
	More        bool          `json:"more"`
	Pinned      []int64       `json:"pinned"`
	Commands    []BotCommand  `json:"commands"`
	Typing      string        `json:"typing"`
	Blocked     bool          `json:"blocked"`
	Started     bool          `json:"started"`
	Description string        `json:"description"`
}

// pageMessage is a message with what phones show beyond what the bot hears.
type pageMessage struct {
	*Message
	Out       bool             `json:"out,omitempty"`
	Prompt    json             `json:"prompt,omitempty"`
	Mood      string           `json:"mood,omitempty"`
	Silent    bool             `json:"silent,omitempty"`
	Comments  *int             `json:"comments,omitempty"`  // of channel posts with a discussion
	Reactions map[int64]string `json:"reactions,omitempty"` // person → emoji
}

const (
	pageLimit    = 50
	maxPageLimit = 200
)

// number reads a whole number of the query; absent counts as 0.
func number(q url.Values, name string) (int64, error) {
	if q.Get(name) == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(q.Get(name), 10, 64)
	if err != nil {
		return 0, errBadRequest
	}
	return n, nil
}

// byViewer answers a GET about what somebody sees: the query names the person, and other things by the given names.
func (g *Page) byViewer(f func(w http.ResponseWriter, q url.Values, p *Phone, n []int64) error, names ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		as, _ := number(q, "as") // no number: nobody
		p, err := g.person(as)
		n := make([]int64, len(names))
		for i, name := range names {
			if err == nil {
				n[i], err = number(q, name)
			}
		}
		if err == nil {
			err = f(w, q, p, n)
		}
		if err != nil {
			g.refuse(w, p, err)
		}
	}
}

func (g *Page) chat(w http.ResponseWriter, q url.Values, p *Phone, n []int64) error {
	p, err := g.in(p, n[0])
	if err != nil {
		return err
	}
	if !p.visits() {
		return errNoChat
	}
	before, limit := n[1], cmp.Or(n[2], pageLimit)
	if limit < 1 || before < 0 {
		return errBadRequest
	}
	if before == 0 && !q.Has("peek") {
		p.Read()
	}
	g.reply(w, http.StatusOK, g.view(p, g.e.Messages(p.Chat()), before, int(min(limit, maxPageLimit))))
	return nil
}

// visits says whether the person may open the chat as a whole.
func (p *Phone) visits() bool {
	p.e.mu.Lock()
	defer p.e.mu.Unlock()
	return p.e.visits(p.user.ID, p.chat)
}

// view gives the newest messages before a message of a list.
func (g *Page) view(p *Phone, list []*Message, before int64, limit int) pageChat {
	e := g.e
	commands := []BotCommand{}
	if p.chat.Type == Private {
		commands = append(commands, e.Commands(p.chat.ID, p.User().LanguageCode)...)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	end := len(list)
	if before > 0 {
		end, _ = slices.BinarySearchFunc(list, before, func(m *Message, id int64) int { return cmp.Compare(m.ID, id) })
	}
	from := max(0, end-limit)
	ch := p.chat
	out := pageChat{Rev: e.rev, ID: ch.ID, Head: e.head(p.user.ID, ch), Messages: e.shown(p.user.ID, ch, list[from:end]), More: from > 0,
		Pinned: append([]int64{}, ch.pinned...), Commands: commands, Typing: e.typing(ch)}
	if ch.Type == Private {
		out.Blocked, out.Started, out.Description = p.user.blocked, p.user.started, e.description(p.user.LanguageCode)
	}
	return out
}

func (e *Emulator) description(lang string) string {
	return cmp.Or(e.profile.texts["description "+lang], e.profile.texts["description "])
}

// actionLife is how long a chat shows what the bot is doing (Bot API, sendChatAction).
const actionLife = 5 * time.Second

// typing is what the bot is doing in a chat right now.
func (e *Emulator) typing(ch *chat) string {
	if ch.action == "" || e.network.Since(ch.acted) > actionLife {
		return ""
	}
	return ch.action
}

// shown dresses messages for a person's phone.
func (e *Emulator) shown(person int64, ch *chat, list []*Message) []pageMessage {
	comments := e.commentCounts(ch)
	out := make([]pageMessage, len(list))
	for i, m := range list {
		out[i] = pageMessage{Message: m, Out: isOut(person, m), Prompt: m.Prompt, Mood: m.Mood, Silent: m.Silent,
			Reactions: maps.Clone(ch.reactions[m.ID])}
		if n, ok := comments[m.ID]; ok {
			out[i].Comments = &n
		}
	}
	return out
}

// commentCounts gives for each post of a channel that has a copy in the discussion group the number of its comments.
func (e *Emulator) commentCounts(ch *chat) map[int64]int {
	room := e.chats[ch.linked]
	if ch.Type != Broadcast || room == nil {
		return nil
	}
	posts, out := map[int64]int64{}, map[int64]int{}
	for _, m := range room.messages {
		if m.AutoForward {
			posts[m.ID] = m.ForwardMessageID
			out[m.ForwardMessageID] = 0
		} else if post, ok := posts[m.ThreadID]; ok {
			out[post]++
		}
	}
	return out
}

// Read marks what is in the open chat as seen by the person.
func (p *Phone) Read() {
	p.e.mu.Lock()
	defer p.e.mu.Unlock()
	n := len(p.chat.messages)
	if n == 0 || p.chat.seen[p.user.ID] >= p.chat.messages[n-1].ID {
		return
	}
	p.chat.seen[p.user.ID] = p.chat.messages[n-1].ID
	p.e.wake()
}

// comments shows the thread under a channel post as a chat: the post's copy first, then what was said.
func (g *Page) comments(w http.ResponseWriter, _ url.Values, p *Phone, n []int64) error {
	group, root, err := g.discussion(p, n[0], n[1])
	if err != nil {
		return err
	}
	thread := slices.DeleteFunc(g.e.Messages(group.Chat()), func(m *Message) bool { return m.ID != root.ID && m.ThreadID != root.ID })
	g.reply(w, http.StatusOK, g.view(group, thread, 0, max(1, len(thread))))
	return nil
}

// discussion opens the group in which a channel post is discussed, and finds the post's copy there.
func (g *Page) discussion(p *Phone, channel, post int64) (*Phone, *Message, error) {
	in, err := g.in(p, channel)
	if err != nil {
		return nil, nil, err
	}
	room := &Room{e: g.e, chat: in.chat}
	root, ok := room.Discussion(&Message{ID: post})
	if !ok || in.chat.Type != Broadcast {
		return nil, nil, errNoMessage
	}
	group, _ := room.Group()
	return p.In(group), root, nil
}
