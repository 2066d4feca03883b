package emulator

import (
	"bufio"
	"bytes"
	"context"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// fakeControl counts what the page asks for.
type fakeControl struct {
	alive   atomic.Bool
	skipped atomic.Value
}

func (*fakeControl) Clock() ClockFace {
	return ClockFace{Now: 1795424400, Fa: "دوشنبه", En: "Monday"}
}

func (c *fakeControl) Skip(_ context.Context, to string) error {
	c.skipped.Store(to)
	if to == "due" {
		return errors.New("nothing is due")
	}
	return nil
}
func (c *fakeControl) Alive() bool                 { return c.alive.Load() }
func (c *fakeControl) Kill(context.Context) error  { c.alive.Store(false); return nil }
func (c *fakeControl) Start(context.Context) error { c.alive.Store(true); return nil }

// A desk is a page with a world: Sara (owner of a channel with a discussion group), Omid, and a follower.
type desk struct {
	e                    *Emulator
	server               *httptest.Server
	control              *fakeControl
	sara, omid, follower *Phone
	channel, group       *Room
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{e: New(Options{}), control: &fakeControl{}}
	d.sara = d.e.AddUser(User{ID: 11, Username: "sara", FirstName: "سارا", LanguageCode: "fa"})
	d.omid = d.e.AddUser(User{ID: 12, Username: "omid", FirstName: "Omid", LanguageCode: "en"})
	d.follower = d.e.AddUser(User{ID: 13, Username: "nika", FirstName: "Nika"})
	d.channel, d.group = d.e.AddChannel("cafe", "Café"), d.e.AddSupergroup("", "Café talk")
	d.channel.LinkGroup(d.group)
	d.channel.AddOwner(d.sara)
	d.channel.Join(d.follower, "")
	d.control.alive.Store(true)
	d.server = httptest.NewServer(NewPage(d.e, PageOptions{Lang: "fa", Control: d.control, People: []PagePerson{
		{"sara", map[string]string{"fa": "مدیر", "en": "Manager"}}, {"omid", map[string]string{"fa": "مشتری", "en": "Client"}},
	}}))
	t.Cleanup(func() { d.server.CloseClientConnections(); d.server.Close(); d.e.Close() })
	return d
}

// ask makes a request and reads its answer; body nil is a GET.
func (d *desk) ask(t *testing.T, path string, body, into any) int {
	t.Helper()
	method, kind := http.MethodGet, ""
	var in io.Reader
	if raw, ok := body.([]byte); ok {
		method, kind, in = http.MethodPost, "application/json", bytes.NewReader(raw)
	} else if body != nil {
		raw, err := stdjson.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		method, kind, in = http.MethodPost, "application/json", bytes.NewReader(raw)
	}
	return d.do(t, method, path, kind, in, into)
}

func (d *desk) do(t *testing.T, method, path, kind string, in io.Reader, into any) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, d.server.URL+path, in)
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", kind)
		req.Header.Set("X-Peyk", "1")
	}
	res, err := d.server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if into != nil && res.StatusCode == http.StatusOK {
		if err := stdjson.Unmarshal(raw, into); err != nil {
			t.Fatalf("%s: %v: %s", path, err, raw)
		}
	}
	return res.StatusCode
}

// fetch makes a request of which only the head counts.
func (d *desk) fetch(t *testing.T, req *http.Request) *http.Response {
	t.Helper()
	res, err := d.server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res
}

type deedOf map[string]any

// botSends makes a call as the bot.
func (d *desk) botSends(t *testing.T, method string, params deedOf) {
	t.Helper()
	raw, _ := stdjson.Marshal(params)
	w := httptest.NewRecorder()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/bot"+d.e.Token()+"/"+method, bytes.NewReader(raw))
	req.Header.Set("Content-Type", "application/json")
	d.e.ServeHTTP(w, req)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %s", method, w.Body)
	}
}

