package storage

import (
	"context"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"peyk/social"
)

// Departing tells what it would mean if the person had his data deleted.
func (s *Store) Departing(ctx context.Context, person int64) (social.Departure, error) {
	var d social.Departure
	err := s.Read(ctx, person, func(tx *Tx) (err error) {
		d, err = tx.departing(ctx, person)
		return err
	})
	return d, err
}

func (tx *Tx) departing(ctx context.Context, person int64) (social.Departure, error) {
	d := social.Departure{Person: social.Person{ID: person}}
	err := tx.GetContext(ctx, &d.Person.TelegramID, `SELECT telegram_id FROM people WHERE id = $1`, person)
	if err != nil {
		return d, fmt.Errorf("reading a person: %w", err)
	}
	if d.Person.Name, err = tx.personName(ctx, person); err != nil {
		return d, err
	}
	err = tx.SelectContext(ctx, &d.Leaves, `
		SELECT a.id AS "agency.id", a.name AS "agency.name" FROM agencies a
		WHERE a.id IN (SELECT m.agency_id FROM members m WHERE m.person_id = $1 AND m.left_at IS NULL) ORDER BY a.id`, person)
	if err != nil {
		return d, fmt.Errorf("reading agencies: %w", err)
	}
	for i := range d.Leaves {
		if err := tx.leaving(ctx, person, &d.Leaves[i]); err != nil {
			return d, err
		}
	}
	return d, nil
}

// leaving fills in who is in the agency.
func (tx *Tx) leaving(ctx context.Context, person int64, l *social.Leaving) error {
	members, err := tx.members(ctx, `
		SELECT `+memberColumns+`
		FROM members m JOIN people p ON p.id = m.person_id
		WHERE m.agency_id = $1 AND m.left_at IS NULL
		ORDER BY m.brand_id NULLS FIRST, m.joined_at, m.id`, l.Agency.ID)
	for _, m := range members {
		if m.Person.ID == person {
			l.Places = append(l.Places, m)
		} else {
			l.Others = append(l.Others, m)
		}
	}
	return err
}

// Depart deletes what is kept about the person, in one transaction: his open work is
// handed over as that of a member who is removed, each agency hears of it once, and
// an agency with nobody else in it ends. What he did stays, under no name.
func (s *Store) Depart(ctx context.Context, person int64) (social.Departure, error) {
	var d social.Departure
	err := s.Across(ctx, func(tx *Tx) (err error) {
		s.At("handler_tx_open")
		if err = tx.lockAgenciesOf(ctx, person); err != nil {
			return err
		}
		if d, err = tx.departing(ctx, person); err != nil {
			return err
		}
		if err = d.Allowed(); err != nil {
			return err
		}
		return tx.depart(ctx, d)
	})
	s.At("handler_tx_committed")
	return d, err
}

// lockAgenciesOf lets one owner leave after the other, so that the second sees that
// he is the last.
func (tx *Tx) lockAgenciesOf(ctx context.Context, person int64) error {
	_, err := tx.ExecContext(ctx, `
		SELECT FROM agencies WHERE id IN (SELECT agency_id FROM members WHERE person_id = $1 AND left_at IS NULL)
		ORDER BY id FOR UPDATE`, person)
	return err
}

func (tx *Tx) depart(ctx context.Context, d social.Departure) error {
	for _, l := range d.Leaves {
		leave := tx.leave
		if l.Ends() {
			leave = tx.endAgency
		}
		if err := leave(ctx, d.Person.ID, l); err != nil {
			return fmt.Errorf("leaving agency %d: %w", l.Agency.ID, err)
		}
	}
	for _, e := range d.Events() {
		if err := tx.addEvent(ctx, e); err != nil {
			return err
		}
	}
	return tx.forget(ctx, d.Person)
}

