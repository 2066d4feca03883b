package social

import (
	"testing"
	"time"
)

func TestShare(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	b := Brand{ID: 3, AgencyID: 2, Zone: "UTC", Rules: DefaultRules(Gregorian)}
	over := b.Before(b.Week(now), 1)
	clients := Clients([]Member{
		{Role: Approver, Person: Person{ID: 1, Reachable: true}}, {Role: Approver, Person: Person{ID: 2}},
		{Role: Viewer, Person: Person{ID: 3, Reachable: true}}, {Role: Manager, Person: Person{ID: 4, Reachable: true}},
	})
	if len(clients) != 1 || clients[0].Person.ID != 1 {
		t.Fatalf("the clients are %+v", clients)
	}
	for _, c := range []struct {
		name    string
		d       Digest
		clients []Member
		want    error
	}{
		{"a manager", Digest{Week: over, Me: Member{Role: Manager}}, clients, nil},
		{"an editor", Digest{Week: over, Me: Member{Role: Editor}}, clients, ErrForbidden},
		{"a client", Digest{Week: over, Me: Member{Role: Approver}}, clients, ErrForbidden},
		{"a week that is not over", Digest{Week: b.Week(now), Me: Member{Role: Manager}}, clients, ErrOutdated},
		{"a second time", Digest{Week: over, Me: Member{Role: Manager}, Sent: now}, clients, ErrSharedYet},
		{"to nobody", Digest{Week: over, Me: Member{Role: Owner}}, nil, ErrNoClients},
	} {
		c.d.Brand = b
		e, err := c.d.Share(c.clients, now)
		if err != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
		if err == nil && (e.Kind != DigestShared || e.Facts.Week != "2026-11-23" || e.BrandID != 3 || e.AgencyID != 2) {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
}
