package social

import "time"

// The refusals about sending a week to the clients.
const (
	ErrNoClients = Rule("no_clients")
	ErrSharedYet = Rule("shared_yet")
)

// Clients are those members who approve for the client and can be reached.
func Clients(members []Member) []Member {
	var clients []Member
	for _, m := range members {
		if m.Role == Approver && m.Person.Reachable {
			clients = append(clients, m)
		}
	}
	return clients
}

// Share sends the digest of a week that is over to the brand's clients, once.
func (d Digest) Share(clients []Member, now time.Time) (Event, error) {
	switch err := d.Me.Can(Setup); {
	case err != nil:
		return Event{}, err
	case d.Week.To.After(now):
		return Event{}, ErrOutdated
	case !d.Sent.IsZero():
		return Event{}, ErrSharedYet
	case len(clients) == 0:
		return Event{}, ErrNoClients
	}
	return Event{
		Kind: DigestShared, AgencyID: d.Brand.AgencyID, BrandID: d.Brand.ID, Actor: d.Me.Person.ID,
		Facts: Facts{Week: d.Week.Day()},
	}, nil
}
