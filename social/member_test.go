package social

import (
	"errors"
	"testing"
	"time"
)

// The whole table, written a second time by hand: a change of either must be meant.
func TestRights(t *testing.T) {
	want := map[Role]string{
		Owner: "see draft plan approve invite setup found", Manager: "see draft plan approve invite setup",
		Editor: "see draft", Responder: "see", Approver: "see approve", Viewer: "see", "": "",
	}
	deeds := []Deed{See, Draft, Plan, Approve, Invite, Setup, Found}
	for role, list := range want {
		got := ""
		for _, d := range deeds {
			if role.May(d) {
				got += string(d) + " "
			}
		}
		if got != list && got != list+" " {
			t.Errorf("%q may %q, want %q", role, got, list)
		}
	}
}

func TestMayGrant(t *testing.T) {
	tests := []struct {
		by, role Role
		want     error
	}{
		{Owner, Owner, nil}, {Owner, Manager, nil}, {Manager, Approver, nil}, {Manager, Editor, nil},
		{Manager, Manager, ErrHigherRole}, {Manager, Owner, ErrHigherRole}, {Editor, Viewer, ErrForbidden}, {"", Viewer, ErrNotFound},
	}
	for _, test := range tests {
		if err := as(test.by).MayGrant(test.role); test.by != "" && !errors.Is(err, test.want) {
			t.Errorf("%s grants %s: %v", test.by, test.role, err)
		}
	}
}

// U15: a link works once, for 48 hours, for somebody else, and all failures look alike.
func TestInvitation(t *testing.T) {
	open := Invitation{Role: Approver, MadeBy: 2, State: InviteOpen, Expires: noon}
	tests := []struct {
		name   string
		change func(*Invitation)
		person int64
		now    time.Time
		want   error
	}{
		{"in time", func(*Invitation) {}, 5, noon.Add(-time.Second), nil},
		{"expired", func(*Invitation) {}, 5, noon, ErrBadLink},
		{"used", func(i *Invitation) { i.State = InviteBound }, 5, noon.Add(-time.Hour), ErrBadLink},
		{"by its maker", func(*Invitation) {}, 2, noon.Add(-time.Hour), ErrBadLink},
	}
	for _, test := range tests {
		i := open
		test.change(&i)
		if err := i.Open(test.person, test.now); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	i := open
	if err := i.Decide(as(Manager), true); !errors.Is(err, ErrNotConfirmed) {
		t.Errorf("confirmed before anybody opened it: %v", err)
	}
	i.State = InviteBound
	if err := i.Decide(as(Editor), true); !errors.Is(err, ErrForbidden) {
		t.Errorf("confirmed by an editor: %v", err)
	}
	if err := i.Decide(as(Manager), true); err != nil || i.State != InviteConfirmed {
		t.Errorf("%s, %v", i.State, err)
	}
}

func TestListeners(t *testing.T) {
	post := draft()
	affair := func(kind Kind, actor Role) Affair {
		return Affair{
			Event:   Event{Kind: kind, Actor: as(actor).Person.ID, PostID: 1},
			Post:    post,
			Members: []Member{as(Owner), as(Manager), as(Editor), as(Approver), second(Approver), as(Viewer)},
		}
	}
	names := func(a Affair) string {
		s := ""
		for _, p := range a.Listeners() {
			s += p.Name + " "
		}
		return s
	}
	if got := names(affair(PostApproved, Approver)); got != "manager " {
		t.Errorf("an approval is told to %q", got)
	}
	if got := names(affair(PostMoved, Manager)); got != "approver approver " {
		t.Errorf("a move by the author is told to %q", got)
	}
	post.Author = as(Editor).Person.ID
	if got := names(affair(PostFinished, Viewer)); got != "editor manager " {
		t.Errorf("the end of an editor's post is told to %q", got)
	}
	post.Author = 77 // gone
	if got := names(affair(PostFinished, Viewer)); got != "manager " {
		t.Errorf("the end of a post without author is told to %q", got)
	}
	lost := affair(AccountLost, Viewer)
	lost.Members[1].Person.Reachable = false
	if got := names(lost); got != "owner " {
		t.Errorf("with a manager who cannot be reached it is told to %q", got)
	}
}
