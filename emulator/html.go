package emulator

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// openTag is a tag whose end has not come yet.
type openTag struct {
	name, argument string
	format         string // of tg-time
	offset         int    // UTF-16 units of text before it
	begin          int    // bytes of text before it
}

// htmlParser follows tdlib's do_parse_html (MessageEntity.cpp): the same tags, the same refusals, byte offsets into the source.
type htmlParser struct {
	src    string
	at     int
	out    strings.Builder
	offset int
	open   []openTag
	found  []Entity
}

// parseHTML gives the visible text and its entities, or a refusal in Telegram's words.
func parseHTML(src string) (string, []Entity, error) {
	p := &htmlParser{src: src}
	for p.at < len(p.src) {
		if err := p.step(); err != nil {
			return "", nil, err
		}
	}
	if n := len(p.open); n > 0 {
		return "", nil, parseFault("Can't find end tag corresponding to start tag %q", p.open[n-1].name)
	}
	if len(p.found) > maxEntities {
		p.found = p.found[:maxEntities]
	}
	return p.out.String(), p.found, nil
}

// parseFault is a refusal of a text's formatting.
func parseFault(format string, args ...any) error {
	return badRequest("can't parse entities: "+format, args...)
}

func (p *htmlParser) step() error {
	switch p.src[p.at] {
	case '&':
		if r, n := htmlEntity(p.src[p.at:]); n > 0 {
			p.write(r)
			p.at += n
			return nil
		}
	case '<':
		if p.byteAt(p.at+1) == '/' {
			return p.endTag()
		}
		return p.startTag()
	}
	r, n := utf8.DecodeRuneInString(p.src[p.at:])
	p.write(r)
	p.at += n
	return nil
}

func (p *htmlParser) write(r rune) {
	p.out.WriteRune(r)
	p.offset += units(string(r))
}

func (p *htmlParser) byteAt(i int) byte {
	if i < len(p.src) {
		return p.src[i]
	}
	return 0
}

func isSpace(b byte) bool {
	return b == ' ' || b == '\t' || b == '\n' || b == '\r' || b == 0 || b == '\v'
}

func (p *htmlParser) skipSpace() {
	for p.at < len(p.src) && isSpace(p.src[p.at]) {
		p.at++
	}
}

// until moves to the first white space or one of the given bytes and gives what lies before it.
func (p *htmlParser) until(stops string) string {
	from := p.at
	for p.at < len(p.src) && !isSpace(p.src[p.at]) && strings.IndexByte(stops, p.src[p.at]) < 0 {
		p.at++
	}
	return p.src[from:p.at]
}

func (p *htmlParser) startTag() error {
	begin := p.at
	p.at++
	name := strings.ToLower(p.until(">"))
	if p.at >= len(p.src) {
		return parseFault("Unclosed start tag at byte offset %d", begin)
	}
	if !knownTag(name) {
		return parseFault("Unsupported start tag %q at byte offset %d", name, begin)
	}
	tag := openTag{name: name, offset: p.offset, begin: p.out.Len()}
	for {
		p.skipSpace()
		if p.byteAt(p.at) == '>' {
			break
		}
		if err := p.attribute(&tag, begin); err != nil {
			return err
		}
	}
	p.at++
	p.open = append(p.open, tag)
	return tag.check(begin)
}

// check refuses tags that mean nothing without the right attribute.
func (t openTag) check(begin int) error {
	if t.name == "span" && t.argument != "spoiler" {
		return parseFault("Tag \"span\" must have class \"tg-spoiler\" at byte offset %d", begin)
	}
	if _, err := strconv.ParseInt(t.argument, 10, 64); t.name == "tg-time" && err != nil {
		return parseFault("Tag \"tg-time\" must have a valid \"unix\" attribute at byte offset %d", begin)
	}
	return nil
}

func knownTag(name string) bool {
	switch name {
	case "a", "b", "strong", "i", "em", "s", "strike", "del", "u", "ins", "tg-spoiler", "tg-emoji", "tg-time", "span", "pre",
		"code", "blockquote":
		return true
	}
	return false
}

func (p *htmlParser) attribute(tag *openTag, begin int) error {
	name := p.until("=>")
	if name == "" {
		return parseFault("Empty attribute name in the tag %q at byte offset %d", tag.name, begin)
	}
	p.skipSpace()
	if p.byteAt(p.at) != '=' {
		if tag.name == "blockquote" && name == "expandable" && p.at < len(p.src) {
			tag.argument = "1"
			return nil
		}
		if p.at >= len(p.src) {
			return parseFault("Unclosed start tag %q at byte offset %d", tag.name, begin)
		}
		return parseFault("Expected equal sign in declaration of an attribute of the tag %q at byte offset %d", tag.name, begin)
	}
	p.at++
	p.skipSpace()
	if p.at >= len(p.src) {
		return parseFault("Unclosed start tag %q at byte offset %d", tag.name, begin)
	}
	value, err := p.value()
	if err != nil {
		return err
	}
	if p.at >= len(p.src) {
		return parseFault("Unclosed start tag at byte offset %d", begin)
	}
	tag.take(name, value)
	return nil
}

