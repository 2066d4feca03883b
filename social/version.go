package social

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"
)

// Content is what a draft holds: one text and its media, the accounts it is for,
// and a text of its own where an account has one.
type Content struct {
	Text     Text     `json:"text"`
	Media    []Media  `json:"media,omitempty"`
	Targets  []Target `json:"targets,omitempty"`
	Credited string   `json:"credited,omitempty"` // whose post was forwarded; content, never identity
}

// A Target is one account of a draft.
type Target struct {
	Account      int64  `json:"account"`
	Text         *Text  `json:"text,omitempty"` // nil: the draft's text
	FirstComment string `json:"first_comment,omitempty"`
}

// A Variant is what goes out on one account.
type Variant struct {
	Account      int64   `json:"account"`
	Text         Text    `json:"text"`
	Media        []Media `json:"media,omitempty"`
	FirstComment string  `json:"first_comment,omitempty"`
}

// Variants resolves the content into one variant an account, ordered by account.
func (c Content) Variants() []Variant {
	variants := make([]Variant, 0, len(c.Targets))
	for _, t := range c.Targets {
		v := Variant{Account: t.Account, Text: c.Text, Media: c.Media, FirstComment: t.FirstComment}
		if t.Text != nil {
			v.Text = *t.Text
		}
		variants = append(variants, v)
	}
	slices.SortFunc(variants, func(a, b Variant) int { return int(a.Account - b.Account) })
	return variants
}

// Variant returns the variant of one account.
func (c Content) Variant(account int64) (Variant, bool) {
	for _, v := range c.Variants() {
		if v.Account == account {
			return v, true
		}
	}
	return Variant{}, false
}

// Has tells whether the content is meant for the account.
func (c Content) Has(account int64) bool {
	return slices.ContainsFunc(c.Targets, func(t Target) bool { return t.Account == account })
}

// Toggle adds the account, or takes it out with its own text.
func (c *Content) Toggle(account int64) {
	if c.Has(account) {
		c.Targets = slices.DeleteFunc(slices.Clone(c.Targets), func(t Target) bool { return t.Account == account })
		return
	}
	c.Targets = append(slices.Clone(c.Targets), Target{Account: account})
}

// SetText gives one account a text of its own; nil gives it back the draft's.
func (c *Content) SetText(account int64, text *Text) {
	c.Targets = slices.Clone(c.Targets)
	for i := range c.Targets {
		if c.Targets[i].Account == account {
			c.Targets[i].Text = text
		}
	}
}

// Hash is the hex SHA-256 of everything that an approval covers: every account's
// text with its formatting, the media by their content with what describes them, and the first comment.
// The time is not in it (it has a rule of its own), and neither are the names
// that Telegram gives a file, which change without the file changing.
func (c Content) Hash() string {
	variants := c.Variants()
	for i := range variants {
		variants[i].Media = slices.Clone(variants[i].Media)
		for j, m := range variants[i].Media {
			variants[i].Media[j] = Media{Kind: m.Kind, Hash: m.Hash, Alt: m.Alt}
		}
	}
	body, err := json.Marshal(variants)
	if err != nil {
		return "" // strings and numbers always marshal; an empty hash equals no approval
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// A Version is content that was sent for approval; it never changes.
type Version struct {
	Post    int64
	N       int // from 1
	Content Content
	Hash    string
	Author  int64 // person
	At      time.Time
}

// A Change is one difference between two versions.
type Change struct {
	Code     string // locale key "change.<code>"
	Account  int64  // 0: for all accounts
	N        int    // the file's place, from 1; 0: not about one file
	Was, Now string
}

// Changes lists what a reader of the earlier content has to look at again.
func (c Content) Changes(was Content) []Change {
	var changes []Change
	if !c.Text.Equal(was.Text) {
		changes = append(changes, rewritten(Change{Code: "text", Was: was.Text.Plain, Now: c.Text.Plain}, "text_format"))
	}
	if !slices.EqualFunc(c.Media, was.Media, func(a, b Media) bool { return a.Kind == b.Kind && a.Hash == b.Hash }) {
		changes = append(changes, Change{Code: "media"})
	} else {
		changes = append(changes, redescribed(c.Media, was.Media)...)
	}
	for _, v := range c.Variants() {
		old, had := was.Variant(v.Account)
		switch {
		case !had:
			changes = append(changes, Change{Code: "account_added", Account: v.Account})
		case !v.Text.Equal(old.Text) && !(v.Text.Equal(c.Text) && old.Text.Equal(was.Text)):
			changes = append(changes, rewritten(Change{Code: "variant", Account: v.Account, Was: old.Text.Plain, Now: v.Text.Plain}, "variant_format"))
		}
		if had && v.FirstComment != old.FirstComment {
			changes = append(changes, Change{Code: "first_comment", Account: v.Account, Was: old.FirstComment, Now: v.FirstComment})
		}
	}
	for _, old := range was.Variants() {
		if !c.Has(old.Account) {
			changes = append(changes, Change{Code: "account_removed", Account: old.Account})
		}
	}
	return changes
}

// redescribed are the changes of what is said about the same files.
func redescribed(now, was []Media) []Change {
	var changes []Change
	for i, m := range now {
		change := Change{Code: "alt", N: i + 1, Was: was[i].Alt, Now: m.Alt}
		switch {
		case change.Was == change.Now:
			continue
		case change.Was == "":
			change.Code = "alt_added"
		case change.Now == "":
			change.Code = "alt_removed"
		}
		changes = append(changes, change)
	}
	return changes
}

// rewritten is the change of a text; where the words are the same it has another code:
// nothing but the formatting differs.
func rewritten(c Change, format string) Change {
	if c.Was == c.Now {
		return Change{Code: format, Account: c.Account}
	}
	return c
}
