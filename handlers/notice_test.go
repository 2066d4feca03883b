package handlers

import (
	"strings"
	"testing"

	"peyk/social"
)

// What is live nowhere is not called live in part.
func TestFailedSaysWhereItIsLive(t *testing.T) {
	p := postOfTwo(t)
	say := inLang(t, "en", p.Brand)
	for _, c := range []struct {
		states []social.DeliveryState
		want   string
	}{
		{[]social.DeliveryState{social.Rejected, social.Rejected}, "did not go out"},
		{[]social.DeliveryState{social.Rejected, social.Live}, "is not live everywhere"},
	} {
		p.Deliveries = nil
		for i, s := range c.states {
			p.Deliveries = append(p.Deliveries, social.Delivery{Account: int64(i + 1), State: s})
		}
		a := social.Affair{Event: social.Event{Facts: social.Facts{State: social.Failed}}, Post: p, Brand: p.Brand}
		if got := finished(say, a).HTML; !strings.Contains(got, c.want) {
			t.Errorf("%v: %s", c.states, got)
		}
	}
}

// Missing rights are named; where the bot is no admin at all there are none to name.
func TestLostAccountNamesRights(t *testing.T) {
	for missing, want := range map[string]string{"": "account.gone", "can_post_messages": "account.lost"} {
		a := social.Affair{Event: social.Event{Kind: social.AccountLost}}
		if missing != "" {
			a.Facts.Missing = []string{missing}
		}
		if got := noticeKey(a); got != want {
			t.Errorf("missing %q: %s", missing, got)
		}
	}
}

// A draft's time is no news to approvers, also when the word of it comes after the
// draft was sent to them.
func TestMovesThatMatter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		was, is social.PostState
		want    bool
	}{
		{social.Drafting, social.Drafting, false},
		{social.Drafting, social.InReview, false},
		{social.Changing, social.InReview, false},
		{social.InReview, social.Drafting, false},
		{social.InReview, social.InReview, true},
		{social.Approved, social.InReview, true},
	} {
		a := social.Affair{Event: social.Event{Facts: social.Facts{Was: c.was}}, Post: social.Post{State: c.is, Author: 1}}
		if got := movedMatters(a, social.Person{ID: 2}); got != c.want {
			t.Errorf("moved as %s, told as %s: an approver hears of it: %v", c.was, c.is, got)
		}
		if !movedMatters(a, social.Person{ID: 1}) {
			t.Errorf("moved as %s, told as %s: the author does not hear of it", c.was, c.is)
		}
	}
}
