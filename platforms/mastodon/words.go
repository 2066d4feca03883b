package mastodon

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"
)

// maxContent is how much HTML of one post is read, in bytes.
const maxContent = 256 << 10

// PlainText is what a reader sees of a post's HTML: paragraphs, line breaks, lists,
// and the names of custom emoji. An address that hides behind other words stands in
// brackets after them, so that nobody is led astray.
func PlainText(content string) string {
	t := &teller{links: true}
	t.tell(content)
	return t.done()
}

// A teller turns HTML into text, token by token: what is broken in the HTML is no
// worse than that in the text.
type teller struct {
	b      strings.Builder
	links  bool   // tell where words lead
	mute   int    // inside what is not to be read
	pre    int    // inside what keeps its spaces
	gap    string // what stands between here and what comes next
	href   string // of the link that is open; empty: none that is worth telling
	anchor int    // where its words begin
}

func (t *teller) tell(content string) {
	z := html.NewTokenizer(strings.NewReader(strings.ToValidUTF8(content[:min(len(content), maxContent)], "\uFFFD")))
	z.SetMaxBuf(maxContent)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			t.text(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			t.open(z.Token())
		case html.EndTagToken:
			t.close(z.Token())
		}
	}
}

func (t *teller) done() string {
	t.endLink()
	return strings.TrimSpace(t.b.String())
}

// text writes words. In HTML all white space is one space.
func (t *teller) text(s string) {
	if t.mute > 0 {
		return
	}
	for _, r := range s {
		switch {
		case r == '\n' && t.pre > 0:
			t.breaks("\n")
		case r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' || r == '\v':
			t.breaks(" ")
		case unicode.IsControl(r) || r == '\uFEFF':
		default:
			t.put(string(r))
		}
	}
}

// put writes what people see.
func (t *teller) put(s string) {
	if t.b.Len() > 0 {
		t.b.WriteString(t.gap)
	}
	t.gap = ""
	t.b.WriteString(s)
}

// breaks asks for a gap before whatever comes next: the widest one counts.
func (t *teller) breaks(gap string) {
	switch {
	case t.pre > 0 && gap == " ", gap == "\n" && strings.HasPrefix(t.gap, "\n") && len(t.gap) < 2:
		t.gap += gap
	case len(gap) > len(t.gap), gap == "\n" && t.gap == " ":
		t.gap = gap
	}
}

func (t *teller) open(token html.Token) {
	switch token.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Title:
		if token.Type == html.StartTagToken {
			t.mute++
		}
	case atom.Br:
		t.breaks("\n")
	case atom.P, atom.Div, atom.Blockquote, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol:
		t.breaks("\n\n")
	case atom.Pre:
		t.breaks("\n\n")
		t.pre++
	case atom.Li:
		t.breaks("\n")
		t.put("• ")
	case atom.Img:
		t.text(attribute(token, "alt"))
	case atom.A:
		t.endLink()
		t.beginLink(token)
	}
}

func (t *teller) close(token html.Token) {
	switch token.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Title:
		t.mute = max(t.mute-1, 0)
	case atom.Pre:
		t.pre = max(t.pre-1, 0)
		t.breaks("\n\n")
	case atom.P, atom.Div, atom.Blockquote, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol:
		t.breaks("\n\n")
	case atom.A:
		t.endLink()
	}
}

// beginLink keeps where a link leads, unless it is a mention or a hashtag.
func (t *teller) beginLink(token html.Token) {
	class := strings.Fields(attribute(token, "class"))
	for _, c := range class {
		if c == "mention" || c == "hashtag" || c == "u-url" {
			return
		}
	}
	href := strings.TrimSpace(attribute(token, "href"))
	if !t.links || t.mute > 0 || !strings.HasPrefix(href, "https://") && !strings.HasPrefix(href, "http://") {
		return
	}
	t.href, t.anchor = strings.Join(strings.Fields(href), ""), t.b.Len()
}

// endLink says where a link leads whose words do not say it.
func (t *teller) endLink() {
	href := t.href
	if t.href = ""; href == "" {
		return
	}
	words := strings.TrimSpace(t.b.String()[t.anchor:])
	if words == "" || strings.HasPrefix(words, "@") || strings.HasPrefix(words, "#") || bare(words) == bare(href) {
		return
	}
	t.breaks(" ")
	t.text("(" + href + ")")
}

// bare is an address without what makes no difference to a reader.
func bare(address string) string {
	for _, scheme := range []string{"https://", "http://"} {
		address = strings.TrimPrefix(address, scheme)
	}
	return strings.TrimSuffix(strings.TrimPrefix(address, "www."), "/")
}

func attribute(token html.Token, name string) string {
	for _, a := range token.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// elsewhere is the server in a full handle, which servers leave out where they show
// a mention.
var elsewhere = regexp.MustCompile(`(@[\p{L}\p{N}_][\p{L}\p{N}_.-]*)@[\p{L}\p{N}][\p{L}\p{N}.:-]*`)

// essence is what stays of a text on every server: its letters and signs, in one
// spelling, without spaces and without the servers of who is mentioned.
func essence(text string) string {
	text = elsewhere.ReplaceAllString(norm.NFC.String(strings.ToValidUTF8(text, "\uFFFD")), "$1")
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text)
}

// shows tells whether a post's HTML shows the text.
func shows(content, text string) bool {
	t := &teller{}
	t.tell(content)
	return essence(t.done()) == essence(text)
}
