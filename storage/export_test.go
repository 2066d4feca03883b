package storage

import (
	"context"

	"github.com/jmoiron/sqlx"

	"peyk/social"
)

// Bot is the pool that serves people, for tests that look at the wall from inside.
func Bot(s *Store) *sqlx.DB { return s.bot.DB }

// Again is a store over the connections of another that is used no more.
func Again(s *Store, media string) *Store {
	return newStore(s.bot, s.clock, media)
}

// InUse is how many of its connections somebody has at this moment.
func InUse(s *Store) int { return s.bot.Stats().InUse + s.clock.Stats().InUse }

// Begin runs a transaction that does nothing but begin with the opening.
func Begin(ctx context.Context, s *Store, first string) error {
	return s.open(ctx, s.bot, opening(first), func(*Tx) error { return nil })
}

// LockKey locks a key of the inbox as whoever puts an update of it.
func LockKey(ctx context.Context, tx *sqlx.Tx, key int64) error {
	_, err := tx.ExecContext(ctx, string(lockingKeys([]social.Incoming{{Key: key}})))
	return err
}
