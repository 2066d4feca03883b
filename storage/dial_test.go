package storage

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"
)

// TestSilenceBreaksTheConnection protects against waiting for a database that
// hangs: the driver's contexts end no reading.
func TestSilenceBreaksTheConnection(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() // it takes connections, and never says a word
	d := &dialer{silence: 50 * time.Millisecond}
	conn, err := d.DialTimeout("tcp", listener.Addr().String(), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ended := make(chan error, 1)
	go func() {
		_, err := conn.Read(make([]byte, 1))
		ended <- err
	}()
	select {
	case err := <-ended:
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("reading ended with %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("silence is waited for")
	}
}
