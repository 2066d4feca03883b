package platforms

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tootLink is what an address counts on Mastodon where the server says nothing else
// (mastodon/mastodon, app/validators/status_length_validator.rb, read 2026-11-28).
const tootLink = 23

// fullHandle is somebody on another server: his name, and the server behind it
// (mastodon/mastodon, app/models/account.rb, MENTION_RE, read 2026-11-28).
var fullHandle = regexp.MustCompile(`@[0-9A-Za-z_](?:[0-9A-Za-z_.-]*[0-9A-Za-z_])?(@[\p{L}\p{M}\p{N}_]+(?:[.-]+[\p{L}\p{M}\p{N}_]+)*)`)

// toot counts as Mastodon does: what readers see as characters, an address with
// http(s) as link of them, and of a full handle the name alone.
func toot(s string, link int) int {
	var b strings.Builder
	at := 0
	for _, span := range links(s) {
		address := strings.ToLower(s[span.from:span.to])
		if !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
			continue
		}
		b.WriteString(here(s[at:span.from]))
		b.WriteString(strings.Repeat("x", link))
		at = span.to
	}
	b.WriteString(here(s[at:]))
	return Graphemes(b.String())
}

// here is a text without the servers of whom it mentions.
func here(s string) string {
	var b strings.Builder
	at := 0
	for _, m := range fullHandle.FindAllStringSubmatchIndex(s, -1) {
		before, _ := utf8.DecodeLastRuneInString(s[:m[0]])
		if m[0] > 0 && (before == '=' || before == '/' || before == '_' || unicode.IsLetter(before) || unicode.IsDigit(before) || unicode.IsMark(before)) {
			continue
		}
		b.WriteString(s[at:m[2]])
		at = m[3]
	}
	b.WriteString(s[at:])
	return b.String()
}
