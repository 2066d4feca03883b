package sky

import (
	"context"
	"net"
	"net/http"
	"time"
)

// Start lets the network answer, on a free port of the loopback interface, until it
// is closed. Without a name of its own it is called by its address.
func (n *Network) Start() error {
	var config net.ListenConfig
	l, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	n.Address = "http://" + l.Addr().String()
	if n.URL == "" {
		n.URL = n.Address
	}
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

// foreign tells whether a call that came here as to a proxy is meant for somebody
// else: no way leads out of this network.
func (n *Network) foreign(r *http.Request) bool {
	return r.Method == http.MethodConnect || r.URL.Host != "" && "http://"+r.URL.Host != n.URL
}
