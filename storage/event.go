package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"peyk/social"
)

// notifyJob is the queue's kind of work that tells people of an event. Its
// argument is {"event": id}.
const notifyJob = "notify"

// event is a row of events.
type event struct {
	ID       int64     `db:"id"`
	Kind     string    `db:"kind"`
	AgencyID int64     `db:"agency_id"`
	BrandID  int64     `db:"brand_id"`
	PostID   int64     `db:"post_id"`
	Actor    int64     `db:"actor_id"`
	Version  int       `db:"version"`
	Facts    []byte    `db:"facts"`
	At       time.Time `db:"at"`
}

func (r event) domain() (social.Event, error) {
	e := social.Event{
		ID: r.ID, Kind: social.Kind(r.Kind), AgencyID: r.AgencyID, BrandID: r.BrandID, PostID: r.PostID,
		Actor: r.Actor, Version: r.Version, At: r.At,
	}
	if err := json.Unmarshal(r.Facts, &e.Facts); err != nil {
		return e, fmt.Errorf("reading event %d: %w", r.ID, err)
	}
	return e, nil
}

const eventColumns = `
	e.id, e.kind, e.agency_id, coalesce(e.brand_id, 0) AS brand_id, coalesce(e.post_id, 0) AS post_id,
	coalesce(e.actor_id, 0) AS actor_id, e.version, e.facts, e.at`

// addEvent writes a line of the trail and puts the telling of it into the queue.
func (tx *Tx) addEvent(ctx context.Context, e social.Event) error {
	facts, err := json.Marshal(e.Facts)
	if err != nil {
		return err
	}
	var job sql.NullString
	err = tx.GetContext(ctx, &job, `
		WITH event AS (
			INSERT INTO events (agency_id, brand_id, post_id, kind, actor_id, version, facts, at, told_at)
			VALUES ($1, nullif($2, 0), nullif($3, 0), $4, nullif($5, 0), $6, $7, $8::timestamptz,
				CASE WHEN $9::boolean THEN $8::timestamptz END)
			RETURNING id, told_at)
		SELECT CASE WHEN told_at IS NULL THEN enqueue('notify', jsonb_build_object('event', id))::text END AS job
		FROM event`,
		e.AgencyID, e.BrandID, e.PostID, e.Kind, e.Actor, e.Version, string(facts), tx.now, silent(e))
	if err != nil {
		return fmt.Errorf("recording %s: %w", e.Kind, err)
	}
	return nil
}

// silent tells whether the event is a mere line of the trail, of which nobody hears.
func silent(e social.Event) bool { return e.Kind.Audience() == (social.Audience{}) }

// Event returns one event, for the program itself.
func (s *Store) Event(ctx context.Context, id int64) (social.Event, error) {
	var row event
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		return tx.GetContext(ctx, &row, `SELECT `+eventColumns+` FROM events e WHERE e.id = $1`, id)
	})
	if err != nil {
		return social.Event{}, fmt.Errorf("reading event %d: %w", id, err)
	}
	return row.domain()
}

// Missed returns the events of an agency that tell of what was missed while the
// program was away, and that people have not been told of, the oldest first; and
// whether posts may still be found that were missed as well.
func (s *Store) Missed(ctx context.Context, agency int64) (events []int64, more bool, err error) {
	err = s.run(ctx, s.clock, func(tx *Tx) error {
		err := tx.SelectContext(ctx, &events, `
			SELECT id FROM events
			WHERE told_at IS NULL AND agency_id = $1 AND (facts->>'missed')::boolean ORDER BY id`, agency)
		if err != nil {
			return err
		}
		return tx.GetContext(ctx, &more, `
			SELECT EXISTS (
				SELECT FROM posts p JOIN brands b ON b.id = p.brand_id
				WHERE b.agency_id = $1 AND p.state IN ('approved', 'review', 'held') AND p.slot <= $2)`, agency, tx.now)
	})
	if err != nil {
		return nil, false, fmt.Errorf("looking for what was missed: %w", err)
	}
	return events, more, nil
}

// Trail returns the events of a post, the oldest first, for a reader of its brand.
func (s *Store) Trail(ctx context.Context, reader, post int64) ([]social.TrailLine, error) {
	var rows []struct {
		event
		Who string `db:"who"`
	}
	err := s.Read(ctx, reader, func(tx *Tx) error {
		return tx.SelectContext(ctx, &rows, `
			SELECT `+eventColumns+`, coalesce(p.name, '') AS who
			FROM events e LEFT JOIN people p ON p.id = e.actor_id
			WHERE e.post_id = $1 ORDER BY e.id`, post)
	})
	if err != nil {
		return nil, fmt.Errorf("reading the trail of post %d: %w", post, err)
	}
	lines := make([]social.TrailLine, 0, len(rows))
	for _, r := range rows {
		e, err := r.domain()
		if err != nil {
			return nil, err
		}
		lines = append(lines, social.TrailLine{Event: e, Who: r.Who})
	}
	return lines, nil
}

// noticeLease is how long the telling of one person may take.
const noticeLease = 45 * time.Second

// ClaimNotice takes it upon the caller to tell a person of an event. What it
// returns says whether the person is already told, or somebody else is at it;
// otherwise the caller tells, and ends the claim with EndNotice. A claim that is
// not ended runs out: a crash in between may tell a person twice, never not at all.
func (s *Store) ClaimNotice(ctx context.Context, e social.Event, person int64) (told, busy bool, err error) {
	var claimed bool
	err = s.run(ctx, s.clock, func(tx *Tx) error {
		var state string
		err := tx.GetContext(ctx, &state, `
			INSERT INTO notices (event_id, person_id, brand_id, agency_id, state, at)
			VALUES ($1, $2, nullif($3, 0), $4, 'sending', $5)
			ON CONFLICT (event_id, person_id) DO UPDATE SET tries = notices.tries + 1, state = 'sending', at = $5
			WHERE notices.state = 'open' OR (notices.state = 'sending' AND notices.at < $6)
			RETURNING state`, e.ID, person, e.BrandID, e.AgencyID, tx.now, tx.now.Add(-noticeLease))
		if claimed = err == nil; claimed {
			return nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		return tx.GetContext(ctx, &busy, `
			SELECT state = 'sending' FROM notices WHERE event_id = $1 AND person_id = $2`, e.ID, person)
	})
	return err == nil && !claimed && !busy, busy, err
}

// EndNotice records how the telling ended: "sent", "failed" or "unsure", or with
// "open" that it is to be tried again.
func (s *Store) EndNotice(ctx context.Context, e social.Event, person int64, state string) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE notices SET state = $3, at = $4
			WHERE event_id = $1 AND person_id = $2`, e.ID, person, state, tx.now)
		return err
	})
}

// EndEvent records that everybody concerned has been told. Who had his data deleted
// is named no longer.
func (s *Store) EndEvent(ctx context.Context, id int64) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE events SET told_at = $2, facts = CASE WHEN kind = 'person.gone' THEN facts - 'name' ELSE facts END
			WHERE id = $1`, id, tx.now)
		return err
	})
}