// value reads a quoted string or a name token.
func (p *htmlParser) value() (string, error) {
	quote := p.src[p.at]
	if quote != '"' && quote != '\'' {
		begin := p.at
		for isName(p.byteAt(p.at)) && p.src[p.at] != '_' || p.byteAt(p.at) == '.' || p.byteAt(p.at) == '-' {
			p.at++
		}
		if p.at < len(p.src) && !isSpace(p.src[p.at]) && p.src[p.at] != '>' {
			return "", parseFault("Unexpected end of name token at byte offset %d", begin)
		}
		return strings.ToLower(p.src[begin:p.at]), nil
	}
	p.at++
	var b strings.Builder
	for p.at < len(p.src) && p.src[p.at] != quote {
		if r, n := htmlEntity(p.src[p.at:]); n > 0 {
			b.WriteRune(r)
			p.at += n
			continue
		}
		b.WriteByte(p.src[p.at])
		p.at++
	}
	if p.at < len(p.src) {
		p.at++
	}
	return b.String(), nil
}

// take keeps the attributes that mean something.
func (t *openTag) take(name, value string) {
	switch t.name + " " + name {
	case "a href", "tg-emoji emoji-id", "tg-time unix":
		t.argument = value
	case "tg-time format":
		t.format = value
	case "code class":
		if lang, ok := strings.CutPrefix(value, "language-"); ok {
			t.argument = lang
		}
	case "span class":
		if class, ok := strings.CutPrefix(value, "tg-"); ok {
			t.argument = class
		}
	case "blockquote expandable":
		t.argument = "1"
	}
}

func (p *htmlParser) endTag() error {
	begin := p.at
	if len(p.open) == 0 {
		return parseFault("Unexpected end tag at byte offset %d", begin)
	}
	p.at += 2
	name := p.until(">")
	p.skipSpace()
	if p.byteAt(p.at) != '>' {
		return parseFault("Unclosed end tag at byte offset %d", begin)
	}
	p.at++
	tag := p.open[len(p.open)-1]
	if name != "" && name != tag.name {
		return parseFault("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", begin, tag.name, name)
	}
	p.open = p.open[:len(p.open)-1]
	if p.offset > tag.offset {
		p.close(tag)
	}
	return nil
}

// close turns a finished tag with content into an entity.
func (p *htmlParser) close(tag openTag) {
	en := Entity{Offset: tag.offset, Length: p.offset - tag.offset}
	switch tag.name {
	case "b", "strong":
		en.Type = "bold"
	case "i", "em":
		en.Type = "italic"
	case "u", "ins":
		en.Type = "underline"
	case "s", "strike", "del":
		en.Type = "strikethrough"
	case "span", "tg-spoiler":
		en.Type = "spoiler"
	case "code", "pre":
		p.closeCode(tag, en)
		return
	case "a":
		en.Type, en.URL = "text_link", linkOf(tag, p.out.String()[tag.begin:])
		if en.URL == "" {
			return
		}
	case "tg-emoji":
		en.Type, en.CustomEmojiID = "custom_emoji", tag.argument
	case "tg-time":
		en.Type, en.TimeFormat = "date_time", tag.format
		en.UnixTime, _ = strconv.ParseInt(tag.argument, 10, 64)
	case "blockquote":
		en.Type = "blockquote"
		if tag.argument != "" {
			en.Type = "expandable_blockquote"
		}
	}
	p.found = append(p.found, en)
}

// closeCode joins <pre><code class="language-x"> into one entity, as tdlib does.
func (p *htmlParser) closeCode(tag openTag, en Entity) {
	en.Type, en.Language = tag.name, tag.argument
	if n := len(p.found); tag.name == "pre" && n > 0 {
		if last := p.found[n-1]; last.Type == "code" && last.Offset == en.Offset && last.Length == en.Length && last.Language != "" {
			p.found[n-1].Type = "pre"
			return
		}
	}
	if tag.name == "code" && !p.inPre() {
		en.Language = ""
	}
	p.found = append(p.found, en)
}

func (p *htmlParser) inPre() bool {
	return len(p.open) > 0 && p.open[len(p.open)-1].name == "pre"
}

// linkOf is the target of a link; one that is no web or tg address makes no link.
func linkOf(tag openTag, inner string) string {
	url := tag.argument
	if url == "" {
		url = inner
	}
	switch scheme, _, found := strings.Cut(url, "://"); {
	case found && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "tg")):
		return url
	case found || strings.ContainsAny(url, " \n") || !strings.Contains(url, "."):
		return ""
	}
	return "http://" + url
}

// htmlEntity decodes &lt; &gt; &amp; &quot; and numbers; anything else stays text (0 bytes).
func htmlEntity(s string) (rune, int) {
	end := strings.IndexByte(s, ';')
	if end < 2 || end > 12 || s[0] != '&' {
		return 0, 0
	}
	switch name := s[1:end]; name {
	case "lt":
		return '<', end + 1
	case "gt":
		return '>', end + 1
	case "amp":
		return '&', end + 1
	case "quot":
		return '"', end + 1
	default:
		return numericEntity(name, end+1)
	}
}

func numericEntity(name string, length int) (rune, int) {
	digits, ok := strings.CutPrefix(name, "#")
	if !ok {
		return 0, 0
	}
	base := 10
	if hex, ok := strings.CutPrefix(strings.ToLower(digits), "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n == 0 || n >= 0x10ffff {
		return 0, 0
	}
	return rune(n), length
}
