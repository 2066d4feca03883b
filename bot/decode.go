package bot

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"

	"peyk/social"
)

// Decode reads an update as Telegram sent it. A field of an unexpected type is
// left empty; only what is no JSON object is an error. Texts come out as valid
// UTF-8 without NUL, which PostgreSQL would refuse.
func Decode(raw []byte) (Update, error) {
	var w wireUpdate
	if err := lenient(raw, &w); err != nil {
		return Update{}, fmt.Errorf("decoding an update: %w", err)
	}
	u := Update{
		ID:      w.ID,
		Message: w.Message.received(), Edited: w.Edited.received(),
		ChannelPost: w.ChannelPost.received(), EditedPost: w.EditedPost.received(),
		MyMember: w.MyMember.change(), Member: w.Member.change(),
		Callback: w.Callback.callback(), Reactions: w.Reactions.count(),
	}
	return u, nil
}

// lenient decodes JSON and lets fields of a wrong type pass: encoding/json goes
// on behind them.
func lenient(raw []byte, into any) error {
	err := json.Unmarshal(raw, into)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return nil
	}
	return err
}

// The updates as they stand in JSON (Bot API 10.3).
type (
	wireUpdate struct {
		ID          int64          `json:"update_id"`
		Message     *wireMessage   `json:"message"`
		Edited      *wireMessage   `json:"edited_message"`
		ChannelPost *wireMessage   `json:"channel_post"`
		EditedPost  *wireMessage   `json:"edited_channel_post"`
		Callback    *wireCallback  `json:"callback_query"`
		MyMember    *wireChange    `json:"my_chat_member"`
		Member      *wireChange    `json:"chat_member"`
		Reactions   *wireReactions `json:"message_reaction_count"`
	}
	wireMessage struct {
		ID              int64           `json:"message_id"`
		Thread          int64           `json:"message_thread_id"`
		Date            int64           `json:"date"`
		EditDate        int64           `json:"edit_date"`
		Chat            Chat            `json:"chat"`
		From            User            `json:"from"`
		SenderChat      *Chat           `json:"sender_chat"`
		Text            string          `json:"text"`
		Entities        []social.Mark   `json:"entities"`
		Caption         string          `json:"caption"`
		CaptionEntities []social.Mark   `json:"caption_entities"`
		Group           string          `json:"media_group_id"`
		ReplyTo         *wireMessage    `json:"reply_to_message"`
		Origin          *wireOrigin     `json:"forward_origin"`
		AutoForward     bool            `json:"is_automatic_forward"`
		MigrateTo       int64           `json:"migrate_to_chat_id"`
		MigrateFrom     int64           `json:"migrate_from_chat_id"`
		Markup          wireMarkup      `json:"reply_markup"`
		Sticker         json.RawMessage `json:"sticker"`
		VideoNote       json.RawMessage `json:"video_note"`
		Poll            json.RawMessage `json:"poll"`
		Location        json.RawMessage `json:"location"`
		Venue           json.RawMessage `json:"venue"`
		Contact         json.RawMessage `json:"contact"`
		Dice            json.RawMessage `json:"dice"`
		Story           json.RawMessage `json:"story"`
		Game            json.RawMessage `json:"game"`
		wireFiles
	}
	wireFiles struct {
		Photo     []wireFile `json:"photo"`
		Video     *wireFile  `json:"video"`
		Animation *wireFile  `json:"animation"`
		Document  *wireFile  `json:"document"`
		Audio     *wireFile  `json:"audio"`
		Voice     *wireFile  `json:"voice"`
	}
	wireMarkup struct {
		Rows [][]struct {
			Data string `json:"callback_data"`
		} `json:"inline_keyboard"`
	}
	wireFile struct {
		ID       string `json:"file_id"`
		Name     string `json:"file_name"`
		MIME     string `json:"mime_type"`
		Size     int64  `json:"file_size"`
		Width    int    `json:"width"`
		Height   int    `json:"height"`
		Duration int    `json:"duration"`
	}
	wireOrigin struct {
		Type       string `json:"type"`
		Date       int64  `json:"date"`
		Sender     User   `json:"sender_user"`
		SenderName string `json:"sender_user_name"`
		SenderChat Chat   `json:"sender_chat"`
		Chat       Chat   `json:"chat"`
		MessageID  int64  `json:"message_id"`
	}
	wireCallback struct {
		ID      string       `json:"id"`
		From    User         `json:"from"`
		Message *wireMessage `json:"message"`
		Data    string       `json:"data"`
	}
	wireChange struct {
		Chat Chat            `json:"chat"`
		From User            `json:"from"`
		Date int64           `json:"date"`
		Old  json.RawMessage `json:"old_chat_member"`
		New  json.RawMessage `json:"new_chat_member"`
	}
	wireReactions struct {
		Chat      Chat  `json:"chat"`
		MessageID int64 `json:"message_id"`
		Date      int64 `json:"date"`
		Reactions []struct {
			Total int `json:"total_count"`
			Type  struct {
				Type  string `json:"type"`
				Emoji string `json:"emoji"`
				ID    string `json:"custom_emoji_id"`
			} `json:"type"`
		} `json:"reactions"`
	}
)

