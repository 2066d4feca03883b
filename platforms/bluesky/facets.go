package bluesky

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"peyk/platforms"
	"peyk/social"
)

// A facet makes a stretch of a text a link, a mention or a hashtag. Its offsets
// are bytes of the text's UTF-8 (app.bsky.richtext.facet, bluesky-social/atproto
// d6296a1cfd, 2026-08-20).
type facet struct {
	Index    byteSlice `json:"index"`
	Features []feature `json:"features"`
}

type byteSlice struct {
	Start int `json:"byteStart"`
	End   int `json:"byteEnd"`
}

type feature struct {
	Type string `json:"$type"`
	URI  string `json:"uri,omitempty"` // of a link
	DID  string `json:"did,omitempty"` // of a mention
	Tag  string `json:"tag,omitempty"` // of a hashtag, without its sign
}

// The limits of a hashtag (app.bsky.richtext.facet#tag, as above).
const (
	maxTagGraphemes = 64
	maxTagBytes     = 640
)

// A resolver finds the account behind a handle; "" when there is none.
type resolver func(ctx context.Context, handle string) (did string, err error)

// facetsOf finds what can be tapped in the text, in order and without overlaps:
// addresses behind words first, then addresses, mentions and hashtags as they are
// written. A mention of nobody stays a word.
func facetsOf(ctx context.Context, t social.Text, find resolver) ([]facet, error) {
	found := &finding{text: t.Plain}
	found.marked(t)
	found.links()
	if err := found.mentions(ctx, find); err != nil {
		return nil, err
	}
	found.tags()
	slices.SortFunc(found.facets, func(a, b facet) int { return a.Index.Start - b.Index.Start })
	return found.facets, nil
}

type finding struct {
	text   string
	facets []facet
}

// add keeps a facet, unless something stands there already.
func (f *finding) add(from, to int, what feature) {
	taken := slices.ContainsFunc(f.facets, func(other facet) bool { return from < other.Index.End && other.Index.Start < to })
	if from < to && !taken {
		f.facets = append(f.facets, facet{Index: byteSlice{from, to}, Features: []feature{what}})
	}
}

func (f *finding) link(from, to int, address string) {
	f.add(from, to, feature{Type: "app.bsky.richtext.facet#link", URI: address})
}

// marked takes over the addresses that stand behind words.
func (f *finding) marked(t social.Text) {
	for _, m := range t.Marks {
		if m.Type != "text_link" || !webAddress(m.URL) {
			continue
		}
		from, to := byteAt(f.text, m.Offset), byteAt(f.text, m.Offset+m.Length)
		f.link(from, to, m.URL)
	}
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && !strings.ContainsFunc(s, unicode.IsSpace)
}

// byteAt returns the byte at which the UTF-16 unit n of s is: never within a
// character, never outside of the text.
func byteAt(s string, n int) int {
	units := 0
	for i, r := range s {
		size := 1
		if r > 0xFFFF {
			size = 2
		}
		if units+size > n {
			return i
		}
		units += size
	}
	return len(s)
}

// links finds addresses with and without https:// in front.
func (f *finding) links() {
	for _, at := range platforms.LinkSpans(f.text) {
		at.To = f.stretched(at)
		address := f.text[at.From:at.To]
		if !strings.Contains(strings.ToLower(address[:min(len(address), len("https://"))]), "://") {
			address = "https://" + address
		}
		f.link(at.From, at.To, address)
	}
}

// stretched returns the end of an address whose path goes on in letters that are
// not Latin, as those of Persian pages do.
func (f *finding) stretched(at platforms.Span) int {
	host := f.text[at.From:at.To]
	if i := strings.Index(host, "://"); i >= 0 {
		host = host[i+len("://"):]
	}
	if !strings.ContainsAny(host, "/?") {
		return at.To
	}
	rest := f.text[at.To:]
	if end := strings.IndexFunc(rest, endsAddress); end >= 0 {
		rest = rest[:end]
	}
	more := strings.TrimRightFunc(rest, func(r rune) bool { return unicode.IsPunct(r) && r != '/' || r == zwnj })
	return at.To + len(more)
}

const zwnj = '\u200c'

// endsAddress tells whether an address cannot go on with r: a space, a quotation
// mark, a bracket, or a sign that nobody sees (a joiner of letters is part of them).
func endsAddress(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != zwnj && r != '\u200d' ||
		strings.ContainsRune("«»\"<>()“”‘’", r) || r == utf8.RuneError
}

// handle is the shape of a handle (atproto.com/specs/handle, syntax package of
// bluesky-social/atproto d6296a1cfd): labels with dots, the last begins with a
// letter.
var handle = regexp.MustCompile(`^@([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?`)

// maxMentions bounds how many different handles of one text are looked up.
const maxMentions = 30

// mentions finds handles and whose they are.
func (f *finding) mentions(ctx context.Context, find resolver) error {
	known := map[string]string{}
	for from := 0; from < len(f.text); {
		next := strings.IndexByte(f.text[from:], '@')
		if next < 0 {
			return nil
		}
		from += next
		name := handle.FindString(f.text[from:])
		if name == "" || !f.mayMention(from, from+len(name)) {
			from++
			continue
		}
		did, err := lookUp(ctx, known, strings.ToLower(name[1:]), find)
		if err != nil {
			return err
		}
		if did != "" {
			f.add(from, from+len(name), feature{Type: "app.bsky.richtext.facet#mention", DID: did})
		}
		from += len(name)
	}
	return nil
}

// mayMention tells whether what stands around a handle lets it be one: it is not
// the end of an e-mail address, nor the beginning of a longer word.
func (f *finding) mayMention(from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(f.text[:from])
	after, _ := utf8.DecodeRuneInString(f.text[to:])
	latin := func(r rune) bool { return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
	return (from == 0 || !latin(before) && !strings.ContainsRune("_-.+@/", before)) &&
		(to == len(f.text) || !latin(after) && !strings.ContainsRune("_@/", after))
}

func lookUp(ctx context.Context, known map[string]string, name string, find resolver) (string, error) {
	did, ok := known[name]
	if ok || len(known) == maxMentions {
		return did, nil
	}
	did, err := find(ctx, name)
	known[name] = did
	return did, err
}

// tags finds hashtags. A joiner within one is part of it, as people who write
// Persian mean it.
func (f *finding) tags() {
	for _, at := range platforms.HashtagSpans(f.text) {
		_, sign := utf8.DecodeRuneInString(f.text[at.From:])
		tag := f.text[at.From+sign : at.To]
		if len(tag) <= maxTagBytes && platforms.Graphemes(tag) <= maxTagGraphemes {
			f.add(at.From, at.To, feature{Type: "app.bsky.richtext.facet#tag", Tag: tag})
		}
	}
}
