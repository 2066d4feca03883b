package bluesky

import (
	"bytes"
	"context"
	"errors"
	"image"
	_ "image/jpeg" // reads the size of JPEG pictures
	_ "image/png"  // reads the size of PNG pictures
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"

	"peyk/platforms"
	"peyk/social"
)

// images are the pictures of a post (app.bsky.embed.images of
// bluesky-social/atproto d6296a1cfd, 2026-08-20).
type images struct {
	Type   string    `json:"$type"`
	Images []picture `json:"images"`
}

// A picture is one of them. Where nobody has described it Alt is empty, which is
// honest: a file's name would be read out to people who do not see.
type picture struct {
	Image blob   `json:"image"`
	Alt   string `json:"alt"`
	Ratio *ratio `json:"aspectRatio,omitempty"`
}

// A ratio is the shape of a picture, so that readers' apps leave room for it.
type ratio struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// A blob names a file that a server holds.
type blob struct {
	Type string `json:"$type"`
	Ref  struct {
		Link string `json:"$link"`
	} `json:"ref"`
	MIME string `json:"mimeType"`
	Size int64  `json:"size"`
}

func (i *images) equal(o *images) bool {
	if i == nil || o == nil {
		return i == o
	}
	return slices.EqualFunc(i.Images, o.Images, func(a, b picture) bool { return a.Image.Ref == b.Image.Ref })
}

// embed uploads the pictures.
func (c *Connector) embed(ctx context.Context, a social.Account, media []social.Media) (*images, error) {
	if len(media) == 0 {
		return nil, nil //nolint:nilnil // a post without pictures has no embed
	}
	all := &images{Type: "app.bsky.embed.images"}
	for _, m := range media {
		data, err := c.read(ctx, m)
		if err != nil {
			return nil, err
		}
		held, err := c.upload(ctx, a, m, data)
		if err != nil {
			return nil, err
		}
		all.Images = append(all.Images, picture{Image: held, Alt: strings.ToValidUTF8(m.Alt, "\uFFFD"), Ratio: shape(m, data)})
	}
	return all, nil
}

// maxPicture is how large a picture may be: the row of rules.json.
func maxPicture() int64 {
	for _, row := range platforms.Rules(social.Bluesky).Files {
		if slices.Contains(row.Kinds, social.Photo) {
			return row.Bytes
		}
	}
	return 0
}

// read takes a file from our store, whose size nobody may have known before.
func (c *Connector) read(ctx context.Context, m social.Media) ([]byte, error) {
	body, err := c.Media(ctx, m.Hash)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &platforms.Rejected{Code: CodeMediaMissing, Detail: m.Hash}
	}
	if err != nil {
		return nil, &platforms.Transient{Cause: err}
	}
	defer body.Close()
	data, err := io.ReadAll(io.LimitReader(body, maxPicture()+1))
	switch {
	case err != nil:
		return nil, &platforms.Transient{Cause: err}
	case len(data) == 0:
		return nil, &platforms.Rejected{Code: CodeBadFile, Detail: "the file is empty"}
	case int64(len(data)) > maxPicture():
		return nil, &platforms.Rejected{Code: platforms.IssueFileTooBig, Detail: m.Hash}
	}
	return data, nil
}

// upload gives a picture to the account's server.
func (c *Connector) upload(ctx context.Context, a social.Account, m social.Media, data []byte) (blob, error) {
	kind := http.DetectContentType(data)
	if !strings.HasPrefix(kind, "image/") {
		kind = m.MIME
	}
	if !strings.HasPrefix(kind, "image/") {
		return blob{}, &platforms.Rejected{Code: CodeBadFile, Detail: "not a picture"}
	}
	var answer struct {
		Blob blob `json:"blob"`
	}
	err := c.Client.ask(ctx, a.ID, request{method: "com.atproto.repo.uploadBlob", post: true, blob: data, mime: kind}, &answer)
	if err == nil && (answer.Blob.Type != "blob" || answer.Blob.Ref.Link == "") {
		err = &platforms.Transient{Cause: errors.New("the answer names no file")}
	}
	return answer.Blob, sorted(err)
}

// shape is the picture's width and height: what is known of the file, or what it
// says itself.
func shape(m social.Media, data []byte) *ratio {
	if m.Width > 0 && m.Height > 0 {
		return &ratio{m.Width, m.Height}
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || size.Width <= 0 || size.Height <= 0 {
		return nil
	}
	return &ratio{size.Width, size.Height}
}
