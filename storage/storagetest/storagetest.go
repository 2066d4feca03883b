// Package storagetest gives every test a database of its own on one PostgreSQL
// server that all test programs of a user share. The server ends with the last of
// them, however that ends.
package storagetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	_ "github.com/lib/pq" // the driver

	"peyk/storage"
)

// New returns the DSN of a fresh database with the present schema. It is dropped
// when the test ends.
func New(t testing.TB) string {
	t.Helper()
	h := housed(t)
	return h.clone(t, h.template)
}

// A Seed is a database that is filled once in this program, and cloned for every test
// that wants it so.
type Seed struct {
	once sync.Once
	name string // empty: filling it has failed
}

// New returns the DSN of a database like the one that fill has filled. Fill is called for
// the first test alone; it has closed its connections when it returns.
func (s *Seed) New(t testing.TB, fill func(dsn string)) string {
	t.Helper()
	h := housed(t)
	return h.clone(t, s.filled(t, h, fill))
}

// filled is the name of the database that is cloned.
func (s *Seed) filled(t testing.TB, h *home, fill func(dsn string)) string {
	t.Helper()
	s.once.Do(func() {
		name := databaseName("seed")
		h.copy(t, h.template, name)
		fill(h.server.DSN(name))
		s.name = name
	})
	if s.name == "" {
		t.Fatal("the database that this one is cloned from could not be filled")
	}
	return s.name
}

// databaseName is one that nobody has: a killed test with our number may have left others.
func databaseName(kind string) string {
	return fmt.Sprintf("%s_%d_%016x", kind, os.Getpid(), rand.Uint64())
}

func housed(t testing.TB) *home {
	t.Helper()
	h, err := house()
	if err != nil {
		t.Fatalf("preparing the test databases: %v", err)
	}
	return h
}

func (h *home) copy(t testing.TB, template, name string) {
	t.Helper()
	if _, err := h.admin.ExecContext(context.Background(), `CREATE DATABASE `+name+` TEMPLATE `+template+` STRATEGY FILE_COPY`); err != nil {
		t.Fatalf("cloning the template: %v", err)
	}
}

// clone makes a database that is dropped when the test ends.
func (h *home) clone(t testing.TB, template string) string {
	t.Helper()
	ctx := context.Background()
	name := databaseName("test")
	h.copy(t, template, name)
	t.Cleanup(func() {
		if _, err := h.admin.ExecContext(ctx, `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			t.Logf("dropping a test database: %v", err)
		}
	})
	return h.server.DSN(name)
}

// A home is the server where this program's databases lie, the template that they
// are cloned from, and the connections over which that is done.
type home struct {
	server   *storage.Server
	template string
	admin    *sql.DB
}

// house is made by the first test that wants a database: as long as we hold our
// share, the server stays.
var house = sync.OnceValues(func() (*home, error) {
	server, err := join()
	if err != nil {
		return nil, fmt.Errorf("starting the server: %w", err)
	}
	name, err := templateName()
	if err != nil {
		return nil, fmt.Errorf("naming the template: %w", err)
	}
	admin, err := sql.Open("postgres", server.DSN("postgres"))
	if err != nil {
		return nil, err
	}
	if err := template(context.Background(), admin, server, name); err != nil {
		return nil, errors.Join(fmt.Errorf("making the template: %w", err), admin.Close())
	}
	return &home{server: server, template: name, admin: admin}, nil
})

// Open returns a store over a fresh database.
func Open(t testing.TB) *storage.Store {
	t.Helper()
	s, err := storage.Open(context.Background(), New(t), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func templateName() (string, error) {
	hash, err := storage.SchemaHash()
	if err != nil {
		return "", err
	}
	return "template_" + hash[:16], nil
}

// users is this program's share in the server: a shared lock that the kernel
// gives back when the program is gone. It is held until then.
var users atomic.Pointer[os.File]

// join takes a share in the server of this user, which is started if need be.
func join() (*storage.Server, error) {
	root := filepath.Join(place(), "peyk-test-"+strconv.Itoa(os.Geteuid()))
	if err := makeRoot(root); err != nil {
		return nil, err
	}
	if users.Load() == nil {
		mine, err := open(filepath.Join(root, "users"), syscall.LOCK_SH)
		if err != nil {
			return nil, err
		}
		if !users.CompareAndSwap(nil, mine) {
			_ = mine.Close()
		}
	}
	starting, err := open(filepath.Join(root, "starting"), syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	defer starting.Close()
	dir := filepath.Join(root, "pg")
	if s, ok := storage.RunningShared(dir); ok && answers(s) {
		return s, nil
	}
	guard, err := os.OpenFile(filepath.Join(root, "users"), os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer guard.Close()
	return storage.StartShared(context.Background(), dir, guard)
}

// place is where the server's files lie: in memory where there is much, for every
// test writes ten megabytes and drops them, and otherwise where temporary files do.
func place() string {
	const memory, plenty = "/dev/shm", 4 << 30
	var there syscall.Statfs_t
	if os.Getenv("TMPDIR") != "" || syscall.Statfs(memory, &there) != nil || float64(there.Bavail)*float64(there.Bsize) < plenty {
		return os.TempDir()
	}
	return memory
}

// makeRoot makes the folder of this user's test server. One that another user has
// put there is refused.
func makeRoot(root string) error {
	if err := os.Mkdir(root, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(root)
	if err != nil {
		return err
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() || int(owner.Uid) != os.Geteuid() {
		return fmt.Errorf("%s belongs to somebody else", root)
	}
	return os.Chmod(root, 0o711) //nolint:gosec // the server's own user must pass through, whatever the umask
}

func answers(s *storage.Server) bool {
	db, err := sql.Open("postgres", s.DSN("postgres"))
	if err != nil {
		return false
	}
	defer db.Close()
	return db.Ping() == nil
}

func open(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), how); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// template makes the database that tests are cloned from, once for each schema.
func template(ctx context.Context, admin *sql.DB, server *storage.Server, name string) error {
	conn, err := admin.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock(7023100)`); err != nil {
		return err
	}
	defer func() { _, _ = conn.ExecContext(ctx, `SELECT pg_advisory_unlock(7023100)`) }()
	var done bool
	err = conn.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)`, name).Scan(&done)
	if err != nil || done {
		return err
	}
	for _, q := range []string{`DROP DATABASE IF EXISTS ` + name, `CREATE DATABASE ` + name} {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	if err := storage.Migrate(ctx, server.DSN(name)); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, `ALTER DATABASE `+name+` IS_TEMPLATE true ALLOW_CONNECTIONS false`)
	return err
}
