package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"peyk/social"
)

// publishJob is the queue's kind of work that brings a delivery to its platform.
// Its argument is {"delivery": id}.
const publishJob = "publish"

// ClaimDue takes up to n approved posts whose slot has come by now into
// publishing, each in a transaction of its own with its deliveries and the jobs
// that carry them. It returns how many it took; a full count means there may be
// more. A post that somebody else holds is left to the next sweep.
func (s *Store) ClaimDue(ctx context.Context, now time.Time, n int) (int, error) {
	return s.sweep(ctx, n, `
		SELECT id FROM posts WHERE state = 'approved' AND slot <= $1
		ORDER BY slot, id LIMIT 1 FOR UPDATE SKIP LOCKED`, now, func(tx *Tx, id int64) error {
		var due []int64
		p, err := tx.updatePost(ctx, id, func(p *social.Post) (e social.Event, err error) {
			due, e, err = p.Claim(now)
			return e, err
		})
		if err != nil {
			return err
		}
		return tx.addDeliveries(ctx, p, due)
	})
}

// Resume puts deliveries into the queue that were put off until now, or are to be
// looked for. That they
// are put off stands in their rows alone, so it follows the injected clock.
func (s *Store) Resume(ctx context.Context, now time.Time) (int, error) {
	const late = `state IN ('waiting', 'attempting') AND NOT queued AND due_at <= $1`
	var ids []int64
	if !s.due(ctx, `SELECT FROM deliveries WHERE `+late, now) {
		return 0, nil
	}
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		err := tx.SelectContext(ctx, &ids, `UPDATE deliveries SET queued = true WHERE `+late+` RETURNING id`, now)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := tx.enqueuePublish(ctx, id); err != nil {
				return err
			}
		}
		return nil
	})
	return len(ids), err
}

// ExpireDue ends the wait of up to n posts whose slot has come without approval.
func (s *Store) ExpireDue(ctx context.Context, now time.Time, n int) (int, error) {
	return s.sweep(ctx, n, `
		SELECT id FROM posts WHERE state IN ('review', 'held') AND slot <= $1
		ORDER BY slot, id LIMIT 1 FOR UPDATE SKIP LOCKED`, now, func(tx *Tx, id int64) error {
		_, err := tx.updatePost(ctx, id, func(p *social.Post) (social.Event, error) { return p.Expire(now) })
		return err
	})
}

// due tells whether find finds anything. It is for what happens by itself, where mostly
// nothing is due: it asks without a transaction, which takes one round trip, not three.
// What goes wrong is left to the transaction that follows.
func (s *Store) due(ctx context.Context, find string, args ...any) bool {
	var found bool
	err := s.clock.GetContext(ctx, &found, `SELECT EXISTS (`+find+`)`, args...)
	return err != nil || found
}

// sweep runs change on what find finds, one row a transaction, up to n times. It asks
// first as due does.
func (s *Store) sweep(ctx context.Context, n int, find string, now time.Time, change func(*Tx, int64) error) (int, error) {
	var first int64
	if err := s.clock.GetContext(ctx, &first, find, now); errors.Is(err, sql.ErrNoRows) {
		return 0, nil // any other error comes again
	}
	for done := 0; ; done++ {
		if done == n {
			return done, nil
		}
		found := false
		err := s.run(ctx, s.clock, func(tx *Tx) error {
			var id int64
			err := tx.GetContext(ctx, &id, find, now)
			if errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			if err != nil {
				return err
			}
			found = true
			return change(tx, id)
		})
		if err != nil || !found {
			return done, err
		}
	}
}

