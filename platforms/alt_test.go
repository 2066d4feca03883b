package platforms

import (
	"strings"
	"testing"
	"time"

	"peyk/social"
)

// What a description may be, and what is said of one that is missing or too long.
func TestAlt(t *testing.T) {
	said := func(m social.Media, alt string) social.Media { m.Alt = alt; return m }
	own := social.Limits{Alt: 5, At: time.Unix(1, 0)}
	for _, c := range []struct {
		name    string
		account social.Account
		media   []social.Media
		want    string // codes in order; a trailing ? is a hint
	}{
		{"described", social.Account{Platform: social.Bluesky}, []social.Media{said(photo, words(1500))}, ""},
		{"one of two", social.Account{Platform: social.Bluesky}, []social.Media{photo, said(photo, "tea")}, "no_alt?"},
		{"Bluesky has no limit of its own", social.Account{Platform: social.Bluesky}, []social.Media{said(photo, words(1501))}, "alt_too_long?"},
		{"Mastodon refuses 1501", social.Account{Platform: social.Mastodon}, []social.Media{said(photo, words(1501))}, "alt_too_long"},
		{"Mastodon counts code points", social.Account{Platform: social.Mastodon}, []social.Media{said(photo, strings.Repeat("👩🏽‍🚀", 376))}, "alt_too_long"},
		{"its server says less", social.Account{Platform: social.Mastodon, Limits: own}, []social.Media{said(photo, "coffee")}, "alt_too_long"},
		{"a picture sent as a file", social.Account{Platform: social.Mastodon}, []social.Media{said(asFile, words(1501))}, "alt_too_long"},
		{"a film", social.Account{Platform: social.Mastodon}, []social.Media{video}, ""},
		{"by hand", social.Account{Platform: social.Mastodon, ByHand: true}, []social.Media{photo}, ""},
		{"Telegram", social.Account{Platform: social.Telegram}, []social.Media{said(photo, words(1501))}, ""},
	} {
		var codes []string
		for _, i := range Check(c.account, social.Variant{Text: social.Text{Plain: "tea"}, Media: c.media}) {
			code := i.Code
			if !i.Blocks {
				code += "?"
			}
			codes = append(codes, code)
		}
		if got := strings.Join(codes, " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if n, limit := Alt(social.Account{Platform: social.Mastodon, Limits: own}, said(photo, "coffee")); n != 6 || limit != 5 {
		t.Errorf("%d of %d", n, limit)
	}
}
