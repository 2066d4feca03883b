package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/lib/pq"

	"peyk/social"
)

// account is a row of accounts.
type account struct {
	ID       int64          `db:"id"`
	BrandID  int64          `db:"brand_id"`
	Platform string         `db:"platform"`
	RemoteID string         `db:"remote_id"`
	Handle   string         `db:"handle"`
	ByHand   bool           `db:"by_hand"`
	Missing  pq.StringArray `db:"missing"`
	Lost     bool           `db:"lost"`

	Discussion        int64          `db:"discussion"`
	DiscussionMissing pq.StringArray `db:"discussion_missing"`

	Limits []byte `db:"limits"`
}

func (r account) domain() social.Account {
	var limits social.Limits
	if json.Unmarshal(r.Limits, &limits) != nil {
		limits = social.Limits{} // not read, or not readable: the network's own rules hold
	}
	return social.Account{
		ID: r.ID, BrandID: r.BrandID, Platform: social.Platform(r.Platform), RemoteID: r.RemoteID,
		Handle: r.Handle, ByHand: r.ByHand, Missing: r.Missing, Lost: r.Lost,
		Discussion: r.Discussion, DiscussionMissing: r.DiscussionMissing,
		Limits: limits,
	}
}

const accountColumns = `id, brand_id, platform, remote_id, handle, by_hand, missing, lost, discussion, discussion_missing, limits`

// Accounts returns a brand's accounts for one of its members.
func (s *Store) Accounts(ctx context.Context, reader, brand int64) ([]social.Account, error) {
	var accounts []social.Account
	err := s.Read(ctx, reader, func(tx *Tx) (err error) {
		accounts, err = tx.accounts(ctx, brand)
		return err
	})
	return accounts, err
}

func (tx *Tx) accounts(ctx context.Context, brand int64) ([]social.Account, error) {
	var rows []account
	err := tx.SelectContext(ctx, &rows, `
		SELECT `+accountColumns+` FROM accounts
		WHERE brand_id = $1 AND removed_at IS NULL ORDER BY id`, brand)
	if err != nil {
		return nil, fmt.Errorf("reading accounts: %w", err)
	}
	accounts := make([]social.Account, len(rows))
	for i, r := range rows {
		accounts[i] = r.domain()
	}
	return accounts, nil
}

// AddAccount connects an account to a brand. A channel that belongs to another
// brand is social.ErrAccountTaken.
func (s *Store) AddAccount(ctx context.Context, by int64, a social.Account) (social.Account, error) {
	err := s.As(ctx, by, func(tx *Tx) error {
		me, err := tx.member(ctx, by, a.BrandID)
		if err != nil {
			return err
		}
		if err := me.Can(social.Setup); err != nil {
			return err
		}
		return tx.insertAccount(ctx, me, &a)
	})
	return a, taken(err)
}

// taken tells that what broke a transaction was that a network's account can have
// one place only.
func taken(err error) error {
	var e *pq.Error
	if errors.As(err, &e) && e.Code == "23505" && e.Constraint == "accounts_remote" {
		return social.ErrAccountTaken
	}
	return err
}

func (tx *Tx) insertAccount(ctx context.Context, me social.Member, a *social.Account) error {
	err := tx.GetContext(ctx, &a.ID, `
		INSERT INTO accounts (brand_id, platform, remote_id, handle, by_hand, missing, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
		a.BrandID, a.Platform, a.RemoteID, a.Handle, a.ByHand, array(a.Missing), tx.now)
	if err != nil {
		return fmt.Errorf("adding an account: %w", err)
	}
	err = tx.addEvent(ctx, social.Event{
		Kind: social.AccountAdded, AgencyID: me.AgencyID, BrandID: a.BrandID, Actor: me.Person.ID,
		Facts: social.Facts{Account: a.ID, Name: a.Handle, Missing: a.Missing},
	})
	return err
}

func array(words []string) any {
	if words == nil {
		words = []string{}
	}
	return pq.Array(words)
}

// RemoveAccount takes an account out of its brand. What was published stays in
// the trail; posts that are meant for it show that it is gone. With what we were
// signed in there is given back (Exit), and of use for nothing else.
func (s *Store) RemoveAccount(ctx context.Context, by, id int64) (social.Account, error) {
	var a social.Account
	err := s.As(ctx, by, func(tx *Tx) error {
		var row account
		err := tx.GetContext(ctx, &row, `
			SELECT `+accountColumns+` FROM accounts WHERE id = $1 AND removed_at IS NULL FOR UPDATE`, id)
		if errors.Is(err, sql.ErrNoRows) {
			return social.ErrNotFound
		}
		if err != nil {
			return err
		}
		a = row.domain()
		me, err := tx.member(ctx, by, a.BrandID)
		if err != nil {
			return err
		}
		if err := me.Can(social.Setup); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE accounts SET removed_at = $2 WHERE id = $1`, id, tx.now); err != nil {
			return err
		}
		if err := tx.exit(ctx, by, a); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE deliveries SET due_at = $2 WHERE account_id = $1 AND state = 'waiting' AND due_at > $3`, id, tx.now, tx.now.AddDate(100, 0, 0))
		if err != nil {
			return fmt.Errorf("letting go what waits for account %d: %w", id, err)
		}
		if _, err := tx.closeDoor(ctx, id); err != nil {
			return err
		}
		err = tx.addEvent(ctx, social.Event{
			Kind: social.AccountRemoved, AgencyID: me.AgencyID, BrandID: a.BrandID, Actor: by,
			Facts: social.Facts{Account: a.ID, Name: a.Handle},
		})
		return err
	})
	return a, err
}

// SaveChannel records what Telegram says about the bot's place in a channel. If
// the channel is some brand's account, the account changes with it and the event
// that says so is left; then known is true.
func (s *Store) SaveChannel(ctx context.Context, c social.Channel) (known bool, err error) {
	err = s.Across(ctx, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO channels (chat, title, username, added_by, missing, present, at)
			VALUES ($1, $2, $3, nullif($4, 0), $5, $6, $7)
			ON CONFLICT (chat) DO UPDATE SET title = excluded.title, username = excluded.username,
				added_by = coalesce(excluded.added_by, channels.added_by), missing = excluded.missing,
				present = excluded.present, at = excluded.at`,
			c.Chat, c.Title, c.Username, c.AddedBy, array(c.Missing), c.Present, tx.now)
		if err != nil {
			return err
		}
		known, err = tx.updateChannelAccount(ctx, c)
		return err
	})
	return known, err
}

