package storage

import (
	"context"

	"peyk/social"
)

// endQueries delete the agency $1 with everything that is in it.
var endQueries = []string{
	`DELETE FROM notices WHERE agency_id = $1`,
	`DELETE FROM events WHERE agency_id = $1`,
	`DELETE FROM cards WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM comment_cards WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM corrections WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM replies WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM comments WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM folds WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM threads WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM saved_replies WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM digests WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM digest_hushes WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM goals WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM plans WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM drops WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM snapshots WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM attempts WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM deliveries WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM approvals WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM versions WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM posts WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM sessions WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM doors WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM accounts WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1)`,
	`DELETE FROM invitations WHERE agency_id = $1`,
	`DELETE FROM members WHERE agency_id = $1`,
	`DELETE FROM brands WHERE agency_id = $1`,
	`DELETE FROM agencies WHERE id = $1`,
}

// endAgency deletes an agency with all of its brands, because nobody is there any
// more who might look at them. What is on its way to a network is waited for.
func (tx *Tx) endAgency(ctx context.Context, _ int64, l social.Leaving) error {
	_, err := tx.ExecContext(ctx, `
		SELECT FROM posts WHERE brand_id IN (SELECT id FROM brands WHERE agency_id = $1) ORDER BY id FOR UPDATE`, l.Agency.ID)
	if err != nil {
		return err
	}
	var running bool
	err = tx.GetContext(ctx, &running, `
		SELECT EXISTS (SELECT FROM deliveries d JOIN brands b ON b.id = d.brand_id
				WHERE b.agency_id = $1 AND d.state IN ('waiting', 'attempting'))
			OR EXISTS (SELECT FROM replies r JOIN brands b ON b.id = r.brand_id
				WHERE b.agency_id = $1 AND r.state IN ('waiting', 'sending'))`, l.Agency.ID)
	if err != nil {
		return err
	}
	if running {
		return social.ErrGoingOut
	}
	for _, q := range endQueries {
		if _, err := tx.ExecContext(ctx, q, l.Agency.ID); err != nil {
			return err
		}
	}
	return nil
}
