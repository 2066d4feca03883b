package main

import (
	"context"
	"encoding/json"
	"fmt"

	"peyk/platforms/bluesky"
	"peyk/storage"
)

// sessions keeps with what we are signed in to Bluesky: sealed in the store.
type sessions struct {
	store *storage.Store
	seal  *storage.Seal
}

var _ bluesky.Sessions = sessions{}

// about is what a session is sealed under: it opens as what it is alone.
const about = "session of bluesky"

// shut seals a session.
func (s sessions) shut(of bluesky.Session) (string, error) { return shut(s.seal, of, about) }

func (s sessions) open(sealed string) (of bluesky.Session, err error) {
	err = open(s.seal, sealed, about, &of)
	return of, err
}

// shut seals what is secret; it opens as what it is alone.
func shut(seal *storage.Seal, secret any, about string) (string, error) {
	words, err := json.Marshal(secret)
	if err != nil {
		return "", fmt.Errorf("writing a %s: %w", about, err)
	}
	return seal.Close(string(words), about)
}

func open(seal *storage.Seal, sealed, about string, secret any) error {
	words, err := seal.Open(sealed, about)
	if err != nil {
		return err
	}
	if json.Unmarshal([]byte(words), secret) != nil {
		return fmt.Errorf("reading a %s that was opened", about) // the cause would show what it says
	}
	return nil
}

// Session returns the stored session of an account.
func (s sessions) Session(ctx context.Context, account int64) (bluesky.Session, error) {
	sealed, err := s.store.Session(ctx, account)
	if err != nil {
		return bluesky.Session{}, err
	}
	return s.open(sealed)
}

// Renew renews it, unless somebody else just has.
func (s sessions) Renew(ctx context.Context, account int64, old bluesky.Session,
	refresh func(context.Context, bluesky.Session) (bluesky.Session, error)) (now bluesky.Session, err error) {
	err = s.store.RenewSession(ctx, account, func(ctx context.Context, sealed string) (string, error) {
		if now, err = s.open(sealed); err != nil || now != old {
			return "", err
		}
		if now, err = refresh(ctx, old); err != nil {
			return "", err
		}
		return s.shut(now)
	})
	return now, err
}
