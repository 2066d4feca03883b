package platformtest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"peyk/platforms"
	"peyk/social"
)

// A Skill is something that not every network lets a connector do.
type Skill string

// The skills.
const (
	Polls    Skill = "polls"         // tells what is new under the account's posts
	Sweeps   Skill = "sweeps"        // reads all that stands under a post
	Answers  Skill = "answers"       // brings an answer to the network itself
	Finds    Skill = "finds answers" // knows whether an answer is there
	Hides    Skill = "hides"         // takes a follower's comment out of sight
	Measures Skill = "measures"      // tells figures
)

var skills = []Skill{Polls, Sweeps, Answers, Finds, Hides, Measures}

// A Talk is a connector with a post of its account, under which a follower writes.
// What a network does not let it do stands in Lacks, with the reason: nothing is left
// out in silence.
type Talk struct {
	Account  social.Account
	Post     string // the post's id on the network
	Inbox    platforms.Inbox
	Listener platforms.Listener
	Gauge    platforms.Gauge
	Lacks    map[Skill]string

	Write   func(text string) (remote string) // a follower writes under the post
	Remove  func(remote string)               // and deletes it
	Answers func() int                        // how many answers are on the network; nil: it calls nobody
	Hidden  func(remote string) bool
	Fail    func(Fault)      // makes the next call that answers fail
	Spoil   func(Fault)      // makes the next call that reads fail
	Settle  func()           // lets the time pass after which FindAnswer knows; nil: none is needed
	Now     func() time.Time // nil: any time will do
}

func (k Talk) can(s Skill) bool { return k.Lacks[s] == "" }

// RunTalk tests what a connector does about comments and figures; build makes a fresh
// talk for each test.
func RunTalk(t *testing.T, build func(*testing.T) Talk) {
	all := map[string]struct {
		needs Skill
		test  func(*testing.T, Talk)
	}{
		"poll tells all, and from where it stood": {Polls, pollTells},
		"poll tells all of several pages":         {Polls, pollPages},
		"poll that fails stays where it was":      {Polls, pollFails},
		"sweep reads all":                         {Sweeps, sweeps},
		"what is missing":                         {Sweeps, misses},
		"answer once":                             {Answers, answersOnce},
		"answer cancelled before the first byte":  {"", answerCancelled},
		"answer to what is gone":                  {Answers, answersGone},
		"answer found":                            {Finds, findsAnswer},
		"hide":                                    {Hides, hides},
		"figures":                                 {Measures, measures},
	}
	t.Run("what it lacks is said", func(t *testing.T) { declared(t, build(t)) })
	for name, c := range all {
		t.Run(name, func(t *testing.T) {
			k := build(t)
			if why := k.Lacks[c.needs]; why != "" {
				t.Skipf("it never %s: %s", c.needs, why)
			}
			c.test(t, k)
		})
	}
	t.Run("answer faults", func(t *testing.T) { answerFaults(t, build) })
}

// declared: each skill is there, or it is said why not.
func declared(t *testing.T, k Talk) {
	for s, why := range k.Lacks {
		if !slices.Contains(skills, s) || len(why) < 10 {
			t.Errorf("%q is lacking because %q", s, why)
		}
	}
	have := map[Skill]bool{
		Polls: k.Listener != nil, Sweeps: k.Listener != nil, Answers: k.Answers != nil, Finds: k.Answers != nil,
		Hides: k.Hidden != nil, Measures: k.Gauge != nil,
	}
	for _, s := range skills {
		if k.can(s) && !have[s] {
			t.Errorf("it neither %s nor says why not", s)
		}
	}
	if !k.can(Hides) {
		err := k.Inbox.Hide(t.Context(), social.Comment{Account: k.Account, Remote: k.Write("hide me")})
		var no *platforms.Rejected
		if !errors.As(err, &no) || no.Code == "" {
			t.Errorf("it cannot hide, and says %v", err)
		}
	}
}

