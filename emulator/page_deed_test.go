package emulator

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

func (p *Phone) id() int64 { return p.user.ID }

func TestPageSays(t *testing.T) {
	s := newScreen(t)
	a := s.deed("say", params{"as": s.sara.id(), "chat": s.sara.Chat(), "text": "  سلام /week ", "entities": []params{{"type": "bold", "offset": 2, "length": 4}}})
	m := s.last().Message
	if len(a.Messages) != 1 || m.ID != a.Messages[0] || m.Text != "سلام /week" || m.From.ID != s.sara.id() {
		t.Errorf("said %+v, the bot heard %+v", a, m)
	}
	want := []Entity{{Type: "bold", Offset: 0, Length: 4}, {Type: "bot_command", Offset: 5, Length: 5}}
	if !slices.Equal(m.Entities, want) {
		t.Errorf("entities %+v, want %+v", m.Entities, want)
	}
	s.deed("say", params{"as": s.sara.id(), "chat": s.sara.Chat(), "text": "re", "reply": a.Messages[0]})
	if m := s.last().Message; m.ReplyTo == nil || m.ReplyTo.ID != a.Messages[0] {
		t.Errorf("reply: %+v", m)
	}
	if long := s.deed("say", params{"as": s.sara.id(), "chat": s.sara.Chat(), "text": strings.Repeat("پ", 9000)}); len(long.Messages) != 3 {
		t.Errorf("9000 letters went as %d messages", len(long.Messages))
	}
	as := func(p params) params {
		p["as"] = s.sara.id()
		if p["chat"] == nil {
			p["chat"] = s.sara.Chat()
		}
		return p
	}
	s.wrong("say", as(params{"text": " \n "}), errEmpty)
	s.wrong("say", as(params{"text": "x", "reply": 999}), errNoMessage)
	s.wrong("say", as(params{"text": "x", "entities": []params{{"type": "bold", "offset": 0, "length": 9}}}), errBadRequest)
	s.wrong("say", as(params{"text": "x", "entities": []params{{"type": "huge", "offset": 0, "length": 1}}}), errBadRequest)
	s.wrong("say", as(params{"text": strings.Repeat("x", 5000), "entities": []params{{"type": "bold", "offset": 0, "length": 9}}}), errTooLong)
	s.wrong("say", as(params{"text": "x", "chat": s.john.Chat()}), errNoChat)
	s.wrong("say", params{"as": s.john.id(), "chat": s.channel.ID(), "text": "x"}, errNoRight)
	s.wrong("say", params{"as": s.john.id(), "chat": s.group.ID(), "text": "x"}, errNoRight)
	s.deed("say", params{"as": s.sara.id(), "chat": s.channel.ID(), "text": "post"})
	s.agrees()
}

func TestPagePresses(t *testing.T) {
	s := newScreen(t)
	s.sara.Start("")
	s.john.Start("")
	var m Message
	s.must("sendMessage", params{"chat_id": s.sara.Chat(), "text": "x", "reply_markup": params{"inline_keyboard": [][]params{
		{{"text": "ok", "callback_data": "ok:1"}, {"text": "link", "url": "https://example.com"}}}}}, &m)
	press := params{"as": s.sara.id(), "chat": s.sara.Chat(), "message": m.ID, "data": "ok:1"}
	a := s.deed("press", press)
	if u := s.last(); u.Callback == nil || u.Callback.ID != a.Query || u.Callback.Data != "ok:1" {
		t.Errorf("tap: %+v", u)
	}
	s.wrong("press", params{"as": s.sara.id(), "chat": s.sara.Chat(), "message": m.ID, "data": "ok:2"}, errNoButtonThere)
	s.wrong("press", params{"as": s.sara.id(), "chat": s.sara.Chat(), "message": m.ID, "data": ""}, errNoButtonThere)
	s.wrong("press", params{"as": s.sara.id(), "chat": s.sara.Chat(), "message": 999, "data": "ok:1"}, errNoMessage)
	s.wrong("press", params{"as": s.john.id(), "chat": s.sara.Chat(), "message": m.ID, "data": "ok:1"}, errNoChat)
	s.deed("block", params{"as": s.sara.id(), "on": true})
	s.wrong("press", press, errBlocked)
	if c := s.open(s.sara, s.sara.Chat()); !c.Blocked {
		t.Error("the block does not show")
	}
	s.deed("block", params{"as": s.sara.id()})
	s.deed("press", press)
}

