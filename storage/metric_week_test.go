package storage_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"peyk/social"
)

// keep stores a figure of the account, or of a post on it, as somebody told it.
func (l *ledger) keep(t testing.TB, account, post int64, m social.Metric, value int64, at time.Time) {
	t.Helper()
	_, err := l.db.ExecContext(t.Context(), `
		INSERT INTO snapshots (brand_id, account_id, post_id, metric, at, value, found_at, source)
		VALUES ($1, $2, nullif($3, 0), $4, $5, $6, $5, 'telegram')`, l.brand.ID, account, post, m, at, value)
	check(t, err)
}

// weekOld makes the brand and its account so old that a week and those before it are
// known, and returns the last one that is over.
func (l *ledger) weekOld(t *testing.T) social.Week {
	t.Helper()
	w := l.brand.Before(l.brand.Week(l.now), 1)
	for _, table := range []string{"brands", "accounts"} {
		_, err := l.db.ExecContext(t.Context(), `UPDATE `+table+` SET created_at = $1`, w.From.AddDate(0, 0, -60))
		check(t, err)
	}
	return w
}

// Followers are those of the last count before the week's end, if it is not older
// than a day and a half; else they are not known.
func TestFollowersAtTheWeeksEnd(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	w := l.weekOld(t)
	for n, c := range []struct {
		before time.Duration
		known  bool
	}{{0, true}, {time.Hour, true}, {36*time.Hour - time.Second, true}, {36 * time.Hour, false}, {-time.Second, false}} {
		_, err := l.db.ExecContext(t.Context(), `DELETE FROM snapshots`)
		check(t, err)
		l.keep(t, l.account.ID, 0, social.MetricFollowers, int64(100+n), w.To.Add(-c.before))
		l.keep(t, l.account.ID, 0, social.MetricFollowers, 7, w.To.Add(-40*time.Hour))
		d, err := l.Digest(t.Context(), l.owner.ID, l.brand.ID, "")
		check(t, err)
		f := d.Weeks[0].Sum(social.MetricFollowers)
		if f.Known != c.known || c.known && (f.N != int64(100+n) || !f.At.Equal(w.To.Add(-c.before)) || f.Source != "telegram") {
			t.Errorf("counted %v before the end: %+v", c.before, f)
		}
	}
	// A week that is not over is told of as it stands.
	l.keep(t, l.account.ID, 0, social.MetricFollowers, 120, l.now.Add(-time.Hour))
	d, err := l.Digest(t.Context(), l.owner.ID, l.brand.ID, l.brand.Week(l.now).Day())
	check(t, err)
	if f := d.Weeks[0].Sum(social.MetricFollowers); f.N != 120 {
		t.Errorf("in the middle of a week: %+v", f)
	}
}

// A week's reactions and comments are those of the posts that went out in it, as of
// its end; the rate divides them by the posts and the followers.
func TestWeeksReactions(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	w := l.weekOld(t)
	monday := l.now
	var posts []int64
	for n, at := range []time.Time{w.From, w.To.Add(-time.Hour), w.To, w.From.Add(-time.Second)} {
		l.now = monday
		post := l.live(t, fmt.Sprint(50+n))
		_, err := l.db.ExecContext(t.Context(), `UPDATE deliveries SET live_at = $2 WHERE post_id = $1`, post, at)
		check(t, err)
		posts = append(posts, post)
	}
	_, err := l.db.ExecContext(t.Context(), `DELETE FROM snapshots`)
	check(t, err)
	l.keep(t, l.account.ID, posts[0], social.MetricReactions, 3, w.From.Add(time.Hour))
	l.keep(t, l.account.ID, posts[0], social.MetricReactions, 9, w.To.Add(-time.Minute))
	l.keep(t, l.account.ID, posts[0], social.MetricReactions, 40, w.To.Add(time.Minute)) // in the week after
	l.keep(t, l.account.ID, posts[0], social.MetricComments, 2, w.From.Add(time.Hour))
	l.keep(t, l.account.ID, posts[1], social.MetricReactions, 1, w.To.Add(-time.Minute))
	l.keep(t, l.account.ID, posts[2], social.MetricReactions, 80, w.To)
	l.keep(t, l.account.ID, posts[3], social.MetricReactions, 5, w.From)
	l.keep(t, l.account.ID, 0, social.MetricFollowers, 200, w.To.Add(-time.Hour))
	l.keep(t, l.account.ID, 0, social.MetricFollowers, 190, w.From.Add(-time.Hour))
	d, err := l.Digest(t.Context(), l.owner.ID, l.brand.ID, "")
	check(t, err)
	n := d.Weeks[0].Numbers[0]
	if n.Reactions.N != 10 || n.Comments.N != 2 || n.Posts != 2 || n.Reach.Known || n.Shares.Known {
		t.Errorf("the week has %+v", n)
	}
	if r := d.Weeks[0].Rate(); !r.Known || r.Percent != 3 || r.Over != social.MetricFollowers || r.Of.N != 200 { // 12 / (2 × 200)
		t.Errorf("the rate is %+v", r)
	}
	if c := d.Trend(d.Count(social.MetricFollowers)); !c.Known || c.By != 10 {
		t.Errorf("followers: %+v", c)
	}
	if c := d.Trend(d.Count(social.MetricReactions)); !c.Known || c.By != 5 {
		t.Errorf("reactions: %+v", c)
	}
	if f := d.Few; len(f) != 2 || f[0].Reactions != 9 || !f[0].Judged || f[1].Reactions != 1 || f[1].Judged { // the other had an hour only
		t.Errorf("the posts have %+v", f)
	}
	_, err = l.db.ExecContext(t.Context(), `UPDATE deliveries SET live_at = $2 WHERE post_id = $1`, posts[1], w.From.Add(time.Hour))
	check(t, err)
	d, err = l.Digest(t.Context(), l.owner.ID, l.brand.ID, "")
	check(t, err)
	if f := d.Few; len(f) != 2 || !f[1].Judged || d.Best.Engaged() != 0 || d.Worst != nil {
		t.Errorf("after a day the posts have %+v", f)
	}
}

