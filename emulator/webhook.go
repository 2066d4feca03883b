package emulator

import (
	"bytes"
	"context"
	stdjson "encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"
)

const (
	webhookPatience = 60 * time.Second // for an answer (WebhookActor)
	maxRetryAfter   = 3600             // seconds that a Retry-After of the bot is obeyed
	goneLife        = 23 * time.Hour   // of answers 410 until the webhook is removed
)

// webhook is where updates are posted, and how that goes.
type webhook struct {
	url, secret string
	max         int
	cancel      context.CancelFunc
	client      *http.Client
	lanes       map[int64]*lane
	flying      int
	errorAt     time.Time
	errorText   string
	goneSince   time.Time
}

// lane keeps the order of one chat, or of one person's taps: one update at a time.
type lane struct {
	busy  bool
	fails int
	next  time.Time // by the network clock
}

func setWebhook(e *Emulator, c *call) (any, error) {
	target := c.str("url")
	if target == "" {
		return deleteWebhook(e, c)
	}
	if err := e.checkWebhook(c, target); err != nil {
		return nil, err
	}
	if err := e.setAllowed(c); err != nil {
		return nil, err
	}
	e.ousted(conflict("terminated by setWebhook request"))
	e.stopWebhook()
	if c.bool("drop_pending_updates") {
		e.updates.queue = nil
	}
	connections := int(c.int("max_connections", 40))
	if connections < 1 || connections > 100 {
		connections = 40
	}
	e.startWebhook(&webhook{url: target, secret: c.str("secret_token"), max: connections, lanes: map[int64]*lane{}})
	return true, nil
}

func (e *Emulator) checkWebhook(c *call, target string) error {
	if !regexp.MustCompile(`^[A-Za-z0-9_-]{0,256}$`).MatchString(c.str("secret_token")) {
		return badRequest("secret token contains unallowed characters")
	}
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		return badRequest("invalid webhook URL specified")
	}
	if !e.opts.StrictURL {
		return nil
	}
	if u.Scheme != "https" {
		return badRequest("bad webhook: An HTTPS URL must be provided for webhook")
	}
	if !slices.Contains([]string{"", "443", "80", "88", "8443"}, u.Port()) {
		return badRequest("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
	}
	if ip := net.ParseIP(u.Hostname()); ip != nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsUnspecified() || ip.IsLinkLocalUnicast()) {
		return badRequest("bad webhook: IP address %s is reserved", ip)
	}
	return nil
}

func deleteWebhook(e *Emulator, c *call) (any, error) {
	e.stopWebhook()
	if c.bool("drop_pending_updates") {
		e.updates.queue = nil
	}
	return true, nil
}

func getWebhookInfo(e *Emulator, _ *call) (any, error) {
	e.expire()
	info := map[string]any{"url": "", "has_custom_certificate": false, "pending_update_count": len(e.updates.queue)}
	if e.updates.allowed != nil {
		info["allowed_updates"] = e.updates.allowed
	}
	if h := e.webhook; h != nil {
		info["url"], info["max_connections"] = h.url, h.max
		if h.errorText != "" {
			info["last_error_date"], info["last_error_message"] = h.errorAt.Unix(), h.errorText
		}
	}
	return info, nil
}

// startWebhook begins to deliver. The lock is held.
func (e *Emulator) startWebhook(h *webhook) {
	if e.ctx.Err() != nil {
		return
	}
	ctx, cancel := context.WithCancel(e.ctx)
	h.cancel = cancel
	h.client = &http.Client{Timeout: webhookPatience, Transport: &http.Transport{MaxIdleConnsPerHost: h.max}}
	e.webhook = h
	e.group.Go(func() { e.runWebhook(ctx, h) })
}

func (e *Emulator) stopWebhook() {
	if e.webhook != nil {
		e.webhook.cancel()
		e.webhook = nil
	}
}

