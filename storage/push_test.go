package storage_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peyk/social"
)

// newDoor is a ledger with an account that is published by hand, and its door.
func newDoor(t *testing.T) (*ledger, social.Door) {
	t.Helper()
	l := newLedger(t)
	ctx := t.Context()
	a, err := l.AddAccount(ctx, l.owner.ID, social.Account{BrandID: l.brand.ID, Platform: social.Instagram, Handle: "@nobahar", ByHand: true})
	check(t, err)
	check(t, l.OpenDoor(ctx, l.owner.ID, social.Door{Account: a.ID, Key: "key", Sealed: "sealed"}))
	d, err := l.DoorOf(ctx, "key")
	check(t, err)
	return l, d
}

func (l *ledger) report(id string, kind social.ToldKind, text string) social.Told {
	t := social.Told{Kind: kind, Heard: social.Heard{
		Post: social.Thread{Remote: "9", Link: "https://www.instagram.com/p/x/"}, Remote: id, Author: "سارا", Text: text, At: l.now,
	}}
	if kind == social.ToldEdited {
		t.Edited = l.now
	}
	return t
}

// push tells of comments, each at its place.
func (l *ledger) push(t *testing.T, d social.Door, id string, told ...social.Told) social.Receipt {
	t.Helper()
	for i := range told {
		told[i].Index = i
	}
	got, err := l.TakePush(t.Context(), d, social.Push{ID: id, Told: told, Fold: strings.ToLower})
	check(t, err)
	return got
}

// F28: 1,000 comments with duplicates and disorder, some of which were deleted before
// anybody told of them: stored once each, with the newest words; and some of the same
// again, in another order, change nothing.
func TestPushOfAThousand(t *testing.T) {
	t.Parallel()
	l, d := newDoor(t)
	var told []social.Told
	for n := range 200 {
		id := fmt.Sprint(n)
		fresh, edit, later := l.report(id, social.ToldNew, "opne?"), l.report(id, social.ToldEdited, "open?"), l.report(id, social.ToldEdited, "open today?")
		fresh.At, edit.Edited, later.Edited = l.now.Add(-time.Hour), l.now.Add(-2*time.Minute), l.now.Add(-time.Minute)
		fifth := fresh
		if n%4 == 0 {
			fifth = l.report(id, social.ToldDeleted, "")
		}
		told = append(told, fresh, edit, later, fresh, fifth)
	}
	rand.Shuffle(len(told), func(i, j int) { told[i], told[j] = told[j], told[i] })
	got := l.push(t, d, "one", told...)
	if got.Fresh != 150 || got.Gone != 50 || got.Repeated != 800 || len(got.Refused) != 0 {
		t.Errorf("taken in: %+v", got)
	}
	if n := l.count(t, `SELECT count(*) FROM comments WHERE text = 'open today?' AND at < edited_at`); n != 150 {
		t.Errorf("%d comments say what they say now", n)
	}
	events := l.count(t, `SELECT count(*) FROM events`)
	rand.Shuffle(len(told), func(i, j int) { told[i], told[j] = told[j], told[i] })
	again := l.push(t, d, "two", told[:300]...)
	if again.Fresh+again.Changed != 0 || l.count(t, `SELECT count(*) FROM comments`) != 150 {
		t.Errorf("told again: %+v", again)
	}
	if n := l.count(t, `SELECT count(*) FROM events`); n != events {
		t.Errorf("and %d things have happened", n-events)
	}
}

// A call that comes again under its id has no effect, whatever it says.
func TestPushOfTheSameID(t *testing.T) {
	t.Parallel()
	l, d := newDoor(t)
	l.push(t, d, "one", l.report("1", social.ToldNew, "open?"))
	got := l.push(t, d, "one", l.report("2", social.ToldNew, "another"))
	if !got.Again || l.count(t, `SELECT count(*) FROM comments`) != 1 {
		t.Errorf("%+v", got)
	}
	check(t, l.PrunePushes(t.Context(), l.now.Add(time.Minute)))
	if got := l.push(t, d, "one", l.report("1", social.ToldNew, "open?")); got.Again || got.Repeated != 1 {
		t.Errorf("after it was forgotten: %+v", got)
	}
}

