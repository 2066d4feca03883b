package bot

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"peyk/social"
)

// command reads "/name@bot payload" at the start of a text or caption, where
// Telegram marked a command. It cuts in UTF-16 units, as Telegram counts, so that
// "/start،سلام" and a zero-width non-joiner behind the name do no harm. The
// name is in lower case; username, if any, is in lower case and without @.
func command(t social.Text) (name, username, payload string, ok bool) {
	length := 0
	for _, m := range t.Marks {
		if m.Type == "bot_command" && m.Offset == 0 {
			length = m.Length
		}
	}
	if length == 0 {
		return "", "", "", false
	}
	at := byteOffset(t.Plain, length)
	word, rest := t.Plain[:at], t.Plain[at:]
	name, username, _ = strings.Cut(strings.TrimPrefix(word, "/"), "@")
	if !strings.HasPrefix(word, "/") || !isName(name) {
		return "", "", "", false
	}
	payload = strings.TrimLeftFunc(rest, separates)
	return strings.ToLower(name), strings.ToLower(username), strings.TrimSpace(payload), true
}

// byteOffset is where the first n UTF-16 units of s end.
func byteOffset(s string, n int) int {
	for i, r := range s {
		if n <= 0 {
			return i
		}
		n -= max(utf16.RuneLen(r), 1)
	}
	return len(s)
}

// isName tells whether s can be a command: 1–32 letters, digits and underscores.
func isName(s string) bool {
	if s == "" || len(s) > 32 {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return r >= utf8.RuneSelf || !(r == '_' || unicode.IsDigit(r) || unicode.IsLetter(r))
	}) < 0
}

// separates tells whether a sign merely parts the command from what follows: a
// space, a mark such as the Arabic comma, or an invisible joiner.
func separates(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(",،;؛:.…", r)
}
