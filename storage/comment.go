package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"peyk/social"
)

// comment is a row of comments with all that its rules need, gathered by one query.
type comment struct {
	ID       int64        `db:"id"`
	BrandID  int64        `db:"brand_id"`
	Fold     int64        `db:"fold_id"`
	Remote   string       `db:"remote"`
	Parent   string       `db:"parent"`
	Author   string       `db:"author"`
	AuthorID string       `db:"author_id"`
	Text     string       `db:"text"`
	Media    string       `db:"media"`
	Link     string       `db:"link"`
	Judged   []byte       `db:"judged"`
	Ruled    []byte       `db:"ruled"`
	At       time.Time    `db:"at"`
	Edited   sql.NullTime `db:"edited_at"`
	Received time.Time    `db:"received_at"`
	State    string       `db:"state"`
	Holder   int64        `db:"holder_id"`
	HolderIs string       `db:"holder"`
	Assigned bool         `db:"assigned"`
	Claimed  sql.NullTime `db:"claimed_at"`
	Until    sql.NullTime `db:"until"`
	Settled  sql.NullTime `db:"settled_at"`
	AnswerBy sql.NullTime `db:"answer_by"`
	Missed   sql.NullTime `db:"missed_at"`
	Revision int          `db:"revision"`
	Account  []byte       `db:"account"`
	Thread   []byte       `db:"thread"`
	Replies  []byte       `db:"replies"`
	Words    []byte       `db:"corrections"`

	AgencyID      int64  `db:"agency_id"`
	BrandName     string `db:"brand_name"`
	BrandZone     string `db:"brand_zone"`
	BrandCalendar string `db:"brand_calendar"`
	BrandRules    []byte `db:"brand_rules"`
	BrandSlots    []byte `db:"brand_slots"`
}

// commentColumns reads whole comments, as c, with brand b, account a, thread t and
// holder h.
const commentColumns = `
	c.id, c.brand_id, coalesce(c.fold_id, 0) AS fold_id, c.remote, c.parent, c.author, c.author_id, c.text, c.media, c.link,
	c.judged, c.ruled, c.at, c.edited_at, c.received_at, c.state, coalesce(c.holder_id, 0) AS holder_id, coalesce(h.name, '') AS holder,
	c.assigned, c.claimed_at, c.until, c.settled_at, c.answer_by, c.missed_at, c.revision,
	b.agency_id, b.name AS brand_name, b.zone AS brand_zone, b.calendar AS brand_calendar,
	b.rules AS brand_rules, b.slots AS brand_slots,
	json_build_object('ID', a.id, 'BrandID', a.brand_id, 'Platform', a.platform, 'RemoteID', a.remote_id, 'Handle', a.handle,
		'ByHand', a.by_hand, 'Lost', a.lost OR a.removed_at IS NOT NULL, 'Discussion', a.discussion,
		'DiscussionMissing', a.discussion_missing, 'Limits', a.limits) AS account,
	json_build_object('ID', t.id, 'Account', t.account_id, 'Remote', t.remote, 'Root', t.root, 'Link', t.link,
		'Words', t.words, 'Deleted', ` + threadDeleted + `) AS thread,
	(SELECT coalesce(json_agg(json_build_object('ID', r.id, 'By', json_build_object('ID', p.id, 'Name', p.name),
		'Judge', json_build_object('ID', coalesce(j.id, 0), 'Name', coalesce(j.name, '')),
		'Text', r.text, 'Picture', r.picture, 'State', r.state, 'Code', r.code, 'Detail', r.detail, 'Remote', r.remote,
		'Link', r.link, 'Tries', r.tries, 'Due', r.due_at, 'At', r.at) ORDER BY r.id), '[]')
	FROM replies r JOIN people p ON p.id = r.person_id LEFT JOIN people j ON j.id = r.judge_id
	WHERE r.comment_id = c.id) AS replies,
	(SELECT coalesce(json_agg(json_build_object('ID', w.id, 'By', json_build_object('ID', p.id, 'Name', p.name),
		'Gist', w.gist, 'Mood', w.mood, 'Spam', w.spam, 'Question', w.question, 'At', w.at) ORDER BY w.id), '[]')
	FROM corrections w JOIN people p ON p.id = w.person_id WHERE w.comment_id = c.id) AS corrections`

const commentTables = `
	comments c JOIN brands b ON b.id = c.brand_id JOIN accounts a ON a.id = c.account_id
	JOIN threads t ON t.id = c.thread_id LEFT JOIN people h ON h.id = c.holder_id`

