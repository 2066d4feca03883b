package storage_test

import (
	"errors"
	"testing"
	"time"

	"peyk/social"
)

// A file that is taken in twice adds nothing the second time; figures of another
// brand's accounts and posts are refused with everything beside them.
func TestTakeFigures(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	other := foundBrand(t, l.Store, l.owner)
	post := l.approved(t, "ours")
	at := l.now.Add(-time.Hour).Truncate(time.Second)
	figure := func(account, post int64, value int64) social.Snapshot {
		return social.Snapshot{Account: account, Post: post, Metric: social.MetricReach, Value: value, At: at}
	}
	take := func(want int, figures ...social.Snapshot) {
		t.Helper()
		if n, err := l.TakeFigures(t.Context(), l.owner.ID, l.brand.ID, figures); err != nil || n != want {
			t.Errorf("%d were added, %v; want %d", n, err, want)
		}
	}
	take(2, figure(l.account.ID, 0, 5), figure(l.account.ID, post, 6))
	take(0, figure(l.account.ID, 0, 5), figure(l.account.ID, post, 99)) // what is there stays
	before := l.number(t, `SELECT count(*) FROM snapshots`)
	for name, f := range map[string]social.Snapshot{
		"no such account": figure(l.account.ID+99, 0, 5), "no such post": figure(l.account.ID, post+99, 5),
	} {
		fresh := figure(l.account.ID, 0, 5)
		fresh.At = at.Add(-time.Minute)
		if n, err := l.TakeFigures(t.Context(), l.owner.ID, l.brand.ID, []social.Snapshot{fresh, f}); !errors.Is(err, social.ErrFiguresForeign) || n != 0 {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
	if _, err := l.TakeFigures(t.Context(), l.owner.ID, other.ID, []social.Snapshot{figure(l.account.ID, 0, 7)}); !errors.Is(err, social.ErrFiguresForeign) {
		t.Errorf("of the brand beside it: %v", err)
	}
	if _, err := l.TakeFigures(t.Context(), l.client.ID, l.brand.ID, nil); !errors.Is(err, social.ErrForbidden) {
		t.Errorf("the client: %v", err)
	}
	if n := l.number(t, `SELECT count(*) FROM snapshots`); n != before {
		t.Errorf("%d figures, there were %d", n, before)
	}
	found, err := l.Figures(t.Context(), l.owner.ID, l.brand.ID)
	check(t, err)
	if len(found) != 2 || found[0].Value+found[1].Value != 11 || found[0].Source != social.SourceCSV {
		t.Errorf("found %+v", found)
	}
}
