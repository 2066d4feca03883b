package emulator

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// span is a part of a text, in bytes, that may become an entity.
type span struct {
	kind     string
	from, to int
}

// detect finds the entities that Telegram finds by itself: commands, mentions, hashtags, links and mail addresses. What lies
// inside code or a link of the sender stays as it is. It takes time in proportion to the text, however many entities there are.
func detect(text string, given []Entity) []Entity {
	if !strings.ContainsAny(text, "/@#.") {
		return nil
	}
	at := unitOffsets(text)
	taken := make([]bool, at[len(text)])
	for _, en := range given {
		if isFixed(en.Type) {
			take(taken, en.Offset, en.Offset+en.Length)
		}
	}
	var out []Entity
	for _, found := range [][]span{commands(text), words(text, '@', "mention", 3), words(text, '#', "hashtag", 1), links(text)} {
		for _, f := range found {
			if take(taken, at[f.from], at[f.to]) {
				out = append(out, Entity{Type: f.kind, Offset: at[f.from], Length: at[f.to] - at[f.from]})
			}
		}
	}
	return out
}

// unitOffsets gives for each byte of a text, and for its end, the UTF-16 units before it.
func unitOffsets(text string) []int {
	at := make([]int, len(text)+1)
	n := 0
	for i, r := range text {
		for j := i; j < i+utf8.RuneLen(r) && j < len(text); j++ {
			at[j] = n
		}
		n += utf16.RuneLen(r)
	}
	at[len(text)] = n
	return at
}

// take marks a part as used; false when some of it was.
func take(taken []bool, from, to int) bool {
	if slices.Contains(taken[from:to], true) {
		return false
	}
	for i := from; i < to; i++ {
		taken[i] = true
	}
	return true
}

// isFixed says whether nothing is looked for inside an entity.
func isFixed(kind string) bool {
	switch kind {
	case "code", "pre", "text_link", "text_mention", "url", "email", "mention", "hashtag", "bot_command", "custom_emoji", "date_time":
		return true
	}
	return false
}

func isWord(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

func isName(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// commands finds /command and /command@bot as tdlib does: not after a letter, digit or slash, not before one.
func commands(text string) []span {
	var out []span
	for i := 0; i < len(text); i++ {
		if text[i] != '/' || !freeBefore(text, i, "/<>") {
			continue
		}
		end := nameEnd(text, i+1)
		if n := end - i - 1; n < 1 || n > 64 {
			continue
		}
		if end < len(text) && text[end] == '@' {
			if to := nameEnd(text, end+1); to-end > 3 {
				end = to
			}
		}
		if freeAfter(text, end, "/<>") {
			out = append(out, span{"bot_command", i, end})
		}
	}
	return out
}

func nameEnd(text string, from int) int {
	for from < len(text) && isName(text[from]) {
		from++
	}
	return from
}

func freeBefore(text string, at int, also string) bool {
	r, n := utf8.DecodeLastRuneInString(text[:at])
	return n == 0 || !isWord(r) && !strings.ContainsRune(also, r)
}

func freeAfter(text string, at int, also string) bool {
	r, n := utf8.DecodeRuneInString(text[at:])
	return n == 0 || !isWord(r) && !strings.ContainsRune(also, r)
}

// words finds @name and #tag; tags may hold letters of any script.
func words(text string, sign rune, kind string, least int) []span {
	var out []span
	for i, r := range text {
		if r != sign || !freeBefore(text, i, string(sign)+"/") {
			continue
		}
		end := i + 1
		for end < len(text) {
			r, n := utf8.DecodeRuneInString(text[end:])
			if kind == "mention" && (n > 1 || !isName(text[end])) || !isWord(r) && r != 0x200C {
				break
			}
			end += n
		}
		if end-i-1 >= least {
			out = append(out, span{kind, i, end})
		}
	}
	return out
}

var (
	web  = regexp.MustCompile(`(?i)\b(?:https?://|t\.me/|www\.)[^\s<>"\x{2066}-\x{2069}]*[^\s<>".,;:!?()\x{2066}-\x{2069}]`)
	mail = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)
)

// links finds web and mail addresses. Most texts hold none of their signs, which is
// quicker to see.
func links(text string) []span {
	var out []span
	low := strings.ToLower(text)
	if strings.Contains(low, "://") || strings.Contains(low, "t.me/") || strings.Contains(low, "www.") {
		for _, at := range web.FindAllStringIndex(text, -1) {
			out = append(out, span{"url", at[0], at[1]})
		}
	}
	if strings.Contains(text, "@") {
		for _, at := range mail.FindAllStringIndex(text, -1) {
			out = append(out, span{"email", at[0], at[1]})
		}
	}
	return out
}
