package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"peyk/social"
)

// OpenDoor makes the address of an account's comments, or gives the one that there
// is a new secret; the old one is of no use from then on. What stands there must be
// what whoever asks has seen, or the error is social.ErrOutdated.
func (s *Store) OpenDoor(ctx context.Context, by int64, d social.Door) error {
	return s.As(ctx, by, func(tx *Tx) error {
		a, me, err := tx.doorkeeper(ctx, by, d.Account)
		if err != nil {
			return err
		}
		was := time.Time{}
		err = tx.GetContext(ctx, &was, `SELECT at FROM doors WHERE account_id = $1`, a.ID)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if was.Unix() != d.Made.Unix() {
			return social.ErrOutdated
		}
		kind, query := social.DoorMade, `INSERT INTO doors (account_id, brand_id, key, sealed, at) VALUES ($1, $2, $3, $4, $5)`
		args := []any{a.ID, a.BrandID, d.Key, d.Sealed, tx.now}
		if !was.IsZero() {
			kind, query, args = social.DoorRenewed, `UPDATE doors SET sealed = $2, at = $3 WHERE account_id = $1`, []any{a.ID, d.Sealed, tx.now}
		}
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("opening a door of account %d: %w", a.ID, err)
		}
		return tx.addEvent(ctx, doorEvent(kind, a, me))
	})
}

// CloseDoor ends the address of an account's comments.
func (s *Store) CloseDoor(ctx context.Context, by, account int64) error {
	return s.As(ctx, by, func(tx *Tx) error {
		a, me, err := tx.doorkeeper(ctx, by, account)
		if err != nil {
			return err
		}
		closed, err := tx.closeDoor(ctx, account)
		if err != nil || !closed {
			return errors.Join(err, social.ErrNoDoor)
		}
		return tx.addEvent(ctx, doorEvent(social.DoorEnded, a, me))
	})
}

func (tx *Tx) closeDoor(ctx context.Context, account int64) (closed bool, err error) {
	done, err := tx.ExecContext(ctx, `DELETE FROM doors WHERE account_id = $1`, account)
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n > 0, err
}

func doorEvent(kind social.Kind, a social.Account, by social.Member) social.Event {
	return social.Event{
		Kind: kind, AgencyID: by.AgencyID, BrandID: a.BrandID, Actor: by.Person.ID,
		Facts: social.Facts{Account: a.ID, Platform: a.Platform, Name: a.Handle},
	}
}

// doorkeeper locks the account and sees that the person may open and close its door.
func (tx *Tx) doorkeeper(ctx context.Context, by, id int64) (social.Account, social.Member, error) {
	var row account
	err := tx.GetContext(ctx, &row, `
		SELECT `+accountColumns+` FROM accounts WHERE id = $1 AND removed_at IS NULL FOR UPDATE`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return social.Account{}, social.Member{}, social.ErrNotFound
	}
	if err != nil {
		return social.Account{}, social.Member{}, err
	}
	a := row.domain()
	me, err := tx.member(ctx, by, a.BrandID)
	if err == nil {
		err = me.Can(social.Setup)
	}
	if err == nil && !a.ByHand {
		err = social.ErrDoorByHand
	}
	return a, me, err
}

// Door returns since when an account has an address for comments and when something
// came there last, or social.ErrNotFound. What people see of it has no key.
func (s *Store) Door(ctx context.Context, reader, account int64) (social.Door, error) {
	var row door
	err := s.Read(ctx, reader, func(tx *Tx) error {
		return tx.GetContext(ctx, &row, `SELECT account_id, brand_id, at, last_at FROM doors WHERE account_id = $1`, account)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return social.Door{}, social.ErrNotFound
	}
	return row.domain(), err
}

// DoorOf finds whose address ends with the key, for whoever knocks there.
func (s *Store) DoorOf(ctx context.Context, key string) (social.Door, error) {
	var row door
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		return tx.GetContext(ctx, &row, `
			SELECT d.account_id, d.brand_id, d.key, d.sealed, d.at, d.last_at FROM doors d
			JOIN accounts a ON a.id = d.account_id WHERE d.key = $1 AND a.removed_at IS NULL`, key)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return social.Door{}, social.ErrNotFound
	}
	return row.domain(), err
}

// door is a row of doors.
type door struct {
	Account int64        `db:"account_id"`
	Brand   int64        `db:"brand_id"`
	Key     string       `db:"key"`
	Sealed  string       `db:"sealed"`
	At      time.Time    `db:"at"`
	Last    sql.NullTime `db:"last_at"`
}

func (r door) domain() social.Door {
	return social.Door{Account: r.Account, Brand: r.Brand, Key: r.Key, Sealed: r.Sealed, Made: r.At, Last: r.Last.Time}
}
