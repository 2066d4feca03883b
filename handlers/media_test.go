package handlers

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"testing"
	"time"

	"peyk/bot"
	"peyk/social"
)

// bomb is a small file that holds a huge picture: a PNG's head alone.
func bomb(width, height uint32) []byte {
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	head = binary.BigEndian.AppendUint32(head, height)
	head = append(head, 8, 2, 0, 0, 0)
	b := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), 13)
	return binary.BigEndian.AppendUint32(append(b, head...), crc32.ChecksumIEEE(head))
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 30, 20))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestInspect(t *testing.T) {
	zip := []byte("PK\x03\x04\x14\x00\x00\x00\x00\x00")
	mp4 := []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x00\x08free")
	opus := []byte("OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x13OpusHead")
	for _, c := range []struct {
		name string
		kind social.MediaKind
		data []byte
		want error
		mime string
	}{
		{"a picture", social.Photo, picture(t), nil, "image/png"},
		{"a picture as a file", social.Document, picture(t), nil, "image/png"},
		{"a bomb", social.Photo, bomb(16000, 16000), errMediaHuge, "image/png"},
		{"a bomb as a file", social.Document, bomb(60000, 60000), errMediaHuge, "image/png"},
		{"a broken picture", social.Photo, picture(t)[:20], errMediaBad, "image/png"},
		{"nothing", social.Photo, nil, errMediaBad, ""},
		{"a page that calls itself a photo", social.Photo, []byte("<html><script>1</script></html>"), errMediaType, "text/html"},
		{"a page as a file", social.Document, []byte("<html><script>1</script></html>"), errMediaType, "text/html"},
		{"a drawing with scripts", social.Document, []byte(`<svg xmlns="http://www.w3.org/2000/svg"></svg>`), errMediaType, "image/svg+xml"},
		{"an archive", social.Document, zip, errMediaType, "application/zip"},
		{"a program", social.Document, []byte("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x3e\x00"), errMediaType, ""},
		{"a paper", social.Document, []byte("%PDF-1.4\n%%EOF\n"), nil, "application/pdf"},
		{"a film", social.Video, mp4, nil, "video/mp4"},
		{"a film that calls itself a photo", social.Photo, mp4, errMediaType, "video/mp4"},
		{"a silent film", social.Animation, mp4, nil, "video/mp4"},
		{"a voice note", social.Voice, opus, nil, "audio/ogg"},
		{"the emulator's voice note", social.Voice, []byte("OggS\x00\x02OpusHead\x07"), nil, "audio/ogg"},
	} {
		got, err := inspect(social.Media{Kind: c.kind}, c.data)
		if !errors.Is(err, c.want) || (c.want == nil && err != nil) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if c.mime != "" && got.MIME != c.mime {
			t.Errorf("%s: type %q, want %q", c.name, got.MIME, c.mime)
		}
	}
	got, err := inspect(social.Media{Kind: social.Photo}, picture(t))
	if err != nil || got.Width != 30 || got.Height != 20 {
		t.Errorf("size %d×%d, %v; want 30×20", got.Width, got.Height, err)
	}
}

// A bomb is refused by its head, in far less than the time of decoding it.
func TestBombIsRefusedAtOnce(t *testing.T) {
	start := time.Now()
	for range 100 {
		if _, err := inspect(social.Media{Kind: social.Photo}, bomb(16000, 16000)); err != errMediaHuge {
			t.Fatal(err)
		}
	}
	if each := time.Since(start) / 100; each > 20*time.Millisecond {
		t.Errorf("it took %v", each)
	}
}

// shelf is a store and a Telegram with one file.
type shelf struct {
	Store
	data []byte
	err  error
	kept [][]byte
	read int
}

func (s *shelf) Download(context.Context, string, int64) ([]byte, error) {
	s.read++
	return s.data, s.err
}

func (s *shelf) SaveMedia(_ context.Context, r io.Reader, _ int64) (string, int64, error) {
	b, err := io.ReadAll(r)
	s.kept = append(s.kept, b)
	return fmt.Sprintf("hash%d", len(s.kept)), int64(len(b)), err
}

func TestTakeAll(t *testing.T) {
	s := &shelf{data: picture(t)}
	h := &Handlers{Store: s, Files: s}
	kept, refused, err := h.takeAll(t.Context(), []social.Media{
		{Kind: social.Photo, FileID: "a"},
		{Kind: social.Video, FileID: "b", Size: social.MaxDownload + 1, Name: "clip.mp4"},
	})
	if err != nil || len(kept) != 1 || kept[0].Hash != "hash1" || kept[0].Size != int64(len(s.data)) || kept[0].FileID != "a" {
		t.Errorf("kept %+v, %v", kept, err)
	}
	if len(refused) != 1 || refused[0].why != errMediaBig || s.read != 1 {
		t.Errorf("refused %+v after %d downloads", refused, s.read)
	}
}

func TestDownloadThatFails(t *testing.T) {
	for _, c := range []struct {
		err  error
		want error // nil: a fault, to be tried again
	}{
		{fmt.Errorf("%w: 30 MB", bot.ErrTooBig), errMediaBig},
		{&bot.Error{Method: "getFile", Code: 400, Description: "wrong file_id or the file is temporarily unavailable"}, errMediaGone},
		{&bot.Error{Method: "download", Code: 404}, errMediaGone},
		{&bot.Error{Method: "getFile", Description: "connection refused"}, nil},
	} {
		s := &shelf{err: c.err}
		_, err := (&Handlers{Store: s, Files: s}).takeMedia(t.Context(), social.Media{Kind: social.Photo})
		var rule social.Rule
		if is := errors.As(err, &rule); is != (c.want != nil) || (is && rule != c.want) {
			t.Errorf("%v: %v, want %v", c.err, err, c.want)
		}
		if len(s.kept) > 0 {
			t.Errorf("%v: something was kept", c.err)
		}
	}
}

func TestCleanFileName(t *testing.T) {
	for name, want := range map[string]string{
		"":                           "",
		"menu.pdf":                   "menu.pdf",
		"../../etc/passwd":           "passwd",
		`C:\Users\x\menu.pdf`:        "menu.pdf",
		"a\u202efdp.exe":             "afdp.exe",
		"منوی تازه.pdf":              "منوی تازه.pdf",
		string(make([]byte, 90)):     "file",
		"…":                          "file",
		fmt.Sprintf("%0200d.pdf", 1): "file.pdf",
	} {
		if got := cleanFileName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