// addDeliveries makes or renews a delivery for each account, calls off those of
// accounts that the version no longer names, and puts the work into the queue.
func (tx *Tx) addDeliveries(ctx context.Context, p social.Post, accounts []int64) error {
	if len(accounts) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE deliveries SET state = 'withdrawn', changed_at = $3
		WHERE post_id = $1 AND state = 'rejected' AND NOT account_id = ANY ($2)`, p.ID, pq.Array(accounts), tx.now)
	if err != nil {
		return err
	}
	var ids []int64
	err = tx.SelectContext(ctx, &ids, `
		INSERT INTO deliveries (brand_id, post_id, account_id, version, state, due_at, changed_at, queued)
		SELECT $1, $2, unnest($3::bigint[]), $4, 'waiting', $5, $5, true
		ON CONFLICT (post_id, account_id) DO UPDATE SET
			version = excluded.version, state = 'waiting', due_at = excluded.due_at, queued = true,
			changed_at = excluded.changed_at, code = '', detail = ''
		WHERE deliveries.state IN ('rejected', 'withdrawn')
		RETURNING id`, p.Brand.ID, p.ID, pq.Array(accounts), p.Version, tx.now)
	if err != nil {
		return fmt.Errorf("adding the deliveries of post %d: %w", p.ID, err)
	}
	for _, id := range ids {
		if err := tx.enqueuePublish(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) enqueuePublish(ctx context.Context, delivery int64) error {
	return Enqueue(ctx, tx, publishJob, map[string]int64{"delivery": delivery})
}

// BeginAttempt opens a line in the ledger for one try at a delivery, and leases
// the delivery to the caller. What it returns with Sent was left behind by a
// worker that may have made the call: it must be looked up, never sent again.
// Errors: social.ErrLeased, social.ErrNotDue.
func (s *Store) BeginAttempt(ctx context.Context, delivery int64, now time.Time, lease time.Duration) (social.Attempt, error) {
	var a social.Attempt
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		p, i, err := tx.lockDelivery(ctx, delivery)
		if err != nil {
			return err
		}
		a, err = tx.beginAttempt(ctx, p, p.Deliveries[i], now, now.Add(lease))
		return err
	})
	return a, err
}

// lockDelivery locks the post of a delivery and reads it; i is the delivery's
// place in it.
func (tx *Tx) lockDelivery(ctx context.Context, delivery int64) (p social.Post, i int, err error) {
	var post int64
	err = tx.GetContext(ctx, &post, `SELECT post_id FROM deliveries WHERE id = $1`, delivery)
	if errors.Is(err, sql.ErrNoRows) {
		return p, 0, social.ErrNotFound
	}
	if err != nil {
		return p, 0, err
	}
	if err = tx.lockPost(ctx, post); err != nil {
		return p, 0, err
	}
	if p, err = tx.post(ctx, post); err != nil {
		return p, 0, err
	}
	i = slices.IndexFunc(p.Deliveries, func(d social.Delivery) bool { return d.ID == delivery })
	if i < 0 {
		return p, 0, social.ErrNotFound
	}
	return p, i, nil
}

func (tx *Tx) beginAttempt(ctx context.Context, p social.Post, d social.Delivery, now, until time.Time) (social.Attempt, error) {
	a := social.Attempt{
		Delivery: d, Brand: p.Brand.ID, Post: p.ID, Author: p.Author, Hash: p.Hash, Slot: p.Slot, Since: p.Slot, Until: until,
	}
	leased, err := tx.leased(ctx, d.ID, now)
	switch {
	case err != nil:
		return a, err
	case leased:
		return a, social.ErrLeased
	case d.State != social.Waiting && d.State != social.Attempting, d.State == social.Waiting && d.Due.After(now):
		return a, social.ErrNotDue
	case p.State != social.Publishing || d.Version != p.Version || !p.Sound():
		return a, social.ErrNotDue
	}
	a.Variant, _ = p.Content.Variant(d.Account)
	for _, account := range p.Accounts {
		if account.ID == d.Account {
			a.Account = account
		}
	}
	if now.Sub(p.Slot) > p.Brand.Rules.LateWindow {
		if err := tx.letGo(ctx, &a); err != nil {
			return a, err
		}
	}
	open := tx.openAttempt
	if d.State == social.Attempting {
		open = tx.reopenAttempt
	}
	err = open(ctx, &a)
	return a, err
}

// letGo finds when somebody let a late delivery go out: signed in its account, sent it
// again, or gave it another time.
func (tx *Tx) letGo(ctx context.Context, a *social.Attempt) error {
	err := tx.GetContext(ctx, &a.Since, `
		SELECT greatest($3, max(coalesce((facts->>'to')::timestamptz, at))) FROM events
		WHERE post_id = $1 AND (facts->>'delivery')::bigint = $2
			AND kind IN ('delivery.retried', 'delivery.again', 'delivery.put_off')`, a.Post, a.Delivery.ID, a.Slot)
	if err != nil {
		return fmt.Errorf("looking for when delivery %d was let go: %w", a.Delivery.ID, err)
	}
	return nil
}

func (tx *Tx) leased(ctx context.Context, delivery int64, now time.Time) (leased bool, err error) {
	err = tx.GetContext(ctx, &leased, `
		SELECT coalesce(lease_until > $2, false) FROM deliveries WHERE id = $1`, delivery, now)
	return leased, err
}

// openAttempt adds a line to the ledger. Lines that were begun and never sent,
// by workers that are gone, are closed.
func (tx *Tx) openAttempt(ctx context.Context, a *social.Attempt) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE attempts SET ended_at = $2, outcome = 'abandoned'
		WHERE delivery_id = $1 AND ended_at IS NULL`, a.Delivery.ID, tx.now)
	if err != nil {
		return err
	}
	err = tx.GetContext(ctx, &a.N, `
		UPDATE deliveries SET tries = tries + 1, lease_until = $2 WHERE id = $1
		RETURNING (SELECT coalesce(max(n), 0) + 1 FROM attempts WHERE delivery_id = $1)`, a.Delivery.ID, a.Until)
	if err != nil {
		return err
	}
	return tx.GetContext(ctx, &a.ID, `
		INSERT INTO attempts (brand_id, delivery_id, n, hash, started_at)
		VALUES ($1, $2, $3, $4, $5) RETURNING id`, a.Brand, a.Delivery.ID, a.N, a.Hash, tx.now)
}

