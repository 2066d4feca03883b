package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode"
)

// rooms says which rooms each room may import. The root wires everything; a
// package inside a room may also import the room's own top package.
var rooms = map[string][]string{
	"":          {"bot", "emulator", "handlers", "locales", "pictures", "platforms", "scheduler", "social", "storage"},
	"bot":       {"social"},
	"emulator":  {},
	"handlers":  {"bot", "locales", "social"},
	"locales":   {"social"},
	"pictures":  {"locales", "social"},
	"platforms": {"social"},
	"scheduler": {"social"},
	"social":    {},
	"storage":   {"social"},
}

// reserved says which libraries belong to which rooms, by the beginning of their
// import paths. A library that is not here may be used in every room but social.
var reserved = map[string][]string{
	"github.com/caarlos0/env":                          {""},
	"github.com/go-co-op/gocron":                       {"scheduler"},
	"github.com/go-telegram-bot-api/telegram-bot-api/": {"bot"},
	"github.com/jackc/pgx":                             {"scheduler", "storage"},
	"github.com/jalaali/go-jalaali":                    {"locales"},
	"github.com/jmoiron/sqlx":                          {"storage"},
	"github.com/lib/pq":                                {"storage"},
	"github.com/pressly/goose":                         {"storage"},
	"github.com/prometheus/":                           {""},
	"github.com/riverqueue/":                           {"scheduler", "storage"},
	"github.com/tink-crypto/":                          {"storage"},
	"database/sql":                                     {"storage"},

	"github.com/chromedp/":          {}, // tests alone
	"github.com/getkin/kin-openapi": {},
	"github.com/google/go-cmp":      {},
	"go.uber.org/goleak":            {},
	"pgregory.net/rapid":            {},
}

// outside are the parts of the standard library that reach out of the program:
// rules do no input and output.
var outside = []string{"database/sql", "log", "log/slog", "net", "net/http", "os", "os/exec", "syscall"}

// vague are names that say nothing of what a package or a file is for.
var vague = []string{"base", "common", "helper", "helpers", "misc", "shared", "types", "util", "utils"}

// persian are the files outside locales that may hold Persian letters, each with
// its reason.
var persian = map[string]string{
	"handlers/times.go": "the word before an hour, which is dropped from what somebody typed",
}

// A source is one Go file of ours.
type source struct {
	path string // from the root of the repository, with slashes
	file *ast.File
}

func (s source) folder() string { return strings.TrimPrefix(path.Dir(s.path), ".") }
func (s source) room() string   { return roomOf(s.folder()) }
func (s source) test() bool     { return strings.HasSuffix(s.path, "_test.go") }

// support tells whether the file is in a package that only tests use.
func (s source) support() bool { return strings.HasSuffix(s.folder(), "test") }

func roomOf(folder string) string {
	room, _, _ := strings.Cut(folder, "/")
	return room
}

// TestArchitecture holds the house together: who may import whom, and what no
// file may do.
func TestArchitecture(t *testing.T) {
	t.Parallel()
	sources := readSources(t)
	if len(sources) < 50 {
		t.Fatalf("only %d files were found: the test looks in the wrong place", len(sources))
	}
	for _, complaint := range complaints(sources) {
		t.Error(complaint)
	}
	for name := range persian {
		if !slices.ContainsFunc(sources, func(s source) bool { return s.path == name && persianIn(s.file) != "" }) {
			t.Errorf("%s: holds no Persian letters any more; strike it off the exceptions", name)
		}
	}
}

func readSources(t *testing.T) []source {
	t.Helper()
	sources, err := ourSources()
	must(t, err)
	return sources
}

// ourSources are read once, for whoever looks at them.
var ourSources = sync.OnceValues(func() (sources []source, err error) {
	err = filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "tools" || (name != "." && strings.HasPrefix(d.Name(), "."))) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		sources = append(sources, source{filepath.ToSlash(name), file})
		return err
	})
	return sources, err
})

// complaints lists every breach of the rules, sorted.
func complaints(sources []source) []string {
	var all []string
	for _, s := range sources {
		for _, complaint := range slices.Concat(importFaults(s), contentFaults(s)) {
			all = append(all, s.path+": "+complaint)
		}
	}
	all = append(all, packageFaults(sources)...)
	slices.Sort(all)
	return slices.Compact(all)
}

func importFaults(s source) []string {
	var faults []string
	for _, spec := range s.file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return []string{err.Error()}
		}
		if fault := importFault(s, name); fault != "" {
			faults = append(faults, fault)
		}
	}
	return faults
}

func importFault(s source, name string) string {
	if s.room() == "social" {
		return socialFault(s, name)
	}
	if s.test() {
		return ""
	}
	if strings.HasPrefix(name, "peyk/") {
		return roomFault(s, strings.TrimPrefix(name, "peyk/"))
	}
	for library, owners := range reserved {
		if s.support() && len(owners) == 0 {
			continue
		}
		if strings.HasPrefix(name, library) && !slices.Contains(owners, s.room()) {
			return fmt.Sprintf("imports %s, which belongs to %v", name, owners)
		}
	}
	return ""
}

// socialFault is the one that binds tests too: the heart is tried with nothing
// but the standard library.
func socialFault(s source, name string) string {
	first, _, _ := strings.Cut(name, "/")
	switch {
	case name == "peyk/social" && s.test():
		return ""
	case first == "peyk" || strings.Contains(first, "."):
		return "imports " + name + "; social uses the standard library only"
	case !s.test() && slices.Contains(outside, name):
		return "imports " + name + "; rules do no input and output"
	}
	return ""
}

