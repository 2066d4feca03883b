package storage_test

import (
	"fmt"
	"testing"
	"time"

	"peyk/social"
)

// late lets comments with these words come, and wait beyond the brand's promise.
func (l *ledger) late(t *testing.T, words ...string) (agency int64) {
	t.Helper()
	_, err := l.UpdateBrand(t.Context(), l.owner.ID, l.brand.ID, social.PromiseAnswer(time.Hour))
	check(t, err)
	for i, w := range words {
		check(t, l.Hear(t.Context(), l.remark(fmt.Sprint(10+i), w)))
	}
	l.now = l.now.Add(time.Hour)
	return l.brand.AgencyID
}

// What waits too long is counted for whoever should answer it, and stands in a list of
// its own; what a colleague has, or has been answered, does not.
func TestBacklog(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	l.late(t, "open?", "The cake was awful", "and now?")
	oldest := l.now.Add(-time.Hour)
	b, err := l.Backlog(t.Context(), l.owner.ID)
	if err != nil || b.Count != 3 || b.Negative != 1 || !b.Oldest.Equal(oldest) {
		t.Errorf("before the first sweep %+v, %v", b, err)
	}
	if n, err := l.RemindComments(t.Context(), l.now, 10); n != 3 || err != nil {
		t.Fatalf("%d reminded, %v", n, err)
	}
	check(t, l.Hear(t.Context(), l.remark("20", "just now")))
	found, n, err := l.Comments(t.Context(), l.owner.ID, social.InboxFilter{Open: true, Late: true, Size: 10})
	if err != nil || n != 3 || found[0].Text != "The cake was awful" {
		t.Errorf("%d in the list, %v", n, err)
	}
	counts, err := l.InboxCounts(t.Context(), l.owner.ID, social.InboxFilter{})
	if err != nil || counts.Late != 3 || counts.Open != 4 {
		t.Errorf("%+v, %v", counts, err)
	}
	_, err = l.UpdateComment(t.Context(), l.owner.ID, found[0].ID, func(c *social.Comment, by social.Member) (social.Event, error) { return c.Finish(by, l.now) })
	check(t, err)
	if b, err := l.Backlog(t.Context(), l.owner.ID); err != nil || b.Count != 2 || b.Negative != 0 {
		t.Errorf("after one is settled %+v, %v", b, err)
	}
	for _, who := range []int64{l.client.ID, 0} {
		if b, err := l.Backlog(t.Context(), who); err != nil || b.Count != 0 {
			t.Errorf("person %d is told of %+v, %v", who, b, err)
		}
	}
	responder := enter(t, l.Store, 50, "Responder")
	i := invited(t, l.Store, l.owner.ID, responder.ID, l.brand.ID, social.Responder)
	_, err = l.DecideInvitation(t.Context(), l.owner.ID, i.ID, true)
	check(t, err)
	if b, err := l.Backlog(t.Context(), responder.ID); err != nil || b.Count != 2 {
		t.Errorf("the responder has %+v, %v", b, err)
	}
	_, err = l.db.ExecContext(t.Context(), `UPDATE comments SET holder_id = $1, state = 'claimed' WHERE state = 'new'`, l.owner.ID)
	check(t, err)
	if b, err := l.Backlog(t.Context(), responder.ID); err != nil || b.Count != 0 {
		t.Errorf("of what a colleague has the responder hears %+v, %v", b, err)
	}
}

// Reminders are told to a person once, together or not; what waits no more is not told.
func TestReminders(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	agency := l.late(t, "one?", "two?", "three?")
	_, err := l.RemindComments(t.Context(), l.now, 2)
	check(t, err)
	all, more, err := l.Reminders(t.Context(), agency)
	if err != nil || len(all) != 2 || !more {
		t.Fatalf("%d, more: %v, %v", len(all), more, err)
	}
	_, err = l.RemindComments(t.Context(), l.now, 2)
	check(t, err)
	_, err = l.db.ExecContext(t.Context(), `UPDATE comments SET state = 'done' WHERE id = 1`)
	check(t, err)
	all, more, err = l.Reminders(t.Context(), agency)
	if err != nil || len(all) != 2 || more || all[0].Facts.Comment != 2 {
		t.Fatalf("%+v, more: %v, %v", all, more, err)
	}
	ids := []int64{all[0].ID, all[1].ID}
	since := l.now.Add(-social.ReminderSpan)
	untold := func() (int, int) {
		fresh, heard, err := l.Untold(t.Context(), agency, l.owner.ID, ids, since)
		check(t, err)
		return len(fresh), heard
	}
	if fresh, heard := untold(); fresh != 2 || heard != 0 {
		t.Errorf("%d untold, %d heard", fresh, heard)
	}
	for i, want := range []bool{false, true} {
		if busy, err := l.ClaimNotices(t.Context(), ids[i:], l.owner.ID); busy != want || err != nil {
			t.Errorf("claim %d: busy %v, %v", i, busy, err)
		}
	}
	check(t, l.EndNotices(t.Context(), ids, l.owner.ID, "open"))
	if busy, err := l.ClaimNotices(t.Context(), ids, l.owner.ID); busy || err != nil {
		t.Errorf("after a try that failed: busy %v, %v", busy, err)
	}
	check(t, l.EndNotices(t.Context(), ids, l.owner.ID, "sent"))
	if fresh, heard := untold(); fresh != 0 || heard != 2 {
		t.Errorf("then %d untold, %d heard", fresh, heard)
	}
	check(t, l.EndEvents(t.Context(), ids))
	if all, _, err := l.Reminders(t.Context(), agency); err != nil || len(all) != 0 {
		t.Errorf("%d are told again, %v", len(all), err)
	}
	since = l.now.Add(time.Minute)
	if _, heard := untold(); heard != 0 {
		t.Errorf("%d heard lately", heard)
	}
}

// The second word comes a promise after the first one, also when that was late itself.
func TestRemindedAfterAnAbsence(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	l.late(t, "open?")
	l.now = l.now.Add(5 * time.Hour)
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {59 * time.Minute, 0}, {time.Hour, 1}} {
		if n, err := l.RemindComments(t.Context(), l.now.Add(step.after), 10); n != step.want || err != nil {
			t.Errorf("%s later %d are reminded, %v", step.after, n, err)
		}
	}
}
