package emulator

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// FaultKind is a way in which the wire or the server fails.
type FaultKind string

// Kinds of faults.
const (
	Drop    FaultKind = "drop"    // carried out, then the connection breaks: the bot cannot know
	Refuse  FaultKind = "refuse"  // the connection breaks before anything happened
	Delay   FaultKind = "delay"   // carried out After a while
	Late    FaultKind = "late"    // carried out, and answered After a while
	Status  FaultKind = "status"  // answered with Code, not carried out
	Flood   FaultKind = "flood"   // answered with 429 and After as retry_after, not carried out
	Hang    FaultKind = "hang"    // no answer until the bot gives up, not carried out
	Swallow FaultKind = "swallow" // carried out, but no answer until the bot gives up
	Garbage FaultKind = "garbage" // answered with a proxy's HTML page and Code, not carried out
)

// Fault strikes the next Times calls that fit Method (empty: any but getUpdates) and Chat (0: any).
type Fault struct {
	Kind   FaultKind
	Method string
	Chat   int64
	Times  int    // 0 counts as 1
	Code   int    // of Status and Garbage; 0: 502
	Words  string // of Status; empty: those of the code
	After  time.Duration
}

// Fault arms a fault. Faults are tried in the order they were armed; one call meets at most one.
func (e *Emulator) Fault(f Fault) {
	f.Times = max(f.Times, 1)
	e.do(func() { e.faults = append(e.faults, &f) })
}

// ClearFaults disarms all faults, also those that stay, and ends an outage.
func (e *Emulator) ClearFaults() {
	e.do(func() { e.faults, e.outage, e.switches = nil, false, map[string]bool{} })
}

// Faults that stay until they are switched off.
const (
	Slow     = "slow"     // each call takes two seconds longer
	Limit    = "limit"    // every second message is refused with 429 and five seconds to wait
	DropSome = "drop"     // of every third message the answer is lost after it was carried out
	Platform = "platform" // channels take no posts: 502
	Token    = "token"    // the bot's token is not taken: 401
)

// Switches tells which faults that stay are on.
func (e *Emulator) Switches() map[string]bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := map[string]bool{}
	for _, name := range []string{Slow, Limit, DropSome, Platform, Token} {
		all[name] = e.switches[name]
	}
	return all
}

// Switch switches a fault that stays on or off.
func (e *Emulator) Switch(name string, on bool) error {
	if _, ok := e.Switches()[name]; !ok {
		return fmt.Errorf("there is no fault %q", name)
	}
	e.do(func() {
		e.switches[name] = on
		if name == Token && on {
			e.ousted(&failure{Code: 401, Description: "Unauthorized"})
		}
	})
	return nil
}

// staying is the fault that a call meets because of a switch; nil: none. The lock is held.
func (e *Emulator) staying(c *call) *Fault {
	name := strings.ToLower(c.name)
	writes := strings.HasPrefix(name, "send") && name != "sendchataction" || strings.HasPrefix(name, "edit") || name == "copymessage"
	ch := e.chats[e.chatID(c)]
	if writes {
		e.struck++
	}
	switch {
	case e.switches[Token]:
		return &Fault{Kind: Status, Code: http.StatusUnauthorized}
	case e.switches[Platform] && writes && ch != nil && ch.Type == Broadcast:
		return &Fault{Kind: Status, Code: http.StatusBadGateway}
	case e.switches[DropSome] && writes && e.struck%3 == 0:
		return &Fault{Kind: Drop}
	case e.switches[Limit] && writes && e.struck%2 == 0:
		return &Fault{Kind: Flood, After: 5 * time.Second}
	case e.switches[Slow] && name != "getupdates":
		return &Fault{Kind: Delay, After: 2 * time.Second}
	}
	return nil
}

// SetOutage breaks every connection, also those that wait now, until it is set back.
func (e *Emulator) SetOutage(on bool) {
	e.do(func() {
		e.outage = on
		if on {
			e.ousted(http.ErrAbortHandler)
		}
	})
}

func (e *Emulator) isOut() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.outage
}

// takeFault gives the fault that a call meets, and counts it.
func (e *Emulator) takeFault(c *call) *Fault {
	e.mu.Lock()
	defer e.mu.Unlock()
	chat := e.chatID(c)
	for i, f := range e.faults {
		if !f.fits(c.name, chat) {
			continue
		}
		met := *f
		if f.Times--; f.Times == 0 {
			e.faults = append(e.faults[:i:i], e.faults[i+1:]...)
		}
		return &met
	}
	return e.staying(c)
}

func (f *Fault) fits(method string, chat int64) bool {
	if f.Method == "" && strings.EqualFold(method, "getUpdates") {
		return false
	}
	return (f.Method == "" || strings.EqualFold(f.Method, method)) && (f.Chat == 0 || f.Chat == chat)
}

// strikeBefore does what a fault does before the call is carried out; true when that is all.
func (e *Emulator) strikeBefore(w http.ResponseWriter, c *call, f *Fault) bool {
	refusal := f.refusal()
	switch f.Kind {
	case Refuse:
		e.record(c, nil, refusal, f)
		panic(http.ErrAbortHandler)
	case Delay:
		e.pause(c, f.After)
		return false
	case Status, Flood:
		e.record(c, nil, refusal, f)
		writeError(w, refusal)
		return true
	case Garbage:
		e.record(c, nil, refusal, f)
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(refusal.Code)
		_, _ = w.Write([]byte("<html><head><title>502 Bad Gateway</title></head></html>\r\n"))
		return true
	case Hang:
		e.record(c, nil, refusal, f)
		e.pause(c, time.Hour)
		panic(http.ErrAbortHandler)
	}
	return false
}

func (f *Fault) refusal() *failure {
	switch f.Kind {
	case Flood:
		after := max(1, int(f.After/time.Second))
		return &failure{Code: 429, RetryAfter: after, Description: "Too Many Requests: retry after " + strconv.Itoa(after)}
	case Status, Garbage:
		code := f.Code
		if code == 0 {
			code = 502
		}
		words := http.StatusText(code)
		if f.Words != "" {
			words += ": " + f.Words
		}
		return &failure{Code: code, Description: words}
	}
	return &failure{Code: 500, Description: "connection lost"}
}

// strikeAfter does what a fault does to the answer of a call that was carried out.
func (e *Emulator) strikeAfter(c *call, f *Fault) {
	switch f.Kind {
	case Late:
		e.pause(c, f.After)
	case Swallow:
		e.pause(c, time.Hour)
		panic(http.ErrAbortHandler)
	case Drop:
		panic(http.ErrAbortHandler)
	}
}

// pause waits, but not longer than the bot or the emulator lives.
func (e *Emulator) pause(c *call, d time.Duration) {
	timer := e.network.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.Chan():
	case <-c.ctx.Done():
	case <-e.ctx.Done():
	}
}
