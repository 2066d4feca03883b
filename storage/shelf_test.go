package storage_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"peyk/storage"
	"peyk/storage/storagetest"
)

// A shelf lends databases that are filled alike to one test after another, with the
// connections to them: making these and planning anew what each test asks took more
// than what the tests do.
type shelf struct {
	seed storagetest.Seed
	mu   sync.Mutex
	free []*lent
}

// lent is what a test has of a shelf until it ends. Its store is its own.
type lent struct {
	dsn    string
	folder string // of the media
	store  *storage.Store
	admin  *sqlx.DB // the superuser, whom nothing binds
}

// lend gives out a database that fill has filled.
func (s *shelf) lend(t *testing.T, fill func(*lent)) *lent {
	t.Helper()
	l := s.take()
	if l == nil {
		l = open(t, s.seed.Keep(t, func(dsn string) {
			l := open(t, dsn)
			fill(l)
			check(t, l.close())
		}))
	} else {
		check(t, storagetest.Restore(t.Context(), l.admin.DB))
		l.folder = t.TempDir()
		l.store = storage.Again(l.store, l.folder)
	}
	t.Cleanup(func() { s.giveBack(t, l) })
	return l
}

// take is a database that nobody has; nil: there is none.
func (s *shelf) take() *lent {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.free) == 0 {
		return nil
	}
	l := s.free[len(s.free)-1]
	s.free = s.free[:len(s.free)-1]
	return l
}

// giveBack puts a database back, unless something of the test still goes on in it.
func (s *shelf) giveBack(t *testing.T, l *lent) {
	t.Helper()
	if storage.InUse(l.store)+l.admin.Stats().InUse > 0 {
		t.Error("the test has ended, and not what it does in its database")
		check(t, l.close())
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, l)
}

// open connects to a database.
func open(t *testing.T, dsn string) *lent {
	t.Helper()
	l := &lent{dsn: dsn, folder: t.TempDir()}
	var err error
	l.store, err = storage.Open(t.Context(), dsn, l.folder)
	check(t, err)
	l.admin, err = sqlx.Open("postgres", dsn)
	check(t, err)
	return l
}

func (l *lent) close() error { return errors.Join(l.store.Close(), l.admin.Close()) }

// bare are databases without a row of ours.
var bare shelf

// newStore returns a store over a database that nobody has used.
func newStore(t *testing.T) *storage.Store {
	t.Helper()
	return newBare(t).store
}

func newBare(t *testing.T) *lent {
	t.Helper()
	return bare.lend(t, func(*lent) {})
}
