package emulator

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Call is one request of the bot and what it got.
type Call struct {
	Seq         int
	Method      string // as the bot wrote it
	Chat        int64  // of chat_id; 0 when it names no chat
	Params      map[string]string
	Files       []CallFile
	Result      []byte // JSON; nil when refused
	Code        int    // 0 for success, else the error code
	Description string // of the refusal
	Fault       FaultKind
	At          time.Time // by Options.Clock
	Sent        time.Time // by Options.Network: when it was answered
}

// CallFile is an uploaded file of a request.
type CallFile struct {
	Field, Name, SHA256 string
	Size                int64
}

// Output is a message that the bot sent, or a new state of one it edited, in the order they became visible.
type Output struct {
	Chat    int64
	Message *Message
	Edited  bool
	At      time.Time
}

// record writes a call into the journal.
func (e *Emulator) record(c *call, result json, err error, f *Fault) {
	entry := Call{Method: c.name, Params: c.params, Result: result, At: e.clock.Now(), Sent: e.network.Now()}
	for _, up := range c.files {
		entry.Files = append(entry.Files, CallFile{up.field, up.name, hashOf(up.data), int64(len(up.data))})
	}
	slices.SortFunc(entry.Files, func(a, b CallFile) int { return strings.Compare(a.Field, b.Field) })
	if err != nil {
		refusal := asError(err)
		entry.Code, entry.Description = refusal.Code, refusal.Description
	}
	if f != nil {
		entry.Fault = f.Kind
	}
	e.do(func() {
		entry.Seq, entry.Chat = len(e.calls)+1, e.chatID(c)
		e.calls = append(e.calls, entry)
	})
}

// Calls gives the journal, or of it the calls of some methods (names in any case).
func (e *Emulator) Calls(methods ...string) []Call {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []Call
	for _, c := range e.calls {
		if len(methods) == 0 || slices.ContainsFunc(methods, func(m string) bool { return strings.EqualFold(m, c.Method) }) {
			out = append(out, c)
		}
	}
	return out
}

// ForgetCalls empties the journal of calls; messages and updates stay.
func (e *Emulator) ForgetCalls() { e.do(func() { e.calls = nil }) }

// WaitCall waits for a call that fits, looking at those from the journal's start, and gives it.
func (e *Emulator) WaitCall(ctx context.Context, method string, fits func(Call) bool) (Call, error) {
	var got Call
	err := e.Wait(ctx, func() bool {
		for _, c := range e.Calls(method) {
			if fits == nil || fits(c) {
				got = c
				return true
			}
		}
		return false
	})
	return got, err
}

// Messages gives what is visible in a chat now, oldest first.
func (e *Emulator) Messages(chat int64) []*Message {
	e.mu.Lock()
	defer e.mu.Unlock()
	if ch := e.chats[chat]; ch != nil {
		return slices.Clone(ch.messages)
	}
	return nil
}

// Last is the newest message of a chat; false when there is none.
func (e *Emulator) Last(chat int64) (*Message, bool) {
	list := e.Messages(chat)
	if len(list) == 0 {
		return nil, false
	}
	return list[len(list)-1], true
}

// LastKeyboard is the newest message of a chat that has buttons; false when there is none.
func (e *Emulator) LastKeyboard(chat int64) (*Message, bool) {
	list := e.Messages(chat)
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Keyboard != nil {
			return list[i], true
		}
	}
	return nil, false
}

// Outputs gives all that the bot sent and edited, in order; of one chat unless chat is 0.
func (e *Emulator) Outputs(chat int64) []Output {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []Output
	for _, o := range e.outputs {
		if chat == 0 || o.Chat == chat {
			out = append(out, o)
		}
	}
	return out
}

// AnswerTo gives what the bot said to a tap; false while it has not answered.
func (e *Emulator) AnswerTo(queryID string) (Answer, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	q := e.queries[queryID]
	if q == nil || !q.answered {
		return Answer{}, false
	}
	return q.answer, true
}

// Pinned gives the pinned messages of a chat, the newest pin last.
func (e *Emulator) Pinned(chat int64) []int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	if ch := e.chats[chat]; ch != nil {
		return slices.Clone(ch.pinned)
	}
	return nil
}

// Violations gives what the bot's requests and the emulator's updates had against the description of the Bot API.
func (e *Emulator) Violations() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.violations)
}
