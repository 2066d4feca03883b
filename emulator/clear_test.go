package emulator

import "testing"

// TestClear sees that nothing is left of a world that was cleared, but for what the bot has
// said about itself and what is counted.
func TestClear(t *testing.T) {
	b := newBox(t, Options{})
	sara := b.sara()
	b.must("setMyCommands", params{"commands": []params{{"command": "week", "description": "Week"}}}, nil)
	b.must("setMyCommands", params{"commands": []params{{"command": "mine", "description": "Mine"}}, "scope": params{"type": "chat", "chat_id": sara.Chat()}}, nil)
	b.must("sendMessage", params{"chat_id": sara.Chat(), "text": "hello"}, nil)
	b.AddSupergroup("team", "Team").AddBot(sara)
	b.Fault(Fault{Kind: Status, Method: "sendMessage", Code: 500, Times: 10})
	b.SetOutage(true)
	b.Hold()
	said := sara.Say("a")
	number := b.Updates()[len(b.Updates())-1].ID

	b.Clear()
	if _, there := b.PhoneOf("sara"); there {
		t.Error("somebody is still there")
	}
	if _, there := b.RoomOf("team"); there {
		t.Error("a group is still there")
	}
	if len(b.Updates())+len(b.Pending())+len(b.Calls())+len(b.Outputs(0))+len(b.Messages(sara.Chat())) > 0 {
		t.Error("something is still known of what was said")
	}
	if list := b.Commands(sara.Chat(), ""); len(list) != 1 || list[0].Command != "week" {
		t.Errorf("commands: %v", list)
	}

	sara = b.AddUser(User{Username: "sara", FirstName: "Sara", ID: sara.Chat()})
	sara.Start("")
	b.must("sendMessage", params{"chat_id": sara.Chat(), "text": "hello"}, nil)
	again := sara.Say("a")
	if u := b.Updates(); len(u) != 2 || len(b.Pending()) != 2 || u[0].ID != number+1 || again.ID <= said.ID {
		t.Errorf("after update %d and message %d came %d updates and message %d", number, said.ID, len(u), again.ID)
	}
}