// moment reads Telegram's seconds; 0 is no time.
func moment(seconds int64) time.Time {
	if seconds <= 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// clean takes NUL out of a text, one sign for one, so that the marks stay right.
// Invalid UTF-8 has been replaced by encoding/json.
func clean(s string) string { return strings.ReplaceAll(s, "\x00", "\uFFFD") }

func (u User) clean() User {
	u.First, u.Last = clean(u.First), clean(u.Last)
	u.Username, u.LanguageCode = clean(u.Username), clean(u.LanguageCode)
	return u
}

func (c Chat) clean() Chat {
	c.Title, c.Username, c.Type = clean(c.Title), clean(c.Username), clean(c.Type)
	return c
}

func (w *wireMessage) received() *Received {
	if w == nil {
		return nil
	}
	m := w.alone()
	if w.ReplyTo != nil {
		m.ReplyTo = w.ReplyTo.alone() // Telegram nests no deeper
	}
	return m
}

// alone is the message without the one it answers.
func (w *wireMessage) alone() *Received {
	m := &Received{
		ID: w.ID, Thread: w.Thread, At: moment(w.Date), EditedAt: moment(w.EditDate),
		Chat: w.Chat.clean(), From: w.From.clean(),
		Text: w.words(), Media: w.media(), Group: clean(w.Group), Forward: w.Origin.origin(),
		AutoForward: w.AutoForward, MigrateTo: w.MigrateTo, MigrateFrom: w.MigrateFrom,
		gone: w.Date == 0,
	}
	for _, row := range w.Markup.Rows {
		for _, b := range row {
			m.taps = append(m.taps, clean(b.Data))
		}
	}
	if w.SenderChat != nil {
		c := w.SenderChat.clean()
		m.SenderChat = &c
	}
	if m.Text.Plain == "" && m.Media == nil {
		m.Other = w.other()
	}
	return m
}

// words is the text, or the caption of a file.
func (w *wireMessage) words() social.Text {
	text, marks := w.Text, w.Entities
	if text == "" {
		text, marks = w.Caption, w.CaptionEntities
	}
	return social.Text{Plain: clean(text), Marks: goodMarks(text, marks)}
}

// goodMarks leaves out marks that lie outside of the text.
func goodMarks(text string, marks []social.Mark) []social.Mark {
	size := utf16Len(text)
	var good []social.Mark
	for _, m := range marks {
		if m.Offset < 0 || m.Length <= 0 || m.Offset >= size {
			continue
		}
		m.Length = min(m.Length, size-m.Offset)
		m.Type, m.URL, m.Language, m.Emoji = clean(m.Type), clean(m.URL), clean(m.Language), clean(m.Emoji)
		good = append(good, m)
	}
	return good
}

func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// media is the message's file. An animation stands under document as well, for
// old clients.
func (w wireFiles) media() *social.Media {
	if len(w.Photo) > 0 {
		largest := w.Photo[0]
		for _, p := range w.Photo[1:] {
			if p.Width*p.Height > largest.Width*largest.Height {
				largest = p
			}
		}
		largest.MIME = "image/jpeg"
		return largest.media(social.Photo)
	}
	for _, f := range []struct {
		kind social.MediaKind
		file *wireFile
	}{
		{social.Animation, w.Animation}, {social.Video, w.Video}, {social.Audio, w.Audio},
		{social.Voice, w.Voice}, {social.Document, w.Document},
	} {
		if f.file != nil {
			return f.file.media(f.kind)
		}
	}
	return nil
}

func (f wireFile) media(kind social.MediaKind) *social.Media {
	return &social.Media{
		Kind: kind, FileID: clean(f.ID), MIME: clean(f.MIME), Name: clean(f.Name),
		Size: max(f.Size, 0), Width: max(f.Width, 0), Height: max(f.Height, 0), Duration: max(f.Duration, 0),
	}
}

// other names what the message is when it is neither text nor a file.
func (w *wireMessage) other() string {
	for _, o := range []struct {
		name string
		raw  json.RawMessage
	}{
		{"sticker", w.Sticker}, {"video_note", w.VideoNote}, {"poll", w.Poll}, {"venue", w.Venue},
		{"location", w.Location}, {"contact", w.Contact}, {"dice", w.Dice}, {"story", w.Story}, {"game", w.Game},
	} {
		if len(o.raw) > 0 {
			return o.name
		}
	}
	return "service"
}

func (w *wireOrigin) origin() *Origin {
	if w == nil {
		return nil
	}
	o := &Origin{Type: clean(w.Type), At: moment(w.Date), Message: w.MessageID}
	switch w.Type {
	case "user":
		o.Name, o.Person = w.Sender.clean().Name(), w.Sender.ID
	case "hidden_user":
		o.Name = clean(w.SenderName)
	case "chat":
		o.Name, o.Chat = clean(w.SenderChat.Title), w.SenderChat.ID
	default:
		o.Name, o.Chat = clean(w.Chat.Title), w.Chat.ID
	}
	return o
}

func (w *wireCallback) callback() *Callback {
	if w == nil {
		return nil
	}
	return &Callback{ID: clean(w.ID), From: w.From.clean(), Message: w.Message.received(), Data: clean(w.Data)}
}

func (w *wireChange) change() *MemberChange {
	if w == nil {
		return nil
	}
	return &MemberChange{
		Chat: w.Chat.clean(), From: w.From.clean(), At: moment(w.Date),
		Old: readMember(w.Old), New: readMember(w.New),
	}
}

// readMember reads a ChatMember; what cannot be read has no status.
func readMember(raw json.RawMessage) ChatMember {
	m := ChatMember{Raw: raw}
	if lenient(raw, &m) != nil {
		return ChatMember{Raw: raw}
	}
	m.User, m.Status = m.User.clean(), clean(m.Status)
	return m
}

func (w *wireReactions) count() *ReactionCount {
	if w == nil {
		return nil
	}
	c := &ReactionCount{Chat: w.Chat.clean(), MessageID: w.MessageID, At: moment(w.Date), Counts: map[string]int{}}
	for _, r := range w.Reactions {
		name := r.Type.Emoji
		switch {
		case r.Type.ID != "":
			name = r.Type.ID
		case name == "":
			name = r.Type.Type
		}
		c.Counts[clean(name)] += r.Total
	}
	return c
}
