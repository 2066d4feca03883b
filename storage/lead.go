package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// How often a process that does not lead asks again, and one that leads looks
// whether it still does.
const (
	leadPause = 500 * time.Millisecond
	leadCheck = 2 * time.Second
)

// Lead runs fn in one process at a time: in whichever holds the named lock of the
// database. It waits for its turn, and starts fn again when it has lost the lock
// and won it back. It returns when ctx ends, or with fn's own error.
func (s *Store) Lead(ctx context.Context, name string, fn func(context.Context) error) error {
	for ctx.Err() == nil {
		led, err := s.leadOnce(ctx, name, fn)
		if led && err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-time.After(leadPause):
		case <-ctx.Done():
		}
	}
	return nil
}

// leadOnce runs fn if the lock is free; led tells whether fn has run.
func (s *Store) leadOnce(ctx context.Context, name string, fn func(context.Context) error) (led bool, err error) {
	conn, err := s.clock.Connx(ctx)
	if err != nil {
		return false, fmt.Errorf("connecting to lead %s: %w", name, err)
	}
	defer conn.Close()
	var won bool
	err = conn.GetContext(ctx, &won, `SELECT pg_try_advisory_lock(hashtextextended($1, 0))`, name)
	if err != nil || !won {
		return false, err
	}
	defer func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(hashtextextended($1, 0))`, name)
	}()
	leading, lost := context.WithCancel(ctx)
	defer lost()
	ended := make(chan error, 1)
	go func() { ended <- fn(leading) }()
	for {
		select {
		case err := <-ended:
			return true, err
		case <-time.After(leadCheck):
			if !alive(leading, conn) {
				lost()
				err := <-ended
				if errors.Is(err, context.Canceled) {
					return true, nil // it was told to stop, and did
				}
				return true, err
			}
		}
	}
}

// alive tells whether the connection that holds the lock still stands.
func alive(ctx context.Context, conn *sqlx.Conn) bool {
	ctx, cancel := context.WithTimeout(ctx, leadCheck)
	defer cancel()
	return conn.PingContext(ctx) == nil
}
