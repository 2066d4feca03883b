package main

import (
	"bytes"
	"go/ast"
	"go/token"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// readDocs returns every page by its path.
func readDocs(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			pages[filepath.ToSlash(name)] = string(raw)
		}
	}
	if len(pages) < 8 {
		t.Fatalf("only %d pages were found: the test looks in the wrong place", len(pages))
	}
	return pages
}

var linkForm = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestLinksInDocs follows the links from page to page, and to headings.
func TestLinksInDocs(t *testing.T) {
	t.Parallel()
	pages := readDocs(t)
	for name, text := range pages {
		for _, m := range linkForm.FindAllStringSubmatch(text, -1) {
			to, err := url.Parse(m[1])
			if err != nil {
				t.Errorf("%s: %s: %v", name, m[1], err)
				continue
			}
			if to.Host != "" {
				continue
			}
			target := name
			if to.Path != "" {
				target = path.Join(path.Dir(name), to.Path)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %s leads nowhere", name, m[1])
			}
			if to.Fragment != "" && !hasHeading(pages[target], to.Fragment) {
				t.Errorf("%s: %s: no such heading", name, m[1])
			}
		}
	}
}

// hasHeading compares as the usual viewers make anchors: small letters, dashes
// for spaces.
func hasHeading(text, anchor string) bool {
	for line := range strings.Lines(text) {
		if head, ok := strings.CutPrefix(strings.TrimLeft(strings.TrimSpace(line), "#"), " "); ok && strings.HasPrefix(line, "#") {
			if strings.ReplaceAll(strings.ToLower(head), " ", "-") == anchor {
				return true
			}
		}
	}
	return false
}

var quotedFirst = regexp.MustCompile("(?m)^\\| `([^`]+)`")

// TestOperationsNameWhatIsThere protects whoever looks a line of the log, a
// metric or a check up: each that the page names is in the program, and each
// metric and check of the program is on the page.
func TestOperationsNameWhatIsThere(t *testing.T) {
	t.Parallel()
	page := readDocs(t)["docs/operations.md"]
	words := literals(t)
	named := quotedFirst.FindAllStringSubmatch(page, -1)
	if len(named) < 20 {
		t.Fatalf("only %d names were found in docs/operations.md", len(named))
	}
	for _, m := range named {
		for part := range strings.SplitSeq(strings.TrimPrefix(m[1], "/"), "; ") { // some are put together
			if !strings.Contains(words, part) {
				t.Errorf("docs/operations.md names %q, which the program does not say", m[1])
			}
		}
	}
	a := &app{}
	for _, c := range a.checks() {
		if !strings.Contains(page, "| `"+c.name+"` |") {
			t.Errorf("docs/operations.md lacks the check %q", c.name)
		}
	}
	for _, name := range regexp.MustCompile(`peyk_\w+`).FindAllString(words, -1) {
		if name != "peyk_bot" && name != "peyk_clock" && !strings.Contains(page, "| `"+name+"` |") {
			t.Errorf("docs/operations.md lacks the metric %s", name)
		}
	}
}

// literals are all texts in the program, a line for each; sums of texts are put
// together, as the program does.
func literals(t *testing.T) string {
	t.Helper()
	var all bytes.Buffer
	for _, s := range readSources(t) {
		if s.test() || s.support() || s.room() == "emulator" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			expr, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			text, ok := textOf(expr)
			if ok {
				all.WriteString(text + "\n")
			}
			return !ok
		})
	}
	return all.String()
}

func textOf(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok := textOf(e.X)
		right, also := textOf(e.Y)
		return left + right, ok && also && e.Op == token.ADD
	}
	return "", false
}
