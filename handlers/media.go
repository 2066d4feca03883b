package handlers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // known to DecodeConfig
	_ "image/jpeg" // likewise
	_ "image/png"  // likewise
	"io"
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
	_ "golang.org/x/image/bmp"  // known to DecodeConfig
	_ "golang.org/x/image/tiff" // likewise
	_ "golang.org/x/image/webp" // likewise

	"peyk/bot"
	"peyk/social"
)

// Files fetches what people send.
type Files interface {
	// Download returns a file of at most limit bytes; a larger one is bot.ErrTooBig.
	Download(ctx context.Context, fileID string, limit int64) ([]byte, error)
}

type mediaStore interface {
	SaveMedia(ctx context.Context, r io.Reader, limit int64) (hash string, size int64, err error)
}

// The refusals of a file that somebody sent.
const (
	errMediaBig   = social.Rule("media_too_big")     // beyond what Telegram gives to a bot
	errMediaType  = social.Rule("media_wrong_type")  // no kind of file that a network takes
	errMediaHuge  = social.Rule("media_many_pixels") // would not fit into memory when drawn
	errMediaBad   = social.Rule("media_broken")      // a picture that cannot be read
	errMediaGone  = social.Rule("media_gone")        // Telegram does not have it any more
	errMediaEmpty = social.Rule("media_needed")      // a file was needed and none came
	errMediaMany  = social.Rule("media_too_many")    // more files than a post holds
)

// maxPixels bounds the pictures that are taken. A small file may hold a picture
// that fills gigabytes when it is decoded, so its head is read first.
const maxPixels = 64_000_000

// maxFiles is how many files a post holds: the largest album of any network.
const maxFiles = 20

// A refused file is one that was not taken, with the reason.
type refusedFile struct {
	media social.Media
	why   social.Rule
}

// takeAll fetches and keeps the files. Those that cannot be taken are returned
// with the reason; any other error is a fault.
func (h *Handlers) takeAll(ctx context.Context, media []social.Media) (kept []social.Media, refused []refusedFile, err error) {
	for _, m := range media {
		taken, err := h.takeMedia(ctx, m)
		var why social.Rule
		switch {
		case errors.As(err, &why):
			refused = append(refused, refusedFile{m, why})
		case err != nil:
			return nil, nil, err
		default:
			kept = append(kept, taken)
		}
	}
	return kept, refused, nil
}

// takeMedia fetches one file, looks what it really is, and keeps it under the
// hash of its content.
func (h *Handlers) takeMedia(ctx context.Context, m social.Media) (social.Media, error) {
	if m.Size > social.MaxDownload {
		return m, errMediaBig
	}
	data, err := h.Files.Download(ctx, m.FileID, social.MaxDownload)
	if err != nil {
		return m, downloadFailed(err)
	}
	if m, err = inspect(m, data); err != nil {
		return m, err
	}
	if clean := cleaned(m.MIME, data); !bytes.Equal(clean, data) {
		data, m.FileID = clean, "" // Telegram's own copy still tells
	}
	m.Hash, m.Size, err = h.Store.SaveMedia(ctx, bytes.NewReader(data), social.MaxDownload)
	if err != nil {
		return m, fmt.Errorf("keeping a %s: %w", m.Kind, err)
	}
	return m, nil
}

// downloadFailed tells what can be said to people from a fault to be tried again.
func downloadFailed(err error) error {
	var e *bot.Error
	switch {
	case errors.Is(err, bot.ErrTooBig):
		return errMediaBig
	case errors.As(err, &e) && (e.Code == 400 || e.Code == 404):
		return errMediaGone
	}
	return fmt.Errorf("fetching a file: %w", err)
}

// inspect settles by a file's bytes what it is, whatever its sender called it.
func inspect(m social.Media, data []byte) (social.Media, error) {
	if len(data) == 0 {
		return m, errMediaBad
	}
	m.MIME = sniff(data)
	m.Name = cleanFileName(m.Name)
	if !takes(m.Kind, m.MIME) {
		return m, errMediaType
	}
	if !slices.Contains(drawn, m.MIME) {
		return m, nil
	}
	head, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return m, errMediaBad
	}
	if head.Width <= 0 || head.Height <= 0 || head.Width > maxPixels/head.Height {
		return m, errMediaHuge
	}
	m.Width, m.Height = head.Width, head.Height
	return m, nil
}

// sniff names the type that the bytes have, without parameters. A voice note and
// a video may both be Ogg.
func sniff(data []byte) string {
	name, _, _ := strings.Cut(mimetype.Detect(data).String(), ";")
	if name == "application/ogg" && bytes.Contains(data[:min(len(data), 128)], []byte("Opus")) {
		return "audio/ogg"
	}
	return name
}

// drawn are the pictures whose size is read from their head.
var drawn = []string{"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/tiff"}

// papers are the documents that may travel as files beside pictures, sound and
// video. Programs, archives and pages that run scripts may not.
var papers = []string{
	"application/pdf", "text/plain", "text/csv", "application/rtf", "text/rtf", "application/epub+zip",
	"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation",
	"application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet",
	"application/vnd.oasis.opendocument.presentation",
}

// takes tells whether a file of this type may come as this kind.
func takes(kind social.MediaKind, mime string) bool {
	picture := slices.Contains(drawn, mime)
	video := strings.HasPrefix(mime, "video/")
	sound := strings.HasPrefix(mime, "audio/") || mime == "application/ogg"
	switch kind {
	case social.Photo:
		return picture
	case social.Video:
		return video
	case social.Animation:
		return video || mime == "image/gif"
	case social.Audio, social.Voice:
		return sound || mime == "video/mp4" || mime == "video/webm"
	case social.Document:
		unread := mime == "image/heic" || mime == "image/heif" || mime == "image/avif"
		return picture || unread || video || sound || slices.Contains(papers, mime)
	}
	return false
}

// cleanFileName keeps the last part of a name, without what would turn the
// direction of a line or end it. A name that is too long or says nothing keeps
// its ending only.
func cleanFileName(name string) string {
	if name == "" {
		return ""
	}
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	if clean, err := social.CleanName(base); err == nil {
		return clean
	}
	ext, err := social.CleanName(path.Ext(base))
	if err != nil || len(ext) > 10 {
		return "file"
	}
	return "file" + ext
}
