package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// serve starts a server that answers every call like fn.
func serve(t *testing.T, fn http.HandlerFunc) *Client {
	srv := httptest.NewServer(fn)
	t.Cleanup(srv.Close)
	c := NewClient(token, srv.URL)
	t.Cleanup(c.Close)
	return c
}

func hangUp(w http.ResponseWriter, r *http.Request) {
	_, _ = io.ReadAll(r.Body)
	conn, _, _ := w.(http.Hijacker).Hijack()
	conn.Close()
}

func reply(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// Whoever sends again must know whether the first try may have been carried out.
func TestMaybe(t *testing.T) {
	for name, c := range map[string]struct {
		fn    http.HandlerFunc
		code  int
		maybe bool
	}{
		"Telegram refuses":    {reply(400, refusal(400, "Bad Request: chat not found")), 400, false},
		"too many":            {reply(429, tooMany(7)), 429, false},
		"blocked":             {reply(403, refusal(403, "Forbidden: bot was blocked by the user")), 403, false},
		"internal error":      {reply(500, refusal(500, "Internal Server Error")), 500, true},
		"a proxy's 502":       {reply(502, "<html>Bad Gateway</html>"), 502, true},
		"a proxy's 413":       {reply(413, "<html>Too Large</html>"), 413, false},
		"a page":              {reply(200, "<html>Welcome</html>"), 200, true},
		"half an answer":      {reply(200, `{"ok":true,"resu`), 200, true},
		"not Telegram's JSON": {reply(200, `[]`), 200, true},
		"no verdict":          {reply(200, `{"error_code":400,"result":{}}`), 200, true},
		"a bare refusal":      {reply(200, `{"ok":false,"description":"no"}`), 200, true},
		"more than an answer": {reply(200, `{"ok":true,"result":{}}<p>`), 200, true},
		"connection cut":      {hangUp, 0, true},
		"endless":             {reply(200, `{"ok":true,"result":"`+strings.Repeat("x", maxAnswer)+`"}`), 200, true},
		"elsewhere":           {http.RedirectHandler("/elsewhere", 307).ServeHTTP, 307, false},
	} {
		t.Run(name, func(t *testing.T) {
			client := serve(t, c.fn)
			files := []File{{Field: "photo", Name: "a.jpg", Open: opens("bytes")}}
			for what, list := range map[string][]File{"call": nil, "upload": files} {
				_, err := client.Upload(t.Context(), "sendPhoto", map[string]any{"chat_id": 1}, list)
				e := apiError(t, err)
				// An upload to a server that does not wait for it may break while it is written.
				if e.Code != c.code && (list == nil || e.Code != 0) || e.Maybe != c.maybe && name != "elsewhere" {
					t.Errorf("%s: code %d, maybe %v; want %d, %v (%v)", what, e.Code, e.Maybe, c.code, c.maybe, err)
				}
			}
		})
	}
}

func TestMaybeNotWhenNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String()
	l.Close()
	for _, files := range [][]File{nil, {{Field: "photo", Open: opens("x")}}} {
		_, err = NewClient(token, address).Upload(t.Context(), "sendMessage", nil, files)
		if e := apiError(t, err); e.Maybe || !never(err) {
			t.Errorf("a refused connection: %+v, want one that provably did nothing", e)
		}
	}
}

func TestDeadlineIsTold(t *testing.T) {
	release := make(chan struct{})
	client := serve(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := client.Call(ctx, "sendMessage", nil)
	if e := apiError(t, err); !e.Maybe || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%+v, want a deadline that leaves the outcome open", e)
	}
}

// A redirect would carry the token to another address.
func TestRedirectsAreNotFollowed(t *testing.T) {
	asked := 0
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	_, err := client.Call(t.Context(), "sendMessage", nil)
	if e := apiError(t, err); e.Code != 307 || e.Maybe || asked != 1 {
		t.Errorf("%+v after %d requests", e, asked)
	}
}

func TestUploadReadsTheErrorCode(t *testing.T) {
	client := serve(t, reply(429, tooMany(7)))
	_, err := client.Upload(t.Context(), "sendPhoto", nil, []File{{Field: "photo", Open: opens("x")}})
	if e := apiError(t, err); e.Code != 429 || e.RetryAfter != 7*time.Second {
		t.Errorf("got %+v, want code 429 and 7 s", e)
	}
}

func TestMigration(t *testing.T) {
	client := serve(t, reply(400, `{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded","parameters":{"migrate_to_chat_id":-1001234567890}}`))
	_, err := client.Call(t.Context(), "sendMessage", nil)
	if e := apiError(t, err); e.MigrateTo != -1001234567890 {
		t.Errorf("MigrateTo is %d", e.MigrateTo)
	}
}

func TestParams(t *testing.T) {
	tg := &telegram{}
	_, err := tg.client().Call(t.Context(), "m", map[string]any{
		"s": "متن", "n": int64(5), "b": true, "none": nil, "o": map[string]int{"a": 1}, "list": []string{"x"},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := tg.made()[0].params
	for name, want := range map[string]string{"s": "متن", "n": "5", "b": "true", "o": `{"a":1}`, "list": `["x"]`} {
		if got.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.Get(name), want)
		}
	}
	if got.Has("none") {
		t.Error("a nil parameter was sent")
	}
}

