package storage_test

import (
	"errors"
	"testing"

	"peyk/social"
	"peyk/storage"
	"peyk/storage/storagetest"
)

// enter makes somebody known.
func enter(t *testing.T, s *storage.Store, telegram int64, name string) social.Person {
	t.Helper()
	p, err := s.Enter(t.Context(), social.Person{TelegramID: telegram, Name: name, Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// foundBrand makes an agency of the person's with one brand.
func foundBrand(t *testing.T, s *storage.Store, owner social.Person) social.Brand {
	t.Helper()
	a, err := s.FoundAgency(t.Context(), owner.ID, "Bahar")
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.AddBrand(t.Context(), owner.ID, social.Brand{
		AgencyID: a.ID, Name: "Nobahar", Zone: "UTC", Calendar: social.Gregorian, Rules: social.DefaultRules(social.Gregorian),
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// invited opens an invitation of by's for the person, and returns it.
func invited(t *testing.T, s *storage.Store, by, person int64, brand int64, role social.Role) social.Invitation {
	t.Helper()
	token, _, err := s.Invite(t.Context(), by, brand, role)
	if err != nil {
		t.Fatal(err)
	}
	i, err := s.OpenInvitation(t.Context(), person, token)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestFoundingLinkFoundsOneAgency(t *testing.T) {
	s := storagetest.Open(t)
	p := enter(t, s, 5, "Sara")
	token, err := s.InviteFounder(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.OpenInvitation(t.Context(), p.ID, token); err != nil {
		t.Fatal(err)
	}
	if may, err := s.MayFound(t.Context(), p.ID); err != nil || !may {
		t.Fatalf("before: %v, %v", may, err)
	}
	if _, err := s.FoundAgency(t.Context(), p.ID, "Bahar"); err != nil {
		t.Fatal(err)
	}
	if may, err := s.MayFound(t.Context(), p.ID); err != nil || may {
		t.Errorf("the link founds a second agency: %v, %v", may, err)
	}
}

func TestBoundTellsWhomToWaitFor(t *testing.T) {
	s := storagetest.Open(t)
	owner, client := enter(t, s, 5, "Sara"), enter(t, s, 6, "Omid")
	b := foundBrand(t, s, owner)
	if _, _, _, err := s.Bound(t.Context(), client.ID); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("before an invitation: %v", err)
	}
	i := invited(t, s, owner.ID, client.ID, b.ID, social.Approver)
	got, place, by, err := s.Bound(t.Context(), client.ID)
	if err != nil || got.ID != i.ID || place != "Nobahar" || by != "Sara" {
		t.Errorf("%+v %q %q %v", got, place, by, err)
	}
	if _, err := s.DecideInvitation(t.Context(), owner.ID, i.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := s.Bound(t.Context(), client.ID); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("after the word: %v", err)
	}
}

func TestInvitationsTakeNoHigherPlace(t *testing.T) {
	s := storagetest.Open(t)
	owner, first, second := enter(t, s, 5, "Sara"), enter(t, s, 6, "Omid"), enter(t, s, 7, "Mina")
	b := foundBrand(t, s, owner)
	for _, p := range []social.Person{first, second} {
		i := invited(t, s, owner.ID, p.ID, b.ID, social.Manager)
		if _, err := s.DecideInvitation(t.Context(), owner.ID, i.ID, true); err != nil {
			t.Fatal(err)
		}
	}
	i := invited(t, s, first.ID, second.ID, b.ID, social.Viewer)
	if _, err := s.DecideInvitation(t.Context(), first.ID, i.ID, true); !errors.Is(err, social.ErrHigherRole) {
		t.Errorf("a manager made another a viewer: %v", err)
	}
	if m, err := s.Member(t.Context(), second.ID, b.ID); err != nil || m.Role != social.Manager {
		t.Errorf("he is %q now, %v", m.Role, err)
	}
}
