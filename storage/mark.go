package storage

import (
	"context"
	"encoding/json"
	"fmt"

	"peyk/social"
)

// JudgeUnread judges up to n comments that came before there was a judge, so that lists
// and counts know what they say. It returns how many; what anybody sees of one comment is
// the same as before.
func (s *Store) JudgeUnread(ctx context.Context, n int) (int, error) {
	judged := 0
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		var unread []struct {
			ID   int64  `db:"id"`
			Text string `db:"text"`
		}
		err := tx.SelectContext(ctx, &unread, `
			SELECT id, text FROM comments WHERE mood = '' ORDER BY id DESC LIMIT $1 FOR UPDATE SKIP LOCKED`, n)
		if err != nil {
			return fmt.Errorf("looking for comments that nobody has read: %w", err)
		}
		judged = len(unread)
		for _, c := range unread {
			mark := social.Judge(c.Text)
			raw, err := json.Marshal(mark)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `
				UPDATE comments SET judged = $2, mood = $3, spam = $4, question = $5 WHERE id = $1`,
				c.ID, string(raw), mark.Mood, mark.Spam, mark.Question)
			if err != nil {
				return fmt.Errorf("judging comment %d: %w", c.ID, err)
			}
		}
		return nil
	})
	return judged, err
}
