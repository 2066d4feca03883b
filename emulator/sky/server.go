package sky

import (
	"context"
	"net"
	"net/http"
	"time"
)

// Start lets the network answer, on a free port of the loopback interface, until it
// is closed.
func (n *Network) Start() error {
	var config net.ListenConfig
	l, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	n.URL = "http://" + l.Addr().String()
	n.server = &http.Server{Handler: http.HandlerFunc(n.Serve), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = n.server.Serve(l) }() // ends with Close
	return nil
}

// Close ends all connections; nobody answers any more.
func (n *Network) Close() {
	if n.server != nil {
		_ = n.server.Close() // nothing is lost with them
	}
}