func TestPageForwards(t *testing.T) {
	s := newScreen(t)
	album := s.sara.SendAlbum("menu", Photo(1), Photo(2))
	single := s.sara.Say("single")
	p := params{"as": s.sara.id(), "from": s.sara.Chat(), "chat": s.channel.ID(), "messages": []int64{single.ID, album[1].ID, album[0].ID, single.ID}}
	a := s.deed("forward", p)
	got := s.Messages(s.channel.ID())
	if len(a.Messages) != 3 || len(got) != 3 {
		t.Fatalf("%d messages were forwarded: %v", len(got), a.Messages)
	}
	if got[0].MediaGroup == "" || got[0].MediaGroup != got[1].MediaGroup || got[0].MediaGroup == album[0].MediaGroup || got[2].MediaGroup != "" {
		t.Errorf("albums: %q %q %q", got[0].MediaGroup, got[1].MediaGroup, got[2].MediaGroup)
	}
	if o := got[2].Origin; got[2].Text != "single" || o == nil || o.User.ID != s.sara.id() || got[0].Caption != "menu" {
		t.Errorf("forwarded: %+v from %+v", got[2], o)
	}
	p["messages"] = []int64{}
	s.wrong("forward", p, errBadRequest)
	p["messages"] = make([]int64, 101)
	s.wrong("forward", p, errTooMany)
	p["messages"] = []int64{999}
	s.wrong("forward", p, errNoMessage)
	var kept Message
	s.must("sendMessage", params{"chat_id": s.sara.Chat(), "text": "for you alone", "protect_content": true}, &kept)
	p["messages"] = []int64{kept.ID}
	s.wrong("forward", p, errNoRight)
	s.wrong("forward", params{"as": s.john.id(), "from": s.sara.Chat(), "chat": s.john.Chat(), "messages": []int64{single.ID}}, errNoChat)
	s.wrong("forward", params{"as": s.john.id(), "from": s.channel.ID(), "chat": s.channel.ID(), "messages": []int64{1}}, errNoRight)
	s.agrees()
}

func TestPageEditsAndDeletes(t *testing.T) {
	s := newScreen(t)
	m := s.sara.Say("first")
	photo := s.sara.Send(Photo(1), "caption")
	var bots Message
	s.must("sendMessage", params{"chat_id": s.sara.Chat(), "text": "x"}, &bots)
	on := func(id int64, text string) params {
		return params{"as": s.sara.id(), "chat": s.sara.Chat(), "message": id, "text": text}
	}
	s.deed("edit", on(m.ID, "second"))
	if u := s.last(); u.Edited == nil || u.Edited.Text != "second" {
		t.Errorf("edit: %+v", u)
	}
	s.deed("edit", on(photo.ID, ""))
	if u := s.last(); u.Edited == nil || u.Edited.Caption != "" || u.Edited.ID != photo.ID {
		t.Errorf("caption: %+v", u)
	}
	s.wrong("edit", on(m.ID, "second"), errNotModified)
	s.wrong("edit", on(m.ID, ""), errEmpty)
	s.wrong("edit", on(m.ID, strings.Repeat("x", 4097)), errTooLong)
	s.wrong("edit", on(photo.ID, strings.Repeat("x", 1025)), errTooLong)
	s.wrong("edit", on(bots.ID, "mine"), errNoRight)
	s.wrong("edit", on(999, "x"), errNoMessage)
	s.deed("delete", on(bots.ID, ""))
	s.wrong("delete", on(bots.ID, ""), errNoMessage)

	post := s.sara.In(s.channel).Say("post")
	s.wrong("edit", params{"as": s.john.id(), "chat": s.channel.ID(), "message": post.ID, "text": "x"}, errNoRight)
	s.wrong("delete", params{"as": s.john.id(), "chat": s.channel.ID(), "message": post.ID}, errNoRight)
	s.deed("edit", params{"as": s.sara.id(), "chat": s.channel.ID(), "message": post.ID, "text": "better"})
	s.deed("delete", params{"as": s.sara.id(), "chat": s.channel.ID(), "message": post.ID})
	if n := len(s.Messages(s.channel.ID())); n != 0 {
		t.Errorf("%d posts are left", n)
	}
}

