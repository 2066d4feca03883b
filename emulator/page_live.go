package emulator

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

const (
	livePause = 100 * time.Millisecond // between two looks at the world: changes in between come together
	liveTick  = time.Second            // a look without a change, for the clock and for what ends by itself
	liveWrite = 10 * time.Second       // until a page that takes nothing is given up
)

// stream is one open page and what it has been told.
type stream struct {
	g       *Page
	w       http.ResponseWriter
	out     *http.ResponseController
	world   []byte
	revs    map[int64]int64 // by chat
	typing  map[int64]string
	answers int
	clock   *ClockFace
	faults  map[string]bool
	alive   *bool
	sky     int64 // its revision
	quiet   int   // looks since something was sent
}

// live tells a page what changes, until the page or the emulator is closed.
func (g *Page) live(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	s := &stream{g: g, w: w, out: http.NewResponseController(w), revs: map[int64]int64{}, typing: map[int64]string{}}
	g.e.mu.Lock()
	s.answers = len(g.e.answers) // older ones are nobody's any more
	g.e.mu.Unlock()
	if s.send("hello", map[string]string{"lang": g.opts.Lang}) != nil {
		return
	}
	for {
		changed, err := s.look()
		if err != nil || !g.sleep(r, nil, livePause) || !g.sleep(r, changed, liveTick-livePause) {
			return
		}
	}
}

// sleep waits for a time or a change; false when the page or the emulator is closed.
func (g *Page) sleep(r *http.Request, changed <-chan struct{}, d time.Duration) bool {
	timer := g.e.network.NewTimer(d)
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.Chan():
	case <-r.Context().Done():
		return false
	case <-g.e.ctx.Done():
		return false
	}
	return true
}

// news is what a look found.
type news struct {
	Rev     int64      `json:"rev"`
	World   bool       `json:"world"`
	Chats   [][2]int64 `json:"chats"`
	answers []Answer
	typing  []typingNews
}

type typingNews struct {
	As     int64  `json:"as"`
	Chat   int64  `json:"chat"`
	Action string `json:"action"`
}

type answerNews struct {
	As    int64  `json:"as"`
	Query string `json:"query"`
	Chat  int64  `json:"chat"`
	Text  string `json:"text"`
	Alert bool   `json:"alert"`
	URL   string `json:"url"`
}

// look compares the world with what the page knows and tells the difference. What it gives is closed by the next change.
func (s *stream) look() (<-chan struct{}, error) {
	n, changed := s.news()
	var err error
	send := func(event string, v any) {
		if err == nil {
			err = s.send(event, v)
		}
	}
	if s.quiet++; n.World || len(n.Chats) > 0 {
		send("change", n)
	}
	for _, a := range n.answers {
		send("answer", answerNews{a.User, a.QueryID, a.Chat, a.Text, a.Alert, a.URL})
	}
	for _, t := range n.typing {
		send("typing", t)
	}
	if clock := s.g.clockFace(); clock != nil && (s.clock == nil || *s.clock != *clock) {
		s.clock = clock
		send("clock", clock)
	}
	if rev := s.g.skyRevision(); rev != s.sky {
		s.sky = rev
		send("sky", map[string]int64{"rev": rev})
	}
	if faults := s.g.switches(); !maps.Equal(s.faults, faults) {
		s.faults = faults
		send("faults", faults)
	}
	if alive := s.g.alive(); s.alive == nil || *s.alive != alive {
		s.alive = &alive
		send("bot", map[string]bool{"alive": alive})
	}
	if s.quiet > 15 {
		send("still", nil) // keeps the connection through whatever stands between
	}
	return changed, err
}

func (s *stream) send(event string, v any) error {
	data, err := stdjson.Marshal(v)
	if err != nil {
		return err
	}
	s.quiet = 0
	_ = s.out.SetWriteDeadline(time.Now().Add(liveWrite)) // not every server has one; then the page's own end does it
	if _, err := fmt.Fprintf(s.w, "event: %s\ndata: %s\n\n", event, data); err != nil {
		return err
	}
	return s.out.Flush()
}

// news reads the world under the lock.
func (s *stream) news() (news, <-chan struct{}) {
	e := s.g.e
	e.mu.Lock()
	defer e.mu.Unlock()
	scene := s.g.scene()
	n := news{Rev: e.rev, Chats: [][2]int64{}}
	scene.Rev = 0 // grows with every call of the bot: no change by itself
	if data, err := stdjson.Marshal(scene); err == nil && !bytes.Equal(data, s.world) {
		s.world, n.World = data, true
	}
	n.answers = e.answers[min(s.answers, len(e.answers)):]
	s.answers = len(e.answers)
	s.chatNews(&n, scene)
	return n, e.changed
}

// chatNews finds the chats that changed, for each phone that sees them. A change in a discussion group also concerns its
// channel, which counts the comments.
func (s *stream) chatNews(n *news, scene pageWorld) {
	e := s.g.e
	for id, ch := range e.chats {
		rev, typing := ch.rev, e.typing(ch)
		if room := e.chats[ch.linked]; room != nil && ch.Type == Broadcast {
			rev += room.rev
		}
		told, known := s.revs[id]
		isNew, typed := !known || told != rev, s.typing[id] != typing
		s.revs[id], s.typing[id] = rev, typing
		if !isNew && !typed {
			continue
		}
		for _, p := range scene.People {
			if !e.sees(p.ID, ch) {
				continue
			}
			if isNew {
				n.Chats = append(n.Chats, [2]int64{p.ID, id})
			}
			if typed {
				n.typing = append(n.typing, typingNews{p.ID, id, typing})
			}
		}
	}
	slices.SortFunc(n.Chats, func(a, b [2]int64) int { return slices.Compare(a[:], b[:]) })
}
