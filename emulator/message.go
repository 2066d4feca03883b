package emulator

import "strings"

// Message is a message in the Bot API's form. What is handed out is a copy of one moment: a later edit makes a new Message.
type Message struct {
	ID              int64        `json:"message_id"`
	ThreadID        int64        `json:"message_thread_id,omitempty"`
	From            *User        `json:"from,omitempty"`
	SenderChat      *Chat        `json:"sender_chat,omitempty"`
	Date            int64        `json:"date"`
	Chat            Chat         `json:"chat"`
	Origin          *Origin      `json:"forward_origin,omitempty"`
	AutoForward     bool         `json:"is_automatic_forward,omitempty"`
	ReplyTo         *Message     `json:"reply_to_message,omitempty"`
	Quote           *Quote       `json:"quote,omitempty"`
	EditDate        int64        `json:"edit_date,omitempty"`
	Protected       bool         `json:"has_protected_content,omitempty"`
	MediaGroup      string       `json:"media_group_id,omitempty"`
	AuthorSignature string       `json:"author_signature,omitempty"`
	Text            string       `json:"text,omitempty"`
	Entities        []Entity     `json:"entities,omitempty"`
	LinkPreview     json         `json:"link_preview_options,omitempty"`
	Animation       *Attachment  `json:"animation,omitempty"`
	Audio           *Attachment  `json:"audio,omitempty"`
	Document        *Attachment  `json:"document,omitempty"`
	Photo           []Attachment `json:"photo,omitempty"`
	Video           *Attachment  `json:"video,omitempty"`
	Voice           *Attachment  `json:"voice,omitempty"`
	Caption         string       `json:"caption,omitempty"`
	CaptionEntities []Entity     `json:"caption_entities,omitempty"`
	CaptionAbove    bool         `json:"show_caption_above_media,omitempty"`
	Spoiler         bool         `json:"has_media_spoiler,omitempty"`
	NewMembers      []User       `json:"new_chat_members,omitempty"`
	LeftMember      *User        `json:"left_chat_member,omitempty"`
	MigrateTo       int64        `json:"migrate_to_chat_id,omitempty"`
	MigrateFrom     int64        `json:"migrate_from_chat_id,omitempty"`
	Pinned          *Message     `json:"pinned_message,omitempty"`
	Keyboard        *Keyboard    `json:"reply_markup,omitempty"`

	// Sent beside Origin for old clients (the server of 2026 still writes them; the documentation dropped them in Bot API 7.0).
	ForwardFrom      *User  `json:"forward_from,omitempty"`
	ForwardFromChat  *Chat  `json:"forward_from_chat,omitempty"`
	ForwardMessageID int64  `json:"forward_from_message_id,omitempty"`
	ForwardName      string `json:"forward_sender_name,omitempty"`
	ForwardDate      int64  `json:"forward_date,omitempty"`

	// What phones show and the bot does not hear of.
	Prompt json   `json:"-"` // a reply keyboard, its removal, or a ForceReply, as the bot sent it
	Silent bool   `json:"-"` // sent with disable_notification
	Mood   string `json:"-"` // the bot's own reaction to the message
}

// Origin is where a forwarded message comes from (MessageOrigin).
type Origin struct {
	Type            string `json:"type"` // user, hidden_user, chat, channel
	Date            int64  `json:"date"`
	User            *User  `json:"sender_user,omitempty"`
	UserName        string `json:"sender_user_name,omitempty"`
	SenderChat      *Chat  `json:"sender_chat,omitempty"`
	Chat            *Chat  `json:"chat,omitempty"`
	MessageID       int64  `json:"message_id,omitempty"`
	AuthorSignature string `json:"author_signature,omitempty"`
}

// Quote is the part of a message that a reply quotes.
type Quote struct {
	Text     string   `json:"text"`
	Entities []Entity `json:"entities,omitempty"`
	Position int      `json:"position"`
	Manual   bool     `json:"is_manual,omitempty"`
}

// Entity is a formatted part of a text; offset and length count UTF-16 units.
type Entity struct {
	Type          string `json:"type"`
	Offset        int    `json:"offset"`
	Length        int    `json:"length"`
	URL           string `json:"url,omitempty"`
	User          *User  `json:"user,omitempty"`
	Language      string `json:"language,omitempty"`
	CustomEmojiID string `json:"custom_emoji_id,omitempty"`
	UnixTime      int64  `json:"unix_time,omitempty"`
	TimeFormat    string `json:"date_time_format,omitempty"`
}

// Attachment is a file in a message: PhotoSize, Video, Animation, Document, Voice or Audio.
type Attachment struct {
	FileID    string      `json:"file_id"`
	UniqueID  string      `json:"file_unique_id"`
	Width     int         `json:"width,omitempty"`
	Height    int         `json:"height,omitempty"`
	Duration  *int        `json:"duration,omitempty"`
	Thumbnail *Attachment `json:"thumbnail,omitempty"`
	FileName  string      `json:"file_name,omitempty"`
	MimeType  string      `json:"mime_type,omitempty"`
	FileSize  int64       `json:"file_size,omitempty"`
}

