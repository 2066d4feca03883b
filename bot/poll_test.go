package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/social"
)

// queue answers getUpdates as Telegram does: what is not confirmed comes again.
type queue struct {
	ids     []int64
	offsets []string // as asked
	allowed string
}

func (q *queue) answer(c apiCall) string {
	q.offsets = append(q.offsets, c.params.Get("offset"))
	q.allowed = c.params.Get("allowed_updates")
	offset, _ := strconv.ParseInt(c.params.Get("offset"), 10, 64)
	// An offset far above the queue is none (design: telegram.md 1).
	if n := len(q.ids); n > 0 && offset <= q.ids[n-1]+10 {
		for len(q.ids) > 0 && q.ids[0] < offset {
			q.ids = q.ids[1:]
		}
	}
	var list []string
	for _, id := range q.ids {
		list = append(list, fmt.Sprintf(`{"update_id":%d,"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"}}}`, id))
	}
	if len(list) == 0 {
		time.Sleep(pollTimeout)
	}
	return `{"ok":true,"result":[` + strings.Join(list, ",") + `]}`
}

// poll runs a poller in the bubble for a while and returns how it ended.
func poll(t *testing.T, tg *telegram, intake Intake, log *slog.Logger, d time.Duration) (*Poller, error) {
	p := NewPoller(tg.client(), intake, clockwork.NewRealClock(), log)
	ctx, stop := context.WithTimeout(t.Context(), d)
	defer stop()
	err := p.Run(ctx)
	return p, err
}

func TestPollConfirmsOnlyWhatIsSafe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{ids: []int64{100, 101, 102}}
		s, start := &shelf{}, time.Now()
		p, err := poll(t, &telegram{answer: q.answer}, s, quiet(t), 70*time.Second)
		if err != nil || strings.Join(q.offsets, " ") != " 103 103" || s.states() != "100: 101: 102:" {
			t.Errorf("%v; asked for %q, kept %s", err, q.offsets, s.states())
		}
		if after := p.LastPoll().Sub(start); after != pollTimeout {
			t.Errorf("the last poll succeeded after %v", after)
		}
		if !strings.Contains(q.allowed, "message_reaction_count") || !strings.Contains(q.allowed, "chat_member") {
			t.Errorf("asked for %s", q.allowed)
		}
		if in := s.rows[0].Incoming; in.Bot != 123456789 || in.Key != 5 || in.At.IsZero() || !bytes.Contains(in.Body, []byte("update_id")) {
			t.Errorf("kept %+v", in)
		}
	})
}

func TestPollWaitsForTheDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{ids: []int64{100}}
		s := &shelf{broken: errors.New("the database is down")}
		tg := &telegram{answer: q.answer}
		go func() {
			time.Sleep(time.Minute)
			for _, c := range tg.made() {
				if offset := c.params.Get("offset"); offset != "" {
					t.Errorf("confirmed what lies before %s while nothing could be kept", offset)
				}
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			s.broken = nil
		}()
		p, err := poll(t, tg, s, quiet(t), 100*time.Second)
		if err != nil || s.states() != "100:" || p.offset != 101 {
			t.Errorf("%v; kept %q, offset %d", err, s.states(), p.offset)
		}
	})
}

// After a quiet week Telegram starts at a random id, maybe a smaller one.
func TestPollFollowsAnIDReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{ids: []int64{900000}}
		tg := &telegram{}
		tg.answer = func(c apiCall) string {
			if len(q.offsets) == 1 {
				q.ids = []int64{17, 18}
			}
			return q.answer(c)
		}
		s := &shelf{}
		_, _ = poll(t, tg, s, quiet(t), 40*time.Second)
		if strings.Join(q.offsets, " ") != " 900001 19" || s.states() != "900000: 17: 18:" {
			t.Errorf("asked for %q, kept %s", q.offsets, s.states())
		}
	})
}

func TestPollConflict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := &logged{t: t}
		tg := &telegram{answer: func(apiCall) string {
			return refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
		}}
		_, err := poll(t, tg, &shelf{}, slog.New(slog.NewTextHandler(text, nil)), 52*time.Second)
		if n := len(tg.made()); err != nil || n != 11 {
			t.Errorf("%v; asked %d times in 52 s, want one each 5 s", err, n)
		}
		if n := strings.Count(text.String(), "\n"); n != 1 {
			t.Errorf("%d log lines, want one", n)
		}
	})
}

func TestPollStopsAtAWrongToken(t *testing.T) {
	for code, text := range map[int]string{401: "Unauthorized", 404: "Not Found"} {
		tg := &telegram{answer: func(apiCall) string { return refusal(code, text) }}
		_, err := poll(t, tg, &shelf{}, quiet(t), time.Minute)
		if err == nil || !strings.Contains(err.Error(), "token") || strings.Contains(err.Error(), "CANARY") {
			t.Errorf("%d: %v", code, err)
		}
	}
}

func TestPollGoesOnThroughTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{ids: []int64{100}}
		n := 0
		tg := &telegram{}
		tg.answer = func(c apiCall) string {
			switch n++; n {
			case 1:
				return "<html>Bad Gateway</html>"
			case 2:
				return tooMany(7)
			case 3:
				return `{"ok":true,"result":[5,"x"]}`
			case 4:
				return `{"ok":true,"result":{}}`
			}
			return q.answer(c)
		}
		s := &shelf{}
		_, err := poll(t, tg, s, quiet(t), time.Minute)
		if err != nil || s.states() != "100:" {
			t.Errorf("%v; kept %q", err, s.states())
		}
	})
}

func TestPollStopsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := &telegram{delay: pollTimeout}
		start := time.Now()
		_, err := poll(t, tg, &shelf{}, quiet(t), 3*time.Second)
		if took := time.Since(start); err != nil || took != 3*time.Second {
			t.Errorf("%v after %v", err, took)
		}
	})
}

func TestWebhook(t *testing.T) {
	const good = `{"update_id":7,"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"text":"سلام"}}`
	down := errors.New("the database is down")
	for name, c := range map[string]struct {
		method, secret, given, body string
		broken                      error
		status                      int
		kept, odd                   int
	}{
		"good":             {"POST", "s", "s", good, nil, 200, 1, 0},
		"wrong secret":     {"POST", "s", "t", good, nil, 403, 0, 0},
		"no secret given":  {"POST", "s", "", good, nil, 403, 0, 0},
		"longer secret":    {"POST", "s", "ss", good, nil, 403, 0, 0},
		"no secret at all": {"POST", "", "", good, nil, 403, 0, 0},
		"GET":              {"GET", "s", "s", "", nil, 405, 0, 0},
		"too large":        {"POST", "s", "s", good + strings.Repeat(" ", maxUpdate), nil, 413, 0, 0},
		"largest":          {"POST", "s", "s", good + strings.Repeat(" ", maxUpdate-len(good)), nil, 200, 1, 0},
		"database down":    {"POST", "s", "s", good, down, 503, 0, 0},
		"no JSON":          {"POST", "s", "s", "{", nil, 200, 0, 1},
		"no update":        {"POST", "s", "s", `{"x":1}`, nil, 200, 0, 1},
		"unknown kind":     {"POST", "s", "s", `{"update_id":8,"novelty":{}}`, nil, 200, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := &shelf{broken: c.broken}
			h := &Webhook{Secret: c.secret, Bot: 1, Intake: s, Clock: clockwork.NewRealClock(), Log: quiet(t)}
			r := httptest.NewRequest(c.method, "/hook", strings.NewReader(c.body))
			r.Header.Set("X-Telegram-Bot-Api-Secret-Token", c.given)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != c.status || len(s.rows) != c.kept || h.Odd() != int64(c.odd) {
				t.Errorf("status %d, kept %d, odd %d", w.Code, len(s.rows), h.Odd())
			}
			if w.Code == 503 && w.Header().Get("Retry-After") != "2" {
				t.Error("503 without Retry-After")
			}
			if (c.kept == 1) == h.LastUpdate().IsZero() {
				t.Errorf("the last update came at %v", h.LastUpdate())
			}
		})
	}
}

func TestWebhookTwice(t *testing.T) {
	s := &shelf{}
	h := &Webhook{Secret: "s", Bot: 1, Intake: s, Clock: clockwork.NewRealClock(), Log: quiet(t)}
	for range 2 {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"update_id":7}`))
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", "s")
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	if len(s.rows) != 1 {
		t.Errorf("kept %d times", len(s.rows))
	}
}

func TestForeignWebhook(t *testing.T) {
	for url, want := range map[string]string{"": "", "https://us.example/hook": "", "https://them.example/secret-path": "them.example", "://": "an unreadable address"} {
		if got := (WebhookInfo{URL: url}).Foreign("https://us.example/hook"); got != want {
			t.Errorf("%q is %q, want %q", url, got, want)
		}
	}
}

func BenchmarkWebhook(b *testing.B) {
	h := &Webhook{Secret: "s", Bot: 1, Intake: sink{}, Clock: clockwork.NewRealClock(), Log: slog.New(slog.DiscardHandler)}
	body := `{"update_id":7,"callback_query":{"id":"c","from":{"id":5,"first_name":"Sara"},"data":"v1:ok:1:1","message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"text":"` + strings.Repeat("متن ", 100) + `"}}}`
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", "s")
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
}

type sink struct{}

func (sink) Put(context.Context, []social.Incoming) error { return nil }
