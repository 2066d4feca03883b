package emulator

import (
	stdjson "encoding/json"
	"slices"
	"strings"
	"testing"
)

// last is the newest update of the queue.
func (b *box) last() gotten {
	b.t.Helper()
	all := b.Updates()
	if len(all) == 0 {
		b.t.Fatal("no update was made")
	}
	var u gotten
	if err := stdjson.Unmarshal(all[len(all)-1].Raw, &u); err != nil {
		b.t.Fatal(err)
	}
	return u
}

func TestPeopleWrite(t *testing.T) {
	b := newBox(t, Options{})
	sara := b.sara()
	if u := b.last(); u.Message.Text != "/start" || u.Message.From.LanguageCode != "fa" || u.Message.Entities[0].Type != "bot_command" {
		t.Errorf("start: %+v", u.Message)
	}
	sara.Start("abc-1")
	if u := b.last(); u.Message.Text != "/start abc-1" {
		t.Errorf("deep link: %q", u.Message.Text)
	}
	first := sara.SayFormatted("😀 bold", []Entity{{Type: "bold", Offset: 3, Length: 4}})
	if u := b.last(); u.Message.Entities[0] != (Entity{Type: "bold", Offset: 3, Length: 4}) {
		t.Errorf("formatting: %+v", u.Message.Entities)
	}
	sara.Reply(first, "re")
	if u := b.last(); u.Message.ReplyTo.ID != first.ID || u.Message.ID <= first.ID {
		t.Errorf("reply: %+v", u.Message)
	}
	if _, err := sara.Edit(first, "edited"); err != nil {
		t.Fatal(err)
	}
	if u := b.last(); u.Edited == nil || u.Edited.Text != "edited" || u.Edited.EditDate == 0 {
		t.Errorf("edit: %+v", u)
	}
	before := len(b.Updates())
	sara.Say(strings.Repeat("پ", 100_000))
	if n := len(b.Updates()) - before; n != 25 || len([]rune(b.last().Message.Text)) != 100_000%MaxText {
		t.Errorf("a giant text came as %d messages", n)
	}
	sara.SetLanguage("en")
	sara.Say("x")
	if u := b.last(); u.Message.From.LanguageCode != "en" {
		t.Errorf("language: %+v", u.Message.From)
	}
	b.agrees()
}

func TestPeopleSendFiles(t *testing.T) {
	b := newBox(t, Options{})
	sara := b.sara()
	for _, m := range []Media{Photo(1), Video(5), Animation(1), Document("منو.pdf"), Voice(3), Audio(4)} {
		sara.Send(m, "caption")
		got := b.last().Message
		if a, ok := got.Attached(); !ok || got.MediaKind() != m.Kind || a.FileSize != int64(len(m.Data)) || got.Caption != "caption" {
			t.Errorf("%s: %+v", m.Kind, got)
		}
	}
	album := sara.SendAlbum("two", Photo(1), Video(2))
	all := b.Updates()
	if n := len(all); all[n-1].ID != all[n-2].ID+1 || album[0].MediaGroup != album[1].MediaGroup || album[1].Caption != "" {
		t.Errorf("album: %+v", album)
	}
	if d, ok := b.FileData(album[0].Photo[1].FileID); !ok || hashOf(d) != hashOf(Photo(1).Data) {
		t.Error("the file is another one")
	}
	b.agrees()
}

func TestForwards(t *testing.T) {
	b := newBox(t, Options{})
	sara, reza := b.sara(), b.AddUser(User{Username: "reza", FirstName: "Reza"})
	post := b.AddChannel("news", "News").Post("breaking")
	sara.Forward(post)
	if m := b.last().Message; m.Origin.Type != "channel" || m.ForwardFromChat.Username != "news" || m.ForwardMessageID != post.ID || m.Text != "breaking" {
		t.Errorf("of a channel: %+v", m)
	}
	sara.Forward(reza.Say("hi"))
	if m := b.last().Message; m.Origin.Type != "user" || m.ForwardFrom.FirstName != "Reza" || m.ForwardDate == 0 {
		t.Errorf("of a person: %+v", m)
	}
	sara.ForwardHidden(reza.Say("hi"), "R.")
	if m := b.last().Message; m.Origin.UserName != "R." || m.ForwardName != "R." || m.ForwardFrom != nil {
		t.Errorf("of somebody hidden: %+v", m)
	}
	b.agrees()
}

