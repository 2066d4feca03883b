package bot

import (
	"encoding/json"
	"strings"
	"time"

	"peyk/social"
)

// Ids under which Telegram shows messages that no person wrote: its own service
// account, an anonymous group admin, and a channel that writes in a group (Bot
// API 10.3, User). None of them ever has a right.
const (
	TelegramID  = 777000
	AnonymousID = 1087968824
	ChannelID   = 136817688
)

// The types of chats.
const (
	Private    = "private"
	Group      = "group"
	Supergroup = "supergroup"
	Channel    = "channel"
)

// An Update is what happened at Telegram, with only what Peyk uses. At most one
// of the pointers is set; none: a kind that Peyk does not know.
type Update struct {
	ID          int64
	Message     *Received
	Album       []*Received // all parts of the album that Message is the first of
	Edited      *Received
	ChannelPost *Received
	EditedPost  *Received
	Callback    *Callback
	MyMember    *MemberChange // about the bot itself
	Member      *MemberChange
	Reactions   *ReactionCount
}

// A User is an account at Telegram.
type User struct {
	ID           int64  `json:"id"`
	IsBot        bool   `json:"is_bot"`
	First        string `json:"first_name"`
	Last         string `json:"last_name"`
	Username     string `json:"username"`
	LanguageCode string `json:"language_code"` // of his app, IETF; may be empty
}

// Name is the full name as he gave it.
func (u User) Name() string {
	if u.Last == "" {
		return u.First
	}
	return u.First + " " + u.Last
}

// IsPerson tells whether a human being stands behind the account: not a bot, and
// none of Telegram's own service accounts.
func (u User) IsPerson() bool {
	switch u.ID {
	case 0, TelegramID, AnonymousID, ChannelID:
		return false
	}
	return !u.IsBot
}

// A Chat is where messages stand.
type Chat struct {
	ID       int64  `json:"id"`
	Type     string `json:"type"` // Private, Group, Supergroup or Channel
	Title    string `json:"title"`
	Username string `json:"username"`
	LinkedID int64  `json:"linked_chat_id"` // only from Client.Chat: a channel's discussion group, or the reverse
}

// IsGroup tells whether several people write in the chat.
func (c Chat) IsGroup() bool { return c.Type == Group || c.Type == Supergroup }

// A Received is a message as it came.
type Received struct {
	ID          int64
	Thread      int64 // message_thread_id: the topic, or the root of comments
	At          time.Time
	EditedAt    time.Time
	Chat        Chat
	From        User  // zero in channels
	SenderChat  *Chat // who wrote on behalf of a chat
	Text        social.Text
	Media       *social.Media // the file, without hash
	Other       string        // what else it is: sticker, poll, location, contact, video_note, dice, story, venue, game, service
	Group       string        // media_group_id: part of an album
	ReplyTo     *Received     // without its own ReplyTo
	Forward     *Origin
	AutoForward bool // a channel's post in its discussion group
	MigrateTo   int64
	MigrateFrom int64

	gone bool     // Telegram calls it inaccessible: only chat and id are known
	taps []string // what its buttons carry
}

// About is the id that the first button carries whose action begins so; 0: no
// button does. It says what a message of ours is about, and gives no right.
func (m *Received) About(action string) int64 {
	for _, data := range m.taps {
		if p, err := parseData(data); err == nil && strings.HasPrefix(p.action, action) {
			return p.id
		}
	}
	return 0
}

// An Origin is where a forwarded message came from. It is content, never
// identity.
type Origin struct {
	Type    string // user, hidden_user, chat, channel
	Name    string // of whom or what it came from
	Person  int64  // the id of a user who does not hide it
	Chat    int64  // of a channel or chat
	Message int64  // the post's id in that channel
	At      time.Time
}

// A Callback is a tap on a button. Telegram keeps it for 150 seconds.
type Callback struct {
	ID      string
	From    User
	Message *Received // nil: the button was on a message sent through inline mode
	Data    string    // anything: a client may send what it likes
}

// A ChatMember is somebody's standing in a chat. Raw is all that Telegram told.
type ChatMember struct {
	User   User            `json:"user"`
	Status string          `json:"status"` // creator, administrator, member, restricted, left, kicked
	Raw    json.RawMessage `json:"-"`
}

// In tells whether he is in the chat.
func (m ChatMember) In() bool {
	return m.Status == "creator" || m.Status == "administrator" || m.Status == "member" || m.Status == "restricted"
}

// A MemberChange tells that somebody's standing in a chat changed.
type MemberChange struct {
	Chat     Chat
	From     User // who did it
	At       time.Time
	Old, New ChatMember
}

// A ReactionCount is how often each reaction stands under a post, as of At.
type ReactionCount struct {
	Chat      Chat
	MessageID int64
	At        time.Time
	Counts    map[string]int // by emoji; "paid" and ids of custom emoji as well
}

// Key is what the update belongs to: updates with one key are handled one after
// the other. It is the chat when there is one (a private chat's id is the
// person's), else the person.
func (u Update) Key() int64 {
	switch {
	case u.Message != nil:
		return u.Message.Chat.ID
	case u.Edited != nil:
		return u.Edited.Chat.ID
	case u.ChannelPost != nil:
		return u.ChannelPost.Chat.ID
	case u.EditedPost != nil:
		return u.EditedPost.Chat.ID
	case u.Callback != nil && u.Callback.Message != nil:
		return u.Callback.Message.Chat.ID
	case u.Callback != nil:
		return u.Callback.From.ID
	case u.MyMember != nil:
		return u.MyMember.Chat.ID
	case u.Member != nil:
		return u.Member.Chat.ID
	case u.Reactions != nil:
		return u.Reactions.Chat.ID
	}
	return 0
}
