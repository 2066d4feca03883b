package storage_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"peyk/social"
	"peyk/storage"
)

// lease is how long a worker of these tests owns a delivery.
const lease = 50 * time.Second

// A ledger is a brand whose posts are approved, due at dusk and for one channel.
type ledger struct {
	*storage.Store
	db      *sqlx.DB
	dsn     string
	folder  string // of the media
	now     time.Time
	owner   social.Person
	client  social.Person
	brand   social.Brand
	account social.Account
}

// founded is the ledger as tests begin with it.
var founded struct {
	shelf  shelf
	ledger ledger
}

func newLedger(t *testing.T) *ledger {
	t.Helper()
	lent := founded.shelf.lend(t, func(first *lent) {
		founded.ledger.now = dusk.Add(-time.Hour)
		founded.ledger.use(first)
		founded.ledger.found(t)
	})
	l := founded.ledger
	l.use(lent)
	return &l
}

// use lets the ledger be the one in this database.
func (l *ledger) use(lent *lent) {
	l.dsn, l.folder, l.Store, l.db = lent.dsn, lent.folder, lent.store, lent.admin
	l.Now = func() time.Time { return l.now }
}

// found founds the brand with its two people and its channel.
func (l *ledger) found(t *testing.T) {
	t.Helper()
	s := l.Store
	l.owner, l.client = enter(t, s, 5, "Sara"), enter(t, s, 6, "Omid")
	l.brand = foundBrand(t, s, l.owner)
	i := invited(t, s, l.owner.ID, l.client.ID, l.brand.ID, social.Approver)
	_, err := s.DecideInvitation(t.Context(), l.owner.ID, i.ID, true)
	check(t, err)
	l.account, err = s.AddAccount(t.Context(), l.owner.ID, social.Account{BrandID: l.brand.ID, Platform: social.Telegram, RemoteID: "-77", Handle: "@c"})
	check(t, err)
}

// approved adds an approved post.
func (l *ledger) approved(t *testing.T, text string) int64 {
	t.Helper()
	p, err := l.AddPost(t.Context(), l.owner.ID, social.Post{Brand: l.brand, Slot: dusk, Content: social.Content{
		Text: social.Text{Plain: text}, Targets: []social.Target{{Account: l.account.ID}},
	}})
	check(t, err)
	h := house{owner: l.owner, client: l.client}
	h.approve(t, l.Store, p.ID)
	return p.ID
}

// due adds an approved post and claims it at dusk; it returns its delivery.
func (l *ledger) due(t *testing.T) (post, delivery int64) {
	t.Helper()
	post = l.approved(t, fmt.Sprint(time.Now()))
	l.now = dusk
	n, err := l.ClaimDue(t.Context(), l.now, 9)
	check(t, err)
	if n != 1 {
		t.Fatalf("%d posts were claimed", n)
	}
	return post, l.post(t, post).Deliveries[0].ID
}

func (l *ledger) post(t *testing.T, id int64) social.Post {
	t.Helper()
	p, _, err := l.Post(t.Context(), l.owner.ID, id)
	check(t, err)
	return p
}

// number asks the database for a count.
func (l *ledger) number(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	check(t, l.db.GetContext(t.Context(), &n, query, args...))
	return n
}

func (l *ledger) begin(t *testing.T, delivery int64) social.Attempt {
	t.Helper()
	a, err := l.BeginAttempt(t.Context(), delivery, l.now, lease)
	check(t, err)
	return a
}

// TestEachPostIsClaimedOnce lets three processes sweep at once.
func TestEachPostIsClaimedOnce(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	const posts = 12
	for n := range posts {
		l.approved(t, fmt.Sprint("post ", n))
	}
	if n, err := l.ClaimDue(t.Context(), dusk.Add(-time.Second), 99); err != nil || n != 0 {
		t.Errorf("before dusk: %d, %v", n, err)
	}
	l.now = dusk
	var sweeps sync.WaitGroup
	claimed := make([]int, 3)
	for i := range claimed {
		sweeps.Go(func() {
			n, err := l.ClaimDue(t.Context(), dusk, 99)
			if err != nil {
				t.Error(err)
			}
			claimed[i] = n
		})
	}
	sweeps.Wait()
	_, err := l.ClaimDue(t.Context(), dusk, 99) // what two sweeps left to each other
	check(t, err)
	if n := l.number(t, `SELECT count(*) FROM events WHERE kind = $1`, social.PostClaimed); n != posts {
		t.Errorf("%d claims of %d posts (%v)", n, posts, claimed)
	}
	if n := l.number(t, `SELECT count(*) FROM river_job WHERE queue = 'publish'`); n != posts {
		t.Errorf("%d jobs for %d posts", n, posts)
	}
	if n := l.number(t, `SELECT count(*) FROM deliveries`); n != posts {
		t.Errorf("%d deliveries of %d posts", n, posts)
	}
}

