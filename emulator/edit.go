package emulator

import (
	"bytes"
	stdjson "encoding/json"
	"time"
)

const deleteLife = 48 * time.Hour // after that a message cannot be deleted for everyone (Bot API, deleteMessage)

// target finds the message that an edit names and checks that the bot may change it.
func (e *Emulator) target(c *call) (*chat, *Message, error) {
	if c.has("inline_message_id") {
		return nil, nil, badRequest("MESSAGE_ID_INVALID")
	}
	ch, err := e.chatOf(c, "chat_id")
	if err != nil {
		return nil, nil, err
	}
	if !c.has("message_id") {
		return nil, nil, badRequest("message identifier is not specified")
	}
	if ch.Type == Private && e.users[ch.ID].deactivated {
		return nil, nil, forbidden("user is deactivated")
	}
	if err := e.readable(ch); err != nil {
		return nil, nil, err
	}
	m, _ := ch.find(c.int("message_id", 0))
	switch {
	case m == nil:
		return nil, nil, badRequest("message to edit not found")
	case !e.editable(ch, m):
		return nil, nil, badRequest("message can't be edited")
	}
	return ch, m, nil
}

// editable: own messages at any age; in a channel any post with can_edit_messages, own ones with can_post_messages.
func (e *Emulator) editable(ch *chat, m *Message) bool {
	if m.isService() || m.Origin != nil {
		return false
	}
	if ch.Type != Broadcast {
		return m.From != nil && m.From.ID == e.bot.ID
	}
	me := ch.members[e.bot.ID]
	return me.can("can_edit_messages") || e.isOutput(m) && me.can("can_post_messages")
}

// isOutput says whether the bot sent a message.
func (e *Emulator) isOutput(m *Message) bool {
	for _, o := range e.outputs {
		if o.Chat == m.Chat.ID && o.Message.ID == m.ID && !o.Edited {
			return true
		}
	}
	return false
}

// finish stores an edited message unless nothing changed. The keyboard is replaced too: none given means none left.
func (e *Emulator) finish(c *call, ch *chat, old, now *Message) (any, error) {
	keyboard, prompt, err := c.markup()
	if err != nil {
		return nil, err
	}
	if prompt != nil {
		return nil, badRequest("inline keyboard expected")
	}
	now.Keyboard = keyboard
	if sameMessage(old, now) {
		return nil, badRequest("message is not modified: specified new message content and reply markup are exactly the same " +
			"as a current content and reply markup of the message")
	}
	now.EditDate = e.clock.Now().Unix()
	ch.replace(now)
	e.outputs = append(e.outputs, Output{Chat: ch.ID, Message: now, Edited: true, At: e.clock.Now()})
	e.editForward(ch, now)
	return now, nil
}

// editForward brings the change of a channel post into its copy in the discussion group. That the bot hears of it by
// edited_message is how others describe it; the original was not watched doing so.
func (e *Emulator) editForward(ch *chat, now *Message) {
	room := e.chats[ch.linked]
	if ch.Type != Broadcast || room == nil {
		return
	}
	for _, m := range room.messages {
		if m.AutoForward && m.ForwardMessageID == now.ID {
			twin := *m
			twin.Text, twin.Entities, twin.Caption, twin.CaptionEntities = now.Text, now.Entities, now.Caption, now.CaptionEntities
			twin.Photo, twin.Video, twin.Document, twin.Animation = now.Photo, now.Video, now.Document, now.Animation
			twin.EditDate = now.EditDate
			room.replace(&twin)
			if e.hears(room, &twin) {
				e.push("edited_message", room.ID, &twin)
			}
			return
		}
	}
}

