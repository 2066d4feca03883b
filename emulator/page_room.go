package emulator

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"
)

const maxTitle = 128 // of a channel

// join takes a person into a group or channel that is public or belongs to a channel that the person sees, or into any by an
// invitation link.
func (g *Page) join(p *Phone, d *deed) (answer, error) {
	room, invite, err := g.door(d)
	if err != nil {
		return nil, err
	}
	g.e.mu.Lock()
	m := room.chat.members[p.user.ID]
	g.e.mu.Unlock()
	switch {
	case m.isIn():
	case m != nil && m.Status == Banned:
		return nil, errNoRight
	default:
		room.Join(p, invite)
		p.In(room).Read()
	}
	return answer{"chat": room.ID()}, nil
}

// door finds the room that a deed names, by id or by a link, and the invitation that opens it.
func (g *Page) door(d *deed) (*Room, string, error) {
	e := g.e
	e.mu.Lock()
	defer e.mu.Unlock()
	if ch := e.chats[d.Chat]; ch != nil && ch.Type != Private {
		if e.sees(d.As, ch) {
			return &Room{e: e, chat: ch}, "", nil
		}
		return nil, "", errNoRight
	}
	link := cmp.Or(d.Link, d.Payload)
	if l := e.linkOf("https://" + bareLink(link)); l != nil && e.opens(l) {
		return &Room{e: e, chat: e.chats[l.chat]}, l.Link, nil
	}
	if ch := e.chatNamed("@" + nameIn(link)); ch != nil && ch.Username != "" {
		return &Room{e: e, chat: ch}, "", nil
	}
	if link == "" {
		return nil, "", errNoChat
	}
	return nil, "", errBadLink
}

// bareLink is a link as people also write it, without its scheme.
func bareLink(s string) string {
	return strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(s), "https://"), "http://")
}

// opens says whether an invitation still lets people in.
func (e *Emulator) opens(l *InviteLink) bool {
	return !l.Revoked && (l.Expires == 0 || e.clock.Now().Unix() < l.Expires)
}

// nameIn is the username of "@name", "t.me/name" or "https://t.me/name?…"; empty when there is none.
func nameIn(link string) string {
	if name, ok := strings.CutPrefix(link, "@"); ok {
		return name
	}
	u, err := url.Parse("https://" + bareLink(link))
	if err != nil || u.Host != "t.me" {
		return ""
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	return name
}

// invite makes a link that lets others in, for whoever may invite.
func (g *Page) invite(p *Phone, d *deed) (answer, error) {
	in, err := g.in(p, d.Chat)
	if err != nil {
		return nil, err
	}
	var link string
	g.e.do(func() {
		if in.chat.Type != Private && in.chat.members[p.user.ID].can("can_invite_users") {
			link = g.e.invitation(in.chat, p.user.User).Link
		}
	})
	if link == "" {
		return nil, errNoRight
	}
	return answer{"link": link}, nil
}

// leave takes a person out. The creator stays: a room without one cannot be managed.
func (g *Page) leave(p *Phone, d *deed) (answer, error) {
	in, err := g.in(p, d.Chat)
	if err != nil {
		return nil, err
	}
	g.e.mu.Lock()
	m := in.chat.members[p.user.ID]
	g.e.mu.Unlock()
	switch {
	case in.chat.Type == Private, m != nil && m.Status == Creator:
		return nil, errNoRight
	case !m.isIn():
		return nil, errNoChat
	}
	(&Room{e: g.e, chat: in.chat}).Leave(p)
	return nil, nil
}

// admin makes the bot an administrator with all rights, or takes them; only who may promote can do it.
func (g *Page) admin(p *Phone, d *deed) (answer, error) {
	in, err := g.in(p, d.Chat)
	if err != nil {
		return nil, err
	}
	g.e.mu.Lock()
	may := in.chat.members[p.user.ID].can("can_promote_members")
	g.e.mu.Unlock()
	if !may {
		return nil, errNoRight
	}
	room := &Room{e: g.e, chat: in.chat}
	if d.On {
		room.PromoteBot(p)
	} else {
		room.DemoteBot(p)
	}
	return nil, nil
}

// channel makes a channel that belongs to the person, with a group for its discussions.
func (g *Page) channel(p *Phone, d *deed) (answer, error) {
	title := strings.TrimSpace(clean(d.Title))
	if title == "" || len([]rune(title)) > maxTitle ||
		d.Username != "" && !regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{3,31}$`).MatchString(d.Username) {
		return nil, errBadName
	}
	var room *Room
	g.e.do(func() {
		if d.Username == "" || !g.e.isNamed(d.Username) {
			room = g.e.makeRoom(Broadcast, d.Username, title)
			group := g.e.makeRoom(Supergroup, "", title)
			room.chat.linked, group.chat.linked = group.chat.ID, room.chat.ID
			for _, made := range []*chat{room.chat, group.chat} {
				made.members[p.user.ID] = &member{Status: Creator}
			}
		}
	})
	if room == nil {
		return nil, errNameTaken
	}
	return answer{"chat": room.ID()}, nil
}

// isNamed says whether anybody or anything has a username. The lock is held.
func (e *Emulator) isNamed(name string) bool {
	for _, u := range e.users {
		if strings.EqualFold(u.Username, name) {
			return true
		}
	}
	return e.chatNamed("@"+name) != nil
}

// comment writes under a channel post; with reply it answers another comment there.
func (g *Page) comment(p *Phone, d *deed) (answer, error) {
	group, root, err := g.discussion(p, d.Channel, d.Post)
	if err != nil {
		return nil, err
	}
	g.e.mu.Lock()
	m := group.chat.members[p.user.ID]
	g.e.mu.Unlock()
	if m != nil && (m.Status == Banned || m.Status == Restricted) {
		return nil, errNoRight
	}
	if d.Reply == 0 {
		d.Reply = root.ID
	}
	a, err := group.write(d)
	if err != nil {
		return nil, err
	}
	a["chat"] = group.Chat()
	return a, nil
}
