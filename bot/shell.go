package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// maxAnswer bounds an answer, in bytes: getUpdates gives at most 4 MB
// (tdlib/telegram-bot-api 10.0, May 2026).
const maxAnswer = 8 << 20

// A shell is the library's HTTP client for one call: it adds the context, and
// lets only whole JSON answers through.
type shell struct {
	ctx  context.Context
	http *http.Client
}

// Do sends the request and reads its whole answer.
func (s shell) Do(req *http.Request) (*http.Response, error) {
	resp, err := s.http.Do(req.WithContext(s.ctx))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	if err := check(resp.StatusCode, body); err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// A badAnswer is an answer that Telegram did not give: a proxy's error page, or
// something cut off or too long.
type badAnswer struct{ status int }

// Error tells the status only: the body is a stranger's.
func (b *badAnswer) Error() string {
	return fmt.Sprintf("HTTP status %d without a Telegram answer", b.status)
}

// check looks whether the body is an answer of the Bot API: the library would
// report anything else as a JSON error and lose the status.
func check(status int, body []byte) error {
	var answer struct {
		OK   *bool `json:"ok"`
		Code int   `json:"error_code"`
	}
	if len(body) > maxAnswer || json.Unmarshal(body, &answer) != nil || answer.OK == nil {
		return &badAnswer{status}
	}
	if !*answer.OK && answer.Code == 0 {
		return &badAnswer{status}
	}
	return nil
}

// bareError is the error's text without the address, which holds the token.
func bareError(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err.Error()
	}
	return err.Error()
}

// known keeps of an error only what callers ask for, so that nothing hidden in
// its chain can be printed later.
func known(err error) error {
	for _, k := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, k) {
			return k
		}
	}
	return nil
}

// An openError is a file of ours that could not be read.
type openError struct{ error }

// Unwrap gives the cause.
func (e *openError) Unwrap() error { return e.error }

// A part is a File as the library takes it.
type part struct{ file File }

// NeedsUpload is always so: ids of files are ordinary params.
func (part) NeedsUpload() bool { return true }

// UploadData opens the file for this try.
func (p part) UploadData() (string, io.Reader, error) {
	r, err := p.file.Open()
	if err != nil {
		return "", nil, &openError{err}
	}
	return p.file.Name, &closing{ReadCloser: r}, nil
}

// SendData is never asked for, since every part is uploaded.
func (part) SendData() string { return "" }

// A closing reader closes its file when it is read out or reading fails: the
// library forgets to when the other side stops listening.
type closing struct {
	io.ReadCloser
	done bool
}

// Read reads on and closes at the end.
func (c *closing) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if err != nil {
		if cause := c.Close(); errors.Is(err, io.EOF) && cause != nil {
			err = cause
		}
	}
	return n, err
}

// Close closes the file once.
func (c *closing) Close() error {
	if c.done {
		return nil
	}
	c.done = true
	return c.ReadCloser.Close()
}
