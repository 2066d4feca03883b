package emulator

import (
	stdjson "encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
)

// Limits of files that the server fetches itself (Bot API, "Sending files").
const (
	maxRemotePhoto = 5 << 20
	maxRemoteFile  = 20 << 20
)

// fetchRemote loads the files that a call names by URL, before the world is locked. Only loopback is asked: the box has no
// internet behind it.
func (e *Emulator) fetchRemote(c *call) error {
	for _, kind := range []string{KindPhoto, KindVideo, KindAnimation, KindDocument, KindVoice, KindAudio} {
		if err := c.fetch(c.str(kind), kind); err != nil {
			return err
		}
	}
	var items []inputMedia
	if stdjson.Unmarshal([]byte(c.str("media")), &items) != nil {
		items = make([]inputMedia, 1)
		_ = stdjson.Unmarshal([]byte(c.str("media")), &items[0]) // the method itself says what is wrong
	}
	for _, in := range items {
		if err := c.fetch(in.Media, in.Type); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) fetch(address, kind string) error {
	if !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return badRequest("wrong file identifier/HTTP URL specified")
	}
	if ip := net.ParseIP(u.Hostname()); ip == nil || !ip.IsLoopback() {
		return badRequest("failed to get HTTP URL content")
	}
	data, mime, err := get(c, address)
	limit := maxRemoteFile
	if kind == KindPhoto {
		limit = maxRemotePhoto
	}
	switch {
	case err != nil:
		return badRequest("failed to get HTTP URL content")
	case len(data) > limit:
		return badRequest("wrong type of the web page content")
	}
	c.files[address] = upload{field: address, name: path.Base(u.Path), mime: mime, data: data}
	return nil
}

func get(c *call, address string) ([]byte, string, error) {
	req, err := http.NewRequestWithContext(c.ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, "", err
	}
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, "", badRequest("failed to get HTTP URL content")
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, maxRemoteFile+1))
	return data, res.Header.Get("Content-Type"), err
}
