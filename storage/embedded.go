//go:build unix

package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ErrNoPostgres says that no PostgreSQL programs were found, and how to get them.
var ErrNoPostgres = errors.New(`no PostgreSQL programs (initdb, postgres) were found. Install them:
  Debian, Ubuntu:  sudo apt-get install postgresql
  Fedora:          sudo dnf install postgresql-server
  macOS:           brew install postgresql@17
  Docker:          docker run -d -p 5432:5432 -e POSTGRES_PASSWORD=peyk postgres:17
                   and set DATABASE_URL=postgres://postgres:peyk@localhost:5432/postgres?sslmode=disable
or set DATABASE_URL to a PostgreSQL server that you have.`)

// A Server is a PostgreSQL server of our own: one unix socket that nobody else
// can open, no TCP port, and no life of its own: it ends when we do, however we end.
type Server struct {
	dir  string // of the cluster, the socket and the log
	bin  string
	as   *syscall.Credential // nil: ourselves
	stop *os.File            // closing it ends the server
	cmd  *exec.Cmd
}

// StartEmbedded starts the server whose data lie in dir, and makes the data at
// the first start. Data of another major version are refused and left alone.
func StartEmbedded(ctx context.Context, dir string) (*Server, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	s, err := startServer(ctx, dir, "read ended <&3", read)
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	s.stop = write
	return s, nil
}

// StartShared starts a server that ends when nobody holds a lock on users any
// more; the caller holds a shared one. It is for tests: its data are made anew,
// and nothing waits for the disk.
func StartShared(ctx context.Context, dir string, users *os.File) (*Server, error) {
	if err := os.RemoveAll(filepath.Join(dir, "data")); err != nil {
		return nil, err
	}
	return startServer(ctx, dir, "flock -x 3", users, "-c", "fsync=off", "-c", "synchronous_commit=off",
		"-c", "full_page_writes=off", "-c", "max_connections=400")
}

// RunningShared returns the server in dir if it is ready.
func RunningShared(dir string) (*Server, bool) {
	s := &Server{dir: dir}
	return s, s.ready()
}

// DSN addresses a database of the server, as its superuser.
func (s *Server) DSN(database string) string {
	return "host=" + filepath.Join(s.dir, "s") + " user=postgres dbname=" + database + " sslmode=disable"
}

// Stop ends the server and returns when it has ended.
func (s *Server) Stop() error {
	if err := s.stop.Close(); err != nil {
		return err
	}
	return s.cmd.Wait()
}

func startServer(ctx context.Context, dir, until string, guard *os.File, options ...string) (*Server, error) {
	bin, err := findPostgres()
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, bin: bin}
	if s.as, err = unprivileged(); err != nil {
		return nil, err
	}
	lock, err := s.prepare(ctx)
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	if err := s.makeCluster(ctx); err != nil {
		return nil, err
	}
	if err := s.launch(until, guard, lock, options); err != nil {
		return nil, err
	}
	return s, s.wait(ctx)
}

// findPostgres returns the folder of the newest PostgreSQL programs.
func findPostgres() (string, error) {
	var folders []string
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			folders = append(folders, filepath.Dir(real))
		}
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
		"/usr/pgsql-*/bin", "/Applications/Postgres.app/Contents/Versions/*/bin",
	} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		slices.Reverse(found)
		folders = append(folders, found...)
	}
	for _, f := range folders {
		if executable(filepath.Join(f, "initdb")) && executable(filepath.Join(f, "postgres")) {
			return f, nil
		}
	}
	return "", ErrNoPostgres
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&0o111 != 0
}

// unprivileged is the account for the server when we are root, which PostgreSQL
// refuses to run as.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody; set DATABASE_URL")
}

// maxSocket is the longest path of a unix socket, less PostgreSQL's own file name.
const maxSocket = 107 - len("/.s.PGSQL.5432.lock")

