package storage

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// SchemaCurrent tells whether the database has the schema of this version, or that
// of a newer one.
func SchemaCurrent(ctx context.Context, dsn string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	db, err := openPlain(dsn)
	if err != nil {
		return false, err
	}
	defer db.Close()
	return upToDate(ctx, db)
}

// upToDate tells whether Migrate has nothing left to do: the login may serve as both
// roles, every migration of this version is done, our own and the queue's, and the
// last step is, which grants the queue's tables and all sequences at once.
// A migration and its number are committed together, so that one under way, or one
// that was broken off, is not seen here.
func upToDate(ctx context.Context, db *sql.DB) (is bool, err error) {
	v, err := versions()
	if err != nil {
		return false, err
	}
	err = db.QueryRowContext(ctx, `
		SELECT (SELECT count(*) FROM pg_roles WHERE rolname IN ($1, $2) AND pg_has_role(oid, 'MEMBER')) = 2
			AND (SELECT count(DISTINCT version_id) FROM goose_db_version WHERE is_applied AND version_id = ANY($3)) = cardinality($3::bigint[])
			AND (SELECT count(*) FROM river_migration WHERE line = 'main' AND version = ANY($4)) = cardinality($4::bigint[])
			AND has_table_privilege($1, 'river_job', 'INSERT')
			AND NOT EXISTS (
				SELECT FROM pg_class
				WHERE relnamespace = current_schema()::regnamespace AND CASE
					WHEN relkind = 'S' THEN NOT (has_sequence_privilege($1, oid, 'USAGE') AND has_sequence_privilege($2, oid, 'USAGE'))
					WHEN relkind IN ('r', 'p') AND relname LIKE 'river%' THEN NOT has_table_privilege($2, oid, 'DELETE')
				END)`,
		botRole, clockRole, pq.Array(v.own), pq.Array(v.queue)).Scan(&is)
	if lacks(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("looking at the database's schema: %w", err)
	}
	return is, nil
}

// lacks tells whether something that was asked for is not there: a table (42P01), a
// column (42703), or a role (42704).
func lacks(err error) bool {
	var e *pq.Error
	return errors.As(err, &e) && (e.Code == "42P01" || e.Code == "42703" || e.Code == "42704")
}

// migrationNumbers are those of all migrations of this version.
type migrationNumbers struct{ own, queue []int64 }

// versions are read once: they are part of the program.
var versions = sync.OnceValues(func() (v migrationNumbers, err error) {
	queue, err := queueMigrations()
	for _, m := range queue {
		v.queue = append(v.queue, int64(m.Version))
	}
	files, globErr := fs.Glob(migrationFiles, "migrations/*.sql")
	err = errors.Join(err, globErr)
	for _, f := range files {
		n, numberErr := goose.NumericComponent(f)
		v.own, err = append(v.own, n), errors.Join(err, numberErr)
	}
	return v, err
})

func queueMigrations() ([]rivermigrate.Migration, error) {
	m, err := rivermigrate.New(riverpgxv5.New(nil), nil)
	if err != nil {
		return nil, err
	}
	return m.AllVersions(), nil
}

// SchemaHash names the schema of this version: the hash of all migrations, the
// queue's among them.
func SchemaHash() (string, error) {
	queue, err := queueMigrations()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, v := range queue {
		fmt.Fprintf(sum, "river %d %d\n%s", v.Version, len(v.SQLUp), v.SQLUp)
	}
	files, err := fs.Glob(migrationFiles, "migrations/*.sql")
	for _, f := range files {
		body, readErr := migrationFiles.ReadFile(f)
		err = errors.Join(err, readErr)
		fmt.Fprintf(sum, "%s %d\n%s", f, len(body), body)
	}
	return hex.EncodeToString(sum.Sum(nil)), err
}
