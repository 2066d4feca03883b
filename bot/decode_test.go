package bot

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"peyk/social"
)

const chat7 = `"chat":{"id":7,"type":"private"},"from":{"id":7,"first_name":"Sara","last_name":"K","language_code":"fa"},"date":5`

func decode(t *testing.T, raw string) Update {
	t.Helper()
	u, err := Decode([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestDecodeMessage(t *testing.T) {
	u := decode(t, `{"update_id":9,"message":{"message_id":3,`+chat7+`,"media_group_id":"g","caption":"سلام ❤","caption_entities":[{"type":"bold","offset":0,"length":4},{"type":"bold","offset":5,"length":99},{"type":"bold","offset":-1,"length":4}],
		"photo":[{"file_id":"small","width":90,"height":90,"file_size":10},{"file_id":"large","width":900,"height":900,"file_size":100}],
		"reply_to_message":{"message_id":2,`+chat7+`,"text":"x","reply_to_message":{"message_id":1,"date":1}},
		"forward_origin":{"type":"channel","date":4,"chat":{"id":-100,"title":"News"},"message_id":44}}}`)
	m := u.Message
	if u.ID != 9 || m.ID != 3 || m.Group != "g" || m.From.Name() != "Sara K" || m.From.LanguageCode != "fa" || m.At.Unix() != 5 {
		t.Errorf("read %+v", m)
	}
	want := social.Text{Plain: "سلام ❤", Marks: []social.Mark{{Type: "bold", Length: 4}, {Type: "bold", Offset: 5, Length: 1}}}
	if d := cmp.Diff(want, m.Text); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(&social.Media{Kind: social.Photo, FileID: "large", MIME: "image/jpeg", Size: 100, Width: 900, Height: 900}, m.Media); d != "" {
		t.Error(d)
	}
	if m.ReplyTo.ID != 2 || m.ReplyTo.ReplyTo != nil {
		t.Errorf("answers %+v", m.ReplyTo)
	}
	if o := m.Forward; o.Type != "channel" || o.Name != "News" || o.Chat != -100 || o.Message != 44 {
		t.Errorf("forwarded from %+v", o)
	}
}

func TestDecodeFiles(t *testing.T) {
	for kind, raw := range map[string]string{
		"video":     `"video":{"file_id":"v","duration":3,"mime_type":"video/mp4"}`,
		"animation": `"animation":{"file_id":"v"},"document":{"file_id":"v"}`,
		"document":  `"document":{"file_id":"v","file_name":"a.pdf"}`,
		"audio":     `"audio":{"file_id":"v"}`,
		"voice":     `"voice":{"file_id":"v"}`,
	} {
		m := decode(t, `{"update_id":1,"message":{"message_id":1,`+chat7+`,`+raw+`}}`).Message.Media
		if m == nil || m.Kind != social.MediaKind(kind) || m.FileID != "v" {
			t.Errorf("%s became %+v", kind, m)
		}
	}
	for other, raw := range map[string]string{"sticker": `"sticker":{}`, "location": `"location":{}`, "venue": `"venue":{},"location":{}`, "service": `"pinned_message":{}`} {
		if m := decode(t, `{"update_id":1,"message":{"message_id":1,`+chat7+`,`+raw+`}}`).Message; m.Other != other {
			t.Errorf("%s became %q", other, m.Other)
		}
	}
}

func TestDecodeOtherKinds(t *testing.T) {
	for name, c := range map[string]struct {
		raw string
		key int64
		ok  func(u Update) bool
	}{
		"tap":           {`"callback_query":{"id":"c","from":{"id":5},"data":"d","message":{"message_id":3,"date":1,"chat":{"id":-8}}}`, -8, func(u Update) bool { return u.Callback.Message.ID == 3 && u.Callback.Data == "d" }},
		"tap, old card": {`"callback_query":{"id":"c","from":{"id":5},"message":{"message_id":3,"date":0,"chat":{"id":-8}}}`, -8, func(u Update) bool { return u.Callback.Message.gone }},
		"tap, inline":   {`"callback_query":{"id":"c","from":{"id":5},"inline_message_id":"i","data":"d"}`, 5, func(u Update) bool { return u.Callback.Message == nil }},
		"post":          {`"channel_post":{"message_id":3,"chat":{"id":-9,"type":"channel"},"sender_chat":{"id":-9}}`, -9, func(u Update) bool { return u.ChannelPost.SenderChat.ID == -9 }},
		"own rights": {`"my_chat_member":{"chat":{"id":-9},"from":{"id":5},"date":1,"old_chat_member":{"status":"left"},"new_chat_member":{"status":"administrator","user":{"id":1},"can_post_messages":true}}`, -9, func(u Update) bool {
			return !u.MyMember.Old.In() && u.MyMember.New.In() && strings.Contains(string(u.MyMember.New.Raw), "can_post")
		}},
		"reactions":     {`"message_reaction_count":{"chat":{"id":-9},"message_id":4,"reactions":[{"type":{"type":"emoji","emoji":"👍"},"total_count":3},{"type":{"type":"paid"},"total_count":1}]}`, -9, func(u Update) bool { return u.Reactions.Counts["👍"] == 3 && u.Reactions.Counts["paid"] == 1 }},
		"something new": {`"rocket_launch":{"x":1}`, 0, func(u Update) bool { return u.Message == nil && u.Callback == nil }},
		"wrong types":   {`"message":{"message_id":"x","chat":{"id":-9},"text":5,"photo":{},"entities":"no"}`, -9, func(u Update) bool { return u.Message.Text.Plain == "" }},
		"comment": {`"message":{"message_id":5,"message_thread_id":4,"date":1,"chat":{"id":-7,"type":"supergroup"},"reply_to_message":{"message_id":4,"is_automatic_forward":true,"from":{"id":777000},"forward_origin":{"type":"channel","chat":{"id":-9},"message_id":3}}}`, -7, func(u Update) bool {
			return u.Message.Thread == 4 && u.Message.ReplyTo.AutoForward && u.Message.ReplyTo.Forward.Message == 3
		}},
	} {
		u := decode(t, `{"update_id":9,`+c.raw+`}`)
		if u.Key() != c.key || !c.ok(u) {
			t.Errorf("%s: key %d, read %+v", name, u.Key(), u)
		}
	}
}

func TestDecodeCleansTexts(t *testing.T) {
	u := decode(t, `{"update_id":1,"message":{"message_id":1,`+chat7+`,"text":"a\u0000b\ud800c`+"\xff"+`می‌خواهم"}}`)
	got := u.Message.Text.Plain
	if !utf8.ValidString(got) || strings.ContainsRune(got, 0) || !strings.HasSuffix(got, "می‌خواهم") {
		t.Errorf("got %q", got)
	}
}

func TestDecodeRefusesNoObject(t *testing.T) {
	for _, raw := range []string{"", "[]", `"x"`, "{", "5"} {
		if _, err := Decode([]byte(raw)); err == nil {
			t.Errorf("%q was read", raw)
		}
	}
}

func TestCommand(t *testing.T) {
	for text, c := range map[string]struct {
		length              int
		name, user, payload string
		ok                  bool
	}{
		"/start":                 {6, "start", "", "", true},
		"/Start abc_-9":          {6, "start", "", "abc_-9", true},
		"/start@Peyk_Bot  token": {15, "start", "peyk_bot", "token", true},
		"/start،سلام":            {6, "start", "", "سلام", true},
		"/start\u200cabc":        {6, "start", "", "abc", true},
		"/new: ❤️ متن":           {4, "new", "", "❤️ متن", true},
		"/start\n\nمتن":          {6, "start", "", "متن", true},
		"/start over":            {99, "", "", "", false},
		"/x":                     {1, "", "", "", false},
		"/سلام":                  {5, "", "", "", false},
		"start":                  {5, "", "", "", false},
		"متن /start":             {0, "", "", "", false},
	} {
		entity := social.Mark{Type: "bot_command", Length: c.length}
		name, user, payload, ok := command(social.Text{Plain: text, Marks: []social.Mark{entity}})
		if name != c.name || user != c.user || payload != c.payload || ok != c.ok {
			t.Errorf("%q: %q %q %q %v", text, name, user, payload, ok)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"update_id":9,"message":{"message_id":3,` + chat7 + `,"text":"/start","entities":[{"type":"bot_command","offset":0,"length":7}]}}`))
	f.Add([]byte(`{"update_id":9,"callback_query":{"id":"c","from":{"id":5},"data":"v1:ok:1:1"}}`))
	f.Add([]byte(`{"update_id":9,"my_chat_member":{"new_chat_member":[]}}`))
	f.Add([]byte(`{"update_id":9,"message":{"text":"\ud83d","entities":[{"type":"bot_command","offset":1,"length":-5}],"reply_to_message":{"photo":[]}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		u, err := Decode(raw)
		if err != nil {
			return
		}
		u.Key()
		r := (&Router{}).request(u)
		for _, m := range []*Received{u.Message, u.Edited, u.ChannelPost, u.EditedPost} {
			if m == nil {
				continue
			}
			name, _, payload, _ := command(m.Text)
			for _, s := range []string{m.Text.Plain, m.From.Name(), name, payload, r.Text().HTML()} {
				if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
					t.Fatalf("PostgreSQL would refuse %q", s)
				}
			}
		}
	})
}

// FuzzRoute sends whatever decodes through the whole table: every update ends in
// one handler or in none, never in a panic, and every tap is answered once.
func FuzzRoute(f *testing.F) {
	for _, seed := range []string{
		`{"update_id":9,"message":{"message_id":3,` + chat7 + `,"text":"/start x","entities":[{"type":"bot_command","offset":0,"length":6}]}}`,
		`{"update_id":9,"callback_query":{"id":"c","from":{"id":5},"data":"v1:ok:1:1"}}`,
		`{"update_id":9,"callback_query":{"id":"c","from":{"id":5},"message":{"message_id":1,"date":0,"chat":{"id":5,"type":"private"}},"data":"v9:?"}}`,
		`{"update_id":9,"my_chat_member":{"chat":{"id":-1,"type":"channel"},"new_chat_member":{"status":"left"}}}`,
		`{"update_id":9,"message":{"message_id":3,"media_group_id":"g","photo":[{"file_id":"a"}],"caption":"/x"}}`,
		`{"update_id":9,"message_reaction_count":{}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		u, err := Decode(raw)
		if err != nil {
			return
		}
		tg := &telegram{}
		rt, ran := table(t, tg)
		if err := rt.Handle(t.Context(), u, true); err != nil {
			t.Errorf("routing failed: %v", err)
		}
		if len(*ran) > 1 {
			t.Errorf("handled by %v", *ran)
		}
		answers := 0
		for _, c := range tg.made() {
			if c.method == "answerCallbackQuery" {
				answers++
			}
		}
		if want := u.Callback != nil; want != (answers == 1) {
			t.Errorf("a tap (%t) was answered %d times", want, answers)
		}
	})
}

func TestDataRoundTrip(t *testing.T) {
	for _, data := range []string{Data("ok", 35, 2), Data("acc", -1, 0, "z", ""), Data("x", 1<<63-1, 1<<31-1)} {
		p, err := parseData(data)
		if err != nil || Data(p.action, p.id, p.version, p.args...) != data {
			t.Errorf("%q became %+v, %v", data, p, err)
		}
	}
	if got := Data("ok", 35, 36); got != "v1:ok:z:10" {
		t.Errorf("got %q", got)
	}
}

func TestDataRefusesWhatWeDidNotWrite(t *testing.T) {
	for _, data := range []string{"", "v1", "v1:ok", "v1:ok:1", "v2:ok:1:1", "v1::1:1", "v1:ok:Z:1", "v1:ok:01:1", "v1:ok:+1:1", "v1:ok:1:9999999999999",
		"v1:ok:1:1:سلام", "v1:ok:1:1: ", "v1:ok:1:1:\x00", "v1:ok:1:1:" + strings.Repeat("x", 60), "v1:ok:-0:1"} {
		if p, err := parseData(data); err == nil || p.action != "" {
			t.Errorf("%q was taken as %+v", data, p)
		}
	}
}

func FuzzData(f *testing.F) {
	f.Add("v1:ok:z:10:a")
	f.Fuzz(func(t *testing.T, data string) {
		p, err := parseData(data)
		if err == nil && Data(p.action, p.id, p.version, p.args...) != data {
			t.Errorf("%q has a second spelling", data)
		}
	})
}

func TestButtonJSON(t *testing.T) {
	m := Message{Keyboard: [][]Button{{
		{Text: "a", Data: "v1:ok:1:1", Style: "success"}, {Text: "b", URL: "https://x.y"}, {Text: "c", Copy: "متن"}, {Text: "d", Data: "v1:ok:1:1", Disabled: true},
	}, {}}}
	raw, err := json.Marshal(m.keyboard())
	want := `{"inline_keyboard":[[{"text":"a","callback_data":"v1:ok:1:1","style":"success"},{"text":"b","url":"https://x.y"},{"text":"c","copy_text":{"text":"متن"}},{"text":"d","disabled":{}}]]}`
	if err != nil || string(raw) != want {
		t.Errorf("got  %s\nwant %s", raw, want)
	}
	if raw, _ := json.Marshal(Message{}.keyboard()); string(raw) != `{"inline_keyboard":[]}` {
		t.Errorf("an empty keyboard is %s", raw)
	}
}

func TestFaultyMessages(t *testing.T) {
	long := Data("action", 1, 1, strings.Repeat("x", 60))
	for name, m := range map[string]Message{
		"empty":       {},
		"long data":   {HTML: "x", Keyboard: [][]Button{{{Text: "a", Data: long}}}},
		"blank label": {HTML: "x", Keyboard: [][]Button{{{Data: "v1:ok:1:1"}}}},
		"bare album":  {Media: make([]social.Media, 2), Keyboard: [][]Button{{{Text: "a", Data: "v1:ok:1:1"}}}},
	} {
		if m.valid() == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	raw := []byte(`{"update_id":9,"callback_query":{"id":"c","from":{"id":5,"first_name":"Sara"},"data":"v1:ok:1:1","message":{"message_id":3,` + chat7 + `,"text":"` + strings.Repeat("متن ", 200) + `"}}}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func TestAboutReadsButtons(t *testing.T) {
	u, err := Decode([]byte(`{"update_id":1,"message":{"message_id":2,"date":1,"chat":{"id":5,"type":"private"},"reply_to_message":{
		"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"reply_markup":{"inline_keyboard":[
			[{"text":"x","url":"https://example.org"}],[{"text":"y","callback_data":"nonsense"},{"text":"z","callback_data":"v1:com_done:a:0"}]]}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := u.Message.ReplyTo.About("com"); got != 10 {
		t.Errorf("about %d, want 10", got)
	}
	if got := u.Message.ReplyTo.About("see"); got != 0 {
		t.Errorf("about %d by an action that is not there", got)
	}
}
