package emulator

import (
	"errors"
	"fmt"
	"strings"
)

// Phone is one person with one chat open. AddUser gives the phone on the chat with the bot, In opens another chat.
type Phone struct {
	e         *Emulator
	user      *user
	chat      *chat
	anonymous bool
}

// Errors of people's deeds.
var (
	ErrNoButton = errors.New("no such button")
	ErrGone     = errors.New("that message is not there any more")
)

// User is the person who holds the phone.
func (p *Phone) User() User {
	p.e.mu.Lock()
	defer p.e.mu.Unlock()
	return p.user.User
}

// Chat is the id of the open chat.
func (p *Phone) Chat() int64 { return p.chat.ID }

// In is the same person's phone with a group or channel open.
func (p *Phone) In(r *Room) *Phone { return &Phone{e: p.e, user: p.user, chat: r.chat} }

// Anonymous is the same phone of an administrator who writes in the name of the group.
func (p *Phone) Anonymous() *Phone {
	twin := *p
	twin.anonymous = true
	return &twin
}

// author signs a message as the server would: a person, a channel, or a group for its anonymous administrators.
func (p *Phone) author(m *Message) {
	room := p.chat.Chat
	switch {
	case p.chat.Type == Broadcast:
		m.SenderChat = &room
	case p.anonymous:
		m.From, m.SenderChat = &p.e.users[GroupAnonymousBot].User, &room
	default:
		u := p.user.User
		m.From = &u
	}
}

// deliver posts a message of the person and tells the bot.
func (p *Phone) deliver(m *Message) *Message {
	if p.chat.Type == Private {
		if p.user.blocked {
			p.setBlocked(false)
		}
		p.user.started = true
	}
	p.author(m)
	p.e.post(p.chat, m)
	p.e.hear(p.chat, m)
	p.e.forwardToDiscussion(p.chat, m)
	return m
}

// Say sends a text. Commands, links and so on become entities as on the server. A text over 4096 characters goes as several
// messages, as clients send it; the last is given. Somebody who blocked the bot unblocks it so.
func (p *Phone) Say(text string) *Message {
	runes := []rune(text)
	for len(runes) > MaxText {
		p.SayFormatted(string(runes[:MaxText]), nil)
		runes = runes[MaxText:]
	}
	return p.SayFormatted(string(runes), nil)
}

// SayFormatted sends a text with formatting that the person chose.
func (p *Phone) SayFormatted(text string, formatting []Entity) *Message {
	m := &Message{}
	m.Text, m.Entities = withDetected(text, formatting)
	p.e.do(func() { p.deliver(m) })
	return m
}

// Start opens the chat with the bot by the Start button or a deep link with a payload (1–64 of A–Z a–z 0–9 _ -).
func (p *Phone) Start(payload string) *Message {
	return p.Say(strings.TrimSpace("/start " + payload))
}

// Reply answers a message with a text.
func (p *Phone) Reply(to *Message, text string) *Message {
	m := &Message{}
	m.Text, m.Entities = withDetected(text, nil)
	p.e.do(func() {
		m.ReplyTo, m.ThreadID = to.asReply(), threadOf(to)
		p.deliver(m)
	})
	return m
}

// Comment writes under a channel post: the phone must show the discussion group, and on is the automatic forward there or
// another comment. To a first-level comment Telegram adds an implicit reply to the forward, so there is no difference to Reply.
func (p *Phone) Comment(on *Message, text string) *Message { return p.Reply(on, text) }

// Send sends one file with a caption.
func (p *Phone) Send(media Media, caption string) *Message {
	m := &Message{}
	m.Caption, m.CaptionEntities = withDetected(caption, nil)
	p.e.do(func() {
		p.e.keep(media).attach(m)
		p.deliver(m)
	})
	return m
}

// ReplyWith answers a message with one file and a caption.
func (p *Phone) ReplyWith(to *Message, media Media, caption string) *Message {
	m := &Message{}
	m.Caption, m.CaptionEntities = withDetected(caption, nil)
	p.e.do(func() {
		m.ReplyTo, m.ThreadID = to.asReply(), threadOf(to)
		p.e.keep(media).attach(m)
		p.deliver(m)
	})
	return m
}

// SendAlbum sends several files as one album, the caption on the first. The bot gets one update for each.
func (p *Phone) SendAlbum(caption string, media ...Media) []*Message {
	var out []*Message
	p.e.do(func() {
		group := itoa(13_500_000_000_000_000 + p.e.count("album"))
		for i, item := range media {
			m := &Message{MediaGroup: group}
			if i == 0 {
				m.Caption, m.CaptionEntities = withDetected(caption, nil)
			}
			p.e.keep(item).attach(m)
			out = append(out, p.deliver(m))
		}
	})
	return out
}

// Edit changes the text or caption of a message that the person sent.
func (p *Phone) Edit(m *Message, text string) (*Message, error) {
	var now *Message
	err := error(nil)
	p.e.do(func() {
		old, _ := p.chat.find(m.ID)
		if old == nil {
			err = ErrGone
			return
		}
		twin := *old
		if twin.MediaKind() == "" {
			twin.Text, twin.Entities = withDetected(text, nil)
		} else {
			twin.Caption, twin.CaptionEntities = withDetected(text, nil)
		}
		twin.EditDate = p.e.clock.Now().Unix()
		now = &twin
		p.chat.replace(now)
		p.tellEdit(now)
	})
	return now, err
}

