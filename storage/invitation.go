package storage

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"peyk/social"
)

// maxGuesses is how many wrong links a person may try in an hour.
const maxGuesses = 5

// invitation is a row of invitations.
type invitation struct {
	ID       int64     `db:"id"`
	AgencyID int64     `db:"agency_id"`
	BrandID  int64     `db:"brand_id"`
	Role     string    `db:"role"`
	MadeBy   int64     `db:"made_by"`
	PersonID int64     `db:"person_id"`
	State    string    `db:"state"`
	Expires  time.Time `db:"expires_at"`
}

func (r invitation) domain() social.Invitation {
	return social.Invitation{
		ID: r.ID, AgencyID: r.AgencyID, BrandID: r.BrandID, Role: social.Role(r.Role), MadeBy: r.MadeBy,
		PersonID: r.PersonID, State: social.InvitationState(r.State), Expires: r.Expires,
	}
}

const invitationColumns = `
	id, coalesce(agency_id, 0) AS agency_id, coalesce(brand_id, 0) AS brand_id, role,
	coalesce(made_by, 0) AS made_by, coalesce(person_id, 0) AS person_id, state, expires_at`

// newToken returns 128 random bits for a link, and the hash that is kept of them.
func newToken() (token string, hash []byte) {
	var raw [16]byte
	rand.Read(raw[:])
	token = base64.RawURLEncoding.EncodeToString(raw[:])
	return token, hashToken(token)
}

func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Invite makes an invitation to a brand and returns the token of its link, which
// is kept nowhere.
func (s *Store) Invite(ctx context.Context, by, brand int64, role social.Role) (token string, i social.Invitation, err error) {
	token, hash := newToken()
	err = s.As(ctx, by, func(tx *Tx) error {
		me, err := tx.member(ctx, by, brand)
		if err != nil {
			return err
		}
		if err := me.MayGrant(role); err != nil {
			return err
		}
		i = social.Invitation{AgencyID: me.AgencyID, BrandID: brand, Role: role, MadeBy: by, State: social.InviteOpen}
		if role == social.Owner {
			i.BrandID = 0
		}
		i.Expires = tx.now.Add(social.InvitationLife)
		if err := tx.insertInvitation(ctx, &i, hash); err != nil {
			return err
		}
		err = tx.addEvent(ctx, social.Event{
			Kind: social.InvitationMade, AgencyID: me.AgencyID, BrandID: brand, Actor: by,
			Facts: social.Facts{Invite: i.ID, Role: role},
		})
		return err
	})
	return token, i, err
}

// InviteFounder makes a link with which one person may found an agency, for the
// operator. Earlier founding links stop working, but for those of processes that
// start at the same time.
func (s *Store) InviteFounder(ctx context.Context) (token string, err error) {
	token, hash := newToken()
	err = s.Across(ctx, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			DELETE FROM invitations WHERE agency_id IS NULL AND state = 'open' AND created_at < $1`, tx.now.Add(-time.Minute))
		if err != nil {
			return err
		}
		i := social.Invitation{Role: social.Owner, Expires: tx.now.Add(social.InvitationLife)}
		return tx.insertInvitation(ctx, &i, hash)
	})
	return token, err
}

func (tx *Tx) insertInvitation(ctx context.Context, i *social.Invitation, hash []byte) error {
	err := tx.GetContext(ctx, &i.ID, `
		INSERT INTO invitations (agency_id, brand_id, role, hash, made_by, expires_at, created_at)
		VALUES (nullif($1, 0), nullif($2, 0), $3, $4, nullif($5, 0), $6, $7) RETURNING id`,
		i.AgencyID, i.BrandID, i.Role, hash, i.MadeBy, i.Expires, tx.now)
	if err != nil {
		return fmt.Errorf("making an invitation: %w", err)
	}
	return nil
}

// OpenInvitation binds the invitation behind the token to the person. Wrong, used
// and expired tokens are all social.ErrBadLink; too many of them from one person
// in an hour are social.ErrManyLinks, whatever the token.
func (s *Store) OpenInvitation(ctx context.Context, person int64, token string) (social.Invitation, error) {
	var i social.Invitation
	var refusal error
	err := s.Across(ctx, func(tx *Tx) error {
		refusal = nil
		var guesses int
		err := tx.GetContext(ctx, &guesses, `
			SELECT count(*) FROM guesses WHERE person_id = $1 AND at > $2`, person, tx.now.Add(-time.Hour))
		if err != nil {
			return err
		}
		if guesses >= maxGuesses {
			refusal = social.ErrManyLinks
			return nil
		}
		i, err = tx.bind(ctx, person, token)
		if errors.Is(err, social.ErrBadLink) {
			refusal = err
			return tx.guessed(ctx, person)
		}
		return err
	})
	return i, errors.Join(err, refusal)
}

func (tx *Tx) guessed(ctx context.Context, person int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO guesses (person_id, at) VALUES ($1, $2)`, person, tx.now)
	return err
}