// The canary: no error that leaves the client may hold the token.
func TestTokenIsInNoError(t *testing.T) {
	leak := refusal(400, "Bad Request: /bot"+token+"/sendMessage")
	for name, fn := range map[string]http.HandlerFunc{
		"cut":         hangUp,
		"description": reply(400, leak),
		"page":        reply(502, "<html>"+token+"</html>"),
		"redirect":    http.RedirectHandler("http://127.0.0.1:1/bot"+token, 302).ServeHTTP,
	} {
		client := serve(t, fn)
		_, call := client.Call(t.Context(), "sendMessage", nil)
		_, up := client.Upload(t.Context(), "sendPhoto", nil, []File{{Field: "f", Open: opens("x")}})
		_, down := client.Download(t.Context(), "id", 10)
		noToken(t, name, call, up, down)
	}
	dead := NewClient(token, "http://127.0.0.1:1")
	_, call := dead.Call(t.Context(), "sendMessage", nil)
	_, odd := NewClient(token, "http://bad host\x7f").Call(t.Context(), "getMe", nil)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, cancelled := dead.Call(over, "sendMessage", nil)
	noToken(t, "dead", call, odd, cancelled)
	if !errors.Is(cancelled, context.Canceled) {
		t.Errorf("%v does not tell that it was cancelled", cancelled)
	}
}

// noToken looks at an error in every way it could be printed.
func noToken(t *testing.T, name string, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		for ; err != nil; err = errors.Unwrap(err) {
			if text := fmt.Sprintf("%v %+v %#v %s", err, err, err, err.Error()); strings.Contains(text, "CANARY") {
				t.Errorf("%s: the token is in %s", name, text)
			}
		}
	}
}

// opens returns a function that opens a text as a file.
func opens(text string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

func TestFileThatCannotBeOpened(t *testing.T) {
	client := serve(t, reply(200, `{"ok":true,"result":true}`))
	_, err := client.Upload(t.Context(), "sendPhoto", nil, []File{{Field: "photo", Open: func() (io.ReadCloser, error) { return nil, os.ErrNotExist }}})
	if e := apiError(t, err); e.Maybe || !errors.Is(err, os.ErrNotExist) || never(err) {
		t.Errorf("got %+v (%v), want our own file's error, sure that nothing was sent", e, err)
	}
}

// A file is closed also when the server stops listening in its middle.
func TestFileIsClosed(t *testing.T) {
	for name, fn := range map[string]http.HandlerFunc{
		"taken":  reply(200, `{"ok":true,"result":true}`),
		"cut":    func(w http.ResponseWriter, _ *http.Request) { conn, _, _ := w.(http.Hijacker).Hijack(); conn.Close() },
		"nobody": nil,
	} {
		client := NewClient(token, "http://127.0.0.1:1")
		if fn != nil {
			client = serve(t, fn)
		}
		f := &watched{Reader: io.LimitReader(zeros{}, 8<<20), closed: make(chan struct{})}
		opened := false
		_, _ = client.Upload(t.Context(), "sendDocument", nil, []File{{Field: "document", Open: func() (io.ReadCloser, error) { opened = true; return f, nil }}})
		if !opened {
			continue
		}
		select {
		case <-f.closed:
		case <-time.After(2 * time.Second):
			t.Errorf("%s: the file stays open", name)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

type watched struct {
	io.Reader
	closed chan struct{}
}

func (w *watched) Close() error { close(w.closed); return nil }

func TestDownload(t *testing.T) {
	var asked []string
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		if strings.HasSuffix(r.URL.Path, "/getFile") {
			reply(200, `{"ok":true,"result":{"file_id":"x","file_path":"photos/file 1.jpg"}}`)(w, r)
			return
		}
		reply(200, "0123456789")(w, r)
	})
	data, err := client.Download(t.Context(), "x", 10)
	if err != nil || string(data) != "0123456789" {
		t.Fatalf("got %q, %v", data, err)
	}
	if want := "/file/bot" + token + "/photos/file 1.jpg"; asked[1] != want {
		t.Errorf("fetched %q, want %q", asked[1], want)
	}
	if _, err := client.Download(t.Context(), "x", 9); !errors.Is(err, ErrTooBig) {
		t.Errorf("nine bytes allowed: %v, want ErrTooBig", err)
	}
}

func TestID(t *testing.T) {
	if got := NewClient(token, "").ID(); got != 123456789 {
		t.Errorf("the bot's id is %d", got)
	}
}

func BenchmarkCall(b *testing.B) {
	tg := &telegram{}
	c := tg.client()
	params := map[string]any{"chat_id": 1, "text": "سلام", "reply_markup": Message{Keyboard: [][]Button{{{Text: "a", Data: "v1:a:1:1"}}}}.keyboard()}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Call(b.Context(), "sendMessage", params); err != nil {
			b.Fatal(err)
		}
	}
}
