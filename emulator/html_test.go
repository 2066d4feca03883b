package emulator

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestHTML(t *testing.T) {
	for _, c := range []struct {
		src, text string
		entities  []Entity
	}{
		{"&lt;b&gt; &amp;amp; &quot; &#1587; &#x1F600; &nbsp; & ;", `<b> &amp; " س 😀 &nbsp; & ;`, nil},
		{"a <b>b</b>", "a b", []Entity{{Type: "bold", Offset: 2, Length: 1}}},
		{"😀<i>سلام</i>", "😀سلام", []Entity{{Type: "italic", Offset: 2, Length: 4}}},
		{"<B><em>x</em>y</>", "xy", []Entity{{Type: "bold", Offset: 0, Length: 2}, {Type: "italic", Offset: 0, Length: 1}}},
		{"<u>u</u><s>s</s><ins>i</ins><del>d</del>", "usid", []Entity{{Type: "underline", Length: 1}, {Type: "strikethrough", Offset: 1, Length: 1},
			{Type: "underline", Offset: 2, Length: 1}, {Type: "strikethrough", Offset: 3, Length: 1}}},
		{`<span class="tg-spoiler">s</span><tg-spoiler>t</tg-spoiler>`, "st", []Entity{{Type: "spoiler", Length: 1}, {Type: "spoiler", Offset: 1, Length: 1}}},
		{`<a href="https://e.org/?a=1&amp;b=2">x</a>`, "x", []Entity{{Type: "text_link", Length: 1, URL: "https://e.org/?a=1&b=2"}}},
		{`<a href="javascript:x">x</a>`, "x", nil},
		{`<pre><code class="language-go">x</code></pre>`, "x", []Entity{{Type: "pre", Length: 1, Language: "go"}}},
		{`<code class="language-go">x</code>`, "x", []Entity{{Type: "code", Length: 1}}},
		{"<blockquote>q</blockquote>", "q", []Entity{{Type: "blockquote", Length: 1}}},
		{"<blockquote expandable>q</blockquote>", "q", []Entity{{Type: "expandable_blockquote", Length: 1}}},
		{`<tg-time unix="1647531900" format="wDT">then</tg-time>`, "then", []Entity{{Type: "date_time", Length: 4, UnixTime: 1647531900, TimeFormat: "wDT"}}},
		{`<tg-emoji emoji-id="53">👍</tg-emoji>`, "👍", []Entity{{Type: "custom_emoji", Length: 2, CustomEmojiID: "53"}}},
		{"<b></b>x", "x", nil},
		{"  <b> x </b>  ", "x", []Entity{{Type: "bold", Length: 1}}},
	} {
		text, entities, err := format(c.src, "HTML", "")
		if err != nil || text != c.text {
			t.Errorf("%s: %q, %v", c.src, text, err)
		}
		if d := cmp.Diff(c.entities, entities); d != "" {
			t.Errorf("%s: %s", c.src, d)
		}
	}
}

func TestHTMLFaults(t *testing.T) {
	for src, want := range map[string]string{
		"<p>x</p>":             `Unsupported start tag "p" at byte offset 0`,
		"سلام <br>":            `Unsupported start tag "br" at byte offset 9`,
		"a < b":                `Unsupported start tag "" at byte offset 2`,
		"a <b":                 `Unclosed start tag at byte offset 2`,
		"<b>x":                 `Can't find end tag corresponding to start tag "b"`,
		"x</b>":                `Unexpected end tag at byte offset 1`,
		"<b><i>x</b></i>":      `Unmatched end tag at byte offset 7, expected "</i>", found "</b>"`,
		"<b>x</b":              `Unclosed end tag at byte offset 4`,
		"<span>x</span>":       `Tag "span" must have class "tg-spoiler" at byte offset 0`,
		`<a href>x</a>`:        `Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0`,
		`<a href=x_y>x</a>`:    `Unexpected end of name token at byte offset 8`,
		`<a ="x">x</a>`:        `Empty attribute name in the tag "a" at byte offset 0`,
		`<a href="x>y`:         `Unclosed start tag at byte offset 0`,
		`<a href=`:             `Unclosed start tag "a" at byte offset 0`,
		`<tg-time>x</tg-time>`: `Tag "tg-time" must have a valid "unix" attribute at byte offset 0`,
	} {
		_, _, err := format(src, "HTML", "")
		if err == nil || err.Error() != "Bad Request: can't parse entities: "+want {
			t.Errorf("%s: %v, want %s", src, err, want)
		}
	}
}

func FuzzHTML(f *testing.F) {
	f.Add("<b>x</b>")
	f.Add("<a href='&#x")
	f.Fuzz(func(t *testing.T, src string) {
		text, entities, err := format(src, "HTML", "")
		for _, en := range entities {
			if err == nil && checkEntity(en, runeEdges(text), units(text)) != nil {
				t.Errorf("%q: %+v does not fit %q", src, en, text)
			}
		}
	})
}

// A command is found as Telegram finds it: offsets in UTF-16, ended by what is no letter or digit of any script.
func TestDetectedEntities(t *testing.T) {
	for _, c := range []struct {
		text string
		want []Entity
	}{
		{"/start abc", []Entity{{Type: "bot_command", Length: 6}}},
		{"/start،سلام", []Entity{{Type: "bot_command", Length: 6}}},
		{"/start\u200cabc", []Entity{{Type: "bot_command", Length: 6}}},
		{"/startسلام", nil},
		{"😀 /help@peyk_bot", []Entity{{Type: "bot_command", Offset: 3, Length: 14}}},
		{"a/b 1/2 //x", nil},
		{"@\u2060sara", nil}, // a joiner stands between
		{"@sara #نوروز https://e.org/a.", []Entity{{Type: "mention", Length: 5}, {Type: "hashtag", Offset: 6, Length: 6}, {Type: "url", Offset: 13, Length: 15}}},
		{"https://e.org/#tag", []Entity{{Type: "url", Length: 18}}},
		{"a@b.com", []Entity{{Type: "email", Length: 7}}},
	} {
		_, got := withDetected(c.text, nil)
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.text, d)
		}
	}
}

// What Telegram takes out of a text is gone, and the entities stay with their words.
func TestClean(t *testing.T) {
	for _, c := range []struct {
		text, want string
		at         Entity
		entities   []Entity
	}{
		{"سلام دنیا", "سلام دنیا", Entity{Offset: 5, Length: 4}, []Entity{{Offset: 5, Length: 4}}},
		{"سلام", "سلام", Entity{Offset: 2}, nil},
		{"a\r\n\tb", "a\n b", Entity{Offset: 4, Length: 1}, []Entity{{Offset: 3, Length: 1}}},
		{"\x00ab", "ab", Entity{Offset: 1, Length: 1}, []Entity{{Length: 1}}},
		{"a\u2028b", "ab", Entity{Offset: 1, Length: 1}, nil},
		{"\u200e😀\u200e\u200f\u200eb", "\u200e😀\u200c\u200c\u200eb", Entity{Offset: 6, Length: 1}, []Entity{{Offset: 6, Length: 1}}},
		{"a\xffb", "a\ufffdb", Entity{Offset: 2, Length: 1}, []Entity{{Offset: 2, Length: 1}}},
	} {
		text, entities := cleanFormatted(c.text, []Entity{c.at})
		if text != c.want || !cmp.Equal(entities, c.entities, cmpopts.EquateEmpty()) {
			t.Errorf("%q: %q %+v, want %q %+v", c.text, text, entities, c.want, c.entities)
		}
	}
}
