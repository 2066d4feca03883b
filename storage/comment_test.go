package storage_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"peyk/social"
)

// group is the discussion group of the ledger's channel.
const group = -7001

// newTalk is a ledger whose channel has a post with comments.
func newTalk(t *testing.T) *ledger {
	t.Helper()
	l := newLedger(t)
	_, err := l.SaveDiscussion(t.Context(), "-77", group, nil)
	check(t, err)
	check(t, l.SaveThread(t.Context(), group, social.Thread{Root: "1", Remote: "4", Words: "Three cakes"}))
	return l
}

// remark is what Telegram tells of a comment.
func (l *ledger) remark(remote, text string) social.Heard {
	return social.Heard{
		Place: group, Post: social.Thread{Root: "1"}, Remote: remote, Author: "Sima", AuthorID: "4000",
		Text: text, Search: text, At: l.now,
	}
}

// only is the single comment that there is.
func (l *ledger) only(t *testing.T) social.Comment {
	t.Helper()
	found, n, err := l.Comments(t.Context(), l.owner.ID, social.InboxFilter{Size: 10})
	check(t, err)
	if n != 1 {
		t.Fatalf("%d comments", n)
	}
	return found[0]
}

func (l *ledger) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	check(t, l.db.GetContext(t.Context(), &n, query, args...))
	return n
}

// I4, F28: duplicates, disorder and edits that come first leave one comment with its
// newest words, and one piece of news.
func TestHearTwiceAndInAnyOrder(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	for turn := range 6 {
		remote := fmt.Sprint(10 + turn)
		l.now = l.now.Add(time.Hour) // no burst
		first := l.remark(remote, "opne?")
		second, third := l.remark(remote, "open?"), l.remark(remote, "open today?")
		second.Edited, third.Edited = l.now.Add(time.Second), l.now.Add(2*time.Second)
		told := []social.Heard{first, second, third, first, third, second}
		rand.Shuffle(len(told), func(i, j int) { told[i], told[j] = told[j], told[i] })
		for _, h := range told {
			check(t, l.Hear(t.Context(), h))
		}
		found, n, err := l.Comments(t.Context(), l.owner.ID, social.InboxFilter{Size: 10})
		check(t, err)
		if n != turn+1 || !slices.ContainsFunc(found, func(c social.Comment) bool { return c.Remote == remote && c.Text == "open today?" }) {
			t.Errorf("turn %d: %d comments, %+v", turn, n, found)
		}
		if n := l.count(t, `SELECT count(*) FROM events WHERE kind = 'comment.came'`); n != turn+1 {
			t.Errorf("turn %d: %d pieces of news", turn, n)
		}
	}
}

