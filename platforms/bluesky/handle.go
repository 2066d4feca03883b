package bluesky

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// CleanHandle is a handle as people type or paste it, without its sign, the
// address of the profile around it, and whatever marks and spaces a keyboard or a
// chat has put between.
func CleanHandle(s string) string {
	s = strings.ToLower(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Cf, r): // direction marks, joiners
			return -1
		case r >= '۰' && r <= '۹':
			return r - '۰' + '0'
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		}
		return r
	}, s))
	return strings.TrimSuffix(strings.TrimPrefix(ofProfile(s), "@"), ".")
}

// ofProfile takes the handle out of the address of a profile on the web.
func ofProfile(s string) string {
	s = strings.TrimPrefix(s, "at://")
	_, path, ok := strings.Cut(s, "/profile/")
	if ok {
		s = path
	}
	if u, err := url.Parse(s); err == nil && !ok && u.Host != "" {
		s = u.Host // a handle that is a domain, copied as one
	}
	if at := strings.IndexAny(s, "/?#"); at >= 0 {
		s = s[:at]
	}
	return s
}

// whole is what a handle looks like, and didForm a lasting name (atproto.com/specs/handle
// and /did, read 2026-08-20).
var (
	whole   = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)
	didForm = regexp.MustCompile(`^did:(plc:[a-z2-7]{24}|web:[a-z0-9.-]{1,253})$`)
)

// nowhere are the ends of names that lead to nobody on the internet. A network of
// one's own may have .test.
var nowhere = []string{".alt", ".arpa", ".example", ".internal", ".invalid", ".local", ".localhost", ".onion"}

// isHandle tells whether a clean handle can be one.
func isHandle(s string) bool {
	return len(s) <= 253 && whole.MatchString(s) &&
		!slices.ContainsFunc(nowhere, func(end string) bool { return strings.HasSuffix(s, end) })
}
