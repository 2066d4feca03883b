package main

import (
	"context"
	"testing"

	"github.com/jonboulle/clockwork"

	"peyk/platforms"
	"peyk/social"
)

// A deadEnd is a network on which every sweep fails in one way.
type deadEnd struct {
	platforms.Listener
	err error
}

func (d deadEnd) Sweep(context.Context, social.Account, string) ([]social.Heard, error) {
	return nil, d.err
}

// A post that was deleted on its network is told apart from whatever else goes wrong.
func TestSweepOfWhatIsGone(t *testing.T) {
	for _, c := range []struct {
		err  error
		code string
	}{
		{&platforms.Rejected{Code: social.CodePostGone}, social.CodePostGone},
		{&platforms.AccountLost{}, social.CodeAccountLost},
		{&platforms.RateLimited{}, social.CodeRateLimited},
	} {
		l := listener{platforms.Listeners{social.Mastodon: deadEnd{err: c.err}}, clockwork.NewFakeClock()}
		found, failed := l.Sweep(t.Context(), social.Account{Platform: social.Mastodon}, "1")
		if found != nil || (failed != nil) != (c.code != "") || failed != nil && failed.Code != c.code {
			t.Errorf("%v: %+v, %+v", c.err, found, failed)
		}
	}
}
