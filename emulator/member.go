package emulator

import (
	"sort"
	"strconv"
)

// States of a member, as the Bot API calls them.
const (
	Creator       = "creator"
	Administrator = "administrator"
	Ordinary      = "member"
	Restricted    = "restricted"
	Left          = "left"
	Banned        = "kicked"
)

// member is how an account stands in a chat.
type member struct {
	Status    string
	Rights    []string // of an administrator: "can_post_messages" …
	Anonymous bool
	Title     string
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func (m *member) isIn() bool { return m != nil && m.Status != Left && m.Status != Banned }

func (m *member) isAdmin() bool {
	return m != nil && (m.Status == Administrator || m.Status == Creator)
}

// can says whether a member holds a right; the creator holds all.
func (m *member) can(right string) bool {
	if m == nil || !m.isAdmin() {
		return false
	}
	if m.Status == Creator {
		return true
	}
	for _, r := range m.Rights {
		if r == right {
			return true
		}
	}
	return false
}

// commonRights are in every administrator's record; channelRights and groupRights are added by kind of chat (Bot API,
// ChatMemberAdministrator).
func commonRights() []string {
	return []string{"can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
		"can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories",
		"can_delete_stories", "can_send_welcome_messages"}
}

func kindRights(kind string) []string {
	if kind == Broadcast {
		return []string{"can_post_messages", "can_edit_messages", "can_manage_direct_messages"}
	}
	return []string{"can_pin_messages", "can_manage_topics", "can_manage_tags"}
}

// AllRights are all rights an administrator can hold in a kind of chat.
func AllRights(kind string) []string { return append(commonRights(), kindRights(kind)...) }

// memberJSON is a ChatMember object.
func memberJSON(kind string, u User, m *member) map[string]any {
	if m == nil {
		m = &member{Status: Left}
	}
	out := map[string]any{"status": m.Status, "user": u}
	switch m.Status {
	case Creator:
		out["is_anonymous"] = m.Anonymous
	case Administrator:
		out["is_anonymous"], out["can_be_edited"] = m.Anonymous, false
		for _, r := range AllRights(kind) {
			out[r] = m.can(r)
		}
		out["can_manage_chat"] = true
	case Banned:
		out["until_date"] = 0
	case Restricted:
		restrictedJSON(out)
	}
	if m.Title != "" && m.isAdmin() {
		out["custom_title"] = m.Title
	}
	return out
}

func restrictedJSON(out map[string]any) {
	for _, p := range []string{"can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos",
		"can_send_videos", "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
		"can_add_web_page_previews", "can_react_to_messages", "can_edit_tag", "can_change_info", "can_invite_users",
		"can_pin_messages", "can_manage_topics"} {
		out[p] = false
	}
	out["is_member"], out["until_date"] = true, 0
}

// setMember changes how an account stands in a chat and tells the bot, if it is to be told.
func (e *Emulator) setMember(ch *chat, by, who User, now member, link *InviteLink) {
	old := ch.members[who.ID]
	change := map[string]any{
		"chat": ch.Chat, "from": by, "date": e.clock.Now().Unix(),
		"old_chat_member": memberJSON(ch.Type, who, old), "new_chat_member": memberJSON(ch.Type, who, &now),
	}
	if link != nil {
		change["invite_link"] = link
	}
	ch.members[who.ID] = &now
	ch.rev++
	switch {
	case who.ID == e.bot.ID:
		e.push("my_chat_member", ch.ID, change)
	case ch.members[e.bot.ID].isAdmin():
		e.push("chat_member", ch.ID, change)
	}
}

// sortedMembers gives the ids of a chat's members in a steady order.
func (ch *chat) sortedMembers() []int64 {
	ids := make([]int64, 0, len(ch.members))
	for id := range ch.members {
		ids = append(ids, id)
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	return ids
}

func getChatMember(e *Emulator, c *call) (any, error) {
	ch, err := e.chatOf(c, "chat_id")
	if err != nil {
		return nil, err
	}
	if err := e.readable(ch); err != nil {
		return nil, err
	}
	u := e.users[c.int("user_id", 0)]
	if u == nil {
		return nil, badRequest("invalid user_id specified")
	}
	if ch.Type == Private {
		return memberJSON(ch.Type, u.User, &member{Status: Ordinary}), nil
	}
	m := ch.members[u.ID]
	if ch.Type == Broadcast && !ch.members[e.bot.ID].isAdmin() && u.ID != e.bot.ID {
		return nil, badRequest("member list is inaccessible")
	}
	return memberJSON(ch.Type, u.User, m), nil
}

func getChatMemberCount(e *Emulator, c *call) (any, error) {
	ch, err := e.chatOf(c, "chat_id")
	if err != nil {
		return nil, err
	}
	if err := e.readable(ch); err != nil {
		return nil, err
	}
	if ch.Type == Private {
		return 2, nil
	}
	return ch.size(), nil
}

func getChatAdministrators(e *Emulator, c *call) (any, error) {
	ch, err := e.chatOf(c, "chat_id")
	if err != nil {
		return nil, err
	}
	if ch.Type == Private {
		return nil, badRequest("there are no administrators in the private chat")
	}
	if err := e.readable(ch); err != nil {
		return nil, err
	}
	out := []any{}
	for _, id := range ch.sortedMembers() {
		m := ch.members[id]
		if m.isAdmin() && (!e.users[id].IsBot || id == e.bot.ID) {
			out = append(out, memberJSON(ch.Type, e.users[id].User, m))
		}
	}
	return out, nil
}

func leaveChat(e *Emulator, c *call) (any, error) {
	ch, err := e.chatOf(c, "chat_id")
	if err != nil {
		return nil, err
	}
	if ch.Type == Private {
		return nil, badRequest("chat not found")
	}
	if err := e.readable(ch); err != nil {
		return nil, err
	}
	e.setMember(ch, e.bot, e.bot, member{Status: Left}, nil)
	return true, nil
}
