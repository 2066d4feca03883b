package social

import (
	"html"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A Text is what people wrote, byte for byte, with the formatting they gave it.
type Text struct {
	Plain string `json:"plain"`
	Marks []Mark `json:"marks,omitempty"`
}

// A Mark formats a stretch of a Text. Offset and Length count UTF-16 units, as
// Telegram's MessageEntity does (Bot API 10.3), and Type is its type.
type Mark struct {
	Type     string `json:"type"`
	Offset   int    `json:"offset"`
	Length   int    `json:"length"`
	URL      string `json:"url,omitempty"`
	Language string `json:"language,omitempty"`
	Emoji    string `json:"custom_emoji_id,omitempty"`
}

// Empty tells whether there is nothing to read in the text.
func (t Text) Empty() bool { return strings.TrimSpace(t.Plain) == "" }

// Len counts code points, as Telegram counts a message's length.
func (t Text) Len() int { return utf8.RuneCountInString(t.Plain) }

// Equal tells whether two texts read and look the same.
func (t Text) Equal(o Text) bool {
	return t.Plain == o.Plain && slices.Equal(t.Marks, o.Marks)
}

// Cut returns the first n code points, without splitting a mark's text.
func (t Text) Cut(n int) Text {
	runes := []rune(t.Plain)
	if len(runes) <= n {
		return t
	}
	cut := Text{Plain: string(runes[:n])}
	end := len(utf16.Encode(runes[:n]))
	for _, m := range t.Marks {
		if m.Offset >= end {
			continue
		}
		m.Length = min(m.Length, end-m.Offset)
		cut.Marks = append(cut.Marks, m)
	}
	return cut
}

// tags are the marks that have a pair of tags in Telegram's HTML.
var tags = map[string]string{
	"bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "spoiler": "tg-spoiler",
	"code": "code", "pre": "pre", "blockquote": "blockquote", "expandable_blockquote": "blockquote expandable",
}

func (m Mark) open() string {
	switch {
	case m.Type == "text_link":
		return `<a href="` + html.EscapeString(m.URL) + `">`
	case tags[m.Type] != "":
		return "<" + tags[m.Type] + ">"
	}
	return ""
}

func (m Mark) close() string {
	name, _, _ := strings.Cut(tags[m.Type], " ")
	switch {
	case m.Type == "text_link":
		return "</a>"
	case name != "":
		return "</" + name + ">"
	}
	return ""
}

// HTML writes the text as Telegram HTML, escaped. Marks without a tag of their
// own (mentions, hashtags, plain links) are left to Telegram to find again.
func (t Text) HTML() string {
	marks := t.wellNested()
	units := utf16.Encode([]rune(t.Plain))
	var b strings.Builder
	var open []Mark
	at := 0
	write := func(to int) {
		b.WriteString(html.EscapeString(string(utf16.Decode(units[at:to]))))
		at = to
	}
	closeUntil := func(to int) {
		for len(open) > 0 {
			top := open[len(open)-1]
			if top.Offset+top.Length > to {
				return
			}
			write(top.Offset + top.Length)
			b.WriteString(top.close())
			open = open[:len(open)-1]
		}
	}
	for _, m := range marks {
		closeUntil(m.Offset)
		write(m.Offset)
		b.WriteString(m.open())
		open = append(open, m)
	}
	closeUntil(len(units))
	write(len(units))
	return b.String()
}

// wellNested returns the marks that HTML can show, outer ones first, cut to the
// text, with a mark that straddles an earlier one's end shortened to it.
func (t Text) wellNested() []Mark {
	size := len(utf16.Encode([]rune(t.Plain)))
	var marks []Mark
	for _, m := range t.Marks {
		if m.open() == "" || m.Offset < 0 || m.Length <= 0 || m.Offset >= size {
			continue
		}
		m.Length = min(m.Length, size-m.Offset)
		marks = append(marks, m)
	}
	slices.SortStableFunc(marks, func(a, b Mark) int {
		if a.Offset != b.Offset {
			return a.Offset - b.Offset
		}
		return b.Length - a.Length
	})
	var ends []int
	for i := range marks {
		for len(ends) > 0 && ends[len(ends)-1] <= marks[i].Offset {
			ends = ends[:len(ends)-1]
		}
		end := marks[i].Offset + marks[i].Length
		if len(ends) > 0 && end > ends[len(ends)-1] {
			end = ends[len(ends)-1]
			marks[i].Length = end - marks[i].Offset
		}
		ends = append(ends, end)
	}
	return marks
}
