package storage

import (
	"context"
	"errors"

	"peyk/social"
)

// Trend tells a reader of a brand of its last days that are over, and of as many before
// them.
func (s *Store) Trend(ctx context.Context, reader, brand int64, days int) (social.Digest, error) {
	var d social.Digest
	err := s.Read(ctx, reader, func(tx *Tx) (err error) {
		if d.Brand, err = tx.brand(ctx, brand, false); err != nil {
			return err
		}
		if d.Me, err = tx.member(ctx, reader, brand); err != nil {
			return err
		}
		if err := d.Me.Can(social.See); err != nil {
			return err
		}
		d.Week = d.Brand.LastDays(tx.now, days)
		in := parts{months: true}
		in.add(d.Week)
		in.add(d.Brand.LastDays(d.Week.From, days))
		return errors.Join(tx.count(ctx, &d, in), tx.samples(ctx, &d, d.Week.From), tx.followers(ctx, &d),
			tx.GetContext(ctx, &d.Agency, `SELECT name FROM agencies WHERE id = $1`, d.Brand.AgencyID))
	})
	return d, err
}
