package bluesky_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"peyk/emulator/sky"
	"peyk/platforms"
	"peyk/platforms/bluesky"
	"peyk/social"
)

// facets publishes nothing: it prepares a text and reads what would be tapped, as
// "words=>target".
func facets(t *testing.T, r *rig, text social.Text) []string {
	t.Helper()
	in := r.intent("")
	in.Variant.Text = text
	stage, err := r.Prepare(t.Context(), in)
	if err != nil {
		t.Fatalf("%q: %v", text.Plain, err)
	}
	var record struct {
		Text   string
		Facets []sky.Facet
	}
	if err := json.Unmarshal(stage, &record); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range record.Facets {
		target := f.Features[0]["uri"] + f.Features[0]["tag"] + f.Features[0]["did"]
		found = append(found, record.Text[f.Index.ByteStart:f.Index.ByteEnd]+"=>"+target)
	}
	return found
}

func TestFacets(t *testing.T) {
	n := newNetwork(t, "cafe.test", "ali-reza.test")
	r := newRig(t, n.URL, "cafe.test", sky.Password)
	ali := n.DID("ali-reza.test")
	for _, c := range []struct {
		text string
		want []string
	}{
		{"سلام دنیا", nil},
		{"منو: https://cafe.ir/menu?x=1.", []string{"https://cafe.ir/menu?x=1=>https://cafe.ir/menu?x=1"}},
		{"سایت ما peyk.ir است، و Peyk.IR هم.", []string{"peyk.ir=>https://peyk.ir", "Peyk.IR=>https://Peyk.IR"}},
		{"HTTP://A.ir/x", []string{"HTTP://A.ir/x=>HTTP://A.ir/x"}},
		{"«https://fa.wikipedia.org/wiki/تهران»", []string{"https://fa.wikipedia.org/wiki/تهران=>https://fa.wikipedia.org/wiki/تهران"}},
		{"https://fa.wikipedia.org/wiki/می‌خواهم، بله", []string{"https://fa.wikipedia.org/wiki/می‌خواهم=>https://fa.wikipedia.org/wiki/می‌خواهم"}},
		{"cafe.ir/قیمت‌ها؟", []string{"cafe.ir/قیمت‌ها=>https://cafe.ir/قیمت‌ها"}},
		{"peyk.ir؛ یا peyk.irرا", []string{"peyk.ir=>https://peyk.ir", "peyk.ir=>https://peyk.ir"}},
		{"https://a.ir/x\u200f بعد", []string{"https://a.ir/x=>https://a.ir/x"}},
		{"#می‌خواهم و #نوروز_۱۴۰۵!", []string{"#می‌خواهم=>می‌خواهم", "#نوروز_۱۴۰۵=>نوروز_۱۴۰۵"}},
		{"👨‍👩‍👧‍👦 #خانواده 🇮🇷#ایران", []string{"#خانواده=>خانواده", "#ایران=>ایران"}},
		{"رنگ#آبی و https://a.ir/#بخش", []string{"https://a.ir/#بخش=>https://a.ir/#بخش"}},
		{"#" + strings.Repeat("س", 65), nil},
		{"#" + strings.Repeat("س", 64), []string{"#" + strings.Repeat("س", 64) + "=>" + strings.Repeat("س", 64)}},
		{"با @ali-reza.test، و @nobody.test", []string{"@ali-reza.test=>" + ali}},
		{"@Ali-Reza.test!", []string{"@Ali-Reza.test=>" + ali}},
		{"(@ali-reza.test) @ali-reza.test.", []string{"@ali-reza.test=>" + ali, "@ali-reza.test=>" + ali}},
		{"نامه به x@ali-reza.test یا @cafe", nil},
		{"x@peyk.ir", nil},
	} {
		if got := facets(t, r, social.Text{Plain: c.text}); !slices.Equal(got, c.want) {
			t.Errorf("%q:\n got %q\nwant %q", c.text, got, c.want)
		}
	}
	if k := n.Count("com.atproto.identity.resolveHandle"); k > 7 {
		t.Errorf("%d look-ups: one text asks once for a handle", k)
	}
}