// reopenAttempt takes over the line of a worker that is gone.
func (tx *Tx) reopenAttempt(ctx context.Context, a *social.Attempt) error {
	a.Sent = true
	_, err := tx.ExecContext(ctx, `UPDATE deliveries SET lease_until = $2 WHERE id = $1`, a.Delivery.ID, a.Until)
	if err != nil {
		return err
	}
	var line struct {
		ID   int64        `db:"id"`
		N    int          `db:"n"`
		Sent sql.NullTime `db:"sent_at"`
	}
	err = tx.GetContext(ctx, &line, `
		SELECT id, n, sent_at FROM attempts WHERE delivery_id = $1 AND ended_at IS NULL ORDER BY n DESC LIMIT 1`, a.Delivery.ID)
	a.ID, a.N, a.SentAt = line.ID, line.N, line.Sent.Time
	return err
}

// LookLater puts off until at the look for a call of which nobody knows what became.
// An attempt that has ended meanwhile stays so.
func (s *Store) LookLater(ctx context.Context, a social.Attempt, at time.Time) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE deliveries SET lease_until = $2, due_at = $2, queued = false
			WHERE id = $1 AND state = 'attempting'
				AND EXISTS (SELECT FROM attempts WHERE id = $3 AND ended_at IS NULL)`, a.Delivery.ID, at, a.ID)
		return err
	})
}

// othersSpan is how long before a call posts may have gone out that are not to be
// taken for it: longer than clocks differ.
const othersSpan = time.Hour

// Others are the posts that went out on the account of an attempt since shortly
// before its call, by their ids there: whoever looks for it does not mean them.
func (s *Store) Others(ctx context.Context, a social.Attempt) ([]string, error) {
	var others []string
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		return tx.SelectContext(ctx, &others, `
			SELECT remote FROM deliveries
			WHERE account_id = $1 AND id <> $2 AND remote <> '' AND live_at > $3`,
			a.Delivery.Account, a.Delivery.ID, a.SentAt.Add(-othersSpan))
	})
	return others, err
}

// MarkSent records that the irreversible call is about to be made. It must have
// returned before the call is. social.ErrNotOurs: the lease ran out meanwhile.
func (s *Store) MarkSent(ctx context.Context, a social.Attempt, now time.Time) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		p, i, err := tx.lockDelivery(ctx, a.Delivery.ID)
		if err != nil {
			return err
		}
		if p.State != social.Publishing || p.Deliveries[i].State != social.Waiting || !now.Before(a.Until) {
			return social.ErrNotOurs
		}
		result, err := tx.ExecContext(ctx, `
			UPDATE attempts SET sent_at = $2 WHERE id = $1 AND ended_at IS NULL AND sent_at IS NULL`, a.ID, now)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n != 1 {
			return errors.Join(err, social.ErrNotOurs)
		}
		_, err = tx.ExecContext(ctx, `
			WITH post AS (UPDATE posts SET revision = revision + 1 WHERE id = $3)
			UPDATE deliveries SET state = 'attempting', changed_at = $2 WHERE id = $1`, a.Delivery.ID, now, p.ID)
		return err
	})
}

// FinishAttempt records what came of an attempt: the ledger, the delivery, the
// post's state, the events and the next job, in one transaction. The outcome of
// an attempt that has already ended changes nothing.
func (s *Store) FinishAttempt(ctx context.Context, a social.Attempt, o social.Outcome, now time.Time) error {
	return s.run(ctx, s.clock, func(tx *Tx) error {
		p, i, err := tx.lockDelivery(ctx, a.Delivery.ID)
		if err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `
			UPDATE attempts SET ended_at = $2, outcome = $3, code = $4, detail = $5
			WHERE id = $1 AND ended_at IS NULL`, a.ID, now, o.State, o.Code, o.Detail)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err
		}
		p.Deliveries[i].Apply(o, now)
		return tx.saveDelivery(ctx, &p, i, deliveryEvent(p, p.Deliveries[i]))
	})
}

// deliveryEvent is the event that a delivery's new state leaves behind. A delay
// is worth one only when the post will be later than its brand puts up with.
func deliveryEvent(p social.Post, d social.Delivery) social.Event {
	kind := map[social.DeliveryState]social.Kind{
		social.Live: social.DeliveryLive, social.Rejected: social.DeliveryRejected,
		social.Unknown: social.DeliveryUnknown, social.Handed: social.DeliveryHanded,
	}[d.State]
	late := p.Slot.Add(p.Brand.Rules.LateWindow)
	if d.State == social.Waiting && d.Due.After(late) && !d.At.After(late) {
		kind = social.DeliveryDelayed
	}
	if d.Stalled() {
		kind = social.DeliveryStalled
	}
	return social.Event{
		Kind: kind, AgencyID: p.Brand.AgencyID, BrandID: p.Brand.ID, PostID: p.ID, Version: d.Version,
		Facts: social.Facts{Delivery: d.ID, Account: d.Account, Code: d.Code, Detail: d.Detail, Link: d.Link, To: d.Due},
	}
}

// saveDelivery stores a changed delivery of a locked post, what that makes of
// the post, the event if it has a kind, and the job that carries it on.
func (tx *Tx) saveDelivery(ctx context.Context, p *social.Post, i int, e social.Event) error {
	d := p.Deliveries[i]
	now := d.State == social.Waiting && !d.Due.After(tx.now)
	_, err := tx.ExecContext(ctx, `
		UPDATE deliveries SET state = $2, due_at = $3, code = $4, detail = $5, remote = $6, link = $7,
			changed_at = $8, lease_until = NULL, queued = $9
		WHERE id = $1`, d.ID, d.State, d.Due, d.Code, d.Detail, d.Remote, d.Link, tx.now, now)
	if err != nil {
		return fmt.Errorf("saving delivery %d: %w", d.ID, err)
	}
	if d.State == social.Live {
		err = tx.bear(ctx, p.Brand.ID, d)
	}
	if now {
		err = tx.enqueuePublish(ctx, d.ID)
	}
	if err != nil {
		return err
	}
	end, ended := p.Settle()
	e.Facts.Last = ended
	if e.Kind != "" {
		if err := tx.addEvent(ctx, e); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE posts SET state = $2, changed_at = $3, revision = revision + 1 WHERE id = $1`, p.ID, p.State, tx.now)
	p.Changed, p.Revision = tx.now, p.Revision+1
	if err != nil || !ended {
		return err
	}
	err = tx.addEvent(ctx, end)
	return err
}

