package storage_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"peyk/social"
	"peyk/storage"
)

const botID = 7

// minute is how long tests lease an update.
const minute = time.Minute

// box is an inbox whose clock the test moves.
func box(t *testing.T) (*storage.Inbox, *time.Time) {
	t.Helper()
	s := newStore(t)
	now := dusk
	s.Now = func() time.Time { return now }
	return s.Inbox(botID), &now
}

// put stores updates of the keys, numbered from first.
func put(t *testing.T, in *storage.Inbox, first int64, keys ...int64) {
	t.Helper()
	_, err := in.Keep(t.Context(), updates(first, keys...), 0, minute)
	check(t, err)
}

// done ends the handling of an update.
func done(t *testing.T, in *storage.Inbox, id int64) {
	t.Helper()
	_, err := in.Done(t.Context(), []social.Incoming{{Bot: botID, ID: id}}, 0, minute)
	check(t, err)
}

// claimed are the ids of what a claim gets, in order.
func claimed(t *testing.T, in *storage.Inbox, n int) []int64 {
	t.Helper()
	list, err := in.Claim(t.Context(), n, minute)
	check(t, err)
	return idsOf(list)
}

func idsOf(list []social.Incoming) []int64 {
	ids := make([]int64, len(list))
	for i, u := range list {
		ids[i] = u.ID
	}
	slices.Sort(ids)
	return ids
}

func same(t *testing.T, what string, got, want []int64) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v instead of %v", what, got, want)
	}
}

func TestInboxKeepsEachUpdateOnce(t *testing.T) {
	t.Parallel()
	in, _ := box(t)
	put(t, in, 1, 10)
	done(t, in, 1)
	put(t, in, 1, 10, 10) // Telegram sends the first one again
	same(t, "what is left", claimed(t, in, 9), []int64{2})
}

func TestInboxGivesTheOldestOfEachKey(t *testing.T) {
	t.Parallel()
	in, _ := box(t)
	put(t, in, 1, 10, 10, 20, 20, 30)
	same(t, "first", claimed(t, in, 9), []int64{1, 3, 5})
	same(t, "while they are handled", claimed(t, in, 9), []int64{})
	done(t, in, 1)
	same(t, "when one is done", claimed(t, in, 9), []int64{2})
}

func TestInboxGivesTapsFirst(t *testing.T) {
	t.Parallel()
	in, _ := box(t)
	put(t, in, 1, 10, 20, 30)
	_, err := in.Keep(t.Context(), []social.Incoming{{Bot: botID, ID: 9, Key: 90, Body: []byte(`{"update_id":9,"callback_query":{}}`)}}, 0, minute)
	check(t, err)
	same(t, "one of four", claimed(t, in, 1), []int64{9})
}

func TestInboxTakesBackWhatIsLeft(t *testing.T) {
	t.Parallel()
	in, now := box(t)
	put(t, in, 1, 10)
	same(t, "first", claimed(t, in, 9), []int64{1})
	*now = now.Add(minute - time.Second)
	same(t, "before the lease ends", claimed(t, in, 9), []int64{})
	*now = now.Add(2 * time.Second)
	list, err := in.Claim(t.Context(), 9, minute)
	check(t, err)
	if len(list) != 1 || list[0].Tries != 2 || list[0].Handled {
		t.Errorf("after it: %+v", list)
	}
}

// TestInboxKeepsOrderWithTwoClaimers lets two processes work at the same time.
func TestInboxKeepsOrderWithTwoClaimers(t *testing.T) {
	t.Parallel()
	in, _ := box(t)
	const keys, each = 8, 8
	var all []int64
	for range each {
		for k := range int64(keys) {
			all = append(all, k)
		}
	}
	put(t, in, 1, all...)
	w := &watch{last: map[int64]int64{}, busy: map[int64]bool{}}
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() { w.work(t, in, keys*each) })
	}
	workers.Wait()
	if w.done != keys*each {
		t.Errorf("%d of %d were handled", w.done, keys*each)
	}
}

// A watch sees which updates are handled, and complains.
type watch struct {
	mu   sync.Mutex
	last map[int64]int64
	busy map[int64]bool
	late bool // older ones may come after newer ones
	done int
}

