package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/lib/pq"

	"peyk/social"
)

// figureGrain is how exactly the moment of a figure is kept. The hours of every zone
// begin on one of them, and what comes twice within one is one figure.
const figureGrain = 15 * time.Minute

// LooksDue claims up to n accounts and up to n posts of the given networks whose
// figures are to be asked for. Whoever claims has until then to come back with them;
// after that they are claimed again.
func (s *Store) LooksDue(ctx context.Context, now, until time.Time, networks []social.Platform, n int) ([]social.Look, error) {
	const (
		accounts = `accounts WHERE count_at <= $1 AND removed_at IS NULL AND NOT by_hand AND platform = ANY ($2)`
		posts    = `deliveries d JOIN accounts a ON a.id = d.account_id
			WHERE d.look_at <= $1 AND a.removed_at IS NULL AND a.platform = ANY ($2)`
	)
	var looks []social.Look
	if !s.due(ctx, `SELECT FROM `+accounts+` UNION ALL SELECT FROM `+posts, now, pq.Array(networks)) {
		return nil, nil
	}
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		looks = nil
		return errors.Join(
			tx.claimLooks(ctx, &looks, `
				UPDATE accounts a SET count_at = $3 FROM brands b
				WHERE b.id = a.brand_id AND a.id IN (SELECT id FROM `+accounts+` ORDER BY count_at LIMIT $4 FOR UPDATE SKIP LOCKED)
				RETURNING a.id, a.brand_id, a.platform, a.remote_id, a.handle, b.zone, a.count_tries AS tries`,
				now, pq.Array(networks), until, n),
			tx.claimLooks(ctx, &looks, `
				UPDATE deliveries d SET look_at = $3 FROM accounts a JOIN brands b ON b.id = a.brand_id
				WHERE a.id = d.account_id AND d.id IN (SELECT d.id FROM `+posts+` ORDER BY d.look_at LIMIT $4 FOR UPDATE OF d SKIP LOCKED)
				RETURNING a.id, a.brand_id, a.platform, a.remote_id, a.handle, b.zone, d.look_tries AS tries,
					d.id AS delivery, d.post_id AS post, d.remote, d.live_at AS live`,
				now, pq.Array(networks), until, n))
	})
	return looks, err
}

func (tx *Tx) claimLooks(ctx context.Context, looks *[]social.Look, query string, args ...any) error {
	var rows []struct {
		account
		Zone     string       `db:"zone"`
		Tries    int          `db:"tries"`
		Delivery int64        `db:"delivery"`
		Post     int64        `db:"post"`
		Remote   string       `db:"remote"`
		Live     sql.NullTime `db:"live"`
	}
	if err := tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return fmt.Errorf("claiming figures to ask for: %w", err)
	}
	for _, r := range rows {
		*looks = append(*looks, social.Look{
			Account: r.domain(), Zone: r.Zone, Tries: r.Tries, Delivery: r.Delivery, Post: r.Post, Remote: r.Remote, Live: r.Live.Time,
		})
	}
	return nil
}

