//go:build unix

package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ErrNoPostgres says that no PostgreSQL programs were found, and how to get them.
var ErrNoPostgres = errors.New(`no PostgreSQL programs (initdb, postgres) of version 15 or newer were found. Install them:
  Debian, Ubuntu:  sudo apt-get install postgresql
  Fedora:          sudo dnf install postgresql-server
  macOS:           brew install postgresql@17
  Docker:          docker run -d -p 5432:5432 -e POSTGRES_PASSWORD=peyk postgres:17
                   and set DATABASE_URL=postgres://postgres:peyk@localhost:5432/postgres?sslmode=disable
or set DATABASE_URL to a PostgreSQL server that you have.`)

// oldestMajor is the oldest major version of PostgreSQL that we can use.
const oldestMajor = 15

// programs are the PostgreSQL programs of one folder.
type programs struct {
	folder string
	major  int
}

// installed finds the programs of this machine: those of the PATH first, then
// from the newest to the oldest.
func installed(ctx context.Context) ([]programs, error) {
	folders, err := programFolders()
	if err != nil {
		return nil, err
	}
	all := programsIn(ctx, folders)
	if len(all) == 0 {
		return nil, ErrNoPostgres
	}
	return all, nil
}

// choose returns the folder of the programs that the data want; where there are no
// data yet, the first.
func choose(all []programs, data string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return all[0].folder, nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the version of the data: %w", err)
	}
	version := strings.TrimSpace(string(raw))
	for _, p := range all {
		if strconv.Itoa(p.major) == version {
			return p.folder, nil
		}
	}
	return "", fmt.Errorf("the data in %s are of PostgreSQL %s, and there are only programs of PostgreSQL %d (%s). Nothing was changed. "+
		"Install PostgreSQL %s again (Debian, Ubuntu: sudo apt-get install postgresql-%s), and Peyk uses it; "+
		"or upgrade the data with pg_upgrade or pg_dumpall", data, version, all[0].major, all[0].folder, version, version)
}

// programFolders are the folders where PostgreSQL programs may be: that of the
// PATH, and those where packages put them.
func programFolders() ([]string, error) {
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
			return nil, err
		}
		folders = append(folders, found...)
	}
	return folders, nil
}

// programsIn looks into the folders. What stands in the first one, that of the
// PATH, stays first; the others follow from the newest to the oldest.
func programsIn(ctx context.Context, folders []string) []programs {
	var all []programs
	for _, f := range folders {
		if major := majorOf(ctx, f); major >= oldestMajor {
			all = append(all, programs{f, major})
		}
	}
	rest := all
	if len(all) > 0 && all[0].folder == folders[0] {
		rest = all[1:]
	}
	slices.SortStableFunc(rest, func(a, b programs) int { return b.major - a.major })
	return all
}

// majorOf asks the programs of a folder for their major version; 0: there are
// none that run.
func majorOf(ctx context.Context, folder string) int {
	info, err := os.Stat(filepath.Join(folder, "initdb"))
	if err != nil || info.Mode()&0o111 == 0 {
		return 0
	}
	out, err := exec.CommandContext(ctx, filepath.Join(folder, "postgres"), "--version").Output() //nolint:gosec // the folders are known ones and that of the PATH
	if err != nil {
		return 0
	}
	words := strings.Fields(string(out)) // postgres (PostgreSQL) 15.18
	if len(words) < 3 {
		return 0
	}
	digits := strings.IndexFunc(words[2], func(r rune) bool { return r < '0' || r > '9' }) // also 18beta1
	if digits < 0 {
		digits = len(words[2])
	}
	major, err := strconv.Atoi(words[2][:digits])
	if err != nil {
		return 0
	}
	return major
}
