package storage_test

import (
	"fmt"
	"testing"

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
