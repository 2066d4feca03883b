package emulator

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

const webm = "\x1a\x45\xdf\xa3\x93\x42\x82\x88webmOpusHead"

func jpegText() string { return string(jpegOf(320, 240, 1)) }

func TestPageSendsFiles(t *testing.T) {
	s := newScreen(t)
	ogg := string(Voice(1).Data)
	for _, c := range []struct {
		kind, mime, name, data string
		want, wantMime         string
	}{
		{"auto", "image/jpeg", "a.jpg", jpegText(), KindPhoto, ""},
		{"", "image/png", "a.png", string(pngOf(64, 48, 1)), KindPhoto, ""},
		{"photo", "", "a.jpg", jpegText(), KindPhoto, ""},
		{"document", "image/jpeg", "a.jpg", jpegText(), KindDocument, "image/jpeg"},
		{"auto", "image/webp", "a.webp", "RIFFxxxxWEBPVP8 ", KindDocument, "image/webp"},
		{"auto", "video/mp4", "a.mp4", string(mp4Of(1)), KindVideo, "video/mp4"},
		{"video", "application/octet-stream", "a.mp4", string(mp4Of(2)), KindVideo, "video/mp4"},
		{"voice", "audio/webm;codecs=opus", "v.webm", webm, KindVoice, "audio/webm"},
		{"voice", "", "v.ogg", ogg, KindVoice, "audio/ogg"},
		{"auto", "audio/ogg; codecs=opus", "v.ogg", ogg, KindVoice, "audio/ogg"},
		{"auto", "audio/mpeg", "song.mp3", "ID3\x03\x00", KindAudio, "audio/mpeg"},
		{"auto", "text/plain", "../etc/منو.txt", "hello", KindDocument, "text/plain"},
	} {
		code, a := s.parcel(s.sara, params{"kind": c.kind, "caption": " hi ", "width": "80", "height": "60", "duration": "7"}, [3]string{c.mime, c.name, c.data})
		if code != 200 || len(a.Messages) != 1 {
			t.Errorf("%s %s: %d %+v", c.kind, c.mime, code, a)
			continue
		}
		m := s.last().Message
		at, _ := m.Attached()
		if m.MediaKind() != c.want || m.Caption != "hi" || at.MimeType != c.wantMime || strings.Contains(at.FileName, "/") {
			t.Errorf("%s %s came as %s %+v", c.kind, c.mime, m.MediaKind(), at)
		}
		if c.want == KindVoice && (at.Duration == nil || *at.Duration != 7) || c.want == KindVideo && (at.Width != 80 || *at.Duration != 7) {
			t.Errorf("%s %s is measured as %+v", c.kind, c.mime, at)
		}
		if data, ok := s.FileData(at.FileID); !ok || string(data) != c.data {
			t.Errorf("%s: other bytes arrived", c.name)
		}
	}
	s.agrees()
}

func TestPageSendsAlbums(t *testing.T) {
	s := newScreen(t)
	to := s.sara.Say("which?")
	photo, clip := [3]string{"image/jpeg", "a.jpg", jpegText()}, [3]string{"video/mp4", "b.mp4", string(mp4Of(1))}
	_, a := s.parcel(s.sara, params{"caption": "two", "reply": itoa(to.ID), "width": []string{"0", "320"}, "height": []string{"0", "200"}, "duration": []string{"0", "9"}}, photo, clip)
	got := s.Messages(s.sara.Chat())[1:]
	if len(a.Messages) != 2 || got[0].MediaGroup == "" || got[0].MediaGroup != got[1].MediaGroup || got[0].Caption != "two" || got[1].Caption != "" {
		t.Errorf("album: %+v", got)
	}
	if got[0].ReplyTo == nil || got[1].ReplyTo != nil || got[1].Video.Width != 320 || *got[1].Video.Duration != 9 {
		t.Errorf("album: %+v", got)
	}
	text := [3]string{"text/plain", "a.txt", "x"}
	s.parcel(s.sara, params{}, photo, text)
	if got := s.Messages(s.sara.Chat())[3:]; got[0].MediaGroup != "" || got[1].MediaGroup != "" {
		t.Errorf("a photo and a document became an album")
	}
	s.parcel(s.sara, params{}, text, text)
	if got := s.Messages(s.sara.Chat())[5:]; got[0].MediaGroup == "" {
		t.Errorf("documents became no album")
	}
}

