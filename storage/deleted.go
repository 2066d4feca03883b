package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"peyk/social"
)

// postDeleted is true of a post p that was live and is not on any network any more.
const postDeleted = `(EXISTS (SELECT FROM deliveries e WHERE e.post_id = p.id AND e.state = 'deleted')
	AND NOT EXISTS (SELECT FROM deliveries e WHERE e.post_id = p.id AND e.state = 'live'))`

// threadDeleted is true of a thread t below a post of ours that its network does not
// have any more.
const threadDeleted = `EXISTS (SELECT FROM deliveries e
	WHERE e.account_id = t.account_id AND e.live_at IS NOT NULL AND split_part(e.remote, ',', 1) = t.remote AND e.state = 'deleted')`

// ofRemote is true of the delivery whose id on its network is $2, by way of an index.
const ofRemote = `live_at IS NOT NULL AND split_part(remote, ',', 1) = split_part($2, ',', 1) AND remote = $2`

// MissPost records that a network does not show a post of ours. When that makes it
// deleted, what waits for an answer below it is deleted with it.
func (s *Store) MissPost(ctx context.Context, account int64, remote string) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		var id int64
		err := tx.GetContext(ctx, &id, `
			SELECT id FROM deliveries WHERE account_id = $1 AND `+ofRemote+` AND state = 'live'`, account, remote)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("finding the post %q of account %d: %w", remote, account, err)
		}
		p, i, err := tx.lockDelivery(ctx, id)
		if err != nil {
			return err
		}
		return tx.missDelivery(ctx, p, i)
	})
}

func (tx *Tx) missDelivery(ctx context.Context, p social.Post, i int) error {
	d := &p.Deliveries[i]
	if !d.Miss(tx.now) {
		_, err := tx.ExecContext(ctx, `
			UPDATE deliveries SET missed_at = $2, look_at = $3, look_tries = 0 WHERE id = $1 AND state = 'live'`,
			d.ID, nullTime(d.Missed), nullTime(d.Missed.Add(social.MissPause)))
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE deliveries SET look_at = NULL WHERE id = $1`, d.ID); err != nil {
		return err
	}
	e := deliveryEvent(p, *d)
	e.Kind = social.DeliveryDeleted
	if err := tx.saveDelivery(ctx, &p, i, e); err != nil {
		return err
	}
	return tx.closeThread(ctx, *d)
}

// closeThread ends what waits for an answer below a post that is deleted.
func (tx *Tx) closeThread(ctx context.Context, d social.Delivery) error {
	var open []int64
	err := tx.SelectContext(ctx, &open, `
		SELECT c.id FROM comments c JOIN threads t ON t.id = c.thread_id
		WHERE t.account_id = $1 AND t.remote = split_part($2, ',', 1) AND `+waits+` ORDER BY c.id`, d.Account, d.Remote)
	if err != nil {
		return fmt.Errorf("reading what waits below delivery %d: %w", d.ID, err)
	}
	for _, id := range open {
		_, err := tx.updateComment(ctx, id, func(c *social.Comment) (social.Event, error) { return c.Vanish(tx.now) })
		if err != nil && !errors.Is(err, social.ErrOutdated) {
			return err
		}
	}
	return nil
}

// SeePost records that a network shows a post of ours: an alarm before was a wrong one.
func (s *Store) SeePost(ctx context.Context, account int64, remote string) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE deliveries SET missed_at = NULL
			WHERE account_id = $1 AND `+ofRemote+` AND state = 'live' AND missed_at IS NOT NULL`, account, remote)
		return err
	})
}

