package storage

import (
	"context"

	"github.com/jmoiron/sqlx"

	"peyk/social"
)

// Bot is the pool that serves people, for tests that look at the wall from inside.
func Bot(s *Store) *sqlx.DB { return s.bot.DB }

// Begin runs a transaction that does nothing but begin with the opening.
func Begin(ctx context.Context, s *Store, first string) error {
	return s.open(ctx, s.bot, opening(first), func(*Tx) error { return nil })
}

// LockKey locks a key of the inbox as whoever puts an update of it.
func LockKey(ctx context.Context, tx *sqlx.Tx, key int64) error {
	_, err := tx.ExecContext(ctx, string(lockingKeys([]social.Incoming{{Key: key}})))
	return err
}
