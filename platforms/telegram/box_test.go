package telegram_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"peyk/platforms/platformtest"
	"peyk/platforms/telegram"
)

// A call is what the box was asked.
type call struct {
	method string
	params map[string]any // as JSON holds them
	files  map[string]string
}

// A box is a Telegram with one channel. It checks every call against the
// published description of the Bot API.
type box struct {
	t     *testing.T
	spec  *spec
	mu    sync.Mutex
	calls []call
	next  []answer // the answers to come; empty: success
	sent  int      // posts that are in the channel
	id    int      // of the last message
	chat  map[string]any
	gone  map[string]bool // messages that are not there any more
}

// An answer is an error instead of a success; executed posts all the same.
type answer struct {
	err      error
	executed bool
}

func newBox(t *testing.T) *box {
	return &box{t: t, spec: loadSpec(t), gone: map[string]bool{}, chat: map[string]any{"id": -1001234567890, "type": "channel", "title": "کافه", "username": "cafe"}}
}

func (b *box) fail(a ...answer) { b.next = append(b.next, a...) }

func (b *box) Call(_ context.Context, method string, params map[string]any, files []telegram.File) (json.RawMessage, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.read(method, params, files)
	b.calls = append(b.calls, c)
	a := answer{executed: true}
	if len(b.next) > 0 {
		a, b.next = b.next[0], b.next[1:]
	}
	if a.err == nil && b.lost(c) {
		words := map[bool]string{true: "delete", false: "be replied"}[method == "deleteMessage"]
		return nil, &telegram.Failure{Code: 400, Description: "Bad Request: message to " + words + " not found"}
	}
	if a.executed && strings.HasPrefix(method, "send") {
		b.sent++
	}
	if a.executed && method == "deleteMessage" {
		b.gone[fmt.Sprint(c.params["message_id"])] = true
	}
	result := b.result(c)
	if a.err != nil {
		return nil, a.err
	}
	return result, nil
}

// lost tells whether the call answers or deletes a message that is not there.
func (b *box) lost(c call) bool {
	to, _ := c.params["reply_parameters"].(map[string]any)
	return b.gone[fmt.Sprint(to["message_id"])] || c.method == "deleteMessage" && b.gone[fmt.Sprint(c.params["message_id"])]
}

func (b *box) read(method string, params map[string]any, files []telegram.File) call {
	b.t.Helper()
	body, err := json.Marshal(params)
	if err != nil {
		b.t.Fatal(err)
	}
	c := call{method: method, files: map[string]string{}}
	if err := json.Unmarshal(body, &c.params); err != nil {
		b.t.Fatal(err)
	}
	fields := map[string]any{}
	for name, value := range c.params {
		fields[name] = value
	}
	for _, f := range files {
		c.files[f.Field] = f.Name + ":" + b.content(f)
		if !strings.HasPrefix(f.Field, "file") {
			fields[f.Field] = "attached"
		}
	}
	for _, fault := range b.spec.check(method, fields) {
		b.t.Errorf("%s: %s", method, fault)
	}
	return c
}

