package storage

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"peyk/social"
)

// SaveDiscussion records in which chat the comments on a channel are, and what
// the bot lacks there; chat 0: it is in none. What it knew before decides whether
// people are told. known is false when the channel is nobody's account.
func (s *Store) SaveDiscussion(ctx context.Context, channel string, chat int64, missing []string) (known bool, err error) {
	err = s.Across(ctx, func(tx *Tx) error {
		var row account
		err := tx.GetContext(ctx, &row, `
			SELECT `+accountColumns+` FROM accounts
			WHERE platform = 'telegram' AND remote_id = $1 AND removed_at IS NULL FOR UPDATE`, channel)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		known = true
		return tx.moveDiscussion(ctx, row, chat, missing)
	})
	return known, err
}

// LoseDiscussion records that the bot is out of a group. known tells whether
// comments came from there.
func (s *Store) LoseDiscussion(ctx context.Context, chat int64) (known bool, err error) {
	err = s.Across(ctx, func(tx *Tx) error {
		var rows []account
		err := tx.SelectContext(ctx, &rows, `
			SELECT `+accountColumns+` FROM accounts WHERE discussion = $1 AND removed_at IS NULL FOR UPDATE`, chat)
		for _, row := range rows {
			known = true
			err = errors.Join(err, tx.moveDiscussion(ctx, row, 0, nil))
		}
		return err
	})
	return known, err
}

func (tx *Tx) moveDiscussion(ctx context.Context, row account, chat int64, missing []string) error {
	was := row.domain()
	if was.Discussion == chat && slices.Equal(was.DiscussionMissing, missing) {
		return nil
	}
	now := was
	now.Discussion, now.DiscussionMissing = chat, missing
	_, err := tx.ExecContext(ctx, `
		UPDATE accounts SET discussion = $2, discussion_missing = $3 WHERE id = $1`, was.ID, chat, array(missing))
	if err != nil {
		return err
	}
	kind := social.CommentsOff
	switch {
	case now.Hears() == was.Hears() && (was.Discussion != 0 || now.Discussion == 0):
		return nil
	case now.Hears():
		kind = social.CommentsOn
	}
	var agency int64
	if err := tx.GetContext(ctx, &agency, `SELECT agency_id FROM brands WHERE id = $1`, was.BrandID); err != nil {
		return err
	}
	return tx.addEvent(ctx, social.Event{
		Kind: kind, AgencyID: agency, BrandID: was.BrandID,
		Facts: social.Facts{Account: was.ID, Name: was.Handle, Missing: missing},
	})
}

// SaveThread records that a channel's post has come into its discussion group.
func (s *Store) SaveThread(ctx context.Context, place int64, t social.Thread) error {
	return s.Across(ctx, func(tx *Tx) error {
		from, err := tx.place(ctx, place)
		if err != nil || from.Account == 0 {
			return err
		}
		return tx.putThread(ctx, from, t)
	})
}

// A place is the account whose comments are in a chat.
type place struct {
	Account int64  `db:"id"`
	Brand   int64  `db:"brand_id"`
	Agency  int64  `db:"agency_id"`
	Channel string `db:"remote_id"`
}

// place finds whose comments are in a chat; nobody's is no error.
func (tx *Tx) place(ctx context.Context, chat int64) (place, error) {
	var p place
	err := tx.GetContext(ctx, &p, `
		SELECT a.id, a.brand_id, b.agency_id, a.remote_id FROM accounts a JOIN brands b ON b.id = a.brand_id
		WHERE a.discussion = $1 AND a.removed_at IS NULL ORDER BY a.id DESC LIMIT 1`, chat)
	if errors.Is(err, sql.ErrNoRows) {
		return place{}, nil
	}
	return p, err
}

