//go:build unix

package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// NewRoot is newRoot, for tests from outside.
var NewRoot = newRoot

// newRoot is a short folder that the server's account may pass through.
func newRoot(t testing.TB) string {
	t.Helper()
	root, err := os.MkdirTemp("", "pk")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	if err := os.Chmod(root, 0o711); err != nil { //nolint:gosec // that is the point
		t.Fatal(err)
	}
	return root
}

// TestClosedFolderIsNamed: root's own folder keeps the server's account out.
func TestClosedFolderIsNamed(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root gives the server another account")
	}
	closed := filepath.Join(newRoot(t), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := StartEmbedded(t.Context(), filepath.Join(closed, "postgres"))
	if err == nil || !strings.Contains(err.Error(), "chmod o+x "+closed) {
		t.Errorf("people read: %v", err)
	}
	if _, err := os.Stat(filepath.Join(closed, "postgres")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was made: %v", err)
	}
}

// TestFolderIsOpen: as for any account, the owner's bit counts for the owner, the
// group's for the group, and the last one for everybody else.
func TestFolderIsOpen(t *testing.T) {
	account, err := unprivileged()
	if err != nil {
		t.Fatal(err)
	}
	if account == nil {
		t.Skip("only root gives folders away")
	}
	s, dir := &Server{as: account}, t.TempDir()
	for _, c := range []struct {
		uid, gid uint32
		mode     fs.FileMode
		want     bool
	}{
		{0, 0, 0o711, true}, {0, 0, 0o710, false}, {0, 0, 0o700, false},
		{0, account.Gid, 0o710, true}, {0, account.Gid, 0o701, false},
		{account.Uid, 0, 0o700, true}, {account.Uid, 0, 0o611, false},
	} {
		if err := errors.Join(os.Chown(dir, int(c.uid), int(c.gid)), os.Chmod(dir, c.mode)); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.passes(info); got != c.want {
			t.Errorf("%+v: open is %v", c, got)
		}
	}
}

// begin starts a server and ends it again.
func begin(ctx context.Context, dir string) error {
	s, err := StartEmbedded(ctx, dir)
	if err != nil {
		return err
	}
	return s.Stop()
}

// BenchmarkEmbedded tells how long the first start takes and how long every other.
func BenchmarkEmbedded(b *testing.B) {
	b.Run("cold", func(b *testing.B) {
		root := newRoot(b)
		for n := 0; b.Loop(); n++ {
			if err := begin(b.Context(), filepath.Join(root, fmt.Sprint(n))); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("warm", func(b *testing.B) {
		dir := filepath.Join(newRoot(b), "postgres")
		if err := begin(b.Context(), dir); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if err := begin(b.Context(), dir); err != nil {
				b.Fatal(err)
			}
		}
	})
}
