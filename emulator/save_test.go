package emulator

import (
	stdjson "encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A world that was saved goes on in another emulator as if nothing had been.
func TestSaveAndLoad(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "world")
	old := newScreen(t)
	old.sara.Start("inv-1")
	photo := old.sara.Send(Photo(7), "caption")
	old.must("setMyCommands", params{"commands": []params{{"command": "week", "description": "Week"}}}, nil)
	old.must("setMyDescription", params{"description": "I plan posts."}, nil)
	old.must("getUpdates", params{"offset": 100002, "allowed_updates": []string{"message", "callback_query", "chat_member"}}, nil)
	var card, post Message
	old.must("sendMessage", params{"chat_id": old.sara.Chat(), "text": "card", "disable_notification": true, "reply_markup": keyboardOf(params{"text": "ok", "callback_data": "ok"})}, &card)
	old.must("sendMessage", params{"chat_id": old.sara.Chat(), "text": "ask", "reply_markup": params{"force_reply": true}}, nil)
	old.must("sendMessage", params{"chat_id": "@nobahar", "text": "post"}, &post)
	old.must("setMessageReaction", params{"chat_id": old.sara.Chat(), "message_id": photo.ID, "reaction": []params{{"type": "emoji", "emoji": "👍"}}}, nil)
	old.must("pinChatMessage", params{"chat_id": old.sara.Chat(), "message_id": card.ID}, nil)
	var link InviteLink
	old.must("createChatInviteLink", params{"chat_id": "@nobahar"}, &link)
	old.john.In(old.channel).React(&post, "❤️")
	old.deed("comment", params{"as": old.john.id(), "channel": old.channel.ID(), "post": post.ID, "text": "nice"})
	old.deed("tour", params{"do": "next"})
	old.open(old.john, old.channel.ID())
	old.channel.PromoteBot(old.sara, "can_post_messages") // may edit what it posted, and nothing else
	tap := old.deed("press", params{"as": old.sara.id(), "chat": old.sara.Chat(), "message": card.ID, "data": "ok"})
	before := map[string]any{}
	for name, path := range map[string]string{"world": "/api/world", "sara": "/api/chat?peek=1&as=" + itoa(old.sara.id()) + "&chat=" + itoa(old.sara.id()),
		"channel": "/api/chat?peek=1&as=" + itoa(old.john.id()) + "&chat=" + itoa(old.channel.ID())} {
		var v map[string]any
		old.get(path, &v)
		delete(v, "rev")
		before[name] = v
	}
	if err := old.SaveTo(dir); err != nil {
		t.Fatal(err)
	}

	// What comes after the last save is lost, but the bot may know it.
	lost, seen := old.sara.Say("lost"), old.Pending()

	now := newScreen(t)
	if err := now.LoadFrom(dir); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"world": "/api/world", "sara": "/api/chat?peek=1&as=" + itoa(old.sara.id()) + "&chat=" + itoa(old.sara.id()),
		"channel": "/api/chat?peek=1&as=" + itoa(old.john.id()) + "&chat=" + itoa(old.channel.ID())} {
		var v map[string]any
		now.get(path, &v)
		delete(v, "rev")
		was, _ := stdjson.Marshal(before[name])
		is, _ := stdjson.Marshal(v)
		if string(was) != string(is) {
			t.Errorf("%s\n was %s\n is  %s", name, was, is)
		}
	}
	now.must("answerCallbackQuery", params{"callback_query_id": tap.Query}, nil)
	now.must("editMessageText", params{"chat_id": old.sara.Chat(), "message_id": card.ID, "text": "done"}, nil)
	now.must("editMessageText", params{"chat_id": "@nobahar", "message_id": post.ID, "text": "better"}, nil)
	got := now.poll(params{})
	was := seen[:len(seen)-1]
	if len(got) == 0 || len(got) != len(was) || got[0].ID != was[0].ID {
		t.Errorf("%d updates wait, and %d waited", len(got), len(was))
	}
	if data, ok := now.FileData(photo.Photo[1].FileID); !ok || string(data) != string(Photo(7).Data) {
		t.Error("the photo is gone")
	}
	sara, _ := now.PhoneOf("sara")
	if m := sara.Say("on we go"); m.ID <= lost.ID {
		t.Errorf("a message has the number %d, which the bot may know from another", m.ID)
	}
	if next := now.Pending(); next[len(next)-1].ID <= seen[len(seen)-1].ID {
		t.Errorf("an update has the number %d, which the bot may know from another", next[len(next)-1].ID)
	}
	mina, _ := now.PhoneOf("mina")
	now.deed("join", params{"as": mina.id(), "link": link.Link})
	now.agrees()
}