// prepare makes the folders and takes the lock that every process of the server
// inherits: holding it proves that none of an earlier one is left.
func (s *Server) prepare(ctx context.Context) (*os.File, error) {
	if len(filepath.Join(s.dir, "s")) > maxSocket {
		return nil, fmt.Errorf("the path %s is too long for a socket; choose a shorter DATA_DIR", s.dir)
	}
	if err := os.MkdirAll(filepath.Join(s.dir, "s"), 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(s.dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := flock(ctx, lock); err != nil {
		return nil, errors.Join(fmt.Errorf("another Peyk uses %s: %w", s.dir, err), lock.Close())
	}
	for _, d := range []string{s.dir, filepath.Join(s.dir, "s")} {
		if err := s.own(d); err != nil { // not before the lock: another's folders stay as they are
			return nil, errors.Join(err, lock.Close())
		}
	}
	for _, stale := range []string{"data/postmaster.pid", "s/.s.PGSQL.5432", "s/.s.PGSQL.5432.lock"} {
		if err := os.Remove(filepath.Join(s.dir, stale)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, errors.Join(err, lock.Close())
		}
	}
	return lock, nil
}

// flock waits up to 15 s for the lock: a server that was just told to stop may
// still be writing.
func flock(ctx context.Context, f *os.File) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *Server) own(path string) error {
	if s.as == nil {
		return nil
	}
	return os.Chown(path, int(s.as.Uid), int(s.as.Gid))
}

// makeCluster makes the data at the first start, beside their place, so that an
// interrupted start never leaves half of them there.
func (s *Server) makeCluster(ctx context.Context) error {
	data, fresh := filepath.Join(s.dir, "data"), filepath.Join(s.dir, "data.init")
	version, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if err == nil {
		return s.checkVersion(ctx, strings.TrimSpace(string(version)))
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, "initdb"), "-D", fresh, "-U", "postgres", "-A", "trust",
		"-E", "UTF8", "--locale=C", "--no-instructions")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	cmd.Dir = s.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("making the database in %s (every folder above it must be open to the user it runs as): %w\n%s", s.dir, err, out)
	}
	return os.Rename(fresh, data)
}

// checkVersion refuses data that these programs cannot read.
func (s *Server) checkVersion(ctx context.Context, data string) error {
	out, err := exec.CommandContext(ctx, filepath.Join(s.bin, "postgres"), "--version").Output()
	if err != nil {
		return fmt.Errorf("asking postgres for its version: %w", err)
	}
	words := strings.Fields(string(out)) // postgres (PostgreSQL) 15.18
	if len(words) > 2 && strings.Split(words[2], ".")[0] == data {
		return nil
	}
	return fmt.Errorf("the data in %s are of PostgreSQL %s and the programs in %s are another version (%s). Nothing was changed. "+
		"Install PostgreSQL %s, or upgrade the data with pg_upgrade or pg_dumpall", s.dir, data, s.bin, strings.TrimSpace(string(out)), data)
}

// guardScript runs the server and ends it when what it waits for has come. Only
// the server inherits the lock (4); only the guard keeps what it waits on (3).
const guardScript = `until=$1; shift
"$@" 3<&- </dev/null >>log 2>&1 &
pg=$!
exec 4<&-
( eval "$until"; kill -INT $pg 2>/dev/null; exec sleep 60 3<&- ) &
watch=$!
wait $pg
code=$?
kill $watch 2>/dev/null
exit $code`

func (s *Server) launch(until string, guard, lock *os.File, options []string) error {
	args := append([]string{"-c", guardScript, "guard", until, filepath.Join(s.bin, "postgres"), "-D", filepath.Join(s.dir, "data"),
		"-k", filepath.Join(s.dir, "s"), "-h", "", "-c", "unix_socket_permissions=0700", "-c", "timezone=UTC"}, options...)
	s.cmd = exec.Command("/bin/sh", args...) //nolint:noctx // the guard ends it
	s.cmd.Dir = s.dir
	s.cmd.ExtraFiles = []*os.File{guard, lock}
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as, Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("starting PostgreSQL: %w", err)
	}
	return nil
}

// wait returns when the server takes connections.
func (s *Server) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	for !s.ready() {
		if err := s.cmd.Process.Signal(syscall.Signal(0)); err != nil {
			return s.failed(err)
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return s.failed(ctx.Err())
		}
	}
	return nil
}

// ready reads the state that the server keeps in line 8 of its pid file.
func (s *Server) ready() bool {
	raw, err := os.ReadFile(filepath.Join(s.dir, "data", "postmaster.pid"))
	if err != nil {
		return false
	}
	lines := strings.Split(string(raw), "\n")
	return len(lines) > 7 && strings.TrimSpace(lines[7]) == "ready"
}

// failed shows the end of the server's own log.
func (s *Server) failed(err error) error {
	raw, readErr := os.ReadFile(filepath.Join(s.dir, "log"))
	tail := string(raw[max(0, len(raw)-2000):])
	return fmt.Errorf("PostgreSQL in %s did not start: %w\n%s", s.dir, errors.Join(err, readErr), tail)
}
