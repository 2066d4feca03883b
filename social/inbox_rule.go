package social

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// A Sight is what a rule of the inbox looks for in a comment.
type Sight string

// What rules look for.
const (
	SeesWords   Sight = "words"   // any of the rule's words
	SeesLink    Sight = "link"    // nothing but links
	SeesMention Sight = "mention" // nothing but mentions of people
)

// A RuleDeed is what a rule of the inbox does with a comment.
type RuleDeed string

// What rules do.
const (
	RuleHide    RuleDeed = "hide"    // takes it away; on Telegram for good
	RuleSpam    RuleDeed = "spam"    // marks it as spam
	RuleAssign  RuleDeed = "assign"  // gives it to somebody
	RuleSuggest RuleDeed = "suggest" // offers a kept reply first
)

// An InboxRule is what a brand wants to be done with comments that look a certain
// way. Of a brand's rules the first that fits counts.
type InboxRule struct {
	ID      int64    `json:"id"`
	Network Platform `json:"network,omitempty"` // empty: all
	Sees    Sight    `json:"sees"`
	Words   []string `json:"words,omitempty"`
	Does    RuleDeed `json:"does"`
	Person  int64    `json:"person,omitempty"` // to whom it gives
	Saved   int64    `json:"saved,omitempty"`  // which kept reply it offers
	Paused  bool     `json:"paused,omitempty"`
}

// A Ruling is what a rule has done with a comment.
type Ruling struct {
	Rule   InboxRule
	At     time.Time
	Undone bool // by a person
	Failed bool // the network did not let it
}

// holds tells whether the ruling still has its effect.
func (r Ruling) holds(does RuleDeed) bool { return r.Rule.Does == does && !r.Undone && !r.Failed }

const (
	maxRules     = 20
	maxRuleWords = 20
	maxRuleWord  = 40 // code points
)

// The refusals about rules of the inbox.
const (
	ErrManyRules = Rule("many_rules")
	ErrRuleWords = Rule("rule_words") // none, too many or too long ones
	ErrNoUndo    = Rule("no_undo")    // what a rule did cannot be undone
)

var (
	bareLink = regexp.MustCompile(`^(?i)(https?://\S+|www\.\S+|([a-z0-9-]+\.)+[a-z]{2,}(/\S*)?)$`)
	mention  = regexp.MustCompile(`^@[A-Za-z0-9_.-]{2,}$`)
)

// Fits tells whether the rule looks for such a comment.
func (r InboxRule) Fits(c Comment) bool {
	if r.Paused || r.Network != "" && r.Network != c.Account.Platform {
		return false
	}
	switch r.Sees {
	case SeesWords:
		said := tokensOf(c.Text)
		return slices.ContainsFunc(r.Words, func(w string) bool { return says(said, w) })
	case SeesLink:
		return nothingBut(bareLink, c.Text)
	case SeesMention:
		return nothingBut(mention, c.Text)
	}
	return false
}

// nothingBut tells whether a text has parts, and all of them are of one kind.
func nothingBut(kind *regexp.Regexp, text string) bool {
	parts := strings.Fields(text)
	return len(parts) > 0 && !slices.ContainsFunc(parts, func(p string) bool {
		return !kind.MatchString(strings.Trim(p, ",.!()[]<>،؛"))
	})
}

// tokensOf are a text's words, numbers and pictures in their folded spelling.
func tokensOf(text string) []string {
	r := readComment(text, sentimentWords())
	tokens := make([]string, len(r.tokens))
	for i, t := range r.tokens {
		tokens[i] = string(r.folded[t.start:t.end])
		if t.end == t.start {
			tokens[i] = strings.ToLower(r.text[t.from:t.to])
		}
	}
	return tokens
}

// says tells whether a word or phrase stands among the tokens as a whole, whatever
// blanks and joiners are in it; with a star at its end, with any ending.
func says(said []string, phrase string) bool {
	wanted, open := strings.Join(tokensOf(phrase), ""), strings.HasSuffix(phrase, "*")
	if wanted == "" {
		return false
	}
	for at := range said {
		run := ""
		for _, t := range said[at:] {
			if run += t; len(run) >= len(wanted) {
				break
			}
		}
		if run == wanted || open && strings.HasPrefix(run, wanted) {
			return true
		}
	}
	return false
}

// RuleFor finds the first rule of the brand that fits the comment and is able to do
// what it wants.
func (b Brand) RuleFor(c Comment, able func(InboxRule) bool) (InboxRule, bool) {
	i := slices.IndexFunc(b.Rules.Inbox, func(r InboxRule) bool { return r.Fits(c) && able(r) })
	if i < 0 {
		return InboxRule{}, false
	}
	return b.Rules.Inbox[i], true
}

// Obey does what a rule wants; to is whom it gives the comment to. To take it away
// is left to the network's own call.
func (c *Comment) Obey(r InboxRule, to Person, now time.Time) Event {
	c.Ruled = Ruling{Rule: r, At: now}
	if r.Does == RuleAssign {
		c.Holder, c.State, c.ClaimedAt, c.Assigned = to, Claimed, now, true
	}
	return c.event(Member{}, CommentRuled, Facts{Code: string(r.Does), Detail: string(r.Sees), Person: r.Person})
}

