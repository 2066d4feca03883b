package push

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peyk/social"
)

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := Parse([]byte(`{"comments": [
		{"id": "17", "post_id": 9, "post_link": "https://www.instagram.com/p/x/", "post_text": "Three\n new cakes", "parent": "16",
			"author": "سارا", "author_id": 12345678901234567890, "text": "می‌خواهم", "media": "photo", "at": "2026-11-28T10:00:00+03:30",
			"link": "https://www.instagram.com/p/x/c/17/", "unknown": [1]},
		{"kind": "edited", "id": 17, "text": "می‌خواهم!", "at": "2026-11-28T06:31:00Z"},
		{"kind": "deleted", "id": "17", "at": "2026-11-28T06:32:00Z"},
		{"id": "18", "own": true, "parent": "17", "text": "ممنون", "at": "2026-11-28T06:33:00Z"}
	]}`))
	if err != nil {
		t.Fatal(err)
	}
	at := func(clock string) time.Time {
		at, err := time.Parse(time.RFC3339, "2026-11-28T"+clock)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	want := social.Push{Told: []social.Told{
		{Index: 0, Kind: social.ToldNew, Heard: social.Heard{
			Post:   social.Thread{Remote: "9", Link: "https://www.instagram.com/p/x/", Words: "Three new cakes"},
			Remote: "17", Parent: "16", Author: "سارا", AuthorID: "12345678901234567890", Text: "می‌خواهم", Media: social.Photo,
			Link: "https://www.instagram.com/p/x/c/17/", At: at("10:00:00+03:30"),
		}},
		{Index: 1, Kind: social.ToldEdited, Heard: social.Heard{Remote: "17", Text: "می‌خواهم!", At: at("06:31:00Z"), Edited: at("06:31:00Z")}},
		{Index: 2, Kind: social.ToldDeleted, Heard: social.Heard{Remote: "17", At: at("06:32:00Z")}},
		{Index: 3, Kind: social.ToldNew, Heard: social.Heard{Remote: "18", Parent: "17", Text: "ممنون", At: at("06:33:00Z"), Own: true}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What is wrong with one comment has a reason, and the others are kept.
func TestParseKeepsTheGoodOnes(t *testing.T) {
	t.Parallel()
	good := `{"id":"1","post_id":"9","text":"x","at":"2026-11-28T10:00:00Z"}`
	for bad, reason := range map[string]string{
		`null`: social.WrongShape, `7`: social.WrongShape, `[]`: social.WrongShape, `"x"`: social.WrongShape,
		`{"id":{},"text":"x"}`: social.WrongShape, `{"id":"2","text":7,"at":"2026-11-28T10:00:00Z"}`: social.WrongShape,
		`{}`: social.WrongID, `{"id":""}`: social.WrongID, `{"id":null,"text":"x"}`: social.WrongID, `{"id":"a\u0000b","text":"x"}`: social.WrongID,
		`{"id":"` + strings.Repeat("9", maxRemote+1) + `","text":"x"}`:     social.WrongID,
		`{"id":"2","parent":"\n","text":"x","at":"2026-11-28T10:00:00Z"}`:  social.WrongID,
		`{"id":"2","kind":"liked","text":"x","at":"2026-11-28T10:00:00Z"}`: social.WrongKind,
		`{"id":"2","text":"x"}`:                                                                               social.WrongTime,
		`{"id":"2","text":"x","at":"yesterday"}`:                                                              social.WrongTime,
		`{"id":"2","text":"x","at":"0001-01-01T00:00:00Z"}`:                                                   social.WrongTime,
		`{"id":"2","text":"x","at":"9999-12-31T23:59:59Z"}`:                                                   social.WrongTime,
		`{"id":"2","at":"2026-11-28T10:00:00Z"}`:                                                              social.WrongText,
		`{"id":"2","text":" \n","at":"2026-11-28T10:00:00Z"}`:                                                 social.WrongText,
		`{"id":"2","text":"x","link":"javascript:alert(1)","at":"2026-11-28T10:00:00Z"}`:                      social.WrongLink,
		`{"id":"2","text":"x","post_link":"/p/x","at":"2026-11-28T10:00:00Z"}`:                                social.WrongLink,
		`{"id":"2","text":"` + strings.Repeat("ن", maxText+1) + `","at":"2026-11-28T10:00:00Z"}`:              social.WrongLong,
		`{"id":"2","text":"x","author":"` + strings.Repeat("ن", maxName+1) + `","at":"2026-11-28T10:00:00Z"}`: social.WrongLong,
	} {
		p, err := Parse([]byte(`{"comments":[` + bad + `,` + good + `]}`))
		if err != nil {
			t.Errorf("%.80s: %v", bad, err)
			continue
		}
		if len(p.Told) != 1 || p.Told[0].Index != 1 || len(p.Wrong) != 1 || p.Wrong[0].Index != 0 || p.Wrong[0].Reason != reason {
			t.Errorf("%.80s: %+v, want %s", bad, p.Wrong, reason)
		}
	}
	// What is odd and no fault.
	for _, odd := range []string{
		`{"id":"2","text":"` + strings.Repeat("ن", 10_000) + `","at":"2026-11-28T10:00:00Z"}`,
		`{"id":"2","text":"<b>\u202eabc\u2066\u0000\ud800","author":"","at":"2026-11-28T10:00:00Z"}`,
		`{"id":"2","media":"sticker","at":"2026-11-28T10:00:00.123456Z"}`,
		`{"id":-2.5e3,"text":"x","at":"2026-11-28T10:00:00Z"}`,
		`{"kind":"deleted","id":"2","at":"2026-11-28T10:00:00Z"}`,
	} {
		if p, err := Parse([]byte(`{"comments":[` + odd + `]}`)); err != nil || len(p.Told) != 1 {
			t.Errorf("%.80s: %+v, %v", odd, p.Wrong, err)
		}
	}
}

func TestParseRefusesBodies(t *testing.T) {
	t.Parallel()
	one := `{"id":"1","text":"x","at":"2026-11-28T10:00:00Z"}`
	for body, want := range map[string]error{
		"": faultJSON, "x": faultJSON, `{"comments":[`: faultJSON, `{"comments":[` + one + `]} trailing`: faultJSON,
		`[` + one + `]`: faultJSON, `{"comments":{}}`: faultJSON,
		`{}`: faultNone, `null`: faultNone, `{"comments":[]}`: faultNone, `{"comments":null}`: faultNone,
		`{"comments":[` + strings.Repeat(one+",", social.MaxTold) + one + `]}`: faultMany,
		strings.Repeat(`{"comments":[`, 20_000):                                faultJSON,
	} {
		if _, err := Parse([]byte(body)); !errors.Is(err, want) {
			t.Errorf("%.60q: %v, want %v", body, err, want)
		}
	}
	most := `{"comments":[` + strings.Repeat(one+",", social.MaxTold-1) + one + `]}`
	if p, err := Parse([]byte(most)); err != nil || len(p.Told) != social.MaxTold {
		t.Errorf("%d comments: %d, %v", social.MaxTold, len(p.Told), err)
	}
}

// FuzzParse: whatever comes, each comment is either told or refused, and what is told
// can be stored.
func FuzzParse(f *testing.F) {
	f.Add([]byte(vectorUTF8))
	f.Add([]byte(vectorEscaped))
	f.Add([]byte(`{"comments":[null,{"id":1e999},{"kind":"edited","id":"a","text":"\ud800","at":"2026-11-28T10:00:00Z"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := Parse(body)
		if err != nil {
			return
		}
		seen := map[int]bool{}
		for _, w := range p.Wrong {
			seen[w.Index] = true
			if w.Reason == "" {
				t.Errorf("comment %d is refused without a reason", w.Index)
			}
		}
		for _, told := range p.Told {
			if seen[told.Index] {
				t.Errorf("comment %d is told and refused", told.Index)
			}
			seen[told.Index] = true
			if told.Remote == "" || told.At.IsZero() || len(told.Remote) > maxRemote || told.At.UTC().Year() > 9999 {
				t.Errorf("comment %d cannot be stored: %+v", told.Index, told)
			}
		}
		for _, s := range social.Settled(p.Told) {
			if s.Remote == "" {
				t.Error("a comment lost its id")
			}
		}
	})
}
