package locales

import (
	"go/ast"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"
)

// each calls fn with every form of every text of a language.
func each(w *Words, lang string, fn func(key, text string)) {
	for key, f := range w.langs[lang] {
		for _, text := range []string{f.Zero, f.One, f.Other} {
			if text != "" {
				fn(key, text)
			}
		}
	}
}

// A fault of spelling is one of some pieces of text, and where there is a pattern only
// what fits that: patterns alone would take most of the time of these tests.
type fault struct {
	pieces  []string
	pattern *regexp.Regexp
}

func anyOf(pieces ...string) fault { return fault{pieces: pieces} }

func letters(all string) fault { return fault{pieces: strings.Split(all, "")} }

// around makes pieces of a text and each kind of space.
func around(before, after string) (pieces []string) {
	for _, space := range []string{" ", "\n", "\t", "\r", "\f"} {
		pieces = append(pieces, before+space+after)
	}
	return pieces
}

func (f fault) in(text string) bool {
	seen := func(piece string) bool { return strings.Contains(text, piece) }
	return slices.ContainsFunc(f.pieces, seen) && (f.pattern == nil || f.pattern.MatchString(text))
}

func TestFaults(t *testing.T) {
	if f := letters("يك"); !f.in("كتاب") || f.in("کتاب") {
		t.Error("letters")
	}
	if f := (fault{around("می", ""), regexp.MustCompile(`(^|\s)ن?می\s`)}); !f.in("او می\nرود") || f.in("قدیمی است") || f.in("می‌رود") {
		t.Error("a pattern")
	}
}

// Persian is written with its own letters, digits and signs, and with ZWNJ.
func TestPersianSpelling(t *testing.T) {
	faults := map[string]fault{
		"Arabic ya, kaf or teh marbuta": letters("يكة"),
		"ASCII digit":                   letters("0123456789"),
		"Latin question mark":           anyOf("?"),
		"Latin semicolon or comma":      letters(";,"),
		"می without ZWNJ":               {around("می", ""), regexp.MustCompile(`(^|\s)ن?می\s`)},
		"two spaces":                    anyOf("  "),
		"exclamation mark":              anyOf("!"),
		"نمی‌باشد, می‌گردد":             anyOf("می‌باش", "گردید", "می‌گرد"),
		"space before a stop":           anyOf(" .", " ،", " ؛", " :", " ؟"),
	}
	foreign := regexp.MustCompile(`\{[^}]*\}|<[^>]*>|https?://\S+|@\w+|/\w+|[A-Za-z][A-Za-z0-9 ./_-]*|&[a-z#0-9]+;`)
	each(load(t), "fa", func(key, text string) {
		if strings.HasPrefix(key, "format.") {
			return
		}
		text = foreign.ReplaceAllString(text, "نام")
		for what, fault := range faults {
			if fault.in(text) {
				t.Errorf("%s: %s in %q", key, what, text)
			}
		}
	})
}

// The first strong letter of each Persian line of ours is Persian, or the line
// begins with a value, which is isolated.
func TestPersianLinesStartRight(t *testing.T) {
	hole := regexp.MustCompile(`\{[^}]*\}`)
	each(load(t), "fa", func(key, text string) {
		for _, line := range strings.Split(strip(hole.ReplaceAllString(text, "")), "\n") {
			for _, r := range line {
				p, _ := bidi.LookupRune(r)
				if p.Class() == bidi.L && !latinAlone(key) {
					t.Errorf("%s begins with a Latin letter: %q", key, line)
				}
				if c := p.Class(); c == bidi.L || c == bidi.R || c == bidi.AL {
					break
				}
			}
		}
	})
}

// latinAlone are texts that are Latin words on purpose: names, and buttons.
func latinAlone(key string) bool {
	return strings.HasPrefix(key, "button.") || strings.HasPrefix(key, "platform.") || strings.HasPrefix(key, "command.")
}

// Tags are Telegram's and closed in order.
func TestTags(t *testing.T) {
	tag := regexp.MustCompile(`<(/?)([a-z-]+)[^>]*>`)
	allowed := []string{"b", "i", "u", "s", "a", "code", "pre", "blockquote", "tg-spoiler"}
	for _, lang := range []string{"fa", "en"} {
		each(load(t), lang, func(key, text string) {
			var open []string
			for _, m := range tag.FindAllStringSubmatch(text, -1) {
				switch {
				case !slices.Contains(allowed, m[2]):
					t.Errorf("%s %s: Telegram knows no <%s>", lang, key, m[2])
				case m[1] == "":
					open = append(open, m[2])
				case len(open) == 0 || open[len(open)-1] != m[2]:
					t.Errorf("%s %s: </%s> closes nothing", lang, key, m[2])
				default:
					open = open[:len(open)-1]
				}
			}
			if len(open) > 0 {
				t.Errorf("%s %s: <%s> stays open", lang, key, open[0])
			}
		})
	}
}

// A card is short, and so is a button.
func TestLengths(t *testing.T) {
	long := []string{"help.", "privacy."}
	number := regexp.MustCompile(`\{[a-z]+\|number\}`)
	for _, lang := range []string{"fa", "en"} {
		each(load(t), lang, func(key, text string) {
			n := utf8.RuneCountInString(number.ReplaceAllString(text, "00"))
			isLong := slices.ContainsFunc(long, func(p string) bool { return strings.HasPrefix(key, p) })
			switch {
			case strings.HasPrefix(key, "button.") && n > 30:
				t.Errorf("%s %s: %d letters on a button: %s", lang, key, n, text)
			case strings.HasPrefix(key, "rule.") && n > 200:
				t.Errorf("%s %s: %d letters, and a toast takes 200", lang, key, n)
			case n > 400 && !isLong:
				t.Errorf("%s %s: %d letters", lang, key, n)
			}
		})
	}
}

// Every key that the program names exists, and every refusal has a text.
func TestKeysThatAreUsed(t *testing.T) {
	w := load(t)
	for key, where := range usedKeys(t) {
		if !w.Has("fa", key) {
			t.Errorf("%s: no text for %q", where, key)
		}
	}
}

// usedKeys finds the literal keys of Say, Plain, Label and button in the rooms
// that speak, and the constants that are refusals.
func usedKeys(t *testing.T) map[string]string {
	t.Helper()
	used, p := map[string]string{}, readProgram(t)
	for path, file := range p.files {
		if slices.Contains([]string{"..", "../handlers", "../social", ".", "../platforms"}, filepath.Dir(path)) {
			keysOf(p.set, file, used)
		}
	}
	if len(used) < 50 {
		t.Fatalf("only %d keys found: do we look in the right place?", len(used))
	}
	return used
}

func keysOf(set *token.FileSet, file *ast.File, used map[string]string) {
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		prefix, at := keyArgument(call)
		if at < 0 || at >= len(call.Args) {
			return true
		}
		if key, ok := unquoted(call.Args[at]); ok {
			used[prefix+key] = set.Position(n.Pos()).String()
		}
		return true
	})
}

// keyArgument tells which argument of a call is a key, and what stands before it.
func keyArgument(call *ast.CallExpr) (prefix string, at int) {
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		switch f.Sel.Name {
		case "Say", "Plain", "Label":
			return "", 0
		case "Rule":
			return "rule.", 0
		}
	case *ast.Ident:
		switch f.Name {
		case "button":
			return "button.", 1
		case "Rule":
			return "rule.", 0
		}
	}
	return "", -1
}
