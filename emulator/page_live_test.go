package emulator

import (
	"bufio"
	"context"
	stdjson "encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// event is one server-sent event.
type event struct {
	name, data string
}

// listen opens the stream of the page; it ends with the context or the test.
func (s *screen) listen(ctx context.Context) <-chan event {
	s.t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.site.URL+"/api/live", nil)
	res, err := s.client.Do(req)
	if err != nil || res.Header.Get("Content-Type") != "text/event-stream" {
		s.t.Fatalf("stream: %v %v", err, res)
	}
	out := make(chan event, 1000)
	go func() {
		defer close(out)
		defer res.Body.Close()
		name := ""
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if v, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				name = v
			}
			if v, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				out <- event{name, v}
			}
		}
	}()
	s.t.Cleanup(func() {
		cancel()
		for range out {
		}
	})
	return out
}

// next waits for an event of a name and decodes it.
func (s *screen) next(events <-chan event, name string, into any) {
	s.t.Helper()
	late := time.After(5 * time.Second)
	for {
		select {
		case ev, open := <-events:
			if !open {
				s.t.Fatalf("the stream ended before %s", name)
			}
			if ev.name != name {
				continue
			}
			if err := stdjson.Unmarshal([]byte(ev.data), into); err != nil {
				s.t.Fatalf("%s: %v", ev.data, err)
			}
			return
		case <-late:
			s.t.Fatalf("no event %s came", name)
		}
	}
}

func TestLiveBegins(t *testing.T) {
	s := newScreen(t)
	events := s.listen(context.Background())
	var n news
	s.next(events, "change", &n)
	var all [][2]int64
	for _, p := range s.worldNow().People {
		all = append(all, [2]int64{p.ID, s.group.ID()}, [2]int64{p.ID, s.channel.ID()}, [2]int64{p.ID, p.ID})
	}
	if !n.World || n.Rev == 0 || !slices.Equal(n.Chats, sortedPairs(all)) {
		t.Errorf("first: %+v, want %v", n, sortedPairs(all))
	}
	var face ClockFace
	s.next(events, "clock", &face)
	f := map[string]bool{}
	s.next(events, "faults", &f)
	var bot struct{ Alive bool }
	s.next(events, "bot", &bot)
	if face.En != "Monday" || f[Slow] || !bot.Alive {
		t.Errorf("begin: %+v %+v %+v", face, f, bot)
	}
}

func sortedPairs(list [][2]int64) [][2]int64 {
	slices.SortFunc(list, func(a, b [2]int64) int { return slices.Compare(a[:], b[:]) })
	return list
}

// Many changes in a moment come as few events; each tells only the phones that see the chat.
func TestLiveCoalesces(t *testing.T) {
	s := newScreen(t)
	events := s.listen(context.Background())
	var n news
	s.next(events, "change", &n)
	begun := time.Now()
	for range 200 {
		s.sara.Say("x")
		time.Sleep(time.Millisecond)
	}
	took := time.Since(begun)
	told, all := 0, s.Revision()
	for n.Rev < all {
		s.next(events, "change", &n)
		if told++; !n.World || !slices.Equal(n.Chats, [][2]int64{{s.sara.id(), s.sara.Chat()}}) {
			t.Errorf("change: %+v", n)
		}
	}
	if most := 3 + int(took/livePause); told > most {
		t.Errorf("200 messages in %v came as %d events, want at most %d", took, told, most)
	}
}

