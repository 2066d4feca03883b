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
// late is how many posts wait that should have gone out meanwhile: they wait for a
// word, and those of just now go out.
func (s *Store) SignIn(ctx context.Context, by int64, a social.Account, sealed string) (_ social.Account, late int, err error) {
	err = s.As(ctx, by, func(tx *Tx) error {
		me, err := tx.member(ctx, by, a.BrandID)
		if err != nil {
			return err
		}
		if err := me.Can(social.Setup); err != nil {
			return err
		}
		back, err := tx.connect(ctx, me, &a)
		if err != nil {
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
		if err := tx.keepLimits(ctx, a.ID, a.Limits, tx.now.Add(social.LimitsLife)); err != nil {
			return err
		}
		if late, err = tx.freshen(ctx, a); err != nil || !back {
			return err
		}
		return tx.addEvent(ctx, social.Event{
			Kind: social.AccountBack, AgencyID: me.AgencyID, BrandID: a.BrandID, Actor: me.Person.ID,
			Facts: social.Facts{Account: a.ID, Name: a.Handle, Network: a.Platform, Count: late},
		})
	})
	return a, late, taken(err)
}

// freshen lets go out what waits for the account and was due just now, and counts
// what is late.
func (tx *Tx) freshen(ctx context.Context, a social.Account) (late int, err error) {
	b, err := tx.brand(ctx, a.BrandID, false)
	if err != nil {
		return 0, err
	}
	ids, err := tx.stalled(ctx, a.ID)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		p, i, err := tx.lockDelivery(ctx, id)
		if err != nil {
			return 0, err
		}
		if !p.Deliveries[i].Stalled() {
			continue
		}
		if tx.now.Sub(p.Slot) > b.Rules.LateWindow {
			late++
			continue
		}
		p.Deliveries[i].Apply(social.Outcome{State: social.Waiting, Retry: tx.now}, tx.now)
		e := deliveryEvent(p, p.Deliveries[i])
		e.Kind = social.DeliveryRetried
		if err := tx.saveDelivery(ctx, &p, i, e); err != nil {
			return 0, err
		}
	}
	return late, nil
}

// stalled are the deliveries that wait for the account, in the order of their posts.
func (tx *Tx) stalled(ctx context.Context, account int64) (ids []int64, err error) {
	err = tx.SelectContext(ctx, &ids, `
		SELECT d.id FROM deliveries d JOIN posts p ON p.id = d.post_id
		WHERE d.account_id = $1 AND d.state = 'waiting' AND d.code = $2 AND d.due_at > $3
		ORDER BY p.slot, d.id LIMIT 100`, account, social.CodeAccountLost, tx.now.AddDate(100, 0, 0))
	if err != nil {
		return nil, fmt.Errorf("looking for what waits for account %d: %w", account, err)
	}
	return ids, nil
}

// Stalled returns the deliveries that wait for the account to be connected, for a
// reader of its brand.
func (s *Store) Stalled(ctx context.Context, reader, account int64) (ids []int64, err error) {
	err = s.Read(ctx, reader, func(tx *Tx) error {
		ids, err = tx.stalled(ctx, account)
		return err
	})
	return ids, err
}

// connect finds the account in its brand, or adds it there. Back: it was lost.
func (tx *Tx) connect(ctx context.Context, me social.Member, a *social.Account) (back bool, err error) {
	var was account
	err = tx.GetContext(ctx, &was, `
		SELECT `+accountColumns+` FROM accounts
		WHERE platform = $1 AND remote_id = $2 AND brand_id = $3 AND removed_at IS NULL FOR UPDATE`,
		a.Platform, a.RemoteID, a.BrandID)
	if errors.Is(err, sql.ErrNoRows) {
		return false, tx.insertAccount(ctx, me, a)
	}
	if err != nil {
		return false, fmt.Errorf("looking for the account: %w", err)
	}
	a.ID = was.ID
	_, err = tx.ExecContext(ctx, `UPDATE accounts SET handle = $2, missing = '{}', lost = false WHERE id = $1`, a.ID, a.Handle)
	return !was.domain().Ready(), err
}

func (tx *Tx) signOut(ctx context.Context, account int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE account_id = $1`, account)
	return err
}

// Session returns, sealed, with what we are signed in to an account; without it, or when
// the account was taken out of its brand, the error is social.ErrNotFound.
func (s *Store) Session(ctx context.Context, account int64) (sealed string, err error) {
	err = s.run(ctx, s.clock, func(tx *Tx) error {
		return tx.GetContext(ctx, &sealed, `
			SELECT s.sealed FROM sessions s JOIN accounts a ON a.id = s.account_id
			WHERE s.account_id = $1 AND a.removed_at IS NULL`, account)
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

// signsWithin is how long before a call somebody may have begun to sign in whose
// session the call could not see yet.
const signsWithin = 30 * time.Second

// LoseSession records that a network does not let us in any more, and tells of it
// once. The word is of a call that began at seen: whoever has signed in after that, or
// was just signing in, is not put out by it, for a session that is really lost is
// refused again.
func (s *Store) LoseSession(ctx context.Context, account int64, seen time.Time) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		var lost struct {
			Agency   int64           `db:"agency_id"`
			Brand    int64           `db:"brand_id"`
			Platform social.Platform `db:"platform"`
			Handle   string          `db:"handle"`
			Posts    int             `db:"posts"`
		}
		err := tx.GetContext(ctx, &lost, `
			UPDATE accounts a SET lost = true FROM brands b
			WHERE a.id = $1 AND b.id = a.brand_id AND NOT a.lost AND a.removed_at IS NULL
				AND NOT EXISTS (SELECT FROM sessions s WHERE s.account_id = a.id AND s.at > $2)
			RETURNING b.agency_id, b.id AS brand_id, a.platform, a.handle, (
				SELECT count(*) FROM posts p
				WHERE p.brand_id = b.id AND p.state IN ('review', 'held', 'approved', 'late', 'publishing')
					AND p.content->'targets' @> jsonb_build_array(jsonb_build_object('account', a.id))
					AND NOT EXISTS (SELECT FROM deliveries d WHERE d.post_id = p.id AND d.account_id = a.id AND d.state IN ('live', 'deleted'))
			) AS posts`, account, seen.Add(-signsWithin))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("losing account %d: %w", account, err)
		}
		return tx.addEvent(ctx, social.Event{
			Kind: social.AccountLost, AgencyID: lost.Agency, BrandID: lost.Brand,
			Facts: social.Facts{Account: account, Name: lost.Handle, Network: lost.Platform, Count: lost.Posts},
		})
	})
}

// turnsAtOnce is how many in this process may hold such a lock.
const turnsAtOnce = 2

// turnPause is how often somebody who waits for his turn asks for it.
const turnPause = 50 * time.Millisecond

// exclusively runs fn when no other process and nobody in this one runs what has
// the same name. The lock is held on a connection of the other pool than the one that
// fn works with, and few are held at once: otherwise those who hold one could keep
// each other from working.
func (s *Store) exclusively(ctx context.Context, name string, fn func() error) error {
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-ctx.Done():
		return ctx.Err()
	}
	conn, err := lockOn(ctx, s.bot, name)
	for errors.Is(err, errTaken) {
		select {
		case <-time.After(turnPause):
		case <-ctx.Done():
			return ctx.Err()
		}
		conn, err = lockOn(ctx, s.bot, name)
	}
	if err != nil {
		return err
	}
	defer unlock(ctx, name, conn)
	return fn()
}