func (w *watch) work(t *testing.T, in *storage.Inbox, all int) {
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); {
		list, err := in.Claim(t.Context(), 3, minute)
		if err != nil {
			t.Error(err)
			return
		}
		for _, u := range list {
			w.begin(t, u)
		}
		for _, u := range list {
			w.end(u)
			if _, err := in.Done(t.Context(), []social.Incoming{u}, 0, minute); err != nil {
				t.Error(err)
			}
		}
		w.mu.Lock()
		over := w.done == all
		w.mu.Unlock()
		if over {
			return
		}
	}
}

func (w *watch) begin(t *testing.T, u social.Incoming) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.busy[u.Key] || u.ID <= w.last[u.Key] && !w.late {
		t.Errorf("update %d of key %d begins after %d, another under way: %v", u.ID, u.Key, w.last[u.Key], w.busy[u.Key])
	}
	w.busy[u.Key], w.last[u.Key] = true, u.ID
	w.done++
}

func (w *watch) end(u social.Incoming) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy[u.Key] = false
}

// TestEffectHappensOnce: whoever handles an update a second time changes nothing.
func TestEffectHappensOnce(t *testing.T) {
	t.Parallel()
	in, now := box(t)
	p := enter(t, in.Store, 5, "Sara")
	b := foundBrand(t, in.Store, p)
	put(t, in, 1, 10)
	claimed(t, in, 1)
	change := func(ctx context.Context) error {
		_, err := in.AddAccount(ctx, p.ID, social.Account{BrandID: b.ID, Platform: "x", ByHand: true, Handle: "@once"})
		return err
	}
	first := social.WithIncoming(t.Context(), social.Incoming{Bot: botID, ID: 1, Key: 10})
	check(t, change(first))
	if h, _ := social.IncomingFrom(first); !h.Marked {
		t.Error("the handling does not know that it is marked")
	}
	second := social.WithIncoming(t.Context(), social.Incoming{Bot: botID, ID: 1, Key: 10})
	if err := change(second); !errors.Is(err, social.ErrHandled) {
		t.Errorf("the second time: %v", err)
	}
	accounts, err := in.Accounts(t.Context(), p.ID, b.ID)
	check(t, err)
	if len(accounts) != 1 {
		t.Errorf("%d accounts of one press", len(accounts))
	}
	*now = now.Add(2 * minute)
	list, err := in.Claim(t.Context(), 1, minute)
	check(t, err)
	if len(list) != 1 || !list[0].Handled {
		t.Errorf("what had its effect and was not ended: %+v", list)
	}
}

// TestEffectOfAPostHappensOnce is the same for the one statement that saves posts.
func TestEffectOfAPostHappensOnce(t *testing.T) {
	t.Parallel()
	in, _ := box(t)
	p := enter(t, in.Store, 5, "Sara")
	b := foundBrand(t, in.Store, p)
	post, err := in.AddPost(t.Context(), p.ID, social.Post{Brand: b, Content: social.Content{Text: social.Text{Plain: "0"}}})
	check(t, err)
	put(t, in, 1, 10)
	edit := func() error {
		ctx := social.WithIncoming(t.Context(), social.Incoming{Bot: botID, ID: 1, Key: 10})
		_, err := in.UpdatePost(ctx, p.ID, post.ID, func(p *social.Post, by social.Member) (social.Event, error) {
			return p.Edit(by, func(c *social.Content) { c.Text.Plain += "1" })
		})
		return err
	}
	check(t, edit())
	if err := edit(); !errors.Is(err, social.ErrHandled) {
		t.Errorf("the second time: %v", err)
	}
	post, _, err = in.Post(t.Context(), p.ID, post.ID)
	check(t, err)
	if post.Content.Text.Plain != "01" {
		t.Errorf("the text is %q", post.Content.Text.Plain)
	}
}

// TestRefusalMarksNothing: an update whose effect was refused is free for another.
func TestRefusalMarksNothing(t *testing.T) {
	t.Parallel()
	in, _ := box(t)
	p := enter(t, in.Store, 5, "Sara")
	put(t, in, 1, 10)
	ctx := social.WithIncoming(t.Context(), social.Incoming{Bot: botID, ID: 1, Key: 10})
	if _, err := in.AddAccount(ctx, p.ID, social.Account{BrandID: 99}); !errors.Is(err, social.ErrNotFound) {
		t.Fatal(err)
	}
	if h, _ := social.IncomingFrom(ctx); h.Marked {
		t.Error("a refusal marks the update")
	}
	list, err := in.Claim(t.Context(), 1, minute)
	check(t, err)
	if len(list) != 1 || list[0].Handled {
		t.Errorf("%+v", list)
	}
}

