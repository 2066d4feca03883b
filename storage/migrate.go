package storage

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// rolesLock is the advisory lock under which roles are made.
const rolesLock = 7023001

// Migrate brings the database to the schema of this version: roles, tables, and
// the queue's own tables. Several processes may call it at once; one that was
// killed in the middle is carried on by the next. The login of the DSN must be
// allowed to make roles, or the roles must exist and be granted to it.
func Migrate(ctx context.Context, dsn string) error {
	db, err := openPlain(dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	if is, err := upToDate(ctx, db); err != nil || is { // as at most starts; also while others migrate, what is done stays done
		return err
	}
	if err := makeRoles(ctx, db); err != nil {
		return err
	}
	p, err := newProvider(db)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	return migrateQueue(ctx, db, dsn)
}

// openPlain opens the database as the login of the DSN.
func openPlain(dsn string) (*sql.DB, error) {
	connector, err := pq.NewConnector(dsn)
	if err != nil {
		return nil, errors.New("DATABASE_URL cannot be read") // the cause would show the password
	}
	return sql.OpenDB(connector), nil
}

func newProvider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return nil, err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
}

// makeRoles makes the two roles that serve, once for the whole server. The lock
// keeps processes of one database apart; those of another database of the server
// may be met, and then it is begun again.
func makeRoles(ctx context.Context, db *sql.DB) error {
	for n := 1; ; n++ {
		err := tryRoles(ctx, db)
		if err == nil || n == tries || !met(err) {
			return err
		}
	}
}

func tryRoles(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("connecting to the database: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, rolesLock); err != nil {
		return err
	}
	for _, role := range []string{botRole, clockRole} {
		if err := makeRole(ctx, tx, role); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func makeRole(ctx context.Context, tx *sql.Tx, role string) error {
	var exists, member bool
	err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1),
			EXISTS (SELECT FROM pg_roles WHERE rolname = $1 AND pg_has_role(current_user, oid, 'MEMBER'))`,
		role).Scan(&exists, &member)
	if err != nil || member {
		return err
	}
	name := pq.QuoteIdentifier(role)
	if !exists {
		if _, err := tx.ExecContext(ctx, `CREATE ROLE `+name+` NOLOGIN NOBYPASSRLS`); err != nil {
			return needsRoles(err)
		}
	}
	if _, err := tx.ExecContext(ctx, `GRANT `+name+` TO CURRENT_USER`); err != nil {
		return needsRoles(err)
	}
	return nil
}

// met tells whether somebody else made or granted the same role at the same
// moment; XX000 is "tuple concurrently updated".
func met(err error) bool {
	var e *pq.Error
	return errors.As(err, &e) && (e.Code == "42710" || e.Code == "23505" || e.Code == "XX000")
}

func needsRoles(err error) error {
	return fmt.Errorf("the database login may not make roles; as an administrator run: "+
		"CREATE ROLE %s NOLOGIN; CREATE ROLE %s NOLOGIN; GRANT %s, %s TO <login>; (%w)",
		botRole, clockRole, botRole, clockRole, err)
}

// migrateQueue makes the queue's tables, under the same kind of lock, and lets
// our roles use them.
func migrateQueue(ctx context.Context, db *sql.DB, dsn string) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, rolesLock+1); err != nil {
		return err
	}
	defer func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, rolesLock+1)
	}()
	pool, err := pgxpool.New(ctx, dsn)
	if err != nil {
		return errors.New("DATABASE_URL is not valid for the queue") // the cause would show the password
	}
	defer pool.Close()
	m, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrating the queue: %w", err)
	}
	_, err = conn.ExecContext(ctx, `
		DO $$
		DECLARE t text;
		BEGIN
			FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE 'river%' LOOP
				EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO peyk_clock', t);
			END LOOP;
			GRANT INSERT, SELECT ON river_job TO peyk_bot;
			EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %I TO peyk_bot, peyk_clock', current_schema());
		END $$`)
	if err != nil {
		return fmt.Errorf("granting the queue's tables: %w", err)
	}
	return nil
}
