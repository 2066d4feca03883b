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
		k, err := tx.known(ctx, h)
		if err != nil || k.Account == 0 {
			return err
		}
		named := h.AuthorID == k.Channel || h.AuthorID == strconv.FormatInt(h.Place, 10)
		switch {
		case k.Person != 0 || named:
			return tx.hearOwn(ctx, k)
		case k.Comment != 0:
			return tx.hearAgain(ctx, k.Comment, h)
		}
		return tx.hearNew(ctx, k, h)
	})
}

// What is known of a comment before it is taken in. Comments come in bursts of
// thousands, so one question asks for all of it.
type known struct {
	place
	Comment int64 `db:"comment_id"` // 0: it is new
	Parent  int64 `db:"parent_id"`  // the comment it answers; 0: none that we know
	Thread  int64 `db:"thread_id"`  // 0: nothing is known of the thread, or less than is told now
	Person  int64 `db:"person_id"`  // the author, when he belongs to the brand

	Name     string `db:"name"`
	Zone     string `db:"zone"`
	Calendar string `db:"calendar"`
	Rules    []byte `db:"rules"`
	Slots    []byte `db:"slots"`
}

// known finds what is known of a comment; of a chat that is nobody's, nothing.
func (tx *Tx) known(ctx context.Context, h social.Heard) (known, error) {
	var k known
	author, _ := strconv.ParseInt(h.AuthorID, 10, 64) // 0 is nobody
	err := tx.GetContext(ctx, &k, `
		SELECT a.id, a.brand_id, b.agency_id, a.remote_id, b.name, b.zone, b.calendar, b.rules, b.slots,
			coalesce((SELECT c.id FROM comments c WHERE c.account_id = a.id AND c.remote = $2), 0) AS comment_id,
			coalesce((SELECT c.id FROM comments c WHERE c.account_id = a.id AND c.remote = $3 AND $3 <> ''), 0) AS parent_id,
			coalesce((SELECT t.id FROM threads t WHERE t.account_id = a.id AND t.root = $4
				AND ($5 = '' OR t.remote = $5) AND ($6 = '' OR t.link = $6) AND ($7 = '' OR t.words = $7)), 0) AS thread_id,
			coalesce((SELECT p.id FROM people p JOIN members m ON m.person_id = p.id
				WHERE p.telegram_id = $8 AND m.left_at IS NULL
					AND (m.brand_id = b.id OR (m.brand_id IS NULL AND m.agency_id = b.agency_id)) LIMIT 1), 0) AS person_id
		FROM accounts a JOIN brands b ON b.id = a.brand_id
		WHERE a.discussion = $1 AND a.removed_at IS NULL ORDER BY a.id DESC LIMIT 1`,
		h.Place, h.Remote, h.Parent, h.Post.Root, h.Post.Remote, h.Post.Link, h.Post.Words, author)
	if errors.Is(err, sql.ErrNoRows) {
		return known{}, nil
	}
	return k, err
}

// brand is the brand that the comment belongs to.
func (k known) brand() (social.Brand, error) {
	return brand{
		ID: k.Brand, AgencyID: k.Agency, Name: k.Name, Zone: k.Zone, Calendar: k.Calendar, Rules: k.Rules, Slots: k.Slots,
	}.domain()
}

// hearOwn takes in what the brand's own people wrote, under their names or in that
// of the channel or the group: an answer to a comment, or other talk.
func (tx *Tx) hearOwn(ctx context.Context, k known) error {
	if k.Parent == 0 {
		return nil
	}
	_, err := tx.updateComment(ctx, k.Parent, func(c *social.Comment) (social.Event, error) {
		return c.AnsweredThere(social.Person{ID: k.Person}, tx.now)
	})
	var rule social.Rule
	if errors.As(err, &rule) {
		return nil // it waits for no answer
	}
	return err
}

// hearAgain takes an edit in. A comment that is told of again as it was is no news.
func (tx *Tx) hearAgain(ctx context.Context, id int64, h social.Heard) error {
	if h.Edited.IsZero() {
		return nil
	}
	_, err := tx.updateComment(ctx, id, func(c *social.Comment) (social.Event, error) { return c.Rewrite(h) })
	var rule social.Rule
	if errors.As(err, &rule) {
		return nil // an older edit, or one that changes nothing that we keep
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, `UPDATE comments SET search = $2 WHERE id = $1`, id, h.Search)
	}
	return err
}

// hearNew stores a comment. What belongs to no known post is other talk.
func (tx *Tx) hearNew(ctx context.Context, k known, h social.Heard) error {
	thread, err := tx.thread(ctx, k, h)
	if err != nil || thread == 0 {
		return err
	}
	fold, first, err := tx.fold(ctx, k.Brand, thread)
	if err != nil {
		return err
	}
	b, err := k.brand()
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
		k.Brand, k.Account, thread, fold, h.Remote, h.Parent, h.Author, h.AuthorID, h.Text, h.Search,
		string(h.Media), h.Link, h.At, nullTime(h.Edited), tx.now, nullTime(by), string(judged), mark.Mood, mark.Spam, mark.Question)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // somebody else has just stored it
	}
	if err != nil {
		return fmt.Errorf("storing a comment: %w", err)
	}
	e := social.Event{Kind: social.CommentCame, AgencyID: k.Agency, BrandID: k.Brand, Facts: social.Facts{Comment: id}}
	switch {
	case !news, fold != 0 && !first:
		return nil // it stands in the inbox, or in a burst that is told of as one
	case first:
		e.Kind, e.Facts = social.CommentsFolded, social.Facts{Fold: fold}
	}
	return tx.addEvent(ctx, e)
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

// fold counts a comment into the thread's burst, if there is one; first tells that
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
		SELECT count(*) FROM (SELECT FROM comments WHERE thread_id = $1 AND received_at > $2 LIMIT $3) AS recent`,
		thread, tx.now.Add(-social.BurstSpan), social.BurstSize)
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
