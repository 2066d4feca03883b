package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"peyk/social"
)

// person is a row of people.
type person struct {
	ID         int64  `db:"id" json:"id"`
	TelegramID int64  `db:"telegram_id" json:"telegram_id"`
	Name       string `db:"name" json:"name"`
	Username   string `db:"username" json:"username"`
	Lang       string `db:"lang" json:"lang"`
	LangChosen bool   `db:"lang_chosen" json:"lang_chosen"`
	Zone       string `db:"zone" json:"zone"`
	Calendar   string `db:"calendar" json:"calendar"`
	Reachable  bool   `db:"reachable" json:"reachable"`
}

func (r person) domain() social.Person {
	return social.Person{
		ID: r.ID, TelegramID: r.TelegramID, Name: r.Name, Username: r.Username, Lang: r.Lang,
		LangChosen: r.LangChosen, Zone: r.Zone, Calendar: social.Calendar(r.Calendar), Reachable: r.Reachable,
	}
}

// Enter returns the person behind a Telegram user, who is made known at the
// first contact with the language guessed for him, and is reachable again. Whoever
// was looked up with the update that ctx belongs to is not looked up again, unless
// the update has changed something since.
func (s *Store) Enter(ctx context.Context, p social.Person) (social.Person, error) {
	if h, ok := social.IncomingFrom(ctx); ok && !h.Marked {
		who := h.Who
		if who.TelegramID == p.TelegramID && who.Name == p.Name && who.Username == p.Username && who.Reachable {
			return who, nil
		}
	}
	var row person
	err := s.run(ctx, s.bot, func(tx *Tx) error {
		return tx.GetContext(ctx, &row, `
			SELECT id, telegram_id, name, username, lang, lang_chosen, zone, calendar, reachable
			FROM enter($1, $2, $3, $4)`, p.TelegramID, p.Name, p.Username, p.Lang)
	})
	if err != nil {
		return social.Person{}, fmt.Errorf("looking up a person: %w", err)
	}
	return row.domain(), nil
}

// SavePerson stores what somebody has chosen for himself: language, zone, calendar.
func (s *Store) SavePerson(ctx context.Context, p social.Person) error {
	return s.As(ctx, p.ID, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE people SET lang = $2, lang_chosen = $3, zone = $4, calendar = $5
			WHERE id = $1`, p.ID, p.Lang, p.LangChosen, p.Zone, p.Calendar)
		return err
	})
}

// LosePerson marks somebody as unreachable, because he has blocked the bot or is
// gone, and leaves one event in each brand of his. It does nothing the second time.
func (s *Store) LosePerson(ctx context.Context, telegramID int64) error {
	return s.reach(ctx, telegramID, false, social.PersonLost)
}

// FindPerson marks somebody as reachable again and leaves one event, however many
// brands he has: one word brings him up to date (U14).
func (s *Store) FindPerson(ctx context.Context, telegramID int64) error {
	return s.reach(ctx, telegramID, true, social.PersonBack)
}

func (s *Store) reach(ctx context.Context, telegramID int64, reachable bool, kind social.Kind) error {
	return s.Across(ctx, func(tx *Tx) error {
		var row person
		err := tx.GetContext(ctx, &row, `
			UPDATE people SET reachable = $2 WHERE telegram_id = $1 AND reachable <> $2
			RETURNING id, telegram_id, name, username, lang, lang_chosen, zone, calendar, reachable`, telegramID, reachable)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		places, err := tx.places(ctx, row.ID)
		if err != nil {
			return err
		}
		if reachable {
			places = places[:min(1, len(places))]
		}
		for _, m := range places {
			e := social.Event{
				Kind: kind, AgencyID: m.AgencyID, BrandID: m.BrandID,
				Facts: social.Facts{Person: row.ID, Name: row.Name, Role: m.Role},
			}
			if err := tx.addEvent(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
}
