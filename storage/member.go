package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"peyk/social"
)

// member is a row of members with its person.
type member struct {
	AgencyID int64     `db:"agency_id"`
	BrandID  int64     `db:"brand_id"`
	Role     string    `db:"role"`
	Joined   time.Time `db:"joined_at"`
	Alone    *bool     `db:"alone"`
	person
}

func (r member) domain() social.Member {
	return social.Member{
		Person: r.person.domain(), AgencyID: r.AgencyID, BrandID: r.BrandID,
		Role: social.Role(r.Role), Joined: r.Joined, Alone: r.Alone,
	}
}

// memberColumns are what a member is read from, as m and p.
const memberColumns = `
	m.agency_id, coalesce(m.brand_id, 0) AS brand_id, m.role, m.joined_at, m.alone,
	p.id, p.telegram_id, p.name, p.username, p.lang, p.lang_chosen, p.zone, p.calendar, p.reachable`

// Places returns every place that a person has, owners' places first.
func (s *Store) Places(ctx context.Context, person int64) ([]social.Member, error) {
	var places []social.Member
	err := s.Read(ctx, person, func(tx *Tx) (err error) {
		places, err = tx.places(ctx, person)
		return err
	})
	return places, err
}

func (tx *Tx) places(ctx context.Context, person int64) ([]social.Member, error) {
	return tx.members(ctx, placesQuery, person)
}

const placesQuery = `
	SELECT ` + memberColumns + `
	FROM members m JOIN people p ON p.id = m.person_id
	WHERE m.person_id = $1 AND m.left_at IS NULL
	ORDER BY m.brand_id NULLS FIRST`

// Members returns who belongs to a brand, the agency's owners included, for a
// reader who belongs to it.
func (s *Store) Members(ctx context.Context, reader, brand int64) ([]social.Member, error) {
	var members []social.Member
	err := s.Read(ctx, reader, func(tx *Tx) (err error) {
		members, err = tx.membersOf(ctx, brand)
		return err
	})
	return members, err
}

func (tx *Tx) membersOf(ctx context.Context, brand int64) ([]social.Member, error) {
	return tx.members(ctx, membersQuery, brand)
}

const membersQuery = `
	SELECT ` + memberColumns + `
	FROM brands b
	JOIN members m ON m.brand_id = b.id OR (m.brand_id IS NULL AND m.agency_id = b.agency_id)
	JOIN people p ON p.id = m.person_id
	WHERE b.id = $1 AND m.left_at IS NULL
	ORDER BY m.brand_id NULLS FIRST, m.joined_at, m.id`

func (tx *Tx) members(ctx context.Context, query string, args ...any) ([]social.Member, error) {
	var rows []member
	if err := tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, fmt.Errorf("reading members: %w", err)
	}
	members := make([]social.Member, len(rows))
	for i, r := range rows {
		members[i] = r.domain()
	}
	return members, nil
}

// Member returns a person's place in a brand. Somebody who has none is told that
// the brand does not exist.
func (s *Store) Member(ctx context.Context, person, brand int64) (social.Member, error) {
	var m social.Member
	err := s.Read(ctx, person, func(tx *Tx) (err error) {
		m, err = tx.member(ctx, person, brand)
		return err
	})
	return m, err
}

const memberQuery = `
	SELECT ` + memberColumns + `
	FROM brands b
	JOIN members m ON m.brand_id = b.id OR (m.brand_id IS NULL AND m.agency_id = b.agency_id)
	JOIN people p ON p.id = m.person_id
	WHERE b.id = $2 AND m.person_id = $1 AND m.left_at IS NULL
	ORDER BY m.brand_id NULLS FIRST LIMIT 1`

// member finds the strongest place that the person has in the brand.
func (tx *Tx) member(ctx context.Context, person, brand int64) (social.Member, error) {
	var row member
	err := tx.GetContext(ctx, &row, memberQuery, person, brand)
	if errors.Is(err, sql.ErrNoRows) {
		return social.Member{}, social.ErrNotFound
	}
	if err != nil {
		return social.Member{}, fmt.Errorf("reading a member: %w", err)
	}
	return row.domain(), nil
}

