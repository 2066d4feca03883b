package emulator

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
)

// try sends a text and says what the bot can know: the reply, or that there was none.
func (b *box) try(ctx context.Context, chat int64) (reply, error) {
	return b.post(ctx, "sendMessage", "application/json", []byte(`{"text":"x","chat_id":`+itoa(chat)+`}`))
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		fault     Fault
		delivered bool
		answered  bool
		code      int
	}{
		{Fault{Kind: Drop}, true, false, 0},
		{Fault{Kind: Refuse}, false, false, 0},
		{Fault{Kind: Status, Code: 500}, false, true, 500},
		{Fault{Kind: Flood, After: 7 * time.Second}, false, true, 429},
		{Fault{Kind: Garbage}, false, false, 502},
		{Fault{Kind: Hang}, false, false, 0},
		{Fault{Kind: Swallow}, true, false, 0},
		{Fault{Kind: Delay, After: 30 * time.Millisecond}, true, true, 0},
		{Fault{Kind: Late, After: 30 * time.Millisecond}, true, true, 0},
	} {
		t.Run(string(c.fault.Kind), func(t *testing.T) {
			t.Parallel()
			b := newBox(t, Options{})
			chat := b.sara().Chat()
			c.fault.Method, c.fault.Chat = "sendmessage", chat
			b.Fault(c.fault)
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			if c.fault.Kind == Hang || c.fault.Kind == Swallow {
				ctx, cancel = context.WithTimeout(context.Background(), 300*time.Millisecond)
			}
			defer cancel()
			r, err := b.try(ctx, chat)
			if (err == nil) != c.answered || c.answered && r.Code != c.code {
				t.Errorf("the bot saw %+v, %v", r, err)
			}
			if n := len(b.Outputs(chat)); (n == 1) != c.delivered {
				t.Errorf("%d messages were delivered", n)
			}
			if calls := b.Calls("sendMessage"); len(calls) != 1 || calls[0].Fault != c.fault.Kind || calls[0].Chat != chat {
				t.Errorf("journal: %+v", calls)
			}
			if r, err := b.try(context.Background(), chat); err != nil || !r.OK {
				t.Errorf("after the fault: %+v %v", r, err)
			}
		})
	}
}

func TestFloodSaysWhen(t *testing.T) {
	b := newBox(t, Options{})
	chat := b.sara().Chat()
	b.Fault(Fault{Kind: Flood, After: 7 * time.Second, Times: 2})
	for range 2 {
		r := b.call("sendMessage", params{"chat_id": chat, "text": "x"})
		if r.Parameters.RetryAfter != 7 || r.header.Get("Retry-After") != "7" || r.Description != "Too Many Requests: retry after 7" {
			t.Errorf("got %+v", r)
		}
	}
	b.must("sendMessage", params{"chat_id": chat, "text": "x"}, nil)
}

func TestFaultsFit(t *testing.T) {
	b := newBox(t, Options{})
	chat := b.sara().Chat()
	b.Fault(Fault{Kind: Status, Method: "sendPhoto"})
	b.Fault(Fault{Kind: Status, Chat: chat + 1})
	b.must("sendMessage", params{"chat_id": chat, "text": "x"}, nil)
	b.Fault(Fault{Kind: Status})
	b.poll(params{}) // a fault without a method leaves polling alone
	b.ClearFaults()
	b.must("sendMessage", params{"chat_id": chat, "text": "x"}, nil)
}

func TestOutage(t *testing.T) {
	b := newBox(t, Options{})
	polled := make(chan error)
	go func() {
		_, err := b.post(context.Background(), "getUpdates", "application/json", []byte(`{"timeout":30}`))
		polled <- err
	}()
	b.waitPoller()
	b.SetOutage(true)
	if err := <-polled; err == nil {
		t.Error("the poll was answered in the outage")
	}
	if r, err := b.post(context.Background(), "getMe", "application/json", nil); err == nil {
		t.Errorf("an answer in the outage: %+v", r)
	}
	b.SetOutage(false)
	b.must("getMe", params{}, nil)
}

