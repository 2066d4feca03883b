package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"peyk/emulator"
)

// hookSecret is what the tests' Telegram shows at the webhook.
const hookSecret = "What_Telegram-shows"

// postTo makes the stage's program one to which Telegram posts, at the address.
func (s *stage) postTo(address string) {
	s.more = map[string]string{"PUBLIC_URL": "http://" + address, "WEBHOOK_SECRET": hookSecret}
}

// TestWebhookForged knocks as strangers do, and slowly: each is refused as is documented,
// and nothing of it reaches the inbox.
func TestWebhookForged(t *testing.T) {
	t.Parallel()
	s := hooked.lent(t, asBegun)
	update := `{"update_id":1,"message":{"message_id":1,"date":1,"text":"/start","chat":{"id":66,"type":"private"},"from":{"id":66,"is_bot":false,"first_name":"Eve"}}}`
	tests := []struct {
		name, method, secret string
		body                 io.Reader
		status               int
	}{
		{"no secret", "POST", "", strings.NewReader(update), http.StatusForbidden},
		{"another secret", "POST", hookSecret + "x", strings.NewReader(update), http.StatusForbidden},
		{"GET", "GET", hookSecret, nil, http.StatusMethodNotAllowed},
		{"PUT", "PUT", hookSecret, strings.NewReader(update), http.StatusMethodNotAllowed},
		{"2 MB", "POST", hookSecret, strings.NewReader(strings.Repeat(" ", 2<<20) + update), http.StatusRequestEntityTooLarge},
		{"2 MB of a stranger", "POST", "", strings.NewReader(strings.Repeat(" ", 2<<20)), http.StatusForbidden},
		{"no JSON", "POST", hookSecret, strings.NewReader(update[:40]), http.StatusOK},
		{"no update", "POST", hookSecret, strings.NewReader(`{"message":{}}`), http.StatusOK},
		{"nothing", "POST", hookSecret, nil, http.StatusOK},
		{"wrong types", "POST", hookSecret, strings.NewReader(`{"update_id":"one","message":[]}`), http.StatusOK},
	}
	for _, test := range tests {
		if status := s.post(t, test.method, test.secret, test.body); status != test.status {
			t.Errorf("%s: status %d, want %d", test.name, status, test.status)
		}
	}
	s.inboxHolds(t, 0)
	if n := len(s.telegram.Outputs(66)); n > 0 {
		t.Errorf("a stranger was answered %d times", n)
	}
	s.webhookSlowBody(t)
	s.inboxHolds(t, 0)
	if status := s.post(t, "POST", hookSecret, strings.NewReader(update)); status != http.StatusOK {
		t.Errorf("a true update: status %d", status)
	}
	s.inboxHolds(t, 1)
}

