package emulator

import "testing"

// TestKeep sees that a kept world comes back as it was, empty or not, with nothing of what
// came after it, and that the bot meets no update twice.
func TestKeep(t *testing.T) {
	b := newBox(t, Options{})
	b.must("setMyCommands", params{"commands": []params{{"command": "week", "description": "Week"}}}, nil)
	empty := b.kept()
	b.sara()
	b.must("sendMessage", params{"chat_id": b.phone("sara").Chat(), "text": "hello"}, nil)
	hello := b.kept()

	mine := params{"type": "chat", "chat_id": b.phone("sara").Chat()}
	b.must("setMyCommands", params{"commands": []params{{"command": "mine", "description": "Mine"}}, "scope": mine}, nil)
	b.AddSupergroup("team", "Team").AddBot(b.phone("sara"))
	b.Fault(Fault{Kind: Status, Method: "sendMessage", Code: 500, Times: 10})
	b.SetOutage(true)
	b.Hold()
	b.phone("sara").Say("a")
	number := b.Updates()[len(b.Updates())-1].ID

	b.giveBack(empty)
	if _, there := b.PhoneOf("sara"); there || len(b.Outputs(0))+len(b.Pending()) > 0 {
		t.Error("something is left in the empty world")
	}
	for range 2 {
		b.giveBack(hello)
		sara := b.phone("sara")
		if _, there := b.RoomOf("team"); there || len(b.Messages(sara.Chat())) != 2 || len(b.Calls()) > 0 {
			t.Errorf("something came back that was later than the world: %v", b.Messages(sara.Chat()))
		}
		if list := b.Commands(sara.Chat(), ""); len(list) != 1 || list[0].Command != "week" {
			t.Errorf("commands: %v", list)
		}
		b.must("sendMessage", params{"chat_id": sara.Chat(), "text": "again"}, nil)
		said, pending := sara.Say("a"), b.Pending()
		now := pending[len(pending)-1].ID
		if now <= number || said.ID != 4 {
			t.Errorf("after update %d came %d, and message %d in place of 4", number, now, said.ID)
		}
		number = now
	}
}

func (b *box) phone(name string) *Phone {
	b.t.Helper()
	p, there := b.PhoneOf(name)
	if !there {
		b.t.Fatalf("%s is not there", name)
	}
	return p
}

func (b *box) kept() *World {
	b.t.Helper()
	w, err := b.Keep()
	if err != nil {
		b.t.Fatal(err)
	}
	return w
}

func (b *box) giveBack(w *World) {
	b.t.Helper()
	if err := b.GiveBack(w); err != nil {
		b.t.Fatal(err)
	}
}
