package storage

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"peyk/social"
)

// A Tx is one transaction. Who works in it, and so what it can see, is settled
// when it begins.
type Tx struct {
	*sqlx.Tx
	pool *pool
	now  time.Time         // by the store's clock, when the transaction began
	mark []social.Incoming // updates that are yet to be marked as handled in it
}

// marks hands the updates to be marked over to whoever marks them, in order: the
// ends of the list tell PostgreSQL that they lie close together, whatever it knows
// of the table.
func (tx *Tx) marks() (bot int64, ids []int64) {
	for _, u := range tx.mark {
		bot, ids = u.Bot, append(ids, u.ID)
	}
	tx.mark = nil
	slices.Sort(ids)
	return bot, ids
}

// As runs fn in a transaction that sees what the person may see. The update that
// ctx belongs to is marked as handled in it, so that its effect happens once.
func (s *Store) As(ctx context.Context, person int64, fn func(*Tx) error) error {
	return s.act(ctx, s.bot, acting(ctx, person), fn)
}

// Read runs fn like As, for questions: nothing is marked as handled.
func (s *Store) Read(ctx context.Context, person int64, fn func(*Tx) error) error {
	return s.open(ctx, s.bot, being(person, 0), fn)
}

// In runs fn in a transaction that sees one brand, for work that no person asked
// for just now.
func (s *Store) In(ctx context.Context, brand int64, fn func(*Tx) error) error {
	return s.open(ctx, s.bot, being(0, brand), fn)
}

// Across runs fn in a transaction that sees every brand: for sweeps, and for the
// few changes by people who are not members yet.
func (s *Store) Across(ctx context.Context, fn func(*Tx) error) error {
	return s.act(ctx, s.clock, "", fn)
}

// act runs fn and marks the update of ctx, if it has one, in the same transaction.
func (s *Store) act(ctx context.Context, db *pool, first opening, fn func(*Tx) error) error {
	h, ok := social.IncomingFrom(ctx)
	if !ok || h.Marked {
		return s.open(ctx, db, first, fn)
	}
	err := s.open(ctx, db, first, func(tx *Tx) error {
		tx.mark = h.All()
		if err := fn(tx); err != nil {
			return err
		}
		return tx.markHandled(ctx)
	})
	h.Marked = h.Marked || err == nil
	return err
}

// be tells row-level security for whom the transaction works, until it ends: a
// person, or with 0 for the person the program itself in one brand. Most settle it
// when they begin (being).
func (tx *Tx) be(ctx context.Context, person, brand int64) error {
	_, err := tx.ExecContext(ctx, string(being(person, brand)))
	return err
}

// tries is how often a transaction is run that lost against another one.
const tries = 5

// run is open without an opening.
func (s *Store) run(ctx context.Context, db *pool, fn func(*Tx) error) error {
	return s.open(ctx, db, "", fn)
}

// open is the one place where transactions begin and end. A transaction that
// PostgreSQL broke off in favour of another is run again, so fn must have no
// effect outside of it.
func (s *Store) open(ctx context.Context, db *pool, first opening, fn func(*Tx) error) error {
	for n := 1; ; n++ {
		err := s.once(ctx, db, first, fn)
		if err == nil || n == tries || !lostRace(err) {
			return err
		}
		select {
		case <-time.After(time.Duration(rand.Int64N(int64(n) * int64(20*time.Millisecond)))):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *Store) once(ctx context.Context, db *pool, first opening, fn func(*Tx) error) (err error) {
	tx, err := db.BeginTxx(first.with(ctx), nil)
	if err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	defer func() {
		if err != nil {
			_ = tx.Rollback() // the first error says more
		}
	}()
	if err = fn(&Tx{Tx: tx, pool: db, now: s.Now()}); err != nil {
		return err
	}
	if err = tx.Commit(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// lostRace tells whether the transaction may simply be run again: 40001 is a
// serialization failure, 40P01 a deadlock; or a migration came in between.
func lostRace(err error) bool {
	var e *pq.Error
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01" || outdated(err))
}
