package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/social"
)

// A shelf is an Inbox that forgets everything at the end of a test.
type shelf struct {
	mu     sync.Mutex
	rows   []*row
	broken error         // what Put answers
	slow   time.Duration // how long Keep takes
	claims atomic.Int64
}

type row struct {
	social.Incoming
	state string // "", done, parked
	free  time.Time
	cause string
}

func (s *shelf) Keep(_ context.Context, list []social.Incoming, n int, lease time.Duration) ([]social.Incoming, error) {
	time.Sleep(s.slow)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return nil, s.broken
	}
	var claimed []social.Incoming
	for _, in := range list {
		if s.find(in) != nil {
			continue
		}
		r := &row{Incoming: in}
		if len(claimed) < n && !slices.ContainsFunc(s.rows, func(other *row) bool { return other.Key == in.Key && other.state == "" }) {
			r.Tries++
			r.free = time.Now().Add(lease)
			claimed = append(claimed, r.Incoming)
		}
		s.rows = append(s.rows, r)
	}
	return claimed, nil
}

// Put leaves updates as another process would, or an earlier run.
func (s *shelf) Put(ctx context.Context, list []social.Incoming) error {
	_, err := s.Keep(ctx, list, 0, lease)
	return err
}

func (s *shelf) find(in social.Incoming) *row {
	for _, r := range s.rows {
		if r.Bot == in.Bot && r.ID == in.ID {
			return r
		}
	}
	return nil
}

func (s *shelf) Claim(_ context.Context, n int, lease time.Duration) ([]social.Incoming, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.claim(n, lease), nil
}

func (s *shelf) claim(n int, lease time.Duration) []social.Incoming {
	s.claims.Add(1)
	var list []social.Incoming
	seen := map[int64]bool{}
	for _, r := range s.rows {
		if r.state != "" || seen[r.Key] {
			continue
		}
		seen[r.Key] = true
		if len(list) == n || r.free.After(time.Now()) {
			continue
		}
		r.Tries++
		r.free = time.Now().Add(lease)
		list = append(list, r.Incoming)
	}
	return list
}

func (s *shelf) Waiting(_ context.Context, in social.Incoming) ([]social.Incoming, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []social.Incoming
	for _, r := range s.rows {
		if r.state == "" && r.Key == in.Key && r.ID != in.ID {
			list = append(list, r.Incoming)
		}
	}
	return list, nil
}

func (s *shelf) Done(_ context.Context, list []social.Incoming, n int, lease time.Duration) ([]social.Incoming, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, in := range list {
		s.find(in).state = "done"
	}
	if n == 0 {
		return nil, nil
	}
	return s.claim(n, lease), nil
}

func (s *shelf) Fail(_ context.Context, in social.Incoming, cause string, park bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.find(in)
	r.cause, r.free = cause, time.Now().Add(time.Duration(r.Tries)*time.Second)
	if park {
		r.state = "parked"
	}
	return nil
}

func (s *shelf) states() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []string
	for _, r := range s.rows {
		list = append(list, fmt.Sprintf("%d:%s", r.ID, r.state))
	}
	return strings.Join(list, " ")
}

// pass lets time pass until all is quiet.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// update makes a text message as an update.
func update(t *testing.T, id, chat int64, text string) social.Incoming {
	t.Helper()
	return updateOf(t, fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":1,"chat":{"id":%d,"type":"private"},"from":{"id":%d},"text":%q}}`, id, id, chat, chat, text))
}

func updateOf(t *testing.T, raw string) social.Incoming {
	t.Helper()
	in, err := incoming(1, []byte(raw), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return in
}

type handle = func(ctx context.Context, u Update, last bool) error

// work runs workers in the bubble of the test until it ends.
func work(t *testing.T, inbox Inbox, fn handle) *Workers {
	w := NewWorkers(inbox, fn, clockwork.NewRealClock(), quiet(t))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = w.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	synctest.Wait()
	return w
}

func TestOneKeyInOrderManySideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		order := map[int64][]int64{}
		busy := map[int64]bool{}
		most, now := 0, 0
		w := work(t, &shelf{}, func(_ context.Context, u Update, _ bool) error {
			mu.Lock()
			if busy[u.Key()] {
				t.Errorf("two updates of chat %d are in work", u.Key())
			}
			busy[u.Key()] = true
			order[u.Key()] = append(order[u.Key()], u.ID)
			now++
			most = max(most, now)
			mu.Unlock()
			time.Sleep(100 * time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			busy[u.Key()] = false
			now--
			return nil
		})
		var list []social.Incoming
		for id := range int64(40) {
			list = append(list, update(t, id+1, id%4+1, "x"))
		}
		start := time.Now()
		if err := w.Put(t.Context(), list); err != nil {
			t.Fatal(err)
		}
		pass(1050 * time.Millisecond)
		synctest.Wait()
		if most != 4 {
			t.Errorf("%d chats were served side by side, want 4", most)
		}
		for key, ids := range order {
			if !slices.IsSorted(ids) || len(ids) != 10 {
				t.Errorf("chat %d: %v after %v", key, ids, time.Since(start))
			}
		}
	})
}

func TestAnUpdateIsHandledAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		var at time.Time
		w := work(t, s, func(context.Context, Update, bool) error { at = time.Now(); return nil })
		pass(300 * time.Millisecond)
		put := time.Now()
		_ = w.Put(t.Context(), []social.Incoming{update(t, 1, 5, "x")})
		synctest.Wait()
		if at != put || s.states() != "1:done" {
			t.Errorf("handled after %v: %s", at.Sub(put), s.states())
		}
		if n := s.claims.Load(); n != 1 {
			t.Errorf("asked %d times, want once at the start: the update is claimed as it is put", n)
		}
		// One that another process put is found by the tick.
		_ = s.Put(t.Context(), []social.Incoming{update(t, 2, 5, "x")})
		pass(tick)
		synctest.Wait()
		if s.states() != "1:done 2:done" {
			t.Errorf("after a tick: %s", s.states())
		}
	})
}

// A long backlog of one chat, left by an earlier run, does not wait for a tick
// per update; and an idle worker asks only once per tick.
func TestBacklogAndIdleness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		for id := range int64(50) {
			_ = s.Put(t.Context(), []social.Incoming{update(t, id+1, 5, "x")})
		}
		n := 0
		work(t, s, func(context.Context, Update, bool) error { n++; return nil })
		synctest.Wait()
		if n != 50 {
			t.Errorf("%d of 50 handled at once", n)
		}
		before := s.claims.Load()
		pass(10 * tick)
		if asked := s.claims.Load() - before; asked > 11 {
			t.Errorf("asked %d times in ten idle seconds", asked)
		}
	})
}

func TestPoison(t *testing.T) {
	for name, poison := range map[string]handle{
		"error": func(context.Context, Update, bool) error { return errors.New("no\x00 " + strings.Repeat("x", 5000)) },
		"panic": func(context.Context, Update, bool) error { panic("boom") },
		"hang":  func(ctx context.Context, _ Update, _ bool) error { <-ctx.Done(); return ctx.Err() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &shelf{}
				tries, lasts := 0, 0
				w := work(t, s, func(ctx context.Context, u Update, last bool) error {
					if u.ID != 1 {
						return nil
					}
					tries++
					if last {
						lasts++
					}
					return poison(ctx, u, last)
				})
				_ = w.Put(t.Context(), []social.Incoming{update(t, 1, 5, "x"), update(t, 2, 5, "x"), update(t, 3, 6, "x")})
				synctest.Wait()
				if !strings.HasSuffix(s.states(), "3:done") {
					t.Errorf("another chat waits: %s", s.states())
				}
				pass(6 * time.Minute)
				if s.states() != "1:parked 2:done 3:done" || tries != Tries || lasts != 1 {
					t.Errorf("%s after %d tries, %d of them the last", s.states(), tries, lasts)
				}
				if name == "hang" && !strings.Contains(s.rows[0].cause, "deadline") {
					t.Errorf("the hanging handler ended with %q", s.rows[0].cause)
				}
				if c := s.rows[0].cause; strings.ContainsRune(c, 0) || c == "" || len(c) > 2100 {
					t.Errorf("the cause is %d bytes", len(c))
				}
			})
		})
	}
}

// An update that brings the process down never fails: it is known by its tries.
func TestUpdateThatKills(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{rows: []*row{{Incoming: update(t, 1, 5, "x")}, {Incoming: update(t, 2, 5, "x")}}}
		s.rows[0].Tries = Tries
		s.rows[1].Incoming.Body = []byte("{")
		work(t, s, func(context.Context, Update, bool) error { t.Error("handled"); return nil })
		pass(2 * tick)
		if s.states() != "1:parked 2:parked" {
			t.Error(s.states())
		}
	})
}

