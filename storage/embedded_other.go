//go:build !unix

package storage

import (
	"context"
	"errors"
)

// A Server is a PostgreSQL server of our own; this system has none.
type Server struct{}

// StartEmbedded says what to do instead.
func StartEmbedded(context.Context, string) (*Server, error) {
	return nil, errors.New("on this system Peyk starts no database of its own; set DATABASE_URL to a PostgreSQL server")
}

// DSN is of use elsewhere alone.
func (*Server) DSN(string) string { return "" }

// Ended is never closed.
func (*Server) Ended() <-chan struct{} { return nil }

// Stop has nothing to end.
func (*Server) Stop() error { return nil }