// Undoable tells whether a person can still undo what a rule did.
func (c *Comment) Undoable() bool {
	r := c.Ruled
	return r.Rule.Does != "" && !r.Undone && !r.Failed && c.State != Hidden && c.State != Gone
}

// Unrule undoes what a rule did.
func (c *Comment) Unrule(by Member) (Event, error) {
	if err := by.Can(Answer); err != nil {
		return Event{}, err
	}
	switch {
	case c.State == Hidden && c.Ruled.holds(RuleHide):
		return Event{}, ErrNoUndo
	case !c.Undoable():
		return Event{}, ErrOutdated
	}
	kind := CommentUnruled
	if c.Ruled.Rule.Does == RuleAssign && c.State == Claimed && c.Assigned && c.Holder.ID == c.Ruled.Rule.Person {
		c.State, c.Holder, c.Assigned = Unanswered, Person{}, false
		kind = CommentFreed
	}
	c.Ruled.Undone = true
	return c.event(by, kind, Facts{Code: string(c.Ruled.Rule.Does)}), nil
}

// TakeAway records what came of a rule's wish to take the comment away. Where the
// network did not let it, people hear of the comment after all.
func (c *Comment) TakeAway(done bool, now time.Time) (Event, error) {
	switch {
	case !c.Ruled.holds(RuleHide) || !c.Open():
		return Event{}, ErrOutdated
	case !done:
		c.Ruled.Failed = true
		return c.event(Member{}, CommentCame, Facts{}), nil
	}
	c.State, c.Settled = Hidden, now
	return c.event(Member{}, CommentHidden, Facts{}), nil
}

// RuleWords takes typed words apart, and tells what is wrong with them.
func RuleWords(typed string) ([]string, error) {
	var words []string
	for _, w := range strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(",\n;،؛", r) }) {
		w = strings.Join(strings.Fields(w), " ")
		switch {
		case utf8.RuneCountInString(w) > maxRuleWord:
			return nil, ErrRuleWords
		case len(tokensOf(w)) > 0 && !slices.Contains(words, w):
			words = append(words, w)
		}
	}
	if len(words) == 0 || len(words) > maxRuleWords {
		return nil, ErrRuleWords
	}
	return words, nil
}

// sound tells what is wrong with a rule.
func (r InboxRule) sound() error {
	switch {
	case r.Sees != SeesWords && r.Sees != SeesLink && r.Sees != SeesMention:
		return ErrOutdated
	case r.Sees == SeesWords && (len(r.Words) == 0 || len(r.Words) > maxRuleWords):
		return ErrRuleWords
	case r.Does != RuleHide && r.Does != RuleSpam && r.Does != RuleAssign && r.Does != RuleSuggest:
		return ErrOutdated
	case r.Does == RuleAssign && r.Person == 0, r.Does == RuleSuggest && r.Saved == 0:
		return ErrOutdated
	}
	return nil
}

// AddRule puts a rule behind the brand's others.
func AddRule(r InboxRule) Setting {
	return setup(func(b *Brand) error {
		if err := r.sound(); err != nil {
			return err
		}
		if len(b.Rules.Inbox) >= maxRules {
			return ErrManyRules
		}
		b.Rules.LastRule++
		r.ID = b.Rules.LastRule
		b.Rules.Inbox = append(slices.Clone(b.Rules.Inbox), r)
		return nil
	})
}

// changeRule is a setting for one of the brand's rules.
func changeRule(id int64, change func(rules []InboxRule, i int) []InboxRule) Setting {
	return setup(func(b *Brand) error {
		i := slices.IndexFunc(b.Rules.Inbox, func(r InboxRule) bool { return r.ID == id })
		if i < 0 {
			return ErrOutdated
		}
		b.Rules.Inbox = change(slices.Clone(b.Rules.Inbox), i)
		return nil
	})
}

// RaiseRule lets a rule come before the one above it.
func RaiseRule(id int64) Setting {
	return changeRule(id, func(rules []InboxRule, i int) []InboxRule {
		if i > 0 {
			rules[i-1], rules[i] = rules[i], rules[i-1]
		}
		return rules
	})
}

// DropRule takes a rule away. What it has done stays.
func DropRule(id int64) Setting {
	return changeRule(id, func(rules []InboxRule, i int) []InboxRule { return slices.Delete(rules, i, i+1) })
}

// PauseRule stops a rule for a while, or lets it go on.
func PauseRule(id int64, paused bool) Setting {
	return changeRule(id, func(rules []InboxRule, i int) []InboxRule {
		rules[i].Paused = paused
		return rules
	})
}

// LimitRule lets a rule look at one network alone; none: at all of them.
func LimitRule(id int64, to Platform) Setting {
	return changeRule(id, func(rules []InboxRule, i int) []InboxRule {
		rules[i].Network = to
		return rules
	})
}
