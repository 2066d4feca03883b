package mastodon_test

import (
	"encoding/json"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"peyk/platforms/mastodon"
	"peyk/platforms/mastodon/mastodontest"
)

func TestPlainText(t *testing.T) {
	for _, c := range []struct{ content, want string }{
		{"", ""},
		{"<p>سلام</p>", "سلام"},
		{"<p>یک<br>دو<br />سه</p><p>چهار</p>", "یک\nدو\nسه\n\nچهار"},
		{"<p>یک</p>\n\n<p>دو</p>", "یک\n\nدو"},
		{"<p>a &amp; b &lt;b&gt; &#39;c&#39; &nbsp;d</p>", "a & b <b> 'c' \u00a0d"},
		{`<p><span class="h-card"><a href="https://x.example/@cafe" class="u-url mention">@<span>cafe</span></a></span> سلام</p>`, "@cafe سلام"},
		{`<p><a href="https://x.example/tags/a" class="mention hashtag" rel="tag">#<span>نوروز</span></a></p>`, "#نوروز"},
		{`<p><a href="https://peyk.example/a/b"><span class="invisible">https://</span><span class="ellipsis">peyk.example/a</span><span class="invisible">/b</span></a></p>`, "https://peyk.example/a/b"},
		{`<p><a href="https://peyk.example/">peyk.example</a></p>`, "peyk.example"},
		{`<p><a href="https://evil.example/x">جایزه</a> ببرید</p>`, "جایزه (https://evil.example/x) ببرید"},
		{`<a href="https://evil.example">https://bank.example</a>`, "https://bank.example (https://evil.example)"},
		{`<a href="javascript:alert(1)">اینجا</a>`, "اینجا"},
		{"<ul><li>یک</li><li>دو</li></ul>", "• یک\n• دو"},
		{"<blockquote><p>نقل</p></blockquote><p>پاسخ</p>", "نقل\n\nپاسخ"},
		{"<pre><code>a\n  b</code></pre>", "a\n  b"},
		{`<p>خوب <img src="x" alt=":cat:"> است</p>`, "خوب :cat: است"},
		{"<p>سلام<script>alert('x')</script><style>p{}</style></p>", "سلام"},
		{"<p>می‌خواهم \u202eقلب\u202c \x00\x07!</p>", "می‌خواهم \u202eقلب\u202c !"},
		{"متن بی‌برچسب <", "متن بی‌برچسب <"},
		{"<p>ناتمام <b>پررنگ", "ناتمام پررنگ"},
		{"<p>a   \n\t b</p>", "a b"},
		{"\xff\xfe<p>a</p>", "\uFFFD\n\na"},
	} {
		if got := mastodon.PlainText(c.content); got != c.want {
			t.Errorf("%q shows %q, want %q", c.content, got, c.want)
		}
	}
}

// Whatever a server sends, what comes out is text that can be stored and shown; and
// what was only text comes out as it was.
func FuzzPlainText(f *testing.F) {
	for _, seed := range []string{
		"<p>سلام</p>", "<p>a<br>b", "<a href='https://x'>y</a>", "<pre> a\n\n\n b</pre>", "<li><li>", "&#0;&#x1F468;&zwnj;", "<!--", "<script>",
		"<p></p><p></p>", "<svg><title>", "<plaintext>", "<a href=https://x><a href=https://y>z", "<textarea><p>a</p>", "\u202e<p>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := mastodon.PlainText(s)
		if !utf8.ValidString(got) || got != strings.TrimSpace(got) {
			t.Errorf("%q gives %q", s, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) && r != '\n' {
				t.Errorf("%q gives a control character: %q", s, got)
			}
		}
		if len(got) > 8*len(s)+16 {
			t.Errorf("%d bytes become %d", len(s), len(got))
		}
		words := strings.Join(strings.Fields(strings.Map(func(r rune) rune {
			if unicode.IsControl(r) && !unicode.IsSpace(r) || r == '\uFEFF' {
				return -1
			}
			return r
		}, strings.ToValidUTF8(s, "\uFFFD"))), " ")
		if back := mastodon.PlainText(html.EscapeString(words)); strings.Join(strings.Fields(back), " ") != words {
			t.Errorf("the text %q comes back as %q", words, back)
		}
	})
}

// Whatever the connector refuses with is told in both languages.
func TestRefusalsHaveWords(t *testing.T) {
	for _, language := range []string{"fa", "en"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "locales", language+".issue.json"))
		words := map[string]string{}
		if err != nil || json.Unmarshal(data, &words) != nil {
			t.Fatal(err)
		}
		for _, code := range []string{
			mastodon.CodeRefused, mastodon.CodeBadFile, mastodon.CodeMediaMissing, mastodon.CodeBadServer, mastodon.CodeBadCode,
			mastodon.CodeCannotHide, mastodon.CodePostGone, mastodon.CodeOther, mastodon.CodeForgotten,
		} {
			if words["reason."+code] == "" {
				t.Errorf("%s: no words for %s", language, code)
			}
		}
	}
}

// An answer is read without the handle of whom it answers; other names stay.
func TestAddressed(t *testing.T) {
	r := newRig(t, mastodontest.Options{})
	r.server.Guest("sara@elsewhere.example", "Sara")
	for text, want := range map[string]string{
		"@cafe سلام": "سلام", "@Cafe  hello": "hello", "@cafe": "@cafe", "سلام @cafe": "سلام @cafe", "@cafeteria hello": "@cafeteria hello",
	} {
		id := r.server.Say(mastodontest.Saying{By: "sara@elsewhere.example", Text: text})
		found, _, _, err := r.Poll(t.Context(), r.account, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range found {
			if h.Remote == id && h.Text != want {
				t.Errorf("%q is read as %q", text, h.Text)
			}
		}
	}
}
