package social

import (
	"errors"
	"testing"
	"time"
)

// What finds its account signed out waits; what lies with a channel, with the content
// or with an account that is gone does not.
func TestStall(t *testing.T) {
	t.Parallel()
	lost := Outcome{State: Rejected, Code: CodeAccountLost}
	for name, c := range map[string]struct {
		o    Outcome
		a    Account
		want bool
	}{
		"signed out":         {lost, Account{Platform: Bluesky}, true},
		"out of a channel":   {lost, Account{Platform: Telegram}, false},
		"taken out":          {lost, Account{}, false},
		"by hand":            {lost, Account{Platform: Bluesky, ByHand: true}, false},
		"refused content":    {Outcome{State: Rejected, Code: "too_long"}, Account{Platform: Bluesky}, false},
		"tried again anyway": {Outcome{State: Waiting, Code: CodeAccountLost, Retry: time.Now()}, Account{Platform: Bluesky}, false},
	} {
		d := Delivery{State: Attempting}
		d.Apply(c.o.Stall(c.a), time.Now())
		if d.Stalled() != c.want {
			t.Errorf("%s: stalled is %t", name, d.Stalled())
		}
	}
}

func TestRelease(t *testing.T) {
	t.Parallel()
	now := time.Now()
	stalled := Outcome{State: Rejected, Code: CodeAccountLost}.Stall(Account{Platform: Bluesky})
	manager := Member{Role: Manager}
	for name, c := range map[string]struct {
		by   Member
		a    Account
		is   Outcome
		want error
	}{
		"back":        {manager, Account{Platform: Bluesky}, stalled, nil},
		"still lost":  {manager, Account{Platform: Bluesky, Lost: true}, stalled, ErrAccountLost},
		"no right":    {Member{Role: Editor}, Account{Platform: Bluesky}, stalled, ErrForbidden},
		"went out":    {manager, Account{Platform: Bluesky}, Outcome{State: Live}, ErrOutdated},
		"just queued": {manager, Account{Platform: Bluesky}, Outcome{State: Waiting, Retry: now}, ErrOutdated},
	} {
		d := Delivery{}
		d.Apply(c.is, now)
		if err := d.Release(c.by, c.a, now, now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		} else if err == nil && (d.Stalled() || !d.Due.Equal(now)) {
			t.Errorf("%s: due %s", name, d.Due)
		}
	}
}
