package storage

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"peyk/social"
)

// samples reads the posts that went out from a moment up to the end of the digest's time,
// with what followers made of them as of now or the week's end, the oldest first.
func (tx *Tx) samples(ctx context.Context, d *social.Digest, from time.Time) error {
	var rows []struct {
		Post      int64         `db:"post_id"`
		Account   int64         `db:"account_id"`
		Platform  string        `db:"platform"`
		Live      time.Time     `db:"live_at"`
		Files     int           `db:"files"`
		Kind      string        `db:"kind"`
		Words     string        `db:"words"`
		Link      string        `db:"link"`
		Reactions sql.NullInt64 `db:"reactions"`
		Comments  sql.NullInt64 `db:"comments"`
	}
	err := tx.SelectContext(ctx, &rows, `
		SELECT d.post_id, d.account_id, a.platform, d.live_at, coalesce(jsonb_array_length(p.content -> 'media'), 0) AS files,
			coalesce(p.content #>> '{media,0,kind}', '') AS kind, coalesce(p.content #>> '{text,plain}', '') AS words,
			coalesce(d.link, '') AS link, r.value AS reactions, c.value AS comments
		FROM accounts a JOIN deliveries d ON d.account_id = a.id JOIN posts p ON p.id = d.post_id `+
		lastOf("r", social.MetricReactions, "least($3::timestamptz, $4::timestamptz)")+lastOf("c", social.MetricComments, "least($3::timestamptz, $4::timestamptz)")+`
		WHERE a.brand_id = $1 AND d.live_at >= $2 AND d.live_at < $3 AND d.state <> 'deleted' ORDER BY d.live_at, d.id`,
		d.Brand.ID, from, d.Week.To, tx.now)
	if err != nil {
		return fmt.Errorf("reading the posts of brand %d: %w", d.Brand.ID, err)
	}
	for _, r := range rows {
		s := social.Sample{
			Post: r.Post, Account: r.Account, Live: r.Live, Type: social.TypeOf(r.Files, social.MediaKind(r.Kind)), Words: r.Words, Link: r.Link,
			Reactions: figureOf(r.Reactions, social.Source(r.Platform)), Comments: figureOf(r.Comments, social.SourceOwn),
		}
		d.Samples = append(d.Samples, s)
	}
	return nil
}

// figureOf is a figure as the table has it.
func figureOf(n sql.NullInt64, source social.Source) social.Figure {
	return social.Figure{Known: n.Valid, N: n.Int64, Source: source}
}
