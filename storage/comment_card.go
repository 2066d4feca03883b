package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"peyk/social"
)

// commentCard is a row of comment_cards.
type commentCard struct {
	Brand   int64  `db:"brand_id"`
	Chat    int64  `db:"chat"`
	Message int64  `db:"message"`
	Person  int64  `db:"person_id"`
	Comment int64  `db:"comment_id"`
	Fold    int64  `db:"fold_id"`
	Shown   string `db:"shown"`
	Drawn   int    `db:"drawn"`
}

func (r commentCard) domain() social.CommentCard {
	return social.CommentCard{
		Brand: r.Brand, Chat: r.Chat, Message: r.Message, Person: r.Person,
		Comment: r.Comment, Fold: r.Fold, Shown: r.Shown, Drawn: r.Drawn,
	}
}

const commentCardColumns = `
	brand_id, chat, message, person_id, coalesce(comment_id, 0) AS comment_id, coalesce(fold_id, 0) AS fold_id, shown, drawn`

// CommentCards returns the messages that show a comment or a burst, for the
// program itself.
func (s *Store) CommentCards(ctx context.Context, brand, comment, fold int64) ([]social.CommentCard, error) {
	var rows []commentCard
	err := s.In(ctx, brand, func(tx *Tx) error {
		return tx.SelectContext(ctx, &rows, `
			SELECT `+commentCardColumns+` FROM comment_cards
			WHERE (comment_id = $1 AND $1 <> 0) OR (fold_id = $2 AND $2 <> 0) ORDER BY message`, comment, fold)
	})
	if err != nil {
		return nil, fmt.Errorf("reading the cards of comment %d: %w", comment, err)
	}
	cards := make([]social.CommentCard, len(rows))
	for i, r := range rows {
		cards[i] = r.domain()
	}
	return cards, nil
}

// CommentCard finds what a message shows, as the reader may see it.
func (s *Store) CommentCard(ctx context.Context, reader, chat, message int64) (social.CommentCard, error) {
	var row commentCard
	err := s.Read(ctx, reader, func(tx *Tx) error {
		return tx.GetContext(ctx, &row, `
			SELECT `+commentCardColumns+` FROM comment_cards WHERE chat = $1 AND message = $2`, chat, message)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return social.CommentCard{}, social.ErrNotFound
	}
	return row.domain(), err
}

// SaveCommentCard records that a message shows a comment or a burst.
func (s *Store) SaveCommentCard(ctx context.Context, c social.CommentCard) error {
	err := s.In(ctx, c.Brand, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO comment_cards (brand_id, chat, message, person_id, comment_id, fold_id, shown, drawn)
			VALUES ($1, $2, $3, $4, nullif($5, 0), nullif($6, 0), $7, $8)
			ON CONFLICT (chat, message) DO UPDATE SET brand_id = excluded.brand_id, comment_id = excluded.comment_id,
				fold_id = excluded.fold_id, shown = excluded.shown, drawn = excluded.drawn`,
			c.Brand, c.Chat, c.Message, c.Person, c.Comment, c.Fold, c.Shown, c.Drawn)
		return err
	})
	if err != nil {
		return fmt.Errorf("recording a card of comment %d: %w", c.Comment, err)
	}
	return nil
}

// KeepCommentCard records a message that has just been sent. What is recorded of it
// already is newer: somebody has pressed it in the meantime.
func (s *Store) KeepCommentCard(ctx context.Context, c social.CommentCard) error {
	err := s.In(ctx, c.Brand, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO comment_cards (brand_id, chat, message, person_id, comment_id, fold_id, shown, drawn)
			VALUES ($1, $2, $3, $4, nullif($5, 0), nullif($6, 0), $7, $8)
			ON CONFLICT (chat, message) DO NOTHING`,
			c.Brand, c.Chat, c.Message, c.Person, c.Comment, c.Fold, c.Shown, c.Drawn)
		return err
	})
	if err != nil {
		return fmt.Errorf("recording a sent card of comment %d: %w", c.Comment, err)
	}
	return nil
}

// ShowCommentCard records what a card was drawn anew to show, and tells whether it
// could: not when somebody else has drawn it since was was read.
func (s *Store) ShowCommentCard(ctx context.Context, was, now social.CommentCard) (bool, error) {
	var n int64
	err := s.In(ctx, was.Brand, func(tx *Tx) error {
		result, err := tx.ExecContext(ctx, `
			UPDATE comment_cards SET shown = $4, drawn = $5
			WHERE chat = $1 AND message = $2 AND shown = $3 AND coalesce(comment_id, 0) = $6`,
			was.Chat, was.Message, was.Shown, now.Shown, now.Drawn, was.Comment)
		if err != nil {
			return err
		}
		n, err = result.RowsAffected()
		return err
	})
	if err != nil {
		return false, fmt.Errorf("recording what a card of comment %d shows: %w", was.Comment, err)
	}
	return n == 1, nil
}

// DropCommentCard forgets a message that shows something else now, or is gone.
func (s *Store) DropCommentCard(ctx context.Context, chat, message int64) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM comment_cards WHERE chat = $1 AND message = $2`, chat, message)
		return err
	})
}
