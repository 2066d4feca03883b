package storage

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"

	"github.com/lib/pq"
)

// maxStatements is how many statements a connection keeps prepared; there are fewer
// in the program.
const maxStatements = 300

// plannedAnew begins a statement whose best plan depends on its values, so that it
// is planned each time.
const plannedAnew = "/* planned anew */ "

// A statement is what a connection has prepared: planning costs more than running
// most of what the program asks. It is prepared when it is asked the second time.
type statement interface {
	driver.Stmt
	driver.StmtQueryContext
	driver.StmtExecContext
}

// QueryContext asks with a prepared statement, where there is one.
func (c *opened) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	stmt, err := c.prepared(ctx, query, args)
	if err != nil {
		return nil, err
	}
	if stmt == nil {
		return c.connection.QueryContext(ctx, query, args)
	}
	rows, err := stmt.QueryContext(ctx, args)
	return rows, c.forgotten(query, err)
}

// ExecContext runs a prepared statement, where there is one.
func (c *opened) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	stmt, err := c.prepared(ctx, query, args)
	if err != nil {
		return nil, err
	}
	if stmt == nil {
		return c.connection.ExecContext(ctx, query, args)
	}
	result, err := stmt.ExecContext(ctx, args)
	return result, c.forgotten(query, err)
}

// prepared is the statement of a query; nil: it is not kept. What takes no values is
// an opening or a command of its own, and not kept.
func (c *opened) prepared(ctx context.Context, query string, args []driver.NamedValue) (statement, error) {
	if len(args) == 0 || strings.HasPrefix(query, plannedAnew) {
		return nil, nil
	}
	stmt, seen := c.statements[query]
	if stmt != nil || (!seen && len(c.statements) == maxStatements) {
		return stmt, nil
	}
	if !seen {
		c.statements[query] = nil
		return nil, nil
	}
	made, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	stmt, ok := made.(statement)
	if !ok {
		return nil, errors.Join(errors.New("the driver's statements lack what we use"), made.Close())
	}
	c.statements[query] = stmt
	return stmt, nil
}

// forgotten lets a statement go that a migration has made useless. Its transaction
// is lost, and run again.
func (c *opened) forgotten(query string, err error) error {
	if outdated(err) {
		delete(c.statements, query)
	}
	return err
}

// outdated tells whether a statement was prepared before a migration changed what it
// reads.
func outdated(err error) bool {
	var e *pq.Error
	return errors.As(err, &e) && e.Code == "0A000" && strings.HasPrefix(e.Message, "cached plan")
}
