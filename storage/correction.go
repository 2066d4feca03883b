package storage

import (
	"context"
	"encoding/json"
	"fmt"

	"peyk/social"
)

// insertCorrection keeps what a person says of a comment, beside the words that he
// has read and what the judge made of them.
func (tx *Tx) insertCorrection(ctx context.Context, c social.Comment, w *social.Correction) error {
	judged, err := json.Marshal(c.Judged)
	if err != nil {
		return err
	}
	err = tx.GetContext(ctx, &w.ID, `
		INSERT INTO corrections (brand_id, comment_id, person_id, text, gist, judged, mood, spam, question, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
		c.Brand.ID, c.ID, w.By.ID, c.Text, w.Gist, string(judged), w.Mood, w.Spam, w.Question, w.At)
	if err != nil {
		return fmt.Errorf("keeping a correction of comment %d: %w", c.ID, err)
	}
	return nil
}
