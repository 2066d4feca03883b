package storage

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"peyk/social"
)

// An opening is what a transaction does first. It goes out in one message with
// BEGIN, which saves a round trip. Such a message takes no parameters: an opening
// is made of our own words and of numbers, never of text from outside.
type opening string

type openingKey struct{}

// being settles for whom a transaction works.
func being(person, brand int64) opening {
	return opening(fmt.Sprintf(`SELECT be(%d, %d)`, person, brand))
}

// acting is being for a person who acts by the update of ctx, which he may mark.
func acting(ctx context.Context, person int64) opening {
	h, ok := social.IncomingFrom(ctx)
	if !ok || h.Marked {
		return being(person, 0)
	}
	return opening(fmt.Sprintf(`SELECT be(%d, 0, %d, %d)`, person, h.Bot, h.Key))
}

// takingIn settles that a transaction works with all updates of a bot.
func takingIn(bot int64) opening {
	return opening(fmt.Sprintf(`SELECT set_config('app.intake', '%d', true)`, bot))
}

// inChat settles that a transaction works with the question of one chat.
func inChat(chat int64) opening {
	return opening(fmt.Sprintf(`SELECT set_config('app.chat', '%d', true)`, chat))
}

// and is one opening after another.
func (o opening) and(next opening) opening {
	if next == "" {
		return o
	}
	return o + "; " + next
}

// A whole is an opening that is all of a transaction, its end included: one round
// trip for everything. It must be something that may be done twice, since a
// connection that breaks does not tell whether it was done.
type whole opening

// with hands the opening of the next transaction to the connection that begins it.
func (o opening) with(ctx context.Context) context.Context {
	if o == "" {
		return ctx
	}
	return context.WithValue(ctx, openingKey{}, o)
}

// atOnce runs a whole transaction.
func (s *Store) atOnce(ctx context.Context, db *pool, all whole) error {
	return s.open(context.WithValue(ctx, openingKey{}, all), db, "", func(*Tx) error { return nil })
}

// An opener makes connections whose transactions can begin with an opening.
type opener struct{ driver.Connector }

// Connect makes one connection.
func (o opener) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := o.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	made, ok := c.(connection)
	if !ok {
		_ = c.Close()
		return nil, fmt.Errorf("the driver's connection is a %T, which lacks what we use", c)
	}
	return &opened{made, map[string]statement{}}, nil
}

// A connection is everything that database/sql uses of the driver's.
type connection interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	driver.Tx // a connection is its own transaction
}

type opened struct {
	connection
	statements map[string]statement // by their text; nil: asked once
}

// BeginTx begins a transaction, with its opening if it has one. When that fails,
// nothing of it stays: database/sql may begin again on another connection.
//
// Beginning is never left to the driver: it remembers how to end what it began,
// also for transactions that it did not begin.
func (c *opened) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	if options != (driver.TxOptions{}) {
		return nil, errors.New("a transaction that is not of the usual kind")
	}
	begin, end := "BEGIN", driver.Tx(c.connection)
	switch first := ctx.Value(openingKey{}).(type) {
	case opening:
		begin += "; " + string(first)
	case whole:
		begin += "; " + string(first) + "; COMMIT"
		end = ended{}
	}
	if _, err := c.connection.ExecContext(ctx, begin, nil); err != nil {
		_ = c.Rollback() // the first error says more; a connection that cannot is given up
		return nil, err
	}
	return end, nil
}

// ended is a transaction that has been committed with its opening.
type ended struct{}

// Commit has happened.
func (ended) Commit() error { return nil }

// Rollback comes too late.
func (ended) Rollback() error { return errors.New("the transaction was committed already") }
