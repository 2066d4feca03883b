package storage

import (
	"context"
	"net"
	"time"
)

// silence is how long the database may take for a word. It ends statements itself
// after 15 s, so one that is silent for longer hangs, or the way to it is cut, of
// which the driver would never hear: its contexts end no reading.
const silence = 18 * time.Second

// A dialer makes connections that break when the database is silent.
type dialer struct {
	net.Dialer
	silence time.Duration
}

// DialTimeout connects within the timeout; 0: no limit.
func (d *dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx := context.Background()
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	return d.DialContext(ctx, network, address)
}

// DialContext connects.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := d.Dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return heard{conn, d.silence}, nil
}

// heard is a connection whose reads end after a silence.
type heard struct {
	net.Conn
	silence time.Duration
}

// Read waits for the database, but not forever.
func (c heard) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.silence)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}
