package social

import "slices"

// FormerName stands in the place of the name of whoever had his data deleted. It is
// no character that anybody can be called; readers see words for it.
const FormerName = "\uFDD0"

// The refusals of a departure.
const (
	ErrGoingOut = Rule("going_out") // an agency cannot end while something of it goes out
	ErrDeparted = Rule("departed")  // whoever the button belongs to is gone
)

// A Departure is somebody about to have deleted what is kept about him.
type Departure struct {
	Person Person
	Leaves []Leaving // by agency
}

// A Leaving is what his departure means to one agency.
type Leaving struct {
	Agency Agency
	Places []Member // his own
	Others []Member // everybody else's places
}

// Owner tells whether he owns the agency.
func (l Leaving) Owner() bool {
	return slices.ContainsFunc(l.Places, func(m Member) bool { return m.Role == Owner })
}

// Ends tells whether the agency ends with him: nobody else is there.
func (l Leaving) Ends() bool { return l.Owner() && len(l.Others) == 0 }

// Stranded tells whether he would leave people behind without an owner.
func (l Leaving) Stranded() bool {
	return l.Owner() && !l.Ends() && !slices.ContainsFunc(l.Others, func(m Member) bool { return m.Role == Owner })
}

// Heirs are those who may be named owners in his place, each once, those who plan
// first. Whoever our messages do not reach is no help to the others.
func (l Leaving) Heirs() []Member {
	var heirs []Member
	for _, role := range Roles() {
		for _, m := range l.Others {
			known := slices.ContainsFunc(heirs, func(h Member) bool { return h.Person.ID == m.Person.ID })
			if m.Role == role && m.Person.Reachable && !known {
				heirs = append(heirs, m)
			}
		}
	}
	return heirs
}

// Heir is who gets the open work of a brand: a manager of it, or an owner; whom our
// messages reach before others. With a brand of 0 it is the agency's own work.
func (l Leaving) Heir(brand int64) (Member, bool) {
	for _, reachable := range []bool{true, false} {
		for _, role := range []Role{Manager, Owner} {
			i := slices.IndexFunc(l.Others, func(m Member) bool {
				return m.Role == role && (m.BrandID == 0 || m.BrandID == brand) && m.Person.Reachable == reachable
			})
			if i >= 0 {
				return l.Others[i], true
			}
		}
	}
	return Member{}, false
}

// Allowed tells whether he may go as things are.
func (d Departure) Allowed() error {
	if slices.ContainsFunc(d.Leaves, Leaving.Stranded) {
		return ErrLastOwner
	}
	return nil
}

// Events are what the agencies hear that go on without him. The name is in them
// until they are told.
func (d Departure) Events() []Event {
	var events []Event
	for _, l := range d.Leaves {
		if !l.Ends() {
			events = append(events, Event{
				Kind: PersonGone, AgencyID: l.Agency.ID, Actor: d.Person.ID,
				Facts: Facts{Person: d.Person.ID, Name: d.Person.Name, Role: l.Places[0].Role},
			})
		}
	}
	return events
}
