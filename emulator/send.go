package emulator

import (
	stdjson "encoding/json"
	"strings"
	"time"
)

// draft begins a message of the bot: the chat, the right to write there, what it answers, its buttons.
func (e *Emulator) draft(c *call) (*chat, *Message, error) {
	ch, err := e.chatOf(c, "chat_id")
	if err != nil {
		return nil, nil, err
	}
	if err := e.writable(ch); err != nil {
		return nil, nil, err
	}
	m := &Message{Silent: c.bool("disable_notification"), Protected: c.bool("protect_content")}
	if m.Keyboard, m.Prompt, err = c.markup(); err != nil {
		return nil, nil, err
	}
	if m.Prompt != nil && ch.Type == Broadcast {
		return nil, nil, badRequest("reply keyboard can't be sent to channel chats")
	}
	if ch.Type == Supergroup {
		m.ThreadID = c.int("message_thread_id", 0)
	}
	return ch, m, e.setReply(c, ch, m)
}

// replyTo is what a message answers: reply_parameters, or the old reply_to_message_id.
type replyTo struct {
	MessageID int64  `json:"message_id"`
	Tolerant  bool   `json:"allow_sending_without_reply"`
	Quote     string `json:"quote"`
	Position  int    `json:"quote_position"`
}

func (e *Emulator) setReply(c *call, ch *chat, m *Message) error {
	var r replyTo
	given, err := c.decode("reply_parameters", &r)
	if err != nil {
		return err
	}
	if !given {
		r.MessageID, r.Tolerant = c.int("reply_to_message_id", 0), c.bool("allow_sending_without_reply")
	}
	if r.MessageID == 0 {
		return nil
	}
	target, _ := ch.find(r.MessageID)
	if target == nil {
		if r.Tolerant {
			return nil
		}
		return badRequest("message to be replied not found")
	}
	m.ReplyTo = target.asReply()
	if m.ThreadID == 0 {
		m.ThreadID = threadOf(target)
	}
	if r.Quote != "" {
		m.Quote = &Quote{Text: r.Quote, Position: r.Position, Manual: true}
	}
	return nil
}

// threadOf is the thread an answer to a message falls into: under a channel post that of the post.
func threadOf(target *Message) int64 {
	if target.AutoForward {
		return target.ID
	}
	return target.ThreadID
}

// send posts a message of the bot. In a channel the author is the channel.
func (e *Emulator) send(ch *chat, m *Message) *Message {
	if ch.Type == Broadcast {
		room := ch.Chat
		m.SenderChat = &room
	} else {
		m.From = &e.bot
	}
	e.post(ch, m)
	ch.action = "" // what it was doing has come
	e.outputs = append(e.outputs, Output{Chat: ch.ID, Message: m, At: e.clock.Now()})
	e.forwardToDiscussion(ch, m)
	return m
}

func sendMessage(e *Emulator, c *call) (any, error) {
	ch, m, err := e.draft(c)
	if err != nil {
		return nil, err
	}
	if m.Text, m.Entities, err = c.formatted("text", "entities"); err != nil {
		return nil, err
	}
	if err := checkText(m.Text); err != nil {
		return nil, err
	}
	m.LinkPreview = linkPreview(c)
	return e.send(ch, m), nil
}

func linkPreview(c *call) json {
	if v := c.str("link_preview_options"); v != "" && stdjson.Valid([]byte(v)) && v[0] == '{' {
		return json(v)
	}
	if c.bool("disable_web_page_preview") {
		return json(`{"is_disabled":true}`)
	}
	return nil
}

// sendFile makes the method that sends one kind of file.
func sendFile(kind string) method {
	return func(e *Emulator, c *call) (any, error) {
		ch, m, err := e.draft(c)
		if err != nil {
			return nil, err
		}
		f, err := e.input(c, kind, c.str(kind), kind)
		if err != nil {
			return nil, err
		}
		f = f.measured(c)
		f.attach(m)
		if err := c.caption(m); err != nil {
			return nil, err
		}
		return e.send(ch, m), nil
	}
}

// measured takes the size and length that the bot declares for a fresh upload.
func (f *file) measured(c *call) *file {
	if len(c.files) == 0 || f.Kind == KindPhoto {
		return f
	}
	f.Width, f.Height = int(c.int("width", int64(f.Width))), int(c.int("height", int64(f.Height)))
	f.Duration = int(c.int("duration", int64(f.Duration)))
	return f
}

func (c *call) caption(m *Message) error {
	var err error
	if m.Caption, m.CaptionEntities, err = c.formatted("caption", "caption_entities"); err != nil {
		return err
	}
	m.CaptionAbove, m.Spoiler = c.bool("show_caption_above_media"), c.bool("has_spoiler")
	return checkCaption(m.Caption)
}

// inputMedia is one item of an album, or the new content of an edited message.
type inputMedia struct {
	Type      string `json:"type"`
	Media     string `json:"media"`
	Caption   string `json:"caption"`
	ParseMode string `json:"parse_mode"`
	Entities  json   `json:"caption_entities"`
	Above     bool   `json:"show_caption_above_media"`
	Spoiler   bool   `json:"has_spoiler"`
	Width     int    `json:"width"`
	Height    int    `json:"height"`
	Duration  int    `json:"duration"`
}

