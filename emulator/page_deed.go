package emulator

import (
	"bytes"
	"errors"
	"image"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// deeds are what people can do on the page.
func (p *Page) deeds() map[string]deed {
	return map[string]deed{
		"say": p.say, "send": p.send, "press": p.press, "forward": p.forward, "edit": p.edit, "delete": p.remove,
		"react": p.react, "start": p.start, "join": p.join, "leave": p.leave, "comment": p.comment, "block": p.block,
		"language": p.language, "admin": p.admin, "channel": p.channel,
		"clock": p.skip, "bot": p.doBot, "fault": p.fault, "tour": p.doTour,
	}
}

// writer is a phone in whose chat its owner may write.
func (p *Page) writer(as, chat int64) (*Phone, error) {
	phone, err := p.phone(as, chat)
	if err != nil {
		return nil, err
	}
	p.e.mu.Lock()
	defer p.e.mu.Unlock()
	if !p.head(as, phone.chat).CanWrite {
		return nil, errNoRight
	}
	return phone, nil
}

// message finds a message of the phone's chat.
func (p *Page) message(phone *Phone, id int64) (*Message, error) {
	p.e.mu.Lock()
	defer p.e.mu.Unlock()
	if m, _ := phone.chat.find(id); m != nil {
		return m, nil
	}
	return nil, errNoThing
}

func (p *Page) say(_ *http.Request, d *did) (any, error) {
	phone, err := p.writer(d.As, d.Chat)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(d.Text) == "" || !utf8.ValidString(d.Text) {
		return nil, errBad
	}
	if d.Reply != 0 {
		to, err := p.message(phone, d.Reply)
		if err != nil {
			return nil, err
		}
		return sentAs(phone.Reply(to, d.Text)), nil
	}
	if len(d.Entities) > 0 {
		return sentAs(phone.SayFormatted(d.Text, d.Entities)), nil
	}
	return sentAs(phone.Say(d.Text)), nil
}

func sentAs(m *Message) map[string]int64 { return map[string]int64{"chat": m.Chat.ID, "message": m.ID} }

// send takes files with a caption: one, or two to ten photos and videos as an album.
func (p *Page) send(r *http.Request, _ *did) (any, error) {
	if err := r.ParseMultipartForm(8 << 20); err != nil {
		return nil, errBad
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // temporary files
	phone, err := p.writer(number(r, "as"), number(r, "chat"))
	if err != nil {
		return nil, err
	}
	files := r.MultipartForm.File["files"]
	if len(files) < 1 || len(files) > 10 {
		return nil, &pageError{http.StatusBadRequest, "files", "One to ten files go into a message."}
	}
	var media []Media
	for _, f := range files {
		m, err := mediaOf(f, r.FormValue("kind"))
		if err != nil {
			return nil, err
		}
		media = append(media, m)
	}
	return p.sendMedia(phone, media, r)
}

func (p *Page) sendMedia(phone *Phone, media []Media, r *http.Request) (any, error) {
	caption := cutTo(r.FormValue("caption"), MaxCaption-1)
	if len(media) > 1 && !slices.ContainsFunc(media, func(m Media) bool { return m.Kind != KindPhoto && m.Kind != KindVideo }) {
		return sentAs(phone.SendAlbum(caption, media...)[0]), nil
	}
	if to := number(r, "reply"); to != 0 && len(media) == 1 {
		on, err := p.message(phone, to)
		if err != nil {
			return nil, err
		}
		return sentAs(phone.ReplyWith(on, media[0], caption)), nil
	}
	var first *Message
	for i, m := range media {
		sent := phone.Send(m, caption)
		if i == 0 {
			first, caption = sent, ""
		}
	}
	return sentAs(first), nil
}

// mediaOf reads an uploaded file. Auto: what it looks like; a picture that Telegram would not take as a photo goes as a document.
func mediaOf(f *multipart.FileHeader, kind string) (Media, error) {
	in, err := f.Open()
	if err != nil {
		return Media{}, errBad
	}
	defer in.Close()
	data, err := io.ReadAll(in)
	if err != nil || len(data) == 0 {
		return Media{}, errBad
	}
	m := Media{Kind: kind, Name: f.Filename, Mime: f.Header.Get("Content-Type"), Data: data}
	if m.Mime == "" || m.Mime == "application/octet-stream" {
		m.Mime = http.DetectContentType(data)
	}
	if kind == "" || kind == "auto" {
		m.Kind = kindOf(m.Mime)
	}
	switch m.Kind {
	case KindPhoto:
		if cfg, _, err := image.DecodeConfig(bytes.NewReader(data)); err != nil || m.checkPhoto() != nil {
			m.Kind = KindDocument
		} else {
			m.Width, m.Height = cfg.Width, cfg.Height
		}
	case KindVideo:
		m.Width, m.Height, m.Duration = 640, 360, 1
	case KindVoice, KindAudio:
		m.Duration = max(1, len(data)/4000)
	case KindDocument, KindAnimation:
	default:
		return Media{}, &pageError{http.StatusBadRequest, "kind", "There is no such kind of file."}
	}
	return m, nil
}

func kindOf(mime string) string {
	switch {
	case mime == "image/jpeg" || mime == "image/png":
		return KindPhoto
	case strings.HasPrefix(mime, "video/"):
		return KindVideo
	case strings.HasPrefix(mime, "audio/"):
		return KindAudio
	}
	return KindDocument
}

func (p *Page) press(_ *http.Request, d *did) (any, error) {
	phone, err := p.phone(d.As, d.Chat)
	if err != nil {
		return nil, err
	}
	m, err := p.message(phone, d.Message)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(m.Keyboard.Buttons(), func(b Button) bool { return b.Data == d.Data && d.Data != "" }) {
		return nil, &pageError{http.StatusConflict, "button", "That button is not there any more."}
	}
	query, err := phone.Forge(m, d.Data)
	if err != nil {
		return nil, err
	}
	return map[string]string{"query": query}, nil
}

func (p *Page) forward(_ *http.Request, d *did) (any, error) {
	from, err := p.phone(d.As, d.From)
	if err != nil {
		return nil, err
	}
	to, err := p.writer(d.As, d.Chat)
	if err != nil {
		return nil, err
	}
	if len(d.Messages) < 1 || len(d.Messages) > 100 {
		return nil, errBad
	}
	var list []*Message
	for _, id := range d.Messages {
		m, err := p.message(from, id)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	for _, m := range list {
		to.Forward(m)
	}
	return nil, nil
}

// own is a message that the phone's owner wrote.
func (p *Page) own(d *did) (*Phone, *Message, error) {
	phone, err := p.phone(d.As, d.Chat)
	if err != nil {
		return nil, nil, err
	}
	m, err := p.message(phone, d.Message)
	if err != nil {
		return nil, nil, err
	}
	p.e.mu.Lock()
	defer p.e.mu.Unlock()
	if channel := phone.chat.Type == Broadcast && phone.chat.members[d.As].isAdmin(); !channel && (m.From == nil || m.From.ID != d.As) {
		return nil, nil, errNoRight
	}
	return phone, m, nil
}

func (p *Page) edit(_ *http.Request, d *did) (any, error) {
	phone, m, err := p.own(d)
	if err != nil {
		return nil, err
	}
	if n := len([]rune(d.Text)); n == 0 && m.MediaKind() == "" || n > MaxText || m.MediaKind() != "" && n > MaxCaption {
		return nil, errBad
	}
	_, err = phone.Edit(m, d.Text)
	return nil, err
}

// remove deletes a message: in a private chat any, elsewhere an own one.
func (p *Page) remove(_ *http.Request, d *did) (any, error) {
	phone, err := p.phone(d.As, d.Chat)
	if err != nil {
		return nil, err
	}
	m, err := p.message(phone, d.Message)
	if err != nil {
		return nil, err
	}
	if phone.chat.Type != Private {
		if phone, m, err = p.own(d); err != nil {
			return nil, err
		}
	}
	phone.Delete(m)
	return nil, nil
}

func (p *Page) react(_ *http.Request, d *did) (any, error) {
	phone, err := p.phone(d.As, d.Chat)
	if err != nil {
		return nil, err
	}
	m, err := p.message(phone, d.Message)
	if err != nil {
		return nil, err
	}
	if len(d.Emoji) > 32 {
		return nil, errBad
	}
	return nil, phone.React(m, d.Emoji)
}

var payloadForm = regexp.MustCompile(`^[A-Za-z0-9_-]{0,64}$`)

// start follows a deep link to the bot.
func (p *Page) start(_ *http.Request, d *did) (any, error) {
	phone, err := p.phone(d.As, 0)
	if err != nil {
		return nil, err
	}
	if !payloadForm.MatchString(d.Payload) {
		return nil, errBad
	}
	return sentAs(phone.Start(d.Payload)), nil
}

// room is a group or channel that exists, whether or not somebody is in it.
func (p *Page) room(as, chat int64) (*Phone, *Room, error) {
	phone, err := p.phone(as, 0)
	if err != nil {
		return nil, nil, err
	}
	p.e.mu.Lock()
	defer p.e.mu.Unlock()
	ch := p.e.chats[chat]
	if ch == nil || ch.Type == Private {
		return nil, nil, errNoChat
	}
	return phone, &Room{e: p.e, chat: ch}, nil
}

// join lets somebody into a public group or channel, or one whose link they have.
func (p *Page) join(_ *http.Request, d *did) (any, error) {
	phone, room, err := p.room(d.As, d.Chat)
	if err != nil {
		return nil, err
	}
	p.e.mu.Lock()
	link := p.e.linkOf(d.Payload)
	in := room.chat.members[d.As].isIn()
	open := room.chat.Username != "" || link != nil && link.chat == room.chat.ID || p.e.isLinked(room.chat, d.As)
	p.e.mu.Unlock()
	switch {
	case in:
		return nil, nil
	case !open:
		return nil, errNoRight
	}
	room.Join(phone, d.Payload)
	return nil, nil
}

// isLinked says whether a group is the discussion of a channel that somebody follows. The lock is held.
func (e *Emulator) isLinked(ch *chat, as int64) bool {
	channel := e.chats[ch.linked]
	return channel != nil && channel.Type == Broadcast && (channel.Username != "" || channel.members[as].isIn())
}

func (p *Page) leave(_ *http.Request, d *did) (any, error) {
	phone, room, err := p.room(d.As, d.Chat)
	if err != nil {
		return nil, err
	}
	room.Leave(phone)
	return nil, nil
}

// comment writes under a channel post.
func (p *Page) comment(_ *http.Request, d *did) (any, error) {
	phone, err := p.phone(d.As, d.Channel)
	if err != nil {
		return nil, err
	}
	group, head, err := p.thread(phone, d.Post)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(d.Text) == "" {
		return nil, errBad
	}
	there := &Phone{e: p.e, user: phone.user, chat: group}
	on := head
	if d.Reply != 0 {
		if on, err = p.message(there, d.Reply); err != nil {
			return nil, err
		}
	}
	return sentAs(there.Comment(on, d.Text)), nil
}

func (p *Page) block(_ *http.Request, d *did) (any, error) {
	phone, err := p.phone(d.As, 0)
	if err != nil {
		return nil, err
	}
	if d.On {
		phone.Block()
	} else {
		phone.Unblock()
	}
	return nil, nil
}

func (p *Page) language(_ *http.Request, d *did) (any, error) {
	phone, err := p.phone(d.As, 0)
	if err != nil {
		return nil, err
	}
	if d.Lang != "fa" && d.Lang != "en" {
		return nil, errBad
	}
	phone.SetLanguage(d.Lang)
	return nil, nil
}

// admin gives the bot all rights in a channel or group of which somebody is the owner, or takes them away.
func (p *Page) admin(_ *http.Request, d *did) (any, error) {
	phone, room, err := p.room(d.As, d.Chat)
	if err != nil {
		return nil, err
	}
	p.e.mu.Lock()
	mine := room.chat.members[d.As].isAdmin()
	p.e.mu.Unlock()
	switch {
	case !mine:
		return nil, errNoRight
	case d.On:
		room.PromoteBot(phone)
	default:
		room.KickBot(phone)
	}
	return nil, nil
}

var nameForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{3,31}$`)

// channel makes a channel with a discussion group.
func (p *Page) channel(_ *http.Request, d *did) (any, error) {
	phone, err := p.phone(d.As, 0)
	if err != nil {
		return nil, err
	}
	title := strings.TrimSpace(d.Title)
	if title == "" || len([]rune(title)) > 128 || d.Username != "" && !nameForm.MatchString(d.Username) {
		return nil, errBad
	}
	if _, taken := p.e.RoomOf(d.Username); d.Username != "" && taken {
		return nil, &pageError{http.StatusConflict, "taken", "That name is taken."}
	}
	channel := p.e.AddChannel(d.Username, title)
	group := p.e.AddSupergroup("", title)
	channel.LinkGroup(group)
	channel.AddOwner(phone)
	group.AddOwner(phone)
	return map[string]int64{"chat": channel.ID()}, nil
}

func (p *Page) skip(r *http.Request, d *did) (any, error) {
	c := p.o.Control
	if c == nil {
		return nil, errNobodys
	}
	if !slices.Contains([]string{"15m", "1h", "due", "saturday"}, d.Skip) {
		return nil, errBad
	}
	if err := c.Skip(r.Context(), d.Skip); err != nil {
		return nil, err
	}
	return c.Clock(), nil
}

func (p *Page) doBot(r *http.Request, d *did) (any, error) {
	c := p.o.Control
	if c == nil {
		return nil, errNobodys
	}
	switch d.Do {
	case "kill":
		return nil, c.Kill(r.Context())
	case "start":
		return nil, c.Start(r.Context())
	}
	return nil, errBad
}

func (p *Page) fault(_ *http.Request, d *did) (any, error) {
	if err := p.e.Switch(d.Name, d.On); err != nil {
		return nil, errors.Join(errBad, err)
	}
	return p.e.Switches(), nil
}
