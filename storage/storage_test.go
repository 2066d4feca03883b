package storage_test

import (
	"testing"

	"peyk/social"
	"peyk/storage/storagetest"
)

func TestEnterMakesKnown(t *testing.T) {
	s := storagetest.Open(t)
	a, err := s.Enter(t.Context(), social.Person{TelegramID: 5, Name: "Sara", Lang: "fa"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Enter(t.Context(), social.Person{TelegramID: 5, Name: "Sara A.", Username: "sara", Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	if a.ID != b.ID || b.Name != "Sara A." || b.Lang != "fa" {
		t.Errorf("%+v, then %+v", a, b)
	}
}
