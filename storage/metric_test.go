package storage_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"peyk/social"
	"peyk/storage"
)

// telegrams is whose figures these tests ask for.
func telegrams() []social.Platform { return []social.Platform{social.Telegram} }

// looks claims what is due now.
func (l *ledger) looks(t *testing.T) []social.Look {
	t.Helper()
	looks, err := l.LooksDue(t.Context(), l.now, l.now.Add(5*time.Minute), telegrams(), 20)
	check(t, err)
	return looks
}

// live brings a post into the channel, as the message of an id.
func (l *ledger) live(t *testing.T, remote string) (post int64) {
	t.Helper()
	post, delivery := l.due(t)
	a := l.begin(t, delivery)
	check(t, l.MarkSent(t.Context(), a, l.now))
	check(t, l.FinishAttempt(t.Context(), a, social.Outcome{State: social.Live, Remote: remote, Link: "https://t.me/c/" + remote}, l.now))
	return post
}

// figures are the values of a metric of a post, in the order of their moments.
func (l *ledger) figures(t *testing.T, post int64, m social.Metric) []int64 {
	t.Helper()
	var found []int64
	check(t, l.db.SelectContext(t.Context(), &found, `
		SELECT value FROM snapshots WHERE coalesce(post_id, 0) = $1 AND metric = $2 ORDER BY at`, post, m))
	return found
}

// However many processes look, an account is asked for once, and again when whoever
// claimed it does not come back.
func TestLooksAreClaimedOnce(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	other, err := storage.Open(t.Context(), l.dsn, t.TempDir())
	check(t, err)
	t.Cleanup(func() { _ = other.Close() })
	_, err = l.AddAccount(t.Context(), l.owner.ID, social.Account{BrandID: l.brand.ID, Platform: social.Telegram, Handle: "hand", ByHand: true})
	check(t, err)
	_, err = l.AddAccount(t.Context(), l.owner.ID, social.Account{BrandID: l.brand.ID, Platform: social.X, RemoteID: "5", Handle: "@x"})
	check(t, err)
	var mu sync.Mutex
	var claimed []social.Look
	race := func() {
		var all sync.WaitGroup
		for n := range 8 {
			s := []*storage.Store{l.Store, other}[n%2]
			all.Go(func() {
				looks, err := s.LooksDue(context.WithoutCancel(t.Context()), l.now, l.now.Add(5*time.Minute), telegrams(), 20)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				claimed = append(claimed, looks...)
			})
		}
		all.Wait()
	}
	race()
	if len(claimed) != 1 || claimed[0].Account.ID != l.account.ID || claimed[0].Post != 0 || claimed[0].Zone != l.brand.Zone {
		t.Fatalf("claimed %+v", claimed)
	}
	l.now = l.now.Add(5 * time.Minute)
	race()
	if len(claimed) != 2 {
		t.Fatalf("after the lease %d were claimed in all", len(claimed))
	}
	check(t, l.EndLook(t.Context(), claimed[0], []social.Reading{{Metric: social.MetricFollowers, Value: 12}}, l.now))
	check(t, l.EndLook(t.Context(), claimed[1], []social.Reading{{Metric: social.MetricFollowers, Value: 12}}, l.now))
	if got := l.figures(t, 0, social.MetricFollowers); !slices.Equal(got, []int64{12}) {
		t.Errorf("the two who looked left %d", got)
	}
	l.now = l.brand.NextCount(l.now).Add(-time.Second)
	if looks := l.looks(t); len(looks) != 0 {
		t.Errorf("before its hour %+v is due", looks)
	}
	l.now = l.now.Add(time.Second)
	if looks := l.looks(t); len(looks) != 1 {
		t.Errorf("at its hour %+v is due", looks)
	}
}

