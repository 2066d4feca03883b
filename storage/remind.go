package storage

import (
	"context"
	"time"

	"peyk/social"
)

// RemindDue records, of up to n posts, the reminders that are due by now, and when
// the next ones are. It returns of how many; a full count means there may be more.
func (s *Store) RemindDue(ctx context.Context, now time.Time, n int) (int, error) {
	return s.sweep(ctx, n, `
		SELECT id FROM posts WHERE state = 'review' AND remind_at <= $1
		ORDER BY remind_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`, now, func(tx *Tx, id int64) error {
		p, err := tx.post(ctx, id)
		if err != nil {
			return err
		}
		for _, e := range p.Remind(now) {
			if err := tx.addEvent(ctx, e); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `UPDATE posts SET remind_at = $2 WHERE id = $1`, id, nullTime(p.NextReminder(now)))
		return err
	})
}

// asking notes when the approvers of a post were asked who are asked now, and when
// they are to be reminded.
func asking(was social.Post, p *social.Post, now time.Time) {
	if p.State == social.InReview && (was.State != p.State || was.Version != p.Version || was.Stage != p.Stage) {
		p.Asked = now
	}
	p.Reminder = p.NextReminder(now)
}
