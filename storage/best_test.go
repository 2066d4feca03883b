package storage_test

import (
	"fmt"
	"testing"
	"time"

	"peyk/social"
)

// Posts of the last twelve weeks are samples, with what is known of them at the week's
// end; older ones, and those of the week after, are not.
func TestSamples(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	w, now := l.weekOld(t), l.now
	first := l.brand.Before(w, social.SampleWeeks-1).From
	for n, at := range []struct{ live, heard int }{{0, 1}, {-1, 1}, {1, 0}} { // seconds after the first, 0: nothing heard
		l.now = now
		post := l.live(t, fmt.Sprint(50+n))
		_, err := l.db.ExecContext(t.Context(), `DELETE FROM snapshots WHERE post_id = $1`, post)
		check(t, err)
		_, err = l.db.ExecContext(t.Context(), `
			UPDATE deliveries SET live_at = $2::timestamptz + $3 * interval '1 second' WHERE post_id = $1`, post, first, at.live)
		check(t, err)
		if at.heard > 0 {
			l.keep(t, l.account.ID, post, social.MetricReactions, 7, w.From)
			l.keep(t, l.account.ID, post, social.MetricReactions, 99, w.To.AddDate(0, 0, 1))
		}
	}
	d, err := l.Digest(t.Context(), l.owner.ID, l.brand.ID, w.Day())
	check(t, err)
	if len(d.Samples) != 2 {
		t.Fatalf("the samples are %+v", d.Samples)
	}
	s := d.Samples[0]
	if !s.Live.Equal(first) || s.Type != social.TypeText || s.Words == "" || s.Link != "https://t.me/c/50" ||
		s.Reactions.N != 7 || !s.Reactions.Known || s.Comments.Known {
		t.Errorf("the first is %+v", s)
	}
	if d.Samples[1].Reactions.Known {
		t.Errorf("nothing was heard of %+v", d.Samples[1])
	}
}

// The followers of a day are those at its end, of all accounts together; a day of
// which one account does not tell is not known.
func TestFollowersOfDays(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	w := l.weekOld(t)
	second, err := l.AddAccount(t.Context(), l.owner.ID, social.Account{BrandID: l.brand.ID, Platform: social.Telegram, RemoteID: "-1009", Handle: "@second"})
	check(t, err)
	day := func(n int) time.Time { return w.From.AddDate(0, 0, n) }
	l.keep(t, l.account.ID, 0, social.MetricFollowers, 90, day(0)) // of the day before
	l.keep(t, l.account.ID, 0, social.MetricFollowers, 99, day(0).Add(8*time.Hour))
	l.keep(t, l.account.ID, 0, social.MetricFollowers, 100, day(0).Add(23*time.Hour))
	l.keep(t, second.ID, 0, social.MetricFollowers, 20, day(0).Add(23*time.Hour))
	l.keep(t, l.account.ID, 0, social.MetricFollowers, 101, day(1).Add(23*time.Hour)) // the second is silent
	l.keep(t, l.account.ID, 0, social.MetricFollowers, 110, w.To)
	l.keep(t, second.ID, 0, social.MetricFollowers, 25, w.To)
	d, err := l.Digest(t.Context(), l.owner.ID, l.brand.ID, w.Day())
	check(t, err)
	days := d.Days()
	for n, want := range []int64{120, 0, 0, 0, 0, 0, 135} {
		if got := days[n].Followers; got.Known != (want > 0) || got.Known && got.N != want {
			t.Errorf("day %d has %+v followers, not %d", n, got, want)
		}
	}
	if !social.FollowersLine(days) || social.FollowersLine(days[:6]) {
		t.Error("two days make a line, and one does not")
	}
}
