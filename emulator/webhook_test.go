package emulator

import (
	"context"
	stdjson "encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
)

// hook is a bot's webhook: it notes what comes and answers what answer says.
type hook struct {
	*httptest.Server
	mu     sync.Mutex
	got    []gotten
	secret []string
	answer func(n int, u gotten) (code int, header map[string]string, body string)
	more   chan struct{}
}

func newHook(t *testing.T, answer func(n int, u gotten) (int, map[string]string, string)) *hook {
	h := &hook{answer: answer, more: make(chan struct{}, 100)}
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	data, _ := io.ReadAll(r.Body)
	var u gotten
	_ = stdjson.Unmarshal(data, &u)
	h.mu.Lock()
	h.got = append(h.got, u)
	h.secret = append(h.secret, r.Header.Get("X-Telegram-Bot-Api-Secret-Token"))
	n := len(h.got)
	h.mu.Unlock()
	code, header, body := h.answer(n, u)
	for k, v := range header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(code)
	_, _ = io.WriteString(w, body)
	h.more <- struct{}{}
}

func (h *hook) wait(t *testing.T, n int) {
	t.Helper()
	for range n {
		select {
		case <-h.more:
		case <-time.After(5 * time.Second):
			t.Fatal("nothing came")
		}
	}
}

func (b *box) drained() {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if b.Wait(ctx, func() bool { return len(b.Pending()) == 0 }) != nil {
		b.t.Fatalf("%d updates are left", len(b.Pending()))
	}
}

func TestWebhookDelivers(t *testing.T) {
	b := newBox(t, Options{})
	h := newHook(t, func(_ int, u gotten) (int, map[string]string, string) {
		if u.Message.Text == "ping" {
			return 200, nil, `{"method":"sendMessage","chat_id":` + itoa(u.Message.Chat.ID) + `,"text":"pong"}`
		}
		return 200, nil, ""
	})
	b.must("setWebhook", params{"url": h.URL, "secret_token": "s3cret_-"}, nil)
	sara := b.sara()
	sara.Say("ping")
	h.wait(t, 2)
	b.drained()
	if h.secret[0] != "s3cret_-" || h.got[0].ID >= h.got[1].ID {
		t.Errorf("secrets %q, ids %d %d", h.secret, h.got[0].ID, h.got[1].ID)
	}
	if m, _ := b.Last(sara.Chat()); m.Text != "pong" {
		t.Errorf("the answer in the response was not carried out: %+v", m)
	}
	b.agrees()
}

func TestWebhookRetries(t *testing.T) {
	clock := clockwork.NewFakeClock()
	b := newBox(t, Options{Network: clock})
	codes := []int{500, 500, 503, 200}
	h := newHook(t, func(n int, _ gotten) (int, map[string]string, string) {
		if codes[n-1] == 503 {
			return 503, map[string]string{"Retry-After": "90"}, ""
		}
		return codes[n-1], nil, ""
	})
	b.must("setWebhook", params{"url": h.URL}, nil)
	b.sara()
	h.wait(t, 2) // the first retry is at once
	b.settled(clock)
	var info struct {
		Pending int    `json:"pending_update_count"`
		Error   string `json:"last_error_message"`
	}
	b.must("getWebhookInfo", params{}, &info)
	if info.Pending != 1 || info.Error != "Wrong response from the webhook: 500 Internal Server Error" {
		t.Errorf("info %+v", info)
	}
	clock.Advance(time.Second)
	select {
	case <-h.more:
		t.Error("the second retry came before 2 s")
	case <-time.After(50 * time.Millisecond):
	}
	clock.Advance(time.Second)
	h.wait(t, 1)
	b.settled(clock)
	clock.Advance(89 * time.Second)
	select {
	case <-h.more:
		t.Error("Retry-After was not obeyed")
	case <-time.After(50 * time.Millisecond):
	}
	clock.Advance(time.Second)
	h.wait(t, 1)
	b.drained()
}

// settled waits until no delivery is under way and the webhook sleeps on its timer.
func (b *box) settled(clock *clockwork.FakeClock) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := b.Wait(ctx, func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.webhook.flying == 0
	})
	if err == nil {
		err = clock.BlockUntilContext(ctx, 1)
	}
	if err != nil {
		b.t.Fatal("the webhook does not come to rest")
	}
}

// A tap and a text of one person travel side by side: the tap's queue is the person, the text's queue is the chat.
func TestWebhookLanes(t *testing.T) {
	b := newBox(t, Options{})
	text, tap := make(chan struct{}), make(chan struct{})
	h := newHook(t, func(_ int, u gotten) (int, map[string]string, string) {
		if u.Callback != nil {
			close(tap)
			return 200, nil, ""
		}
		if u.Message.Text == "slow" {
			close(text)
			<-tap
		}
		return 200, nil, ""
	})
	sara := b.sara()
	m := sara.Say("before")
	b.must("setWebhook", params{"url": h.URL, "drop_pending_updates": true}, nil)
	sara.Say("slow")
	<-text
	if _, err := sara.Forge(m, "x"); err != nil {
		t.Fatal(err)
	}
	h.wait(t, 2)
	b.drained()
}

// Two texts of one chat never travel side by side.
func TestWebhookKeepsOrder(t *testing.T) {
	b := newBox(t, Options{})
	goOn := make(chan struct{})
	h := newHook(t, func(n int, _ gotten) (int, map[string]string, string) {
		if n == 1 {
			<-goOn
		}
		return 200, nil, ""
	})
	sara := b.sara()
	b.must("setWebhook", params{"url": h.URL}, nil)
	sara.Say("second")
	time.Sleep(50 * time.Millisecond) // time for a delivery that must not happen
	h.mu.Lock()
	early := len(h.got)
	h.mu.Unlock()
	close(goOn)
	h.wait(t, 2)
	if early > 1 || h.got[0].ID > h.got[1].ID {
		t.Errorf("%d came at once: %+v", early, idsOf(h.got))
	}
}

func TestWebhookGone(t *testing.T) {
	clock := clockwork.NewFakeClock()
	b := newBox(t, Options{Network: clock, Clock: clock})
	h := newHook(t, func(int, gotten) (int, map[string]string, string) { return 410, nil, "" })
	b.must("setWebhook", params{"url": h.URL}, nil)
	b.sara()
	h.wait(t, 2)
	b.settled(clock)
	clock.Advance(23 * time.Hour)
	h.wait(t, 1)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	removed := func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.webhook == nil
	}
	if b.Wait(ctx, removed) != nil {
		t.Error("the webhook is still set")
	}
}

func TestStrictURL(t *testing.T) {
	b := newBox(t, Options{StrictURL: true})
	for target, want := range map[string]string{
		"http://example.org/":      "Bad Request: bad webhook: An HTTPS URL must be provided for webhook",
		"https://example.org:444/": "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
		"https://127.0.0.1/":       "Bad Request: bad webhook: IP address 127.0.0.1 is reserved",
		"nonsense":                 "Bad Request: invalid webhook URL specified",
	} {
		b.refused("setWebhook", params{"url": target}, want)
	}
}