// EndLook keeps what a network has told, with what we have counted ourselves, and
// says when to look again.
func (s *Store) EndLook(ctx context.Context, l social.Look, told []social.Reading, now time.Time) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		for _, r := range told {
			err := tx.keepFigure(ctx, l.Account.BrandID, social.Snapshot{
				Account: l.Account.ID, Post: l.Post, Metric: r.Metric, Value: r.Value,
				At: now.Truncate(figureGrain), Found: now, Source: social.Source(l.Account.Platform),
			})
			if err != nil {
				return err
			}
		}
		if l.Delivery == 0 {
			_, err := tx.ExecContext(ctx, `
				UPDATE accounts SET count_at = $2, count_tries = 0, count_code = '' WHERE id = $1`,
				l.Account.ID, social.Brand{Zone: l.Zone}.NextCount(now))
			return err
		}
		if err := tx.countComments(ctx, l, now); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE deliveries SET look_at = $2, look_tries = 0, missed_at = NULL WHERE id = $1 AND state = 'live'`,
			l.Delivery, nullTime(social.NextLook(l.Live, now)))
		return err
	})
}

// PutLookOff records why a look gave nothing, and when to look again.
func (s *Store) PutLookOff(ctx context.Context, l social.Look, code string, until time.Time) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		query, args := `UPDATE deliveries SET look_at = $2, look_tries = look_tries + 1 WHERE id = $1 AND state = 'live'`, []any{l.Delivery, until}
		if l.Delivery == 0 {
			query = `UPDATE accounts SET count_at = $2, count_tries = count_tries + 1, count_code = $3 WHERE id = $1`
			args = []any{l.Account.ID, until, code}
		}
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

// countComments keeps how many comments a post has; nothing where they do not reach us.
func (tx *Tx) countComments(ctx context.Context, l social.Look, now time.Time) error {
	var n sql.NullInt64
	err := tx.GetContext(ctx, &n, `
		SELECT CASE WHEN a.discussion <> 0 AND NOT '`+social.RightAdmin+`' = ANY (a.discussion_missing) THEN (
			SELECT count(*) FROM threads t JOIN comments c ON c.thread_id = t.id
			WHERE t.account_id = a.id AND t.remote = split_part($2, ',', 1) AND NOT c.spam) END
		FROM accounts a WHERE a.id = $1`, l.Account.ID, l.Remote)
	if err != nil || !n.Valid || l.Remote == "" {
		return err
	}
	return tx.keepFigure(ctx, l.Account.BrandID, social.Snapshot{
		Account: l.Account.ID, Post: l.Post, Metric: social.MetricComments, Value: n.Int64,
		At: now.Truncate(figureGrain), Found: now, Source: social.SourceOwn,
	})
}

// keepFigure stores a figure. Of two about one moment the one that was found later
// counts, so that what comes twice or out of order does no harm.
func (tx *Tx) keepFigure(ctx context.Context, brand int64, f social.Snapshot) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO snapshots AS s (brand_id, account_id, post_id, metric, at, value, found_at, source)
		VALUES ($1, $2, nullif($3, 0), $4, $5, $6, $7, $8)
		ON CONFLICT (account_id, post_id, metric, at) DO UPDATE SET value = excluded.value, found_at = excluded.found_at, source = excluded.source
			WHERE s.found_at <= excluded.found_at`,
		brand, f.Account, f.Post, f.Metric, f.At, f.Value, f.Found, f.Source)
	if err != nil {
		return fmt.Errorf("keeping the %s of account %d: %w", f.Metric, f.Account, err)
	}
	return nil
}

// bear begins the figures of a delivery that has just become live: when it is looked
// at, and, where the bot has published it itself and hears of every reaction, that
// there was none yet.
func (tx *Tx) bear(ctx context.Context, brand int64, d social.Delivery) error {
	var platform string
	err := tx.GetContext(ctx, &platform, `
		UPDATE deliveries d SET live_at = $2, look_at = $3 FROM accounts a
		WHERE d.id = $1 AND a.id = d.account_id AND d.live_at IS NULL RETURNING a.platform`,
		d.ID, tx.now, social.NextLook(tx.now, tx.now))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil || d.Remote == "" || social.Platform(platform) != social.Telegram {
		return err
	}
	at := tx.now.Truncate(figureGrain)
	return tx.keepFigure(ctx, brand, social.Snapshot{
		Account: d.Account, Post: d.PostID, Metric: social.MetricReactions, At: at, Found: at, Source: social.Source(social.Telegram),
	})
}

// HearReactions keeps how many reactions a channel's post has, as of a moment. Of a
// post that is not ours nothing is kept.
func (s *Store) HearReactions(ctx context.Context, chat, message, count int64, at time.Time) error {
	return s.Across(ctx, func(tx *Tx) error {
		var of struct {
			Brand   int64 `db:"brand_id"`
			Account int64 `db:"account_id"`
			Post    int64 `db:"post_id"`
		}
		err := tx.GetContext(ctx, &of, `
			SELECT d.brand_id, d.account_id, d.post_id FROM accounts a JOIN deliveries d ON d.account_id = a.id
			WHERE a.platform = 'telegram' AND a.remote_id = $1 AND a.removed_at IS NULL
				AND d.live_at IS NOT NULL AND split_part(d.remote, ',', 1) = $2`,
			strconv.FormatInt(chat, 10), strconv.FormatInt(message, 10))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("finding the post of a reaction: %w", err)
		}
		return tx.keepFigure(ctx, of.Brand, social.Snapshot{
			Account: of.Account, Post: of.Post, Metric: social.MetricReactions, Value: count,
			At: at.Truncate(figureGrain), Found: at, Source: social.Source(social.Telegram),
		})
	})
}
