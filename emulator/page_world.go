package emulator

import (
	"cmp"
	"net/http"
	"slices"
)

// pageWorld is what the page shows around the chats.
type pageWorld struct {
	Rev    int64                `json:"rev"`
	Lang   string               `json:"lang"`
	Bot    pageBot              `json:"bot"`
	Clock  *ClockFace           `json:"clock"`
	Faults map[string]bool      `json:"faults"`
	Alive  bool                 `json:"bot_alive"`
	People []pagePerson         `json:"people"`
	Chats  map[int64][]chatHead `json:"chats"`
	Tour   *tour                `json:"tour"`
	Sky    bool                 `json:"sky"` // this world has a Bluesky
}

type pageBot struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Username string `json:"username"`
}

type pagePerson struct {
	ID       int64             `json:"id"`
	Name     string            `json:"name"`
	Username string            `json:"username"`
	Lang     string            `json:"lang"`
	About    map[string]string `json:"about"`
	Phone    bool              `json:"phone"`
	Blocked  bool              `json:"blocked"` // the bot, by this person
}

// chatHead is a line of a chat list.
type chatHead struct {
	ID          int64     `json:"id"`
	Type        string    `json:"type"`
	Title       string    `json:"title"`
	Username    string    `json:"username"`
	Member      bool      `json:"member"`
	CanWrite    bool      `json:"can_write"`
	BotAdmin    bool      `json:"bot_admin"`
	Linked      int64     `json:"linked"`
	Last        *chatLast `json:"last"`
	Unread      int       `json:"unread"`
	Subscribers int       `json:"subscribers"`
}

// chatLast is the newest message of a chat in one line.
type chatLast struct {
	ID   int64  `json:"id"`
	Text string `json:"text"`
	Kind string `json:"kind"` // of the attachment, or "service"
	Date int64  `json:"date"`
	From string `json:"from"`
	Out  bool   `json:"out"`
}

const previewRunes = 160

func (g *Page) world(w http.ResponseWriter, _ *http.Request) {
	g.reply(w, http.StatusOK, g.wholeWorld())
}

// wholeWorld asks the control before it takes the lock: the control has locks of its own.
func (g *Page) wholeWorld() pageWorld {
	clock, faults, alive := g.clockFace(), g.switches(), g.alive()
	g.e.mu.Lock()
	defer g.e.mu.Unlock()
	out := g.scene()
	out.Clock, out.Faults, out.Alive = clock, faults, alive
	return out
}

// scene is the world without what the control knows. The lock is held.
func (g *Page) scene() pageWorld {
	e := g.e
	out := pageWorld{Rev: e.rev, Lang: g.opts.Lang, Bot: pageBot{e.bot.ID, e.profileName(""), e.bot.Username},
		People: g.people(), Chats: map[int64][]chatHead{}, Tour: g.tourNow(), Sky: g.opts.Sky != nil}
	for _, person := range out.People {
		out.Chats[person.ID] = e.heads(person.ID)
	}
	return out
}

// people are all persons of the world: those with a phone in the order of the options, then the others by id.
func (g *Page) people() []pagePerson {
	place := map[string]int{}
	for i, p := range g.opts.People {
		place[p.Username] = i
	}
	out := []pagePerson{}
	for id, u := range g.e.users {
		if u.IsBot || u.deactivated || g.e.chats[id] == nil {
			continue
		}
		i, named := place[u.Username]
		one := pagePerson{ID: id, Name: u.Name(), Username: u.Username, Lang: u.LanguageCode, Phone: named || len(place) == 0,
			Blocked: u.blocked, About: map[string]string{}}
		if named {
			one.About = g.opts.People[i].About
		}
		out = append(out, one)
	}
	rank := func(p pagePerson) int {
		if i, named := place[p.Username]; named {
			return i
		}
		return len(place)
	}
	slices.SortFunc(out, func(a, b pagePerson) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.ID, b.ID)) })
	return out
}

// heads is a person's chat list, the chat with the newest message first.
func (e *Emulator) heads(person int64) []chatHead {
	out := []chatHead{}
	for _, ch := range e.chats {
		if ch.ID == person || ch.Type != Private && ch.members[person].isIn() && ch.migratedTo == 0 {
			out = append(out, e.head(person, ch))
		}
	}
	slices.SortFunc(out, func(a, b chatHead) int {
		return cmp.Or(cmp.Compare(b.Last.date(), a.Last.date()), cmp.Compare(b.ID, a.ID))
	})
	return out
}

func (l *chatLast) date() int64 {
	if l == nil {
		return 0
	}
	return l.Date
}

func (e *Emulator) head(person int64, ch *chat) chatHead {
	h := chatHead{ID: ch.ID, Type: ch.Type, Title: ch.Title, Username: ch.Username, Member: ch.members[person].isIn(),
		CanWrite: mayWrite(person, ch), BotAdmin: ch.members[e.bot.ID].isAdmin(), Linked: ch.linked,
		Unread: unread(person, ch), Subscribers: ch.size()}
	if ch.Type == Private {
		h.Title, h.Username, h.Member = e.profileName(e.users[person].LanguageCode), e.bot.Username, true
	}
	if n := len(ch.messages); n > 0 {
		h.Last = last(person, ch.messages[n-1])
	}
	return h
}

// size counts who is in a group or channel.
func (ch *chat) size() int {
	n := 0
	for _, m := range ch.members {
		if m.isIn() {
			n++
		}
	}
	return n
}

func unread(person int64, ch *chat) int {
	n := 0
	for i := len(ch.messages) - 1; i >= 0 && ch.messages[i].ID > ch.seen[person]; i-- {
		if !isOut(person, ch.messages[i]) {
			n++
		}
	}
	return n
}

func last(person int64, m *Message) *chatLast {
	l := &chatLast{ID: m.ID, Text: m.Words(), Kind: m.MediaKind(), Date: m.Date, Out: isOut(person, m)}
	if r := []rune(l.Text); len(r) > previewRunes {
		l.Text = string(r[:previewRunes]) + "…"
	}
	if m.isService() {
		l.Kind = "service"
	}
	switch {
	case m.SenderChat != nil:
		l.From = m.SenderChat.Title
	case m.From != nil:
		l.From = m.From.Name()
	}
	return l
}

// isOut says whether a person wrote a message and is named as its author; posts of a channel are the channel's.
func isOut(person int64, m *Message) bool {
	return m.SenderChat == nil && m.From != nil && m.From.ID == person
}