func TestHiddenLinks(t *testing.T) {
	r := newRig(t, newNetwork(t, "cafe.test").URL, "cafe.test", sky.Password)
	for _, c := range []struct {
		text  string
		marks []social.Mark
		want  []string
	}{
		{"👍 منوی نوروز را ببین", []social.Mark{{Type: "text_link", Offset: 3, Length: 10, URL: "https://cafe.ir/m"}},
			[]string{"منوی نوروز=>https://cafe.ir/m"}},
		{"سلام", []social.Mark{{Type: "text_link", Offset: 0, Length: 4, URL: "tg://user?id=1"}}, nil},
		{"سلام", []social.Mark{{Type: "text_link", Offset: 0, Length: 4, URL: "javascript:alert(1)"}}, nil},
		{"peyk.ir", []social.Mark{{Type: "text_link", Offset: 0, Length: 7, URL: "https://a.ir"}}, []string{"peyk.ir=>https://a.ir"}},
		{"👍", []social.Mark{{Type: "text_link", Offset: 1, Length: 1, URL: "https://a.ir"}}, []string{"👍=>https://a.ir"}},
		{"سلام", []social.Mark{{Type: "text_link", Offset: 2, Length: 90, URL: "https://a.ir"}, {Type: "bold", Length: 4}}, []string{"ام=>https://a.ir"}},
		{"س", []social.Mark{{Type: "text_link", Offset: -3, Length: 1, URL: "https://a.ir"}}, nil},
	} {
		if got := facets(t, r, social.Text{Plain: c.text, Marks: c.marks}); !slices.Equal(got, c.want) {
			t.Errorf("%q %v:\n got %q\nwant %q", c.text, c.marks, got, c.want)
		}
	}
}

// FuzzFacets: whatever people write, each facet lies within the text, on borders of
// characters, and behind the one before it.
func FuzzFacets(f *testing.F) {
	for _, seed := range []string{
		"سلام #نوروز peyk.ir @a.test", "👨‍👩‍👧‍👦#می‌خواهم‌", "https://a.ir/س‌،» ", "\xff#a\xd8 peyk.ir/\xd8", "@a.b@c.d", "＃تگ ＠x.ir",
		"http://", "#", "@", "a.ir/(س(", "\u202ea.ir/\u2066ب",
	} {
		f.Add(seed, 1, 3)
	}
	f.Fuzz(func(t *testing.T, plain string, offset, length int) {
		text := social.Text{Plain: plain, Marks: []social.Mark{{Type: "text_link", Offset: offset, Length: length, URL: "https://a.ir"}}}
		body, found, err := bluesky.Facets(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		end := 0
		for _, at := range found {
			if at[0] < end || at[1] <= at[0] || at[1] > len(body) || !sky.Border(body, at[0]) || !sky.Border(body, at[1]) {
				t.Errorf("%q: %v behind %d", body, at, end)
			}
			end = at[1]
		}
		if !utf8.ValidString(body) {
			t.Errorf("%q is no text", body)
		}
	})
}

// Who cannot be looked up for now puts the post off; who does not exist does not.
func TestMentionsWhenTheServerFails(t *testing.T) {
	n := newNetwork(t, "cafe.test")
	r := newRig(t, n.URL, "cafe.test", sky.Password)
	n.Fail("com.atproto.identity.resolveHandle", sky.Answer{Status: 502, Name: "UpstreamFailure"})
	_, err := r.Prepare(t.Context(), r.intent("@cafe.test"))
	var later *platforms.Transient
	if !errors.As(err, &later) {
		t.Errorf("a look-up that fails gives %v", err)
	}
	n.Fail("com.atproto.identity.resolveHandle", sky.Answer{Status: 400, Name: "InvalidRequest"})
	if got := facets(t, r, social.Text{Plain: "@cafe.test"}); got != nil {
		t.Errorf("nobody is mentioned as %q", got)
	}
}
