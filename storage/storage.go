// Package storage keeps everything that Peyk must not forget in PostgreSQL: one
// file a noun, every write in an explicit transaction, every row behind the wall
// of its brand.
package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// The two roles under which the program works. Neither owns a table and neither
// can bypass row-level security.
const (
	botRole   = "peyk_bot"   // on behalf of one person, or inside one brand
	clockRole = "peyk_clock" // what happens by itself, across brands
)

// A Store is the open database.
type Store struct {
	bot   *pool  // as peyk_bot
	clock *pool  // as peyk_clock
	media string // folder of media files

	Now func() time.Time   // the clock; time.Now unless set before use
	At  func(point string) // named points at which a crash is tried out; does nothing in service

	turns chan struct{} // held by whoever holds a lock of exclusively
}

// A pool are the connections of one role.
type pool struct{ *sqlx.DB }

// limit keeps as many connections as may be open: a new one plans everything anew.
func (p *pool) limit(conns int) {
	p.SetMaxOpenConns(conns)
	p.SetMaxIdleConns(conns)
}

// Open connects to a migrated database. Media is the folder for media files.
func Open(ctx context.Context, dsn, media string) (*Store, error) {
	bot, err := connect(ctx, dsn, botRole)
	if err != nil {
		return nil, err
	}
	clock, err := connect(ctx, dsn, clockRole)
	if err != nil {
		return nil, errors.Join(err, bot.Close())
	}
	return newStore(bot, clock, media), nil
}

// connections is how many there are at once, unless Limit says otherwise.
const connections = 24

func newStore(bot, clock *pool, media string) *Store {
	s := &Store{bot: bot, clock: clock, media: media, Now: time.Now, At: func(string) {}, turns: make(chan struct{}, turnsAtOnce)}
	s.Limit(connections)
	return s
}

// Limit bounds how many connections there are at once, at least 3. Two thirds serve
// people, the others what happens by itself.
func (s *Store) Limit(conns int) {
	s.clock.limit(max(1, conns/3))
	s.bot.limit(max(2, conns-conns/3))
}

// Close ends all connections. One whose server has gone has ended already.
func (s *Store) Close() error {
	return errors.Join(unlessGone(s.bot.Close()), unlessGone(s.clock.Close()))
}

func unlessGone(err error) error {
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) {
		return nil
	}
	return err
}

// connect opens a pool that works as the role, and makes sure that it does.
func connect(ctx context.Context, dsn, role string) (*pool, error) {
	full, err := withParams(dsn, map[string]string{
		"role": role, "application_name": "peyk", "binary_parameters": "yes", "statement_timeout": "15000",
		"idle_in_transaction_session_timeout": "20000", "lock_timeout": "5000", "timezone": "UTC", "connect_timeout": "5",
		"plan_cache_mode": "force_generic_plan", // what is prepared is planned once; its plans depend on no value
	})
	if err != nil {
		return nil, err
	}
	connector, err := pq.NewConnector(full)
	if err != nil {
		return nil, errors.New("DATABASE_URL cannot be read") // the cause would show the password
	}
	connector.Dialer(&dialer{silence: silence})
	db := sqlx.NewDb(sql.OpenDB(opener{connector}), "postgres")
	db.SetConnMaxLifetime(30 * time.Minute)
	if err := checkRole(ctx, db, role); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &pool{db}, nil
}

// checkRole refuses to work as somebody whom row-level security does not bind.
func checkRole(ctx context.Context, db *sqlx.DB, role string) error {
	var bound bool
	err := db.GetContext(ctx, &bound, `
		SELECT NOT rolsuper AND NOT rolbypassrls AND rolname = $1
		FROM pg_roles WHERE rolname = current_user`, role)
	if err != nil {
		return fmt.Errorf("connecting to the database as %s: %w", role, err)
	}
	if !bound {
		return fmt.Errorf("the database role %s must not be a superuser and must not bypass row-level security", role)
	}
	return nil
}

// withParams adds connection settings to a DSN of either form, a URL or words.
func withParams(dsn string, params map[string]string) (string, error) {
	if !strings.Contains(dsn, "://") {
		for k, v := range params {
			dsn += " " + k + "=" + v
		}
		return dsn, nil
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "", errors.New("DATABASE_URL is not a valid URL") // the cause would show the password
	}
	q := u.Query()
	for k, v := range params {
		q.Set(k, v)
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// Ping asks the database for a sign of life.
func (s *Store) Ping(ctx context.Context) error { return s.bot.PingContext(ctx) }
