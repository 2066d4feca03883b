// Package locales holds every word that people read, in Persian and in English,
// and writes names, numbers and dates into them as each reader expects.
package locales

import (
	"embed"
	"encoding/json"
	"fmt"
	"html"
	"path"
	"slices"
	"strings"
	"time"

	"peyk/social"
)

//go:embed *.json
var files embed.FS

// HTML is text that is already safe Telegram HTML.
type HTML string

// Block is a caption on lines of its own: it is escaped and not isolated.
type Block string

// A form is one key's text; One and Zero are for counts.
type form struct {
	Zero, One, Other string
}

// UnmarshalJSON reads a plain string or an object of forms.
func (f *form) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		return json.Unmarshal(raw, &f.Other)
	}
	var forms map[string]string
	if err := json.Unmarshal(raw, &forms); err != nil {
		return err
	}
	f.Zero, f.One, f.Other = forms["zero"], forms["one"], forms["other"]
	if f.Other == "" {
		return fmt.Errorf("a count needs the form \"other\"")
	}
	return nil
}

// Words are the texts of all languages.
type Words struct {
	langs map[string]map[string]form
}

// Load reads the embedded files, <language>.<noun>.json.
func Load() (*Words, error) {
	w := &Words{langs: map[string]map[string]form{"fa": {}, "en": {}}}
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		lang, _, _ := strings.Cut(e.Name(), ".")
		if w.langs[lang] == nil {
			continue
		}
		if err := w.read(lang, e.Name()); err != nil {
			return nil, fmt.Errorf("locales/%s: %w", e.Name(), err)
		}
	}
	return w, nil
}

func (w *Words) read(lang, name string) error {
	raw, err := files.ReadFile(path.Base(name))
	if err != nil {
		return err
	}
	var forms map[string]form
	if err := json.Unmarshal(raw, &forms); err != nil {
		return err
	}
	for key, f := range forms {
		if _, twice := w.langs[lang][key]; twice {
			return fmt.Errorf("the key %q is in another file too", key)
		}
		w.langs[lang][key] = f
	}
	return nil
}

// Has tells whether the key exists in the language.
func (w *Words) Has(lang, key string) bool {
	_, ok := w.langs[lang][key]
	return ok
}

// Guess is the language for somebody whose client says languageCode.
func Guess(languageCode string) string {
	base, _, _ := strings.Cut(strings.ToLower(languageCode), "-")
	if base == "fa" {
		return "fa"
	}
	return "en"
}

// A Printer speaks to one reader. It is a value; copies are cheap.
type Printer struct {
	words    *Words
	lang     string
	zone     *time.Location
	calendar social.Calendar
	now      time.Time
}

// Printer returns a printer for a reader. An unknown language is English.
func (w *Words) Printer(lang string, zone *time.Location, cal social.Calendar) Printer {
	if w.langs[lang] == nil {
		lang = "en"
	}
	return Printer{words: w, lang: lang, zone: zone, calendar: cal}
}

// At returns a printer that knows the time, for "ago" and "in".
func (p Printer) At(now time.Time) Printer {
	p.now = now
	return p
}

// Lang returns "fa" or "en".
func (p Printer) Lang() string { return p.lang }

// Zone returns the reader's zone.
func (p Printer) Zone() *time.Location { return p.zone }

// Calendar returns the reader's calendar.
func (p Printer) Calendar() social.Calendar { return p.calendar }

// Now returns the time that At gave.
func (p Printer) Now() time.Time { return p.now }

// Escape makes plain text fit for Telegram HTML.
func Escape(s string) string { return html.EscapeString(s) }

// Say fills the key's text with names and values, pair by pair, as Telegram HTML.
// Strings are escaped and isolated, numbers and times written as the reader
// expects. A key or value that is missing shows itself and breaks nothing.
func (p Printer) Say(key string, args ...any) string {
	return Upright(p.fill(key, args, writeHTML), p.lang)
}

// Plain is Say without HTML, for toasts.
func (p Printer) Plain(key string, args ...any) string {
	return Upright(strip(p.fill(key, args, writePlain)), p.lang)
}

// Label is Plain for buttons: no marks of direction, since a button stands alone.
func (p Printer) Label(key string, args ...any) string {
	return strip(p.fill(key, args, writeBare))
}

// strip takes the tags out of a text of our own.
func strip(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	var b strings.Builder
	inTag := false
	for i, r := range s {
		switch {
		case r == '<' && i+1 < len(s) && (s[i+1] == '/' || s[i+1] >= 'a' && s[i+1] <= 'z'):
			inTag = true
		case r == '>' && inTag:
			inTag = false
		case !inTag:
			b.WriteRune(r)
		}
	}
	return html.UnescapeString(b.String())
}

type mode int

const (
	writeHTML mode = iota
	writePlain
	writeBare
)

func (p Printer) fill(key string, args []any, m mode) string {
	f, ok := p.words.langs[p.lang][key]
	if !ok {
		return "⟨" + key + "⟩"
	}
	text := p.choose(f, args)
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		hole, after, closed := strings.Cut(rest, "}")
		if !closed {
			return b.String() + "{" + rest
		}
		b.WriteString(p.hole(hole, args, m))
		text = after
	}
}

// choose picks the form for the argument n; Persian counts need only one.
func (p Printer) choose(f form, args []any) string {
	n, ok := asInt(lookup(args, "n"))
	switch {
	case !ok:
		return f.Other
	case n == 0 && f.Zero != "":
		return f.Zero
	case n == 1 && f.One != "":
		return f.One
	}
	return f.Other
}

func lookup(args []any, name string) any {
	i := slices.IndexFunc(args, func(a any) bool { s, ok := a.(string); return ok && s == name })
	for i >= 0 && i%2 == 1 {
		next := slices.IndexFunc(args[i+1:], func(a any) bool { s, ok := a.(string); return ok && s == name })
		if next < 0 {
			return nil
		}
		i += 1 + next
	}
	if i < 0 || i+1 >= len(args) {
		return nil
	}
	return args[i+1]
}

// hole writes one value, "name" or "name|kind".
func (p Printer) hole(hole string, args []any, m mode) string {
	name, kind, _ := strings.Cut(hole, "|")
	value := lookup(args, name)
	if value == nil {
		return "{" + name + "}"
	}
	switch v := value.(type) {
	case HTML:
		return string(v)
	case Block:
		return block(string(v), m)
	case time.Time:
		return isolated(p.moment(v, kind), m, false)
	case time.Duration:
		return p.Left(v)
	case string:
		return p.text(v, kind, m)
	}
	if n, ok := asInt(value); ok {
		return p.Number(n)
	}
	if f, ok := value.(float64); ok {
		return p.Percent(f)
	}
	return isolated(fmt.Sprint(value), m, false)
}

func (p Printer) text(s, kind string, m mode) string {
	switch kind {
	case "raw":
		return s
	case "block":
		return block(s, m)
	case "code":
		return isolated(s, m, true)
	}
	return isolated(s, m, false)
}

func block(s string, m mode) string {
	s = CleanIncoming(s)
	if m == writeHTML {
		return Escape(s)
	}
	return s
}

func isolated(s string, m mode, left bool) string {
	s = CleanIncoming(s)
	switch m {
	case writeBare:
		return s
	case writeHTML:
		s = Escape(s)
	}
	if left {
		return lri + s + pdi
	}
	return Isolate(s)
}

func asInt(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case int32:
		return int64(n), true
	}
	return 0, false
}