// events follows the live stream.
func (d *desk) events(t *testing.T) <-chan string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.server.URL+"/api/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := d.server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 1000)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer res.Body.Close()
		event := ""
		for s := bufio.NewScanner(res.Body); s.Scan(); {
			if name, ok := strings.CutPrefix(s.Text(), "event: "); ok {
				event = name
			} else if data, ok := strings.CutPrefix(s.Text(), "data: "); ok {
				lines <- event + " " + data
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-ended })
	return lines
}

// await reads events until one holds all parts.
func await(t *testing.T, events <-chan string, parts ...string) {
	t.Helper()
	deadline := time.After(5 * time.Second)
	for {
		select {
		case got := <-events:
			all := true
			for _, p := range parts {
				all = all && strings.Contains(got, p)
			}
			if all {
				return
			}
		case <-deadline:
			t.Fatalf("no event with %q", parts)
		}
	}
}

func TestPageTap(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	events := d.events(t)
	await(t, events, "hello")
	if code := d.ask(t, "/api/start", deedOf{"as": 11, "payload": "abc"}, nil); code != http.StatusOK {
		t.Fatal(code)
	}
	await(t, events, "change", "[11,11]")
	d.botSends(t, "sendChatAction", deedOf{"chat_id": 11, "action": "typing"})
	await(t, events, "typing", `"typing"`)
	d.botSends(t, "sendMessage", deedOf{"chat_id": 11, "text": "<b>Yes?</b>", "parse_mode": "HTML",
		"reply_markup": deedOf{"inline_keyboard": [][]deedOf{{{"text": "Yes", "callback_data": "y", "style": "success"}}}}})
	await(t, events, "change", "[11,11]")
	var chat struct {
		Messages []struct {
			ID   int64  `json:"message_id"`
			Text string `json:"text"`
			Out  bool   `json:"out"`
		} `json:"messages"`
		Head struct {
			Unread int `json:"unread"`
		} `json:"head"`
	}
	d.ask(t, "/api/chat?as=11", nil, &chat)
	if len(chat.Messages) != 2 || !chat.Messages[0].Out || chat.Messages[1].Text != "Yes?" || chat.Head.Unread != 0 {
		t.Fatalf("the chat is %+v", chat)
	}
	var pressed struct{ Query string }
	tap := deedOf{"as": 11, "chat": 11, "message": chat.Messages[1].ID, "data": "y"}
	if code := d.ask(t, "/api/press", tap, &pressed); code != http.StatusOK {
		t.Fatal(code)
	}
	d.botSends(t, "answerCallbackQuery", deedOf{"callback_query_id": pressed.Query, "text": "Done", "show_alert": true})
	await(t, events, "answer", pressed.Query, "Done", `"alert":true`)
	tap["data"] = "other"
	if code := d.ask(t, "/api/press", tap, nil); code != http.StatusConflict {
		t.Errorf("a button that is not there: %d", code)
	}
}

// TestPageEachSeesOwn: nobody's chat with the bot is anybody else's.
func TestPageEachSeesOwn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ask(t, "/api/say", deedOf{"as": 11, "text": "mine"}, nil)
	for path, want := range map[string]int{
		"/api/chat?as=12&chat=11":                 http.StatusNotFound,
		"/api/chat?as=99":                         http.StatusNotFound,
		"/api/chat?as=" + itoa(d.e.bot.ID):        http.StatusNotFound,
		"/api/chat?as=x":                          http.StatusNotFound,
		"/api/chat?as=13&chat=" + d.chat(d.group): http.StatusNotFound,
		"/api/chat?as=13":                         http.StatusOK,
	} {
		if code := d.ask(t, path, nil, nil); code != want {
			t.Errorf("%s: %d, want %d", path, code, want)
		}
	}
	var world struct {
		People []struct {
			Username string
			Phone    bool
		}
		Chats map[string][]struct{ ID int64 }
	}
	d.ask(t, "/api/world", nil, &world)
	if len(world.People) != 3 || !world.People[0].Phone || world.People[2].Phone || len(world.Chats["11"]) != 2 || len(world.Chats["12"]) != 1 {
		t.Errorf("the world is %+v", world)
	}
}

func (d *desk) chat(r *Room) string { return itoa(r.ID()) }

