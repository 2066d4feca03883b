package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"peyk/social"
)

// post is a row of posts with all that its rules need, gathered by one query.
type post struct {
	ID         int64        `db:"id"`
	BrandID    int64        `db:"brand_id"`
	AuthorID   int64        `db:"author_id"`
	State      string       `db:"state"`
	Content    []byte       `db:"content"`
	Slot       sql.NullTime `db:"slot"`
	Version    int          `db:"version"`
	Hash       string       `db:"hash"`
	Stage      int          `db:"stage"`
	Reviewed   bool         `db:"reviewed"`
	Note       string       `db:"note"`
	Created    time.Time    `db:"created_at"`
	Changed    time.Time    `db:"changed_at"`
	Revision   int          `db:"revision"`
	Asked      sql.NullTime `db:"asked_at"`
	Reminder   sql.NullTime `db:"remind_at"`
	Approvals  []byte       `db:"approvals"`
	Deliveries []byte       `db:"deliveries"`
	Accounts   []byte       `db:"accounts"`
	Eligible   []byte       `db:"eligible"`

	AgencyID      int64  `db:"agency_id"`
	BrandName     string `db:"brand_name"`
	BrandZone     string `db:"brand_zone"`
	BrandCalendar string `db:"brand_calendar"`
	BrandRules    []byte `db:"brand_rules"`
	BrandSlots    []byte `db:"brand_slots"`
}

// postColumns reads whole posts, as p and b.
const postColumns = `
	p.id, p.brand_id, p.author_id, p.state, p.content, p.slot, p.version, p.hash, p.stage, p.reviewed, p.note,
	p.created_at, p.changed_at, p.revision, p.asked_at, p.remind_at,
	b.agency_id, b.name AS brand_name, b.zone AS brand_zone, b.calendar AS brand_calendar,
	b.rules AS brand_rules, b.slots AS brand_slots,
	(SELECT coalesce(json_agg(json_build_object('ID', a.id, 'Version', a.version, 'Hash', a.hash, 'Stage', a.stage,
		'Person', coalesce(a.person_id, 0), 'Decision', a.decision, 'At', a.at) ORDER BY a.id), '[]')
	FROM approvals a WHERE a.brand_id = p.brand_id AND a.post_id = p.id AND a.version = p.version
		AND a.withdrawn_at IS NULL) AS approvals,
	(SELECT coalesce(json_agg(json_build_object('ID', d.id, 'PostID', d.post_id, 'Account', d.account_id,
		'Version', d.version, 'State', d.state, 'Due', d.due_at, 'Tries', d.tries, 'Code', d.code, 'Detail', d.detail,
		'Remote', d.remote, 'Link', d.link, 'At', d.changed_at, 'Missed', d.missed_at) ORDER BY d.id), '[]')
	FROM deliveries d WHERE d.brand_id = p.brand_id AND d.post_id = p.id) AS deliveries,
	(SELECT coalesce(json_agg(json_build_object('ID', c.id, 'BrandID', c.brand_id, 'Platform', c.platform,
		'RemoteID', c.remote_id, 'Handle', c.handle, 'ByHand', c.by_hand, 'Missing', c.missing,
		'Lost', c.lost OR c.removed_at IS NOT NULL, 'Limits', c.limits) ORDER BY c.id), '[]')
	FROM accounts c WHERE c.brand_id = p.brand_id AND (c.removed_at IS NULL OR p.content->'targets' @> 
		jsonb_build_array(jsonb_build_object('account', c.id)))) AS accounts,
	(SELECT coalesce(json_agg(json_build_object('Role', m.role, 'AgencyID', m.agency_id, 'BrandID', coalesce(m.brand_id, 0),
		'Person', json_build_object('ID', q.id, 'TelegramID', q.telegram_id, 'Name', q.name, 'Username', q.username,
			'Lang', q.lang, 'Zone', q.zone, 'Calendar', q.calendar, 'Reachable', q.reachable))
		ORDER BY m.brand_id NULLS FIRST, m.id), '[]')
	FROM members m JOIN people q ON q.id = m.person_id
	WHERE m.left_at IS NULL AND m.role IN ('owner', 'manager', 'approver')
		AND (m.brand_id = p.brand_id OR (m.brand_id IS NULL AND m.agency_id = b.agency_id))) AS eligible`

