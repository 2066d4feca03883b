package emulator

import (
	"fmt"
	"net/url"
	"strings"
)

// userDeed is something a person does in the open chat.
type userDeed func(r *runner, p *Phone, a *args) error

func userDeeds() map[string]userDeed {
	return map[string]userDeed{
		"starts": starts, "says": says, "replies": replies, "sends": sends, "forwards": forwards, "edits": edits,
		"comments": comments, "presses": presses, "forges": forges, "reacts": reacts, "posts": posts,
		"blocks":   func(_ *runner, p *Phone, _ *args) error { p.Block(); return nil },
		"unblocks": func(_ *runner, p *Phone, _ *args) error { p.Unblock(); return nil },
		"speaks":   func(_ *runner, p *Phone, a *args) error { p.SetLanguage(a.next()); return nil },
		"adds":     addsBot,
		"writes":   writes,
		"deletes":  deletes,
		"joins":    moves((*Room).joinPlainly),
		"leaves":   moves((*Room).Leave),
	}
}

func (r *Room) joinPlainly(p *Phone) { r.Join(p, "") }

func moves(f func(*Room, *Phone)) userDeed {
	return func(r *runner, p *Phone, a *args) error {
		room, err := r.room(a.next())
		if err == nil {
			f(room, p)
		}
		return err
	}
}

func addsBot(r *runner, p *Phone, a *args) error {
	room, err := r.room(a.next())
	if err == nil {
		room.AddBotBy(p, strings.Join(a.rest(), " "))
	}
	return err
}

// starts takes a payload or a whole deep link.
func starts(_ *runner, p *Phone, a *args) error {
	payload := strings.Join(a.rest(), " ")
	if u, err := url.Parse(payload); err == nil && u.Query().Has("start") {
		payload = u.Query().Get("start")
	}
	p.Start(payload)
	return nil
}

func says(_ *runner, p *Phone, a *args) error {
	text := a.next()
	if !a.short {
		p.Say(text)
	}
	return nil
}

func replies(r *runner, p *Phone, a *args) error {
	file := len(a.words) > 0 && !a.words[0].quoted
	what, caption := a.next(), ""
	if file {
		caption, _ = a.maybe()
	}
	if !a.take("to") {
		return errMissing
	}
	m, err := r.message(p.Chat(), a.next())
	if err != nil {
		return err
	}
	if !file {
		p.Reply(m, what)
		return nil
	}
	media, err := r.media(what, "file.pdf")
	if err == nil {
		p.ReplyWith(m, media, caption)
	}
	return err
}

// message waits for a message of a chat that holds a fragment; the newest counts.
func (r *runner) message(chat int64, fragment string) (*Message, error) {
	var found *Message
	err := r.await(fmt.Sprintf("a message with %q", fragment), func() bool {
		found = newest(r.e.Messages(chat), fragment)
		return found != nil
	})
	return found, err
}

func newest(list []*Message, fragments ...string) *Message {
	for i := len(list) - 1; i >= 0; i-- {
		if holds(list[i], fragments...) {
			return list[i]
		}
	}
	return nil
}

func holds(m *Message, fragments ...string) bool {
	words := plain(m.Words())
	for _, f := range fragments {
		if !strings.Contains(words, plain(f)) {
			return false
		}
	}
	return true
}

func sends(r *runner, p *Phone, a *args) error {
	kind := a.next()
	switch kind {
	case "album":
		return r.sendsAlbum(p, a)
	case "huge", "bomb":
		return r.sendsBad(p, kind, a)
	}
	name := ""
	if kind == KindDocument {
		name = a.next()
	}
	media, err := r.media(kind, name)
	if err != nil {
		return err
	}
	caption, _ := a.maybe()
	p.Send(media, caption)
	return nil
}

func (r *runner) sendsAlbum(p *Phone, a *args) error {
	var list []Media
	for len(a.words) > 0 && !a.words[0].quoted {
		media, err := r.media(a.next(), "file.pdf")
		if err != nil {
			return err
		}
		list = append(list, media)
	}
	if len(list) < 2 || len(list) > 10 {
		return fmt.Errorf("an album has 2 to 10 items, not %d", len(list))
	}
	caption, _ := a.maybe()
	p.SendAlbum(caption, list...)
	return nil
}

// sendsBad sends what a bot must not take: a video beyond what getFile gives out, or a small file with a picture of 256 megapixels.
func (r *runner) sendsBad(p *Phone, kind string, a *args) error {
	r.pictures++
	media := Video(r.pictures).Sized(MaxDownload + 1)
	if kind == "bomb" {
		media = Media{Kind: KindDocument, Name: "bomb.png", Mime: "image/png", Data: pngHead(16000, 16000)}
	}
	caption, _ := a.maybe()
	p.Send(media, caption)
	return nil
}

