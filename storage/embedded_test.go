//go:build unix

package storage_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"peyk/storage"
)

// The child's orders: where the data lie, and whether to hold the server until it
// is killed.
const (
	childDir  = "PEYK_TEST_EMBEDDED"
	childHold = "PEYK_TEST_HOLD"
)

// TestEmbeddedChild is the owner of a server in a process of its own. It starts
// the server, adds a row, says how many there are, and stops.
func TestEmbeddedChild(t *testing.T) {
	dir := os.Getenv(childDir)
	if dir == "" {
		t.Skip("only as the child of the tests below")
	}
	server, err := storage.StartEmbedded(t.Context(), dir)
	if err != nil {
		fmt.Println("FAILED", err)
		return
	}
	fmt.Println("ROWS", rowsAfterOneMore(t, server))
	if os.Getenv(childHold) != "" {
		_, _ = io.Copy(io.Discard, os.Stdin) // until the parent lets go or kills
	}
	check(t, server.Stop())
	fmt.Println("STOPPED")
}

func rowsAfterOneMore(t *testing.T, server *storage.Server) (n int) {
	t.Helper()
	db, err := sql.Open("postgres", server.DSN("postgres"))
	check(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), `CREATE TABLE IF NOT EXISTS kept (n int); INSERT INTO kept VALUES (1)`)
	check(t, err)
	check(t, db.QueryRowContext(t.Context(), `SELECT count(*) FROM kept`).Scan(&n))
	return n
}

// A home is a folder for a server and the account that owns it.
type home struct {
	dir, program string
	as           *syscall.Credential
}

// homes are one of our own and, when we are root, one of an ordinary user.
func homes(t *testing.T) map[string]home {
	t.Helper()
	all := map[string]home{"ourselves": newHome(t, nil)}
	if os.Geteuid() != 0 {
		return all
	}
	u, err := user.Lookup("nobody")
	check(t, err)
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	check(t, err)
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	check(t, err)
	all["an ordinary user"] = newHome(t, &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)})
	return all
}

// newHome makes the folder, and for another account a copy of this program that it may run.
func newHome(t *testing.T, as *syscall.Credential) home {
	t.Helper()
	dir, err := os.MkdirTemp("", "pk") // short: a socket's path has a limit
	check(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	check(t, os.Chmod(dir, 0o755)) //nolint:gosec // the server's own user must pass through
	program, err := os.Executable()
	check(t, err)
	h := home{dir: filepath.Join(dir, "d"), program: program, as: as}
	check(t, os.Mkdir(h.dir, 0o700))
	if as != nil {
		check(t, os.Chown(h.dir, int(as.Uid), int(as.Gid)))
		h.program = filepath.Join(dir, "test")
		check(t, exec.CommandContext(t.Context(), "install", "-m", "755", program, h.program).Run())
	}
	return h
}

// child starts the owner of a server.
func (h home) child(t *testing.T, hold bool) (cmd *exec.Cmd, says *bufio.Scanner, let io.Closer) {
	t.Helper()
	cmd = exec.CommandContext(t.Context(), h.program, "-test.run=^TestEmbeddedChild$", "-test.v")
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), childDir+"="+h.dir, "HOME=/nonexistent")
	if hold {
		cmd.Env = append(cmd.Env, childHold+"=1")
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: h.as}
	out, err := cmd.StdoutPipe()
	check(t, err)
	in, err := cmd.StdinPipe()
	check(t, err)
	check(t, cmd.Start())
	return cmd, bufio.NewScanner(out), in
}

// await reads what the child says until a line with the word.
func await(t *testing.T, says *bufio.Scanner, word string) string {
	t.Helper()
	for says.Scan() {
		if rest, ok := strings.CutPrefix(says.Text(), word+" "); ok || says.Text() == word {
			return rest
		}
		if strings.HasPrefix(says.Text(), "FAILED") {
			break
		}
	}
	t.Fatalf("instead of %s: %s %v", word, says.Text(), says.Err())
	return ""
}

// start runs a whole life of a server and fails unless it has so many rows.
func (h home) start(t *testing.T, rows int) {
	t.Helper()
	cmd, says, _ := h.child(t, false)
	if got := await(t, says, "ROWS"); got != strconv.Itoa(rows) {
		t.Errorf("%s rows instead of %d", got, rows)
	}
	await(t, says, "STOPPED")
	check(t, cmd.Wait())
	h.gone(t)
}

// processes are the servers of the folder that run.
func (h home) processes(t *testing.T) (pids []int) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ps", "-eo", "pid=,args=").Output()
	check(t, err)
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) > 1 && strings.Contains(line, h.dir) && strings.HasSuffix(fields[1], "/postgres") {
			pid, err := strconv.Atoi(fields[0])
			check(t, err)
			pids = append(pids, pid)
		}
	}
	return pids
}

