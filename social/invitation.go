package social

import "time"

// InvitationLife is how long an invitation link works.
const InvitationLife = 48 * time.Hour

// An InvitationState is where an invitation stands.
type InvitationState string

// The states of an invitation.
const (
	InviteOpen      InvitationState = "open"      // made, nobody has opened it
	InviteBound     InvitationState = "bound"     // opened by one person, waits for the manager's word
	InviteConfirmed InvitationState = "confirmed" // the person is a member
	InviteRefused   InvitationState = "refused"   // the manager said no, or took it back
)

// An Invitation makes one person a member. A founding invitation has no brand
// and makes an owner.
type Invitation struct {
	ID       int64
	AgencyID int64 // 0: founds a new agency
	BrandID  int64 // 0: a place in the whole agency
	Role     Role
	MadeBy   int64 // person; 0: the program itself
	PersonID int64 // who opened it; 0: nobody
	State    InvitationState
	Expires  time.Time
}

// The refusals about invitations. A wrong, a used and an expired link answer
// alike, so that guessing teaches nothing.
const (
	ErrBadLink      = Rule("bad_link")
	ErrManyLinks    = Rule("many_links")    // too many wrong links from one person
	ErrAlreadyIn    = Rule("already_in")    // the person already has this place
	ErrNotConfirmed = Rule("not_confirmed") // the invitation is no longer waiting for a decision
)

// Open binds the invitation to the first person who opens it.
func (i *Invitation) Open(person int64, now time.Time) error {
	if i.State != InviteOpen || !now.Before(i.Expires) || i.MadeBy == person {
		return ErrBadLink
	}
	i.State, i.PersonID = InviteBound, person
	return nil
}

// Decide confirms or refuses the person who opened the invitation.
func (i *Invitation) Decide(by Member, yes bool) error {
	if err := by.MayGrant(i.Role); err != nil {
		return err
	}
	if i.State != InviteBound {
		return ErrNotConfirmed
	}
	i.State = InviteRefused
	if yes {
		i.State = InviteConfirmed
	}
	return nil
}
