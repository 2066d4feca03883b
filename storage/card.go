package storage

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"peyk/social"
)

// card is a row of cards.
type card struct {
	ID      int64         `db:"id"`
	PostID  int64         `db:"post_id"`
	Person  int64         `db:"person_id"`
	Chat    int64         `db:"chat"`
	Message int64         `db:"message"`
	Media   pq.Int64Array `db:"media"`
	Version int           `db:"version"`
	Shown   string        `db:"shown"`
}

func (r card) domain() social.Card {
	return social.Card{
		ID: r.ID, PostID: r.PostID, Person: r.Person, Chat: r.Chat, Message: r.Message,
		Media: r.Media, Version: r.Version, Shown: r.Shown,
	}
}

// Cards returns every card of a post, for the program itself.
func (s *Store) Cards(ctx context.Context, brand, post int64) ([]social.Card, error) {
	var rows []card
	err := s.In(ctx, brand, func(tx *Tx) error {
		return tx.SelectContext(ctx, &rows, `
			SELECT id, post_id, person_id, chat, message, media, version, shown
			FROM cards WHERE post_id = $1 ORDER BY id`, post)
	})
	if err != nil {
		return nil, fmt.Errorf("reading the cards of post %d: %w", post, err)
	}
	cards := make([]social.Card, len(rows))
	for i, r := range rows {
		cards[i] = r.domain()
	}
	return cards, nil
}

// SaveCard records where a card is and what it shows, and returns where it was
// before; its Message is 0 when there was none. There is one card for each post,
// person and version. A card that stays where it is keeps its media.
func (s *Store) SaveCard(ctx context.Context, brand int64, c social.Card) (was social.Card, err error) {
	err = s.In(ctx, brand, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO cards (brand_id, post_id, person_id, version, chat) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (post_id, person_id, version) DO NOTHING`, brand, c.PostID, c.Person, c.Version, c.Chat)
		if err != nil {
			return err
		}
		var row card
		err = tx.GetContext(ctx, &row, `
			SELECT id, post_id, person_id, chat, message, media, version, shown
			FROM cards WHERE post_id = $1 AND person_id = $2 AND version = $3 FOR UPDATE`, c.PostID, c.Person, c.Version)
		if err != nil {
			return err
		}
		if was = row.domain(); was.Message == c.Message && len(c.Media) == 0 {
			c.Media = was.Media
		}
		_, err = tx.ExecContext(ctx, `UPDATE cards SET chat = $2, message = $3, media = $4, shown = $5 WHERE id = $1`,
			was.ID, c.Chat, c.Message, pq.Array(append([]int64{}, c.Media...)), c.Shown)
		return err
	})
	if err != nil {
		return was, fmt.Errorf("recording a card of post %d: %w", c.PostID, err)
	}
	return was, nil
}

// ShowCard records what a card shows, unless it has moved meanwhile.
func (s *Store) ShowCard(ctx context.Context, brand int64, c social.Card) error {
	return s.In(ctx, brand, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE cards SET shown = $3 WHERE id = $1 AND message = $2`, c.ID, c.Message, c.Shown)
		return err
	})
}

// Affair returns an event with its surroundings, for the program itself.
func (s *Store) Affair(ctx context.Context, id int64) (social.Affair, error) {
	var a social.Affair
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		var row event
		if err := tx.GetContext(ctx, &row, `SELECT `+eventColumns+` FROM events e WHERE e.id = $1`, id); err != nil {
			return err
		}
		e, err := row.domain()
		if err != nil {
			return err
		}
		a.Event = e
		return tx.surround(ctx, &a)
	})
	if err != nil {
		return a, fmt.Errorf("reading event %d: %w", id, err)
	}
	return a, nil
}

func (tx *Tx) surround(ctx context.Context, a *social.Affair) (err error) {
	if a.PostID != 0 {
		if a.Post, err = tx.post(ctx, a.PostID); err != nil {
			return err
		}
	}
	if a.Actor != 0 {
		if a.Who, err = tx.personName(ctx, a.Actor); err != nil {
			return err
		}
	}
	err = tx.GetContext(ctx, &a.Agency, `SELECT id, name FROM agencies WHERE id = $1`, a.AgencyID)
	if err != nil {
		return err
	}
	if a.BrandID != 0 {
		if a.Brand, err = tx.brand(ctx, a.BrandID, false); err != nil {
			return err
		}
		a.Members, err = tx.membersOf(ctx, a.BrandID)
	} else {
		a.Brand = social.Brand{AgencyID: a.AgencyID, Zone: "UTC", Calendar: social.Gregorian}
		if err = tx.GetContext(ctx, &a.Brand.Name, `SELECT name FROM agencies WHERE id = $1`, a.AgencyID); err != nil {
			return err
		}
		a.Members, err = tx.members(ctx, `
			SELECT `+memberColumns+`
			FROM members m JOIN people p ON p.id = m.person_id
			WHERE m.agency_id = $1 AND m.brand_id IS NULL AND m.left_at IS NULL ORDER BY m.id`, a.AgencyID)
	}
	if err != nil || a.Facts.Person == 0 {
		return err
	}
	var row person
	err = tx.GetContext(ctx, &row, `
		SELECT id, telegram_id, name, username, lang, lang_chosen, zone, calendar, reachable
		FROM people WHERE id = $1`, a.Facts.Person)
	a.Subject = row.domain()
	return err
}

// DropCard forgets a person's card of a post, when its message shows something
// else. Another card of the post stays.
func (s *Store) DropCard(ctx context.Context, person, post, message int64) error {
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			DELETE FROM cards WHERE post_id = $1 AND person_id = $2 AND message = $3`, post, person, message)
		return err
	})
	if err != nil {
		return fmt.Errorf("forgetting a card of post %d: %w", post, err)
	}
	return nil
}
