package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"strconv"
	"strings"
	"unicode/utf16"

	"peyk/platforms"
	"peyk/social"
)

// A request is one call, with the media whose bytes it carries.
type request struct {
	method  string
	params  map[string]any
	files   []File
	uploads []social.Media
}

// methods are the calls that send a single file, by its kind; the parameter of
// the file bears the kind's name (Bot API 10.3).
var methods = map[social.MediaKind]string{
	social.Photo: "sendPhoto", social.Video: "sendVideo", social.Animation: "sendAnimation",
	social.Document: "sendDocument", social.Audio: "sendAudio", social.Voice: "sendVoice",
}

// request builds the call that publishes the variant; upload sends the bytes of
// files that have an id too.
func (c *Connector) request(ctx context.Context, chat any, v social.Variant, upload bool) request {
	r := request{params: map[string]any{"chat_id": chat}}
	switch len(v.Media) {
	case 0:
		r.method = "sendMessage"
		write(r.params, "text", "entities", v.Text)
	case 1:
		m := v.Media[0]
		r.method = methods[m.Kind]
		field := string(m.Kind)
		if ref := c.refer(ctx, &r, m, field, upload); ref != "" {
			r.params[field] = ref
		} else {
			describe(r.params, m)
		}
		write(r.params, "caption", "caption_entities", v.Text)
	default:
		r.method = "sendMediaGroup"
		r.params["media"] = c.album(ctx, &r, v, upload)
	}
	return r
}

// album describes each file of a group. The text is the caption of the first
// picture, which Telegram shows under the whole album; files that are listed one
// below the other (documents, audio) have it under the last.
func (c *Connector) album(ctx context.Context, r *request, v social.Variant, upload bool) []map[string]any {
	items := make([]map[string]any, len(v.Media))
	captioned := 0
	if !v.Media[0].Visual() {
		captioned = len(v.Media) - 1
	}
	for i, m := range v.Media {
		item := map[string]any{"type": string(m.Kind)}
		field := "file" + strconv.Itoa(i)
		if ref := c.refer(ctx, r, m, field, upload); ref != "" {
			item["media"] = ref
		} else {
			item["media"] = "attach://" + field
			describe(item, m)
		}
		if i == captioned {
			write(item, "caption", "caption_entities", v.Text)
		}
		items[i] = item
	}
	return items
}

// refer returns the file's id at Telegram, or adds its bytes to the request
// under the field and returns "".
func (c *Connector) refer(ctx context.Context, r *request, m social.Media, field string, upload bool) string {
	if m.FileID != "" && !upload {
		return m.FileID
	}
	open := func() (io.ReadCloser, error) { return c.Media(ctx, m.Hash) }
	r.files = append(r.files, File{Field: field, Name: fileName(m), Open: open})
	r.uploads = append(r.uploads, m)
	return ""
}

// describe tells Telegram what it would otherwise have to find out from the bytes.
func describe(params map[string]any, m social.Media) {
	set := func(name string, n int) {
		if n > 0 {
			params[name] = n
		}
	}
	if m.Kind == social.Video || m.Kind == social.Animation {
		set("width", m.Width)
		set("height", m.Height)
	}
	if m.Kind != social.Photo && m.Kind != social.Document {
		set("duration", m.Duration)
	}
	if m.Kind == social.Video {
		params["supports_streaming"] = true
	}
}

// fileName is the file's own name, or one from its kind and type.
func fileName(m social.Media) string {
	if m.Name != "" {
		return m.Name
	}
	if m.Kind == social.Photo {
		return "photo.jpg"
	}
	ends, err := mime.ExtensionsByType(m.MIME)
	if err != nil || len(ends) == 0 {
		return string(m.Kind)
	}
	return string(m.Kind) + ends[0]
}

// write puts the text and its formatting under their names; an empty text is
// left out, as a caption may be.
func write(params map[string]any, name, marksName string, t social.Text) {
	if t.Plain == "" {
		return
	}
	params[name] = t.Plain
	if marks := entities(t); len(marks) > 0 {
		params[marksName] = marks
	}
}

// entities are the marks that lie within the text. A mark that names a person
// (text_mention) is left out: it needs the whole user, whom we do not keep.
func entities(t social.Text) []social.Mark {
	size := len(utf16.Encode([]rune(t.Plain)))
	var marks []social.Mark
	for _, m := range t.Marks {
		if m.Type == "text_mention" || m.Offset < 0 || m.Length <= 0 || m.Offset >= size {
			continue
		}
		m.Length = min(m.Length, size-m.Offset)
		marks = append(marks, m)
	}
	return marks
}

// A message is what we read of the answer.
type message struct {
	ID   int64 `json:"message_id"`
	Chat struct {
		ID       int64  `json:"id"`
		Username string `json:"username"`
	} `json:"chat"`
}

// published reads a Message or an array of them. An answer that cannot be read
// says that something was sent, but not what: it is ambiguous.
func published(result json.RawMessage) (platforms.Published, error) {
	var messages []message
	if !bytes.HasPrefix(bytes.TrimSpace(result), []byte("[")) {
		result = append(append([]byte("["), result...), ']')
	}
	if err := json.Unmarshal(result, &messages); err != nil {
		return platforms.Published{}, &platforms.Ambiguous{Cause: fmt.Errorf("reading the answer: %w", err)}
	}
	if len(messages) == 0 || messages[0].ID == 0 {
		return platforms.Published{}, &platforms.Ambiguous{Cause: errors.New("the answer names no message")}
	}
	ids := make([]string, len(messages))
	for i, m := range messages {
		ids[i] = strconv.FormatInt(m.ID, 10)
	}
	return platforms.Published{Remote: strings.Join(ids, ","), Link: link(messages[0])}, nil
}

// link is the address of a message: by the channel's name where it is public, by
// its number for members where it is not. A basic group has none.
func link(m message) string {
	id := strconv.FormatInt(m.ID, 10)
	if m.Chat.Username != "" {
		return "https://t.me/" + m.Chat.Username + "/" + id
	}
	if inner, ok := strings.CutPrefix(strconv.FormatInt(m.Chat.ID, 10), "-100"); ok {
		return "https://t.me/c/" + inner + "/" + id
	}
	return ""
}
