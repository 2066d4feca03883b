package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"peyk/social"
)

// pushBatch is how many comments of a push are taken in by one transaction: enough
// that it is quick, and so few that nobody waits long for its locks.
const pushBatch = 50

// TakePush takes in what was told at an account's door, and says what came of it when
// all of it is safe. After an error a part may be stored; whoever tells it again adds
// nothing to that.
func (s *Store) TakePush(ctx context.Context, d social.Door, p social.Push) (social.Receipt, error) {
	again, err := s.pushed(ctx, d.Account, p.ID)
	if err != nil || again {
		return social.Receipt{Again: again, Refused: []social.Refused{}}, err
	}
	settled := social.Settled(p.Told)
	receipt := social.Receipt{Refused: slices.Clone(p.Wrong), Repeated: len(p.Told) - len(settled)}
	for part := range slices.Chunk(settled, pushBatch) {
		sum := receipt
		err := s.Across(ctx, func(tx *Tx) error {
			sum = receipt
			sum.Refused = slices.Clone(receipt.Refused)
			for _, t := range part {
				if err := tx.take(ctx, d.Account, p, t, &sum); err != nil {
					return fmt.Errorf("taking in what was told of a comment: %w", err)
				}
			}
			return nil
		})
		if err != nil {
			return receipt, err
		}
		receipt = sum
	}
	slices.SortFunc(receipt.Refused, func(a, b social.Refused) int { return a.Index - b.Index })
	return receipt, s.endPush(ctx, d.Account, p.ID)
}

// pushed tells whether a push was taken in before.
func (s *Store) pushed(ctx context.Context, account int64, id string) (known bool, err error) {
	err = s.run(ctx, s.clock, func(tx *Tx) error {
		return tx.GetContext(ctx, &known, `SELECT EXISTS (SELECT FROM pushes WHERE account_id = $1 AND id = $2)`, account, id)
	})
	return known, err
}

// endPush records that all of a push is stored. A door that was closed meanwhile has
// nothing to remember.
func (s *Store) endPush(ctx context.Context, account int64, id string) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			WITH d AS (UPDATE doors SET last_at = $3 WHERE account_id = $1 RETURNING account_id)
			INSERT INTO pushes (account_id, id, at) SELECT account_id, $2, $3 FROM d ON CONFLICT DO NOTHING`, account, id, tx.now)
		return err
	})
}

// take takes in what a push says of one comment, and counts what came of it.
func (tx *Tx) take(ctx context.Context, account int64, p social.Push, t social.Told, sum *social.Receipt) error {
	if !t.InTime(tx.now) {
		sum.Refused = append(sum.Refused, social.Refused{Index: t.Index, ID: t.Remote, Reason: social.WrongAhead})
		return nil
	}
	h := t.Heard.Legible()
	h.Post.Account = account
	if err := tx.postOf(ctx, &h); err != nil {
		return err
	}
	k, err := tx.known(ctx, h)
	if err != nil {
		return err
	}
	h.Search = p.Fold(h.Author + " " + h.Text)
	switch {
	case k.Account == 0: // taken out of its brand just now
		sum.Repeated++
		return nil
	case k.own(h):
		sum.Own++
		return tx.hearOwn(ctx, k)
	case t.Kind == social.ToldDeleted:
		return tx.bury(ctx, k, h.Remote, sum)
	case k.Comment != 0:
		return tx.takeEdit(ctx, k, h, p.Fold, sum)
	}
	return tx.takeNew(ctx, k, t, h, sum)
}

// postOf finds the thread by what is told of the post: its id on the network or its
// address. Tools that know but one of them, and others that know the other, mean the
// same thread.
func (tx *Tx) postOf(ctx context.Context, h *social.Heard) error {
	post := &h.Post
	post.Root = post.Remote
	if post.Root == "" {
		post.Root = post.Link
	}
	if post.Root == "" {
		return nil
	}
	err := tx.GetContext(ctx, &post.Root, `
		SELECT root FROM threads
		WHERE account_id = $1 AND (root = $2 OR $3 <> '' AND remote = $3 OR $4 <> '' AND link = $4) ORDER BY id LIMIT 1`,
		post.Account, post.Root, post.Remote, post.Link)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("looking for a thread: %w", err)
	}
	if post.Words == "" && post.Link != "" {
		err = tx.GetContext(ctx, &post.Words, `
			SELECT coalesce((SELECT left(regexp_replace(p.content #>> '{text,plain}', '\s+', ' ', 'g'), 80)
				FROM deliveries d JOIN posts p ON p.id = d.post_id
				WHERE d.account_id = $1 AND d.link = $2 ORDER BY d.id DESC LIMIT 1), '')`, post.Account, post.Link)
		if err != nil {
			return fmt.Errorf("looking for the post of a comment: %w", err)
		}
	}
	if post.Remote == "" {
		post.Remote = post.Root
	}
	return nil
}

// takeEdit takes in what is told of a comment that is known.
func (tx *Tx) takeEdit(ctx context.Context, k known, h social.Heard, fold func(string) string, sum *social.Receipt) error {
	if h.Author == "" && !h.Edited.IsZero() {
		c, err := tx.comment(ctx, k.Comment)
		if err != nil {
			return err
		}
		h.Search = fold(c.Author + " " + h.Text)
	}
	changed, err := tx.hearAgain(ctx, k.Comment, h)
	if changed {
		sum.Changed++
	} else {
		sum.Repeated++
	}
	return err
}

// takeNew takes in a comment that nobody has told of, unless it was deleted already.
func (tx *Tx) takeNew(ctx context.Context, k known, t social.Told, h social.Heard, sum *social.Receipt) error {
	buried := false
	err := tx.GetContext(ctx, &buried, `SELECT EXISTS (SELECT FROM burials WHERE account_id = $1 AND remote = $2)`, k.Account, h.Remote)
	switch {
	case err != nil:
		return err
	case buried:
		sum.Repeated++
		return nil
	case h.Post.Root == "":
		sum.Refused = append(sum.Refused, social.Refused{Index: t.Index, ID: t.Remote, Reason: social.WrongPost})
		return nil
	}
	sum.Fresh++
	if tx.now.Sub(h.At) >= social.NewsLife {
		sum.Late++
	}
	return tx.hearNew(ctx, k, h)
}

// bury takes in that a comment was deleted; of one that is not known it is kept, as
// word of it may still be on its way.
func (tx *Tx) bury(ctx context.Context, k known, remote string, sum *social.Receipt) error {
	if k.Comment == 0 {
		sum.Gone++
		_, err := tx.ExecContext(ctx, `
			INSERT INTO burials (account_id, remote, at) SELECT account_id, $2, $3 FROM doors WHERE account_id = $1
			ON CONFLICT DO NOTHING`, k.Account, remote, tx.now)
		return err
	}
	_, err := tx.updateComment(ctx, k.Comment, func(c *social.Comment) (social.Event, error) { return c.Vanish(tx.now) })
	var refusal social.Rule
	if errors.As(err, &refusal) {
		sum.Repeated++
		return nil
	}
	sum.Gone++
	return err
}

// PrunePushes forgets what was told before the time.
func (s *Store) PrunePushes(ctx context.Context, before time.Time) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM pushes WHERE at < $1`, before)
		_, also := tx.ExecContext(ctx, `DELETE FROM burials WHERE at < $1`, before)
		return errors.Join(err, also)
	})
}
