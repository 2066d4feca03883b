package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lib/pq"

	"peyk/social"
)

// An Inbox keeps the updates of one bot.
type Inbox struct {
	*Store
	bot int64
}

// Inbox returns the inbox of the bot with this Telegram id.
func (s *Store) Inbox(bot int64) *Inbox { return &Inbox{s, bot} }

// Keep stores updates; one that is known is left as it is. It claims up to n of
// them, as Claim would, and returns those: the oldest of each key, where the key
// has nothing else that is not done.
//
// Whoever puts an update of a key holds the key's lock, from before he looks until
// what he put can be seen. So of two who put updates of one key at the same time
// only one finds it idle.
func (s *Inbox) Keep(ctx context.Context, updates []social.Incoming, n int, lease time.Duration) ([]social.Incoming, error) {
	var rows []incoming
	err := s.open(ctx, s.Store.bot, takingIn(s.bot).and(lockingKeys(updates)), func(tx *Tx) error {
		c := columnsOf(updates, n)
		rows = nil
		return tx.SelectContext(ctx, &rows, keepQuery, s.bot, pq.Array(c.ids), pq.Array(c.keys),
			pq.ByteaArray(c.bodies), pq.Array(c.first), tx.now, tx.now.Add(lease))
	})
	if err != nil {
		return nil, fmt.Errorf("storing %d updates: %w", len(updates), err)
	}
	return s.domains(rows)
}

const keepQuery = `
	WITH given AS MATERIALIZED (
		SELECT update_id, key, body, first AND (
			SELECT e.update_id FROM inbox e
			WHERE e.bot = $1 AND e.key = u.key AND e.done_at IS NULL AND e.parked_at IS NULL LIMIT 1) IS NULL AS claimed
		FROM unnest($2::bigint[], $3::bigint[], $4::bytea[], $5::boolean[]) AS u (update_id, key, body, first)),
	kept AS (
		INSERT INTO inbox (bot, update_id, key, body, received_at, tries, not_before)
		SELECT $1, update_id, key, body, $6, claimed::int, CASE WHEN claimed THEN $7::timestamptz END FROM given
		ON CONFLICT (bot, update_id) DO NOTHING
		RETURNING update_id, key, body, tries, received_at)
	SELECT update_id, key, body, tries, received_at, false AS handled, (SELECT to_json(p) FROM known(key) p) AS who
	FROM kept WHERE tries = 1`

// columns are updates as a statement takes them. First says which of them may be
// claimed.
type columns struct {
	ids, keys []int64
	bodies    [][]byte
	first     []bool
}

func columnsOf(updates []social.Incoming, n int) columns {
	oldest := map[int64]int64{}
	for _, u := range updates {
		if id, ok := oldest[u.Key]; !ok || u.ID < id {
			oldest[u.Key] = u.ID
		}
	}
	var c columns
	for _, u := range updates {
		first := n > 0 && oldest[u.Key] == u.ID
		if first {
			n--
		}
		c.ids, c.keys = append(c.ids, u.ID), append(c.keys, u.Key)
		c.bodies, c.first = append(c.bodies, u.Body), append(c.first, first)
	}
	return c
}

// keyLocks is the space of the locks of keys: apart from all locks of one number.
const keyLocks = 7023

// keyLock is the number of a key's lock, as claimQuery has it too. Keys may share one.
func keyLock(key int64) int64 { return (key ^ key>>31) & math.MaxInt32 }

// lockingKeys locks the keys of updates until the transaction ends, all in one
// order.
func lockingKeys(updates []social.Incoming) opening {
	var numbers []int64
	for _, u := range updates {
		numbers = append(numbers, keyLock(u.Key))
	}
	slices.Sort(numbers)
	var locks opening
	for i, n := range slices.Compact(numbers) {
		lock := opening(fmt.Sprintf(`SELECT pg_advisory_xact_lock(%d, %d)`, keyLocks, n))
		if i == 0 {
			locks = lock
			continue
		}
		locks = locks.and(lock)
	}
	return locks
}

// incoming is a row of inbox.
type incoming struct {
	ID    int64     `db:"update_id"`
	Key   int64     `db:"key"`
	Body  []byte    `db:"body"`
	Tries int       `db:"tries"`
	At    time.Time `db:"received_at"`

	Handled bool   `db:"handled"`
	Who     []byte `db:"who"`
}

