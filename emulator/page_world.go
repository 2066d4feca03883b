package emulator

import (
	"net/http"
	"sort"
)

// pageWorld is everything around the chats.
type pageWorld struct {
	Rev    int64                 `json:"rev"`
	Lang   string                `json:"lang"`
	Bot    pageBot               `json:"bot"`
	Clock  *ClockFace            `json:"clock"`
	Faults map[string]bool       `json:"faults"`
	Alive  bool                  `json:"bot_alive"`
	People []pagePerson          `json:"people"`
	Chats  map[string][]chatHead `json:"chats"`
	Tour   tour                  `json:"tour"`
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
	Blocked  bool              `json:"blocked"`
}

// chatHead is a line of somebody's list of chats.
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

type chatLast struct {
	Text string `json:"text"`
	Kind string `json:"kind"`
	Date int64  `json:"date"`
	From string `json:"from"`
}

func (p *Page) world(*http.Request) (any, error) {
	w := pageWorld{Lang: p.o.Lang, Alive: true, Chats: map[string][]chatHead{}, Faults: p.e.Switches(), Tour: p.e.tourNow()}
	if c := p.o.Control; c != nil {
		face := c.Clock()
		w.Clock, w.Alive = &face, c.Alive()
	}
	p.e.mu.Lock()
	defer p.e.mu.Unlock()
	w.Rev, w.Bot = p.e.rev, pageBot{p.e.bot.ID, p.e.profileName(), p.e.bot.Username}
	phones := map[int64]bool{}
	for _, owner := range p.o.People {
		for _, u := range p.e.users {
			if u.Username == owner.Username {
				phones[u.ID] = true
				w.People = append(w.People, personOn(u, owner.About, true))
			}
		}
	}
	for _, id := range p.e.people() {
		if !phones[id] {
			w.People = append(w.People, personOn(p.e.users[id], map[string]string{}, false))
		}
		w.Chats[itoa(id)] = p.heads(id)
	}
	return w, nil
}

func personOn(u *user, about map[string]string, phone bool) pagePerson {
	return pagePerson{ID: u.ID, Name: u.Name(), Username: u.Username, Lang: u.LanguageCode, About: about, Phone: phone, Blocked: u.blocked}
}

// people are the ids of everybody with a phone, in the order they came. The lock is held.
func (e *Emulator) people() []int64 {
	var ids []int64
	for id, u := range e.users {
		if !u.IsBot && e.chats[id] != nil {
			ids = append(ids, id)
		}
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	return ids
}

// heads are somebody's chats: the one with the bot, and the groups and channels they are in, the busiest first. The lock is held.
func (p *Page) heads(as int64) []chatHead {
	list := []chatHead{p.head(as, p.e.chats[as])}
	for _, ch := range p.e.chats {
		if ch.Type != Private && ch.members[as].isIn() {
			list = append(list, p.head(as, ch))
		}
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if (a.Last == nil) != (b.Last == nil) {
			return a.Last != nil
		}
		if a.Last != nil && a.Last.Date != b.Last.Date {
			return a.Last.Date > b.Last.Date
		}
		return a.ID > b.ID
	})
	return list
}

func (p *Page) head(as int64, ch *chat) chatHead {
	h := chatHead{ID: ch.ID, Type: ch.Type, Title: ch.Title, Username: ch.Username, Linked: ch.linked, Unread: p.unread(as, ch)}
	if n := len(ch.messages); n > 0 {
		last := ch.messages[n-1]
		h.Last = &chatLast{Text: cutTo(last.Words(), 120), Kind: last.MediaKind(), Date: last.Date, From: signature(last)}
	}
	if ch.Type == Private {
		h.Title, h.Username, h.Member, h.CanWrite = p.e.profileName(), p.e.bot.Username, true, true
		return h
	}
	me := ch.members[as]
	h.Member, h.BotAdmin = me.isIn(), ch.members[p.e.bot.ID].isAdmin()
	h.CanWrite = me.isAdmin() || me.isIn() && ch.isGroup()
	for _, m := range ch.members {
		if m.isIn() {
			h.Subscribers++
		}
	}
	return h
}

func (p *Page) unread(as int64, ch *chat) int {
	p.mu.Lock()
	read := p.read[[2]int64{as, ch.ID}]
	p.mu.Unlock()
	n := 0
	for i := len(ch.messages) - 1; i >= 0 && ch.messages[i].ID > read; i-- {
		if m := ch.messages[i]; m.From == nil || m.From.ID != as {
			n++
		}
	}
	return n
}

func signature(m *Message) string {
	switch {
	case m.SenderChat != nil:
		return m.SenderChat.Title
	case m.From != nil:
		return m.From.Name()
	}
	return ""
}

// cutTo is the first n characters of a text.
func cutTo(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// tour is how far the guided tour of the page has come.
type tour struct {
	Step    int  `json:"step"`
	Of      int  `json:"of"`
	Skipped bool `json:"skipped"`
}

const tourSteps = 6

func (e *Emulator) tourNow() tour {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.tour
	t.Step, t.Of = max(t.Step, 1), tourSteps
	return t
}

func (p *Page) doTour(_ *http.Request, d *did) (any, error) {
	t := p.e.tourNow()
	switch d.Do {
	case "next":
		t.Step = min(t.Step+1, tourSteps+1)
	case "back":
		t.Step = max(t.Step-1, 1)
	case "skip":
		t.Skipped = true
	case "again":
		t = tour{Step: 1, Of: tourSteps}
	default:
		return nil, errBad
	}
	p.e.do(func() { p.e.tour = t })
	return t, nil
}