// media makes a file; each is another one.
func (r *runner) media(kind, name string) (Media, error) {
	r.pictures++
	n := r.pictures
	switch kind {
	case KindPhoto:
		return Photo(n), nil
	case KindVideo:
		return Video(n), nil
	case KindAnimation:
		return Animation(n), nil
	case KindVoice:
		return Voice(n), nil
	case KindAudio:
		return Audio(n), nil
	case KindDocument:
		return Document(name), nil
	}
	return Media{}, fmt.Errorf("nobody can send a %q", kind)
}

func forwards(r *runner, p *Phone, a *args) error {
	switch what := a.next(); what {
	case "text":
		stranger := &User{ID: 4_999_999_999, FirstName: "Somebody"}
		m := &Message{ID: 1, Date: r.e.clock.Now().Unix(), From: stranger, Chat: Chat{ID: stranger.ID, Type: Private}}
		m.Text, m.Entities = withDetected(a.next(), nil)
		p.Forward(m)
		return nil
	case "card":
		m, err := r.message(p.Chat(), a.next())
		if err == nil {
			p.Forward(m)
		}
		return err
	case "post":
		fragment := a.next()
		a.take("of")
		room, err := r.room(a.next())
		if err != nil {
			return err
		}
		m, err := r.message(room.ID(), fragment)
		if err == nil {
			p.Forward(m)
		}
		return err
	default:
		return fmt.Errorf("nobody can forward a %q", what)
	}
}

func edits(r *runner, p *Phone, a *args) error {
	m, err := r.message(p.Chat(), a.next())
	if err != nil {
		return err
	}
	if !a.take("to") {
		return errMissing
	}
	_, err = p.Edit(m, a.next())
	return err
}

// comments finds the copy of a channel post in its discussion group and answers it there.
func comments(r *runner, p *Phone, a *args) error {
	text := a.next()
	if !a.take("under") {
		return errMissing
	}
	fragment := a.next()
	var group *Room
	var post *Message
	err := r.await(fmt.Sprintf("a channel post with %q", fragment), func() bool {
		group, post = r.e.discussed(fragment)
		return post != nil
	})
	if err == nil {
		p.In(group).Comment(post, text)
	}
	return err
}

func (e *Emulator) discussed(fragment string) (*Room, *Message) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, ch := range e.chats {
		if m := newest(ch.messages, fragment); m != nil && ch.Type == Supergroup && ch.linked != 0 {
			return &Room{e: e, chat: ch}, m
		}
	}
	return nil, nil
}

// presses waits for the button: the bot may still be drawing it.
func presses(r *runner, p *Phone, a *args) error {
	label := a.next()
	fragment := ""
	if a.take("on") {
		fragment = a.next()
	}
	var id string
	err := r.await(fmt.Sprintf("a button %q", label), func() bool {
		m := withButton(r.e.Messages(p.Chat()), label, fragment)
		if m == nil {
			return false
		}
		tap, err := p.PressOn(m, label)
		id = tap
		return err == nil
	})
	r.taps[p.user.ID] = id
	return err
}

func withButton(list []*Message, label, fragment string) *Message {
	for i := len(list) - 1; i >= 0; i-- {
		if b, ok := FindButton(list[i], label); ok && b.Data != "" && holds(list[i], fragment) {
			return list[i]
		}
	}
	return nil
}

func forges(r *runner, p *Phone, a *args) error {
	data, fragment := a.next(), ""
	if a.take("on") {
		fragment = a.next()
	}
	m, err := r.message(p.Chat(), fragment)
	if err != nil {
		return err
	}
	r.taps[p.user.ID], err = p.Forge(m, data)
	return err
}

func reacts(r *runner, p *Phone, a *args) error {
	emoji := a.next()
	if !a.take("to") {
		return errMissing
	}
	fragment := a.next()
	if a.take("in") {
		room, err := r.room(a.next())
		if err != nil {
			return err
		}
		p = p.In(room)
	}
	m, err := r.message(p.Chat(), fragment)
	if err != nil {
		return err
	}
	return p.React(m, emoji)
}

func posts(r *runner, p *Phone, a *args) error {
	text := a.next()
	if !a.take("in") {
		return errMissing
	}
	room, err := r.room(a.next())
	if err == nil {
		p.In(room).Say(text)
	}
	return err
}
