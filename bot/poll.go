package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/social"
)

// allowedUpdates are the kinds of updates that Peyk asks for. Without asking,
// chat_member and message_reaction_count never come (Bot API 10.3, getUpdates).
func allowedUpdates() []string {
	return []string{
		"message", "edited_message", "callback_query", "channel_post", "edited_channel_post",
		"my_chat_member", "chat_member", "message_reaction_count",
	}
}

// The times of polling. Telegram answers after 50 seconds at the latest.
const (
	pollTimeout   = 50 * time.Second
	conflictPause = 5 * time.Second
	longestPause  = 30 * time.Second
)

// A Poller asks Telegram for updates and puts them into the inbox. It confirms
// an update, by asking for the next, only when that is safe there.
type Poller struct {
	client *Client
	intake Intake
	clock  clockwork.Clock
	log    *slog.Logger

	At func(point string) // named points at which a crash is tried out; nil in service

	offset   int64 // 0: whatever is first
	last     atomic.Int64
	conflict bool // the present conflict has been told
}

// NewPoller returns a poller for the client's bot.
func NewPoller(client *Client, intake Intake, clock clockwork.Clock, log *slog.Logger) *Poller {
	return &Poller{client: client, intake: intake, clock: clock, log: log}
}

// LastPoll is when Telegram last answered and its updates were safe; zero: never.
func (p *Poller) LastPoll() time.Time {
	if ns := p.last.Load(); ns != 0 {
		return time.Unix(0, ns)
	}
	return time.Time{}
}

// Run polls until ctx ends, which ends a waiting poll at once. It returns an
// error only when polling can never succeed: the token is wrong.
func (p *Poller) Run(ctx context.Context) error {
	for n := 0; ctx.Err() == nil; {
		err := p.once(ctx)
		if err == nil {
			n, p.conflict = 0, false
			continue
		}
		if ctx.Err() != nil {
			break
		}
		if refused(err) {
			return fmt.Errorf("Telegram does not know this bot; check the token and the API address: %w", err)
		}
		p.report(ctx, err)
		n++
		p.pause(ctx, pollPause(err, n))
	}
	return nil
}

// once makes one poll and brings what it gave into safety.
func (p *Poller) once(ctx context.Context) error {
	params := map[string]any{
		"timeout": int(pollTimeout / time.Second), "limit": 100, "allowed_updates": allowedUpdates(),
	}
	if p.offset != 0 {
		params["offset"] = p.offset
	}
	raw, err := p.client.call(ctx, pollTimeout+pollMargin, "getUpdates", params, nil)
	if err != nil {
		return err
	}
	var batch []json.RawMessage
	if err := json.Unmarshal(raw, &batch); err != nil {
		return &Error{Method: "getUpdates", Description: "an answer that is no list"}
	}
	p.at("got_batch", batch)
	if err := p.keep(ctx, batch); err != nil {
		return err
	}
	p.at("inbox_committed", batch)
	p.last.Store(p.clock.Now().UnixNano())
	p.at("before_next_offset", batch)
	return nil
}

func (p *Poller) at(point string, batch []json.RawMessage) {
	if p.At != nil && len(batch) > 0 {
		p.At(point)
	}
}

// An unsafeError says that a batch could not be stored. Its updates are not
// confirmed: the next poll gives them again, with what has come since, so that the
// intake hears of every tap while somebody waits.
type unsafeError struct {
	updates int
	cause   error
}

// Error tells how many updates are waiting, and why.
func (e *unsafeError) Error() string {
	return fmt.Sprintf("storing %d updates: %v", e.updates, e.cause)
}

// keep puts a batch into the inbox, and only then moves the offset: to the last
// id, also when that is smaller than before, since Telegram starts anew at a
// random id after a quiet week.
func (p *Poller) keep(ctx context.Context, batch []json.RawMessage) error {
	list := make([]social.Incoming, 0, len(batch))
	for _, raw := range batch {
		in, err := incoming(p.client.ID(), raw, p.clock.Now())
		if err != nil {
			p.log.ErrorContext(ctx, "Telegram sent something that is no update", "err", err)
			continue
		}
		list = append(list, in)
	}
	switch {
	case len(batch) == 0:
		return nil
	case len(list) == 0:
		return errors.New("a batch without any update")
	}
	if err := p.intake.Put(ctx, list); err != nil {
		return &unsafeError{len(list), err}
	}
	p.offset = list[len(list)-1].ID + 1
	return nil
}

func (p *Poller) report(ctx context.Context, err error) {
	var unsafe *unsafeError
	if errors.As(err, &unsafe) {
		p.log.ErrorContext(ctx, "updates could not be stored; nothing is lost, trying again", "updates", unsafe.updates, "err", unsafe.cause)
		return
	}
	if !isConflict(err) {
		p.log.WarnContext(ctx, "polling Telegram failed", "err", err)
		return
	}
	if !p.conflict {
		p.conflict = true
		p.log.ErrorContext(ctx, "another process receives this bot's updates, or a webhook is set: stop it, or change the token", "err", err)
	}
}

func (p *Poller) pause(ctx context.Context, d time.Duration) {
	timer := p.clock.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.Chan():
	case <-ctx.Done():
	}
}

func isConflict(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == 409
}

// refused tells whether Telegram does not know the token: 401 for one that was
// revoked, 404 for one that never was a token.
func refused(err error) bool {
	return says(err, 401, "unauthorized") || says(err, 404, "not found")
}

func pollPause(err error, n int) time.Duration {
	var unsafe *unsafeError
	if errors.As(err, &unsafe) {
		return backoff(1) // the intake has been patient itself
	}
	switch after := retryAfter(err); {
	case after > 0:
		return after
	case isConflict(err):
		return conflictPause
	}
	return backoff(n)
}

// backoff grows from half a second to half a minute, with chance in it.
func backoff(n int) time.Duration {
	d := longestPause
	if n < 6 {
		d = time.Second << (n - 1)
	}
	return d/2 + rand.N(d/2)
}
