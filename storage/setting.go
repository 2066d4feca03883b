package storage

import (
	"context"
	"database/sql"
	"errors"

	"peyk/social"
)

// KeepSetting returns the kept value of a setting, after keeping the given one if
// there is none yet.
func (s *Store) KeepSetting(ctx context.Context, name, value string) (string, error) {
	err := s.run(ctx, s.bot, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, name, value)
		if err != nil {
			return err
		}
		return tx.GetContext(ctx, &value, `SELECT value FROM settings WHERE name = $1`, name)
	})
	return value, err
}

// Setting returns the kept value of a setting; without one the error is
// social.ErrNotFound.
func (s *Store) Setting(ctx context.Context, name string) (value string, err error) {
	err = s.run(ctx, s.bot, func(tx *Tx) error {
		return tx.GetContext(ctx, &value, `SELECT value FROM settings WHERE name = $1`, name)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return "", social.ErrNotFound
	}
	return value, err
}

// DropSetting forgets a value, unless another has taken its place.
func (s *Store) DropSetting(ctx context.Context, name, value string) error {
	return s.run(ctx, s.bot, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM settings WHERE name = $1 AND value = $2`, name, value)
		return err
	})
}