func (r post) domain() (social.Post, error) {
	p := social.Post{
		ID: r.ID, Author: r.AuthorID, State: social.PostState(r.State), Slot: r.Slot.Time, Version: r.Version,
		Hash: r.Hash, Stage: r.Stage, Reviewed: r.Reviewed, Note: r.Note, Created: r.Created, Changed: r.Changed,
		Revision: r.Revision, Asked: r.Asked.Time, Reminder: r.Reminder.Time,
	}
	b, err := brand{
		ID: r.BrandID, AgencyID: r.AgencyID, Name: r.BrandName, Zone: r.BrandZone, Calendar: r.BrandCalendar,
		Rules: r.BrandRules, Slots: r.BrandSlots,
	}.domain()
	if err != nil {
		return p, err
	}
	p.Brand = b
	for _, part := range []struct {
		raw  []byte
		into any
	}{{r.Content, &p.Content}, {r.Approvals, &p.Approvals}, {r.Deliveries, &p.Deliveries}, {r.Accounts, &p.Accounts}, {r.Eligible, &p.Eligible}} {
		if err := json.Unmarshal(part.raw, part.into); err != nil {
			return p, fmt.Errorf("reading post %d: %w", r.ID, err)
		}
	}
	return p, nil
}

// Post returns a post and the reader's place in its brand.
func (s *Store) Post(ctx context.Context, reader, id int64) (social.Post, social.Member, error) {
	var p social.Post
	var me social.Member
	err := s.Read(ctx, reader, func(tx *Tx) (err error) {
		if p, err = tx.post(ctx, id); err != nil {
			return err
		}
		me, err = tx.member(ctx, reader, p.Brand.ID)
		return err
	})
	return p, me, err
}

// Revision returns how often a post has changed so far, for the program itself; of a
// post that is gone, 0.
func (s *Store) Revision(ctx context.Context, post int64) (int, error) {
	var revisions []int
	if err := s.clock.SelectContext(ctx, &revisions, `SELECT revision FROM posts WHERE id = $1`, post); err != nil {
		return 0, fmt.Errorf("looking whether post %d has changed: %w", post, err)
	}
	if len(revisions) == 0 {
		return 0, nil
	}
	return revisions[0], nil
}

const postQuery = `
	SELECT ` + postColumns + `
	FROM posts p JOIN brands b ON b.id = p.brand_id WHERE p.id = $1`

// post reads one post as the transaction may see it.
func (tx *Tx) post(ctx context.Context, id int64) (social.Post, error) {
	var row post
	err := tx.GetContext(ctx, &row, postQuery, id)
	if errors.Is(err, sql.ErrNoRows) {
		return social.Post{}, social.ErrNotFound
	}
	if err != nil {
		return social.Post{}, fmt.Errorf("reading post %d: %w", id, err)
	}
	return row.domain()
}

func (tx *Tx) posts(ctx context.Context, query string, args ...any) ([]social.Post, error) {
	var rows []post
	if err := tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, fmt.Errorf("reading posts: %w", err)
	}
	posts := make([]social.Post, 0, len(rows))
	for _, r := range rows {
		p, err := r.domain()
		if err != nil {
			return nil, err
		}
		posts = append(posts, p)
	}
	return posts, nil
}

// AddPost stores a new draft of somebody who may draft for its brand.
func (s *Store) AddPost(ctx context.Context, by int64, p social.Post) (social.Post, error) {
	err := s.As(ctx, by, func(tx *Tx) error {
		s.At("handler_tx_open")
		me, err := tx.member(ctx, by, p.Brand.ID)
		if err != nil {
			return err
		}
		if err := me.Can(social.Draft); err != nil {
			return err
		}
		p.Author, p.State = by, social.Drafting
		return tx.insertPost(ctx, &p)
	})
	s.At("handler_tx_committed")
	return p, err
}

// insertPost stores the draft and reads it back whole.
func (tx *Tx) insertPost(ctx context.Context, p *social.Post) error {
	content, err := json.Marshal(p.Content)
	if err != nil {
		return err
	}
	err = tx.GetContext(ctx, &p.ID, `
		INSERT INTO posts (brand_id, author_id, state, content, slot, created_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id`,
		p.Brand.ID, p.Author, p.State, string(content), nullTime(p.Slot), tx.now)
	if err != nil {
		return fmt.Errorf("adding a post: %w", err)
	}
	if *p, err = tx.post(ctx, p.ID); err != nil {
		return err
	}
	err = tx.addEvent(ctx, social.Event{
		Kind: social.PostDrafted, AgencyID: p.Brand.AgencyID, BrandID: p.Brand.ID, PostID: p.ID, Actor: p.Author,
	})
	return err
}