// webhookSlowBody sends a body that never ends: it is cut off after a while.
func (s *stage) webhookSlowBody(t *testing.T) {
	t.Helper()
	read, write := io.Pipe()
	defer write.Close()
	drip, stop := context.WithCancel(t.Context())
	var dripping sync.WaitGroup
	defer dripping.Wait()
	defer stop()
	dripping.Go(func() {
		for drip.Err() == nil {
			if _, err := write.Write([]byte(" ")); err != nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
	begun := time.Now()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+s.listen+webhookPath, read)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Telegram-Bot-Api-Secret-Token", hookSecret)
	resp, err := http.DefaultClient.Do(req)
	if err == nil {
		resp.Body.Close()
	}
	if took := time.Since(begun); took > 20*time.Second || err == nil && resp.StatusCode/100 == 2 {
		t.Errorf("a body that does not end was held for %v: %v", took, err)
	}
	_ = read.Close()
}

// TestWebhookReplicas posts to two programs by turns: each update has one effect.
func TestWebhookReplicas(t *testing.T) {
	t.Parallel()
	s := newStage(t, monday)
	balancer := newBalancer(t)
	s.postTo(balancer.address)
	s.start(t)
	balancer.add(s.listen)
	twin := s.twin(t)
	twin.start(t)
	balancer.add(twin.listen)
	play := func(lines string) { emulator.RunLines(t, s.telegram, "testdata/scripts/x.txt", lines, s.hooks(t)) }
	play(`include setup/en.txt
let when "today 13:00"
let text "Posted by turns"
include setup/approved.en.txt
updates replay 6
run settle
clock 2026-11-23T13:00:01Z
channel nobahar shows exactly "Posted by turns"
bot tells lena "The post of Nobahar is live"
run settle
channel nobahar has 1 post
bot shows lena once "Published" "Posted by turns"
bot shows omar once "Posted by turns"`)
	if a, b := balancer.count(0), balancer.count(1); a == 0 || b == 0 {
		t.Errorf("%d updates went to one and %d to the other", a, b)
	}
	s.onceEach(t)
	s.check(t)
}

// TestForeignWebhook starts beside a webhook that somebody else has set: it is
// removed, with a word in the log, however often Telegram is not there to do so.
func TestForeignWebhook(t *testing.T) {
	t.Parallel()
	s := newStage(t, monday)
	other := freeAddress(t)
	set := s.telegram.URL() + "/bot" + s.telegram.Token() + "/setWebhook?url=http://" + other + "/secret-path"
	if status, body := get(t, set); status != http.StatusOK {
		t.Fatal(status, body)
	}
	s.telegram.Fault(emulator.Fault{Kind: emulator.Status, Method: "deleteWebhook", Code: 502})
	s.start(t)
	emulator.RunLines(t, s.telegram, "testdata/scripts/x.txt", "include setup/begin.en.txt", s.hooks(t))
	if out := s.out.String(); !strings.Contains(out, other) || strings.Contains(out, "secret-path") {
		t.Error("the log does not say whose webhook was removed, or shows its whole address")
	}
}

// post knocks at the webhook and returns the status.
func (s *stage) post(t *testing.T, method, secret string, body io.Reader) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.listen+webhookPath, body)
	if err != nil {
		t.Fatal(err)
	}
	if secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

func (s *stage) inboxHolds(t *testing.T, want int) {
	t.Helper()
	got := 0
	if err := s.query(t.Context(), &got, `SELECT count(*) FROM inbox`); err != nil || got != want {
		t.Errorf("the inbox holds %d updates, want %d: %v", got, want, err)
	}
}

// onceEach sees that every update that Telegram ever made is in the inbox, done,
// and that nothing more is.
func (s *stage) onceEach(t *testing.T) {
	t.Helper()
	rows, done := 0, 0
	if err := s.query(t.Context(), &rows, `SELECT count(*) FROM inbox`); err != nil {
		t.Fatal(err)
	}
	if err := s.query(t.Context(), &done, `SELECT count(*) FROM inbox WHERE done_at IS NOT NULL`); err != nil {
		t.Fatal(err)
	}
	if made := s.handled + len(s.telegram.Updates()); rows != made || done != made {
		t.Errorf("of %d updates %d came in and %d were handled", made, rows, done)
	}
}

// twin is a second program on the same stage.
func (s *stage) twin(t *testing.T) *stage {
	return &stage{owner: t, telegram: s.telegram, clock: s.clock, dsn: s.dsn, dir: s.dir, listen: freeAddress(t), out: s.out, more: s.more}
}

// A balancer hands requests to several programs by turns.
type balancer struct {
	address string

	mu      sync.Mutex
	targets []http.Handler
	counts  []int
	next    int
}

func newBalancer(t *testing.T) *balancer {
	b := &balancer{}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	b.address = strings.TrimPrefix(server.URL, "http://")
	return b
}

func (b *balancer) add(listen string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.targets = append(b.targets, httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: listen}))
	b.counts = append(b.counts, 0)
}

func (b *balancer) count(i int) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.counts[i]
}

// ServeHTTP gives the request to whose turn it is.
func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	if len(b.targets) == 0 {
		b.mu.Unlock()
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	i := b.next % len(b.targets)
	b.next++
	b.counts[i]++
	target := b.targets[i]
	b.mu.Unlock()
	target.ServeHTTP(w, r)
}
