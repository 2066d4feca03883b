package emulator

import (
	"fmt"
	"sort"
)

// Room is a group, supergroup or channel.
type Room struct {
	e    *Emulator
	chat *chat
}

// AddChannel makes a channel; a username makes it public.
func (e *Emulator) AddChannel(username, title string) *Room {
	return e.addRoom(Broadcast, username, title)
}

// AddSupergroup makes a supergroup; a username makes it public.
func (e *Emulator) AddSupergroup(username, title string) *Room {
	return e.addRoom(Supergroup, username, title)
}

// AddGroup makes a basic group, which may later become a supergroup: see Room.Migrate.
func (e *Emulator) AddGroup(title string) *Room { return e.addRoom(Group, "", title) }

func (e *Emulator) addRoom(kind, username, title string) *Room {
	var r *Room
	e.do(func() { r = e.makeRoom(kind, username, title) })
	return r
}

func (e *Emulator) makeRoom(kind, username, title string) *Room {
	id := -1_001_000_000_000 - e.count("room")
	if kind == Group {
		id = -4_000_000 - e.count("room")
	}
	ch := newChat(Chat{ID: id, Type: kind, Title: title, Username: username})
	e.chats[id] = ch
	return &Room{e: e, chat: ch}
}

// RoomOf finds a group or channel by username, or by title when it has none; false when there is none.
func (e *Emulator) RoomOf(name string) (*Room, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, ch := range e.chats {
		if ch.Type != Private && (ch.Username == name || ch.Username == "" && ch.Title == name) {
			return &Room{e: e, chat: ch}, true
		}
	}
	return nil, false
}

// ID is the chat id.
func (r *Room) ID() int64 { return r.chat.ID }

// Chat is the room in the Bot API's form.
func (r *Room) Chat() Chat { return r.chat.Chat }

// LinkGroup makes a supergroup the discussion group of a channel: from now on each post is forwarded there.
func (r *Room) LinkGroup(group *Room) {
	r.e.do(func() { r.chat.linked, group.chat.linked = group.chat.ID, r.chat.ID })
}

// AddOwner makes a person the creator.
func (r *Room) AddOwner(p *Phone) {
	r.e.do(func() { r.chat.members[p.user.ID] = &member{Status: Creator} })
}

// AddAdmin makes a person an administrator with the given rights, with all when none is named. Anonymous administrators write
// as the room.
func (r *Room) AddAdmin(p *Phone, anonymous bool, rights ...string) {
	r.e.do(func() {
		r.e.setMember(r.chat, p.user.User, p.user.User,
			member{Status: Administrator, Anonymous: anonymous, Rights: orAll(r.chat.Type, rights)}, nil)
	})
}

func orAll(kind string, rights []string) []string {
	if len(rights) == 0 {
		return AllRights(kind)
	}
	sort.Strings(rights)
	return rights
}

// Join lets a person in, by an invitation link of the bot when one is given ("": without).
func (r *Room) Join(p *Phone, link string) {
	r.e.do(func() {
		r.e.setMember(r.chat, p.user.User, p.user.User, member{Status: Ordinary}, r.e.linkOf(link))
	})
}

func (e *Emulator) linkOf(link string) *InviteLink {
	for _, l := range e.links {
		if l.Link == link {
			return l
		}
	}
	return nil
}

// Leave lets a person go.
func (r *Room) Leave(p *Phone) {
	r.e.do(func() { r.e.setMember(r.chat, p.user.User, p.user.User, member{Status: Left}, nil) })
}

// PromoteBot makes the bot an administrator, with the given rights ("can_post_messages" …) or with all when none is named. It
// also changes the rights of a bot that is one already.
func (r *Room) PromoteBot(by *Phone, rights ...string) {
	now := member{Status: Administrator, Rights: orAll(r.chat.Type, rights)}
	r.e.do(func() { r.e.setMember(r.chat, by.user.User, r.e.bot, now, nil) })
}

// DemoteBot takes all rights: in a group the bot stays as a member, in a channel it has to leave.
func (r *Room) DemoteBot(by *Phone) {
	now := member{Status: Ordinary}
	if r.chat.Type == Broadcast {
		now.Status = Left
	}
	r.e.do(func() { r.e.setMember(r.chat, by.user.User, r.e.bot, now, nil) })
}

// AddBot puts the bot into a group as an ordinary member.
func (r *Room) AddBot(by *Phone) {
	r.e.do(func() {
		r.e.setMember(r.chat, by.user.User, r.e.bot, member{Status: Ordinary}, nil)
		u := by.user.User
		r.e.hear(r.chat, r.e.post(r.chat, &Message{From: &u, NewMembers: []User{r.e.bot}}))
	})
}

