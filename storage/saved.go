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

// SaveReply keeps words for use again, on behalf of somebody who answers for the
// brand. The same words twice are social.ErrSavedTwin.
func (s *Store) SaveReply(ctx context.Context, by int64, r social.SavedReply) (social.SavedReply, error) {
	if err := r.Sound(); err != nil {
		return r, err
	}
	err := s.As(ctx, by, func(tx *Tx) error {
		me, err := tx.member(ctx, by, r.Brand)
		if err != nil {
			return err
		}
		if err := me.Can(social.Answer); err != nil {
			return err
		}
		err = tx.GetContext(ctx, &r.ID, `
			INSERT INTO saved_replies (brand_id, lang, text, made_by, created_at)
			VALUES ($1, $2, $3, $4, $5) RETURNING id`, r.Brand, r.Lang, r.Text, by, tx.now)
		if err != nil {
			return err
		}
		return tx.addEvent(ctx, social.Event{Kind: social.ReplySaved, AgencyID: me.AgencyID, BrandID: r.Brand, Actor: by})
	})
	var e *pq.Error
	if errors.As(err, &e) && e.Code == "23505" {
		return r, social.ErrSavedTwin
	}
	return r, err
}

// SavedReplies returns a brand's kept replies, the most used first, for somebody
// who answers for it.
func (s *Store) SavedReplies(ctx context.Context, reader, brand int64) ([]social.SavedReply, error) {
	var saved []social.SavedReply
	err := s.Read(ctx, reader, func(tx *Tx) (err error) {
		saved, err = tx.savedReplies(ctx, brand)
		return err
	})
	return saved, err
}

func (tx *Tx) savedReplies(ctx context.Context, brand int64) ([]social.SavedReply, error) {
	var rows []struct {
		ID    int64     `db:"id"`
		Brand int64     `db:"brand_id"`
		Lang  string    `db:"lang"`
		Text  string    `db:"text"`
		Uses  int       `db:"uses"`
		Fits  []byte    `db:"fits"`
		At    time.Time `db:"created_at"`
	}
	err := tx.SelectContext(ctx, &rows, `
		SELECT id, brand_id, lang, text, uses, fits, created_at FROM saved_replies
		WHERE brand_id = $1 AND removed_at IS NULL ORDER BY uses DESC, id LIMIT 100`, brand)
	if err != nil {
		return nil, fmt.Errorf("reading saved replies: %w", err)
	}
	saved := make([]social.SavedReply, len(rows))
	for i, r := range rows {
		saved[i] = social.SavedReply{ID: r.ID, Brand: r.Brand, Lang: r.Lang, Text: r.Text, Uses: r.Uses, At: r.At}
		if err := json.Unmarshal(r.Fits, &saved[i].Fits); err != nil {
			return nil, fmt.Errorf("reading saved reply %d: %w", r.ID, err)
		}
	}
	return saved, nil
}

// offered is how many kept replies a card offers.
const offered = 3

// offer finds the kept replies that fit a comment best.
func (tx *Tx) offer(ctx context.Context, c *social.Comment) error {
	if !c.Open() {
		return nil
	}
	saved, err := tx.savedReplies(ctx, c.Brand.ID)
	c.Saved = social.Fitting(saved, *c, offered)
	return err
}

// DropSavedReply takes a kept reply out.
func (s *Store) DropSavedReply(ctx context.Context, by, id int64) error {
	return s.As(ctx, by, func(tx *Tx) error {
		var brand int64
		err := tx.GetContext(ctx, &brand, `
			UPDATE saved_replies SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL RETURNING brand_id`, id, tx.now)
		if errors.Is(err, sql.ErrNoRows) {
			return social.ErrNotFound
		}
		if err != nil {
			return err
		}
		me, err := tx.member(ctx, by, brand)
		if err != nil {
			return err
		}
		if err := me.Can(social.Answer); err != nil {
			return err
		}
		return tx.addEvent(ctx, social.Event{Kind: social.ReplyUnsaved, AgencyID: me.AgencyID, BrandID: brand, Actor: by})
	})
}

// CountUse counts that a kept reply was sent once more, to a comment of the mood.
func (s *Store) CountUse(ctx context.Context, brand, id int64, mood social.Mood) error {
	return s.In(ctx, brand, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE saved_replies SET uses = uses + 1,
				fits = jsonb_set(fits, ARRAY[$2], to_jsonb(coalesce((fits ->> $2)::int, 0) + 1))
			WHERE id = $1`, id, string(mood))
		return err
	})
}

// SetAlone says whether a responder's answers go out without a manager's word.
func (s *Store) SetAlone(ctx context.Context, by, brand, person int64, alone bool) error {
	return s.As(ctx, by, func(tx *Tx) error {
		me, err := tx.member(ctx, by, brand)
		if err != nil {
			return err
		}
		if err := me.Can(social.Setup); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `
			UPDATE members SET alone = $3 WHERE brand_id = $1 AND person_id = $2 AND left_at IS NULL`, brand, person, alone)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, social.ErrNotFound)
		}
		return tx.addEvent(ctx, social.Event{
			Kind: social.MemberChanged, AgencyID: me.AgencyID, BrandID: brand, Actor: by, Facts: social.Facts{Person: person},
		})
	})
}
