package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"peyk/social"
)

// exitJob is the queue's kind of work that gives back what lets us in to an account
// that was taken out of its brand. Its argument is {"account": id, "person": id}.
const exitJob = "exit"

// exit has what lets us in to an account given back to its network. Until then it is
// kept, for that alone.
func (tx *Tx) exit(ctx context.Context, by int64, a social.Account) error {
	if a.ByHand || !a.Platform.SignsIn() {
		return nil
	}
	return Enqueue(ctx, tx, exitJob, map[string]int64{"account": a.ID, "person": by})
}

// Exit returns an account that was taken out, with what still lets us in there.
// Where nothing does the error is social.ErrNotFound.
func (s *Store) Exit(ctx context.Context, id int64) (social.Exit, error) {
	var row struct {
		account
		Sealed string    `db:"sealed"`
		Since  time.Time `db:"removed_at"`
	}
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		return tx.GetContext(ctx, &row, `
			SELECT a.id, a.brand_id, a.platform, a.remote_id, a.handle, a.limits, a.removed_at, s.sealed
			FROM accounts a JOIN sessions s ON s.account_id = a.id WHERE a.id = $1 AND a.removed_at IS NOT NULL`, id)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return social.Exit{}, social.ErrNotFound
	}
	if err != nil {
		return social.Exit{}, fmt.Errorf("reading what lets us in to account %d: %w", id, err)
	}
	return social.Exit{Account: row.domain(), Sealed: row.Sealed, Since: row.Since}, nil
}

// EndExit forgets what let us in, and records whether the network has taken it back.
func (s *Store) EndExit(ctx context.Context, e social.Exit, o social.Outcome) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		var agency int64
		err := tx.GetContext(ctx, &agency, `
			DELETE FROM sessions s USING accounts a, brands b
			WHERE s.account_id = $1 AND a.id = s.account_id AND a.removed_at IS NOT NULL AND b.id = a.brand_id
			RETURNING b.agency_id`, e.Account.ID)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // somebody else was quicker
		}
		if err != nil {
			return fmt.Errorf("forgetting what let us in to account %d: %w", e.Account.ID, err)
		}
		kind := social.AccountLeft
		if o.State != social.Live {
			kind = social.AccountKept
		}
		return tx.addEvent(ctx, social.Event{
			Kind: kind, AgencyID: agency, BrandID: e.Account.BrandID,
			Facts: social.Facts{
				Account: e.Account.ID, Name: e.Account.Handle, Network: e.Account.Platform, Person: e.By,
				Code: o.Code, Detail: o.Detail, Link: o.Link,
			},
		})
	})
}

// SessionsOf returns, sealed, with what we are signed in to one account of a network, in
// whatever brands it is.
func (s *Store) SessionsOf(ctx context.Context, p social.Platform, remote string) (sealed []string, err error) {
	err = s.run(ctx, s.clock, func(tx *Tx) error {
		return tx.SelectContext(ctx, &sealed, `
			SELECT s.sealed FROM sessions s JOIN accounts a ON a.id = s.account_id
			WHERE a.platform = $1 AND a.remote_id = $2 AND a.removed_at IS NULL ORDER BY a.id`, p, remote)
	})
	if err != nil {
		return nil, fmt.Errorf("looking for sessions of %s: %w", remote, err)
	}
	return sealed, nil
}
