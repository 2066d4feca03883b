package push

import (
	"sync"
	"time"
)

// How many calls one door takes: a minute's worth at once, and then one every so
// often. With 1,000 comments a call that is more than any follower writes.
const (
	mostAtOnce = 60
	pauseOften = time.Second
)

// pace remembers of each door how much it may take. There are no more of them than
// accounts with a door.
type pace struct {
	mu    sync.Mutex
	until map[int64]time.Time // when the calls so far would have come one by one
}

// allows counts a call, unless there were too many.
func (p *pace) allows(account int64, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.until == nil {
		p.until = map[int64]time.Time{}
	}
	at := p.until[account]
	if at.Before(now) || at.Sub(now) > mostAtOnce*pauseOften { // so late it can only be if the clock was set back
		at = now
	}
	if at = at.Add(pauseOften); at.Sub(now) > mostAtOnce*pauseOften {
		return false
	}
	p.until[account] = at
	return true
}
