package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"peyk/social"
)

// hideJob is the queue's kind of work that takes a comment away which a rule wants
// to be gone. Its argument is {"comment": id}.
const hideJob = "hide"

// ruleFor finds the rule of the brand that fits what was heard and can do what it
// wants; none has no deed.
func (tx *Tx) ruleFor(ctx context.Context, b social.Brand, c social.Comment) (r social.InboxRule, err error) {
	r, _ = b.RuleFor(c, func(r social.InboxRule) bool {
		able, wrong := tx.able(ctx, c.Account, r)
		err = errors.Join(err, wrong)
		return able
	})
	return r, err
}

// ruleOf is ruleFor of a comment that is not stored yet.
func (tx *Tx) ruleOf(ctx context.Context, k known, b social.Brand, h social.Heard) (social.InboxRule, error) {
	if len(b.Rules.Inbox) == 0 {
		return social.InboxRule{}, nil
	}
	var row account
	err := tx.GetContext(ctx, &row, `SELECT `+accountColumns+` FROM accounts WHERE id = $1`, k.Account)
	if err != nil {
		return social.InboxRule{}, fmt.Errorf("reading account %d: %w", k.Account, err)
	}
	return tx.ruleFor(ctx, b, social.Comment{Brand: b, Account: row.domain(), Text: h.Text})
}

// able tells whether a rule can do what it wants: who gets the comment answers for
// the brand still, the kept reply is there, the network lets comments be hidden.
func (tx *Tx) able(ctx context.Context, a social.Account, r social.InboxRule) (ok bool, err error) {
	switch r.Does {
	case social.RuleHide:
		return a.Hides() == nil, nil
	case social.RuleAssign:
		me, err := tx.member(ctx, r.Person, a.BrandID)
		if errors.Is(err, social.ErrNotFound) {
			return false, nil
		}
		return err == nil && me.Can(social.Answer) == nil, err
	case social.RuleSuggest:
		err = tx.GetContext(ctx, &ok, `
			SELECT EXISTS (SELECT FROM saved_replies WHERE id = $1 AND brand_id = $2 AND removed_at IS NULL)`, r.Saved, a.BrandID)
		return ok, err
	}
	return true, nil
}

// obey lets a rule have its way with a comment that is stored. What is to be taken
// away is put into the queue.
func (tx *Tx) obey(ctx context.Context, id int64, r social.InboxRule) error {
	var to social.Person
	if r.Does == social.RuleAssign {
		to.ID = r.Person
	}
	_, err := tx.updateComment(ctx, id, func(c *social.Comment) (social.Event, error) { return c.Obey(r, to, tx.now), nil })
	if err != nil || r.Does != social.RuleHide {
		return err
	}
	return Enqueue(ctx, tx, hideJob, map[string]int64{"comment": id})
}

// RuledAway returns a comment that a rule wants to be gone and that is still there;
// otherwise social.ErrNotFound.
func (s *Store) RuledAway(ctx context.Context, id int64) (c social.Comment, err error) {
	err = s.run(ctx, s.clock, func(tx *Tx) error {
		if c, err = tx.comment(ctx, id); err != nil {
			return err
		}
		gone := c
		if _, err := gone.TakeAway(true, tx.now); err != nil {
			return social.ErrNotFound
		}
		return nil
	})
	return c, err
}

// EndRuling records what came of taking a comment away. What a person has undone or
// settled meanwhile stays as it is.
func (s *Store) EndRuling(ctx context.Context, id int64, done bool, now time.Time) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.updateComment(ctx, id, func(c *social.Comment) (social.Event, error) { return c.TakeAway(done, now) })
		if errors.Is(err, social.ErrOutdated) {
			return nil
		}
		return err
	})
}
