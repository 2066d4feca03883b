package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
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
	idle   chan struct{}        // one for each worker that has nothing to do, while Run runs
	given  chan social.Incoming // claimed when they were put, each for a worker that was idle
	wake   chan struct{}

	mu     sync.Mutex
	behind map[int64]int // updates put here that have not been claimed, by key
	busy   map[int64]int // updates that were claimed here and are not settled, by key
	more   bool          // the inbox may hold what nobody has claimed
	ending bool          // nothing more is claimed
}

// NewWorkers returns workers that hand updates to handle (Router.Handle).
func NewWorkers(inbox Inbox, handle func(ctx context.Context, u Update, last bool) error, clock clockwork.Clock, log *slog.Logger) *Workers {
	return &Workers{
		inbox: inbox, handle: handle, clock: clock, log: log,
		idle: make(chan struct{}, sideBySide), given: make(chan social.Incoming, sideBySide),
		wake: make(chan struct{}, 1), behind: map[int64]int{}, busy: map[int64]int{},
	}
}

// Put stores updates. Those whose turn it is go straight to workers of this process
// that are idle; the others are claimed when one is.
func (w *Workers) Put(ctx context.Context, list []social.Incoming) error {
	n := w.take(len(list))
	mine, err := w.inbox.Keep(ctx, list, n, lease)
	look := err == nil && w.kept(list, mine, n)
	w.release(n - len(mine))
	for _, in := range mine {
		w.given <- in
	}
	if look {
		w.rouse()
	}
	return err
}

// kept notes which of the updates that were put could be claimed, by up to n workers,
// and tells whether to look for the others now: whoever works for a key here looks
// after that.
func (w *Workers) kept(list, mine []social.Incoming, n int) (look bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, in := range list {
		w.behind[in.Key] = max(w.behind[in.Key], 0) + 1
	}
	for _, in := range mine {
		w.begun(in.Key)
	}
	if len(mine) < len(list) && n < len(list) {
		w.more = true
		return true
	}
	return slices.ContainsFunc(list, func(in social.Incoming) bool { return w.waits(in.Key) })
}

// begun notes that an update of the key was claimed here, and tells whether one was
// known to wait. The lock is held.
func (w *Workers) begun(key int64) (known bool) {
	w.busy[key]++
	known = w.behind[key] > 0
	if w.behind[key]--; w.behind[key] == 0 {
		delete(w.behind, key)
	}
	return known
}

// settled notes the end of begun, and tells whether there may be more to do.
func (w *Workers) settled(key int64) (more bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.busy[key]--; w.busy[key] == 0 {
		delete(w.busy, key)
	}
	return w.more || w.waits(key)
}

// waits tells whether an update of the key may wait that nobody here will look for. The
// lock is held.
func (w *Workers) waits(key int64) bool { return w.behind[key] != 0 && w.busy[key] == 0 }

// take engages up to n idle workers, and returns how many.
func (w *Workers) take(n int) int {
	for got := range n {
		select {
		case <-w.idle:
		default:
			return got
		}
	}
	return n
}

func (w *Workers) release(n int) {
	for range n {
		w.idle <- struct{}{}
	}
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
	begin := func(in social.Incoming) { going.Go(func() { w.one(work, in) }) }
	ticker := w.clock.NewTicker(tick)
	defer ticker.Stop()
	w.release(sideBySide)
	for look := true; ctx.Err() == nil; {
		if look {
			for _, in := range w.claim(ctx) {
				begin(in)
			}
		}
		look = true
		select {
		case <-ctx.Done():
		case <-w.wake:
		case <-ticker.Chan():
		case in := <-w.given:
			begin(in)
			look = false
		}
	}
	timer := time.AfterFunc(grace, stop)
	defer timer.Stop()
	w.end(begin)
	going.Wait()
	return nil
}

// end waits until nobody is at work, or about to be: somebody may be putting what
// he has claimed.
func (w *Workers) end(begin func(social.Incoming)) {
	w.mu.Lock()
	w.ending = true
	w.mu.Unlock()
	for left := sideBySide; left > 0; {
		select {
		case <-w.idle:
			left--
		case in := <-w.given:
			begin(in)
		}
	}
}

