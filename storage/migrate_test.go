//go:build unix

package storage_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"
	"golang.org/x/sync/errgroup"

	"peyk/storage"
	"peyk/storage/storagetest"
)

// A ground is a PostgreSQL server without roles and tables of ours.
type ground struct {
	dir    string
	server *storage.Server
	admin  *sql.DB
}

// newGround begins a server where nothing of the path is there, as with the DATA_DIR
// that is the default.
func newGround(t *testing.T) *ground {
	t.Helper()
	g := &ground{dir: filepath.Join(storage.NewRoot(t), "missing", "too", "postgres")}
	var err error
	g.server, err = storage.StartEmbedded(t.Context(), g.dir)
	check(t, err)
	t.Cleanup(func() { _ = g.server.Stop() }) // once more does no harm
	for _, d := range []string{g.dir, filepath.Join(g.dir, "s"), filepath.Join(g.dir, "data")} {
		info, err := os.Stat(d)
		check(t, err)
		if info.Mode().Perm() != 0o700 {
			t.Errorf("others may look into %s: %v", d, info.Mode())
		}
	}
	g.admin = g.open(t, g.server.DSN("postgres"))
	return g
}

func (g *ground) open(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	check(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func (g *ground) do(t *testing.T, queries ...string) {
	t.Helper()
	for _, q := range queries {
		_, err := g.admin.ExecContext(t.Context(), q)
		check(t, err)
	}
}

// works fails unless the database can be served from with the login of the DSN.
func works(t *testing.T, dsn string) {
	t.Helper()
	current, err := storage.SchemaCurrent(t.Context(), dsn)
	check(t, err)
	if !current {
		t.Error("the schema is not current")
	}
	s, err := storage.Open(t.Context(), dsn, t.TempDir())
	check(t, err)
	defer s.Close()
	enter(t, s, 5, "Sara")
	check(t, s.Across(t.Context(), func(tx *storage.Tx) error { return storage.Enqueue(t.Context(), tx, "trial", 1) }))
}

// blocked waits until a session of the database waits for another's lock.
func (g *ground) blocked(t *testing.T, database string) {
	t.Helper()
	for deadline := time.Now().Add(15 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		var n int
		check(t, g.admin.QueryRowContext(t.Context(), `
			SELECT count(*) FROM pg_stat_activity
			WHERE datname = $1 AND wait_event_type = 'Lock' AND wait_event <> 'advisory'`, database).Scan(&n))
		if n > 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing in %s waits", database)
		}
	}
}

// TestMigrate begins each time with a server that nobody has migrated on. In the end
// that server cannot begin again.
func TestMigrate(t *testing.T) {
	t.Parallel()
	g := newGround(t)
	t.Run("as ordinary login", g.asOrdinaryLogin)
	g.clear(t)
	t.Run("at once", g.atOnce)
	t.Run("cannot begin", g.cannotBegin)
}

// cannotBegin: a server that cannot begin says why, soon.
func (g *ground) cannotBegin(t *testing.T) {
	check(t, g.server.Stop())
	f, err := os.OpenFile(filepath.Join(g.dir, "data", "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	check(t, err)
	_, err = fmt.Fprintln(f, "no_such_setting = 1")
	check(t, errors.Join(err, f.Close()))
	at := time.Now()
	if _, err = storage.StartEmbedded(t.Context(), g.dir); err == nil || !strings.Contains(err.Error(), `"no_such_setting"`) {
		t.Errorf("people read: %v", err)
	}
	if took := time.Since(at); took > 20*time.Second {
		t.Errorf("it took %v to notice", took)
	}
}

// clear drops all databases and the roles that migrations make.
func (g *ground) clear(t *testing.T) {
	t.Helper()
	var drops pq.StringArray
	check(t, g.admin.QueryRowContext(t.Context(), `
		SELECT array_agg(format('DROP DATABASE %I WITH (FORCE)', datname)) FROM pg_database WHERE datname <> 'postgres' AND NOT datistemplate`).Scan(&drops))
	g.do(t, append(drops, `DROP ROLE peyk_bot, peyk_clock`)...)
}

// atOnce: several processes start over several databases of a new server, and
// somebody makes one of the roles at that very moment.
func (g *ground) atOnce(t *testing.T) {
	g.do(t, `CREATE DATABASE one`, `CREATE DATABASE two`)
	tx, err := g.admin.BeginTx(t.Context(), nil)
	check(t, err)
	defer func() { _ = tx.Rollback() }()
	_, err = tx.ExecContext(t.Context(), `CREATE ROLE peyk_bot NOLOGIN`)
	check(t, err)
	group, ctx := errgroup.WithContext(t.Context())
	for _, name := range []string{"one", "one", "two", "two"} {
		group.Go(func() error { return storage.Migrate(ctx, g.server.DSN(name)) })
	}
	g.blocked(t, "one")
	g.blocked(t, "two")
	check(t, tx.Commit())
	check(t, group.Wait())
	works(t, g.server.DSN("one"))
	works(t, g.server.DSN("two"))
}

// TestMigrateChild is a migration in a process of its own.
func TestMigrateChild(t *testing.T) {
	dsn := os.Getenv("PEYK_TEST_MIGRATE")
	if dsn == "" {
		t.Skip("only as the child of the test below")
	}
	check(t, storage.Migrate(t.Context(), dsn))
}

// carriesOn kills a process in the middle of a migration, once when our own are
// under way and once when the queue's are: the next one completes it.
func (g *ground) carriesOn(t *testing.T, database, dsn string) {
	t.Helper()
	for _, table := range []string{"brands", "river_job"} {
		g.killedAt(t, database, table, dsn)
		if current, err := storage.SchemaCurrent(t.Context(), dsn); current || err != nil {
			t.Errorf("with %s missing the schema is current: %v, %v", table, current, err)
		}
	}
	check(t, storage.Migrate(t.Context(), dsn))
	check(t, storage.Migrate(t.Context(), dsn)) // and there is nothing left to do
	works(t, dsn)
	g.seesWhatIsLeft(t, database, dsn)
}

// seesWhatIsLeft undoes one step after the other: none is passed over, not the rights
// either, which come last. What a newer version has added is none.
func (g *ground) seesWhatIsLeft(t *testing.T, database, dsn string) {
	t.Helper()
	db := g.open(t, g.server.DSN(database))
	do := func(q string) {
		_, err := db.ExecContext(t.Context(), q)
		check(t, err)
	}
	is := func(want bool, after string) {
		if current, err := storage.SchemaCurrent(t.Context(), dsn); current != want || err != nil {
			t.Errorf("after %s the schema is current: %v, %v", after, current, err)
		}
	}
	for _, q := range []string{
		`REVOKE DELETE ON river_queue FROM peyk_clock`, `REVOKE INSERT ON river_job FROM peyk_bot`,
		`REVOKE USAGE ON SEQUENCE river_job_id_seq FROM peyk_clock`, `REVOKE USAGE ON SEQUENCE river_job_id_seq FROM peyk_bot`,
		`DELETE FROM river_migration WHERE version = 8`,
	} {
		do(q)
		is(false, q)
		if strings.HasPrefix(q, "DELETE") {
			do(`INSERT INTO river_migration (line, version) VALUES ('main', 8)`)
		} else {
			check(t, storage.Migrate(t.Context(), dsn))
		}
		is(true, "mending "+q)
	}
	for undo, redo := range map[string]string{
		`UPDATE goose_db_version SET version_id = -1 WHERE version_id = 1`: `UPDATE goose_db_version SET version_id = 1 WHERE version_id = -1`,
		`REVOKE peyk_clock FROM plain`:                                     `GRANT peyk_clock TO plain`,
	} {
		do(undo)
		is(false, undo)
		do(redo)
	}
	do(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999999, true); INSERT INTO river_migration (line, version) VALUES ('main', 999)`)
	is(true, "a newer version")
	check(t, storage.Migrate(t.Context(), dsn))
	works(t, dsn)
}

// killedAt lets a migration wait where it makes the table, and kills it there.
func (g *ground) killedAt(t *testing.T, database, table, dsn string) {
	t.Helper()
	db := g.open(t, g.server.DSN(database))
	tx, err := db.BeginTx(t.Context(), nil)
	check(t, err)
	defer func() { _ = tx.Rollback() }()
	_, err = tx.ExecContext(t.Context(), `CREATE TABLE `+table+` (id int)`)
	check(t, err)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMigrateChild$")
	child.Env = append(os.Environ(), "PEYK_TEST_MIGRATE="+dsn)
	check(t, child.Start())
	g.blocked(t, database)
	check(t, child.Process.Kill())
	if err := child.Wait(); err == nil {
		t.Error("it ended before it was killed")
	}
}

// asOrdinaryLogin: one that may not make roles is told what somebody else has to
// run, and that is enough, also when it is killed in between.
func (g *ground) asOrdinaryLogin(t *testing.T) {
	g.do(t, `CREATE ROLE plain LOGIN`, `CREATE DATABASE plain OWNER plain`)
	dsn := strings.Replace(g.server.DSN("plain"), "user=postgres", "user=plain", 1)
	err := storage.Migrate(t.Context(), dsn)
	if err == nil {
		t.Fatal("a login without rights has made roles")
	}
	_, advice, found := strings.Cut(err.Error(), "as an administrator run: ")
	advice, _, end := strings.Cut(advice, " (")
	if !found || !end {
		t.Fatalf("people read: %v", err)
	}
	g.do(t, strings.ReplaceAll(advice, "<login>", "plain"))
	g.carriesOn(t, "plain", dsn)
}

// TestMigrateKeepsThePassword: what is wrong with DATABASE_URL is said without it.
func TestMigrateKeepsThePassword(t *testing.T) {
	for _, dsn := range []string{
		"postgres://u:canary@h:port/db", "postgres://u:can%ary@h/db", "postgres://u:canary@h/db\x7f",
		"host=/nowhere user=u password='canary", "host=/nowhere user=u password=canary", "postgres://u:canary@127.0.0.1:1/db",
	} {
		_, schema := storage.SchemaCurrent(t.Context(), dsn)
		_, open := storage.Open(t.Context(), dsn, t.TempDir())
		for _, err := range []error{storage.Migrate(t.Context(), dsn), schema, open} {
			if err == nil || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "can%ary") {
				t.Errorf("%s: people read: %v", dsn, err)
			}
		}
	}
}

// TestSchemaCurrent: an empty database is behind, a fresh clone is not.
func TestSchemaCurrent(t *testing.T) {
	t.Parallel()
	works(t, storagetest.New(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if current, err := storage.SchemaCurrent(ctx, storagetest.New(t)); current || err == nil {
		t.Errorf("without an answer: %v, %v", current, err)
	}
}
