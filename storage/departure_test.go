package storage_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"peyk/social"
)

// everything is every row of every table as JSON, by table, as the superuser sees it.
func (w *wall) everything(t *testing.T) map[string][]string {
	t.Helper()
	var tables []string
	check(t, w.admin.SelectContext(t.Context(), &tables, `
		SELECT c.relname FROM pg_class c
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname NOT LIKE 'goose%' ORDER BY 1`))
	found := map[string][]string{}
	for _, table := range tables {
		what := "to_jsonb(x)"
		if table == "inbox" {
			what = "to_jsonb(x) || jsonb_build_object('body', encode(x.body, 'escape'))"
		}
		var rows []string
		check(t, w.admin.SelectContext(t.Context(), &rows, `SELECT (`+what+`)::text FROM `+pq.QuoteIdentifier(table)+` x`))
		found[table] = rows
	}
	return found
}

// mentions are the rows of the database that hold one of the words.
func (w *wall) mentions(t *testing.T, words ...string) []string {
	t.Helper()
	var found []string
	for table, rows := range w.everything(t) {
		for _, row := range rows {
			if slices.ContainsFunc(words, func(word string) bool { return strings.Contains(row, word) }) {
				found = append(found, table+": "+row)
			}
		}
	}
	return found
}

// manager makes somebody a manager of our brand who has something in every table
// that people have something in.
func (w *wall) manager(t *testing.T) social.Person {
	t.Helper()
	ctx, s := t.Context(), w.store
	p, err := s.Enter(ctx, social.Person{TelegramID: 777001, Name: "Quillname", Username: "quillhandle", Lang: "fa"})
	check(t, err)
	i := invited(t, s, w.ours.owner.ID, p.ID, w.ours.brand.ID, social.Manager)
	_, err = s.DecideInvitation(ctx, w.ours.owner.ID, i.ID, true)
	check(t, err)
	_, err = s.AddPost(ctx, p.ID, social.Post{Brand: w.ours.brand, Content: social.Content{Text: social.Text{Plain: "a draft to hand over"}}})
	check(t, err)
	_, _, err = s.Invite(ctx, p.ID, w.ours.brand.ID, social.Viewer)
	check(t, err)
	invited(t, s, p.ID, enter(t, s, 777002, "Waits").ID, w.ours.brand.ID, social.Viewer)
	_, err = s.SaveChannel(ctx, social.Channel{Chat: -777001, Title: "Free", AddedBy: p.ID, Present: true})
	check(t, err)
	_, err = s.SaveReply(ctx, p.ID, social.SavedReply{Brand: w.ours.brand.ID, Lang: "en", Text: "thank you"})
	check(t, err)
	check(t, s.SetDialog(ctx, social.Dialog{Chat: p.TelegramID, Person: p.ID, Step: "x", Expires: dusk}))
	_, err = s.SaveCard(ctx, w.ours.brand.ID, social.Card{PostID: w.ours.draft, Person: p.ID, Chat: p.TelegramID, Message: 9})
	check(t, err)
	check(t, s.SaveCommentCard(ctx, social.CommentCard{Brand: w.ours.brand.ID, Comment: w.ours.comment, Chat: p.TelegramID, Message: 10, Person: p.ID}))
	check(t, s.LosePerson(ctx, p.TelegramID))
	check(t, s.FindPerson(ctx, p.TelegramID))
	check(t, s.Hear(ctx, social.Heard{
		Place: -170, Post: social.Thread{Root: "1"}, Remote: "99", Author: p.Name, AuthorID: fmt.Sprint(p.TelegramID), Text: "a follower too", At: s.Now(),
	}))
	return p
}

