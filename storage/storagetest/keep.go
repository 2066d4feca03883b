package storagetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
)

// Keep returns the DSN of a database like the one that fill has filled, for one test
// after another: Restore makes it again what it was. It stays until the server ends. A
// seed serves Keep or New, not both.
func (s *Seed) Keep(t testing.TB, fill func(dsn string)) string {
	t.Helper()
	h := housed(t)
	seed := s.filled(t, h, func(dsn string) {
		fill(dsn)
		if err := remember(context.Background(), dsn); err != nil {
			t.Fatalf("remembering what a database holds: %v", err)
		}
	})
	name := databaseName("kept")
	h.copy(t, seed, name)
	return h.server.DSN(name)
}

// Restore makes a database of Keep's again what it was in the beginning: its rows, and
// where its sequences stand. The connection is the superuser's.
func Restore(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, `SELECT kept.restore()`)
	return err
}

// remember keeps a copy of all rows beside them, and how they are restored: a function,
// whose statements each connection plans once. Without triggers and foreign keys tables
// go and come in any order. What has grown is cut off, and the rest only deleted, which
// is cheaper.
func remember(ctx context.Context, dsn string) error {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, fmt.Sprintf(`
		CREATE SCHEMA kept;
		DO $do$
		DECLARE
			r record;
			filled bool;
			away text := '';
			back text := '';
			names text;
		BEGIN
			FOR r IN SELECT oid::regclass AS t, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
				away := away || format('IF pg_relation_size(%%L) > %[1]d THEN TRUNCATE %%s CASCADE; ELSE DELETE FROM %%s; END IF;', r.t, r.t, r.t);
				EXECUTE format('SELECT EXISTS (SELECT FROM %%s)', r.t) INTO filled;
				CONTINUE WHEN NOT filled;
				SELECT string_agg(quote_ident(attname), ', ') INTO names
				FROM pg_attribute WHERE attrelid = r.t AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
				EXECUTE format('CREATE TABLE kept.%%I AS SELECT %%s FROM %%s', r.relname, names, r.t);
				back := back || format('INSERT INTO %%s (%%s) OVERRIDING SYSTEM VALUE SELECT %%s FROM kept.%%I;', r.t, names, names, r.relname);
			END LOOP;
			FOR r IN SELECT format('%%I.%%I', schemaname, sequencename) AS s, coalesce(last_value, start_value) AS at, last_value IS NOT NULL AS called
				FROM pg_sequences WHERE schemaname = 'public' LOOP
				back := back || format('PERFORM setval(%%L, %%s, %%L);', r.s, r.at, r.called);
			END LOOP;
			EXECUTE format('CREATE FUNCTION kept.restore() RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS %%L',
				'BEGIN ' || away || back || ' END');
		END $do$`, 256<<10))
	return errors.Join(err, db.Close())
}