// AddBotBy puts the bot into a group by a deep link (t.me/bot?startgroup=payload): it also gets /start@bot with the payload.
func (r *Room) AddBotBy(by *Phone, payload string) {
	r.AddBot(by)
	by.In(r).Say("/start@" + r.e.bot.Username + " " + payload)
}

// HasBot says whether the bot is in the room.
func (r *Room) HasBot() bool {
	r.e.mu.Lock()
	defer r.e.mu.Unlock()
	return r.chat.members[r.e.bot.ID].isIn()
}

// KickBot throws the bot out for good.
func (r *Room) KickBot(by *Phone) {
	r.e.do(func() { r.e.setMember(r.chat, by.user.User, r.e.bot, member{Status: Banned}, nil) })
}

// Post writes a text in a channel, as one of its administrators does.
func (r *Room) Post(text string) *Message {
	return (&Phone{e: r.e, user: r.e.users[r.e.bot.ID], chat: r.chat}).Say(text)
}

// Discussion is the copy of a channel post in the linked group; false when there is none.
func (r *Room) Discussion(post *Message) (*Message, bool) {
	r.e.mu.Lock()
	defer r.e.mu.Unlock()
	room := r.e.chats[r.chat.linked]
	if room == nil {
		return nil, false
	}
	for _, m := range room.messages {
		if m.AutoForward && m.ForwardMessageID == post.ID {
			return m, true
		}
	}
	return nil, false
}

// Group is the linked discussion group of a channel, or the channel of a group; false when nothing is linked.
func (r *Room) Group() (*Room, bool) {
	r.e.mu.Lock()
	defer r.e.mu.Unlock()
	ch := r.e.chats[r.chat.linked]
	return &Room{e: r.e, chat: ch}, ch != nil
}

// Migrate turns a basic group into a supergroup with a new id. The old id answers with migrate_to_chat_id from now on.
func (r *Room) Migrate() *Room {
	var to *Room
	r.e.do(func() {
		to = r.e.makeRoom(Supergroup, "", r.chat.Title)
		for id, m := range r.chat.members {
			to.chat.members[id] = m
		}
		r.e.hear(r.chat, r.e.post(r.chat, &Message{From: r.anyone(), MigrateTo: to.chat.ID}))
		r.chat.migratedTo = to.chat.ID
		r.e.hear(to.chat, r.e.post(to.chat, &Message{From: &r.e.users[GroupAnonymousBot].User, SenderChat: &to.chat.Chat, MigrateFrom: r.chat.ID}))
	})
	return to
}

func (r *Room) anyone() *User {
	for _, id := range r.chat.sortedMembers() {
		if u := r.e.users[id]; u != nil && !u.IsBot {
			copied := u.User
			return &copied
		}
	}
	return &r.e.users[ServiceNotifications].User
}

// React puts a person's reaction on a message of the open chat; an empty emoji takes it back. In channels the bot hears the
// counts, in groups also who reacted, if it is an administrator and asked for it.
func (p *Phone) React(m *Message, emoji string) error {
	var err error
	p.e.do(func() {
		if now, _ := p.chat.find(m.ID); now == nil {
			err = ErrGone
			return
		}
		p.react(m.ID, emoji)
	})
	return err
}

func (p *Phone) react(message int64, emoji string) {
	by := p.chat.reactions[message]
	if by == nil {
		by = map[int64]string{}
		p.chat.reactions[message] = by
	}
	p.chat.rev++
	was := by[p.user.ID]
	if by[p.user.ID] = emoji; emoji == "" {
		delete(by, p.user.ID)
	}
	if !p.chat.members[p.e.bot.ID].isAdmin() {
		return
	}
	where := map[string]any{"chat": p.chat.Chat, "message_id": message, "date": p.e.clock.Now().Unix()}
	if p.chat.Type == Broadcast {
		where["reactions"] = counts(by)
		p.e.push("message_reaction_count", p.chat.ID, where)
		return
	}
	where["user"], where["old_reaction"], where["new_reaction"] = p.user.User, reactionTypes(was), reactionTypes(emoji)
	p.e.push("message_reaction", p.chat.ID, where)
}

func reactionTypes(emoji string) []map[string]string {
	if emoji == "" {
		return []map[string]string{}
	}
	return []map[string]string{{"type": "emoji", "emoji": emoji}}
}

func counts(by map[int64]string) []map[string]any {
	n := map[string]int{}
	for _, emoji := range by {
		n[emoji]++
	}
	out := []map[string]any{}
	for emoji, total := range n {
		out = append(out, map[string]any{"type": reactionTypes(emoji)[0], "total_count": total})
	}
	sort.Slice(out, func(i, j int) bool { return fmt.Sprint(out[i]) < fmt.Sprint(out[j]) })
	return out
}