func TestPageRefuses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	sent := d.sara.Say("mine")
	for name, c := range map[string]struct {
		path string
		body any
		want int
	}{
		"nobody":              {"/api/say", deedOf{"as": 99, "text": "x"}, 404},
		"garbage":             {"/api/say", []byte(`{"as":`), 400},
		"wrong type":          {"/api/say", []byte(`{"as":"x"}`), 400},
		"too long":            {"/api/say", []byte(`{"as":11,"text":"` + strings.Repeat("x", maxDeed) + `"}`), 413},
		"an empty text":       {"/api/say", deedOf{"as": 11, "text": " \n"}, 400},
		"a channel of others": {"/api/say", deedOf{"as": 13, "chat": d.channel.ID(), "text": "x"}, 403},
		"an edit of others":   {"/api/edit", deedOf{"as": 12, "chat": 11, "message": sent.ID, "text": "x"}, 404},
		"gone":                {"/api/edit", deedOf{"as": 11, "chat": 11, "message": 999, "text": "x"}, 404},
		"payload":             {"/api/start", deedOf{"as": 11, "payload": "a b"}, 400},
		"no thread":           {"/api/comment", deedOf{"as": 13, "channel": d.channel.ID(), "post": 5, "text": "x"}, 404},
		"private group":       {"/api/join", deedOf{"as": 12, "chat": d.e.AddGroup("closed").ID()}, 403},
		"not the owner":       {"/api/admin", deedOf{"as": 13, "chat": d.channel.ID(), "on": true}, 403},
		"taken":               {"/api/channel", deedOf{"as": 12, "title": "x", "username": "cafe"}, 409},
		"language":            {"/api/language", deedOf{"as": 12, "lang": "xx"}, 400},
		"skip":                {"/api/clock", deedOf{"skip": "year"}, 400},
		"nothing due":         {"/api/clock", deedOf{"skip": "due"}, 409},
		"fault":               {"/api/fault", deedOf{"name": "fire", "on": true}, 400},
		"bot":                 {"/api/bot", deedOf{"do": "dance"}, 400},
		"tour":                {"/api/tour", deedOf{"do": "jump"}, 400},
		"nothing to forward":  {"/api/forward", deedOf{"as": 11, "from": 11, "chat": 11}, 400},
		"files":               {"/api/send", deedOf{}, 400},
	} {
		if code := d.ask(t, c.path, c.body, nil); code != c.want {
			t.Errorf("%s: %d, want %d", name, code, c.want)
		}
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, d.server.URL+"/api/say", strings.NewReader(`{"as":11,"text":"x"}`))
	req.Header.Set("Content-Type", "application/json")
	if res := d.fetch(t, req); res.StatusCode != http.StatusForbidden {
		t.Errorf("a page of others: %s", res.Status)
	}
	req, _ = http.NewRequestWithContext(t.Context(), http.MethodGet, d.server.URL+"/api/world", nil)
	req.Host = "evil.example"
	if res := d.fetch(t, req); res.StatusCode != http.StatusForbidden {
		t.Errorf("another name for this address: %s", res.Status)
	}
}

