package storage_test

import "testing"

func TestProcessesAreCounted(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	for i, beat := range []struct {
		who  string
		want int
	}{{"a", 1}, {"b", 2}, {"a", 2}} {
		if n, err := l.Beat(t.Context(), beat.who); err != nil || n != beat.want {
			t.Errorf("beat %d: %d processes, %v", i, n, err)
		}
	}
	_, err := l.db.ExecContext(t.Context(), `UPDATE processes SET seen_at = now() - interval '46 seconds' WHERE id = 'a'`)
	check(t, err)
	if n, err := l.Beat(t.Context(), "b"); err != nil || n != 1 {
		t.Errorf("one is silent: %d processes, %v", n, err)
	}
	_, err = l.Beat(t.Context(), "a")
	check(t, err)
	check(t, l.Leave(t.Context(), "b"))
	if n, err := l.Beat(t.Context(), "a"); err != nil || n != 1 {
		t.Errorf("one has left: %d processes, %v", n, err)
	}
}
