package storage_test

import (
	"context"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"peyk/storage"
	"peyk/storage/storagetest"
)

// TestLeadPassesOn breaks the leader's connection while another waits: the other
// leads, and the first stops before long. Then the first waits for its turn.
func TestLeadPassesOn(t *testing.T) {
	t.Parallel()
	dsn := storagetest.New(t)
	admin := connect(t, dsn)
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	begun, over := make(chan string, 8), make(chan string, 8)
	lead := func(name string) <-chan error {
		s, err := storage.Open(ctx, dsn, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		ended := make(chan error, 1)
		go func() {
			ended <- s.Lead(ctx, "test", func(ctx context.Context) error {
				begun <- name
				<-ctx.Done()
				over <- name
				return ctx.Err()
			})
		}()
		return ended
	}
	first := lead("first")
	if who := <-begun; who != "first" {
		t.Fatal(who)
	}
	second := lead("second")
	select {
	case who := <-begun:
		t.Fatalf("%s leads while the first does", who)
	case <-time.After(time.Second):
	}
	breakLeader(ctx, t, admin)
	select {
	case who := <-begun:
		if who != "second" {
			// The first may be quicker to win it back; then it never stopped.
			t.Fatalf("%s began anew", who)
		}
	case <-ctx.Done():
		t.Fatal("nobody took over")
	}
	select {
	case who := <-over:
		if who != "first" {
			t.Errorf("%s stopped", who)
		}
	case <-ctx.Done():
		t.Error("the first goes on although another leads")
	}
	stop()
	for _, ended := range []<-chan error{first, second} {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// TestLeadGoesOn breaks the connection of a leader that nobody waits behind: what
// it does is not interrupted.
func TestLeadGoesOn(t *testing.T) {
	t.Parallel()
	dsn := storagetest.New(t)
	admin := connect(t, dsn)
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	s, err := storage.Open(ctx, dsn, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	begun, ended := make(chan bool, 8), make(chan error, 1)
	go func() {
		ended <- s.Lead(ctx, "test", func(ctx context.Context) error {
			begun <- true
			<-ctx.Done()
			return ctx.Err()
		})
	}()
	<-begun
	breakLeader(ctx, t, admin)
	for end := time.Now().Add(6 * time.Second); holders(ctx, t, admin) == 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the lock was not won back")
		}
	}
	if len(begun) > 0 {
		t.Error("it was interrupted and begun anew")
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if n := holders(t.Context(), t, admin); n != 0 {
		t.Error("the lock is held after the end")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

const ofLeader = ` FROM pg_locks l JOIN pg_database d ON d.oid = l.database
	WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()`

// breakLeader ends the connection that holds the lock.
func breakLeader(ctx context.Context, t *testing.T, admin *sqlx.DB) {
	t.Helper()
	ask(ctx, t, admin, `SELECT count(pg_terminate_backend(l.pid))`+ofLeader)
}

func holders(ctx context.Context, t *testing.T, admin *sqlx.DB) int {
	t.Helper()
	return ask(ctx, t, admin, `SELECT count(*)`+ofLeader)
}

func ask(ctx context.Context, t *testing.T, admin *sqlx.DB, query string) (n int) {
	t.Helper()
	check(t, admin.GetContext(ctx, &n, query))
	return n
}