func TestPageFiles(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	form := func(fields map[string]string, files ...[]byte) (string, io.Reader) {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		for k, v := range fields {
			_ = w.WriteField(k, v)
		}
		for i, data := range files {
			part, _ := w.CreateFormFile("files", fmt.Sprintf("p%d.jpg", i))
			_, _ = part.Write(data)
		}
		_ = w.Close()
		return w.FormDataContentType(), &b
	}
	kind, body := form(map[string]string{"as": "11", "caption": "two"}, Photo(1).Data, Photo(2).Data)
	if code := d.do(t, http.MethodPost, "/api/send", kind, body, nil); code != http.StatusOK {
		t.Fatal(code)
	}
	list := d.e.Messages(11)
	if len(list) != 2 || list[0].MediaGroup == "" || list[0].MediaGroup != list[1].MediaGroup || list[0].Caption != "two" || list[1].Photo == nil {
		t.Fatalf("an album of two: %+v", list)
	}
	kind, body = form(map[string]string{"as": "11", "kind": "voice"}, Voice(3).Data)
	d.do(t, http.MethodPost, "/api/send", kind, body, nil)
	if last, _ := d.e.Last(11); last.Voice == nil {
		t.Errorf("a voice note came as %s", last.MediaKind())
	}
	kind, body = form(map[string]string{"as": "11"}, []byte("<svg onload=alert(1)>"))
	d.do(t, http.MethodPost, "/api/send", kind, body, nil)
	last, _ := d.e.Last(11)
	if last.Document == nil {
		t.Fatalf("what is no picture came as %s", last.MediaKind())
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, d.server.URL+"/file/"+last.Document.FileID, nil)
	if h := d.fetch(t, req).Header; h.Get("Content-Type") != "application/octet-stream" || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("a document is served as %v", h)
	}
	photo, _ := list[0].Attached()
	req, _ = http.NewRequestWithContext(t.Context(), http.MethodGet, d.server.URL+"/file/"+photo.FileID, nil)
	req.Header.Set("Range", "bytes=0-9")
	if res := d.fetch(t, req); res.StatusCode != http.StatusPartialContent || res.Header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("a part of a photo: %s", res.Status)
	}
	if code := d.ask(t, "/file/none", nil, nil); code != http.StatusNotFound {
		t.Errorf("no file: %d", code)
	}
}

func TestPageChannelAndComments(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if code := d.ask(t, "/api/say", deedOf{"as": 11, "chat": d.channel.ID(), "text": "fresh bread"}, nil); code != http.StatusOK {
		t.Fatal(code)
	}
	post, _ := d.e.Last(d.channel.ID())
	deed := deedOf{"as": 13, "channel": d.channel.ID(), "post": post.ID, "text": "too dear"}
	if code := d.ask(t, "/api/comment", deed, nil); code != http.StatusOK {
		t.Fatal(code)
	}
	var chat struct {
		Messages []struct {
			Text     string
			Comments *int
		}
	}
	d.ask(t, "/api/chat?as=13&chat="+d.chat(d.channel), nil, &chat)
	if len(chat.Messages) != 1 || chat.Messages[0].Comments == nil || *chat.Messages[0].Comments != 1 {
		t.Errorf("the channel shows %+v", chat)
	}
	d.ask(t, fmt.Sprintf("/api/comments?as=13&channel=%d&post=%d", d.channel.ID(), post.ID), nil, &chat)
	if len(chat.Messages) != 2 || chat.Messages[1].Text != "too dear" {
		t.Errorf("the thread shows %+v", chat)
	}
	d.ask(t, "/api/admin", deedOf{"as": 11, "chat": d.channel.ID(), "on": true}, nil)
	if !d.channel.HasBot() {
		t.Error("the owner cannot make the bot administrator")
	}
	if code := d.ask(t, "/api/join", deedOf{"as": 12, "chat": d.channel.ID()}, nil); code != http.StatusOK || !d.channel.chat.members[12].isIn() {
		t.Errorf("joining a public channel: %d", code)
	}
	d.ask(t, "/api/forward", deedOf{"as": 12, "from": d.channel.ID(), "messages": []int64{post.ID}, "chat": 12}, nil)
	if last, ok := d.e.Last(12); !ok || last.Origin == nil || last.Text != "fresh bread" {
		t.Errorf("forwarded to the bot: %+v", last)
	}
}

func TestPageControls(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	events := d.events(t)
	await(t, events, "hello")
	d.ask(t, "/api/clock", deedOf{"skip": "1h"}, nil)
	if d.control.skipped.Load() != "1h" {
		t.Error("the clock was not moved")
	}
	d.ask(t, "/api/bot", deedOf{"do": "kill"}, nil)
	await(t, events, "bot", `"alive":false`)
	d.ask(t, "/api/fault", deedOf{"name": "slow", "on": true}, nil)
	await(t, events, "faults", `"slow":true`)
	var now tour
	d.ask(t, "/api/tour", deedOf{"do": "next"}, &now)
	d.ask(t, "/api/tour", deedOf{"do": "next"}, &now)
	if now.Step != 3 || now.Of != tourSteps {
		t.Errorf("the tour is at %+v", now)
	}
}

