package storage

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"peyk/social"
)

// A takeoutPart is one list of a takeout. Its query returns the rows about the
// person $1 as JSON, the newest first.
type takeoutPart struct{ name, query string }

// takeoutRows is how many entries of a list are looked at.
const takeoutRows = 20_000

// draftedBy tells whether the person $1 began the post p: he may have been handed
// what a colleague wrote.
const draftedBy = `EXISTS (SELECT FROM events d WHERE d.post_id = p.id AND d.kind = 'post.drafted' AND d.actor_id = $1)`

// takeoutParts are all that is kept about a person. Of others they hold nothing but
// what he did himself: no name, no word of theirs. A test sees that no table with
// something about a person is forgotten.
var takeoutParts = []takeoutPart{
	{"profile", `
		SELECT telegram_id, name, username, lang AS language, lang_chosen AS language_chosen, zone AS time_zone, calendar,
			morning AS morning_minute, reachable, created_at AS known_since, nullif(takeout_after, '-infinity') AS takeout_after
		FROM people WHERE id = $1`},
	{"places", `
		SELECT a.name AS agency, b.name AS brand, m.role, m.alone AS answers_alone, m.joined_at, m.left_at
		FROM members m JOIN agencies a ON a.id = m.agency_id LEFT JOIN brands b ON b.id = m.brand_id
		WHERE m.person_id = $1 ORDER BY m.id DESC`},
	{"invitations_made", `
		SELECT a.name AS agency, b.name AS brand, i.role, i.state, i.created_at, i.expires_at
		FROM invitations i LEFT JOIN agencies a ON a.id = i.agency_id LEFT JOIN brands b ON b.id = i.brand_id
		WHERE i.made_by = $1 ORDER BY i.id DESC`},
	{"invitations_opened", `
		SELECT a.name AS agency, b.name AS brand, i.role, i.state, i.created_at, i.expires_at
		FROM invitations i LEFT JOIN agencies a ON a.id = i.agency_id LEFT JOIN brands b ON b.id = i.brand_id
		WHERE i.person_id = $1 ORDER BY i.id DESC`},
	{"wrong_links_tried", `SELECT at FROM guesses WHERE person_id = $1 ORDER BY at DESC`},
	{"channels_added", `
		SELECT chat, title, username, present, at FROM channels WHERE added_by = $1 ORDER BY at DESC`},
	{"posts", `
		SELECT b.name AS brand, p.id AS post, p.state, p.slot, p.created_at, p.changed_at,
			CASE WHEN p.author_id = $1 AND ` + draftedBy + ` THEN p.content END AS content
		FROM posts p JOIN brands b ON b.id = p.brand_id WHERE p.author_id = $1 OR ` + draftedBy + ` ORDER BY p.id DESC`},
	{"versions", `
		SELECT b.name AS brand, v.post_id AS post, v.n AS version, v.hash, v.at, v.content
		FROM versions v JOIN posts p ON p.id = v.post_id JOIN brands b ON b.id = v.brand_id
		WHERE v.author_id = $1 AND ` + draftedBy + ` ORDER BY v.at DESC, v.post_id, v.n DESC`},
	{"approvals", `
		SELECT b.name AS brand, d.post_id AS post, d.version, d.stage, d.decision, d.at, d.withdrawn_at
		FROM approvals d JOIN brands b ON b.id = d.brand_id WHERE d.person_id = $1 ORDER BY d.id DESC`},
	{"change_requests", `
		SELECT b.name AS brand, e.post_id AS post, e.version, e.at, e.facts->'note' AS note, e.facts->'voice' AS voice
		FROM events e JOIN brands b ON b.id = e.brand_id
		WHERE e.actor_id = $1 AND e.kind = 'post.change_asked' ORDER BY e.id DESC`},
	{"events", `
		SELECT a.name AS agency, b.name AS brand, e.kind, e.post_id AS post, e.version, e.at,
			e.facts - ARRAY['name', 'person', 'note', 'voice'] AS facts
		FROM events e JOIN agencies a ON a.id = e.agency_id LEFT JOIN brands b ON b.id = e.brand_id
		WHERE e.actor_id = $1 ORDER BY e.id DESC`},
	{"events_about_you", `
		SELECT a.name AS agency, b.name AS brand, e.kind, e.at, e.facts->'role' AS role
		FROM events e JOIN agencies a ON a.id = e.agency_id LEFT JOIN brands b ON b.id = e.brand_id
		WHERE e.facts->'person' = to_jsonb($1::bigint) AND e.actor_id IS DISTINCT FROM $1 ORDER BY e.id DESC`},
	{"comments_held", `
		SELECT b.name AS brand, c.id AS comment, c.state, c.claimed_at, c.until
		FROM comments c JOIN brands b ON b.id = c.brand_id WHERE c.holder_id = $1 ORDER BY c.id DESC`},
	{"comments_written", `
		SELECT b.name AS brand, c.author, c.author_id, c.text, c.media, c.link, c.at, c.edited_at, c.state,
			c.mood, c.spam, c.question
		FROM comments c JOIN brands b ON b.id = c.brand_id JOIN accounts a ON a.id = c.account_id
		WHERE a.platform = 'telegram' AND c.author_id = (SELECT telegram_id::text FROM people WHERE id = $1)
		ORDER BY c.id DESC`},
	{"comments_corrected", `
		SELECT b.name AS brand, w.comment_id AS comment, w.mood, w.spam, w.question, w.at
		FROM corrections w JOIN brands b ON b.id = w.brand_id WHERE w.person_id = $1 ORDER BY w.id DESC`},
	{"replies", `
		SELECT b.name AS brand, r.comment_id AS comment, r.text, r.picture, r.state, r.link, r.at, r.sent_at
		FROM replies r JOIN brands b ON b.id = r.brand_id WHERE r.person_id = $1 ORDER BY r.id DESC`},
	{"replies_judged", `
		SELECT b.name AS brand, r.comment_id AS comment, r.state, r.at
		FROM replies r JOIN brands b ON b.id = r.brand_id WHERE r.judge_id = $1 ORDER BY r.id DESC`},
	{"replies_saved", `
		SELECT b.name AS brand, s.lang AS language, s.text, s.uses, s.created_at, s.removed_at
		FROM saved_replies s JOIN brands b ON b.id = s.brand_id WHERE s.made_by = $1 ORDER BY s.id DESC`},
	{"cards", `
		SELECT b.name AS brand, c.post_id AS post, c.version, c.chat, c.message
		FROM cards c JOIN brands b ON b.id = c.brand_id WHERE c.person_id = $1 ORDER BY c.id DESC`},
	{"comment_cards", `
		SELECT b.name AS brand, c.comment_id AS comment, c.fold_id AS burst, c.chat, c.message
		FROM comment_cards c JOIN brands b ON b.id = c.brand_id WHERE c.person_id = $1 ORDER BY c.message DESC`},
	{"messages_about_events", `
		SELECT e.kind, n.state, n.at FROM notices n JOIN events e ON e.id = n.event_id
		WHERE n.person_id = $1 ORDER BY n.event_id DESC`},
	{"mornings", `SELECT day, state, at FROM mornings WHERE person_id = $1 ORDER BY day DESC`},
	{"digests", `
		SELECT b.name AS brand, d.week, d.state, d.at
		FROM digests d JOIN brands b ON b.id = d.brand_id WHERE d.person_id = $1 ORDER BY d.week DESC`},
	{"digests_unwanted", `
		SELECT b.name AS brand FROM digest_hushes d JOIN brands b ON b.id = d.brand_id WHERE d.person_id = $1`},
	{"goals_set", `
		SELECT b.name AS brand, g.metric, g.target, g.due_at, g.state, g.created_at
		FROM goals g JOIN brands b ON b.id = g.brand_id WHERE g.made_by = $1 ORDER BY g.id DESC`},
	{"plans_made", `
		SELECT b.name AS brand, p.id AS plan, p.state, p.due_at, p.created_at, p.ended_at, p.owner_id = $1 AS yours
		FROM plans p JOIN brands b ON b.id = p.brand_id WHERE p.made_by = $1 ORDER BY p.id DESC`},
	{"plans_owned", `
		SELECT b.name AS brand, p.id AS plan, p.state, p.due_at, p.begun_at, p.ended_at
		FROM plans p JOIN brands b ON b.id = p.brand_id WHERE p.owner_id = $1 AND p.begun_at IS NOT NULL ORDER BY p.id DESC`},
	{"plan_actions_written", `
		SELECT b.name AS brand, p.id AS plan, a ->> 'text' AS text, a ->> 'done' AS done_at
		FROM plans p JOIN brands b ON b.id = p.brand_id CROSS JOIN jsonb_array_elements(p.actions) a
		WHERE a -> 'author' = to_jsonb($1::bigint) ORDER BY p.id DESC`},
	{"open_question", `
		SELECT step, data, message, expires_at FROM dialogs
		WHERE person = $1 OR chat = (SELECT telegram_id FROM people WHERE id = $1)`},
}

