package storage_test

import (
	"slices"
	"testing"
	"time"

	"peyk/social"
)

// outside brings a post out, and lets an hour pass.
func (l *ledger) outside(t *testing.T, remote string) (post int64) {
	t.Helper()
	post = l.live(t, remote)
	l.now = l.now.Add(time.Hour)
	return post
}

func (l *ledger) deliveries(t *testing.T, state social.DeliveryState) int {
	t.Helper()
	return l.number(t, `SELECT count(*) FROM deliveries WHERE state = $1`, state)
}

// One wrong alarm deletes nothing: what is shown in between is as if never missed.
func TestMissedOnce(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	l.outside(t, "5")
	check(t, l.MissPost(t.Context(), l.account.ID, "5"))
	check(t, l.MissPost(t.Context(), l.account.ID, "5")) // the sweep and the look at once
	check(t, l.MissPost(t.Context(), l.account.ID, "6")) // not ours
	l.now = l.now.Add(social.MissPause)
	check(t, l.SeePost(t.Context(), l.account.ID, "5"))
	check(t, l.MissPost(t.Context(), l.account.ID, "5"))
	if n := l.deliveries(t, social.Live); n != 1 {
		t.Errorf("%d are live", n)
	}
	for _, look := range l.looks(t) {
		check(t, l.EndLook(t.Context(), look, nil, l.now)) // it sees the post, too
	}
	l.now = l.now.Add(social.MissPause)
	looks := l.looks(t)
	for _, look := range looks {
		check(t, l.EndLook(t.Context(), look, nil, l.now))
	}
	if len(looks) != 1 || looks[0].Remote != "5" {
		t.Errorf("the second look is at %+v", looks)
	}
	check(t, l.MissPost(t.Context(), l.account.ID, "5"))
	if n := l.deliveries(t, social.Live); n != 1 {
		t.Errorf("%d are live after a look that saw it", n)
	}
}

// What two looks did not find is marked once, with one event, is looked at and swept no
// more, and is in no figure; the digest knows how many there are.
func TestDeletedPost(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	post := l.outside(t, "5")
	digest := func() social.Digest {
		d, err := l.Digest(t.Context(), l.owner.ID, l.brand.ID, l.brand.Week(l.now).Day())
		check(t, err)
		return d
	}
	if d := digest(); d.Weeks[0].Published != 1 || len(d.Samples) != 1 || len(d.Deleted) != 0 || d.Weeks[0].Numbers[0].Posts != 1 {
		t.Fatalf("before: %+v", d)
	}
	for range 3 {
		check(t, l.MissPost(t.Context(), l.account.ID, "5"))
		l.now = l.now.Add(social.MissPause)
	}
	if n := l.number(t, `SELECT count(*) FROM events WHERE kind = 'delivery.deleted' AND post_id = $1`, post); n != 1 || l.deliveries(t, social.Deleted) != 1 {
		t.Errorf("%d events", n)
	}
	p, _, err := l.Post(t.Context(), l.owner.ID, post)
	check(t, err)
	if p.State != social.Published || !p.Missing() || p.Deliveries[0].Link == "" {
		t.Errorf("%+v", p)
	}
	d := digest()
	if d.Weeks[0].Planned != 0 || d.Weeks[0].Published != 0 || len(d.Samples) != 0 || d.Best.Words != "" || d.Weeks[0].Numbers[0].Posts != 0 {
		t.Errorf("it is counted: %+v", d)
	}
	if len(d.Deleted) != 1 || d.Deleted[0] != (social.Deletion{Platform: social.Telegram, Posts: 1}) {
		t.Errorf("%+v", d.Deleted)
	}
	for _, later := range []time.Duration{time.Hour, 10 * 24 * time.Hour} {
		l.now = l.now.Add(later)
		for _, look := range l.looks(t) {
			if look.Post != 0 {
				t.Errorf("looked at again: %+v", look)
			}
		}
	}
}