// A look that gave nothing is put off with its reason, and counts its failures until
// one succeeds; an account that has left its brand is not looked at.
func TestLooksArePutOff(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	look := l.looks(t)[0]
	check(t, l.PutLookOff(t.Context(), look, "account_lost", l.now.Add(time.Hour)))
	if looks := l.looks(t); len(looks) != 0 {
		t.Fatalf("put off, and due: %+v", looks)
	}
	if n := l.number(t, `SELECT count(*) FROM accounts WHERE count_code = 'account_lost'`); n != 1 {
		t.Error("why is not known")
	}
	l.now = l.now.Add(time.Hour)
	look = l.looks(t)[0]
	if look.Tries != 1 {
		t.Errorf("%d tries", look.Tries)
	}
	check(t, l.EndLook(t.Context(), look, nil, l.now))
	if n := l.number(t, `SELECT count(*) FROM accounts WHERE count_code = '' AND count_tries = 0`); n != 1 {
		t.Error("a look that succeeded left the failures")
	}
	if n := l.number(t, `SELECT count(*) FROM snapshots`); n != 0 {
		t.Error("what nobody told is there")
	}
	_, err := l.RemoveAccount(t.Context(), l.owner.ID, l.account.ID)
	check(t, err)
	l.now = l.now.AddDate(0, 0, 3)
	if looks := l.looks(t); len(looks) != 0 {
		t.Errorf("out of the brand, and due: %+v", looks)
	}
}

// A post has no reactions when it goes out; then what Telegram tells last counts, in
// whatever order and however often it comes.
func TestReactionsNewestWins(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	post := l.live(t, "41,42")
	if got := l.figures(t, post, social.MetricReactions); !slices.Equal(got, []int64{0}) {
		t.Fatalf("at first %d", got)
	}
	at := l.now.Truncate(time.Second).Add(time.Minute)
	hear := func(message, n int64, after time.Duration) {
		check(t, l.HearReactions(t.Context(), -77, message, n, at.Add(after)))
	}
	for range 2 {
		hear(41, 5, 20*time.Minute)
		hear(41, 3, 0)                // an older one
		hear(41, 2, -30*time.Second)  // and one that is older still
		hear(42, 90, 20*time.Minute)  // the album's second picture
		hear(999, 90, 20*time.Minute) // a post that is not ours
		hear(41, 4, 40*time.Minute)   // somebody took his back
	}
	if got := l.figures(t, post, social.MetricReactions); !slices.Equal(got, []int64{3, 5, 4}) {
		t.Errorf("kept %d", got)
	}
	check(t, l.HearReactions(t.Context(), -78, 41, 7, at))
	if n := l.number(t, `SELECT count(*) FROM snapshots`); n != 3 {
		t.Errorf("%d figures", n)
	}
}

// A post is looked at in its hours; what is missed is one look. Its comments are those
// that followers wrote, without spam, and unknown where they do not reach us.
func TestLooksAtPosts(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	l.looks(t) // of the account
	post := l.live(t, "4")
	born := l.now
	l.hear(t, "12", "thanks")
	spam := l.hear(t, "13", "buy followers")
	_, err := l.db.ExecContext(t.Context(), `UPDATE comments SET spam = true WHERE id = $1`, spam.ID)
	check(t, err)
	_, err = l.db.ExecContext(t.Context(), `UPDATE accounts SET count_at = 'infinity'`)
	check(t, err)
	l.now = born.Add(time.Hour - time.Second)
	if looks := l.looks(t); len(looks) != 0 {
		t.Fatalf("within the hour: %+v", looks)
	}
	l.now = born.Add(time.Hour)
	look := l.looks(t)[0]
	if look.Post != post || look.Remote != "4" || !look.Live.Equal(born) {
		t.Fatalf("the look is %+v", look)
	}
	check(t, l.EndLook(t.Context(), look, nil, l.now))
	l.hear(t, "14", "and more")
	l.now = born.Add(3 * 24 * time.Hour) // two looks were missed
	check(t, l.EndLook(t.Context(), l.looks(t)[0], nil, l.now))
	if got := l.figures(t, post, social.MetricComments); !slices.Equal(got, []int64{1, 2}) {
		t.Errorf("comments %d", got)
	}
	_, err = l.db.ExecContext(t.Context(), `UPDATE accounts SET discussion_missing = '{admin}'`)
	check(t, err)
	l.now = born.Add(4 * 24 * time.Hour)
	check(t, l.EndLook(t.Context(), l.looks(t)[0], nil, l.now))
	if got := l.figures(t, post, social.MetricComments); !slices.Equal(got, []int64{1, 2}) {
		t.Errorf("without the right to read them: %d", got)
	}
	for range 8 {
		l.now = l.now.AddDate(0, 0, 8)
		for _, d := range l.looks(t) {
			check(t, l.EndLook(t.Context(), d, nil, l.now))
		}
	}
	if n := l.number(t, `SELECT count(*) FROM deliveries WHERE look_at IS NOT NULL`); n != 0 {
		t.Error("it is looked at for ever")
	}
}