func TestSaveKeepsTheWebhook(t *testing.T) {
	dir := t.TempDir()
	old := newBox(t, Options{})
	old.must("setWebhook", params{"url": "http://127.0.0.1:1/hook", "secret_token": "s", "max_connections": 7}, nil)
	if err := old.SaveTo(dir); err != nil {
		t.Fatal(err)
	}
	now := newBox(t, Options{})
	if err := now.LoadFrom(dir); err != nil {
		t.Fatal(err)
	}
	var info struct {
		URL string
		Max int `json:"max_connections"`
	}
	now.must("getWebhookInfo", params{}, &info)
	if info.URL != "http://127.0.0.1:1/hook" || info.Max != 7 {
		t.Errorf("webhook: %+v", info)
	}
}

func TestLoadRefuses(t *testing.T) {
	dir := t.TempDir()
	b := newBox(t, Options{})
	b.sara().Send(Photo(1), "")
	if err := b.LoadFrom(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing saved: %v", err)
	}
	if err := b.SaveTo(dir); err != nil {
		t.Fatal(err)
	}
	world := filepath.Join(dir, "world.json")
	good, _ := os.ReadFile(world)
	for text, want := range map[string]string{
		`{"Version":99}`:              "version: 99, not 1",
		`{"Users":[]}`:                "version: 0",
		string(good[:len(good)/2]):    "unexpected end",
		`{"Version":1,"Bot":5}`:       "bot 5",
		`{"Version":1,"Users":"all"}`: "cannot unmarshal",
	} {
		_ = os.WriteFile(world, []byte(text), 0o600)
		if err := b.LoadFrom(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.30s: %v, want %q", text, err, want)
		}
	}
	_ = os.WriteFile(world, good, 0o600)
	list, _ := filepath.Glob(filepath.Join(dir, "files", "*"))
	if len(list) == 0 {
		t.Fatal("no file was saved")
	}
	_ = os.WriteFile(list[0], []byte("other bytes"), 0o600)
	if err := b.LoadFrom(dir); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("other bytes: %v", err)
	}
	_ = os.Remove(list[0])
	if err := b.LoadFrom(dir); err == nil || !strings.Contains(err.Error(), "file of the world") {
		t.Errorf("a file less: %v", err)
	}
	if len(b.Messages(5_000_000_001)) != 2 {
		t.Error("what failed has changed the world")
	}
}

// A save replaces the one before in one step and leaves nothing else behind.
func TestSaveReplaces(t *testing.T) {
	dir := t.TempDir()
	b := newBox(t, Options{})
	sara := b.sara()
	for range 3 {
		sara.Send(Photo(1), "")
		b.time.Advance(time.Second)
		if err := b.SaveTo(dir); err != nil {
			t.Fatal(err)
		}
	}
	list, _ := filepath.Glob(filepath.Join(dir, "*"))
	rest, _ := filepath.Glob(filepath.Join(dir, "*", ".new-*"))
	if len(list) != 2 || len(rest) != 0 {
		t.Errorf("left are %q %q", list, rest)
	}
	if err := b.SaveTo(filepath.Join(dir, "world.json")); err == nil {
		t.Error("a file was taken for a folder")
	}
}
