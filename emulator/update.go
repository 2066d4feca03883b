package emulator

import (
	stdjson "encoding/json"
	"slices"
	"time"
)

// How long the server keeps what it has for the bot (tdlib/telegram-bot-api Client.cpp, May 2026).
const (
	UpdateLife   = 24 * time.Hour
	CallbackLife = 150 * time.Second
)

// Update is one item of the bot's queue.
type Update struct {
	ID   int64
	Kind string // "message", "callback_query" …
	Raw  []byte // the whole Update object
	Lane int64  // webhook deliveries keep order inside a lane: the chat, for taps the user
	Ends time.Time

	again bool // handed out again whatever the offset says
}

// updates is the bot's queue.
type updates struct {
	next    int64 // id of the next update
	queue   []*Update
	past    []*Update // everything ever made, for Replay
	held    []*Update
	holding bool
	allowed []string // nil: the default
}

// wants applies allowed_updates; by default three kinds are left out (Bot API, getUpdates).
func (u *updates) wants(kind string) bool {
	if len(u.allowed) > 0 {
		return slices.Contains(u.allowed, kind)
	}
	return kind != "chat_member" && kind != "message_reaction" && kind != "message_reaction_count"
}

// push makes an update for the bot, if it asked for that kind. The lock is held.
func (e *Emulator) push(kind string, lane int64, payload any) {
	if !e.updates.wants(kind) {
		return
	}
	id := e.updates.next
	e.updates.next++
	raw, err := stdjson.Marshal(map[string]any{"update_id": id, kind: payload})
	if err != nil {
		e.violations = append(e.violations, "update "+kind+": "+err.Error())
		return
	}
	e.checkUpdate(raw)
	life := UpdateLife
	if kind == "callback_query" {
		life = CallbackLife
	}
	u := &Update{ID: id, Kind: kind, Raw: raw, Lane: lane, Ends: e.clock.Now().Add(life)}
	e.updates.past = append(e.updates.past, u)
	if e.updates.holding {
		e.updates.held = append(e.updates.held, u)
	} else {
		e.updates.queue = append(e.updates.queue, u)
	}
}

// expire drops what is too old. The lock is held.
func (e *Emulator) expire() {
	now := e.clock.Now()
	e.updates.queue = slices.DeleteFunc(e.updates.queue, func(u *Update) bool { return !now.Before(u.Ends) })
}

// confirm forgets what lies before an offset.
func (u *updates) confirm(offset int64) {
	u.queue = slices.DeleteFunc(u.queue, func(q *Update) bool { return !q.again && q.ID < offset })
}

// Pending gives the updates the bot has not confirmed yet, in the order they will go out.
func (e *Emulator) Pending() []Update {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.expire()
	return copies(e.updates.queue)
}

// Updates gives every update ever made, in the order it was made.
func (e *Emulator) Updates() []Update {
	e.mu.Lock()
	defer e.mu.Unlock()
	return copies(e.updates.past)
}

func copies(list []*Update) []Update {
	out := make([]Update, len(list))
	for i, u := range list {
		out[i] = *u
	}
	return out
}

// ResetUpdateIDs makes the next update bear the given id, as Telegram does with a random one after a quiet week.
func (e *Emulator) ResetUpdateIDs(next int64) {
	e.do(func() { e.updates.next = next })
}

// Hold keeps new updates back until Release.
func (e *Emulator) Hold() { e.do(func() { e.updates.holding = true }) }

// Release hands out what was held: in the given order of places (0 is the first held), places left out come after in their old
// order. Release(2, 1, 0) turns three updates round.
func (e *Emulator) Release(places ...int) {
	e.do(func() {
		held := e.updates.held
		for _, p := range places {
			if p >= 0 && p < len(held) && held[p] != nil {
				e.updates.queue = append(e.updates.queue, held[p])
				held[p] = nil
			}
		}
		for _, u := range held {
			if u != nil {
				e.updates.queue = append(e.updates.queue, u)
			}
		}
		e.updates.held, e.updates.holding = nil, false
	})
}

// Replay hands the last n updates out once more, with their old ids, whatever the bot confirmed.
func (e *Emulator) Replay(n int) {
	e.do(func() {
		for _, u := range e.updates.past[max(0, len(e.updates.past)-n):] {
			twin := *u
			twin.again = true
			e.updates.queue = append(e.updates.queue, &twin)
		}
	})
}
