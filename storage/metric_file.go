package storage

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"peyk/social"
)

// Figures returns the figures of a brand's accounts, the newest first, as many as a
// file may hold, for somebody who sets the brand up.
func (s *Store) Figures(ctx context.Context, reader, brand int64) ([]social.Snapshot, error) {
	var figures []social.Snapshot
	err := s.Read(ctx, reader, func(tx *Tx) error {
		if err := tx.maySetUp(ctx, reader, brand); err != nil {
			return err
		}
		var rows []struct {
			Account int64     `db:"account_id"`
			Post    int64     `db:"post"`
			Metric  string    `db:"metric"`
			Value   int64     `db:"value"`
			At      time.Time `db:"at"`
			Found   time.Time `db:"found_at"`
			Source  string    `db:"source"`
		}
		err := tx.SelectContext(ctx, &rows, `
			SELECT s.account_id, coalesce(s.post_id, 0) AS post, s.metric, s.value, s.at, s.found_at, s.source
			FROM snapshots s JOIN accounts a ON a.id = s.account_id
			WHERE a.brand_id = $1 AND a.removed_at IS NULL
			ORDER BY s.at DESC, s.account_id, s.post_id, s.metric LIMIT $2`, brand, social.MaxFigures)
		for _, r := range rows {
			figures = append(figures, social.Snapshot{
				Account: r.Account, Post: r.Post, Metric: social.Metric(r.Metric), Value: r.Value,
				At: r.At, Found: r.Found, Source: social.Source(r.Source),
			})
		}
		return err
	})
	return figures, err
}

func (tx *Tx) maySetUp(ctx context.Context, who, brand int64) error {
	me, err := tx.member(ctx, who, brand)
	if err != nil {
		return err
	}
	return me.Can(social.Setup)
}

// TakeFigures takes in figures of a brand's own accounts and posts. What is there
// already stays as it is. It returns how many came to it.
func (s *Store) TakeFigures(ctx context.Context, by, brand int64, figures []social.Snapshot) (added int, err error) {
	accounts, posts := make([]int64, len(figures)), make([]int64, len(figures))
	metrics, values, ats := make([]string, len(figures)), make([]int64, len(figures)), make([]string, len(figures))
	for i, f := range figures {
		accounts[i], posts[i], metrics[i], values[i] = f.Account, f.Post, string(f.Metric), f.Value
		ats[i] = f.At.UTC().Format(time.RFC3339Nano)
	}
	err = s.As(ctx, by, func(tx *Tx) error {
		if err := tx.maySetUp(ctx, by, brand); err != nil {
			return err
		}
		var foreign bool
		err := tx.GetContext(ctx, &foreign, `
			SELECT EXISTS (SELECT FROM unnest($2::bigint[], $3::bigint[]) f(account, post)
				WHERE NOT EXISTS (SELECT FROM accounts a WHERE a.id = f.account AND a.brand_id = $1 AND a.removed_at IS NULL)
					OR f.post <> 0 AND NOT EXISTS (SELECT FROM posts p WHERE p.id = f.post AND p.brand_id = $1))`,
			brand, pq.Array(accounts), pq.Array(posts))
		if err != nil {
			return err
		}
		if foreign {
			return social.ErrFiguresForeign
		}
		result, err := tx.ExecContext(ctx, `
			INSERT INTO snapshots (brand_id, account_id, post_id, metric, at, value, found_at, source)
			SELECT $1, f.account, nullif(f.post, 0), f.metric, f.at, f.value, $7, $8
			FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[], $6::bigint[]) f(account, post, metric, at, value)
			ON CONFLICT (account_id, post_id, metric, at) DO NOTHING`,
			brand, pq.Array(accounts), pq.Array(posts), pq.Array(metrics), pq.Array(ats), pq.Array(values), tx.now, social.SourceCSV)
		if err != nil {
			return fmt.Errorf("taking in figures of brand %d: %w", brand, err)
		}
		n, err := result.RowsAffected()
		if added = int(n); err != nil || n == 0 {
			return err
		}
		b, err := tx.brand(ctx, brand, false)
		if err != nil {
			return err
		}
		err = tx.addEvent(ctx, social.Event{
			Kind: social.NumbersTyped, AgencyID: b.AgencyID, BrandID: brand, Actor: by, Facts: social.Facts{Name: string(social.SourceCSV)},
		})
		if err != nil {
			return err
		}
		return tx.lookAtGoals(ctx, b)
	})
	return added, err
}
