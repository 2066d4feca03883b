// Package platformtest is the one suite that every connector passes: what the
// queue may rely on, whatever the network.
package platformtest

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"peyk/platforms"
	"peyk/social"
)

// A Fault is something that a platform or the way to it does to the next call.
type Fault string

// The faults. A connector that calls nobody suffers none of them.
const (
	Unreachable Fault = "unreachable" // no connection: the call never left
	Dropped     Fault = "dropped"     // executed, but the answer was lost
	Broken      Fault = "broken"      // an answer of the 500s
	Throttled   Fault = "throttled"   // asked to wait 17 seconds
	Refused     Fault = "refused"     // refused for good
	NoRights    Fault = "no_rights"   // a right is missing
	Gone        Fault = "gone"        // the account is not there any more
)

// A Rig is a connector with a platform of its own.
type Rig struct {
	Connector platforms.Connector
	Intent    platforms.Intent     // goes out when nothing is in the way
	State     social.DeliveryState // of an attempt that went well
	Posts     func() int           // posts that are on the platform; nil: it calls nobody
	Fail      func(Fault)          // makes the next call of Commit fail; nil: it calls nobody
	Certain   bool                 // Reconcile always knows, and a repeated Commit leaves one post
	Settle    func()               // lets the time pass after which Reconcile knows; nil: none is needed, or none helps
}

func (r Rig) posts() int {
	if r.Posts == nil {
		return 0
	}
	return r.Posts()
}

// now is when the suite happens.
var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// Run tests a connector; build makes a fresh rig for each test.
func Run(t *testing.T, build func(*testing.T) Rig) {
	t.Run("prepare repeats", func(t *testing.T) { prepareRepeats(t, build(t)) })
	t.Run("prepare refuses", func(t *testing.T) { prepareRefuses(t, build(t)) })
	t.Run("commit publishes once", func(t *testing.T) { commitsOnce(t, build(t)) })
	t.Run("cancelled before the first byte", func(t *testing.T) { cancelled(t, build(t)) })
	t.Run("faults", func(t *testing.T) { faults(t, build) })
	t.Run("commit repeats", func(t *testing.T) { commitRepeats(t, build) })
	t.Run("another try after a look", func(t *testing.T) { triesAgain(t, build) })
}

// prepareRepeats: Prepare leaves nothing to be seen and gives the same stage.
func prepareRepeats(t *testing.T, r Rig) {
	first, err := r.Connector.Prepare(t.Context(), r.Intent)
	if err != nil {
		t.Fatal(err)
	}
	second, err := r.Connector.Prepare(t.Context(), r.Intent)
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("the second stage is %s (%v), the first was %s", second, err, first)
	}
	if n := r.posts(); n != 0 {
		t.Errorf("Prepare published %d posts", n)
	}
}

// prepareRefuses: what the rules forbid is refused before anything is sent.
func prepareRefuses(t *testing.T, r Rig) {
	_, limit := platforms.Length(r.Intent.Account, r.Intent.Variant)
	r.Intent.Variant.Text = social.Text{Plain: strings.Repeat("س", limit+1)}
	_, err := r.Connector.Prepare(t.Context(), r.Intent)
	var no *platforms.Rejected
	if !errors.As(err, &no) || no.Code == "" {
		t.Fatalf("a letter too many gives %v", err)
	}
	if o := platforms.PrepareOutcome(err, now); o.State != social.Rejected {
		t.Errorf("a text with a letter too many is %s", o.State)
	}
	if n := r.posts(); n != 0 {
		t.Errorf("Prepare published %d posts", n)
	}
}

func commitsOnce(t *testing.T, r Rig) {
	p, err := commit(t.Context(), r)
	if o := platforms.OutcomeOf(p, err, now); o.State != r.State {
		t.Errorf("the outcome is %+v (%v), want %s", o, err, r.State)
	}
	if n := r.posts(); r.Posts != nil && n != 1 {
		t.Errorf("%d posts are on the platform", n)
	}
}

// commit does what the queue does: prepare, keep the stage, commit.
func commit(ctx context.Context, r Rig) (platforms.Published, error) {
	stage, err := r.Connector.Prepare(ctx, r.Intent)
	if err != nil {
		return platforms.Published{}, err
	}
	r.Intent.Stage, r.Intent.Attempt = stage, 1
	return r.Connector.Commit(ctx, r.Intent)
}

// cancelled: a context that has ended before the first byte proves that nothing
// happened.
func cancelled(t *testing.T, r Rig) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := r.Connector.Commit(ctx, r.Intent)
	var later *platforms.Transient
	if !errors.As(err, &later) || !errors.Is(err, context.Canceled) {
		t.Errorf("Commit gives %v", err)
	}
	if _, err := r.Connector.Prepare(ctx, r.Intent); !errors.As(err, &later) {
		t.Errorf("Prepare gives %v", err)
	}
	if n := r.posts(); n != 0 {
		t.Errorf("%d posts are on the platform", n)
	}
}

