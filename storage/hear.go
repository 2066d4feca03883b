package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"peyk/social"
)

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
		switch {
		case k.own(h):
			return tx.hearOwn(ctx, k)
		case k.Comment != 0:
			_, err = tx.hearAgain(ctx, k.Comment, h)
			return err
		}
		return tx.hearNew(ctx, k, h)
	})
}

// own tells whether the brand itself wrote what was heard: one of its people, or
// somebody in the name of the channel, the group or the account.
func (k known) own(h social.Heard) bool {
	switch {
	case h.Own, k.Person != 0:
		return true
	case h.AuthorID == "":
		return false
	}
	return h.AuthorID == k.Channel || h.Place != 0 && h.AuthorID == strconv.FormatInt(h.Place, 10)
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
	whose, where := h.Place, `a.discussion = $1`
	author, _ := strconv.ParseInt(h.AuthorID, 10, 64) // 0 is nobody
	if whose == 0 {
		whose, where = h.Post.Account, `a.id = $1`
		author = 0 // other networks count their people by numbers of their own
	}
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
		WHERE `+where+` AND a.removed_at IS NULL ORDER BY a.id DESC LIMIT 1`,
		whose, h.Remote, h.Parent, h.Post.Root, h.Post.Remote, h.Post.Link, h.Post.Words, author)
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
func (tx *Tx) hearAgain(ctx context.Context, id int64, h social.Heard) (changed bool, err error) {
	if h.Edited.IsZero() {
		return false, nil
	}
	c, err := tx.updateComment(ctx, id, func(c *social.Comment) (social.Event, error) { return c.Rewrite(h) })
	var refusal social.Rule
	if errors.As(err, &refusal) {
		return false, nil // an older edit, or one that changes nothing that we keep
	}
	if err != nil {
		return false, err
	}
	if _, err = tx.ExecContext(ctx, `UPDATE comments SET search = $2 WHERE id = $1`, id, h.Search); err != nil {
		return false, err
	}
	if c.State != social.Unanswered || c.Ruled.Rule.Does != "" {
		return true, nil // people have it, or a rule has had its say
	}
	rule, err := tx.ruleFor(ctx, c.Brand, c)
	if err == nil && rule.Does != "" {
		err = tx.obey(ctx, id, rule)
	}
	return true, err
}

// hearNew stores a comment. What belongs to no known post is other talk.
func (tx *Tx) hearNew(ctx context.Context, k known, h social.Heard) error {
	thread, err := tx.thread(ctx, k, h)
	if err != nil || thread == 0 {
		return err
	}
	b, err := k.brand()
	if err != nil {
		return err
	}
	rule, err := tx.ruleOf(ctx, k, b, h)
	if err != nil {
		return err
	}
	a := arrival{known: k, Heard: h, thread: thread, news: tx.now.Sub(h.At) < social.NewsLife}
	if a.news && rule.Does != social.RuleHide {
		if a.fold, a.first, err = tx.fold(ctx, k.Brand, thread); err != nil {
			return err
		}
	}
	if a.news {
		a.by = b.AnswerBy(h.At)
	}
	id, err := tx.insertComment(ctx, a)
	if err != nil || id == 0 {
		return err
	}
	if rule.Does != "" {
		if err := tx.obey(ctx, id, rule); err != nil || rule.Does == social.RuleHide {
			return err
		}
	}
	return tx.tellArrival(ctx, a, id)
}

// An arrival is a comment on its way into the database.
type arrival struct {
	known
	social.Heard
	thread int64
	fold   int64
	first  bool // it begins the burst
	news   bool
	by     time.Time // when it should have its answer
}

// insertComment stores a comment with what the judge makes of it; 0: somebody else
// has just stored it.
func (tx *Tx) insertComment(ctx context.Context, a arrival) (id int64, err error) {
	mark := social.Judge(a.Text)
	judged, err := json.Marshal(mark)
	if err != nil {
		return 0, err
	}
	err = tx.GetContext(ctx, &id, `
		INSERT INTO comments (brand_id, account_id, thread_id, fold_id, remote, parent, author, author_id, text, search,
			media, link, at, edited_at, received_at, answer_by, judged, mood, spam, question)
		VALUES ($1, $2, $3, nullif($4, 0), $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
		ON CONFLICT (account_id, remote) DO NOTHING RETURNING id`,
		a.Brand, a.Account, a.thread, a.fold, a.Remote, a.Heard.Parent, a.Author, a.AuthorID, a.Text, a.Search,
		string(a.Media), a.Link, a.At, nullTime(a.Edited), tx.now, nullTime(a.by), string(judged), mark.Mood, mark.Spam, mark.Question)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("storing a comment: %w", err)
	}
	return id, nil
}

// tellArrival tells of a new comment, or of the burst that it begins. What is old
// stands in the inbox, and a burst is told of as one.
func (tx *Tx) tellArrival(ctx context.Context, a arrival, id int64) error {
	e := social.Event{Kind: social.CommentCame, AgencyID: a.Agency, BrandID: a.Brand, Facts: social.Facts{Comment: id}}
	switch {
	case !a.news, a.fold != 0 && !a.first:
		return nil
	case a.first:
		e.Kind, e.Facts = social.CommentsFolded, social.Facts{Fold: a.fold}
	}
	return tx.addEvent(ctx, e)
}