// UpdateDelivery runs the rule on a delivery under its post's lock: a person's
// word that it is live, not there, put off, called off or to be tried again.
func (s *Store) UpdateDelivery(ctx context.Context, by, id int64, rule social.DeliveryRule) (social.Post, error) {
	var p social.Post
	err := s.As(ctx, by, func(tx *Tx) error {
		var i int
		var err error
		if p, i, err = tx.lockDelivery(ctx, id); err != nil {
			return err
		}
		me, err := tx.member(ctx, by, p.Brand.ID)
		if err != nil {
			return err
		}
		kind, err := rule(&p, &p.Deliveries[i], me)
		if err != nil {
			return err
		}
		e := deliveryEvent(p, p.Deliveries[i])
		e.Kind, e.Actor = kind, by
		return tx.saveDelivery(ctx, &p, i, e)
	})
	return p, err
}

// Requeue puts work into the queue again whose job was lost: deliveries whose
// lease has run out or that nobody has begun for longer than patience, and events
// that are as old and untold. What still has a job waiting is left alone. It
// returns how many it found. Doing the same work twice is prevented elsewhere, so
// one time too many does no harm.
func (s *Store) Requeue(ctx context.Context, now time.Time, patience time.Duration) (int, error) {
	var found int
	if !s.due(ctx, `
		SELECT FROM deliveries WHERE state IN ('waiting', 'attempting') AND queued AND coalesce(lease_until, due_at + $2 * interval '1 second') < $1
		UNION ALL SELECT FROM events WHERE told_at IS NULL AND at < $1 - $2 * interval '1 second'`, now, patience.Seconds()) {
		return 0, nil
	}
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		var deliveries, events []int64
		err := tx.SelectContext(ctx, &deliveries, `
			SELECT id FROM deliveries
			WHERE state IN ('waiting', 'attempting') AND queued AND coalesce(lease_until, due_at + $2 * interval '1 second') < $1
				AND NOT EXISTS (SELECT FROM river_job j WHERE j.kind = 'job' AND j.queue = 'publish'
					AND j.state IN ('available', 'retryable', 'scheduled') AND (j.args #>> '{args,delivery}')::bigint = deliveries.id)
			ORDER BY due_at LIMIT 100`, now, patience.Seconds())
		if err != nil {
			return err
		}
		err = tx.SelectContext(ctx, &events, `
			SELECT id FROM events
			WHERE told_at IS NULL AND at < $1
				AND NOT EXISTS (SELECT FROM river_job j WHERE j.kind = 'job' AND j.queue = 'notify'
					AND j.state IN ('available', 'retryable', 'scheduled') AND (j.args #>> '{args,event}')::bigint = events.id)
			ORDER BY id LIMIT 100`, now.Add(-patience))
		if err != nil {
			return err
		}
		for _, id := range deliveries {
			if err := tx.enqueuePublish(ctx, id); err != nil {
				return err
			}
		}
		for _, id := range events {
			if err := Enqueue(ctx, tx, notifyJob, map[string]int64{"event": id}); err != nil {
				return err
			}
		}
		found = len(deliveries) + len(events)
		return nil
	})
	return found, err
}

// PostOf returns the post of a delivery, for a reader of its brand.
func (s *Store) PostOf(ctx context.Context, reader, delivery int64) (social.Post, error) {
	var p social.Post
	err := s.Read(ctx, reader, func(tx *Tx) error {
		var id int64
		err := tx.GetContext(ctx, &id, `SELECT post_id FROM deliveries WHERE id = $1`, delivery)
		if errors.Is(err, sql.ErrNoRows) {
			return social.ErrNotFound
		}
		if err != nil {
			return err
		}
		p, err = tx.post(ctx, id)
		return err
	})
	return p, err
}