func TestTaps(t *testing.T) {
	b := newBox(t, Options{})
	sara := b.sara()
	var card Message
	b.must("sendMessage", params{"chat_id": sara.Chat(), "text": "card", "reply_markup": params{"inline_keyboard": [][]params{
		{{"text": "✅ \u2068تأیید\u2069", "callback_data": "ok:1", "style": "success"}, {"text": "Copy", "copy_text": params{"text": "c"}}},
		{{"text": "Off", "disabled": params{}}, {"text": "Site", "url": "https://e.org"}}}}}, &card)
	if _, err := sara.Press("تأیید"); err != nil {
		t.Fatal(err)
	}
	if q := b.last().Callback; q.Data != "ok:1" || q.Message.ID != card.ID || q.From.ID != sara.User().ID || q.Message.Keyboard == nil {
		t.Errorf("tap: %+v", q)
	}
	for _, dead := range []string{"Copy", "Off", "Site", "None"} {
		if _, err := sara.Press(dead); err == nil {
			t.Errorf("%s made a query", dead)
		}
	}
	b.must("deleteMessage", params{"chat_id": sara.Chat(), "message_id": card.ID}, nil)
	if _, err := sara.PressOn(&card, "تأیید"); err == nil {
		t.Error("a deleted card was pressed")
	}
	if _, err := sara.Forge(&card, "anything"); err != nil {
		t.Fatal(err)
	}
	if q := b.last().Callback; q.Data != "anything" || q.Message.Date != 0 {
		t.Errorf("forged on a deleted card: %+v", q.Message)
	}
	b.agrees()
}

func TestBlocking(t *testing.T) {
	b := newBox(t, Options{})
	sara := b.sara()
	sara.Block()
	if u := b.last().MyMember; u.Old.Status != "member" || u.New.Status != "kicked" || u.Chat.ID != sara.Chat() {
		t.Errorf("block: %+v", u)
	}
	b.refused("sendMessage", params{"chat_id": sara.Chat(), "text": "x"}, "Forbidden: bot was blocked by the user")
	sara.Unblock()
	if u := b.last().MyMember; u.New.Status != "member" {
		t.Errorf("unblock: %+v", u)
	}
	b.must("sendMessage", params{"chat_id": sara.Chat(), "text": "x"}, nil)
	b.agrees()
}

func TestChannelRights(t *testing.T) {
	b := newBox(t, Options{})
	sara := b.sara()
	cafe := b.AddChannel("cafe", "کافه")
	cafe.AddOwner(sara)
	cafe.PromoteBot(sara, "can_post_messages")
	if u := b.last().MyMember; u.New.Status != "administrator" || !u.New.CanPost || u.From.ID != sara.User().ID {
		t.Errorf("promoted: %+v", u)
	}
	var post Message
	before := len(b.Updates())
	b.must("sendMessage", params{"chat_id": "@cafe", "text": "post"}, &post)
	if len(b.Updates()) != before {
		t.Error("the bot heard of its own post")
	}
	if post.SenderChat == nil || post.From != nil {
		t.Errorf("author: %+v", post)
	}
	foreign := cafe.Post("by hand")
	if u := b.last().Post; u.Text != "by hand" {
		t.Errorf("channel_post: %+v", u)
	}
	b.must("editMessageText", params{"chat_id": cafe.ID(), "message_id": post.ID, "text": "edited"}, nil)
	b.refused("editMessageText", params{"chat_id": cafe.ID(), "message_id": foreign.ID, "text": "e"}, "Bad Request: message can't be edited")
	b.must("deleteMessage", params{"chat_id": cafe.ID(), "message_id": post.ID}, nil)
	cafe.PromoteBot(sara, "can_edit_messages")
	if u := b.last().MyMember; u.New.CanPost {
		t.Errorf("rights taken: %+v", u)
	}
	b.must("editMessageText", params{"chat_id": cafe.ID(), "message_id": foreign.ID, "text": "e"}, nil)
	b.refused("sendMessage", params{"chat_id": cafe.ID(), "text": "x"}, "Bad Request: need administrator rights in the channel chat")
	cafe.DemoteBot(sara)
	b.refused("sendMessage", params{"chat_id": cafe.ID(), "text": "x"}, "Forbidden: bot is not a member of the channel chat")
	var admins []struct{ Status string }
	b.must("getChatAdministrators", params{"chat_id": "@cafe"}, &admins)
	if len(admins) != 1 || admins[0].Status != "creator" {
		t.Errorf("administrators %+v", admins)
	}
	b.agrees()
}

