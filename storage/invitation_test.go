package storage_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"peyk/social"
	"peyk/storage"
)

// enter makes somebody known.
func enter(t testing.TB, s *storage.Store, telegram int64, name string) social.Person {
	t.Helper()
	p, err := s.Enter(t.Context(), social.Person{TelegramID: telegram, Name: name, Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// foundBrand makes an agency of the person's with one brand.
func foundBrand(t testing.TB, s *storage.Store, owner social.Person) social.Brand {
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
	t.Parallel()
	s := newStore(t)
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
	t.Parallel()
	s := newStore(t)
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
	t.Parallel()
	s := newStore(t)
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

// waiting is a store whose clock the test moves, with an owner and his brand.
func waiting(t *testing.T) (s *storage.Store, now *time.Time, owner social.Person, b social.Brand) {
	t.Helper()
	s = newStore(t)
	at := dusk
	s.Now = func() time.Time { return at }
	owner = enter(t, s, 5, "Sara")
	return s, &at, owner, foundBrand(t, s, owner)
}

func TestGuessingLinksIsSlow(t *testing.T) {
	t.Parallel()
	s, now, owner, b := waiting(t)
	guesser, honest := enter(t, s, 6, "Guesser"), enter(t, s, 7, "Honest")
	token, _, err := s.Invite(t.Context(), owner.ID, b.ID, social.Viewer)
	check(t, err)
	for n := range 5 {
		if _, err := s.OpenInvitation(t.Context(), guesser.ID, fmt.Sprint("guess", n)); !errors.Is(err, social.ErrBadLink) {
			t.Errorf("guess %d: %v", n, err)
		}
	}
	for _, try := range []string{"guess", token} {
		if _, err := s.OpenInvitation(t.Context(), guesser.ID, try); !errors.Is(err, social.ErrManyLinks) {
			t.Errorf("after five guesses %q: %v", try, err)
		}
	}
	if _, err := s.OpenInvitation(t.Context(), honest.ID, token); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	*now = now.Add(time.Hour + time.Second)
	if _, err := s.OpenInvitation(t.Context(), guesser.ID, "guess"); !errors.Is(err, social.ErrBadLink) {
		t.Errorf("an hour later: %v", err)
	}
}

// TestBadLinksAnswerAlike: a wrong, a used and an expired link, and one's own,
// teach nothing.
func TestBadLinksAnswerAlike(t *testing.T) {
	t.Parallel()
	s, now, owner, b := waiting(t)
	first, second := enter(t, s, 6, "First"), enter(t, s, 7, "Second")
	used, _, err := s.Invite(t.Context(), owner.ID, b.ID, social.Viewer)
	check(t, err)
	old, _, err := s.Invite(t.Context(), owner.ID, b.ID, social.Viewer)
	check(t, err)
	if len(used) < 22 || used == old {
		t.Errorf("the tokens are %q and %q", used, old)
	}
	_, err = s.OpenInvitation(t.Context(), first.ID, used)
	check(t, err)
	*now = now.Add(social.InvitationLife)
	for what, token := range map[string]string{"used": used, "expired": old, "wrong": "AAAAAAAAAAAAAAAAAAAAAA", "empty": ""} {
		if _, err := s.OpenInvitation(t.Context(), second.ID, token); !errors.Is(err, social.ErrBadLink) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := s.OpenInvitation(t.Context(), first.ID, used); !errors.Is(err, social.ErrBadLink) {
		t.Errorf("used, by the same person: %v", err)
	}
	if _, err := s.Member(t.Context(), second.ID, b.ID); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("the second is a member: %v", err)
	}
}

func TestInvitationsLastToTheSecond(t *testing.T) {
	t.Parallel()
	s, now, owner, b := waiting(t)
	guest := enter(t, s, 6, "Guest")
	token, _, err := s.Invite(t.Context(), owner.ID, b.ID, social.Viewer)
	check(t, err)
	*now = now.Add(social.InvitationLife - time.Second)
	if _, err := s.OpenInvitation(t.Context(), guest.ID, token); err != nil {
		t.Errorf("a second before its end: %v", err)
	}
}

// TestOneLinkBindsOnePerson lets more people open it at once than the store has
// connections: several have begun before the first of them can end.
func TestOneLinkBindsOnePerson(t *testing.T) {
	t.Parallel()
	l := newBare(t)
	s := l.store
	owner := enter(t, s, 5, "Sara")
	b := foundBrand(t, s, owner)
	token, made, err := s.Invite(t.Context(), owner.ID, b.ID, social.Viewer)
	check(t, err)
	const crowd = 24
	people := make([]social.Person, crowd)
	for i := range people {
		people[i] = enter(t, s, int64(100+i), "Somebody")
	}
	start := held(t, l.admin, made.ID)
	var opens sync.WaitGroup
	results := make([]error, crowd)
	for i := range people {
		opens.Go(func() { _, results[i] = s.OpenInvitation(t.Context(), people[i].ID, token) })
	}
	start()
	opens.Wait()
	bound := []int64{}
	for i, err := range results {
		switch {
		case err == nil:
			bound = append(bound, people[i].ID)
		case !errors.Is(err, social.ErrBadLink):
			t.Errorf("%v", err)
		}
	}
	if len(bound) != 1 {
		t.Fatalf("%d people have it", len(bound))
	}
	i, err := s.DecideInvitation(t.Context(), owner.ID, made.ID, true)
	if err != nil || i.PersonID != bound[0] {
		t.Errorf("%d is confirmed instead of %d, %v", i.PersonID, bound[0], err)
	}
	if _, err := s.DecideInvitation(t.Context(), owner.ID, made.ID, false); !errors.Is(err, social.ErrNotConfirmed) {
		t.Errorf("a second word: %v", err)
	}
}

// held holds an invitation until several wait for it, and start is called.
func held(t *testing.T, db *sqlx.DB, invitation int64) (start func()) {
	t.Helper()
	tx, err := db.BeginTxx(t.Context(), nil)
	check(t, err)
	_, err = tx.ExecContext(t.Context(), `SELECT FROM invitations WHERE id = $1 FOR UPDATE`, invitation)
	check(t, err)
	return func() {
		t.Helper()
		for begin, waiting := time.Now(), 0; waiting < 5; time.Sleep(5 * time.Millisecond) {
			check(t, db.GetContext(t.Context(), &waiting, `
				SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`))
			if time.Since(begin) > 4*time.Second {
				t.Fatalf("only %d wait for it", waiting)
			}
		}
		check(t, tx.Rollback())
	}
}

// TestRolesComeFromAbove: nobody invites into a role above his own, and losing a
// place takes the right to confirm with it.
func TestRolesComeFromAbove(t *testing.T) {
	t.Parallel()
	s, _, owner, b := waiting(t)
	manager, guest := enter(t, s, 6, "Manager"), enter(t, s, 7, "Guest")
	i := invited(t, s, owner.ID, manager.ID, b.ID, social.Manager)
	_, err := s.DecideInvitation(t.Context(), owner.ID, i.ID, true)
	check(t, err)
	for _, role := range []social.Role{social.Owner, social.Manager} {
		if _, _, err := s.Invite(t.Context(), manager.ID, b.ID, role); !errors.Is(err, social.ErrHigherRole) {
			t.Errorf("a manager invites a %s: %v", role, err)
		}
	}
	bound := invited(t, s, manager.ID, guest.ID, b.ID, social.Viewer)
	check(t, s.RemoveMember(t.Context(), owner.ID, b.ID, manager.ID))
	if _, err := s.DecideInvitation(t.Context(), manager.ID, bound.ID, true); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("a removed manager confirms: %v", err)
	}
	if _, err := s.DecideInvitation(t.Context(), guest.ID, bound.ID, true); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("the guest confirms himself: %v", err)
	}
	owners := invited(t, s, owner.ID, guest.ID, b.ID, social.Owner)
	if owners.BrandID != 0 || owners.AgencyID != b.AgencyID {
		t.Errorf("an owner is invited to %+v", owners)
	}
	_, err = s.DecideInvitation(t.Context(), owner.ID, owners.ID, true)
	check(t, err)
	if m, err := s.Member(t.Context(), guest.ID, b.ID); err != nil || m.Role != social.Owner {
		t.Errorf("%+v, %v", m, err)
	}
}
