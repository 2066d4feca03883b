package storage_test

import (
	"errors"
	"testing"

	"peyk/storage"
)

// TestJobsExistWithTheirTransaction: a job is there when its cause was committed,
// and not before, and not otherwise.
func TestJobsExistWithTheirTransaction(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	jobs := func() (n int) {
		t.Helper()
		check(t, w.admin.GetContext(t.Context(), &n, `SELECT count(*) FROM river_job WHERE queue = 'trial'`))
		return n
	}
	enqueue := func(tx *storage.Tx) error {
		return storage.Enqueue(t.Context(), tx, "trial", map[string]int{"n": 1})
	}
	check(t, w.store.As(t.Context(), w.ours.owner.ID, func(tx *storage.Tx) error {
		err := enqueue(tx)
		if n := jobs(); n != 0 {
			t.Errorf("%d jobs before the end of their transaction", n)
		}
		return err
	}))
	if n := jobs(); n != 1 {
		t.Errorf("%d jobs of a transaction that was committed", n)
	}
	errBack := errors.New("back")
	for range 20 {
		err := w.store.Across(t.Context(), func(tx *storage.Tx) error { return errors.Join(enqueue(tx), errBack) })
		if !errors.Is(err, errBack) {
			t.Fatal(err)
		}
	}
	if n := jobs(); n != 1 {
		t.Errorf("%d jobs of transactions that were taken back", n-1)
	}
	if err := w.store.As(t.Context(), w.ours.owner.ID, func(tx *storage.Tx) error {
		return storage.Enqueue(t.Context(), tx, "trial", func() {})
	}); err == nil {
		t.Error("a job takes what is no JSON")
	}
}