// putThread stores what is known of a thread: a part that is not known now leaves
// what was known before.
func (tx *Tx) putThread(ctx context.Context, from place, t social.Thread) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO threads AS t (brand_id, account_id, root, remote, link, words)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (account_id, root) DO UPDATE SET
			remote = coalesce(nullif(excluded.remote, ''), t.remote), link = coalesce(nullif(excluded.link, ''), t.link),
			words = coalesce(nullif(excluded.words, ''), t.words)`,
		from.Brand, from.Account, t.Root, t.Remote, t.Link, t.Words)
	return err
}

// thread finds the comment's thread, and keeps what is told of it now; 0: it is
// under no post.
func (tx *Tx) thread(ctx context.Context, k known, h social.Heard) (id int64, err error) {
	if k.Thread != 0 || h.Post.Remote == "" {
		return k.Thread, nil
	}
	if err := tx.putThread(ctx, k.place, h.Post); err != nil {
		return 0, err
	}
	err = tx.GetContext(ctx, &id, `SELECT id FROM threads WHERE account_id = $1 AND root = $2`, k.Account, h.Post.Root)
	return id, err
}

// fold counts a comment that is news into the thread's burst, if there is one; first tells that
// this comment has begun it. Without a burst the thread is locked, so that of the
// comments that come at once only one begins it.
func (tx *Tx) fold(ctx context.Context, brand, thread int64) (id int64, first bool, err error) {
	if id, err = tx.growFold(ctx, thread); id != 0 || err != nil {
		return id, false, err
	}
	if _, err := tx.ExecContext(ctx, `SELECT FROM threads WHERE id = $1 FOR UPDATE`, thread); err != nil {
		return 0, false, err
	}
	if id, err = tx.growFold(ctx, thread); id != 0 || err != nil {
		return id, false, err
	}
	n := 0
	err = tx.GetContext(ctx, &n, `
		SELECT count(*) FROM (SELECT FROM comments WHERE thread_id = $1 AND received_at > $2
			AND at > received_at - make_interval(secs => $4) LIMIT $3) AS recent`,
		thread, tx.now.Add(-social.BurstSpan), social.BurstSize, social.NewsLife.Seconds())
	if err != nil || n < social.BurstSize {
		return 0, false, err
	}
	err = tx.GetContext(ctx, &id, `
		INSERT INTO folds (brand_id, thread_id, told_at, last_at) VALUES ($1, $2, $3, $3) RETURNING id`,
		brand, thread, tx.now)
	return id, true, err
}

// growFold counts a comment into the thread's present burst; 0: there is none.
func (tx *Tx) growFold(ctx context.Context, thread int64) (id int64, err error) {
	err = tx.GetContext(ctx, &id, `
		UPDATE folds SET count = count + 1, last_at = $3
		WHERE id = (SELECT id FROM folds WHERE thread_id = $1 AND last_at > $2 ORDER BY last_at DESC LIMIT 1)
		RETURNING id`, thread, tx.now.Add(-social.BurstSpan), tx.now)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// GrowFolds tells of bursts that have grown, each at most once a pause. It returns
// how many.
func (s *Store) GrowFolds(ctx context.Context, now time.Time, pause time.Duration) (int, error) {
	var rows []struct {
		Fold   int64 `db:"id"`
		Brand  int64 `db:"brand_id"`
		Agency int64 `db:"agency_id"`
	}
	const grown = `folds WHERE told < count AND told_at <= $1`
	if !s.due(ctx, `SELECT FROM `+grown, now.Add(-pause)) {
		return 0, nil
	}
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		rows = nil
		err := tx.SelectContext(ctx, &rows, `
			UPDATE folds f SET told = count, told_at = $2 FROM brands b
			WHERE b.id = f.brand_id AND f.id IN (SELECT id FROM `+grown+` LIMIT 100 FOR UPDATE SKIP LOCKED)
			RETURNING f.id, f.brand_id, b.agency_id`, now.Add(-pause), now)
		for _, r := range rows {
			err = errors.Join(err, tx.addEvent(ctx, social.Event{
				Kind: social.CommentsGrew, AgencyID: r.Agency, BrandID: r.Brand, Facts: social.Facts{Fold: r.Fold},
			}))
		}
		return err
	})
	return len(rows), err
}