func TestComments(t *testing.T) {
	b := newBox(t, Options{})
	sara, mina := b.sara(), b.AddUser(User{Username: "mina", FirstName: "Mina"})
	cafe, talk := b.AddChannel("cafe", "Cafe"), b.AddSupergroup("", "Talk")
	cafe.LinkGroup(talk)
	cafe.PromoteBot(sara)
	talk.PromoteBot(sara)
	var post Message
	b.must("sendMessage", params{"chat_id": cafe.ID(), "text": "post"}, &post)
	copied := b.last().Message
	if !copied.AutoForward || copied.From.ID != ServiceNotifications || copied.SenderChat.ID != cafe.ID() ||
		copied.ForwardMessageID != post.ID || copied.Origin.MessageID != post.ID || copied.Chat.ID != talk.ID() {
		t.Errorf("automatic forward: %+v", copied)
	}
	in, _ := cafe.Discussion(&post)
	first := mina.In(talk).Comment(in, "nice")
	if m := b.last().Message; m.ThreadID != in.ID || m.ReplyTo == nil || !m.ReplyTo.AutoForward || m.From.ID != mina.User().ID {
		t.Errorf("comment: %+v", m)
	}
	var answer Message
	b.must("sendMessage", params{"chat_id": talk.ID(), "text": "thanks", "reply_parameters": params{"message_id": first.ID}}, &answer)
	if answer.ThreadID != in.ID {
		t.Errorf("the bot's answer left the thread: %+v", answer)
	}
	mina.In(talk).Comment(&answer, "welcome")
	if m := b.last().Message; m.ThreadID != in.ID || m.ReplyTo.ID != answer.ID || m.ReplyTo.AutoForward {
		t.Errorf("comment to a comment: %+v", m)
	}
	sara.In(talk).Anonymous().Say("as the group")
	if m := b.last().Message; m.From.ID != GroupAnonymousBot || m.SenderChat.ID != talk.ID() {
		t.Errorf("anonymous: %+v", m)
	}
	b.must("editMessageText", params{"chat_id": cafe.ID(), "message_id": post.ID, "text": "better"}, nil)
	if u := b.last().Edited; u == nil || u.Text != "better" || !u.AutoForward {
		t.Errorf("the copy was not edited: %+v", u)
	}
	b.poll(params{"allowed_updates": []string{"message_reaction_count"}})
	for _, p := range []*Phone{sara, mina} {
		if err := p.In(cafe).React(&post, "👍"); err != nil {
			t.Fatal(err)
		}
	}
	if u := b.last().Reactions; u.Reactions[0].Total != 2 {
		t.Errorf("reactions: %+v", u)
	}
	b.agrees()
}

func TestGroups(t *testing.T) {
	b := newBox(t, Options{})
	sara := b.sara()
	team := b.AddGroup("Team")
	team.AddBot(sara)
	if u := b.last().Message; len(u.NewMembers) != 1 || u.NewMembers[0].ID != b.Bot().ID {
		t.Errorf("added: %+v", u)
	}
	heard := func(text string) bool {
		n := len(b.Updates())
		sara.In(team).Say(text)
		return len(b.Updates()) > n
	}
	if heard("just talk") || heard("/help@other_bot") || !heard("/help") || !heard("/help@peyk_test_bot") {
		t.Error("privacy mode lets the wrong things through")
	}
	big := team.Migrate()
	r := b.call("sendMessage", params{"chat_id": team.ID(), "text": "x"})
	if r.Code != 400 || r.Parameters.MigrateTo != big.ID() || r.Description != "Bad Request: group chat was upgraded to a supergroup chat" {
		t.Errorf("after migration: %+v", r)
	}
	b.must("sendMessage", params{"chat_id": big.ID(), "text": "x"}, nil)
	b.must("leaveChat", params{"chat_id": big.ID()}, nil)
	if u := b.last().MyMember; u.New.Status != "left" {
		t.Errorf("left: %+v", u)
	}
	b.agrees()
}

