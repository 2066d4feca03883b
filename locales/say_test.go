package locales

import (
	"strings"
	"testing"
	"time"

	"peyk/social"
)

// words makes texts of one's own, so that a test of printing needs no real ones.
func wordsOf(t testing.TB, lang string, texts string) *Words {
	t.Helper()
	w := &Words{langs: map[string]map[string]form{"fa": {}, "en": {}}}
	for key, f := range load(t).langs[lang] { // units, months and the like
		w.langs[lang][key] = f
	}
	if err := w.read(lang+".test.json", []byte(texts)); err != nil {
		t.Fatal(err)
	}
	return w
}

// Every kind of hole, in HTML, for a Persian reader.
func TestHoles(t *testing.T) {
	at := time.Date(2026, 11, 26, 15, 0, 0, 0, time.UTC)
	tests := []struct {
		text  string
		value any
		want  string
	}{
		{"پست {x}", "A & <b>", "پست ⁨A &amp; &lt;b&gt;⁩"},
		{"پست {x}", "{y}", "پست ⁨{y}⁩"}, // a value makes no holes
		{"پست {x}", "\u202ea\u2066b\u2069", "پست ⁨ab⁩"},
		{"پست {x}", "a\nb", "پست ⁨a⁩\n\u200f⁨b⁩"},
		{"متن {x|block}", "a\n\n<۵ و ۶>", "متن a\n\n&lt;۵ و ۶&gt;"},
		{"متن\n{x}", Block("۵ < ۶ &\n12 < 13"), "متن\n\u200f۵ &lt; ۶ &amp;\n\u200f12 &lt; 13"},
		{"کد {x|code}", "@a_b", "کد ⁦@a_b⁩"},
		{`متن <a href="{x|url}">پیوند</a>`, `https://a.b/?c="d"&e`, `متن <a href="https://a.b/?c=&#34;d&#34;&amp;e">پیوند</a>`},
		{"متن {x|raw}", "<b>ب</b>", "متن <b>ب</b>"},
		{"متن {x}", HTML("<b>ب</b>"), "متن <b>ب</b>"},
		{"{x|number} پست", 12500, "\u200f۱۲٬۵۰۰ پست"[3:]},
		{"تغییر {x|number}", -1200, "تغییر ⁦\u200e−۱٬۲۰۰⁩"},
		{"نرخ {x|percent} درصد", 4.84, "نرخ ۴٫۸ درصد"},
		{"نرخ {x|percent} درصد", -0.6, "نرخ ⁦\u200e−۰٫۶⁩ درصد"},
		{"نرخ {x|percent} درصد", 12, "نرخ ۱۲ درصد"},
		{"بازدید {x|compact}", 86_312, "بازدید ۸۶٫۳ هزار"},
		{"هزینه {x|money}", int64(1_250_000), "هزینه ۱۲۵٬۰۰۰ تومان"},
		{"شمارهٔ {x|digits}", uint32(12345), "شمارهٔ ۱۲۳۴۵"},
		{"در {x}", at, "در ⁨پنجشنبه ۵ آذر ۱۴۰۵، ساعت ۱۸:۳۰⁩"},
		{"در {x|moment}", at, "در ⁨پنجشنبه ۵ آذر ۱۴۰۵، ساعت ۱۸:۳۰⁩"},
		{"در {x|day}", at, "در ⁨پنجشنبه ۵ آذر ۱۴۰۵⁩"},
		{"در {x|short_day}", at, "در ⁨۵ آذر⁩"},
		{"در {x|day_clock}", at, "در ⁨پنجشنبه ۵ آذر، ساعت ۱۸:۳۰⁩"},
		{"در {x|clock}", at, "در ⁨۱۸:۳۰⁩"},
		{"در {x|ago}", at, "در ⁨پنجشنبه⁩"},
		{"تا {x|left}", 26 * time.Hour, "تا ۱ روز و ۲ ساعت"},
		{"روز {x}", time.Friday, "روز جمعه"},
		{"روز {x}", Date{1405, 9, 5, social.Jalali}, "روز ⁨پنجشنبه ۵ آذر ۱۴۰۵⁩"},
		{"{x}", "Nobahar", "\u200f⁨Nobahar⁩"}, // a line that is only a value starts at the right
		{"۱. {x}\nپس {x}", "Nobahar", "\u200f۱. ⁨Nobahar⁩\nپس ⁨Nobahar⁩"},
		{"پست {x}", nil, "پست {x}"},
	}
	for _, test := range tests {
		raw := `{"key": "` + strings.NewReplacer("\n", `\n`, `"`, `\"`).Replace(test.text) + `"}`
		p := wordsOf(t, "fa", raw).Printer("fa", tehran(t), social.Jalali).At(now)
		if got := p.Say("key", "x", test.value); got != test.want {
			t.Errorf("%q with %v:\n got %q\nwant %q", test.text, test.value, got, test.want)
		}
	}
}

