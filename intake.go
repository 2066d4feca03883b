package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// How long storing may take: after the first, whoever tapped a button is told that
// his tap waits; after the second, Telegram is left to send the updates again.
const (
	soon     = time.Second
	storing  = 8 * time.Second
	retrying = 200 * time.Millisecond
)

// A reception brings updates into the inbox. People whose taps cannot be stored
// hear of it while Telegram still takes an answer, once a tap: the effect comes
// later, when the update does.
type reception struct {
	intake bot.Intake
	answer func(ctx context.Context, callback, text string, alert bool) error
	words  *locales.Words
	log    *slog.Logger

	going sync.WaitGroup // what is still being stored

	mu   sync.Mutex
	told map[string]bool // taps that were answered; emptied when the inbox is back
}

// errSlow says that the database has not answered yet.
var errSlow = errors.New("the database takes too long")

// Put stores updates, and tries again for a short while: most troubles of a
// database are over soon. It does not wait for a database that is silent: what
// comes in the meantime has to be answered too.
func (r *reception) Put(ctx context.Context, list []social.Incoming) error {
	stored := make(chan error, 1)
	r.going.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, storing)
		defer cancel()
		stored <- r.store(ctx, list)
	})
	timer := time.NewTimer(soon)
	defer timer.Stop()
	select {
	case err := <-stored:
		return err
	case <-timer.C:
		r.tell(ctx, list)
	}
	timer.Reset(2 * retrying)
	select {
	case err := <-stored:
		return err
	case <-timer.C:
		return errSlow
	}
}

// store tries until the inbox has the updates, or for a little longer than it
// takes to tell people.
func (r *reception) store(ctx context.Context, list []social.Incoming) error {
	for end := time.Now().Add(soon + retrying); ; {
		err := r.intake.Put(ctx, list)
		if err == nil {
			r.mu.Lock()
			clear(r.told)
			r.mu.Unlock()
			return nil
		}
		if ctx.Err() != nil || time.Now().After(end) {
			return err
		}
		select {
		case <-time.After(retrying):
		case <-ctx.Done():
		}
	}
}

// tell answers the taps among the updates, all at once.
func (r *reception) tell(ctx context.Context, list []social.Incoming) {
	ctx, cancel := context.WithTimeout(ctx, soon)
	defer cancel()
	var all sync.WaitGroup
	for _, in := range list {
		u, err := bot.Decode(in.Body)
		if err != nil || u.Callback == nil || !r.first(u.Callback.ID) {
			continue
		}
		all.Go(func() {
			say := r.words.Printer(locales.Guess(u.Callback.From.LanguageCode), time.UTC, "")
			if err := r.answer(ctx, u.Callback.ID, say.Plain("error.later"), false); err != nil {
				r.log.WarnContext(ctx, "telling that a tap waits failed", "err", err)
			}
		})
	}
	all.Wait()
}

func (r *reception) first(callback string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.told[callback] {
		return false
	}
	if r.told == nil {
		r.told = map[string]bool{}
	}
	r.told[callback] = true
	return true
}