// faults: every fault has its typed error and its outcome, and none publishes
// twice or is called absent when it may be there.
func faults(t *testing.T, build func(*testing.T) Rig) {
	for _, c := range []struct {
		fault Fault
		is    func(error) bool
		state social.DeliveryState
	}{
		{Unreachable, as[*platforms.Transient], social.Waiting},
		{Dropped, as[*platforms.Ambiguous], social.Unknown},
		{Broken, as[*platforms.Ambiguous], social.Unknown},
		{Throttled, as[*platforms.RateLimited], social.Waiting},
		{Refused, as[*platforms.Rejected], social.Rejected},
		{NoRights, as[*platforms.PermissionMissing], social.Rejected},
		{Gone, as[*platforms.AccountLost], social.Rejected},
	} {
		r := build(t)
		if r.Fail == nil {
			return
		}
		r.Fail(c.fault)
		p, err := commit(t.Context(), r)
		if !c.is(err) {
			t.Errorf("%s gives %v", c.fault, err)
		}
		o := platforms.OutcomeOf(p, err, now)
		if o.State != c.state || o.Code == "" {
			t.Errorf("%s is %s (%q), want %s with a code", c.fault, o.State, o.Code, c.state)
		}
		if c.fault == Throttled && !o.Retry.Equal(now.Add(17*time.Second)) {
			t.Errorf("throttled for 17 s, again at %s", o.Retry)
		}
		landed(t, r, c.fault)
	}
}

// landed: what Reconcile says agrees with what is on the platform.
func landed(t *testing.T, r Rig, fault Fault) {
	want := 0
	if fault == Dropped {
		want = 1
	}
	if n := r.posts(); n != want {
		t.Errorf("%s: %d posts are on the platform, want %d", fault, n, want)
	}
	found, err := r.Connector.Reconcile(t.Context(), r.Intent)
	if err == nil && want == 1 && found.Verdict == platforms.NotLanded {
		t.Errorf("%s: Reconcile calls a post absent that is there", fault)
	}
	if err == nil && want == 0 && found.Verdict == platforms.Landed {
		t.Errorf("%s: Reconcile finds a post that is not there", fault)
	}
	if r.Certain && (err != nil || found.Verdict == platforms.Unsure) {
		t.Errorf("%s: Reconcile is %s (%v)", fault, found.Verdict, err)
	}
	if r.Settle == nil {
		return
	}
	if found.Verdict == platforms.NotLanded {
		t.Errorf("%s: Reconcile calls a post absent that may still come", fault)
	}
	r.Settle()
	verdict := map[int]platforms.Verdict{0: platforms.NotLanded, 1: platforms.Landed}[want]
	if found, err = r.Connector.Reconcile(t.Context(), r.Intent); err != nil || found.Verdict != verdict {
		t.Errorf("%s: with time Reconcile is %s (%v), want %s", fault, found.Verdict, err, verdict)
	}
}

// triesAgain: where Reconcile knows, another try after it has said that nothing is
// there leaves one post, whatever happened to the first.
func triesAgain(t *testing.T, build func(*testing.T) Rig) {
	for _, fault := range []Fault{Unreachable, Dropped, Broken} {
		r := build(t)
		if !r.Certain && r.Settle == nil {
			return
		}
		r.Fail(fault)
		_, _ = commit(t.Context(), r) // what it says is tried above
		if r.Settle != nil {
			r.Settle()
		}
		found, err := r.Connector.Reconcile(t.Context(), r.Intent)
		if err == nil && found.Verdict == platforms.NotLanded {
			found.Published, err = commit(t.Context(), r)
		}
		if n := r.posts(); err != nil || n != 1 || found.Published.Remote == "" {
			t.Errorf("%s, then a look and another try: %d posts are on the platform, %+v, %v", fault, n, found.Published, err)
		}
	}
}

// commitRepeats: where the platform keeps one post a key, a Commit after any
// doubt, and one after a success, leaves one post, and always the same.
func commitRepeats(t *testing.T, build func(*testing.T) Rig) {
	for _, fault := range []Fault{"", Unreachable, Dropped, Broken, Throttled} {
		r := build(t)
		if !r.Certain {
			return
		}
		if fault != "" {
			r.Fail(fault)
		}
		first, _ := commit(t.Context(), r) // what it says is tried above
		again, err := commit(t.Context(), r)
		found, lost := r.Connector.Reconcile(t.Context(), r.Intent)
		switch {
		case err != nil || lost != nil || again.Remote == "":
			t.Errorf("%q, then again: %+v, %v, %v", fault, again, err, lost)
		case fault == "" && again != first, found.Published != again:
			t.Errorf("%q: published as %+v, again as %+v, found as %+v", fault, first, again, found.Published)
		}
		if n := r.posts(); n != 1 {
			t.Errorf("%q, then again: %d posts are on the platform", fault, n)
		}
	}
}

func as[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}
