package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"peyk/social"
)

// brand is a row of brands.
type brand struct {
	ID       int64  `db:"id"`
	AgencyID int64  `db:"agency_id"`
	Name     string `db:"name"`
	Zone     string `db:"zone"`
	Calendar string `db:"calendar"`
	Rules    []byte `db:"rules"`
	Slots    []byte `db:"slots"`
}

func (r brand) domain() (social.Brand, error) {
	b := social.Brand{ID: r.ID, AgencyID: r.AgencyID, Name: r.Name, Zone: r.Zone, Calendar: social.Calendar(r.Calendar)}
	if err := json.Unmarshal(r.Rules, &b.Rules); err != nil {
		return b, fmt.Errorf("reading the rules of brand %d: %w", r.ID, err)
	}
	if err := json.Unmarshal(r.Slots, &b.Slots); err != nil {
		return b, fmt.Errorf("reading the slots of brand %d: %w", r.ID, err)
	}
	return b, nil
}

// Agencies returns the agencies in which the person has a place.
func (s *Store) Agencies(ctx context.Context, person int64) ([]social.Agency, error) {
	var agencies []social.Agency
	err := s.Read(ctx, person, func(tx *Tx) error {
		return tx.SelectContext(ctx, &agencies, `
			SELECT id, name FROM agencies WHERE id IN (SELECT my_agencies()) ORDER BY id`)
	})
	return agencies, err
}

// Brands returns the brands in which the person has a place, by name.
func (s *Store) Brands(ctx context.Context, person int64) ([]social.Brand, error) {
	var brands []social.Brand
	err := s.Read(ctx, person, func(tx *Tx) error {
		var rows []brand
		err := tx.SelectContext(ctx, &rows, `
			SELECT id, agency_id, name, zone, calendar, rules, slots
			FROM brands WHERE id IN (SELECT my_brands()) ORDER BY name, id`)
		if err != nil {
			return err
		}
		brands, err = domains(rows)
		return err
	})
	return brands, err
}

func domains(rows []brand) ([]social.Brand, error) {
	brands := make([]social.Brand, 0, len(rows))
	for _, r := range rows {
		b, err := r.domain()
		if err != nil {
			return nil, err
		}
		brands = append(brands, b)
	}
	return brands, nil
}

// Brand returns one brand and the reader's place in it.
func (s *Store) Brand(ctx context.Context, reader, id int64) (social.Brand, social.Member, error) {
	var b social.Brand
	var m social.Member
	err := s.Read(ctx, reader, func(tx *Tx) (err error) {
		if b, err = tx.brand(ctx, id, false); err != nil {
			return err
		}
		m, err = tx.member(ctx, reader, id)
		return err
	})
	return b, m, err
}

// brand reads a brand, and with lock keeps others from changing it.
func (tx *Tx) brand(ctx context.Context, id int64, lock bool) (social.Brand, error) {
	query := `
		SELECT id, agency_id, name, zone, calendar, rules, slots
		FROM brands WHERE id = $1`
	if lock {
		query += ` FOR UPDATE`
	}
	var row brand
	err := tx.GetContext(ctx, &row, query, id)
	if errors.Is(err, sql.ErrNoRows) {
		return social.Brand{}, social.ErrNotFound
	}
	if err != nil {
		return social.Brand{}, fmt.Errorf("reading brand %d: %w", id, err)
	}
	return row.domain()
}

// AddBrand makes a brand in an agency that the person owns.
func (s *Store) AddBrand(ctx context.Context, by int64, b social.Brand) (social.Brand, error) {
	err := s.As(ctx, by, func(tx *Tx) error {
		me, err := tx.owner(ctx, by, b.AgencyID)
		if err != nil {
			return err
		}
		if err := me.Can(social.Found); err != nil {
			return err
		}
		return tx.insertBrand(ctx, by, &b)
	})
	return b, err
}

func (tx *Tx) insertBrand(ctx context.Context, by int64, b *social.Brand) error {
	rules, slots, err := brandJSON(*b)
	if err != nil {
		return err
	}
	err = tx.GetContext(ctx, &b.ID, `
		INSERT INTO brands (agency_id, name, zone, calendar, rules, slots, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`, b.AgencyID, b.Name, b.Zone, b.Calendar, rules, slots, tx.now)
	if err != nil {
		return fmt.Errorf("adding a brand: %w", err)
	}
	if err := tx.be(ctx, by, 0); err != nil { // the new brand is within the wall now
		return err
	}
	err = tx.addEvent(ctx, social.Event{
		Kind: social.BrandMade, AgencyID: b.AgencyID, BrandID: b.ID, Actor: by, Facts: social.Facts{Name: b.Name},
	})
	return err
}

func brandJSON(b social.Brand) (rules, slots string, err error) {
	r, err := json.Marshal(b.Rules)
	if err != nil {
		return "", "", err
	}
	sl, err := json.Marshal(b.Slots)
	if b.Slots == nil {
		sl = []byte("[]")
	}
	return string(r), string(sl), err
}

// UpdateBrand changes a brand by a rule, under its lock.
func (s *Store) UpdateBrand(ctx context.Context, by, id int64, rule func(b *social.Brand, me social.Member) error) (social.Brand, error) {
	var b social.Brand
	err := s.As(ctx, by, func(tx *Tx) (err error) {
		if b, err = tx.brand(ctx, id, true); err != nil {
			return err
		}
		me, err := tx.member(ctx, by, id)
		if err != nil {
			return err
		}
		if err := rule(&b, me); err != nil {
			return err
		}
		return tx.saveBrand(ctx, by, b)
	})
	return b, err
}

func (tx *Tx) saveBrand(ctx context.Context, by int64, b social.Brand) error {
	rules, slots, err := brandJSON(b)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE brands SET name = $2, zone = $3, calendar = $4, rules = $5, slots = $6, digest_at = '-infinity'
		WHERE id = $1`, b.ID, b.Name, b.Zone, b.Calendar, rules, slots)
	if err != nil {
		return fmt.Errorf("saving brand %d: %w", b.ID, err)
	}
	err = tx.addEvent(ctx, social.Event{
		Kind: social.BrandChanged, AgencyID: b.AgencyID, BrandID: b.ID, Actor: by, Facts: social.Facts{Name: b.Name},
	})
	return err
}
