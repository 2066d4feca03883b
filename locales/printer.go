package locales

import (
	"fmt"
	"html"
	"reflect"
	"strings"
	"time"

	"peyk/social"
)

// HTML is text that is already safe Telegram HTML.
type HTML string

// Block is a caption on lines of its own: it is escaped and not isolated.
type Block string

// A Printer speaks to one reader. It is a value; copies are cheap.
type Printer struct {
	words    *Words
	lang     string
	zone     *time.Location
	calendar social.Calendar
	now      time.Time
}

// At returns a printer that knows the time, for "ago", "today" and the like.
func (p Printer) At(now time.Time) Printer {
	p.now = now
	return p
}

// In returns a printer for the same reader in another language, or this one where
// that is not known.
func (p Printer) In(lang string) Printer {
	if p.words != nil && p.words.langs[lang] != nil {
		p.lang = lang
	}
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
// expects; whoever had his data deleted has words for a name. A key or value that is
// missing shows itself and breaks nothing.
//
// A hole {name} may say how its value is to be written, as in {name|kind}:
// strings as block (lines of their own: not isolated), code (an id or handle that
// runs from left to right), url (within a tag) or raw (HTML of our own); numbers
// as number, percent (one decimal, without the sign), compact, money (of rials)
// or digits (not in groups); times as moment, day, short_day, day_clock, clock or
// ago; durations as left.
func (p Printer) Say(key string, args ...any) string {
	return Upright(p.fill(key, args), p.lang)
}

// Plain is Say without HTML, for toasts.
func (p Printer) Plain(key string, args ...any) string {
	return upright(strip(p.fill(key, args)), p.lang, false)
}

// Label is Plain for buttons: without marks of direction, unless it has letters
// of both directions.
func (p Printer) Label(key string, args ...any) string {
	s := strip(p.fill(key, args))
	switch {
	case !strings.Contains(s, pdi):
		return s
	case bothWays(s):
		return upright(s, p.lang, false)
	}
	return CleanIncoming(s)
}

// strip takes the tags out of HTML.
func strip(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	var b strings.Builder
	inTag := false
	for _, r := range s {
		switch {
		case r == '<':
			inTag = true
		case r == '>' && inTag:
			inTag = false
		case !inTag:
			b.WriteRune(r)
		}
	}
	return html.UnescapeString(b.String())
}

func (p Printer) fill(key string, args []any) string {
	if p.words == nil {
		return lacking(key)
	}
	f, ok := p.words.langs[p.lang][key]
	if !ok {
		p.words.missing.Add(1)
		return lacking(key)
	}
	var b strings.Builder
	for _, part := range f.choose(whole(lookup(args, "n"))) {
		if part.name == "" {
			b.WriteString(part.words)
			continue
		}
		value := lookup(args, part.name)
		if value == nil {
			p.words.missing.Add(1)
			b.WriteString("{" + part.name + "}")
			continue
		}
		b.WriteString(p.value(value, part.kind))
	}
	return b.String()
}

// lacking is what stands where a key has no text.
func lacking(key string) string { return "⟨" + Escape(key) + "⟩" }

// lookup finds the value that follows a name.
func lookup(args []any, name string) any {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1]
		}
	}
	return nil
}

// value writes one value as HTML.
func (p Printer) value(value any, kind string) string {
	switch v := value.(type) {
	case HTML:
		return string(v)
	case Block:
		return block(string(v))
	case string:
		if v == social.FormerName {
			return p.fill("person.former", nil)
		}
		return text(v, kind)
	case time.Time:
		return Isolate(Escape(p.moment(v, kind)))
	case time.Duration:
		return p.Left(v)
	case time.Weekday:
		return p.Weekday(v)
	case Date:
		return Isolate(Escape(p.FormatDate(v)))
	}
	if n, ok := whole(value); ok {
		return signed(p.figure(n, kind), n < 0)
	}
	if rv := reflect.ValueOf(value); rv.CanFloat() {
		return signed(p.Percent(rv.Float()), rv.Float() < 0)
	}
	return text(fmt.Sprint(value), kind)
}

func text(s, kind string) string {
	switch kind {
	case "raw":
		return s
	case "block":
		return block(s)
	case "code":
		return lri + Escape(CleanIncoming(strings.ReplaceAll(s, "\n", " "))) + pdi
	case "url":
		return Escape(CleanIncoming(s))
	}
	return Isolate(Escape(CleanIncoming(s)))
}

func block(s string) string { return Escape(CleanIncoming(s)) }

// signed keeps a minus on its side of the number.
func signed(s string, negative bool) string {
	if negative {
		return lri + s + pdi
	}
	return s
}

// figure writes a whole number in the way that a hole asks for.
func (p Printer) figure(n int64, kind string) string {
	switch kind {
	case "percent":
		return p.Percent(float64(n))
	case "compact":
		return p.Compact(n)
	case "money":
		return p.Money(n)
	case "digits":
		return p.digits(fmt.Sprint(n))
	}
	return p.Number(n)
}

func whole(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case nil, string, HTML, time.Duration, time.Weekday:
		return 0, false
	}
	switch rv := reflect.ValueOf(v); {
	case rv.CanInt():
		return rv.Int(), true
	case rv.CanUint():
		return int64(rv.Uint()), true
	}
	return 0, false
}
