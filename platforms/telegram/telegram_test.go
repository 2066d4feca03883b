package telegram_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peyk/platforms"
	"peyk/platforms/platformtest"
	"peyk/platforms/telegram"
	"peyk/social"
)

var channel = social.Account{ID: 1, Platform: social.Telegram, RemoteID: "-1001234567890", Handle: "@cafe"}

func intent(text string, files ...social.Media) platforms.Intent {
	return platforms.Intent{Key: "k", Account: channel, Attempt: 1, Variant: social.Variant{
		Account: 1, Text: social.Text{Plain: text}, Media: files,
	}}
}

func TestConformance(t *testing.T) {
	for name, in := range map[string]platforms.Intent{
		"text":  intent("سلام"),
		"photo": intent("سلام", social.Media{Kind: social.Photo, Hash: "a"}),
		"album": intent("سلام", social.Media{Kind: social.Photo, Hash: "a", FileID: "A"}, social.Media{Kind: social.Video, Hash: "b"}),
	} {
		t.Run(name, func(t *testing.T) {
			platformtest.Run(t, func(t *testing.T) platformtest.Rig {
				b := newBox(t)
				return platformtest.Rig{
					Connector: &telegram.Connector{Client: b, Media: media("a", "b")},
					Intent:    in,
					State:     social.Live,
					Posts:     func() int { return b.sent },
					Fail:      func(f platformtest.Fault) { b.fail(answers[f]) },
				}
			})
		})
	}
}

