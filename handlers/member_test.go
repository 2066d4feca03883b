package handlers

import (
	"slices"
	"strings"
	"testing"

	"peyk/social"
)

func TestRolesThatAreOffered(t *testing.T) {
	say := speaking(t).say(social.Person{Lang: "en"})
	b := someBrand()
	offered := func(r social.Role) []string {
		return labels(inviteCard(say, b, social.Member{AgencyID: 1, BrandID: b.ID, Role: r}, ""))
	}
	for _, c := range []struct {
		by, role social.Role
		want     bool
	}{
		{social.Owner, social.Owner, true}, {social.Owner, social.Manager, true}, {social.Manager, social.Manager, false},
		{social.Manager, social.Owner, false}, {social.Manager, social.Approver, true}, {social.Editor, social.Viewer, false},
	} {
		if got := slices.Contains(offered(c.by), say.Label("button.as_"+string(c.role))); got != c.want {
			t.Errorf("%s is offered to invite %s: %v", c.by, c.role, got)
		}
	}
}

func TestRemovable(t *testing.T) {
	manager := social.Member{Person: social.Person{ID: 1}, Role: social.Manager}
	for _, c := range []struct {
		who  social.Member
		want bool
	}{
		{social.Member{Person: social.Person{ID: 2}, Role: social.Approver}, true},
		{social.Member{Person: social.Person{ID: 2}, Role: social.Manager}, false},
		{social.Member{Person: social.Person{ID: 2}, Role: social.Owner}, false},
		{manager, false},
	} {
		if got := removable(manager, c.who); got != c.want {
			t.Errorf("removing %s %d: %v", c.who.Role, c.who.Person.ID, got)
		}
	}
}

func TestPeopleShowWhoCannotBeReached(t *testing.T) {
	say := speaking(t).say(social.Person{Lang: "en"})
	lost := social.Member{Person: social.Person{ID: 2, Name: "Omid"}, Role: social.Approver}
	if line := personLine(say, lost); !strings.Contains(line, "📵") {
		t.Errorf("no mark on %s", line)
	}
}

func TestNamesCannotBreakTheMessage(t *testing.T) {
	say := speaking(t).say(social.Person{Lang: "en"})
	card := invitationCard(say, "<b>Evil</b>\u202e", social.Approver, "A & B", 3)
	if strings.Contains(card.HTML, "<b>Evil") || !strings.Contains(card.HTML, "A &amp; B") || strings.Contains(card.HTML, "\u202e") {
		t.Errorf("not escaped: %q", card.HTML)
	}
}