// Two people side by side: a post and its comments reach both, a tap and its answer the one who tapped.
func TestLiveTellsBothPhones(t *testing.T) {
	s := newScreen(t)
	s.sara.Start("")
	var card Message
	s.must("sendMessage", params{"chat_id": s.sara.Chat(), "text": "x", "reply_markup": keyboardOf(params{"text": "ok", "callback_data": "ok"})}, &card)
	events := s.listen(context.Background())
	var n news
	s.next(events, "change", &n)

	var post Message
	s.must("sendMessage", params{"chat_id": "@nobahar", "text": "post"}, &post)
	s.next(events, "change", &n)
	for _, want := range [][2]int64{{s.sara.id(), s.channel.ID()}, {s.john.id(), s.channel.ID()}} {
		if !slices.Contains(n.Chats, want) {
			t.Errorf("%v is not told: %v", want, n.Chats)
		}
	}
	s.deed("comment", params{"as": s.john.id(), "channel": s.channel.ID(), "post": post.ID, "text": "nice"})
	s.next(events, "change", &n)
	for _, want := range [][2]int64{{s.sara.id(), s.channel.ID()}, {s.john.id(), s.channel.ID()}, {s.john.id(), s.group.ID()}} {
		if !slices.Contains(n.Chats, want) {
			t.Errorf("%v is not told: %v", want, n.Chats)
		}
	}

	tap := s.deed("press", params{"as": s.sara.id(), "chat": s.sara.Chat(), "message": card.ID, "data": "ok"})
	s.must("answerCallbackQuery", params{"callback_query_id": tap.Query, "text": "تأیید شد", "show_alert": true}, nil)
	var a answerNews
	s.next(events, "answer", &a)
	if a != (answerNews{s.sara.id(), tap.Query, s.sara.Chat(), "تأیید شد", true, ""}) {
		t.Errorf("answer: %+v", a)
	}
	tap = s.deed("press", params{"as": s.sara.id(), "chat": s.sara.Chat(), "message": card.ID, "data": "ok"})
	s.must("answerCallbackQuery", params{"callback_query_id": tap.Query}, nil)
	if s.next(events, "answer", &a); a.Query != tap.Query || a.Text != "" {
		t.Errorf("the second answer: %+v", a)
	}
}

func TestLiveTellsOfTypingAndControls(t *testing.T) {
	s := newScreen(t)
	s.sara.Start("")
	events := s.listen(context.Background())
	var n news
	s.next(events, "change", &n)
	s.must("sendChatAction", params{"chat_id": s.sara.Chat(), "action": "typing"}, nil)
	var typing typingNews
	s.next(events, "typing", &typing)
	if typing != (typingNews{s.sara.id(), s.sara.Chat(), "typing"}) {
		t.Errorf("typing: %+v", typing)
	}
	s.must("sendMessage", params{"chat_id": s.sara.Chat(), "text": "x"}, nil)
	if s.next(events, "typing", &typing); typing.Action != "" {
		t.Errorf("still %+v", typing)
	}
	s.deed("clock", params{"skip": "1h"})
	var face ClockFace
	if s.next(events, "clock", &face); face.Now != 1795422600+900 {
		t.Errorf("clock: %+v", face)
	}
	s.deed("bot", params{"do": "kill"})
	var bot struct{ Alive bool }
	if s.next(events, "bot", &bot); bot.Alive {
		t.Error("the bot is said to live")
	}
	s.deed("fault", params{"name": "slow", "on": true})
	f := map[string]bool{}
	if s.next(events, "faults", &f); !f[Slow] {
		t.Errorf("faults: %+v", f)
	}
	s.deed("tour", params{"do": "next"})
	if s.next(events, "change", &n); !n.World || len(n.Chats) != 0 {
		t.Errorf("tour: %+v", n)
	}
}

// What the bot asks without changing a chat is no news.
func TestLiveIsSilentWithoutNews(t *testing.T) {
	s := newScreen(t)
	events := s.listen(context.Background())
	var n news
	s.next(events, "change", &n)
	for range 5 {
		s.must("getMe", params{}, nil)
		s.poll(params{})
	}
	time.Sleep(2 * livePause) // a look of its own
	s.sara.Say("x")
	if s.next(events, "change", &n); !slices.Equal(n.Chats, [][2]int64{{s.sara.id(), s.sara.Chat()}}) {
		t.Errorf("told of %+v", n)
	}
}

func TestLiveEnds(t *testing.T) {
	s := newScreen(t)
	ctx, cancel := context.WithCancel(context.Background())
	first, second := s.listen(ctx), s.listen(context.Background())
	var n news
	s.next(first, "change", &n)
	s.next(second, "change", &n)
	cancel()
	for range first { // ends when the request does
	}
	s.Close()
	for range second { // ends when the emulator does
	}
}
