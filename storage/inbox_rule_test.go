package storage_test

import (
	"errors"
	"testing"
	"time"

	"peyk/social"
)

// rule adds a rule to the ledger's brand.
func (l *ledger) rule(t *testing.T, r social.InboxRule) {
	t.Helper()
	_, err := l.UpdateBrand(t.Context(), l.owner.ID, l.brand.ID, func(b *social.Brand, me social.Member) error {
		return social.AddRule(r)(b, me)
	})
	check(t, err)
}

func (l *ledger) told(t *testing.T, kind social.Kind) int {
	t.Helper()
	return l.count(t, `SELECT count(*) FROM events WHERE kind = $1`, string(kind))
}

// The first rule that fits a new comment and is able does its work, once; each of
// them is a line of the trail.
func TestRulesAct(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	l.rule(t, social.InboxRule{Sees: social.SeesLink, Does: social.RuleAssign, Person: 987654}) // nobody
	l.rule(t, social.InboxRule{Sees: social.SeesLink, Does: social.RuleSpam})
	l.rule(t, social.InboxRule{Sees: social.SeesWords, Words: []string{"wholesale"}, Does: social.RuleAssign, Person: l.owner.ID})
	l.rule(t, social.InboxRule{Sees: social.SeesWords, Words: []string{"hello"}, Does: social.RuleSuggest, Saved: 987654}) // gone
	c := l.hear(t, "10", "https://spam.example")
	if !c.Mark().Spam || c.Holder.ID != 0 || c.Ruled.Rule.ID != 2 {
		t.Errorf("a link: %+v, rule %d", c.Mark(), c.Ruled.Rule.ID)
	}
	if c = l.hear(t, "11", "Do you sell wholesale?"); c.Holder.ID != l.owner.ID || c.State != social.Claimed || !c.Assigned {
		t.Errorf("wholesale is with %+v, %s", c.Holder, c.State)
	}
	if c = l.hear(t, "12", "hello"); c.Ruled.Rule.ID != 0 {
		t.Errorf("a greeting met rule %d", c.Ruled.Rule.ID)
	}
	check(t, l.Hear(t.Context(), l.remark("10", "https://spam.example"))) // once more
	if n := l.told(t, social.CommentRuled); n != 2 || l.told(t, social.CommentCame) != 3 {
		t.Errorf("%d rulings and %d comments told of", n, l.told(t, social.CommentCame))
	}
	if n := l.count(t, `SELECT count(*) FROM comments WHERE spam`); n != 1 {
		t.Errorf("the lists see %d spam", n)
	}
}

// An edit meets the rules as well, while nobody has the comment and no rule has had
// its say.
func TestRulesSeeEdits(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	l.rule(t, social.InboxRule{Sees: social.SeesLink, Does: social.RuleSpam})
	c := l.hear(t, "10", "hello")
	edit := func(remote, text string, n int) {
		h := l.remark(remote, text)
		h.Edited = l.now.Add(time.Duration(n) * time.Second)
		check(t, l.Hear(t.Context(), h))
	}
	edit("10", "https://spam.example", 1)
	c, _, err := l.Comment(t.Context(), l.owner.ID, c.ID)
	check(t, err)
	if !c.Mark().Spam {
		t.Error("the edit passed the rule")
	}
	_, err = l.UpdateComment(t.Context(), l.owner.ID, c.ID, func(c *social.Comment, me social.Member) (social.Event, error) {
		return c.Unrule(me)
	})
	check(t, err)
	edit("10", "https://other.example", 2)
	if c, _, err = l.Comment(t.Context(), l.owner.ID, c.ID); err != nil || c.Mark().Spam {
		t.Errorf("a rule that a person undid acts again: %v", err)
	}
}

// A rule that deletes: nobody is told, the queue has the work, and what comes of it
// is recorded once.
func TestRuleDeletes(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	l.rule(t, social.InboxRule{Sees: social.SeesLink, Does: social.RuleHide})
	jobs := func() int { return l.count(t, `SELECT count(*) FROM river_job WHERE args ->> 'kind' = 'hide'`) }
	gone := l.hear(t, "10", "https://spam.example")
	if jobs() != 1 || l.told(t, social.CommentCame) != 0 || gone.State != social.Unanswered {
		t.Fatalf("%d jobs, %d cards, %s", jobs(), l.told(t, social.CommentCame), gone.State)
	}
	if c, err := l.RuledAway(t.Context(), gone.ID); err != nil || c.State != social.Unanswered || c.Remote != "10" {
		t.Errorf("to be taken away: %s, %v", c.State, err)
	}
	for range 2 {
		check(t, l.EndRuling(t.Context(), gone.ID, true, l.now))
	}
	if _, err := l.RuledAway(t.Context(), gone.ID); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("a second time: %v", err)
	}
	if n := l.told(t, social.CommentHidden); n != 1 {
		t.Errorf("%d words of it", n)
	}
	kept := l.hear(t, "11", "www.spam.example")
	check(t, l.EndRuling(t.Context(), kept.ID, false, l.now))
	if l.told(t, social.CommentCame) != 1 {
		t.Error("nobody hears of what the network did not let be deleted")
	}
	undone := l.hear(t, "12", "www.fine.example")
	_, err := l.UpdateComment(t.Context(), l.owner.ID, undone.ID, func(c *social.Comment, me social.Member) (social.Event, error) {
		return c.Unrule(me)
	})
	check(t, err)
	if _, err := l.RuledAway(t.Context(), undone.ID); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("what a person undid: %v", err)
	}
}

// Where the bot may not delete, a rule that does is left out.
func TestRuleWithoutRight(t *testing.T) {
	t.Parallel()
	l := newTalk(t)
	_, err := l.SaveDiscussion(t.Context(), "-77", group, []string{"can_delete_messages"})
	check(t, err)
	l.rule(t, social.InboxRule{Sees: social.SeesLink, Does: social.RuleHide})
	if c := l.hear(t, "10", "www.spam.example"); c.Ruled.Rule.ID != 0 || l.told(t, social.CommentCame) != 1 {
		t.Errorf("rule %d, %d cards", c.Ruled.Rule.ID, l.told(t, social.CommentCame))
	}
}
