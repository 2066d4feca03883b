package social

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestRuleFits(t *testing.T) {
	words := func(w ...string) InboxRule { return InboxRule{Sees: SeesWords, Words: w, Does: RuleSpam} }
	link, mention := InboxRule{Sees: SeesLink, Does: RuleSpam}, InboxRule{Sees: SeesMention, Does: RuleSpam}
	tests := []struct {
		name string
		rule InboxRule
		text string
		want bool
	}{
		{"a word", words("discount"), "A DISCOUNT for you!", true},
		{"no part of a word", words("ass"), "a classic glass", false},
		{"with an ending, not asked for", words("discount"), "Discounts for you", false},
		{"with any ending", words("discount*"), "Discounts for you", true},
		{"a phrase", words("card number"), "send your card  number", true},
		{"a phrase, not in a row", words("card number"), "a card with a number", false},
		{"a phrase at the end, cut off", words("card number"), "your card", false},
		{"Arabic letters for Persian ones", words("کیک"), "كيك دارید؟", true},
		{"joiners", words("می‌خرم"), "ميخرم", true},
		{"a space for a joiner", words("قرعه‌کشی"), "در قرعه كشي امروز", true},
		{"but no part of another word", words("قرعه‌کشی"), "قرعه کشید", false},
		{"a phrase with any ending", words("card number*"), "card numbers", true},
		{"the second word", words("نه", "تخفیف"), "تخفیف دارید؟", true},
		{"a picture", words("🔥"), "🔥🔥", true},
		{"an address", words("t.me/X"), "Look at t.me/X", true},
		{"nothing said", words("discount"), "", false},
		{"no words", words(), "anything", false},
		{"only a link", link, "https://spam.example/a?b=c", true},
		{"only links", link, "www.spam.example, spam.example/x", true},
		{"a link and a word", link, "look: https://spam.example", false},
		{"a number is no link", link, "3.50", false},
		{"the end of a sentence is none", link, "well.", false},
		{"no link in no text", link, "", false},
		{"only mentions", mention, "@ali @sara_1!", true},
		{"a mention with a word", mention, "@ali look", false},
		{"an address is no mention", mention, "me@example.com", false},
		{"paused", InboxRule{Sees: SeesLink, Paused: true}, "https://spam.example", false},
		{"of another network", InboxRule{Sees: SeesLink, Network: X}, "https://spam.example", false},
		{"of this network", InboxRule{Sees: SeesLink, Network: Telegram}, "https://spam.example", true},
		{"of no kind", InboxRule{Sees: "mood"}, "anything", false},
	}
	for _, test := range tests {
		if got := test.rule.Fits(judged(test.text)); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}

// The first rule that fits and is able counts.
func TestFirstRuleCounts(t *testing.T) {
	c := judged("https://spam.example")
	c.Brand.Rules.Inbox = []InboxRule{
		{ID: 1, Sees: SeesWords, Words: []string{"other"}, Does: RuleSpam}, {ID: 2, Sees: SeesLink, Does: RuleHide},
		{ID: 3, Sees: SeesLink, Does: RuleSpam},
	}
	all := func(InboxRule) bool { return true }
	if r, ok := c.Brand.RuleFor(c, all); !ok || r.ID != 2 {
		t.Errorf("rule %d, %t", r.ID, ok)
	}
	if r, _ := c.Brand.RuleFor(c, func(r InboxRule) bool { return r.Does != RuleHide }); r.ID != 3 {
		t.Errorf("where nothing can be hidden: rule %d", r.ID)
	}
	c.Text = "hello"
	if _, ok := c.Brand.RuleFor(c, all); ok {
		t.Error("a rule fits a greeting")
	}
}

func TestObeyAndUndo(t *testing.T) {
	mila := Person{ID: 44, Name: "Mila"}
	c := judged("cheap")
	c.Obey(InboxRule{Does: RuleSpam}, Person{}, noon)
	if !c.Mark().Spam || c.State != Unanswered {
		t.Errorf("marked %+v, %s", c.Mark(), c.State)
	}
	if _, err := c.CorrectSpam(as(Responder), noon); err != nil || c.Mark().Spam {
		t.Errorf("a person's word against the rule: spam %t, %v", c.Mark().Spam, err)
	}
	if _, err := c.Unrule(as(Responder)); err != nil || c.Mark().Spam {
		t.Errorf("undone: spam %t, %v", c.Mark().Spam, err)
	}
	if _, err := c.Unrule(as(Responder)); !errors.Is(err, ErrOutdated) {
		t.Errorf("undone twice: %v", err)
	}

	c = judged("wholesale?")
	c.Obey(InboxRule{Does: RuleAssign, Person: mila.ID}, mila, noon)
	if !c.TakenFrom(as(Responder), noon.Add(time.Hour)) || c.Holder != mila {
		t.Errorf("given to %+v", c.Holder)
	}
	if e, err := c.Unrule(as(Responder)); err != nil || e.Kind != CommentFreed || c.State != Unanswered || c.Holder.ID != 0 {
		t.Errorf("undone: %s, %s, %+v, %v", e.Kind, c.State, c.Holder, err)
	}
	c.Obey(InboxRule{Does: RuleAssign, Person: mila.ID}, mila, noon)
	c.State = Answered
	if e, err := c.Unrule(as(Responder)); err != nil || e.Kind != CommentUnruled || c.State != Answered {
		t.Errorf("an answer is not undone: %s, %v", c.State, err)
	}

	c = judged("spam.example")
	c.Obey(InboxRule{Does: RuleHide}, Person{}, noon)
	if e, err := c.TakeAway(true, noon); err != nil || e.Kind != CommentHidden || c.State != Hidden {
		t.Errorf("taken away: %v, %s", err, c.State)
	}
	if _, err := c.Unrule(as(Responder)); !errors.Is(err, ErrNoUndo) || c.Undoable() {
		t.Errorf("what is deleted: %v", err)
	}
	if _, err := c.TakeAway(true, noon); !errors.Is(err, ErrOutdated) {
		t.Errorf("taken away twice: %v", err)
	}

	c = judged("spam.example")
	c.Obey(InboxRule{Does: RuleHide}, Person{}, noon)
	if e, err := c.TakeAway(false, noon); err != nil || e.Kind != CommentCame || c.State != Unanswered || !c.Ruled.Failed {
		t.Errorf("the network does not let it: %v, %+v", err, c.Ruled)
	}
	c = judged("spam.example")
	c.Obey(InboxRule{Does: RuleHide}, Person{}, noon)
	if _, err := c.Unrule(as(Manager)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.TakeAway(true, noon); !errors.Is(err, ErrOutdated) {
		t.Errorf("undone before it was deleted: %v", err)
	}
	for role, want := range map[Role]error{"": ErrNotFound, Editor: ErrForbidden, Approver: ErrForbidden} {
		if _, err := c.Unrule(as(role)); !errors.Is(err, want) {
			t.Errorf("%s undoes: %v", role, err)
		}
	}
}

func TestRuleSuggests(t *testing.T) {
	saved := []SavedReply{{ID: 1, Lang: "en", Text: "We are sorry", Uses: 50}, {ID: 2, Lang: "fa", Text: "x"}}
	c := judged("Terrible")
	c.Obey(InboxRule{Does: RuleSuggest, Saved: 2}, Person{}, noon)
	if got := Fitting(saved, c, 3); got[0].ID != 2 {
		t.Errorf("first is %d", got[0].ID)
	}
	c.Ruled.Undone = true
	if got := Fitting(saved, c, 3); got[0].ID != 1 {
		t.Errorf("after it was undone: %d", got[0].ID)
	}
}

func TestRuleWordsAreRead(t *testing.T) {
	got, err := RuleWords(" discount*, card   number،تخفیف؛ \n discount*, ,! ")
	if want := []string{"discount*", "card number", "تخفیف"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	for _, bad := range []string{"", " , ،", "!", strings.Repeat("x", 41), strings.Repeat("a1,b2,c3,", 1) + strings.Join(strings.Split("defghijklmnopqrstuvwxyz", ""), ",")} {
		if got, err := RuleWords(bad); !errors.Is(err, ErrRuleWords) {
			t.Errorf("%.30q: %q, %v", bad, got, err)
		}
	}
}

func TestRulesAreSetUp(t *testing.T) {
	b := Brand{}
	set := func(s Setting, by Role) error { return s(&b, as(by)) }
	for range 3 {
		if err := set(AddRule(InboxRule{Sees: SeesLink, Does: RuleSpam}), Manager); err != nil {
			t.Fatal(err)
		}
	}
	ids := func() (found []int64) {
		for _, r := range b.Rules.Inbox {
			found = append(found, r.ID)
		}
		return found
	}
	steps := []struct {
		name string
		s    Setting
		want []int64
		err  error
	}{
		{"the third comes second", RaiseRule(3), []int64{1, 3, 2}, nil},
		{"and first", RaiseRule(3), []int64{3, 1, 2}, nil},
		{"higher there is nothing", RaiseRule(3), []int64{3, 1, 2}, nil},
		{"one goes", DropRule(1), []int64{3, 2}, nil},
		{"it is gone", DropRule(1), []int64{3, 2}, ErrOutdated},
		{"a new one gets a new number", AddRule(InboxRule{Sees: SeesMention, Does: RuleHide}), []int64{3, 2, 4}, nil},
		{"one rests", PauseRule(2, true), []int64{3, 2, 4}, nil},
		{"words without words", AddRule(InboxRule{Sees: SeesWords, Does: RuleSpam}), []int64{3, 2, 4}, ErrRuleWords},
		{"to give to nobody", AddRule(InboxRule{Sees: SeesLink, Does: RuleAssign}), []int64{3, 2, 4}, ErrOutdated},
		{"to offer nothing", AddRule(InboxRule{Sees: SeesLink, Does: RuleSuggest}), []int64{3, 2, 4}, ErrOutdated},
		{"no deed", AddRule(InboxRule{Sees: SeesLink, Does: "praise"}), []int64{3, 2, 4}, ErrOutdated},
	}
	for _, step := range steps {
		if err := set(step.s, Owner); !errors.Is(err, step.err) || !slices.Equal(ids(), step.want) {
			t.Errorf("%s: %v, %v", step.name, ids(), err)
		}
	}
	if !b.Rules.Inbox[1].Paused {
		t.Error("it does not rest")
	}
	if err := set(DropRule(2), Responder); !errors.Is(err, ErrForbidden) {
		t.Errorf("a responder: %v", err)
	}
	for len(b.Rules.Inbox) < 20 {
		if err := set(AddRule(InboxRule{Sees: SeesLink, Does: RuleSpam}), Owner); err != nil {
			t.Fatal(err)
		}
	}
	if err := set(AddRule(InboxRule{Sees: SeesLink, Does: RuleSpam}), Owner); !errors.Is(err, ErrManyRules) {
		t.Errorf("one too many: %v", err)
	}
}