func (tx *Tx) updateChannelAccount(ctx context.Context, c social.Channel) (bool, error) {
	var was account
	err := tx.GetContext(ctx, &was, `
		SELECT `+accountColumns+` FROM accounts
		WHERE platform = 'telegram' AND remote_id = $1 AND removed_at IS NULL FOR UPDATE`, strconv.FormatInt(c.Chat, 10))
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE accounts SET handle = $2, missing = $3, lost = $4 WHERE id = $1`,
		was.ID, c.Handle(), array(c.Missing), !c.Present)
	if err != nil {
		return true, err
	}
	now := social.Account{Missing: c.Missing, Lost: !c.Present}
	kind := social.AccountLost
	switch {
	case now.Ready() && was.domain().Ready():
		return true, nil
	case now.Lost == was.Lost && slices.Equal(now.Missing, was.Missing):
		return true, nil
	case now.Ready():
		kind = social.AccountBack
	}
	var agency int64
	if err := tx.GetContext(ctx, &agency, `SELECT agency_id FROM brands WHERE id = $1`, was.BrandID); err != nil {
		return true, err
	}
	err = tx.addEvent(ctx, social.Event{
		Kind: kind, AgencyID: agency, BrandID: was.BrandID,
		Facts: social.Facts{Account: was.ID, Name: c.Handle(), Missing: c.Missing},
	})
	return true, err
}

// FreeChannels returns the channels that the person has put the bot into and
// that belong to no brand yet.
func (s *Store) FreeChannels(ctx context.Context, person int64) ([]social.Channel, error) {
	return s.channels(ctx, `
		SELECT chat, title, username, coalesce(added_by, 0) AS added_by, missing, present FROM channels c
		WHERE added_by = $1 AND present AND NOT EXISTS (
			SELECT FROM accounts a
			WHERE a.platform = 'telegram' AND a.remote_id = c.chat::text AND a.removed_at IS NULL)
		ORDER BY at DESC`, person)
}

// UsedChannels returns the channels of all brands, for the program itself.
func (s *Store) UsedChannels(ctx context.Context) ([]social.Channel, error) {
	return s.channels(ctx, `
		SELECT chat, title, username, coalesce(added_by, 0) AS added_by, missing, present FROM channels c
		WHERE EXISTS (
			SELECT FROM accounts a
			WHERE a.platform = 'telegram' AND a.remote_id = c.chat::text AND a.removed_at IS NULL AND NOT a.by_hand)
		ORDER BY chat`)
}

func (s *Store) channels(ctx context.Context, query string, args ...any) ([]social.Channel, error) {
	var rows []struct {
		Chat     int64          `db:"chat"`
		Title    string         `db:"title"`
		Username string         `db:"username"`
		AddedBy  int64          `db:"added_by"`
		Missing  pq.StringArray `db:"missing"`
		Present  bool           `db:"present"`
	}
	err := s.run(ctx, s.clock, func(tx *Tx) error { return tx.SelectContext(ctx, &rows, query, args...) })
	if err != nil {
		return nil, fmt.Errorf("reading channels: %w", err)
	}
	channels := make([]social.Channel, len(rows))
	for i, r := range rows {
		channels[i] = social.Channel{Chat: r.Chat, Title: r.Title, Username: r.Username, AddedBy: r.AddedBy, Missing: r.Missing, Present: r.Present}
	}
	return channels, nil
}

// MigrateChat follows a chat that Telegram has given a new id.
func (s *Store) MigrateChat(ctx context.Context, from, to int64) error {
	return s.Across(ctx, func(tx *Tx) error {
		for _, q := range []string{
			`UPDATE channels SET chat = $2 WHERE chat = $1`,
			`UPDATE accounts SET remote_id = $2::text WHERE platform = 'telegram' AND remote_id = $1::text`,
			`UPDATE cards SET chat = $2 WHERE chat = $1`,
		} {
			if _, err := tx.ExecContext(ctx, q, from, to); err != nil {
				return err
			}
		}
		return nil
	})
}
