package locales

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"peyk/social"
)

// sample is a value for a hole, as unfriendly as people's names may be.
func sample(p piece, lang string) any {
	switch p.kind {
	case "raw":
		return map[string]string{"fa": "متن", "en": "text"}[lang]
	case "number", "percent", "compact", "money", "digits":
		return -1_234_567
	case "moment", "day", "short_day", "day_clock", "clock", "ago":
		return now.AddDate(1, 0, 0)
	case "left":
		return 50 * time.Hour
	case "block":
		return "متن <پست>\nو & ادامه"
	}
	return "@Nobahar <Café> & \u202e123"
}

// numbers are those that choose a form each, or show in it.
func numbers(f form) []int {
	shown := slices.ContainsFunc(f.other, func(p piece) bool { return p.name == "n" })
	if f.Zero == "" && f.One == "" && !shown {
		return []int{5}
	}
	return []int{0, 1, 5}
}

// said fills every form of every text with unfriendly values.
func said(t *testing.T, lang string, fn func(p Printer, key string, args []any)) {
	t.Helper()
	w := load(t)
	cal := map[string]social.Calendar{"fa": social.Jalali, "en": social.Gregorian}[lang]
	p := w.Printer(lang, tehran(t), cal).At(now)
	for key, f := range w.langs[lang] {
		for _, n := range numbers(f) {
			args := []any{"n", n}
			for _, part := range f.choose(int64(n), true) {
				if part.name != "" && part.name != "n" {
					args = append(args, part.name, sample(part, lang))
				}
			}
			fn(p, key, args)
		}
	}
	if w.Missing() != 0 {
		t.Errorf("%d values were missing", w.Missing())
	}
}

// Whatever the values are, each line that Persian readers see starts at the right:
// its first strong letter outside isolates is Persian, or a mark.
func TestEveryPersianLineStartsRight(t *testing.T) {
	said(t, "fa", func(p Printer, key string, args []any) {
		if latinAlone(key) {
			return
		}
		for _, text := range []string{strip(p.Say(key, args...)), p.Plain(key, args...)} {
			for _, line := range strings.Split(text, "\n") {
				if line != "" && leads(line) >= 0 {
					t.Errorf("%s: %q", key, line)
				}
			}
		}
	})
}

// leads is the direction of the first strong letter outside isolates, as UAX 9
// finds a line's direction.
func leads(line string) int {
	depth := 0
	for _, r := range line {
		switch {
		case r >= 0x2066 && r <= 0x2068:
			depth++
		case r == 0x2069 && depth > 0:
			depth--
		case depth == 0 && strong(r) != 0:
			return strong(r)
		}
	}
	return 0
}

// Whatever the values are, Telegram can read what we write: only our own tags, each
// & an entity, isolates closed on their line, no two marks in a row, no hole left.
func TestEveryTextIsFitToSend(t *testing.T) {
	tag := regexp.MustCompile(`</?[a-z-]+( [a-z-]+="[^"<>]*")*>|<blockquote expandable>`)
	entity := regexp.MustCompile(`&(lt|gt|amp|quot|#[0-9]+);`)
	marks := regexp.MustCompile("[\u200e\u200f]{2}")
	for _, lang := range []string{"fa", "en"} {
		said(t, lang, func(p Printer, key string, args []any) {
			text := p.Say(key, args...)
			bare := entity.ReplaceAllString(tag.ReplaceAllString(text, ""), "")
			if strings.ContainsAny(bare, "<>&{}⟨") || marks.MatchString(text) || !utf8.ValidString(text) || strings.ContainsFunc(text, embeds) {
				t.Errorf("%s %s: %q", lang, key, text)
			}
			for _, line := range strings.Split(text, "\n") {
				if strings.Count(line, fsi)+strings.Count(line, lri) != strings.Count(line, pdi) {
					t.Errorf("%s %s: an isolate stays open: %q", lang, key, line)
				}
			}
			if label := p.Label(key, args...); strings.HasPrefix(key, "button.") && strings.ContainsAny(label, "{}⟨\n") {
				t.Errorf("%s %s: %q", lang, key, label)
			}
		})
	}
}

// What a lint of words cannot see: spaces where ZWNJ belongs, other spellings of
// the same letter, signs of other scripts.
func TestPersianFineSpelling(t *testing.T) {
	faults := map[string]fault{
		"a plural or ending without ZWNJ": {
			[]string{" ها", " تر", " ام", " اند", " ای"},
			regexp.MustCompile(`\S (ها|های|هایی|هایش|هایتان|تر|ترین|ام|اند|ای)([\s.،؛:؟»]|$)`),
		},
		"ه‌ی instead of هٔ":             {[]string{"ه\u200cی"}, regexp.MustCompile("ه\u200cی[\\s.،؛:؟»]")},
		"the letter ۀ":                  anyOf("ۀ"),
		"a percent sign":                letters("%٪"),
		"straight quotation marks":      letters(`"'“”`),
		"an Arabic digit":               letters("٠١٢٣٤٥٦٧٨٩"),
		"two ZWNJ, or one at an edge":   anyOf(slices.Concat([]string{"\u200c\u200c"}, around("\u200c", ""), around("", "\u200c"))...),
		"a keycap":                      anyOf("\u20e3"),
		"a mark of direction":           letters("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"),
		"no space after a stop":         {[]string{"،", "؛", "؟"}, regexp.MustCompile(`[،؛؟][^\s»)\x{200c}]`)},
		"no hamza in تأیید, مسئول, رأی": anyOf("تایید", "مسول", "مسیول"),
		"a word without ZWNJ": anyOf("پیش نویس", "زمان بندی", "دنبال کننده", "به عنوان", "سه شنبه", "پنج شنبه", "پنج‌شنبه", "پس فردا", "همه ی",
			"دعوت نامه", "گفت وگو", "خوش آمدید‌", "هیچ کدام", "دست کم", "پیام ها", "کوتاه تر"),
	}
	tagOrHole := regexp.MustCompile(`<[^>]*>|\{[^}]*\}`)
	each(load(t), "fa", func(key, text string) {
		text = tagOrHole.ReplaceAllString(text, "")
		for what, fault := range faults {
			if fault.in(text) {
				t.Errorf("%s: %s in %q", key, what, text)
			}
		}
	})
}
