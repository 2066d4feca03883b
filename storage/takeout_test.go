package storage_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"peyk/social"
)

// takeoutOf reads somebody's takeout: its lists, each a list of rows.
func takeoutOf(t *testing.T, w *wall, person int64) map[string][]map[string]any {
	t.Helper()
	taken, again, err := w.store.Takeout(t.Context(), person)
	check(t, err)
	if !again.IsZero() || taken.Cut {
		t.Fatalf("again %v, cut %v", again, taken.Cut)
	}
	var raw map[string]json.RawMessage
	check(t, json.Unmarshal(taken.Body, &raw))
	lists := map[string][]map[string]any{}
	for name, list := range raw {
		var rows []map[string]any
		if json.Unmarshal(list, &rows) == nil {
			lists[name] = rows
		}
	}
	return lists
}

func TestTakeoutHoldsWhatOneDid(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	keep := func(id, key int64, body string) {
		u := social.Incoming{Bot: 7, ID: id, Key: key, Body: []byte(body)}
		_, err := w.store.Inbox(7).Keep(t.Context(), []social.Incoming{u}, 0, time.Minute)
		check(t, err)
	}
	keep(1, 100, `{"update_id":1,"message":{"message_id":3,"from":{"id":100,"is_bot":false},"text":"in my own chat","reply_to_message":{"text":"others"}}}`)
	keep(2, -170, `{"update_id":2,"message":{"message_id":4,"from":{"id":100,"is_bot":false},"text":"in a group"}}`)
	keep(3, -170, `{"update_id":3,"message":{"message_id":5,"from":{"id":999,"is_bot":false},"text":"others","reply_to_message":{"from":{"id":100,"is_bot":false}}}}`)
	keep(4, 100, `{"update_id":4,"callback_query":{"id":"9","from":{"id":100,"is_bot":false},"data":"v1:x","message":{"message_id":6,"text":"others"}}}`)
	keep(5, 1000, `{"update_id":5,"message":{"message_id":7,"from":{"id":1000,"is_bot":false},"text":"others"}}`)
	keep(6, 100, `broken`)
	check(t, w.store.SetDialog(t.Context(), social.Dialog{Chat: 100, Person: w.ours.owner.ID, Step: "x", Data: map[string]string{"k": "half a name"}, Expires: dusk}))

	lists := takeoutOf(t, w, w.ours.owner.ID)
	var lacking []string
	for name, rows := range lists {
		if len(rows) == 0 {
			lacking = append(lacking, name)
		}
	}
	slices.Sort(lacking)
	empty := []string{"approvals", "change_requests", "comments_written", "cut_to_the_newest", "invitations_opened", "replies_judged"}
	if !slices.Equal(lacking, empty) {
		t.Errorf("without an entry are %q", lacking)
	}
	if n := len(lists["raw_updates"]); n != 3 {
		t.Errorf("%d raw updates instead of 3", n)
	}
	all, err := json.Marshal(lists)
	check(t, err)
	for _, want := range []string{"canaryours text", "canaryours reply", "canaryours saved", "canaryours action", "in my own chat", "in a group", "half a name"} {
		if !strings.Contains(string(all), want) {
			t.Errorf("%q is not in it", want)
		}
	}
	for _, others := range []string{"canarytheirs", "canaryours client", "canaryours removed", "canaryours comment", "canaryours follower", "canaryours left", "others"} {
		if strings.Contains(string(all), others) {
			t.Errorf("%q of somebody else is in it", others)
		}
	}
}

// Whoever was removed has a right to what is kept of him, and to nothing else.
func TestTakeoutOfSomebodyWhoWasRemoved(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	lists := takeoutOf(t, w, w.ours.removed.ID)
	if len(lists["places"]) != 1 || lists["places"][0]["left_at"] == nil || len(lists["events_about_you"]) == 0 {
		t.Errorf("places %v, events about him %v", lists["places"], lists["events_about_you"])
	}
	all, err := json.Marshal(lists)
	check(t, err)
	if strings.Contains(string(all), "canaryours text") || strings.Contains(string(all), "canaryours owner") {
		t.Errorf("something of others is in %s", all)
	}
	client := takeoutOf(t, w, w.ours.client.ID)
	if len(client["approvals"]) != 1 || len(client["invitations_opened"]) != 1 {
		t.Errorf("approvals %v, invitations %v", client["approvals"], client["invitations_opened"])
	}
}

func TestTakeoutOnceAnHour(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	now := dusk
	store.Now = func() time.Time { return now }
	p := enter(t, store, 100, "Lena")
	ask := func() time.Time {
		t.Helper()
		_, again, err := store.Takeout(t.Context(), p.ID)
		check(t, err)
		return again
	}
	if again := ask(); !again.IsZero() {
		t.Fatalf("the first: again at %v", again)
	}
	if again := ask(); !again.IsZero() {
		t.Errorf("after one that did not arrive: again at %v", again)
	}
	check(t, store.EndTakeout(t.Context(), p.ID))
	if again := ask(); !again.Equal(now.Add(social.TakeoutPause)) {
		t.Errorf("after one that arrived: again at %v", again)
	}
	if now = now.Add(social.TakeoutPause); !ask().IsZero() {
		t.Error("none after an hour")
	}
}

func TestTakeoutIsBounded(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	_, err := w.admin.ExecContext(t.Context(), `
		INSERT INTO saved_replies (brand_id, lang, text, made_by, created_at)
		SELECT $1, 'en', n || repeat('x', 50000), $2, now() FROM generate_series(1, 45) n`, w.ours.brand.ID, w.ours.owner.ID)
	check(t, err)
	taken, _, err := w.store.Takeout(t.Context(), w.ours.owner.ID)
	check(t, err)
	if !taken.Cut || len(taken.Body) > 2*social.MaxTakeoutList {
		t.Errorf("cut %v, %d bytes", taken.Cut, len(taken.Body))
	}
	for n, there := range map[int]bool{1: false, 45: true} {
		if strings.Contains(string(taken.Body), fmt.Sprintf(`"%dx`, n)) != there {
			t.Errorf("the %dth entry is there: %v", n, !there)
		}
	}
}

// TestTakeoutForgetsNoTable fails when a table gets a column that points to people
// and is not asked for in a takeout.
func TestTakeoutForgetsNoTable(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	var columns []string
	check(t, w.admin.SelectContext(t.Context(), &columns, `
		SELECT c.conrelid::regclass || '.' || a.attname FROM pg_constraint c
		JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
		WHERE c.contype = 'f' AND c.confrelid = 'people'::regclass ORDER BY 1`))
	known := []string{
		"approvals.person_id", "cards.person_id", "channels.added_by", "comment_cards.person_id", "comments.holder_id", "corrections.person_id",
		"digest_hushes.person_id", "digests.person_id", "events.actor_id", "goals.made_by", "guesses.person_id", "invitations.made_by", "invitations.person_id",
		"members.person_id", "mornings.person_id", "notices.person_id", "plans.made_by", "plans.owner_id", "posts.author_id", "replies.judge_id", "replies.person_id",
		"saved_replies.made_by", "versions.author_id",
	}
	if !slices.Equal(columns, known) {
		t.Errorf("people are named by %q: a new one belongs into takeoutParts, and into what is forgotten of whoever leaves", columns)
	}
}
