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

// replyJob is the queue's kind of work that brings a reply to its network. Its
// argument is {"reply": id}.
const replyJob = "reply"

func (tx *Tx) insertReply(ctx context.Context, c social.Comment, r *social.Reply) error {
	text, err := json.Marshal(r.Text)
	if err != nil {
		return err
	}
	var picture sql.NullString
	if r.Picture != nil {
		raw, err := json.Marshal(r.Picture)
		if err != nil {
			return err
		}
		picture = sql.NullString{String: string(raw), Valid: true}
	}
	err = tx.GetContext(ctx, &r.ID, `
		INSERT INTO replies (brand_id, comment_id, person_id, text, picture, state, due_at, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		c.Brand.ID, c.ID, r.By.ID, string(text), picture, r.State, r.Due, tx.now)
	if err != nil {
		return fmt.Errorf("adding a reply to comment %d: %w", c.ID, err)
	}
	return tx.sendReply(ctx, *r)
}

// updateReply stores a reply that has changed.
func (tx *Tx) updateReply(ctx context.Context, was, r social.Reply) error {
	if was.State == r.State && was.Due.Equal(r.Due) && was.Judge.ID == r.Judge.ID {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE replies SET state = $2, judge_id = nullif($3, 0), code = $4, detail = $5, remote = $6, link = $7, due_at = $8,
			at = $9, lease_until = NULL
		WHERE id = $1`, r.ID, r.State, r.Judge.ID, r.Code, r.Detail, r.Remote, r.Link, r.Due, r.At)
	if err != nil {
		return fmt.Errorf("saving reply %d: %w", r.ID, err)
	}
	return tx.sendReply(ctx, r)
}

// sendReply puts a reply that may go out into the queue.
func (tx *Tx) sendReply(ctx context.Context, r social.Reply) error {
	if r.State != social.ReplyWaiting || r.Due.After(tx.now) {
		return nil
	}
	return Enqueue(ctx, tx, replyJob, map[string]int64{"reply": r.ID})
}

// BeginReply takes it upon the caller to send a reply, and commits that before the
// call. What it returns with Sent was left behind by a worker that may have made
// the call: it must be looked up, never sent again.
// Errors: social.ErrLeased, social.ErrNotDue, social.ErrNotFound.
func (s *Store) BeginReply(ctx context.Context, reply int64, now time.Time, lease time.Duration) (social.ReplyAttempt, error) {
	a := social.ReplyAttempt{Until: now.Add(lease)}
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		var row struct {
			Comment int64        `db:"comment_id"`
			State   string       `db:"state"`
			Due     time.Time    `db:"due_at"`
			Lease   sql.NullTime `db:"lease_until"`
			Sent    sql.NullTime `db:"sent_at"`
		}
		err := tx.GetContext(ctx, &row, `
			SELECT comment_id, state, due_at, lease_until, sent_at FROM replies WHERE id = $1 FOR UPDATE`, reply)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return social.ErrNotFound
		case err != nil:
			return err
		case row.State == string(social.ReplySending) && row.Lease.Time.After(now):
			return social.ErrLeased
		case row.State == string(social.ReplySending):
			a.Sent, a.SentAt = true, row.Sent.Time
		case row.State != string(social.ReplyWaiting) || row.Due.After(now):
			return social.ErrNotDue
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE replies SET state = 'sending', sent_at = CASE WHEN $4::boolean THEN sent_at ELSE $2 END, lease_until = $3,
				tries = tries + CASE WHEN $4::boolean THEN 0 ELSE 1 END
			WHERE id = $1`, reply, now, a.Until, a.Sent)
		if err != nil {
			return err
		}
		return tx.replyAttempt(ctx, &a, row.Comment, reply)
	})
	return a, err
}

func (tx *Tx) replyAttempt(ctx context.Context, a *social.ReplyAttempt, comment, reply int64) (err error) {
	if a.Comment, err = tx.comment(ctx, comment); err != nil {
		return err
	}
	r, err := a.Comment.Reply(reply)
	if err != nil {
		return err
	}
	a.Reply = *r
	return nil
}

// FinishReply records what came of an attempt: the reply, the comment and the
// event, in one transaction. The outcome of an attempt that has ended changes
// nothing.
func (s *Store) FinishReply(ctx context.Context, a social.ReplyAttempt, o social.Outcome, now time.Time) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		if o.Code == social.CodeCommentGone {
			if err := tx.lookSoon(ctx, a.Comment.Thread); err != nil {
				return err
			}
		}
		_, err := tx.updateComment(ctx, a.Comment.ID, func(c *social.Comment) (social.Event, error) {
			r, err := c.Reply(a.Reply.ID)
			if err != nil {
				return social.Event{}, err
			}
			if r.State != social.ReplySending {
				return social.Event{}, social.ErrNoReply
			}
			return c.Settle(r.ID, o, now)
		})
		if errors.Is(err, social.ErrNoReply) {
			return nil
		}
		return err
	})
}

// FindLater puts off until at the look for a reply of which nobody knows whether it
// is there.
func (s *Store) FindLater(ctx context.Context, a social.ReplyAttempt, at time.Time) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE replies SET lease_until = $2, due_at = $2 WHERE id = $1 AND state = 'sending'`, a.Reply.ID, at)
		return err
	})
}

// unbegun is how long a reply may wait for the worker that has taken its job.
const unbegun = 30 * time.Second

// ResumeReplies puts replies into the queue whose time has come again, and those
// whose worker or job was lost. It returns how many. A job that runs beyond the
// lease of its reply has no worker any more, and neither has one that has not begun
// it for half a minute.
func (s *Store) ResumeReplies(ctx context.Context, now time.Time) (int, error) {
	const late = `replies WHERE due_at <= $1 AND (state = 'waiting' OR (state = 'sending' AND lease_until <= $1))`
	var ids []int64
	if !s.due(ctx, `SELECT FROM `+late, now) {
		return 0, nil
	}
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		ids = nil
		err := tx.SelectContext(ctx, &ids, `
			SELECT id FROM `+late+`
				AND NOT EXISTS (SELECT FROM river_job j WHERE j.kind = 'job' AND j.queue = 'reply'
					AND (j.state IN ('available', 'retryable', 'scheduled') OR j.state = 'running' AND replies.state = 'waiting' AND replies.due_at > $2)
					AND (j.args #>> '{args,reply}')::bigint = replies.id)
			ORDER BY due_at LIMIT 100`, now, now.Add(-unbegun))
		for _, id := range ids {
			err = errors.Join(err, Enqueue(ctx, tx, replyJob, map[string]int64{"reply": id}))
		}
		return err
	})
	return len(ids), err
}
