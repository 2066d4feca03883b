package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"peyk/social"
)

// Dialog returns the question that waits for an answer in a chat; without one it
// is social.ErrNotFound.
func (s *Store) Dialog(ctx context.Context, chat int64) (social.Dialog, error) {
	d := social.Dialog{Chat: chat}
	err := s.open(ctx, s.bot, inChat(chat), func(tx *Tx) error {
		var row struct {
			Person  int64     `db:"person"`
			Step    string    `db:"step"`
			Data    []byte    `db:"data"`
			Message int64     `db:"message"`
			Expires time.Time `db:"expires_at"`
		}
		err := tx.GetContext(ctx, &row, `
			SELECT person, step, data, message, expires_at FROM dialogs WHERE chat = $1 AND expires_at > $2`, chat, tx.now)
		if errors.Is(err, sql.ErrNoRows) {
			return social.ErrNotFound
		}
		if err != nil {
			return err
		}
		d.Person, d.Step, d.Message, d.Expires = row.Person, row.Step, row.Message, row.Expires
		return json.Unmarshal(row.Data, &d.Data)
	})
	return d, err
}

// SetDialog asks a new question in a chat; an earlier one is forgotten.
func (s *Store) SetDialog(ctx context.Context, d social.Dialog) error {
	data, err := json.Marshal(d.Data)
	if err != nil {
		return err
	}
	if d.Data == nil {
		data = []byte("{}")
	}
	err = s.open(ctx, s.bot, inChat(d.Chat), func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO dialogs (chat, person, step, data, message, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (chat) DO UPDATE SET person = excluded.person, step = excluded.step, data = excluded.data,
				message = excluded.message, expires_at = excluded.expires_at`,
			d.Chat, d.Person, d.Step, string(data), d.Message, d.Expires)
		return err
	})
	if err != nil {
		return fmt.Errorf("asking in a chat: %w", err)
	}
	return nil
}

// PlaceDialog records which message asks a question, while the question is open.
func (s *Store) PlaceDialog(ctx context.Context, d social.Dialog) error {
	err := s.open(ctx, s.bot, inChat(d.Chat), func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE dialogs SET message = $4 WHERE chat = $1 AND step = $2 AND expires_at = $3`,
			d.Chat, d.Step, d.Expires, d.Message)
		return err
	})
	if err != nil {
		return fmt.Errorf("recording a question: %w", err)
	}
	return nil
}

// EndDialog forgets the question of a chat.
func (s *Store) EndDialog(ctx context.Context, chat int64) error {
	return s.open(ctx, s.bot, inChat(chat), func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM dialogs WHERE chat = $1`, chat)
		return err
	})
}

// PruneDialogs deletes questions that nobody has answered in time.
func (s *Store) PruneDialogs(ctx context.Context, now time.Time) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM dialogs WHERE expires_at <= $1`, now)
		return err
	})
}