// Across calls: an edit and a deletion that come before the comment, an edit of what is
// gone, and two tools of which one knows the post by its id and one by its address.
func TestPushInDisorder(t *testing.T) {
	t.Parallel()
	l, d := newDoor(t)
	l.push(t, d, "1", l.report("a", social.ToldEdited, "open today?"))
	l.push(t, d, "2", l.report("a", social.ToldNew, "opne?"))
	if c := l.only(t); c.Text != "open today?" || c.Author != "سارا" {
		t.Errorf("%s says %q", c.Author, c.Text)
	}
	dead := l.report("b", social.ToldDeleted, "")
	dead.Post = social.Thread{}
	if got := l.push(t, d, "3", dead); got.Gone != 1 {
		t.Errorf("%+v", got)
	}
	if got := l.push(t, d, "4", l.report("b", social.ToldNew, "spam")); got.Repeated != 1 {
		t.Errorf("what was deleted before: %+v", got)
	}
	dead.Remote = "a"
	l.push(t, d, "5", dead)
	edit := l.report("a", social.ToldEdited, "too late")
	edit.Edited = l.now.Add(time.Second)
	if got := l.push(t, d, "6", edit, dead); got.Repeated != 2 {
		t.Errorf("an edit of what is gone: %+v", got)
	}
	if c := l.only(t); c.State != social.Gone || c.Text != "open today?" {
		t.Errorf("it is %s and says %q", c.State, c.Text)
	}
	byLink, byID := l.report("c", social.ToldNew, "x"), l.report("d", social.ToldNew, "y")
	byLink.Post.Remote, byID.Post.Link = "", ""
	lost := l.report("e", social.ToldNew, "under what?")
	lost.Post = social.Thread{}
	got := l.push(t, d, "7", byLink, byID, lost)
	if diff := cmp.Diff([]social.Refused{{Index: 2, ID: "e", Reason: social.WrongPost}}, got.Refused); diff != "" || got.Fresh != 2 {
		t.Errorf("%+v: %s", got, diff)
	}
	if n := l.count(t, `SELECT count(*) FROM threads WHERE account_id = $1`, d.Account); n != 1 {
		t.Errorf("one post is %d threads", n)
	}
}

// F28: what is older than a day, or comes 36 hours late, is stored and counted and is
// no news; and it does not swallow the news of comments that come after it.
func TestPushOfOldComments(t *testing.T) {
	t.Parallel()
	l, d := newDoor(t)
	var old []social.Told
	for n := range 20 {
		o := l.report(fmt.Sprint("old", n), social.ToldNew, "long ago")
		o.At = l.now.Add(-36 * time.Hour)
		old = append(old, o)
	}
	if got := l.push(t, d, "1", old...); got.Fresh != 20 || got.Late != 20 {
		t.Errorf("%+v", got)
	}
	news := `SELECT count(*) FROM events WHERE kind IN ('comment.came', 'comments.folded', 'comments.grew')`
	if n := l.count(t, news); n != 0 {
		t.Errorf("%d pieces of news", n)
	}
	if n := l.count(t, `SELECT count(*) FROM comments WHERE fold_id IS NOT NULL OR answer_by IS NOT NULL`); n != 0 {
		t.Errorf("%d old comments ring later", n)
	}
	if _, n, err := l.Comments(t.Context(), l.owner.ID, social.InboxFilter{Open: true, Size: 10}); err != nil || n != 20 {
		t.Errorf("%d wait: %v", n, err)
	}
	l.push(t, d, "2", l.report("new", social.ToldNew, "just now"))
	if n := l.count(t, `SELECT count(*) FROM events WHERE kind = 'comment.came'`); n != 1 || l.count(t, news) != 1 {
		t.Errorf("the new one is %d pieces of news of its own", n)
	}
	for n := range social.BurstSize + 1 {
		l.push(t, d, fmt.Sprint("burst", n), l.report(fmt.Sprint("burst", n), social.ToldNew, "me too"))
	}
	grown := l.count(t, `SELECT count FROM folds`)
	late := l.report("late", social.ToldNew, "long ago")
	late.At = l.now.Add(-25 * time.Hour)
	l.push(t, d, "late", late)
	if n := l.count(t, `SELECT count FROM folds`); n != grown {
		t.Errorf("an old comment makes the burst grow from %d to %d", grown, n)
	}
	ahead := l.report("tomorrow", social.ToldNew, "x")
	ahead.At = l.now.Add(time.Hour)
	if got := l.push(t, d, "3", ahead); len(got.Refused) != 1 || got.Refused[0].Reason != social.WrongAhead {
		t.Errorf("%+v", got)
	}
}