func TestPageReacts(t *testing.T) {
	s := newScreen(t)
	post := s.sara.In(s.channel).Say("post")
	p := params{"as": s.john.id(), "chat": s.channel.ID(), "message": post.ID, "emoji": "❤️"}
	s.deed("react", p)
	s.sara.In(s.channel).React(post, "❤️")
	if got := s.open(s.john, s.channel.ID()).Messages[0].Reactions; !maps.Equal(got, map[int64]string{s.john.id(): "❤️", s.sara.id(): "❤️"}) {
		t.Errorf("reactions: %+v", got)
	}
	p["emoji"] = ""
	s.deed("react", p)
	if got := s.open(s.john, s.channel.ID()).Messages[0].Reactions; !maps.Equal(got, map[int64]string{s.sara.id(): "❤️"}) {
		t.Errorf("reactions: %+v", got)
	}
	p["emoji"] = "<b>"
	s.wrong("react", p, errBadRequest)
	p["emoji"], p["message"] = "👍", 99
	s.wrong("react", p, errNoMessage)
}

func TestPageStarts(t *testing.T) {
	s := newScreen(t)
	if a := s.deed("start", params{"as": s.sara.id(), "payload": "inv-1"}); a.Chat != s.sara.Chat() || s.last().Message.Text != "/start inv-1" {
		t.Errorf("deep link: %+v", s.last().Message)
	}
	s.wrong("start", params{"as": s.sara.id(), "payload": "سلام"}, errBadRequest)
	s.wrong("start", params{"as": s.sara.id(), "payload": "x", "chat": s.channel.ID()}, errNoRight)
	team := s.AddSupergroup("", "Team")
	team.Join(s.sara, "")
	s.deed("start", params{"as": s.sara.id(), "payload": "team", "chat": team.ID()})
	if m := s.last().Message; m.Text != "/start@peyk_test_bot team" || !team.HasBot() {
		t.Errorf("into a group: %+v", m)
	}
	s.deed("language", params{"as": s.sara.id(), "lang": "en"})
	if s.sara.User().LanguageCode != "en" {
		t.Error("the language stayed")
	}
	s.wrong("language", params{"as": s.sara.id(), "lang": "<fa>"}, errBadRequest)
}

func TestPageJoins(t *testing.T) {
	s := newScreen(t)
	mina, _ := s.PhoneOf("mina")
	s.sara.In(s.channel).Say("old")
	hidden := s.AddChannel("", "Hidden")
	hidden.AddOwner(s.sara)
	hidden.PromoteBot(s.sara)
	var l InviteLink
	s.must("createChatInviteLink", params{"chat_id": hidden.ID()}, &l)
	in := func(p params) params { p["as"] = mina.id(); return p }
	s.wrong("join", in(params{"chat": hidden.ID()}), errNoRight)
	s.wrong("join", in(params{"chat": s.sara.Chat()}), errNoChat)
	s.wrong("join", in(params{"link": "https://t.me/+nothing"}), errBadLink)
	s.wrong("join", in(params{"link": "https://evil.example/nobahar"}), errBadLink)
	s.wrong("join", in(params{"link": "@sara"}), errBadLink)
	for _, p := range []params{{"chat": s.channel.ID()}, {"link": "@nobahar"}, {"link": "https://t.me/Nobahar?x=1"}, {"link": "t.me/nobahar/12"}} {
		if a := s.deed("join", in(p)); a.Chat != s.channel.ID() {
			t.Errorf("%v led to %d", p, a.Chat)
		}
		if c := s.open(mina, s.channel.ID()); !c.Head.Member || c.Head.Unread != 0 {
			t.Errorf("joined: %+v", c.Head)
		}
		s.deed("leave", in(params{"chat": s.channel.ID()}))
		s.wrong("leave", in(params{"chat": s.channel.ID()}), errNoChat)
	}
	if a := s.deed("join", in(params{"chat": 0, "payload": l.Link})); a.Chat != hidden.ID() {
		t.Errorf("the invitation led to %d", a.Chat)
	}
	s.deed("leave", in(params{"chat": hidden.ID()}))
	s.deed("join", in(params{"link": strings.TrimPrefix(l.Link, "https://")}))
	s.deed("leave", in(params{"chat": hidden.ID()}))
	own := s.deed("invite", params{"as": s.sara.id(), "chat": hidden.ID()})
	if a := s.deed("join", in(params{"chat": 0, "payload": own.Link})); a.Chat != hidden.ID() {
		t.Errorf("the owner's invitation led to %d", a.Chat)
	}
	s.wrong("invite", in(params{"chat": hidden.ID()}), errNoRight)
	s.deed("leave", in(params{"chat": hidden.ID()}))
	s.wrong("invite", in(params{"chat": mina.Chat()}), errNoRight)
	var brief InviteLink
	s.must("createChatInviteLink", params{"chat_id": hidden.ID(), "expire_date": s.time.Now().Unix() + 60}, &brief)
	s.time.Advance(time.Minute)
	s.wrong("join", in(params{"link": brief.Link}), errBadLink)
	s.wrong("leave", in(params{"chat": mina.Chat()}), errNoRight)
	s.wrong("leave", params{"as": s.sara.id(), "chat": s.channel.ID()}, errNoRight)
	s.Emulator.setBan(hidden, mina)
	s.wrong("join", in(params{"link": l.Link}), errNoRight)
}

