package main

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"peyk/locales"
	"peyk/platforms/push"
	"peyk/social"
	"peyk/storage/storagetest"
)

// FuzzPushIsStored: whatever can be read can be stored, and the receipt accounts for
// every comment of it.
func FuzzPushIsStored(f *testing.F) {
	store := storagetest.Open(f)
	now := monday
	store.Now = func() time.Time { return now }
	owner, err := store.Enter(f.Context(), social.Person{TelegramID: 5, Name: "Sara", Lang: "en"})
	must(f, err)
	agency, err := store.FoundAgency(f.Context(), owner.ID, "Saba")
	must(f, err)
	brand, err := store.AddBrand(f.Context(), owner.ID, social.Brand{
		AgencyID: agency.ID, Name: "Nobahar", Zone: "UTC", Calendar: social.Gregorian, Rules: social.DefaultRules(social.Gregorian),
	})
	must(f, err)
	a, err := store.AddAccount(f.Context(), owner.ID, social.Account{BrandID: brand.ID, Platform: social.Instagram, ByHand: true})
	must(f, err)
	must(f, store.OpenDoor(f.Context(), owner.ID, social.Door{Account: a.ID, Key: "key", Sealed: "sealed"}))
	door, err := store.DoorOf(f.Context(), "key")
	must(f, err)

	one := func(fields string) string {
		return `{"comments":[{"id":"1","post_id":"9","at":"2026-11-23T08:00:00Z",` + fields + `}]}`
	}
	for _, body := range []string{
		one(`"text":"سلام"`), one(`"text":"\u0000\ud800\ufffe\uffff"`), one(`"text":"` + strings.Repeat("ن", 20_000) + `"`),
		one(`"text":"x","author":"\u0000\u202e","author_id":"0"`), one(`"text":"x","parent":"1"`), one(`"text":"x","own":true,"parent":"1"`),
		one(`"text":"x","link":"https://a.ir/\u0641?q=%ff"`), one(`"text":"","media":"photo"`), one(`"kind":"deleted"`),
		`{"comments":[{"id":"2","kind":"edited","text":"x","at":"1990-01-01T00:00:00Z","post_link":"https://a.ir"},{"id":2,"kind":"deleted","at":"2026-11-23T08:00:00+14:00"}]}`,
		`{"comments":[{"id":"3","text":"x","at":"9000-12-31T23:59:59-12:00","post_id":"9"},{"id":"3","text":"y","at":"2026-11-23T08:00:00.999999999Z","post_id":"10"}]}`,
	} {
		f.Add([]byte(body))
	}
	var calls atomic.Int64
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := push.Parse(body)
		if err != nil {
			return
		}
		p.ID, p.Fold = fmt.Sprint("call", calls.Add(1), now.UnixNano()), locales.Fold
		got, err := store.TakePush(t.Context(), door, p)
		if err != nil {
			t.Fatalf("it is not stored: %v", err)
		}
		if n := got.Fresh + got.Changed + got.Gone + got.Own + got.Repeated + len(got.Refused); n != len(p.Told)+len(p.Wrong) {
			t.Errorf("of %d comments the receipt counts %d: %+v", len(p.Told)+len(p.Wrong), n, got)
		}
	})
}
