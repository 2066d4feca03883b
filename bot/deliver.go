package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"peyk/social"
)

// noPreview keeps Telegram from adding a preview of the first link.
var noPreview = map[string]bool{"is_disabled": true}

func setText(params map[string]any, field, html string) {
	params[field], params["parse_mode"] = html, "HTML"
}

func setPlain(params map[string]any, field, html string) {
	params[field] = Plain(html)
	delete(params, "parse_mode")
}

// A delivery is one message on its way into a chat, in one or several calls.
type delivery struct {
	*Sender
	t    *ticket
	m    Message
	sent Sent

	captioned bool // the text is the caption of the first file
}

// deliver makes all calls of a message while it holds the chat.
func (s *Sender) deliver(ctx context.Context, lane Lane, chat int64, m Message) (Sent, error) {
	d := &delivery{Sender: s, t: &ticket{lane: lane, chat: chat}, m: m}
	defer s.gate.leave(d.t)
	err := d.run(ctx)
	var e *Error
	if len(d.sent.All()) > 0 && errors.As(err, &e) {
		e.Maybe = true // a part of the message stands in the chat
	}
	return d.sent, err
}

func (d *delivery) run(ctx context.Context) error {
	groups := albums(d.m.Media)
	single := len(groups) == 1 && len(groups[0]) == 1
	d.captioned = len(groups) > 0 && Length(d.m.HTML) <= MaxCaption && (single || d.m.markup() == nil)
	for i, group := range groups {
		if err := d.media(ctx, group, i == 0); err != nil {
			return err
		}
	}
	if d.captioned {
		d.sent.MessageID, d.sent.Media = d.sent.Media[0], d.sent.Media[1:]
		return nil
	}
	parts := split(d.m.HTML, MaxText)
	if len(parts) == 0 && len(groups) == 0 {
		return errors.New("a message without anything to read")
	}
	for i, part := range parts {
		if err := d.text(ctx, part, i == len(parts)-1); err != nil {
			return err
		}
	}
	return nil
}

// albums groups media as Telegram takes them together: photos and videos,
// documents, or audio files, up to ten; animations and voice notes stand alone
// (Bot API 10.3, sendMediaGroup).
func albums(media []social.Media) [][]social.Media {
	var groups [][]social.Media
	class := ""
	for _, m := range media {
		c := albumClass(m.Kind)
		if n := len(groups) - 1; n >= 0 && c != "" && c == class && len(groups[n]) < MaxAlbum {
			groups[n] = append(groups[n], m)
			continue
		}
		groups, class = append(groups, []social.Media{m}), c
	}
	return groups
}

func albumClass(k social.MediaKind) string {
	switch k {
	case social.Photo, social.Video:
		return "visual"
	case social.Document, social.Audio:
		return string(k)
	}
	return ""
}

// text sends a part of the text; the last part carries the keyboard.
func (d *delivery) text(ctx context.Context, html string, last bool) error {
	r := request{method: "sendMessage", params: d.params(last)}
	if d.m.NoPreview {
		r.params["link_preview_options"] = noPreview
	}
	setText(r.params, "text", html)
	raw, err := d.turn(ctx, d.t, 1, false, r)
	if IsParse(err) {
		d.unformatted(err)
		setPlain(r.params, "text", html)
		raw, err = d.turn(ctx, d.t, 1, false, r)
	}
	if err != nil {
		return err
	}
	ids, _, err := readSent(r.method, raw)
	if err != nil {
		return err
	}
	if last {
		d.sent.MessageID = ids[0]
	} else {
		d.sent.Parts = append(d.sent.Parts, ids[0])
	}
	return nil
}

// params are what every send has. What follows the media answers them.
func (d *delivery) params(keyboard bool) map[string]any {
	p := map[string]any{"chat_id": d.t.chat}
	reply := d.m.ReplyTo
	if len(d.sent.Media) > 0 {
		reply = d.sent.Media[0]
	}
	if reply != 0 {
		p["reply_parameters"] = map[string]any{"message_id": reply, "allow_sending_without_reply": true}
	}
	if d.m.Silent {
		p["disable_notification"] = true
	}
	if markup := d.m.markup(); keyboard && markup != nil {
		p["reply_markup"] = markup
	}
	return p
}

// media sends one group of files, by their ids where there are any; an id that
// Telegram does not take is replaced by the file's bytes.
func (d *delivery) media(ctx context.Context, group []social.Media, first bool) error {
	html := ""
	if first && d.captioned {
		html = d.m.HTML
	}
	r := d.request(ctx, group, html, mediaMode{})
	raw, err := d.turn(ctx, d.t, len(group), false, r)
	if mode := (mediaMode{plain: IsParse(err), upload: isStale(err) && d.stored(group)}); mode != (mediaMode{}) {
		if mode.plain {
			d.unformatted(err)
		}
		raw, err = d.turn(ctx, d.t, len(group), false, d.request(ctx, group, html, mode))
	}
	if err != nil {
		return err
	}
	ids, files, err := readSent(r.method, raw)
	if err != nil {
		return err
	}
	d.sent.Media, d.sent.FileIDs = append(d.sent.Media, ids...), append(d.sent.FileIDs, files...)
	return nil
}

