package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"peyk/bot"
	"peyk/social"
	"peyk/storage"
	"peyk/storage/storagetest"
)

// BenchmarkBurst is U23 measured: b.N comments come at once under one post, while
// clients approve posts. It reports how many comments are stored in a second, and
// what a tap waits for its answer meanwhile.
//
//	go test -run '^$' -bench Burst -benchtime 10000x .
func BenchmarkBurst(b *testing.B) {
	const taps = 100
	h := openHall(b, 1, taps)
	before := h.trips.Load()
	b.ResetTimer()
	begun := time.Now()
	var senders sync.WaitGroup
	for _, part := range parts(h.comments(b.N), 16) {
		senders.Go(func() {
			for _, c := range part {
				h.push(b, c)
			}
		})
	}
	var waits []time.Duration
	for _, tap := range h.taps {
		begun := time.Now()
		h.push(b, tap)
		<-h.telegram.done
		waits = append(waits, time.Since(begun))
		time.Sleep(50 * time.Millisecond)
	}
	senders.Wait()
	h.storedAll(b, b.N+1)
	took := time.Since(begun)
	b.StopTimer()
	b.ReportMetric(float64(h.trips.Load()-before)/float64(b.N), "trips/comment")
	b.ReportMetric(float64(b.N)/took.Seconds(), "comments/s")
	b.ReportMetric(milliseconds(share(waits, 95)), "tap-p95-ms")
	h.close(b)
}

// BenchmarkNotify brings 50 comments a second to sixty brands, and reports what
// lies between a comment's coming in and its card's going out. Telegram's own
// pace (30 messages a second) is left out: this is what the program adds.
//
//	go test -run '^$' -bench Notify -benchtime 1000x .
func BenchmarkNotify(b *testing.B) {
	const brands, perSecond = 60, 50
	h := openHall(b, brands, 0)
	about := regexp.MustCompile(`word(\d+)x`)
	begun := make([]time.Time, b.N)
	waits := make([]time.Duration, b.N)
	var told sync.WaitGroup
	told.Add(b.N)
	var mu sync.Mutex
	h.telegram.said.Store(func(body string) {
		mu.Lock()
		defer mu.Unlock()
		if m := about.FindStringSubmatch(body); m != nil {
			if n, _ := strconv.Atoi(m[1]); waits[n] == 0 {
				waits[n] = time.Since(begun[n])
				told.Done()
			}
		}
	})
	b.ResetTimer()
	var senders sync.WaitGroup
	for n, c := range h.comments(b.N) {
		time.Sleep(time.Second / perSecond)
		mu.Lock()
		begun[n] = time.Now()
		mu.Unlock()
		senders.Go(func() { h.push(b, c) })
	}
	senders.Wait()
	told.Wait()
	b.StopTimer()
	b.ReportMetric(milliseconds(share(waits, 50)), "p50-ms")
	b.ReportMetric(milliseconds(share(waits, 99)), "p99-ms")
	h.close(b)
}

// A hall is the whole program with brands whose posts are being commented on.
type hall struct {
	telegram *sink
	hook     http.Handler
	app      *app
	trips    *atomic.Int64
	dsn      string
	taps     [][]byte
	groups   []int64
	stop     context.CancelFunc
	ended    chan error
}

