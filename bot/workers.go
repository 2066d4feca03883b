package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/social"
)

// How the workers share the work. The lease outlives the longest handling, and is
// short enough for another process to take over a dead one's updates within a
// minute.
const (
	sideBySide = 16
	lease      = 50 * time.Second
	handling   = 45 * time.Second
	grace      = 10 * time.Second
	settling   = 5 * time.Second
	tick       = time.Second
)

// Workers handle the updates of the inbox: those of one key in order, many keys
// side by side. What panics or fails is tried again, and put aside after Tries.
type Workers struct {
	// Resume hears of an update that had its effect, but whose worker was gone
	// before its answer was certain; nil: nobody does.
	Resume func(ctx context.Context, u Update) error

	At func(point string) // named points at which a crash is tried out; nil in service

	inbox  Inbox
	handle func(ctx context.Context, u Update, last bool) error
	clock  clockwork.Clock
	log    *slog.Logger
	slots  chan struct{}
	wake   chan struct{}

	mu     sync.Mutex
	behind map[int64]int // updates put here that have not been claimed, by key
	more   bool          // the last claim got as many as it asked for
}

// NewWorkers returns workers that hand updates to handle (Router.Handle).
func NewWorkers(inbox Inbox, handle func(ctx context.Context, u Update, last bool) error, clock clockwork.Clock, log *slog.Logger) *Workers {
	return &Workers{
		inbox: inbox, handle: handle, clock: clock, log: log,
		slots: make(chan struct{}, sideBySide), wake: make(chan struct{}, 1), behind: map[int64]int{},
	}
}

// Put stores updates and sets the workers of this process to work at once.
func (w *Workers) Put(ctx context.Context, list []social.Incoming) error {
	if err := w.inbox.Put(ctx, list); err != nil {
		return err
	}
	w.mu.Lock()
	for _, in := range list {
		w.behind[in.Key]++
	}
	w.mu.Unlock()
	w.rouse()
	return nil
}

func (w *Workers) rouse() {
	select {
	case w.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// Run handles updates until ctx ends. Then it claims nothing more, and gives what
// is being handled ten seconds; the rest stays in the inbox.
func (w *Workers) Run(ctx context.Context) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var going sync.WaitGroup
	ticker := w.clock.NewTicker(tick)
	defer ticker.Stop()
	for ctx.Err() == nil {
		for _, in := range w.claim(ctx) {
			w.slots <- struct{}{}
			going.Go(func() { w.one(work, in) })
		}
		select {
		case <-ctx.Done():
		case <-w.wake:
		case <-ticker.Chan():
		}
	}
	timer := time.AfterFunc(grace, stop)
	defer timer.Stop()
	going.Wait()
	return nil
}

// claim leases as many updates as there are idle workers.
func (w *Workers) claim(ctx context.Context) []social.Incoming {
	idle := cap(w.slots) - len(w.slots)
	if idle == 0 {
		return nil
	}
	list, err := w.inbox.Claim(ctx, idle, lease)
	if err != nil {
		if ctx.Err() == nil {
			w.log.ErrorContext(ctx, "claiming updates failed", "err", err)
		}
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.more = len(list) == idle
	if len(list) == 0 && len(w.slots) == 0 {
		clear(w.behind) // whatever was counted here is handled, maybe elsewhere
	}
	for _, in := range list {
		if w.behind[in.Key]--; w.behind[in.Key] == 0 {
			delete(w.behind, in.Key)
		}
	}
	return list
}

// one handles an update from its claim to its end, and looks for the next where
// there may be one.
func (w *Workers) one(ctx context.Context, in social.Incoming) {
	err := guard(func() error { return w.process(ctx, in) })
	if err != nil {
		w.log.ErrorContext(ctx, "settling an update failed", "update", in.ID, "err", err)
	}
	<-w.slots
	w.mu.Lock()
	again := w.more || w.behind[in.Key] != 0 // below 0: put by another process or an earlier run
	w.mu.Unlock()
	if again {
		w.rouse()
	}
}

// process handles one update and notes what came of it.
func (w *Workers) process(ctx context.Context, in social.Incoming) error {
	if in.Tries > Tries {
		return w.fail(ctx, []social.Incoming{in}, errors.New("its handling never came to an end"), true)
	}
	u, err := Decode(in.Body)
	if err != nil {
		return w.fail(ctx, []social.Incoming{in}, err, true)
	}
	ctx = social.WithIncoming(ctx, in)
	h, _ := social.IncomingFrom(ctx)
	if in.Handled {
		return w.resume(ctx, h, in, u)
	}
	last := in.Tries >= Tries
	err = guard(func() error {
		ctx, cancel := context.WithTimeout(ctx, handling)
		defer cancel()
		if h.With, err = w.gather(ctx, in, &u); err != nil {
			return err
		}
		return w.handle(ctx, u, last)
	})
	w.at("reply_sent_not_recorded")
	switch {
	case errors.Is(err, errUnanswered):
		return w.unanswered(ctx, h, in, err)
	case err == nil || h.Marked || errors.Is(err, social.ErrHandled):
		return w.done(ctx, h)
	case last:
		return w.fail(ctx, h.All(), err, true)
	}
	return w.fail(ctx, []social.Incoming{in}, err, false)
}

// unanswered gives an update back whose effect is in the database: when it is
// claimed again, its conversation is resumed. What came with it is done.
func (w *Workers) unanswered(ctx context.Context, h *social.Handling, in social.Incoming, cause error) error {
	for _, other := range h.With {
		if err := w.inbox.Done(ctx, other); err != nil {
			return fmt.Errorf("marking update %d as handled: %w", other.ID, err)
		}
	}
	return w.fail(ctx, []social.Incoming{in}, cause, false)
}

// resume tells whoever waits for an answer that was lost, once.
func (w *Workers) resume(ctx context.Context, h *social.Handling, in social.Incoming, u Update) error {
	h.Marked = true
	if w.Resume != nil {
		err := guard(func() error {
			ctx, cancel := context.WithTimeout(ctx, handling)
			defer cancel()
			return w.Resume(ctx, u)
		})
		if unreached(err) && in.Tries < Tries {
			return w.fail(ctx, []social.Incoming{in}, err, false)
		}
		if err != nil {
			w.log.WarnContext(ctx, "taking up a broken-off conversation failed", "update", u.ID, "err", err)
		}
	}
	return w.done(ctx, h)
}

func (w *Workers) at(point string) {
	if w.At != nil {
		w.At(point)
	}
}

// done ends the handling: only now may the next update of the key begin, also when
// the effect has long been in the database.
func (w *Workers) done(ctx context.Context, h *social.Handling) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settling)
	defer cancel()
	for _, in := range h.All() {
		if err := w.inbox.Done(ctx, in); err != nil {
			return fmt.Errorf("marking update %d as handled: %w", in.ID, err)
		}
	}
	return nil
}

// fail frees updates for another try, or puts them aside.
func (w *Workers) fail(ctx context.Context, list []social.Incoming, cause error, park bool) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settling)
	defer cancel()
	first := list[0]
	if park {
		w.log.ErrorContext(ctx, "an update was put aside", "update", first.ID, "key", first.Key, "tries", first.Tries, "err", cause)
	} else {
		w.log.WarnContext(ctx, "an update will be handled again", "update", first.ID, "tries", first.Tries, "err", cause)
	}
	for _, in := range list {
		if err := w.inbox.Fail(ctx, in, causeOf(cause), park); err != nil {
			return fmt.Errorf("noting the failure of update %d: %w", in.ID, err)
		}
	}
	return nil
}
