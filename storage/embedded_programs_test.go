//go:build unix

package storage

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pretend makes a folder of programs that call themselves of the version.
func pretend(t *testing.T, version string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"initdb", "postgres"} {
		script := "#!/bin/sh\necho '" + name + " (PostgreSQL) " + version + "'\n"
		if err := os.WriteFile(filepath.Join(folder, name), []byte(script), 0o700); err != nil { //nolint:gosec // it is a program
			t.Fatal(err)
		}
	}
	return folder
}

func majors(all []programs) (list []int) {
	for _, p := range all {
		list = append(list, p.major)
	}
	return list
}

// TestProgramsAreOrdered: the PATH's first, the others by number and not by
// letter, and none that is too old or does not run.
func TestProgramsAreOrdered(t *testing.T) {
	empty := t.TempDir()
	nine, sixteen, beta, fifteen := pretend(t, "9.6.24"), pretend(t, "16.4 (Debian 16.4-1)"), pretend(t, "18beta1"), pretend(t, "15.18")
	for _, c := range []struct {
		folders []string
		want    []int
	}{
		{[]string{fifteen, nine, sixteen, beta}, []int{15, 18, 16}},
		{[]string{nine, fifteen, sixteen, beta}, []int{18, 16, 15}},
		{[]string{empty, fifteen, sixteen}, []int{16, 15}},
		{[]string{nine, empty}, nil},
	} {
		got := majors(programsIn(t.Context(), c.folders))
		if len(got) != len(c.want) {
			t.Fatalf("%v instead of %v", got, c.want)
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%v instead of %v", got, c.want)
			}
		}
	}
}

// TestDataChooseTheirPrograms: a newer PostgreSQL beside the old one, as after an
// upgrade of the machine, does not shut Peyk out of its data.
func TestDataChooseTheirPrograms(t *testing.T) {
	all := []programs{{"/new", 17}, {"/old", 15}}
	data := t.TempDir()
	if got, err := choose(all, data); err != nil || got != "/new" {
		t.Errorf("without data: %s, %v", got, err)
	}
	version := filepath.Join(data, "PG_VERSION")
	if err := os.WriteFile(version, []byte("15\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := choose(all, data); err != nil || got != "/old" {
		t.Errorf("data of 15: %s, %v", got, err)
	}
	if err := os.WriteFile(version, []byte("16\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := choose(all, data)
	for _, want := range []string{"PostgreSQL 16", "PostgreSQL 17", "Nothing was changed", "postgresql-16", "pg_upgrade"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}
