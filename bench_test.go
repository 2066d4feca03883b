package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"peyk/bot"
	"peyk/social"
	"peyk/storage"
	"peyk/storage/storagetest"
)

// BenchmarkApprove measures the client's one tap: a webhook update comes in, and
// Telegram is answered. Beside it stands a bare handler that does the least that
// any program must do for it: one statement in one transaction and one answer.
// Compare the two within one run; the machine is noisy.
//
//	go test -run '^$' -bench Approve -benchtime 2000x .
func BenchmarkApprove(b *testing.B) {
	b.Run("peyk", benchmarkPeyk)
	b.Run("bare", benchmarkBare)
}

// A sink is a Telegram that says yes to everything at once.
type sink struct {
	*httptest.Server
	answers atomic.Int64
	edits   atomic.Int64
	sends   atomic.Int64
	done    chan struct{} // one token for each answer to a tap
	said    atomic.Value  // func(body string): hears of every message that is sent

	limit   atomic.Bool // refuse what is more than Telegram allows over all chats
	refused atomic.Int64
	mu      sync.Mutex
	sent    []time.Time // in the last second
}

// allow tells whether a message that arrives now is one of thirty in its second.
func (s *sink) allow(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.sent) > 0 && now.Sub(s.sent[0]) >= time.Second {
		s.sent = s.sent[1:]
	}
	if len(s.sent) >= 30 {
		s.refused.Add(1)
		return false
	}
	s.sent = append(s.sent, now)
	return true
}

