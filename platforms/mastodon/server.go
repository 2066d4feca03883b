package mastodon

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// ServerOf returns the base address of a server: https, with nothing behind the
// host. A server on this machine may speak plain http, where local servers are
// allowed at all.
func ServerOf(host string, local bool) (string, error) {
	if !strings.Contains(host, "://") {
		host = "https://" + host
	}
	u, err := url.Parse(strings.TrimSuffix(host, "/"))
	if err != nil {
		return "", errors.New("not the address of a server")
	}
	here := local && loopback(u.Hostname())
	switch {
	case u.Host == "" || u.Hostname() == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("not the address of a server")
	case u.Scheme != "https" && !(here && u.Scheme == "http"):
		return "", errors.New("the server must speak https")
	case loopback(u.Hostname()) && !local:
		return "", errors.New("a server on this machine")
	}
	return u.Scheme + "://" + u.Host, nil
}

// loopback tells whether a host is this machine.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// invisible are direction marks that come along when an address is copied.
const invisible = "\u200b\u200c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c\ufeff"

// HostOf finds the server in what a person types: its address, the address of a
// profile on it, or a full handle (@me@host). ok is false where there is none. A
// server on this machine keeps its scheme and port, where local servers are allowed.
func HostOf(typed string, local bool) (host string, ok bool) {
	s := strings.TrimSpace(strings.Map(func(r rune) rune {
		if strings.ContainsRune(invisible, r) {
			return -1
		}
		return r
	}, typed))
	scheme, rest, named := strings.Cut(s, "://")
	if !named {
		scheme, rest = "https", s
	}
	rest, _, _ = strings.Cut(strings.TrimPrefix(rest, "@"), "/")
	if at := strings.LastIndexByte(rest, '@'); at >= 0 && !named {
		rest = rest[at+1:]
	}
	scheme, rest = strings.ToLower(scheme), strings.ToLower(strings.Trim(rest, ". "))
	if local {
		if base, err := ServerOf(scheme+"://"+rest, true); err == nil && strings.HasPrefix(base, "http://") {
			return base, true
		}
	}
	if scheme != "https" && scheme != "http" || !strings.Contains(rest, ".") || numeric(rest) {
		return "", false
	}
	// http is what people type without thinking; the server is called over https all the same.
	name, err := idna.Lookup.ToASCII(rest)
	if err != nil {
		return "", false
	}
	base, err := ServerOf(name, local)
	return strings.TrimPrefix(base, "https://"), err == nil
}

// numeric tells whether a host is a bare address: servers have names.
func numeric(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	_, fault := netip.ParseAddrPort(host)
	return err == nil || fault == nil
}
