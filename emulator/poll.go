package emulator

import (
	"bytes"
	"slices"
	"strconv"
	"time"
)

const (
	maxPollWait  = 50      // seconds; a longer timeout is cut (Client.cpp)
	maxPollBytes = 4 << 20 // of one answer
	offsetSlack  = 10      // an offset further above the newest id counts as none (TQueue)
)

// poller is the getUpdates call that waits now.
type poller struct {
	lost  chan struct{} // closed when another takes its place
	why   error
	wait  time.Duration
	limit int64
}

// lastPoll is what was asked last, for the guard against bots that ask in a circle.
type lastPoll struct {
	offset int64
	at     time.Time
}

// poll answers getUpdates: at once when there is something, else when something comes or the time is over.
func (e *Emulator) poll(c *call) (json, error) {
	me, err := e.startPoll(c)
	if err != nil {
		return nil, err
	}
	defer e.endPoll(me)
	timer := e.network.NewTimer(me.wait)
	defer timer.Stop()
	for {
		batch, changed := e.batch(me)
		if batch != nil || me.wait == 0 {
			return joined(batch), me.refusal()
		}
		select {
		case <-changed:
		case <-timer.Chan():
			return joined(nil), nil
		case <-me.lost:
			return nil, me.why
		case <-c.ctx.Done():
			return nil, c.ctx.Err()
		case <-e.ctx.Done():
			return nil, &failure{Code: 500, Description: "Internal Server Error: restart"}
		}
	}
}

// refusal is why a poller may not be answered; nil when it may.
func (p *poller) refusal() error {
	select {
	case <-p.lost:
		return p.why
	default:
		return nil
	}
}

// startPoll takes the place of an older poller and confirms what lies before the offset.
func (e *Emulator) startPoll(c *call) (*poller, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.webhook != nil {
		return nil, conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	if err := e.setAllowed(c); err != nil {
		return nil, err
	}
	e.ousted(conflict("terminated by other getUpdates request; make sure that only one bot instance is running"))
	e.poller = e.newPoller(c)
	e.expire()
	e.seek(c.int("offset", 0))
	e.wake()
	return e.poller, nil
}

func (e *Emulator) newPoller(c *call) *poller {
	p := &poller{lost: make(chan struct{}), limit: c.int("limit", 100)}
	p.wait = time.Duration(min(max(c.int("timeout", 0), 0), maxPollWait)) * time.Second
	if p.limit < 1 || p.limit > 100 {
		p.limit = 100
	}
	now, offset := e.network.Now(), c.int("offset", 0)
	if since := now.Sub(e.lastPoll.at); e.opts.PollGuard && e.lastPoll.offset == offset && !e.lastPoll.at.IsZero() {
		p.guard(since)
	}
	e.lastPoll = lastPoll{offset, now}
	return p
}

// guard slows a bot that repeats its offset (Client.cpp): within 3 s it waits at least 3 s, within 0.5 s it gets one update.
func (p *poller) guard(since time.Duration) {
	if since < 3*time.Second {
		p.wait = max(p.wait, 3*time.Second)
	}
	if since < time.Second/2 {
		p.limit = 1
	}
}

// ousted sends the waiting poller away. The lock is held.
func (e *Emulator) ousted(why error) {
	if e.poller != nil {
		e.poller.why = why
		close(e.poller.lost)
		e.poller = nil
	}
}

func (e *Emulator) endPoll(me *poller) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.poller == me {
		e.poller = nil
	}
}

// seek applies an offset: negative counts from the end and forgets the rest, too high counts as none.
func (e *Emulator) seek(offset int64) {
	u := &e.updates
	switch {
	case offset < 0:
		u.queue = u.queue[max(0, int64(len(u.queue))+offset):]
	case offset > u.next-1+offsetSlack:
	default:
		u.confirm(offset)
	}
}

// setAllowed remembers allowed_updates: absent keeps, an empty list goes back to the default, what is no list is ignored.
func (e *Emulator) setAllowed(c *call) error {
	var list []string
	if ok, err := c.decode("allowed_updates", &list); err != nil || !ok {
		return err
	}
	e.updates.allowed = list
	return nil
}

// batch takes up to limit updates without removing them, and gives the channel that tells of the next change.
func (e *Emulator) batch(me *poller) ([][]byte, chan struct{}) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.expire()
	var out [][]byte
	size := 0
	for _, u := range e.updates.queue {
		if int64(len(out)) == me.limit || size+len(u.Raw) > maxPollBytes {
			break
		}
		size += len(u.Raw)
		out = append(out, u.Raw)
	}
	if e.poller == me { // one who lost his place takes nothing away
		e.spent(len(out))
	}
	return out, e.changed
}

// spent removes repeated updates among the first n: they are handed out once.
func (e *Emulator) spent(n int) {
	head := slices.DeleteFunc(slices.Clone(e.updates.queue[:n]), func(u *Update) bool { return u.again })
	e.updates.queue = append(head, e.updates.queue[n:]...)
}

func joined(batch [][]byte) json {
	return append(append([]byte("["), bytes.Join(batch, []byte(","))...), ']')
}

func getMe(e *Emulator, _ *call) (any, error) {
	return map[string]any{
		"id": e.bot.ID, "is_bot": true, "first_name": e.profileName(""), "username": e.bot.Username,
		"can_join_groups": true, "can_read_all_group_messages": e.opts.SeesAll, "supports_inline_queries": false,
		"can_connect_to_business": false, "has_main_web_app": false,
	}, nil
}

// query is a tap that waits for its answer.
type query struct {
	id       string
	user     int64
	chat     int64
	message  int64
	data     string
	ends     time.Time
	answered bool
	answer   Answer
}

// Answer is what the bot said to a tap.
type Answer struct {
	QueryID string
	User    int64
	Chat    int64
	Data    string // of the button
	Text    string // empty: the tap was only acknowledged
	Alert   bool
	URL     string
}

func (e *Emulator) newQuery(u *user, ch *chat, message int64, data string) *query {
	id := strconv.FormatInt(u.ID<<20+e.count("query"), 10)
	q := &query{id: id, user: u.ID, chat: ch.ID, message: message, data: data, ends: e.clock.Now().Add(CallbackLife)}
	e.queries[id] = q
	return q
}

func answerCallbackQuery(e *Emulator, c *call) (any, error) {
	q := e.queries[c.str("callback_query_id")]
	if q == nil || q.answered || !e.clock.Now().Before(q.ends) {
		return nil, badRequest("query is too old and response timeout expired or query ID is invalid")
	}
	text := clean(c.str("text"))
	if len([]rune(text)) > 200 {
		return nil, badRequest("MESSAGE_TOO_LONG")
	}
	q.answered = true
	q.answer = Answer{QueryID: q.id, User: q.user, Chat: q.chat, Data: q.data, Text: text, Alert: c.bool("show_alert"), URL: c.str("url")}
	e.answers = append(e.answers, q.answer)
	return true, nil
}