// gone fails unless the server ends within three seconds.
func (h home) gone(t *testing.T) {
	t.Helper()
	begin := time.Now()
	for len(h.processes(t)) > 0 {
		if time.Since(begin) > 3*time.Second {
			t.Fatalf("a server is left: %v", h.processes(t))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// TestEmbedded leads a server through what can happen to it.
func TestEmbedded(t *testing.T) {
	t.Parallel()
	for name, h := range homes(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h.brokenOff(t)
			h.start(t, 1)
			h.wrongVersion(t)
			h.ownerKilled(t, 2)
			h.serverKilled(t, 3)
			check(t, os.WriteFile(filepath.Join(h.dir, "data/postmaster.pid"), []byte("1\n/elsewhere\n1\n5432\n\n\n1 1\nready\n"), 0o600))
			h.start(t, 4)
		})
	}
}

// brokenOff leaves what a first start leaves that ends half-way.
func (h home) brokenOff(t *testing.T) {
	t.Helper()
	for _, name := range []string{"data.init", "data.init/base"} {
		check(t, os.Mkdir(filepath.Join(h.dir, name), 0o700))
		if h.as != nil {
			check(t, os.Chown(filepath.Join(h.dir, name), int(h.as.Uid), int(h.as.Gid)))
		}
	}
}

// ownerKilled kills the owner without warning: the server ends by itself.
func (h home) ownerKilled(t *testing.T, rows int) {
	t.Helper()
	cmd, says, _ := h.child(t, true)
	if got := await(t, says, "ROWS"); got != strconv.Itoa(rows) {
		t.Errorf("%s rows instead of %d", got, rows)
	}
	if len(h.processes(t)) == 0 {
		t.Error("the server is not found: the test proves nothing")
	}
	h.inUse(t)
	check(t, cmd.Process.Kill())
	_ = cmd.Wait() // it was killed
	h.gone(t)
}

// inUse tries to start a second server over the same data.
func (h home) inUse(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := storage.StartEmbedded(ctx, h.dir); err == nil || !strings.Contains(err.Error(), "another Peyk uses") {
		t.Errorf("a second owner: %v", err)
	}
}

// serverKilled kills the server itself, which so leaves its pid file and socket.
func (h home) serverKilled(t *testing.T, rows int) {
	t.Helper()
	cmd, says, let := h.child(t, true)
	if got := await(t, says, "ROWS"); got != strconv.Itoa(rows) {
		t.Errorf("%s rows instead of %d", got, rows)
	}
	for _, pid := range h.processes(t) {
		check(t, syscall.Kill(pid, syscall.SIGKILL))
	}
	check(t, let.Close())
	_ = cmd.Wait() // its server has failed
	h.gone(t)
	if _, err := os.Stat(filepath.Join(h.dir, "data/postmaster.pid")); err != nil {
		t.Errorf("nothing stale was left: %v", err)
	}
}

// wrongVersion lets the data be of another PostgreSQL: they are refused untouched.
func (h home) wrongVersion(t *testing.T) {
	t.Helper()
	file := filepath.Join(h.dir, "data/PG_VERSION")
	right, err := os.ReadFile(file)
	check(t, err)
	check(t, os.WriteFile(file, []byte("9.6\n"), 0o600))
	before := h.fingerprint(t)
	_, says, _ := h.child(t, false)
	said := ""
	for says.Scan() {
		said += says.Text() + "\n"
	}
	for _, want := range []string{"FAILED", "9.6", "Nothing was changed", "pg_upgrade"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in: %s", want, said)
		}
	}
	if h.fingerprint(t) != before {
		t.Error("the data were touched")
	}
	check(t, os.WriteFile(file, right, 0o600))
}

// fingerprint is of all data, their names and when they were written.
func (h home) fingerprint(t *testing.T) string {
	t.Helper()
	sum := sha256.New()
	check(t, filepath.WalkDir(filepath.Join(h.dir, "data"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		fmt.Fprintln(sum, path, info.Size(), info.ModTime(), info.Mode())
		return err
	}))
	return fmt.Sprintf("%x", sum.Sum(nil))
}

func TestEmbeddedPathFitsASocket(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long/", 30))
	if _, err := storage.StartEmbedded(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "DATA_DIR") {
		t.Errorf("a path that is too long: %v", err)
	}
}

// TestEmbeddedWithoutPostgres hides the programs, and reads what people are told.
func TestEmbeddedWithoutPostgres(t *testing.T) {
	for _, want := range []string{"apt-get install postgresql", "dnf install postgresql-server", "brew install postgresql", "docker run", "DATABASE_URL"} {
		if !strings.Contains(storage.ErrNoPostgres.Error(), want) {
			t.Errorf("the remedy %q is missing", want)
		}
	}
	if _, err := exec.LookPath("unshare"); errors.Is(err, exec.ErrNotFound) {
		t.Skip("programs cannot be hidden on this machine")
	}
	dir := t.TempDir()
	script := `for d in /usr/lib/postgresql /usr/pgsql-*; do [ ! -d "$d" ] || mount -t tmpfs none "$d" || exit 77; done
		PATH=/nowhere exec "$0" -test.run='^TestEmbeddedChild$' -test.v`
	cmd := exec.CommandContext(t.Context(), "unshare", "--map-root-user", "--mount", "/bin/sh", "-c", script, os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+filepath.Join(dir, "d"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Skipf("programs cannot be hidden on this machine: %v %s", err, out)
	}
	if !strings.Contains(string(out), "FAILED no PostgreSQL programs") {
		t.Errorf("without PostgreSQL people read:\n%s", out)
	}
}