func (s *Inbox) domains(rows []incoming) ([]social.Incoming, error) {
	updates := make([]social.Incoming, len(rows))
	for i, r := range rows {
		updates[i] = social.Incoming{Bot: s.bot, ID: r.ID, Key: r.Key, Body: r.Body, Tries: r.Tries, At: r.At, Handled: r.Handled}
		if r.Who == nil {
			continue
		}
		var who person
		if err := json.Unmarshal(r.Who, &who); err != nil {
			return nil, fmt.Errorf("reading whose update %d is: %w", r.ID, err)
		}
		updates[i].Who = who.domain()
	}
	return updates, nil
}

// Claim takes up to n updates: of each key the oldest one that is not done, unless
// somebody has one of the key; taps come first. A claim ends by itself after the lease.
// Handled is what a worker left that is gone since: it had its effect, and whoever
// did it may not have heard of that.
func (s *Inbox) Claim(ctx context.Context, n int, lease time.Duration) ([]social.Incoming, error) {
	list, err := s.claim(ctx, "", n, lease)
	if err != nil {
		return nil, fmt.Errorf("claiming updates: %w", err)
	}
	return list, nil
}

// A claim takes the locks of the keys it claims, and leaves out a key whose lock
// somebody has: he is putting an update of it, or claims one.
const claimQuery = `
	UPDATE inbox SET tries = tries + 1, not_before = $3
	WHERE (bot, update_id) IN (
		SELECT bot, update_id FROM (
			SELECT bot, update_id, key FROM inbox i
			WHERE bot = $1 AND done_at IS NULL AND parked_at IS NULL AND body IS NOT NULL
				AND (not_before IS NULL OR not_before <= $4)
				AND update_id = (
					SELECT min(e.update_id) FROM inbox e
					WHERE e.bot = i.bot AND e.key = i.key AND e.done_at IS NULL AND e.parked_at IS NULL)
				AND ( -- a newer one may be under way: older ones can come late
					SELECT h.update_id FROM inbox h
					WHERE h.bot = i.bot AND h.key = i.key AND h.not_before IS NOT NULL AND h.not_before > $4
						AND h.done_at IS NULL AND h.parked_at IS NULL LIMIT 1) IS NULL
			ORDER BY position('"callback_query"'::bytea IN body) = 0, update_id LIMIT $2 FOR UPDATE SKIP LOCKED) next
		WHERE pg_try_advisory_xact_lock($5, ((key # (key >> 31)) & 2147483647)::int))
	RETURNING update_id, key, body, tries, received_at, handled_at IS NOT NULL AS handled,
		(SELECT to_json(p) FROM known(key) p) AS who`

// claim begins with the opening.
func (s *Inbox) claim(ctx context.Context, first opening, n int, lease time.Duration) ([]social.Incoming, error) {
	var rows []incoming
	err := s.open(ctx, s.Store.bot, takingIn(s.bot).and(first), func(tx *Tx) error {
		rows = nil
		return tx.SelectContext(ctx, &rows, claimQuery, s.bot, n, tx.now.Add(lease), tx.now, keyLocks)
	})
	if err != nil {
		return nil, err
	}
	return s.domains(rows)
}

// Waiting returns the other updates of in's key that are not handled, oldest
// first.
func (s *Inbox) Waiting(ctx context.Context, in social.Incoming) ([]social.Incoming, error) {
	var rows []incoming
	err := s.open(ctx, s.Store.bot, takingIn(s.bot), func(tx *Tx) error {
		return tx.SelectContext(ctx, &rows, `
			SELECT update_id, key, body, tries, received_at FROM inbox
			WHERE bot = $1 AND key = $2 AND update_id <> $3 AND handled_at IS NULL AND done_at IS NULL AND parked_at IS NULL
			ORDER BY update_id LIMIT 100`, s.bot, in.Key, in.ID)
	})
	if err != nil {
		return nil, fmt.Errorf("looking for waiting updates: %w", err)
	}
	return s.domains(rows)
}

