package mastodon

import (
	"net/netip"
	"strings"

	"golang.org/x/net/idna"

	"peyk/platforms"
)

// invisible are direction marks that come along when an address is copied.
const invisible = "\u200b\u200c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c\ufeff"

// HostOf finds the server in what a person types: its address, the address of a
// profile on it, or a full handle (@me@host). ok is false where there is none. The
// server that the operator has named as his own keeps its scheme and port.
func HostOf(typed, own string) (host string, ok bool) {
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
	if own != "" && (rest == strings.TrimPrefix(strings.TrimPrefix(own, "http://"), "https://")) {
		return own, true
	}
	if scheme != "https" && scheme != "http" || !strings.Contains(rest, ".") || numeric(rest) {
		return "", false
	}
	// http is what people type without thinking; the server is called over https all the same.
	name, err := idna.Lookup.ToASCII(rest)
	if err != nil {
		return "", false
	}
	base, err := platforms.ServerOf(name, own)
	return strings.TrimPrefix(base, "https://"), err == nil
}

// numeric tells whether a host is a bare address: servers have names.
func numeric(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	_, fault := netip.ParseAddrPort(host)
	return err == nil || fault == nil
}
