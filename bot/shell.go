package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxAnswer bounds an answer, in bytes: getUpdates gives at most 4 MB
// (tdlib/telegram-bot-api 10.0, May 2026).
const maxAnswer = 8 << 20

// A shell is the library's HTTP client for one call: it adds the context, and
// lets only whole JSON answers through.
type shell struct {
	ctx    context.Context
	http   *http.Client
	files  []File // to go along; the library's own upload leaves files open
	form   map[string]string
	answer *apiAnswer // what came
}

// An apiAnswer is what the Bot API says to a call.
type apiAnswer struct {
	OK          *bool           `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int   `json:"retry_after"`
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

// Do sends the request and reads its whole answer. The library hears only whether
// it is a success: it would read the rest a second time.
func (s shell) Do(req *http.Request) (*http.Response, error) {
	if len(s.files) > 0 {
		body, kind := newForm(s.form, s.files)
		defer body.Close()
		req.Body, req.GetBody, req.ContentLength = body, nil, -1
		req.Header.Set("Content-Type", kind)
	}
	resp, err := s.http.Do(req.WithContext(s.ctx))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	if err := s.answer.read(resp.StatusCode, body); err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(strings.NewReader(fmt.Sprintf(`{"ok":%t}`, *s.answer.OK)))
	return resp, nil
}

// A badAnswer is an answer that Telegram did not give: a proxy's error page, or
// something cut off or too long.
type badAnswer struct{ status int }

// Error tells the status only: the body is a stranger's.
func (b *badAnswer) Error() string {
	return fmt.Sprintf("HTTP status %d without a Telegram answer", b.status)
}

// read looks whether the body is an answer of the Bot API: the library would
// report anything else as a JSON error and lose the status.
func (a *apiAnswer) read(status int, body []byte) error {
	var got apiAnswer
	if len(body) > maxAnswer || json.Unmarshal(body, &got) != nil || got.OK == nil {
		return &badAnswer{status}
	}
	if !*got.OK && got.Code == 0 {
		return &badAnswer{status}
	}
	*a = got
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
