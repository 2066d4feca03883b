package storage_test

import (
	"encoding/json"
	"strings"
	"testing"

	"peyk/social"
	"peyk/storage"
)

// body is what is kept of an update.
func (w *wall) body(t *testing.T, id int64) string {
	t.Helper()
	var body []byte
	check(t, w.admin.GetContext(t.Context(), &body, `SELECT body FROM inbox WHERE update_id = $1`, id))
	return string(body)
}

// A secret stands in the inbox until it has had its effect, so that a crash loses
// nothing, and goes with whatever says so: the effect, the end, or being put aside.
func TestConceal(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	ctx, in := t.Context(), w.store.Inbox(botID)
	const secret = "abcd-efgh-ijkl-mnop"
	said := `{"update_id":%,"message":{"message_id":5,"date":1,"chat":{"id":1,"type":"private"},"from":{"id":1,"is_bot":false},` +
		`"text":"` + secret + `","caption":"` + secret + `","reply_to_message":{"text":"` + secret + `"}},"odd":"` + secret + `"}`
	update := func(id int64, key int64) social.Incoming {
		body := strings.ReplaceAll(said, "%", string(rune('0'+id)))
		return social.Incoming{Bot: botID, ID: id, Key: key, Body: []byte(body), At: dusk}
	}
	ends := map[int64]func(social.Incoming) error{
		1: func(u social.Incoming) error { // with its effect
			return w.store.As(social.WithIncoming(ctx, u), w.ours.owner.ID, func(*storage.Tx) error { return nil })
		},
		2: func(u social.Incoming) error { _, err := in.Done(ctx, []social.Incoming{u}, 0, minute); return err },
		3: func(u social.Incoming) error { return in.Fail(ctx, u, "it never ended", true) },
	}
	for id, end := range ends {
		u := update(id, 100+id)
		_, err := in.Keep(ctx, []social.Incoming{u}, 0, minute)
		check(t, err)
		check(t, w.store.Conceal(social.WithIncoming(ctx, u)))
		check(t, in.Fail(ctx, u, "again", false))
		if !strings.Contains(w.body(t, id), secret) {
			t.Errorf("%d: the secret is gone before it had its effect", id)
		}
		check(t, end(u))
		now := w.body(t, id)
		var kept struct {
			ID      int64 `json:"update_id"`
			Message struct {
				ID   int64 `json:"message_id"`
				From struct{ ID int64 }
			}
		}
		if err := json.Unmarshal([]byte(now), &kept); err != nil || kept.ID != id || kept.Message.ID != 5 || kept.Message.From.ID != 1 || strings.Contains(now, secret) {
			t.Errorf("%d: what is kept is %s (%v)", id, now, err)
		}
	}
	check(t, w.store.Conceal(ctx)) // of no update
}