// Words is the text or the caption, whichever the message has.
func (m *Message) Words() string {
	if m.Text != "" {
		return m.Text
	}
	return m.Caption
}

// MediaKind names what is attached: photo, video, animation, document, voice, audio; empty for a text.
func (m *Message) MediaKind() string {
	switch {
	case m.Photo != nil:
		return KindPhoto
	case m.Video != nil:
		return KindVideo
	case m.Animation != nil:
		return KindAnimation
	case m.Document != nil:
		return KindDocument
	case m.Voice != nil:
		return KindVoice
	case m.Audio != nil:
		return KindAudio
	}
	return ""
}

// Attached is the file of the message, of a photo its largest size; false for a text.
func (m *Message) Attached() (Attachment, bool) {
	if n := len(m.Photo); n > 0 {
		return m.Photo[n-1], true
	}
	for _, a := range []*Attachment{m.Video, m.Animation, m.Document, m.Voice, m.Audio} {
		if a != nil {
			return *a, true
		}
	}
	return Attachment{}, false
}

func (m *Message) isService() bool {
	return m.NewMembers != nil || m.LeftMember != nil || m.MigrateTo != 0 || m.MigrateFrom != 0 || m.Pinned != nil
}

// asReply is the message as it appears inside a reply to it: without what it replied to itself.
func (m *Message) asReply() *Message {
	c := *m
	c.ReplyTo, c.Pinned = nil, nil
	return &c
}

// post stores a new message: number, date, place. It does not tell the bot.
func (e *Emulator) post(ch *chat, m *Message) *Message {
	m.ID = e.nextMessage(ch)
	m.Date = e.clock.Now().Unix()
	m.Chat = ch.Chat
	ch.messages = append(ch.messages, m)
	ch.rev++
	return m
}

// forwardToDiscussion copies a channel post into the linked group as Telegram does: from 777000, in the name of the channel.
func (e *Emulator) forwardToDiscussion(ch *chat, m *Message) {
	if ch.Type != Broadcast || ch.linked == 0 || m.isService() {
		return
	}
	room := e.chats[ch.linked]
	copied := *m
	copied.ReplyTo, copied.Keyboard, copied.Prompt = nil, nil, nil
	copied.From = &e.users[ServiceNotifications].User
	copied.SenderChat = &ch.Chat
	copied.AutoForward = true
	setOrigin(&copied, m)
	e.post(room, &copied)
	e.hear(room, &copied)
}

// setOrigin writes where a copy comes from, in the new form and in the old one.
func setOrigin(to, from *Message) {
	if from.Origin != nil {
		to.Origin, to.ForwardFrom, to.ForwardFromChat = from.Origin, from.ForwardFrom, from.ForwardFromChat
		to.ForwardMessageID, to.ForwardName, to.ForwardDate = from.ForwardMessageID, from.ForwardName, from.ForwardDate
		return
	}
	to.ForwardDate = from.Date
	switch {
	case from.Chat.Type == Broadcast:
		chat := from.Chat
		to.Origin = &Origin{Type: "channel", Date: from.Date, Chat: &chat, MessageID: from.ID, AuthorSignature: from.AuthorSignature}
		to.ForwardFromChat, to.ForwardMessageID = &chat, from.ID
	case from.SenderChat != nil:
		to.Origin = &Origin{Type: "chat", Date: from.Date, SenderChat: from.SenderChat, AuthorSignature: from.AuthorSignature}
		to.ForwardFromChat = from.SenderChat
	default:
		to.Origin = &Origin{Type: "user", Date: from.Date, User: from.From}
		to.ForwardFrom = from.From
	}
}

// hear tells the bot of a message, if the bot is there and may hear it.
func (e *Emulator) hear(ch *chat, m *Message) {
	kind := "message"
	if ch.Type == Broadcast {
		kind = "channel_post"
	}
	if e.hears(ch, m) {
		e.push(kind, ch.ID, m)
	}
}

// hears is Telegram's privacy mode: in groups an ordinary bot hears only commands, replies to itself and service messages.
func (e *Emulator) hears(ch *chat, m *Message) bool {
	if ch.Type == Private {
		return !e.users[ch.ID].blocked
	}
	me := ch.members[e.bot.ID]
	switch {
	case !me.isIn():
		return false
	case ch.Type == Broadcast:
		return me.isAdmin()
	case me.isAdmin() || e.opts.SeesAll || m.isService():
		return true
	case m.ReplyTo != nil && m.ReplyTo.From != nil && m.ReplyTo.From.ID == e.bot.ID:
		return true
	}
	return e.isCommand(m)
}

// isCommand says whether a message begins with a command that may be meant for the bot.
func (e *Emulator) isCommand(m *Message) bool {
	for _, en := range m.Entities {
		if en.Type == "bot_command" && en.Offset == 0 {
			_, to, named := strings.Cut(slice(m.Text, 0, en.Length), "@")
			return !named || strings.EqualFold(to, e.bot.Username)
		}
	}
	return false
}
