package scheduler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// A Job is the work of one kind. Its argument is the JSON that was enqueued.
type Job func(ctx context.Context, args json.RawMessage) error

// A Queue runs durable jobs: every one at least once, in one of the processes
// that share the database. It is River behind three methods.
type Queue struct {
	Conns int32 // to the database, at most

	dsn   string
	log   *slog.Logger
	kinds map[string]kind
}

type kind struct {
	workers int
	timeout time.Duration
	job     Job
	look    time.Duration // between two looks for jobs whose time has come
}

// How often the queue looks for jobs that are tried again or put off. New ones are
// heard of as they come.
const (
	lookSoon  = time.Second
	lookLater = 5 * time.Second
)

// NewQueue returns a queue over the database of the DSN.
func NewQueue(dsn string, log *slog.Logger) *Queue {
	return &Queue{Conns: 6, dsn: dsn, log: log, kinds: map[string]kind{}}
}

// Register names the work of a kind, how many may run at once in this process,
// and how long one may take.
func (q *Queue) Register(name string, workers int, timeout time.Duration, job Job) {
	q.kinds[name] = kind{workers, timeout, job, lookSoon}
}

// RegisterPatient is Register for work that nobody waits for: when it is tried again,
// that may be some seconds later.
func (q *Queue) RegisterPatient(name string, workers int, timeout time.Duration, job Job) {
	q.kinds[name] = kind{workers, timeout, job, lookLater}
}

// rescueAfter is when a job whose worker is gone is given to another. It is above
// every job's timeout.
const rescueAfter = 100 * time.Second

// Run works until ctx ends, lets what runs end for up to 20 s, and returns.
func (q *Queue) Run(ctx context.Context) error {
	pool, err := q.connect(ctx)
	if err != nil {
		return err
	}
	defer pool.Close()
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{queue: q})
	queues := map[string]river.QueueConfig{}
	for name, k := range q.kinds {
		queues[name] = river.QueueConfig{MaxWorkers: k.workers, FetchPollInterval: k.look}
	}
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Queues: queues, Workers: workers, Logger: q.log, FetchCooldown: 5 * time.Millisecond,
		RescueStuckJobsAfter: rescueAfter, JobTimeout: rescueAfter - 5*time.Second,
		ReindexerSchedule:           river.NeverSchedule(), // the queue's role owns no index
		CompletedJobRetentionPeriod: time.Hour, DiscardedJobRetentionPeriod: 7 * 24 * time.Hour,
		SoftStopTimeout: 15 * time.Second,
	})
	if err != nil {
		return fmt.Errorf("making the queue: %w", err)
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("starting the queue: %w", err)
	}
	<-ctx.Done()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	if err := client.Stop(stop); err != nil {
		return fmt.Errorf("stopping the queue: %w", err)
	}
	return nil
}

func (q *Queue) connect(ctx context.Context) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(q.dsn)
	if err != nil {
		return nil, errors.New("DATABASE_URL is not valid for the queue") // the cause would show the password
	}
	config.MaxConns = q.Conns
	config.ConnConfig.RuntimeParams["role"] = "peyk_clock"
	config.ConnConfig.RuntimeParams["application_name"] = "peyk-queue"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connecting the queue: %w", err)
	}
	return pool, nil
}

// envelope is what stands in the queue.
type envelope struct {
	Name string          `json:"kind"`
	Args json.RawMessage `json:"args"`
}

// Kind is the one kind of job that River sees.
func (envelope) Kind() string { return "job" }

type worker struct {
	river.WorkerDefaults[envelope]
	queue *Queue
}

// Timeout is that of the job's own kind.
func (w *worker) Timeout(job *river.Job[envelope]) time.Duration {
	return w.queue.kinds[job.Args.Name].timeout
}

// NextRetry backs off from 2 s to a minute.
func (w *worker) NextRetry(job *river.Job[envelope]) time.Time {
	return time.Now().Add(min(time.Minute, time.Second<<min(job.Attempt, 6)))
}

// Work runs the job. One of a kind that this version does not know is given up.
func (w *worker) Work(ctx context.Context, job *river.Job[envelope]) error {
	k, ok := w.queue.kinds[job.Args.Name]
	if !ok {
		return river.JobCancel(fmt.Errorf("no work of the kind %q", job.Args.Name))
	}
	err := k.job(ctx, job.Args.Args)
	var later *snooze
	if errors.As(err, &later) {
		return river.JobSnooze(later.pause)
	}
	return err
}

// snooze puts a job off without counting a try.
type snooze struct{ pause time.Duration }

func (s *snooze) Error() string { return "put off for " + s.pause.String() }

// Snooze is returned by a job that wants to be started again after a pause.
func Snooze(pause time.Duration) error { return &snooze{pause} }

// IsSnooze tells whether the error only puts a job off.
func IsSnooze(err error) bool {
	var s *snooze
	return errors.As(err, &s)
}
