package social

import (
	"strings"
	"testing"
)

func TestHTML(t *testing.T) {
	tests := []struct {
		name string
		text Text
		want string
	}{
		{"escaped", Text{Plain: `1 < 2 & "3"`}, "1 &lt; 2 &amp; &#34;3&#34;"},
		{"bold after an emoji of two units", Text{"🌱 hi", []Mark{{Type: "bold", Offset: 3, Length: 2}}}, "🌱 <b>hi</b>"},
		{"nested", Text{"abc", []Mark{{Type: "italic", Offset: 1, Length: 1}, {Type: "bold", Offset: 0, Length: 3}}}, "<b>a<i>b</i>c</b>"},
		{"straddling is shortened", Text{"abcd", []Mark{{Type: "bold", Offset: 0, Length: 3}, {Type: "italic", Offset: 2, Length: 2}}}, "<b>ab<i>c</i></b>d"},
		{"side by side", Text{"ab", []Mark{{Type: "bold", Offset: 0, Length: 1}, {Type: "italic", Offset: 1, Length: 1}}}, "<b>a</b><i>b</i>"},
		{"link", Text{"go", []Mark{{Type: "text_link", Offset: 0, Length: 2, URL: `https://x.ir/?a="b"`}}}, `<a href="https://x.ir/?a=&#34;b&#34;">go</a>`},
		{"expandable", Text{"q", []Mark{{Type: "expandable_blockquote", Offset: 0, Length: 1}}}, "<blockquote expandable>q</blockquote>"},
		{"unknown marks are left out", Text{"#tag", []Mark{{Type: "hashtag", Offset: 0, Length: 4}}}, "#tag"},
		{"marks beyond the text", Text{"ab", []Mark{{Type: "bold", Offset: 1, Length: 99}, {Type: "bold", Offset: 50, Length: 2}}}, "a<b>b</b>"},
	}
	for _, test := range tests {
		if got := test.text.HTML(); got != test.want {
			t.Errorf("%s: %s", test.name, got)
		}
	}
}

func TestCut(t *testing.T) {
	text := Text{"🌱سلام", []Mark{{Type: "bold", Offset: 2, Length: 4}}}
	cut := text.Cut(3)
	if cut.Plain != "🌱سل" || len(cut.Marks) != 1 || cut.Marks[0].Length != 2 {
		t.Errorf("%+v", cut)
	}
	if text.Marks[0].Length != 4 {
		t.Error("cutting changed the original")
	}
}

func FuzzHTML(f *testing.F) {
	f.Add("سلام <b>", 0, 3, 2, 5)
	f.Fuzz(func(t *testing.T, plain string, a, b, c, d int) {
		text := Text{strings.ToValidUTF8(plain, ""), []Mark{{Type: "bold", Offset: a, Length: b}, {Type: "italic", Offset: c, Length: d}}}
		html := text.HTML()
		if strings.Count(html, "<b>") != strings.Count(html, "</b>") || strings.Count(html, "<i>") != strings.Count(html, "</i>") {
			t.Errorf("unbalanced: %q", html)
		}
	})
}
