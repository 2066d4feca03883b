package bluesky

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// NewHTTP makes the HTTP client of a Client. It follows no redirects: a token goes
// to its own server only. People name their servers themselves, so without local
// no address inside the operator's own network is reached, whatever a name leads
// to; where a proxy is set, the way out is the proxy's business.
func NewHTTP(local bool) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	if !local && !proxied() {
		dialer := &net.Dialer{Timeout: 10 * time.Second, Control: public}
		t.DialContext = dialer.DialContext
	}
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// proxied tells whether the program's settings lead its calls over a proxy.
func proxied() bool {
	r, err := http.NewRequest(http.MethodGet, "https://bsky.social", http.NoBody) //nolint:noctx // it is never sent
	if err != nil {
		return false
	}
	proxy, err := http.ProxyFromEnvironment(r)
	return err == nil && proxy != nil
}

// public refuses to open a connection to an address that is not on the internet.
// It sees the address itself, after its name was looked up.
func public(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if !onInternet(at.Addr().Unmap()) {
		return errors.New("the server's address is not on the internet")
	}
	return nil
}

// shared is the range of carriers' own networks (RFC 6598).
var shared = netip.MustParsePrefix("100.64.0.0/10")

func onInternet(ip netip.Addr) bool {
	return ip.IsGlobalUnicast() && !ip.IsPrivate() && !ip.IsLoopback() && !shared.Contains(ip)
}

// loopback tells whether a host is this machine.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}
