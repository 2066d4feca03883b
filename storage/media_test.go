package storage_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"peyk/storage"
)

func TestMediaLiesUnderItsHash(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "media")
	s := mediaStore(t, dir)
	const body = "the bytes of a picture"
	sum := sha256.Sum256([]byte(body))
	want := hex.EncodeToString(sum[:])
	var all sync.WaitGroup
	for range 8 { // the same file, sent by many at once
		all.Go(func() {
			hash, size, err := s.SaveMedia(t.Context(), strings.NewReader(body), 100)
			if err != nil || hash != want || size != int64(len(body)) {
				t.Errorf("%s %d %v", hash, size, err)
			}
		})
	}
	all.Wait()
	if n := files(t, dir); n != 1 {
		t.Errorf("%d files", n)
	}
	f, err := s.OpenMedia(t.Context(), want)
	check(t, err)
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || string(got) != body {
		t.Errorf("%q %v", got, err)
	}
	info, err := os.Stat(filepath.Join(dir, want[:2], want))
	check(t, err)
	if info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read it: %v", info.Mode())
	}
}

func TestMediaHasALimit(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "media")
	s := mediaStore(t, dir)
	if _, _, err := s.SaveMedia(t.Context(), strings.NewReader("12345"), 5); err != nil {
		t.Errorf("just fits: %v", err)
	}
	if _, _, err := s.SaveMedia(t.Context(), strings.NewReader("123456"), 5); !errors.Is(err, storage.ErrTooBig) {
		t.Errorf("one byte too many: %v", err)
	}
	if _, _, err := s.SaveMedia(t.Context(), io.MultiReader(strings.NewReader("12"), broken{}), 5); !errors.Is(err, errBroken) {
		t.Errorf("broken off: %v", err)
	}
	if n := files(t, dir); n != 1 {
		t.Errorf("%d files are left", n)
	}
}

var errBroken = errors.New("broken off")

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }

// TestMediaNamesAreHashes: nothing but a hash opens a file.
func TestMediaNamesAreHashes(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	s := mediaStore(t, filepath.Join(root, "media"))
	check(t, os.WriteFile(filepath.Join(root, "secret.key"), []byte("key"), 0o600))
	hash, _, err := s.SaveMedia(t.Context(), strings.NewReader("x"), 5)
	check(t, err)
	for _, name := range []string{
		"", ".", "..", "../secret.key", "../../secret.key", "/etc/passwd", hash[:63], hash + "0", hash[:62] + "/.",
		strings.Repeat("../", 21) + "a", strings.ToUpper(hash), hash[:2] + "/" + hash, strings.Repeat("0", 64), hash + "\x00",
	} {
		if f, err := s.OpenMedia(t.Context(), name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q opens: %v", name, err)
			if err == nil {
				_ = f.Close()
			}
		}
	}
}

func mediaStore(t *testing.T, dir string) *storage.Store {
	t.Helper()
	return storage.Again(newStore(t), dir)
}

func files(t *testing.T, dir string) (n int) {
	t.Helper()
	check(t, filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	}))
	return n
}
