package bot

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"golang.org/x/time/rate"
)

// Telegram's limits (core.telegram.org/bots/faq, read 2026): about 30 messages a
// second over all chats, one a second in a chat with short bursts allowed, 20 a
// minute in a group. Edits are not spoken of; they keep the same pace for themselves.
const (
	allPerSecond = 30
	allBurst     = 4
	chatBurst    = 3
	groupCount   = 20
	groupWindow  = 61 * time.Second
)

// When chatsRefused different chats get "too many requests" within refusedWithin,
// the limit hit is the bot's own, and everything waits.
const (
	chatsRefused  = 3
	refusedWithin = 10 * time.Second
)

// A Lane says how urgent a message is: a lower lane waits for the higher ones.
type Lane int

// The lanes, most urgent first.
const (
	Interactive Lane = iota // somebody waits for it
	Cards                   // somebody is to decide
	Bulk                    // digests and other notices
	lanes
)

// A gate lets calls through one by one, at Telegram's pace: at most one at a
// time in a chat, in the order they came within a lane.
type gate struct {
	clock clockwork.Clock

	mu      sync.Mutex
	queues  [lanes][]*ticket
	chats   map[int64]*chatPace
	tempos  [kinds]*tempo
	asleep  time.Time
	refused map[int64]time.Time
	timer   clockwork.Timer
}

// A kind is what calls do to a chat, as far as their pace is another's.
type kind int

// The kinds of calls.
const (
	sending kind = iota
	editing      // or deleting
	kinds
)

// A ticket is a place in the queue of a lane and, once let through, the sole
// right to call in its chat until it leaves.
type ticket struct {
	lane  Lane
	chat  int64
	kind  kind
	cost  int
	began time.Time     // of the call
	holds bool          // the chat is ours
	ready chan struct{} // closed when its turn has come; nil: not in a queue
}

// A chatPace is how much was sent to one chat lately.
type chatPace struct {
	busy   bool
	bucket *rate.Limiter
	recent []time.Time // the last sends to a group
	until  time.Time   // retry_after
	last   time.Time
}

func newGate(clock clockwork.Clock) *gate {
	return &gate{
		clock: clock, chats: map[int64]*chatPace{}, refused: map[int64]time.Time{},
		tempos: [kinds]*tempo{newTempo(), newTempo()},
	}
}

// share leaves the n-th part of the pace over all chats to this process.
func (g *gate) share(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, t := range g.tempos {
		t.share(g.clock.Now(), max(1, n))
	}
	g.dispatch()
}

// enter waits until the ticket may make a call that counts as cost messages; with
// 0 it only takes the chat. A ticket that holds its chat already goes before all
// others of its lane.
func (g *gate) enter(ctx context.Context, t *ticket, cost int) error {
	g.mu.Lock()
	t.cost, t.ready = cost, make(chan struct{})
	ready := t.ready
	if t.holds {
		g.queues[t.lane] = slices.Insert(g.queues[t.lane], 0, t)
	} else {
		g.queues[t.lane] = append(g.queues[t.lane], t)
	}
	g.dispatch()
	g.mu.Unlock()
	select {
	case <-ready:
		return nil
	case <-ctx.Done():
		g.abandon(t)
		return ctx.Err()
	}
}

// abandon takes a ticket out of its queue.
func (g *gate) abandon(t *ticket) {
	g.mu.Lock()
	defer g.mu.Unlock()
	q := g.queues[t.lane]
	if i := slices.Index(q, t); i >= 0 {
		g.queues[t.lane] = slices.Delete(q, i, i+1)
	}
}

// answered tells that the call of a ticket has had its answer, or will have none.
func (g *gate) answered(t *ticket) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.cost == 0 {
		return
	}
	now := g.clock.Now()
	g.tempos[t.kind].end(now, now.Sub(t.began), t.cost)
	g.dispatch()
}

// leave frees the ticket's chat.
func (g *gate) leave(t *ticket) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !t.holds {
		return
	}
	t.holds = false
	g.chat(t.chat).busy = false
	g.dispatch()
}

