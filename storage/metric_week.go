package storage

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/lib/pq"

	"peyk/social"
)

// numbers is what is known of one account in one week.
type numbers struct {
	Week      int            `db:"n"` // 1: the digest's own
	Account   int64          `db:"account_id"`
	Platform  string         `db:"platform"`
	Followers sql.NullInt64  `db:"followers"`
	At        sql.NullTime   `db:"followers_at"`
	Source    sql.NullString `db:"followers_source"`
	Posts     int64          `db:"posts"`
	Reactions sql.NullInt64  `db:"reactions"`
	Comments  sql.NullInt64  `db:"comments"`
	End       time.Time      `db:"u"`
	Typed     pq.StringArray `db:"typed"` // metrics of the whole week
	Values    pq.Int64Array  `db:"values"`
	Sources   pq.StringArray `db:"sources"`
}

func (r numbers) domain() social.Numbers {
	n := social.Numbers{Account: r.Account, Platform: social.Platform(r.Platform), Posts: r.Posts}
	if r.Followers.Valid {
		n.Followers = social.Figure{Known: true, N: r.Followers.Int64, At: r.At.Time, Source: social.Source(r.Source.String)}
	}
	if r.Reactions.Valid {
		n.Reactions = social.Figure{Known: true, N: r.Reactions.Int64, At: r.End, Source: social.Source(r.Platform)}
	}
	if r.Comments.Valid {
		n.Comments = social.Figure{Known: true, N: r.Comments.Int64, At: r.End, Source: social.SourceOwn}
	}
	told := social.Figures{Numbers: []social.Numbers{n}}
	for i, m := range r.Typed {
		told.Tell(r.Account, social.Metric(m), social.Figure{Known: true, N: r.Values[i], At: r.End, Source: social.Source(r.Sources[i])})
	}
	return told.Numbers[0]
}

// For how long a count of followers tells of the end of a week, or of a month: what people
// type of weeks is up to a week old there, and says of which day it is.
const (
	followersLife      = "36 hours"
	followersMonthLife = "8 days"
)

// numbers reads, in one question, what is known of the brand's accounts at the end of
// the digest's week and of those before it. A week that is not over ends now.
func (tx *Tx) numbers(ctx context.Context, d *social.Digest, in parts) error {
	life, whole := followersLife, social.Metrics()[1:]
	if in.months {
		life, whole = followersMonthLife, nil // see typedMonths
	}
	var rows []numbers
	err := tx.SelectContext(ctx, &rows, `
		SELECT w.n, w.u, a.id AS account_id, a.platform,
			f.value AS followers, f.at AS followers_at, f.source AS followers_source, p.*, typed.*
		FROM (SELECT n, f, t, least(t, $4) AS u
				FROM unnest($2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY w(f, t, n)) w
			JOIN accounts a ON a.brand_id = $1 AND a.created_at < w.t AND (a.removed_at IS NULL OR a.removed_at >= w.u)
			LEFT JOIN LATERAL (
				SELECT s.value, s.at, s.source FROM snapshots s
				WHERE s.account_id = a.id AND s.post_id IS NULL AND s.metric = 'followers'
					AND s.at <= w.u AND s.at > w.u - $6::interval
				ORDER BY s.at DESC LIMIT 1) f ON true
			CROSS JOIN LATERAL (
				SELECT count(*) FILTER (WHERE r.value IS NOT NULL OR c.value IS NOT NULL) AS posts,
					sum(r.value)::bigint AS reactions, sum(c.value)::bigint AS comments
				FROM deliveries d `+lastOf("r", social.MetricReactions, "w.u")+lastOf("c", social.MetricComments, "w.u")+`
				WHERE d.account_id = a.id AND d.live_at >= w.f AND d.live_at < w.t AND d.state <> 'deleted') p
			CROSS JOIN LATERAL (
				SELECT array_agg(s.metric) AS typed, array_agg(s.value) AS values, array_agg(s.source) AS sources FROM snapshots s
				WHERE s.account_id = a.id AND s.post_id IS NULL AND s.metric = ANY ($5) AND s.at = w.t) typed
		ORDER BY w.n, a.id`, d.Brand.ID, pq.Array(in.from), pq.Array(in.to), tx.now, pq.Array(whole), life)
	if err != nil {
		return fmt.Errorf("reading the figures of brand %d: %w", d.Brand.ID, err)
	}
	for _, r := range rows {
		week := &d.Weeks[r.Week-1]
		week.Numbers = append(week.Numbers, r.domain())
	}
	return nil
}

