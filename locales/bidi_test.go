package locales

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/bidi"

	"peyk/social"
)

// Lines without a strong letter of their own get a mark; others are left alone.
func TestUpright(t *testing.T) {
	for s, want := range map[string]string{
		"پست شما":                   "پست شما",
		"Nobahar":                   "Nobahar", // a caption in English stays so
		"⁨Nobahar⁩":                 "\u200f⁨Nobahar⁩",
		"⁨Nobahar⁩ تأیید شد":        "⁨Nobahar⁩ تأیید شد",
		"۱. ⁨a⁩\n\n✅ پست\n<b>✅</b>": "\u200f۱. ⁨a⁩\n\n✅ پست\n\u200f<b>✅</b>",
		"5 &lt; 6":                  "\u200f5 &lt; 6", // the letters of an entity are none
		"\u200f⁨a⁩":                 "\u200f⁨a⁩",      // never two marks in a row
		"⁨⁦a⁩ b⁩":                   "\u200f⁨⁦a⁩ b⁩",
		"⁩ب":                        "⁩ب",
		"":                          "",
	} {
		if got := Upright(s, "fa"); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
		if got := Upright(s, "en"); got != s {
			t.Errorf("English %q became %q", s, got)
		}
	}
	if got := upright("5 < 6 ب", "fa", false); got != "5 < 6 ب" {
		t.Errorf("plain text has no tags: %q", got)
	}
}

// The letters that are told apart quickly are what Unicode says they are.
func TestStrong(t *testing.T) {
	for r := range rune(0x800) {
		p, _ := bidi.LookupRune(r)
		want := map[bidi.Class]int{bidi.L: 1, bidi.R: -1, bidi.AL: -1}[p.Class()]
		if got := strong(r); got != want {
			t.Errorf("%U: got %d, want %d", r, got, want)
		}
	}
}

func TestIsolate(t *testing.T) {
	for s, want := range map[string]string{"": "", "a": "⁨a⁩", "a\nb": "⁨a⁩\n⁨b⁩"} {
		if got := Isolate(s); got != want {
			t.Errorf("%q: got %q", s, got)
		}
	}
}

func TestCleanIncoming(t *testing.T) {
	for s, want := range map[string]string{
		"\u202aa\u202e\u202c": "a", "\u2066a\u2067b\u2068c\u2069": "abc",
		"می\u200cشود \u200f👨\u200d👩": "می\u200cشود \u200f👨\u200d👩",
	} {
		if got := CleanIncoming(s); got != want {
			t.Errorf("%q: got %q", s, got)
		}
	}
}

// One spelling for comparing and searching.
func TestFold(t *testing.T) {
	for s, want := range map[string]string{
		"علي": "علی", "كيك": "کیک", "خانهٔ": "خانه", "خانۀ": "خانه", "جزيرة": "جزیره", "أحمد": "احمد", "مؤمن": "مومن", "آذر": "اذر",
		"مُحَمَّد": "محمد", "ســـلام": "سلام", "می‌شود": "می شود", "a\u00a0 b\t c": "a b c", "۱۲۳٤٥": "12345", "۴٫۸٪": "4.8%", "۱٬۰۰۰": "1,000",
		"\u200f\u2068Nobahar\u2069": "nobahar", "−۵": "-5", "  ": "",
	} {
		if got := Fold(s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

func TestSteady(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"زبان: /language\n/help":              "زبان: \u200e/language\n\u200e/help",
		"<b>راهنما</b> ۱/۲":                   "<b>راهنما</b> ۱/۲",
		"تلگرام @nobahar":                     "تلگرام \u200e@nobahar",
		"لیلا (@leila)":                       "لیلا (\u200e@leila)",
		"Telegram @nobahar":                   "Telegram @nobahar",
		"بلواسکای " + NoMention("@cafe.test"): "بلواسکای \u200e@\u2060cafe.test",
		"a@b.example":                         "a@b.example",
		"Language: /language":                 "Language: /language",
	} {
		if got := Steady(words); got != want {
			t.Errorf("%q became %q", words, got)
		}
	}
	if got := load(t).Printer("fa", time.UTC, social.Jalali).Say("help.all"); !strings.Contains(got, " \u200e/waiting") {
		t.Errorf("help says %q", got)
	}
}

func TestNoMention(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"@cafe@toot.example": "@\u2060cafe@toot.example", "Café": "Café", "": ""} {
		if got := NoMention(name); got != want {
			t.Errorf("%q became %q", name, got)
		}
	}
}
