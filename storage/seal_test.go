package storage_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"peyk/storage"
)

func TestSeal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "secret.key")
	seal, err := storage.OpenSeal(path)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := seal.Close("canary", "webhook")
	if err != nil || strings.Contains(sealed, "canary") {
		t.Fatal(sealed, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file is open to others: %v, %v", info, err)
	}
	again, err := storage.OpenSeal(path)
	if err != nil {
		t.Fatal(err)
	}
	if secret, err := again.Open(sealed, "webhook"); err != nil || secret != "canary" {
		t.Errorf("%q, %v", secret, err)
	}
	if _, err := again.Open(sealed, "token of brand 2"); err == nil {
		t.Error("it opened under other words")
	}
	other, err := storage.OpenSeal(filepath.Join(t.TempDir(), "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Open(sealed, "webhook"); err == nil {
		t.Error("it opened with another key")
	}
}

func TestSealRefusesADamagedKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret.key")
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := storage.OpenSeal(path); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("got %v", err)
	}
	if raw, _ := os.ReadFile(path); string(raw) != "{" {
		t.Error("the damaged key was overwritten")
	}
}

// Two processes that start at once end up with one key.
func TestSealIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret.key")
	var group sync.WaitGroup
	seals := make([]*storage.Seal, 8)
	for i := range seals {
		group.Go(func() {
			s, err := storage.OpenSeal(path)
			if err != nil {
				t.Error(err)
			}
			seals[i] = s
		})
	}
	group.Wait()
	sealed, err := seals[0].Close("canary", "x")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range seals {
		if secret, err := s.Open(sealed, "x"); err != nil || secret != "canary" {
			t.Errorf("%q, %v", secret, err)
		}
	}
}