// What somebody typed for a week counts for that week alone, and an account that has
// left its brand counts until then.
func TestTypedWeek(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	w := l.weekOld(t)
	insta, err := l.AddAccount(t.Context(), l.owner.ID, social.Account{BrandID: l.brand.ID, Platform: social.Instagram, Handle: "@i", ByHand: true})
	check(t, err)
	for m, n := range map[social.Metric]int64{social.MetricReach: 5000, social.MetricReactions: 90, social.MetricComments: 10, social.MetricFollowers: 800} {
		l.keep(t, insta.ID, 0, m, n, w.To)
	}
	d, err := l.Digest(t.Context(), l.owner.ID, l.brand.ID, "")
	check(t, err)
	if len(d.Weeks[0].Numbers) != 1 { // the account is younger than the week
		t.Fatalf("accounts of the week: %+v", d.Weeks[0].Numbers)
	}
	l.weekOld(t)
	d, err = l.Digest(t.Context(), l.owner.ID, l.brand.ID, "")
	check(t, err)
	if r := d.Weeks[0].Rate(); !r.Known || r.Percent != 2 || r.Over != social.MetricReach || r.Of.N != 5000 {
		t.Errorf("the rate is %+v", r)
	}
	if f := d.Weeks[1].Sum(social.MetricReach); f.Known {
		t.Errorf("the week before has %+v", f)
	}
	_, err = l.RemoveAccount(t.Context(), l.owner.ID, insta.ID)
	check(t, err)
	d, err = l.Digest(t.Context(), l.owner.ID, l.brand.ID, "")
	check(t, err)
	if f := d.Weeks[0].Sum(social.MetricFollowers); f.N != 800 {
		t.Errorf("removed after the week, and the week has %+v", f)
	}
	_, err = l.db.ExecContext(t.Context(), `UPDATE accounts SET removed_at = $2 WHERE id = $1`, insta.ID, w.To.Add(-time.Hour))
	check(t, err)
	d, err = l.Digest(t.Context(), l.owner.ID, l.brand.ID, "")
	check(t, err)
	if f := d.Weeks[0].Sum(social.MetricFollowers); f.Known {
		t.Errorf("removed in the week, and the week has %+v", f)
	}
}

