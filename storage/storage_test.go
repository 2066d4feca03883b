package storage_test

import (
	"database/sql"
	"testing"
	"time"

	"peyk/social"
	"peyk/storage"
	"peyk/storage/storagetest"
)

func TestEnterMakesKnown(t *testing.T) {
	s := newStore(t)
	a, err := s.Enter(t.Context(), social.Person{TelegramID: 5, Name: "Sara", Lang: "fa"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Enter(t.Context(), social.Person{TelegramID: 5, Name: "Sara A.", Username: "sara", Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	if a.ID != b.ID || b.Name != "Sara A." || b.Lang != "fa" {
		t.Errorf("%+v, then %+v", a, b)
	}
}

// TestCloseAfterTheServerWentAway: who ends the program while its database is down
// has ended it well.
func TestCloseAfterTheServerWentAway(t *testing.T) {
	t.Parallel()
	dsn := storagetest.New(t)
	s, err := storage.Open(t.Context(), dsn, t.TempDir())
	check(t, err)
	admin, err := sql.Open("postgres", dsn)
	check(t, err)
	defer admin.Close()
	const others = ` FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
	_, err = admin.ExecContext(t.Context(), `SELECT pg_terminate_backend(pid)`+others)
	check(t, err)
	for left, end := 1, time.Now().Add(5*time.Second); left > 0; time.Sleep(5 * time.Millisecond) {
		check(t, admin.QueryRowContext(t.Context(), `SELECT count(*)`+others).Scan(&left))
		if time.Now().After(end) {
			t.Fatal("the connections do not end")
		}
	}
	check(t, s.Close())
}