// slow makes a chat wait because Telegram asked for it, and with several such
// chats everything.
func (g *gate) slow(chat int64, d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	until := now.Add(d)
	c := g.chat(chat)
	c.until = later(c.until, until)
	g.refused[chat] = now
	for id, at := range g.refused {
		if now.Sub(at) > refusedWithin {
			delete(g.refused, id)
		}
	}
	if len(g.refused) >= chatsRefused {
		g.asleep = later(g.asleep, until)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// tick is called by the timer.
func (g *gate) tick() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.dispatch()
}

// dispatch lets through whoever may go, and sets the timer for the next.
func (g *gate) dispatch() {
	now := g.clock.Now()
	if g.timer != nil {
		g.timer.Stop()
		g.timer = nil
	}
	for {
		t, wake := g.next(now)
		if t != nil {
			g.admit(t, now)
			continue
		}
		if !wake.IsZero() {
			g.timer = g.clock.AfterFunc(wake.Sub(now)+time.Millisecond, g.tick)
		}
		return
	}
}

// next finds the first ticket that may go now, else the time when one might.
func (g *gate) next(now time.Time) (*ticket, time.Time) {
	if g.waiting() == 0 {
		return nil, time.Time{}
	}
	if g.asleep.After(now) {
		return nil, g.asleep
	}
	var wake time.Time
	for _, queue := range g.queues {
		for _, t := range queue {
			c := g.chat(t.chat)
			if c.busy && !t.holds {
				continue // its leaving dispatches again
			}
			at, ok := g.free(now, t, c)
			if ok && !at.After(now) {
				return t, time.Time{}
			}
			if ok && (wake.IsZero() || at.Before(wake)) {
				wake = at
			}
		}
	}
	return nil, wake
}

// free is when a ticket may be let through; false: when an answer to another has come,
// which dispatches again.
func (g *gate) free(now time.Time, t *ticket, c *chatPace) (time.Time, bool) {
	at := c.free(now)
	if t.cost == 0 {
		return at, true
	}
	all := g.tempos[t.kind].free(now, t.lane, t.cost)
	return later(at, all), !all.IsZero()
}

func (g *gate) waiting() int {
	n := 0
	for _, q := range g.queues {
		n += len(q)
	}
	return n
}

// admit lets a ticket through and counts its call.
func (g *gate) admit(t *ticket, now time.Time) {
	q := g.queues[t.lane]
	i := slices.Index(q, t)
	g.queues[t.lane] = slices.Delete(q, i, i+1)
	c := g.chat(t.chat)
	c.busy, t.holds = true, true
	if t.cost > 0 {
		t.began = now
		g.tempos[t.kind].begin(now, t.cost)
	}
	c.count(now, t.cost)
	close(t.ready)
}

// chat returns the pace of a chat, and forgets chats of which nothing is left to
// remember.
func (g *gate) chat(id int64) *chatPace {
	c, ok := g.chats[id]
	if ok {
		return c
	}
	if len(g.chats)%1000 == 999 {
		g.forget()
	}
	c = &chatPace{bucket: rate.NewLimiter(1, chatBurst)}
	if id < 0 {
		c.recent = make([]time.Time, 0, groupCount)
	}
	g.chats[id] = c
	return c
}

func (g *gate) forget() {
	now := g.clock.Now()
	for id, c := range g.chats {
		if !c.busy && now.Sub(c.last) > 2*groupWindow && now.After(c.until) {
			delete(g.chats, id)
		}
	}
}

// free is when the next message may go to the chat.
func (c *chatPace) free(now time.Time) time.Time {
	at := later(c.until, filled(c.bucket, now, 1))
	if len(c.recent) >= groupCount {
		at = later(at, c.recent[len(c.recent)-groupCount].Add(groupWindow))
	}
	return at
}

// count notes n messages. In a private chat an album is one act; in a group each
// of its files counts.
func (c *chatPace) count(now time.Time, n int) {
	c.last = now
	if n == 0 {
		return
	}
	c.bucket.ReserveN(now, 1)
	if c.recent == nil {
		return
	}
	for range n {
		c.recent = append(c.recent, now)
	}
	c.recent = slices.Delete(c.recent, 0, max(0, len(c.recent)-groupCount))
}
