package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"peyk/storage"
)

// webhookPath is where Telegram posts updates; its secret guards it.
const webhookPath = "/telegram"

// A check looks at one thing that must be well for Peyk to do its work.
type check struct {
	name string
	look func(ctx context.Context) error
}

// serveHTTP answers health, metrics and the webhook until ctx ends.
func (a *app) serveHTTP(ctx context.Context) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.config.Listen)
	if err != nil {
		return fmt.Errorf("listening on LISTEN_ADDR %s: %w", a.config.Listen, err)
	}
	server := &http.Server{
		Handler:           a.mux(), //nolint:contextcheck // a gauge is given no context
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err = server.Shutdown(stop); errors.Is(err, context.DeadlineExceeded) {
		err = server.Close() // somebody holds on to a request: not our fault
	}
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

func (a *app) mux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.Handle("GET /readyz", ready(a.checks()))
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.metrics(), promhttp.HandlerOpts{}))
	if a.hook != nil {
		mux.Handle("POST "+webhookPath, a.hook)
	}
	if a.porter != nil {
		mux.Handle("POST "+doorPath+"{key}", a.porter)
	}
	return mux
}

// maxPollAge is how long Telegram may be silent: a poll ends after 50 s.
const maxPollAge = 2 * time.Minute

// maxLag is how long an update or a notice may wait.
const maxLag = 2 * time.Minute

// checks are what /readyz looks at.
func (a *app) checks() []check {
	all := []check{
		{"database", a.store.Ping},
		{"schema", a.checkSchema},
		{"lag", func(ctx context.Context) error {
			inbox, outbox, err := a.store.Lag(ctx)
			if err == nil && max(inbox, outbox) > maxLag {
				return fmt.Errorf("updates wait for %s, notices for %s", inbox.Round(time.Second), outbox.Round(time.Second))
			}
			return err
		}},
	}
	return append(all, check{"telegram", a.checkTelegram})
}

// checkSchema looks once whether the schema is that of this version: no program
// takes migrations back.
func (a *app) checkSchema(ctx context.Context) error {
	if a.current.Load() {
		return nil
	}
	current, err := storage.SchemaCurrent(ctx, a.dsn)
	if err == nil && !current {
		return errors.New("migrations are missing")
	}
	a.current.Store(current)
	return err
}

// checkTelegram sees that Telegram has answered, and goes on doing so where we poll.
func (a *app) checkTelegram(context.Context) error {
	if !a.met.Load() {
		return errors.New("it has not answered yet; the log says why")
	}
	if !a.leading.Load() {
		return nil // another process polls, or updates are posted to us
	}
	if age := a.pollAge(); age > maxPollAge {
		return fmt.Errorf("the last poll that succeeded was %s ago", age.Round(time.Second))
	}
	return nil
}

// pollAge is for how long Telegram has been silent where this process polls; below 0:
// it does not.
func (a *app) pollAge() time.Duration {
	if !a.leading.Load() {
		return -time.Second
	}
	last := a.poller.LastPoll()
	if last.Before(a.started) {
		last = a.started
	}
	return max(0, a.clock.Since(last))
}

// ready answers 200 when every check passes, and otherwise 503; the body says of
// each what it found.
func ready(checks []check) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		found, status := map[string]string{}, http.StatusOK
		for _, c := range checks {
			found[c.name] = "ok"
			if err := c.look(ctx); err != nil {
				found[c.name], status = err.Error(), http.StatusServiceUnavailable
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(found) // the asker is gone: nobody to tell
	})
}

// metrics are what Prometheus reads.
func (a *app) metrics() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	count := func(name, help string, value func() int64) {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help},
			func() float64 { return float64(value()) }))
	}
	count("peyk_telegram_calls_total", "Calls to the Bot API for chats.", func() int64 { return a.sender.Counts().Calls })
	count("peyk_telegram_limited_total", "Calls refused with too many requests.", func() int64 { return a.sender.Counts().Limited })
	count("peyk_telegram_unsure_total", "Calls that ended without an answer.", func() int64 { return a.sender.Counts().Unsure })
	count("peyk_telegram_plain_total", "Messages sent without formatting because of a fault of ours.", func() int64 { return a.sender.Counts().Plain })
	lag := func(name, help string, pick func(inbox, outbox time.Duration) time.Duration) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			defer cancel()
			inbox, outbox, err := a.store.Lag(ctx)
			if err != nil {
				return -1
			}
			return pick(inbox, outbox).Seconds()
		}))
	}
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "peyk_poll_age_seconds", Help: "Time since Telegram last answered a poll of this process; -1: it does not poll.",
	}, func() float64 { return a.pollAge().Seconds() }))
	lag("peyk_inbox_lag_seconds", "Age of the oldest update that is not handled; -1: the database does not answer.",
		func(inbox, _ time.Duration) time.Duration { return inbox })
	lag("peyk_outbox_lag_seconds", "Age of the oldest event of which people have not been told; -1: the database does not answer.",
		func(_, outbox time.Duration) time.Duration { return outbox })
	return r
}

// healthcheck asks a Peyk on this machine whether it is ready.
func healthcheck(ctx context.Context, listen string) error {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("LISTEN_ADDR %s: %w", listen, err)
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 8*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("Peyk does not answer: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("Peyk is not ready: status %d", resp.StatusCode)
	}
	return nil
}
