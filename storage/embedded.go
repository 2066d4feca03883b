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
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A Server is a PostgreSQL server of our own: one unix socket that nobody else
// can open, no TCP port, and no life of its own: it ends when we do, however we end.
type Server struct {
	dir  string // of the cluster, the socket and the log
	bin  string
	as   *syscall.Credential // nil: ourselves
	stop *os.File            // closing it ends the server
	cmd  *exec.Cmd

	after string // what the guard does once the server has ended

	ended chan struct{}
	err   error // how it ended, once ended is closed
}

// StartEmbedded starts the server whose data lie in dir, and makes the data at
// the first start. Data of another major version are refused and left alone.
func StartEmbedded(ctx context.Context, dir string) (*Server, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	s := &Server{dir: dir, stop: write}
	if err := s.start(ctx, false, "read ended <&3", read); err != nil {
		_ = s.stop.Close()
		if s.cmd != nil {
			_ = s.cmd.Wait() // the first error says more
		}
		return nil, err
	}
	s.ended = make(chan struct{})
	go func() { // ends with the server, which Stop waits for
		s.err = s.cmd.Wait()
		close(s.ended)
	}()
	return s, nil
}

// Ended is closed when the server has ended, by Stop or by itself.
func (s *Server) Ended() <-chan struct{} { return s.ended }

// untilAlone waits for a lock that nobody else holds; a Mac has no flock, but Perl.
const untilAlone = `flock -x 3 || perl -e 'open F, "+<&=3"; flock F, 2'`

// StartShared starts a server that ends when nobody holds a lock on users any
// more; the caller holds a shared one. It is for tests: its data are made anew
// and dropped at the end, and nothing waits for the disk. Nothing is compiled either:
// each of the many short connections would load the compiler anew.
func StartShared(ctx context.Context, dir string, users *os.File) (*Server, error) {
	s := &Server{dir: dir, after: "rm -rf data"}
	err := s.start(ctx, true, untilAlone, users, "-c", "fsync=off", "-c", "synchronous_commit=off",
		"-c", "full_page_writes=off", "-c", "max_connections=800", "-c", "jit=off")
	return s, err
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
	<-s.ended
	return s.err
}

// start makes what is missing and runs the server until the guard's file says
// that it shall end. Anew: earlier data are dropped.
func (s *Server) start(ctx context.Context, anew bool, until string, guard *os.File, options ...string) error {
	all, err := installed(ctx)
	if err != nil {
		return err
	}
	if s.as, err = unprivileged(); err != nil {
		return err
	}
	lock, err := s.prepare(ctx, anew)
	if err != nil {
		return err
	}
	s.bin, err = choose(all, filepath.Join(s.dir, "data"))
	if err == nil {
		err = s.makeCluster(ctx, lock, !anew)
	}
	if err == nil {
		err = s.launch(until, guard, lock, options)
	}
	if err = errors.Join(err, lock.Close()); err != nil { // from here on the server alone holds it
		return err
	}
	return s.wait(ctx)
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
func (s *Server) prepare(ctx context.Context, anew bool) (*os.File, error) {
	if len(filepath.Join(s.dir, "s")) > maxSocket {
		return nil, fmt.Errorf("the path %s is too long for a socket; choose a shorter DATA_DIR", s.dir)
	}
	if err := s.makeFolders(); err != nil {
		return nil, fmt.Errorf("making the folders of the database: %w", err)
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
	stale := []string{"data/postmaster.pid", "s/.s.PGSQL.5432", "s/.s.PGSQL.5432.lock", "data.init"}
	if anew {
		stale = append(stale, "data")
	}
	for _, name := range stale {
		if err := os.RemoveAll(filepath.Join(s.dir, name)); err != nil {
			return nil, errors.Join(err, lock.Close())
		}
	}
	return lock, nil
}

// makeFolders makes the server's own folders, and those above them so that its
// account can pass through.
func (s *Server) makeFolders() error {
	if err := s.makePath(filepath.Dir(s.dir)); err != nil {
		return err
	}
	for _, d := range []string{s.dir, filepath.Join(s.dir, "s")} {
		if err := ignore(os.Mkdir(d, 0o700), fs.ErrExist); err != nil {
			return err
		}
	}
	return nil
}

// makePath makes the folders that are missing up to path, and refuses one that
// keeps the server's account out.
func (s *Server) makePath(path string) error {
	if parent := filepath.Dir(path); parent != path {
		if err := s.makePath(parent); err != nil {
			return err
		}
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && s.as == nil:
		return ignore(os.Mkdir(path, 0o700), fs.ErrExist)
	case errors.Is(err, fs.ErrNotExist):
		err = os.Mkdir(path, 0o711)                                         //nolint:gosec // the server's account must pass through
		return errors.Join(ignore(err, fs.ErrExist), os.Chmod(path, 0o711)) //nolint:gosec // also where the umask takes more away
	case err == nil && s.as != nil && !s.passes(info):
		err = fmt.Errorf("PostgreSQL does not run as root but as the user with the id %d, who cannot pass through %s; "+
			"run chmod o+x %s, or choose another DATA_DIR", s.as.Uid, path, path)
	}
	return err
}

// passes tells whether the server's account can pass through a folder.
func (s *Server) passes(folder fs.FileInfo) bool {
	bit := fs.FileMode(0o001)
	if owner, ok := folder.Sys().(*syscall.Stat_t); ok {
		switch {
		case owner.Uid == s.as.Uid:
			bit = 0o100
		case owner.Gid == s.as.Gid:
			bit = 0o010
		}
	}
	return folder.Mode()&bit != 0
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
// interrupted start never leaves half of them there. Who makes them holds the
// lock too: he may outlive us.
func (s *Server) makeCluster(ctx context.Context, lock *os.File, durable bool) error {
	data, fresh := filepath.Join(s.dir, "data"), filepath.Join(s.dir, "data.init")
	if _, err := os.Stat(data); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, "initdb"), "-D", fresh, "-U", "postgres", "-A", "trust",
		"-E", "UTF8", "--locale=C", "--no-instructions")
	if !durable {
		cmd.Args = append(cmd.Args, "--no-sync")
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	cmd.Dir = s.dir
	cmd.ExtraFiles = []*os.File{lock}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("making the database in %s: %w\n%s", s.dir, err, out)
	}
	return os.Rename(fresh, data)
}

// guardScript runs the server and ends it when what it waits for has come. Only
// the server inherits the lock (4); only the guard keeps what it waits on (3).
// Where something is to be done after the server's end, the guard keeps the lock
// until it is done.
const guardScript = `until=$1; after=$2; shift 2
"$@" 3<&- </dev/null >>log 2>&1 &
pg=$!
[ -n "$after" ] || exec 4<&-
( exec 4<&-; eval "$until"; kill -INT $pg 2>/dev/null; exec sleep 60 3<&- ) &
watch=$!
wait $pg
code=$?
kill $watch 2>/dev/null
eval "$after"
exit $code`

func (s *Server) launch(until string, guard, lock *os.File, options []string) error {
	args := append([]string{"-c", guardScript, "guard", until, s.after, filepath.Join(s.bin, "postgres"), "-D", filepath.Join(s.dir, "data"),
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
		if s.gone() {
			return s.failed(errors.New("it ended at once"))
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return s.failed(ctx.Err())
		}
	}
	return nil
}

// gone tells whether no process of the server is left: nobody holds its lock.
func (s *Server) gone() bool {
	lock, err := os.Open(filepath.Join(s.dir, "lock"))
	if err != nil {
		return false
	}
	defer lock.Close()
	return syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
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