func sameMessage(a, b *Message) bool {
	if a.Text != b.Text || a.Caption != b.Caption {
		return false
	}
	x, errX := stdjson.Marshal(a)
	y, errY := stdjson.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

func editMessageText(e *Emulator, c *call) (any, error) {
	ch, old, err := e.target(c)
	if err != nil {
		return nil, err
	}
	if old.MediaKind() != "" {
		return nil, badRequest("there is no text in the message to edit")
	}
	now := *old
	if now.Text, now.Entities, err = c.formatted("text", "entities"); err != nil {
		return nil, err
	}
	if err := checkText(now.Text); err != nil {
		return nil, err
	}
	now.LinkPreview = linkPreview(c)
	return e.finish(c, ch, old, &now)
}

func editMessageCaption(e *Emulator, c *call) (any, error) {
	ch, old, err := e.target(c)
	if err != nil {
		return nil, err
	}
	if old.MediaKind() == "" {
		return nil, badRequest("there is no caption in the message to edit")
	}
	now := *old
	if now.Caption, now.CaptionEntities, err = c.formatted("caption", "caption_entities"); err != nil {
		return nil, err
	}
	now.CaptionAbove = c.bool("show_caption_above_media")
	if err := checkCaption(now.Caption); err != nil {
		return nil, err
	}
	return e.finish(c, ch, old, &now)
}

func editMessageMedia(e *Emulator, c *call) (any, error) {
	ch, old, err := e.target(c)
	if err != nil {
		return nil, err
	}
	var in inputMedia
	given, err := c.decode("media", &in)
	if err != nil || !given {
		return nil, badRequest("can't parse InputMedia: expected an Object")
	}
	if k := old.MediaKind(); old.MediaGroup != "" && k != in.Type && (k == KindDocument || k == KindAudio || in.Type == KindDocument || in.Type == KindAudio) {
		return nil, badRequest("can't use media of the specified type in the album")
	}
	now := *old
	now.Text, now.Entities, now.LinkPreview = "", nil, nil
	if err := in.fill(e, c, &now); err != nil {
		return nil, err
	}
	return e.finish(c, ch, old, &now)
}

func editMessageReplyMarkup(e *Emulator, c *call) (any, error) {
	ch, old, err := e.target(c)
	if err != nil {
		return nil, err
	}
	now := *old
	return e.finish(c, ch, old, &now)
}

func deleteMessage(e *Emulator, c *call) (any, error) {
	ch, err := e.chatOf(c, "chat_id")
	if err != nil {
		return nil, err
	}
	if err := e.readable(ch); err != nil {
		return nil, err
	}
	m, _ := ch.find(c.int("message_id", 0))
	switch {
	case m == nil:
		return nil, badRequest("message to delete not found")
	case !e.deletable(ch, m):
		return nil, badRequest("message can't be deleted")
	case e.age(m) >= deleteLife && !ch.members[e.bot.ID].can("can_delete_messages"):
		return nil, badRequest("message can't be deleted for everyone")
	}
	return ch.remove(m.ID), nil
}

func (e *Emulator) deletable(ch *chat, m *Message) bool {
	me := ch.members[e.bot.ID]
	switch ch.Type {
	case Private:
		return true
	case Broadcast:
		return me.can("can_delete_messages") || e.isOutput(m) && me.can("can_post_messages")
	}
	return me.can("can_delete_messages") || m.From != nil && m.From.ID == e.bot.ID
}

func deleteMessages(e *Emulator, c *call) (any, error) {
	ch, err := e.chatOf(c, "chat_id")
	if err != nil {
		return nil, err
	}
	if err := e.readable(ch); err != nil {
		return nil, err
	}
	var ids []int64
	if _, err := c.decode("message_ids", &ids); err != nil {
		return nil, err
	}
	if len(ids) == 0 || len(ids) > 100 {
		return nil, badRequest("message identifiers are not specified")
	}
	for _, id := range ids {
		if m, _ := ch.find(id); m != nil && e.deletable(ch, m) { // what cannot be deleted is passed over (Bot API)
			ch.remove(id)
		}
	}
	return true, nil
}

// pinRight: in private chats always, in channels the right to edit, in groups the right to pin.
func (e *Emulator) pinRight(c *call) (*chat, error) {
	ch, err := e.chatOf(c, "chat_id")
	if err != nil {
		return nil, err
	}
	if err := e.readable(ch); err != nil {
		return nil, err
	}
	me := ch.members[e.bot.ID]
	if ch.Type == Broadcast && !me.can("can_edit_messages") || ch.isGroup() && !me.can("can_pin_messages") {
		return nil, badRequest("not enough rights to manage pinned messages in the chat")
	}
	return ch, nil
}

func pinChatMessage(e *Emulator, c *call) (any, error) {
	ch, err := e.pinRight(c)
	if err != nil {
		return nil, err
	}
	m, _ := ch.find(c.int("message_id", 0))
	if m == nil {
		return nil, badRequest("message to pin not found")
	}
	ch.unpin(m.ID)
	ch.pinned = append(ch.pinned, m.ID)
	ch.rev++
	return true, nil
}

func unpinChatMessage(e *Emulator, c *call) (any, error) {
	ch, err := e.pinRight(c)
	if err != nil {
		return nil, err
	}
	id := c.int("message_id", 0)
	if n := len(ch.pinned); id == 0 && n > 0 {
		id = ch.pinned[n-1]
	}
	if !ch.unpin(id) {
		return nil, badRequest("message to unpin not found")
	}
	return true, nil
}

func unpinAllChatMessages(e *Emulator, c *call) (any, error) {
	ch, err := e.pinRight(c)
	if err != nil {
		return nil, err
	}
	ch.pinned = nil
	ch.rev++
	return true, nil
}

func (ch *chat) unpin(id int64) bool {
	for i, p := range ch.pinned {
		if p == id {
			ch.pinned = append(ch.pinned[:i:i], ch.pinned[i+1:]...)
			ch.rev++
			return true
		}
	}
	return false
}