func roomFault(s source, to string) string {
	switch room := roomOf(to); {
	case strings.HasSuffix(to, "test") && !s.support():
		return "imports peyk/" + to + ", which is for tests"
	case room == s.room() && (to == room || s.folder() == room):
		return ""
	case room == s.room():
		return "imports its sibling peyk/" + to
	case !slices.Contains(rooms[s.room()], room):
		return "imports peyk/" + to + ", a room that it may not know"
	}
	return ""
}

// contentFaults are what no file of the program may hold.
func contentFaults(s source) []string {
	var faults []string
	name := strings.TrimSuffix(path.Base(s.path), ".go")
	if slices.Contains(vague, strings.TrimSuffix(name, "_test")) {
		faults = append(faults, "is named after nothing")
	}
	if s.test() {
		return faults
	}
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			faults = append(faults, "has an init function")
		}
	}
	if text := persianIn(s.file); text != "" && !mayHoldPersian(s) {
		faults = append(faults, "holds Persian letters, which belong in locales: "+text)
	}
	if s.room() == "social" && callsNow(s.file) {
		faults = append(faults, "asks for the time, which is an argument of every rule")
	}
	return faults
}

func mayHoldPersian(s source) bool {
	return s.room() == "locales" || s.room() == "emulator" || s.support() || persian[s.path] != ""
}

// persianIn returns the first literal with Persian letters. Struct tags do not
// count: they describe settings for the README.
func persianIn(file *ast.File) string {
	found := ""
	tags := map[*ast.BasicLit]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if field, ok := n.(*ast.Field); ok && field.Tag != nil {
			tags[field.Tag] = true
		}
		literal, ok := n.(*ast.BasicLit)
		if ok && !tags[literal] && found == "" && strings.ContainsFunc(literal.Value, persianLetter) {
			found = literal.Value
		}
		return true
	})
	return found
}

func persianLetter(r rune) bool { return unicode.IsLetter(r) && unicode.Is(unicode.Arabic, r) }

func callsNow(file *ast.File) bool {
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.SelectorExpr); ok && call.Sel.Name == "Now" {
			from, ok := call.X.(*ast.Ident)
			found = found || ok && from.Name == "time"
		}
		return true
	})
	return found
}

// packageFaults looks at packages as wholes: their names and first sentences,
// and whether anybody has given them a room.
func packageFaults(sources []source) []string {
	docs := map[string]string{}
	names := map[string]string{}
	for _, s := range sources {
		if s.test() {
			continue
		}
		names[s.folder()] = s.file.Name.Name
		docs[s.folder()] = cmp.Or(docs[s.folder()], s.file.Doc.Text())
	}
	var faults []string
	for folder, name := range names {
		if _, ok := rooms[roomOf(folder)]; !ok {
			faults = append(faults, folder+": is no room of the house; see docs/architecture.md")
		}
		if slices.Contains(vague, name) {
			faults = append(faults, folder+": is named after nothing")
		}
		if name != "main" && !strings.HasPrefix(docs[folder], "Package "+name+" ") || docs[folder] == "" {
			faults = append(faults, fmt.Sprintf("%s: its first sentence must begin with %q", folder, "Package "+name))
		}
	}
	return faults
}

// TestArchitectureSees breaks each rule once, to show that it is kept.
func TestArchitectureSees(t *testing.T) {
	const doc = "// Package x is a test.\n"
	tests := []struct{ path, text, want string }{
		{"bot/x.go", `import "peyk/handlers"`, "may not know"},
		{"platforms/x/x.go", `import "peyk/bot"`, "may not know"},
		{"platforms/x/x.go", `import "peyk/platforms/y"`, "sibling"},
		{"handlers/x.go", `import "peyk/storage"`, "may not know"},
		{"emulator/x.go", `import "peyk/social"`, "may not know"},
		{"handlers/x.go", `import "peyk/emulator"`, "may not know"},
		{"x.go", `import "peyk/storage/storagetest"`, "for tests"},
		{"handlers/x.go", `import "github.com/go-telegram-bot-api/telegram-bot-api/v5"`, "belongs to [bot]"},
		{"storage/x.go", `import "github.com/go-co-op/gocron/v2"`, "belongs to [scheduler]"},
		{"handlers/x.go", `import "github.com/riverqueue/river"`, "belongs to [scheduler storage]"},
		{"bot/x.go", `import "pgregory.net/rapid"`, "belongs to []"},
		{"social/x.go", `import "golang.org/x/text/language"`, "standard library only"},
		{"social/x_test.go", `import "github.com/google/go-cmp/cmp"`, "standard library only"},
		{"social/x.go", `import "net/http"`, "no input and output"},
		{"social/x.go", "import \"time\"\nvar begun = time.Now()", "is an argument"},
		{"bot/x.go", "func init() {}", "init function"},
		{"bot/x.go", `const hello = "سلام"`, "Persian"},
		{"bot/helpers.go", "", "named after nothing"},
		{"cmd/x.go", "", "no room of the house"},
	}
	for _, test := range tests {
		t.Run(test.path+" "+test.want, func(t *testing.T) {
			got := complaints([]source{parsed(t, test.path, doc+"package x\n"+test.text)})
			if len(got) != 1 || !strings.Contains(got[0], test.want) {
				t.Errorf("got %q, want one complaint with %q", got, test.want)
			}
		})
	}
	if got := complaints([]source{parsed(t, "bot/utils/x.go", "// Utils help.\npackage utils")}); len(got) != 2 {
		t.Errorf("a vague name and a missing first sentence: got %q", got)
	}
}

func parsed(t *testing.T, name, text string) source {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return source{name, file}
}
