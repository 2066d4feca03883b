package emulator

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const (
	maxFiles   = 10
	kindAuto   = "auto"
	typeFilm   = "video/"
	typeSound  = "audio/"
	typeBinary = "application/octet-stream"
)

// parcel is the body of /api/send: fields, and files in their order.
type parcel struct {
	fields map[string][]string
	files  []upload
}

func (g *Page) send(w http.ResponseWriter, r *http.Request) {
	box, err := readParcel(http.MaxBytesReader(w, r.Body, g.maxSend), r)
	if err != nil {
		g.refuse(w, nil, err)
		return
	}
	p, err := g.person(box.number("as", 0))
	if err != nil {
		g.refuse(w, nil, err)
		return
	}
	a, err := g.sendParcel(p, box)
	g.finish(w, p, a, err)
}

func readParcel(body io.ReadCloser, r *http.Request) (*parcel, error) {
	r.Body = body
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, errBadRequest
	}
	box := &parcel{fields: map[string][]string{}}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return box, nil
		}
		if err == nil {
			err = box.take(part)
		}
		if tooBig := (*http.MaxBytesError)(nil); errors.As(err, &tooBig) {
			return nil, errTooBig
		}
		if err != nil {
			return nil, errBadRequest
		}
	}
}

func (b *parcel) take(part *multipart.Part) error {
	data, err := io.ReadAll(part)
	if err != nil {
		return err
	}
	if name := part.FormName(); part.FileName() == "" {
		b.fields[name] = append(b.fields[name], string(data))
		return nil
	}
	b.files = append(b.files, upload{part.FormName(), safeName(part.FileName()), part.Header.Get("Content-Type"), data})
	return nil
}

func (b *parcel) str(name string) string {
	if list := b.fields[name]; len(list) > 0 {
		return list[0]
	}
	return ""
}

// number is the i-th whole number of a field; 0 when there is none.
func (b *parcel) number(name string, i int) int64 {
	list := b.fields[name]
	if i >= len(list) {
		return 0
	}
	n, _ := strconv.ParseInt(list[i], 10, 64) // no number: 0, which no person, chat or size has
	return n
}

func (g *Page) sendParcel(p *Phone, box *parcel) (answer, error) {
	chat := box.number("chat", 0)
	if chat == 0 && box.str("chat") != "" {
		return nil, errNoChat
	}
	p, err := g.inToWrite(p, chat)
	if err != nil {
		return nil, err
	}
	to, err := p.findReply(box.number("reply", 0))
	if err != nil {
		return nil, err
	}
	caption, _, err := typed(box.str("caption"), nil)
	if err != nil && !errors.Is(err, errEmpty) {
		return nil, err
	}
	if len([]rune(caption)) > MaxCaption {
		return nil, errTooLong
	}
	media, err := box.media()
	if err != nil {
		return nil, err
	}
	return ids(p.sendMedia(media, caption, to)...), nil
}

// media looks at the files as a client does before it sends them.
func (b *parcel) media() ([]Media, error) {
	if len(b.files) == 0 {
		return nil, errEmpty
	}
	if len(b.files) > maxFiles {
		return nil, errTooMany
	}
	var out []Media
	for i, up := range b.files {
		m, err := b.medium(i, up)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

func (b *parcel) medium(i int, up upload) (Media, error) {
	if len(up.data) == 0 {
		return Media{}, errEmpty
	}
	m := Media{Name: up.name, Data: up.data, Mime: mimeOf(up)}
	switch kind := b.str("kind"); kind {
	case "", kindAuto:
		m.Kind = m.guess()
	case KindPhoto, KindVideo, KindVoice, KindDocument:
		m.Kind = kind
	default:
		return Media{}, errBadRequest
	}
	m.Width, m.Height = pixels(b.number("width", i)), pixels(b.number("height", i))
	m.Duration = int(min(max(b.number("duration", i), 0), 24*3600))
	err := m.settle()
	return m, err
}

func pixels(n int64) int { return int(min(max(n, 0), maxSides)) }

// mimeOf is the declared type of a file, or what its first bytes say.
func mimeOf(up upload) string {
	declared, _, err := mime.ParseMediaType(up.mime)
	if err != nil || declared == typeBinary {
		declared, _, _ = mime.ParseMediaType(http.DetectContentType(up.data)) // always a valid one
	}
	return declared
}

// guess is the kind a client offers first for a file.
func (m *Media) guess() string {
	photo := *m
	switch {
	case strings.HasPrefix(m.Mime, "image/") && photo.checkPhoto() == nil:
		return KindPhoto
	case strings.HasPrefix(m.Mime, typeFilm):
		return KindVideo
	case m.Mime == "audio/ogg", m.Mime == "audio/webm":
		return KindVoice
	case strings.HasPrefix(m.Mime, typeSound):
		return KindAudio
	}
	return KindDocument
}

// settle checks that the bytes are of their kind and fills in what the server finds out.
func (m *Media) settle() error {
	switch m.Kind {
	case KindPhoto:
		if m.checkPhoto() != nil {
			return errBadPhoto
		}
	case KindVideo:
		if !strings.HasPrefix(m.Mime, typeFilm) {
			return errBadFile
		}
		if m.Width == 0 || m.Height == 0 {
			m.Width, m.Height = 640, 360
		}
		m.Duration = max(m.Duration, 1)
	case KindVoice:
		m.Name = ""
		return m.settleVoice()
	}
	return nil
}

// settleVoice takes what browsers record: Opus in WebM or Ogg, or sound in MP4.
func (m *Media) settleVoice() error {
	switch http.DetectContentType(m.Data) {
	case "video/webm":
		m.Mime = "audio/webm"
	case "application/ogg":
		m.Mime = "audio/ogg"
	case "video/mp4":
		m.Mime = "audio/mp4"
	case "audio/mpeg":
		m.Mime = "audio/mpeg"
	default:
		return errBadFile
	}
	m.Duration = max(m.Duration, 1)
	return nil
}

// sendMedia sends files: as one album when they go together, else one after the other. The caption and the reply are the first's.
func (p *Phone) sendMedia(list []Media, caption string, to *Message) []*Message {
	var sent []*Message
	p.e.do(func() {
		album := ""
		if goTogether(list) {
			album = p.e.newAlbum()
		}
		for i, item := range list {
			m := &Message{MediaGroup: album}
			if i == 0 {
				m.Caption, m.CaptionEntities = withDetected(caption, nil)
				m.answering(to)
			}
			p.e.keep(item).attach(m)
			sent = append(sent, p.deliver(m))
		}
	})
	return sent
}

// goTogether: photos and videos make an album, and so do documents among themselves.
func goTogether(list []Media) bool {
	all := func(kinds ...string) bool {
		return !slices.ContainsFunc(list, func(m Media) bool { return !slices.Contains(kinds, m.Kind) })
	}
	return len(list) > 1 && (all(KindPhoto, KindVideo) || all(KindDocument))
}