func TestDepartureLeavesNoName(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	p := w.manager(t)
	in := w.store.Inbox(7)
	update := func(id int64, done bool) social.Incoming {
		u := social.Incoming{Bot: 7, ID: id, Key: p.TelegramID, Body: []byte(`{"message":{"from":{"id":777001,"first_name":"Quillname"}}}`)}
		_, err := in.Keep(t.Context(), []social.Incoming{u}, 0, time.Minute)
		check(t, err)
		if done {
			_, err = in.Done(t.Context(), []social.Incoming{u}, 0, time.Minute)
			check(t, err)
		}
		return u
	}
	update(1, true)
	u := update(2, false)
	words := []string{"Quillname", "quillhandle", "777001"}
	if n := len(w.mentions(t, words...)); n < 10 {
		t.Fatalf("only %d rows mention him before", n)
	}
	ctx := social.WithIncoming(t.Context(), u)
	_, err := w.store.Depart(ctx, p.ID)
	check(t, err)

	left := w.mentions(t, words...)
	if len(left) != 2 || !strings.HasPrefix(left[0]+left[1], "events: ") && !strings.HasPrefix(left[0]+left[1], "inbox: ") {
		t.Errorf("before the owner is told, and the tap is done, these mention him:\n%s", strings.Join(left, "\n"))
	}
	_, err = in.Done(t.Context(), []social.Incoming{u}, 0, time.Minute)
	check(t, err)
	_, err = w.store.PruneInbox(t.Context(), time.Time{}, time.Time{})
	check(t, err)
	var gone []int64
	check(t, w.admin.SelectContext(t.Context(), &gone, `SELECT id FROM events WHERE kind = 'person.gone'`))
	if len(gone) != 1 {
		t.Fatalf("%d events instead of one", len(gone))
	}
	a, err := w.store.Affair(t.Context(), gone[0])
	check(t, err)
	if listeners := a.Listeners(); len(listeners) != 1 || listeners[0].ID != w.ours.owner.ID || !strings.Contains(a.Facts.Name, "Quillname") {
		t.Errorf("%v hear that %q has gone", listeners, a.Facts.Name)
	}
	check(t, w.store.EndEvent(t.Context(), gone[0]))
	if left := w.mentions(t, words...); len(left) > 0 {
		t.Errorf("these mention him still:\n%s", strings.Join(left, "\n"))
	}
}

func TestDepartureHandsOver(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	p := w.manager(t)
	_, err := w.store.Depart(t.Context(), p.ID)
	check(t, err)
	var n int
	check(t, w.admin.GetContext(t.Context(), &n, `
		SELECT count(*) FROM posts WHERE author_id = $1 AND content->'text'->>'plain' = 'a draft to hand over'`, w.ours.owner.ID))
	if n != 1 {
		t.Error("the draft is not the owner's")
	}
	check(t, w.admin.GetContext(t.Context(), &n, `
		SELECT count(*) FROM invitations WHERE made_by = $1 AND state IN ('open', 'bound')`, w.ours.owner.ID))
	if n != 4 {
		t.Errorf("the owner has %d invitations that wait", n)
	}
	check(t, w.admin.GetContext(t.Context(), &n, `
		SELECT count(*) FROM people WHERE telegram_id IS NULL AND name = $1 AND NOT reachable`, social.FormerName))
	if n != 1 {
		t.Errorf("%d people without a name", n)
	}
	again, err := w.store.Enter(t.Context(), social.Person{TelegramID: p.TelegramID, Name: "Quillname", Lang: "en"})
	check(t, err)
	places, err := w.store.Places(t.Context(), again.ID)
	check(t, err)
	if again.ID == p.ID || again.LangChosen || len(places) > 0 {
		t.Errorf("he is known as before: %+v, %v", again, places)
	}
	var draft int64
	check(t, w.admin.GetContext(t.Context(), &draft, `SELECT id FROM posts WHERE content->'text'->>'plain' = 'a draft to hand over'`))
	trail, err := w.store.Trail(t.Context(), w.ours.owner.ID, draft)
	check(t, err)
	if len(trail) == 0 || trail[0].Who != social.FormerName {
		t.Errorf("the trail: %+v", trail)
	}
}

// A stranger leaves nothing behind, not even a row.
func TestDepartureOfAStranger(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	before := w.checksum(t)
	p := enter(t, w.store, 777009, "Nobody")
	_, err := w.store.Depart(t.Context(), p.ID)
	check(t, err)
	if w.checksum(t) != before {
		t.Error("something of him stays")
	}
}