func TestPageRefusesFiles(t *testing.T) {
	s := newScreen(t)
	text := [3]string{"text/plain", "a.txt", "x"}
	for _, c := range []struct {
		p     params
		files [][3]string
		want  refusal
	}{
		{params{}, nil, errEmpty},
		{params{}, [][3]string{{"text/plain", "a.txt", ""}}, errEmpty},
		{params{"kind": "sticker"}, [][3]string{text}, errBadRequest},
		{params{"kind": "photo"}, [][3]string{text}, errBadPhoto},
		{params{"kind": "video"}, [][3]string{text}, errBadFile},
		{params{"kind": "voice"}, [][3]string{text}, errBadFile},
		{params{"kind": "photo"}, [][3]string{{"image/png", "bomb.png", string(pngHead(16000, 16000))}}, errBadPhoto},
		{params{}, slices.Repeat([][3]string{text}, 11), errTooMany},
		{params{"caption": strings.Repeat("x", 1025)}, [][3]string{text}, errTooLong},
		{params{"reply": "999"}, [][3]string{text}, errNoMessage},
		{params{"chat": "x"}, [][3]string{text}, errNoChat},
		{params{"chat": itoa(s.john.Chat())}, [][3]string{text}, errNoChat},
	} {
		if code, a := s.parcel(s.sara, c.p, c.files...); code != c.want.status || a.Error != c.want.code {
			t.Errorf("%v with %d files: %d %+v, want %s", c.p, len(c.files), code, a, c.want.code)
		}
	}
	if code, a := s.raw("/api/send", "no parts at all"); code != 400 || a.Error != "request" {
		t.Errorf("no multipart: %d %+v", code, a)
	}
	if n := len(s.Messages(s.sara.Chat())); n != 0 {
		t.Errorf("%d messages were sent", n)
	}
}

// Of two uploads one just under the limit is taken, one over it is refused.
func TestPageLimitsUploads(t *testing.T) {
	s := newScreen(t)
	send := func(size int) (int, string) {
		body, kind := parcelBody(params{"as": itoa(s.sara.id()), "chat": itoa(s.sara.Chat())}, [3]string{"text/plain", "a.txt", strings.Repeat("x", size)})
		req, _ := http.NewRequest(http.MethodPost, "/api/send", body)
		req.Header.Set("Content-Type", kind)
		w := &bytesWriter{header: http.Header{}}
		(&Page{e: s.Emulator, maxSend: 10_000}).send(w, req)
		return w.code, w.body.String()
	}
	if code, text := send(9_000); code != 200 {
		t.Errorf("under the limit: %d %s", code, text)
	}
	if code, text := send(10_000); code != 413 || !strings.Contains(text, "too_big") {
		t.Errorf("over the limit: %d %s", code, text)
	}
}

type bytesWriter struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (w *bytesWriter) Header() http.Header         { return w.header }
func (w *bytesWriter) WriteHeader(code int)        { w.code = code }
func (w *bytesWriter) Write(p []byte) (int, error) { return w.body.Write(p) }

func (s *screen) download(id, query, span string) (*http.Response, string) {
	s.t.Helper()
	req, _ := http.NewRequest(http.MethodGet, s.site.URL+"/file/"+id+query, nil)
	if span != "" {
		req.Header.Set("Range", span)
	}
	res, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return res, string(body)
}

func TestPageServesFiles(t *testing.T) {
	s := newScreen(t)
	clip := s.sara.Send(Video(3), "").Video
	whole := string(mp4Of(3))
	res, body := s.download(clip.FileID, "", "")
	if res.StatusCode != 200 || body != whole || res.Header.Get("Content-Type") != "video/mp4" || res.Header.Get("Accept-Ranges") != "bytes" ||
		res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Content-Disposition") != "" {
		t.Errorf("whole: %d %v", res.StatusCode, res.Header)
	}
	if res, body := s.download(clip.FileID, "", "bytes=4-7"); res.StatusCode != 206 || body != whole[4:8] ||
		!strings.HasPrefix(res.Header.Get("Content-Range"), "bytes 4-7/") {
		t.Errorf("part: %d %q %v", res.StatusCode, body, res.Header)
	}
	if res, _ := s.download(clip.FileID, "", "bytes=9999-"); res.StatusCode != 416 {
		t.Errorf("beyond the end: %d", res.StatusCode)
	}
	for _, c := range []struct {
		mime, query, kind, disposition string
	}{
		{"text/html", "", "application/octet-stream", "attachment"},
		{"image/svg+xml", "", "application/octet-stream", "attachment"},
		{"application/pdf", "?name=menu.pdf", "application/octet-stream", "attachment; filename=menu.pdf"},
		{"image/png", "?name=..%2F%22a%22%0D%0A.png", "image/png", `attachment; filename="\"a\".png"`},
		{"nonsense;;", "?name=%D9%85.pdf", "application/octet-stream", "attachment; filename*=utf-8''%D9%85.pdf"},
	} {
		m := s.sara.Send(Media{Kind: KindDocument, Name: "x", Mime: c.mime, Data: []byte("<script>alert(1)</script>")}, "")
		res, _ := s.download(m.Document.FileID, c.query, "")
		h := res.Header
		if h.Get("Content-Type") != c.kind || h.Get("Content-Disposition") != c.disposition || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s%s: %v", c.mime, c.query, h)
		}
	}
}
