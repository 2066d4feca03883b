package emulator

import (
	stdjson "encoding/json"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Limits of texts, in code points after parsing (tdlib MessageContent.cpp; Bot API sendMessage).
const (
	MaxText     = 4096
	MaxCaption  = 1024
	maxRawText  = 32768 // bytes before parsing
	maxEntities = 100
)

// clean removes what Telegram removes from every text (tdlib misc.cpp, clean_input_string): U+2028–202E, U+0333, U+033F, U+030A
// and CR; control characters become spaces; of a run of LRM and RLM all but the last become ZWNJ.
func clean(s string) string {
	s, _ = cleanFormatted(s, nil)
	return s
}

// cleanFormatted cleans a text and moves its entities with what is left.
func cleanFormatted(text string, entities []Entity) (string, []Entity) {
	if isClean(text) {
		return text, slices.DeleteFunc(slices.Clone(entities), func(en Entity) bool { return en.Length <= 0 })
	}
	var b strings.Builder
	runes := []rune(text)
	at, moved := 0, []int{}
	for i, r := range runes {
		for range utf16.RuneLen(r) {
			moved = append(moved, at)
		}
		next := rune(0)
		if i+1 < len(runes) {
			next = runes[i+1]
		}
		if kept := cleaned(r, next); kept != 0 {
			b.WriteRune(kept)
			at += utf16.RuneLen(kept)
		}
	}
	moved = append(moved, at)
	out := entities[:0:0]
	for _, en := range entities {
		from, to := moved[en.Offset], moved[en.Offset+en.Length]
		if en.Offset, en.Length = from, to-from; en.Length > 0 {
			out = append(out, en)
		}
	}
	return b.String(), out
}

// isClean tells whether cleaning leaves a text as it is, as it does with nearly all.
func isClean(s string) bool {
	last := rune(0)
	for _, r := range s {
		if r == 0 || cleaned(r, 0) != r || r == utf8.RuneError || isMark(last) && isMark(r) {
			return false
		}
		last = r
	}
	return true
}

// cleaned is what becomes of a character that stands before another; 0: nothing.
func cleaned(r, next rune) rune {
	switch {
	case r == 0 || r == '\r' || r >= 0x2028 && r <= 0x202E || r == 0x0333 || r == 0x033F || r == 0x030A:
		return 0
	case r < ' ' && r != '\n':
		return ' '
	case isMark(r) && isMark(next):
		return 0x200C
	}
	return r
}

func isMark(r rune) bool { return r == 0x200E || r == 0x200F }

// units is the length of a text in UTF-16 units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// slice gives a part of a text by UTF-16 offset and length.
func slice(s string, offset, length int) string {
	u := utf16.Encode([]rune(s))
	if offset < 0 || length < 0 || offset+length > len(u) {
		return ""
	}
	return string(utf16.Decode(u[offset : offset+length]))
}

// formatted reads a text parameter with its parse mode or entities, in Telegram's order: parse, clean, trim, count.
func (c *call) formatted(param, entitiesParam string) (string, []Entity, error) {
	raw := c.str(param)
	return format(raw, c.str("parse_mode"), c.str(entitiesParam))
}

func format(raw, mode, entitiesJSON string) (string, []Entity, error) {
	if len(raw) > maxRawText {
		return "", nil, badRequest("text is too long")
	}
	text, entities := raw, []Entity(nil)
	var err error
	switch strings.ToLower(mode) {
	case "html":
		text, entities, err = parseHTML(clean(raw))
	case "":
		entities, err = givenEntities(text, entitiesJSON)
	case "markdown", "markdownv2":
		return "", nil, badRequest("this emulator reads parse_mode HTML only")
	default:
		return "", nil, badRequest("unsupported parse_mode")
	}
	if err != nil {
		return "", nil, err
	}
	text, entities = withDetected(text, entities)
	return text, entities, nil
}

// withDetected cleans and trims a formatted text and adds the entities that Telegram finds by itself.
func withDetected(text string, entities []Entity) (string, []Entity) {
	text, entities = trim(cleanFormatted(text, entities))
	return text, order(append(entities, detect(text, entities)...))
}

// givenEntities reads and checks the entities a bot counted itself.
func givenEntities(text, list string) ([]Entity, error) {
	if list == "" || list == "null" {
		return nil, nil
	}
	var out []Entity
	if err := stdjson.Unmarshal([]byte(list), &out); err != nil {
		return nil, parseFault("expected an Array of MessageEntity")
	}
	if len(out) > maxEntities {
		out = out[:maxEntities]
	}
	edges := runeEdges(text)
	end := units(text)
	for _, en := range out {
		if err := checkEntity(en, edges, end); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func checkEntity(en Entity, edges map[int]bool, end int) error {
	switch {
	case !knownEntity(en.Type):
		return parseFault("Unsupported type specified")
	case en.Offset < 0 || en.Offset > 1000000:
		return parseFault("Receive an entity with incorrect offset %d", en.Offset)
	case en.Length < 0 || en.Length > 1000000:
		return parseFault("Receive an entity with incorrect length %d", en.Length)
	case en.Offset+en.Length > end:
		return badRequest("entity beginning at UTF-16 offset %d ends after the end of the text at UTF-16 offset %d", en.Offset, end)
	case !edges[en.Offset]:
		return badRequest("entity begins in a middle of a UTF-16 symbol at UTF-16 offset %d", en.Offset)
	case !edges[en.Offset+en.Length]:
		return badRequest("entity ends in a middle of a UTF-16 symbol at UTF-16 offset %d", en.Offset+en.Length)
	}
	return nil
}

func knownEntity(kind string) bool {
	switch kind {
	case "bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "text_link", "text_mention", "custom_emoji",
		"blockquote", "expandable_blockquote", "date_time", "mention", "hashtag", "cashtag", "bot_command", "url", "email",
		"phone_number":
		return true
	}
	return false
}

// runeEdges are the UTF-16 offsets at which a character begins or the text ends.
func runeEdges(s string) map[int]bool {
	edges, at := map[int]bool{0: true}, 0
	for _, r := range s {
		at += utf16.RuneLen(r)
		edges[at] = true
	}
	return edges
}

// trim cuts white space off both ends and moves the entities with the text.
func trim(text string, entities []Entity) (string, []Entity) {
	right := strings.TrimRightFunc(text, unicode.IsSpace)
	out := strings.TrimLeftFunc(right, unicode.IsSpace)
	shift, end := units(right)-units(out), units(out)
	kept := entities[:0:0]
	for _, en := range entities {
		from, to := max(en.Offset-shift, 0), min(en.Offset+en.Length-shift, end)
		if to > from {
			en.Offset, en.Length = from, to-from
			kept = append(kept, en)
		}
	}
	return out, kept
}

// order sorts entities as Telegram sends them: by begin, the longer first; no list at all for none.
func order(list []Entity) []Entity {
	if len(list) == 0 {
		return nil
	}
	sort.SliceStable(list, func(i, j int) bool {
		if list[i].Offset != list[j].Offset {
			return list[i].Offset < list[j].Offset
		}
		return list[i].Length > list[j].Length
	})
	return list
}

// checkText refuses an empty or too long message text.
func checkText(text string) error {
	switch n := len([]rune(text)); {
	case n == 0:
		return badRequest("message text is empty")
	case n > MaxText:
		return badRequest("message is too long")
	}
	return nil
}

func checkCaption(text string) error {
	if len([]rune(text)) > MaxCaption {
		return badRequest("message caption is too long")
	}
	return nil
}