// CopyPost makes a new draft with the content of another post.
func (s *Store) CopyPost(ctx context.Context, by, id int64) (social.Post, error) {
	var copied social.Post
	err := s.As(ctx, by, func(tx *Tx) error {
		p, err := tx.post(ctx, id)
		if err != nil {
			return err
		}
		me, err := tx.member(ctx, by, p.Brand.ID)
		if err != nil {
			return err
		}
		if copied, err = p.Copy(me); err != nil {
			return err
		}
		return tx.insertPost(ctx, &copied)
	})
	return copied, err
}

func nullTime(t time.Time) sql.NullTime { return sql.NullTime{Time: t, Valid: !t.IsZero()} }

// UpdatePost runs the rule on a post under its lock and stores what it changed
// with its event, in one transaction. The member's rights are those of this very
// moment. Whoever has no place in the brand gets social.ErrNotFound.
func (s *Store) UpdatePost(ctx context.Context, by, id int64, rule social.PostRule) (social.Post, error) {
	var p social.Post
	err := s.act(ctx, s.bot, acting(ctx, by).and(lockingPost(id)), func(tx *Tx) (err error) {
		p, err = tx.changePost(ctx, id, func(p *social.Post) (social.Event, error) {
			s.At("after_lock")
			me, err := tx.placeIn(ctx, by, p)
			if err != nil {
				return social.Event{}, err
			}
			defer s.At("after_state")
			return rule(p, me)
		})
		s.At("before_commit")
		return err
	})
	s.At("after_commit")
	return p, err
}

// placeIn is the person's place in the post's brand. Whoever may decide was read
// with the post.
func (tx *Tx) placeIn(ctx context.Context, person int64, p *social.Post) (social.Member, error) {
	for _, m := range p.Eligible {
		if m.Person.ID == person {
			return m, nil
		}
	}
	return tx.member(ctx, person, p.Brand.ID)
}

// updatePost is UpdatePost within a transaction. The lock comes first and the
// reading second, so that what is read is what the last holder of the lock left.
func (tx *Tx) updatePost(ctx context.Context, id int64, rule func(*social.Post) (social.Event, error)) (social.Post, error) {
	if err := tx.lockPost(ctx, id); err != nil {
		return social.Post{}, err
	}
	return tx.changePost(ctx, id, rule)
}

// changePost is updatePost for a transaction that began with the lock.
func (tx *Tx) changePost(ctx context.Context, id int64, rule func(*social.Post) (social.Event, error)) (social.Post, error) {
	was, err := tx.post(ctx, id)
	if err != nil {
		return social.Post{}, err
	}
	p := was
	e, err := rule(&p)
	if err != nil {
		return was, err
	}
	p.Changed, p.Revision = tx.now, was.Revision+1
	asking(was, &p, tx.now)
	return p, tx.savePost(ctx, was, p, e)
}

func (tx *Tx) lockPost(ctx context.Context, id int64) error {
	var locked int64
	err := tx.GetContext(ctx, &locked, lockPostQuery, id)
	if errors.Is(err, sql.ErrNoRows) {
		return social.ErrNotFound
	}
	return err
}

const lockPostQuery = `SELECT id FROM posts WHERE id = $1 FOR UPDATE`

// lockingPost is lockPost as the opening of a transaction. Whether there is such a
// post shows when it is read.
func lockingPost(id int64) opening {
	return opening(fmt.Sprintf(`SELECT hold(%d)`, id))
}

// approval is a row of approvals on its way into the database.
type approval struct {
	Version  int             `json:"version"`
	Hash     string          `json:"hash"`
	Stage    int             `json:"stage"`
	Person   int64           `json:"person"`
	Decision social.Decision `json:"decision"`
	At       time.Time       `json:"at"`
}

