package emulator

import (
	"bytes"
	"context"
	stdjson "encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"testing"
)

// screen is the page under test in the place of a browser, and a world behind it: Sara owns the channel nobahar, where the bot
// is administrator and which has a discussion group; John has joined the channel.
type screen struct {
	*box
	site       *httptest.Server
	sara, john *Phone
	channel    *Room
	group      *Room
	control    *panel
}

// panel is a control that notes what it is asked.
type panel struct {
	mu    sync.Mutex
	face  ClockFace
	alive bool
	asked []string
	err   error
}

func (c *panel) do(what string, f func()) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, what)
	if c.err == nil {
		f()
	}
	return c.err
}

func (c *panel) Clock() ClockFace {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.face
}

func (c *panel) Skip(_ context.Context, to string) error {
	return c.do("skip "+to, func() { c.face.Now += 900 })
}

func (c *panel) Alive() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.alive
}

func (c *panel) Kill(context.Context) error  { return c.do("kill", func() { c.alive = false }) }
func (c *panel) Start(context.Context) error { return c.do("start", func() { c.alive = true }) }

func newScreen(t *testing.T) *screen {
	t.Helper()
	s := &screen{box: newBox(t, Options{}), control: &panel{face: ClockFace{Now: 1795422600, Fa: "دوشنبه", En: "Monday", Zone: "Asia/Tehran"}, alive: true}}
	s.sara = s.AddUser(User{Username: "sara", FirstName: "سارا", LanguageCode: "fa"})
	s.john = s.AddUser(User{Username: "john", FirstName: "John", LanguageCode: "en"})
	s.AddUser(User{Username: "mina", FirstName: "Mina"})
	s.channel, s.group = s.AddChannel("nobahar", "کافه نوبهار"), s.AddSupergroup("", "گفتگوی نوبهار")
	s.channel.LinkGroup(s.group)
	s.channel.AddOwner(s.sara)
	s.channel.PromoteBot(s.sara)
	s.group.AddOwner(s.sara)
	s.group.PromoteBot(s.sara)
	s.channel.Join(s.john, "")
	s.site = httptest.NewServer(NewPage(s.Emulator, PageOptions{Lang: "fa", Control: s.control, People: []PagePerson{
		{Username: "sara", About: map[string]string{"fa": "مدیر آژانس", "en": "Agency owner"}}, {Username: "john"}}}))
	t.Cleanup(s.site.Close)
	return s
}

// ask makes a request of the page and decodes what it says.
func (s *screen) ask(req *http.Request, into any) int {
	s.t.Helper()
	res, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	if kind := res.Header.Get("Content-Type"); kind != "application/json" {
		s.t.Fatalf("%s %s: %s %q", req.Method, req.URL, kind, body)
	}
	if err := stdjson.Unmarshal(body, into); err != nil {
		s.t.Fatalf("%s: %v in %s", req.URL, err, body)
	}
	return res.StatusCode
}

func (s *screen) get(path string, into any) int {
	s.t.Helper()
	req, _ := http.NewRequest(http.MethodGet, s.site.URL+path, nil)
	return s.ask(req, into)
}

// said is what a deed answers.
type said struct {
	Link     string
	OK       bool
	Error    string
	Text     string
	Messages []int64
	Chat     int64
	Query    string
}

func (s *screen) raw(path, body string) (int, said) {
	s.t.Helper()
	var a said
	req, _ := http.NewRequest(http.MethodPost, s.site.URL+path, strings.NewReader(body))
	req.Header.Set("X-Peyk", "1")
	code := s.ask(req, &a)
	return code, a
}

// deed does something that has to succeed.
func (s *screen) deed(name string, p params) said {
	s.t.Helper()
	body, _ := stdjson.Marshal(p)
	code, a := s.raw("/api/"+name, string(body))
	if code != 200 || !a.OK {
		s.t.Fatalf("%s %s: %d %+v", name, body, code, a)
	}
	return a
}

// wrong does something that has to be refused.
func (s *screen) wrong(name string, p params, want refusal) {
	s.t.Helper()
	body, _ := stdjson.Marshal(p)
	code, a := s.raw("/api/"+name, string(body))
	if code != want.status || a.Error != want.code || a.Text == "" {
		s.t.Errorf("%s %s: %d %+v, want %d %s", name, body, code, a, want.status, want.code)
	}
}

// seenMessage is a message as the page gets it.
type seenMessage struct {
	Message
	Out       bool
	Prompt    json
	Mood      string
	Silent    bool
	Comments  *int
	Reactions map[int64]string
}

type seenChat struct {
	ID          int64
	Head        chatHead
	Messages    []seenMessage
	More        bool
	Pinned      []int64
	Commands    []BotCommand
	Typing      string
	Blocked     bool
	Started     bool
	Description string
	Error       string
}

