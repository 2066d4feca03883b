package storage_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"peyk/social"
)

// october is the month before the ledger's, as a calendar tells it.
func october(b social.Brand) (social.Month, error) {
	return b.MonthOf(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), 30, 31, 30), nil
}

// A month has the followers of its end, the figures of its own posts, what was typed of
// each of its weeks, and what comes in the next month; the month before is beside it.
func TestReport(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	l.weekOld(t)
	_, err := l.db.ExecContext(t.Context(), `UPDATE accounts SET created_at = '2026-08-01'; UPDATE brands SET created_at = '2026-08-01'`)
	check(t, err)
	monday := l.now
	for n, at := range []time.Time{time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 31, 23, 59, 0, 0, time.UTC), time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 9, 30, 9, 0, 0, 0, time.UTC)} {
		l.now = monday
		post := l.live(t, string(rune('a'+n)))
		_, err := l.db.ExecContext(t.Context(), `UPDATE deliveries SET live_at = $2 WHERE post_id = $1`, post, at)
		check(t, err)
		_, err = l.db.ExecContext(t.Context(), `UPDATE posts SET slot = $2 WHERE id = $1`, post, at)
		check(t, err)
		l.keep(t, l.account.ID, post, social.MetricReactions, int64(1)<<(4*n), at.Add(time.Second))
	}
	for _, at := range []time.Time{time.Date(2026, 10, 26, 0, 0, 0, 0, time.UTC), time.Date(2026, 9, 30, 23, 0, 0, 0, time.UTC)} {
		l.keep(t, l.account.ID, 0, social.MetricFollowers, int64(at.Month())*100, at)
	}
	// The weeks that ended in October: the 5th, 12th, 19th and 26th.
	for _, day := range []int{5, 12, 19, 26} {
		l.keep(t, l.account.ID, 0, social.MetricReach, 1000, time.Date(2026, 10, day, 0, 0, 0, 0, time.UTC))
		if day != 12 {
			l.keep(t, l.account.ID, 0, social.MetricShares, 10, time.Date(2026, 10, day, 0, 0, 0, 0, time.UTC))
		}
	}
	l.keep(t, l.account.ID, 0, social.MetricReach, 9000, time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC))
	r, err := l.Report(t.Context(), l.owner.ID, l.brand.ID, october)
	check(t, err)
	n := r.Weeks[0].Numbers[0]
	if n.Followers.N != 1000 || n.Reactions.N != 17 || n.Posts != 2 || n.Reach.N != 4000 || n.Shares.Known {
		t.Errorf("October has %+v", n)
	}
	if before := r.Weeks[1].Numbers[0]; before.Followers.N != 900 || before.Reactions.N != 4096 || before.Reach.Known {
		t.Errorf("September has %+v", before)
	}
	if w := r.Weeks[0]; w.Planned != 2 || w.Published != 2 || len(r.Days()) != 31 || len(r.Next) != 1 {
		t.Errorf("%+v, %d days, %d posts to come", w, len(r.Days()), len(r.Next))
	}
	if c := r.Trend(r.Count(social.MetricFollowers)); !c.Known || c.By != 100 {
		t.Errorf("followers: %+v", c)
	}
}

// An account that was taken out in the month is named, and its figures are not counted.
func TestReportNamesRemovedAccounts(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	_, err := l.db.ExecContext(t.Context(), `UPDATE accounts SET created_at = '2026-08-01', removed_at = '2026-10-20'; UPDATE brands SET created_at = '2026-10-12'`)
	check(t, err)
	l.keep(t, l.account.ID, 0, social.MetricFollowers, 5, time.Date(2026, 10, 19, 0, 0, 0, 0, time.UTC))
	r, err := l.Report(t.Context(), l.owner.ID, l.brand.ID, october)
	check(t, err)
	if len(r.Removed) != 1 || r.Removed[0].ID != l.account.ID || len(r.Weeks[0].Numbers) != 0 || r.Begun.Day() != 12 || !r.Weeks[0].Known || r.Weeks[1].Known {
		t.Errorf("%+v", r)
	}
}