// openHall starts the program with so many brands, each with a channel, its group
// and a responder, and so many posts that wait for a tap.
func openHall(b *testing.B, brands, taps int) *hall {
	b.Helper()
	h := &hall{telegram: newSink(b), ended: make(chan error, 1)}
	h.trips, h.dsn = countTrips(b, storagetest.New(b))
	if taps > 0 {
		h.taps = reviewedPosts(b, h.dsn, taps)
	}
	store, err := storage.Open(b.Context(), h.dsn, b.TempDir())
	must(b, err)
	for range brands {
		made := found(b.Context(), b, store)
		join(b.Context(), b, store, made.owner, made.brand, social.Responder)
		group := -5000000 - made.brand
		_, err := store.SaveDiscussion(b.Context(), fmt.Sprint(-1000000-made.brand), group, nil)
		must(b, err)
		h.groups = append(h.groups, group)
	}
	must(b, store.Close())
	ctx, cancel := context.WithCancel(context.WithValue(b.Context(), clocksKey{}, fastClocks()))
	h.stop = cancel
	h.app, err = newApp(ctx, Config{
		Token: newSecret(benchToken), APIURL: h.telegram.URL, PublicURL: "https://peyk.example.org", WebhookSecret: newSecret("secret"),
		Listen: "127.0.0.1:0", DataDir: b.TempDir(), SecretKeyFile: filepath.Join(b.TempDir(), "key"), Connections: 30, LogLevel: slog.LevelError,
	}, h.dsn, io.Discard)
	must(b, err)
	go func() { h.ended <- h.app.run(ctx) }()
	h.hook = &bot.Webhook{Secret: "secret", Bot: 1, Intake: h.app.workers, Clock: h.app.clock, Log: h.app.log}
	h.warm(b)
	return h
}

// warm waits until the program does its whole work: a comment from before the
// measuring has been told of.
func (h *hall) warm(b *testing.B) {
	told := make(chan struct{})
	var once sync.Once
	h.telegram.said.Store(func(body string) {
		if strings.Contains(body, "word0x") {
			once.Do(func() { close(told) })
		}
	})
	h.push(b, h.comment(0, 99999, 0))
	<-told
	h.telegram.said.Store(func(string) {})
}

// comments are n updates, by as many followers, spread over the groups; each group
// has one post for every five of them where there are many groups.
func (h *hall) comments(n int) [][]byte {
	var updates [][]byte
	for i := range n {
		root := 1
		if len(h.groups) > 1 {
			root = 1 + i/len(h.groups)/4
		}
		updates = append(updates, h.comment(i, 100000+i, root))
	}
	return updates
}

// comment is the update that brings the i-th comment, under a group's root.
func (h *hall) comment(i, update, root int) []byte {
	group := h.groups[i%len(h.groups)]
	return fmt.Appendf(nil, `{"update_id":%d,"message":{"message_id":%d,"date":%d,"text":"me too, word%dx",`+
		`"from":{"id":%d,"is_bot":false,"first_name":"Nika"},"chat":{"id":%d,"type":"supergroup","title":"Talk"},"message_thread_id":%d,`+
		`"reply_to_message":{"message_id":%d,"date":1,"text":"A post","is_automatic_forward":true,"chat":{"id":%d,"type":"supergroup","title":"Talk"},`+
		`"sender_chat":{"id":%d,"type":"channel","title":"Channel"},`+
		`"forward_origin":{"type":"channel","date":1,"message_id":%d,"chat":{"id":%d,"type":"channel","title":"Channel"}}}}}`,
		update, update, time.Now().Unix(), i, 9000000+i, group, root, root, group, group+4000000, root, group+4000000)
}

// push is Telegram handing an update over.
func (h *hall) push(b *testing.B, update []byte) {
	req := httptest.NewRequestWithContext(b.Context(), http.MethodPost, webhookPath, bytes.NewReader(update))
	req.Header.Set("X-Telegram-Bot-Api-Secret-Token", "secret")
	w := httptest.NewRecorder()
	h.hook.ServeHTTP(w, req)
	if w.Code != http.StatusOK {
		b.Errorf("status %d", w.Code)
	}
}

// storedAll waits until so many comments are there.
func (h *hall) storedAll(b *testing.B, want int) {
	b.Helper()
	db, err := sql.Open("postgres", h.dsn)
	must(b, err)
	defer db.Close()
	for got := 0; got < want; time.Sleep(20 * time.Millisecond) {
		must(b, db.QueryRowContext(b.Context(), `SELECT count(*) FROM comments`).Scan(&got))
	}
}

func (h *hall) close(b *testing.B) {
	b.Helper()
	h.stop()
	must(b, <-h.ended)
	must(b, h.app.close())
}

// share is the wait that so many per cent of them do not exceed.
func share(waits []time.Duration, percent int) time.Duration {
	sorted := slices.Sorted(slices.Values(waits))
	return sorted[min(len(sorted)*percent/100, len(sorted)-1)]
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
