package platforms

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestCount(t *testing.T) {
	for _, c := range []struct {
		name, text string
		unit       Unit
		want       int
	}{
		{"a Persian letter weighs one on X", strings.Repeat("س", 280), Weighted, 280},
		{"one letter more", strings.Repeat("س", 281), Weighted, 281},
		{"ZWNJ weighs one on X", "می‌خواهم", Weighted, 8},
		{"addresses weigh 23 on X", "example.com and http://پارسی.ایران/x", Weighted, 51},
		{"the ellipsis weighs two on X", "…", Weighted, 2},
		{"a family is one emoji on X", "👨‍👩‍👧‍👦", Weighted, 2},
		{"an emoji newer than the reference", "🧑‍🚀", Weighted, 2},
		{"a decomposed letter is composed first", "e\u0301", Weighted, 1},
		{"emoji are one code point on Telegram", "👍", CodePoints, 1},
		{"emoji are two units elsewhere", "👍", UTF16, 2},
		{"ZWNJ is a code point", "می‌خواهم", CodePoints, 8},
		{"LinkedIn's signs are escaped", "#نوروز (۱۴۰۵) a_b", LittleText, 17 + 4},
		{"plain Persian is not", "سلام دوست من!", LittleText, 13},
		{"invalid bytes count", "a\xffb", UTF16, 3},
		{"nothing", "", Weighted, 0},
		{"an address counts 23 on Mastodon", "https://peyk.ir/a/very/long/path?with=more and http://x.ir", Toots, 23 + 5 + 23},
		{"one without http counts what it is", "peyk.ir", Toots, 7},
		{"of people elsewhere the name counts", "@sara@elsewhere.example, @omid@a.b", Toots, 12},
		{"an e-mail address is nobody", "sara@elsewhere.example", Toots, 22},
		{"readers' characters count there", "می‌خواهم 👩🏽‍🚀", Toots, 9},
	} {
		if got := Count(c.text, c.unit); got != c.want {
			t.Errorf("%s: %s = %d, want %d", c.name, c.unit, got, c.want)
		}
	}
	if n := Graphemes("👨‍👩‍👧‍👦می‌"); n != 3 {
		t.Errorf("graphemes = %d, want 3", n)
	}
}

// The vectors were made with the official twitter-text 3.1.0 (npm).
func TestLikeTwitterText(t *testing.T) {
	data, err := os.ReadFile("testdata/twitter-text.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Text     string
		Length   int
		Hashtags []string
	}
	if err := json.Unmarshal(data, &vectors); err != nil || len(vectors) < 100 {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	for _, v := range vectors {
		if got := Count(v.Text, Weighted); got != v.Length {
			t.Errorf("%q weighs %d, want %d (addresses %q)", v.Text, got, v.Length, Links(v.Text))
		}
		if got := Hashtags(v.Text); !slices.Equal(got, v.Hashtags) {
			t.Errorf("%q has hashtags %q, want %q", v.Text, got, v.Hashtags)
		}
	}
}

func TestTags(t *testing.T) {
	for _, c := range []struct {
		text           string
		tags, mentions []string
	}{
		{"#می‌خواهم و #نوروز_۱۴۰۵.", []string{"می‌خواهم", "نوروز_۱۴۰۵"}, nil},
		{"«#تخفیف»،#ویژه", []string{"تخفیف", "ویژه"}, nil},
		{"#۱۴۰۵ #1405", nil, nil},
		{"رنگ#آبی", nil, nil},
		{"https://a.ir/#section", nil, nil},
		{"با @cafe.nobahar و @ali_99، نه a@b.com", nil, []string{"cafe.nobahar", "ali_99"}},
		{"https://t.me/@x/1 @", nil, nil},
		{"پایان @peyk.", nil, []string{"peyk"}},
	} {
		if got := Hashtags(c.text); !slices.Equal(got, c.tags) {
			t.Errorf("hashtags of %q = %q, want %q", c.text, got, c.tags)
		}
		if got := Mentions(c.text); !slices.Equal(got, c.mentions) {
			t.Errorf("mentions of %q = %q, want %q", c.text, got, c.mentions)
		}
	}
}

// A giant paste must not hold a handler up, whatever it is made of.
func TestCountIsQuick(t *testing.T) {
	for _, part := range []string{"س.", "a.", "..", "a-", "(", "http://a.ir/(", "@", "👍\u200d", "1\ufe0f", "#", "-س.", "س_.ir", "-س.ir", "س.com_", "http://", "/a.ir/(("} {
		text := strings.Repeat(part, 30_000/len(part))
		start := time.Now()
		Count(text, Weighted)
		Hashtags(text)
		Mentions(text)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%q repeated to 30 kB took %s", part, took)
		}
	}
}

func FuzzCount(f *testing.F) {
	f.Add("سلام example.com", "👍🏽 #می‌خواهم")
	f.Add("e\u0301 http://پارسی.ایران/x(", ")?a=\xff")
	f.Add("1\ufe0f\u20e3🇮🇷", "\u200d👩")
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, unit := range []Unit{CodePoints, UTF16, LittleText} {
			whole := Count(a+b, unit)
			// Two halves of a broken character may join, which only shortens.
			if utf8.ValidString(a) && whole < Count(a, unit) {
				t.Errorf("%s of %q falls with %q behind it", unit, a, b)
			}
		}
		valid := utf8.ValidString(a) && utf8.ValidString(b) // NFC is not defined on broken bytes
		if got, want := Count(a+"\n"+b, Weighted), Count(a, Weighted)+1+Count(b, Weighted); valid && got != want {
			t.Errorf("two lines %q, %q weigh %d, want %d", a, b, got, want)
		}
		for _, tag := range Hashtags(a + b) {
			if tag == "" {
				t.Errorf("an empty hashtag in %q", a+b)
			}
		}
		Mentions(a + b)
	})
}
