package main

import (
	"fmt"

	"peyk/handlers"
	"peyk/locales"
	"peyk/platforms/push"
	"peyk/social"
	"peyk/storage"
)

// doorPath is where tools tell of comments; an account's key comes after it.
const doorPath = "/comments/"

// A smith makes the doors at which tools tell of comments, and opens their secrets.
type smith struct {
	public string // the address of this Peyk; empty: the world cannot reach it
	seal   *storage.Seal
}

var _ handlers.Smith = smith{}

// openDoors makes whoever stands at the doors, where the world can reach us.
func (a *app) openDoors() (handlers.Smith, error) {
	s := smith{public: a.config.PublicURL}
	if !s.Reached() {
		return s, nil
	}
	var err error
	s.seal, err = storage.OpenSeal(a.config.SecretKeyFile)
	a.porter = push.NewPorter(a.store, s.secret, locales.Fold, a.clock, a.log)
	return s, err
}

// Reached tells whether the world can reach this Peyk.
func (s smith) Reached() bool { return s.public != "" }

// Address is where the door with the key is.
func (s smith) Address(key string) string { return s.public + doorPath + key }

// Forge makes a door of an account.
func (s smith) Forge(account int64) (social.Door, string, error) {
	secret := push.NewSecret()
	sealed, err := s.seal.Close(secret, sealedFor(account))
	return social.Door{Account: account, Key: push.NewKey(), Sealed: sealed}, secret, err
}

// secret opens what is sealed.
func (s smith) secret(d social.Door) (string, error) {
	return s.seal.Open(d.Sealed, sealedFor(d.Account))
}

// sealedFor is what the secret of an account's door is sealed under: moved to
// another account it does not open.
func sealedFor(account int64) string { return fmt.Sprintf("door of account %d", account) }
