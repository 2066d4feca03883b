package emulator

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// detect finds the entities that Telegram finds by itself: commands, mentions, hashtags, links and mail addresses. What lies
// inside code or a link of the sender stays as it is.
func detect(text string, given []Entity) []Entity {
	var out []Entity
	for _, found := range [][]Entity{commandEntities(text), wordEntities(text, '@', "mention", 3),
		wordEntities(text, '#', "hashtag", 1), linkEntities(text)} {
		for _, en := range found {
			if !overlaps(en, given) && !overlaps(en, out) {
				out = append(out, en)
			}
		}
	}
	return out
}

func overlaps(en Entity, list []Entity) bool {
	for _, other := range list {
		switch other.Type {
		case "code", "pre", "text_link", "text_mention", "url", "email", "mention", "hashtag", "bot_command", "custom_emoji", "date_time":
			if en.Offset < other.Offset+other.Length && other.Offset < en.Offset+en.Length {
				return true
			}
		}
	}
	return false
}

func isWord(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

func isName(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// commandEntities finds /command and /command@bot as tdlib does: not after a letter, digit or slash, not before one.
func commandEntities(text string) []Entity {
	var out []Entity
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
			out = append(out, Entity{Type: "bot_command", Offset: units(text[:i]), Length: units(text[i:end])})
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

// wordEntities finds @name and #tag; tags may hold letters of any script.
func wordEntities(text string, sign rune, kind string, least int) []Entity {
	var out []Entity
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
			out = append(out, Entity{Type: kind, Offset: units(text[:i]), Length: units(text[i:end])})
		}
	}
	return out
}

func linkEntities(text string) []Entity {
	var out []Entity
	if !strings.ContainsAny(text, "@/.") {
		return nil
	}
	links := regexp.MustCompile(`(?i)\b(?:https?://|t\.me/|www\.)[^\s<>"\x{2066}-\x{2069}]*[^\s<>".,;:!?()\x{2066}-\x{2069}]`)
	mails := regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)
	for _, at := range links.FindAllStringIndex(text, -1) {
		out = append(out, Entity{Type: "url", Offset: units(text[:at[0]]), Length: units(text[at[0]:at[1]])})
	}
	for _, at := range mails.FindAllStringIndex(text, -1) {
		out = append(out, Entity{Type: "email", Offset: units(text[:at[0]]), Length: units(text[at[0]:at[1]])})
	}
	return out
}