const savePostQuery = `
	WITH post AS (
		UPDATE posts SET state = $3, content = $4, slot = $5, version = $6, hash = $7, stage = $8,
			reviewed = $9, note = $10, changed_at = $11, revision = revision + 1, asked_at = $24, remind_at = $25
		WHERE id = $2),
	version AS (
		INSERT INTO versions (brand_id, post_id, n, content, hash, author_id, at)
		SELECT $1, $2, $6, $4, $7, $12, $11 WHERE $13::boolean),
	withdrawn AS (
		UPDATE approvals SET withdrawn_at = $11
		WHERE brand_id = $1 AND post_id = $2 AND withdrawn_at IS NULL AND NOT id = ANY ($14::bigint[])),
	approved AS (
		INSERT INTO approvals (brand_id, post_id, version, hash, stage, person_id, decision, at)
		SELECT $1, $2, a.version, a.hash, a.stage, nullif(a.person, 0), a.decision, a.at
		FROM jsonb_to_recordset($15::jsonb)
			AS a (version int, hash text, stage int, person bigint, decision text, at timestamptz)),
	event AS (
		INSERT INTO events (agency_id, brand_id, post_id, kind, actor_id, version, facts, at, told_at)
		VALUES ($16, $1, $2, $17, nullif($18::bigint, 0), $19, $20, $11, CASE WHEN $21::boolean THEN $11 END)
		RETURNING id, told_at),
	marked AS (
		UPDATE inbox SET handled_at = $11
		WHERE bot = $22 AND update_id = ANY ($23::bigint[]) AND handled_at IS NULL
			AND update_id BETWEEN ($23::bigint[])[1] AND ($23::bigint[])[cardinality($23::bigint[])] RETURNING 1)
	SELECT (SELECT count(*) FROM marked) AS marked,
		CASE WHEN told_at IS NULL THEN enqueue('notify', jsonb_build_object('event', id))::text END AS job
	FROM event`

// saved is what saving a post answers: how many updates it marked, and a job.
type saved struct {
	Marked int            `db:"marked"`
	Job    sql.NullString `db:"job"`
}

// savePost writes a changed post with its version, its approvals and its event,
// puts the telling into the queue and marks the updates that led to it, all in
// one statement: a tap waits for each round trip.
func (tx *Tx) savePost(ctx context.Context, was social.Post, p social.Post, e social.Event) error {
	content, err := json.Marshal(p.Content)
	if err != nil {
		return err
	}
	kept, fresh := []int64{}, []approval{}
	for _, a := range p.Approvals {
		if a.ID != 0 {
			kept = append(kept, a.ID)
			continue
		}
		fresh = append(fresh, approval{a.Version, a.Hash, a.Stage, a.Person, a.Decision, a.At})
	}
	added, err := json.Marshal(fresh)
	if err != nil {
		return err
	}
	facts, err := json.Marshal(e.Facts)
	if err != nil {
		return err
	}
	bot, marks := tx.marks()
	var row saved
	err = tx.GetContext(ctx, &row, savePostQuery,
		p.Brand.ID, p.ID, p.State, string(content), nullTime(p.Slot), p.Version, p.Hash, p.Stage,
		p.Reviewed, p.Note, tx.now, p.Author, p.Version > was.Version, pq.Array(kept), string(added),
		e.AgencyID, e.Kind, e.Actor, e.Version, string(facts), silent(e), bot, pq.Array(marks),
		nullTime(p.Asked), nullTime(p.Reminder))
	if err != nil {
		return fmt.Errorf("saving post %d: %w", p.ID, err)
	}
	if row.Marked != len(marks) {
		return social.ErrHandled
	}
	return nil
}

// Version returns the content of one version of a post, for a reader of its brand.
func (s *Store) Version(ctx context.Context, reader, post int64, n int) (social.Version, error) {
	v := social.Version{Post: post, N: n}
	err := s.Read(ctx, reader, func(tx *Tx) error {
		var row struct {
			Content []byte    `db:"content"`
			Hash    string    `db:"hash"`
			Author  int64     `db:"author_id"`
			At      time.Time `db:"at"`
		}
		err := tx.GetContext(ctx, &row, `
			SELECT content, hash, author_id, at FROM versions WHERE post_id = $1 AND n = $2`, post, n)
		if errors.Is(err, sql.ErrNoRows) {
			return social.ErrNotFound
		}
		if err != nil {
			return err
		}
		v.Hash, v.Author, v.At = row.Hash, row.Author, row.At
		return json.Unmarshal(row.Content, &v.Content)
	})
	return v, err
}

