package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
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

// Hear takes in what a network tells of a comment: a new one, an edit, or what was
// told before. Whoever belongs to the brand does not comment: his answer to a
// comment ends its waiting. Each comment is stored once and is news once.
func (s *Store) Hear(ctx context.Context, h social.Heard) error {
	h = h.Legible()
	return s.Across(ctx, func(tx *Tx) error {
		from, err := tx.place(ctx, h.Place)
		if err != nil || from.Account == 0 {
			return err
		}
		own, err := tx.ours(ctx, from, h)
		if err != nil || own {
			return err
		}
		known, err := tx.hearAgain(ctx, from, h)
		if err != nil || known {
			return err
		}
		return tx.hearNew(ctx, from, h)
	})
}

// ours tells whether the brand's own people wrote it, under their names or in that
// of the channel or the group.
func (tx *Tx) ours(ctx context.Context, from place, h social.Heard) (bool, error) {
	var person int64
	err := tx.GetContext(ctx, &person, `
		SELECT p.id FROM people p JOIN members m ON m.person_id = p.id
		WHERE p.telegram_id::text = $1 AND m.left_at IS NULL
			AND (m.brand_id = $2 OR (m.brand_id IS NULL AND m.agency_id = $3)) LIMIT 1`, h.AuthorID, from.Brand, from.Agency)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	named := h.AuthorID == from.Channel || h.AuthorID == strconv.FormatInt(h.Place, 10)
	if err != nil || (person == 0 && !named) {
		return false, err
	}
	var answered int64
	err = tx.GetContext(ctx, &answered, `
		SELECT id FROM comments WHERE account_id = $1 AND remote = $2 AND $2 <> ''`, from.Account, h.Parent)
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	if err != nil {
		return true, err
	}
	_, err = tx.updateComment(ctx, answered, func(c *social.Comment) (social.Event, error) {
		return c.AnsweredThere(social.Person{ID: person}, tx.now)
	})
	var rule social.Rule
	if errors.As(err, &rule) {
		return true, nil // it waits for no answer
	}
	return true, err
}

// hearAgain takes an edit in; known tells whether the comment was there already.
func (tx *Tx) hearAgain(ctx context.Context, from place, h social.Heard) (known bool, err error) {
	var id int64
	err = tx.GetContext(ctx, &id, `
		SELECT id FROM comments WHERE account_id = $1 AND remote = $2`, from.Account, h.Remote)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil || h.Edited.IsZero() {
		return true, err
	}
	_, err = tx.updateComment(ctx, id, func(c *social.Comment) (social.Event, error) { return c.Rewrite(h) })
	var rule social.Rule
	if errors.As(err, &rule) {
		return true, nil // an older edit, or one that changes nothing that we keep
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, `UPDATE comments SET search = $2 WHERE id = $1`, id, h.Search)
	}
	return true, err
}

// hearNew stores a comment. What belongs to no known post is other talk.
func (tx *Tx) hearNew(ctx context.Context, from place, h social.Heard) error {
	thread, err := tx.thread(ctx, from, h)
	if err != nil || thread == 0 {
		return err
	}
	fold, first, err := tx.fold(ctx, from, thread)
	if err != nil {
		return err
	}
	b, err := tx.brand(ctx, from.Brand, false)
	if err != nil {
		return err
	}
	news := tx.now.Sub(h.At) < social.NewsLife
	var by time.Time
	if news {
		by = b.AnswerBy(h.At)
	}
	mark := social.Judge(h.Text)
	judged, err := json.Marshal(mark)
	if err != nil {
		return err
	}
	var id int64
	err = tx.GetContext(ctx, &id, `
		INSERT INTO comments (brand_id, account_id, thread_id, fold_id, remote, parent, author, author_id, text, search,
			media, link, at, edited_at, received_at, answer_by, judged, mood, spam, question)
		VALUES ($1, $2, $3, nullif($4, 0), $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
		ON CONFLICT (account_id, remote) DO NOTHING RETURNING id`,
		from.Brand, from.Account, thread, fold, h.Remote, h.Parent, h.Author, h.AuthorID, h.Text, h.Search,
		string(h.Media), h.Link, h.At, nullTime(h.Edited), tx.now, nullTime(by), string(judged), mark.Mood, mark.Spam, mark.Question)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // somebody else has just stored it
	}
	if err != nil {
		return fmt.Errorf("storing a comment: %w", err)
	}
	e := social.Event{Kind: social.CommentCame, AgencyID: from.Agency, BrandID: from.Brand, Facts: social.Facts{Comment: id}}
	switch {
	case !news, fold != 0 && !first:
		return nil // it stands in the inbox, or in a burst that is told of as one
	case first:
		e.Kind, e.Facts = social.CommentsFolded, social.Facts{Fold: fold}
	}
	return tx.addEvent(ctx, e)
}

// thread finds the comment's thread and locks it; 0: it is under no post.
func (tx *Tx) thread(ctx context.Context, from place, h social.Heard) (id int64, err error) {
	if h.Post.Remote != "" {
		if err := tx.putThread(ctx, from, h.Post); err != nil {
			return 0, err
		}
	}
	err = tx.GetContext(ctx, &id, `
		SELECT id FROM threads WHERE account_id = $1 AND root = $2 FOR UPDATE`, from.Account, h.Post.Root)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// fold counts a comment into the thread's burst, if there is one; first tells that
// this comment has begun it.
func (tx *Tx) fold(ctx context.Context, from place, thread int64) (id int64, first bool, err error) {
	since := tx.now.Add(-social.BurstSpan)
	err = tx.GetContext(ctx, &id, `
		UPDATE folds SET count = count + 1, last_at = $3
		WHERE id = (SELECT id FROM folds WHERE thread_id = $1 AND last_at > $2 ORDER BY last_at DESC LIMIT 1)
		RETURNING id`, thread, since, tx.now)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return id, false, err
	}
	n := 0
	err = tx.GetContext(ctx, &n, `
		SELECT count(*) FROM (SELECT FROM comments WHERE thread_id = $1 AND received_at > $2 LIMIT $3) AS recent`,
		thread, since, social.BurstSize)
	if err != nil || n < social.BurstSize {
		return 0, false, err
	}
	err = tx.GetContext(ctx, &id, `
		INSERT INTO folds (brand_id, thread_id, told_at, last_at) VALUES ($1, $2, $3, $3) RETURNING id`,
		from.Brand, thread, tx.now)
	return id, true, err
}

// GrowFolds tells of bursts that have grown, each at most once a pause. It returns
// how many.
func (s *Store) GrowFolds(ctx context.Context, now time.Time, pause time.Duration) (int, error) {
	var rows []struct {
		Fold   int64 `db:"id"`
		Brand  int64 `db:"brand_id"`
		Agency int64 `db:"agency_id"`
	}
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		rows = nil
		err := tx.SelectContext(ctx, &rows, `
			UPDATE folds f SET told = count, told_at = $1 FROM brands b
			WHERE b.id = f.brand_id AND f.id IN (
				SELECT id FROM folds WHERE told < count AND told_at <= $2 LIMIT 100 FOR UPDATE SKIP LOCKED)
			RETURNING f.id, f.brand_id, b.agency_id`, now, now.Add(-pause))
		for _, r := range rows {
			err = errors.Join(err, tx.addEvent(ctx, social.Event{
				Kind: social.CommentsGrew, AgencyID: r.Agency, BrandID: r.Brand, Facts: social.Facts{Fold: r.Fold},
			}))
		}
		return err
	})
	return len(rows), err
}
