package storagetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
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
		if err := rememberAt(dsn); err != nil {
			t.Fatalf("remembering what a database holds: %v", err)
		}
	})
	name := databaseName("kept")
	h.copy(t, seed, name)
	return h.server.DSN(name)
}

// begun is what a database of Keep's is restored to.
const begun = "kept"

func rememberAt(dsn string) error {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return err
	}
	return errors.Join(remember(context.Background(), db, begun, 256<<10), db.Close())
}

// Restore makes a database of Keep's again what it was in the beginning. The connection is
// the superuser's.
func Restore(ctx context.Context, db *sql.DB) error { return RestoreTo(ctx, db, begun) }

// RestoreTo makes a database again what it was when it was remembered under the name: its
// rows, and where its sequences stand. Programs may go on with it, whose transactions have
// ended. The connection is the superuser's.
func RestoreTo(ctx context.Context, db *sql.DB, name string) error {
	_, err := db.ExecContext(ctx, `SELECT `+name+`.restore()`)
	return err
}

// Remember keeps what a database holds under a name, a new schema's.
func Remember(ctx context.Context, db *sql.DB, name string) error {
	return remember(ctx, db, name, math.MaxInt64) // to cut a table off, one would have to be alone with it
}

// remember keeps a copy of all rows beside them, and how they are restored: a function,
// whose statements each connection plans once. Without triggers and foreign keys tables
// go and come in any order. What has grown beyond so many bytes is cut off, and the rest
// only deleted, which is cheaper. Of the queue only its jobs are kept: who works it is its
// own affair.
func remember(ctx context.Context, db *sql.DB, name string, grown int64) error {
	_, err := db.ExecContext(ctx, fmt.Sprintf(`
		CREATE SCHEMA %[2]s;
		DO $do$
		DECLARE
			r record;
			filled bool;
			away text := '';
			back text := '';
			names text;
		BEGIN
			FOR r IN SELECT oid::regclass AS t, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
				AND (relname NOT LIKE 'river%%' OR relname = 'river_job') LOOP
				away := away || format('IF pg_relation_size(%%L) > %[1]d THEN TRUNCATE %%s CASCADE; ELSE DELETE FROM %%s; END IF;', r.t, r.t, r.t);
				EXECUTE format('SELECT EXISTS (SELECT FROM %%s)', r.t) INTO filled;
				CONTINUE WHEN NOT filled;
				SELECT string_agg(quote_ident(attname), ', ') INTO names
				FROM pg_attribute WHERE attrelid = r.t AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
				EXECUTE format('CREATE TABLE %[2]s.%%I AS SELECT %%s FROM %%s', r.relname, names, r.t);
				back := back || format('INSERT INTO %%s (%%s) OVERRIDING SYSTEM VALUE SELECT %%s FROM %[2]s.%%I;', r.t, names, names, r.relname);
			END LOOP;
			FOR r IN SELECT format('%%I.%%I', schemaname, sequencename) AS s, coalesce(last_value, start_value) AS at, last_value IS NOT NULL AS called
				FROM pg_sequences WHERE schemaname = 'public' AND sequencename NOT LIKE 'river%%' LOOP
				back := back || format('PERFORM setval(%%L, %%s, %%L);', r.s, r.at, r.called);
			END LOOP;
			EXECUTE format('CREATE FUNCTION %[2]s.restore() RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS %%L',
				'BEGIN ' || away || back || ' END');
		END $do$`, grown, name))
	return err
}
