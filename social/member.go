package social

import "time"

// A Person is somebody who talks to the bot, in any agency.
type Person struct {
	ID         int64
	TelegramID int64
	Name       string
	Username   string
	Lang       string   // "fa" or "en"
	LangChosen bool     // false while the language is only guessed from the client
	Zone       string   // IANA name; empty: the brand's
	Calendar   Calendar // empty: the brand's, or the language's custom
	Reachable  bool     // false after the person has blocked the bot
}

// A Role is what somebody is in one brand.
type Role string

// The roles, from the most to the least that they may do.
const (
	Owner     Role = "owner"     // runs the agency: every brand of it
	Manager   Role = "manager"   // plans and answers for a brand
	Editor    Role = "editor"    // drafts
	Responder Role = "responder" // answers followers
	Approver  Role = "approver"  // the client who approves
	Viewer    Role = "viewer"    // the client who reads
)

// Roles lists every role in order of rank.
func Roles() []Role { return []Role{Owner, Manager, Editor, Responder, Approver, Viewer} }

// A Deed is something that needs a right.
type Deed string

// The deeds.
const (
	See     Deed = "see"     // read posts and the calendar
	Draft   Deed = "draft"   // make and edit drafts
	Plan    Deed = "plan"    // submit, move, stop, delete, answer for outcomes
	Approve Deed = "approve" // decide on a version
	Invite  Deed = "invite"  // invite, confirm and remove members
	Setup   Deed = "setup"   // brand rules and accounts
	Found   Deed = "found"   // make brands, name managers
	Answer  Deed = "answer"  // answer followers
	Vouch   Deed = "vouch"   // answer without asking, and let others' answers out
)

// rights is the whole table of who may do what.
var rights = map[Role]map[Deed]bool{
	Owner:     {See: true, Draft: true, Plan: true, Approve: true, Invite: true, Setup: true, Found: true, Answer: true, Vouch: true},
	Manager:   {See: true, Draft: true, Plan: true, Approve: true, Invite: true, Setup: true, Answer: true, Vouch: true},
	Editor:    {See: true, Draft: true},
	Responder: {See: true, Answer: true},
	Approver:  {See: true, Approve: true},
	Viewer:    {See: true},
}

// May tells whether the role includes the deed.
func (r Role) May(d Deed) bool { return rights[r][d] }

// Valid tells whether r is one of the roles.
func (r Role) Valid() bool { return rights[r] != nil }

// A Member is a person's place in one brand, or with BrandID 0 in a whole agency.
type Member struct {
	Person   Person
	AgencyID int64
	BrandID  int64
	Role     Role
	Alone    *bool // whether his answers go out without a manager's word; nil: as the brand's rules say
	Joined   time.Time
}

// AnswersAlone tells whether the member's answers go out without a manager's word.
func (m Member) AnswersAlone(b Brand) bool {
	switch {
	case m.Role.May(Vouch):
		return true
	case m.Alone != nil:
		return *m.Alone
	}
	return !b.Rules.AskFirst
}

// Can returns nil when the member's role includes the deed. Somebody with no
// role at all is told "not found", so that nothing is learnt by trying.
func (m Member) Can(d Deed) error {
	switch {
	case !m.Role.Valid():
		return ErrNotFound
	case !m.Role.May(d):
		return ErrForbidden
	}
	return nil
}

// The refusals about members.
const (
	ErrLastOwner  = Rule("last_owner")  // an agency keeps at least one owner
	ErrHigherRole = Rule("higher_role") // nobody gives or takes a role above his own
)

// MayGrant tells whether m may give or take the role: managers handle the roles
// below their own, owners every role.
func (m Member) MayGrant(r Role) error {
	if err := m.Can(Invite); err != nil {
		return err
	}
	if m.Role != Owner && (r == Owner || r == Manager) {
		return ErrHigherRole
	}
	return nil
}
