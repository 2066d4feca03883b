package storage

import (
	"context"
	"slices"

	"peyk/social"
)

// NameOwner makes somebody who belongs to a brand of the agency an owner of all of
// it, beside the owner who names him.
func (s *Store) NameOwner(ctx context.Context, by, agency, person int64) error {
	return s.As(ctx, by, func(tx *Tx) error {
		me, err := tx.owner(ctx, by, agency)
		if err != nil {
			return err
		}
		l := social.Leaving{Agency: social.Agency{ID: agency}}
		if err := tx.leaving(ctx, by, &l); err != nil {
			return err
		}
		at := slices.IndexFunc(l.Others, func(m social.Member) bool { return m.Person.ID == person })
		switch {
		case at < 0:
			return social.ErrNotFound
		case l.Others[at].Role == social.Owner: // owners' places come first
			return social.ErrAlreadyIn
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE members SET left_at = $3
			WHERE agency_id = $1 AND person_id = $2 AND left_at IS NULL`, agency, person, tx.now)
		if err != nil {
			return err
		}
		if err := tx.addMember(ctx, agency, 0, person, social.Owner); err != nil {
			return err
		}
		return tx.addEvent(ctx, social.Event{
			Kind: social.MemberJoined, AgencyID: agency, Actor: me.Person.ID,
			Facts: social.Facts{Person: person, Role: social.Owner, Name: l.Others[at].Person.Name},
		})
	})
}
