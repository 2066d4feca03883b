package locales

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
)

// A source is what the program's files say of texts: all their string literals,
// and the calls that name a key and its values.
type source struct {
	literals map[string]bool
	calls    []call
}

// A call asks for a text. Open means that it passes on values which we cannot see.
type call struct {
	where, key string
	names      []string
	open       bool
}

// parsed are the program's own files by their paths; each is read once.
type parsed struct {
	set   *token.FileSet
	files map[string]*ast.File
}

var program = sync.OnceValues(func() (parsed, error) {
	p := parsed{set: token.NewFileSet(), files: map[string]*ast.File{}}
	for _, pattern := range []string{"../*.go", "../handlers/*.go", "../bot/*.go", "../scheduler/*.go", "../social/*.go", "../platforms/*.go", "../platforms/*/*.go", "*.go"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			return p, err
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			if p.files[path], err = parser.ParseFile(p.set, path, nil, parser.SkipObjectResolution); err != nil {
				return p, err
			}
		}
	}
	return p, nil
})

func readProgram(t *testing.T) parsed {
	t.Helper()
	p, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func readSource(t *testing.T) source {
	t.Helper()
	s, p := source{literals: map[string]bool{}}, readProgram(t)
	for _, file := range p.files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if text, ok := unquoted(n); ok {
					s.literals[text] = true
				}
			case *ast.CallExpr:
				s.readCall(p.set, n)
			}
			return true
		})
	}
	if len(s.calls) < 50 {
		t.Fatalf("only %d calls found: do we look in the right place?", len(s.calls))
	}
	return s
}

func (s *source) readCall(set *token.FileSet, n *ast.CallExpr) {
	f, ok := n.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains([]string{"Say", "Plain", "Label"}, f.Sel.Name) || len(n.Args) == 0 {
		return
	}
	key, ok := unquoted(n.Args[0])
	if !ok {
		return
	}
	c := call{where: set.Position(n.Pos()).String(), key: key, open: n.Ellipsis.IsValid()}
	for i := 1; i < len(n.Args); i += 2 {
		name, ok := unquoted(n.Args[i])
		c.names, c.open = append(c.names, name), c.open || !ok
	}
	s.calls = append(s.calls, c)
}

func unquoted(n ast.Expr) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// Whoever asks for a text gives all values that it has holes for.
func TestHolesAreFilled(t *testing.T) {
	w := load(t)
	for _, c := range readSource(t).calls {
		f, ok := w.langs["fa"][c.key]
		if !ok {
			t.Errorf("%s: no text for %q", c.where, c.key)
			continue
		}
		for _, p := range slices.Concat(f.zero, f.one, f.other) {
			if p.name != "" && !c.open && !slices.Contains(c.names, p.name) {
				t.Errorf("%s: %q has a hole {%s} and gets only %v", c.where, c.key, p.name, c.names)
			}
		}
	}
}

// No text lies about that nothing asks for. A key may be put together from a
// beginning and an end that both stand in the program.
func TestNoKeyIsUnused(t *testing.T) {
	w, literals := load(t), readSource(t).literals
	for _, h := range w.holidays {
		literals["holiday."+h.Key] = true
	}
	for key := range w.langs["fa"] {
		if !literals[key] && !composed(key, literals) {
			t.Errorf("nothing asks for %q", key)
		}
	}
}

// The zones that the program offers or guesses have names in both languages.
func TestZonesHaveNames(t *testing.T) {
	w := load(t)
	for text := range readSource(t).literals {
		if !strings.Contains(text, "/") || !unicode.IsUpper(rune(text[0])) {
			continue
		}
		if _, err := time.LoadLocation(text); err == nil && !(w.Has("fa", "zone."+text) && w.Has("en", "zone."+text)) {
			t.Errorf("the zone %s has no name", text)
		}
	}
}

// composed tells whether the program puts the key together: from "rule." and a
// refusal's name, "button." and an action, "month.jalali." and a number.
func composed(key string, literals map[string]bool) bool {
	for i := range key {
		head, tail := key[:i], key[i:]
		if i == 0 || !literals[head] || !strings.HasSuffix(head, ".") && !strings.HasSuffix(head, "_") {
			continue
		}
		if literals[tail] || composed(tail, literals) || numbered(tail) || strings.HasPrefix(key, "zone.") {
			return true
		}
	}
	return false
}

// numbered tells whether a key ends with a number, or with one after a word.
func numbered(tail string) bool {
	_, after, found := strings.Cut(tail, ".")
	if !found {
		after = tail
	}
	_, err := strconv.Atoi(after)
	return err == nil
}

// In both languages every form has the holes of its text, of the same kinds. A
// form may leave out the number itself. English tells one from many; Persian does
// not need to.
func TestFormsAgree(t *testing.T) {
	w := load(t)
	for lang, texts := range w.langs {
		for key, f := range texts {
			for name, text := range map[string]string{"zero": f.Zero, "one": f.One} {
				for _, hole := range holes.FindAllString(text, -1) {
					if !strings.Contains(f.Other, hole) {
						t.Errorf("%s %s: the form %q has a hole %s of its own", lang, key, name, hole)
					}
				}
			}
			if lang == "fa" && f.One != "" {
				t.Errorf("%s: a Persian noun stays as it is after one", key)
			}
			if lang == "en" && f.One == "" && (f.Zero != "" || w.langs["fa"][key].Zero != "") && strings.Contains(f.Other, "{n|") {
				t.Errorf("%s: one, in English?", key)
			}
			if (w.langs["fa"][key].Zero == "") != (w.langs["en"][key].Zero == "") {
				t.Errorf("%s: only one language has words for none", key)
			}
		}
	}
}

// Toasts and buttons are shown as they are: no tags in them.
func TestLabelsHaveNoTags(t *testing.T) {
	for _, lang := range []string{"fa", "en"} {
		each(load(t), lang, func(key, text string) {
			if (strings.HasPrefix(key, "button.") || strings.HasPrefix(key, "rule.")) && strings.ContainsAny(text, "<>&\n") {
				t.Errorf("%s %s: %q", lang, key, text)
			}
		})
	}
}

// Two buttons stand in a row, so a button is short. A number counts as two
// letters, a name as none: it is cut to what is left.
func TestButtonsAreShort(t *testing.T) {
	named := regexp.MustCompile(`\{[^}]*\}`)
	for _, lang := range []string{"fa", "en"} {
		each(load(t), lang, func(key, text string) {
			if !strings.HasPrefix(key, "button.") {
				return
			}
			letters := strings.Map(func(r rune) rune {
				if unicode.IsLetter(r) || unicode.IsDigit(r) || r == ' ' {
					return r
				}
				return -1
			}, named.ReplaceAllString(text, ""))
			if n := len([]rune(strings.TrimSpace(letters))); n > 20 {
				t.Errorf("%s %s: %d letters: %s", lang, key, n, text)
			}
		})
	}
}
