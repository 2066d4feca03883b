package platforms

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peyk/social"
)

var (
	photo  = social.Media{Kind: social.Photo, Hash: "a", MIME: "image/jpeg", Size: 1 << 20, Width: 1080, Height: 1350}
	video  = social.Media{Kind: social.Video, Hash: "b", MIME: "video/mp4", Size: 9 << 20, Width: 1080, Height: 1920, Duration: 30}
	voice  = social.Media{Kind: social.Voice, Hash: "c", MIME: "audio/ogg", Duration: 9}
	pdf    = social.Media{Kind: social.Document, Hash: "d", MIME: "application/pdf", Name: "menu.pdf"}
	gif    = social.Media{Kind: social.Animation, Hash: "e", MIME: "video/mp4", Duration: 4}
	music  = social.Media{Kind: social.Audio, Hash: "f", MIME: "audio/mpeg"}
	asFile = social.Media{Kind: social.Document, Hash: "g", MIME: "image/png", Name: "poster.png", Width: 1000, Height: 1000}
)

func times(m social.Media, n int) []social.Media { return slices.Repeat([]social.Media{m}, n) }

func words(n int) string { return strings.Repeat("س", n) }

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name     string
		platform social.Platform
		text     string
		media    []social.Media
		want     string // codes in order; a trailing ? is a hint
	}{
		{"Bluesky takes 300", social.Bluesky, words(300), times(photo, 4), ""},
		{"Bluesky refuses 301", social.Bluesky, words(301), nil, "too_long"},
		{"Bluesky counts what readers see", social.Bluesky, strings.Repeat("👩🏽‍🚀", 200), nil, ""},
		{"Bluesky refuses 3001 bytes", social.Bluesky, strings.Repeat("👩🏽‍🚀", 201), nil, "too_long"},
		{"Bluesky takes no fifth picture", social.Bluesky, "", times(photo, 5), "too_many_media"},
		{"Bluesky takes a picture sent as a file", social.Bluesky, "", times(asFile, 1), ""},
		{"Mastodon takes 500", social.Mastodon, words(500), times(photo, 4), ""},
		{"Mastodon refuses 501", social.Mastodon, words(501), nil, "too_long"},
		{"Mastodon takes no fifth picture", social.Mastodon, "", times(photo, 5), "too_many_media"},
		{"Mastodon takes one video", social.Mastodon, "", times(video, 2), "too_many_media"},
		{"Mastodon takes a picture sent as a file", social.Mastodon, "", times(asFile, 1), ""},
		{"Bluesky is sent no videos", social.Bluesky, "", times(video, 1), "wrong_media"},
		{"Telegram takes 4096", social.Telegram, words(4096), nil, ""},
		{"Telegram refuses 4097", social.Telegram, words(4097), nil, "too_long"},
		{"4096 emoji are 4096", social.Telegram, strings.Repeat("👍", 4096), nil, ""},
		{"a caption takes 1024", social.Telegram, words(1024), times(photo, 1), ""},
		{"a text that is no caption", social.Telegram, words(1025), times(photo, 1), "caption_too_long"},
		{"a text that is neither", social.Telegram, words(4097), times(photo, 1), "too_long"},
		{"nothing at all", social.Telegram, " \n", nil, "empty"},
		{"album of ten", social.Telegram, "", append(times(photo, 9), video), ""},
		{"album of eleven", social.Telegram, "", times(photo, 11), "too_many_media"},
		{"documents together", social.Telegram, "", times(pdf, 2), ""},
		{"a document among photos", social.Telegram, "", []social.Media{photo, pdf}, "mixed_album"},
		{"audio among documents", social.Telegram, "", []social.Media{music, pdf}, "mixed_album"},
		{"animations do not group", social.Telegram, "", times(gif, 2), "too_many_media"},
		{"voice on Telegram", social.Telegram, "", times(voice, 1), ""},
		{"a big photo", social.Telegram, "", []social.Media{{Kind: social.Photo, Size: 10<<20 + 1}}, "file_too_big"},
		{"a long photo", social.Telegram, "", []social.Media{{Kind: social.Photo, Width: 100, Height: 2100}}, "ratio"},
		{"a huge photo", social.Telegram, "", []social.Media{{Kind: social.Photo, Width: 6000, Height: 4001}}, "ratio"},
		{"X takes 280", social.X, words(280), nil, ""},
		{"X refuses 281", social.X, words(281), nil, "too_long"},
		{"X takes four photos", social.X, "", times(photo, 4), ""},
		{"X refuses five", social.X, "", times(photo, 5), "too_many_media"},
		{"X mixes nothing", social.X, "", []social.Media{photo, video}, "mixed_album"},
		{"X takes no voice", social.X, "", times(voice, 1), "wrong_media"},
		{"X takes no PDF", social.X, "", times(pdf, 1), "wrong_media"},
		{"a picture sent as a file is a picture", social.X, "", times(asFile, 1), ""},
		{"a long video for X", social.X, "", []social.Media{{Kind: social.Video, Duration: 141}}, "video_too_long"},
		{"Instagram needs media", social.Instagram, "سلام", nil, "needs_media"},
		{"Instagram's caption", social.Instagram, words(2201), times(photo, 1), "too_long"},
		{"five hashtags", social.Instagram, "#یک #دو #سه #چهار #پنج", times(photo, 1), ""},
		{"six hashtags", social.Instagram, "#یک #دو #سه #چهار #پنج #می‌خواهم", times(photo, 1), "too_many_hashtags"},
		{"many mentions are only a hint", social.Instagram, strings.Repeat("@a ", 21), times(photo, 1), "too_many_mentions?"},
		{"a link on Instagram", social.Instagram, "peyk.ir", times(photo, 1), "link_not_clickable?"},
		{"a PNG by hand is only a hint", social.Instagram, "", times(asFile, 1), "format?"},
		{"a wide picture by hand", social.Instagram, "", []social.Media{{Kind: social.Photo, Width: 2000, Height: 1000}}, "ratio?"},
		{"carousel of eleven", social.Instagram, "", times(photo, 11), "too_many_media"},
		{"LinkedIn counts escapes", social.LinkedIn, strings.Repeat("#", 1501), nil, "too_long"},
		{"LinkedIn takes a document", social.LinkedIn, "", times(pdf, 1), ""},
		{"Facebook takes long texts", social.Facebook, words(63206), nil, ""},
		{"Pinterest needs a picture", social.Pinterest, words(801), nil, "too_long needs_media"},
		{"Pinterest takes five", social.Pinterest, "", times(photo, 6), "too_many_media"},
		{"Snapchat takes one", social.Snapchat, "", times(photo, 2), "too_many_media"},
		{"a short snap", social.Snapchat, "", []social.Media{{Kind: social.Video, Duration: 3, MIME: "video/mp4"}}, "video_too_short?"},
	} {
		a := social.Account{ID: 7, Platform: c.platform, ByHand: c.platform != social.Telegram}
		got := codes(Check(a, social.Variant{Text: social.Text{Plain: c.text}, Media: c.media}))
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func codes(issues []social.Issue) string {
	var list []string
	for _, i := range issues {
		mark := "?"
		if i.Blocks {
			mark = ""
		}
		list = append(list, i.Code+mark)
	}
	return strings.Join(list, " ")
}

func TestIssueParams(t *testing.T) {
	a := social.Account{ID: 7, Platform: social.Telegram}
	big := social.Media{Kind: social.Video, Name: "film.mp4", Size: 50<<20 + 5}
	got := Check(a, social.Variant{Text: social.Text{Plain: words(1030)}, Media: []social.Media{photo, big}})
	want := []social.Issue{
		{Code: "caption_too_long", Blocks: true, Account: 7, Params: map[string]any{
			"platform": social.Telegram, "over": 6, "length": 1030, "limit": 1024}},
		{Code: "file_too_big", Blocks: true, Account: 7, Params: map[string]any{
			"platform": social.Telegram, "n": 2, "name": "film.mp4", "size": 51, "limit": 50}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCheckAccount(t *testing.T) {
	text := social.Text{Plain: "سلام"}
	for _, c := range []struct {
		name    string
		account social.Account
		want    string
	}{
		{"a good channel", social.Account{Platform: social.Telegram}, ""},
		{"a lost one", social.Account{Platform: social.Telegram, Lost: true, Missing: []string{"x"}}, "account_lost"},
		{"rights are missing", social.Account{Platform: social.Telegram, Missing: []string{"can_post_messages"}}, "rights_missing"},
		{"by hand nothing is lost", social.Account{Platform: social.X, ByHand: true, Lost: true}, ""},
	} {
		if got := codes(Check(c.account, social.Variant{Text: text})); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestCheckFormatting(t *testing.T) {
	v := social.Variant{FirstComment: "c", Text: social.Text{Plain: "سلام", Marks: []social.Mark{
		{Type: "bold", Length: 2}, {Type: "text_link", Offset: 2, Length: 2, URL: "https://a.ir"}}}}
	for platform, want := range map[social.Platform]string{
		social.Telegram: "no_first_comment",
		social.Facebook: "link_lost? formatting_lost?",
		social.Snapchat: "needs_media link_lost? formatting_lost?",
	} {
		a := social.Account{Platform: platform, ByHand: platform != social.Telegram}
		if got := codes(Check(a, v)); got != want {
			t.Errorf("%s: %q, want %q", platform, got, want)
		}
	}
}

func TestLength(t *testing.T) {
	for _, c := range []struct {
		platform social.Platform
		v        social.Variant
		n, limit int
	}{
		{social.Telegram, social.Variant{Text: social.Text{Plain: "👍👍"}}, 2, 4096},
		{social.Telegram, social.Variant{Text: social.Text{Plain: "👍👍"}, Media: times(photo, 1)}, 2, 1024},
		{social.Instagram, social.Variant{Text: social.Text{Plain: "👍👍"}}, 4, 2200},
		{social.Bluesky, social.Variant{Text: social.Text{Plain: "می‌خواهم 👩🏽‍🚀"}}, 9, 300},
		{social.Bluesky, social.Variant{Text: social.Text{Plain: strings.Repeat("👩🏽‍🚀", 210)}}, 210, 200},
		{social.X, social.Variant{Text: social.Text{Plain: "example.com"}, Media: times(photo, 1)}, 23, 280},
	} {
		if n, limit := Length(social.Account{Platform: c.platform}, c.v); n != c.n || limit != c.limit {
			t.Errorf("%s: %d of %d, want %d of %d", c.platform, n, limit, c.n, c.limit)
		}
	}
}

// What the account's own server says comes before the network's rules, and a part of
// it leaves the rest as it was.
func TestOwnLimits(t *testing.T) {
	said := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	own := social.Account{Platform: social.Mastodon, Limits: social.Limits{Text: 11, Link: 5, Media: 1, Picture: 10, Area: 100, Formats: []string{"image/png"}, At: said}}
	picture := social.Media{Kind: social.Photo, MIME: "image/jpeg", Size: 11, Width: 20, Height: 20, Alt: "tea"}
	for _, c := range []struct {
		name    string
		account social.Account
		v       social.Variant
		want    []string
	}{
		{"fits", own, social.Variant{Text: social.Text{Plain: "a https://peyk.ir b"}}, nil},
		{"too long", own, social.Variant{Text: social.Text{Plain: "abc https://peyk.ir cd"}}, []string{"too_long"}},
		{"the files", own, social.Variant{Media: []social.Media{picture, picture}}, []string{
			"too_many_media", "file_too_big", "format", "ratio", "file_too_big", "format", "ratio",
		}},
		{"the network's rules", social.Account{Platform: social.Mastodon}, social.Variant{Media: []social.Media{picture, picture}}, nil},
		{"a part is said", social.Account{Platform: social.Mastodon, Limits: social.Limits{Text: 5, At: said}}, social.Variant{
			Text: social.Text{Plain: "سلام دوستان"}, Media: []social.Media{picture, picture},
		}, []string{"too_long"}},
		{"every code point counts", social.Account{Platform: social.Mastodon, Limits: social.Limits{Text: 5, Whole: true, At: said}}, social.Variant{
			Text: social.Text{Plain: "👩🏽‍🚀"},
		}, nil},
		{"and the joiners too", social.Account{Platform: social.Mastodon, Limits: social.Limits{Text: 3, Whole: true, At: said}}, social.Variant{
			Text: social.Text{Plain: "👩🏽‍🚀"},
		}, []string{"too_long"}},
	} {
		var got []string
		for _, i := range Check(c.account, c.v) {
			got = append(got, i.Code)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if n := Rules(social.Mastodon).Files[0].Bytes; n != 16<<20 {
		t.Errorf("one account's server has changed the rule for all: %d", n)
	}
}
