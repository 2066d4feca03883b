package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"peyk/social"
)

// SignIn connects the account of a network that we are signed in to, with what
// was got for that, sealed. Whoever connects an account again that the brand has
// already signs in anew. One that belongs to another brand is social.ErrAccountTaken.
func (s *Store) SignIn(ctx context.Context, by int64, a social.Account, sealed string) (social.Account, error) {
	err := s.As(ctx, by, func(tx *Tx) error {
		me, err := tx.member(ctx, by, a.BrandID)
		if err != nil {
			return err
		}
		if err := me.Can(social.Setup); err != nil {
			return err
		}
		if err := tx.connect(ctx, me, &a); err != nil {
			return err
		}
		if err := tx.signOut(ctx, a.ID); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO sessions (account_id, brand_id, sealed, at) VALUES ($1, $2, $3, $4)`, a.ID, a.BrandID, sealed, tx.now)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE accounts SET listen_at = $2, listen_tries = 0 WHERE id = $1`, a.ID, tx.now)
		if err != nil {
			return err
		}
		return tx.keepLimits(ctx, a.ID, a.Limits, tx.now.Add(social.LimitsLife))
	})
	return a, taken(err)
}

// connect finds the account in its brand, or adds it there. One that was lost is
// back.
func (tx *Tx) connect(ctx context.Context, me social.Member, a *social.Account) error {
	var was account
	err := tx.GetContext(ctx, &was, `
		SELECT `+accountColumns+` FROM accounts
		WHERE platform = $1 AND remote_id = $2 AND brand_id = $3 AND removed_at IS NULL FOR UPDATE`,
		a.Platform, a.RemoteID, a.BrandID)
	if errors.Is(err, sql.ErrNoRows) {
		return tx.insertAccount(ctx, me, a)
	}
	if err != nil {
		return fmt.Errorf("looking for the account: %w", err)
	}
	a.ID = was.ID
	_, err = tx.ExecContext(ctx, `UPDATE accounts SET handle = $2, missing = '{}', lost = false WHERE id = $1`, a.ID, a.Handle)
	if err != nil || was.domain().Ready() {
		return err
	}
	return tx.addEvent(ctx, social.Event{
		Kind: social.AccountBack, AgencyID: me.AgencyID, BrandID: a.BrandID, Actor: me.Person.ID,
		Facts: social.Facts{Account: a.ID, Name: a.Handle},
	})
}

func (tx *Tx) signOut(ctx context.Context, account int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE account_id = $1`, account)
	return err
}

// Session returns, sealed, with what we are signed in to an account; without it
// the error is social.ErrNotFound.
func (s *Store) Session(ctx context.Context, account int64) (sealed string, err error) {
	err = s.run(ctx, s.clock, func(tx *Tx) error {
		return tx.GetContext(ctx, &sealed, `SELECT sealed FROM sessions WHERE account_id = $1`, account)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return "", social.ErrNotFound
	}
	return sealed, err
}

// RenewSession hands what is kept to renew, and keeps what it returns instead;
// empty leaves it as it is. One process at a time does so for an account, since
// networks let a session be renewed once. An error of renew comes back as it is.
func (s *Store) RenewSession(ctx context.Context, account int64, renew func(ctx context.Context, sealed string) (string, error)) error {
	return s.exclusively(ctx, fmt.Sprintf("session %d", account), func() error {
		sealed, err := s.Session(ctx, account)
		if err != nil {
			return err
		}
		fresh, err := renew(ctx, sealed)
		if err != nil || fresh == "" {
			return err
		}
		// What was renewed is of no use any more: the new one is kept even when the
		// program is told to end meanwhile.
		return s.keepSession(context.WithoutCancel(ctx), account, sealed, fresh)
	})
}

// keepSession leaves alone what somebody has signed in with meanwhile.
func (s *Store) keepSession(ctx context.Context, account int64, was, fresh string) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE sessions SET sealed = $3, at = $4 WHERE account_id = $1 AND sealed = $2`, account, was, fresh, tx.now)
		return err
	})
}

// LoseSession records that a network does not let us in any more, and tells of it
// once. Whoever has signed in after seen is not put out: the word is older.
func (s *Store) LoseSession(ctx context.Context, account int64, seen time.Time) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		var lost struct {
			Agency int64  `db:"agency_id"`
			Brand  int64  `db:"brand_id"`
			Handle string `db:"handle"`
		}
		err := tx.GetContext(ctx, &lost, `
			UPDATE accounts a SET lost = true FROM brands b
			WHERE a.id = $1 AND b.id = a.brand_id AND NOT a.lost AND a.removed_at IS NULL
				AND NOT EXISTS (SELECT FROM sessions s WHERE s.account_id = a.id AND s.at > $2)
			RETURNING b.agency_id, b.id AS brand_id, a.handle`, account, seen)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("losing account %d: %w", account, err)
		}
		return tx.addEvent(ctx, social.Event{
			Kind: social.AccountLost, AgencyID: lost.Agency, BrandID: lost.Brand,
			Facts: social.Facts{Account: account, Name: lost.Handle},
		})
	})
}

// turnPause is how often somebody who waits for his turn asks for it.
const turnPause = 50 * time.Millisecond

// exclusively runs fn when no other process and nobody in this one runs what has
// the same name.
func (s *Store) exclusively(ctx context.Context, name string, fn func() error) error {
	conn, err := s.lock(ctx, name)
	for errors.Is(err, errTaken) {
		select {
		case <-time.After(turnPause):
		case <-ctx.Done():
			return ctx.Err()
		}
		conn, err = s.lock(ctx, name)
	}
	if err != nil {
		return err
	}
	defer unlock(ctx, name, conn)
	return fn()
}
