package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"
)

const token = "123456789:AAG-CANARY_secret-of-the-bot"

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A telegram is a Bot API server without a network, so that it can stand in a
// synctest bubble where time is free.
type telegram struct {
	mu     sync.Mutex
	calls  []apiCall
	nextID int
	answer func(c apiCall) string // "": the ordinary success
	drop   func(c apiCall) error  // the connection breaks after the request was written
	refuse func() error           // nobody answers the dial
	delay  time.Duration
}

type apiCall struct {
	method string
	params url.Values
	files  map[string]string // part name → content
	at     time.Time
}

func (c apiCall) chat() int64 {
	n, _ := strconv.ParseInt(c.params.Get("chat_id"), 10, 64)
	return n
}

func (s *telegram) RoundTrip(req *http.Request) (*http.Response, error) {
	if s.refuse != nil {
		if err := s.refuse(); err != nil {
			req.Body.Close()
			return nil, err
		}
	}
	if trace := httptrace.ContextClientTrace(req.Context()); trace != nil && trace.WroteHeaders != nil {
		trace.WroteHeaders()
	}
	c, err := readCall(req)
	if err != nil {
		return nil, err
	}
	if s.delay > 0 {
		select {
		case <-time.After(s.delay):
		case <-req.Context().Done():
			return nil, req.Context().Err()
		}
	}
	s.mu.Lock()
	s.calls = append(s.calls, c)
	s.nextID++
	id := s.nextID
	s.mu.Unlock()
	if s.drop != nil {
		if err := s.drop(c); err != nil {
			return nil, err
		}
	}
	body := ""
	if s.answer != nil {
		body = s.answer(c)
	}
	if body == "" {
		body = success(c, id)
	}
	if err := req.Context().Err(); err != nil {
		return nil, err // it slept over the caller's patience
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func readCall(req *http.Request) (apiCall, error) {
	defer req.Body.Close()
	c := apiCall{method: path.Base(req.URL.Path), files: map[string]string{}, at: time.Now()}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return c, err
	}
	kind, args, _ := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		c.params, err = url.ParseQuery(string(body))
		return c, err
	}
	form, err := multipart.NewReader(bytes.NewReader(body), args["boundary"]).ReadForm(1 << 20)
	if err != nil {
		return c, err
	}
	c.params = form.Value
	for name, list := range form.File {
		f, err := list[0].Open()
		if err != nil {
			return c, err
		}
		data, err := io.ReadAll(f)
		if err != nil {
			return c, err
		}
		c.files[name] = list[0].Filename + ":" + string(data)
	}
	return c, nil
}

func success(c apiCall, id int) string {
	switch {
	case c.method == "sendMediaGroup":
		var items []json.RawMessage
		_ = json.Unmarshal([]byte(c.params.Get("media")), &items)
		var list []string
		for i := range items {
			list = append(list, fmt.Sprintf(`{"message_id":%d,"date":1,"photo":[{"file_id":"f%d","width":1,"height":1}]}`, id*100+i, i))
		}
		return `{"ok":true,"result":[` + strings.Join(list, ",") + `]}`
	case strings.HasPrefix(c.method, "send") && c.method != "sendChatAction":
		return fmt.Sprintf(`{"ok":true,"result":{"message_id":%d,"date":1}}`, id*100)
	}
	return `{"ok":true,"result":true}`
}

func refusal(code int, description string) string {
	return fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q}`, code, description)
}

func tooMany(after int) string {
	return fmt.Sprintf(`{"ok":false,"error_code":429,"description":"Too Many Requests: retry after %d","parameters":{"retry_after":%d}}`, after, after)
}

func (s *telegram) made() []apiCall {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]apiCall{}, s.calls...)
}

// methods are the names of the calls made.
func (s *telegram) methods() string {
	var names []string
	for _, c := range s.made() {
		names = append(names, c.method)
	}
	return strings.Join(names, " ")
}

func (s *telegram) client() *Client { return NewClient(token, "", WithTransport(s)) }

func (s *telegram) sender(t *testing.T) *Sender {
	return NewSender(s.client(), clockwork.NewRealClock(), quiet(t))
}

// quiet logs into the test, which shows it when it fails. The canary may be in no
// line.
func quiet(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(&logged{t: t}, nil))
}

type logged struct {
	t    *testing.T
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if strings.Contains(string(p), "CANARY") {
		l.t.Errorf("the token is in a log line: %s", p)
	}
	l.text.Write(p)
	return len(p), nil
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// apiError asserts that err is an *Error.
func apiError(t *testing.T, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an *Error", err)
	}
	return e
}

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}