func TestOnlyOwnerStays(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	before := w.checksum(t)
	_, err := w.store.Depart(t.Context(), w.ours.owner.ID)
	if !errors.Is(err, social.ErrLastOwner) || w.checksum(t) != before {
		t.Fatalf("the only owner leaves people behind: %v, or something changed", err)
	}
	d, err := w.store.Departing(t.Context(), w.ours.owner.ID)
	check(t, err)
	if heirs := d.Leaves[0].Heirs(); len(heirs) != 2 || heirs[0].Role != social.Editor {
		t.Errorf("the heirs are %+v", heirs)
	}
	check(t, w.store.NameOwner(t.Context(), w.ours.owner.ID, w.ours.agency.ID, w.ours.client.ID))
	if err := w.store.NameOwner(t.Context(), w.ours.owner.ID, w.ours.agency.ID, w.ours.client.ID); !errors.Is(err, social.ErrAlreadyIn) {
		t.Errorf("named twice: %v", err)
	}
	_, err = w.store.Depart(t.Context(), w.ours.owner.ID)
	check(t, err)
	places, err := w.store.Places(t.Context(), w.ours.client.ID)
	check(t, err)
	if len(places) != 1 || places[0].Role != social.Owner {
		t.Errorf("the heir's places: %+v", places)
	}
	var n int
	check(t, w.admin.GetContext(t.Context(), &n, `
		SELECT count(*) FROM posts WHERE brand_id = $1 AND author_id <> $2 AND state NOT IN ('published', 'stopped')`,
		w.ours.brand.ID, w.ours.client.ID))
	if n != 0 {
		t.Errorf("%d open posts are nobody's", n)
	}
}

// Two owners who leave at the same time: the second sees that he is the last.
func TestOwnersLeaveOneAfterTheOther(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	check(t, w.store.NameOwner(t.Context(), w.ours.owner.ID, w.ours.agency.ID, w.ours.client.ID))
	holding, err := w.admin.BeginTxx(t.Context(), nil)
	check(t, err)
	defer func() { _ = holding.Rollback() }()
	_, err = holding.ExecContext(t.Context(), `SELECT FROM agencies FOR UPDATE`)
	check(t, err)
	ends := make(chan error, 2)
	for _, who := range []int64{w.ours.owner.ID, w.ours.client.ID} {
		go func() {
			_, err := w.store.Depart(context.WithoutCancel(t.Context()), who)
			ends <- err
		}()
	}
	w.waiting(t, 2)
	check(t, holding.Commit())
	first, second := <-ends, <-ends
	if (first == nil) == (second == nil) || !errors.Is(errors.Join(first, second), social.ErrLastOwner) {
		t.Errorf("%v and %v instead of one who leaves and one who is the last", first, second)
	}
}

// waiting waits until n sessions wait for a lock.
func (w *wall) waiting(t *testing.T, n int) {
	t.Helper()
	for deadline := time.Now().Add(4 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		var found int
		check(t, w.admin.GetContext(t.Context(), &found, `
			SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`))
		if found >= n {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d sessions wait", found)
		}
	}
}

// An agency with nobody else in it ends with its owner, with every row of it.
func TestAgencyEndsWithItsLastMember(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	_, err := w.admin.ExecContext(t.Context(), `
		UPDATE members SET left_at = now() WHERE agency_id = $1 AND person_id <> $2`, w.ours.agency.ID, w.ours.owner.ID)
	check(t, err)
	if _, err = w.store.Depart(t.Context(), w.ours.owner.ID); !errors.Is(err, social.ErrGoingOut) {
		t.Fatalf("with a reply on its way: %v", err)
	}
	_, err = w.admin.ExecContext(t.Context(), `UPDATE replies SET state = 'sent'`)
	check(t, err)
	theirs := w.mentions(t, "canarytheirs")
	_, err = w.store.Depart(t.Context(), w.ours.owner.ID)
	check(t, err)
	var left []string
	for table, named := range w.walled(t) {
		if !named {
			continue
		}
		var n int
		check(t, w.admin.GetContext(t.Context(), &n, `SELECT count(*) FROM `+table+` WHERE brand_id = $1`, w.ours.brand.ID))
		if n > 0 {
			left = append(left, table)
		}
	}
	if len(left) > 0 || len(w.mentions(t, "canaryours text", "canaryours brand", "canaryours agency", "canaryours owner")) > 0 {
		t.Errorf("something stays in %q, or by its name", left)
	}
	if len(w.mentions(t, "canarytheirs")) != len(theirs) {
		t.Error("something of another agency was deleted")
	}
	if _, err := w.store.Affair(t.Context(), 1); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("an event that is gone: %v", err)
	}
}