// isStale tells whether Telegram does not know a file's id (any more).
func isStale(err error) bool {
	return says(err, 400, "wrong file identifier", "wrong remote file", "wrong file_id", "file reference", "file_reference")
}

// stored tells whether all files can be opened.
func (d *delivery) stored(group []social.Media) bool {
	for _, m := range group {
		if m.Hash == "" {
			return false
		}
	}
	return d.opener() != nil
}

func (d *delivery) opener() func(context.Context, string) (io.ReadCloser, error) {
	if d.m.Open != nil {
		return d.m.Open
	}
	return d.Open
}

// A mediaMode is how a second try differs from the first.
type mediaMode struct{ plain, upload bool }

func (d *delivery) request(ctx context.Context, group []social.Media, html string, mode mediaMode) request {
	if len(group) == 1 {
		return d.single(ctx, group[0], html, mode)
	}
	r := request{method: "sendMediaGroup", params: d.params(false)}
	items := make([]map[string]any, len(group))
	for i, m := range group {
		items[i] = map[string]any{"type": string(m.Kind)}
		d.refer(ctx, &r, m, mode, reference{items[i], "media", "file" + strconv.Itoa(i), true})
	}
	putCaption(items[0], html, mode)
	r.params["media"] = items
	return r
}

func (d *delivery) single(ctx context.Context, m social.Media, html string, mode mediaMode) request {
	names := map[social.MediaKind]string{
		social.Photo: "sendPhoto", social.Video: "sendVideo", social.Animation: "sendAnimation",
		social.Audio: "sendAudio", social.Voice: "sendVoice",
	}
	r := request{method: "sendDocument"}
	field := "document"
	if name, ok := names[m.Kind]; ok {
		r.method, field = name, string(m.Kind)
	}
	r.params = d.params(d.captioned && len(d.m.Media) == 1)
	d.refer(ctx, &r, m, mode, reference{r.params, field, field, false})
	putCaption(r.params, html, mode)
	return r
}

func putCaption(params map[string]any, html string, mode mediaMode) {
	switch {
	case html == "":
	case mode.plain:
		setPlain(params, "caption", html)
	default:
		setText(params, "caption", html)
	}
}

// A reference is where a request names a file: in params under field, or as the
// form's part.
type reference struct {
	params      map[string]any
	field, part string
	attach      bool // the field points to the part
}

// refer names the file by its id, or adds its bytes to the request.
func (d *delivery) refer(ctx context.Context, r *request, m social.Media, mode mediaMode, at reference) {
	if m.FileID != "" && !mode.upload {
		at.params[at.field] = m.FileID
		return
	}
	if at.attach {
		at.params[at.field] = "attach://" + at.part
	}
	for name, v := range map[string]int{"width": m.Width, "height": m.Height, "duration": m.Duration} {
		if v > 0 && describes(m.Kind, name) {
			at.params[name] = v
		}
	}
	open := d.opener()
	r.files = append(r.files, File{Field: at.part, Name: fileName(m), Open: func() (io.ReadCloser, error) {
		if open == nil {
			return nil, fmt.Errorf("the file %s has no id and nobody to open it", m.Hash)
		}
		return open(ctx, m.Hash)
	}})
}

// describes tells whether uploads of a kind take a parameter (Bot API 10.3).
func describes(k social.MediaKind, name string) bool {
	switch k {
	case social.Video, social.Animation:
		return true
	case social.Audio, social.Voice:
		return name == "duration"
	}
	return false
}

func fileName(m social.Media) string {
	if m.Name != "" {
		return m.Name
	}
	endings := map[social.MediaKind]string{
		social.Photo: ".jpg", social.Video: ".mp4", social.Animation: ".mp4", social.Audio: ".mp3", social.Voice: ".ogg",
	}
	return string(m.Kind) + endings[m.Kind]
}

// readSent reads the ids of sent messages and of their files.
func readSent(method string, raw json.RawMessage) (ids []int64, files []string, err error) {
	type sent struct {
		ID int64 `json:"message_id"`
		wireFiles
	}
	list := []sent{{}}
	if len(raw) > 0 && raw[0] == '[' {
		err = lenient(raw, &list)
	} else {
		err = lenient(raw, &list[0])
	}
	if err != nil || len(list) == 0 || list[0].ID == 0 {
		return nil, nil, &Error{Method: method, Maybe: true, Description: "an answer without a message"}
	}
	for _, w := range list {
		ids = append(ids, w.ID)
		if m := w.media(); m != nil {
			files = append(files, m.FileID)
		}
	}
	return ids, files, nil
}