func (e *Emulator) setBan(r *Room, p *Phone) {
	e.do(func() { e.setMember(r.chat, p.user.User, p.user.User, member{Status: Banned}, nil) })
}

func TestPageMakesChannels(t *testing.T) {
	s := newScreen(t)
	a := s.deed("channel", params{"as": s.john.id(), "title": " Blue Tea ", "username": "blue_tea"})
	if h := s.headOf(s.john, a.Chat); h.Title != "Blue Tea" || !h.CanWrite || h.BotAdmin || h.Type != Broadcast {
		t.Errorf("channel: %+v", h)
	}
	s.deed("admin", params{"as": s.john.id(), "chat": a.Chat, "on": true})
	if u := s.last(); u.MyMember == nil || u.MyMember.New.Status != Administrator || !u.MyMember.New.CanPost {
		t.Errorf("admin: %+v", u.MyMember)
	}
	s.deed("admin", params{"as": s.john.id(), "chat": a.Chat, "on": false})
	if s.headOf(s.john, a.Chat).BotAdmin {
		t.Error("the bot is still administrator")
	}
	s.wrong("admin", params{"as": s.john.id(), "chat": s.channel.ID(), "on": true}, errNoRight)
	s.wrong("admin", params{"as": s.john.id(), "chat": s.john.Chat(), "on": true}, errNoRight)
	for name, want := range map[string]refusal{"Nobahar": errNameTaken, "sara2": {}, "jo": errBadName, "12345": errBadName, "peyk_test_bot": errNameTaken} {
		p := params{"as": s.john.id(), "title": "T", "username": name}
		if want.code == "" {
			s.deed("channel", p)
			continue
		}
		s.wrong("channel", p, want)
	}
	s.wrong("channel", params{"as": s.john.id(), "title": " "}, errBadName)
	s.wrong("channel", params{"as": s.john.id(), "title": strings.Repeat("x", 129)}, errBadName)
	s.deed("channel", params{"as": s.john.id(), "title": "Without a name"})
	s.deed("channel", params{"as": s.john.id(), "title": "Without a name"})
}

func TestPageComments(t *testing.T) {
	s := newScreen(t)
	var post Message
	s.must("sendMessage", params{"chat_id": "@nobahar", "text": "new menu"}, &post)
	s.must("sendMessage", params{"chat_id": "@nobahar", "text": "another"}, nil)
	on := params{"as": s.john.id(), "channel": s.channel.ID(), "post": post.ID, "text": "late again!"}
	a := s.deed("comment", on)
	if m := s.last().Message; a.Chat != s.group.ID() || m.ThreadID == 0 || m.ReplyTo == nil || !m.ReplyTo.AutoForward || m.ReplyTo.ForwardMessageID != post.ID {
		t.Errorf("the bot heard %+v", m)
	}
	s.must("sendMessage", params{"chat_id": s.group.ID(), "text": "sorry", "reply_to_message_id": a.Messages[0]}, nil)
	on["reply"], on["text"] = a.Messages[0], "well"
	s.deed("comment", on)
	var thread seenChat
	s.get("/api/comments?as="+itoa(s.john.id())+"&channel="+itoa(s.channel.ID())+"&post="+itoa(post.ID), &thread)
	var texts []string
	for _, m := range thread.Messages {
		texts = append(texts, m.Text)
	}
	if thread.ID != s.group.ID() || !slices.Equal(texts, []string{"new menu", "late again!", "sorry", "well"}) || !thread.Messages[1].Out || thread.Head.Member {
		t.Errorf("thread: %q in %+v", texts, thread.Head)
	}
	c := s.open(s.john, s.channel.ID())
	if n := c.Messages[0].Comments; n == nil || *n != 3 || *c.Messages[1].Comments != 0 {
		t.Errorf("counted %v", n)
	}
	s.deed("edit", params{"as": s.john.id(), "chat": s.group.ID(), "message": a.Messages[0], "text": "on time"})
	delete(on, "reply")
	for _, c := range []struct {
		field string
		value any
		want  refusal
	}{{"text", " ", errEmpty}, {"post", 99, errNoMessage}, {"channel", 99, errNoChat}, {"channel", s.john.Chat(), errNoMessage}} {
		was := on[c.field]
		on[c.field] = c.value
		s.wrong("comment", on, c.want)
		on[c.field] = was
	}
	s.Emulator.setBan(s.group, s.john)
	s.wrong("comment", on, errNoRight)
}