// drain polls until there is no more, as the scheduler does.
func (k Talk) drain(t *testing.T, cursor string) (found []string, next string) {
	t.Helper()
	for range 50 {
		some, at, more, err := k.Listener.Poll(t.Context(), k.Account, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range some {
			found = append(found, h.Remote)
			if h.Remote == "" || h.Post.Root == "" || h.At.IsZero() || h.AuthorID == "" {
				t.Errorf("it tells too little: %+v", h)
			}
		}
		if cursor = at; !more {
			return found, cursor
		}
	}
	t.Fatal("there is always more")
	return nil, ""
}

// pollTells: what was written since the cursor is told, some of it perhaps once more,
// and nothing that nobody wrote; what was told from a place is told again from there,
// since whoever was stopped before he kept the next one comes back to it.
func pollTells(t *testing.T, k Talk) {
	_, begin := k.drain(t, "")
	first, second := k.Write("one"), k.Write("two")
	found, middle := k.drain(t, begin)
	if !slices.Contains(found, first) || !slices.Contains(found, second) {
		t.Errorf("of %s and %s it tells %v", first, second, found)
	}
	third := k.Write("three")
	found, end := k.drain(t, middle)
	if !slices.Contains(found, third) {
		t.Errorf("then it tells %v, and not %s", found, third)
	}
	all := []string{first, second, third}
	found, _ = k.drain(t, end)
	if slices.ContainsFunc(found, func(r string) bool { return !slices.Contains(all, r) }) {
		t.Errorf("and then of nothing new %v", found)
	}
	found, _ = k.drain(t, begin)
	for _, remote := range all {
		if n := count(found, remote); n != 1 {
			t.Errorf("from the first place %s is told %d times", remote, n)
		}
	}
}

// pollPages: what does not go on one page is told all the same.
func pollPages(t *testing.T, k Talk) {
	_, begin := k.drain(t, "")
	var all []string
	for range 2*pageful + 1 {
		all = append(all, k.Write("one of many"))
	}
	found, _ := k.drain(t, begin)
	for i, remote := range all {
		if count(found, remote) == 0 {
			t.Fatalf("of %d comments the one numbered %d is not told", len(all), i)
		}
	}
}

// pageful is as much as a page of any network holds.
const pageful = 100

// said is the outcome that an error stands for; without one it has no code.
func said(err error) social.Outcome {
	if err == nil {
		return social.Outcome{}
	}
	return platforms.PrepareOutcome(err, now)
}

func count(all []string, one string) (n int) {
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

// pollFails: a round that fails leaves the place as it was, with a typed error.
func pollFails(t *testing.T, k Talk) {
	_, begin := k.drain(t, "")
	remote := k.Write("one")
	for fault, want := range map[Fault]string{Throttled: social.CodeRateLimited, Gone: social.CodeAccountLost} {
		k.Spoil(fault)
		found, next, more, err := k.Listener.Poll(t.Context(), k.Account, begin)
		o := said(err)
		if o.Code != want || len(found) != 0 || more || next != begin && next != "" {
			t.Errorf("%s: %q (%v), %d comments, from %q to %q", fault, o.Code, err, len(found), begin, next)
		}
	}
	if found, _ := k.drain(t, begin); !slices.Contains(found, remote) {
		t.Errorf("afterwards it tells %v", found)
	}
}

// sweeps: all that stands under a post is read, and nothing that was deleted.
func sweeps(t *testing.T, k Talk) {
	kept, gone := k.Write("one"), k.Write("two")
	k.Remove(gone)
	for range 2 {
		found, err := k.Listener.Sweep(t.Context(), k.Account, k.Post)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, h := range found {
			all = append(all, h.Remote)
		}
		if count(all, kept) != 1 || count(all, gone) != 0 {
			t.Errorf("the sweep finds %v, not %s alone", all, kept)
		}
	}
	k.Spoil(Throttled)
	_, err := k.Listener.Sweep(t.Context(), k.Account, k.Post)
	if o := said(err); o.Code != social.CodeRateLimited {
		t.Errorf("throttled it says %v", err)
	}
}

// misses: of the comments that are looked for, those that were deleted are named and no
// others; a look that fails names none.
func misses(t *testing.T, k Talk) {
	all := []string{k.Write("one"), k.Write("two"), k.Write("three")}
	k.Remove(all[1])
	missing, err := k.Listener.Missing(t.Context(), k.Account, all)
	if err != nil || !slices.Equal(missing, all[1:2]) {
		t.Errorf("of %v it misses %v, not the second alone (%v)", all, missing, err)
	}
	k.Spoil(Throttled)
	missing, err = k.Listener.Missing(t.Context(), k.Account, all)
	if o := said(err); o.Code != social.CodeRateLimited || len(missing) != 0 {
		t.Errorf("throttled it misses %v and says %v", missing, err)
	}
}

// now is when the talk happens.
func (k Talk) now() time.Time {
	if k.Now == nil {
		return now
	}
	return k.Now()
}

func (k Talk) answer(to, text string) platforms.Answer {
	return platforms.Answer{
		Key: "reply-3", Sent: k.now(), Comment: social.Comment{Account: k.Account, Remote: to},
		Reply: social.Reply{ID: 3, Text: social.Text{Plain: text}},
	}
}

// answersOnce: an answer is one answer, with the network's id.
func answersOnce(t *testing.T, k Talk) {
	p, err := k.Inbox.Answer(t.Context(), k.answer(k.Write("open?"), "yes, until nine"))
	if o := platforms.OutcomeOf(p, err, now); o.State != social.Live || o.Remote == "" {
		t.Errorf("the outcome is %+v (%v)", o, err)
	}
	if n := k.Answers(); n != 1 {
		t.Errorf("%d answers are there", n)
	}
}

// answerCancelled: a context that has ended before the first byte proves that nothing
// happened.
func answerCancelled(t *testing.T, k Talk) {
	a := k.answer(k.Write("open?"), "yes")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := k.Inbox.Answer(ctx, a)
	var later *platforms.Transient
	if !errors.As(err, &later) {
		t.Errorf("it gives %v", err)
	}
	if k.Answers != nil && k.Answers() != 0 {
		t.Error("an answer is there")
	}
}

// answersGone: a comment that is not there any more is said to be gone (U11).
func answersGone(t *testing.T, k Talk) {
	remote := k.Write("open?")
	k.Remove(remote)
	p, err := k.Inbox.Answer(t.Context(), k.answer(remote, "yes"))
	if o := platforms.OutcomeOf(p, err, now); o.State != social.Rejected || o.Code != social.CodeCommentGone {
		t.Errorf("the outcome is %+v (%v)", o, err)
	}
	if n := k.Answers(); n != 0 {
		t.Errorf("%d answers are there", n)
	}
}

// findsAnswer: what was sent is found as it is, and what was not is known to be absent.
func findsAnswer(t *testing.T, k Talk) {
	a := k.answer(k.Write("open?"), "yes, until nine")
	k.settle()
	if f, err := k.Inbox.FindAnswer(t.Context(), a); err != nil || f.Verdict != platforms.NotLanded {
		t.Errorf("before it was sent: %+v, %v", f, err)
	}
	p, err := k.Inbox.Answer(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	k.settle()
	if f, err := k.Inbox.FindAnswer(t.Context(), a); err != nil || f.Verdict != platforms.Landed || f.Published.Remote != p.Remote {
		t.Errorf("sent as %+v, found as %+v, %v", p, f, err)
	}
}

func (k Talk) settle() {
	if k.Settle != nil {
		k.Settle()
	}
}

// answerFaults: every fault has its typed error, none answers twice, and what may be
// there is never called absent.
func answerFaults(t *testing.T, build func(*testing.T) Talk) {
	for _, c := range []struct {
		fault Fault
		is    func(error) bool
		state social.DeliveryState
		there int
	}{
		{Unreachable, as[*platforms.Transient], social.Waiting, 0},
		{Dropped, as[*platforms.Ambiguous], social.Unknown, 1},
		{Broken, as[*platforms.Ambiguous], social.Unknown, 0},
		{Throttled, as[*platforms.RateLimited], social.Waiting, 0},
		{NoRights, as[*platforms.PermissionMissing], social.Rejected, 0},
		{Gone, as[*platforms.AccountLost], social.Rejected, 0},
	} {
		k := build(t)
		if !k.can(Answers) {
			return
		}
		a := k.answer(k.Write("open?"), "yes, until nine")
		k.Fail(c.fault)
		p, err := k.Inbox.Answer(t.Context(), a)
		o := platforms.OutcomeOf(p, err, now)
		if !c.is(err) || o.State != c.state || o.Code == "" {
			t.Errorf("%s gives %v, which is %s (%q)", c.fault, err, o.State, o.Code)
		}
		if c.fault == Throttled && !o.Retry.Equal(now.Add(17*time.Second)) {
			t.Errorf("throttled for 17 s, again at %s", o.Retry)
		}
		if n := k.Answers(); n != c.there {
			t.Errorf("%s: %d answers are there, want %d", c.fault, n, c.there)
		}
		k.settle()
		found, err := k.Inbox.FindAnswer(t.Context(), a)
		if err == nil && (c.there == 1 && found.Verdict == platforms.NotLanded || c.there == 0 && found.Verdict == platforms.Landed) {
			t.Errorf("%s: %d answers, and it finds %s", c.fault, c.there, found.Verdict)
		}
	}
}

// hides: a comment that is hidden is out of sight, and hiding it again, or one that is
// gone, is no error.
func hides(t *testing.T, k Talk) {
	bad, gone := k.Write("buy followers"), k.Write("and more")
	k.Remove(gone)
	for _, remote := range []string{bad, bad, gone} {
		if err := k.Inbox.Hide(t.Context(), social.Comment{Account: k.Account, Remote: remote}); err != nil {
			t.Errorf("hiding %s: %v", remote, err)
		}
	}
	if !k.Hidden(bad) {
		t.Error("it is still seen")
	}
}

// measures: figures are told once each, of the account and of the post; what cannot be
// had has its typed error.
func measures(t *testing.T, k Talk) {
	k.Write("one")
	looks := []social.Look{{Account: k.Account}, {Account: k.Account, Post: 5, Remote: k.Post}}
	known := 0
	for _, l := range looks {
		told, err := k.Gauge.Measure(t.Context(), l)
		if err != nil {
			t.Errorf("of post %d: %v", l.Post, err)
		}
		seen := map[social.Metric]bool{}
		for _, r := range told {
			if seen[r.Metric] || r.Value < 0 || !slices.Contains(social.Metrics(), r.Metric) {
				t.Errorf("of post %d it tells %+v", l.Post, told)
			}
			seen[r.Metric] = true
		}
		known += len(told)
	}
	if known == 0 {
		t.Error("it measures nothing")
	}
	for fault, want := range map[Fault]string{Throttled: social.CodeRateLimited, Gone: social.CodeAccountLost} {
		k.Spoil(fault)
		_, err := k.Gauge.Measure(t.Context(), looks[0])
		if o := said(err); o.Code != want {
			t.Errorf("%s: %q (%v)", fault, o.Code, err)
		}
	}
}
