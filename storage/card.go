package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

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
	Drawn   int           `db:"drawn"`
}

func (r card) domain() social.Card {
	return social.Card{
		ID: r.ID, PostID: r.PostID, Person: r.Person, Chat: r.Chat, Message: r.Message,
		Media: r.Media, Version: r.Version, Shown: r.Shown, Drawn: r.Drawn,
	}
}

// Cards returns every card of a post, for the program itself.
func (s *Store) Cards(ctx context.Context, brand, post int64) ([]social.Card, error) {
	var rows []card
	err := s.In(ctx, brand, func(tx *Tx) error {
		return tx.SelectContext(ctx, &rows, `
			SELECT id, post_id, person_id, chat, message, media, version, shown, drawn
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

// CardAt returns the person's card to which a message of a chat belongs: the card
// itself, or what appears above it; social.ErrNotFound when it belongs to none.
func (s *Store) CardAt(ctx context.Context, person, chat, message int64) (social.Card, error) {
	var row card
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		return tx.GetContext(ctx, &row, `
			SELECT id, post_id, person_id, chat, message, media, version, shown, drawn
			FROM cards WHERE person_id = $1 AND chat = $2 AND (message = $3 OR $3 = ANY (media))
			ORDER BY id DESC LIMIT 1`, person, chat, message)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return social.Card{}, social.ErrNotFound
	}
	if err != nil {
		return social.Card{}, fmt.Errorf("looking for the card of a message: %w", err)
	}
	return row.domain(), nil
}

// claimLife is how long a card that one event's telling is sending is left to it.
const claimLife = time.Minute

// ClaimCard gives the telling of an event the sole right to send somebody a card
// that is not there: c.Message is 0, or the message that is gone. The telling that
// had it already keeps it, so that it can go on after a crash. Nobody has the
// right where the person has turned out to be out of reach.
func (s *Store) ClaimCard(ctx context.Context, e social.Event, c social.Card) (ours bool, err error) {
	err = s.In(ctx, e.BrandID, func(tx *Tx) error {
		var rows []int64
		err := tx.SelectContext(ctx, &rows, `
			INSERT INTO cards AS c (brand_id, post_id, person_id, version, chat, claim, claimed_at)
			SELECT $1, $2, id, $4, $5, $6, $7 FROM people WHERE id = $3 AND reachable
			ON CONFLICT (post_id, person_id, version) DO UPDATE SET claim = excluded.claim, claimed_at = excluded.claimed_at
			WHERE c.message = $8 AND (c.claim IN (0, excluded.claim) OR c.claimed_at < $9)
			RETURNING id`,
			e.BrandID, c.PostID, c.Person, c.Version, c.Chat, e.ID, tx.now, c.Message, tx.now.Add(-claimLife))
		ours = len(rows) > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("claiming a card of post %d: %w", c.PostID, err)
	}
	return ours, nil
}

// SaveCard records where a card is and what it shows, and returns what was known
// of it before: its Message is 0 when there was none, and its Drawn is higher than
// c's when somebody drew a newer state meanwhile. There is one card for each post,
// person and version, and a message is one card: whatever it showed before is a card
// without a message now. A card that stays where it is keeps its media.
func (s *Store) SaveCard(ctx context.Context, brand int64, c social.Card) (was social.Card, err error) {
	var before []byte
	err = s.In(ctx, brand, func(tx *Tx) error {
		return tx.GetContext(ctx, &before, saveCardQuery,
			brand, c.PostID, c.Person, c.Version, c.Chat, c.Message, pq.Array(append([]int64{}, c.Media...)), c.Shown, c.Drawn)
	})
	if err == nil {
		err = json.Unmarshal(before, &was)
	}
	if err != nil {
		return was, fmt.Errorf("recording a card of post %d: %w", c.PostID, err)
	}
	return was, nil
}

const saveCardQuery = `
	WITH covered AS (
		UPDATE cards SET message = 0, shown = ''
		WHERE person_id = $3 AND chat = $5 AND message = $6 AND (post_id, version) <> ($2, $4))
	INSERT INTO cards AS c (brand_id, post_id, person_id, version, chat, message, media, shown, drawn)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
	ON CONFLICT (post_id, person_id, version) DO UPDATE SET
		was = jsonb_build_object('Message', c.message, 'Media', c.media, 'Chat', c.chat, 'Drawn', c.drawn),
		media = CASE WHEN c.message = excluded.message AND excluded.media = '{}' THEN c.media ELSE excluded.media END,
		chat = excluded.chat, message = excluded.message, shown = excluded.shown, drawn = excluded.drawn, claim = 0
	RETURNING was`

// ShowCard records what a card was drawn anew to show, and tells whether it could:
// not when the card has moved or was drawn by somebody else since was was read.
func (s *Store) ShowCard(ctx context.Context, brand int64, was, now social.Card) (bool, error) {
	var n int64
	err := s.In(ctx, brand, func(tx *Tx) error {
		result, err := tx.ExecContext(ctx, `
			UPDATE cards SET shown = $5, drawn = $6
			WHERE id = $1 AND message = $2 AND shown = $3 AND drawn = $4`,
			was.ID, was.Message, was.Shown, was.Drawn, now.Shown, now.Drawn)
		if err != nil {
			return err
		}
		n, err = result.RowsAffected()
		return err
	})
	if err != nil {
		return false, fmt.Errorf("recording what a card of post %d shows: %w", was.PostID, err)
	}
	return n == 1, nil
}

// affair is an event with the names that stand in it.
type affair struct {
	event
	Agency string         `db:"agency"`
	Who    sql.NullString `db:"who"`
}

// Affair returns an event with its surroundings, for the program itself.
func (s *Store) Affair(ctx context.Context, id int64) (social.Affair, error) {
	var a social.Affair
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		var row affair
		err := tx.GetContext(ctx, &row, `
			SELECT `+eventColumns+`, g.name AS agency, `+fullName+` AS who
			FROM events e JOIN agencies g ON g.id = e.agency_id LEFT JOIN people p ON p.id = e.actor_id
			WHERE e.id = $1`, id)
		if errors.Is(err, sql.ErrNoRows) {
			return social.ErrNotFound
		}
		if err != nil {
			return err
		}
		e, err := row.domain()
		if err != nil {
			return err
		}
		a.Event, a.Agency, a.Who = e, social.Agency{ID: e.AgencyID, Name: row.Agency}, row.Who.String
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
	if err = tx.discussed(ctx, a); err != nil {
		return err
	}
	if err = tx.planned(ctx, a); err != nil {
		return err
	}
	if a.BrandID != 0 {
		err = tx.inBrand(ctx, a)
	} else {
		a.Brand = social.Brand{AgencyID: a.AgencyID, Name: a.Agency.Name, Zone: "UTC", Calendar: social.Gregorian}
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
		SELECT id, coalesce(telegram_id, 0) AS telegram_id, name, username, lang, lang_chosen, zone, calendar, reachable
		FROM people WHERE id = $1`, a.Facts.Person)
	a.Subject = row.domain()
	return err
}

// inBrand adds the brand, which the post has brought if there is one, and who is in it.
func (tx *Tx) inBrand(ctx context.Context, a *social.Affair) (err error) {
	if a.Brand = a.Post.Brand; a.Brand.ID != a.BrandID {
		if a.Brand, err = tx.brand(ctx, a.BrandID, false); err != nil {
			return err
		}
	}
	a.Members, err = tx.membersOf(ctx, a.BrandID)
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