func TestPageControlsAll(t *testing.T) {
	s := newScreen(t)
	for _, to := range []string{"15m", "1h", "saturday"} {
		s.deed("clock", params{"skip": to})
	}
	s.wrong("clock", params{"skip": "due"}, errNothingDue)
	s.control.do("", func() { s.control.face.Due = 5 })
	s.deed("clock", params{"skip": "due"})
	s.deed("bot", params{"do": "kill"})
	s.deed("fault", params{"name": "platform", "on": true})
	for _, name := range []string{"slow", "limit", "drop"} {
		s.deed("fault", params{"name": name, "on": true})
	}
	on := map[string]bool{Slow: true, Limit: true, DropSome: true, Platform: true, Token: false}
	if w := s.worldNow(); w.Alive || !maps.Equal(w.Faults, on) || w.Clock.Now != 1795422600+4*900 {
		t.Errorf("world: %+v", w)
	}
	s.deed("bot", params{"do": "start"})
	s.deed("fault", params{"name": "drop", "on": false})
	if w := s.worldNow(); !w.Alive || w.Faults[DropSome] || !w.Faults[Slow] {
		t.Errorf("world: %+v", w)
	}
	want := []string{"skip 15m", "skip 1h", "skip saturday", "", "skip due", "kill", "start"}
	if !slices.Equal(s.control.asked, want) {
		t.Errorf("asked %q", s.control.asked)
	}
}

func TestPageTour(t *testing.T) {
	s := newScreen(t)
	for _, c := range []struct {
		do   string
		step int
		want tour
	}{
		{"back", 0, tour{Step: 1, Of: 6}}, {"next", 1, tour{Step: 2, Of: 6}}, {"next", 1, tour{Step: 2, Of: 6}},
		{"next", 0, tour{Step: 3, Of: 6}}, {"back", 0, tour{Step: 2, Of: 6}}, {"skip", 0, tour{Step: 2, Of: 6, Skipped: true}}, {"again", 0, tour{Step: 1, Of: 6}},
		{"next", 1, tour{Step: 2, Of: 6}}, {"next", 2, tour{Step: 3, Of: 6}}, {"next", 3, tour{Step: 4, Of: 6}}, {"next", 4, tour{Step: 5, Of: 6}},
		{"next", 5, tour{Step: 6, Of: 6}}, {"next", 6, tour{Step: 7, Of: 6}}, {"next", 7, tour{Step: 7, Of: 6}},
	} {
		s.deed("tour", params{"do": c.do, "step": c.step})
		if got := *s.worldNow().Tour; got != c.want {
			t.Errorf("after %s %d: %+v, want %+v", c.do, c.step, got, c.want)
		}
	}
}

// What a page has noted is there for every other, until a new tour begins; of a page that is behind nothing is taken.
func TestPageTourNotes(t *testing.T) {
	s := newScreen(t)
	for _, c := range []struct {
		do   string
		step int
		seen string
		want string
	}{
		{"note", 1, "a", "a"}, {"next", 1, "b", "b"}, {"note", 1, "c", "b"}, {"next", 1, "c", "b"}, {"back", 0, "d", "b"}, {"next", 0, "", "b"},
		{"again", 0, "e", ""}, {"note", 2, "f", ""},
	} {
		s.deed("tour", params{"do": c.do, "step": c.step, "seen": c.seen})
		if got := s.worldNow().Tour.Seen; got != c.want {
			t.Errorf("after %s %d %q: %q, want %q", c.do, c.step, c.seen, got, c.want)
		}
	}
	s.wrong("tour", params{"do": "note", "step": 1, "seen": strings.Repeat("x", maxSeen+1)}, errBadRequest)
}