// leave hands over what the person has in hand, brand by brand, and the agency's own
// work last.
func (tx *Tx) leave(ctx context.Context, person int64, l social.Leaving) error {
	brands := []int64{}
	for _, m := range l.Places {
		if m.BrandID != 0 {
			brands = append(brands, m.BrandID)
		}
	}
	if l.Owner() {
		brands = brands[:0]
		if err := tx.SelectContext(ctx, &brands, `SELECT id FROM brands WHERE agency_id = $1 ORDER BY id`, l.Agency.ID); err != nil {
			return err
		}
		brands = append(brands, 0)
	}
	for _, brand := range brands {
		heir, ok := l.Heir(brand)
		if !ok {
			return social.ErrLastOwner
		}
		heir.AgencyID = l.Agency.ID
		if err := tx.release(ctx, heir, brand, person); err != nil {
			return err
		}
	}
	return nil
}

// forgetQueries delete what is about the person $1, and take his name and Telegram
// id $2 out of what stays.
var forgetQueries = []string{
	`DELETE FROM guesses WHERE person_id = $1`,
	`DELETE FROM mornings WHERE person_id = $1`,
	`DELETE FROM digests WHERE person_id = $1`,
	`DELETE FROM digest_hushes WHERE person_id = $1`,
	`DELETE FROM notices WHERE person_id = $1`,
	`DELETE FROM cards WHERE person_id = $1`,
	`DELETE FROM comment_cards WHERE person_id = $1`,
	`DELETE FROM channels c WHERE added_by = $1 AND NOT EXISTS (
		SELECT FROM accounts a WHERE a.platform = 'telegram' AND a.remote_id = c.chat::text AND a.removed_at IS NULL)`,
	`UPDATE channels SET added_by = NULL WHERE added_by = $1`,
	`DELETE FROM invitations WHERE person_id = $1 AND agency_id IS NULL`,
	`UPDATE invitations SET state = 'refused' WHERE person_id = $1 AND state = 'bound'`,
	`UPDATE events SET facts = facts || jsonb_build_object('name', '` + social.FormerName + `')
		WHERE facts ? 'name' AND kind <> 'person.gone'
			AND (actor_id = $1 AND kind = 'invitation.opened' OR facts->'person' = to_jsonb($1::bigint) AND kind <> 'invitation.opened')`,
}

// forgetTelegramQueries are about the Telegram user $1.
var forgetTelegramQueries = []string{
	`UPDATE comments c SET author = '', author_id = '' FROM accounts a
		WHERE a.id = c.account_id AND a.platform = 'telegram' AND c.author_id = $1::bigint::text`,
	`DELETE FROM inbox WHERE (done_at IS NOT NULL OR parked_at IS NOT NULL) AND ` + namesTelegram,
}

func (tx *Tx) forget(ctx context.Context, p social.Person) error {
	for _, q := range forgetQueries {
		if _, err := tx.ExecContext(ctx, q, p.ID); err != nil {
			return fmt.Errorf("forgetting person %d: %w", p.ID, err)
		}
	}
	for _, q := range forgetTelegramQueries {
		if _, err := tx.ExecContext(ctx, q, p.TelegramID); err != nil {
			return fmt.Errorf("forgetting the Telegram user of person %d: %w", p.ID, err)
		}
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM dialogs WHERE person = $1 OR chat = $2`, p.ID, p.TelegramID)
	if err != nil {
		return err
	}
	for _, u := range tx.mark {
		_, err := tx.ExecContext(ctx, `UPDATE inbox SET forget = true WHERE bot = $1 AND update_id = $2`, u.Bot, u.ID)
		if err != nil {
			return err
		}
	}
	return tx.unname(ctx, p.ID)
}

// unname leaves of a person a row without a name; none where nothing refers to it.
func (tx *Tx) unname(ctx context.Context, person int64) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE people SET telegram_id = NULL, name = $2, username = '', lang = 'en', lang_chosen = false, zone = '',
			calendar = '', reachable = false, morning = -1, takeout_after = '-infinity'
		WHERE id = $1`, person, social.FormerName)
	if err != nil {
		return err
	}
	if _, err = tx.ExecContext(ctx, `SAVEPOINT unreferred`); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM people WHERE id = $1`, person)
	var refused *pq.Error
	if errors.As(err, &refused) && refused.Code == "23503" { // something refers to it
		_, err = tx.ExecContext(ctx, `ROLLBACK TO unreferred`)
	}
	return err
}
