package emulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/gif"  // the server looks at what is sent as a photo
	_ "image/jpeg" // likewise
	_ "image/png"  // likewise
	"net/http"
	"path"
	"strings"
)

// Limits of files (Bot API, "Sending files" and getFile).
const (
	MaxPhoto    = 10 << 20
	MaxDownload = 20 << 20
	maxSides    = 10000 // width + height of a photo
	maxRatio    = 20
)

// Kinds of attachments.
const (
	KindPhoto     = "photo"
	KindVideo     = "video"
	KindAnimation = "animation"
	KindDocument  = "document"
	KindVoice     = "voice"
	KindAudio     = "audio"
)

// Media is a file that a person sends. Size may be declared larger than the bytes, to stand for a file too big for getFile.
type Media struct {
	Kind          string
	Name, Mime    string
	Data          []byte
	Size          int64 // declared size in bytes; 0: len(Data)
	Width, Height int   // pixels
	Duration      int   // seconds
}

// file is what the server keeps; its id is valid for the one bot.
type file struct {
	Media
	id, unique, path string
	thumb            *file
	sum              string // hash of the bytes, once somebody asked for it
}

// kindMark begins a file_id, so that kinds can be told apart as in real ones.
func kindMark(kind string) string {
	switch kind {
	case KindPhoto:
		return "AgACAgQAAxkB"
	case KindVideo:
		return "BAACAgQAAxkB"
	case KindAnimation:
		return "CgACAgQAAxkB"
	case KindVoice:
		return "AwACAgQAAxkB"
	case KindAudio:
		return "CQACAgQAAxkB"
	}
	return "BQACAgQAAxkB"
}

func folder(kind string) string {
	switch kind {
	case KindVoice:
		return "voice"
	case KindAudio:
		return "music"
	}
	return kind + "s"
}

// keep stores a file under new ids; the unique id depends on the content alone.
func (e *Emulator) keep(m Media) *file {
	n := e.count("file")
	if m.Size == 0 {
		m.Size = int64(len(m.Data))
	}
	if m.Mime == "" {
		m.Mime = http.DetectContentType(m.Data)
	}
	sum := sha256.Sum256(append([]byte(fmt.Sprintf("%s %d ", m.Kind, m.Size)), m.Data...))
	f := &file{Media: m}
	f.id = kindMark(m.Kind) + base64.RawURLEncoding.EncodeToString(append([]byte{byte(n >> 16), byte(n >> 8), byte(n)}, sum[:27]...))
	f.unique = "AQAD" + base64.RawURLEncoding.EncodeToString(sum[:9])
	f.path = fmt.Sprintf("%s/file_%d%s", folder(m.Kind), n-1, suffix(m))
	e.files[f.id], e.paths[f.path] = f, f
	if m.Kind == KindPhoto || m.Kind == KindVideo || m.Kind == KindAnimation {
		e.keepThumb(f)
	}
	return f
}

// suffix of the path on the server: by the name, else by the type.
func suffix(m Media) string {
	if ext := path.Ext(m.Name); ext != "" && m.Kind != KindPhoto {
		return ext
	}
	switch {
	case strings.HasSuffix(m.Mime, "png"):
		return ".png"
	case m.Kind == KindPhoto:
		return ".jpg"
	case m.Kind == KindVideo, m.Kind == KindAnimation:
		return ".mp4"
	case m.Kind == KindVoice:
		return ".oga"
	case m.Kind == KindAudio:
		return ".mp3"
	}
	return ""
}

// thumbs is how many kinds of small pictures there are.
const thumbs = 8

func (e *Emulator) keepThumb(f *file) {
	w, h := fit(f.Width, f.Height, 90)
	if f.Kind != KindPhoto {
		w, h = fit(f.Width, f.Height, 320)
	}
	data := jpegOf(w, h, int(e.count("thumb")%thumbs))
	n := e.count("file")
	id := kindMark(KindPhoto) + base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "thumb-%06d-of-%s", n, f.unique))
	t := &file{Media: Media{Kind: KindPhoto, Mime: "image/jpeg", Data: data, Size: int64(len(data)), Width: w, Height: h},
		id: id, unique: "AQADt" + f.unique[4:], path: fmt.Sprintf("thumbnails/file_%d.jpg", n-1)}
	e.files[t.id], e.paths[t.path] = t, t
	f.thumb = t
}

func fit(w, h, side int) (int, int) {
	if w < 1 || h < 1 {
		return side, side
	}
	if long := max(w, h); long > side {
		w, h = max(1, w*side/long), max(1, h*side/long)
	}
	return w, h
}