// followers reads how many follow the brand at the end of each day of the digest's
// week. A day on which not all accounts tell that do on any other is not known: the sum of
// some accounts is no less than that of others.
func (tx *Tx) followers(ctx context.Context, d *social.Digest) error {
	var from, to []string
	for _, day := range d.Days() {
		from, to = append(from, day.From.Format(time.RFC3339)), append(to, day.To.Format(time.RFC3339))
	}
	var rows []struct {
		Sum   int64 `db:"sum"`
		Known bool  `db:"known"`
	}
	err := tx.SelectContext(ctx, &rows, `
		WITH days AS (SELECT f, t, n FROM unnest($2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY w(f, t, n)),
		told AS (
			SELECT w.n, a.id, s.value FROM days w CROSS JOIN accounts a CROSS JOIN LATERAL (
				SELECT s.value FROM snapshots s
				WHERE s.account_id = a.id AND s.post_id IS NULL AND s.metric = 'followers' AND s.at > w.f AND s.at <= w.t
				ORDER BY s.at DESC LIMIT 1) s
			WHERE a.brand_id = $1 AND (a.removed_at IS NULL OR a.removed_at >= least($4::timestamptz, $5::timestamptz)))
		SELECT coalesce(sum(o.value), 0)::bigint AS sum, count(o.id) > 0 AND count(o.id) = (SELECT count(DISTINCT id) FROM told) AS known
		FROM days w LEFT JOIN told o USING (n) GROUP BY w.n ORDER BY w.n`, d.Brand.ID, pq.Array(from), pq.Array(to), d.Week.To, tx.now)
	if err != nil {
		return fmt.Errorf("reading the followers of brand %d: %w", d.Brand.ID, err)
	}
	for _, r := range rows {
		d.Followers = append(d.Followers, social.Figure{Known: r.Known, N: r.Sum, Source: social.SourceOwn})
	}
	return nil
}

// lastOf joins the last figure of a delivery's post up to a moment.
func lastOf(name string, m social.Metric, until string) string {
	return `LEFT JOIN LATERAL (
		SELECT s.value FROM snapshots s
		WHERE s.account_id = d.account_id AND s.post_id = d.post_id AND s.metric = '` + string(m) + `' AND s.at <= ` + until + `
		ORDER BY s.at DESC LIMIT 1) ` + name + ` ON true `
}

// judgedAfter is how long a post must have been out to be called the weakest.
const judgedAfter = "24 hours"

// talks reads what followers made of the posts of the week, and of others that they
// spoke of in it, the latest first, and finds those that stood out.
func (tx *Tx) talks(ctx context.Context, d *social.Digest) error {
	var rows []struct {
		Post      int64          `db:"post_id"`
		Words     sql.NullString `db:"words"`
		Link      sql.NullString `db:"link"`
		Known     bool           `db:"known"`
		Reactions int            `db:"reactions"`
		Hears     bool           `db:"hears"`
		Comments  int            `db:"comments"`
		Other     bool           `db:"other"`
		Judged    bool           `db:"judged"`
		ID        int64          `db:"id"`
	}
	err := tx.SelectContext(ctx, &rows, `
		WITH said AS (
			SELECT c.thread_id, count(*) AS comments FROM comments c
			WHERE c.brand_id = $1 AND c.at >= $2 AND c.at < $3 AND NOT c.spam GROUP BY c.thread_id),
		ours AS (
			SELECT d.id, d.post_id, p.content #>> '{text,plain}' AS words, d.link, r.value IS NOT NULL AS known, coalesce(r.value, 0) AS reactions,
				a.discussion <> 0 AS hears, coalesce(n.comments, 0) AS comments,
				n.thread_id, r.value IS NOT NULL AND d.live_at <= least($3, $4) - interval '`+judgedAfter+`' AS judged
			FROM accounts a JOIN deliveries d ON d.account_id = a.id JOIN posts p ON p.id = d.post_id `+lastOf("r", social.MetricReactions, "$3")+`
				LEFT JOIN LATERAL (
					SELECT s.thread_id, s.comments FROM threads t JOIN said s ON s.thread_id = t.id
					WHERE t.account_id = d.account_id AND t.remote = split_part(d.remote, ',', 1) LIMIT 1) n ON true
			WHERE a.brand_id = $1 AND d.live_at >= $2 AND d.live_at < $3 AND d.state <> 'deleted')
		SELECT post_id, words, link, known, reactions, hears, comments, false AS other, judged, id FROM ours
		UNION ALL SELECT 0, t.words, t.link, false, 0, true, s.comments, true, false, t.id FROM said s JOIN threads t ON t.id = s.thread_id
			WHERE NOT EXISTS (SELECT FROM ours o WHERE o.thread_id = t.id) AND NOT `+threadDeleted+`
		ORDER BY id DESC`,
		d.Brand.ID, d.Week.From, d.Week.To, tx.now)
	if err != nil {
		return fmt.Errorf("reading what followers made of the posts of brand %d: %w", d.Brand.ID, err)
	}
	var talks []social.Talk
	for _, r := range rows {
		talks = append(talks, social.Talk{
			Post: r.Post, Words: r.Words.String, Link: r.Link.String, Known: r.Known, Reactions: r.Reactions, Hears: r.Hears, Comments: r.Comments,
			Other: r.Other, Judged: r.Judged,
		})
	}
	d.StandOut(talks)
	return nil
}
