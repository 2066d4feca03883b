package emulator

import (
	"strings"
	"time"
)

// Kinds of chats.
const (
	Private    = "private"
	Group      = "group"
	Supergroup = "supergroup"
	Broadcast  = "channel"
)

// Chat is a conversation, in the Bot API's form.
type Chat struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"`
	Title     string `json:"title,omitempty"`
	Username  string `json:"username,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
}

// chat is a conversation with its members and messages.
type chat struct {
	Chat
	members    map[int64]*member
	messages   []*Message // oldest first; a message is replaced, never changed
	linked     int64      // channel: its discussion group; group: its channel
	migratedTo int64
	pinned     []int64
	reactions  map[int64]map[int64]string // message → user → emoji
	action     string                     // last chat action
	acted      time.Time                  // when, by the network's clock
	menu       json
	seen       map[int64]int64 // person → newest message the person has had on the screen
	rev        int64           // grows with every change that phones show
}

func newChat(c Chat) *chat {
	return &chat{Chat: c, members: map[int64]*member{}, reactions: map[int64]map[int64]string{}, seen: map[int64]int64{}}
}

func (ch *chat) isGroup() bool { return ch.Type == Group || ch.Type == Supergroup }

// find gives a message that is still there and its place; place -1 when it is not.
func (ch *chat) find(id int64) (*Message, int) {
	for i := len(ch.messages) - 1; i >= 0; i-- {
		if ch.messages[i].ID == id {
			return ch.messages[i], i
		}
	}
	return nil, -1
}

func (ch *chat) replace(m *Message) {
	if _, i := ch.find(m.ID); i >= 0 {
		ch.messages[i] = m
		ch.rev++
	}
}

func (ch *chat) remove(id int64) bool {
	_, i := ch.find(id)
	if i < 0 {
		return false
	}
	ch.messages = append(ch.messages[:i:i], ch.messages[i+1:]...)
	ch.rev++
	return true
}

// nextMessage gives an id for a new message: supergroups and channels count for themselves, all private chats and basic groups
// of a bot share one sequence.
func (e *Emulator) nextMessage(ch *chat) int64 {
	if ch.Type == Supergroup || ch.Type == Broadcast {
		return e.count("message of " + itoa(ch.ID))
	}
	return e.count("message")
}

// kindWord is how Telegram's errors call a kind of chat.
func (ch *chat) kindWord() string {
	if ch.Type == Broadcast {
		return "channel chat"
	}
	return strings.ToLower(ch.Type) + " chat"
}

// writable says whether the bot may send to a chat now, and if not, in Telegram's words.
func (e *Emulator) writable(ch *chat) error {
	if ch.Type == Private {
		return writableUser(e.users[ch.ID])
	}
	m := ch.members[e.bot.ID]
	switch {
	case m == nil || m.Status == Left:
		return forbidden("bot is not a member of the %s", ch.kindWord())
	case m.Status == Banned:
		return forbidden("bot was kicked from the %s", ch.kindWord())
	case ch.Type == Broadcast && !m.can("can_post_messages"):
		return badRequest("need administrator rights in the channel chat")
	case m.Status == Restricted:
		return badRequest("not enough rights to send text messages to the chat")
	}
	return nil
}

func writableUser(u *user) error {
	switch {
	case u == nil:
		return badRequest("chat not found")
	case u.deactivated:
		return forbidden("user is deactivated")
	case u.blocked:
		return forbidden("bot was blocked by the user")
	case !u.started:
		return forbidden("bot can't initiate conversation with a user")
	}
	return nil
}

// readable says whether the bot may look at a chat at all.
func (e *Emulator) readable(ch *chat) error {
	m := ch.members[e.bot.ID]
	if ch.Type == Private || (m != nil && m.isIn()) {
		return nil
	}
	if m != nil && m.Status == Banned {
		return forbidden("bot was kicked from the %s", ch.kindWord())
	}
	if ch.Username != "" {
		return nil // public chats may be looked at from outside
	}
	return forbidden("bot is not a member of the %s", ch.kindWord())
}