// claim leases as many updates as there are idle workers.
func (w *Workers) claim(ctx context.Context) []social.Incoming {
	n := w.take(sideBySide)
	w.mu.Lock()
	w.more = n == 0 // whoever ends first looks again
	w.mu.Unlock()
	if n == 0 {
		return nil
	}
	list, err := w.inbox.Claim(ctx, n, lease)
	w.release(n - len(list))
	if err != nil {
		if ctx.Err() == nil {
			w.log.ErrorContext(ctx, "claiming updates failed", "err", err)
		}
		return nil
	}
	w.claimed(list, n)
	return list
}

// claimed notes what a claim of n brought. An inbox that gave as many as it was asked
// for may hold more, unless all that waits is known and somebody here will look for it.
func (w *Workers) claimed(list []social.Incoming, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n == sideBySide && len(list) == 0 {
		clear(w.behind) // whatever was counted here is handled, maybe elsewhere
	}
	known := true
	for _, in := range list {
		known = w.begun(in.Key) && known
	}
	if len(list) == n && (!known || slices.ContainsFunc(slices.Collect(maps.Keys(w.behind)), w.waits)) {
		w.more = true
	}
}

// next is how many updates to claim with the end of one of the key: one, where
// there may be one.
func (w *Workers) next(key int64) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ending || !w.more && w.behind[key] == 0 { // below 0: put by another process or an earlier run
		return 0
	}
	w.more = false
	return 1
}

// one handles an update from its claim to its end, and after it whatever was
// claimed with that.
func (w *Workers) one(ctx context.Context, in social.Incoming) {
	for list := []social.Incoming{in}; len(list) > 0; {
		in, list = list[0], nil
		err := guard(func() (err error) { list, err = w.process(ctx, in); return err })
		if err != nil {
			w.log.ErrorContext(ctx, "settling an update failed", "update", in.ID, "err", err)
		}
		if len(list) == 0 {
			w.release(1) // before others are roused, who may take it
		}
		if w.settled(in.Key) {
			w.rouse()
		}
	}
}

// process handles one update and notes what came of it. It returns what was claimed
// with its end.
func (w *Workers) process(ctx context.Context, in social.Incoming) ([]social.Incoming, error) {
	if in.Tries > Tries {
		return nil, w.fail(ctx, []social.Incoming{in}, errors.New("its handling never came to an end"), true)
	}
	u, err := Decode(in.Body)
	if err != nil {
		return nil, w.fail(ctx, []social.Incoming{in}, err, true)
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
		return nil, w.unanswered(ctx, h, in, err)
	case err == nil || h.Marked || errors.Is(err, social.ErrHandled):
		return w.done(ctx, h)
	case last:
		return nil, w.fail(ctx, h.All(), err, true)
	}
	return nil, w.fail(ctx, []social.Incoming{in}, err, false)
}

// unanswered gives an update back whose effect is in the database: when it is
// claimed again, its conversation is resumed. What came with it is done.
func (w *Workers) unanswered(ctx context.Context, h *social.Handling, in social.Incoming, cause error) error {
	if len(h.With) > 0 {
		if _, err := w.inbox.Done(ctx, h.With, 0, lease); err != nil {
			return fmt.Errorf("marking what came with update %d as handled: %w", in.ID, err)
		}
	}
	return w.fail(ctx, []social.Incoming{in}, cause, false)
}

// resume tells whoever waits for an answer that was lost, once.
func (w *Workers) resume(ctx context.Context, h *social.Handling, in social.Incoming, u Update) ([]social.Incoming, error) {
	h.Marked = true
	if w.Resume != nil {
		err := guard(func() error {
			ctx, cancel := context.WithTimeout(ctx, handling)
			defer cancel()
			return w.Resume(ctx, u)
		})
		if unreached(err) && in.Tries < Tries {
			return nil, w.fail(ctx, []social.Incoming{in}, err, false)
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
func (w *Workers) done(ctx context.Context, h *social.Handling) ([]social.Incoming, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settling)
	defer cancel()
	n := w.next(h.Key)
	list, err := w.inbox.Done(ctx, h.All(), n, lease)
	if err != nil {
		return nil, fmt.Errorf("marking update %d as handled: %w", h.ID, err)
	}
	w.claimed(list, n)
	return list, nil
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