// Takeout gathers all that is kept about the person. Whoever has brought it to him
// says so with EndTakeout. Where there was one less than social.TakeoutPause ago,
// again says when there may be another, and nothing is gathered.
func (s *Store) Takeout(ctx context.Context, person int64) (t social.Takeout, again time.Time, err error) {
	err = s.run(ctx, s.clock, func(tx *Tx) error {
		t, again = social.Takeout{}, time.Time{}
		var after sql.NullTime
		err := tx.GetContext(ctx, &after, `SELECT nullif(takeout_after, '-infinity') FROM people WHERE id = $1`, person)
		if err != nil {
			return err
		}
		if after.Time.After(tx.now) {
			again = after.Time
			return nil
		}
		t, err = tx.takeout(ctx, person)
		return err
	})
	if err != nil {
		return t, again, fmt.Errorf("gathering what is kept about person %d: %w", person, err)
	}
	return t, again, nil
}

// EndTakeout records that the person has his takeout.
func (s *Store) EndTakeout(ctx context.Context, person int64) error {
	return s.As(ctx, person, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE people SET takeout_after = $2 WHERE id = $1`, person, tx.now.Add(social.TakeoutPause))
		return err
	})
}

// takeout writes the parts one below the other. A list that is too long keeps its
// newest entries, and its name is among those that were cut.
func (tx *Tx) takeout(ctx context.Context, person int64) (social.Takeout, error) {
	made, err := json.Marshal(tx.now.UTC())
	if err != nil {
		return social.Takeout{}, err
	}
	cut := []string{}
	var body bytes.Buffer
	body.WriteString(`{"made_at":` + string(made))
	add := func(name string, rows []json.RawMessage, short bool) error {
		list, err := json.Marshal(rows)
		body.WriteString(`,"` + name + `":` + string(list))
		if short {
			cut = append(cut, name)
		}
		return err
	}
	for _, part := range takeoutParts {
		rows, short, err := tx.takeoutPart(ctx, part.query, person)
		if err = errors.Join(err, add(part.name, rows, short)); err != nil {
			return social.Takeout{}, fmt.Errorf("gathering %s: %w", part.name, err)
		}
	}
	raw, short, err := tx.takeoutUpdates(ctx, person)
	if err = errors.Join(err, add("raw_updates", raw, short)); err != nil {
		return social.Takeout{}, fmt.Errorf("gathering updates: %w", err)
	}
	names, err := json.Marshal(cut)
	body.WriteString(`,"cut_to_the_newest":` + string(names) + `}`)
	if err != nil {
		return social.Takeout{}, err
	}
	var readable bytes.Buffer
	err = json.Indent(&readable, body.Bytes(), "", "  ")
	return social.Takeout{Body: readable.Bytes(), Cut: len(cut) > 0}, err
}

// takeoutPart returns the rows of a list, the oldest first.
func (tx *Tx) takeoutPart(ctx context.Context, query string, person int64) (rows []json.RawMessage, short bool, err error) {
	var all []json.RawMessage
	err = tx.SelectContext(ctx, &all, fmt.Sprintf(`
		SELECT to_jsonb(x) FROM (%s) x LIMIT %d`, query, takeoutRows+1), person)
	rows, short = newest(all)
	return rows, short, err
}

// newest keeps as much from the beginning of a list as goes into a takeout, and
// turns it round.
func newest(all []json.RawMessage) (rows []json.RawMessage, short bool) {
	rows, size := []json.RawMessage{}, 0
	for i, row := range all {
		if size += len(row); i == takeoutRows || size > social.MaxTakeoutList {
			short = true
			break
		}
		rows = append(rows, row)
	}
	slices.Reverse(rows)
	return rows, short
}