func (s *screen) open(p *Phone, chat int64) seenChat {
	s.t.Helper()
	var c seenChat
	if code := s.get("/api/chat?as="+itoa(p.user.ID)+"&chat="+itoa(chat), &c); code != 200 {
		s.t.Fatalf("chat %d: %d %s", chat, code, c.Error)
	}
	return c
}

func (s *screen) worldNow() pageWorld {
	s.t.Helper()
	var w pageWorld
	s.get("/api/world", &w)
	return w
}

func (s *screen) headOf(p *Phone, chat int64) chatHead {
	s.t.Helper()
	for _, h := range s.worldNow().Chats[p.user.ID] {
		if h.ID == chat {
			return h
		}
	}
	s.t.Fatalf("%s has no chat %d", p.user.Username, chat)
	return chatHead{}
}

func TestPageWorld(t *testing.T) {
	s := newScreen(t)
	s.john.Start("")
	s.must("sendMessage", params{"chat_id": "@nobahar", "text": strings.Repeat("سلام ", 100)}, nil)
	w := s.worldNow()
	if w.Lang != "fa" || w.Bot.Username != "peyk_test_bot" || w.Bot.Name != "Peyk" || !w.Alive || w.Clock == nil || w.Clock.Zone != "Asia/Tehran" {
		t.Errorf("world: %+v", w)
	}
	if len(w.People) != 3 || w.People[0].Username != "sara" || !w.People[0].Phone || w.People[0].About["en"] != "Agency owner" || w.People[2].Phone {
		t.Errorf("people: %+v", w.People)
	}
	if len(w.Chats) != 3 || w.Tour == nil || *w.Tour != (tour{Step: 1, Of: 6}) {
		t.Errorf("chats of %d phones, tour %+v", len(w.Chats), w.Tour)
	}
	h := s.headOf(s.john, s.channel.ID())
	if !h.Member || h.CanWrite || !h.BotAdmin || h.Linked != s.group.ID() || h.Unread != 1 || h.Subscribers != 3 {
		t.Errorf("channel of John: %+v", h)
	}
	if h.Last == nil || len([]rune(h.Last.Text)) != previewRunes+1 || h.Last.From != "کافه نوبهار" {
		t.Errorf("last: %+v", h.Last)
	}
	if own := s.headOf(s.john, s.john.Chat()); own.Title != "Peyk" || !own.CanWrite || !own.Last.Out || own.Unread != 0 {
		t.Errorf("bot's chat: %+v", own)
	}
	if list := w.Chats[s.john.user.ID]; len(list) != 2 || list[0].ID < 0 && list[1].ID < 0 {
		t.Errorf("John sees %+v", list)
	}
	if h := s.headOf(s.sara, s.channel.ID()); !h.CanWrite || h.Last.Out {
		t.Errorf("channel of Sara: %+v", h)
	}
}

func TestPageWithoutOptions(t *testing.T) {
	s := newScreen(t)
	s.site.Config.Handler = NewPage(s.Emulator, PageOptions{NoTour: true, Lang: "en"})
	w := s.worldNow()
	if w.Clock != nil || !w.Alive || w.Tour != nil || len(w.Chats) != 3 || w.Lang != "en" {
		t.Errorf("world: %+v", w)
	}
	s.wrong("clock", params{"skip": "1h"}, errNoControl)
	s.wrong("bot", params{"do": "kill"}, errNoControl)
	s.wrong("tour", params{"do": "next"}, errNoControl)
	s.deed("fault", params{"name": "slow", "on": true})
}