func TestCommitRequests(t *testing.T) {
	bold := social.Text{Plain: "👍 سلام", Marks: []social.Mark{
		{Type: "bold", Offset: 3, Length: 4}, {Type: "text_link", Offset: 0, Length: 2, URL: "https://a.ir"},
		{Type: "italic", Offset: 5, Length: 90}, {Type: "italic", Offset: 7, Length: 1}, {Type: "text_mention", Offset: 0, Length: 2},
	}}
	marks := []any{
		map[string]any{"type": "bold", "offset": 3., "length": 4.},
		map[string]any{"type": "text_link", "offset": 0., "length": 2., "url": "https://a.ir"},
		map[string]any{"type": "italic", "offset": 5., "length": 2.},
	}
	chat := -1001234567890.
	for _, c := range []struct {
		name string
		text social.Text
		file []social.Media
		want call
	}{
		{"text with formatting", bold, nil, call{"sendMessage", map[string]any{"chat_id": chat, "text": "👍 سلام", "entities": marks}, nil}},
		{"photo by id", bold, []social.Media{{Kind: social.Photo, Hash: "a", FileID: "A"}},
			call{"sendPhoto", map[string]any{"chat_id": chat, "photo": "A", "caption": "👍 سلام", "caption_entities": marks}, nil}},
		{"video by bytes", social.Text{}, []social.Media{{Kind: social.Video, Hash: "b", Name: "film.mp4", Width: 10, Height: 20, Duration: 3}},
			call{"sendVideo", map[string]any{"chat_id": chat, "width": 10., "height": 20., "duration": 3., "supports_streaming": true},
				map[string]string{"video": "film.mp4:bytes of b"}}},
		{"animation", social.Text{}, []social.Media{{Kind: social.Animation, Hash: "a", FileID: "A"}},
			call{"sendAnimation", map[string]any{"chat_id": chat, "animation": "A"}, nil}},
		{"document", social.Text{}, []social.Media{{Kind: social.Document, Hash: "a", MIME: "application/pdf"}},
			call{"sendDocument", map[string]any{"chat_id": chat}, map[string]string{"document": "document.pdf:bytes of a"}}},
		{"audio", social.Text{}, []social.Media{{Kind: social.Audio, Hash: "a", FileID: "A"}},
			call{"sendAudio", map[string]any{"chat_id": chat, "audio": "A"}, nil}},
		{"voice", social.Text{}, []social.Media{{Kind: social.Voice, Hash: "a", Name: "v.ogg", Duration: 7}},
			call{"sendVoice", map[string]any{"chat_id": chat, "duration": 7.}, map[string]string{"voice": "v.ogg:bytes of a"}}},
		{"album", bold, []social.Media{{Kind: social.Photo, Hash: "a", FileID: "A"}, {Kind: social.Video, Hash: "b", Name: "b.mp4"}},
			call{"sendMediaGroup", map[string]any{"chat_id": chat, "media": []any{
				map[string]any{"type": "photo", "media": "A", "caption": "👍 سلام", "caption_entities": marks},
				map[string]any{"type": "video", "media": "attach://file1", "supports_streaming": true},
			}}, map[string]string{"file1": "b.mp4:bytes of b"}}},
		{"documents", social.Text{Plain: "فهرست"}, []social.Media{{Kind: social.Document, FileID: "A"}, {Kind: social.Document, FileID: "B"}},
			call{"sendMediaGroup", map[string]any{"chat_id": chat, "media": []any{
				map[string]any{"type": "document", "media": "A"},
				map[string]any{"type": "document", "media": "B", "caption": "فهرست"},
			}}, nil}},
	} {
		b := newBox(t)
		in := intent("", c.file...)
		in.Variant.Text = c.text
		p, err := (&telegram.Connector{Client: b, Media: media("a", "b")}).Commit(t.Context(), in)
		if err != nil || p.Remote == "" || len(b.calls) != 1 {
			t.Errorf("%s: %+v, %v, %d calls", c.name, p, err, len(b.calls))
			continue
		}
		if c.want.files == nil {
			c.want.files = map[string]string{}
		}
		if diff := cmp.Diff(c.want, b.calls[0], cmp.AllowUnexported(call{})); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestLinks(t *testing.T) {
	for _, c := range []struct {
		name string
		chat map[string]any
		file []social.Media
		want platforms.Published
	}{
		{"public", map[string]any{"id": -1001234567890, "username": "cafe"}, nil,
			platforms.Published{Remote: "101", Link: "https://t.me/cafe/101"}},
		{"private", map[string]any{"id": -1001234567890}, nil,
			platforms.Published{Remote: "101", Link: "https://t.me/c/1234567890/101"}},
		{"a basic group", map[string]any{"id": -12345}, nil, platforms.Published{Remote: "101"}},
		{"an album", map[string]any{"id": -1001234567890, "username": "cafe"}, slices.Repeat([]social.Media{{Kind: social.Photo, FileID: "A"}}, 3),
			platforms.Published{Remote: "101,102,103", Link: "https://t.me/cafe/101"}},
	} {
		b := newBox(t)
		b.chat = c.chat
		got, err := (&telegram.Connector{Client: b, Media: media()}).Commit(t.Context(), intent("سلام", c.file...))
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v, want %+v", c.name, got, err, c.want)
		}
	}
}

// Only an answer that proves that nothing happened is followed by another call
// in the same attempt.
func TestSecondCalls(t *testing.T) {
	stale := answer{err: telegram.Failure{Code: 400, Description: "Bad Request: wrong file identifier/HTTP URL specified"}}
	moved := answer{err: &telegram.Failure{Code: 400, Description: "group chat was upgraded to a supergroup chat", MigrateTo: -100777}}
	one := []social.Media{{Kind: social.Photo, Hash: "a", FileID: "OLD"}}
	two := []social.Media{{Kind: social.Photo, Hash: "a", FileID: "OLD"}, {Kind: social.Photo, Hash: "b", FileID: "OLD"}}
	for _, c := range []struct {
		name    string
		file    []social.Media
		answers []answer
		calls   int
		want    social.DeliveryState
	}{
		{"a forgotten file", one, []answer{stale}, 2, social.Live},
		{"a forgotten file in an album", two, []answer{stale}, 2, social.Live},
		{"a forgotten file in a moved chat", one, []answer{moved, stale}, 3, social.Live},
		{"a chat that moves for ever", one, []answer{moved, moved, moved, moved}, 3, social.Waiting},
		{"bytes refused too", one, []answer{stale, stale}, 2, social.Rejected},
		{"forgotten, then dropped", one, []answer{stale, answers[platformtest.Dropped]}, 2, social.Unknown},
		{"a forgotten file that we lack", []social.Media{{Kind: social.Photo, Hash: "z", FileID: "OLD"}}, []answer{stale}, 1, social.Rejected},
		{"dropped", one, []answer{answers[platformtest.Dropped]}, 1, social.Unknown},
		{"a forgotten file, perhaps", one, []answer{{err: telegram.Failure{Code: 400, Description: "wrong file identifier", Maybe: true}}}, 1, social.Unknown},
		{"throttled", one, []answer{answers[platformtest.Throttled]}, 1, social.Waiting},
	} {
		b := newBox(t)
		b.fail(c.answers...)
		p, err := (&telegram.Connector{Client: b, Media: media("a", "b")}).Commit(t.Context(), intent("سلام", c.file...))
		o := platforms.OutcomeOf(p, err, time.Now())
		if o.State != c.want || len(b.calls) != c.calls {
			t.Errorf("%s: %s after %d calls (%v), want %s after %d", c.name, o.State, len(b.calls), err, c.want, c.calls)
		}
	}
}

func TestFallbackSendsTheBytes(t *testing.T) {
	b := newBox(t)
	b.fail(answer{err: telegram.Failure{Code: 400, Description: "Bad Request: wrong file identifier/HTTP URL specified"}})
	in := intent("سلام", social.Media{Kind: social.Photo, Hash: "a", FileID: "OLD"})
	if _, err := (&telegram.Connector{Client: b, Media: media("a")}).Commit(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	last := b.calls[1]
	if _, still := last.params["photo"]; still || last.files["photo"] != "photo.jpg:bytes of a" {
		t.Errorf("the second call carries %v and %v", last.params, last.files)
	}
}

func TestPrepareMissesAFile(t *testing.T) {
	c := &telegram.Connector{Client: newBox(t), Media: media()}
	_, err := c.Prepare(t.Context(), intent("سلام", social.Media{Kind: social.Photo, Hash: "a"}))
	var no *platforms.Rejected
	if !errors.As(err, &no) || no.Code != telegram.CodeMediaMissing {
		t.Errorf("a file that is nowhere gives %v", err)
	}
	if _, err := c.Prepare(t.Context(), intent("سلام", social.Media{Kind: social.Photo, Hash: "a", FileID: "A"})); err != nil {
		t.Errorf("a file that Telegram has gives %v", err)
	}
}

func TestAnswersMean(t *testing.T) {
	for _, c := range []struct {
		failure telegram.Failure
		want    social.DeliveryState
		code    string
	}{
		{telegram.Failure{Code: 400, Description: "Bad Request: chat not found"}, social.Rejected, "account_lost"},
		{telegram.Failure{Code: 400, Description: "Bad Request: CHANNEL_PRIVATE"}, social.Rejected, "account_lost"},
		{telegram.Failure{Code: 400, Description: "Bad Request: not enough rights to send text messages to the chat"}, social.Rejected, "rights_missing"},
		{telegram.Failure{Code: 400, Description: "Bad Request: CHAT_WRITE_FORBIDDEN"}, social.Rejected, "rights_missing"},
		{telegram.Failure{Code: 400, Description: "Bad Request: message is too long"}, social.Rejected, "too_long"},
		{telegram.Failure{Code: 400, Description: "Bad Request: message caption is too long"}, social.Rejected, "caption_too_long"},
		{telegram.Failure{Code: 400, Description: "Bad Request: message text is empty"}, social.Rejected, "empty"},
		{telegram.Failure{Code: 400, Description: "Bad Request: ENTITIES_TOO_LONG"}, social.Rejected, "bad_formatting"},
		{telegram.Failure{Code: 400, Description: "Bad Request: IMAGE_PROCESS_FAILED"}, social.Rejected, "bad_file"},
		{telegram.Failure{Code: 400, Description: "Bad Request: document can't be mixed with other media types"}, social.Rejected, "mixed_album"},
		{telegram.Failure{Code: 400, Description: "Bad Request: SOMETHING_NEW"}, social.Rejected, "refused"},
		{telegram.Failure{Code: 400, Description: `Bad Request: failed to send message #1 with the error message "IMAGE_PROCESS_FAILED"`}, social.Rejected, "bad_file"},
		{telegram.Failure{Code: 400, Description: "Bad Request: group send failed"}, social.Unknown, "no_answer"},
		{telegram.Failure{Code: 413, Description: "Request Entity Too Large"}, social.Rejected, "file_too_big"},
		{telegram.Failure{Code: 403, Description: "Forbidden: bot is not a member of the channel chat"}, social.Rejected, "account_lost"},
		{telegram.Failure{Code: 403, Description: "Forbidden: need administrator rights in the channel chat"}, social.Rejected, "rights_missing"},
		{telegram.Failure{Code: 403, Description: "Forbidden: something new"}, social.Rejected, "refused"},
		{telegram.Failure{Code: 401, Description: "Unauthorized"}, social.Waiting, "unreachable"},
		{telegram.Failure{Code: 404, Description: "Not Found"}, social.Waiting, "unreachable"},
		{telegram.Failure{Code: 429, Description: "Too Many Requests"}, social.Waiting, "rate_limited"},
		{telegram.Failure{Code: 500, Description: "Internal Server Error: restart"}, social.Unknown, "no_answer"},
		{telegram.Failure{Code: 504, Description: "Gateway Timeout"}, social.Unknown, "no_answer"},
		{telegram.Failure{Code: 302, Description: "a proxy's page"}, social.Unknown, "no_answer"},
		{telegram.Failure{Description: "dial tcp: no route"}, social.Waiting, "unreachable"},
		{telegram.Failure{Description: "timeout", Maybe: true}, social.Unknown, "no_answer"},
		{telegram.Failure{Code: 400, Description: "Bad Request: chat not found", Maybe: true}, social.Unknown, "no_answer"},
	} {
		b := newBox(t)
		b.fail(answer{err: c.failure})
		p, err := (&telegram.Connector{Client: b, Media: media()}).Commit(t.Context(), intent("سلام"))
		if o := platforms.OutcomeOf(p, err, time.Now()); o.State != c.want || o.Code != c.code {
			t.Errorf("%v: %s (%s), want %s (%s)", c.failure, o.State, o.Code, c.want, c.code)
		}
	}
}

func TestRights(t *testing.T) {
	for _, c := range []struct {
		member string
		want   telegram.Standing
	}{
		{`{"status":"creator"}`, telegram.Standing{}},
		{`{"status":"administrator","can_post_messages":true,"can_edit_messages":true,"can_delete_messages":true}`, telegram.Standing{}},
		{`{"status":"administrator","can_post_messages":true}`, telegram.Standing{Advised: []string{"can_edit_messages", "can_delete_messages"}}},
		{`{"status":"administrator","can_edit_messages":true,"can_delete_messages":true}`, telegram.Standing{Missing: []string{"can_post_messages"}}},
		{`{"status":"kicked","until_date":0}`, telegram.Standing{Lost: true}},
		{`{"status":"left"}`, telegram.Standing{Lost: true}},
		{`{"status":"member"}`, telegram.Standing{Missing: []string{"can_post_messages"}, Advised: []string{"can_edit_messages", "can_delete_messages"}}},
	} {
		got, err := telegram.Rights([]byte(c.member))
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", c.member, err, diff)
		}
	}
	for _, broken := range []string{`{"status":"owner of all"}`, `{}`, `[`} {
		if s, err := telegram.Rights([]byte(broken)); err == nil {
			t.Errorf("%s was read as %+v", broken, s)
		}
	}
}

func TestInspect(t *testing.T) {
	b := newBox(t)
	got, err := telegram.Inspect(t.Context(), b, "@cafe")
	want := telegram.Channel{ID: -1001234567890, Type: "channel", Title: "کافه", Username: "cafe",
		Standing: telegram.Standing{Advised: []string{"can_delete_messages"}}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	b.fail(answer{err: telegram.Failure{Code: 400, Description: "Bad Request: chat not found"}})
	_, err = telegram.Inspect(t.Context(), b, "@nobody")
	var lost *platforms.AccountLost
	if !errors.As(err, &lost) {
		t.Errorf("an unknown chat gives %v", err)
	}
}

// An answer that cannot be read says that something was sent, but not what.
func TestUnreadableAnswers(t *testing.T) {
	for _, body := range []string{`true`, `{}`, `[]`, `{"message_id":"x"}`, ``} {
		c := &telegram.Connector{Client: canned(body)}
		p, err := c.Commit(t.Context(), intent("سلام"))
		if o := platforms.OutcomeOf(p, err, time.Now()); o.State != social.Unknown || !strings.Contains(o.Detail, "answer") {
			t.Errorf("%q: %+v", body, o)
		}
	}
}