// What is missing shows itself, is counted, and breaks nothing.
func TestMissing(t *testing.T) {
	w := wordsOf(t, "en", `{"key": "{a} and {b}"}`)
	p := w.Printer("en", nil, "")
	if got := p.Say("no.such<key"); got != "⟨no.such&lt;key⟩" {
		t.Error(got)
	}
	if got := p.Say("key", "a", 1, "b"); got != "1 and {b}" {
		t.Error(got)
	}
	if got := p.Say("key", "b", "a", "a", "b"); got != "⁨b⁩ and ⁨a⁩" {
		t.Error(got) // a value that is called as a name is no name
	}
	if w.Missing() != 2 {
		t.Errorf("%d were missing", w.Missing())
	}
	if got := (Printer{}).Say("key"); got != "⟨key⟩" {
		t.Error(got)
	}
}

// Toasts and labels have no tags and entities; labels no marks either, unless
// they are needed.
func TestPlainAndLabel(t *testing.T) {
	w := wordsOf(t, "fa", `{"key": "<b>پست {x}</b> &amp; متن"}`)
	p := w.Printer("fa", tehran(t), social.Jalali)
	for value, want := range map[string][2]string{
		"نوبهار":    {"پست ⁨نوبهار⁩ & متن", "پست نوبهار & متن"},
		"Nobahar":   {"پست ⁨Nobahar⁩ & متن", "پست ⁨Nobahar⁩ & متن"},
		"<i>&lt;۵>": {"پست ⁨<i>&lt;۵>⁩ & متن", "پست ⁨<i>&lt;۵>⁩ & متن"},
	} {
		if got := p.Plain("key", "x", value); got != want[0] {
			t.Errorf("Plain: got %q, want %q", got, want[0])
		}
		if got := p.Label("key", "x", value); got != want[1] {
			t.Errorf("Label: got %q, want %q", got, want[1])
		}
	}
}

func TestCounts(t *testing.T) {
	texts := `{"key": {"zero": "none", "one": "{n|number} post", "other": "{n|number} posts"}}`
	p := wordsOf(t, "en", texts).Printer("en", nil, "")
	for n, want := range map[any]string{0: "none", 1: "1 post", int64(2): "2 posts", uint8(1): "1 post", -1: "⁦-1⁩ posts"} {
		if got := p.Say("key", "n", n); got != want {
			t.Errorf("%v: got %q, want %q", n, got, want)
		}
	}
}

// A fault in a file names its key.
func TestFaultsInFiles(t *testing.T) {
	for raw, want := range map[string]string{
		`{"a.b": 5}`:                 "a.b",
		`{"a.b": {"one": "x"}}`:      "a.b",
		`{"a.b": {"many": "x"}}`:     "a.b",
		`{"a.b": "{x|nonsense}"}`:    "{x|nonsense}",
		`{"a.b": "{x"}`:              "{x",
		`{"a.b": "{}"}`:              "a.b",
		`{"unit.and": "x"}`:          "unit.and", // a key of another file
		`[]`:                         "array",
		`{"a.b": {"other": "{a b}"}`: "JSON",
	} {
		err := load(t).read("en.test.json", []byte(raw))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want something of %s", raw, err, want)
		}
	}
	if err := load(t).read("de.test.json", []byte(`{}`)); err == nil {
		t.Error("a file of an unknown language was read")
	}
	for _, raw := range []string{`[{"date": "1405-12-30"}]`, `[{"date": "x"}]`, `[{"date": "1405-12-29"}, {"date": "1405-12-29"}]`} {
		if err := load(t).read("holidays.json", []byte(raw)); err == nil {
			t.Errorf("%s was read", raw)
		}
	}
}

func TestGuess(t *testing.T) {
	for code, want := range map[string]string{
		"fa": "fa", "fa-IR": "fa", "FA": "fa", "en": "en", "ar": "en", "ckb": "en", "az-IR": "en", "fas": "en", "": "en",
	} {
		if got := Guess(code); got != want {
			t.Errorf("%q: got %s", code, got)
		}
	}
}

// What people send can never open a tag, leave a direction behind or make a hole.
func FuzzSay(f *testing.F) {
	for _, s := range []string{"<b>", "&amp;", "\u202e\u2067x", "{y}", "a\nb", "\u200f"} {
		f.Add(s)
	}
	p := wordsOf(f, "fa", `{"key": "پست {x} و {y|block}."}`).Printer("fa", time.UTC, social.Jalali)
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "") // as all of Telegram's texts are
		got := p.Say("key", "x", s, "y", s)
		if strings.ContainsAny(got, "<>") || strings.Count(got, fsi) != strings.Count(got, pdi) || strings.ContainsFunc(got, embeds) {
			t.Errorf("%q became %q", s, got)
		}
		if plain := p.Plain("key", "x", s, "y", s); strings.Count(s, "\n") == 0 && !strings.Contains(plain, CleanIncoming(s)) {
			t.Errorf("%q became %q", s, plain)
		}
	})
}

func embeds(r rune) bool { return r >= 0x202a && r <= 0x202e || r == 0x2067 }

func BenchmarkSay(b *testing.B) {
	p := load(b).Printer("fa", tehran(b), social.Jalali)
	for b.Loop() {
		p.Say("review.what", "brand", "کافه نوبهار", "accounts", "@cafe_nobahar")
	}
}

func BenchmarkSayMoment(b *testing.B) {
	p := load(b).Printer("fa", tehran(b), social.Jalali)
	for b.Loop() {
		p.Say("notice.post.moved", "who", "سارا", "brand", "کافه نوبهار", "when", now, "zone", p.ZoneName())
	}
}