func (r comment) domain() (social.Comment, error) {
	c := social.Comment{
		ID: r.ID, Fold: r.Fold, Remote: r.Remote, Parent: r.Parent, Author: r.Author, AuthorID: r.AuthorID, Text: r.Text,
		Media: social.MediaKind(r.Media), Link: r.Link, At: r.At, Edited: r.Edited.Time, Received: r.Received,
		State: social.CommentState(r.State), Holder: social.Person{ID: r.Holder, Name: r.HolderIs}, Assigned: r.Assigned,
		ClaimedAt: r.Claimed.Time, Until: r.Until.Time, Settled: r.Settled.Time, AnswerBy: r.AnswerBy.Time,
		Missed: r.Missed.Time, Revision: r.Revision,
	}
	b, err := brand{
		ID: r.BrandID, AgencyID: r.AgencyID, Name: r.BrandName, Zone: r.BrandZone, Calendar: r.BrandCalendar,
		Rules: r.BrandRules, Slots: r.BrandSlots,
	}.domain()
	if err != nil {
		return c, err
	}
	c.Brand = b
	if r.Judged == nil {
		r.Judged = []byte("{}")
		c.Judged = social.Judge(c.Text) // it came before there was a judge
	}
	for _, part := range []struct {
		raw  []byte
		into any
	}{{r.Account, &c.Account}, {r.Thread, &c.Thread}, {r.Replies, &c.Replies}, {r.Words, &c.Corrections}, {r.Judged, &c.Judged}, {r.Ruled, &c.Ruled}} {
		if err := json.Unmarshal(part.raw, part.into); err != nil {
			return c, fmt.Errorf("reading comment %d: %w", r.ID, err)
		}
	}
	return c, nil
}

// Comment returns a comment and the reader's place in its brand.
func (s *Store) Comment(ctx context.Context, reader, id int64) (social.Comment, social.Member, error) {
	var c social.Comment
	var me social.Member
	err := s.Read(ctx, reader, func(tx *Tx) (err error) {
		if c, err = tx.comment(ctx, id); err != nil {
			return err
		}
		if me, err = tx.member(ctx, reader, c.Brand.ID); err != nil {
			return err
		}
		return tx.offer(ctx, &c)
	})
	return c, me, err
}

const commentQuery = `SELECT ` + commentColumns + ` FROM ` + commentTables + ` WHERE c.id = $1`

const foldedQuery = `
	SELECT ` + commentColumns + ` FROM ` + commentTables + ` WHERE c.fold_id = $1 ORDER BY c.id DESC LIMIT $2`

// comment reads one comment as the transaction may see it.
func (tx *Tx) comment(ctx context.Context, id int64) (social.Comment, error) {
	found, err := tx.comments(ctx, commentQuery, id)
	if err != nil {
		return social.Comment{}, err
	}
	if len(found) == 0 {
		return social.Comment{}, social.ErrNotFound
	}
	return found[0], nil
}

func (tx *Tx) comments(ctx context.Context, query string, args ...any) ([]social.Comment, error) {
	var rows []comment
	if err := tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, fmt.Errorf("reading comments: %w", err)
	}
	found := make([]social.Comment, 0, len(rows))
	for _, r := range rows {
		c, err := r.domain()
		if err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	return found, nil
}

// UpdateComment runs the rule on a comment under its lock and stores what it
// changed with its replies, its event and the work that follows, in one
// transaction. Whoever has no place in the brand gets social.ErrNotFound.
func (s *Store) UpdateComment(ctx context.Context, by, id int64, rule social.CommentRule) (social.Comment, error) {
	var c social.Comment
	err := s.As(ctx, by, func(tx *Tx) (err error) {
		c, err = tx.updateComment(ctx, id, func(c *social.Comment) (social.Event, error) {
			me, err := tx.member(ctx, by, c.Brand.ID)
			if err != nil {
				return social.Event{}, err
			}
			return rule(c, me)
		})
		return err
	})
	return c, err
}

// updateComment is UpdateComment within a transaction: the lock first, then the
// reading.
func (tx *Tx) updateComment(ctx context.Context, id int64, rule func(*social.Comment) (social.Event, error)) (social.Comment, error) {
	var locked int64
	err := tx.GetContext(ctx, &locked, `SELECT id FROM comments WHERE id = $1 FOR UPDATE`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return social.Comment{}, social.ErrNotFound
	}
	if err != nil {
		return social.Comment{}, err
	}
	c, err := tx.comment(ctx, id)
	if err != nil {
		return c, err
	}
	was := c
	was.Replies = slices.Clone(c.Replies)
	e, err := rule(&c)
	if err != nil {
		return c, err
	}
	err = tx.saveComment(ctx, &c, was, e)
	return c, err
}

// saveComment stores a changed comment with its replies, and the event. An event
// about a reply that is new gets its id.
func (tx *Tx) saveComment(ctx context.Context, c *social.Comment, was social.Comment, e social.Event) error {
	judged, err := json.Marshal(c.Judged)
	if err != nil {
		return err
	}
	ruled, err := json.Marshal(c.Ruled)
	if err != nil {
		return err
	}
	mark := c.Mark()
	err = tx.GetContext(ctx, &c.Revision, `
		UPDATE comments SET state = $2, text = $3, media = $4, edited_at = $5, holder_id = nullif($6, 0), assigned = $7,
			claimed_at = $8, until = $9, settled_at = $10, judged = $11, mood = $12, spam = $13, question = $14,
			ruled = $15, revision = revision + 1
		WHERE id = $1 RETURNING revision`,
		c.ID, c.State, c.Text, c.Media, nullTime(c.Edited), c.Holder.ID, c.Assigned,
		nullTime(c.ClaimedAt), nullTime(c.Until), nullTime(c.Settled), string(judged), mark.Mood, mark.Spam, mark.Question, string(ruled))
	if err != nil {
		return fmt.Errorf("saving comment %d: %w", c.ID, err)
	}
	for i := len(was.Corrections); i < len(c.Corrections); i++ {
		if err := tx.insertCorrection(ctx, *c, &c.Corrections[i]); err != nil {
			return err
		}
	}
	for i := range c.Replies {
		r := &c.Replies[i]
		if i >= len(was.Replies) {
			if err := tx.insertReply(ctx, *c, r); err != nil {
				return err
			}
			e.Facts.Reply = r.ID
			continue
		}
		if err := tx.updateReply(ctx, was.Replies[i], *r); err != nil {
			return err
		}
	}
	return tx.addEvent(ctx, e)
}