// owner finds the person's place as owner of the agency.
func (tx *Tx) owner(ctx context.Context, person, agency int64) (social.Member, error) {
	found, err := tx.members(ctx, `
		SELECT `+memberColumns+`
		FROM members m JOIN people p ON p.id = m.person_id
		WHERE m.agency_id = $2 AND m.person_id = $1 AND m.brand_id IS NULL AND m.left_at IS NULL`, person, agency)
	if err != nil {
		return social.Member{}, err
	}
	if len(found) == 0 {
		return social.Member{}, social.ErrNotFound
	}
	return found[0], nil
}

// addMember gives a person a place; a brand of 0 means the whole agency.
func (tx *Tx) addMember(ctx context.Context, agency, brand, person int64, role social.Role) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO members (agency_id, brand_id, person_id, role, joined_at)
		VALUES ($1, nullif($2, 0), $3, $4, $5)
		ON CONFLICT (agency_id, coalesce(brand_id, 0), person_id) WHERE left_at IS NULL
		DO UPDATE SET role = excluded.role`, agency, brand, person, role, tx.now)
	return err
}

// RemoveMember takes a person's place in a brand away, and hands the posts that
// he has not finished to whoever removes him. His old buttons do nothing from
// then on, since every press asks for his rights anew.
func (s *Store) RemoveMember(ctx context.Context, by, brand, person int64) error {
	return s.As(ctx, by, func(tx *Tx) error {
		me, err := tx.member(ctx, by, brand)
		if err != nil {
			return err
		}
		if err := me.Can(social.Invite); err != nil {
			return err
		}
		gone, err := tx.member(ctx, person, brand)
		if err != nil {
			return err
		}
		if err := me.MayGrant(gone.Role); err != nil {
			return err
		}
		if gone.Role == social.Owner {
			return social.ErrHigherRole // owners are removed from the agency, not from a brand
		}
		return tx.removeMember(ctx, me, brand, gone)
	})
}

func (tx *Tx) removeMember(ctx context.Context, me social.Member, brand int64, gone social.Member) error {
	if err := tx.release(ctx, me, brand, gone.Person.ID); err != nil {
		return err
	}
	return tx.addEvent(ctx, social.Event{
		Kind: social.MemberRemoved, AgencyID: me.AgencyID, BrandID: brand, Actor: me.Person.ID,
		Facts: social.Facts{Person: gone.Person.ID, Name: gone.Person.Name, Role: gone.Role},
	})
}

// release takes a person's place in a brand away and hands his open work there over;
// with a brand of 0, his place in the agency itself.
func (tx *Tx) release(ctx context.Context, to social.Member, brand, from int64) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE members SET left_at = $4
		WHERE agency_id = $1 AND coalesce(brand_id, 0) = $2 AND person_id = $3 AND left_at IS NULL`, to.AgencyID, brand, from, tx.now)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE posts SET author_id = $3
		WHERE brand_id = $1 AND author_id = $2 AND state NOT IN ('published', 'stopped')`, brand, from, to.Person.ID)
	if err != nil {
		return err
	}
	if err := tx.handPlans(ctx, to, brand, from); err != nil {
		return err
	}
	return tx.handInvitations(ctx, to, brand, from)
}

// handInvitations hands the invitations of a member who leaves over, and has the
// new one told of those that wait for a word already.
func (tx *Tx) handInvitations(ctx context.Context, to social.Member, brand, from int64) error {
	var bound []struct {
		ID     int64       `db:"id"`
		Role   social.Role `db:"role"`
		Person int64       `db:"person_id"`
	}
	err := tx.SelectContext(ctx, &bound, `
		WITH handed AS (
			UPDATE invitations SET made_by = $3
			WHERE agency_id = $4 AND coalesce(brand_id, 0) = $1 AND made_by = $2 AND state IN ('open', 'bound')
			RETURNING id, role, person_id, state)
		SELECT id, role, person_id FROM handed WHERE state = 'bound' ORDER BY id`, brand, from, to.Person.ID, to.AgencyID)
	if err != nil {
		return fmt.Errorf("handing invitations over: %w", err)
	}
	for _, i := range bound {
		name, err := tx.personName(ctx, i.Person)
		if err != nil {
			return err
		}
		err = tx.addEvent(ctx, social.Event{
			Kind: social.InvitationOpened, AgencyID: to.AgencyID, BrandID: brand, Actor: i.Person,
			Facts: social.Facts{Invite: i.ID, Person: to.Person.ID, Role: i.Role, Name: name},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
