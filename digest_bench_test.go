package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"peyk/bot"
	"peyk/social"
	"peyk/storage/storagetest"
)

// Benchmark1000Digests has the digests of a thousand brands come due at one minute,
// their pictures drawn ahead, before a Telegram that refuses the 31st message of a
// second, while clients approve posts; before, as many approve in quiet. It takes some
// three minutes, reports the pace and what the 99th of a hundred taps waited for, and
// fails where a message was refused.
//
//	go test -run '^$' -bench 1000Digests -benchtime 1x .
func Benchmark1000Digests(b *testing.B) {
	for range b.N {
		thousandDigests(b)
	}
}

func thousandDigests(b *testing.B) {
	const brands, taps = 1000, 200
	h := &hall{telegram: newSink(b), ended: make(chan error, 1), dsn: storagetest.New(b)}
	h.taps = reviewedPosts(b, h.dsn, 2*taps)
	var mu sync.Mutex
	var sent []time.Time
	h.telegram.said.Store(func(string) {
		mu.Lock()
		defer mu.Unlock()
		sent = append(sent, time.Now())
	})
	ctx, cancel := context.WithCancel(b.Context())
	h.stop = cancel
	var err error
	folder := b.TempDir()
	h.app, err = newApp(ctx, Config{
		Token: newSecret(benchToken), APIURL: h.telegram.URL, PublicURL: "https://peyk.example.org", WebhookSecret: newSecret("secret"),
		Listen: "127.0.0.1:0", DataDir: folder, SecretKeyFile: filepath.Join(folder, "key"), Connections: 30, LogLevel: slog.LevelError,
	}, h.dsn, os.Stderr)
	must(b, err)
	go func() { h.ended <- h.app.run(ctx) }()
	h.hook = &bot.Webhook{Secret: "secret", Bot: 1, Intake: h.app.workers, Clock: h.app.clock, Log: h.app.log}
	db, err := sql.Open("postgres", h.dsn)
	must(b, err)
	defer db.Close()
	dueBrands(b, db, brands)
	waitForPictures(b, filepath.Join(folder, "pictures"), brands)
	time.Sleep(3 * time.Second)
	h.telegram.limit.Store(true)
	quiet := h.approve(b, h.taps[:taps])
	_, err = db.ExecContext(ctx, `UPDATE brands SET digest_at = now() WHERE name LIKE 'Due %'`)
	must(b, err)
	for started := 0; started == 0; time.Sleep(50 * time.Millisecond) {
		must(b, db.QueryRowContext(ctx, `SELECT count(*) FROM digests WHERE state = 'sent'`).Scan(&started))
	}
	mu.Lock()
	sent = nil
	mu.Unlock()
	begun := time.Now()
	busy := h.approve(b, h.taps[taps:])
	for left := 1; left > 0; time.Sleep(20 * time.Millisecond) {
		must(b, db.QueryRowContext(ctx, `SELECT $1 - count(*) FROM digests WHERE state = 'sent'`, brands).Scan(&left))
		if time.Since(begun) > 3*time.Minute {
			b.Fatalf("%d digests are left", left)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	judgeDigests(b, sent, quiet, busy)
	if n := h.telegram.refused.Load(); n > 0 {
		b.Errorf("Telegram has refused %d messages", n)
	}
	h.close(b)
}

// approve presses so many buttons, seven a second, and returns how long each waited.
func (h *hall) approve(b *testing.B, taps [][]byte) []time.Duration {
	var waits []time.Duration
	for _, tap := range taps {
		begun := time.Now()
		h.push(b, tap)
		<-h.telegram.done
		waits = append(waits, time.Since(begun))
		time.Sleep(140 * time.Millisecond)
	}
	return waits
}

// dueBrands makes brands that are eight weeks old, each with a manager of its own,
// whose digests are due since this minute; they are looked for in 25 minutes only, so that
// their pictures are drawn first.
func dueBrands(b *testing.B, db *sql.DB, n int) {
	b.Helper()
	rules, now := social.DefaultRules(social.Gregorian), time.Now().UTC()
	rules.Digest = &social.DigestTime{Slot: social.Slot{Day: now.Weekday(), Minute: now.Hour()*60 + now.Minute()}}
	raw, err := json.Marshal(rules)
	must(b, err)
	for _, q := range []string{
		`INSERT INTO people (telegram_id, name, lang) SELECT 7000000 + g, 'Manager', 'en' FROM generate_series(1, $1::int) g WHERE $2::text <> ''`,
		`WITH made AS (
			INSERT INTO brands (agency_id, name, zone, calendar, rules, slots, created_at, digest_at)
			SELECT (SELECT min(id) FROM agencies), 'Due ' || g, 'UTC', 'gregorian', $2::jsonb, '[]', now() - interval '8 weeks', now() + interval '25 minutes'
			FROM generate_series(1, $1::int) g RETURNING id, agency_id)
		INSERT INTO members (agency_id, brand_id, person_id, role, joined_at)
		SELECT made.agency_id, made.id, p.id, 'manager', now() - interval '8 weeks'
		FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM made) made
			JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM people WHERE telegram_id > 7000000) p USING (n)`,
	} {
		_, err := db.ExecContext(b.Context(), q, n, string(raw))
		must(b, err)
	}
}

// waitForPictures waits until nearly all were drawn ahead: one whose numbers the database
// was too slow to tell is drawn at its hour.
func waitForPictures(b *testing.B, folder string, n int) {
	b.Helper()
	most, since := 0, time.Now()
	for begun := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		drawn, _ := os.ReadDir(folder)
		if len(drawn) > most {
			most, since = len(drawn), time.Now()
		}
		switch {
		case most >= n, most >= n*19/20 && time.Since(since) > 30*time.Second:
			b.ReportMetric(since.Sub(begun).Seconds(), "drawing-s")
			return
		case time.Since(since) > 2*time.Minute:
			b.Fatalf("%d pictures are drawn, of %d", most, n)
		}
	}
}

// judgeDigests reports what was measured, and fails where it is not good enough.
func judgeDigests(b *testing.B, sent []time.Time, quiet, busy []time.Duration) {
	b.Helper()
	slices.SortFunc(sent, time.Time.Compare)
	pace := float64(len(sent)-1) / sent[len(sent)-1].Sub(sent[0]).Seconds()
	most := 0
	for first, last := 0, 0; last < len(sent); last++ {
		for sent[last].Sub(sent[first]) >= time.Second {
			first++
		}
		most = max(most, last-first+1)
	}
	slower := milliseconds(share(busy, 99)) / milliseconds(share(quiet, 99))
	b.ReportMetric(pace, "messages/s")
	b.ReportMetric(float64(most), "most-in-a-second")
	b.ReportMetric(milliseconds(share(quiet, 99)), "quiet-p99-ms")
	b.ReportMetric(milliseconds(share(busy, 99)), "busy-p99-ms")
	b.ReportMetric(slower, "slower")
	if most > 30 {
		b.Errorf("%d messages in one second, Telegram would have refused some", most)
	}
}