// discussed reads the comment, or the burst of comments, that an event concerns.
func (tx *Tx) discussed(ctx context.Context, a *social.Affair) (err error) {
	if a.Facts.Comment != 0 {
		if a.Comment, err = tx.comment(ctx, a.Facts.Comment); err == nil {
			err = tx.offer(ctx, &a.Comment)
		}
	}
	if err == nil && a.Facts.Fold != 0 {
		a.Fold, err = tx.burst(ctx, a.Facts.Fold)
	}
	return err
}

// Fold returns a burst of comments and the reader's place in its brand.
func (s *Store) Fold(ctx context.Context, reader, id int64) (social.Fold, social.Member, error) {
	var f social.Fold
	var me social.Member
	err := s.Read(ctx, reader, func(tx *Tx) (err error) {
		if f, err = tx.burst(ctx, id); err != nil {
			return err
		}
		me, err = tx.member(ctx, reader, f.Brand.ID)
		return err
	})
	return f, me, err
}

// latestOfFold is how many comments of a burst its card shows.
const latestOfFold = 3

func (tx *Tx) burst(ctx context.Context, id int64) (social.Fold, error) {
	var row struct {
		Brand  int64     `db:"brand_id"`
		Count  int       `db:"count"`
		Open   int       `db:"open"`
		Bad    int       `db:"bad"`
		Last   time.Time `db:"last_at"`
		Handle string    `db:"handle"`
		Link   string    `db:"link"`
		Words  string    `db:"words"`
	}
	err := tx.GetContext(ctx, &row, `
		SELECT f.brand_id, f.count, f.last_at, a.handle, t.link, t.words, n.open, n.bad
		FROM folds f JOIN threads t ON t.id = f.thread_id JOIN accounts a ON a.id = t.account_id CROSS JOIN LATERAL (
			SELECT count(*) FILTER (WHERE c.state IN ('new', 'claimed', 'answering', 'later')) AS open,
				count(*) FILTER (WHERE c.mood = 'negative') AS bad
			FROM comments c WHERE c.fold_id = f.id) n
		WHERE f.id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return social.Fold{}, social.ErrNotFound
	}
	if err != nil {
		return social.Fold{}, fmt.Errorf("reading burst %d: %w", id, err)
	}
	f := social.Fold{
		ID: id, Count: row.Count, Open: row.Open, Bad: row.Bad, Last: row.Last, Handle: row.Handle,
		Thread: social.Thread{Link: row.Link, Words: row.Words},
	}
	if f.Brand, err = tx.brand(ctx, row.Brand, false); err != nil {
		return f, err
	}
	f.Latest, err = tx.comments(ctx, foldedQuery, id, latestOfFold)
	return f, err
}

// ReturnComments brings up to n comments back whose time has come. It returns how
// many.
func (s *Store) ReturnComments(ctx context.Context, now time.Time, n int) (int, error) {
	return s.sweep(ctx, n, `
		SELECT id FROM comments WHERE state = 'later' AND until <= $1
		ORDER BY until LIMIT 1 FOR UPDATE SKIP LOCKED`, now, func(tx *Tx, id int64) error {
		_, err := tx.updateComment(ctx, id, func(c *social.Comment) (social.Event, error) { return c.Return(now) })
		return err
	})
}

// RemindComments tells of up to n comments without an answer whose promised time
// has passed, and again when as much time has passed once more. It returns how many.
func (s *Store) RemindComments(ctx context.Context, now time.Time, n int) (int, error) {
	return s.sweep(ctx, n, `
		SELECT id FROM comments WHERE reminded < 2 AND state IN ('new', 'claimed', 'answering') AND answer_by <= $1
		ORDER BY answer_by LIMIT 1 FOR UPDATE SKIP LOCKED`, now, func(tx *Tx, id int64) error {
		c, err := tx.comment(ctx, id)
		if err != nil {
			return err
		}
		next := c.Brand.AnswerBy(now) // from now: nobody was told while the program was away
		var reminded int
		err = tx.GetContext(ctx, &reminded, `
			UPDATE comments SET reminded = reminded + 1, answer_by = CASE WHEN reminded = 0 THEN $2 ELSE answer_by END
			WHERE id = $1 RETURNING reminded`, id, nullTime(next))
		if err != nil {
			return err
		}
		return tx.addEvent(ctx, c.Remind(reminded))
	})
}
