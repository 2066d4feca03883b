package storagetest_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"peyk/storage/storagetest"
)

// TestRestore: whatever was added, changed, deleted and counted since, each database
// is again what it was filled with, and apart from the others.
func TestRestore(t *testing.T) {
	var seed storagetest.Seed
	fill := func(dsn string) {
		db := database(t, dsn)
		do(t, db, `INSERT INTO agencies (name, created_at) VALUES ('filled', now()), ('also filled', now())`)
		do(t, db, `INSERT INTO settings (name, value) VALUES ('a', 'filled')`)
		check(t, db.Close())
	}
	first, second := database(t, seed.Keep(t, fill)), database(t, seed.Keep(t, fill))
	defer func() { check(t, errors.Join(first.Close(), second.Close())) }()
	before := holds(t, first)
	if holds(t, second) != before {
		t.Error("two databases are filled otherwise")
	}
	for range 2 {
		do(t, first, `UPDATE agencies SET name = 'changed' WHERE name = 'filled'; DELETE FROM agencies WHERE name = 'also filled'`)
		do(t, first, `INSERT INTO agencies (name, created_at) SELECT 'added', now() FROM generate_series(1, 9)`)
		do(t, first, `INSERT INTO settings (name, value) SELECT n, repeat('x', 1000) FROM generate_series(1, 1000) n`) // more than is deleted row by row
		do(t, first, `INSERT INTO people (telegram_id, name, lang, created_at) VALUES (5, 'added', 'en', now())`)
		if holds(t, first) == before {
			t.Error("the changes are not seen")
		}
		check(t, storagetest.Restore(t.Context(), first))
		if after := holds(t, first); after != before {
			t.Errorf("it holds %s, and held %s", after, before)
		}
	}
	if holds(t, second) != before {
		t.Error("the other database has changed")
	}
}

func database(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	check(t, err)
	return db
}

func do(t *testing.T, db *sql.DB, query string) {
	t.Helper()
	_, err := db.ExecContext(context.Background(), query)
	check(t, err)
}

// holds tells what is in a database: how many rows of which contents, and where its
// sequences stand.
func holds(t *testing.T, db *sql.DB) (all string) {
	t.Helper()
	check(t, db.QueryRowContext(t.Context(), `
		SELECT string_agg(query_to_xml(format('SELECT md5(string_agg(x::text, ''|'' ORDER BY x::text)) AS %I FROM %s x', relname, oid::regclass), false, true, '')::text, ''
			ORDER BY relname) || (SELECT string_agg(sequencename || ' ' || coalesce(last_value, 0), ', ' ORDER BY sequencename) FROM pg_sequences WHERE schemaname = 'public')
		FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`).Scan(&all))
	return all
}