// Unseen names comments of an account that wait for an answer, came before the moment and
// were not among those that its network has just shown: first those that were missed
// before, then those that nobody has looked for the longest. Those that were shown are
// missed no more.
func (s *Store) Unseen(ctx context.Context, account int64, shown []string, before time.Time) (remotes []string, err error) {
	err = s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE comments c SET missed_at = NULL
			WHERE c.account_id = $1 AND c.missed_at IS NOT NULL AND c.remote = ANY ($2)`, account, array(shown))
		if err != nil {
			return err
		}
		return tx.SelectContext(ctx, &remotes, `
			SELECT c.remote FROM comments c
			WHERE c.brand_id = (SELECT brand_id FROM accounts WHERE id = $1) AND c.account_id = $1 AND `+waits+`
				AND c.received_at < $2 AND NOT c.remote = ANY ($3)
			ORDER BY c.missed_at, c.looked_at NULLS FIRST, c.id LIMIT $4`, account, before, array(shown), social.LookMost)
	})
	if err != nil {
		return nil, fmt.Errorf("looking for unseen comments of account %d: %w", account, err)
	}
	return remotes, nil
}

// MissComments records which of the comments that were looked for their network does not
// show. One that a second look does not find either is gone; doubt: some wait for that.
func (s *Store) MissComments(ctx context.Context, account int64, asked, missing []string) (doubt bool, err error) {
	err = s.run(ctx, s.clock, func(tx *Tx) error {
		doubt = false
		_, err := tx.ExecContext(ctx, `
			UPDATE comments SET looked_at = $4, missed_at = CASE WHEN remote = ANY ($3) THEN missed_at END
			WHERE account_id = $1 AND remote = ANY ($2)`, account, array(asked), array(missing), tx.now)
		if err != nil {
			return fmt.Errorf("keeping what account %d was looked at: %w", account, err)
		}
		var ids []int64
		err = tx.SelectContext(ctx, &ids, `
			SELECT c.id FROM comments c WHERE c.account_id = $1 AND c.remote = ANY ($2) AND `+waits+` ORDER BY c.id`, account, array(missing))
		if err != nil {
			return fmt.Errorf("looking for missing comments of account %d: %w", account, err)
		}
		for _, id := range ids {
			waiting, err := tx.missComment(ctx, id)
			if err != nil {
				return err
			}
			doubt = doubt || waiting
		}
		return nil
	})
	return doubt, err
}

// missComment records one of them, and tells whether a second look is to come.
func (tx *Tx) missComment(ctx context.Context, id int64) (waiting bool, err error) {
	var since time.Time
	_, err = tx.updateComment(ctx, id, func(c *social.Comment) (social.Event, error) {
		if c.Miss(tx.now) {
			return c.Vanish(tx.now)
		}
		since = c.Missed
		return social.Event{}, social.ErrUnchanged
	})
	if !errors.Is(err, social.ErrUnchanged) {
		return false, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE comments SET missed_at = $2 WHERE id = $1`, id, nullTime(since))
	return !since.IsZero(), err
}

// lookSoon has a post looked at now, since an answer below it found nothing there.
func (tx *Tx) lookSoon(ctx context.Context, t social.Thread) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE deliveries SET look_at = $3
		WHERE account_id = $1 AND live_at IS NOT NULL AND split_part(remote, ',', 1) = $2 AND state = 'live' AND missed_at IS NULL`,
		t.Account, t.Remote, tx.now)
	return err
}

// deletions counts the posts of the digest's time that are not on their networks any more.
func (tx *Tx) deletions(ctx context.Context, d *social.Digest) error {
	var rows []struct {
		Platform string `db:"platform"`
		Posts    int    `db:"posts"`
	}
	err := tx.SelectContext(ctx, &rows, `
		SELECT a.platform, count(*) AS posts FROM accounts a JOIN deliveries d ON d.account_id = a.id
		WHERE a.brand_id = $1 AND d.live_at >= $2 AND d.live_at < $3 AND d.state = 'deleted'
		GROUP BY a.platform ORDER BY a.platform`, d.Brand.ID, d.Week.From, d.Week.To)
	if err != nil {
		return fmt.Errorf("reading what was deleted of brand %d: %w", d.Brand.ID, err)
	}
	for _, r := range rows {
		d.Deleted = append(d.Deleted, social.Deletion{Platform: social.Platform(r.Platform), Posts: r.Posts})
	}
	return nil
}
