package social

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestSentimentJudge(t *testing.T) {
	tests := []struct {
		name, text string
		mood       Mood
		why        []string
	}{
		{"praise", "خیلی خوشمزه بود", Positive, []string{"خوشمزه"}},
		{"denied at the end", "اصلا خوب نبود", Negative, []string{"خوب نبود"}},
		{"denied before", "not good at all", Negative, []string{"not good"}},
		{"a complaint denied", "کثیف نبود، راضی بودم", Positive, []string{"کثیف نبود", "راضی بودم"}},
		{"not bad", "not bad", Positive, []string{"not bad"}},
		{"praise and a complaint", "غذا عالی بود ولی دو ساعت معطل شدیم", Negative, []string{"ساعت معطل"}},
		{"great, but", "Food was great but we waited two hours", Negative, []string{"waited"}},
		{"a complaint and more praise", "گرون بود ولی واقعا عالی و باکیفیت", Positive, []string{"عالی", "باکیفیت"}},
		{"thanks that mock", "دستتون درد نکنه با این بسته‌بندی، همش شکسته بود", Negative, []string{"شکسته"}},
		{"manners beside a question", "ممنون، قیمت؟", Neutral, []string{"قیمت"}},
		{"manners alone", "ممنون", Positive, []string{"ممنون"}},
		{"a question about quality", "کیفیتش خوبه؟", Neutral, nil},
		{"a question about harm", "Does it shrink?", Neutral, []string{"Does it"}},
		{"a question about the price", "Is it expensive?", Neutral, []string{"Is it"}},
		{"praise that is turned", "Great place but a bit expensive", Neutral, nil},
		{"a question that reproaches", "چرا جواب نمیدید؟", Negative, []string{"جواب نمیدید"}},
		{"pictures only", "😡😡", Negative, []string{"😡"}},
		{"a heart with a variation mark", "❤️", Positive, []string{"❤"}},
		{"a face of marks", "size M please :(", Negative, []string{":("}},
		{"no denial that we know", "Nobody was at the door", Negative, []string{"Nobody"}},
		{"a verb that denies", "اینجا کسی لبخند نمی‌زنه", Negative, []string{"لبخند نمی‌زنه"}},
		{"a verb that denies what we do not know", "شیشه‌ها رو نمی‌شورن", Negative, []string{"نمی‌شورن"}},
		{"of oneself", "من قهوه نمی‌خورم", Neutral, nil},
		{"a word in a word", "بدون قند", Neutral, nil},
		{"both languages", "سرویس terrible بود", Negative, []string{"terrible"}},
		{"nothing", "", Neutral, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := Judge(test.text)
			if s.Mood != test.mood || !slices.Equal(s.Why, test.why) || s.Negative() != (test.mood == Negative) {
				t.Errorf("%q: %s %.2f by %q, want %s by %q", test.text, s.Mood, s.Score, s.Why, test.mood, test.why)
			}
		})
	}
}

// TestSentimentSpelling writes one comment in the ways in which people type it.
func TestSentimentSpelling(t *testing.T) {
	for _, group := range [][]string{
		{"بی‌کیفیت", "بی کیفیت", "بیکیفیت", "بي كيفيت", "بی‌کیفیته", "بـی‌کیـفیت", "بی\u200f‌کیفیت"},
		{"خوشمزه", "خوشمزه‌ست", "خوشمزههههه", "خُوشمَزه", "خوش مزه", "خوش‌مزه‌ترین"},
		{"افتضاح", "افتضااااح", "افتضاحححه", "اِفتضاح", "eftezah"},
		{"پیشنهاد نمی‌کنم", "پیشنهاد نمیکنم", "پیشنهادنمیکنم", "پيشنهاد نمي كنم"},
		{"۱۰ از ۱۰", "10 از 10", "١٠ از ١٠", "10/10"},
		{"good", "goooood", "Good", "g\u200dood"},
		{"awful", "AWFUL", "awfullll", "Awful!!!", "<b>awful</b>"},
		{"doesn't work", "doesnt work", "DOESN’T WORK", "doesn't  work"},
		{"disappointed", "disappoint", "disappointing", "dissapointed"},
	} {
		want := Judge(group[0])
		if want.Mood == Neutral {
			t.Errorf("%q says nothing", group[0])
		}
		for _, text := range group[1:] {
			if s := Judge(text); s.Mood != want.Mood {
				t.Errorf("%q is %s, but %q is %s", group[0], want.Mood, text, s.Mood)
			}
		}
	}
}

