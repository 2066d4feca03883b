package emulator

import "strings"

// Ids of the accounts that Telegram itself uses in groups (tdlib names them in its source; ids of production).
const (
	ServiceNotifications = 777000     // "from" of automatic forwards of channel posts
	GroupAnonymousBot    = 1087968824 // "from" of what anonymous admins write
	ChannelBot           = 136817688  // "from" of what people write as a channel
)

// User is a person or a bot, in the Bot API's form.
type User struct {
	ID           int64  `json:"id"`
	IsBot        bool   `json:"is_bot"`
	FirstName    string `json:"first_name"`
	LastName     string `json:"last_name,omitempty"`
	Username     string `json:"username,omitempty"`
	LanguageCode string `json:"language_code,omitempty"`
}

// Name is what a chat list shows: first and last name.
func (u User) Name() string { return strings.TrimSpace(u.FirstName + " " + u.LastName) }

// user is an account and how it stands with the bot.
type user struct {
	User
	started     bool
	blocked     bool
	deactivated bool
}

func (e *Emulator) addServiceUsers() {
	for _, u := range []User{
		{ID: ServiceNotifications, FirstName: "Telegram"},
		{ID: GroupAnonymousBot, IsBot: true, FirstName: "Group", Username: "GroupAnonymousBot"},
		{ID: ChannelBot, IsBot: true, FirstName: "Channel", Username: "Channel_Bot"},
	} {
		e.users[u.ID] = &user{User: u}
	}
}

// AddUser adds a person and gives the phone on which the chat with the bot is open. Without an id the person gets the next free
// one. The bot cannot write to somebody who never wrote to it.
func (e *Emulator) AddUser(u User) *Phone {
	var p *Phone
	e.do(func() {
		if u.ID == 0 {
			u.ID = 5_000_000_000 + e.count("user")
		}
		if u.FirstName == "" {
			u.FirstName = u.Username
		}
		account := &user{User: u}
		e.users[u.ID] = account
		room := newChat(Chat{ID: u.ID, Type: Private, FirstName: u.FirstName, LastName: u.LastName, Username: u.Username})
		e.chats[u.ID] = room
		p = &Phone{e: e, user: account, chat: room}
	})
	return p
}

// PhoneOf finds a person by username and gives the phone on the chat with the bot; false when nobody has that name.
func (e *Emulator) PhoneOf(username string) (*Phone, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, u := range e.users {
		if u.Username == username && e.chats[u.ID] != nil {
			return &Phone{e: e, user: u, chat: e.chats[u.ID]}, true
		}
	}
	return nil, false
}