func TestPoisonIsPutAside(t *testing.T) {
	t.Parallel()
	in, now := box(t)
	put(t, in, 1, 10, 10)
	list, err := in.Claim(t.Context(), 9, minute)
	check(t, err)
	check(t, in.Fail(t.Context(), list[0], "it broke", false))
	same(t, "right after a failure", claimed(t, in, 9), []int64{})
	*now = now.Add(3 * time.Second)
	same(t, "a little later", claimed(t, in, 9), []int64{1})
	check(t, in.Fail(t.Context(), list[0], "poison", true))
	same(t, "when it is put aside", claimed(t, in, 9), []int64{2})
	*now = now.Add(time.Hour)
	same(t, "much later", claimed(t, in, 9), []int64{2})
}

func TestTidyingKeepsWhatIsNotDone(t *testing.T) {
	t.Parallel()
	in, now := box(t)
	put(t, in, 1, 10, 20, 30)
	done(t, in, 1)
	check(t, in.Fail(t.Context(), social.Incoming{Bot: botID, ID: 3}, "poison", true))
	*now = now.Add(time.Hour)
	for _, after := range []struct {
		done, parked time.Time
		n            int
	}{{now.Add(-minute), now.Add(-2 * time.Hour), 1}, {*now, now.Add(-minute), 1}, {*now, *now, 0}} {
		n, err := in.PruneInbox(t.Context(), after.done, after.parked)
		check(t, err)
		if n != after.n {
			t.Errorf("%d were deleted, not %d", n, after.n)
		}
	}
	same(t, "what is left", claimed(t, in, 9), []int64{2})
	lag, _, err := in.Lag(t.Context())
	check(t, err)
	if lag != time.Hour {
		t.Errorf("the oldest has waited for %v", lag)
	}
}

// TestTidyingDeletesLittleAtATime, and all of it.
func TestTidyingDeletesLittleAtATime(t *testing.T) {
	t.Parallel()
	in, now := box(t)
	check(t, in.Across(t.Context(), func(tx *storage.Tx) error {
		_, err := tx.ExecContext(t.Context(), `
			INSERT INTO inbox (bot, update_id, key, body, received_at, done_at)
			SELECT 7, n, n, '', $1, $1 FROM generate_series(1, 4500) n`, *now)
		return err
	}))
	n, err := in.PruneInbox(t.Context(), now.Add(minute), *now)
	check(t, err)
	if n != 4500 {
		t.Errorf("%d of 4500 were deleted", n)
	}
}

func TestTidyingForgetsOldQuestionsAndGuesses(t *testing.T) {
	t.Parallel()
	in, now := box(t)
	p := enter(t, in.Store, 5, "Sara")
	for chat, life := range map[int64]time.Duration{1: minute, 2: time.Hour} {
		check(t, in.SetDialog(t.Context(), social.Dialog{Chat: chat, Person: p.ID, Step: "x", Expires: now.Add(life)}))
	}
	for range 5 {
		_, _ = in.OpenInvitation(t.Context(), p.ID, "wrong")
	}
	check(t, in.PruneDialogs(t.Context(), now.Add(minute)))
	check(t, in.PruneGuesses(t.Context(), *now))
	if _, err := in.Dialog(t.Context(), 1); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("the old question: %v", err)
	}
	if _, err := in.Dialog(t.Context(), 2); err != nil {
		t.Errorf("the young question: %v", err)
	}
	if _, err := in.OpenInvitation(t.Context(), p.ID, "wrong"); !errors.Is(err, social.ErrManyLinks) {
		t.Errorf("young guesses: %v", err)
	}
	check(t, in.PruneGuesses(t.Context(), now.Add(time.Second)))
	if _, err := in.OpenInvitation(t.Context(), p.ID, "wrong"); !errors.Is(err, social.ErrBadLink) {
		t.Errorf("old guesses: %v", err)
	}
}