// PruneGuesses deletes wrong links that were tried before the given time.
func (s *Store) PruneGuesses(ctx context.Context, before time.Time) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM guesses WHERE at < $1`, before)
		return err
	})
}

func (tx *Tx) bind(ctx context.Context, person int64, token string) (social.Invitation, error) {
	var row invitation
	err := tx.GetContext(ctx, &row, `
		SELECT `+invitationColumns+` FROM invitations WHERE hash = $1 FOR UPDATE`, hashToken(token))
	if errors.Is(err, sql.ErrNoRows) {
		return social.Invitation{}, social.ErrBadLink
	}
	if err != nil {
		return social.Invitation{}, err
	}
	i := row.domain()
	if err := i.Open(person, tx.now); err != nil {
		return i, err
	}
	if void, err := tx.voidFounding(ctx, i); err != nil || void {
		return i, errors.Join(err, social.ErrBadLink)
	}
	if i.AgencyID == 0 {
		i.State = social.InviteConfirmed // the operator gave the link himself
	}
	if err := tx.saveInvitation(ctx, i); err != nil || i.AgencyID == 0 {
		return i, err
	}
	name, err := tx.personName(ctx, person)
	if err != nil {
		return i, err
	}
	err = tx.addEvent(ctx, social.Event{
		Kind: social.InvitationOpened, AgencyID: i.AgencyID, BrandID: i.BrandID, Actor: person,
		Facts: social.Facts{Invite: i.ID, Person: i.MadeBy, Role: i.Role, Name: name},
	})
	return i, err
}

// voidFounding tells whether it is a founding link that is of no use any more: it
// founds the first agency and no other.
func (tx *Tx) voidFounding(ctx context.Context, i social.Invitation) (void bool, err error) {
	if i.AgencyID != 0 {
		return false, nil
	}
	err = tx.GetContext(ctx, &void, `SELECT EXISTS (SELECT FROM agencies)`)
	return void, err
}

// fullName is how p is called by others.
const fullName = `p.name || CASE WHEN p.username = '' THEN '' ELSE ' (@' || p.username || ')' END`

func (tx *Tx) personName(ctx context.Context, id int64) (name string, err error) {
	err = tx.GetContext(ctx, &name, `SELECT `+fullName+` FROM people p WHERE p.id = $1`, id)
	return name, err
}

func (tx *Tx) saveInvitation(ctx context.Context, i social.Invitation) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE invitations SET state = $2, person_id = nullif($3, 0) WHERE id = $1`, i.ID, i.State, i.PersonID)
	return err
}

