package emulator

import (
	"math"
	"strings"
	"time"
)

// Telegram's rates (Bots FAQ): about one message a second in a chat with a short burst, 20 a minute in a group, 30 a second
// over all. Edits and deletions are not counted here: their real limits are unpublished.
const (
	chatBurst  = 3
	groupRate  = 20
	globalRate = 30
)

// limits counts what the bot sends.
type limits struct {
	chats map[int64]*bucket
	all   []time.Time
}

// bucket is the budget of one chat.
type bucket struct {
	left  float64
	at    time.Time
	group []time.Time
}

// spend takes a message out of the budgets, or refuses it with 429. The lock is held.
func (e *Emulator) spend(method string, c *call) error {
	isSend := strings.HasPrefix(method, "send") && method != "sendchataction" || method == "copymessage" || method == "forwardmessage"
	if !e.opts.Limits || !isSend {
		return nil
	}
	ch, err := e.chatOf(c, "chat_id")
	if err != nil {
		return nil // the method itself will say so
	}
	now := e.network.Now()
	b := e.limits.chats[ch.ID]
	if b == nil {
		b = &bucket{left: chatBurst, at: now}
		e.limits.chats[ch.ID] = b
	}
	b.left = math.Min(chatBurst, b.left+now.Sub(b.at).Seconds())
	b.at = now
	e.limits.all = recent(e.limits.all, now, time.Second)
	b.group = recent(b.group, now, time.Minute)
	wait := b.wait(ch, now)
	if n := len(e.limits.all); n >= globalRate {
		wait = max(wait, e.limits.all[n-globalRate].Add(time.Second).Sub(now))
	}
	if wait > 0 {
		after := int(math.Ceil(wait.Seconds()))
		return &failure{Code: 429, RetryAfter: after, Description: "Too Many Requests: retry after " + itoa(int64(after))}
	}
	b.left--
	e.limits.all, b.group = append(e.limits.all, now), append(b.group, now)
	return nil
}

// wait is how long a chat's budget needs to allow one more message.
func (b *bucket) wait(ch *chat, now time.Time) time.Duration {
	var wait time.Duration
	if b.left < 1 {
		wait = time.Duration((1 - b.left) * float64(time.Second))
	}
	if n := len(b.group); ch.Type != Private && n >= groupRate {
		wait = max(wait, b.group[n-groupRate].Add(time.Minute).Sub(now))
	}
	return wait
}

func recent(list []time.Time, now time.Time, window time.Duration) []time.Time {
	for len(list) > 0 && !list[0].Add(window).After(now) {
		list = list[1:]
	}
	return list
}