func TestLatePostsAreNotClaimed(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	window := l.brand.Rules.LateWindow
	for _, test := range []struct {
		after time.Duration
		want  social.PostState
	}{{0, social.Publishing}, {window, social.Publishing}, {window + time.Second, social.Late}} {
		l.now = dusk.Add(-time.Hour)
		id := l.approved(t, test.after.String())
		l.now = dusk.Add(test.after)
		_, err := l.ClaimDue(t.Context(), l.now, 9)
		check(t, err)
		if got := l.post(t, id).State; got != test.want {
			t.Errorf("%v after its time it is %s", test.after, got)
		}
	}
	if n := l.number(t, `SELECT count(*) FROM deliveries`); n != 2 {
		t.Errorf("%d deliveries", n)
	}
}

// TestTamperedPostsAreHeld: content that changed behind the approval's back does
// not go out.
func TestTamperedPostsAreHeld(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	id := l.approved(t, "approved")
	_, err := l.db.ExecContext(t.Context(), `UPDATE posts SET content = jsonb_set(content, '{text,plain}', '"other"') WHERE id = $1`, id)
	check(t, err)
	l.now = dusk
	_, err = l.ClaimDue(t.Context(), dusk, 9)
	check(t, err)
	if got := l.post(t, id); got.State != social.Held || len(got.Deliveries) != 0 {
		t.Errorf("it is %s with %d deliveries", got.State, len(got.Deliveries))
	}
}

func TestOneWorkerADelivery(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	_, d := l.due(t)
	first := l.begin(t, d)
	if first.Sent || first.N != 1 || first.Variant.Text.Empty() || first.Account.ID != l.account.ID {
		t.Errorf("%+v", first)
	}
	if _, err := l.BeginAttempt(t.Context(), d, l.now.Add(lease-time.Second), lease); !errors.Is(err, social.ErrLeased) {
		t.Errorf("within the lease: %v", err)
	}
	l.now = l.now.Add(lease + time.Second)
	second := l.begin(t, d)
	if second.Sent || second.N != 2 {
		t.Errorf("after a worker that sent nothing: %+v", second)
	}
	if err := l.MarkSent(t.Context(), first, l.now); !errors.Is(err, social.ErrNotOurs) {
		t.Errorf("the overtaken worker may send: %v", err)
	}
	check(t, l.MarkSent(t.Context(), second, l.now))
	if err := l.MarkSent(t.Context(), second, l.now); !errors.Is(err, social.ErrNotOurs) {
		t.Errorf("it may send twice: %v", err)
	}
}

// TestSentAttemptsAreLookedUp: whoever takes over from a worker that may have sent
// learns that.
func TestSentAttemptsAreLookedUp(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	_, d := l.due(t)
	gone := l.begin(t, d)
	check(t, l.MarkSent(t.Context(), gone, l.now))
	if _, err := l.BeginAttempt(t.Context(), d, l.now, lease); !errors.Is(err, social.ErrLeased) {
		t.Errorf("within the lease: %v", err)
	}
	for range 2 { // and so does whoever takes over from that one
		l.now = l.now.Add(lease + time.Second)
		next := l.begin(t, d)
		if !next.Sent || next.ID != gone.ID || next.N != gone.N {
			t.Errorf("%+v instead of the attempt %d", next, gone.ID)
		}
	}
	if n := l.number(t, `SELECT count(*) FROM attempts`); n != 1 {
		t.Errorf("%d lines in the ledger", n)
	}
}

func TestOutcomesCountOnce(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	post, d := l.due(t)
	a := l.begin(t, d)
	check(t, l.MarkSent(t.Context(), a, l.now))
	check(t, l.FinishAttempt(t.Context(), a, social.Outcome{State: social.Live, Remote: "9", Link: "https://t.me/c/9"}, l.now))
	before := l.number(t, `SELECT count(*) FROM events`)
	check(t, l.FinishAttempt(t.Context(), a, social.Outcome{State: social.Rejected, Code: "late word"}, l.now))
	p := l.post(t, post)
	if p.State != social.Published || p.Deliveries[0].State != social.Live || p.Deliveries[0].Link != "https://t.me/c/9" {
		t.Errorf("%s, %+v", p.State, p.Deliveries[0])
	}
	if n := l.number(t, `SELECT count(*) FROM events`); n != before {
		t.Errorf("a second outcome left %d events", n-before)
	}
	if _, err := l.BeginAttempt(t.Context(), d, l.now.Add(time.Hour), lease); !errors.Is(err, social.ErrNotDue) {
		t.Errorf("what is live is begun again: %v", err)
	}
}

