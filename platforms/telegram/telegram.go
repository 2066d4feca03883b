// Package telegram publishes in Telegram channels through a bot that is an
// administrator there.
package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"time"

	"peyk/platforms"
	"peyk/social"
)

// A Client calls one method of the Bot API. Params are what JSON holds (numbers,
// strings, booleans, and structs or slices that marshal to what the method
// takes); files are the parts that go along. It returns the "result" of the
// answer. What Telegram answers otherwise is a Failure; any other error is read
// as "may have been executed".
type Client interface {
	Call(ctx context.Context, method string, params map[string]any, files []File) (json.RawMessage, error)
}

// A File is one part of an upload. Open may be called more than once.
type File struct {
	Field string // the part's name in the form
	Name  string // the file's name, as people may see it
	Open  func() (io.ReadCloser, error)
}

// A Failure is a call that did not succeed. Code and the next three are what
// Telegram answered (0: it did not); Maybe is true when the request had begun to
// leave without an answer coming back, so that it may have been executed.
type Failure struct {
	Code        int
	Description string
	RetryAfter  time.Duration
	MigrateTo   int64
	Maybe       bool
}

// Error gives the code and Telegram's words.
func (f Failure) Error() string { return fmt.Sprintf("telegram: %d %s", f.Code, f.Description) }

// A Connector publishes through one bot. Media opens a file of our own store by
// its hash; it returns an error like fs.ErrNotExist when it has none.
type Connector struct {
	Client Client
	Media  func(ctx context.Context, hash string) (io.ReadCloser, error)
}

var _ platforms.Connector = (*Connector)(nil)

// maxCalls bounds what one Commit tries after answers that prove that nothing
// happened: the file by its id, by its bytes, and in a migrated chat.
const maxCalls = 3

// Prepare checks the variant and that every file without an id is in our store.
// It calls nothing at Telegram.
func (c *Connector) Prepare(ctx context.Context, in platforms.Intent) (platforms.Stage, error) {
	if err := ctx.Err(); err != nil {
		return nil, &platforms.Transient{Cause: err}
	}
	if err := platforms.Refuse(in.Account, in.Variant); err != nil {
		return nil, err
	}
	for _, m := range in.Variant.Media {
		if m.FileID != "" {
			continue
		}
		if err := c.probe(ctx, m); err != nil {
			return nil, err
		}
	}
	return platforms.Stage("{}"), nil
}

// Commit sends the post: files by their id at Telegram, and by their bytes where
// they have none or Telegram has forgotten it.
func (c *Connector) Commit(ctx context.Context, in platforms.Intent) (platforms.Published, error) {
	chat, upload := chatID(in.Account.RemoteID), false
	for call := 1; ; call++ {
		result, err := c.send(ctx, chat, in.Variant, upload)
		if err == nil {
			return published(result)
		}
		f, answered := failure(err)
		switch {
		case call == maxCalls || !answered || f.Maybe:
			return platforms.Published{}, sorted(err)
		case f.MigrateTo != 0:
			chat = f.MigrateTo
		case f.stale() && !upload && len(in.Variant.Media) > 0:
			upload = true
		default:
			return platforms.Published{}, sorted(err)
		}
	}
}

// Reconcile cannot tell: a bot cannot list what is in a channel.
func (c *Connector) Reconcile(context.Context, platforms.Intent) (platforms.Finding, error) {
	return platforms.Finding{Verdict: platforms.Unsure}, nil
}

// send makes one call. Everything that can fail before it gives a typed error.
func (c *Connector) send(ctx context.Context, chat any, v social.Variant, upload bool) (json.RawMessage, error) {
	r := c.request(ctx, chat, v, upload)
	for _, m := range r.uploads {
		if err := c.probe(ctx, m); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, &platforms.Transient{Cause: err}
	}
	return c.Client.Call(ctx, r.method, r.params, r.files)
}

// probe opens and closes a file of our store, so that a missing one is found
// before anything is sent.
func (c *Connector) probe(ctx context.Context, m social.Media) error {
	body, err := c.Media(ctx, m.Hash)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &platforms.Rejected{Code: CodeMediaMissing, Detail: m.Hash}
	case err != nil:
		return &platforms.Transient{Cause: err}
	}
	if err := body.Close(); err != nil {
		return &platforms.Transient{Cause: err}
	}
	return nil
}

// chatID is the number that Telegram wants, or the @name as it is.
func chatID(remote string) any {
	if id, err := strconv.ParseInt(remote, 10, 64); err == nil {
		return id
	}
	return remote
}
