package platforms

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"peyk/social"
)

func TestShorten(t *testing.T) {
	long := strings.Repeat("word ", 60)
	for name, c := range map[string]struct {
		platform   social.Platform
		text, want string
		photo      bool
	}{
		"what fits":       {social.X, "A short one.", "A short one.", false},
		"a sentence":      {social.X, strings.Repeat("A sentence of some length. ", 12), strings.TrimSpace(strings.Repeat("A sentence of some length. ", 10)), false},
		"a word":          {social.X, "First. " + long, strings.TrimSpace("First. "+strings.Repeat("word ", 54)) + "…", false},
		"one long word":   {social.X, strings.Repeat("x", 300), strings.Repeat("x", 300), false},
		"Persian, weighs": {social.X, strings.Repeat("سلام دنیا ", 60), strings.TrimSpace(strings.Repeat("سلام دنیا ", 27)) + " سلام…", false},
		"a caption":       {social.Telegram, strings.Repeat("کلمه ", 300), strings.TrimSpace(strings.Repeat("کلمه ", 204)) + "…", true},
	} {
		v := social.Variant{Text: social.Text{Plain: c.text}}
		if c.photo {
			v.Media = []social.Media{{Kind: social.Photo, Hash: "h"}}
		}
		if got := Shorten(social.Account{Platform: c.platform}, v); got.Plain != c.want {
			t.Errorf("%s: %q (%d), want %q (%d)", name, got.Plain, got.Len(), c.want, len([]rune(c.want)))
		}
	}
}

// What comes back fits and is a beginning of the text, or is the text; its marks lie
// within it.
func TestShortenFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("ab .\n؟سلا👩‍💻https://x.ir ")), 1, 600, -1).Draw(t, "text")
		a := social.Account{Platform: rapid.SampledFrom([]social.Platform{
			social.X, social.Telegram, social.Bluesky, social.LinkedIn, social.Mastodon,
		}).Draw(t, "platform")}
		v := social.Variant{Text: social.Text{Plain: text, Marks: []social.Mark{{Type: "bold", Offset: 0, Length: len(text)}}}}
		got := Shorten(a, v)
		if got.Plain != text && (!fits(a, v, got) || !strings.HasPrefix(text, strings.TrimSuffix(got.Plain, "…"))) {
			t.Fatalf("%q is no fitting beginning of %q", got.Plain, text)
		}
	})
}