func newSink(b *testing.B) *sink {
	s := &sink{done: make(chan struct{}, 1<<16)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		result := "true"
		switch method := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]; method {
		case "getMe":
			result = `{"id":1,"is_bot":true,"first_name":"Peyk","username":"peyk_bot"}`
		case "answerCallbackQuery":
			s.answers.Add(1)
			s.done <- struct{}{}
		case "editMessageText":
			s.edits.Add(1)
			result = `{"message_id":1,"date":1,"chat":{"id":1,"type":"private"}}`
		case "sendMessage", "sendPhoto":
			if s.limit.Load() && !s.allow(time.Now()) {
				w.WriteHeader(http.StatusTooManyRequests)
				_, _ = io.WriteString(w, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}`)
				return
			}
			result = fmt.Sprintf(`{"message_id":%d,"date":1,"chat":{"id":1,"type":"private"}}`, s.sends.Add(1)+1)
			if said, ok := s.said.Load().(func(string)); ok {
				said(string(body))
			}
		}
		_, _ = fmt.Fprintf(w, `{"ok":true,"result":%s}`, result)
	}))
	b.Cleanup(s.Close)
	return s
}

const benchToken = "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func benchmarkPeyk(b *testing.B) {
	telegram := newSink(b)
	trips, dsn := countTrips(b, storagetest.New(b))
	taps := reviewedPosts(b, dsn, b.N)
	ctx, cancel := context.WithCancel(context.WithValue(b.Context(), clocksKey{}, fastClocks()))
	a, err := newApp(ctx, Config{
		Token: newSecret(benchToken), APIURL: telegram.URL, PublicURL: "https://peyk.example.org", WebhookSecret: newSecret("secret"),
		Listen: "127.0.0.1:0", DataDir: b.TempDir(), SecretKeyFile: filepath.Join(b.TempDir(), "key"), Connections: 30, LogLevel: slog.LevelError,
	}, dsn, io.Discard)
	if err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- a.workers.Run(ctx) }()
	hook := &bot.Webhook{Secret: "secret", Bot: 1, Intake: a.workers, Clock: a.clock, Log: a.log}
	before := trips.Load()
	cpu := cpuTime(b)
	b.ResetTimer()
	var group sync.WaitGroup
	for _, part := range parts(taps, 16) {
		group.Go(func() {
			for _, tap := range part {
				req := httptest.NewRequestWithContext(ctx, http.MethodPost, webhookPath, bytes.NewReader(tap))
				req.Header.Set("X-Telegram-Bot-Api-Secret-Token", "secret")
				w := httptest.NewRecorder()
				hook.ServeHTTP(w, req)
				if w.Code != http.StatusOK {
					b.Errorf("status %d", w.Code)
				}
			}
		})
	}
	group.Wait()
	for range taps {
		<-telegram.done
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
	b.ReportMetric(float64(trips.Load()-before)/float64(b.N), "trips/update")
	b.ReportMetric(float64((cpuTime(b)-cpu).Microseconds())/float64(b.N), "cpu-µs/update")
	cancel()
	if err := <-ended; err != nil {
		b.Error(err)
	}
	approvedAll(b, dsn, b.N)
	if err := a.close(); err != nil {
		b.Error(err)
	}
}

func fastClocks() clocks {
	c := clocksOf(context.Background())
	c.pace = hurriedClock{c.now, 100000}
	return c
}

// approvedAll looks whether every tap had its effect.
func approvedAll(b *testing.B, dsn string, want int) {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	var got int
	if err := db.QueryRowContext(context.Background(), `SELECT count(*) FROM posts WHERE state = 'approved'`).Scan(&got); err != nil || got != want {
		b.Errorf("%d posts are approved, want %d (%v)", got, want, err)
	}
}

// reviewedPosts makes n posts that wait for n clients, and the taps of them.
func reviewedPosts(b *testing.B, dsn string, n int) [][]byte {
	store, err := storage.Open(b.Context(), dsn, b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	world := found(b.Context(), b, store)
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	content := social.Content{Text: social.Text{Plain: "Autumn menu"}, Targets: []social.Target{{Account: world.account}}}
	body, err := json.Marshal(content)
	if err != nil {
		b.Fatal(err)
	}
	_, err = db.ExecContext(b.Context(), `DELETE FROM events; DELETE FROM posts; DELETE FROM river_job`)
	if err != nil {
		b.Fatal(err)
	}
	for _, q := range []string{
		`INSERT INTO people (telegram_id, name, lang) SELECT 5000000 + g, 'Client', 'fa' FROM generate_series(1, $1::int) g`,
		`INSERT INTO brands (agency_id, name, zone, calendar, rules, slots)
			SELECT b.agency_id, 'Brand ' || g, b.zone, b.calendar, b.rules, b.slots FROM brands b, generate_series(1, $1::int) g`,
		`INSERT INTO members (agency_id, brand_id, person_id, role) SELECT b.agency_id, b.id, p.id, 'approver'
			FROM (SELECT agency_id, id, row_number() OVER (ORDER BY id) AS n FROM brands) b
			JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM people WHERE telegram_id > 5000000) p USING (n)
			WHERE $1::int > 0 ON CONFLICT DO NOTHING`,
	} {
		if _, err := db.ExecContext(b.Context(), q, n); err != nil {
			b.Fatal(err)
		}
	}
	rows, err := db.QueryContext(b.Context(), `
		WITH made AS (
			INSERT INTO posts (brand_id, author_id, state, content, slot, version, hash, created_at, changed_at)
			SELECT m.brand_id, (SELECT min(id) FROM people), 'review', $1::jsonb, now() + interval '1 day', 1, $2, now(), now()
			FROM members m JOIN people p ON p.id = m.person_id WHERE p.telegram_id > 5000000 RETURNING id, brand_id),
		kept AS (
			INSERT INTO versions (brand_id, post_id, n, content, hash, author_id, at)
			SELECT brand_id, id, 1, $1::jsonb, $2, (SELECT min(id) FROM people), now() FROM made)
		SELECT made.id, p.telegram_id FROM made JOIN members m USING (brand_id) JOIN people p ON p.id = m.person_id
		WHERE p.telegram_id > 5000000`, string(body), content.Hash())
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	var taps [][]byte
	for rows.Next() {
		var post, chat int64
		if err := rows.Scan(&post, &chat); err != nil {
			b.Fatal(err)
		}
		taps = append(taps, fmt.Appendf(nil, `{"update_id":%d,"callback_query":{"id":"q%d","from":{"id":%d,"is_bot":false,"first_name":"Client","language_code":"fa"},`+
			`"message":{"message_id":1,"date":1,"chat":{"id":%d,"type":"private"},"text":"card"},"chat_instance":"1","data":"%s"}}`,
			1000+len(taps), len(taps), chat, chat, bot.Data("ok", post, 1)))
	}
	if err := rows.Err(); err != nil || len(taps) != n {
		b.Fatal(len(taps), err)
	}
	return taps
}

func parts[T any](all []T, n int) [][]T {
	split := make([][]T, n)
	for i, v := range all {
		split[i%n] = append(split[i%n], v)
	}
	return split
}

// benchmarkBare is the least: one statement, one answer.
func benchmarkBare(b *testing.B) {
	telegram := newSink(b)
	trips, dsn := countTrips(b, storagetest.New(b))
	taps := reviewedPosts(b, dsn, b.N)
	db, err := sql.Open("postgres", dsn+" binary_parameters=yes")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	prepared, err := db.PrepareContext(b.Context(), `
		WITH seen AS (
			INSERT INTO inbox (bot, update_id, key, body, received_at, handled_at, done_at)
			VALUES (1, $1, $2, $3, now(), now(), now()) ON CONFLICT DO NOTHING RETURNING 1),
		changed AS (
			UPDATE posts SET state = 'approved', changed_at = now()
			WHERE id = $4 AND version = $5 AND state = 'review' AND EXISTS (SELECT FROM seen) RETURNING id, brand_id)
		INSERT INTO events (agency_id, brand_id, post_id, kind, version, at)
		SELECT b.agency_id, c.brand_id, c.id, 'post.approved', $5, now() FROM changed c JOIN brands b ON b.id = c.brand_id`)
	if err != nil {
		b.Fatal(err)
	}
	defer prepared.Close()
	before := trips.Load()
	cpu := cpuTime(b)
	b.ResetTimer()
	var group sync.WaitGroup
	for _, part := range parts(taps, 16) {
		group.Go(func() {
			for _, tap := range part {
				u, err := bot.Decode(tap)
				if err != nil {
					b.Error(err)
					return
				}
				var id, version int64
				fields := strings.Split(u.Callback.Data, ":")
				id, version = base36(fields[2]), base36(fields[3])
				if _, err := prepared.ExecContext(b.Context(), u.ID, u.Key(), tap, id, version); err != nil {
					b.Error(err)
				}
				resp, err := http.Post(telegram.URL+"/bot/answerCallbackQuery", "application/json", strings.NewReader(`{}`))
				if err != nil {
					b.Error(err)
					return
				}
				_ = resp.Body.Close()
			}
		})
	}
	group.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
	b.ReportMetric(float64(trips.Load()-before)/float64(b.N), "trips/update")
	b.ReportMetric(float64((cpuTime(b)-cpu).Microseconds())/float64(b.N), "cpu-µs/update")
	approvedAll(b, dsn, b.N)
}

func base36(s string) (n int64) {
	for _, r := range s {
		if r > '9' {
			r -= 'a' - '9' - 1
		}
		n = n*36 + int64(r-'0')
	}
	return n
}

// cpuTime is what this process has used of the processors.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// countTrips puts a pipe before the database that counts what is sent to it: one
// packet is one round trip, give or take a large one.
func countTrips(b *testing.B, dsn string) (*atomic.Int64, string) {
	var trips atomic.Int64
	var host string
	for _, word := range strings.Fields(dsn) {
		if h, ok := strings.CutPrefix(word, "host="); ok {
			host = h
		}
	}
	dir := b.TempDir()
	l, err := (&net.ListenConfig{}).Listen(b.Context(), "unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("unix", filepath.Join(host, ".s.PGSQL.5432"))
			if err != nil {
				_ = client.Close()
				return
			}
			go func() { _, _ = io.Copy(client, server); _ = client.Close() }()
			go func() {
				buf := make([]byte, 64<<10)
				for {
					n, err := client.Read(buf)
					if err != nil {
						_ = server.Close()
						return
					}
					trips.Add(1)
					if _, err := server.Write(buf[:n]); err != nil {
						return
					}
				}
			}()
		}
	}()
	return &trips, strings.ReplaceAll(dsn, "host="+host, "host="+dir)
}