// What somebody types of the last week takes the place of what was typed before, and
// leaves one event; another week, or a number that cannot be, changes nothing.
func TestKeepNumbers(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	w := l.weekOld(t)
	keep := func(day string, told ...social.Reading) (social.TypedWeek, error) {
		return l.KeepNumbers(t.Context(), l.owner.ID, l.account.ID, social.Typed{Day: day, Told: told})
	}
	first, err := keep(w.Day(), social.Reading{Metric: social.MetricReach, Value: 900}, social.Reading{Metric: social.MetricFollowers, Value: 12})
	check(t, err)
	if len(first.Had) != 0 || first.Week.Day() != w.Day() {
		t.Errorf("before the first: %+v", first)
	}
	again, err := keep(w.Day(), social.Reading{Metric: social.MetricReach, Value: 950})
	check(t, err)
	want := []social.Reading{{Metric: social.MetricFollowers, Value: 12}, {Metric: social.MetricReach, Value: 900}}
	if !slices.Equal(again.Had, want) {
		t.Errorf("before the second: %+v", again.Had)
	}
	for day, told := range map[string]social.Reading{
		"2026-11-09": {Metric: social.MetricReach, Value: 5}, w.Day(): {Metric: social.MetricReach, Value: -5},
	} {
		if _, err := keep(day, told); err == nil {
			t.Errorf("%s: %+v was kept", day, told)
		}
	}
	if _, err := l.KeepNumbers(t.Context(), l.client.ID, l.account.ID, social.Typed{Day: w.Day(), Told: want}); !errors.Is(err, social.ErrForbidden) {
		t.Errorf("the client: %v", err)
	}
	d, err := l.Digest(t.Context(), l.owner.ID, l.brand.ID, "")
	check(t, err)
	if n := d.Weeks[0].Numbers[0]; n.Reach.N != 950 || n.Followers.Known || n.Reach.Source != social.SourceByHand {
		t.Errorf("the week has %+v", n)
	}
	if n := l.number(t, `SELECT count(*) FROM events WHERE kind = 'account.numbers'`); n != 2 {
		t.Errorf("%d events", n)
	}
}

// The picture beside what was typed of a week is the one that came with the numbers that
// count; whoever sees the brand sees it, and its file is kept.
func TestProofs(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	w := l.weekOld(t)
	proofs := func() []social.Proof {
		t.Helper()
		found, err := l.Proofs(t.Context(), l.client.ID, l.brand.ID, w.Day())
		check(t, err)
		return found
	}
	hash, _, err := l.SaveMedia(t.Context(), strings.NewReader("a screen"), 100)
	check(t, err)
	typed := social.Typed{Day: w.Day(), Told: []social.Reading{{Metric: social.MetricReach, Value: 5}}, Photo: &social.Media{Kind: social.Photo, Hash: hash}}
	_, err = l.KeepNumbers(t.Context(), l.owner.ID, l.account.ID, typed)
	check(t, err)
	if found := proofs(); len(found) != 1 || found[0].Photo.Hash != hash || found[0].Who != "Sara" || found[0].Account.ID != l.account.ID {
		t.Errorf("%+v", found)
	}
	l.now = l.now.AddDate(0, 2, 0)
	if n, err := l.PruneMedia(t.Context(), l.now); n != 0 || err != nil {
		t.Errorf("%d files were deleted (%v)", n, err)
	}
	l.now = l.now.AddDate(0, -2, 0)
	if found, err := l.Proofs(t.Context(), enter(t, l.Store, 99, "Eve").ID, l.brand.ID, w.Day()); err == nil {
		t.Errorf("a stranger finds %+v", found)
	}
	typed.Photo = nil
	_, err = l.KeepNumbers(t.Context(), l.owner.ID, l.account.ID, typed)
	check(t, err)
	if found := proofs(); len(found) != 0 {
		t.Errorf("beside numbers of before: %+v", found)
	}
}

// Followers of a day are those of all accounts that tell of theirs on any day: when one
// account comes and another tells weekly, the line has gaps and no steps.
func TestFollowersOfTheSameAccounts(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	w := l.weekOld(t)
	_, err := l.db.ExecContext(t.Context(), `DELETE FROM snapshots`)
	check(t, err)
	other, err := l.AddAccount(t.Context(), l.owner.ID, social.Account{BrandID: l.brand.ID, Platform: social.Instagram, Handle: "@i"})
	check(t, err)
	at := func(day int) time.Time { return w.From.AddDate(0, 0, day).Add(20 * time.Hour) }
	for _, k := range []struct {
		account int64
		day     int
		n       int64
	}{{l.account.ID, 0, 10}, {l.account.ID, 1, 11}, {other.ID, 1, 500}, {other.ID, 2, 505}, {l.account.ID, 4, 12}, {other.ID, 4, 510}} {
		l.keep(t, k.account, 0, social.MetricFollowers, k.n, at(k.day))
	}
	told := func() (known []int64) {
		d, err := l.Digest(t.Context(), l.owner.ID, l.brand.ID, w.Day())
		check(t, err)
		for _, f := range d.Followers {
			if f.Known {
				known = append(known, f.N)
			} else {
				known = append(known, -1)
			}
		}
		return known
	}
	if got, want := told(), []int64{-1, 511, -1, -1, 522, -1, -1}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	_, err = l.db.ExecContext(t.Context(), `UPDATE accounts SET removed_at = $2 WHERE id = $1`, other.ID, at(3))
	check(t, err)
	if got, want := told(), []int64{10, 11, -1, -1, 12, -1, -1}; !slices.Equal(got, want) {
		t.Errorf("without the one that was taken out: %v, want %v", got, want)
	}
}