func TestHearAtOnce(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := l.Hear(context.WithoutCancel(t.Context()), l.remark("10", "hello")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	l.only(t)
	if n := l.count(t, `SELECT count(*) FROM events WHERE kind = 'comment.came'`); n != 1 {
		t.Errorf("%d pieces of news", n)
	}
}

func TestWhatIsNoComment(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	elsewhere, talk, team := l.remark("11", "x"), l.remark("12", "x"), l.remark("13", "x")
	channel, anonymous := l.remark("14", "x"), l.remark("15", "x")
	elsewhere.Place, talk.Post.Root, team.AuthorID = -9, "99", fmt.Sprint(l.owner.TelegramID)
	channel.AuthorID, anonymous.AuthorID = "-77", fmt.Sprint(group)
	for _, h := range []social.Heard{elsewhere, talk, team, channel, anonymous} {
		check(t, l.Hear(t.Context(), h))
	}
	if n := l.count(t, `SELECT count(*) FROM comments`); n != 0 {
		t.Errorf("%d comments", n)
	}
	odd := l.remark("16", strings.Repeat("ن", 10_000))
	odd.Author, odd.AuthorID = "", ""
	check(t, l.Hear(t.Context(), odd))
	if c := l.only(t); len([]rune(c.Text)) != 10_000 || c.Author != "" {
		t.Errorf("10,000 letters by nobody: %d by %q", len([]rune(c.Text)), c.Author)
	}
}

// Whoever of the brand answers in the group itself ends the waiting.
func TestAnsweredInTheGroup(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	check(t, l.Hear(t.Context(), l.remark("10", "open?")))
	answer := l.remark("11", "yes")
	answer.AuthorID, answer.Parent = "-77", "10"
	check(t, l.Hear(t.Context(), answer))
	if c := l.only(t); c.State != social.Answered {
		t.Errorf("it is %s", c.State)
	}
}

// What reaches us a day late stands in the inbox and is no news.
func TestLateIsNoNews(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	h := l.remark("10", "old")
	h.At = l.now.Add(-25 * time.Hour)
	check(t, l.Hear(t.Context(), h))
	l.only(t)
	if n := l.count(t, `SELECT count(*) FROM events WHERE kind = 'comment.came'`); n != 0 {
		t.Errorf("%d pieces of news", n)
	}
}

// U23: a burst is one piece of news, and grows at most once a pause.
func TestBurst(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	const all = 60
	for n := range all {
		check(t, l.Hear(t.Context(), l.remark(fmt.Sprint(100+n), "me too")))
	}
	came := l.count(t, `SELECT count(*) FROM events WHERE kind = 'comment.came'`)
	folded := l.count(t, `SELECT count(*) FROM events WHERE kind = 'comments.folded'`)
	if came != social.BurstSize || folded != 1 || l.count(t, `SELECT count FROM folds`) != all-social.BurstSize {
		t.Fatalf("%d came alone, %d bursts of %d", came, folded, l.count(t, `SELECT count FROM folds`))
	}
	for _, after := range []time.Duration{0, 4 * time.Second, 5 * time.Second} {
		grown, err := l.GrowFolds(t.Context(), l.now.Add(after), 3*time.Second)
		check(t, err)
		if want := map[time.Duration]int{4 * time.Second: 1}[after]; grown != want {
			t.Errorf("after %s %d bursts are told of, want %d", after, grown, want)
		}
	}
	l.now = l.now.Add(social.BurstSpan + time.Second)
	check(t, l.Hear(t.Context(), l.remark("500", "later")))
	if n := l.count(t, `SELECT count(*) FROM events WHERE kind = 'comment.came'`); n != came+1 {
		t.Errorf("after a quiet while a comment is still folded")
	}
}

// U13 at the same moment: while one claims a comment, nobody else decides about it;
// after him the next finds it taken.
func TestOneClaims(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	check(t, l.Hear(t.Context(), l.remark("10", "open?")))
	id := l.only(t).ID
	p := enter(t, l.Store, 50, "Responder")
	i := invited(t, l.Store, l.owner.ID, p.ID, l.brand.ID, social.Responder)
	_, err := l.DecideInvitation(t.Context(), l.owner.ID, i.ID, true)
	check(t, err)
	deciding, goOn := make(chan int64, 2), make(chan struct{})
	ended := make(chan error, 2)
	claim := func(who int64) {
		_, err := l.UpdateComment(context.WithoutCancel(t.Context()), who, id, func(c *social.Comment, by social.Member) (social.Event, error) {
			deciding <- who
			<-goOn
			return c.Claim(by, l.now)
		})
		ended <- err
	}
	go claim(l.owner.ID)
	<-deciding // the first holds the comment
	go claim(p.ID)
	select {
	case who := <-deciding:
		t.Errorf("%d decides while the first still does", who)
	case <-time.After(200 * time.Millisecond):
	}
	close(goOn)
	if err := <-ended; err != nil {
		t.Errorf("the first: %v", err)
	}
	if err := <-ended; !errors.Is(err, social.ErrTaken) {
		t.Errorf("the second: %v", err)
	}
}

// reply lets the owner answer, and returns the reply's id.
func (l *ledger) reply(t *testing.T) int64 {
	t.Helper()
	check(t, l.Hear(t.Context(), l.remark("10", "open?")))
	c, err := l.UpdateComment(t.Context(), l.owner.ID, l.only(t).ID, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.Answer(by, social.Text{Plain: "yes"}, nil, l.now)
	})
	check(t, err)
	return c.Replies[0].ID
}