// fill puts the item's file and caption into a message.
func (in inputMedia) fill(e *Emulator, c *call, m *Message) error {
	switch in.Type {
	case KindPhoto, KindVideo, KindAnimation, KindDocument, KindAudio:
	default:
		return badRequest("can't parse InputMedia: type must be one of photo, video, animation, document, audio")
	}
	if in.Media == "" {
		return badRequest("can't parse InputMedia: media not found")
	}
	f, err := e.input(c, "", in.Media, in.Type)
	if err != nil {
		return err
	}
	if _, fresh := strings.CutPrefix(in.Media, "attach://"); fresh && in.Width > 0 && in.Type != KindPhoto {
		f.Width, f.Height, f.Duration = in.Width, in.Height, in.Duration
	}
	f.attach(m)
	m.CaptionAbove, m.Spoiler = in.Above, in.Spoiler
	if m.Caption, m.CaptionEntities, err = format(in.Caption, in.ParseMode, string(in.Entities)); err != nil {
		return err
	}
	return checkCaption(m.Caption)
}

func sendMediaGroup(e *Emulator, c *call) (any, error) {
	if c.has("reply_markup") && c.str("reply_markup") != "null" {
		return nil, badRequest("reply markup is not allowed in media groups")
	}
	ch, first, err := e.draft(c)
	if err != nil {
		return nil, err
	}
	var items []inputMedia
	if _, err := c.decode("media", &items); err != nil {
		return nil, badRequest("can't parse media JSON object")
	}
	if err := checkAlbum(items); err != nil {
		return nil, err
	}
	album := make([]*Message, len(items))
	for i, in := range items {
		m := *first
		if err := in.fill(e, c, &m); err != nil {
			return nil, numbered(err, i)
		}
		album[i] = &m
	}
	group := itoa(13_000_000_000_000_000 + e.count("album"))
	for _, m := range album {
		m.MediaGroup = group
		e.send(ch, m)
	}
	return album, nil
}

// numbered says which item of an album is at fault, as the original does for its files.
func numbered(err error, i int) error {
	refusal := *asError(err)
	refusal.Description = "Bad Request: failed to send message #" + itoa(int64(i+1)) + " with the error message \"" +
		strings.TrimPrefix(refusal.Description, "Bad Request: ") + "\""
	return &refusal
}

func checkAlbum(items []inputMedia) error {
	if len(items) < 2 {
		return badRequest("there must be at least 2 items in the media group")
	}
	if len(items) > 10 {
		return badRequest("too many messages to send as an album")
	}
	for _, in := range items {
		alone := in.Type == KindDocument || in.Type == KindAudio || items[0].Type == KindDocument || items[0].Type == KindAudio
		switch {
		case in.Type == KindAnimation:
			return badRequest("can't parse InputMedia: animation can't be used in a media group")
		case alone && in.Type != items[0].Type:
			return badRequest("document and audio can't be mixed with other media types")
		}
	}
	return nil
}

func sendChatAction(e *Emulator, c *call) (any, error) {
	ch, err := e.chatOf(c, "chat_id")
	if err != nil {
		return nil, err
	}
	if err := e.writable(ch); err != nil {
		return nil, err
	}
	switch c.str("action") {
	case "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
		"choose_sticker", "find_location", "record_video_note", "upload_video_note":
		ch.action, ch.acted = c.str("action"), e.network.Now()
		return true, nil
	}
	return nil, badRequest("wrong parameter action in request")
}

// copied is a message as forwarding or copying carries it: the content, without place and author.
func copied(from *Message) *Message {
	m := *from
	m.ID, m.ThreadID, m.From, m.SenderChat, m.ReplyTo, m.Quote = 0, 0, nil, nil, nil, nil
	m.EditDate, m.AutoForward, m.MediaGroup, m.Keyboard, m.Prompt, m.Pinned = 0, false, "", nil, nil, nil
	m.Origin, m.ForwardFrom, m.ForwardFromChat, m.ForwardMessageID, m.ForwardName, m.ForwardDate = nil, nil, nil, 0, "", 0
	m.AuthorSignature, m.Mood = "", ""
	return &m
}

// source finds the message that copyMessage and forwardMessage name.
func (e *Emulator) source(c *call, deed string) (*Message, error) {
	from, err := e.chatOf(c, "from_chat_id")
	if err != nil {
		return nil, err
	}
	if err := e.readable(from); err != nil {
		return nil, err
	}
	m, _ := from.find(c.int("message_id", 0))
	switch {
	case m == nil:
		return nil, badRequest("message to %s not found", deed)
	case m.isService() || m.Protected:
		return nil, badRequest("message can't be %sed", map[string]string{"copy": "copi", "forward": "forward"}[deed])
	}
	return m, nil
}

func copyMessage(e *Emulator, c *call) (any, error) {
	ch, m, err := e.draft(c)
	if err != nil {
		return nil, err
	}
	src, err := e.source(c, "copy")
	if err != nil {
		return nil, err
	}
	body := copied(src)
	body.Keyboard, body.Prompt, body.ReplyTo, body.ThreadID, body.Silent = m.Keyboard, m.Prompt, m.ReplyTo, m.ThreadID, m.Silent
	body.Protected = m.Protected
	if _, ok := c.params["caption"]; ok && body.MediaKind() != "" {
		if err := c.caption(body); err != nil {
			return nil, err
		}
	}
	return map[string]int64{"message_id": e.send(ch, body).ID}, nil
}

func forwardMessage(e *Emulator, c *call) (any, error) {
	ch, m, err := e.draft(c)
	if err != nil {
		return nil, err
	}
	src, err := e.source(c, "forward")
	if err != nil {
		return nil, err
	}
	body := copied(src)
	body.Silent, body.Protected, body.ThreadID = m.Silent, m.Protected, m.ThreadID
	setOrigin(body, src)
	return e.send(ch, body), nil
}

// age is how long ago a message was sent.
func (e *Emulator) age(m *Message) time.Duration { return e.clock.Now().Sub(time.Unix(m.Date, 0)) }
