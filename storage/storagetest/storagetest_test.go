package storagetest_test

import (
	"bufio"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"peyk/storage/storagetest"
)

// hold makes this program the child of the test below.
const hold = "PEYK_TEST_HOLD_DATABASE"

// TestHold is a test program in a process of its own: it holds a database until it
// is killed or told to end.
func TestHold(t *testing.T) {
	if os.Getenv(hold) == "" {
		t.Skip("only as the child of the test below")
	}
	fmt.Println("DSN", storagetest.New(t))
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// A program is a test program that holds a database.
type program struct {
	cmd *exec.Cmd
	in  io.Closer
	dsn string
}

// programs starts several at once; their server lies in root.
func programs(t *testing.T, root string, n int) []program {
	t.Helper()
	list, outs := make([]program, n), make([]io.Reader, n)
	for i := range list {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHold$", "-test.v")
		cmd.Env = append(os.Environ(), hold+"=1", "TMPDIR="+root)
		out, err := cmd.StdoutPipe()
		check(t, err)
		in, err := cmd.StdinPipe()
		check(t, err)
		check(t, cmd.Start())
		list[i], outs[i] = program{cmd: cmd, in: in}, out
	}
	for i := range list {
		lines := bufio.NewScanner(outs[i])
		for list[i].dsn == "" && lines.Scan() {
			list[i].dsn, _ = strings.CutPrefix(lines.Text(), "DSN ")
			if strings.HasPrefix(lines.Text(), "=== ") {
				list[i].dsn = ""
			}
		}
		if !strings.Contains(list[i].dsn, "dbname=") {
			t.Fatalf("a program has no database: %s", list[i].dsn)
		}
	}
	return list
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// serves tells whether a database can be asked, and has our tables.
func serves(t *testing.T, dsn string) bool {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	check(t, err)
	defer db.Close()
	var n int
	return db.QueryRowContext(t.Context(), `SELECT count(*) FROM inbox`).Scan(&n) == nil
}

// left are the processes that have to do with the folder, but for the test programs.
func left(t *testing.T, root string) (lines []string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ps", "-eo", "pid=,stat=,args=").Output()
	check(t, err)
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, root) && !strings.Contains(line, "<defunct>") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

// TestServerEndsWithTheLastProgram, and not before, whether the programs end by
// themselves or are killed; the next one starts anew.
func TestServerEndsWithTheLastProgram(t *testing.T) {
	root, err := os.MkdirTemp("", "pk") // short: a socket's path has a limit
	check(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	check(t, os.Chmod(root, 0o711))
	for round, kill := range []bool{true, false} {
		list := programs(t, root, 2)
		for i, p := range list {
			for _, other := range list[i:] {
				if !serves(t, other.dsn) {
					t.Fatalf("round %d: %d programs have ended, and %s does not serve", round, i, other.dsn)
				}
			}
			if kill {
				check(t, p.cmd.Process.Signal(syscall.SIGKILL))
			}
			check(t, p.in.Close())
			if err := p.cmd.Wait(); err != nil && !kill {
				t.Error(err)
			}
		}
		begin := time.Now()
		for len(left(t, root)) > 0 {
			if time.Since(begin) > 5*time.Second {
				t.Fatalf("round %d: still there: %v", round, left(t, root))
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Logf("round %d: the server was gone %v after the last program", round, time.Since(begin).Round(time.Millisecond))
		if serves(t, list[0].dsn) {
			t.Errorf("round %d: something serves without a process", round)
		}
	}
}

// TestDatabasesAreApart: what a test writes is seen by no other, and is gone after it.
func TestDatabasesAreApart(t *testing.T) {
	mine := storagetest.New(t)
	var other string
	t.Run("other", func(t *testing.T) {
		other = storagetest.New(t)
		addSetting(t, other, "a")
	})
	db, err := sql.Open("postgres", mine)
	check(t, err)
	defer db.Close()
	var n int
	check(t, db.QueryRowContext(t.Context(), `SELECT count(*) FROM settings`).Scan(&n))
	if n != 0 {
		t.Errorf("it holds %d rows of another test", n)
	}
	if serves(t, other) {
		t.Error("the database outlives its test")
	}
}

// TestClonesOfASeedAreApart: each holds what the seed was filled with, once, and
// nothing of the others.
func TestClonesOfASeedAreApart(t *testing.T) {
	var seed storagetest.Seed
	fills := 0
	for n := range 3 {
		dsn := seed.New(t, func(dsn string) {
			fills++
			addSetting(t, dsn, "filled")
		})
		db, err := sql.Open("postgres", dsn)
		check(t, err)
		defer db.Close()
		var names string
		check(t, db.QueryRowContext(t.Context(), `SELECT string_agg(name, ',') FROM settings`).Scan(&names))
		if names != "filled" || fills != 1 {
			t.Errorf("clone %d of the seed, which was filled %d times, holds %s", n, fills, names)
		}
		addSetting(t, dsn, fmt.Sprint("clone ", n))
	}
}

func addSetting(t *testing.T, dsn, name string) {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	check(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), `INSERT INTO settings (name, value) VALUES ($1, 'b')`, name)
	check(t, err)
}

// TestServerIsPrivate: no port, and nobody else may pass to the socket.
func TestServerIsPrivate(t *testing.T) {
	dsn := storagetest.New(t)
	db, err := sql.Open("postgres", dsn)
	check(t, err)
	defer db.Close()
	var addresses, folder string
	check(t, db.QueryRowContext(t.Context(), `SELECT current_setting('listen_addresses'), current_setting('unix_socket_directories')`).Scan(&addresses, &folder))
	if addresses != "" {
		t.Errorf("it listens on %s", addresses)
	}
	for path, want := range map[string]os.FileMode{folder: 0o700, filepath.Dir(folder): 0o700, filepath.Join(folder, "..", ".."): 0o711} {
		info, err := os.Stat(path)
		check(t, err)
		if info.Mode().Perm() != want {
			t.Errorf("%s is %v instead of %v", path, info.Mode().Perm(), want)
		}
	}
}