// A reply that finds nothing to answer has the post looked at.
func TestReplyThatFindsNothing(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	l.outside(t, "4")
	for _, look := range l.looks(t) {
		check(t, l.EndLook(t.Context(), look, nil, l.now))
	}
	a, err := l.BeginReply(t.Context(), l.reply(t), l.now, lease)
	check(t, err)
	if looks := l.looks(t); len(looks) != 0 {
		t.Fatalf("due before: %+v", looks)
	}
	check(t, l.FinishReply(t.Context(), a, social.Outcome{State: social.Rejected, Code: social.CodeCommentGone}, l.now))
	if looks := l.looks(t); len(looks) != 1 || looks[0].Remote != "4" {
		t.Errorf("looked at: %+v", looks)
	}
}

// Only what waits, came before the sweep and was not in it is looked for, what was missed
// before first; what was in it is missed no more.
func TestUnseen(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	for _, remote := range []string{"10", "11", "12", "13"} {
		check(t, l.Hear(t.Context(), l.remark(remote, "open?")))
	}
	_, err := l.db.ExecContext(t.Context(), `UPDATE comments SET state = 'done' WHERE remote = '13'`)
	check(t, err)
	l.now = l.now.Add(time.Hour)
	check(t, l.Hear(t.Context(), l.remark("14", "just now")))
	unseen := func(shown ...string) []string {
		remotes, err := l.Unseen(t.Context(), l.account.ID, shown, l.now)
		check(t, err)
		return remotes
	}
	if got := unseen(); !slices.Equal(got, []string{"10", "11", "12"}) {
		t.Errorf("of nothing shown %v are looked for", got)
	}
	doubt, err := l.MissComments(t.Context(), l.account.ID, []string{"10", "11", "12"}, []string{"11"})
	if err != nil || !doubt {
		t.Errorf("in doubt: %v, %v", doubt, err)
	}
	if got := unseen("12"); !slices.Equal(got, []string{"11", "10"}) {
		t.Errorf("then %v are looked for", got)
	}
	if got := unseen("11"); !slices.Equal(got, []string{"10", "12"}) {
		t.Errorf("and %v when one is shown", got)
	}
	l.now = l.now.Add(social.MissPause)
	doubt, err = l.MissComments(t.Context(), l.account.ID, []string{"11"}, []string{"11"})
	if n := l.number(t, `SELECT count(*) FROM comments WHERE state = 'gone'`); err != nil || !doubt || n != 0 {
		t.Errorf("it counts from its last showing: in doubt %v, %d gone, %v", doubt, n, err)
	}
}

// What waits below a deleted post waits no more.
func TestDeletedThread(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	l.outside(t, "5")
	for _, remote := range []string{"c1", "c2"} {
		check(t, l.Hear(t.Context(), social.Heard{
			Post: social.Thread{Account: l.account.ID, Root: "5", Remote: "5", Words: "The menu"}, Remote: remote,
			Author: "Ali", AuthorID: "7", Text: "comment " + remote, At: l.now,
		}))
	}
	open := func() []social.Comment {
		found, _, err := l.Comments(t.Context(), l.owner.ID, social.InboxFilter{Open: true, Size: 20})
		check(t, err)
		return found
	}
	if all := open(); len(all) != 2 || all[0].Thread.Deleted {
		t.Fatalf("%+v", all)
	}
	for range 2 {
		check(t, l.MissPost(t.Context(), l.account.ID, "5"))
		l.now = l.now.Add(social.MissPause)
	}
	if all := open(); len(all) != 0 {
		t.Errorf("%d still wait", len(all))
	}
	if n := l.number(t, `SELECT count(*) FROM events WHERE kind = 'comment.vanished'`); n != 2 {
		t.Errorf("%d cards are drawn again", n)
	}
	c, _, err := l.Comment(t.Context(), l.owner.ID, 1)
	check(t, err)
	if c.State != social.Gone || !c.Thread.Deleted {
		t.Errorf("%+v", c)
	}
}