func TestPutOffDeliveriesAreResumed(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	_, d := l.due(t)
	a := l.begin(t, d)
	check(t, l.FinishAttempt(t.Context(), a, social.Outcome{State: social.Waiting, Code: "busy", Retry: l.now.Add(minute)}, l.now))
	jobs := func() int { return l.number(t, `SELECT count(*) FROM river_job WHERE queue = 'publish'`) }
	was := jobs()
	if _, err := l.BeginAttempt(t.Context(), d, l.now, lease); !errors.Is(err, social.ErrNotDue) {
		t.Errorf("before its time: %v", err)
	}
	if n, err := l.Resume(t.Context(), l.now.Add(minute-time.Second)); err != nil || n != 0 {
		t.Errorf("a second too early: %d, %v", n, err)
	}
	l.now = l.now.Add(minute)
	if n, err := l.Resume(t.Context(), l.now); err != nil || n != 1 || jobs() != was+1 {
		t.Errorf("at its time: %d, %v", n, err)
	}
	if n, err := l.Resume(t.Context(), l.now); err != nil || n != 0 {
		t.Errorf("a second time: %d, %v", n, err)
	}
	if next := l.begin(t, d); next.N != 2 || next.Sent {
		t.Errorf("%+v", next)
	}
}

// TestDelayIsToldOnce puts a delivery off, within the late window and beyond it: people
// hear of it when it becomes late, and not again (U10).
func TestDelayIsToldOnce(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	_, delivery := l.due(t)
	window := l.brand.Rules.LateWindow
	for _, put := range []struct{ off, told int }{{1, 0}, {11, 1}, {12, 1}} {
		a := l.begin(t, delivery)
		check(t, l.MarkSent(t.Context(), a, l.now))
		until := dusk.Add(time.Duration(put.off) * window / 10)
		check(t, l.FinishAttempt(t.Context(), a, social.Outcome{State: social.Waiting, Code: social.CodeRateLimited, Retry: until}, l.now))
		if n := l.number(t, `SELECT count(*) FROM events WHERE kind = $1`, social.DeliveryDelayed); n != put.told {
			t.Errorf("put off until %v after its time: told %d times, not %d", until.Sub(dusk), n, put.told)
		}
		if _, err := l.BeginAttempt(t.Context(), delivery, until.Add(-time.Second), lease); !errors.Is(err, social.ErrNotDue) {
			t.Errorf("tried again before the network allows it: %v", err)
		}
		l.now = until
	}
}

func TestLostJobsAreQueuedAgain(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	_, d := l.due(t)
	requeue := func(after time.Duration) int {
		t.Helper()
		n, err := l.Requeue(t.Context(), l.now.Add(after), 30*time.Second)
		check(t, err)
		return n
	}
	_, err := l.db.ExecContext(t.Context(), `UPDATE events SET told_at = at`)
	check(t, err)
	if n := requeue(time.Hour); n != 0 {
		t.Errorf("%d pieces of work with a waiting job were queued again", n)
	}
	_, err = l.db.ExecContext(t.Context(), `DELETE FROM river_job`)
	check(t, err)
	if n := requeue(20 * time.Second); n != 0 {
		t.Errorf("%d before patience ends", n)
	}
	if n := requeue(31 * time.Second); n != 1 {
		t.Errorf("%d after it", n)
	}
	if n := l.number(t, `SELECT count(*) FROM river_job WHERE queue = 'publish' AND (args #>> '{args,delivery}')::bigint = $1`, d); n != 1 {
		t.Errorf("%d jobs", n)
	}
	_, err = l.db.ExecContext(t.Context(), `DELETE FROM river_job`)
	check(t, err)
	l.begin(t, d)
	if n := requeue(lease - time.Second); n != 0 {
		t.Errorf("%d while a worker has the delivery", n)
	}
	_, err = l.db.ExecContext(t.Context(), `UPDATE events SET told_at = NULL WHERE id = (SELECT max(id) FROM events)`)
	check(t, err)
	if n := requeue(lease + time.Second); n != 2 {
		t.Errorf("%d instead of a delivery and an untold event", n)
	}
}