func (p *Phone) tellEdit(now *Message) {
	kind := "edited_message"
	if p.chat.Type == Broadcast {
		kind = "edited_channel_post"
	}
	if p.e.hears(p.chat, now) {
		p.e.push(kind, p.chat.ID, now)
	}
	p.e.editForward(p.chat, now)
}

// Delete removes a message from the chat. Bots are not told.
func (p *Phone) Delete(m *Message) { p.e.do(func() { p.chat.remove(m.ID) }) }

// Forward forwards a message of any chat into the open one, with its origin.
func (p *Phone) Forward(from *Message) *Message {
	var m *Message
	p.e.do(func() {
		m = copied(from)
		setOrigin(m, from)
		p.deliver(m)
	})
	return m
}

// ForwardHidden forwards a message whose author hides the account: only a name is left.
func (p *Phone) ForwardHidden(from *Message, name string) *Message {
	var m *Message
	p.e.do(func() {
		m = copied(from)
		m.Origin, m.ForwardName, m.ForwardDate = &Origin{Type: "hidden_user", Date: from.Date, UserName: name}, name, from.Date
		p.deliver(m)
	})
	return m
}

// Press presses a button of the newest message that has one with this label or data (a part of the label is enough). It gives
// the id of the callback query; a button that makes no query (a link, a copy button, a disabled one) is ErrNoButton.
func (p *Phone) Press(label string) (string, error) {
	list := p.e.Messages(p.chat.ID)
	for i := len(list) - 1; i >= 0; i-- {
		if b, ok := FindButton(list[i], label); ok && b.Data != "" {
			return p.Forge(list[i], b.Data)
		}
	}
	return "", fmt.Errorf("%w: %q", ErrNoButton, label)
}

// PressOn presses a button of a certain message as it is now.
func (p *Phone) PressOn(m *Message, label string) (string, error) {
	for _, now := range p.e.Messages(p.chat.ID) {
		if now.ID != m.ID {
			continue
		}
		if b, ok := FindButton(now, label); ok && b.Data != "" {
			return p.Forge(now, b.Data)
		}
		return "", fmt.Errorf("%w: %q", ErrNoButton, label)
	}
	return "", ErrGone
}

// Forge sends a tap with any data on a message, as a tampered client or one with an old screen does. The message may have been
// deleted meanwhile: then the bot sees only that it is inaccessible.
func (p *Phone) Forge(m *Message, data string) (string, error) {
	if p.chat.Type == Private && p.user.blocked {
		return "", fmt.Errorf("%s has blocked the bot", p.user.Name())
	}
	var q *query
	p.e.do(func() {
		q = p.e.newQuery(p.user, p.chat, m.ID, data)
		var shown any = map[string]any{"chat": p.chat.Chat, "message_id": m.ID, "date": 0}
		if now, _ := p.chat.find(m.ID); now != nil {
			shown = now
		}
		p.e.push("callback_query", p.user.ID, map[string]any{
			"id": q.id, "from": p.user.User, "message": shown, "chat_instance": itoa(p.chat.ID ^ 0x5bd1e995), "data": data,
		})
	})
	return q.id, nil
}

// FindButton finds a button by its data, its label, or a part of its label, in this order. Marks of direction do not count.
func FindButton(m *Message, label string) (Button, bool) {
	label = plain(label)
	for _, fits := range []func(Button) bool{
		func(b Button) bool { return b.Data != "" && b.Data == label },
		func(b Button) bool { return plain(b.Text) == label },
		func(b Button) bool { return strings.Contains(plain(b.Text), label) },
	} {
		for _, b := range m.Keyboard.Buttons() {
			if fits(b) {
				return b, true
			}
		}
	}
	return Button{}, false
}

// Block stops the bot; it is told by my_chat_member.
func (p *Phone) Block() { p.e.do(func() { p.setBlocked(true) }) }

// Unblock lets the bot write again.
func (p *Phone) Unblock() { p.e.do(func() { p.setBlocked(false) }) }

func (p *Phone) setBlocked(on bool) {
	if p.user.blocked == on {
		return
	}
	p.user.blocked = on
	p.e.chats[p.user.ID].rev++
	was, is := Ordinary, Banned
	if !on {
		was, is = Banned, Ordinary
	}
	p.e.push("my_chat_member", p.user.ID, map[string]any{
		"chat": p.e.chats[p.user.ID].Chat, "from": p.user.User, "date": p.e.clock.Now().Unix(),
		"old_chat_member": memberJSON(Private, p.e.bot, &member{Status: was}),
		"new_chat_member": memberJSON(Private, p.e.bot, &member{Status: is}),
	})
}

// Deactivate deletes the account.
func (p *Phone) Deactivate() { p.e.do(func() { p.user.deactivated = true }) }

// SetLanguage changes the language of the person's client, as later updates report it.
func (p *Phone) SetLanguage(code string) { p.e.do(func() { p.user.LanguageCode = code }) }

// plain is a text without the marks of direction that only serve its display.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x2066 && r <= 0x2069 || r == 0x200E || r == 0x200F || r == 0x2060 {
			return -1
		}
		return r
	}, s)
}
