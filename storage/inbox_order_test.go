package storage_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"peyk/social"
	"peyk/storage"
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

// kept are the ids of what is claimed of the updates of the keys, numbered from
// first, as they are stored.
func kept(t *testing.T, in *storage.Inbox, n int, first int64, keys ...int64) []int64 {
	t.Helper()
	list, err := in.Keep(t.Context(), updates(first, keys...), n, minute)
	check(t, err)
	return idsOf(list)
}

// TestInboxClaimsWhatItKeeps only where nothing of the key is to be handled.
func TestInboxClaimsWhatItKeeps(t *testing.T) {
	t.Parallel()
	in, now := box(t)
	sara := enter(t, in.Store, 20, "Sara")
	same(t, "two of three keys", kept(t, in, 2, 5, 10, 10, 20, 30), []int64{5, 7})
	same(t, "the same again", kept(t, in, 9, 5, 10, 10, 20, 30), []int64{})
	same(t, "keys that are busy or waited for, an older one, and a new one", kept(t, in, 9, 1, 10, 20, 30, 40), []int64{4})
	next, err := in.Done(t.Context(), []social.Incoming{{Bot: botID, ID: 5}}, 9, minute)
	check(t, err)
	same(t, "with the end of one", idsOf(next), []int64{1, 3})
	*now = now.Add(2 * minute)
	list, err := in.Claim(t.Context(), 9, minute)
	check(t, err)
	same(t, "when nobody has ended them", idsOf(list), []int64{1, 2, 3, 4})
	for _, u := range list {
		if tries := map[int64]int{1: 2, 2: 1, 3: 2, 4: 2}[u.ID]; u.Tries != tries {
			t.Errorf("update %d is tried for the %d. time, not the %d.", u.ID, u.Tries, tries)
		}
	}
	done(t, in, 2)
	done(t, in, 7)
	list, err = in.Keep(t.Context(), updates(50, 20, 21), 9, minute)
	check(t, err)
	if len(list) != 2 || list[0].Who != sara || list[1].Who != (social.Person{}) {
		t.Errorf("Sara's and a stranger's: %+v", list)
	}
	ctx := social.WithIncoming(t.Context(), list[0])
	who, err := in.Enter(ctx, social.Person{TelegramID: 20, Name: "Sara Ahmadi", Lang: "fa"})
	check(t, err)
	if who.ID != sara.ID || who.Name != "Sara Ahmadi" {
		t.Errorf("with a new name: %+v", who)
	}
}

// TestClaimsLeaveAKeyAlone of which somebody is putting an update just now.
func TestClaimsLeaveAKeyAlone(t *testing.T) {
	t.Parallel()
	for _, key := range []int64{10, -1001234567890} {
		in, _ := box(t)
		put(t, in, 1, key, 77)
		tx, err := storage.Bot(in.Store).BeginTxx(t.Context(), nil)
		check(t, err)
		check(t, storage.LockKey(t.Context(), tx, key))
		same(t, "while he is putting it", claimed(t, in, 9), []int64{2})
		check(t, tx.Rollback())
		same(t, "after that", claimed(t, in, 9), []int64{1})
	}
}

// TestInboxKeepsToOneOfAKeyAmongMany stores, claims and ends updates of few keys
// from many sides at the same time.
func TestInboxKeepsToOneOfAKeyAmongMany(t *testing.T) {
	t.Parallel()
	in, _ := box(t)
	const sides, each, keys = 8, 12, 2
	w := &watch{last: map[int64]int64{}, busy: map[int64]bool{}, late: true}
	var all sync.WaitGroup
	for side := range int64(sides) {
		all.Go(func() {
			for n := range int64(each) {
				list, err := in.Keep(t.Context(), updates(1+n*sides+side, n%keys), 1, minute)
				for ; len(list) > 0 && err == nil; list, err = in.Done(t.Context(), list, 1, minute) {
					w.begin(t, list[0])
					time.Sleep(time.Millisecond)
					w.end(list[0])
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	w.work(t, in, sides*each)
	if w.done != sides*each {
		t.Errorf("%d of %d were handled", w.done, sides*each)
	}
}

func updates(first int64, keys ...int64) []social.Incoming {
	var list []social.Incoming
	for i, k := range keys {
		id := first + int64(i)
		list = append(list, social.Incoming{Bot: botID, ID: id, Key: k, Body: fmt.Appendf(nil, `{"update_id":%d}`, id)})
	}
	return list
}
