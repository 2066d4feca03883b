package storage

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"peyk/social"
)

// answeredFor are the comments of brands whose followers $1 answers by a role of $2.
const answeredFor = `
	c.brand_id IN (
		SELECT b.id FROM brands b JOIN members m ON m.brand_id = b.id OR (m.brand_id IS NULL AND m.agency_id = b.agency_id)
		WHERE m.person_id = $1 AND m.left_at IS NULL AND m.role = ANY ($2))`

// waits tells whether a comment waits for an answer, complains waits for one that
// somebody should give first.
const (
	waits     = `c.state IN ('new', 'claimed', 'answering', 'later')`
	complains = waits + ` AND c.mood = 'negative'`
)

// Comments returns one page of the comments that the reader answers for, and how many
// there are in all. Complaints that wait come first, and what looks like spam after all
// else that waits.
func (s *Store) Comments(ctx context.Context, reader int64, f social.InboxFilter) (found []social.Comment, n int, err error) {
	err = s.Read(ctx, reader, func(tx *Tx) error {
		where := ` FROM comments c JOIN accounts a ON a.id = c.account_id WHERE ` + answeredFor + `
			AND ($3::bigint = 0 OR c.brand_id = $3) AND ($4::bigint = 0 OR c.fold_id = $4)
			AND (NOT $5::boolean OR c.holder_id = $1)
			AND (NOT $6::boolean OR ` + waits + `) AND (NOT $7::boolean OR ` + complains + `)
			AND ($8 = '' OR strpos(c.search, $8) > 0)
			AND ($9 = '' OR a.platform = $9) AND (NOT $10::boolean OR ` + fmt.Sprintf(late, 11, 12) + `)`
		args := []any{
			reader, pq.Array(roles(social.Answer)), f.Brand, f.Fold, f.Mine, f.Open, f.Negative, f.Search, string(f.Network),
			f.Late, tx.now, pq.Array(roles(social.Plan)),
		}
		err := tx.GetContext(ctx, &n, plannedAnew+`SELECT count(*)`+where, args...)
		if err != nil {
			return fmt.Errorf("counting comments: %w", err)
		}
		order := ` ORDER BY ` + complains + ` DESC, c.id DESC`
		if f.Open {
			order = ` ORDER BY ` + complains + ` DESC, c.spam, c.id` // who has waited longest comes first
		}
		// The page is found first, and only its comments are read whole.
		found, err = tx.comments(ctx, plannedAnew+`
			SELECT `+commentColumns+` FROM `+commentTables+` WHERE c.id IN (SELECT c.id`+where+order+` LIMIT $13 OFFSET $14)`+order,
			append(args, f.Size, f.Page*f.Size)...)
		return err
	})
	return found, n, err
}

// Unanswered counts, by brand, the comments that wait for an answer of the reader or
// his colleagues.
func (s *Store) Unanswered(ctx context.Context, reader int64) (map[int64]int, error) {
	var rows []struct {
		Brand int64 `db:"brand_id"`
		N     int   `db:"n"`
	}
	err := s.Read(ctx, reader, func(tx *Tx) error {
		return tx.SelectContext(ctx, &rows, `
			SELECT c.brand_id, count(*) AS n FROM comments c WHERE `+answeredFor+` AND `+waits+` GROUP BY c.brand_id`,
			reader, pq.Array(roles(social.Answer)))
	})
	if err != nil {
		return nil, fmt.Errorf("counting unanswered comments: %w", err)
	}
	n := map[int64]int{}
	for _, r := range rows {
		n[r.Brand] = r.N
	}
	return n, nil
}

// InboxCounts counts the comments that the reader answers for, of one brand and one
// network where the filter names them.
func (s *Store) InboxCounts(ctx context.Context, reader int64, f social.InboxFilter) (social.InboxCounts, error) {
	var rows []struct {
		Brand    int64  `db:"brand_id"`
		Network  string `db:"platform"`
		Open     int    `db:"open"`
		Negative int    `db:"negative"`
		Mine     int    `db:"mine"`
		Late     int    `db:"late"`
		All      int    `db:"all_of_them"`
	}
	err := s.Read(ctx, reader, func(tx *Tx) error {
		return tx.SelectContext(ctx, &rows, `
			SELECT c.brand_id, a.platform, count(*) AS all_of_them, count(*) FILTER (WHERE `+waits+`) AS open,
				count(*) FILTER (WHERE `+complains+`) AS negative,
				count(*) FILTER (WHERE `+waits+` AND c.holder_id = $1) AS mine,
				count(*) FILTER (WHERE `+fmt.Sprintf(late, 3, 4)+`) AS late
			FROM comments c JOIN accounts a ON a.id = c.account_id WHERE `+answeredFor+`
			GROUP BY c.brand_id, a.platform`, reader, pq.Array(roles(social.Answer)), tx.now, pq.Array(roles(social.Plan)))
	})
	if err != nil {
		return social.InboxCounts{}, fmt.Errorf("counting the inbox: %w", err)
	}
	n := social.InboxCounts{Brands: map[int64]int{}, Networks: map[social.Platform]int{}}
	for _, r := range rows {
		network := social.Platform(r.Network)
		ofBrand, ofNetwork := f.Brand == 0 || f.Brand == r.Brand, f.Network == "" || f.Network == network
		if ofNetwork {
			n.Brands[r.Brand] += r.Open
		}
		if ofBrand {
			n.Networks[network] += r.Open
		}
		if ofBrand && ofNetwork {
			n.Open, n.Negative, n.Mine, n.All, n.Late = n.Open+r.Open, n.Negative+r.Negative, n.Mine+r.Mine, n.All+r.All, n.Late+r.Late
		}
	}
	return n, nil
}

// roles are those that may do a deed.
func roles(d social.Deed) []string {
	var roles []string
	for _, r := range social.Roles() {
		if r.May(d) {
			roles = append(roles, string(r))
		}
	}
	return roles
}
