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

// TypedWeek returns what is known of an account's last week that is over, for
// somebody who sets its brand up.
func (s *Store) TypedWeek(ctx context.Context, reader, account int64) (social.TypedWeek, error) {
	var w social.TypedWeek
	err := s.Read(ctx, reader, func(tx *Tx) (err error) {
		w, err = tx.typedWeek(ctx, reader, account)
		return err
	})
	return w, err
}

func (tx *Tx) typedWeek(ctx context.Context, who, id int64) (social.TypedWeek, error) {
	var w social.TypedWeek
	var row account
	err := tx.GetContext(ctx, &row, `SELECT `+accountColumns+` FROM accounts WHERE id = $1 AND removed_at IS NULL`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return w, social.ErrNotFound
	}
	if err != nil {
		return w, fmt.Errorf("reading account %d: %w", id, err)
	}
	w.Account = row.domain()
	me, err := tx.member(ctx, who, row.BrandID)
	if err != nil {
		return w, err
	}
	if err := me.Can(social.Setup); err != nil {
		return w, err
	}
	if w.Brand, err = tx.brand(ctx, row.BrandID, false); err != nil {
		return w, err
	}
	w.Week = w.Brand.Before(w.Brand.Week(tx.now), 1)
	var rows []struct {
		Metric social.Metric `db:"metric"`
		Value  int64         `db:"value"`
		Had    bool          `db:"had"`
	}
	err = tx.SelectContext(ctx, &rows, `
		SELECT metric, value, at = $2 AS had FROM snapshots
		WHERE account_id = $1 AND post_id IS NULL AND source = 'by_hand' AND at IN ($2, $3)
		ORDER BY array_position('{followers,posts,reach,reactions,comments,shares,clicks}'::text[], metric)`, id, w.Week.To, w.Week.From)
	for _, r := range rows {
		reading := social.Reading{Metric: r.Metric, Value: r.Value}
		if r.Had {
			w.Had = append(w.Had, reading)
		} else {
			w.Last = append(w.Last, reading)
		}
	}
	return w, err
}

// KeepNumbers keeps what somebody has typed of a week, if it is still the last one that is
// over, and the picture beside it. It takes the place of what was typed before.
func (s *Store) KeepNumbers(ctx context.Context, by, account int64, typed social.Typed) (social.TypedWeek, error) {
	var w social.TypedWeek
	err := s.As(ctx, by, func(tx *Tx) (err error) {
		if _, err = tx.ExecContext(ctx, `SELECT FROM accounts WHERE id = $1 FOR UPDATE`, account); err != nil {
			return err
		}
		if w, err = tx.typedWeek(ctx, by, account); err != nil {
			return err
		}
		if w.Week.Day() != typed.Day {
			return social.ErrOutdated
		}
		told, err := social.CheckNumbers(typed.Told)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			DELETE FROM snapshots WHERE account_id = $1 AND post_id IS NULL AND source = 'by_hand' AND at = $2`, account, w.Week.To)
		for _, r := range told {
			err = errors.Join(err, tx.keepFigure(ctx, w.Brand.ID, social.Snapshot{
				Account: account, Metric: r.Metric, Value: r.Value, At: w.Week.To, Found: tx.now, Source: social.SourceByHand,
			}))
		}
		if err != nil {
			return fmt.Errorf("keeping the week of account %d: %w", account, err)
		}
		err = tx.addEvent(ctx, social.Event{
			Kind: social.NumbersTyped, AgencyID: w.Brand.AgencyID, BrandID: w.Brand.ID, Actor: by,
			Facts: social.Facts{Account: account, Name: w.Account.Handle, Week: typed.Day, Picture: typed.Photo},
		})
		if err != nil {
			return err
		}
		return tx.lookAtGoals(ctx, w.Brand)
	})
	return w, err
}

// Proofs returns the pictures beside what was typed of the brand's accounts in the week
// that a day names. Numbers that were typed once more have the picture that came with them.
func (s *Store) Proofs(ctx context.Context, reader, brand int64, day string) ([]social.Proof, error) {
	var proofs []social.Proof
	err := s.Read(ctx, reader, func(tx *Tx) error {
		me, err := tx.member(ctx, reader, brand)
		if err != nil {
			return err
		}
		if err := me.Can(social.See); err != nil {
			return err
		}
		var rows []struct {
			account
			Photo []byte    `db:"photo"`
			Who   string    `db:"who"`
			When  time.Time `db:"told"`
		}
		err = tx.SelectContext(ctx, &rows, `
			SELECT a.id, a.brand_id, a.platform, a.remote_id, a.handle, a.by_hand, a.missing, a.lost, a.discussion, a.discussion_missing,
				e.facts -> 'picture' AS photo, coalesce(p.name, '') AS who, e.at AS told
			FROM accounts a
				CROSS JOIN LATERAL (
					SELECT e.facts, e.at, e.actor_id FROM events e
					WHERE e.brand_id = a.brand_id AND e.kind = '`+string(social.NumbersTyped)+`' AND e.facts ->> 'week' = $2 AND e.facts -> 'account' = to_jsonb(a.id)
					ORDER BY e.id DESC LIMIT 1) e
				LEFT JOIN people p ON p.id = e.actor_id
			WHERE a.brand_id = $1 AND a.removed_at IS NULL AND e.facts ? 'picture' ORDER BY a.id`, brand, day)
		if err != nil {
			return fmt.Errorf("finding the pictures of brand %d: %w", brand, err)
		}
		for _, r := range rows {
			proof := social.Proof{Account: r.domain(), Who: r.Who, At: r.When}
			if err := json.Unmarshal(r.Photo, &proof.Photo); err != nil {
				return fmt.Errorf("reading a picture of brand %d: %w", brand, err)
			}
			proofs = append(proofs, proof)
		}
		return nil
	})
	return proofs, err
}
