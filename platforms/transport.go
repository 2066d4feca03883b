package platforms

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"code.dny.dev/ssrf"
)

// NewHTTP makes the HTTP client of a connector. It follows no redirects: a token goes
// to its own server only. People name their servers themselves, so no address
// inside the operator's own network is reached, whatever a name leads to; but for
// the host of own, the address of a service that the operator has named (empty:
// none). Where a proxy is set, the way out is the proxy's business.
func NewHTTP(own string) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	if !proxied() {
		free := &net.Dialer{Timeout: dialPatience}
		guarded := &net.Dialer{Timeout: dialPatience, Control: ssrf.New(ssrf.WithAnyPort()).Safe}
		t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			if host, _, err := net.SplitHostPort(address); err == nil && IsOwn(host, own) {
				return free.DialContext(ctx, network, address)
			}
			return guarded.DialContext(ctx, network, address)
		}
	}
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Inside tells whether a call went wrong because the address is inside the operator's own
// network, where no server that somebody names is called.
func Inside(err error) bool {
	return errors.Is(err, ssrf.ErrProhibitedIP) || errors.Is(err, ssrf.ErrProhibitedNetwork)
}

const dialPatience = 10 * time.Second

// proxied tells whether the program's settings lead its calls over a proxy.
func proxied() bool {
	r, err := http.NewRequest(http.MethodGet, "https://example.org", http.NoBody) //nolint:noctx // it is never sent
	if err != nil {
		return false
	}
	proxy, err := http.ProxyFromEnvironment(r)
	return err == nil && proxy != nil
}

// IsOwn tells whether a host is that of the operator's own service. All names of
// this machine are one.
func IsOwn(host, own string) bool {
	u, err := url.Parse(own)
	if err != nil || u.Hostname() == "" {
		return false
	}
	return host == u.Hostname() || loopback(host) && loopback(u.Hostname())
}

// loopback tells whether a host is this machine.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// ServerOf returns the base address of an account's server: https, with nothing
// behind the host. The host of own, a service that the operator has named (empty:
// none), may be this machine, and may speak plain http where own does.
func ServerOf(host, own string) (string, error) {
	if !strings.Contains(host, "://") {
		host = "https://" + host
	}
	u, err := url.Parse(strings.TrimSuffix(host, "/"))
	if err != nil {
		return "", errors.New("not the address of a server")
	}
	ours := IsOwn(u.Hostname(), own)
	switch {
	case u.Host == "" || u.Hostname() == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("not the address of a server")
	case u.Scheme != "https" && !(ours && u.Scheme == "http" && strings.HasPrefix(own, "http:")):
		return "", errors.New("the server must speak https")
	case loopback(u.Hostname()) && !ours:
		return "", errors.New("a server on this machine")
	}
	return u.Scheme + "://" + u.Host, nil
}