// An update whose effect is in the database is not handled again, whatever
// failed afterwards.
func TestMarkedIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		n := 0
		w := work(t, s, func(ctx context.Context, u Update, _ bool) error {
			n++
			h, ok := social.IncomingFrom(ctx)
			if !ok || h.ID != u.ID {
				t.Errorf("the context tells of %+v", h)
			}
			h.Marked = true // as a transaction would
			return errors.New("the answer could not be sent")
		})
		_ = w.Put(t.Context(), []social.Incoming{update(t, 1, 5, "x")})
		pass(time.Minute)
		if n != 1 || s.states() != "1:done" || s.rows[0].cause != "" {
			t.Errorf("handled %d times: %s, cause %q", n, s.states(), s.rows[0].cause)
		}
	})
}

func TestStopLetsHandlersFinish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		w := NewWorkers(s, func(ctx context.Context, u Update, _ bool) error {
			if u.ID == 1 {
				time.Sleep(3 * time.Second)
				return ctx.Err()
			}
			<-ctx.Done()
			return ctx.Err()
		}, clockwork.NewRealClock(), quiet(t))
		ctx, stop := context.WithCancel(t.Context())
		var ended time.Time
		go func() { _ = w.Run(ctx); ended = time.Now() }()
		_ = w.Put(ctx, []social.Incoming{update(t, 1, 5, "x"), update(t, 2, 6, "x")})
		synctest.Wait()
		stopped := time.Now()
		stop()
		_ = s.Put(t.Context(), []social.Incoming{update(t, 3, 7, "x")})
		pass(time.Minute)
		if took := ended.Sub(stopped); took != grace || s.states() != "1:done 2: 3:" {
			t.Errorf("stopped after %v: %s", took, s.states())
		}
	})
}

// What is being put while the program stops is handled if it has been claimed, and
// nothing is claimed for workers that are not there.
func TestStopHandlesWhatIsClaimed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{slow: time.Second}
		w := NewWorkers(s, func(context.Context, Update, bool) error { return nil }, clockwork.NewRealClock(), quiet(t))
		ctx, stop := context.WithCancel(t.Context())
		early := make(chan error)
		go func() { early <- w.Put(t.Context(), []social.Incoming{update(t, 1, 5, "x")}) }()
		if err := <-early; err != nil || s.rows[0].Tries != 0 {
			t.Errorf("before the workers run: %v, %+v", err, s.rows[0])
		}
		ended := make(chan struct{})
		go func() { defer close(ended); _ = w.Run(ctx) }()
		synctest.Wait()
		go func() { _ = w.Put(t.Context(), []social.Incoming{update(t, 2, 6, "x")}) }()
		pass(500 * time.Millisecond)
		stop()
		<-ended
		if s.states() != "1:done 2:done" {
			t.Error(s.states())
		}
		_ = w.Put(t.Context(), []social.Incoming{update(t, 3, 7, "x")})
		if r := s.rows[2]; r.Tries != 0 || r.state != "" {
			t.Errorf("after they have ended: %+v", r)
		}
	})
}

// Whoever ends looks for what came while all were at work.
func TestNobodyWaitsForTheTick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		w := work(t, s, func(context.Context, Update, bool) error { time.Sleep(100 * time.Millisecond); return nil })
		pass(50 * time.Millisecond)
		start := time.Now()
		for id := range int64(3 * sideBySide) {
			_ = w.Put(t.Context(), []social.Incoming{update(t, id+1, id+1, "x")})
		}
		for strings.Count(s.states(), "done") < 3*sideBySide {
			pass(10 * time.Millisecond)
		}
		if took := time.Since(start); took > 350*time.Millisecond {
			t.Errorf("three times as many as can be handled at once took %v", took)
		}
	})
}

// Whoever works for a chat looks for more of it at the end: nobody else has to, and
// nobody asks twice.
func TestNextOfAChatIsAskedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		w := work(t, s, func(context.Context, Update, bool) error { time.Sleep(100 * time.Millisecond); return nil })
		pass(50 * time.Millisecond)
		before := s.claims.Load()
		_ = w.Put(t.Context(), []social.Incoming{update(t, 1, 5, "x")})
		pass(50 * time.Millisecond)
		_ = w.Put(t.Context(), []social.Incoming{update(t, 2, 5, "x"), update(t, 3, 5, "x")})
		pass(260 * time.Millisecond)
		if s.states() != "1:done 2:done 3:done" {
			t.Errorf("after a third of a second: %s", s.states())
		}
		if asked := s.claims.Load() - before; asked != 2 {
			t.Errorf("asked %d times, want twice: with the end of each that others had followed", asked)
		}
	})
}

