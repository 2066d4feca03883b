package storage

import "context"

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