// DecideInvitation makes the person who opened an invitation a member, or not.
func (s *Store) DecideInvitation(ctx context.Context, by, id int64, yes bool) (social.Invitation, error) {
	var i social.Invitation
	err := s.As(ctx, by, func(tx *Tx) error {
		var row invitation
		err := tx.GetContext(ctx, &row, `
			SELECT `+invitationColumns+` FROM invitations WHERE id = $1 FOR UPDATE`, id)
		if errors.Is(err, sql.ErrNoRows) {
			return social.ErrNotFound
		}
		if err != nil {
			return err
		}
		i = row.domain()
		me, err := tx.inviter(ctx, by, i)
		if err != nil {
			return err
		}
		if err := i.Decide(me, yes); err != nil {
			return err
		}
		if err := tx.keepHigher(ctx, me, i); err != nil {
			return err
		}
		return tx.decide(ctx, by, i)
	})
	return i, err
}

// keepHigher sees that nobody loses a place by an invitation which the one who
// confirms it could not take from him.
func (tx *Tx) keepHigher(ctx context.Context, me social.Member, i social.Invitation) error {
	if i.State != social.InviteConfirmed || i.BrandID == 0 {
		return nil
	}
	has, err := tx.member(ctx, i.PersonID, i.BrandID)
	if errors.Is(err, social.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return me.MayGrant(has.Role)
}

// Bound returns the invitation that waits for a word about the person, with the
// name of the brand or agency and of whoever made it; social.ErrNotFound when
// there is none. It is all that an invited person sees before he belongs.
func (s *Store) Bound(ctx context.Context, person int64) (i social.Invitation, place, by string, err error) {
	var row struct {
		invitation
		Place string `db:"place"`
		By    string `db:"by_name"`
	}
	err = s.run(ctx, s.clock, func(tx *Tx) error {
		return tx.GetContext(ctx, &row, `
			SELECT i.id, coalesce(i.agency_id, 0) AS agency_id, coalesce(i.brand_id, 0) AS brand_id, i.role,
				coalesce(i.made_by, 0) AS made_by, coalesce(i.person_id, 0) AS person_id, i.state, i.expires_at,
				coalesce(b.name, a.name) AS place, p.name AS by_name
			FROM invitations i
			JOIN agencies a ON a.id = i.agency_id
			JOIN people p ON p.id = i.made_by
			LEFT JOIN brands b ON b.id = i.brand_id
			WHERE i.person_id = $1 AND i.state = 'bound' ORDER BY i.id DESC LIMIT 1`, person)
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = social.ErrNotFound
	}
	return row.domain(), row.Place, row.By, err
}

// MayFound tells whether the person has opened a founding link with which no
// agency was founded yet.
func (s *Store) MayFound(ctx context.Context, person int64) (bool, error) {
	var may bool
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		return tx.GetContext(ctx, &may, `
			SELECT EXISTS (SELECT FROM invitations
			WHERE person_id = $1 AND agency_id IS NULL AND state = 'confirmed')`, person)
	})
	return may, err
}

// inviter is the place from which a person decides on an invitation.
func (tx *Tx) inviter(ctx context.Context, by int64, i social.Invitation) (social.Member, error) {
	if i.BrandID == 0 {
		return tx.owner(ctx, by, i.AgencyID)
	}
	return tx.member(ctx, by, i.BrandID)
}

func (tx *Tx) decide(ctx context.Context, by int64, i social.Invitation) error {
	if err := tx.saveInvitation(ctx, i); err != nil {
		return err
	}
	kind := social.MemberRefused
	if i.State == social.InviteConfirmed {
		kind = social.MemberJoined
		if err := tx.addMember(ctx, i.AgencyID, i.BrandID, i.PersonID, i.Role); err != nil {
			return err
		}
	}
	name, err := tx.personName(ctx, i.PersonID)
	if err != nil {
		return err
	}
	err = tx.addEvent(ctx, social.Event{
		Kind: kind, AgencyID: i.AgencyID, BrandID: i.BrandID, Actor: by,
		Facts: social.Facts{Invite: i.ID, Person: i.PersonID, Role: i.Role, Name: name},
	})
	return err
}
