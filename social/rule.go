// Package social holds the nouns of Peyk (agency, brand, member, account, post,
// version, approval, delivery, event) and the rules that decide what may happen
// to them. It does no I/O, imports only the standard library, and takes the time
// as an argument.
package social

// A Rule is a refusal that people may read: its value is the locale key
// "rule.<value>". Everything that is not a Rule is a fault of the program.
type Rule string

// Error returns the bare name of the rule.
func (r Rule) Error() string { return string(r) }

// The refusals that concern no single noun.
const (
	ErrNotFound  = Rule("not_found")  // it does not exist, or is not yours to see
	ErrForbidden = Rule("forbidden")  // your role in this brand does not include it
	ErrOutdated  = Rule("outdated")   // the button belongs to an earlier version or state
	ErrTooLong   = Rule("too_long")   // the text is longer than Telegram or the field takes
	ErrEmpty     = Rule("empty_text") // a text was needed and none came
)
