package storage

import (
	"context"
	"fmt"

	"peyk/social"
)

// FoundAgency makes an agency whose owner is the person. The right to do so is
// the caller's to check: a founding link or the operator's list. A founding link
// of his is used up by it.
func (s *Store) FoundAgency(ctx context.Context, person int64, name string) (social.Agency, error) {
	a := social.Agency{Name: name}
	err := s.Across(ctx, func(tx *Tx) error {
		err := tx.GetContext(ctx, &a.ID, `INSERT INTO agencies (name) VALUES ($1) RETURNING id`, name)
		if err != nil {
			return fmt.Errorf("founding an agency: %w", err)
		}
		if err := tx.addMember(ctx, a.ID, 0, person, social.Owner); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE invitations SET agency_id = $1
			WHERE person_id = $2 AND agency_id IS NULL AND state = 'confirmed'`, a.ID, person)
		if err != nil {
			return err
		}
		err = tx.addEvent(ctx, social.Event{
			Kind: social.AgencyFounded, AgencyID: a.ID, Actor: person, Facts: social.Facts{Name: name},
		})
		return err
	})
	return a, err
}

// HasAgencies tells whether any agency exists yet.
func (s *Store) HasAgencies(ctx context.Context) (bool, error) {
	var any bool
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		return tx.GetContext(ctx, &any, `SELECT EXISTS (SELECT FROM agencies)`)
	})
	return any, err
}