// attachment is the file as a message shows it.
func (f *file) attachment() *Attachment {
	a := &Attachment{FileID: f.id, UniqueID: f.unique, FileSize: f.Size}
	switch f.Kind {
	case KindPhoto:
		a.Width, a.Height = f.Width, f.Height
		return a
	case KindVideo, KindAnimation:
		a.Width, a.Height = f.Width, f.Height
	}
	a.MimeType = f.Mime
	if f.Kind != KindVoice {
		a.FileName = f.Name
	}
	if f.Kind != KindDocument {
		d := f.Duration
		a.Duration = &d
	}
	if f.thumb != nil {
		a.Thumbnail = f.thumb.attachment()
	}
	return a
}

// attach puts a file into a message in the place of its kind. An animation is also a document, as Telegram sends it.
func (f *file) attach(m *Message) {
	m.Photo, m.Video, m.Animation, m.Document, m.Voice, m.Audio = nil, nil, nil, nil, nil, nil
	a := f.attachment()
	switch f.Kind {
	case KindPhoto:
		if f.thumb != nil {
			m.Photo = append(m.Photo, *f.thumb.attachment())
		}
		m.Photo = append(m.Photo, *a)
	case KindVideo:
		m.Video = a
	case KindAnimation:
		m.Animation, m.Document = a, &Attachment{FileID: a.FileID, UniqueID: a.UniqueID, Thumbnail: a.Thumbnail,
			FileName: a.FileName, MimeType: a.MimeType, FileSize: a.FileSize}
	case KindVoice:
		m.Voice = a
	case KindAudio:
		m.Audio = a
	default:
		m.Document = a
	}
}

// input gives the file that a parameter names: a part of this request, a file_id, or what was fetched from a URL.
func (e *Emulator) input(c *call, field, value, kind string) (*file, error) {
	if name, ok := strings.CutPrefix(value, "attach://"); ok {
		field, value = name, ""
	}
	if strings.HasPrefix(value, "http://") || strings.HasPrefix(value, "https://") {
		field, value = value, "" // fetchRemote has put it there
	}
	if up, ok := c.files[field]; ok && value == "" {
		return e.uploaded(up, kind)
	}
	if value == "" {
		return nil, badRequest("there is no %s in the request", kind)
	}
	f := e.files[value]
	switch {
	case f == nil:
		return nil, badRequest("wrong remote file identifier specified: Wrong string length")
	case f.Kind != kind:
		return nil, badRequest("can't use file of type %s as %s", title(f.Kind), title(kind))
	}
	return f, nil
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// uploaded checks bytes that came and keeps them.
func (e *Emulator) uploaded(up upload, kind string) (*file, error) {
	m := Media{Kind: kind, Name: path.Base(up.name), Mime: up.mime, Data: up.data}
	if len(m.Data) == 0 {
		return nil, badRequest("file must be non-empty")
	}
	if m.Mime == "application/octet-stream" {
		m.Mime = ""
	}
	switch kind {
	case KindPhoto:
		if err := m.checkPhoto(); err != nil {
			return nil, err
		}
	case KindVideo, KindAnimation:
		m.Width, m.Height, m.Duration = 640, 360, 1
	}
	return e.keep(m), nil
}

func (m *Media) checkPhoto() error {
	if n := len(m.Data); n > MaxPhoto {
		return badRequest("file of size %d bytes is too big for a photo; the maximum size is %d bytes", n, MaxPhoto)
	}
	cfg, _, err := image.DecodeConfig(bytes.NewReader(m.Data))
	if err != nil {
		return badRequest("IMAGE_PROCESS_FAILED")
	}
	w, h := cfg.Width, cfg.Height
	if w+h > maxSides || max(w, h) > maxRatio*min(w, h) {
		return badRequest("PHOTO_INVALID_DIMENSIONS")
	}
	m.Width, m.Height, m.Mime = w, h, ""
	return nil
}

func getFile(e *Emulator, c *call) (any, error) {
	if !c.has("file_id") {
		return nil, badRequest("file_id not specified")
	}
	f := e.files[c.str("file_id")]
	if f == nil {
		return nil, badRequest("wrong file_id or the file is temporarily unavailable")
	}
	if f.Size > MaxDownload {
		return nil, badRequest("file is too big")
	}
	return map[string]any{"file_id": f.id, "file_unique_id": f.unique, "file_size": f.Size, "file_path": f.path}, nil
}

func (e *Emulator) serveFile(w http.ResponseWriter, path string) {
	e.mu.Lock()
	f := e.paths[path]
	e.mu.Unlock()
	if f == nil || f.Size > MaxDownload {
		writeError(w, &failure{Code: 404, Description: "Not Found"})
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(f.Data) // the reader may be gone
}

// FileData gives the bytes behind a file_id; false when there is no such file.
func (e *Emulator) FileData(id string) ([]byte, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	f := e.files[id]
	if f == nil {
		return nil, false
	}
	return f.Data, true
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
