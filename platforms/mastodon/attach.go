package mastodon

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"time"

	"peyk/platforms"
	"peyk/social"
)

// An upload is a file that a server holds and that no post names yet.
type upload struct {
	id string
	at time.Time
}

// uploadLife is how long we remember one. Servers throw away what no post has named
// for a day; memory may be lost, which costs another upload.
const uploadLife = 6 * time.Hour

// waitProcessing is the pause between two looks at a file that is worked on.
const waitProcessing = 2 * time.Second

// attach brings the files of an intent to the server and waits until it has worked
// on them. What an earlier try has brought is used again, so that a long video is
// waited for and not sent anew.
func (c *Connector) attach(ctx context.Context, a social.Account, media []social.Media, key string) ([]string, error) {
	var ids []string
	for i, m := range media {
		id, err := c.attachOne(ctx, a, m, strconv.FormatInt(a.ID, 10)+" "+key+" "+strconv.Itoa(i)+" "+m.Hash)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (c *Connector) attachOne(ctx context.Context, a social.Account, m social.Media, name string) (string, error) {
	if held, ok := c.held(name); ok {
		err := c.ready(ctx, a, held.id)
		if !gone(err) && !answered(err, http.StatusUnprocessableEntity) {
			return held.id, sorted(err)
		}
	}
	id, done, err := c.bring(ctx, a, m)
	if err != nil {
		return "", err
	}
	c.hold(name, id)
	if done {
		return id, nil
	}
	err = c.ready(ctx, a, id)
	if gone(err) {
		err = &platforms.Transient{Cause: err}
	}
	return id, sorted(err)
}

// held is what is known to be at the server.
func (c *Connector) held(name string) (upload, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	u, ok := c.uploads[name]
	return u, ok
}

func (c *Connector) hold(name, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.Client.Clock.Now()
	if c.uploads == nil {
		c.uploads = map[string]upload{}
	}
	maps.DeleteFunc(c.uploads, func(_ string, u upload) bool { return now.Sub(u.at) > uploadLife })
	c.uploads[name] = upload{id, now}
}

// ready waits until the server has worked on a file. When that takes longer than
// the caller can wait, the next try goes on waiting.
func (c *Connector) ready(ctx context.Context, a social.Account, id string) error {
	pause := c.Client.Wait
	if pause == 0 {
		pause = waitProcessing
	}
	for {
		got, err := c.Client.ask(ctx, a.ID, request{
			method: http.MethodGet, path: "/api/v1/media/" + url.PathEscape(id), right: "write:media",
		}, nil)
		if err != nil || got.status != http.StatusPartialContent {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return &platforms.Transient{Cause: errors.New("the server still works on a file")}
		}
	}
}

// most is how large a file may be: what the account's server says, or the rule.
func most(a social.Account, m social.Media) int64 {
	kind, size := platforms.KindOn(social.Mastodon, m), int64(0)
	for _, row := range platforms.RulesOf(a).Files {
		for _, k := range row.Kinds {
			if k == kind && row.Bytes > size {
				size = row.Bytes
			}
		}
	}
	return size
}

// load takes a file from our store, whose size nobody may have known before.
func (c *Connector) load(ctx context.Context, a social.Account, m social.Media) ([]byte, error) {
	body, err := c.Media(ctx, m.Hash)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &platforms.Rejected{Code: CodeMediaMissing, Detail: m.Hash}
	}
	if err != nil {
		return nil, &platforms.Transient{Cause: err}
	}
	defer body.Close()
	limit := most(a, m)
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	switch {
	case err != nil:
		return nil, &platforms.Transient{Cause: err}
	case len(data) == 0:
		return nil, &platforms.Rejected{Code: CodeBadFile, Detail: "the file is empty"}
	case int64(len(data)) > limit:
		return nil, &platforms.Rejected{Code: platforms.IssueFileTooBig, Detail: m.Hash}
	}
	return data, nil
}

// bring gives a file to the server; done tells whether it is ready for use.
func (c *Connector) bring(ctx context.Context, a social.Account, m social.Media) (id string, done bool, err error) {
	data, err := c.load(ctx, a, m)
	if err != nil {
		return "", false, err
	}
	form, kind, err := formOf(m, data)
	if err != nil {
		return "", false, &platforms.Transient{Cause: err}
	}
	var made struct {
		ID string `json:"id"`
	}
	got, err := c.Client.ask(ctx, a.ID, request{
		method: http.MethodPost, path: "/api/v2/media", form: form, kind: kind, right: "write:media",
	}, &made)
	switch {
	case err != nil:
		return "", false, sorted(err)
	case made.ID == "":
		return "", false, &platforms.Transient{Cause: errors.New("the answer names no file")}
	}
	return made.ID, got.status != http.StatusAccepted, nil
}

// formOf is the form in which a file is sent. Its name says nothing: people's names
// of files are not for the world.
func formOf(m social.Media, data []byte) (form []byte, kind string, err error) {
	mime := http.DetectContentType(data)
	if mime == "application/octet-stream" && m.MIME != "" {
		mime = m.MIME
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	head := textproto.MIMEHeader{}
	head.Set("Content-Disposition", `form-data; name="file"; filename="file"`)
	head.Set("Content-Type", mime)
	part, err := w.CreatePart(head)
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil && m.Alt != "" {
		err = w.WriteField("description", m.Alt)
	}
	err = errors.Join(err, w.Close()) // which writes the form's end
	return b.Bytes(), w.FormDataContentType(), err
}