func TestPageChat(t *testing.T) {
	s := newScreen(t)
	s.must("setMyCommands", params{"commands": []params{{"command": "week", "description": "هفته"}}, "language_code": "fa"}, nil)
	s.must("setMyDescription", params{"description": "I plan posts."}, nil)
	s.must("setMyName", params{"name": "پیک", "language_code": "fa"}, nil)
	if h := s.headOf(s.john, s.john.Chat()); h.Title != "Peyk" {
		t.Errorf("the bot's name for John: %q", h.Title)
	}
	if c := s.open(s.sara, s.sara.Chat()); c.Started || c.Description != "I plan posts." || len(c.Messages) != 0 || c.Head.Title != "پیک" {
		t.Errorf("before the start: %+v", c)
	}
	s.sara.Start("")
	for range 4 {
		s.must("sendMessage", params{"chat_id": s.sara.Chat(), "text": "x", "disable_notification": true,
			"reply_markup": params{"force_reply": true}}, nil)
	}
	s.must("pinChatMessage", params{"chat_id": s.sara.Chat(), "message_id": 2}, nil)
	s.must("setMessageReaction", params{"chat_id": s.sara.Chat(), "message_id": 1, "reaction": []params{{"type": "emoji", "emoji": "👍"}}}, nil)
	s.must("sendChatAction", params{"chat_id": s.sara.Chat(), "action": "typing"}, nil)
	if h := s.headOf(s.sara, s.sara.Chat()); h.Unread != 4 {
		t.Errorf("unread: %d", h.Unread)
	}
	var peek seenChat
	s.get("/api/chat?peek=1&as="+itoa(s.sara.Chat())+"&chat="+itoa(s.sara.Chat()), &peek)
	if h := s.headOf(s.sara, s.sara.Chat()); h.Unread != 4 {
		t.Errorf("a peek marked the chat as read")
	}
	c := s.open(s.sara, s.sara.Chat())
	if len(c.Messages) != 5 || c.More || !c.Started || c.Typing != "typing" || !slices.Equal(c.Pinned, []int64{2}) || len(c.Commands) != 1 {
		t.Errorf("chat: %+v", c)
	}
	if m := c.Messages[0]; !m.Out || m.Mood != "👍" {
		t.Errorf("own message: %+v", m)
	}
	if m := c.Messages[1]; m.Out || !m.Silent || string(m.Prompt) == "" || m.ID != 2 {
		t.Errorf("the bot's message: %+v", m)
	}
	if h := s.headOf(s.sara, s.sara.Chat()); h.Unread != 0 {
		t.Errorf("read, and still %d unread", h.Unread)
	}
	var older seenChat
	s.get("/api/chat?limit=2&before=4&as="+itoa(s.sara.Chat())+"&chat="+itoa(s.sara.Chat()), &older)
	if len(older.Messages) != 2 || older.Messages[1].ID != 3 || !older.More {
		t.Errorf("older: %+v", older)
	}
}

func TestPageHidesChats(t *testing.T) {
	s := newScreen(t)
	s.sara.Say("a secret")
	team := s.AddSupergroup("", "Team")
	team.Join(s.sara, "")
	john, sara := itoa(s.john.user.ID), itoa(s.sara.user.ID)
	for path, want := range map[string]refusal{
		"/api/chat?as=" + john + "&chat=" + sara:                                     errNoChat,
		"/api/chat?as=" + john + "&chat=" + itoa(team.ID()):                          errNoChat,
		"/api/chat?as=" + john + "&chat=12":                                          errNoChat,
		"/api/chat?as=99&chat=" + sara:                                               errUnknownPerson,
		"/api/chat?as=" + itoa(s.bot.ID) + "&chat=" + sara:                           errUnknownPerson,
		"/api/chat?as=777000&chat=777000":                                            errUnknownPerson,
		"/api/chat?as=" + john + "&chat=x":                                           errBadRequest,
		"/api/chat?as=x&chat=y":                                                      errUnknownPerson,
		"/api/chat?as=" + john + "&chat=" + john + "&before=x":                       errBadRequest,
		"/api/chat?as=" + john + "&chat=" + john + "&limit=-1":                       errBadRequest,
		"/api/chat?as=" + john + "&chat=" + john + "&limit=99999999999999999999":     errBadRequest,
		"/api/comments?as=" + john + "&channel=" + itoa(s.channel.ID()) + "&post=77": errNoMessage,
		"/api/comments?as=" + john + "&channel=" + itoa(s.group.ID()) + "&post=1":    errNoMessage,
		"/api/comments?as=" + john + "&channel=" + itoa(team.ID()) + "&post=1":       errNoChat,
		"/api/nothing":           errNoSuch,
		"/assets/none.js":        errNoSuch,
		"/assets/..%2fpage.go":   errNoSuch,
		"/assets/%2e%2e/page.go": errNoSuch,
		"/file/none":             errNoSuch,
	} {
		var a said
		if code := s.get(path, &a); code != want.status || a.Error != want.code || a.Text == "" {
			t.Errorf("%s: %d %+v, want %s", path, code, a, want.code)
		}
	}
}

func TestPageGuard(t *testing.T) {
	s := newScreen(t)
	for _, c := range []struct {
		host, header string
		want         int
	}{
		{"127.0.0.1:80", "1", 404}, {"localhost:9", "1", 404}, {"[::1]:1", "1", 404}, {"LOCALHOST", "1", 404},
		{"evil.example", "1", 403}, {"127.0.0.1.evil.example:80", "1", 403}, {"192.168.1.5:80", "1", 403}, {"localhost", "", 403},
	} {
		req, _ := http.NewRequest(http.MethodPost, s.site.URL+"/api/say", strings.NewReader(`{"as":1}`))
		req.Host = c.host
		if c.header != "" {
			req.Header.Set("X-Peyk", c.header)
		}
		var a said
		if code := s.ask(req, &a); code != c.want {
			t.Errorf("host %q, header %q: %d %+v", c.host, c.header, code, a)
		}
	}
	for path, want := range map[string]string{"/": "text/html; charset=utf-8", "/assets/phone.js": "text/javascript; charset=utf-8"} {
		res, err := s.client.Get(s.site.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		h := res.Header
		if res.StatusCode != 200 || h.Get("Content-Type") != want || h.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'self'") || h.Get("ETag") == "" {
			t.Errorf("%s: %d %v", path, res.StatusCode, h)
		}
	}
}