// Whoever is counted by a number on another network is no member who has that number
// in Telegram; what the brand says itself ends the waiting.
func TestPushOfTheBrandsOwn(t *testing.T) {
	t.Parallel()
	l, d := newDoor(t)
	twin := l.report("1", social.ToldNew, "open?")
	twin.AuthorID = fmt.Sprint(l.owner.TelegramID)
	nameless := l.report("2", social.ToldNew, "hello")
	nameless.Author = ""
	own := l.report("3", social.ToldNew, "yes, until nine")
	own.Own, own.Parent = true, "1"
	got := l.push(t, d, "1", own, twin, nameless)
	if got.Fresh != 2 || got.Own != 1 {
		t.Errorf("%+v", got)
	}
	if n := l.count(t, `SELECT count(*) FROM comments WHERE remote = '1' AND state = 'answered'`); n != 1 {
		t.Error("the comment still waits")
	}
}

// Searching finds the author of an edit that does not name him.
func TestPushedEditIsFound(t *testing.T) {
	t.Parallel()
	l, d := newDoor(t)
	first := l.report("1", social.ToldNew, "opne?")
	first.Author, first.At = "Sima", l.now.Add(-time.Hour)
	edit := l.report("1", social.ToldEdited, "Open?")
	edit.Author = ""
	l.push(t, d, "1", first)
	l.push(t, d, "2", edit)
	if _, n, err := l.Comments(t.Context(), l.owner.ID, social.InboxFilter{Search: "sima open?", Size: 10}); err != nil || n != 1 {
		t.Errorf("%d found: %v", n, err)
	}
}

// A door is opened once by two who press at once, renewed by whoever sees it as it is,
// and nothing of it is left when it ends or its account goes.
func TestDoors(t *testing.T) {
	t.Parallel()
	l, d := newDoor(t)
	ctx := t.Context()
	if err := l.OpenDoor(ctx, l.owner.ID, social.Door{Account: d.Account, Key: "other", Sealed: "x"}); !errors.Is(err, social.ErrOutdated) {
		t.Errorf("opened once more: %v", err)
	}
	l.now = l.now.Add(time.Hour)
	check(t, l.OpenDoor(ctx, l.owner.ID, social.Door{Account: d.Account, Key: "other", Sealed: "new", Made: d.Made}))
	if got, err := l.DoorOf(ctx, "key"); err != nil || got.Sealed != "new" {
		t.Errorf("renewed: %+v, %v", got, err)
	}
	if _, err := l.DoorOf(ctx, "other"); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("another key: %v", err)
	}
	l.push(t, d, "1", l.report("1", social.ToldNew, "x"), l.report("2", social.ToldDeleted, ""))
	if got, err := l.Door(ctx, l.owner.ID, d.Account); err != nil || !got.Last.Equal(l.now) || got.Key != "" || got.Sealed != "" {
		t.Errorf("as people see it: %+v, %v", got, err)
	}
	check(t, l.CloseDoor(ctx, l.owner.ID, d.Account))
	if err := l.CloseDoor(ctx, l.owner.ID, d.Account); !errors.Is(err, social.ErrNoDoor) {
		t.Errorf("closed twice: %v", err)
	}
	if n := l.count(t, `SELECT (SELECT count(*) FROM pushes) + (SELECT count(*) FROM burials)`); n != 0 {
		t.Errorf("%d things are left", n)
	}
	// What was on its way when the door was closed is stored, and nothing fails.
	l.push(t, d, "2", l.report("3", social.ToldNew, "x"), l.report("4", social.ToldDeleted, ""))
	check(t, l.OpenDoor(ctx, l.owner.ID, social.Door{Account: d.Account, Key: "again", Sealed: "x"}))
	_, err := l.RemoveAccount(ctx, l.owner.ID, d.Account)
	check(t, err)
	if _, err := l.DoorOf(ctx, "again"); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("of an account that is gone: %v", err)
	}
	channel := l.count(t, `SELECT id FROM accounts WHERE NOT by_hand AND removed_at IS NULL LIMIT 1`)
	if err := l.OpenDoor(ctx, l.owner.ID, social.Door{Account: int64(channel), Key: "k"}); !errors.Is(err, social.ErrDoorByHand) {
		t.Errorf("of a channel: %v", err)
	}
}
