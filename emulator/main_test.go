package emulator

import (
	"bytes"
	"context"
	stdjson "encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// box is an emulator under test and a plain HTTP client in the bot's place.
type box struct {
	*Emulator
	t      *testing.T
	client *http.Client
	time   *clockwork.FakeClock
}

// reply is Telegram's envelope.
type reply struct {
	OK          bool
	Result      json
	Code        int `json:"error_code"`
	Description string
	Parameters  struct {
		RetryAfter int   `json:"retry_after"`
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	}
	header http.Header
}

func newBox(t *testing.T, o Options) *box {
	t.Helper()
	clock := clockwork.NewFakeClockAt(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	if o.Clock == nil {
		o.Clock = clock
	}
	o.Spec = sharedSpec()
	o.Log = t.Logf
	e := New(o)
	if err := e.Start(); err != nil {
		t.Fatal(err)
	}
	b := &box{Emulator: e, t: t, client: &http.Client{Transport: &http.Transport{}}, time: clock}
	t.Cleanup(func() {
		b.client.CloseIdleConnections()
		e.Close()
	})
	return b
}

// sharedSpec is read once for all tests; nil where there is none.
var sharedSpec = sync.OnceValue(func() *Spec {
	s, err := LoadSpec(specPath())
	if err != nil {
		return nil
	}
	return s
})

// specPath: the description lies beside the checkout where it exists.
func specPath() string {
	const path = "../../shared/specs/telegram-bot-api-10.3.json"
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

func (b *box) post(ctx context.Context, method, kind string, body []byte) (reply, error) {
	var r reply
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.URL()+"/bot"+b.Token()+"/"+method, bytes.NewReader(body))
	if err != nil {
		return r, err
	}
	req.Header.Set("Content-Type", kind)
	res, err := b.client.Do(req)
	if err != nil {
		return r, err
	}
	defer res.Body.Close()
	r.header = res.Header
	return r, stdjson.NewDecoder(res.Body).Decode(&r)
}

type params map[string]any

// call makes one request in JSON and wants an answer, good or bad.
func (b *box) call(method string, p params) reply {
	b.t.Helper()
	body, err := stdjson.Marshal(p)
	if err != nil {
		b.t.Fatal(err)
	}
	r, err := b.post(context.Background(), method, "application/json", body)
	if err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	return r
}

// must makes a request that has to succeed and decodes its result.
func (b *box) must(method string, p params, result any) {
	b.t.Helper()
	r := b.call(method, p)
	if !r.OK {
		b.t.Fatalf("%s: %d %s", method, r.Code, r.Description)
	}
	if result != nil {
		if err := stdjson.Unmarshal(r.Result, result); err != nil {
			b.t.Fatalf("%s: %v in %s", method, err, r.Result)
		}
	}
}

// refused makes a request that has to fail in these words.
func (b *box) refused(method string, p params, want string) {
	b.t.Helper()
	if r := b.call(method, p); r.OK || r.Description != want {
		b.t.Errorf("%s %.120v:\n got %d %q\nwant %q", method, p, r.Code, r.Description, want)
	}
}

// upload sends one file and some parameters as multipart.
func (b *box) upload(method, field, name string, data []byte, p map[string]string) reply {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, v := range p {
		_ = w.WriteField(k, v)
	}
	f, _ := w.CreateFormFile(field, name)
	_, _ = f.Write(data)
	_ = w.Close()
	r, err := b.post(context.Background(), method, w.FormDataContentType(), body.Bytes())
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// gotten is an update as a bot decodes it.
type gotten struct {
	ID       int64 `json:"update_id"`
	Message  *Message
	Edited   *Message `json:"edited_message"`
	Post     *Message `json:"channel_post"`
	Callback *struct {
		ID      string
		From    User
		Message *Message
		Data    string
	} `json:"callback_query"`
	MyMember *struct {
		Chat Chat
		From User
		Old  struct{ Status string } `json:"old_chat_member"`
		New  struct {
			Status  string
			CanPost bool `json:"can_post_messages"`
		} `json:"new_chat_member"`
	} `json:"my_chat_member"`
	Member    json `json:"chat_member"`
	Reactions *struct {
		Reactions []struct {
			Total int `json:"total_count"`
		}
	} `json:"message_reaction_count"`
}

// updates polls once without waiting.
func (b *box) poll(p params) []gotten {
	b.t.Helper()
	var list []gotten
	b.must("getUpdates", p, &list)
	return list
}

// clean wants no difference to the description of the Bot API.
func (b *box) agrees() {
	b.t.Helper()
	for _, v := range b.Violations() {
		b.t.Errorf("against the description: %s", v)
	}
}

func (b *box) sara() *Phone {
	p := b.AddUser(User{Username: "sara", FirstName: "سارا", LanguageCode: "fa"})
	p.Start("")
	return p
}

// echo is a bot in few lines: it greets, offers a button, answers taps by editing the card.
func (b *box) echo(ctx context.Context) {
	offset := int64(0)
	for ctx.Err() == nil {
		body := fmt.Appendf(nil, `{"offset":%d,"timeout":20}`, offset)
		r, err := b.post(ctx, "getUpdates", "application/json", body)
		if err != nil || !r.OK {
			continue
		}
		var list []gotten
		_ = stdjson.Unmarshal(r.Result, &list)
		for _, u := range list {
			offset = u.ID + 1
			b.echoOne(ctx, u)
		}
	}
}

func (b *box) echoOne(ctx context.Context, u gotten) {
	do := func(method string, p params) {
		body, _ := stdjson.Marshal(p)
		_, _ = b.post(ctx, method, "application/json", body)
	}
	switch {
	case u.Message != nil && strings.HasPrefix(u.Message.Text, "/start"):
		do("sendMessage", params{"chat_id": u.Message.Chat.ID, "parse_mode": "HTML", "text": "<b>سلام</b> \u2068سارا\u2069 t.me/peyk?start=abc-1",
			"reply_markup": params{"inline_keyboard": [][]params{{{"text": "✅ Approve", "callback_data": "ok:1"}}}}})
	case u.Callback != nil && u.Callback.Data == "ok:1":
		do("answerCallbackQuery", params{"callback_query_id": u.Callback.ID, "text": "Approved."})
		do("editMessageText", params{"chat_id": u.Callback.Message.Chat.ID, "message_id": u.Callback.Message.ID, "text": "Done: approved"})
	case u.Callback != nil:
		do("answerCallbackQuery", params{"callback_query_id": u.Callback.ID, "text": "Out of date."})
	case u.Message != nil && u.Message.NewMembers != nil:
		do("leaveChat", params{"chat_id": u.Message.Chat.ID})
	case u.Message != nil && u.Message.Text == "like":
		do("setMessageReaction", params{"chat_id": u.Message.Chat.ID, "message_id": u.Message.ID,
			"reaction": []params{{"type": "emoji", "emoji": "👍"}}})
	case u.Message != nil && u.Message.Chat.Type == Private && u.Message.MediaKind() == KindPhoto:
		do("sendPhoto", params{"chat_id": u.Message.Chat.ID, "photo": u.Message.Photo[1].FileID, "caption": u.Message.Caption})
		do("sendMediaGroup", params{"chat_id": "@nobahar", "media": []params{{"type": "photo", "media": u.Message.Photo[1].FileID},
			{"type": "photo", "media": u.Message.Photo[1].FileID}, {"type": "photo", "media": u.Message.Photo[1].FileID}}})
	case u.Message != nil && u.Message.Chat.Type == Private:
		do("sendMessage", params{"chat_id": u.Message.Chat.ID, "text": "You said " + u.Message.Words() + u.Message.MediaKind()})
		do("sendMessage", params{"chat_id": "@nobahar", "text": "Post: " + u.Message.Words()})
	}
}