func TestSentimentMarks(t *testing.T) {
	tests := []struct {
		text           string
		question, spam bool
	}{
		{"چنده", true, false},
		{"قیمت لطفا", true, false},
		{"قیمت‌ها خیلی خوبه", false, false},
		{"How much?", true, false},
		{"What a lovely place", false, false},
		{"see https://example.com/?q=1", false, false},
		{"فالوور واقعی، لینک در بیو", false, true},
		{"Earn money from home t.me/example", false, true},
		{"my order 1048", false, false},
		{"DM please", false, false},
	}
	for _, test := range tests {
		if s := Judge(test.text); s.Question != test.question || s.Spam != test.spam {
			t.Errorf("%q: question %v, spam %v by %q", test.text, s.Question, s.Spam, s.Why)
		}
	}
}

// TestSentimentWords looks for slips in the files: a word may have one score.
func TestSentimentWords(t *testing.T) {
	for _, language := range []string{"fa", "en"} {
		raw, err := sentimentFiles.ReadFile("words/sentiment." + language + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		scores := map[string]string{}
		section := ""
		for line := range strings.Lines(string(raw)) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "[") {
				section = line
			}
			score, words, ok := strings.Cut(line, "\t")
			if !ok || section != "[mood]" && section != "[courtesy]" {
				continue
			}
			for _, word := range strings.FieldsFunc(words, func(r rune) bool { return strings.ContainsRune(listSeparators, r) }) {
				key := sentimentWords().key(word)
				if before, twice := scores[key]; twice && before != score {
					t.Errorf("%s: %q has the scores %s and %s", language, word, before, score)
				}
				scores[key] = score
			}
		}
		if len(scores) < 3000 {
			t.Errorf("%s: only %d words were read", language, len(scores))
		}
	}
}

func TestSentimentRefusesBrokenWords(t *testing.T) {
	for _, text := range []string{"[moods]\n1\tgood", "[mood]\nfine\tgood"} {
		book := &lexicon{cues: map[string]cue{}}
		if err := book.read(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

// garbage are comments of 10,000 characters that should take no longer than
// others of that length.
func garbage() map[string]string {
	fill := func(s string) string {
		return strings.Repeat(s, 10_000/utf8.RuneCountInString(s))
	}
	return map[string]string{
		"one word": fill("x"), "short words": fill("a "), "letters drawn out": fill("بدددد "), "denials": fill("not "),
		"but": fill("good but "), "bidi": fill("\u202e\u2066a\u2069"), "emoji": fill("👩‍👩‍👧‍👦😡"), "html": fill("<b>bad</b>&amp;"),
		"addresses": fill("a.b.c "), "dots": fill("a."), "broken": fill("\xff\xfe"), "questions": fill("? "), "no space": fill("چرا؟خوب.بد،"),
		"faces": fill(":("), "joiners": fill("\u200c"), "diacritics": fill("بَ"), "digits": fill("1"),
	}
}

// TestSentimentLinear gives 30,000 characters of garbage a second. They take some
// 15 ms; with a step that is quadratic they would take far longer.
func TestSentimentLinear(t *testing.T) {
	for name, text := range garbage() {
		begun := time.Now()
		s := Judge(strings.Repeat(text, 3))
		if took := time.Since(begun); took > time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if s.Score < -10 || s.Score > 10 || len(s.Why) > mostWhy {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func FuzzJudge(f *testing.F) {
	for _, text := range garbage() {
		f.Add(text[:min(len(text), 200)])
	}
	f.Add("اصلا خوب نبود؟ not good!! :( 😍 http://x.ir/?a ۰۹۱۲۰۰۰۰۰۰۰")
	f.Fuzz(func(t *testing.T, text string) {
		s := Judge(text)
		for _, why := range s.Why {
			if why == "" || !strings.Contains(text, why) {
				t.Errorf("%q is not in %q", why, text)
			}
		}
		if s.Mood != Neutral && len(s.Why) == 0 || s.Score < -10 || s.Score > 10 {
			t.Errorf("%q: %+v", text, s)
		}
		if again := Judge(text); again.Score != s.Score || again.Mood != s.Mood {
			t.Errorf("%q: %+v, then %+v", text, s, again)
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	for _, language := range []string{"fa", "en"} {
		b.Run(language, func(b *testing.B) {
			all := readLabelled(b, language)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				Judge(all[i%len(all)].text)
			}
		})
	}
	long := garbage()["no space"]
	b.Run("10,000 characters", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Judge(long)
		}
	})
}
