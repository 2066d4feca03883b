package scheduler_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/lib/pq" // the driver

	"peyk/scheduler"
	"peyk/storage/storagetest"
)

// A plant is a running queue over a database of its own.
type plant struct {
	db    *sql.DB
	queue *scheduler.Queue
	stop  func()

	mu   sync.Mutex
	done map[string]int // how often each job was worked, by its argument
}

func newPlant(t *testing.T, kinds map[string]scheduler.Job) *plant {
	t.Helper()
	dsn := storagetest.New(t)
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	p := &plant{db: db, queue: scheduler.NewQueue(dsn, slog.New(slog.DiscardHandler)), done: map[string]int{}}
	p.queue.Register("note", 10, 5*time.Second, p.note)
	p.queue.RegisterPatient("patient", 5, 5*time.Second, p.note)
	for name, job := range kinds {
		p.queue.Register(name, 5, 5*time.Second, job)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.queue.Run(ctx) }()
	p.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the queue ended with %v", err)
		}
	})
	t.Cleanup(p.stop)
	return p
}

// note remembers that a job was worked.
func (p *plant) note(_ context.Context, args json.RawMessage) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done[string(args)]++
	return nil
}

// times is how often the job with the argument was worked.
func (p *plant) times(arg string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.done[arg]
}

func (p *plant) put(t *testing.T, kind, arg string) {
	t.Helper()
	if _, err := p.db.ExecContext(t.Context(), `SELECT enqueue($1, $2)`, kind, arg); err != nil {
		t.Fatal(err)
	}
}

// until waits for something to become true.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(15 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

func (p *plant) state(t *testing.T, kind string) (state string, attempt int) {
	t.Helper()
	err := p.db.QueryRowContext(t.Context(), `SELECT state, attempt FROM river_job WHERE queue = $1`, kind).Scan(&state, &attempt)
	if err != nil {
		t.Fatal(err)
	}
	return state, attempt
}

// TestCommittedJobsAreWorked: one that was committed is worked, one that was taken
// back is not.
func TestCommittedJobsAreWorked(t *testing.T) {
	t.Parallel()
	p := newPlant(t, nil)
	for n := range 20 {
		tx, err := p.db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), `SELECT enqueue('note', to_jsonb($1::int))`, n); err != nil {
			t.Fatal(err)
		}
		end := tx.Commit
		if n%2 == 1 {
			end = tx.Rollback
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "ten jobs", func() bool { p.mu.Lock(); defer p.mu.Unlock(); return len(p.done) == 10 })
	began := time.Now()
	for _, arg := range []string{"100", "200", "300", "400"} { // only what is tried again is looked for seldom
		p.put(t, "patient", arg)
		until(t, "job "+arg, func() bool { return p.times(arg) == 1 })
	}
	if took := time.Since(began); took > 12*time.Second { // looking alone takes 15
		t.Errorf("four patient jobs, one after another, took %s", took)
	}
	p.stop()
	for arg, n := range p.done {
		if n != 1 || strings.ContainsAny(arg, "13579") && len(arg) == 1 {
			t.Errorf("job %s was worked %d times", arg, n)
		}
	}
}

// TestFailedJobsAreTriedAgain, also those that panic; what puts itself off does not
// count as a try.
func TestFailedJobsAreTriedAgain(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[string]int{}
	first := func(kind string, what func() error) scheduler.Job {
		return func(context.Context, json.RawMessage) error {
			mu.Lock()
			seen[kind]++
			again := seen[kind] > 1
			mu.Unlock()
			if again {
				return nil
			}
			return what()
		}
	}
	p := newPlant(t, map[string]scheduler.Job{
		"fails":  first("fails", func() error { return errors.New("no") }),
		"panics": first("panics", func() error { panic("no") }),
		"waits":  first("waits", func() error { return scheduler.Snooze(time.Millisecond) }),
	})
	for _, kind := range []string{"fails", "panics", "waits"} {
		p.put(t, kind, `{}`)
		until(t, kind+" the first time", func() bool { mu.Lock(); defer mu.Unlock(); return seen[kind] >= 1 })
	}
	// The pause is real time; the test does not wait for it.
	hurry := func() bool {
		_, err := p.db.ExecContext(t.Context(), `UPDATE river_job SET state = 'available', scheduled_at = now() WHERE state IN ('retryable', 'scheduled')`)
		if err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		defer mu.Unlock()
		return seen["fails"] > 1 && seen["panics"] > 1 && seen["waits"] > 1
	}
	until(t, "a second try", hurry)
	for kind, want := range map[string]int{"fails": 2, "panics": 2, "waits": 1} {
		until(t, kind+" to end", func() bool { state, _ := p.state(t, kind); return state == "completed" })
		if _, attempt := p.state(t, kind); attempt != want {
			t.Errorf("%s counts %d tries instead of %d", kind, attempt, want)
		}
	}
}

// TestUnknownWorkIsGivenUp: a job whose kind this version does not know ends.
func TestUnknownWorkIsGivenUp(t *testing.T) {
	t.Parallel()
	p := newPlant(t, nil)
	_, err := p.db.ExecContext(t.Context(), `
		INSERT INTO river_job (kind, args, queue, max_attempts, state, scheduled_at)
		VALUES ('job', '{"kind": "of tomorrow", "args": {}}', 'note', 20, 'available', now())`)
	if err != nil {
		t.Fatal(err)
	}
	until(t, "its end", func() bool { state, _ := p.state(t, "note"); return state == "cancelled" })
}

// TestStopLetsWorkEnd: what runs when the program is told to stop comes to its end.
func TestStopLetsWorkEnd(t *testing.T) {
	t.Parallel()
	begun, let := make(chan struct{}), make(chan struct{})
	p := newPlant(t, map[string]scheduler.Job{"slow": func(context.Context, json.RawMessage) error {
		close(begun)
		<-let
		return nil
	}})
	p.put(t, "slow", `{}`)
	<-begun
	time.AfterFunc(300*time.Millisecond, func() { close(let) })
	p.stop()
	if state, _ := p.state(t, "slow"); state != "completed" {
		t.Errorf("it is %s", state)
	}
}

// TestJobsBeginSoon measures how long a job waits for its worker, and fails only
// when that is out of all proportion.
func TestJobsBeginSoon(t *testing.T) {
	t.Parallel()
	p := newPlant(t, nil)
	p.put(t, "note", `"warm"`)
	until(t, "the first", func() bool { return p.times(`"warm"`) == 1 })
	var waits []time.Duration
	for n := range 50 {
		arg := string(rune('a'+n%26)) + strings.Repeat("x", n/26)
		begin := time.Now()
		p.put(t, "note", `"`+arg+`"`)
		until(t, arg, func() bool { return p.times(`"`+arg+`"`) == 1 })
		waits = append(waits, time.Since(begin))
	}
	slices.Sort(waits)
	t.Logf("from enqueueing to work: median %v, 95 of 100 within %v", waits[25].Round(100*time.Microsecond), waits[47].Round(100*time.Microsecond))
	if waits[25] > 500*time.Millisecond {
		t.Errorf("half of all jobs wait longer than %v: is the notification lost?", waits[25])
	}
}
