package storage_test

import (
	"fmt"
	"testing"
	"time"

	"peyk/storage"
	"peyk/storage/storagetest"
)

// BenchmarkMetric draws up the digest of one brand, beside ever more figures of it and
// of others. It shall not get slower by more than its double; on a machine with other
// work compare the quickest.
func BenchmarkMetric(b *testing.B) {
	for _, rows := range []int{1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			s, owner, brand := crowded(b, rows)
			quickest := time.Hour
			for b.Loop() {
				begun := time.Now()
				d, err := s.Digest(b.Context(), owner, brand, "")
				check(b, err)
				if !d.Weeks[0].Rate().Known {
					b.Fatal("the brand has no figures")
				}
				quickest = min(quickest, time.Since(begun))
			}
			b.ReportMetric(float64(quickest.Microseconds()), "quickest-µs")
		})
	}
}

// crowded is a database with so many figures: each brand has a channel with ten posts
// a week for a year, the last first, and eight looks at each.
func crowded(b *testing.B, rows int) (s *storage.Store, owner, brand int64) {
	b.Helper()
	dsn := storagetest.New(b)
	s, err := storage.Open(b.Context(), dsn, b.TempDir())
	check(b, err)
	b.Cleanup(func() { _ = s.Close() })
	s.Now = func() time.Time { return dusk }
	sara := enter(b, s, 5, "Sara")
	first := foundBrand(b, s, sara)
	posts := rows / 17 // with sixteen figures each, and one of the account
	db := connect(b, dsn)
	db.SetMaxOpenConns(1)
	for _, q := range []string{
		`SET session_replication_role = replica`, // what the rows refer to is not looked at: nobody reads it
		`UPDATE brands SET created_at = now() - interval '10 years'`,
		fmt.Sprintf(`INSERT INTO brands (agency_id, id, name, zone, calendar, rules, slots, created_at) OVERRIDING SYSTEM VALUE
			SELECT agency_id, id + g, name, zone, calendar, rules, slots, created_at FROM brands, generate_series(1, %d) g`, posts/520),
		`INSERT INTO accounts (brand_id, id, platform, remote_id, handle, by_hand, created_at) OVERRIDING SYSTEM VALUE
			SELECT id, id, 'telegram', id::text, 'c', false, created_at FROM brands`,
		fmt.Sprintf(`INSERT INTO posts (brand_id, id, author_id, state, content, slot, version, created_at, changed_at) OVERRIDING SYSTEM VALUE
			SELECT %d + g / 520, g + 1, 1, 'published', '{"text": {"plain": "words"}}', '%s'::timestamptz - (g %% 520) * interval '16.8 hours', 1, now(), now()
			FROM generate_series(0, %d) g`, first.ID, first.Week(dusk).From.Format(time.RFC3339), posts-1),
		`INSERT INTO deliveries (brand_id, id, post_id, account_id, version, state, due_at, changed_at, remote, live_at) OVERRIDING SYSTEM VALUE
			SELECT brand_id, id, id, brand_id, 1, 'live', slot, slot, id::text, slot - interval '1 second' FROM posts`,
		`INSERT INTO snapshots (brand_id, account_id, post_id, metric, at, value, found_at, source)
			SELECT brand_id, brand_id, id, m, slot + a * interval '1 hour', a, slot, 'telegram'
			FROM posts, unnest('{reactions,comments}'::text[]) m, unnest('{1,6,24,48,96,192,336,720}'::int[]) a`,
		`INSERT INTO snapshots (brand_id, account_id, metric, at, value, found_at, source)
			SELECT brand_id, brand_id, 'followers', slot - interval '2 seconds', 1000, slot, 'telegram' FROM posts`,
		`VACUUM ANALYZE`, // as time does with rows that come one by one
		`CHECKPOINT`,
	} {
		_, err := db.ExecContext(b.Context(), q)
		check(b, err)
	}
	return s, sara.ID, first.ID
}