func TestBotLooksAround(t *testing.T) {
	b := newBox(t, Options{})
	sara, mina := b.sara(), b.AddUser(User{Username: "mina", FirstName: "Mina"})
	cafe := b.AddChannel("cafe", "Cafe")
	cafe.AddOwner(sara)
	cafe.PromoteBot(sara)
	b.poll(params{"allowed_updates": []string{"chat_member"}})
	var link InviteLink
	b.must("createChatInviteLink", params{"chat_id": cafe.ID(), "name": "campaign"}, &link)
	cafe.Join(mina, link.Link)
	if u := b.last().Member; !strings.Contains(string(u), `"name":"campaign"`) || !strings.Contains(string(u), link.Link) {
		t.Errorf("join: %s", u)
	}
	var n int
	b.must("getChatMemberCount", params{"chat_id": cafe.ID()}, &n)
	if n != 3 {
		t.Errorf("%d members", n)
	}
	for method, p := range map[string]params{
		"getMe": {}, "getWebhookInfo": {}, "getChat": {"chat_id": cafe.ID()}, "getChatMember": {"chat_id": cafe.ID(), "user_id": mina.User().ID},
		"getMyName": {}, "setMyName": {"name": "پیک", "language_code": "fa"}, "setMyDescription": {"description": "x"},
		"setMyShortDescription": {"short_description": "x"}, "setChatMenuButton": {"menu_button": params{"type": "commands"}},
		"getChatMenuButton": {}, "sendChatAction": {"chat_id": sara.Chat(), "action": "typing"},
		"setMyCommands": {"commands": []params{{"command": "help", "description": "راهنما"}}, "language_code": "fa", "scope": params{"type": "all_private_chats"}},
	} {
		b.must(method, p, nil)
	}
	if menu := b.Commands(sara.Chat(), "fa"); len(menu) != 1 || menu[0].Description != "راهنما" {
		t.Errorf("menu: %+v", menu)
	}
	if menu := b.Commands(sara.Chat(), "en"); len(menu) != 0 {
		t.Errorf("English menu: %+v", menu)
	}
	b.agrees()
}

func TestCopiesAndPins(t *testing.T) {
	b := newBox(t, Options{})
	sara := b.sara()
	cafe := b.AddChannel("cafe", "Cafe")
	cafe.PromoteBot(sara)
	src := sara.Send(Photo(1), "caption #tag")
	var made struct {
		ID int64 `json:"message_id"`
	}
	b.must("copyMessage", params{"chat_id": "@cafe", "from_chat_id": sara.Chat(), "message_id": src.ID}, &made)
	m, _ := b.Last(cafe.ID())
	if m.ID != made.ID || m.Caption != src.Caption || m.Photo[1].FileID != src.Photo[1].FileID || m.Origin != nil {
		t.Errorf("copy: %+v", m)
	}
	b.must("pinChatMessage", params{"chat_id": "@cafe", "message_id": made.ID}, nil)
	if pins := b.Pinned(cafe.ID()); !slices.Equal(pins, []int64{made.ID}) {
		t.Errorf("pins %v", pins)
	}
	b.must("unpinChatMessage", params{"chat_id": "@cafe"}, nil)
	var f Message
	b.must("forwardMessage", params{"chat_id": sara.Chat(), "from_chat_id": "@cafe", "message_id": made.ID}, &f)
	if f.Origin == nil || f.ForwardFromChat.ID != cafe.ID() {
		t.Errorf("forward: %+v", f)
	}
	var edited Message
	b.must("sendPhoto", params{"chat_id": sara.Chat(), "photo": src.Photo[1].FileID, "caption": "old"}, &edited)
	b.must("editMessageMedia", params{"chat_id": sara.Chat(), "message_id": edited.ID,
		"media": params{"type": "photo", "media": sara.Send(Photo(2), "").Photo[1].FileID, "caption": "<b>new</b>", "parse_mode": "HTML"}}, &edited)
	if edited.Caption != "new" || edited.CaptionEntities[0].Type != "bold" || edited.Photo[1].FileID == src.Photo[1].FileID {
		t.Errorf("new media: %+v", edited)
	}
	b.must("setMessageReaction", params{"chat_id": sara.Chat(), "message_id": src.ID, "reaction": []params{{"type": "emoji", "emoji": "👍"}}}, nil)
	b.agrees()
}
