package scheduler_test

import (
	"errors"
	"testing"
	"time"

	"peyk/scheduler"
	"peyk/social"
	"peyk/storage/storagetest"
)

func TestTidyingForgetsWhatIsDone(t *testing.T) {
	t.Parallel()
	const bot = 7
	store, now := storagetest.Open(t), time.Now()
	store.Now = func() time.Time { return now }
	in := store.Inbox(bot)
	old := social.Incoming{Bot: bot, ID: 1, Key: 1, Body: []byte(`{}`)}
	if _, err := in.Keep(t.Context(), []social.Incoming{old}, 0, time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Done(t.Context(), []social.Incoming{old}, 0, time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := store.SetDialog(t.Context(), social.Dialog{Chat: 5, Person: 1, Step: "x", Expires: now.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	tidy := scheduler.Tidying(store)
	for _, after := range []struct {
		age            time.Duration
		update, dialog bool
	}{{59 * time.Minute, true, true}, {3*24*time.Hour - time.Minute, true, false}, {3*24*time.Hour + time.Minute, false, false}} {
		if err := tidy.Do(t.Context(), now.Add(after.age)); err != nil {
			t.Fatal(err)
		}
		last, err := in.Last(t.Context())
		if err != nil || last.IsZero() == after.update {
			t.Errorf("the update after %v: %v, %v", after.age, last, err)
		}
		if _, err := store.Dialog(t.Context(), 5); errors.Is(err, social.ErrNotFound) == after.dialog {
			t.Errorf("the question after %v: %v", after.age, err)
		}
	}
}
