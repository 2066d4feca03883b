// Package push takes in comments that tools of the agency tell of, on accounts that
// the bot cannot listen to itself: a signed call at an address of the account's own.
package push

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/social"
)

// MaxBody bounds a body, in bytes: Meta's own calls, with up to 1,000 comments each,
// may have 3 MB (its documentation of webhooks, read 2026-11).
const MaxBody = 4 << 20

// What else is wrong with a call. Of what was not signed the answer says nothing else,
// whether there is such an address or not.
const (
	faultForged = fault("unauthorized")
	faultLarge  = fault("too_large")
	faultBroken = fault("body_incomplete")
	faultOften  = fault("too_often")
	faultLater  = fault("try_again")
)

// A House knows the doors, and keeps what is told there.
type House interface {
	DoorOf(ctx context.Context, key string) (social.Door, error)
	TakePush(ctx context.Context, d social.Door, p social.Push) (social.Receipt, error)
}

// A Porter opens to whoever has signed what he brings. He answers 200 only when all
// of it is safe, and 503 when the database is away, so that it is brought again.
type Porter struct {
	House House
	Open  func(d social.Door) (secret string, err error) // the sealed secret
	Fold  func(string) string                            // the spelling in which comments are searched
	Clock clockwork.Clock
	Log   *slog.Logger

	pace  pace
	hands chan struct{}
}

// hands is how many calls may keep the database busy at once; the rest of it is for
// people who press buttons.
const hands = 3

// patience is how long a call waits for its turn, limit how long all of it may take.
const (
	patience = 5 * time.Second
	limit    = 25 * time.Second
)

// NewPorter makes a porter.
func NewPorter(house House, open func(social.Door) (string, error), fold func(string) string, clock clockwork.Clock, log *slog.Logger) *Porter {
	return &Porter{House: house, Open: open, Fold: fold, Clock: clock, Log: log, hands: make(chan struct{}, hands)}
}

// ServeHTTP takes one call; the path's {key} says at which door.
func (p *Porter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), limit)
	defer cancel()
	receipt, err := p.take(w, r.WithContext(ctx))
	var f fault
	switch {
	case err == nil:
		answer(w, http.StatusOK, receipt)
	case errors.As(err, &f):
		refuse(w, f)
	default:
		level := slog.LevelError
		if r.Context().Err() != nil {
			level = slog.LevelInfo // whoever called has hung up: no fault of ours
		}
		p.Log.Log(r.Context(), level, "comments that were told could not be stored; they will be told again", "err", err)
		refuse(w, faultLater)
	}
}

// take does all of it, the cheapest refusals first: nothing is read before it is
// known whose door it is, and nothing is looked at before its signature.
func (p *Porter) take(w http.ResponseWriter, r *http.Request) (social.Receipt, error) {
	var none social.Receipt
	now := p.Clock.Now()
	s, err := sealOf(r.Header, now)
	key := r.PathValue("key")
	if err != nil || !soundKey(key) {
		return none, faultForged
	}
	door, err := p.door(r.Context(), key)
	if err != nil {
		return none, err
	}
	if !p.pace.allows(door.Account, now) {
		return none, faultOften
	}
	body, err := bodyOf(w, r)
	if err != nil {
		return none, err
	}
	secret, err := p.Open(door)
	if err != nil {
		return none, err
	}
	if !s.fits(secret, body) {
		return none, faultForged
	}
	told, err := Parse(body)
	if err != nil {
		return none, err
	}
	told.ID, told.Fold = s.id, p.Fold
	leave, err := p.enter(r.Context())
	if err != nil {
		return none, err
	}
	defer leave()
	return p.House.TakePush(r.Context(), door, told)
}

func (p *Porter) door(ctx context.Context, key string) (social.Door, error) {
	leave, err := p.enter(ctx)
	if err != nil {
		return social.Door{}, err
	}
	defer leave()
	door, err := p.House.DoorOf(ctx, key)
	if errors.Is(err, social.ErrNotFound) {
		return door, faultForged
	}
	return door, err
}

// enter waits until few enough keep the database busy.
func (p *Porter) enter(ctx context.Context) (leave func(), err error) {
	turn := time.NewTimer(patience)
	defer turn.Stop()
	select {
	case p.hands <- struct{}{}:
		return func() { <-p.hands }, nil
	case <-turn.C:
		return nil, faultLater
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// bodyOf reads the body, byte for byte.
func bodyOf(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > MaxBody {
		return nil, faultLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, faultLarge
	case err != nil:
		return nil, faultBroken
	}
	return body, nil
}

// statuses are how faults are answered; a body that is no push is a bad request.
var statuses = map[fault]int{
	faultForged: http.StatusUnauthorized, faultLarge: http.StatusRequestEntityTooLarge, faultOften: http.StatusTooManyRequests,
	faultLater: http.StatusServiceUnavailable,
}

// again is after how many seconds somebody may knock again.
var again = map[fault]int{faultOften: int(pauseOften / time.Second), faultLater: 5}

func refuse(w http.ResponseWriter, f fault) {
	status, known := statuses[f]
	if !known {
		status = http.StatusBadRequest
	}
	if seconds := again[f]; seconds > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
	}
	if status == http.StatusRequestEntityTooLarge {
		w.Header().Set("Connection", "close")
	}
	answer(w, status, map[string]string{"error": string(f)})
}

func answer(w http.ResponseWriter, status int, with any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(with) // whoever called is gone: nobody to tell
}
