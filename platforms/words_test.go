package platforms

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"peyk/social"
)

// hole finds the name of each placeholder of a text: {name} or {name|kind}.
var hole = regexp.MustCompile(`\{(\w+)(?:\|\w+)?\}`)

func texts(t *testing.T, language string) map[string]string {
	data, err := os.ReadFile(filepath.Join("..", "locales", language+".issue.json"))
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]string{}
	if err := json.Unmarshal(data, &words); err != nil {
		t.Fatal(err)
	}
	return words
}

// Whatever the checks can say has a text in both languages whose holes are the
// issue's parameters, and what blocks has a reason too.
func TestIssuesHaveWords(t *testing.T) {
	seen := map[string]bool{}
	for _, language := range []string{"fa", "en"} {
		words := texts(t, language)
		for _, i := range everyIssue() {
			seen[i.Code] = true
			text := words["issue."+i.Code]
			if text == "" || i.Blocks && words["reason."+i.Code] == "" {
				t.Errorf("%s: no words for %s", language, i.Code)
			}
			for _, found := range hole.FindAllStringSubmatch(text, -1) {
				if _, ok := i.Params[found[1]]; !ok {
					t.Errorf("%s: issue.%s asks for %s, which it is not given", language, i.Code, found[1])
				}
			}
		}
		for _, code := range []string{CodeAccountLost, CodeRightsMissing, CodeRateLimited, CodeUnreachable, CodeNoAnswer,
			"refused", "bad_file", "media_missing", "bad_formatting"} {
			if words["reason."+code] == "" {
				t.Errorf("%s: no reason %s", language, code)
			}
		}
		for _, p := range social.Platforms() {
			if words["platform."+string(p)] == "" {
				t.Errorf("%s: no name for %s", language, p)
			}
		}
	}
	for key := range texts(t, "en") {
		if code, ok := strings.CutPrefix(key, "issue."); ok && !seen[code] {
			t.Errorf("nothing in the test makes the issue %s", code)
		}
	}
}

// everyIssue makes each issue at least once.
func everyIssue() []social.Issue {
	linked := social.Text{Plain: "peyk.ir", Marks: []social.Mark{{Type: "bold", Length: 4}, {Type: "text_link", Length: 4, URL: "https://a.ir"}}}
	var all []social.Issue
	for _, c := range []struct {
		account social.Account
		v       social.Variant
	}{
		{social.Account{Platform: social.Telegram}, social.Variant{Text: social.Text{Plain: words(5000)}}},
		{social.Account{Platform: social.Telegram}, social.Variant{Text: social.Text{Plain: words(2000)}, Media: times(photo, 11)}},
		{social.Account{Platform: social.Telegram, Lost: true}, social.Variant{}},
		{social.Account{Platform: social.Telegram, Missing: []string{"can_post_messages"}}, social.Variant{FirstComment: "c",
			Media: []social.Media{pdf, {Kind: social.Photo, Size: 99 << 20, Width: 1, Height: 99}}}},
		{social.Account{Platform: social.Instagram}, social.Variant{Text: linked}},
		{social.Account{Platform: social.Instagram}, social.Variant{Text: social.Text{Plain: "#آ #ب #پ #ت #ث #ج"},
			Media: []social.Media{asFile, {Kind: social.Video, Duration: 1}}}},
		{social.Account{Platform: social.Instagram}, social.Variant{Text: social.Text{Plain: "@a @b @c @d @e @f @g @h @i @j @k @l @m @n @o @p @q @r @s @t @u"}}},
		{social.Account{Platform: social.X}, social.Variant{Media: times(voice, 1)}},
		{social.Account{Platform: social.X}, social.Variant{Media: []social.Media{{Kind: social.Video, Duration: 999}}}},
		{social.Account{Platform: social.Mastodon}, social.Variant{Media: []social.Media{photo, {Kind: social.Photo, Alt: words(1501)}}}},
	} {
		all = append(all, Check(c.account, c.v)...)
	}
	return all
}
