package storage

import "github.com/jmoiron/sqlx"

// Bot is the pool that serves people, for tests that look at the wall from inside.
func Bot(s *Store) *sqlx.DB { return s.bot.DB }
