package storage_test

import (
	"testing"
)

// TestInboxKeepsToOneOfAKey also when Telegram hands an older update over after a
// newer one, as webhooks may: it waits until the newer one's handling has ended.
func TestInboxKeepsToOneOfAKey(t *testing.T) {
	t.Parallel()
	in, now := box(t)
	put(t, in, 5, 10)
	same(t, "the newer one", claimed(t, in, 9), []int64{5})
	put(t, in, 3, 10, 20)
	same(t, "while it is handled", claimed(t, in, 9), []int64{4})
	done(t, in, 5)
	same(t, "when it is done", claimed(t, in, 9), []int64{3})

	put(t, in, 9, 30)
	claimed(t, in, 9)
	put(t, in, 8, 30)
	*now = now.Add(2 * minute)
	same(t, "when its worker is gone", claimed(t, in, 9), []int64{3, 4, 8})
}
