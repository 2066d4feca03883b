package storage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ErrTooBig is a file that is larger than it may be.
var ErrTooBig = errors.New("the file is too big")

// SaveMedia keeps a file under the hash of its content and returns that and the
// size in bytes. More than limit bytes are ErrTooBig, and nothing is kept.
func (s *Store) SaveMedia(_ context.Context, r io.Reader, limit int64) (hash string, size int64, err error) {
	if err := os.MkdirAll(s.media, 0o700); err != nil {
		return "", 0, fmt.Errorf("keeping a file: %w", err)
	}
	f, err := os.CreateTemp(s.media, "new-*")
	if err != nil {
		return "", 0, fmt.Errorf("keeping a file: %w", err)
	}
	defer func() { err = errors.Join(err, ignore(os.Remove(f.Name()), fs.ErrNotExist)) }()
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, sum), io.LimitReader(r, limit+1))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", 0, fmt.Errorf("keeping a file: %w", err)
	}
	if size > limit {
		return "", 0, ErrTooBig
	}
	hash = hex.EncodeToString(sum.Sum(nil))
	place := s.mediaPath(hash)
	if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
		return "", 0, fmt.Errorf("keeping a file: %w", err)
	}
	if err := os.Chtimes(f.Name(), time.Time{}, s.Now()); err != nil { // by which it is found old
		return "", 0, fmt.Errorf("keeping a file: %w", err)
	}
	return hash, size, os.Rename(f.Name(), place)
}

func ignore(err, harmless error) error {
	if errors.Is(err, harmless) {
		return nil
	}
	return err
}

func (s *Store) mediaPath(hash string) string { return filepath.Join(s.media, hash[:2], hash) }

// OpenMedia opens a kept file; one that we do not have is fs.ErrNotExist.
func (s *Store) OpenMedia(_ context.Context, hash string) (io.ReadCloser, error) {
	if !isHash(hash) {
		return nil, fs.ErrNotExist
	}
	return os.Open(s.mediaPath(hash))
}

func isHash(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == sha256.Size
}