// One that follows what another process had put is not left to the tick either.
func TestNextAfterAnotherProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		_ = s.Put(t.Context(), []social.Incoming{update(t, 1, 5, "x")})
		w := work(t, s, func(context.Context, Update, bool) error { time.Sleep(100 * time.Millisecond); return nil })
		pass(50 * time.Millisecond)
		_ = w.Put(t.Context(), []social.Incoming{update(t, 2, 5, "x")})
		pass(160 * time.Millisecond)
		if s.states() != "1:done 2:done" {
			t.Errorf("after a fifth of a second: %s", s.states())
		}
	})
}

func part(t *testing.T, id int64, group string) social.Incoming {
	return updateOf(t, fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":1,"media_group_id":%q,"chat":{"id":5,"type":"private"},"from":{"id":5},"photo":[{"file_id":"f%d"}]}}`, id, id, group, id))
}

func TestAlbumComesAsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		var got []string
		w := work(t, s, func(ctx context.Context, u Update, _ bool) error {
			h, _ := social.IncomingFrom(ctx)
			got = append(got, fmt.Sprintf("%d×%d/%d", u.ID, len(u.Album), len(h.All())))
			return nil
		})
		_ = w.Put(t.Context(), []social.Incoming{part(t, 1, "g"), part(t, 2, "g")})
		pass(600 * time.Millisecond)
		_ = w.Put(t.Context(), []social.Incoming{part(t, 3, "g"), part(t, 4, "other"), update(t, 5, 5, "tomorrow"), update(t, 6, 9, "x")})
		pass(3 * time.Second)
		if want := "6×0/1 1×3/3 4×1/1 5×0/1"; strings.Join(got, " ") != want {
			t.Errorf("got %v, want %s", got, want)
		}
		if s.states() != "1:done 2:done 3:done 4:done 5:done 6:done" {
			t.Error(s.states())
		}
	})
}

// Ten parts are all there can be, and after a restart there is no waiting for
// what has long been there.
func TestWholeAlbumDoesNotWait(t *testing.T) {
	for name, c := range map[string]struct {
		parts int64
		age   time.Duration
	}{"ten": {10, 0}, "old": {3, time.Minute}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, n := &shelf{}, 0
				for id := range c.parts {
					_ = s.Put(t.Context(), []social.Incoming{part(t, id+1, "g")})
				}
				pass(c.age)
				work(t, s, func(_ context.Context, u Update, _ bool) error { n = len(u.Album); return nil })
				if n != int(c.parts) {
					t.Errorf("%d of %d parts came at once", n, c.parts)
				}
			})
		})
	}
}

func TestPoisonedAlbumIsPutAsideWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, n := &shelf{}, 0
		w := work(t, s, func(context.Context, Update, bool) error { n++; return errors.New("no") })
		_ = w.Put(t.Context(), []social.Incoming{part(t, 1, "g"), part(t, 2, "g"), part(t, 3, "g")})
		pass(time.Minute)
		if n != Tries || s.states() != "1:parked 2:parked 3:parked" {
			t.Errorf("%s after %d tries", s.states(), n)
		}
	})
}

// An update that had its effect while Telegram took no answer is resumed later,
// not handled again.
func TestUnansweredIsResumed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		handled, resumed := 0, 0
		w := NewWorkers(s, func(ctx context.Context, _ Update, _ bool) error {
			handled++
			h, _ := social.IncomingFrom(ctx)
			h.Marked = true
			s.mu.Lock()
			s.rows[0].Handled = true // as its transaction says
			s.mu.Unlock()
			return errors.Join(errUnanswered, &Error{Method: "sendMessage", Maybe: true})
		}, clockwork.NewRealClock(), quiet(t))
		w.Resume = func(context.Context, Update) error {
			if resumed++; resumed == 1 {
				return &Error{Method: "sendMessage", Code: 502}
			}
			return nil
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- w.Run(ctx) }()
		_ = w.Put(ctx, []social.Incoming{update(t, 1, 5, "x")})
		pass(time.Minute)
		if handled != 1 || resumed != 2 || s.states() != "1:done" {
			t.Errorf("handled %d times, resumed %d times: %s", handled, resumed, s.states())
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
