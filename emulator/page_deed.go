package emulator

import (
	"cmp"
	stdjson "encoding/json"
	"regexp"
	"slices"
	"strings"
)

const maxForward = 100 // messages at once, as in clients

// personDeeds is what people can do on their phones, by the last word of the address.
func (g *Page) personDeeds() map[string]func(*Phone, *deed) (answer, error) {
	return map[string]func(*Phone, *deed) (answer, error){
		"say": g.say, "press": g.press, "forward": g.forward, "edit": g.edit, "delete": g.delete, "react": g.react,
		"start": g.start, "block": g.block, "language": g.language,
		"join": g.join, "leave": g.leave, "admin": g.admin, "channel": g.channel, "invite": g.invite, "comment": g.comment,
	}
}

// inToWrite opens a chat in which the person may write.
func (g *Page) inToWrite(p *Phone, chat int64) (*Phone, error) {
	in, err := g.in(p, chat)
	if err != nil {
		return nil, err
	}
	g.e.mu.Lock()
	defer g.e.mu.Unlock()
	if !mayWrite(p.user.ID, in.chat) {
		return nil, errNoRight
	}
	return in, nil
}

// find gives a message of the open chat as it is now.
func (p *Phone) find(id int64) (*Message, error) {
	p.e.mu.Lock()
	defer p.e.mu.Unlock()
	if m, _ := p.chat.find(id); m != nil {
		return m, nil
	}
	return nil, errNoMessage
}

// findReply gives the message that a new one answers; nil when it answers none.
func (p *Phone) findReply(id int64) (*Message, error) {
	if id == 0 {
		return nil, nil //nolint:nilnil // no reply is an ordinary case and needs no value
	}
	return p.find(id)
}

// answering makes a message a reply.
func (m *Message) answering(to *Message) {
	if to != nil {
		m.ReplyTo, m.ThreadID = to.asReply(), threadOf(to)
	}
}

// ids names messages that were sent.
func ids(list ...*Message) answer {
	out := make([]int64, len(list))
	for i, m := range list {
		out[i] = m.ID
	}
	return answer{"messages": out, "message": out[0], "chat": list[0].Chat.ID}
}

func (g *Page) say(p *Phone, d *deed) (answer, error) {
	p, err := g.inToWrite(p, d.Chat)
	if err != nil {
		return nil, err
	}
	return p.write(d)
}

// write sends a text with its formatting, as an answer when the deed names a message. A long text goes in several messages.
func (p *Phone) write(d *deed) (answer, error) {
	text, entities, err := typed(d.Text, d.Entities)
	if err != nil {
		return nil, err
	}
	to, err := p.findReply(d.Reply)
	if err != nil {
		return nil, err
	}
	var sent []*Message
	p.e.do(func() {
		for _, part := range parts(text) {
			m := &Message{}
			m.Text, m.Entities = withDetected(part, entities)
			m.answering(to)
			sent = append(sent, p.deliver(m))
			to = nil
		}
	})
	return ids(sent...), nil
}

// typed is a text as a client sends it: cleaned and trimmed, its formatting checked. A text over the limit may not be formatted.
func typed(raw string, formatting []Entity) (string, []Entity, error) {
	list, err := stdjson.Marshal(formatting)
	if err != nil {
		return "", nil, errBadRequest
	}
	entities, err := givenEntities(raw, string(list))
	if err != nil {
		return "", nil, errBadRequest
	}
	text, entities := cleanFormatted(raw, entities)
	text, entities = trim(text, entities)
	switch {
	case text == "":
		return "", nil, errEmpty
	case len(entities) > 0 && len([]rune(text)) > MaxText:
		return "", nil, errTooLong
	}
	return text, entities, nil
}

// parts cuts a text into pieces that one message can hold.
func parts(text string) []string {
	var out []string
	for piece := range slices.Chunk([]rune(text), MaxText) {
		out = append(out, string(piece))
	}
	return out
}

// press taps a button that the message has now.
func (g *Page) press(p *Phone, d *deed) (answer, error) {
	p, err := g.in(p, d.Chat)
	if err != nil {
		return nil, err
	}
	m, err := p.find(d.Message)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(m.Keyboard.Buttons(), func(b Button) bool { return b.Data != "" && b.Data == d.Data && b.Disabled == nil }) {
		return nil, errNoButtonThere
	}
	id, err := p.Forge(m, d.Data)
	if err != nil {
		return nil, errBlocked
	}
	return answer{"query": id}, nil
}

// forward takes messages of one chat into another, oldest first; what was an album stays one.
func (g *Page) forward(p *Phone, d *deed) (answer, error) {
	from, err := g.in(p, d.From)
	if err != nil {
		return nil, err
	}
	to, err := g.inToWrite(p, d.Chat)
	if err != nil {
		return nil, err
	}
	list, err := from.pick(d.Messages)
	if err != nil {
		return nil, err
	}
	var sent []*Message
	g.e.do(func() {
		albums := map[string]string{"": ""}
		for _, m := range list {
			if _, known := albums[m.MediaGroup]; !known {
				albums[m.MediaGroup] = g.e.newAlbum()
			}
			twin := copied(m)
			twin.MediaGroup = albums[m.MediaGroup]
			setOrigin(twin, m)
			sent = append(sent, to.deliver(twin))
		}
	})
	return ids(sent...), nil
}