// Done ends the handling of updates, and claims up to n others in the same
// transaction.
func (s *Inbox) Done(ctx context.Context, updates []social.Incoming, n int, lease time.Duration) ([]social.Incoming, error) {
	ids := make([]string, len(updates))
	for i, u := range updates {
		ids[i] = strconv.FormatInt(u.ID, 10)
	}
	now := s.Now().UTC().Format("'2006-01-02T15:04:05.999999Z'")
	ending := opening(fmt.Sprintf(`UPDATE inbox SET done_at = %s, handled_at = coalesce(handled_at, %s) WHERE bot = %d AND update_id IN (%s)`,
		now, now, s.bot, strings.Join(ids, ", ")))
	if n == 0 {
		return nil, s.atOnce(ctx, s.Store.bot, whole(takingIn(s.bot).and(ending)))
	}
	return s.claim(ctx, ending, n, lease)
}

// Fail gives an update back for another try after a pause that grows, or sets it
// aside for good with the cause, so that the key goes on without it.
func (s *Inbox) Fail(ctx context.Context, u social.Incoming, cause string, park bool) error {
	return s.open(ctx, s.Store.bot, takingIn(s.bot), func(tx *Tx) error {
		pause := time.Second << min(u.Tries, 5)
		_, err := tx.ExecContext(ctx, `
			UPDATE inbox SET cause = $3, not_before = $4, parked_at = CASE WHEN $5::boolean THEN $6::timestamptz END
			WHERE bot = $1 AND update_id = $2`, u.Bot, u.ID, cause, tx.now.Add(pause), park, tx.now)
		return err
	})
}

// markHandled says, in the transaction of the effect, that the updates had it,
// unless that has been said with the effect itself.
func (tx *Tx) markHandled(ctx context.Context) error {
	bot, ids := tx.marks()
	if len(ids) == 0 {
		return nil
	}
	result, err := tx.ExecContext(ctx, `
		UPDATE inbox SET handled_at = $3
		WHERE bot = $1 AND update_id = ANY ($2) AND handled_at IS NULL
			AND update_id BETWEEN ($2::bigint[])[1] AND ($2::bigint[])[cardinality($2::bigint[])]`, bot, pq.Array(ids), tx.now)
	if err != nil {
		return fmt.Errorf("marking %d updates: %w", len(ids), err)
	}
	if n, err := result.RowsAffected(); err != nil || n != int64(len(ids)) {
		return errors.Join(err, social.ErrHandled)
	}
	return nil
}

// Last is when the newest update came; zero: none is kept.
func (s *Inbox) Last(ctx context.Context) (time.Time, error) {
	var at sql.NullTime
	err := s.open(ctx, s.Store.bot, takingIn(s.bot), func(tx *Tx) error {
		return tx.GetContext(ctx, &at, `SELECT max(received_at) FROM inbox WHERE bot = $1`, s.bot)
	})
	return at.Time, err
}

// pruned is how many updates one transaction deletes at most: a large one would
// hold up everything else.
const pruned = 2000

// PruneInbox deletes updates that were done, or put aside, before the given times,
// and those done of people who had their data deleted.
func (s *Store) PruneInbox(ctx context.Context, done, parked time.Time) (int, error) {
	all := 0
	for {
		n, err := s.pruneInbox(ctx, done, parked)
		all += n
		if err != nil || n < pruned {
			return all, err
		}
	}
}

func (s *Store) pruneInbox(ctx context.Context, done, parked time.Time) (int, error) {
	var n int64
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		result, err := tx.ExecContext(ctx, `
			DELETE FROM inbox WHERE (bot, update_id) IN (
				SELECT bot, update_id FROM inbox WHERE done_at < $1 OR parked_at < $2 OR (forget AND done_at IS NOT NULL) LIMIT $3)`, done, parked, pruned)
		if err != nil {
			return err
		}
		n, err = result.RowsAffected()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("forgetting old updates: %w", err)
	}
	return int(n), nil
}

// Lag tells how long the oldest update and the oldest untold event have waited.
func (s *Store) Lag(ctx context.Context) (inbox, outbox time.Duration, err error) {
	var row struct {
		Inbox  float64 `db:"inbox"`
		Outbox float64 `db:"outbox"`
	}
	err = s.run(ctx, s.clock, func(tx *Tx) error {
		return tx.GetContext(ctx, &row, `
			SELECT coalesce((SELECT extract(epoch FROM $1::timestamptz - min(received_at)) FROM inbox
					WHERE done_at IS NULL AND parked_at IS NULL), 0)::float8 AS inbox,
				coalesce((SELECT extract(epoch FROM $1::timestamptz - min(at)) FROM events
					WHERE told_at IS NULL), 0)::float8 AS outbox`, tx.now)
	})
	return seconds(row.Inbox), seconds(row.Outbox), err
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
