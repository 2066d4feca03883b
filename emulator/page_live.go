package emulator

import (
	stdjson "encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// How often a browser hears of changes at most, and of the time at least.
const (
	livePause = 100 * time.Millisecond
	liveBeat  = time.Second
)

// live is one browser that follows the world.
type live struct {
	p       *Page
	w       http.ResponseWriter
	flush   func() error
	rev     int64
	seen    map[int64]chatState
	people  int
	answers int
	alive   bool
	faults  string
	typing  []int64 // chats in which the bot began or ended to do something
}

// chatState is a chat as a browser saw it last. Messages are never changed, only replaced.
type chatState struct {
	messages []*Message
	pinned   []int64
	members  int
	typing   string
	blocked  bool
	moods    int
}

// live tells the browser what changes until it goes.
func (p *Page) live(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	l := &live{p: p, w: w, flush: http.NewResponseController(w).Flush, seen: map[int64]chatState{}}
	l.look()
	l.faults, l.alive = fmt.Sprint(p.e.Switches()), p.o.Control == nil || p.o.Control.Alive()
	beat := time.NewTicker(liveBeat)
	defer beat.Stop()
	if l.send("hello", map[string]int64{"rev": l.rev}) != nil {
		return
	}
	for {
		p.e.mu.Lock()
		changed := p.e.changed
		p.e.mu.Unlock()
		if l.tell() != nil {
			return
		}
		select {
		case <-changed:
		case <-beat.C:
			if l.clock() != nil {
				return
			}
		case <-r.Context().Done():
			return
		case <-p.e.ctx.Done():
			return
		}
		select {
		case <-time.After(livePause):
		case <-r.Context().Done():
			return
		}
	}
}

func (l *live) send(event string, v any) error {
	raw, err := stdjson.Marshal(v)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(l.w, "event: %s\ndata: %s\n\n", event, raw); err != nil {
		return err
	}
	return l.flush()
}

// tell sends what is new since the browser last heard.
func (l *live) tell() error {
	chats, world, answers := l.look()
	for _, a := range answers {
		err := l.send("answer", map[string]any{"as": a.User, "query": a.QueryID, "chat": a.Chat, "text": a.Text, "alert": a.Alert, "url": a.URL})
		if err != nil {
			return err
		}
	}
	for _, chat := range l.typing {
		if err := l.send("typing", map[string]any{"as": chat, "chat": chat, "action": l.seen[chat].typing}); err != nil {
			return err
		}
	}
	l.typing = nil
	if len(chats) == 0 && !world {
		return nil
	}
	return l.send("change", map[string]any{"rev": l.rev, "world": world || len(chats) > 0, "chats": chats})
}

// look compares the world with what the browser saw.
func (l *live) look() (chats [][2]int64, world bool, answers []Answer) {
	e := l.p.e
	e.mu.Lock()
	defer e.mu.Unlock()
	l.rev = e.rev
	answers = slices.Clone(e.answers[min(l.answers, len(e.answers)):])
	l.answers = len(e.answers)
	people := e.people()
	world = len(people) != l.people
	l.people = len(people)
	for _, ch := range e.chats {
		now := e.state(ch)
		was, known := l.seen[ch.ID]
		if known && was.equal(now) {
			continue
		}
		if now.typing != was.typing {
			l.typing = append(l.typing, ch.ID)
		}
		l.seen[ch.ID] = now
		chats = append(chats, viewers(ch, people)...)
	}
	return chats, world, answers
}

// viewers are the people on whose phones a chat is.
func viewers(ch *chat, people []int64) [][2]int64 {
	var list [][2]int64
	for _, id := range people {
		if ch.Type == Private && id == ch.ID || ch.Type != Private && (ch.members[id].isIn() || ch.Username != "") {
			list = append(list, [2]int64{id, ch.ID})
		}
	}
	return list
}

// state is a chat as it is now. The lock is held.
func (e *Emulator) state(ch *chat) chatState {
	s := chatState{messages: slices.Clone(ch.messages), pinned: slices.Clone(ch.pinned), typing: e.typing(ch)}
	for _, m := range ch.members {
		if m.isIn() {
			s.members++
		}
	}
	if u := e.users[ch.ID]; u != nil {
		s.blocked = u.blocked
	}
	for _, by := range ch.reactions {
		for _, emoji := range by {
			s.moods += len(emoji) + 1
		}
	}
	return s
}

func (s chatState) equal(o chatState) bool {
	return slices.Equal(s.messages, o.messages) && slices.Equal(s.pinned, o.pinned) &&
		s.members == o.members && s.typing == o.typing && s.blocked == o.blocked && s.moods == o.moods
}

// clock sends the time, and when they changed the faults and whether the bot lives.
func (l *live) clock() error {
	if faults := l.p.e.Switches(); fmt.Sprint(faults) != l.faults {
		l.faults = fmt.Sprint(faults)
		if err := l.send("faults", faults); err != nil {
			return err
		}
	}
	c := l.p.o.Control
	if c == nil {
		return nil
	}
	if alive := c.Alive(); alive != l.alive {
		l.alive = alive
		if err := l.send("bot", map[string]bool{"alive": alive}); err != nil {
			return err
		}
	}
	return l.send("clock", c.Clock())
}