func TestRates(t *testing.T) {
	network := clockwork.NewFakeClock()
	b := newBox(t, Options{Limits: true, Network: network})
	sara := b.sara()
	team := b.AddSupergroup("", "Team")
	team.AddBot(sara)
	send := func(chat int64) int {
		return b.call("sendMessage", params{"chat_id": chat, "text": "x"}).Parameters.RetryAfter
	}
	for i, want := range []int{0, 0, 0, 1} {
		if got := send(sara.Chat()); got != want {
			t.Errorf("message %d to one person: retry after %d, want %d", i+1, got, want)
		}
	}
	network.Advance(time.Second)
	if got := send(sara.Chat()); got != 0 {
		t.Errorf("a second later: retry after %d", got)
	}
	for i := range groupRate {
		network.Advance(time.Second)
		if got := send(team.ID()); got != 0 {
			t.Errorf("message %d to the group: retry after %d", i+1, got)
		}
	}
	network.Advance(time.Second)
	if got := send(team.ID()); got != 40 {
		t.Errorf("message 21 in a minute to a group: retry after %d, want 40", got)
	}
	network.Advance(time.Minute)
	refused := 0
	for range globalRate + 1 {
		p := b.AddUser(User{FirstName: "Somebody"})
		p.Start("")
		if send(p.Chat()) != 0 {
			refused++
		}
	}
	if refused != 1 {
		t.Errorf("%d of 31 messages in one second were refused, want 1", refused)
	}
}

// What the bot does against the description of the Bot API is noted, also where the server is tolerant.
func TestSpecIsChecked(t *testing.T) {
	if specPath() == "" {
		t.Skip("the description of the Bot API is not beside the checkout")
	}
	for _, c := range []struct {
		method string
		p      params
		want   string
	}{
		{"sendMessage", params{"chat_id": 1, "text": "x", "colour": "red"}, "sendMessage: unknown parameter colour"},
		{"sendMessage", params{"chat_id": 1}, "sendMessage: required parameter text is missing"},
		{"getUpdates", params{"limit": "many"}, "getUpdates: limit: \"many\" is no Integer"},
		{"sendMessage", params{"chat_id": 1, "text": "x", "reply_markup": params{"inline_keyboard": nil}}, "sendMessage: reply_markup: "},
		{"sendMessage", params{"chat_id": 1, "text": "x", "entities": []params{{"type": "bold", "offset": 0}}}, "MessageEntity.length is missing"},
		{"sendMessage", params{"chat_id": 1, "text": "x", "reply_markup": keyboardOf(params{"text": "x", "style": "pink"})}, "must be one of"},
		{"sendMessage", params{"chat_id": 1, "text": "x", "reply_parameters": `{"message_id": 1.0}`}, "ReplyParameters.message_id: 1.0 is no Integer"},
		{"sendMessage", params{"chat_id": 1, "text": "x", "reply_parameters": `{"message_id": 1, "colour": "red"}`}, "ReplyParameters has no field colour"},
		{"sendMessage", params{"chat_id": 1, "text": "x", "reply_parameters": `{"message_id": 1} {}`}, "reply_parameters: no JSON"},
		{"sendMessage", params{"chat_id": 1, "text": "x", "reply_parameters": ` [1] `}, "[1] is no ReplyParameters"},
		{"sendSticker", params{"chat_id": 1}, "sendSticker: required parameter sticker is missing"},
		{"getYou", params{}, "getYou: no such method"},
		{"sendMessage", params{"chat_id": 1, "text": "x", "reply_to_message_id": 3, "entities": "null"}, ""},
	} {
		b := newBox(t, Options{})
		b.call(c.method, c.p)
		got := strings.Join(b.Violations(), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s %v: %q, want %q", c.method, c.p, got, c.want)
		}
	}
}

func TestSpecChecksUpdates(t *testing.T) {
	if specPath() == "" {
		t.Skip("the description of the Bot API is not beside the checkout")
	}
	b := newBox(t, Options{})
	b.do(func() { b.push("message", 1, map[string]any{"message_id": "1"}) })
	if got := b.Violations(); len(got) != 1 || !strings.Contains(got[0], "message") {
		t.Errorf("got %q", got)
	}
}

func TestSpecMayBeAbsent(t *testing.T) {
	said := ""
	e := New(Options{SpecPath: "no/such/file.json", Log: func(f string, _ ...any) { said = f }})
	if e.Checked() || !strings.Contains(said, "not checked") {
		t.Errorf("log: %q", said)
	}
}