// runWebhook posts what is due until the webhook is removed.
func (e *Emulator) runWebhook(ctx context.Context, h *webhook) {
	defer h.client.CloseIdleConnections()
	for ctx.Err() == nil {
		changed, wait := e.dispatch(ctx, h)
		timer := e.network.NewTimer(wait)
		select {
		case <-changed:
		case <-timer.Chan():
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// dispatch starts the deliveries that may start now, and says when to look again.
func (e *Emulator) dispatch(ctx context.Context, h *webhook) (chan struct{}, time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.expire()
	wait := time.Minute
	for _, u := range e.updates.queue {
		key := u.laneKey()
		if e.outage || h.flying >= h.max {
			continue
		}
		l := h.lanes[key]
		if l == nil {
			l = &lane{}
			h.lanes[key] = l
		}
		if l.busy {
			continue
		}
		if due := l.next.Sub(e.network.Now()); due > 0 {
			wait = min(wait, due)
			continue
		}
		l.busy = true
		h.flying++
		e.group.Go(func() { e.deliver(ctx, h, l, u) })
	}
	return e.changed, wait
}

// laneKey: taps go by their user apart from the chat's messages, so both may be under way at once.
func (u *Update) laneKey() int64 {
	if u.Kind == "callback_query" {
		return -u.Lane<<1 | 1
	}
	return u.Lane << 1
}

// deliver posts one update and settles what follows from the answer.
func (e *Emulator) deliver(ctx context.Context, h *webhook, l *lane, u *Update) {
	status, retryAfter, body, err := h.post(ctx, u.Raw)
	if err == nil && status/100 == 2 {
		e.answerInResponse(ctx, body)
	}
	e.do(func() {
		l.busy = false
		h.flying--
		if e.webhook != h {
			return
		}
		if err == nil && status/100 == 2 {
			l.fails, l.next, h.goneSince = 0, time.Time{}, time.Time{}
			e.updates.queue = slices.DeleteFunc(e.updates.queue, func(q *Update) bool { return q == u })
			return
		}
		e.failed(h, l, status, retryAfter, err)
	})
}

func (h *webhook) post(ctx context.Context, raw []byte) (int, string, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(raw))
	if err != nil {
		return 0, "", nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if h.secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", h.secret)
	}
	res, err := h.client.Do(req)
	if err != nil {
		return 0, "", nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return res.StatusCode, res.Header.Get("Retry-After"), body, err
}

// failed plans the next try: at once, then after 2, 4, 8 … seconds, or when the bot's Retry-After says.
func (e *Emulator) failed(h *webhook, l *lane, status int, retryAfter string, err error) {
	l.fails++
	h.errorAt, h.errorText = e.clock.Now(), fmt.Sprintf("Wrong response from the webhook: %d %s", status, http.StatusText(status))
	if err != nil {
		h.errorText = "Connection failed"
	}
	wait := 0
	if l.fails > 1 {
		wait = min(1<<min(l.fails-1, 10), e.opts.MaxRetryWait)
	}
	if n, err := strconv.Atoi(retryAfter); err == nil && n > 0 {
		wait = min(n, maxRetryAfter)
	}
	l.next = e.network.Now().Add(time.Duration(wait) * time.Second)
	e.gone(h, status)
}

// gone removes a webhook that has answered 410 for 23 hours.
func (e *Emulator) gone(h *webhook, status int) {
	now := e.clock.Now()
	switch {
	case status != http.StatusGone:
		h.goneSince = time.Time{}
	case h.goneSince.IsZero():
		h.goneSince = now
	case now.Sub(h.goneSince) >= goneLife:
		e.stopWebhook()
	}
}

// answerInResponse carries out the method that a bot may put into its response; the bot is never told how it went.
func (e *Emulator) answerInResponse(ctx context.Context, body []byte) {
	c := &call{ctx: ctx, params: map[string]string{}, files: map[string]upload{}}
	var head struct {
		Method string `json:"method"`
	}
	if stdjson.Unmarshal(body, &head) != nil || head.Method == "" || c.readJSONText(body) != nil {
		return
	}
	delete(c.params, "method")
	c.name = head.Method
	if regexp.MustCompile(`(?i)^(get|setwebhook$|deletewebhook$|close$|logout$)`).MatchString(c.name) {
		return
	}
	result, err := e.execute(c)
	e.record(c, result, err, nil)
}