// A month goes to the clients once, when it is over, by whoever sets the brand up.
func TestReportIsSentOnce(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	_, err := l.db.ExecContext(t.Context(), `UPDATE brands SET created_at = '2026-08-01'; UPDATE people SET reachable = false WHERE id = (SELECT person_id FROM members WHERE role = 'approver')`)
	check(t, err)
	if err := l.ShareReport(t.Context(), l.owner.ID, l.brand.ID, october); !errors.Is(err, social.ErrNoClients) {
		t.Errorf("without a client who can be reached: %v", err)
	}
	_, err = l.db.ExecContext(t.Context(), `UPDATE people SET reachable = true`)
	check(t, err)
	if err := l.ShareReport(t.Context(), l.client.ID, l.brand.ID, october); !errors.Is(err, social.ErrForbidden) {
		t.Errorf("a client: %v", err)
	}
	running := func(b social.Brand) (social.Month, error) {
		return b.MonthOf(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), 31, 30, 31), nil
	}
	if err := l.ShareReport(t.Context(), l.owner.ID, l.brand.ID, running); !errors.Is(err, social.ErrMonthRuns) {
		t.Errorf("a month that runs: %v", err)
	}
	check(t, l.ShareReport(t.Context(), l.owner.ID, l.brand.ID, october))
	if err := l.ShareReport(t.Context(), l.owner.ID, l.brand.ID, october); !errors.Is(err, social.ErrReportSent) {
		t.Errorf("a second time: %v", err)
	}
	told := 0
	check(t, l.db.GetContext(t.Context(), &told, `SELECT count(*) FROM events WHERE kind = 'report.shared' AND facts ->> 'month' = '2026-10-01'`))
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	r, err := l.Report(t.Context(), l.client.ID, l.brand.ID, october)
	if check(t, err); r.Sent.IsZero() {
		t.Error("it was not sent")
	}
}

// Thirty days end at the last midnight.
func TestTrend(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	l.weekOld(t)
	d, err := l.Trend(t.Context(), l.owner.ID, l.brand.ID, 30)
	check(t, err)
	if days := d.Days(); len(days) != 30 || d.Week.To.After(l.now) || l.now.Sub(d.Week.To) > 24*time.Hour || len(d.Weeks) != 2 || len(d.Followers) != 30 {
		t.Errorf("%d days to %s, %d followers", len(days), d.Week.To, len(d.Followers))
	}
}

// A month tells of the goals that were under way in it, as they stood at its end; of those that
// were reached or missed in it; and not of what was given up, was over before, or came later.
func TestReportGoals(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	_, err := l.db.ExecContext(t.Context(), `UPDATE accounts SET created_at = '2026-08-01'; UPDATE brands SET created_at = '2026-08-01'`)
	check(t, err)
	l.keep(t, l.account.ID, 0, social.MetricFollowers, 100, time.Date(2026, 10, 25, 23, 0, 0, 0, time.UTC))
	for _, g := range []struct{ metric, state, made, ended string }{
		{"followers", "open", "2026-09-01", ""},
		{"posts", "reached", "2026-09-01", "2026-10-05"},
		{"rate", "missed", "2026-09-01", "2026-11-05"},
		{"reach", "reached", "2026-08-02", "2026-09-30"},
		{"answers", "ended", "2026-09-01", "2026-10-05"},
		{"reach", "open", "2026-11-01", ""},
	} {
		_, err := l.db.ExecContext(t.Context(), `
			INSERT INTO goals (brand_id, metric, target, start, since, due_at, state, made_by, created_at, reached, ended_at)
			VALUES ($1, $2, 200, 50, $3::timestamptz, '2026-12-01', $4, $5, $3::timestamptz, CASE WHEN $4 = 'reached' THEN 200 END, nullif($6, '')::timestamptz)`,
			l.brand.ID, g.metric, g.made, g.state, l.owner.ID, g.ended)
		check(t, err)
	}
	r, err := l.Report(t.Context(), l.owner.ID, l.brand.ID, october)
	check(t, err)
	var got []string
	for _, g := range r.Goals {
		got = append(got, string(g.Metric)+" "+string(g.State))
	}
	if want := []string{"followers open", "posts reached", "rate open"}; !slices.Equal(got, want) {
		t.Errorf("goals: %v, want %v", got, want)
	}
	if p := r.Goals[0].Progress(r.Stood); r.Stood.Week.Day() != "2026-10-19" || !p.Known || p.Now != 100 {
		t.Errorf("by the week of %s: %+v", r.Stood.Week.Day(), p)
	}
}
