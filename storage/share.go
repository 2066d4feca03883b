package storage

import (
	"context"

	"peyk/social"
)

// ShareDigest has the clients of a brand told of a week, once.
func (s *Store) ShareDigest(ctx context.Context, by, brand int64, day string) error {
	return s.As(ctx, by, func(tx *Tx) error {
		if _, err := tx.brand(ctx, brand, true); err != nil { // of two presses one waits here
			return err
		}
		d, err := tx.digest(ctx, by, brand, day)
		if err != nil {
			return err
		}
		members, err := tx.membersOf(ctx, brand)
		if err != nil {
			return err
		}
		e, err := d.Share(social.Clients(members), tx.now)
		if err != nil {
			return err
		}
		return tx.addEvent(ctx, e)
	})
}

// Hushed returns the brands of which somebody wants no digest.
func (s *Store) Hushed(ctx context.Context, who int64) ([]int64, error) {
	var brands []int64
	err := s.Read(ctx, who, func(tx *Tx) error {
		return tx.SelectContext(ctx, &brands, `SELECT brand_id FROM digest_hushes WHERE person_id = $1 ORDER BY brand_id`, who)
	})
	return brands, err
}
