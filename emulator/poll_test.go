package emulator

import (
	"context"
	"slices"
	"testing"
	"time"
)

func idsOf(list []gotten) []int64 {
	out := []int64{}
	for _, u := range list {
		out = append(out, u.ID)
	}
	return out
}

func TestOffsets(t *testing.T) {
	b := newBox(t, Options{FirstUpdate: 100})
	sara := b.sara()
	for range 4 {
		sara.Say("x")
	}
	for _, c := range []struct {
		p    params
		want []int64
	}{
		{params{}, []int64{100, 101, 102, 103, 104}},
		{params{"limit": 2}, []int64{100, 101}},
		{params{"offset": 115}, []int64{100, 101, 102, 103, 104}}, // more than 10 above the newest: no offset
		{params{"offset": 102}, []int64{102, 103, 104}},
		{params{"offset": 99}, []int64{102, 103, 104}},
		{params{"offset": -2}, []int64{103, 104}},
		{params{}, []int64{103, 104}}, // a negative offset forgets the rest
		{params{"offset": 105}, []int64{}},
		{params{"offset": 0}, []int64{}},
	} {
		if got := idsOf(b.poll(c.p)); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.p, got, c.want)
		}
	}
	b.ResetUpdateIDs(7)
	sara.Say("after a quiet week")
	if got := idsOf(b.poll(params{"offset": 105})); !slices.Equal(got, []int64{7}) {
		t.Errorf("a lower id with the old offset: %v", got)
	}
	b.agrees()
}

func TestLongPollWakes(t *testing.T) {
	b := newBox(t, Options{})
	sara := b.sara()
	b.poll(params{"offset": -1})
	last := b.Updates()[0].ID
	got := make(chan []gotten)
	go func() { got <- b.poll(params{"offset": last + 1, "timeout": 30}) }()
	b.waitPoller()
	sara.Say("now")
	select {
	case list := <-got:
		if len(list) != 1 || list[0].Message.Text != "now" {
			t.Errorf("got %+v", list)
		}
	case <-time.After(5 * time.Second):
		t.Error("the poll slept on")
	}
}

// waitPoller waits until a getUpdates call is waiting.
func (b *box) waitPoller() {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := b.Wait(ctx, func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.poller != nil
	})
	if err != nil {
		b.t.Fatal("nobody polls")
	}
}

func TestSecondPollerWins(t *testing.T) {
	b := newBox(t, Options{})
	first := make(chan reply)
	go func() { first <- b.call("getUpdates", params{"timeout": 30}) }()
	b.waitPoller()
	b.poll(params{})
	if r := <-first; r.Code != 409 || r.Description != "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running" {
		t.Errorf("the first got %+v", r)
	}
	go func() { first <- b.call("getUpdates", params{"timeout": 30}) }()
	b.waitPoller()
	b.must("setWebhook", params{"url": "http://127.0.0.1:1/"}, nil)
	if r := <-first; r.Code != 409 || r.Description != "Conflict: terminated by setWebhook request" {
		t.Errorf("the first got %+v", r)
	}
	b.refused("getUpdates", params{}, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	b.must("deleteWebhook", params{}, nil)
	b.poll(params{})
}

func TestAllowedUpdates(t *testing.T) {
	b := newBox(t, Options{})
	sara := b.sara()
	channel := b.AddChannel("cafe", "Cafe")
	channel.PromoteBot(sara)
	kinds := func() []string {
		out := []string{}
		for _, u := range b.Pending() {
			out = append(out, u.Kind)
		}
		b.poll(params{"offset": -1})
		b.poll(params{"offset": b.Updates()[len(b.Updates())-1].ID + 1})
		return out
	}
	deeds := func() {
		sara.Say("x")
		channel.Join(sara, "")
		post := channel.Post("news")
		if err := sara.In(channel).React(post, "👍"); err != nil {
			t.Fatal(err)
		}
	}
	kinds()
	deeds()
	if got := kinds(); !slices.Equal(got, []string{"message", "channel_post"}) {
		t.Errorf("by default: %v", got)
	}
	b.poll(params{"allowed_updates": []string{"message", "chat_member", "message_reaction_count"}})
	b.poll(params{}) // remembered
	deeds()
	if got := kinds(); !slices.Equal(got, []string{"message", "chat_member", "message_reaction_count"}) {
		t.Errorf("as asked: %v", got)
	}
	b.poll(params{"allowed_updates": []string{}})
	deeds()
	if got := kinds(); !slices.Equal(got, []string{"message", "channel_post"}) {
		t.Errorf("after the reset: %v", got)
	}
	b.agrees()
}

func TestHoldAndReplay(t *testing.T) {
	b := newBox(t, Options{FirstUpdate: 1})
	sara := b.sara()
	b.Hold()
	for _, text := range []string{"a", "b", "c"} {
		sara.Say(text)
	}
	if got := idsOf(b.poll(params{})); !slices.Equal(got, []int64{1}) {
		t.Errorf("while held: %v", got)
	}
	b.Release(2, 0)
	if got := idsOf(b.poll(params{"offset": 2})); !slices.Equal(got, []int64{4, 2, 3}) {
		t.Errorf("turned round: %v", got)
	}
	b.poll(params{"offset": 5})
	b.Replay(2)
	if got := idsOf(b.poll(params{"offset": 5})); !slices.Equal(got, []int64{3, 4}) {
		t.Errorf("once more: %v", got)
	}
	if got := idsOf(b.poll(params{"offset": 5})); len(got) != 0 {
		t.Errorf("only once more: %v", got)
	}
}

func TestPollGuard(t *testing.T) {
	b := newBox(t, Options{PollGuard: true})
	sara := b.sara()
	sara.Say("x")
	if n := len(b.poll(params{})); n != 2 {
		t.Errorf("first poll: %d", n)
	}
	if n := len(b.poll(params{})); n != 1 {
		t.Errorf("the same offset at once: %d updates, want 1", n)
	}
}