func (b *box) content(f telegram.File) string {
	b.t.Helper()
	body, err := f.Open()
	if err != nil {
		b.t.Fatal(err)
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(data)
}

func (b *box) result(c call) json.RawMessage {
	var result any
	switch {
	case c.method == "getChat":
		result = b.chat
	case c.method == "getChatMemberCount":
		result = 1240
	case c.method == "getMe":
		result = map[string]any{"id": 42, "is_bot": true}
	case c.method == "getChatMember":
		result = map[string]any{"status": "administrator", "can_post_messages": true, "can_edit_messages": true}
	case c.method == "sendMediaGroup":
		var messages []any
		for range c.params["media"].([]any) {
			messages = append(messages, b.message())
		}
		result = messages
	default:
		result = b.message()
	}
	body, err := json.Marshal(result)
	if err != nil {
		b.t.Fatal(err)
	}
	return body
}

func (b *box) message() any {
	b.id++
	return map[string]any{"message_id": 100 + b.id, "date": 1, "chat": b.chat}
}

// answers are the faults of the suite in Telegram's words.
var answers = map[platformtest.Fault]answer{
	platformtest.Unreachable: {err: &telegram.Failure{Description: "connection refused"}},
	platformtest.Dropped:     {err: errors.New("connection reset by peer"), executed: true},
	platformtest.Broken:      {err: &telegram.Failure{Code: 502, Description: "Bad Gateway"}},
	platformtest.Throttled:   {err: &telegram.Failure{Code: 429, Description: "Too Many Requests: retry after 17", RetryAfter: 17 * time.Second}},
	platformtest.Refused:     {err: &telegram.Failure{Code: 400, Description: "Bad Request: PHOTO_INVALID_DIMENSIONS"}},
	platformtest.NoRights:    {err: &telegram.Failure{Code: 400, Description: "Bad Request: need administrator rights in the channel chat"}},
	platformtest.Gone:        {err: &telegram.Failure{Code: 403, Description: "Forbidden: bot was kicked from the channel chat"}},
}

// media is a store that holds the files named in it.
func media(held ...string) func(context.Context, string) (io.ReadCloser, error) {
	return func(_ context.Context, hash string) (io.ReadCloser, error) {
		if !slices.Contains(held, hash) {
			return nil, fmt.Errorf("opening %s: %w", hash, fs.ErrNotExist)
		}
		return io.NopCloser(strings.NewReader("bytes of " + hash)), nil
	}
}

// A spec is the machine-readable description of the Bot API.
type spec struct {
	Methods map[string]described `json:"methods"`
	Types   map[string]described `json:"types"`
}

type described struct {
	Fields []struct {
		Name     string   `json:"name"`
		Types    []string `json:"types"`
		Required bool     `json:"required"`
	} `json:"fields"`
	Subtypes []string `json:"subtypes"`
}

// readSpec reads the description that lies beside the checkout, once.
var readSpec = sync.OnceValues(func() (*spec, error) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "specs", "telegram-bot-api-10.3.json"))
	if err != nil {
		return nil, err
	}
	s := &spec{}
	return s, json.Unmarshal(data, s)
})

// loadSpec returns the description; without it the calls are not checked, and
// the test says so.
func loadSpec(t *testing.T) *spec {
	s, err := readSpec()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		t.Log("no description of the Bot API here: calls are not checked against it")
		return nil
	case err != nil:
		t.Fatal(err)
	}
	return s
}

// check lists what the description does not allow about a call.
func (s *spec) check(method string, params map[string]any) []string {
	if s == nil {
		return nil
	}
	d, ok := s.Methods[method]
	if !ok {
		return []string{"unknown method"}
	}
	return s.object(d, params, method)
}

func (s *spec) object(d described, values map[string]any, at string) []string {
	var faults []string
	known := map[string]bool{}
	for _, f := range d.Fields {
		known[f.Name] = true
		value, given := values[f.Name]
		switch {
		case !given && f.Required:
			faults = append(faults, at+" lacks "+f.Name)
		case given && !slices.ContainsFunc(f.Types, func(t string) bool { return s.fits(t, value) }):
			faults = append(faults, fmt.Sprintf("%s.%s: %v is none of %v", at, f.Name, value, f.Types))
		}
	}
	for name := range values {
		if !known[name] {
			faults = append(faults, at+" knows no "+name)
		}
	}
	return faults
}

func (s *spec) fits(kind string, value any) bool {
	if inner, ok := strings.CutPrefix(kind, "Array of "); ok {
		list, ok := value.([]any)
		return ok && !slices.ContainsFunc(list, func(v any) bool { return !s.fits(inner, v) && !s.fitsAlbum(inner, v) })
	}
	switch v := value.(type) {
	case string:
		return kind == "String" || kind == "InputFile"
	case float64:
		return kind == "Integer" && v == float64(int64(v)) || kind == "Float"
	case bool:
		return kind == "Boolean"
	case map[string]any:
		d, ok := s.Types[kind]
		return ok && len(s.object(d, v, kind)) == 0
	}
	return false
}

// fitsAlbum lets photos and videos share an array, as sendMediaGroup does.
func (s *spec) fitsAlbum(kind string, value any) bool {
	mixed := []string{"InputMediaPhoto", "InputMediaVideo"}
	return slices.Contains(mixed, kind) && slices.ContainsFunc(mixed, func(k string) bool { return s.fits(k, value) })
}

// canned answers every call with the same result.
type canned string

func (c canned) Call(context.Context, string, map[string]any, []telegram.File) (json.RawMessage, error) {
	return json.RawMessage(c), nil
}
