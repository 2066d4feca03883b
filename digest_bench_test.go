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
// second, while clients approve posts; before, as many approve in quiet. It does so three
// times, so that whatever else the machine does disturbs both, reports the slowest pace and
// what the 99th of a hundred taps waited for, also while pictures are drawn, and fails where
// a message was refused. It takes some seven minutes.
//
//	go test -run '^$' -bench 1000Digests -benchtime 1x .
func Benchmark1000Digests(b *testing.B) {
	for range b.N {
		thousandDigests(b)
	}
}

func thousandDigests(b *testing.B) {
	const brands, rounds, taps = 1000, 3, 180
	h := &hall{telegram: newSink(b), ended: make(chan error, 1), dsn: storagetest.New(b)}
	h.taps = reviewedPosts(b, h.dsn, (2*rounds+1)*taps)
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
	pictures := filepath.Join(folder, "pictures")
	waitForPictures(b, pictures, 1)
	all := trial{drawing: h.approve(b, h.taps[:taps])}
	waitForPictures(b, pictures, brands)
	h.telegram.limit.Store(true)
	for n := range rounds {
		mine := h.taps[(2*n+1)*taps:]
		time.Sleep(3 * time.Second)
		quiet := h.approve(b, mine[:taps])
		all.add(b, h.round(b, db, brands, mine[taps:2*taps]), quiet)
	}
	all.report(b)
	if n := h.telegram.refused.Load(); n > 0 {
		b.Errorf("Telegram has refused %d messages", n)
	}
	h.close(b)
}

// A trial is what was measured: how long taps waited in quiet, beside digests, and while
// their pictures were drawn; how many digests went out in a second, and in the fullest one.
type trial struct {
	quiet, busy, drawing []time.Duration

	pace float64
	most int
}

// round has all brands' digests come due, presses buttons as soon as the first is out, and
// waits for the last.
func (h *hall) round(b *testing.B, db *sql.DB, brands int, taps [][]byte) trial {
	var mu sync.Mutex
	var sent []time.Time
	ctx := b.Context()
	_, err := db.ExecContext(ctx, `DELETE FROM digests`)
	must(b, err)
	_, err = db.ExecContext(ctx, `UPDATE brands SET digest_at = now() WHERE name LIKE 'Due %'`)
	must(b, err)
	for started := 0; started == 0; time.Sleep(50 * time.Millisecond) {
		must(b, db.QueryRowContext(ctx, `SELECT count(*) FROM digests WHERE state = 'sent'`).Scan(&started))
	}
	h.telegram.said.Store(func(string) {
		mu.Lock()
		defer mu.Unlock()
		sent = append(sent, time.Now())
	})
	begun := time.Now()
	r := trial{busy: h.approve(b, taps)}
	for left := 1; left > 0; time.Sleep(20 * time.Millisecond) {
		must(b, db.QueryRowContext(ctx, `SELECT $1 - count(*) FROM digests WHERE state = 'sent'`, brands).Scan(&left))
		if time.Since(begun) > 3*time.Minute {
			b.Fatalf("%d digests are left", left)
		}
	}
	h.telegram.said.Store(func(string) {})
	mu.Lock()
	defer mu.Unlock()
	r.pace, r.most = judged(sent)
	return r
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

// judged is how many messages went out in a second, and in the fullest one.
func judged(sent []time.Time) (pace float64, most int) {
	slices.SortFunc(sent, time.Time.Compare)
	for first, last := 0, 0; last < len(sent); last++ {
		for sent[last].Sub(sent[first]) >= time.Second {
			first++
		}
		most = max(most, last-first+1)
	}
	return float64(len(sent)-1) / sent[len(sent)-1].Sub(sent[0]).Seconds(), most
}

// add adds a round and the quiet before it.
func (t *trial) add(b *testing.B, r trial, quiet []time.Duration) {
	b.Helper()
	b.Logf("the 50th, 90th and 99th tap of a hundred: quiet %v %v %v, busy %v %v %v; %.2f messages/s",
		share(quiet, 50), share(quiet, 90), share(quiet, 99), share(r.busy, 50), share(r.busy, 90), share(r.busy, 99), r.pace)
	t.quiet, t.busy, t.most = append(t.quiet, quiet...), append(t.busy, r.busy...), max(t.most, r.most)
	if t.pace == 0 || r.pace < t.pace {
		t.pace = r.pace
	}
}

// report reports what was measured, and fails where it is not good enough.
func (t *trial) report(b *testing.B) {
	b.Helper()
	quiet, busy := milliseconds(share(t.quiet, 99)), milliseconds(share(t.busy, 99))
	b.ReportMetric(t.pace, "messages/s")
	b.ReportMetric(float64(t.most), "most-in-a-second")
	b.ReportMetric(quiet, "quiet-p99-ms")
	b.ReportMetric(busy, "busy-p99-ms")
	b.ReportMetric(busy/quiet, "slower")
	b.ReportMetric(milliseconds(share(t.drawing, 99))/quiet, "slower-drawing")
	if t.most > 30 {
		b.Errorf("%d messages in one second, Telegram would have refused some", t.most)
	}
}