// TestSwitches counts what each fault that stays does to ten messages into a channel.
func TestSwitches(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		Limit: "5 of 429", Platform: "10 of 502", Token: "10 of 401",
	} {
		d := newDesk(t)
		d.channel.PromoteBot(d.sara)
		if err := d.e.Switch(name, true); err != nil {
			t.Fatal(err)
		}
		codes := map[int]int{}
		for range 10 {
			w := httptest.NewRecorder()
			body := strings.NewReader(fmt.Sprintf(`{"chat_id":%d,"text":"x"}`, d.channel.ID()))
			req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/bot"+d.e.Token()+"/sendMessage", body)
			req.Header.Set("Content-Type", "application/json")
			d.e.ServeHTTP(w, req)
			codes[w.Code]++
		}
		delete(codes, http.StatusOK)
		for code, n := range codes {
			if got := fmt.Sprintf("%d of %d", n, code); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
		if len(codes) != 1 {
			t.Errorf("%s struck with %v", name, codes)
		}
	}
}

func TestWorldIsKept(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	dir := t.TempDir()
	if err := New(Options{}).LoadFrom(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no world: %v", err)
	}
	d.sara.Start("")
	d.sara.Send(Photo(3), "a photo")
	d.channel.PromoteBot(d.sara)
	d.botSends(t, "sendMessage", deedOf{"chat_id": d.channel.ID(), "text": "a post"})
	d.botSends(t, "setMyCommands", deedOf{"commands": []deedOf{{"command": "help", "description": "Help"}}})
	d.omid.Block()
	if err := d.e.SaveTo(dir); err != nil {
		t.Fatal(err)
	}
	e := New(Options{})
	defer e.Close()
	if err := e.LoadFrom(dir); err != nil {
		t.Fatal(err)
	}
	was, is := worldText(d.e), worldText(e)
	if was != is {
		t.Errorf("the world was\n%s\nand is\n%s", was, is)
	}
	if len(e.Pending()) != len(d.e.Pending()) || len(e.Commands(11, "fa")) != 1 {
		t.Error("updates or commands are lost")
	}
	photo, _ := e.Messages(11)[1].Attached()
	if data, ok := e.FileData(photo.FileID); !ok || !bytes.Equal(data, Photo(3).Data) {
		t.Error("the photo's bytes are lost")
	}
	sara, _ := e.PhoneOf("sara")
	if next := sara.Say("on"); next.ID <= e.Messages(11)[1].ID {
		t.Errorf("the next message has the number %d", next.ID)
	}
	post, _ := e.Last(d.channel.ID())
	if !e.editable(e.chats[d.channel.ID()], post) {
		t.Error("the bot cannot edit its post any more")
	}
	raw, _ := os.ReadFile(filepath.Join(dir, "world.json"))
	_ = os.WriteFile(filepath.Join(dir, "world.json"), bytes.Replace(raw, []byte(`"Version":1`), []byte(`"Version":7`), 1), 0o600)
	if err := e.LoadFrom(dir); !errors.Is(err, ErrWorldVersion) {
		t.Errorf("a world of another version: %v", err)
	}
}

// worldText is everything that people see.
func worldText(e *Emulator) string {
	var b strings.Builder
	for _, id := range []int64{11, 12, 13} {
		fmt.Fprintf(&b, "%s blocked %t\n", e.users[id].Name(), e.users[id].blocked)
	}
	for _, name := range []string{"cafe", "Café talk"} {
		r, _ := e.RoomOf(name)
		fmt.Fprintf(&b, "%+v linked %d, %d members\n", r.chat.Chat, r.chat.linked, len(r.chat.members))
		for _, m := range r.chat.messages {
			b.WriteString(Describe(m) + "\n")
		}
	}
	for _, m := range e.Messages(11) {
		b.WriteString(Describe(m) + "\n")
	}
	return b.String()
}