// Week returns a brand's posts with a slot in [from, to), in order; stopped ones
// are left out.
func (s *Store) Week(ctx context.Context, reader, brand int64, from, to time.Time) ([]social.Post, error) {
	var posts []social.Post
	err := s.Read(ctx, reader, func(tx *Tx) (err error) {
		if _, err = tx.member(ctx, reader, brand); err != nil {
			return err
		}
		posts, err = tx.posts(ctx, `
			SELECT `+postColumns+`
			FROM posts p JOIN brands b ON b.id = p.brand_id
			WHERE p.brand_id = $1 AND p.slot >= $2 AND p.slot < $3 AND p.state <> 'stopped'
			ORDER BY p.slot, p.id LIMIT 100`, brand, from, to)
		return err
	})
	return posts, err
}

// Unfinished returns up to n posts of the person's brands that may wait for
// somebody, the most urgent first. Whether they wait for this person is for the
// rules to say.
func (s *Store) Unfinished(ctx context.Context, reader int64, n int) ([]social.Post, error) {
	var posts []social.Post
	err := s.Read(ctx, reader, func(tx *Tx) (err error) {
		posts, err = tx.posts(ctx, `
			SELECT `+postColumns+`
			FROM posts p JOIN brands b ON b.id = p.brand_id
			WHERE p.brand_id IN (SELECT my_brands())
				AND (p.state IN ('review', 'changes', 'held', 'late', 'expired', 'publishing', 'failed')
					OR (p.state = 'draft' AND p.author_id = $1))
			ORDER BY p.slot NULLS LAST, p.id LIMIT $2`, reader, n)
		return err
	})
	return posts, err
}

// Taken returns the slots from now on that posts of the brand hold.
func (s *Store) Taken(ctx context.Context, reader, brand int64) ([]time.Time, error) {
	var taken []time.Time
	err := s.Read(ctx, reader, func(tx *Tx) error {
		return tx.SelectContext(ctx, &taken, `
			SELECT slot FROM posts
			WHERE brand_id = $1 AND slot > $2 AND state <> 'stopped' ORDER BY slot`, brand, tx.now)
	})
	return taken, err
}

// LastTargets returns the accounts of the author's latest post of a brand, or
// social.ErrNotFound when there is none.
func (s *Store) LastTargets(ctx context.Context, author, brand int64) ([]int64, error) {
	var content []byte
	err := s.Read(ctx, author, func(tx *Tx) error {
		return tx.GetContext(ctx, &content, `
			SELECT content FROM posts WHERE brand_id = $1 AND author_id = $2 ORDER BY id DESC LIMIT 1`, brand, author)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, social.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("looking for the last post of brand %d: %w", brand, err)
	}
	var c social.Content
	if err := json.Unmarshal(content, &c); err != nil {
		return nil, fmt.Errorf("reading the last post of brand %d: %w", brand, err)
	}
	accounts := make([]int64, len(c.Targets))
	for i, t := range c.Targets {
		accounts[i] = t.Account
	}
	return accounts, nil
}

// NextSlot is the earliest slot after a time at which a post of any brand may go
// out; the zero time: none.
func (s *Store) NextSlot(ctx context.Context, after time.Time) (time.Time, error) {
	var next sql.NullTime
	err := s.Across(ctx, func(tx *Tx) error {
		return tx.GetContext(ctx, &next, `
			SELECT min(slot) FROM posts WHERE slot > $1 AND state IN ('review', 'changes', 'held', 'approved')`, after)
	})
	return next.Time, err
}

// Overdue counts what should have happened by now and has not: posts whose time
// has come, deliveries that wait or are under way, and channels whose followers are
// to be counted.
func (s *Store) Overdue(ctx context.Context, now time.Time) (n int, err error) {
	err = s.Across(ctx, func(tx *Tx) error {
		return tx.GetContext(ctx, &n, `
			SELECT (SELECT count(*) FROM posts WHERE slot <= $1 AND state IN ('review', 'held', 'approved'))
				+ (SELECT count(*) FROM deliveries WHERE state = 'attempting' OR state = 'waiting' AND due_at <= $1)
				+ (SELECT count(*) FROM accounts WHERE count_at <= $1 AND removed_at IS NULL AND NOT by_hand AND platform = 'telegram')`, now)
	})
	return n, err
}
