package bot

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/social"
)

// maxUpdate bounds the body of a webhook request, in bytes.
const maxUpdate = 1 << 20

// A Webhook is where Telegram posts updates. It answers 200 once an update is
// safe in the inbox, and 503 when it could not be stored, so that Telegram sends
// it again. A request with the right secret that is no update is logged, counted
// and answered with 200 too: Telegram would send it again for a day, and hold
// back the updates behind it. It never answers 410, which removes the webhook.
type Webhook struct {
	Secret string // as given to SetWebhook; empty: everything is refused
	Bot    int64  // Client.ID
	Intake Intake
	Clock  clockwork.Clock
	Log    *slog.Logger

	odd  atomic.Int64
	last atomic.Int64
}

// Odd counts requests with the right secret that were no updates.
func (h *Webhook) Odd() int64 { return h.odd.Load() }

// LastUpdate is when an update was last stored; zero: never.
func (h *Webhook) LastUpdate() time.Time {
	if ns := h.last.Load(); ns != 0 {
		return time.Unix(0, ns)
	}
	return time.Time{}
}

// ServeHTTP takes one update.
func (h *Webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if !h.trusted(r.Header.Get("X-Telegram-Bot-Api-Secret-Token")) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
	if err != nil {
		w.WriteHeader(unread(err))
		return
	}
	status := h.take(r.Context(), body)
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "2")
	}
	w.WriteHeader(status)
}

// unread is the status for a body that could not be read whole.
func unread(err error) int {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusServiceUnavailable
}

// trusted compares in a time that tells nothing about the secret.
func (h *Webhook) trusted(given string) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(h.Secret))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1 && h.Secret != ""
}

// take stores an update and returns the status to answer with.
func (h *Webhook) take(ctx context.Context, body []byte) int {
	in, err := incoming(h.Bot, body, h.Clock.Now())
	if err != nil {
		h.odd.Add(1)
		h.Log.ErrorContext(ctx, "Telegram posted something that is no update", "bytes", len(body), "err", err)
		return http.StatusOK
	}
	if err := h.Intake.Put(ctx, []social.Incoming{in}); err != nil {
		level := slog.LevelError
		if ctx.Err() != nil {
			level = slog.LevelInfo // the sender hung up; it is no fault of ours
		}
		h.Log.Log(ctx, level, "storing an update failed; Telegram will send it again", "update", in.ID, "err", err)
		return http.StatusServiceUnavailable
	}
	h.last.Store(h.Clock.Now().UnixNano())
	return http.StatusOK
}

// WebhookInfo is what Telegram knows of the bot's webhook.
type WebhookInfo struct {
	URL         string `json:"url"` // "": none, the bot polls
	Pending     int    `json:"pending_update_count"`
	LastError   string `json:"last_error_message"`
	LastErrorAt int64  `json:"last_error_date"` // Unix seconds
}

// SetWebhook has Telegram post updates to the address, with the secret in the
// header. What it has waiting is kept.
func (c *Client) SetWebhook(ctx context.Context, address, secret string) error {
	_, err := c.Call(ctx, "setWebhook", map[string]any{
		"url": address, "secret_token": secret, "allowed_updates": allowedUpdates(), "max_connections": 40,
	})
	return err
}

// DeleteWebhook ends the posting, so that the bot can poll. What Telegram has
// waiting is kept.
func (c *Client) DeleteWebhook(ctx context.Context) error {
	_, err := c.Call(ctx, "deleteWebhook", nil)
	return err
}

// Webhook asks what Telegram knows of the bot's webhook.
func (c *Client) Webhook(ctx context.Context) (WebhookInfo, error) {
	var info WebhookInfo
	raw, err := c.Call(ctx, "getWebhookInfo", nil)
	if err != nil {
		return info, err
	}
	if err := json.Unmarshal(raw, &info); err != nil {
		return info, fmt.Errorf("reading getWebhookInfo: %w", err)
	}
	return info, nil
}

// Foreign returns the host to which Telegram posts this bot's updates, if that
// is not ours: somebody else uses the token. The rest of such an address may be
// a secret.
func (i WebhookInfo) Foreign(ours string) string {
	if i.URL == "" || i.URL == ours {
		return ""
	}
	u, err := url.Parse(i.URL)
	if err != nil || u.Host == "" {
		return "an unreadable address"
	}
	return u.Host
}
