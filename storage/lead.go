package storage

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// How often a process that does not lead asks again, how often one that leads
// looks whether it still does, and how long it goes on without the database.
const (
	leadPause = 500 * time.Millisecond
	leadCheck = 2 * time.Second
	leadAlone = 2 * time.Minute
)

// errTaken says that another process leads.
var errTaken = errors.New("another process leads")

// Lead runs fn in one process at a time: in whichever holds the named lock of the
// database. It waits for its turn, and starts fn again when it has lost the lock
// and won it back. While the database is away nobody can win the lock: fn goes on
// for up to leadAlone, and ends once another process has it. Lead returns when ctx
// ends, or with fn's own error.
func (s *Store) Lead(ctx context.Context, name string, fn func(context.Context) error) error {
	for ctx.Err() == nil {
		if conn, err := s.lock(ctx, name); err == nil {
			if err := s.reign(ctx, name, conn, fn); err != nil && ctx.Err() == nil {
				return err
			}
		}
		select {
		case <-time.After(leadPause):
		case <-ctx.Done():
		}
	}
	return nil
}

// lock returns a connection that holds the named lock, which ends with it.
func (s *Store) lock(ctx context.Context, name string) (*sqlx.Conn, error) {
	return lockOn(ctx, s.clock, name)
}

// lockOn holds the lock on a connection of the pool, until that is closed.
func lockOn(ctx context.Context, db *pool, name string) (*sqlx.Conn, error) {
	conn, err := db.Connx(ctx)
	if err != nil {
		return nil, fmt.Errorf("connecting to lead %s: %w", name, err)
	}
	var won bool
	err = conn.GetContext(ctx, &won, `SELECT pg_try_advisory_lock(hashtextextended($1, 0))`, name)
	if err == nil && !won {
		err = errTaken
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// reign runs fn for as long as the lock is ours, or nobody can have it.
func (s *Store) reign(ctx context.Context, name string, conn *sqlx.Conn, fn func(context.Context) error) error {
	leading, lost := context.WithCancel(ctx)
	defer lost()
	ended := make(chan error, 1)
	go func() { ended <- fn(leading) }()
	for seen := time.Now(); ; {
		select {
		case err := <-ended:
			unlock(ctx, name, conn)
			return err
		case <-time.After(leadCheck):
		}
		if conn != nil && !alive(leading, conn) {
			_ = conn.Close() // broken already
			conn = nil
		}
		var err error
		if conn == nil {
			conn, err = s.lock(leading, name)
		}
		switch {
		case err == nil:
			seen = time.Now()
		case errors.Is(err, errTaken) || time.Since(seen) > leadAlone:
			lost()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				return err
			}
			return nil // it was told to stop, and did
		}
	}
}

func unlock(ctx context.Context, name string, conn *sqlx.Conn) {
	if conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leadCheck)
	defer cancel()
	_, err := conn.ExecContext(ctx, `SELECT pg_advisory_unlock(hashtextextended($1, 0))`, name)
	if err != nil {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // the lock goes with the connection
	}
	_ = conn.Close() // back into the pool
}

// alive tells whether the connection that holds the lock still stands.
func alive(ctx context.Context, conn *sqlx.Conn) bool {
	ctx, cancel := context.WithTimeout(ctx, leadCheck)
	defer cancel()
	return conn.PingContext(ctx) == nil
}