func TestPageRefusesGarbage(t *testing.T) {
	s := newScreen(t)
	for body, want := range map[string]refusal{
		"":           errBadJSON,
		"[]":         errBadJSON,
		`{"as":"x"}`: errBadJSON,
		`{"as":1.5}`: errBadJSON,
		`{"as":1,`:   errBadJSON,
		`{"as":4}`:   errUnknownPerson,
	} {
		for _, name := range []string{"say", "press", "forward", "edit", "delete", "react", "start", "block", "language", "join", "leave", "admin", "channel", "comment"} {
			code, a := s.raw("/api/"+name, body)
			if code != want.status || a.Error != want.code {
				t.Errorf("%s %.20q: %d %+v, want %s", name, body, code, a, want.code)
			}
		}
	}
	if code, a := s.raw("/api/say", strings.Repeat(" ", maxDeed)+"{}"); code != 413 || a.Error != "too_big" {
		t.Errorf("a giant: %d %+v", code, a)
	}
	for _, name := range []string{"clock", "fault", "bot", "tour"} {
		s.wrong(name, params{"skip": "2y", "name": "none", "do": "none"}, errBadRequest)
	}
}

func TestPageWordsAreComplete(t *testing.T) {
	for code, w := range pageWords() {
		if w.fa == "" || w.en == "" || !strings.HasSuffix(w.fa, ".") || !strings.HasSuffix(w.en, ".") {
			t.Errorf("%s: %+v", code, w)
		}
	}
	s := newScreen(t)
	s.control.err = errors.New("pq: some inner fault")
	if code, a := s.raw("/api/bot", `{"do":"kill"}`); code != 409 || a.Error != "failed" || strings.Contains(a.Text, "pq") {
		t.Errorf("a fault of the control is shown as %d %+v", code, a)
	}
	if _, a := s.raw("/api/leave", `{"as":`+itoa(s.john.user.ID)+`,"chat":5}`); a.Text != pageWords()["chat"].en {
		t.Errorf("John reads %q", a.Text)
	}
	if _, a := s.raw("/api/leave", `{"as":`+itoa(s.sara.user.ID)+`,"chat":5}`); a.Text != pageWords()["chat"].fa {
		t.Errorf("Sara reads %q", a.Text)
	}
}

// parcelBody builds the body of an upload; files are "type|name" → bytes, in order.
func parcelBody(fields params, files ...[3]string) (*bytes.Buffer, string) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, v := range fields {
		list, ok := v.([]string)
		if !ok {
			list = []string{v.(string)}
		}
		for _, one := range list {
			_ = w.WriteField(k, one)
		}
	}
	for _, f := range files {
		h := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="files"; filename="` + f[1] + `"`}, "Content-Type": {f[0]}}
		part, _ := w.CreatePart(h)
		_, _ = io.WriteString(part, f[2])
	}
	_ = w.Close()
	return &body, w.FormDataContentType()
}

func (s *screen) parcel(p *Phone, fields params, files ...[3]string) (int, said) {
	s.t.Helper()
	fields["as"] = itoa(p.user.ID)
	if fields["chat"] == nil {
		fields["chat"] = itoa(p.Chat())
	}
	body, kind := parcelBody(fields, files...)
	req, _ := http.NewRequest(http.MethodPost, s.site.URL+"/api/send", body)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("X-Peyk", "1")
	var a said
	code := s.ask(req, &a)
	return code, a
}

// What is public may be looked at before joining; what is not stays hidden, also as a line of somebody's list.
func TestPageShowsPublicChannels(t *testing.T) {
	s := newScreen(t)
	s.sara.In(s.channel).Say("post")
	mina, _ := s.PhoneOf("mina")
	if c := s.open(mina, s.channel.ID()); len(c.Messages) != 1 || c.Head.Member || c.Head.CanWrite {
		t.Errorf("Mina sees %+v", c)
	}
	if list := s.worldNow().Chats[mina.id()]; len(list) != 1 {
		t.Errorf("Mina's list: %+v", list)
	}
	s.wrong("say", params{"as": mina.id(), "chat": s.channel.ID(), "text": "x"}, errNoRight)
	s.Emulator.setBan(s.channel, mina)
	var a said
	if code := s.get("/api/chat?as="+itoa(mina.id())+"&chat="+itoa(s.channel.ID()), &a); code != 404 {
		t.Errorf("banned, and still: %d", code)
	}
}