// A reply whose worker is gone after its call may be there: it is looked up by the
// next one, never sent again.
func TestReplyOfALostWorker(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	id := l.reply(t)
	a, err := l.BeginReply(t.Context(), id, l.now, lease)
	if err != nil || a.Sent || a.Reply.Text.Plain != "yes" || a.Comment.Remote != "10" {
		t.Fatalf("the first worker gets %+v, %v", a, err)
	}
	if _, err := l.BeginReply(t.Context(), id, l.now.Add(lease-time.Second), lease); !errors.Is(err, social.ErrLeased) {
		t.Errorf("a second worker beside the first: %v", err)
	}
	check(t, l.exec(t, `DELETE FROM river_job`))
	if n, err := l.ResumeReplies(t.Context(), l.now.Add(lease-time.Second)); n != 0 || err != nil {
		t.Errorf("%d replies are queued beside their worker, %v", n, err)
	}
	later := l.now.Add(lease + time.Second)
	if n, err := l.ResumeReplies(t.Context(), later); n != 1 || err != nil {
		t.Errorf("%d replies are queued again, %v", n, err)
	}
	check(t, l.exec(t, `UPDATE river_job SET state = 'running'`)) // for the queue it runs until it is rescued
	if n, err := l.ResumeReplies(t.Context(), later); n != 1 || err != nil {
		t.Errorf("%d replies are queued again whose job died while it ran, %v", n, err)
	}
	if n, err := l.ResumeReplies(t.Context(), later); n != 0 || err != nil {
		t.Errorf("%d replies are queued beside their job, %v", n, err)
	}
	next, err := l.BeginReply(t.Context(), id, later, lease)
	if err != nil || !next.Sent {
		t.Fatalf("the next worker is not told: %+v, %v", next, err)
	}
	check(t, l.FinishReply(t.Context(), next, social.Outcome{State: social.Unknown}, later))
	check(t, l.FinishReply(t.Context(), a, social.Outcome{State: social.Live, Remote: "9"}, later)) // too late
	if c := l.only(t); c.Replies[0].State != social.ReplyUnknown {
		t.Errorf("it is %s", c.Replies[0].State)
	}
}

// TestReplyWhoseJobWasTakenByNobody loses the worker between taking the job and
// beginning the reply: the queue itself would notice only after a hundred seconds.
func TestReplyWhoseJobWasTakenByNobody(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	id := l.reply(t)
	check(t, l.exec(t, `UPDATE river_job SET state = 'running'`))
	if n, err := l.ResumeReplies(t.Context(), l.now.Add(20*time.Second)); n != 0 || err != nil {
		t.Errorf("%d replies are queued beside the worker that has just taken them, %v", n, err)
	}
	later := l.now.Add(31 * time.Second)
	if n, err := l.ResumeReplies(t.Context(), later); n != 1 || err != nil {
		t.Errorf("%d replies are queued again, %v", n, err)
	}
	if a, err := l.BeginReply(t.Context(), id, later, lease); err != nil || a.Sent {
		t.Errorf("the next worker gets %+v, %v", a, err)
	}
}

func (l *ledger) exec(t *testing.T, query string) error {
	t.Helper()
	_, err := l.db.ExecContext(t.Context(), query)
	return err
}

// A reply that was put off is queued when its time has come, not before.
func TestReplyPutOff(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	a, err := l.BeginReply(t.Context(), l.reply(t), l.now, lease)
	check(t, err)
	check(t, l.FinishReply(t.Context(), a, social.Outcome{State: social.Waiting, Retry: l.now.Add(time.Minute)}, l.now))
	check(t, l.exec(t, `DELETE FROM river_job`))
	for after, want := range map[time.Duration]int{59 * time.Second: 0, time.Minute: 1} {
		check(t, l.exec(t, `DELETE FROM river_job`))
		if n, err := l.ResumeReplies(t.Context(), l.now.Add(after)); n != want || err != nil {
			t.Errorf("after %s %d replies are queued, %v", after, n, err)
		}
	}
}

func TestRemindedTwice(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	_, err := l.UpdateBrand(t.Context(), l.owner.ID, l.brand.ID, social.PromiseAnswer(time.Hour))
	check(t, err)
	check(t, l.Hear(t.Context(), l.remark("10", "open?")))
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{59 * time.Minute, 0}, {time.Hour, 1}, {61 * time.Minute, 0}, {2 * time.Hour, 1}, {48 * time.Hour, 0}} {
		n, err := l.RemindComments(t.Context(), l.now.Add(step.after), 10)
		if err != nil || n != step.want {
			t.Errorf("after %s: %d reminders, %v", step.after, n, err)
		}
	}
	if l.count(t, `SELECT count(*) FROM events WHERE kind = 'comment.overdue'`) != 1 || l.count(t, `SELECT count(*) FROM events WHERE kind = 'comment.stale'`) != 1 {
		t.Error("not once each")
	}
}