// newAlbum names an album of a person. The lock is held.
func (e *Emulator) newAlbum() string { return itoa(13_500_000_000_000_000 + e.count("album")) }

// pick finds messages that may be forwarded.
func (p *Phone) pick(wanted []int64) ([]*Message, error) {
	if len(wanted) == 0 {
		return nil, errBadRequest
	}
	if len(wanted) > maxForward {
		return nil, errTooMany
	}
	var list []*Message
	for _, id := range wanted {
		m, err := p.find(id)
		if err != nil {
			return nil, err
		}
		if m.isService() || m.Protected {
			return nil, errNoRight
		}
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b *Message) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(list, func(a, b *Message) bool { return a.ID == b.ID }), nil
}

// owned opens a chat and finds a message in it that the person wrote, or may manage as administrator with a right.
func (g *Page) owned(p *Phone, d *deed, right string) (*Phone, *Message, error) {
	p, err := g.in(p, d.Chat)
	if err != nil {
		return nil, nil, err
	}
	m, err := p.find(d.Message)
	if err != nil {
		return nil, nil, err
	}
	g.e.mu.Lock()
	defer g.e.mu.Unlock()
	if isOut(p.user.ID, m) || p.chat.members[p.user.ID].can(right) {
		return p, m, nil
	}
	return nil, nil, errNoRight
}

func (g *Page) edit(p *Phone, d *deed) (answer, error) {
	p, m, err := g.owned(p, d, "can_edit_messages")
	if err != nil {
		return nil, err
	}
	text, _, err := typed(d.Text, nil)
	hasMedia := m.MediaKind() != ""
	switch {
	case err != nil && !(hasMedia && d.Text == ""):
		return nil, err
	case m.isService() || m.Origin != nil || p.chat.isGroup() && !isOut(p.user.ID, m):
		return nil, errNoRight
	case len([]rune(text)) > MaxText || hasMedia && len([]rune(text)) > MaxCaption:
		return nil, errTooLong
	case text == m.Words():
		return nil, errNotModified
	}
	if _, err := p.Edit(m, text); err != nil {
		return nil, errNoMessage
	}
	return nil, nil
}

// delete removes a message for everybody: in a private chat any, elsewhere the own ones or with the right to.
func (g *Page) delete(p *Phone, d *deed) (answer, error) {
	if d.Chat == p.user.ID {
		m, err := p.find(d.Message)
		if err == nil {
			p.Delete(m)
		}
		return nil, err
	}
	p, m, err := g.owned(p, d, "can_delete_messages")
	if err == nil {
		p.Delete(m)
	}
	return nil, err
}

// react sets the one reaction of a person; an empty emoji takes it back.
func (g *Page) react(p *Phone, d *deed) (answer, error) {
	p, err := g.in(p, d.Chat)
	if err != nil {
		return nil, err
	}
	if !isEmoji(d.Emoji) {
		return nil, errBadRequest
	}
	if err := p.React(&Message{ID: d.Message}, d.Emoji); err != nil {
		return nil, errNoMessage
	}
	return nil, nil
}

// isEmoji takes nothing, or one sign with what belongs to it, and no letters.
func isEmoji(s string) bool {
	r := []rune(s)
	return len(r) == 0 || len(r) <= 8 && !strings.ContainsFunc(s, func(r rune) bool { return r < 0x2000 })
}

// start opens the chat with the bot by its Start button or a deep link; with a group it takes the bot into it.
func (g *Page) start(p *Phone, d *deed) (answer, error) {
	if !regexp.MustCompile(`^[A-Za-z0-9_-]{0,64}$`).MatchString(d.Payload) {
		return nil, errBadRequest
	}
	if d.Chat == 0 || d.Chat == p.Chat() {
		p.Start(d.Payload)
		return answer{"chat": p.Chat()}, nil
	}
	in, err := g.inToWrite(p, d.Chat)
	if err != nil {
		return nil, err
	}
	if !in.chat.isGroup() {
		return nil, errNoRight
	}
	(&Room{e: g.e, chat: in.chat}).AddBotBy(p, d.Payload)
	return answer{"chat": d.Chat}, nil
}

func (g *Page) block(p *Phone, d *deed) (answer, error) {
	if d.On {
		p.Block()
	} else {
		p.Unblock()
	}
	return nil, nil
}

func (g *Page) language(p *Phone, d *deed) (answer, error) {
	if d.Lang != "fa" && d.Lang != "en" {
		return nil, errBadRequest
	}
	p.SetLanguage(d.Lang)
	return nil, nil
}
