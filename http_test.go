package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/bot"
	"peyk/storage/storagetest"
)

func TestReady(t *testing.T) {
	well := check{"database", func(context.Context) error { return nil }}
	ill := check{"lag", func(context.Context) error { return errors.New("updates wait for 3m0s") }}
	tests := []struct {
		name   string
		checks []check
		status int
		want   map[string]string
	}{
		{"all well", []check{well}, http.StatusOK, map[string]string{"database": "ok"}},
		{"one ill", []check{ill, well}, http.StatusServiceUnavailable, map[string]string{"database": "ok", "lag": "updates wait for 3m0s"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			ready(test.checks).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
			var got map[string]string
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			if w.Code != test.status || len(got) != len(test.want) {
				t.Errorf("got %d %v, want %d %v", w.Code, got, test.status, test.want)
			}
			for name, found := range test.want {
				if got[name] != found {
					t.Errorf("%s: got %q, want %q", name, got[name], found)
				}
			}
		})
	}
}

// TestReadySeesSilence protects against a bot that seems well while nothing
// comes from Telegram any more.
func TestReadySeesSilence(t *testing.T) {
	clock := clockwork.NewFakeClock()
	a := &app{clock: clock, started: clock.Now(), poller: bot.NewPoller(nil, nil, clock, slog.New(slog.DiscardHandler))}
	look := named(t, a.checks(), "telegram")
	if err := look(t.Context()); err == nil {
		t.Error("Telegram has never answered, and that is found well")
	}
	a.met.Store(true)
	a.leading.Store(true)
	clock.Advance(maxPollAge)
	if err := look(t.Context()); err != nil {
		t.Errorf("the longest wait that is well: %v", err)
	}
	clock.Advance(time.Second)
	if err := look(t.Context()); err == nil {
		t.Error("no poll succeeded for too long, and that is found well")
	}
	if age := a.pollAge(); age != maxPollAge+time.Second {
		t.Errorf("the metric says %v", age)
	}
	a.leading.Store(false)
	if age := a.pollAge(); age >= 0 {
		t.Errorf("another process polls, and the metric says %v", age)
	}
	if err := look(t.Context()); err != nil {
		t.Errorf("another process polls, and yet: %v", err)
	}
}

// TestReadyLooksAtTheSchemaOnce: probes come every few seconds.
func TestReadyLooksAtTheSchemaOnce(t *testing.T) {
	t.Parallel()
	a := &app{dsn: "host=/nowhere sslmode=disable"}
	look := named(t, a.checks(), "schema")
	if err := look(t.Context()); err == nil {
		t.Error("the database is not there, and its schema is found well")
	}
	a.dsn = storagetest.New(t)
	for range 2 {
		if err := look(t.Context()); err != nil {
			t.Error(err)
		}
		a.dsn = "host=/nowhere sslmode=disable"
	}
}

func named(t *testing.T, checks []check, name string) func(context.Context) error {
	t.Helper()
	for _, c := range checks {
		if c.name == name {
			return c.look
		}
	}
	t.Fatalf("there is no check %q", name)
	return nil
}

// TestServes asks the whole program what an operator asks it.
func TestServes(t *testing.T) {
	t.Parallel()
	s := polling.lent(t, asBegun)
	awaitHealth(t, s)
	tests := []struct {
		path   string
		status int
		want   string
	}{
		{"/livez", http.StatusOK, "ok"},
		{"/readyz", http.StatusOK, `"schema":"ok"`},
		{"/metrics", http.StatusOK, "peyk_outbox_lag_seconds 0"},
		{"/metrics", http.StatusOK, "\npeyk_poll_age_seconds "},
		{"/metrics", http.StatusOK, "go_goroutines"},
		{webhookPath, http.StatusNotFound, ""}, // long polling: no webhook
		{"/", http.StatusNotFound, ""},
	}
	for _, test := range tests {
		status, body := get(t, "http://"+s.listen+test.path)
		if status != test.status || !strings.Contains(body, test.want) {
			t.Errorf("%s: %d %s, want %d with %q", test.path, status, body, test.status, test.want)
		}
		if strings.Contains(body, s.telegram.Token()) {
			t.Errorf("%s shows the token", test.path)
		}
	}
	elsewhere := &stage{telegram: s.telegram, listen: freeAddress(t)}
	if err := run(t.Context(), []string{"healthcheck"}, elsewhere.env, io.Discard); err == nil {
		t.Error("nobody serves, and the health check finds that well")
	}
}

// awaitHealth asks as a container's health check does, until all is well: the
// listener opens beside the first poll.
func awaitHealth(t *testing.T, s *stage) {
	t.Helper()
	var err error
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if err = run(t.Context(), []string{"healthcheck"}, s.env, io.Discard); err == nil {
			return
		}
	}
	t.Fatal(err)
}

func get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}

func TestHealthcheckRefusesIllness(t *testing.T) {
	ill := httptest.NewServer(ready([]check{{"database", func(context.Context) error { return errors.New("gone") }}}))
	defer ill.Close()
	err := healthcheck(t.Context(), ill.Listener.Addr().String())
	if err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("got %v, want a word of status 503", err)
	}
	_, port, _ := strings.Cut(ill.Listener.Addr().String(), ":")
	if err := healthcheck(t.Context(), ":"+port); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("an address for all hosts is asked at this one; got %v", err)
	}
}
